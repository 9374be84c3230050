"""One row an incident, with an HXL tag row under the header, for humanitarian tools and spreadsheets.

Hashtags are those of the HXL 1.1 dictionary; `+min`, `+best`, `+max` and what the dictionary has no attribute for are
attributes of our own, as HXL allows. Prevents: an unknown toll read as zero, and "at least" read as a closed range.
"""

from __future__ import annotations

from collections.abc import Iterable

from conflict_incidents.dataset import Dataset
from conflict_incidents.estimate import main
from conflict_incidents.exporters.facts import country_name, precision_of_date, publishers, top, where
from conflict_incidents.exporters.sheet import Cell, Sheet
from conflict_incidents.model import Incident

HELP = "one row an incident, with an HXL tag row"
LAYOUTS = ("1.1",)

_TAGS = {
    "incident_id": "#event+code",
    "title": "#event+name",
    "kind": "#event+type",
    "verification": "#status+verification",
    "date_start": "#date+start",
    "date_end": "#date+end",
    "date_precision": "#meta+date+precision",
    "country_code": "#country+code",
    "country": "#country+name",
    "adm1_code": "#adm1+code",
    "adm1": "#adm1+name",
    "adm2_code": "#adm2+code",
    "adm2": "#adm2+name",
    "adm3_code": "#adm3+code",
    "adm3": "#adm3+name",
    "place": "#loc+name",
    "place_precision": "#meta+loc+precision",
    "latitude": "#geo+lat",
    "longitude": "#geo+lon",
}
_SERIES = {
    "killed": ("killed", "total", "#affected+killed"),
    "killed_civilians": ("killed", "civilians", "#affected+killed+civilians"),
    "killed_children": ("killed", "children", "#affected+killed+children"),
    "injured": ("wounded", "total", "#affected+injured"),
    "missing": ("missing", "total", "#affected+missing"),
    "detained": ("detained", "total", "#affected+detained"),
    "displaced": ("displaced", "total", "#affected+displaced"),
    "casualties": ("casualties", "total", "#affected+casualties"),
}
_BOUNDS = ("min", "best", "max")
COLUMNS: dict[str, dict[str, str]] = {
    "1.1": {
        **_TAGS,
        **{f"{name}_{bound}": f"{tag}+{bound}" for name, (_, _, tag) in _SERIES.items() for bound in _BOUNDS},
        "sources": "#meta+source",
    }
}
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
    estimates = main(incident)
    for name, (measure, group, _) in _SERIES.items():
        one = estimates.get((measure, group))
        row[f"{name}_min"] = one.low if one else None
        row[f"{name}_best"] = one.best if one else None
        row[f"{name}_max"] = top(one)
    return row
