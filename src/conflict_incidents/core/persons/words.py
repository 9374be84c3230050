"""Words of a text, each with its classes in the word lists.

`words.csv` lists words by class and script; `_` is a space within an entry, and `*` at the end marks the beginning of
words. `given_names.csv` lists given names: `lone` ones mean a person wherever they stand, `given` ones before a
surname, `maybe` ones, which are words or places too, beside another sign. `given_names.md` says where they come from;
a name that a spelling dictionary, a gazetteer or a list of frequent words has as well is not `lone`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from conflict_incidents.core.normalization import compose
from conflict_incidents.core.resources import csv_rows

MAX_WORD_LENGTH = 200
"""The length above which a word isn't decomposed, which may take quadratic time, and so is no name."""
QUOTES = ('"', "\u201c", "\u201d", "\u00ab", "\u00bb")
SIGNS = "".join((".", *QUOTES))
"""Signs that may stand within a name."""
NOTHING: frozenset[str] = frozenset()
_WORD = re.compile(
    r"(?:[dlnscjmtDLNSCJMT]|[qQ]u)'(?=[^\W\d_]{2})|[^\W_]+(?:['-][^\W_]+)*|[.,;:()\[\]/=|!?\u060c\u061b\u2013\u2014\u2026\"\u201c\u201d\u00ab\u00bb\n_]"
)
_ONE_SIGN = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u02bc`", "'"),
        **dict.fromkeys("\u2010\u2011", "-"),
        **dict.fromkeys("\u200c\u200d\u200e\u200f\u0640\u2069\u2068", None),
        **dict.fromkeys("\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652\u0654\u0670", None),
        **{"\u06a9": "\u0643", "\u06cc": "\u064a", "\u0629": "\u0647", "\u06c0": "\u0647"},
        **{"\u0623": "\u0627", "\u0625": "\u0627", "\u0622": "\u0627", "\u0626": "\u064a", "\u0624": "\u0648"},
    }
)
_CYRILLIC = {
    **dict(zip("абвгґдезиіїйклмнопрстуфьыэё", "abvhgdezyiiiklmnoprstuf'yee", strict=True)),
    **dict(zip("єж\u0445цчшщьюя", ["ie", "zh", "kh", "ts", "ch", "sh", "shch", "", "iu", "ia"], strict=True)),
}
_INITIAL = {"є": "ye", "ї": "yi", "й": "y", "ю": "yu", "я": "ya"}
"""Letters that the Ukrainian standard writes in another way at the beginning of a word."""
_RUSSIAN = str.maketrans("гиы", "ґії")
"""Letters that Russian reads in another way, as those of Ukrainian that sound so."""
_CASES = (
    (re.compile("(?<=[^аеиоу])(?:а|у|ові|еві|ом|ем)$"), ("", "о")),
    (re.compile("(?:и|і|ы|у|е|ою|ой|ей)$"), ("а",)),
    (re.compile("(?:я|ю|єві|єм|ем|ём|е)$"), ("и", "ь")),
    (re.compile("(?:і|и|ю|ею|єю|ей|ой)$"), ("я",)),
)
"""Endings of cases of Ukrainian and Russian, folded, and how the nominative of a given name ends that has them."""
IS_CYRILLIC = re.compile("[\u0400-\u045f\u0490\u0491]")
_SMALL_I = str.maketrans({"\u0131": "i", "\u0130": "i"})
_TRAILING_NUMBER = re.compile("(?<=[a-z]{3})[0-9]+$")
_SUFFIX = re.compile(r"(.{2,})'((?:s|[nysd]?[aeiu]?[nmr]?|[dt]e?a?n?|l[ae]|[dt]ir)(?:ki)?)")
_POSSESSIVE = re.compile(r"s|n?[iu]n")
_ARABIC_PREFIXES = ("\u0648", "\u0641", "\u0628", "\u0644", "\u0643")
"""And, so, in, for, as: Arabic words of one letter, written together with the next word."""
_GIVEN_NAMES = frozenset({"given", "maybe"})
_NAMES = frozenset({"lone", "given", "maybe"})
_GIVEN = frozenset({"given"})
_IN_FIRST = frozenset({"lone", "given", "title", "kunya", "lead"})
"""Classes that a word with a hyphen has from its first part: `Sainte-Example` is a place."""
_AMONG_NAMES = frozenset({"lone"})
_OF_GOD = re.compile("(?!ال).{3,}(?:الله|الحق|الدين|الرحمن)")
"""Given names of Persian that end with a name of God or with "of the faith"."""
_ARABIC = re.compile("[\u0621-\u06d3]")
_YEARS_OLD = re.compile("[a-z0-9-]{3}(?:richn|letn)(?:yi|ii|a|iaia|oho|eho|omu|ym|im|u|iuiu|oi|ei)$")
"""What adjectives of Ukrainian and Russian for an age end with: `семирічний`, `12-летняя`."""
_DAY = re.compile(r"[0-3]?\d(?:st|nd|rd|th)?")
_YEAR = re.compile(r"\d{4}(?!\d)")
_OF_DATES = frozenset({"month", "month_end", "calendar"})
"""Classes of words that say something only beside each other and numbers."""
_IN_DATE = frozenset({"stop"})
"""The classes of a month in a date, whose name may be a given one as well."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word or a sign of a text; `kinds` are its classes, `possessive` says that it ends so."""

    text: str
    folded: str
    start: int
    end: int
    kinds: frozenset[str]
    capital: bool
    possessive: bool

    @property
    def is_arabic(self) -> bool:
        """Whether it is written in the Arabic script."""
        return _ARABIC.match(self.text) is not None

    @property
    def is_cyrillic(self) -> bool:
        """Whether it is written in the Cyrillic script."""
        return IS_CYRILLIC.match(self.text.lower()) is not None

    def has(self, *kinds: str) -> bool:
        """Whether it is in one of the classes."""
        return not self.kinds.isdisjoint(kinds)


END = Word("", "", 0, 0, NOTHING, capital=False, possessive=False)
"""A placeholder for the word after the last one."""


@cache
def word_lists() -> tuple[dict[str, frozenset[str]], dict[str, frozenset[str]], dict[str, frozenset[str]]]:
    """Return the classes of each word, and of each beginning of words; and the words of dates by class."""
    words: dict[str, frozenset[str]] = {}
    stems: dict[str, frozenset[str]] = {}
    for row in csv_rows(__file__, "given_names.csv"):  # folded already, and most of all words
        words |= dict.fromkeys(row["words"].split(), frozenset({row["class"]}))
    dates: dict[str, frozenset[str]] = {}
    for row in csv_rows(__file__, "words.csv"):
        kind, listed = row["class"], row["words"].split()
        if kind in _OF_DATES:
            dates[kind] = dates.get(kind, NOTHING).union(map(fold, listed))
            continue
        for word in listed:
            key = fold(word.rstrip("*")).replace("_", " ")
            into = stems if word.endswith("*") else words
            for spelling in {key, key.replace("-", " ")}:  # of an id
                into[spelling] = into.get(spelling, NOTHING) | {kind}
    return words, stems, dates


def is_public(*words: Word) -> bool:
    """Whether the words together are the name of something public that looks like a person's."""
    return "public" in word_lists()[0].get(" ".join(word.folded for word in words), NOTHING)


def plain(text: str) -> str:
    """Return a text with one form of each apostrophe, hyphen and Arabic letter."""
    return text if text.isascii() else compose(text.translate(_ONE_SIGN)).translate(_ONE_SIGN)


def in_latin_letters(word: str) -> str:
    """Return a word in small Cyrillic letters in Latin ones, by the Ukrainian standard of 2010."""
    return _INITIAL.get(word[0], "") + "".join(_CYRILLIC.get(one, one) for one in word[word[0] in _INITIAL :])


@lru_cache(maxsize=65536)
def _kinds_of_cyrillic(word: str) -> frozenset[str]:
    """Return the class of a given name in small Cyrillic letters, in any case, or as it is in Latin ones."""
    listed, folded = word_lists()[0], fold(word)
    if "-" in word:
        parts = [_kinds_of_cyrillic(part) for part in word.split("-")]
        return parts[0] if all(parts) else NOTHING
    forms = [folded, *(cut.sub(end, folded) for cut, ends in _CASES if cut.search(folded) for end in ends)]
    latin = [in_latin_letters(word)]
    for form in (word, *forms[1:]) if len(word) > 4 else ():
        russian = in_latin_letters(form.translate(_RUSSIAN))
        latin += in_latin_letters(form), russian, russian.replace("kh", "h").replace("dzh", "j")
    kinds = [listed.get(form, NOTHING) & _NAMES for form in (*forms, *latin)]
    return next((found for found in kinds if found), NOTHING)


@lru_cache(maxsize=65536)
def fold(word: str) -> str:
    """Return a word without case and accents."""
    word = word.translate(_SMALL_I).lower() if not word.isascii() else word.lower()
    if word.isascii() or len(word) > MAX_WORD_LENGTH:
        return word
    letters = unicodedata.normalize("NFKD", plain(word))
    if not letters.endswith("\u0644\u0649"):  # the preposition, not the name Ali
        letters = letters.replace("\u0649", "\u064a")
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


@lru_cache(maxsize=65536)
def kinds_of(folded: str) -> frozenset[str]:
    """Return the classes of a folded word; an Arabic one is also looked up without its prefix of one letter."""
    words, stems, _ = word_lists()
    found = words.get(folded)
    if _ARABIC.match(folded):
        if found is None and folded.startswith("\u0644\u0644"):
            found = words.get("\u0627" + folded[1:])
        if found is None and folded[0] in _ARABIC_PREFIXES and len(folded) > 3:
            found = words.get(folded[1:])
            if found and folded[0] != _ARABIC_PREFIXES[0]:  # it may be a word of its own, which no list has
                found -= {"lone"}
        return found or (_AMONG_NAMES if _joins_names(folded, words) else NOTHING)
    stem = next((stems[folded[:n]] for n in range(min(len(folded), 10), 1, -1) if folded[:n] in stems), NOTHING)
    return (found or NOTHING) | (stem if not found or not found & {"lone", "given"} else NOTHING)


def _joins_names(folded: str, words: dict[str, frozenset[str]]) -> bool:
    """Whether an Arabic word is two given names in one, as those of Persian and Dari often are."""
    if _OF_GOD.fullmatch(folded):
        return True
    for cut in range(2, len(folded) - 2):
        one, two = words.get(folded[:cut], NOTHING), words.get(folded[cut:], NOTHING)
        names = one & _GIVEN_NAMES or "lone" in one
        if (
            ("lone" in two and one & {"lone", "joined"})
            or ("joined" in one and two & _GIVEN_NAMES)
            or ((names or "joined" in one) and "ends" in two)
        ):
            return not folded.startswith("\u0627\u0644")
    return False


def words_of(text: str) -> list[Word]:
    """Return the words and signs of a text that `plain` returned."""
    found = []
    for match in _WORD.finditer(text):
        word = match[0]
        folded = fold(word)
        possessive = False
        if "'" in word and (cut := _SUFFIX.fullmatch(folded)):
            if cut[2] and (cut[2] == "s" or not kinds_of(folded)):
                folded, possessive = cut[1], _POSSESSIVE.fullmatch(cut[2]) is not None
        elif folded.endswith("s") and text[match.end() : match.end() + 1] == "'":
            possessive = True
        head = word[word.index("-") + 1] if "-" in word[2:4] and word[0].islower() and word[-1] != "-" else word[0]
        key = _TRAILING_NUMBER.sub("", folded) if folded[-1].isdigit() else folded
        kinds = kinds_of(key) if len(word) > 1 or not word.isupper() else NOTHING
        if not folded.isascii() and IS_CYRILLIC.match(folded):
            folded = in_latin_letters(word.lower())
            if len(word) > 4 or not word.isupper():  # an agency
                kinds = kinds or _kinds_of_cyrillic(word.lower())
        if word.isupper():  # `DR Congo`
            kinds -= {"title", "rank"}
        if folded.endswith("-old") or _YEARS_OLD.search(folded):
            kinds = kinds | {"role", "minor"}
        if not kinds and "-" in folded and not IS_CYRILLIC.match(word.lower()):
            first, last = kinds_of(folded.partition("-")[0]), kinds_of(folded.rpartition("-")[2])
            leads = _IN_FIRST - {"lead"} if "particle" in first else _IN_FIRST
            kinds = _GIVEN if first & _NAMES and last & _NAMES else first & leads | last & {"thing"}
        found.append(Word(word, folded, match.start(), match.end(), kinds, head.isupper(), possessive))
    return _unmark_dates(found)


def _unmark_dates(words: list[Word]) -> list[Word]:
    """Return words, with those that name the month of a date as no names."""
    months = [i for i, word in enumerate(words) if _is(word, "month")]
    for i in months:
        last = i + (words[i + 1 : i + 2] != [] and _is(words[i + 1], "month_end"))
        if _is_dated(words, i, last):
            words[i : last + 1] = [replace(word, kinds=_IN_DATE) for word in words[i : last + 1]]
    return words


def _is(word: Word, kind: str) -> bool:
    return word.folded in word_lists()[2].get(kind, NOTHING)


def _is_dated(words: list[Word], first: int, last: int) -> bool:
    """Whether a month stands in a date: `22 Safar 1444`, `Safar 22, 1444`, `22nd of Safar`, `during Ramazan`."""
    one, two, three = [*words[last + 1 : last + 4], END, END, END][:3]
    if _YEAR.match((two if one.text == "," or _is(one, "calendar") else one).text):
        return True
    if _DAY.fullmatch(one.text) and _YEAR.match((three if two.text == "," else two).text):
        return True
    if words[first].is_arabic or one.capital or (one.text == "," and two.text[:1].isdigit()):
        return False
    near = first - 1 - (first > 1 and words[first - 1].has("of"))
    before = words[near] if first else END
    return _is(one, "calendar") or _is(before, "calendar") or _DAY.fullmatch(before.text) is not None
