"""UCDP GED's layouts, so that a release can be compared with a UCDP file.

Records imported from UCDP are exported with their original values: counts and dates from the record, other columns from
`external`. Incidents of other sources have empty UCDP ids, and their estimates as counts. Headlines stay empty: they
are copyrighted text, which records don't store.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from math import floor

from conflict_incidents.core.crosswalks import (
    UCDP_CLARITY,
    UCDP_DATE_PREC,
    UCDP_NO_SOURCES,
    UCDP_VIOLENCE,
    UCDP_WHERE_PREC,
)
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.estimates.envelope import headline
from conflict_incidents.exchange import ucdp_columns
from conflict_incidents.exchange.importers.gw_countries import countries
from conflict_incidents.exchange.importers.places import DECIMALS
from conflict_incidents.exchange.ucdp_columns import GROUPS, PUBLISHER, SCHEME
from conflict_incidents.records.model import Incident, Named
from conflict_incidents.records.statements import Claim, External
from conflict_incidents.tables.files import csv_line

Cell = str | int | float | None
"""Text, a number, or None for unknown."""
ONE_SIDED, CIVILIANS = "3", "Civilians"
"""The `type_of_violence` whose side b is always civilians."""


def as_csv(incidents: Iterable[Incident], dataset: Dataset, layout: str) -> Iterator[str]:
    """Yield the incidents in one of UCDP's layouts, line by line."""
    columns = ucdp_columns.layout(layout)
    yield csv_line(columns)
    for incident in incidents:
        row = _row(incident, dataset)
        yield csv_line(text(row.get(column)) for column in columns)


def text(cell: Cell) -> str:
    """Format a cell; unknown is empty."""
    if isinstance(cell, float):
        return f"{cell:.6f}".rstrip("0").rstrip(".") if cell else "0"
    return "" if cell is None else str(cell)


def _date_precision(incident: Incident) -> str | None:
    """Return the precision of the date; for a longer incident, the shortest one that covers its days."""
    date = incident.date
    days = date.days if date else None
    if date is None or days is None:
        return None
    length = (days[1] - days[0]).days + 1
    shortest = (name for name, most in (("day", 1), ("days", 6), ("week", 7), ("month", 31)) if length <= most)
    return date.precision or next(shortest, "year")


def _row(incident: Incident, dataset: Dataset) -> dict[str, Cell]:
    theirs = next((one for one in incident.external if one.scheme == SCHEME), None)
    number, country = countries()[2].get(incident.country, (None, None))
    row: dict[str, Cell] = {"country": country, "country_id": number, **_when(incident), **_where(incident, dataset)}
    row |= {**_party_cells(incident, dataset), **_sources(incident, dataset)}
    if theirs and not row["number_of_sources"]:
        row["number_of_sources"] = UCDP_NO_SOURCES
    row["type_of_violence"] = UCDP_VIOLENCE.get(incident.type_of_violence or "")
    row["event_clarity"] = UCDP_CLARITY.get(incident.clarity or "")
    claim = _their_claim(incident) if theirs else None
    row |= _their_deaths(claim) if claim else _our_deaths(incident)
    if theirs:
        row |= _external_values(theirs)
        if row.get("type_of_violence") == ONE_SIDED and row.get("side_b") is None:
            row["side_b"] = CIVILIANS  # not parties, as civilians don't fight
    row |= _geometry(row)
    return row | {column: _round(row.get(column)) for column in ("latitude", "longitude")}


def _when(incident: Incident) -> dict[str, Cell]:
    date = incident.date
    return {
        "year": date.first[:4] if date else None,
        "date_prec": UCDP_DATE_PREC.get(_date_precision(incident) or ""),
        "date_start": date.first if date else None,
        "date_end": date.last if date else None,
    }


def _where(incident: Incident, dataset: Dataset) -> dict[str, Cell]:
    """Return the public location; of a withdrawn place only the name, of a unit without p-code its name.

    Where no precision is stated, UCDP codes a known position by its place: a town counts as exact.
    """
    site = incident.primary
    place = dataset.registry.place(site.place) if site else None
    holds = place if place and not place.withdrawal else None
    holder = site if site and site.lat is not None else holds
    lat, lon = (holder.lat, holder.lon) if holder else (None, None)
    precision = site.precision if site else None
    if not precision and lat is not None and place:
        precision = place.level if place.level in UCDP_WHERE_PREC else "exact"
    row: dict[str, Cell] = {
        "where_prec": UCDP_WHERE_PREC.get(precision or ""),
        "where_coordinates": place.name if place else None,
        "latitude": lat,
        "longitude": lon,
    }
    for column, level in (("adm_1", "adm1"), ("adm_2", "adm2")):
        unit = dataset.registry.admin_units.get(holds.admin.get(level, "")) if holds else None
        row[column] = unit.name if unit else site.units.text(level) if site and site.units else None
    return row


def _geometry(row: dict[str, Cell]) -> dict[str, Cell]:
    """Return the columns derived from a position, unless known otherwise."""
    lat, lon = row.get("latitude"), row.get("longitude")
    if lat is None or lon is None:
        return {}
    point: dict[str, Cell] = {
        "geom_wkt": f"POINT ({text(_round(lon))} {text(_round(lat))})",
        "priogrid_gid": priogrid(float(lat), float(lon)),
    }
    return {column: value for column, value in point.items() if row.get(column) is None}


def _round(degrees: Cell) -> Cell:
    """Round degrees to 4 decimals, about 10 m."""
    return None if degrees is None or degrees == "" else round(float(degrees), DECIMALS) + 0.0


def priogrid(lat: float, lon: float) -> int:
    """Return the PRIO-GRID cell of a position in degrees: half a degree wide, counted from 90° S, 180° W."""
    row, column = min(floor((lat + 90) * 2), 359), min(floor((lon + 180) * 2), 719)
    return row * 720 + column + 1


def _party_cells(incident: Incident, dataset: Dataset) -> dict[str, Cell]:
    sides = ([party.actor for party in incident.parties if party.side == letter] for letter in "ab")
    a, b = ("; ".join(dict.fromkeys(_names(side, dataset.registry.actor))) or None for side in sides)
    return {"side_a": a, "side_b": b, "dyad_name": f"{a} - {b}" if a and b else None}


def _sources(incident: Incident, dataset: Dataset) -> dict[str, Cell]:
    """Return the articles in UCDP's layout, without headlines or UCDP's own coding, and their first source."""
    find = dataset.registry.organisation
    originators = [by for claim in incident.claims for by in (*claim.originators, *claim.based_on) if by != PUBLISHER]
    articles = [report for report in incident.reports.values() if report.publisher != PUBLISHER]
    days = [(report.published or "")[:10] for report in articles]
    return {
        "number_of_sources": len(articles),
        "source_office": ";".join(_names((report.publisher for report in articles), find)),
        "source_date": ";".join(days) if any(days) else None,
        "source_original": ", ".join(dict.fromkeys(_names(originators, find))) or None,
    }


def _names(ids: Iterable[str], find: Callable[[str], Named | None]) -> list[str]:
    """Return the names of organisations or actors; the id of one that isn't registered."""
    return [record.name if record else id for id, record in ((id, find(id)) for id in ids)]


def _their_claim(incident: Incident) -> Claim | None:
    """Return UCDP's own claim of all killed in the incident as a whole."""
    own = (claim for claim in incident.claims if claim.by == PUBLISHER and not claim.scope.sites)
    return next((claim for claim in own if ("killed", "total") in claim.counts), None)


def _their_deaths(claim: Claim) -> dict[str, Cell]:
    """Return UCDP's original numbers; parts that don't add up are stored separately."""
    total = claim.counts["killed", "total"]
    parts = {group: claim.counts.get(("killed", group)) for group in GROUPS.values()}
    bests = {group: part.min if part.best is None else part.best for group, part in parts.items() if part}
    return {"low": total.min, "best": total.best, "high": total.max} | _parts(bests)


def _our_deaths(incident: Incident) -> dict[str, Cell]:
    """Return our estimates; an open end and an unknown part are empty."""
    estimates = {group: one for (measure, group), one in headline(incident).items() if measure == "killed"}
    parts = _parts({group: one.best for group, one in estimates.items()})
    total = estimates.get("total")
    if total is None:
        return parts
    return parts | {"low": total.low, "best": total.best, "high": None if total.high_open else total.high}


def _parts(bests: Mapping[str, int | None]) -> dict[str, Cell]:
    return {column: bests.get(group) for column, group in GROUPS.items()}


def _external_values(theirs: External) -> dict[str, Cell]:
    """Return the id and the original values without a field in records."""
    parts = {"conflict": theirs.conflict, "dyad": theirs.dyad, "sides": theirs.sides}
    row: dict[str, Cell] = {"id": theirs.id}
    for column, (key, part) in ucdp_columns.EXTERNAL.items():
        if (owner := parts[key]) and (value := owner.text(part)):
            row[column] = value
    return row | theirs.values
