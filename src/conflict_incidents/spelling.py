"""How things are written: spellings that mean one name, scripts, codes of languages, and numbers in words.

Prevents: one village or organisation being two because of an accent, a hyphen or a capital letter.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_SIGNS = "'`\u2018\u2019"
"""Signs inside words, for letters that the Latin script lacks."""
_SCRIPT_OF = {
    "LATIN": "Latn",
    "ARABIC": "Arab",
    "CYRILLIC": "Cyrl",
    "HEBREW": "Hebr",
    "GREEK": "Grek",
    "ARMENIAN": "Armn",
    "GEORGIAN": "Geor",
    "SYRIAC": "Syrc",
    "ETHIOPIC": "Ethi",
    "DEVANAGARI": "Deva",
    "BENGALI": "Beng",
    "MYANMAR": "Mymr",
}
"""ISO 15924 by the first word of a letter's name in Unicode: scripts of which each letter says that it is theirs."""
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
"""The months in English, in any locale."""
SCRIPTS = frozenset(_SCRIPT_OF.values())
"""The scripts that this module tells apart, ISO 15924."""
_TWO_LETTERS = (
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en "
    "eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv "
    "ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne "
    "ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st "
    "su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu"
)
"""The two-letter codes of ISO 639."""
_LANGUAGES = frozenset(_TWO_LETTERS.split())
_NAMES_OF_LANGUAGES = """
af Afrikaans|am Amharic|ar Arabic|az Azerbaijani|be Belarusian|bg Bulgarian|bn Bengali|bs Bosnian|ca Catalan|cs Czech
da Danish|de German|dv Dhivehi|el Greek|en English|es Spanish|et Estonian|fa Persian|fa Farsi|fa-AF Dari|fi Finnish
fr French|ff Fulah|gu Gujarati|ha Hausa|he Hebrew|hi Hindi|hr Croatian|hu Hungarian|hy Armenian|id Indonesian
is Icelandic|it Italian|ja Japanese|ka Georgian|kk Kazakh|km Khmer|ko Korean|ku Kurdish|ckb Sorani|kmr Kurmanji
ky Kyrgyz|ln Lingala|lo Lao|lt Lithuanian|lv Latvian|mk Macedonian|mn Mongolian|ms Malay|my Burmese|ne Nepali
nl Dutch|no Norwegian|om Oromo|pa Punjabi|pl Polish|ps Pashto|pt Portuguese|ro Romanian|ru Russian|rw Kinyarwanda
sk Slovak|sl Slovenian|so Somali|sq Albanian|sr Serbian|sv Swedish|sw Swahili|syr Syriac|ta Tamil|te Telugu
tg Tajik|th Thai|ti Tigrinya|tk Turkmen|tl Tagalog|tr Turkish|ug Uyghur|uk Ukrainian|ur Urdu|uz Uzbek|vi Vietnamese
yo Yoruba|zh Chinese|zu Zulu
"""
"""English names of languages behind their codes."""
_NAMED = {
    name.casefold(): code
    for code, name in (one.split(" ", 1) for one in _NAMES_OF_LANGUAGES.strip().replace("\n", "|").split("|"))
}
_MEANT = {
    **{"ua": "uk", "gr": "el", "jp": "ja", "cn": "zh", "cz": "cs", "dk": "da", "us": "en", "gb": "en", "il": "he"},
    **{"sy": "ar", "iq": "ar", "ye": "ar", "eg": "ar", "jo": "ar", "ly": "ar", "ir": "fa", "in": "hi"},
    **{"ara": "ar", "amh": "am", "aze": "az", "ben": "bn", "ces": "cs", "deu": "de", "ell": "el", "eng": "en"},
    **{"fas": "fa", "fra": "fr", "fre": "fr", "ger": "de", "heb": "he", "hin": "hi", "hye": "hy", "ita": "it"},
    **{"jpn": "ja", "kat": "ka", "kur": "ku", "mya": "my", "nld": "nl", "per": "fa", "pol": "pl", "por": "pt"},
    **{"pus": "ps", "ron": "ro", "rus": "ru", "som": "so", "spa": "es", "srp": "sr", "swa": "sw", "swe": "sv"},
    **{"tgk": "tg", "tir": "ti", "tur": "tr", "ukr": "uk", "urd": "ur", "uzb": "uz", "zho": "zh", "chi": "zh"},
    **_NAMED,
}
"""Codes of countries, longer codes of languages, and names, that people write for a language's short code (BCP 47)."""
_OPEN_FIELDS = frozenset(("", "n/a", "na", "none", "null", "nil", "tba", "tbc", "tbd", "todo", "unknown", "untitled"))
_LATIN_ONLY = frozenset(("cs", "da", "de", "en", "es", "fi", "fr", "hu", "id", "it", "nl", "no", "pl", "pt", "sv"))
"""Languages that are written in the Latin script alone."""

_TO_TWENTY = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"),
)
NUMBER = rf"(?P<number>[0-9]{{1,9}}|{'|'.join(sorted(_TO_TWENTY, key=len, reverse=True))})"
"""A pattern of a number in figures, or in words up to twenty; a pattern may have it once."""


def number_of(text: str) -> int:
    """The number that `NUMBER` found.

    Raises:
        ValueError: it is none.
    """
    return int(text) if text.isdigit() else _TO_TWENTY.index(text.lower())


@lru_cache(maxsize=65536)
def folded(name: str) -> str:
    """A name without accents, case and punctuation: `Ḥāfsarjah` and `hafsarjah` are one."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return " ".join("".join(_folded_letter(letter) for letter in letters).split())


def joined(name: str) -> str:
    """A folded name without its spaces: `Kafr-Nabl` and `Kafrnabl` are one."""
    return folded(name).replace(" ", "")


def says_nothing(text: str) -> bool:
    """Whether a text is what people write into a field that they leave open: `n/a`, `TBD`, a dash, nothing at all."""
    return text.casefold().strip(".?!- ") in _OPEN_FIELDS


def _folded_letter(letter: str) -> str:
    """The letter, nothing for accents and signs such as hamza's, a space for everything else."""
    if letter.isalnum():
        return "" if unicodedata.category(letter) == "Lm" else letter
    return "" if unicodedata.combining(letter) or letter in _SIGNS else " "


def scripts(text: str) -> set[str]:
    """The scripts of a text's letters, ISO 15924, as far as they are ones that this module knows."""
    words = {unicodedata.name(letter, "").split(" ")[0] for letter in text if letter.isalpha()}
    return {_SCRIPT_OF[word] for word in words if word in _SCRIPT_OF}


def written_in(language: str) -> str | None:
    """The one script that a language is written in, None where there are several or it isn't known."""
    return "Latn" if language.partition("-")[0] in _LATIN_ONLY else None


def language_named(name: str) -> str | None:
    """The code of the language with an English name, None where it isn't known."""
    return _NAMED.get(name.strip().casefold())


def language_slip(code: str) -> str | None:
    """What a message says of a code that is no language's: what to write in its place, `en` where that isn't known.

    None where nothing is wrong. Of longer codes only those are refused that have a short one (BCP 47).
    """
    primary = code.partition("-")[0]
    if primary in _LANGUAGES or (len(primary) == 3 and primary.islower() and primary not in _MEANT):
        return None
    word = primary.lower()
    meant = word if word in _LANGUAGES else _MEANT.get(word)
    return f"write `{meant}`" if meant else "write the code of one, as `en` or `ar`"
