"""Names of persons in the Latin script, and in the Cyrillic one, which has capitals as well.

A name is a run of words with capitals (`_runs`), of which the first words may lead it (`_starts`). Whether it is a
person's is told by the words in it, before it (`_Before`) and after it (`_AFTER`): `_VERDICTS` lists the patterns, of
which the first that fits decides.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import pairwise

from conflict_incidents.core.persons.words import END, SIGNS, Word, is_public

_TITLES_OF_PEOPLE = frozenset({"dr", "mr", "mrs", "ms", "miss", "doctor", "prof"})
"""Titles that a person has even in a place: `in Dr Example`."""
_ABBREVIATED = frozenset({"mr", "mrs", "ms", "dr", "dra", "prof", "mme", "me", "hz", "av"})
_OF = ("of", "for", "de", "d'", "del", "des", "du")
_OUR = frozenset(
    ["my", "our", "his", "her", "their", "mon", "ma", "notre", "son", "sa", "leur", "mi", "su", "nuestro", "nuestra"]
)
_LEADS = ("stop", "role", "title", "called", "name", "rank", "own", "harmed", "did", "be", "of", "at", "aged")
"""Classes of words that may begin with a capital before a name: `Witness Ahmad Example`."""
_NO_NAMES = ("stop", "be", "did", "harmed")
_SAYS_WHO = ("role", "title", "called", "rank", "office", "name")
_PATRONYMIC = re.compile(r"\w{2,}(?:[oei]vych|[oe]vich|[iy]?ivn[ayiu]|[oe]vn[ayeu])")
"""Patronymics of Ukrainian and Russian: `Petrovych`, `Ivanivna`."""
_AGE = re.compile(r"[0-9]{1,2}s?|\w*teen|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve")


def latin_names(words: list[Word], strict: bool, cell: bool) -> Iterator[tuple[int, int]]:
    """Yield the first and last index of each name of a person."""
    headline = not strict and _is_headline(words)
    for first, last in _runs(words):
        while last > first and words[last].has("title", "role", "stop") and not words[last].has("suffix", "lone"):
            last -= 1
        for start in _starts(words, first, last):
            if _Run(words, start, last, strict, cell, headline).is_person:
                yield start, last
                break


def _is_headline(words: list[Word]) -> bool:
    """Whether capitals say nothing, since nearly all long words have one: `Roof Of School Collapses, Three Wounded`."""
    long = [word for word in words[2:] if len(word.text) > 2 and word.text[0].isalpha() and not word.has("stop", "at")]
    return len(long) > 3 and sum(word.capital for word in long) >= 0.9 * len(long)


def _runs(words: list[Word]) -> Iterator[tuple[int, int]]:
    """Yield the first and last index of each run of words with capitals; it may contain particles and signs."""
    i = 0
    while i < len(words):
        if not _is_part(words[i]):
            i += 1
            continue
        last = i
        for j in range(i + 1, len(words)):
            word, before = words[j], words[j - 1]
            if word.start - before.end > 1 or (len(word.text) > 1 and word.text.isupper() and word.has(*_NO_NAMES)):
                break
            if _is_part(word) or (word.text == "." and _is_shortened(before)):
                last = j
                if word.possessive:
                    break
            elif word.text == "." or not (word.text in SIGNS or word.has("particle", "patronym")):
                break
        yield i, last
        i = last + 1


def _starts(words: list[Word], first: int, last: int) -> Iterator[int]:
    """Yield where a name may begin in a run: after words that lead it, and after each `de` unless a thing is named."""
    for i in range(first, last + 1):
        near = next((j for j in range(i - 1, first, -1) if words[j].text not in SIGNS[1:]), i - 1)
        word, before = words[i], words[near]
        begins = i == first or before.text == "." or before.has(*_LEADS) or _leads(words, near)
        begins = begins or (i == first + 1 <= last - 1 and word.has("lone") and _begins(words, first))
        within = i > first and before.has("kunya", "patronym") and not (i == first + 1 and before.has("role"))
        within = within or (i > first + 1 and before.has("of") and words[i - 2].has("lone", "given"))
        if begins and not within and _is_part(word) and not _leads(words, i):
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
    return word.has(*_LEADS) and (not word.has("lone", "given") or word.has("title", "role", "rank"))


def _begins(words: list[Word], i: int) -> bool:
    """Whether a word begins a sentence."""
    return i == 0 or words[i - 1].text in ".!?\n" or (i == 2 and words[1].text == ":")


def _pattern(spelt: str) -> re.Pattern[str]:
    """Compile a pattern in which `<role|kin>` is a word of the class `role` or `kin`."""
    return re.compile(re.sub("<(.*?)>", r"(?:<[^>]*\\b(?:\1)\\b[^>]*>)", spelt))


_AFTER = {
    name: _pattern(spelt)
    for name, spelt in {
        # `, aged 9`; `, de 16 anos`; `9 years`
        "years": r"[,(/]?<aged><age|aged>|[,(/]<of>(?:<age><word>?|<aged>)<aged>|[,(/]?<age><aged>",
        # `(34)`; `, 9,` but no list of numbers; `was 9 when`; `, 9 and a half years`
        "number": r"\(<age>[),]|,<age>[,.;](?!<digits>|<and>)|<be><age><stop|aged>|[,(/]?<age><word><aged>",
        # `was nine years old`, `tenía diez años`
        "years of life": r"<be><word><aged>",
        # `, a 9-year-old`
        "years old": r"[,(/]<word>?<years>",
        # `was wounded`
        "harmed": ".*?<be><harmed>",
        # `told`, `, who died`, `was badly wounded`
        "deed": r",?(?:<did>|<be><word>{0,2}<harmed>)",
        # `, a baker`; `(the old teacher)`
        "role": r"[,(\u2013\u2014/;-](?:<stop|of|small>){0,2}(?!<place>)<role>",
        # `, called the witness`
        "called": r"<called><role|person>|<nicknamed>(?!<thing|place|spot>)",
        # `and her mother`, `y su hijo`
        "kin": r"<and><ours><of>?<small>?<minor>",
        # `, his son,`
        "their kin": r",<minor>[.,;]",
        # nothing more of a name
        "end": r"[,.;)(]|<be|did|stop|harmed>|$",
    }.items()
}
"""What may follow a name."""


def _coded(words: list[Word]) -> str:
    """Return words as `_AFTER` spells them: the classes of each, and signs as they are."""
    return "".join(word.text if not word.text[0].isalnum() else f"<{' '.join(_classes(word))}>" for word in words)


def _classes(word: Word) -> Iterator[str]:
    yield from ("word", *word.kinds)
    if _AGE.fullmatch(word.folded):
        yield "age"
    elif "year" in word.folded or "month" in word.folded:
        yield "years"
    if word.text[0].isdigit():
        yield "digits"
    elif word.text.islower() or "-" in word.text:
        yield "small"
    if word.folded in _OUR:
        yield "ours"
    if word.folded in ("and", "et", "y", "e"):
        yield "and"


class _Before:
    """The words before a run; `governor` is the one that says what it names: `witness`, `house`, `street`."""

    def __init__(self, words: list[Word], start: int) -> None:
        self.near = near = words[start - 1] if start else END
        self.begins = start == 0 or near.text in ".!?\n"
        leads = start > 1 and (near.has("rank") or (near.has("particle") and near.capital))
        adjoins = start > 0 and words[start].start - near.end <= 1
        self.is_place = adjoins and _places(words, start - 2 if leads else start - 1)
        self.is_listed = self.is_place or near.folded in ("and", "the", "of")
        self.is_quoted = any(word.has("by") for word in words[max(0, start - 2) : start])
        self.is_harmed = near.has("harms") or (near.text == "a" and words[start - 2].has("harms"))
        self.governor, self.between, self.earlier = _governor(words, start)
        linked = any(word.folded in _OF or word.has("at") for word in self.between)
        self.is_linked = linked and not _AGE.fullmatch(near.folded)  # `father of four Example Sample`
        signs = any(word.text in ":," or _AGE.fullmatch(word.folded) for word in self.between)
        who = self.governor.has(*_SAYS_WHO)
        near_enough = len(self.between) < 2 or self.governor.has("role", "name", "called")
        self.kinds = self.governor.kinds if who and near_enough else frozenset[str]()
        self.is_label = who and any(word.text in ":=" for word in self.between)
        thing = self.governor.has("thing") and not self.governor.has("own") and not who
        self.is_thing = thing and len(self.between) < 3 and not signs
        if self.governor.has("own"):
            of = self.between == [] or any(word.has("of", "stop") for word in self.between)
            self.is_owned = of and not any(word.has("at") for word in self.between)
        else:
            self.is_owned = who and self.follows("own")

    def has(self, *kinds: str) -> bool:
        """Whether the governor says who is named, by a word of one of the classes."""
        return not self.kinds.isdisjoint(kinds)

    def follows(self, *kinds: str) -> bool:
        """Whether a word of one of the classes stands up to four words before the governor."""
        return any(word.has(*kinds) for word in self.earlier)

    @property
    def is_ours(self) -> bool:
        """Whether somebody's relation or name is told: `his`, `her name is`."""
        return self.earlier[-1:] != [] and self.earlier[-1].folded in _OUR


def _governor(words: list[Word], start: int) -> tuple[Word, list[Word], list[Word]]:
    """Return the word that governs a run, the words between, and four before it, going back over articles and signs."""
    known_as = start > 0 and words[start - 1].folded in ("as", "comme", "como")
    for i in range(start - 1, max(-1, start - (7 if known_as else 6)), -1):
        word, around = words[i], (words[i + 1 : start], words[max(0, i - 4) : i])
        if (
            word.folded == "after"
            or word.text in "\n!?;"
            or (word.text == "." and not (i and _is_abbreviated(words[i - 1])))
        ):
            break
        kinds = ("called",) if known_as else ("own", "thing", *_SAYS_WHO)
        if word.has(*kinds) and not _AGE.fullmatch(word.folded) and not (word.has("lone") and word.capital):
            return (END, [], []) if word.possessive and word.has("rank", "title") else (word, *around)
        if known_as or _AGE.fullmatch(word.folded) or word.has("of", "stop", "be", "particle"):
            continue
        if word.text not in '.,:=("\u201c\u00ab\u00bb':
            named = i == start - 1 and i > 0 and word.text.islower() and words[i - 1].has("thing")
            return (words[i - 1], *around) if named else (END, [], [])
    return END, [], []


def _is_abbreviated(word: Word) -> bool:
    return word.has("title") or len(word.text) == 1 or word.folded in ("no", "nr")


def _places(words: list[Word], i: int) -> bool:
    """Whether a word places what follows: `near`, and `to` but in `according to`."""
    return words[i].has("at") and not words[i].has("role", "title") and not (i > 0 and words[i - 1].has("toward"))


class _Run:
    """A run of words with capitals, `words[first : last + 1]`, which is the name of a person or none."""

    def __init__(self, words: list[Word], first: int, last: int, strict: bool, cell: bool, headline: bool) -> None:
        self.words = [word for word in words[first : last + 1] if word.text not in SIGNS]
        self.strict, self.cell = strict, cell
        self.before = _Before(words, first)
        self.after = words[last + 1 : last + 7]
        self.one, self.end = self.words[0], self.words[-1]
        self.next = self.after[0] if self.after else END
        self.possessive = words[last].possessive
        self.length = sum(map(_is_part, self.words))
        self.has_thing = any(
            word.has("thing", "stop") and not word.has("lone", "given", "particle", "suffix") for word in self.words
        )
        beside = self.next.start - words[last].end <= 1 and self.next.has("thing", "spot")
        self.by_thing = beside and not self.next.has("suffix")
        self.has_given = any(word.has("lone", "given") for word in self.words)
        initials = [word for word, dot in pairwise(words[first : last + 2]) if dot.text == "." and len(word.text) == 1]
        self.has_initial = any(word.text.isalpha() for word in initials)
        maybe = any(word.has("maybe") and not word.text.isupper() for word in self.words)
        self.is_known = self.has_given or self.has_initial or maybe or self.one.has("kunya")
        loud = headline or all(word.text.isupper() for word in self.words)
        self.is_full = self.length > 1 and (self.is_known or not loud)

    @cached_property
    def is_person(self) -> bool:
        """Whether it names a person: what the first of `_VERDICTS` says that fits."""
        return next((verdict for verdict, fits in _VERDICTS if fits(self)), False)

    def precedes(self, *names: str) -> bool:
        """Whether one of `_AFTER` follows."""
        return any(_AFTER[name].match(self._following) for name in names)

    @cached_property
    def _following(self) -> str:
        return _coded(self.after)

    @property
    def begins_given(self) -> bool:
        """Whether it begins with a given name, or is one before or after another word."""
        one, end = self.one, self.end
        ends = end.has("lone") and len(self.words) == 2 and not one.has("patronym")
        return (
            one.has("lone", "given")
            or ends
            or (one.has("maybe") and self.length > 2 and self.words[1].has("lone", "given"))
        )

    @property
    def owns(self) -> bool:
        """Whether something is said to be theirs: `house of Example`, `Example's wife`."""
        near = self.after[: 3 if self.possessive else 1]
        return self.before.is_owned or (
            (self.possessive or not self.before.is_place) and any(word.has("own") for word in near)
        )

    @property
    def is_suffixed(self) -> bool:
        """Whether a title follows: `Ahmad Usta`, and `Example Teyze` if it is a kinship."""
        title = self.next if self.next.has("suffix") else self.end if self.is_full else END
        return title.has("suffix") and (self.is_known or title.has("role"))

    @property
    def is_family(self) -> bool:
        """Whether a family has the name: `the Example family`, but not `the association of the family`."""
        word = self.before.governor
        led = (
            word.folded in ("famille", "familia", "rodyna", "sim'ia")
            and word.text.islower()
            and len(self.before.between) < 2
        )
        led = led and not any(word.has("thing") for word in self.before.earlier[-1:])
        return led or (self.next.folded.startswith(("family", "aile")) and not self.before.is_place)

    @property
    def calls_person(self) -> bool:
        """Whether somebody is said to be called so: `a man named`, but not `a village named`."""
        return self.before.has("called") and self.before.follows("role", "person")

    @property
    def has_title(self) -> bool:
        """Whether a title precedes it, or a rank that is no part of a place's name."""
        earlier = self.before.earlier[-1:]
        if any(word.has("place") or (self.strict and (word.has("at") or word.folded == "a")) for word in earlier):
            return False  # `Vereda Doña Juana`, `Carretera a Doña Juana`
        ranked = self.before.has("rank") and (self.length > 1 or self.has_given)
        place = (
            self.before.is_place and self.before.has("rank") and self.before.governor.folded not in _TITLES_OF_PEOPLE
        )
        return (self.before.has("title") or ranked) and not place

    @property
    def has_nasab(self) -> bool:
        """Whether a word such as `bin` links names: `Example bin Sample`, `Abu Ahmad`."""
        if any(_PATRONYMIC.fullmatch(word.folded) for word in self.words):
            return True
        linked = any(two.has("patronym") and not word.has("of", "lead") for word, two in pairwise(self.words))
        kunya = self.one.has("kunya") or (self.one.has("patronym") and self.length > 2)
        return linked or (self.has_given and kunya)

    @property
    def has_initials(self) -> bool:
        """Whether it has the form `J. Example` or `Ahmad E.`."""
        long = any(len(word.text) > 2 and not word.text.isupper() for word in self.words)
        begins = len(self.one.text) == 1 and len(self.end.text) > 3
        ends = (
            len(self.end.text) == 1 and len(self.words) == 2 and not self.one.kinds and not self.next.text[:1].isdigit()
        )
        return self.has_initial and long and (self.has_given or begins or ends or self.one.has("maybe"))

    @property
    def is_double_barrelled(self) -> bool:
        """Whether it ends with two surnames, joined by a hyphen: `Example Sample-Another`."""
        parts = self.end.text.split("-")
        return len(parts) == 2 and all(len(part) > 2 and part[0].isupper() and not part.isupper() for part in parts)

    @property
    def is_turned(self) -> bool:
        """Whether a surname precedes a given name: `EXAMPLE, Ahmad`, `Example, Ahmad (M, 9)`, `Name: Example, A`."""
        if self.length > 2 or len(self.after) < 2 or self.next.text != "," or len(self.one.text) < 4:
            return False
        given, rest = self.after[1], self.after[2:]
        if not _is_part(given):
            return False
        if self.before.is_label and self.before.has("name", "role"):
            return not rest or rest[0].text in ".;(/" or _is_part(rest[0])
        known = given.has("lone", "given") and (not rest or self.one.text.isupper())
        return known or [word.folded for word in rest[:2]] in (["(", "m"], ["(", "f"], ["(", "h"])

    @property
    def is_told(self) -> bool:
        """Whether it may be the name of somebody of whom more is told."""
        return self.one.has("lone") or (self.is_full and (self.is_known or not self.cell))

    @property
    def is_aged(self) -> bool:
        """Whether the age of a person follows: `Ahmad, 9`, `Example Sample (34)`."""
        years = self.precedes("years")
        told = self.is_told or self.is_known
        if not (years or self.precedes("number", "years old")) or (
            self.before.is_listed and not self.precedes("harmed")
        ):
            return False
        sure = self.precedes("harmed") or (years and self.before.near.folded not in _OF)
        return told or (sure and not self.before.begins)

    @property
    def stands_alone(self) -> bool:
        """Whether it is one given name that no word marks as something else."""
        if self.length > 1 or not self.one.has("lone") or len(self.one.text) < 4 or self.one.text.isupper():
            return False
        if self.one.has("stop"):
            return False
        if self.before.begins:
            return self.one.possessive or self.next.text == "(" or self.next.has("be", "did")
        return self.one.possessive or self.before.has("name") or not self.before.near.has("of")


_VERDICTS: tuple[tuple[bool, Callable[[_Run], bool]], ...] = (
    # `President Example`; `Sheikh Zuweid`, a town
    (False, lambda r: r.before.has("office") or is_public(*r.words) or is_public(r.before.near, *r.words)),
    # `Example Sample's house`
    (
        True,
        lambda r: r.possessive and r.owns and not r.has_thing and (r.is_known or r.length > 1 or r.before.has("rank")),
    ),
    # `Dr Example`, `Sheikh Ahmad`, but not `Dr Example Hospital`
    (True, lambda r: r.has_title and not r.by_thing and not r.has_thing),
    # `Ahmad Example Brigade`, `the mosque Example`, but not `a man named Example Brigade`
    (False, lambda r: r.by_thing or ((r.has_thing or r.before.is_thing) and (r.strict or not r.calls_person))),
    # `Deir Ahmad`, `Abu Example`
    (False, lambda r: r.one.has("lead") or (r.one.has("kunya") and not r.has_given)),
    # `the Example family`
    (True, lambda r: r.is_family),
    # `house of Ahmad`, `Ahmad's house`
    (True, lambda r: r.owns and (r.has_given or (r.possessive and r.is_known))),
    # `house of Example Sample`, but not as the name of a place
    (True, lambda r: r.owns and r.is_full and (r.possessive or not r.strict)),
    # `Ahmad Usta`
    (
        True,
        lambda r: r.is_suffixed,
    ),
    # `Justice for Ahmad Example`
    (True, lambda r: r.strict and r.before.near.folded in ("for", "pour", "para") and r.begins_given and r.length > 1),
    # other names of places and organisations
    (False, lambda r: r.strict),
    # `her name was Example`
    (True, lambda r: r.before.has("name") and r.before.is_ours and r.before.near.has("be")),
    # `the name Example Sample`
    (
        True,
        lambda r: (
            r.before.governor.has("name") and not r.before.governor.has("role") and r.before.between == [] and r.is_full
        ),
    ),
    # `Names: Example Sample`
    (True, lambda r: r.before.is_label and (r.is_full or r.is_known)),
    # `a village named Ahmad`
    (False, lambda r: r.before.has("called") and r.before.follows("place")),
    # `a man named Example`, `named Ahmad`
    (True, lambda r: r.before.has("called") and (r.is_full or r.is_known or r.calls_person or r.precedes("role"))),
    # `Example, named by a witness`; `according to Example, his son,`
    (True, lambda r: r.precedes("called") or (r.length == 1 and r.before.is_quoted and r.precedes("their kin"))),
    # `near Ahmad`
    (False, lambda r: r.before.is_place),
    # `the witness Example Sample`, but not `witnesses of Example Sample`
    (True, lambda r: r.before.has("role") and not r.before.is_linked and (r.is_full or r.one.has("lone"))),
    # `his brother Ahmad`, `his brother Example,`
    (True, lambda r: r.before.has("minor") and (r.is_full or r.is_known or r.precedes("end"))),
    # `the brothers Example`
    (True, lambda r: r.before.has("kin")),
    # `Ahmad, 9`, `Example Sample (34)`
    (True, lambda r: r.is_aged),
    # `Example was nine years old`
    (True, lambda r: r.precedes("years of life")),
    # `A Ahmad lo mataron`
    (True, lambda r: r.before.near.text == "A" and r.is_known and r.next.folded in ("lo", "la", "le", "los", "les")),
    # `killed Example Sample.`, `mataron a Example Sample`
    (True, lambda r: r.before.is_harmed and r.is_full and r.precedes("end")),
    # `Example and her mother`
    (True, lambda r: r.precedes("kin")),
    # `Ahmad, a baker`
    (True, lambda r: r.precedes("role") and not r.before.is_listed and (r.is_told or (r.length == 1 and r.is_known))),
    # `Example Sample was wounded`
    (True, lambda r: r.precedes("deed") and not r.before.is_listed and r.is_told),
    # `Ahmad Example`, `J. Example`, `Example bin Sample`
    (True, lambda r: r.is_full and (r.begins_given or r.has_initials or r.has_nasab)),
    # `Example Sample-Another`
    (True, lambda r: r.is_full and r.is_double_barrelled),
    # `Example, Ahmad (M, 9)`
    (True, lambda r: not r.is_full and r.is_turned),
    # `Ahmad`
    (True, lambda r: r.stands_alone),
)
"""Patterns of runs, and whether they name a person; the first that fits decides."""


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
        if word.has("kunya", "rank", "title", "minor", "called", "name") or _AFTER["years"].match(
            _coded(words[i + 2 : i + 8])
        ):
            yield i, i + 1
        if name.possessive and words[i + 2 : i + 3] != [] and words[i + 2].has("minor"):
            yield i, i + 1
