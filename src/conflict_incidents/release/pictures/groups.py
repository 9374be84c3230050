"""The published incidents of a release and their tolls by group, with labels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd

from conflict_incidents.tables.grouping import UNITS
from conflict_incidents.tables.totals import by, total

DASH = "\N{EN DASH}"


@dataclass(frozen=True, slots=True)
class IncidentGroup:
    """A group of incidents and their killed, with the fields of `tables.totals.Total`; `key` is their common value."""

    key: Any
    incidents: int
    low: int | None
    high: int | None
    high_open: bool
    unknown: int
    open_ended: int

    @property
    def toll(self) -> str:
        """Format the killed: `8,277-9,046 or more` (with an en dash), `at least 7`, `7`, `unknown`."""
        low, high = self.low, self.high
        if low is None:
            return "unknown" if high is None else f"{'up to' if self.high_open else 'at most'} {high:,}{self._more}"
        if high is None or low == high:
            return f"at least {low:,}" if self.high_open or high is None else f"{low:,}"
        return f"{low:,}{DASH}{high:,}{self._more}"

    @property
    def _more(self) -> str:
        return " or more" if self.high_open else ""

    @property
    def cells(self) -> tuple[str, str, str, str]:
        """Return the cells of a row under `HEAD`, without the name."""
        return f"{self.incidents:,}", self.toll, f"{self.unknown:,}", f"{self.open_ended:,}"


HEAD = ("incidents", "killed", "toll unknown", "open-ended")


def published_rows(incidents: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the table `incidents` without tombstones, renumbered."""
    return incidents[(incidents["status"] != "withdrawn").to_numpy(dtype=bool)].reset_index(drop=True)


def of_one_collection(incidents: pd.DataFrame, collections: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Return the incidents of one collection, which can be added up, and sentences on those left out.

    The collection is the largest that is complete for an area, or else the largest.
    """
    own = incidents["collection"].astype("string")
    complete = set(collections["collection_id"][collections["is_complete"].fillna(False).astype(bool)])
    sizes = own.fillna("").value_counts()
    if len(sizes) <= 1:
        return incidents, []
    collection = min(sizes.index, key=lambda id: (id not in complete, -sizes[id], id))
    name = dict(zip(collections["collection_id"], collections["name"], strict=True)).get(collection, "none")
    others = len(incidents) - int(sizes[collection])
    note = f"Only incidents of the collection \u201c{name}\u201d are counted; {others:,} of others are left out."
    return incidents[(own.fillna("") == collection).to_numpy(dtype=bool)].reset_index(drop=True), [note]


def all_incidents(incidents: pd.DataFrame) -> IncidentGroup:
    """Return all incidents as one group."""
    return _group(None, asdict(total(incidents)))


def group_by(incidents: pd.DataFrame, key: str) -> tuple[list[IncidentGroup], IncidentGroup | None]:
    """Return the groups by a key of `tables.totals.by` (units by p-code), sorted, and the group with an unknown key."""
    column = f"{key}_pcode" if key in UNITS else key
    if key in UNITS:  # units without a p-code form one group, regardless of name
        name = f"{key}_name"
        incidents = incidents.assign(**{name: incidents[name].where(incidents[column].notna())})
    rows = by(incidents, key).to_dict("records") if len(incidents) else []
    groups = [_group(row[column], row) for row in rows]
    return [one for one in groups if not pd.isna(one.key)], next((one for one in groups if pd.isna(one.key)), None)


def _group(key: Any, row: Mapping[Any, Any]) -> IncidentGroup:
    names = ("incidents", "low", "high", "high_open", "unknown", "open_ended")
    values: list[Any] = [None if pd.isna(row[name]) else row[name] for name in names]
    return IncidentGroup(key, *values)


def count(number: int, noun: str = "incident") -> str:
    """Format a number with its noun: `1 incident`, `1,866 incidents`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def share(part: int, of: int) -> str:
    """Format a share in whole percent, rounding only exact values to 0 or 100."""
    if not of:
        return DASH
    percent = round(100 * part / of)
    if part and not percent:
        return "<1%"
    return ">99%" if percent == 100 and part < of else f"{percent}%"


def killed_phrase(group: IncidentGroup) -> str:
    """Describe the killed of a group, and the number of unknown and open tolls."""
    text = f"Killed: {group.toll}."
    if group.unknown:
        text += f" The toll of {count(group.unknown)} is unknown, which isn't zero."
    if group.open_ended:
        text += f' Of {count(group.open_ended)} no upper end is known ("at least").'
    return text
