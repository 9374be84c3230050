"""The number of incidents with each important fact; a claimed zero is counted apart from unknown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from conflict_incidents.release.pictures.districts import DRAWN_PRECISIONS
from conflict_incidents.tables.incidents import SERIES

DAYS = ("day", "span")
"""The precisions of dates with a known day."""
_OPEN = "_high_open"
RELATED_TABLES = {"parties": "parties to it", "attributions": "who did it, by any account", "weapons": "weapon"}
"""The facts that are known if another table has a row of the incident, by table."""


@dataclass(frozen=True, slots=True)
class KnownCounts:
    """The number of incidents for which a fact is known; the numbers add up to all incidents.

    `known` are values, or counts above zero with both ends; `open_ended` are counts with an open end; `zero` are counts
    of 0.
    """

    label: str
    known: int
    open_ended: int
    zero: int
    unknown: int


def completeness(incidents: pd.DataFrame, related: Mapping[str, pd.DataFrame]) -> list[KnownCounts]:
    """Return the completeness of published rows of `incidents`, with the tables of `RELATED_TABLES` by name."""
    ids = incidents["incident_id"]
    facts = {
        "day": incidents["date_precision"].isin(DAYS),
        "time of day": incidents["time"].notna(),
        "place, or near it": incidents["place_precision"].isin(DRAWN_PRECISIONS),
        **{f"administrative unit, level {level}": incidents[f"adm{level}_pcode"].notna() for level in (1, 2, 3)},
        "kind of incident": incidents["kind"].notna() & (incidents["kind"] != "unspecified"),
        "grade of verification": incidents["verification"].notna(),
        **{label: ids.isin(related[table]["incident_id"]) for table, label in RELATED_TABLES.items()},
    }
    rows = [KnownCounts(label, number := int(mask.sum()), 0, 0, len(ids) - number) for label, mask in facts.items()]
    return rows + [_count(incidents, measure) for measure in SERIES]


def _count(incidents: pd.DataFrame, measure: str) -> KnownCounts:
    low, high = (incidents[f"{measure}_{end}"] for end in ("low", "high"))
    unknown = low.isna() & high.isna()
    is_open = ~unknown & (_true(incidents[f"{measure}{_OPEN}"]) | low.isna() | high.isna())
    zero = ~unknown & ~is_open & _true(high == 0)
    exact = ~unknown & ~is_open & ~zero
    return KnownCounts(measure.replace("_", " "), *(int(rows.sum()) for rows in (exact, is_open, zero, unknown)))


def _true(truths: pd.Series[Any]) -> pd.Series[Any]:
    return truths.fillna(False).astype(bool)
