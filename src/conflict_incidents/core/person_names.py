"""Names of persons in a text: what looks like one by the words around it and by common given names.

`person_words.csv` has the words by what they tell and by language; `given_names.csv` given names, from the lists of
Faker (MIT licence) and others: `lone` ones mean a person wherever they stand, `given` ones before a surname, `maybe`
ones, which are words or places too, beside another sign. This is the matcher over them. A name is a run of words with
capitals, or in the Arabic script one that begins with a given name. It is a person's if a word beside it says so (a
title, a kinship, an age, a deed), or if it begins with a given name; it is none if a word beside it or inside of it is
that of a thing (a street, a brigade, a newspaper).
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path

from conflict_incidents.core.normalization import composed

HERE = Path(__file__).parent
_WORD = re.compile(
    r"(?:[dlnscjmtDLNSCJMT]|[qQ]u)'(?=[^\W\d_]{2})|[^\W_]+(?:['-][^\W_]+)*|[.,;:()\[\]/=|!?\u060c\u061b\u2013\u2014\u2026\"\u201c\u201d\u00ab\u00bb\n_]"
)
_PLAIN = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u02bc`", "'"),
        **dict.fromkeys("\u2010\u2011", "-"),
        **dict.fromkeys("\u200c\u200d\u200e\u200f\u0640\u2069\u2068", None),
        **dict.fromkeys("\u064b\u064c\u064d\u064e\u064f\u0650\u0651\u0652\u0654\u0670", None),
        **{"\u06a9": "\u0643", "\u06cc": "\u064a", "\u0629": "\u0647", "\u06c0": "\u0647"},
        **{"\u0623": "\u0627", "\u0625": "\u0627", "\u0622": "\u0627", "\u0626": "\u064a", "\u0624": "\u0648"},
    }
)
_SMALL_I = str.maketrans({"\u0131": "i", "\u0130": "i"})
_SUFFIX = re.compile(r"(.{2,})'((?:s|[nysd]?[aeiu]?[nmr]?|[dt]e?a?n?|l[ae]|[dt]ir)(?:ki)?)")
_SAYS_WHOSE = re.compile(r"s|n?[iu]n")
_PREFIXES = ("\u0648", "\u0641", "\u0628", "\u0644", "\u0643")
"""And, so, in, for, as: written on to the word in Arabic."""
_ARABIC = re.compile("[\u0621-\u06d3]")
_MASKED = re.compile(r"(?<![\w*])[^\W\d_]\*+[^\W\d_]{2,}")
_FILE = re.compile(r"(?<![a-z])(?=([a-z]{3,})[_-]([a-z]{4,}))")
_INITIALS = re.compile(
    r"(?<![\w.])(?:[^\W\d_]\.){2,3}(?=,? (?:\d\d?|de \d+|aged)\b)|(?<![\w.])[A-Z]\. ?[A-Z]\.,? \d\d?(?= ans|,)"
)
_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Word:
    """A word or a sign of a text; `kinds` are the classes of the lists that it is in, `whose` says that it owns."""

    text: str
    folded: str
    start: int
    end: int
    kinds: frozenset[str]
    capital: bool
    whose: bool


@cache
def _lists() -> tuple[dict[str, frozenset[str]], dict[str, frozenset[str]]]:
    """The classes of each word, and of each beginning of words."""
    words: dict[str, set[str]] = {}
    stems: dict[str, set[str]] = {}
    for file in ("person_words.csv", "given_names.csv"):
        with (HERE / file).open(encoding="utf-8", newline="") as lines:
            for kind, _, listed in csv.reader(lines):
                for word in listed.split():
                    into = stems if word.endswith("*") else words
                    into.setdefault(fold(word.rstrip("*")).replace("_", " "), set()).add(kind)
    return {word: frozenset(of) for word, of in words.items()}, {stem: frozenset(of) for stem, of in stems.items()}


LONGEST = 200
"""The length above which a word is no name; decomposing it may take quadratic time."""


def plain(text: str) -> str:
    """A text with one sign for each apostrophe and hyphen, and one letter for each form of an Arabic one."""
    if text.isascii():
        return text
    return composed(text.translate(_PLAIN)).translate(_PLAIN)


@lru_cache(maxsize=65536)
def fold(word: str) -> str:
    """A word without case and accents."""
    word = word.translate(_SMALL_I).lower() if not word.isascii() else word.lower()
    if word.isascii() or len(word) > LONGEST:
        return word
    letters = unicodedata.normalize("NFKD", plain(word))
    if not letters.endswith("\u0644\u0649"):  # the preposition, not the name Ali
        letters = letters.replace("\u0649", "\u064a")
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


@lru_cache(maxsize=65536)
def kinds_of(folded: str) -> frozenset[str]:
    """The classes of a folded word; an Arabic one also without a word of one letter that is written on to it."""
    words, stems = _lists()
    found = words.get(folded)
    if _ARABIC.match(folded):
        if found is None and folded.startswith("\u0644\u0644"):
            found = words.get("\u0627" + folded[1:])
        if found is None and folded[0] in _PREFIXES and len(folded) > 3:
            found = words.get(folded[1:])
            if found and folded[0] != _PREFIXES[0]:  # it may be a word of its own, which no list has
                found -= {"lone"}
        return found or _NONE
    stem = next((stems[folded[:n]] for n in range(min(len(folded), 10), 1, -1) if folded[:n] in stems), _NONE)
    return (found or _NONE) | (stem if not found or not found & {"lone", "given"} else _NONE)


def words_of(text: str) -> list[Word]:
    """The words and signs of a plain text."""
    found = []
    for match in _WORD.finditer(text):
        word = match[0]
        folded = fold(word)
        whose = False
        if "'" in word and (cut := _SUFFIX.fullmatch(folded)):
            if cut[2] and (cut[2] == "s" or not kinds_of(folded)):
                folded, whose = cut[1], _SAYS_WHOSE.fullmatch(cut[2]) is not None
        elif folded.endswith("s") and text[match.end() : match.end() + 1] == "'":
            whose = True
        head = word[word.index("-") + 1] if "-" in word[2:4] and word[0].islower() and word[-1] != "-" else word[0]
        kinds = kinds_of(folded) if len(word) > 1 or not word.isupper() else _NONE
        if word.isupper():  # `DR Congo`
            kinds -= {"title", "rank"}
        if folded.endswith("-old"):
            kinds = kinds | {"role", "minor"}
        if not kinds and "-" in folded:
            parts = folded.split("-")
            kinds = kinds_of(parts[0]) & {"lone", "given", "title", "kunya"} | kinds_of(parts[-1]) & {"thing"}
        found.append(Word(word, folded, match.start(), match.end(), kinds, head.isupper(), whose))
    return found


_TELLS = frozenset(
    ["lone", "given", "title", "rank", "role", "called", "name", "kunya", "patronym", "aged", "did", "own", "suffix"]
)
"""The classes of which a text has a word in which a name is found, but for initials and ages in digits."""
_OTHERWISE = re.compile(r"\b[A-Z]\.|[,(] ?[0-9]|[^\W\d_]\*")
_LATIN = re.compile("[a-z]+")


@cache
def _telling() -> frozenset[str]:
    return frozenset(word for word, kinds in _lists()[0].items() if word.isascii() and kinds & _TELLS)


def may_name(text: str) -> bool:
    """Whether a text has at the least what every name has: most have nothing of it."""
    return not (text.isascii() and _telling().isdisjoint(_LATIN.findall(text.lower())) and not _OTHERWISE.search(text))


def persons_in(text: str, strict: bool = False, cell: bool = False) -> tuple[str, ...]:
    """What looks like the names of persons in a text.

    `strict`: it is itself the name of something; `cell`: it may be.
    """
    text = plain(text)
    words = words_of(text)
    if cell and (len(words) < 2 or (len(words) == 2 and "rank" in words[0].kinds)):
        return ()
    told = [
        text[words[a].start : words[b].end]
        for a, b in {*_latin(words, strict, cell), *_small(words), *_arabic(words, strict)}
    ]
    if not strict:
        told += [found[0] for found in (*_MASKED.finditer(text), *_INITIALS.finditer(text))]
        told += [
            found[1]
            for found in _FILE.finditer(text.lower())
            if "lone" in kinds_of(found[1]) and not kinds_of(found[2])
        ]
    return tuple(told)


_NO_PERSONS = frozenset({"thing", "place", "stop", "of"})
LONGEST_NAME = 4
"""The maximum number of words of a person's name that nothing beside it tells."""


def is_bare_name(text: str) -> bool:
    """Whether a text is a common given name and one to three more words, none of which is that of a thing."""
    words = words_of(plain(text))
    if not 2 <= len(words) <= LONGEST_NAME or not words[0].kinds & {"lone", "given"}:
        return False
    if "public" in kinds_of(" ".join(word.folded for word in words)):
        return False
    return all(word.text[0].isalpha() and not word.kinds & _NO_PERSONS for word in words)


def names_thing(text: str) -> bool:
    """Whether a text has a word for a thing: a brigade, a newspaper, a movement."""
    return any("thing" in word.kinds for word in words_of(plain(text)))


def _runs(words: list[Word]) -> Iterator[tuple[int, int]]:
    """The first and last index of each run of words with capitals, as a name of the Latin script is written."""
    i = 0
    while i < len(words):
        if not _is_part(words[i]):
            i += 1
            continue
        last = j = i
        while j < len(words) - 1:
            j += 1
            word, before = words[j], words[j - 1]
            if word.start - before.end > 1:
                break
            if _is_part(word):
                last = j
                if word.whose:
                    break
            elif word.text == "." and _is_initial(before):
                last = j
            elif word.text in '"\u201c\u201d\u00ab\u00bb' or word.kinds & {"particle", "patronym"}:
                continue
            else:
                break
        yield i, last
        i = last + 1


def _is_part(word: Word) -> bool:
    return word.capital and not word.text[0].isdigit() and not _ARABIC.match(word.text)


def _is_initial(word: Word) -> bool:
    return (len(word.text) == 1 and word.capital) or word.folded in ("mr", "mrs", "ms", "dr", "prof", "mme", "hz", "av")


_LEADS = frozenset(
    {"stop", "role", "title", "called", "name", "rank", "own", "harmed", "did", "be", "of", "at", "aged"}
)


def _latin(words: list[Word], strict: bool, cell: bool) -> Iterator[tuple[int, int]]:
    """The names of persons in the Latin script, and others with capitals."""
    for a, b in _runs(words):
        while a < b and (words[a].text == "." or _leads(words[a])):
            a += 1
        while b > a and words[b].kinds & {"title", "role", "stop"} and not words[b].kinds & {"suffix", "lone"}:
            b -= 1
        if _is_part(words[a]) and not _leads(words[a]) and _Run(words, a, b).is_person(strict, cell):
            yield a, b


def _leads(word: Word) -> bool:
    """Whether a word with a capital at the beginning of a run is none of the name."""
    return bool(word.kinds & _LEADS) and (
        not word.kinds & {"lone", "given"} or bool(word.kinds & {"title", "role", "rank"})
    )


class _Run:
    """A run of words with capitals, `words[a : b + 1]`, and what stands around it."""

    def __init__(self, words: list[Word], a: int, b: int) -> None:
        self.words = [word for word in words[a : b + 1] if word.text not in _SIGNS]
        self.before = _Before(words, a)
        self.after = words[b + 1 :][:6]
        self.next = self.after[0] if self.after else None
        self.whose = words[b].whose
        self.beside_thing = bool(
            self.next and self.next.start - words[b].end <= 1 and self.next.kinds & {"thing", "spot"}
        )
        first, last = self.words[0], self.words[-1]
        self.names_thing = any(
            word.kinds & {"thing", "stop"} and not word.kinds & {"lone", "given", "particle"} for word in self.words
        )
        self.length = sum(_is_part(word) for word in self.words)
        self.lone = "lone" in first.kinds
        self.given = any(word.kinds & _GIVEN for word in self.words)
        self.begins_given = bool(first.kinds & _GIVEN) or ("lone" in last.kinds and len(self.words) == 2)
        ends = [one for one, dot in pairwise(words[a : b + 2]) if dot.text == "." and len(one.text) == 1]
        self.initial = any(one.text.isalpha() for one in ends)
        self.begins_initial = self.initial and len(first.text) == 1 and len(last.text) > 3
        self.some = (
            self.given or self.initial or any("maybe" in word.kinds for word in self.words) or "kunya" in first.kinds
        )
        self.full = self.length > 1 and (self.some or not all(word.text.isupper() for word in self.words))
        self.public = "public" in _lists()[0].get(" ".join(word.folded for word in self.words), _NONE)

    def is_person(self, strict: bool, cell: bool) -> bool:
        """Whether it is the name of a person; `strict` and `cell` as for `persons_in`."""
        if self.public or "office" in self.before.kinds:
            return False
        if self.whose and self._owns() and not self.names_thing and (self.given or self.length > 1):
            return True
        if self._has_title():
            return True
        first = self.words[0]
        if self.names_thing or self.beside_thing or self.before.thing or "lead" in first.kinds:
            return False
        if "kunya" in first.kinds and not self.given:
            return False
        return self._has_home(strict) or (
            not strict and (self._follows_person() or self._precedes_deed(cell) or self._is_name())
        )

    def _owns(self) -> bool:
        return self.before.owned or any("own" in word.kinds for word in self.after[:2])

    def _has_title(self) -> bool:
        before = self.before
        if "title" not in before.kinds and not (self.length > 1 and "rank" in before.kinds):
            return False
        if self.beside_thing or self.names_thing:
            return False
        return before.title in _OF_PEOPLE or not (before.thing or (before.at and "rank" in before.kinds))

    def _has_home(self, strict: bool) -> bool:
        """Whether a family, a house or a farm is said to be theirs, or a word such as `Usta` follows the name."""
        if self.before.family or (self.next and self.next.folded in _FAMILY and self.before.said == "the"):
            return True
        if self._owns() and (self.given or self.initial or (self.full and (not strict or self.whose or self.some))):
            return True
        if self.next and "suffix" in self.next.kinds and self.given:
            return True
        return self.full and "suffix" in self.words[-1].kinds and self.some

    def _follows_person(self) -> bool:
        """Whether the word before is one for a person: `the witness`, `a man named`, `Names:`."""
        before = self.before
        if "role" in before.kinds and (self.full or self.lone or ("minor" in before.kinds and _ends_here(self.after))):
            return True
        if before.listed and (self.full or self.given):
            return True
        return "called" in before.kinds and not before.place and (self.full or self.lone or before.calls_person)

    def _precedes_deed(self, cell: bool) -> bool:
        """Whether an age, a word for a person or a deed follows: `, 9`, `, a baker`, `was wounded`, `told`."""
        told = (self.length > 1 and (self.some or not cell)) or self.lone
        if _age(self.after) and (_harmed(self.after) or (told and not self.before.beside)):
            return True
        return (
            not self.before.beside
            and (told and (self.full or self.lone))
            and (_apposed(self.after) or _did(self.after))
        )

    def _is_name(self) -> bool:
        """Whether it has the form of a person's name by itself."""
        if self.before.at:
            return False
        first = self.words[0]
        if self.full:
            long = any(len(word.text) > 2 and not word.text.isupper() for word in self.words)
            return (
                self.begins_given
                or (self.initial and long and (self.given or self.begins_initial))
                or any("patronym" in word.kinds for word in self.words[1:])
                or (self.given and bool(first.kinds & {"kunya", "patronym"}))
            )
        if self.length > 1 or not self.lone or len(first.text) < 4 or first.text.isupper() or ("stop" in first.kinds):
            return False
        if self.before.begins:
            return first.whose or bool(self.next and (self.next.text == "(" or self.next.kinds & {"be", "did"}))
        return first.whose or "of" not in self.before.kinds


_SIGNS = '."\u201c\u201d\u00ab\u00bb'
_GIVEN = frozenset({"lone", "given"})
_FAMILY = frozenset({"family", "ailesi"})
_OF_PEOPLE = frozenset({"dr", "mr", "mrs", "ms", "miss", "doctor", "prof"})
"""Titles that a person has even beside a thing: `Dr Example's clinic`."""


def _ends_here(after: list[Word]) -> bool:
    return not after or after[0].text in ",.;)(" or bool(after[0].kinds & {"be", "did", "stop", "harmed"})


def _age(after: list[Word]) -> bool:
    """Whether an age follows: `, 9`, `(34)`, `, aged 9`, `, de 16 anos`."""
    said = [word.folded for word in after]
    if not said:
        return False
    if said[0] in (",", "(", "/") and len(said) > 1:
        rest = after[1:]
    elif after[0].kinds & {"aged"} or _is_age(said[0]):
        rest = after
    else:
        return False
    if rest[0].kinds & {"aged", "of"}:
        if len(rest) > 1 and (_is_age(rest[1].folded) or rest[1].kinds & {"aged"}):
            return "aged" in rest[0].kinds or any("aged" in word.kinds for word in rest[1:3])
        return False
    if "year" in rest[0].folded or "month" in rest[0].folded:
        return True
    if not _is_age(rest[0].folded):
        return len(rest) > 1 and rest[0].folded in ("a", "b") and "month-old" in rest[1].folded
    if said[0] == "(":
        return len(rest) > 1 and rest[1].text in "),"
    if any("aged" in word.kinds for word in rest[1:3]):
        return True
    return (
        rest[0].text.rstrip("s").isdigit()
        and said[0] == ","
        and len(rest) > 1
        and rest[1].text in ",.;"
        and not (len(rest) > 2 and (rest[2].text[0].isdigit() or rest[2].folded == "and"))
    )


_NUMBERS = frozenset(
    ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
)


def _is_age(word: str) -> bool:
    return (
        (bool(re.fullmatch(r"[0-9]{1,2}s?|[0-9]{4}", word)) and len(word) < 4)
        or word in _NUMBERS
        or word.endswith("teen")
    )


def _harmed(after: list[Word]) -> bool:
    return any(one.kinds & {"be"} and two.kinds & {"harmed"} for one, two in pairwise(after))


def _apposed(after: list[Word]) -> bool:
    """Whether a word for a person follows after a comma: `, a baker`, `(the teacher)`, `, agriculteur`."""
    if not after or after[0].text not in ",(\u2013\u2014-/;":
        return False
    for word in after[1:4]:
        if "role" in word.kinds and not word.kinds & {"place"}:
            return True
        if not (word.kinds & {"stop", "of"} or (word.text.isalpha() and word.text.islower()) or "-" in word.text):
            return False
    return False


def _did(after: list[Word]) -> bool:
    """Whether a deed or a fate of persons follows: `told`, `was badly wounded`."""
    after = after[1:] if after and after[0].text == "," else after
    if not after:
        return False
    if after[0].kinds & {"did"}:
        return True
    return (
        "be" in after[0].kinds
        and any("harmed" in word.kinds for word in after[1:4])
        and (len(after) < 2 or "," not in [word.text for word in after[1:3]])
    )


class _Before:
    """What stands before the word `a`: the kinds of the word that it depends on, and what is said there."""

    def __init__(self, words: list[Word], a: int) -> None:
        self.kinds: set[str] = set()
        self.thing = self.at = self.beside = self.owned = self.family = False
        self.listed = self.place = self.calls_person = False
        self.said = self.title = ""
        self.begins = a == 0 or words[a - 1].text in ".!?\n"
        if a == 0:
            return
        near = words[a - 1]
        self.said = near.folded
        if words[a].start - near.end <= 1:
            after = a - 1 if "rank" in near.kinds and a > 1 else a
            self.at = _is_placing(words, after - 1)
        self.beside = self.at or near.folded in ("and", "the", "of")
        self._look_back(words, a)

    def _look_back(self, words: list[Word], a: int) -> None:
        """Go back over articles, prepositions and signs to the word that says what is named."""
        for passed, i in enumerate(range(a - 1, max(-1, a - 5), -1)):
            word = words[i]
            between = words[i + 1 : a]
            if word.text in "\n!?;" or (word.text == "." and not (i and _is_title_mark(words[i - 1]))):
                return
            if word.kinds & _SAYS_WHAT and not ("lone" in word.kinds and word.capital):
                if passed < 2 or word.kinds & {"role", "name", "called"}:
                    self.kinds |= word.kinds
                if word.kinds & {"title", "rank"}:
                    self.title = word.folded
                self.listed = any(one.text == ":" for one in between)
                if "called" in word.kinds:
                    told = words[max(0, i - 4) : i]
                    self.place = any("place" in one.kinds for one in told[-3:])
                    self.calls_person = any("role" in one.kinds or one.folded in ("man", "woman") for one in told)
                if "own" not in word.kinds:
                    return
            if "own" in word.kinds:
                self.owned = passed == 0 or any(one.kinds & {"of", "stop"} for one in between)
                self.family = word.folded in ("famille", "familia") and passed < 2
                return
            if "thing" in word.kinds:
                self.thing = passed < 3
                return
            if not (word.kinds & {"of", "stop", "be", "particle"} or word.text in '.,:("\u201c\u00ab'):
                self.thing = word.text.islower() and passed == 0 and i > 0 and "thing" in words[i - 1].kinds
                return
            if "of" in word.kinds and passed == 0:
                self.kinds.add("of")


_SAYS_WHAT = frozenset({"role", "title", "called", "rank", "office", "name"})


def _is_placing(words: list[Word], i: int) -> bool:
    """Whether a word places what follows: `near`, and `to` but in `according to`."""
    if "at" not in words[i].kinds or words[i].kinds & {"role", "title"}:
        return False
    return not (words[i].folded == "to" and i > 0 and words[i - 1].folded in ("according", "spoke", "talked"))


def _is_title_mark(word: Word) -> bool:
    return "title" in word.kinds or len(word.text) == 1


def _small(words: list[Word]) -> Iterator[tuple[int, int]]:
    """The names of persons in small letters: `umm nidal`, `sheikh hamdan al-furaijati`, `m. okello`."""
    for i, (word, name) in enumerate(pairwise(words)):
        if name.text == "." and len(word.text) == 1 and i + 2 < len(words) and not word.capital:
            name = words[i + 2]
            if "lone" in name.kinds and name.text.islower() and name.text.isascii():
                yield i, i + 2
            continue
        follows = word.kinds & {"kunya", "rank", "title", "minor"} and not (i and "thing" in words[i - 1].kinds)
        if follows and "lone" in name.kinds and name.text.islower():
            yield i, i + 1


def _arabic(words: list[Word], strict: bool) -> Iterator[tuple[int, int]]:
    """The names of persons in the Arabic script, which has no capitals."""
    kept = [n for n, word in enumerate(words) if word.text not in _SIGNS or word.text == "."]
    said = [words[n] for n in kept]
    for i, word in enumerate(said):
        if _is_arabic(word) and (length := _named(said, i, strict)):
            yield kept[i], kept[min(i + length, len(kept)) - 1]


def _is_arabic(word: Word) -> bool:
    return _ARABIC.match(word.text) is not None


def _named(words: list[Word], i: int, strict: bool) -> int:
    """How many words from `i` on have a name in them; 0 for none."""
    word, rest = words[i], [*words[i + 1 : i + 3], _END, _END]
    after = rest[0].kinds
    nearest = words[i - 1].kinds if i else _NONE
    says_whose = nearest & {"title", "role", "own"}
    thing = "thing" in nearest or (not says_whose and i > 1 and "thing" in words[i - 2].kinds)
    placed = thing or "at" in nearest
    public = "public" in _lists()[0].get(f"{word.folded} {rest[0].folded}", _NONE)
    if "title" in word.kinds and not placed and not public and _opens(rest):
        return 2
    if strict and not nearest & {"own", "title"}:
        return 0
    if "called" in word.kinds and _is_arabic(rest[0]) and not after & {"stop", "thing", "at", "place"}:
        return 2
    if "role" in word.kinds and "stop" not in after and (after & _NAMES or _two_words(word, rest)):
        return 2
    if placed:
        return 0
    if "kunya" in word.kinds:
        return 2 if not public and (after & _NAMES or "role" in nearest) else 0
    if ("lone" in word.kinds and not public) or ("own" in nearest and word.kinds & _NAMES):
        return 1
    if _is_compound(word, rest[0]) or (word.kinds & _NAMES and after & {"lone", "patronym", "suffix"}):
        return 2
    if "given" in word.kinds and (_is_surname(rest[0]) or "given" in after):
        return 2
    year = i > 0 and words[i - 1].text[0].isdigit() and word.start - words[i - 1].end < 2
    initial = len(word.text) == 1 and rest[0].text == "." and not year
    return 3 if initial and (_is_surname(rest[1]) or (len(rest[1].text) == 1 and _is_arabic(rest[1]))) else 0


_END = Word("", "", 0, 0, _NONE, capital=False, whose=False)
_NAMES = frozenset({"lone", "given", "maybe", "kunya"})


def _opens(rest: list[Word]) -> bool:
    """Whether a name may follow a title: a given one, an initial, or a word before another."""
    one, two = rest[:2]
    if one.kinds & {"stop", "thing"} or not _is_arabic(one):
        return False
    another = _is_arabic(two) and not two.kinds & {"stop", "thing"} and not one.folded.startswith(_ARTICLE)
    return bool(one.kinds & _NAMES) or len(one.text) == 1 or another


def _two_words(word: Word, rest: list[Word]) -> bool:
    """Whether two words that may be a name follow a person."""
    one, two = rest[:2]
    if "person" not in word.kinds or one.kinds & {"stop", "at", "thing"} or one.folded.startswith((_AND, _ARTICLE)):
        return False
    return _is_arabic(one) and _is_arabic(two)


_AND, _ARTICLE = "\u0648", "\u0627\u0644"


def _is_compound(word: Word, rest: Word) -> bool:
    """Whether two words are one given name: a servant of one of God's names, or something "of the faith"."""
    article = rest.folded.startswith(_ARTICLE)
    return article and (
        (word.folded.endswith("\u0639\u0628\u062f") and len(word.folded) < 5)
        or rest.folded == "\u0627\u0644\u062f\u064a\u0646"
    )


def _is_surname(word: Word) -> bool:
    """Whether a word has the form of a surname: with the article and a suffix, or of two words in one."""
    said = word.folded
    return (
        bool(_ARABIC.match(said)) and len(said) > 4 and said.endswith("\u064a") and not word.kinds & {"stop", "thing"}
    )
