"""The columns of UCDP GED in all layouts, from `ucdp_columns.csv`."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

LAYOUTS = ("41", "49")
"""The layouts by number of columns: that of versions up to 19, and that of newer ones."""


@cache
def _columns() -> dict[str, dict[str, str]]:
    with Path(__file__).with_suffix(".csv").open(encoding="utf-8", newline="") as stream:
        return {row["name"]: row for row in csv.DictReader(stream)}


def layout(name: str) -> tuple[str, ...]:
    """Return the columns of a layout, in order."""
    places = {column: int(row[name]) for column, row in _columns().items() if row[name]}
    return tuple(sorted(places, key=places.__getitem__))


def known() -> frozenset[str]:
    """Return all columns of UCDP GED."""
    return frozenset(_columns())


def whole() -> frozenset[str]:
    """Return the columns of whole numbers: ids, codes, years, counts."""
    return frozenset(column for column, row in _columns().items() if row["whole"])


def required() -> tuple[str, ...]:
    """Return the required columns."""
    return tuple(column for column, row in _columns().items() if row["required"])
