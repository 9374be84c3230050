"""Process one file: content → findings, index row and the keys of both. Pure, except for look-ups in the registry.

`process(path, content, dataset)` parses the file, checks its form and runs the rules on one record. The rules across
records are left to `combine`, which needs only the rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import PurePosixPath
from typing import Any

from conflict_incidents.core.findings import Finding, Mark, Severity, Shown
from conflict_incidents.core.rule import Rule
from conflict_incidents.core.urls import page_account
from conflict_incidents.dataset import codelists, index_rows
from conflict_incidents.dataset.admin_units import PATH as ADMIN_UNITS
from conflict_incidents.dataset.admin_units import units
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.dataset.index import is_table_path
from conflict_incidents.dataset.index_rows import ClaimRow, Extent, ForeignId, IndexRow, LinkRow, Naming
from conflict_incidents.dataset.nesting import ACYCLIC, PART_OF
from conflict_incidents.dataset.similarity import facts_of, toll_of
from conflict_incidents.dataset.snapshot import status_of
from conflict_incidents.estimates.envelope import headline
from conflict_incidents.records.model import (
    FOLDERS,
    NOTES,
    Aggregate,
    ChangeNote,
    Incident,
    Named,
    Organisation,
    Record,
    Waivers,
    kind_of,
)
from conflict_incidents.records.parsing import Content, Parsed
from conflict_incidents.records.yaml.decoding import file_form
from conflict_incidents.records.yaml.raw_text import Unread
from conflict_incidents.tables.contract import Cells
from conflict_incidents.tables.filling import fill_rows
from conflict_incidents.tables.row import Lookup
from conflict_incidents.validation.rules import RULES
from conflict_incidents.validation.rules.rule_settings import IGNORE, severities


@dataclass(slots=True)
class Processed:
    """The result of a file: the findings of the rules on one record, and its index row, None unless it is a record.

    `rows` are its rows in the tables of a release, by table, None if not requested.

    `provides` are the keys of the file (see `dataset.index_rows`), `requires` those that it looked up. `id` identifies
    it in waivers. `sound` is whether its form is valid, None for a file that isn't a record.
    """

    path: str
    findings: list[Finding] = field(default_factory=list)
    row: IndexRow | None = None
    provides: set[str] = field(default_factory=set)
    requires: set[str] = field(default_factory=set)
    kind: str = ""
    id: str = ""
    sound: bool | None = False
    rows: Mapping[str, list[Cells]] | None = None


def process(
    path: str, content: Content, dataset: Dataset, with_rules: bool = True, with_rows: bool = False
) -> Processed:
    """Process the content of a file, by its path below the root.

    Args:
        path: the path.
        content: the file's content.
        dataset: the dataset to look up records and settings in.
        with_rules: whether to run the rules; otherwise only the index row is made.
        with_rows: whether to make the rows of the tables of a release.
    """
    if is_table_path(path):
        wrong = units(content)[1] if path == ADMIN_UNITS else codelists.findings(content, path)
        return Processed(path, wrong, sound=None, rows={} if with_rows else None)
    processed = Processed(path, provides=set(_keys_of_path(path)), rows={} if with_rows else None)
    if not path.endswith(".yaml"):
        other_file = "not a record: a record is a .yaml file; move or rename the file"
        processed.findings = file_form.run(path, Mark(), Shown(content if isinstance(content, str) else other_file))
        return processed
    parsed = dataset.index.parse(content, path)
    dataset.registry.reset_lookups()
    processed.kind, processed.sound = parsed.kind or "", parsed.sound
    processed.id = parsed.record.id if parsed.record else index_rows.stem_of(path) if parsed.unread else ""
    processed.findings = findings_of(parsed, dataset) if with_rules else []
    if parsed.record is not None:
        processed.row = row_of(parsed.record, dataset)
        processed.provides.update(_keys_of_record(parsed.record, processed.row))
        if with_rows:
            processed.rows = fill_rows(parsed.record, Lookup(dataset.registry.place, dataset.registry.admin_units))
    processed.requires = dataset.registry.lookups()
    return processed


def findings_of(parsed: Parsed, dataset: Dataset) -> list[Finding]:
    """Return the sorted findings of parsing, the schema and the rules on one record.

    Rules have the severities that the dataset configures; disabled rules aren't run.
    """
    findings = list(parsed.findings)
    for violation in parsed.violations:
        for id in violation.rules:
            findings += RULES[id].run(parsed.path, violation, dataset)
    one = parsed.record or parsed.unread
    configured = severities(dataset.rule_settings)
    names = parsed.record.key_names if parsed.record else frozenset[str]()
    for rule in rules_on(one) if one is not None else ():
        if rule.needs and rule.needs.isdisjoint(names):
            continue
        severity = configured.get(rule.id)
        if severity != IGNORE and (found := rule.run(parsed.path, one, dataset)):
            findings += with_severity(found, severity)
    return sorted(set(findings)) if findings else []


def with_severity(findings: list[Finding], severity: str | None) -> list[Finding]:
    """Return the findings with the severity that the dataset configures for their rule; unchanged if None."""
    return [replace(one, severity=Severity(severity)) for one in findings] if severity else findings


def rules_on(record: Record | Unread) -> tuple[Rule[Any], ...]:
    """Return the rules on single records that apply to the type of a record."""
    of = type(record)
    if of not in _RULES_ON:
        _RULES_ON[of] = tuple(rule for rule in RULES.values() if issubclass(of, rule.on))
    return _RULES_ON[of]


_RULES_ON: dict[type, tuple[Rule[Any], ...]] = {}


def row_of(record: Record, dataset: Dataset) -> IndexRow:
    """Return the index row of a record."""
    kind = kind_of(record)
    row = IndexRow(record.path, kind, record.id, status_of(record), record.at("id"))
    if isinstance(record, Incident):
        tolls = tuple((measure, group, toll_of(new_row)) for (measure, group), new_row in headline(record).items())
        external = () if record.withdrawn else record.external
        return row._replace(
            links=tuple(LinkRow(one.kind, one.incident, one.at("incident"), one.at("kind")) for one in record.links),
            intact=record.intact("links"),
            facts=None if record.withdrawn else facts_of(record, dataset),
            tolls=tolls,
            extent=_extent(record, dataset),
            external=tuple(ForeignId(one.scheme, one.id, one.at("id")) for one in external),
        )
    if isinstance(record, Aggregate):
        claimed = (
            ClaimRow(measure, group, count.max, str(count), count.at)
            for claim in record.claims
            for (measure, group), count in claim.counts.items()
            if count.max is not None
        )
        return row._replace(extent=_area(record, dataset), claimed=tuple(claimed))
    if isinstance(record, Waivers):
        names = [(one.record, one.at("record")) for one in [*record.waivers, *record.privacy] if one.record]
        return row._replace(naming=tuple(Naming(*one) for one in names))
    if isinstance(record, ChangeNote):
        naming = tuple(Naming(id, record.at("records", number)) for number, id in enumerate(record.records))
        pending = PurePosixPath(record.path).parent.name == NOTES
        return row._replace(naming=naming, note=record.kind, pending=pending)
    return row


def _extent(incident: Incident, dataset: Dataset) -> Extent | None:
    """Return the extent in which an incident counts towards aggregates; None if it doesn't or the extent is unknown."""
    counts = incident.status == "published" and not any(link.kind in ACYCLIC for link in incident.links)
    place = dataset.registry.place(incident.primary.place) if counts and incident.primary else None
    if place is None or incident.date is None:
        return None
    return Extent(place.country, tuple(place.admin.values()), incident.date.first, incident.date.last)


def _area(aggregate: Aggregate, dataset: Dataset) -> Extent | None:
    """Return the extent of an aggregate: its period, and its area down to the smallest unit."""
    area = dataset.registry.place(aggregate.area)
    since, until = aggregate.period
    units = tuple(pcode for _, pcode in sorted(area.admin.items())) if area else ()
    return Extent(area.country, units, since, until or "") if area else None


def _keys_of_path(path: str) -> Iterator[str]:
    """Yield the keys that a file provides by its name, whatever its content."""
    if path.endswith(".yaml"):
        inside = path.startswith("data/")
        folders: Iterable[str] = path.split("/", 2)[1:2] if inside else FOLDERS.values()
        yield from (index_rows.file_key(folder, index_rows.stem_of(path)) for folder in folders)
        yield from (index_rows.folder_key(folder) for folder in folders if inside and folder != FOLDERS["incident"])


def _keys_of_record(record: Record, row: IndexRow) -> Iterator[str]:
    """Yield the keys that a record provides by its content."""
    if isinstance(record, Named):
        yield from (index_rows.name_key(FOLDERS[row.kind], name) for name in record.spellings)
    if isinstance(record, Organisation) and record.url:
        yield index_rows.page_key(page_account(record.url))
    if row.facts and (day := day_of(row.path)):
        yield from index_rows.near_keys(row.facts, [day])
    if row.status == "published":
        yield from (index_rows.part_key(link.incident) for link in row.links if link.kind == PART_OF)
    yield from map(index_rows.foreign_key, row.external)
    if isinstance(record, Incident) and row.extent:
        yield from index_rows.extent_keys(row.extent)


def day_of(path: str) -> int | None:
    """Return the day in the name of an incident's file as an ordinal; None if there is none."""
    try:
        return date.fromisoformat(index_rows.stem_of(path)[4:12]).toordinal()
    except ValueError:
        return None
