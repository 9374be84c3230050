"""Names of persons in the Latin script: runs of words with capitals, judged by the words before and after them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from conflict_incidents.core.persons.words import NOTHING, SIGNS, Word, is_public

_TITLES_OF_PEOPLE = frozenset({"dr", "mr", "mrs", "ms", "miss", "doctor", "prof"})
"""Titles that a person has even beside a thing: `Dr Example's clinic`."""
_ABBREVIATED = frozenset({"mr", "mrs", "ms", "dr", "dra", "prof", "mme", "me", "hz", "av"})
_SOMEBODY = ("man", "woman", "he", "she", "il", "elle", "ella")
_AND = ("and", "et", "y", "e")
_OF = ("of", "for", "de", "d'", "del", "des", "du")
_OURS = frozenset(
    ["my", "our", "his", "her", "their", "mon", "ma", "notre", "son", "sa", "leur", "mi", "su", "nuestro", "nuestra"]
)
_FAMILY = ("family", "aile")
_LEADING = frozenset(
    {"stop", "role", "title", "called", "name", "rank", "own", "harmed", "did", "be", "of", "at", "aged"}
)
_NO_NAMES = frozenset({"stop", "be", "did", "harmed"})
_SAYS_WHAT = frozenset({"role", "title", "called", "rank", "office", "name"})
_NUMBERS = frozenset(
    ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
)
_AGE = re.compile(r"[0-9]{1,2}s?")


def latin_names(words: list[Word], strict: bool, cell: bool) -> Iterator[tuple[int, int]]:
    """Yield the first and last index of each name of a person."""
    for first, last in _runs(words):
        while last > first and words[last].has("title", "role", "stop") and not words[last].has("suffix", "lone"):
            last -= 1
        for start in _starts(words, first, last):
            if _Run(words, start, last).is_person(strict, cell):
                yield start, last
                break


def _runs(words: list[Word]) -> Iterator[tuple[int, int]]:
    """Yield the first and last index of each run of words with capitals; it may contain particles and signs."""
    i = 0
    while i < len(words):
        if not _is_part(words[i]):
            i += 1
            continue
        last = j = i
        while j < len(words) - 1:
            j += 1
            word, before = words[j], words[j - 1]
            if word.start - before.end > 1 or (word.text.isupper() and word.kinds & _NO_NAMES and len(word.text) > 1):
                break
            if _is_part(word):
                last = j
                if word.whose:
                    break
            elif word.text == ".":
                if not _is_shortened(before):
                    break
                last = j
            elif not (word.text in SIGNS or word.has("particle", "patronym")):
                break
        yield i, last
        i = last + 1


def _starts(words: list[Word], first: int, last: int) -> Iterator[int]:
    """Yield where a name may begin in a run: after words that lead it, and after each `de` unless a thing is named."""
    for i in range(first, last + 1):
        word, before = words[i], words[i - 1]
        begins = i == first or before.text == "." or before.kinds & _LEADING or _leads(words, i - 1)
        opens = i == first + 1 <= last - 1 and word.has("lone") and _begins(words, first)
        within = i > first and before.has("kunya", "patronym")
        within = within or (i > first + 1 and before.has("of") and words[i - 2].has("lone", "given"))
        if (begins or opens) and not within and _is_part(word) and not _leads(words, i):
            yield i
        if word.has("thing") or (word.has("lead") and i < last and not words[i + 1].has("title")):
            return


def _is_part(word: Word) -> bool:
    return word.capital and not word.text[0].isdigit() and not word.is_arabic


def _is_shortened(word: Word) -> bool:
    return (len(word.text) == 1 and word.capital) or word.folded in _ABBREVIATED


def _leads(words: list[Word], i: int) -> bool:
    """Whether a word with a capital at the beginning of a run is no part of the name."""
    word = words[i]
    if word.folded in "aeoy" and _begins(words, i):
        return words[i + 1 : i + 2] != [] and words[i + 1].text != "."
    return bool(word.kinds & _LEADING) and (not word.has("lone", "given") or word.has("title", "role", "rank"))


def _begins(words: list[Word], i: int) -> bool:
    return i == 0 or words[i - 1].text in ".!?\n" or (i == 2 and words[1].text == ":")


class _Run:
    """A run of words with capitals, `words[first : last + 1]`, and the words around it."""

    def __init__(self, words: list[Word], first: int, last: int) -> None:
        self.words = [word for word in words[first : last + 1] if word.text not in SIGNS]
        self.before = _Before(words, first)
        self.after = words[last + 1 :][:6]
        self.next = self.after[0] if self.after else None
        self.whose = words[last].whose
        one, end = self.words[0], self.words[-1]
        self.length = sum(_is_part(word) for word in self.words)
        self.names_thing = any(
            word.has("thing", "stop") and not word.has("lone", "given", "particle") for word in self.words
        )
        self.beside_thing = bool(
            self.next
            and self.next.start - words[last].end <= 1
            and self.next.has("thing", "spot")
            and not self.next.has("suffix")
        )
        self.lone = one.has("lone")
        self.given = any(word.has("lone", "given") for word in self.words)
        initials = [word for word, dot in pairwise(words[first : last + 2]) if dot.text == "." and len(word.text) == 1]
        self.initial = any(word.text.isalpha() for word in initials)
        self.some = (
            self.given
            or self.initial
            or one.has("kunya")
            or any(word.has("maybe") and not word.text.isupper() for word in self.words)
        )
        self.full = self.length > 1 and (self.some or not all(word.text.isupper() for word in self.words))
        ends_lone = end.has("lone") and len(self.words) == 2 and not one.has("patronym")
        told = one.has("maybe") and self.length > 2 and self.words[1].has("lone", "given")
        self.begins_given = one.has("lone", "given") or ends_lone or told

    def is_person(self, strict: bool, cell: bool) -> bool:
        """Whether it is the name of a person; `strict` and `cell` as for `persons_in`."""
        if self.before.has("office"):
            return False
        if self.whose and self._owns() and not self.names_thing and (self.some or self.length > 1):
            return True
        if self._has_title():
            return True
        named = self.before.calls_person and self.full and not strict
        if ((self.names_thing or self.before.thing) and not named) or self.beside_thing:
            return False
        one = self.words[0]
        if one.has("lead") or (one.has("kunya") and not self.given):
            return False
        if self._has_home(strict):
            return True
        if strict:
            return self.before.favoured and self.begins_given and self.length > 1
        if is_public(*self.words):
            return False
        return self._follows_person() or self._precedes_deed(cell) or self._has_form_of_name()

    def _owns(self) -> bool:
        near = self.after[: 3 if self.whose else 1]
        return self.before.owned or ((self.whose or not self.before.at) and any(word.has("own") for word in near))

    def _has_title(self) -> bool:
        before = self.before
        if not before.has("title") and not (before.has("rank") and (self.length > 1 or self.given)):
            return False
        if self.beside_thing or self.names_thing:
            return False
        return before.title in _TITLES_OF_PEOPLE or not (before.thing or (before.at and before.has("rank")))

    def _has_home(self, strict: bool) -> bool:
        """Whether a family or a house is said to be theirs, or a word such as `Usta` follows the name."""
        before, following = self.before, self.next
        if before.family or (following and following.folded.startswith(_FAMILY) and not before.at):
            return True
        told = self.given if before.owned else self.some
        if self._owns() and (told or (self.full and (not strict or self.whose))):
            return True
        if following and following.has("suffix") and self.some:
            return True
        return self.full and self.words[-1].has("suffix") and self.some

    def _follows_person(self) -> bool:
        """Whether the word before is one for a person: `the witness`, `a man named`, `Names:`."""
        before = self.before
        told = self.full or self.lone
        if before.has("role") and not (before.at or (before.linked and not before.has("minor"))) and told:
            return True
        if before.has("kin", "minor") and not before.at:
            return before.has("kin") or self.some or _ends_here(self.after)
        if before.has("name") and before.told_to_be and before.ours:
            return True
        if self.length == 1 and before.said_by and len(self.after) > 2 and self.after[0].text == ",":
            return self.after[1].has("minor") and self.after[2].text in ".,;"
        named = len(self.after) > 1 and self.after[0].has("called") and self.after[1].has("role", "person")
        if named or (before.listed and (self.full or self.some)):
            return True
        told = self.full or self.some or before.calls_person or _apposed(self.after)
        return before.has("called") and not before.place and told

    def _precedes_deed(self, cell: bool) -> bool:
        """Whether an age, a word for a person or a deed follows: `, 9`, `, a baker`, `was wounded`, `told`."""
        told = (self.length > 1 and (self.some or not cell)) or self.lone
        age = _age(self.after)
        if (
            age
            and not self.before.at
            and (
                _harmed(self.after)
                or (not self.before.beside and (told or self.some or (age == "years" and not self.before.of)))
            )
        ):
            return told or self.some or not self.before.begins
        if _has_kin(self.after) and not self.before.at:
            return True
        if self.before.beside:
            return False
        if self.length == 1 and self.some and not self.before.said_by and _apposed(self.after):
            return True
        return told and (self.full or self.lone) and (_apposed(self.after) or _did(self.after))

    def _has_form_of_name(self) -> bool:
        """Whether it has the form of a person's name by itself."""
        if self.before.at:
            return False
        one = self.words[0]
        if self.full:
            long = any(len(word.text) > 2 and not word.text.isupper() for word in self.words)
            begins_initial = self.initial and len(one.text) == 1 and len(self.words[-1].text) > 3
            return (
                self.begins_given
                or (self.initial and long and (self.given or begins_initial or one.has("maybe")))
                or any(two.has("patronym") and not word.has("of", "lead") for word, two in pairwise(self.words))
                or (self.given and (one.has("kunya") or (one.has("patronym") and self.length > 2)))
            )
        if self.length < 3 and len(self.after) > 1 and self.after[0].text == "," and self._is_turned():
            return True
        if self.length > 1 or not self.lone or len(one.text) < 4 or one.text.isupper() or one.has("stop"):
            return False
        if self.before.begins:
            return one.whose or bool(self.next and (self.next.text == "(" or self.next.has("be", "did")))
        return one.whose or self.before.has("name") or not self.before.has("of")

    def _is_turned(self) -> bool:
        """Whether a surname precedes the given name: `EXAMPLE, Ahmad`, `Example, Ahmad (M, 9)`, `Name: Example, A`."""
        given, rest = self.after[1], self.after[2:]
        if not _is_part(given) or len(self.words[0].text) < 4:
            return False
        if self.words[0].text.isupper() and given.has("lone", "given"):
            return True
        if self.before.listed and self.before.has("name", "role"):
            return not rest or rest[0].text in ".;(/" or _is_part(rest[0])
        return [word.folded for word in rest[:2]] in (["(", "m"], ["(", "f"], ["(", "h"]) or (
            given.has("lone", "given") and not rest
        )


def _ends_here(after: list[Word]) -> bool:
    return not after or after[0].text in ",.;)(" or after[0].has("be", "did", "stop", "harmed")


def _age(after: list[Word]) -> str:
    """Whether an age follows: "years" if the words say so, "number" for a bare number, else empty.

    Such as `, aged 9` and `, de 16 anos`; `, 9`, `(34)` and `was 9`.
    """
    said = [word.folded for word in after]
    if not said:
        return ""
    if said[0] in (",", "(", "/") and len(said) > 1:
        rest = after[1:]
    elif after[0].has("aged") or _is_age(said[0]):
        rest = after
    elif after[0].has("be") and len(after) > 2 and _is_age(said[1]) and after[2].has("stop", "aged"):
        return "number"
    else:
        return ""
    if rest[0].has("aged", "of"):
        if len(rest) > 1 and (_is_age(rest[1].folded) or rest[1].has("aged")):
            return "years" if rest[0].has("aged") or any(word.has("aged") for word in rest[1:3]) else ""
        return ""
    if "year" in rest[0].folded or "month" in rest[0].folded:
        return "number"
    if not _is_age(rest[0].folded):
        return "number" if len(rest) > 1 and said[1] in ("a", "b") and "month-old" in rest[1].folded else ""
    if any(word.has("aged") for word in rest[1:2]):
        return "years"
    if any(word.has("aged") for word in rest[2:3]):
        return "number"
    if said[0] == "(":
        return "number" if len(rest) > 1 and rest[1].text in ")," else ""
    ends = rest[0].text.rstrip("s").isdigit() and said[0] == "," and len(rest) > 1 and rest[1].text in ",.;"
    goes_on = len(rest) > 2 and (rest[2].text[0].isdigit() or rest[2].folded == "and")
    return "number" if ends and not goes_on else ""


def _is_age(word: str) -> bool:
    return bool(_AGE.fullmatch(word)) or word in _NUMBERS or word.endswith("teen")


def _harmed(after: list[Word]) -> bool:
    return any(one.has("be") and two.has("harmed") for one, two in pairwise(after))


def _apposed(after: list[Word]) -> bool:
    """Whether a word for a person follows after a comma: `, a baker`, `(the teacher)`, `, agriculteur`."""
    if not after or after[0].text not in ",(\u2013\u2014-/;":
        return False
    for word in after[1:4]:
        if word.has("role") and not word.has("place"):
            return True
        if not (word.has("stop", "of") or (word.text.isalpha() and word.text.islower()) or "-" in word.text):
            return False
    return False


def _has_kin(after: list[Word]) -> bool:
    """Whether a relative follows: `and her mother`, `y su hijo`."""
    if not after or after[0].folded not in _AND:
        return False
    said = [word for word in after[:5] if word.folded not in ("de", "little", "petit", "petite", "young")]
    return len(said) > 2 and said[1].folded in _OURS and said[2].has("minor")


def _did(after: list[Word]) -> bool:
    """Whether a deed or a fate of persons follows: `told`, `was badly wounded`."""
    after = after[1:] if after and after[0].text == "," else after
    if not after or after[0].has("did"):
        return bool(after)
    harmed = after[0].has("be") and any(word.has("harmed") for word in after[1:4])
    return harmed and "," not in [word.text for word in after[1:3]]


class _Before:
    """The words before the word `start`: the classes of the word that it depends on, and what the others say of it."""

    def __init__(self, words: list[Word], start: int) -> None:
        self.kinds: frozenset[str] = NOTHING
        self.thing = self.at = self.beside = self.owned = self.family = False
        self.told_to_be = self.linked = self.favoured = False
        self.ours = self.of = self.listed = self.place = self.calls_person = self.said_by = False
        self.title = ""
        self.begins = start == 0 or words[start - 1].text in ".!?\n"
        if start == 0:
            return
        near = words[start - 1]
        if words[start].start - near.end <= 1:
            leads = near.has("rank") or (near.has("particle") and near.capital)
            self.at = _places(words, start - 2 if leads and start > 1 else start - 1)
        self.beside = self.at or near.folded in ("and", "the", "of")
        self.favoured = near.folded in ("for", "pour", "para")
        self.of = near.folded in _OF
        self.said_by = any(word.has("by") for word in words[max(0, start - 2) : start])
        self._look_back(words, start)

    def has(self, *kinds: str) -> bool:
        """Whether the word that it depends on is in one of the classes."""
        return not self.kinds.isdisjoint(kinds)

    def _look_back(self, words: list[Word], start: int) -> None:
        """Go back over articles, prepositions and signs to the word that says what kind of thing is named."""
        for passed, i in enumerate(range(start - 1, max(-1, start - 5), -1)):
            word, between = words[i], words[i + 1 : start]
            if word.text in "\n!?;" or (word.text == "." and not (i and _is_title_mark(words[i - 1]))):
                return
            if word.kinds & _SAYS_WHAT and not (word.has("lone") and word.capital):
                if passed < 2 or word.has("role", "name", "called"):
                    self.kinds |= word.kinds
                self.linked = any(one.folded in _OF or one.has("at") for one in between)
                if word.has("title", "rank"):
                    self.title = word.folded
                self.listed = any(one.text == ":" for one in between)
                if word.has("called"):
                    told = words[max(0, i - 4) : i]
                    self.place = any(one.has("place") for one in told[-3:])
                    self.calls_person = any(one.has("role") or one.folded in _SOMEBODY for one in told)
                self.told_to_be = passed == 1 and between[0].has("be")
                self.ours = (passed == 0 or self.told_to_be) and i > 0 and words[i - 1].folded in _OURS
                if not word.has("own"):
                    self.owned = any(one.has("own") for one in words[max(0, i - 4) : i])
                    return
            if word.has("own"):
                self.owned = passed == 0 or any(one.has("of", "stop") for one in between)
                self.owned = self.owned and not any(one.has("at") for one in between)
                self.family = word.folded in ("famille", "familia") and passed < 2 and word.text.islower()
                self.family &= not (i and words[i - 1].has("thing"))  # `associação da família Capixaba`
                return
            if word.has("thing"):
                self.thing = passed < 3 and not any(one.text in ":," for one in between)
                return
            if word.folded == "after":  # `named after`
                return
            if not (word.has("of", "stop", "be", "particle") or word.text in '.,:("\u201c\u00ab'):
                self.thing = word.text.islower() and passed == 0 and i > 0 and words[i - 1].has("thing")
                return
            if word.has("of") and passed == 0:
                self.kinds |= {"of"}


def _places(words: list[Word], i: int) -> bool:
    """Whether a word places what follows: `near`, and `to` but in `according to`."""
    if not words[i].has("at") or words[i].has("role", "title"):
        return False
    return not (words[i].folded == "to" and i > 0 and words[i - 1].folded in ("according", "spoke", "talked"))


def _is_title_mark(word: Word) -> bool:
    return word.has("title") or len(word.text) == 1


def small_names(words: list[Word]) -> Iterator[tuple[int, int]]:
    """Yield the first and last index of each name in small letters: `umm nidal`, `sheikh hamdan`, `m. okello`."""
    for i, (word, name) in enumerate(pairwise(words)):
        if name.text == "." and len(word.text) == 1 and i + 2 < len(words) and not word.capital:
            if words[i + 2].has("lone") and words[i + 2].text.islower() and words[i + 2].text.isascii():
                yield i, i + 2
            continue
        if not (name.has("lone") and name.text.islower()) or (i and words[i - 1].has("thing")):
            continue
        if word.has("kunya", "rank", "title", "minor", "called", "name") or _age(words[i + 2 : i + 8]) == "years":
            yield i, i + 1
        if name.whose and words[i + 2 : i + 3] != [] and words[i + 2].has("minor"):
            yield i, i + 1
