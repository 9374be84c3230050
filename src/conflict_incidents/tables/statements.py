"""Rows of the other parts of a record: sites, reports, attributions, weapons, links and the like."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from conflict_incidents.records.fields import Part, parts_at
from conflict_incidents.records.model import Incident
from conflict_incidents.records.statements import External, Report
from conflict_incidents.tables.contract import Row
from conflict_incidents.tables.row import Lookup, day_and_time, fills, named_units, number_rows, stated_columns


@fills("sites", Incident)
def sites(incident: Incident, look: Lookup) -> Iterator[Row]:
    """The sites of an incident."""
    for number, site in enumerate(incident.sites, start=1):
        yield {
            "incident_id": incident.id,
            "site_id": site.id,
            "number": number,
            "place_id": site.place,
            "primary": site is incident.primary,
            **named_units(site),
            **stated_columns(site, "kind", "precision", "lat", "lon", "damage", "note"),
        }


@fills("site_reports", Incident)
def site_reports(incident: Incident, look: Lookup) -> Iterator[Row]:
    """The reports that name a site as struck, and those on its damage."""
    for site in incident.sites:
        for says, statements in (("struck", site.reported), ("damage", filter(None, [site.damage_statement]))):
            for row in number_rows("incident_id", incident.id, statements, "locator", **STATEMENT_COLUMNS):
                yield row | {"site_id": site.id, "says": says}


@fills("reports", Incident)
def reports(incident: Incident, look: Lookup) -> Iterator[Row]:
    """The documents used as sources."""
    for number, report in enumerate(incident.reports.values(), start=1):
        yield {"incident_id": incident.id, **report_columns(number, report)}


def report_columns(number: int, report: Report) -> Row:
    """Return the columns shared by all tables of reports."""
    published, published_time = day_and_time(report.published)
    return {
        "report_id": report.id,
        "number": number,
        "publisher_id": report.publisher,
        "published": published,
        "published_time": published_time,
        **stated_columns(report, "url", "accessed", "archived", "archive_url", "sha256", "language", "note"),
    }


STATEMENT_COLUMNS = {"originator_id": "by", "report_id": "report"}
"""The columns of originator and report, and the fields of a statement that fill them."""
STATEMENTS = {
    "attributions": {"actor_id": "actor", "stance": "stance", "origin_id": "origin"},
    "parties": {"actor_id": "actor", "side": "side"},
    "weapons": {"kind": "kind"},
    "conditions": {"kind": "kind"},
    "caveats": {"kind": "kind", "about": "about"},
}
"""Lists of statements with a table each: the columns specific to it, and the fields that fill them."""


def _statements(table: str, incident: Incident, look: Lookup) -> Iterator[Row]:
    """Return one row per statement of a list, with originator and report."""
    statements, fields = getattr(incident, table), STATEMENT_COLUMNS | STATEMENTS[table]
    return number_rows("incident_id", incident.id, statements, "locator", "note", **fields)


for _table in STATEMENTS:
    fills(_table, Incident)(partial(_statements, _table))


@fills("overrides", Incident)
def overrides(incident: Incident, look: Lookup) -> Iterator[Row]:
    """Best values set by editors."""
    fields = "measure", "group", "best", "reason", "editor", "date"
    return number_rows("incident_id", incident.id, incident.overrides, *fields)


@fills("links", Incident, tombstones=True)
def links(incident: Incident, look: Lookup) -> Iterator[Row]:
    """Links to other incidents; `filling.limit_to_release` drops those to unreleased ones."""
    for row in number_rows("incident_id", incident.id, incident.links, "kind", "note", linked_incident_id="incident"):
        yield row | ({"note": None} if incident.withdrawn else {})


@fills("external_ids", Incident)
def external_ids(incident: Incident, look: Lookup) -> Iterator[Row]:
    """Ids in other datasets."""
    for number, external in enumerate(incident.external, start=1):
        yield {
            "incident_id": incident.id,
            "number": number,
            "scheme": external.scheme,
            "external_id": external.id,
            "url": external.url,
            **_classification_row(external),
        }


def _classification_row(external: External) -> Row:
    """Return the other dataset's classification of the incident: conflict, dyad and sides."""
    pieces = (("conflict", external.conflict), ("dyad", external.dyad))
    row: Row = {f"{name}_{key}": piece.text(key) if piece else None for name, piece in pieces for key in ("id", "name")}
    return row | {f"side_{side}_id": external.sides.text(side) if external.sides else None for side in "ab"}


@fills("external_values", Incident)
def external_values(incident: Incident, look: Lookup) -> Iterator[Row]:
    """Values of other datasets, as written there."""
    for number, external in enumerate(incident.external, start=1):
        for value_number, value in enumerate(parts_at(external.node, "values", Part), start=1):
            yield {
                "incident_id": incident.id,
                "number": number,
                "value_number": value_number,
                "name": value.text("name"),
                "value": value.text("value"),
            }
