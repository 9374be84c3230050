"""Typed records: what the rules, the estimate and the tables work with.

Built from the valid part of a tree, so that no later stage looks at raw YAML; every object keeps its node, and with it
its place in the file. Prevents: "at least seven" becoming "seven" on the way, and unknown becoming zero: what a record
doesn't say is None here.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from conflict_incidents.core.findings import Mark
from conflict_incidents.core.names import joined
from conflict_incidents.records.dates import DateSpan
from conflict_incidents.records.fields import Located, OptionalText, Part, Text, listed, once, one
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
    MappingNode,
    Said,
    ScalarNode,
    SequenceNode,
    keys,
    same_shape,
    texts,
)

_TELLS_NOTHING = re.compile(r"[a-z]+(?:[-_][a-z]+)*|[0-9]{1,3}").fullmatch


class Record(Part):
    """A record of any kind; `path` is the name of its file, `raw` its tree with the refused parts, `comments` what
    follows `#` in it, each with its position.
    """

    id = Text("id")
    names_columns = False
    """Whether it has keys that its schema doesn't list."""

    def __init__(self, node: MappingNode, path: str, raw: MappingNode, comments: Sequence[Comment] = ()) -> None:
        super().__init__(node)
        self.path = path
        self.raw = raw
        self.comments = comments

    @once
    def withdrawal(self) -> Withdrawal | None:
        """Why and when the record was withdrawn."""
        return one(self.node, "withdrawn", Withdrawal)

    def texts_at(self, keys: frozenset[str]) -> list[tuple[str, Mark | At]]:
        """Every text of the record under one of `keys`, with its place."""
        return [(text, at) for key, text, at in self.values if key in keys]

    @once
    def dates(self) -> list[tuple[str, Mark | At]]:
        """Every date of the record, with its place."""
        return self.texts_at(DAYS)

    @once
    def values(self) -> list[Said]:
        """Every value of the record with its key, without what was refused."""
        return texts(self.node)

    @once
    def everything(self) -> list[Said]:
        """All that people write in the file, refused parts and all: each value with its key, each key that is no word
        of the schema with `KEY`, each comment with `COMMENT`. Values that tell nothing of a person are left out: words
        of lower-case letters alone, and numbers of three digits.
        """
        free = keys(self.raw) if self.node is not self.raw or self.names_columns else []
        values = texts(self.raw) if self.node is not self.raw else self.values
        telling = [said for said in values if not (_TELLS_NOTHING(said[1]) and said[0].islower())]
        return [*telling, *free, *((COMMENT, text, at) for text, at in self.comments)]

    def listed(self, key: str) -> list[Part]:
        """The pieces of the record listed at `key`."""
        return listed(self.node, key, Part)

    def intact(self, key: str) -> bool:
        """Whether nothing at `key` was refused: rules on the whole of it run only then."""
        return self.node is self.raw or same_shape(self.node.items.get(key), self.raw.items.get(key))

    def names_all(self, key: str) -> bool:
        """Whether every item written in the list `key` has an id, so that one that isn't there is missing."""
        child = self.raw.items.get(key)
        items = child.items if isinstance(child, SequenceNode) else []
        return bool(items) and all(isinstance(item, MappingNode) and "id" in item.items for item in items)

    def written_ids(self, key: str) -> frozenset[str]:
        """The ids in the list `key` as the file has them, those of refused items included."""
        child = self.raw.items.get(key)
        items = child.items if isinstance(child, SequenceNode) else []
        ids = (item.items.get("id") for item in items if isinstance(item, MappingNode))
        return frozenset(str(id.value) if isinstance(id, ScalarNode) else "" for id in ids)


class Named(Record):
    """A record of a registry."""

    name = Text("name")
    country = OptionalText("country")

    @once
    def names(self) -> list[Name]:
        """Other spellings and names."""
        return listed(self.node, "names", Name)

    @once
    def spellings(self) -> frozenset[str]:
        """All its names in the form in which names are compared (`core.names.joined`)."""
        return frozenset(filter(None, map(joined, (self.name, *(name.spelling for name in self.names)))))


class Organisation(Named):
    """An organisation that counts or publishes."""

    kind = Text("kind")
    url = OptionalText("url")
    actor = OptionalText("actor")


class SourceDataset(Named):
    """Another dataset that incidents are taken from, or are found in as well."""

    organisation = OptionalText("organisation")
    version = OptionalText("version")
    licence = OptionalText("licence")
    attribution = OptionalText("attribution")
    url = OptionalText("url")

    @once
    def references(self) -> list[Reference]:
        """The publications that it asks to be cited by."""
        return listed(self.node, "references", Reference)


class Collection(Named):
    """Incidents that belong together: all of an area and a time, or a selection."""

    @once
    def complete(self) -> Part | None:
        """The dataset, the area and the days that it is complete for; None for a selection."""
        return one(self.node, "complete", Part)


class Actor(Named):
    """A party to the conflict."""

    kind = Text("kind")
    parent = OptionalText("parent")
    since = OptionalText("from")
    until = OptionalText("to")

    @once
    def allies(self) -> tuple[str, ...]:
        """Actors that a source names as backing it."""
        return self.texts("allies")


class Place(Named, Located):
    """A place of the registry."""

    level = Text("level")
    coordinates = OptionalText("coordinates")
    coordinates_from = OptionalText("coordinates_from")
    timezone = OptionalText("timezone")

    @once
    def admin(self) -> dict[str, str]:
        """P-codes of the units that contain it, by level: `{"adm1": "SY07"}`."""
        node = self.node.items.get("admin")
        return {level: Part(node).text(level) or "" for level in node.items} if isinstance(node, MappingNode) else {}

    @once
    def context(self) -> list[Circumstance]:
        """Who controls it, which agreement covers it, and when."""
        return listed(self.node, "context", Circumstance)


class Sourced(Record):
    """A record that is made of what reports say: an incident, or an aggregate."""

    title = Text("title")
    status = Text("status")

    @once
    def withdrawn(self) -> bool:
        """Whether the record stays only as a tombstone."""
        return self.status == "withdrawn"

    @once
    def reports(self) -> dict[str, Report]:
        """The reports by id."""
        return {report.id: report for report in listed(self.node, "reports", Report)}

    @once
    def claims(self) -> list[Claim]:
        """The claims, as listed, each with its key."""
        claims = listed(self.node, "claims", Claim)
        seen: dict[str, int] = {}
        for claim in claims:
            name = claim.id or f"{claim.by}.{claim.report}"
            seen[name] = seen.get(name, 0) + 1
            claim.key = name if seen[name] == 1 else f"{name}.{seen[name]}"
        return claims

    def moment(self, claim: Claim) -> str:
        """The day, or the moment, that a claim is the state of: else its report's. Empty where neither is stated."""
        report = self.reports.get(claim.report)
        return claim.as_of or (report.published if report else None) or ""

    def statements(self) -> Iterator[Statement]:
        """All statements: whatever an originator says in a report."""
        yield from self.claims


class Aggregate(Sourced):
    """What originators say of a whole period and area; never mixed with incidents."""

    area = Text("area")

    @once
    def period(self) -> tuple[str, str | None]:
        """From when to when, as closely as it is stated; without an end, to the day of the report."""
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

    @once
    def year_inferred(self) -> bool:
        """Whether no report states the year of its date."""
        return self.true("year_inferred")

    @once
    def country(self) -> str:
        """ISO 3166-1 alpha-3, from the id."""
        return self.id[:3]

    @once
    def date(self) -> DateSpan | None:
        """When it happened; None only in a record that has been refused."""
        node = self.node.items.get("date")
        if isinstance(node, MappingNode):
            span = Part(node)
            return DateSpan(span.text("from") or "", span.text("to") or "", span.text("precision"), self.at("date"))
        day = self.text("date")
        return DateSpan(day, day, "day", self.at("date")) if day else None

    @once
    def days(self) -> tuple[datetime.date, datetime.date] | None:
        """Its first and last day; None where these can't be worked with."""
        return self.date.days if self.date else None

    @once
    def precision(self) -> str | None:
        """How closely the date is known; None where the incident lasted so long, or there is no date."""
        return self.date.precision if self.date else None

    @once
    def sites(self) -> list[Site]:
        """The sites, as listed."""
        return listed(self.node, "sites", Site)

    @once
    def primary(self) -> Site | None:
        """The primary site: the one marked so, or the first."""
        return next((site for site in self.sites if site.true("primary")), self.sites[0] if self.sites else None)

    @once
    def attributions(self) -> list[Attribution]:
        """Who is said to have done it."""
        return listed(self.node, "attributions", Attribution)

    @once
    def parties(self) -> list[Party]:
        """Who fought whom."""
        return listed(self.node, "parties", Party)

    @once
    def weapons(self) -> list[Statement]:
        """Which weapons were used, by whose account."""
        return listed(self.node, "weapons", Statement)

    @once
    def conditions(self) -> list[Statement]:
        """Circumstances that bear on the toll or on the rescue."""
        return listed(self.node, "conditions", Statement)

    @once
    def caveats(self) -> list[Caveat]:
        """What reports say that they could not establish."""
        return listed(self.node, "caveats", Caveat)

    @once
    def overrides(self) -> list[Override]:
        """Best values that editors set."""
        return listed(self.node, "overrides", Override)

    @once
    def links(self) -> list[Link]:
        """Relations to other incidents."""
        return listed(self.node, "links", Link)

    @once
    def external(self) -> list[External]:
        """Ids in other datasets."""
        return listed(self.node, "external", External)

    def statements(self) -> Iterator[Statement]:
        """All statements: whatever an originator says in a report."""
        for site in self.sites:
            yield from [*site.reported, *([site.damage_said] if site.damage_said else [])]
        yield from [*self.claims, *self.weapons, *self.attributions, *self.parties, *self.conditions, *self.caveats]


class Waivers(Record):
    """The accepted findings of a dataset."""

    @once
    def waivers(self) -> list[Waiver]:
        """Each with its reason."""
        return listed(self.node, "waivers", Waiver)

    @once
    def privacy(self) -> list[Waiver]:
        """Those on privacy, each with its reviewer."""
        return listed(self.node, "privacy", Waiver)


class RuleSettings(Record):
    """The rules that a dataset turns off, or whose severity it changes."""

    @once
    def rules(self) -> list[RuleSetting]:
        """Each with its reason."""
        return listed(self.node, "rules", RuleSetting)


class ChangeNote(Record):
    """A note on one change, for the readers of the next release."""

    kind = Text("kind")
    date = Text("date")
    said = Text("text")

    @once
    def records(self) -> tuple[str, ...]:
        """The ids of the records that it is about."""
        return self.texts("records")

    @once
    def columns(self) -> tuple[str, ...]:
        """The tables and columns that it is about, as `incidents` or `incidents.note`."""
        return self.texts("columns")


class Assertions(Record):
    """What every release of a dataset has to hold."""

    names_columns = True

    @once
    def assertions(self) -> list[Assertion]:
        """Each with its bounds."""
        return listed(self.node, "assertions", Assertion)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of records: what they become, and where they are where they have an id and are released.

    `folder` is the folder below `data/`, and the table with one row for each.
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
"""By the name that a record's `schema` begins with."""
_KIND_OF = {kind.record: name for name, kind in KINDS.items()}
FOLDERS = {name: kind.folder for name, kind in KINDS.items() if kind.folder}
"""The folders below `data/` of the records that have an id, by kind."""
REGISTRIES = tuple(name for name, kind in KINDS.items() if issubclass(kind.record, Named))
"""The kinds that incidents refer to by id, and that have a name."""
WAIVERS = "waivers.yaml"
ASSERTIONS = "assertions.yaml"
RULES_FILE = "rules.yaml"
"""Single files in `data/`."""
NOTES: Final = "changes"
"""The folder of `data/` with the notes on changes; those of a published version have a folder of their own."""


def kind_of(record: Record) -> str:
    """The kind of a record, as `KINDS` has it."""
    return _KIND_OF[type(record)]


def build(kind: str, valid: MappingNode, raw: MappingNode, path: str, comments: Sequence[Comment] = ()) -> Record:
    """The typed record of a kind, from the valid part of its tree, the tree as it was written, and its comments."""
    return KINDS[kind].record(valid, path, raw, comments)
