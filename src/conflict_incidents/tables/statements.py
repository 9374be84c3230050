"""Rows of what a record says beside its counts: sites, reports, attributions, weapons, links and the like."""

from __future__ import annotations

from collections.abc import Iterator

from conflict_incidents.records.fields import Part, listed
from conflict_incidents.records.model import Incident
from conflict_incidents.records.statements import External, Report, Site, Statement
from conflict_incidents.tables.dtypes import Row
from conflict_incidents.tables.row import Lookup, day_and_time, fills, named_units


@fills("sites", Incident)
def sites(incident: Incident, look: Lookup) -> Iterator[Row]:
    """Where in the incident."""
    for number, site in enumerate(incident.sites, start=1):
        yield {
            "incident_id": incident.id,
            "site_id": site.id,
            "number": number,
            "place_id": site.place,
            "kind": site.kind,
            "primary": site is incident.primary,
            "precision": site.precision,
            **named_units(site),
            "lat": site.lat,
            "lon": site.lon,
            "damage": site.damage,
            "note": site.note,
        }


@fills("site_reports", Incident)
def site_reports(incident: Incident, look: Lookup) -> Iterator[Row]:
    """Who names a site as struck, and who says how far it was damaged."""
    for site in incident.sites:
        yield from _site_reports(incident, site, "struck", site.reported)
        yield from _site_reports(incident, site, "damage", [site.damage_said] if site.damage_said else [])


def _site_reports(incident: Incident, site: Site, says: str, statements: list[Statement]) -> Iterator[Row]:
    for number, statement in enumerate(statements, start=1):
        yield {
            "incident_id": incident.id,
            "site_id": site.id,
            "says": says,
            "number": number,
            "originator_id": statement.by,
            "report_id": statement.report,
            "locator": statement.locator,
        }


@fills("reports", Incident)
def reports(incident: Incident, look: Lookup) -> Iterator[Row]:
    """The documents that were read."""
    for number, report in enumerate(incident.reports.values(), start=1):
        yield {"incident_id": incident.id, **read(number, report)}


def read(number: int, report: Report) -> Row:
    """The columns that all tables of reports have."""
    published, published_time = day_and_time(report.published)
    return {
        "report_id": report.id,
        "number": number,
        "publisher_id": report.publisher,
        "url": report.url,
        "published": published,
        "published_time": published_time,
        "accessed": report.accessed,
        "archived": report.archived,
        "archive_url": report.archive_url,
        "sha256": report.sha256,
        "language": report.language,
        "note": report.note,
    }


def _common_columns(incident: Incident, number: int, statement: Statement) -> Row:
    """The columns that every table of statements has."""
    return {
        "incident_id": incident.id,
        "number": number,
        "originator_id": statement.by,
        "report_id": statement.report,
        "locator": statement.locator,
        "note": statement.note,
    }


@fills("attributions", Incident)
def attributions(incident: Incident, look: Lookup) -> Iterator[Row]:
    """Who is said to have done it."""
    for number, said in enumerate(incident.attributions, start=1):
        row = _common_columns(incident, number, said)
        yield {**row, "actor_id": said.actor, "stance": said.stance, "origin_id": said.origin}


@fills("parties", Incident)
def parties(incident: Incident, look: Lookup) -> Iterator[Row]:
    """Who fought whom."""
    for number, party in enumerate(incident.parties, start=1):
        yield {**_common_columns(incident, number, party), "actor_id": party.actor, "side": party.side}


@fills("weapons", Incident)
def weapons(incident: Incident, look: Lookup) -> Iterator[Row]:
    """Which weapons are said to have been used."""
    for number, weapon in enumerate(incident.weapons, start=1):
        yield {**_common_columns(incident, number, weapon), "kind": weapon.kind}


@fills("conditions", Incident)
def conditions(incident: Incident, look: Lookup) -> Iterator[Row]:
    """Circumstances that bear on the toll or on the rescue."""
    for number, condition in enumerate(incident.conditions, start=1):
        yield {**_common_columns(incident, number, condition), "kind": condition.kind}


@fills("caveats", Incident)
def caveats(incident: Incident, look: Lookup) -> Iterator[Row]:
    """What reports say that they could not establish."""
    for number, caveat in enumerate(incident.caveats, start=1):
        yield {**_common_columns(incident, number, caveat), "kind": caveat.kind, "about": caveat.about}


@fills("overrides", Incident)
def overrides(incident: Incident, look: Lookup) -> Iterator[Row]:
    """Best values that editors set."""
    for number, override in enumerate(incident.overrides, start=1):
        yield {
            "incident_id": incident.id,
            "number": number,
            "measure": override.measure,
            "group": override.group,
            "best": override.best,
            "reason": override.reason,
            "editor": override.editor,
            "date": override.date,
        }


@fills("links", Incident, tombstones=True)
def links(incident: Incident, look: Lookup) -> Iterator[Row]:
    """Relations to other released incidents; a tombstone keeps only the one to what replaces it."""
    for number, link in enumerate(incident.links, start=1):
        if link.incident in look.released and (not incident.withdrawn or link.kind == "duplicate_of"):
            yield {
                "incident_id": incident.id,
                "number": number,
                "kind": link.kind,
                "linked_incident_id": link.incident,
                "note": None if incident.withdrawn else link.note,
            }


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
            **_counted_to(external),
        }


def _counted_to(external: External) -> Row:
    """The conflict, the dyad and the sides that the other dataset counts the incident to."""
    conflict, dyad, sides = external.conflict, external.dyad, external.sides
    return {
        "conflict_id": conflict.text("id") if conflict else None,
        "conflict_name": conflict.text("name") if conflict else None,
        "dyad_id": dyad.text("id") if dyad else None,
        "dyad_name": dyad.text("name") if dyad else None,
        "side_a_id": sides.text("a") if sides else None,
        "side_b_id": sides.text("b") if sides else None,
    }


@fills("external_values", Incident)
def external_values(incident: Incident, look: Lookup) -> Iterator[Row]:
    """Values of other datasets, as written there."""
    for number, external in enumerate(incident.external, start=1):
        for value_number, value in enumerate(listed(external.node, "values", Part), start=1):
            yield {
                "incident_id": incident.id,
                "number": number,
                "value_number": value_number,
                "name": value.text("name"),
                "value": value.text("value"),
            }
