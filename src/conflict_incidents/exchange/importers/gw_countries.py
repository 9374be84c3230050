"""Country codes for importers."""

from __future__ import annotations

from functools import cache

from conflict_incidents.core.names import fold
from conflict_incidents.core.resources import csv_rows


@cache
def countries() -> tuple[dict[str, str], dict[str, str], dict[str, tuple[str, str]]]:
    """Return ISO 3166-1 alpha-3 by Gleditsch-Ward number and by folded UCDP name, and number and name by ISO code."""
    by_number: dict[str, str] = {}
    by_name: dict[str, str] = {}
    back: dict[str, tuple[str, str]] = {}
    for row in csv_rows(__file__, "gw_countries.csv"):
        by_number.setdefault(row["gwno"], row["iso3"])
        by_name.setdefault(fold(row["name"]), row["iso3"])
        back.setdefault(row["iso3"], (row["gwno"], row["name"]))
    return by_number, by_name, back
