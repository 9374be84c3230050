"""The published incidents as CSV with a row of HXL hashtags.

The hashtags are those of the HXL 1.1 dictionary; `+min`, `+best`, `+max` and others are custom attributes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from conflict_incidents.core import csv_injection
from conflict_incidents.core.countries import name_of
from conflict_incidents.release.formats.content import INCIDENTS, FileContent, ReleaseContent
from conflict_incidents.tables import hxl
from conflict_incidents.tables.contract import Row
from conflict_incidents.tables.files import cell, csv_line

FILE = "formats/incidents.hxl.csv"
FILES = {FILE: "the published incidents with a row of HXL hashtags, for HDX and other humanitarian tools"}


def files(content: ReleaseContent) -> dict[str, FileContent]:
    """Return headings, hashtags, and a row per published incident, with formulas escaped."""
    return {FILE: (f"{line}\n".encode() for line in _lines(content))}


def _lines(content: ReleaseContent) -> Iterator[str]:
    countries = _countries(content)
    sources = dict(_sources(content))
    yield csv_line(hxl.TAGS)
    yield csv_line(hxl.TAGS.values())
    for row in content.rows(INCIDENTS):
        if row["status"] == "published":
            cells = _cells(row, countries) | {"sources": sources.get(str(row["incident_id"]))}
            yield csv_line(_cell_text(cells[heading]) for heading in hxl.TAGS)


def _cells(row: Row, countries: Mapping[str, str]) -> Row:
    """Return the cells of an incident by heading, except for the sources."""
    code = str(row["country"])
    cells: Row = {heading: row[column] for heading, (_, column) in hxl.COLUMNS.items() if column}
    cells["country"] = countries.get(code) or name_of(code)
    for name, (measure, group, _) in hxl.SERIES.items():
        series = measure if group == "total" else f"{measure}_{group}"
        cells[f"{name}_min"] = row[f"{series}_low"]
        cells[f"{name}_best"] = row[f"{series}_best"]
        cells[f"{name}_max"] = None if row[f"{series}_high_open"] else row[f"{series}_high"]
    return cells


def _cell_text(value: Any) -> str:
    return csv_injection.escape_formula(value) if isinstance(value, str) else cell(value)


def _countries(content: ReleaseContent) -> dict[str, str]:
    """Return the name of each country in the registry of places by code; the first of several places."""
    names: dict[str, str] = {}
    for row in content.rows("places"):
        if row["level"] == "country":
            names.setdefault(str(row["country"]), str(row["name"]))
    return names


def _sources(content: ReleaseContent) -> Iterator[tuple[str, str]]:
    """Yield each incident that has reports, and their publishers without duplicates."""
    names = {row["organisation_id"]: str(row["name"]) for row in content.rows("organisations")}
    for incident, reports in groupby(content.rows("reports"), key=lambda row: str(row["incident_id"])):
        ids = [row["publisher_id"] for row in sorted(reports, key=lambda row: int(str(row["number"])))]
        yield incident, "; ".join(dict.fromkeys(names.get(id, str(id)) for id in ids))
