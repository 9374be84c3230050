"""Counts as sources give them, the measures and groups that they are of, and what they are about.

Prevents: "at least seven" becoming "seven", strikes being added to aircraft, a role being added to a total, and the
toll of one site, the incident or the whole day being taken for another's.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from conflict_incidents.core.findings import Mark
from conflict_incidents.records.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

INCIDENT_SCOPE = "incident"
"""The scope of a claim that names none."""
PEOPLE = ("killed", "wounded", "missing", "detained", "casualties", "displaced")
"""The measures that count people, by group."""
THINGS = ("strikes", "munitions", "aircraft")
"""The measures that count things; never mixed, without groups."""
MEASURES = PEOPLE + THINGS
STATUSES = ("civilians", "combatants", "unknown_status")
"""Disjoint parts of a total by status."""
SIDES = ("side_a", "side_b")
"""Disjoint parts of the combatants by side."""
SEXES = ("women", "men", "girls", "boys", "unknown_sex_or_age")
"""Disjoint parts of a total by sex and age."""
ROLES = ("medics", "journalists", "aid_workers")
"""Roles overlap with every other group and are never added up."""
SEVERITIES = ("critical", "serious", "light")
"""Disjoint parts of the wounded, and of no other measure."""
DISJOINT = (STATUSES, ("civilians", *SIDES, "unknown_status"), SEXES, ("women", "men", "children"), SEVERITIES)
"""Groups of which nobody belongs to two: together they are no more than the total."""
OVERLAPPING = ("children", "civilian_children", *ROLES)
GROUPS = ("total", *STATUSES, *SIDES, *SEXES, *OVERLAPPING, *SEVERITIES, "attackers")
COMPLETE = ("statuses_complete", "sexes_complete", "complete")
"""Keys of a count of people that hold no count, but say of which groups the source counts all."""
OUTSIDE_TOTAL = ("attackers",)
"""Groups that are kept apart from the total."""
LEXICON = {
    "some": 2,
    "several": 3,
    "many": 3,
    "tens": 20,
    "dozens": 24,
    "scores": 40,
    "hundreds": 200,
    "thousands": 2000,
}
"""What a source may say in place of a number, and the smallest number of which it is true: plurals are at least two."""
TELLTALE = frozenset({99, 999, 9999, 99999})
"""Numbers that stand for "unknown" in many tables, and now and then are true."""


class Bound(StrEnum):
    """How a source bounds a number."""

    EXACT = "exact"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    BETWEEN = "between"
    ABOUT = "about"


@dataclass(frozen=True, slots=True)
class Count:
    """A claimed number of people or things.

    `min` and `max` are the bounds, None where open; `best` is the one value that the source gives, if any. `word` is
    what it says in place of a number, of which `LEXICON` gives the `min`.
    """

    bound: Bound
    min: int | None
    max: int | None
    best: int | None
    at: Mark
    word: str | None = None

    @property
    def numbers(self) -> frozenset[int]:
        """The numbers that a source gives with it: none, where it gives a word."""
        given = () if self.word else (self.min, self.max, self.best)
        return frozenset(number for number in given if number is not None)

    @property
    def least(self) -> int:
        """The smallest number that it allows: 0 where it is open below."""
        return self.min or 0

    def __str__(self) -> str:
        if self.word:
            return f"{self.word}, at least {self.min}"
        match self.bound:
            case Bound.AT_LEAST:
                return f"at least {self.min}"
            case Bound.AT_MOST:
                return f"at most {self.max}"
            case Bound.BETWEEN:
                return f"{self.min}-{self.max}" + ("" if self.best is None else f", best {self.best}")
            case Bound.ABOUT:
                return f"about {self.best}"
            case Bound.EXACT:
                return str(self.best)


@dataclass(frozen=True, slots=True)
class Scope:
    """What the numbers of a claim are about: the incident, some of its sites, or a wider area and its days."""

    sites: tuple[str, ...] = ()
    area: str | None = None
    first: str | None = None
    last: str | None = None

    def __str__(self) -> str:
        if self.area:
            days = self.first if self.first == self.last else f"{self.first}/{self.last}"
            return f"area:{self.area}@{days}"
        return "site:" + "+".join(sorted(self.sites)) if self.sites else INCIDENT_SCOPE


def groups_of(measure: str) -> tuple[str, ...]:
    """The groups that a measure is counted by: things by none but the total, severities for the wounded alone."""
    if measure in THINGS:
        return ("total",)
    return GROUPS if measure == "wounded" else tuple(group for group in GROUPS if group not in SEVERITIES)


def whom(measure: str, group: str) -> str:
    """A measure and a group as a message says them: `civilians killed`."""
    return measure if group == "total" else f"{group.replace('_', ' ')} {measure}"


def count_of(node: Node | None) -> Count | None:
    """The count that a node gives, None where it gives none (absent, or split into groups)."""
    if isinstance(node, ScalarNode) and isinstance(node.value, int):
        return Count(Bound.EXACT, node.value, node.value, node.value, node.mark)
    if not isinstance(node, MappingNode):
        return None
    for bound in (Bound.AT_LEAST, Bound.AT_MOST, Bound.ABOUT):
        value = node.items.get(bound.value)
        if isinstance(value, ScalarNode) and isinstance(value.value, int):
            number = value.value
            low = None if bound is Bound.AT_MOST else number
            high = None if bound is Bound.AT_LEAST else number
            return Count(bound, low, high, number if bound is Bound.ABOUT else None, value.mark)
    word = node.items.get("word")
    if isinstance(word, ScalarNode) and word.value in LEXICON:
        return Count(Bound.AT_LEAST, LEXICON[word.value], None, None, word.mark, word.value)
    between = node.items.get("between")
    if isinstance(between, SequenceNode) and len(between.items) == 2:
        low_end, high_end = (item.value if isinstance(item, ScalarNode) else None for item in between.items)
        value = node.items.get("best")
        best = value.value if isinstance(value, ScalarNode) and isinstance(value.value, int) else None
        if isinstance(low_end, int) and isinstance(high_end, int):
            return Count(Bound.BETWEEN, low_end, high_end, best, between.mark)
    return None
