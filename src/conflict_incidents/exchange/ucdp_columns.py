"""The columns of UCDP GED in all layouts, from `ucdp_columns.csv`."""

from __future__ import annotations

from conflict_incidents.core.resources import csv_rows

SCHEME = "ucdp-ged"
PUBLISHER = "ucdp"
"""The id of UCDP as an organisation and of its coding as a report."""
LAYOUTS = ("41", "49")
"""The layouts by number of columns: that of versions up to 19, and that of newer ones."""
_COLUMNS = {row["name"]: row for row in csv_rows(__file__, "ucdp_columns.csv")}
KNOWN = frozenset(_COLUMNS)
WHOLE = frozenset(column for column, row in _COLUMNS.items() if row["whole"])
"""The columns of whole numbers: ids, codes, years, counts."""
REQUIRED = tuple(column for column, row in _COLUMNS.items() if row["required"])
EXTERNAL = {column: row["external"].split(".") for column, row in _COLUMNS.items() if row["external"]}
"""Columns of UCDP's classification, with their keys in `external`; of two with one key, the first nonempty one."""
LEFT_OUT = {column: row["left_out"] for column, row in _COLUMNS.items() if row["left_out"]}
"""Columns that are left out, with the reasons: they can be restored from other fields, are texts of others, or aren't
needed.
"""
GROUPS = {column: row["group"] for column, row in _COLUMNS.items() if row["group"]}
"""Columns of disjoint parts of `best`, with our groups of people; in every row of UCDP's, the four add up to it."""


def layout(name: str) -> tuple[str, ...]:
    """Return the columns of a layout, in order."""
    places = {column: int(row[name]) for column, row in _COLUMNS.items() if row[name]}
    return tuple(sorted(places, key=places.__getitem__))
