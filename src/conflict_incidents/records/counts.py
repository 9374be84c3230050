"""Measures, groups, counts with their bounds, and scopes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from conflict_incidents.core.findings import REDACTED, Mark, Shown, bare
from conflict_incidents.core.resources import csv_rows
from conflict_incidents.records.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

INCIDENT_SCOPE = "incident"
"""The scope of a claim without one."""


class Measure(NamedTuple):
    """A quantity that claims count. `scripts/generate` makes schemas, columns and HXL hashtags from it.

    `unit` is "people" or the name of the thing. The total has columns in the table `incidents`; `columns` are the
    groups that have columns there too, each with a description. `hxl` is its word in HXL hashtags.
    """

    name: str
    description: str
    unit: str
    columns: Mapping[str, str]
    hxl: str


class Group(NamedTuple):
    """A group of people that counts refer to.

    `family` is `total`; `status`, `side` (of combatants), `sex` (with age) or `severity` (of wounds) for disjoint
    parts of a whole; `overlapping` or `role` for groups that are never added up; `apart` for one outside the total.
    """

    name: str
    family: str
    description: str


DECLARED_MEASURES = tuple(
    Measure(
        row["name"],
        row["description"],
        row["unit"],
        dict(column.split(": ") for column in filter(None, row["columns"].split("|"))),
        row["hxl"] or row["name"],
    )
    for row in csv_rows(__file__, "measures.csv")
)
"""The measures, in the order of columns and of the keys of a claim."""
DECLARED_GROUPS = tuple(Group(**row) for row in csv_rows(__file__, "groups.csv"))
"""The groups, in the order of the keys of a count."""


def _family(family: str) -> tuple[str, ...]:
    return tuple(group.name for group in DECLARED_GROUPS if group.family == family)


PEOPLE = tuple(measure.name for measure in DECLARED_MEASURES if measure.unit == "people")
"""The measures that count people, by group."""
THINGS = tuple(measure.name for measure in DECLARED_MEASURES if measure.unit != "people")
"""The measures that count things; they have no groups and are never added to people."""
MEASURES = tuple(measure.name for measure in DECLARED_MEASURES)
GROUPS = tuple(group.name for group in DECLARED_GROUPS)
STATUSES = _family("status")
SIDES = _family("side")
SEXES = _family("sex")
ROLES = _family("role")
SEVERITIES = _family("severity")
OUTSIDE_TOTAL = _family("apart")
DISJOINT = (STATUSES, ("civilians", *SIDES, "unknown_status"), SEXES, ("women", "men", "children"), SEVERITIES)
"""Disjoint groups, whose sum is at most the total."""
COMPLETE = ("statuses_complete", "sexes_complete", "complete")
"""Keys of a count of people that aren't counts: they name the groups that the source counts completely."""
LEXICON = {row["word"]: int(row["least"]) for row in csv_rows(__file__, "vague_words.csv")}
"""Words that a source may give instead of a number, with the least number they mean: a plural means at least two."""
TELLTALE = frozenset({99, 999, 9999, 99999})
"""Numbers that mean "unknown" in many tables, but may be literal."""


class Bound(StrEnum):
    """How a source bounds a number."""

    EXACT = "exact"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    BETWEEN = "between"
    ABOUT = "about"


class Count(NamedTuple):
    """A claimed number of people or things.

    `min` and `max` are the bounds, None if open; `best` is the single value that the source gives, if any. `word` is a
    word given instead of a number, for which `LEXICON` has the `min`.
    """

    bound: Bound
    min: int | None
    max: int | None
    best: int | None
    at: Mark
    word: str | None = None

    @property
    def numbers(self) -> frozenset[int]:
        """The numbers given by the source; none if it gives a word."""
        values = () if self.word else (self.min, self.max, self.best)
        return frozenset(number for number in values if number is not None)

    @property
    def least(self) -> int:
        """The lower bound; 0 if open."""
        return self.min or 0

    def __str__(self) -> Shown:
        if self.word:
            return f"{bare(self.word)}, at least {self.min}"
        match self.bound:
            case Bound.AT_LEAST:
                return f"at least {self.min}"
            case Bound.AT_MOST:
                return f"at most {self.max}"
            case Bound.BETWEEN:
                best = Shown("") if self.best is None else f", best {self.best}"
                return f"{self.min}-{self.max}{best}"
            case Bound.ABOUT:
                return f"about {self.best}"
            case Bound.EXACT:
                return f"{self.best}"


_DAYS = re.compile(r"[0-9-]{4,10}(?:/[0-9-]{4,10})?")


class Scope(NamedTuple):
    """The subject of a claim's numbers: the incident, some of its sites, or a wider area and its days."""

    sites: tuple[str, ...] = ()
    area: str | None = None
    first: str | None = None
    last: str | None = None

    def __str__(self) -> str:
        if self.area:
            days = self.first if self.first == self.last else f"{self.first}/{self.last}"
            return f"area:{self.area}@{days}"
        return "site:" + "+".join(sorted(self.sites)) if self.sites else INCIDENT_SCOPE

    @property
    def label(self) -> Shown:
        """The scope as `Shown`."""
        return scope_label(str(self))


def scope_label(scope: str) -> Shown:
    """Format a scope as `Scope` writes it, with each id and day redacted if needed."""
    kind, colon, rest = scope.partition(":")
    if not colon:
        return bare(kind)
    if kind == "site":
        return "site:" + "+".join(map(bare, rest.split("+")))
    area, _, days = rest.rpartition("@")
    return f"area:{bare(area)}@{Shown(days) if _DAYS.fullmatch(days) else REDACTED}"


def groups_of(measure: str) -> tuple[str, ...]:
    """Return the groups of a measure: only the total for things, severities only for the wounded."""
    if measure in THINGS:
        return ("total",)
    return GROUPS if measure == "wounded" else tuple(group for group in GROUPS if group not in SEVERITIES)


def whom(measure: str, group: str) -> Shown:
    """Format a measure and a group for a message: `civilians killed`."""
    return bare(measure if group == "total" else f"{group.replace('_', ' ')} {measure}")


def count_of(node: Node | None) -> Count | None:
    """Parse the count in a node; None if there is none (absent, or split into groups)."""
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
