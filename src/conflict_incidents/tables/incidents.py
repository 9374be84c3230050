"""Rows of the table `incidents`: place, dates and the estimates of each measure as columns."""

from __future__ import annotations

from collections.abc import Iterator

from conflict_incidents.estimates.envelope import estimates
from conflict_incidents.estimates.estimate import METHOD, Estimate
from conflict_incidents.records.counts import DECLARED_MEASURES, INCIDENT_SCOPE
from conflict_incidents.records.model import Incident, Place
from conflict_incidents.records.statements import Site
from conflict_incidents.tables.contract import Row, tables
from conflict_incidents.tables.row import Lookup, admin, fills, join_ids, named_units, stated_columns, withdrawal

SERIES = {
    measure.name if group == "total" else f"{measure.name}_{group}": (measure.name, group)
    for measure in DECLARED_MEASURES
    for group in ("total", *measure.columns)
}
"""The measure and group of the columns with a prefix, such as `killed_low`."""
DETAILED_COLUMNS = ("killed", "killed_civilians")
"""The columns of `SERIES` that also have columns on the origin of the numbers."""
_COLUMNS = ("low", "best", "high", "high_open", "agreement")
_DETAILS = ("basis", "low_from", "provisional", "approximate")
UNITS = ("adm1", "adm2", "adm3")
"""The levels of administrative units, the coarsest first."""
SPAN = "span"
"""The precision of an incident that lasted the whole span."""


@fills("incidents", Incident, tombstones=True)
def incidents(incident: Incident, look: Lookup) -> Iterator[Row]:
    """An incident, or its tombstone."""
    tombstone: Row = {
        "incident_id": incident.id,
        "status": incident.status,
        **withdrawal(incident),
        "country": incident.country,
        "record_schema": incident.text("schema"),
    }
    if incident.withdrawn:
        yield dict.fromkeys(tables()["incidents"].names) | tombstone
        return
    all_estimates = estimates(incident)
    yield {
        **tombstone,
        "collection": incident.collection,
        "counted_in": None,  # `filling.limit_to_release` fills it, as it knows all links
        **stated_columns(incident, "title", "kind", "type_of_violence", "clarity", "verification", "note"),
        **_party_row(incident),
        **_when(incident),
        **_where(incident, look),
        "sites": len(incident.sites),
        "reports": len(incident.reports),
        "claims": len(incident.claims),
        "originators": len({name for estimate in all_estimates for name in estimate.originators}),
        **_toll(all_estimates),
        "estimate_method": METHOD,
    }


def _party_row(incident: Incident) -> Row:
    """Return the parties, and the conflict and dyad of the first dataset that gives them."""
    conflicts, dyads = ([getattr(one, key) for one in incident.external] for key in ("conflict", "dyad"))
    sides = {side: join_ids(dict.fromkeys(one.actor for one in incident.parties if one.side == side)) for side in "ab"}
    return {
        "conflict": next((one.text("name") for one in conflicts if one), None),
        "dyad": next((one.text("name") for one in dyads if one), None),
        "side_a": sides["a"],
        "side_b": sides["b"],
    }


def _when(incident: Incident) -> Row:
    date = incident.date
    return {
        "date_from": date.first if date else None,
        "date_to": date.last if date else None,
        "date_precision": (date.precision or SPAN) if date else None,
        **stated_columns(incident, "time", "timezone", "weekday"),
        "year_inferred": incident.year_inferred or None,
    }


def _where(incident: Incident, look: Lookup) -> Row:
    """Return the place of the primary site, and the public position: the site's own, or else its place's."""
    site = incident.primary
    place = look.place(site.place) if site else None
    own = site is not None and site.lat is not None
    holds = place if place and not place.withdrawal else None  # of a withdrawn place only the name is released
    is_at_place = not own and holds is not None and holds.lat is not None
    position = site if own else place if is_at_place else None
    return {
        "place_id": site.place if site else None,
        "place_name": place.name if place else None,
        "lat": position.lat if position else None,
        "lon": position.lon if position else None,
        "position": "site" if own else "place" if is_at_place else None,
        "coordinates": place.coordinates if place and is_at_place else None,
        "place_precision": site.precision if site else None,
        **_units(site, admin(holds, look)),
        "shared_adm_level": _shared_level([look.place(one.place) for one in incident.sites]),
    }


def _units(site: Site | None, units: Row) -> Row:
    """Return the units of the place; at a level without p-code, the name given by a source."""
    names = named_units(site)
    return {**units, **{name: text for name, text in names.items() if units[f"{name[:4]}_pcode"] is None}}


def _shared_level(places: list[Place | None]) -> int:
    """Return the lowest level at which all places are known to be in the same units; all levels for a single place."""
    if len({place.id if place else None for place in places}) == 1:
        return len(UNITS)
    for level, unit in enumerate(UNITS):
        pcodes = {place.admin.get(unit) if place and not place.withdrawal else None for place in places}
        if len(pcodes) != 1 or None in pcodes:
            return level
    return len(UNITS)


def _toll(all_estimates: list[Estimate]) -> Row:
    """Return the columns of the main measures; empty for a measure that isn't counted."""
    of_incident = {(one.measure, one.group): one for one in all_estimates if one.scope == INCIDENT_SCOPE}
    row: Row = {}
    for name, of in SERIES.items():
        columns = (*_COLUMNS, *(_DETAILS if name in DETAILED_COLUMNS else ()))
        row |= {f"{name}_{column}": getattr(of_incident.get(of), column, None) for column in columns}
        row[f"{name}_originators"] = _originators(all_estimates, *of)
    return row


def _originators(all_estimates: list[Estimate], measure: str, group: str) -> int | None:
    """Count the originators of a group of a measure in any scope (any group for the total); None if there are none."""
    matching = [one for one in all_estimates if one.measure == measure and group in {one.group, "total"}]
    return len({name for one in matching for name in one.originators}) if matching else None
