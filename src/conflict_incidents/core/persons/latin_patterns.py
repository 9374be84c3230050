"""The patterns by which a run of words with capitals is the name of a person or none: `_VERDICTS`."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property
from itertools import pairwise, takewhile

from conflict_incidents.core.persons.surroundings import Before, begins, classes_of, is_of
from conflict_incidents.core.persons.words import END, QUOTES, SIGNS, Word

_TITLES_OF_PEOPLE = frozenset({"dr", "mr", "mrs", "ms", "miss", "doctor", "prof"})
"""Titles that a person has even in a place: `in Dr Example`."""
_FOR = ("for", "pour", "para")
_PATRONYMIC = re.compile(
    r"(?:\w{2,}[oei]v|il|luk|fok|kuzm|fom|nikit|mykyt)[iy]ch(?:a|u|em|om|evi|ovi)?"
    r"|\w{2,}(?:[iy]?iv|[oe]v|[iy]n[iy]ch)n(?:[ayieu]|oiu?)"
)
"""Patronymics of Ukrainian and Russian in any case: `Petrovych`, `Ivanivna`."""

_SLAVIC_SURNAME = re.compile(
    r"\w+(?:[kc]h?(?:o|enk[aou])|[iy]?uk|[iy]k|[oeiy]i?v|[iy]n|[iy]ch|(?:[sz]k|ts)(?:yi|ii|y|i)|shvyly|shvili|dze|ian)"
    "(?:a|u|y|oi|oyu|oiu|om|ym|oho|omu|ykh)?"
)
"""What surnames of Ukrainian and Russian end with, in any case: `Sampenko`, `Samplova`."""

_DEMONYM = re.compile(r"\w+(?:a|i|an|ish|ese|sh|ch|im|ic)s?")
"""What names of peoples, countries and creeds end with."""

_SURNAME = re.compile(r"\w{3,}(?:zai|zada|zadeh|zoda|ullah|uddin|enko|shvili|nejad|pour)")
"""What surnames of the Caucasus, Iran and Central Asia end with in Latin letters, and those of Ukrainian."""

_SURNAME_ALONE = re.compile(r"\w{2,}(?:nko|[cs]huk|iuk|[oe]v|[iy]n|dze|shvyly|ian)")
"""What surnames of Ukrainian and Russian end with that no genitive of a town ends with, after a word for a person."""

_OBLIQUE = re.compile(r"\w+(?:oi|[iy]kh|[oe]ho|[oe]mu|aia|[oeyi]e)")
_ADJECTIVE = re.compile(rf"{_OBLIQUE.pattern}|\w+(?:[iya]i|ia|[iy]m|[iu]iu)")
"""What adjectives of Ukrainian and Russian end with, which begin the names of towns; `_OBLIQUE`: no given name."""


def is_hyphenated_place(word: Word) -> bool:
    """Whether a Cyrillic word with a hyphen is more likely a place than two surnames: the first part decides."""
    first, hyphen, _ = word.folded.partition("-")
    return hyphen != "" and word.is_cyrillic and not _SLAVIC_SURNAME.fullmatch(first)


class Run:
    """A run of words with capitals, `words[first : last + 1]`, which is the name of a person or none."""

    def __init__(self, words: list[Word], first: int, last: int, strict: bool, cell: bool, headline: bool) -> None:
        self.words = [word for word in words[first : last + 1] if word.text not in SIGNS]
        self.strict, self.cell = strict, cell
        self.before = Before(words, first)
        self.after = words[last + 1 : last + 7]
        self.one, self.end = self.words[0], self.words[-1]
        self.next = self.after[0] if self.after else END
        self.possessive = words[last].possessive
        self.length = sum(word.capital for word in self.words)
        self.is_loud = headline or all(word.text.isupper() for word in self.words)
        self.has_given = any(word.has("lone", "given") for word in self.words)
        self.spellings = words[first : last + 2]
        self.stop = words[last].end

    @property
    def is_person(self) -> bool:
        """Whether it names a person: what the first of `_VERDICTS` says that fits."""
        return next((verdict for verdict, fits in _VERDICTS if fits(self)), False)

    @cached_property
    def has_thing(self) -> bool:
        """Whether a word in it is one for a thing: `Ahmad Example Brigade`."""
        of_names = ("lone", "given", "particle", "suffix")
        return any(word.has("thing", "stop") and not word.has(*of_names) for word in self.words)

    @cached_property
    def has_initial(self) -> bool:
        """Whether a letter stands for a word: `J. Example`."""
        return any(
            two.text == "." and len(one.text) == 1 and one.text.isalpha() for one, two in pairwise(self.spellings)
        )

    @cached_property
    def is_known(self) -> bool:
        """Whether a word in it may be a given name, or stands for one."""
        maybe = any(word.has("maybe") and not word.text.isupper() for word in self.words)
        return self.has_given or maybe or self.one.has("kunya") or self.has_initial

    @cached_property
    def is_full(self) -> bool:
        """Whether it has the form of a name and a surname, by more than its capitals if those say nothing."""
        return self.length > 1 and (self.is_known or not self.is_loud)

    @property
    def by_thing(self) -> bool:
        """Whether a word for a thing follows: `Ahmad brigade`."""
        return (
            self.next.has("thing", "spot") and self.next.start - self.stop <= 1 and not self.next.has("suffix", "stop")
        )

    @property
    def in_thing(self) -> bool:
        """Whether a word before names a thing, but not `resident of the village Ahmad Example`."""
        return self.before.is_thing and not (self.before.follows("role", last=1) and self.is_full)

    def precedes(self, *names: str) -> bool:
        """Whether one of the patterns of `surroundings` follows."""
        return begins(self._following, *names)

    @cached_property
    def _following(self) -> str:
        return classes_of(self.after)

    @property
    def starts_with_given_name(self) -> bool:
        """Whether it begins with a given name, or is one before or after another word."""
        one, end = self.one, self.end
        surnamed = end.is_cyrillic and _SLAVIC_SURNAME.fullmatch(end.folded) is not None
        surnamed = surnamed and (one.has("maybe") or not (self.before.opens or _ADJECTIVE.fullmatch(one.folded)))
        surname = end.has("surname") or _SURNAME.fullmatch(end.folded) is not None
        ends = end.has("lone") and len(self.words) == 2 and not one.has("patronym") and not self.is_quoted
        return (
            one.has("lone", "given")
            or ends
            or (surnamed and self.length == 2)
            or (surname and self.length > 1 and not self.words[-2].has("of"))
            or (one.has("maybe") and self.length > 2 and self.words[1].has("lone", "given"))
        )

    @property
    def owns(self) -> bool:
        """Whether something is said to be theirs: `house of Example`, `Example's wife`."""
        near = list(takewhile(lambda word: word.text != ",", self.after[: 3 if self.possessive else 1]))
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
        led = word.has("family") and (word.text.islower() or word.is_cyrillic) and len(self.before.between) < 2
        led = led and not self.before.follows("thing", last=1)
        return led or (self.next.folded.startswith(("family", "aile")) and not self.before.is_place)

    @property
    def calls_person(self) -> bool:
        """Whether a person is introduced by it: `a man named`, but not `a village named`."""
        return self.before.has("called") and self.before.follows("role", "person")

    @property
    def has_title(self) -> bool:
        """Whether a title precedes it, or a rank that is no part of a place's name."""
        before = self.before
        if not before.has("title") and not (before.has("rank") and (self.length > 1 or self.has_given)):
            return False
        if before.is_place and before.has("rank") and before.governor.folded not in _TITLES_OF_PEOPLE:
            return False
        # `Vereda Doña Juana`, `Carretera a Doña Juana`
        named_so = before.follows("place", last=1) or (self.strict and before.follows("at", "to", last=1))
        return not named_so and all(word.text != "," for word in before.between)

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
        """Whether it has the form `J. Example`, `Ahmad E.` or `Example A. B.`."""
        long = any(len(word.text) > 2 and not word.text.isupper() for word in self.words)
        begins = len(self.one.text) == 1 and len(self.words[1].text) > 3
        rest = {len(word.text) for word in self.words[1:]}
        ends = rest == {1} and not self.one.kinds and not self.next.text[:1].isdigit()
        return self.has_initial and long and (self.has_given or begins or ends or self.one.has("maybe"))

    @property
    def is_alone(self) -> bool:
        """Whether it begins with a given name, or is one word with the form of a surname: `Sampenko`, `Samplov`."""
        if self.length == 1 and not self.is_loud and not self.before.between and self.one.has("given", "maybe"):
            return True
        surname = self.length == 1 and self.one.is_cyrillic and _SURNAME_ALONE.fullmatch(self.one.folded)
        return self.one.has("lone") or bool(surname)

    @property
    def is_apposed(self) -> bool:
        """Whether it stands between commas, and no people or country is called so: `, Example,`."""
        return self.before.near.text == "," and self.precedes("more") and not _DEMONYM.fullmatch(self.end.folded)

    @property
    def is_double_barrelled(self) -> bool:
        """Whether it ends with two surnames, joined by a hyphen: `Example Sample-Another`."""
        parts = [] if is_hyphenated_place(self.end) else self.end.text.split("-")
        return len(parts) == 2 and all(len(part) > 2 and part[0].isupper() and not part.isupper() for part in parts)

    @property
    def is_surname_first(self) -> bool:
        """Whether a surname precedes a given name: `EXAMPLE, Ahmad`, `Example, Ahmad (M, 9)`, `Name: Example, A`."""
        if self.length > 2 or len(self.after) < 2 or self.next.text != "," or len(self.one.text) < 4:
            return False
        first, rest = self.after[1], self.after[2:]
        if not first.capital:
            return False
        if self.before.is_label and self.before.has("name", "role"):
            return not rest or rest[0].text in ".;(/" or rest[0].capital
        known = first.has("lone", "given") and (not rest or self.one.text.isupper())
        return known or [word.folded for word in rest[:2]] in (["(", "m"], ["(", "f"], ["(", "h"])

    @property
    def is_described(self) -> bool:
        """Whether it may be the name of a person described further."""
        return self.one.has("lone") or (self.is_full and (self.is_known or not self.cell))

    @property
    def is_aged(self) -> bool:
        """Whether the age of a person follows: `Ahmad, 9`, `Example Sample (34)`."""
        if not self.precedes("age"):
            return False
        years = self.precedes("years")
        if self.before.is_listed or not (years or self.precedes("number")):
            return False
        return self.is_described or self.is_known or (years and not is_of(self.before.near) and not self.before.begins)

    @property
    def is_quoted(self) -> bool:
        """Whether its last word alone is between quotation marks, as names of things are: `«Ahmad»`."""
        return self.next.text in QUOTES and (self.spellings[-3:-2] or [self.before.near])[0].text in QUOTES

    @property
    def stands_alone(self) -> bool:
        """Whether it is one given name that no word marks as something else."""
        if self.length > 1 or not self.one.has("lone") or len(self.one.text) < 4 or self.one.text.isupper():
            return False
        listed = self.before.opens and (self.next.text in ",:\u2013\u2014" or self.next.text[:1].isdigit())
        if self.one.has("stop") or self.is_quoted or (listed and self.next is not END):
            return False
        if self.before.begins:
            return self.one.possessive or self.next.text == "(" or self.next.has("be", "did")
        return self.one.possessive or self.before.has("name") or self.before.near.folded not in ("of", "de", "du")


_VERDICTS: tuple[tuple[bool, Callable[[Run], object]], ...] = (
    # `Ahmad Example, a village`
    (False, lambda r: r.precedes("place")),
    # `Example Sample's house`
    (True, lambda r: r.possessive and r.owns and not r.has_thing and (r.is_known or r.length > 1)),
    # `Ko Example's shop`
    (True, lambda r: r.possessive and r.owns and not r.has_thing and r.before.has("rank")),
    # `Dr Example`, `Sheikh Ahmad`, but not `Dr Example Hospital`
    (True, lambda r: r.has_title and not r.by_thing and not r.has_thing),
    # `Ahmad Example Brigade`, `the mosque Example`, but not `a man named Example Brigade`
    (False, lambda r: r.by_thing or ((r.has_thing or r.in_thing) and (r.strict or not r.calls_person))),
    # `солдат Красной Армии`
    (
        False,
        lambda r: r.one.is_cyrillic and r.length == 2 and not r.is_known and bool(_OBLIQUE.fullmatch(r.one.folded)),
    ),
    # `Deir Ahmad`, `Abu Example`
    (False, lambda r: r.one.has("lead") or (r.one.has("kunya") and not r.has_given)),
    # `the Example family`
    (True, lambda r: r.is_family),
    # `house of Ahmad`, `Ahmad's house`
    (True, lambda r: r.owns and (r.has_given or (r.possessive and r.is_known))),
    # `house of Example Sample`, but not as the name of a place
    (True, lambda r: r.owns and r.is_full and (r.possessive or not r.strict)),
    # `Ahmad Usta`
    (True, lambda r: r.is_suffixed),
    # `Justice for Ahmad Example`
    (True, lambda r: r.strict and r.before.near.folded in _FOR and r.starts_with_given_name and r.length > 1),
    # other names of places and organisations
    (False, lambda r: r.strict),
    # `alias Example`, `surname: Example`
    (True, lambda r: r.before.has("nicknamed") and len(r.before.between) < 2 and not r.has_thing),
    # `a survivor, Example, says`
    (True, lambda r: r.before.has("role") and not r.before.is_linked and r.is_apposed),
    # `Example, a baker,`
    (True, lambda r: r.precedes("aside") and r.length == 1 and not r.is_loud and not r.before.is_listed),
    # `A Example la mataron`
    (True, lambda r: r.before.near.text == "A" and r.next.text in ("la", "lo", "le") and (r.is_full or r.has_given)),
    # `Example el panadero`, `Example the cobbler`
    (True, lambda r: r.precedes("byname") and r.length == 1 and r.is_known and not r.before.opens),
    # `mataron a Example`
    (True, lambda r: r.before.is_harmed and r.before.near.text == "a" and r.length == 1 and not r.is_loud),
    # `cuenta Example que`, but not `who Example`
    (True, lambda r: r.length == 1 and r.is_known and r.before.near.has("did") and not r.before.near.has("stop")),
    # `a boy by the name of Example`
    (True, lambda r: r.before.has("name") and is_of(r.before.near) and r.before.follows("role", "person")),
    # `her name was Example`, `her name, Example,`
    (True, lambda r: r.before.has("name") and r.before.is_ours and (r.before.near.has("be") or r.is_apposed)),
    # `the name Example Sample`
    (True, lambda r: r.before.near.has("name") and not r.before.near.has("role") and r.is_full),
    # `Names: Example Sample`
    (True, lambda r: r.before.is_label and (r.is_full or r.is_known)),
    # `a village named Ahmad`
    (False, lambda r: r.before.has("called") and r.before.follows("place")),
    # `a man named Example`, `named Ahmad`
    (True, lambda r: r.before.has("called") and (r.is_full or r.is_known or r.calls_person or r.precedes("role"))),
    # `Example, named by a witness`; `according to Example, his son,`
    (True, lambda r: r.precedes("called") or (r.length == 1 and r.before.is_quoted and r.precedes("their kin"))),
    # `near Ahmad`
    (False, lambda r: r.before.is_place and not (r.before.near.has("by") and r.is_full and r.one.has("lone"))),
    # `the witness Example Sample`, but not `witnesses of Example Sample`
    (True, lambda r: r.before.has("role") and not r.before.is_linked and (r.is_full or r.is_alone)),
    # `his brother Ahmad`, `his brother Example,`; `his brother Example went`, `la maestra Example dijo`
    (True, lambda r: r.before.has("minor") and (r.is_full or r.is_known or r.precedes("end"))),
    (True, lambda r: r.before.adjoins_role and r.length == 1 and r.next.text.islower()),
    # `Ahmad, 9`, `Example Sample (34)`
    (True, lambda r: r.is_aged),
    # `killed Example Sample.`, `mataron a Example Sample`
    (True, lambda r: r.before.is_harmed and r.is_full and r.precedes("end")),
    # `Example and her mother`
    (True, lambda r: r.precedes("kin")),
    # `Ahmad, a baker`
    (
        True,
        lambda r: r.precedes("role") and not r.before.is_listed and (r.is_described or (r.length == 1 and r.is_known)),
    ),
    # `Example Sample was wounded`
    (True, lambda r: r.precedes("deed") and not r.before.is_listed and r.is_described),
    # `the Ahmad Example`, a ship
    (False, lambda r: r.before.near.folded in ("the", "l'") and r.length > 1),
    # `Ahmad Example`, `J. Example`, `Example bin Sample`
    (True, lambda r: r.is_full and (r.starts_with_given_name or r.has_initials or r.has_nasab)),
    # `Example Sample-Another`
    (True, lambda r: r.is_full and r.is_double_barrelled),
    # `Example, Ahmad (M, 9)`
    (True, lambda r: not r.is_full and r.is_surname_first),
    # `Ahmad`
    (True, lambda r: r.stands_alone),
)
"""Patterns of runs, and whether they name a person; the first that fits decides."""
