"""The published incidents as CSV with a row of HXL hashtags, in the layout of `incidents export hxl`.

The hashtags are those of the HXL 1.1 dictionary; `+min`, `+best`, `+max` and what the dictionary has no attribute for
are attributes of our own, as HXL allows. Prevents: an unknown toll read as zero, and "at least" read as a closed range:
what is open has no maximum.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conflict_incidents.core import csv_injection
from conflict_incidents.core.countries import name_of
from conflict_incidents.release.formats.content import INCIDENTS, Content
from conflict_incidents.tables.dtypes import Row
from conflict_incidents.tables.files import cell, csv_line

FILE = "formats/incidents.hxl.csv"
BESIDE = {FILE: "the published incidents with a row of HXL hashtags, for HDX and other humanitarian tools"}

_OWN = {
    "incident_id": ("#event+code", "incident_id"),
    "title": ("#event+name", "title"),
    "kind": ("#event+type", "kind"),
    "verification": ("#status+verification", "verification"),
    "date_start": ("#date+start", "date_from"),
    "date_end": ("#date+end", "date_to"),
    "date_precision": ("#meta+date+precision", "date_precision"),
    "country_code": ("#country+code", "country"),
    "country": ("#country+name", ""),
    "adm1_code": ("#adm1+code", "adm1_pcode"),
    "adm1": ("#adm1+name", "adm1_name"),
    "adm2_code": ("#adm2+code", "adm2_pcode"),
    "adm2": ("#adm2+name", "adm2_name"),
    "adm3_code": ("#adm3+code", "adm3_pcode"),
    "adm3": ("#adm3+name", "adm3_name"),
    "place": ("#loc+name", "place_name"),
    "place_precision": ("#meta+loc+precision", "place_precision"),
    "latitude": ("#geo+lat", "lat"),
    "longitude": ("#geo+lon", "lon"),
}
SERIES = {
    "killed": ("killed", "total", "#affected+killed"),
    "killed_civilians": ("killed", "civilians", "#affected+killed+civilians"),
    "killed_children": ("killed", "children", "#affected+killed+children"),
    "injured": ("wounded", "total", "#affected+injured"),
    "missing": ("missing", "total", "#affected+missing"),
    "detained": ("detained", "total", "#affected+detained"),
    "displaced": ("displaced", "total", "#affected+displaced"),
    "casualties": ("casualties", "total", "#affected+casualties"),
}
"""What is counted: the beginning of the heading → measure, group, and the hashtag without the bound."""
BOUNDS = ("min", "best", "max")
TAGS: dict[str, str] = {
    **{heading: tag for heading, (tag, _) in _OWN.items()},
    **{f"{name}_{bound}": f"{tag}+{bound}" for name, (_, _, tag) in SERIES.items() for bound in BOUNDS},
    "sources": "#meta+source",
}
"""The hashtag of each heading, in the order of the columns."""


def files(content: Content) -> dict[str, bytes]:
    """A row an incident that holds: headings, hashtags, then the rows; what would run is made harmless."""
    countries = _countries(content)
    sources = _sources(content)
    lines = [csv_line(TAGS), csv_line(TAGS.values())]
    for row in content.rows(INCIDENTS):
        if row["status"] == "published":
            cells = _cells(row, countries) | {"sources": sources.get(str(row["incident_id"]))}
            lines.append(csv_line(_written(cells[heading]) for heading in TAGS))
    return {FILE: ("\n".join(lines) + "\n").encode()}


def _cells(row: Row, countries: Mapping[str, str]) -> Row:
    """The cells of an incident by their headings, the sources apart."""
    code = str(row["country"])
    cells: Row = {heading: row[column] for heading, (_, column) in _OWN.items() if column}
    cells["country"] = countries.get(code) or name_of(code)
    for name, (measure, group, _) in SERIES.items():
        series = measure if group == "total" else f"{measure}_{group}"
        cells[f"{name}_min"] = row[f"{series}_low"]
        cells[f"{name}_best"] = row[f"{series}_best"]
        cells[f"{name}_max"] = None if row[f"{series}_high_open"] else row[f"{series}_high"]
    return cells


def _written(value: Any) -> str:
    return csv_injection.guarded(value) if isinstance(value, str) else cell(value)


def _countries(content: Content) -> dict[str, str]:
    """The name of each country that the registry of places has, by its code; the first of several places."""
    found: dict[str, str] = {}
    for row in content.rows("places"):
        if row["level"] == "country":
            found.setdefault(str(row["country"]), str(row["name"]))
    return found


def _sources(content: Content) -> dict[str, str]:
    """Who published the reports of each incident, in their order, each once."""
    names = {row["organisation_id"]: str(row["name"]) for row in content.rows("organisations")}
    found: dict[str, dict[str, None]] = {}
    for row in sorted(content.rows("reports"), key=lambda row: (str(row["incident_id"]), row["number"])):
        publisher = names.get(row["publisher_id"], str(row["publisher_id"]))
        found.setdefault(str(row["incident_id"]), {})[publisher] = None
    return {incident: "; ".join(publishers) for incident, publishers in found.items()}
