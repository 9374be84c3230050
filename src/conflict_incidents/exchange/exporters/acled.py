"""ACLED's export layout, from our own vocabulary: for programs that read ACLED, not a part of ACLED's data.

Prevents: unknown fatalities becoming 0, and a kind of event, an actor type or an id that ACLED never gave.
"""

from __future__ import annotations

from collections.abc import Iterable

from conflict_incidents.core.crosswalks import ACLED_EVENTS, ACLED_GEO_PRECISION, ACLED_TIME_PRECISION
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.exchange.exporters.facts import (
    country_name,
    external,
    killed,
    named,
    precision_of_date,
    publishers,
    side,
    where,
)
from conflict_incidents.exchange.exporters.sheet import Cell, Sheet
from conflict_incidents.records.model import Incident

HELP = "ACLED's columns; unknown fatalities are empty"
LAYOUTS = ("31",)
SCHEME = "acled"
COLUMNS = {
    "31": (
        "event_id_cnty",
        "event_date",
        "year",
        "time_precision",
        "disorder_type",
        "event_type",
        "sub_event_type",
        "actor1",
        "assoc_actor_1",
        "inter1",
        "actor2",
        "assoc_actor_2",
        "inter2",
        "interaction",
        "civilian_targeting",
        "iso",
        "region",
        "country",
        "admin1",
        "admin2",
        "admin3",
        "location",
        "latitude",
        "longitude",
        "geo_precision",
        "source",
        "source_scale",
        "notes",
        "fatalities",
        "tags",
        "timestamp",
    )
}
"""The columns since March 2023."""

_DISORDER = {"Strategic developments": "Strategic developments"}


def export(incidents: Iterable[Incident], dataset: Dataset, layout: str) -> Sheet:
    """The incidents in ACLED's columns; what came from ACLED and has no field of ours is given back as it came."""
    countries: dict[str, str] = {}
    rows = []
    for incident in incidents:
        if incident.country not in countries:
            countries[incident.country] = country_name(incident.country, dataset)
        row = {"country": countries[incident.country], **_row(incident, dataset)}
        rows.append((incident.id, tuple(row.get(column) for column in COLUMNS[layout])))
    return Sheet((COLUMNS[layout],), tuple(rows))


def _row(incident: Incident, dataset: Dataset) -> dict[str, Cell]:
    place = where(incident, dataset)
    event, sub_event = ACLED_EVENTS.get(incident.kind, (None, None))
    toll = killed(incident)
    first, second = _actors(incident, dataset)
    theirs = external(incident, SCHEME)
    row: dict[str, Cell] = {
        "event_date": incident.date.first if incident.date else None,
        "year": incident.date.first[:4] if incident.date else None,
        "time_precision": ACLED_TIME_PRECISION.get(precision_of_date(incident) or ""),
        "disorder_type": None if event is None else _DISORDER.get(event, "Political violence"),
        "event_type": event,
        "sub_event_type": sub_event,
        "actor1": first,
        "actor2": second,
        "admin1": place.unit("adm1"),
        "admin2": place.unit("adm2"),
        "admin3": place.unit("adm3"),
        "location": place.name,
        "latitude": place.lat,
        "longitude": place.lon,
        "geo_precision": ACLED_GEO_PRECISION.get(place.coded_precision or ""),
        "source": "; ".join(dict.fromkeys(publishers(incident.reports.values(), dataset))) or None,
        "notes": f"{incident.title}. Killed: {toll.text if toll else 'unknown'}.",
        "fatalities": toll.best if toll else None,
    }
    if theirs:  # an importer keeps there what our words can't say; numbers of people are always ours
        row |= {name: value for name, value in theirs.values.items() if name != "fatalities"}
        row["event_id_cnty"] = theirs.id
    return row


def _actors(incident: Incident, dataset: Dataset) -> tuple[str | None, str | None]:
    """Side a and side b; or else the one actor that all accounts name, never one of several that are accused."""
    sides = tuple("; ".join(side(incident, letter, dataset)) or None for letter in ("a", "b"))
    if sides != (None, None):
        return sides[0], sides[1]
    accused = {one.actor for one in incident.attributions}
    names = named(accused, {id: dataset.registry.actor(id) for id in accused})
    return names[0] if len(names) == 1 else None, None
