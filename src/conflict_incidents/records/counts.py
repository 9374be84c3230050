"""Measures, groups, counts with their bounds, and scopes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from conflict_incidents.core.findings import REDACTED, Mark, Shown, bare
from conflict_incidents.records.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

INCIDENT_SCOPE = "incident"
"""The scope of a claim without one."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A quantity that claims count. `scripts/generate` makes schemas, columns and HXL hashtags from it.

    `unit` is "people" or the name of the thing. The total has columns in the table `incidents`; `columns` are the
    groups that have columns there too, each with a description. `hxl` is its word in HXL hashtags if different from
    `name`.
    """

    name: str
    description: str
    unit: str = "people"
    columns: Mapping[str, str] = field(default_factory=dict)
    hxl: str = ""


class Family(StrEnum):
    """The families of groups: disjoint parts of a whole, or groups that are never added up."""

    TOTAL = "total"
    STATUS = "disjoint parts of a total by status"
    SIDE = "disjoint parts of the combatants by side"
    SEX = "disjoint parts of a total by sex and age"
    OVERLAPPING = "overlap with other groups"
    ROLE = "roles, which overlap with every other group and are never added up"
    SEVERITY = "disjoint parts of the wounded, and of no other measure"
    APART = "kept apart from the total"


@dataclass(frozen=True, slots=True)
class Group:
    """A group of people that counts refer to."""

    name: str
    description: str
    family: Family


DECLARED_MEASURES = (
    Measure(
        "killed",
        "People killed.",
        columns={"civilians": "civilians killed", "children": "children killed (under 18)"},
    ),
    Measure("wounded", "People wounded.", hxl="injured"),
    Measure("missing", "People missing or under the rubble."),
    Measure("detained", "People detained or abducted."),
    Measure(
        "casualties",
        "People killed or wounded, where the source doesn't separate them (not the sum of `killed` and `wounded`).",
    ),
    Measure("displaced", "People who had to leave their homes."),
    Measure("strikes", "Strikes or attacks carried out.", unit="strikes"),
    Measure("munitions", "Bombs, shells or missiles used.", unit="munitions"),
    Measure("aircraft", "Aircraft that took part.", unit="aircraft"),
)
"""The measures, in the order of columns and of the keys of a claim."""
DECLARED_GROUPS = (
    Group("total", "Everybody counted, whoever they were.", Family.TOTAL),
    Group("civilians", "Those said to be civilians.", Family.STATUS),
    Group("combatants", "Those said to be combatants.", Family.STATUS),
    Group("side_a", "Combatants of side A, as `parties` names it.", Family.SIDE),
    Group("side_b", "Combatants of side B, as `parties` names it.", Family.SIDE),
    Group(
        "unknown_status",
        "Those of whom it isn't known whether they were civilians; further identification may make them either.",
        Family.STATUS,
    ),
    Group("women", "Adult women.", Family.SEX),
    Group("men", "Adult men.", Family.SEX),
    Group("girls", "Girls under 18.", Family.SEX),
    Group("boys", "Boys under 18.", Family.SEX),
    Group("unknown_sex_or_age", "Those whose sex or age is said not to be known.", Family.SEX),
    Group("children", "Everybody under 18, girls and boys and those whose sex isn't stated.", Family.OVERLAPPING),
    Group("civilian_children", "Children said to be civilians.", Family.OVERLAPPING),
    Group("medics", "Medical staff and rescuers; a role, which overlaps with the other groups.", Family.ROLE),
    Group("journalists", "Journalists and media workers; a role, which overlaps with the other groups.", Family.ROLE),
    Group("aid_workers", "Aid workers; a role, which overlaps with the other groups.", Family.ROLE),
    Group("critical", "Those in a critical condition, who may die; not counted among the serious.", Family.SEVERITY),
    Group("serious", "Those seriously wounded, the critical not counted.", Family.SEVERITY),
    Group("light", "Those lightly wounded.", Family.SEVERITY),
    Group("attackers", "The attacking side's own people, kept apart: not in the total.", Family.APART),
)
"""The groups, in the order of the keys of a count."""


def _family(family: Family) -> tuple[str, ...]:
    return tuple(group.name for group in DECLARED_GROUPS if group.family is family)


PEOPLE = tuple(measure.name for measure in DECLARED_MEASURES if measure.unit == "people")
"""The measures that count people, by group."""
THINGS = tuple(measure.name for measure in DECLARED_MEASURES if measure.unit != "people")
"""The measures that count things; they have no groups and are never added to people."""
MEASURES = tuple(measure.name for measure in DECLARED_MEASURES)
GROUPS = tuple(group.name for group in DECLARED_GROUPS)
STATUSES = _family(Family.STATUS)
SIDES = _family(Family.SIDE)
SEXES = _family(Family.SEX)
ROLES = _family(Family.ROLE)
SEVERITIES = _family(Family.SEVERITY)
OUTSIDE_TOTAL = _family(Family.APART)
DISJOINT = (STATUSES, ("civilians", *SIDES, "unknown_status"), SEXES, ("women", "men", "children"), SEVERITIES)
"""Disjoint groups, whose sum is at most the total."""
COMPLETE = ("statuses_complete", "sexes_complete", "complete")
"""Keys of a count of people that aren't counts: they name the groups that the source counts completely."""
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
