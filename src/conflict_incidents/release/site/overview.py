"""Content of the pages on the whole release: collections, countries, contested incidents, files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from conflict_incidents.release.formats import PURPOSES
from conflict_incidents.release.reader import OpenRelease
from conflict_incidents.release.site import words
from conflict_incidents.release.site.figure import Scale
from conflict_incidents.release.site.incident import Names, View, voices_of
from conflict_incidents.release.site.rows import ReleaseTables, TableRows
from conflict_incidents.tables.contract import CHANGES, Row, Table
from conflict_incidents.tables.files import arrow_frame
from conflict_incidents.tables.totals import total

MAX_CONTESTED = 200
"""The maximum number of contested incidents to list."""
_NEEDED = ("incident_id", "status", "counted_in", "collection", "date_from", "date_to", "killed_low", "killed_best")
_COLUMNS = (*_NEEDED, "killed_high", "killed_high_open")


def list_entry(row: Row) -> View:
    """Make the entry of an incident in a list."""
    return {
        "id": str(row["incident_id"]),
        "title": row["title"],
        "days": words.days(row) if row["date_from"] else "",
        "place": row["place_name"],
        "killed": words.killed(row),
        "withdrawn": row["status"] == "withdrawn",
    }


def group_of(row: Row) -> tuple[str, str]:
    """Return the country and the year in the id of an incident."""
    id = str(row["incident_id"])
    return id[:3], id[4:8]


def contested_entry(row: Row, rows: TableRows, names: Names) -> View | None:
    """Make the entry of a contested incident; None if fewer than two voices give the killed.

    `factor` is the highest number divided by the lowest.
    """
    own = [one for one in rows["voices"] if one["scope"] == "incident" and one["measure"] == "killed"]
    voices = [one for one in own if one["group"] == "total"]
    if row["status"] == "withdrawn" or len({(one["originator_ids"], one["unsourced"]) for one in voices}) < 2:
        return None
    ends = [int(end) for one in voices for end in (one["min"], one["max"]) if end is not None]
    lowest, highest = min(ends), max(ends)
    scale = Scale.of(ends)
    return {
        "row": row,
        "days": words.days(row),
        "words": words.killed(row),
        "factor": f"{highest / lowest:.1f}".removesuffix(".0") if lowest and highest > lowest else "",
        "rank": (-(highest + 1) / (lowest + 1), str(row["incident_id"])),
        "scale": scale,
        "voices": voices_of(voices, scale, names),
    }


def collections(release: OpenRelease, tables: ReleaseTables) -> list[View]:
    """Return the collections that have incidents, each with its total."""
    frame = arrow_frame(release.arrow("incidents", _COLUMNS), release.tables["incidents"])
    frame = frame[frame["status"] != "withdrawn"]
    names = {row["collection_id"]: str(row["name"]) for row in tables.rows("collections")}
    return [
        {
            "name": "in no collection" if pd.isna(id) else names.get(str(id), str(id)),
            "total": (sums := total(own, "killed", mixed=True)),
            "killed": words.estimate(sums.low, sums.high, sums.high_open),
            "first": f"{own['date_from'].min():%Y-%m-%d}",
            "last": f"{own['date_to'].max():%Y-%m-%d}",
        }
        for id, own in frame.groupby("collection", dropna=False, sort=True)
    ]


def countries(
    groups: Mapping[tuple[str, str], Sequence[View]],
) -> list[tuple[str, list[tuple[str, int, str]]]]:
    """Return the countries by name, each with the number of incidents and the page of each year."""
    pages: dict[str, list[tuple[str, int, str]]] = {}
    for (code, year), incidents in sorted(groups.items()):
        pages.setdefault(words.country(code), []).append((year, len(incidents), f"incidents/{code}-{year}.html"))
    return sorted(pages.items())


def table_files(release: OpenRelease, tables: ReleaseTables) -> list[tuple[Table, int, int, int]]:
    """Return the tables, each with the number of its rows and the sizes of its files."""
    sizes = {name: file.stat().st_size for name, file in release.files.items()}
    return [
        (table, tables.count(name), sizes[f"{name}.csv"], sizes[f"{name}.parquet"])
        for name, table in release.tables.items()
    ]


def other_files(release: OpenRelease) -> list[tuple[str, str, int, str]]:
    """Return the other files, each with its purpose, its size and its hash."""
    of_tables = {f"{name}.{kind}" for name in release.tables for kind in ("csv", "parquet")}
    names = sorted(release.sums.keys() - of_tables)
    return [(name, PURPOSES.get(name, ""), release.files[name].stat().st_size, release.sums[name]) for name in names]


def changes_since(release: OpenRelease, tables: ReleaseTables) -> dict[str, Any]:
    """Return the version of the release before, and the number of changes since by kind."""
    entry = next(one for one in release.descriptor["resources"] if one["name"] == CHANGES)
    compared = entry.get("comparedWith")
    kinds = Counter(str(row["kind"]) for row in tables.rows(CHANGES))
    return {"since": compared.get("version") if isinstance(compared, dict) else None, "changes": sorted(kinds.items())}
