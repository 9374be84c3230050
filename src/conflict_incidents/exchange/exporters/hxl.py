"""One row an incident, with an HXL tag row under the header, for humanitarian tools and spreadsheets.

The layout is that of the HXL file of a release, where its hashtags are explained; here it is made of records, so that
it can be had before there is a release. Prevents: an unknown toll read as zero, and "at least" read as a closed range.
"""

from __future__ import annotations

from collections.abc import Iterable

from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.estimates.envelope import headline
from conflict_incidents.exchange.exporters.facts import country_name, precision_of_date, publishers, top, where
from conflict_incidents.exchange.exporters.sheet import Cell, Sheet
from conflict_incidents.records.model import Incident
from conflict_incidents.tables import hxl

HELP = "one row an incident, with an HXL tag row"
LAYOUTS = ("1.1",)

COLUMNS: dict[str, dict[str, str]] = {"1.1": hxl.TAGS}
"""The hashtag of each column, by layout."""


def export(incidents: Iterable[Incident], dataset: Dataset, layout: str) -> Sheet:
    """The incidents as an HXL sheet; text that a spreadsheet would run gets an apostrophe in front."""
    columns = COLUMNS[layout]
    countries: dict[str, str] = {}
    rows = []
    for incident in incidents:
        if incident.country not in countries:
            countries[incident.country] = country_name(incident.country, dataset)
        row = _row(incident, dataset) | {"country": countries[incident.country]}
        rows.append((incident.id, tuple(row.get(column) for column in columns)))
    return Sheet((tuple(columns), tuple(columns.values())), tuple(rows), guarded=True)


def _row(incident: Incident, dataset: Dataset) -> dict[str, Cell]:
    place = where(incident, dataset)
    row: dict[str, Cell] = {
        "incident_id": incident.id,
        "title": incident.title,
        "kind": incident.kind,
        "verification": incident.verification,
        "date_start": incident.date.first if incident.date else None,
        "date_end": incident.date.last if incident.date else None,
        "date_precision": precision_of_date(incident),
        "country_code": incident.country,
        "place": place.name,
        "place_precision": place.precision,
        "latitude": place.lat,
        "longitude": place.lon,
        "sources": "; ".join(dict.fromkeys(publishers(incident.reports.values(), dataset))) or None,
    }
    for level, unit in place.units.items():
        row[f"{level}_code"], row[level] = unit.pcode, unit.name
    estimates = headline(incident)
    for name, (measure, group, _) in hxl.SERIES.items():
        one = estimates.get((measure, group))
        row[f"{name}_min"] = one.low if one else None
        row[f"{name}_best"] = one.best if one else None
        row[f"{name}_max"] = top(one)
    return row
