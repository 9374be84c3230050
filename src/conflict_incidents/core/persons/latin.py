"""Names of persons in the Latin script, and in the Cyrillic one, which has capitals as well.

A name is a run of words with capitals (`_runs`), of which the first words may lead it (`_starts`). Whether it is a
person's is decided by the patterns in `latin_patterns`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from conflict_incidents.core.persons.latin_patterns import Run
from conflict_incidents.core.persons.surroundings import begins, classes_of
from conflict_incidents.core.persons.words import SIGNS, Word, is_public

_ABBREVIATIONS = frozenset({"mr", "mrs", "ms", "dr", "dra", "prof", "mme", "me", "hz", "av", "st", "ste", "sta"})
_LEADS = ("stop", "role", "title", "called", "name", "rank", "own", "harmed", "harms", "did", "be", "of", "at", "aged")
"""Classes of words that may begin with a capital before a name: `Witness Ahmad Example`."""
_MAX_RUN = 60
"""The maximum number of words and signs of a run, as each of its words may begin a name: `A. B. C. …`."""
_SAYS_WHO = ("kunya", "rank", "title", "role", "minor", "called", "name", "harms")
"""Classes of words before a name in small letters."""
_NO_NAMES = ("stop", "be", "did", "harmed")


def latin_names(words: list[Word], strict: bool, cell: bool) -> Iterator[tuple[int, int]]:
    """Yield the first and last index of each name of a person."""
    headline = not strict and _is_headline(words)
    for first, last in _runs(words):
        while last > first and words[last].has("title", "role", "stop") and not words[last].has("suffix", "lone"):
            last -= 1
        for start in _starts(words, first, last):
            run = Run(words, start, last, strict, cell, headline)
            if run.is_person and not is_public(*run.words) and not is_public(run.before.near, *run.words):
                yield start, last
                break


def _is_headline(words: list[Word]) -> bool:
    """Whether capitals say nothing, since nearly all long words have one: `Roof Of School Collapses, Three Wounded`."""
    capitals = small = 0
    for word in words[2:]:
        if len(word.text) > 2 and word.text[0].isalpha() and not word.has("stop", "at"):
            capitals, small = capitals + word.capital, small + (not word.capital)
            if 10 * small > len(words):
                return False
    return capitals + small > 3 and 9 * small <= capitals


def _runs(words: list[Word]) -> Iterator[tuple[int, int]]:
    """Yield the first and last index of each run of words with capitals; it may contain particles and signs."""
    i = 0
    while i < len(words):
        if not words[i].capital:
            i += 1
            continue
        last = i
        for j in range(i + 1, min(i + _MAX_RUN, len(words))):
            word, before = words[j], words[j - 1]
            at_place = word.text == "at" and not before.has("lone", "given")  # `Incident at X`: no article of a name
            if word.start - before.end > 1 or (len(word.text) > 1 and word.text.isupper() and word.has(*_NO_NAMES)):
                break
            if word.capital or (word.text == "." and _is_shortened(before)):
                last = j
                if word.possessive:
                    break
            elif word.text == "." or not (word.text in SIGNS or word.has("particle", "patronym")) or at_place:
                break
        yield i, last
        i = last + 1


def _starts(words: list[Word], first: int, last: int) -> Iterator[int]:
    """Yield where a name may begin in a run: after words that lead it, and after each `de` unless a thing is named."""
    for i in range(first, last + 1):
        near = next((j for j in range(i - 1, first, -1) if words[j].text not in SIGNS[1:]), i - 1)
        word, before = words[i], words[near]
        begins = i == first or before.text == "." or before.has(*_LEADS) or _leads(words, near)
        opens = _begins(words, first) or words[first - 1].has("at")
        begins = begins or (i == first + 1 <= last - 1 and word.has("lone") and opens)
        within = i > first and before.has("kunya", "patronym") and not (i == first + 1 and before.has("role"))
        within = within or (i > first + 1 and before.has("of") and words[i - 2].has("lone", "given"))
        if begins and not within and word.capital and not _leads(words, i):
            yield i
        if word.has("thing") or (word.has("lead") and i < last and not words[i + 1].has("title")):
            return


def _is_shortened(word: Word) -> bool:
    return (len(word.text) == 1 and word.capital) or word.folded in _ABBREVIATIONS


def _leads(words: list[Word], i: int) -> bool:
    """Whether a word with a capital at the beginning of a run is no part of the name."""
    word = words[i]
    if word.folded in "aeoy" and _begins(words, i):
        return words[i + 1 : i + 2] != [] and words[i + 1].text != "."
    return word.has(*_LEADS) and (not word.has("lone", "given") or word.has("title", "role", "rank"))


def _begins(words: list[Word], i: int) -> bool:
    """Whether a word begins a sentence."""
    return i == 0 or words[i - 1].text in ".!?\n" or (i == 2 and words[1].text == ":")


def small_names(words: list[Word]) -> Iterator[tuple[int, int]]:
    """Yield the first and last index of each name in small letters: `umm nidal`, `sheikh hamdan`, `m. okello`."""
    for i, (word, name) in enumerate(pairwise(words)):
        if name.text == "." and len(word.text) == 1 and i + 2 < len(words) and not word.capital:
            if words[i + 2].has("lone") and words[i + 2].text.islower() and words[i + 2].text.isascii():
                yield i, i + 2
            continue
        if word.text == "doña" and name.text.islower():
            yield i, i + 1
        if not (name.has("lone") and name.text.islower()) or (i and words[i - 1].has("thing")):
            continue
        near = words[i - 1] if i and (word.has("of") or word.text == "a") else word
        leads = near.has("own", "harms") or word.has(*_SAYS_WHO)
        is_aged = any(begins(classes_of(words[j : j + 6]), "years") for j in (i + 2, i + 3))
        if is_aged or (leads and not name.has(*_NO_NAMES)):
            yield i, i + 1
        if name.possessive and words[i + 2 : i + 3] != [] and words[i + 2].has("minor"):
            yield i, i + 1
