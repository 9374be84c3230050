"""Typed records: the input of rules, estimates and tables.

Built from the valid part of a tree, so that no later stage handles raw YAML; every object keeps its node, and with it
its position in the file. Prevents: "at least seven" becoming "seven", and unknown becoming zero: a missing value is
None.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from conflict_incidents.core.findings import Mark
from conflict_incidents.core.names import fold_and_join
from conflict_incidents.records.dates import DateSpan
from conflict_incidents.records.fields import (
    Flag,
    Located,
    OptionalPart,
    OptionalText,
    Part,
    Parts,
    Text,
    Texts,
    cached,
    parts_at,
)
from conflict_incidents.records.statements import (
    Assertion,
    Attribution,
    Caveat,
    Circumstance,
    Claim,
    External,
    Link,
    Name,
    Override,
    Party,
    Reference,
    Report,
    RuleSetting,
    Site,
    Statement,
    Waiver,
    Withdrawal,
)
from conflict_incidents.records.vocabulary import DAYS
from conflict_incidents.records.yaml.nodes import (
    COMMENT,
    At,
    Comment,
    KeyedText,
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
    key_names,
    keys,
    same,
    texts,
)

_TELLS_NOTHING = re.compile(
    r"[a-z]+(?:[-_][a-z]+)*|[0-9]{1,3}|[12][0-9]{3}-[01][0-9]-[0-3][0-9]|[A-Z]{3}-[0-9]{8}-[0-9a-z]{4}"
).fullmatch


class Record(Part):
    """A record of any kind.

    `path` is the name of its file, `raw` its tree including invalid parts, `comments` the comments with their
    positions.
    """

    id = Text("id")
    names_columns = False
    """Whether it has keys that aren't defined by its schema."""
    withdrawal = OptionalPart("withdrawn", Withdrawal)
    """The reason and date of withdrawal."""

    def __init__(self, node: MappingNode, path: str, raw: MappingNode, comments: Sequence[Comment] = ()) -> None:
        super().__init__(node)
        self.path = path
        self.raw = raw
        self.comments = comments

    def texts_at(self, keys: frozenset[str]) -> list[tuple[str, Mark | At]]:
        """Return every text of the record under one of `keys`, with its position."""
        return [(text, at) for key, text, at in self.values if key in keys]

    @cached
    def dates(self) -> list[tuple[str, Mark | At]]:
        """Every date of the record, with its position."""
        return self.texts_at(DAYS)

    @cached
    def key_names(self) -> set[str]:
        """The names of all its keys, at any depth."""
        return key_names(self.node)

    @cached
    def values(self) -> list[KeyedText]:
        """Every valid value of the record with its key."""
        return texts(self.node)

    @cached
    def everything(self) -> list[KeyedText]:
        """Everything written in the file, including invalid parts: values with their keys, keys unknown to the schema
        with `KEY`, and comments with `COMMENT`. Values that can't identify a person are left out: words in lower case,
        numbers of up to three digits, days, and ids of incidents.
        """
        free = keys(self.raw) if self.node is not self.raw or self.names_columns else []
        values = texts(self.raw) if self.node is not self.raw else self.values
        meaningful = [each for each in values if not (_TELLS_NOTHING(each[1]) and each[0].islower())]
        return [*meaningful, *free, *((COMMENT, text, at) for text, at in self.comments)]

    def parts_at(self, key: str) -> list[Part]:
        """Return the parts of the record listed at `key`."""
        return parts_at(self.node, key, Part)

    def intact(self, key: str) -> bool:
        """Whether everything at `key` is valid, a condition of rules on the whole of it."""
        valid, raw = self.node.items.get(key), self.raw.items.get(key)
        return valid is raw or (valid is not None and raw is not None and same(valid, raw))

    def names_all(self, key: str) -> bool:
        """Whether every item in the list `key` has an id, so that an unknown id is an error."""
        items = self._written_items(key)
        return bool(items) and all(isinstance(item, MappingNode) and "id" in item.items for item in items)

    def written_ids(self, key: str) -> frozenset[str]:
        """Return the ids in the list `key` as written, including those of invalid items."""
        ids = (item.items.get("id") for item in self._written_items(key) if isinstance(item, MappingNode))
        return frozenset(str(id.value) if isinstance(id, ScalarNode) else "" for id in ids)

    def _written_items(self, key: str) -> list[Node]:
        child = self.raw.items.get(key)
        return child.items if isinstance(child, SequenceNode) else []


class Named(Record):
    """A record of a registry."""

    name = Text("name")
    country = OptionalText("country")
    names = Parts("names", Name)
    """Other names and spellings."""

    @cached
    def spellings(self) -> frozenset[str]:
        """All names in the form used for comparison (`core.names.joined`)."""
        return frozenset(filter(None, map(fold_and_join, (self.name, *(name.spelling for name in self.names)))))


class Organisation(Named):
    """An organisation that counts or publishes."""

    kind = Text("kind")
    url = OptionalText("url")
    actor = OptionalText("actor")


class SourceDataset(Named):
    """Another dataset, as a source of incidents or with ids of the same incidents."""

    organisation = OptionalText("organisation")
    version = OptionalText("version")
    licence = OptionalText("licence")
    attribution = OptionalText("attribution")
    url = OptionalText("url")
    references = Parts("references", Reference)
    """The publications to cite it by."""


class Collection(Named):
    """A set of incidents: all of an area and period, or a selection."""

    complete = OptionalPart("complete", Part)
    """The dataset, area and period that it covers completely; None for a selection."""


class Actor(Named):
    """A party to the conflict."""

    kind = Text("kind")
    parent = OptionalText("parent")
    since = OptionalText("from")
    until = OptionalText("to")
    allies = Texts("allies")
    """Actors that a source names as backing it."""


class Place(Named, Located):
    """A place of the registry."""

    level = Text("level")
    coordinates = OptionalText("coordinates")
    coordinates_from = OptionalText("coordinates_from")
    timezone = OptionalText("timezone")
    context = Parts("context", Circumstance)
    """Territorial control and agreements, each with its period."""

    @cached
    def admin(self) -> dict[str, str]:
        """P-codes of the units that contain it, by level: `{"adm1": "SY07"}`."""
        node = self.node.items.get("admin")
        return {level: Part(node).text(level) or "" for level in node.items} if isinstance(node, MappingNode) else {}


class Sourced(Record):
    """A record based on reports: an incident, or an aggregate."""

    title = Text("title")
    status = Text("status")

    @cached
    def withdrawn(self) -> bool:
        """Whether the record is only a tombstone."""
        return self.status == "withdrawn"

    @cached
    def reports(self) -> dict[str, Report]:
        """The reports by id."""
        return {report.id: report for report in parts_at(self.node, "reports", Report)}

    @cached
    def claims(self) -> list[Claim]:
        """The claims, in order, each with its key."""
        claims = parts_at(self.node, "claims", Claim)
        number_of: dict[str, int] = {}
        for claim in claims:
            name = claim.id or f"{claim.by}.{claim.report}"
            number_of[name] = number_of.get(name, 0) + 1
            claim.key = name if number_of[name] == 1 else f"{name}.{number_of[name]}"
        return claims

    def moment(self, claim: Claim) -> str:
        """Return the day or moment that a claim describes, by default its report's; empty if neither is stated."""
        report = self.reports.get(claim.report)
        return claim.as_of or (report.published if report else None) or ""

    def statements(self) -> Iterator[Statement]:
        """Yield all statements: anything that an originator says in a report."""
        yield from self.claims


class Aggregate(Sourced):
    """A claim of originators on a whole period and area; never mixed with incidents."""

    area = Text("area")

    @cached
    def period(self) -> tuple[str, str | None]:
        """The first and last day, as precise as stated; without a last day, it ends on the day of the report."""
        node = self.node.items.get("period")
        span = Part(node) if isinstance(node, MappingNode) else None
        return (span.text("from") or "", span.text("to")) if span else ("", None)


class Incident(Sourced):
    """One incident: sites, reports, claims and attributions."""

    collection = OptionalText("collection")
    kind = Text("kind")
    time = OptionalText("time")
    timezone = OptionalText("timezone")
    weekday = OptionalText("weekday")
    verification = OptionalText("verification")
    clarity = OptionalText("clarity")
    type_of_violence = OptionalText("type_of_violence")
    year_inferred = Flag("year_inferred")
    """Whether no report states the year of its date."""
    sites = Parts("sites", Site)
    """The sites, in order."""
    attributions = Parts("attributions", Attribution)
    """The alleged perpetrators, each by an originator."""
    parties = Parts("parties", Party)
    """The parties that fought, with their sides."""
    weapons = Parts("weapons", Statement)
    """The weapons used, each by an originator."""
    conditions = Parts("conditions", Statement)
    """Circumstances that affect the toll or the rescue."""
    caveats = Parts("caveats", Caveat)
    """Facts that reports could not establish."""
    overrides = Parts("overrides", Override)
    """Best values set by editors."""
    links = Parts("links", Link)
    """Links to other incidents."""
    external = Parts("external", External)
    """Ids in other datasets."""

    @cached
    def country(self) -> str:
        """ISO 3166-1 alpha-3, from the id."""
        return self.id[:3]

    @cached
    def date(self) -> DateSpan | None:
        """The date of the incident; None only in a record with errors."""
        node = self.node.items.get("date")
        if isinstance(node, MappingNode):
            span = Part(node)
            return DateSpan(span.text("from") or "", span.text("to") or "", span.text("precision"), self.at("date"))
        day = self.text("date")
        return DateSpan(day, day, "day", self.at("date")) if day else None

    @cached
    def days(self) -> tuple[datetime.date, datetime.date] | None:
        """The first and last day; None if invalid."""
        return self.date.days if self.date else None

    @cached
    def precision(self) -> str | None:
        """The precision of the date; None if the incident lasted the whole span, or there is no date."""
        return self.date.precision if self.date else None

    @cached
    def primary(self) -> Site | None:
        """The primary site: the one marked as primary, or the first."""
        return next((site for site in self.sites if site.true("primary")), self.sites[0] if self.sites else None)

    def statements(self) -> Iterator[Statement]:
        """Yield all statements: anything that an originator says in a report."""
        for site in self.sites:
            yield from [*site.reported, *([site.damage_statement] if site.damage_statement else [])]
        yield from [*self.claims, *self.weapons, *self.attributions, *self.parties, *self.conditions, *self.caveats]


class Waivers(Record):
    """The accepted findings of a dataset."""

    waivers = Parts("waivers", Waiver)
    """The waivers, each with its reason."""
    privacy = Parts("privacy", Waiver)
    """The waivers of privacy rules, each with its reviewer."""


class RuleSettings(Record):
    """The rules that a dataset disables, or whose severity it changes."""

    rules = Parts("rules", RuleSetting)
    """The settings, each with its reason."""


class ChangeNote(Record):
    """A note on one change, for the readers of the next release."""

    kind = Text("kind")
    date = Text("date")
    wording = Text("text")
    records = Texts("records")
    """The ids of the records that it concerns."""
    columns = Texts("columns")
    """The tables and columns that it concerns, such as `incidents` or `incidents.note`."""


class Assertions(Record):
    """Conditions on every release of a dataset."""

    names_columns = True
    assertions = Parts("assertions", Assertion)
    """The assertions, each with its bounds."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of records: their type, folder and table.

    `folder` is the folder below `data/`, and the name of the table with one row per record; only for kinds with ids.
    """

    record: type[Record]
    folder: str = ""


KINDS = {
    "incident": Kind(Incident, "incidents"),
    "organisation": Kind(Organisation, "organisations"),
    "place": Kind(Place, "places"),
    "actor": Kind(Actor, "actors"),
    "dataset": Kind(SourceDataset, "datasets"),
    "collection": Kind(Collection, "collections"),
    "aggregate": Kind(Aggregate, "aggregates"),
    "waivers": Kind(Waivers),
    "change": Kind(ChangeNote),
    "assertions": Kind(Assertions),
    "rules": Kind(RuleSettings),
}
"""The kinds by the name with which a record's `schema` begins."""
_KIND_OF = {kind.record: name for name, kind in KINDS.items()}
FOLDERS = {name: kind.folder for name, kind in KINDS.items() if kind.folder}
"""The folders below `data/` of the kinds with ids."""
REGISTRIES = tuple(name for name, kind in KINDS.items() if issubclass(kind.record, Named))
"""The named kinds that incidents refer to by id."""
WAIVERS = "waivers.yaml"
ASSERTIONS = "assertions.yaml"
RULES_FILE = "rules.yaml"
"""Records in a single file of `data/`."""
NOTES: Final = "changes"
"""The folder of `data/` with change notes; those of a released version are in a subfolder."""


def kind_of(record: Record) -> str:
    """Return the kind of a record, a key of `KINDS`."""
    return _KIND_OF[type(record)]


def build(kind: str, valid: MappingNode, raw: MappingNode, path: str, comments: Sequence[Comment] = ()) -> Record:
    """Make the typed record of a kind from the valid part of its tree, the whole tree, and its comments."""
    return KINDS[kind].record(valid, path, raw, comments)
