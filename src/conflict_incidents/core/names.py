"""Normalised spellings for comparing names, scripts of text, and language codes."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from conflict_incidents.core.findings import Shown, shown

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
SCRIPTS = frozenset(_SCRIPT_OF.values())
"""The scripts that this module distinguishes, ISO 15924."""
_OPEN_FIELDS = frozenset(("", "n/a", "na", "none", "null", "nil", "tba", "tbc", "tbd", "todo", "unknown", "untitled"))
_IN_LATIN = {"ar": False, "en": True}
"""The languages of most records, which need no library, and whether they are written in the Latin script alone."""


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
    """The scripts of a text's letters, ISO 15924, among those of `SCRIPTS`."""
    words = {unicodedata.name(letter, "").split(" ")[0] for letter in text if letter.isalpha()}
    return {_SCRIPT_OF[word] for word in words if word in _SCRIPT_OF}


@lru_cache
def only_latin(language: str) -> bool:
    """Whether a language is written in the Latin script alone."""
    if language in _IN_LATIN:
        return _IN_LATIN[language]
    from langcodes import get, tag_is_valid

    return tag_is_valid(language) and get(language).assume_script().script == "Latn"


_SEVERAL = re.compile(r"(?i)[,;/&+]| and | or ")
"""What is between the names of several languages."""


def language_named(name: str) -> str | None:
    """The code of the language with an English name, None where it isn't known or is so short that it is a code."""
    from langcodes import find

    if _SEVERAL.search(name):
        return None
    try:
        return str(find(name.strip())) if len(name.strip()) > 3 else None
    except LookupError:
        return None


@lru_cache
def language_slip(code: str) -> Shown | None:
    """What a message says of a code that is no language's: what to write in its place, `en` where that isn't known.

    None where nothing is wrong: the first part is a code of BCP 47, the short one where there is one.
    """
    primary = code.partition("-")[0]
    meant = primary if primary in _IN_LATIN else meant_language(code)
    if meant and meant.partition("-")[0] == primary:
        return None
    return f"write {shown(meant)}" if meant else Shown("write the code of one, as `en` or `ar`")


def meant_language(text: str) -> str | None:
    """The code of the language that a text means: by its name, by a longer code, by that of its country, or by
    capitals and signs of another kind; None where none is known.
    """
    from langcodes import Language, standardize_tag, tag_is_valid
    from pycountry import countries

    tag = text.strip().replace("_", "-")
    primary = tag.partition("-")[0]
    if tag_is_valid(primary):
        return standardize_tag(tag) if tag_is_valid(tag) else standardize_tag(primary)
    if len(primary) == 2 and countries.get(alpha_2=primary):
        return Language.make(territory=primary.upper()).maximize().language
    return language_named(text)
