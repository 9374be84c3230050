"""UCDP GED's layouts, so that a release can be compared with the UCDP file that its users already have.

What came from UCDP is given back as it came: counts and dates from the record, what a record has no field for from
`external`. Incidents that were never in UCDP have empty UCDP ids, and what their estimates say. Headlines stay empty:
they are other people's sentences, and records don't hold them.

Prevents: a round trip that loses a count or a date, and a number of ours that passes for one of UCDP's.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import floor

from conflict_incidents.core.crosswalks import (
    UCDP_CLARITY,
    UCDP_DATE_PREC,
    UCDP_NOT_LISTED,
    UCDP_VIOLENCE,
    UCDP_WHERE_PREC,
)
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.estimates.envelope import headline
from conflict_incidents.exchange.exporters.facts import (
    Where,
    external,
    named,
    precision_of_date,
    publishers,
    side,
    top,
    where,
)
from conflict_incidents.exchange.exporters.sheet import Cell, Sheet, text
from conflict_incidents.exchange.importers.gw_countries import countries
from conflict_incidents.exchange.importers.places import DECIMALS
from conflict_incidents.records.model import Incident
from conflict_incidents.records.statements import Claim, External

HELP = "the layout of UCDP GED"
LAYOUTS = ("41", "49")
SCHEME = "ucdp-ged"
COLUMNS = {
    "41": (
        "id",
        "year",
        "active_year",
        "type_of_violence",
        "conflict_new_id",
        "conflict_name",
        "dyad_new_id",
        "dyad_name",
        "side_a_new_id",
        "side_a",
        "side_b_new_id",
        "gwnob",
        "side_b",
        "number_of_sources",
        "source_article",
        "source_office",
        "source_date",
        "source_headline",
        "source_original",
        "where_prec",
        "where_coordinates",
        "adm_1",
        "adm_2",
        "latitude",
        "longitude",
        "geom_wkt",
        "priogrid_gid",
        "country",
        "country_id",
        "region",
        "event_clarity",
        "date_prec",
        "date_start",
        "date_end",
        "deaths_a",
        "deaths_b",
        "deaths_civilians",
        "deaths_unknown",
        "low",
        "best",
        "high",
    ),
    "49": (
        "id",
        "relid",
        "year",
        "active_year",
        "code_status",
        "type_of_violence",
        "conflict_dset_id",
        "conflict_new_id",
        "conflict_name",
        "dyad_dset_id",
        "dyad_new_id",
        "dyad_name",
        "side_a_dset_id",
        "side_a_new_id",
        "side_a",
        "side_b_dset_id",
        "side_b_new_id",
        "side_b",
        "number_of_sources",
        "source_article",
        "source_office",
        "source_date",
        "source_headline",
        "source_original",
        "where_prec",
        "where_coordinates",
        "where_description",
        "adm_1",
        "adm_2",
        "latitude",
        "longitude",
        "geom_wkt",
        "priogrid_gid",
        "country",
        "country_id",
        "region",
        "event_clarity",
        "date_prec",
        "date_start",
        "date_end",
        "deaths_a",
        "deaths_b",
        "deaths_civilians",
        "deaths_unknown",
        "best",
        "high",
        "low",
        "gwnoa",
        "gwnob",
    ),
}
"""The columns of versions up to 19 (41) and of the newer ones (49)."""
ITSELF = "ucdp"
"""The organisation that UCDP is, as the publisher of its own coding."""
ONE_SIDED, CIVILIANS = "3", "Civilians"
"""The `type_of_violence` whose side b is always this."""
DEATHS = {
    "deaths_a": "side_a",
    "deaths_b": "side_b",
    "deaths_civilians": "civilians",
    "deaths_unknown": "unknown_status",
}
"""Columns of the dead and our groups of people. In every row of UCDP's, the four add up to `best`."""


def export(incidents: Iterable[Incident], dataset: Dataset, layout: str) -> Sheet:
    """The incidents in one of UCDP's layouts."""
    columns = COLUMNS[layout]
    rows = []
    for incident in incidents:
        row = _row(incident, dataset)
        rows.append((incident.id, tuple(row.get(column) for column in columns)))
    return Sheet((columns,), tuple(rows))


def _row(incident: Incident, dataset: Dataset) -> dict[str, Cell]:
    theirs = external(incident, SCHEME)
    place = where(incident, dataset)
    number, country = countries()[2].get(incident.country, (None, None))
    row: dict[str, Cell] = {"country": country, "country_id": number, **_when(incident), **_where(place)}
    row |= {**_who(incident, dataset), **_sources(incident, dataset)}
    if theirs and not row["number_of_sources"]:
        row["number_of_sources"] = UCDP_NOT_LISTED
    row["type_of_violence"] = UCDP_VIOLENCE.get(incident.type_of_violence or "")
    row["event_clarity"] = UCDP_CLARITY.get(incident.clarity or "")
    claim = _their_claim(incident) if theirs else None
    row |= _their_deaths(claim) if claim else _our_deaths(incident)
    if theirs:
        row |= _kept(theirs)
        if row.get("type_of_violence") == ONE_SIDED and row.get("side_b") is None:
            row["side_b"] = CIVILIANS  # no party, for civilians don't fight
    row |= _geometry(row)
    return row | {column: _rounded(row.get(column)) for column in ("latitude", "longitude")}


def _when(incident: Incident) -> dict[str, Cell]:
    date = incident.date
    return {
        "year": date.first[:4] if date else None,
        "date_prec": UCDP_DATE_PREC.get(precision_of_date(incident) or ""),
        "date_start": date.first if date else None,
        "date_end": date.last if date else None,
    }


def _where(place: Where) -> dict[str, Cell]:
    return {
        "where_prec": UCDP_WHERE_PREC.get(place.coded_precision or ""),
        "where_coordinates": place.name,
        "adm_1": place.unit("adm1"),
        "adm_2": place.unit("adm2"),
        "latitude": place.lat,
        "longitude": place.lon,
    }


def _geometry(row: dict[str, Cell]) -> dict[str, Cell]:
    """What follows from a position, where it isn't known otherwise."""
    lat, lon = row.get("latitude"), row.get("longitude")
    if lat is None or lon is None:
        return {}
    point: dict[str, Cell] = {
        "geom_wkt": f"POINT ({text(_rounded(lon))} {text(_rounded(lat))})",
        "priogrid_gid": priogrid(float(lat), float(lon)),
    }
    return {column: value for column, value in point.items() if row.get(column) is None}


def _rounded(degrees: Cell) -> Cell:
    """Degrees to 4 decimals, about 10 m."""
    return None if degrees is None or degrees == "" else round(float(degrees), DECIMALS) + 0.0


def priogrid(lat: float, lon: float) -> int:
    """The PRIO-GRID cell of a position in degrees: half a degree wide, counted from 90° S, 180° W."""
    row, column = min(floor((lat + 90) * 2), 359), min(floor((lon + 180) * 2), 719)
    return row * 720 + column + 1


def _who(incident: Incident, dataset: Dataset) -> dict[str, Cell]:
    a, b = ("; ".join(side(incident, letter, dataset)) or None for letter in ("a", "b"))
    return {"side_a": a, "side_b": b, "dyad_name": f"{a} - {b}" if a and b else None}


def _sources(incident: Incident, dataset: Dataset) -> dict[str, Cell]:
    """Articles as UCDP lists them, without their headlines, and who first told; UCDP's own coding is no article."""
    said = [by for claim in incident.claims for by in (*claim.originators, *claim.based_on)]
    originators = [by for by in said if by != ITSELF]
    articles = [report for report in incident.reports.values() if report.publisher != ITSELF]
    days = [(report.published or "")[:10] for report in articles]
    return {
        "number_of_sources": len(articles),
        "source_office": ";".join(publishers(articles, dataset)),
        "source_date": ";".join(days) if any(days) else None,
        "source_original": ", ".join(named(originators, {id: dataset.registry.organisation(id) for id in originators}))
        or None,
    }


def _their_claim(incident: Incident) -> Claim | None:
    """UCDP's own claim of all killed in the incident as a whole."""
    return next(
        (
            claim
            for claim in incident.claims
            if claim.by == ITSELF and ("killed", "total") in claim.counts and not claim.scope.sites
        ),
        None,
    )


def _their_deaths(claim: Claim) -> dict[str, Cell]:
    """UCDP's numbers as they came; parts that don't add up are kept beside."""
    total = claim.counts["killed", "total"]
    row: dict[str, Cell] = {"low": total.min, "best": total.best, "high": total.max}
    for column, group in DEATHS.items():
        part = claim.counts.get(("killed", group))
        row[column] = (part.min if part.best is None else part.best) if part else None
    return row


def _our_deaths(incident: Incident) -> dict[str, Cell]:
    """What our estimates say; an open end and an unknown part are empty."""
    estimates = headline(incident)
    total = estimates.get(("killed", "total"))
    row: dict[str, Cell] = {
        "low": total.low if total else None,
        "best": total.best if total else None,
        "high": top(total),
    }
    for column, group in DEATHS.items():
        part = estimates.get(("killed", group))
        row[column] = part.best if part else None
    return row


def _kept(theirs: External) -> dict[str, Cell]:
    """The id and the values that a record has no field for, as they came."""
    conflict, dyad, sides = theirs.conflict, theirs.dyad, theirs.sides
    row: dict[str, Cell] = {"id": theirs.id}
    if conflict:
        row |= {"conflict_new_id": conflict.text("id"), "conflict_name": conflict.text("name")}
    if dyad:
        row |= {"dyad_new_id": dyad.text("id"), "dyad_name": dyad.text("name")}
    if sides:
        row |= {"side_a_new_id": sides.text("a"), "side_b_new_id": sides.text("b")}
    return {**{column: value for column, value in row.items() if value}, **theirs.values}
