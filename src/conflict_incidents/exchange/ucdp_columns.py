"""UCDP GED's columns in all layouts, as `ucdp_columns.csv` lists them."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

LAYOUTS = ("41", "49")
"""The layouts by their number of columns: that of versions up to 19, and that of the newer ones."""


@cache
def _columns() -> dict[str, dict[str, str]]:
    with Path(__file__).with_suffix(".csv").open(encoding="utf-8", newline="") as stream:
        return {row["name"]: row for row in csv.DictReader(stream)}


def layout(name: str) -> tuple[str, ...]:
    """The columns of a layout, in its order."""
    places = {column: int(row[name]) for column, row in _columns().items() if row[name]}
    return tuple(sorted(places, key=places.__getitem__))


def known() -> frozenset[str]:
    """Every column of UCDP's."""
    return frozenset(_columns())


def whole() -> frozenset[str]:
    """The columns whose numbers are whole ones: ids, codes, years, counts."""
    return frozenset(column for column, row in _columns().items() if row["whole"])


def required() -> tuple[str, ...]:
    """The columns without which a row says too little."""
    return tuple(column for column, row in _columns().items() if row["required"])
