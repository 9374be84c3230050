"""The number of incidents with each important fact; a claimed zero is counted apart from unknown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from conflict_incidents.release.pictures.districts import PLACED
from conflict_incidents.tables import contract

DAYS = ("day", "span")
"""How closely a date is known where its day is."""
_OPEN = "_high_open"
COUNTS = tuple(name.removesuffix(_OPEN) for name in contract.tables()["incidents"].names if name.endswith(_OPEN))
"""The counts that a picture shows, by the beginning of their columns' names."""
RELATED = {"parties": "parties to it", "attributions": "who did it, by any account", "weapons": "weapon"}
"""What is known of an incident where another table has a row of it, by that table."""


@dataclass(frozen=True, slots=True)
class KnownCounts:
    """Of how many incidents something is known; all numbers together are all incidents.

    `known` is a value, for counts a number above zero with two ends; `open_ended` a count of which one end isn't known;
    `zero` a count of 0.
    """

    label: str
    known: int
    open_ended: int
    zero: int
    unknown: int


def completeness(incidents: pd.DataFrame, related: Mapping[str, pd.DataFrame]) -> list[KnownCounts]:
    """How complete published rows of the table `incidents` are, with the tables of `RELATED` by name."""
    ids = incidents["incident_id"]
    known = {
        "day": incidents["date_precision"].isin(DAYS),
        "time of day": incidents["time"].notna(),
        "place, or near it": incidents["place_precision"].isin(PLACED),
        **{f"administrative unit, level {level}": incidents[f"adm{level}_pcode"].notna() for level in (1, 2, 3)},
        "kind of incident": incidents["kind"].notna() & (incidents["kind"] != "unspecified"),
        "grade of verification": incidents["verification"].notna(),
        **{label: ids.isin(related[table]["incident_id"]) for table, label in RELATED.items()},
    }
    rows = [KnownCounts(label, number := int(there.sum()), 0, 0, len(ids) - number) for label, there in known.items()]
    return rows + [_count(incidents, measure) for measure in COUNTS]


def _count(incidents: pd.DataFrame, measure: str) -> KnownCounts:
    low, high = (incidents[f"{measure}_{end}"] for end in ("low", "high"))
    unknown = low.isna() & high.isna()
    is_open = ~unknown & (_true(incidents[f"{measure}{_OPEN}"]) | low.isna() | high.isna())
    zero = ~unknown & ~is_open & _true(high == 0)
    known = ~unknown & ~is_open & ~zero
    return KnownCounts(measure.replace("_", " "), *(int(rows.sum()) for rows in (known, is_open, zero, unknown)))


def _true(truths: pd.Series[Any]) -> pd.Series[Any]:
    return truths.fillna(False).astype(bool)
