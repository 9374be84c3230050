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
class Group:
    """Some incidents and their killed, with the fields of `tables.totals.Total`; `key` is what they have in common."""

    key: Any
    incidents: int
    low: int | None
    high: int | None
    high_open: bool
    unknown: int
    open_ended: int

    @property
    def toll(self) -> str:
        """The killed: `8,277-9,046 or more` (with an en dash), `at least 7`, `7`, `unknown`."""
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
        """The cells of a row under `HEAD`, but for its name."""
        return f"{self.incidents:,}", self.toll, f"{self.unknown:,}", f"{self.open_ended:,}"


HEAD = ("incidents", "killed", "toll unknown", "open-ended")


def published(incidents: pd.DataFrame) -> pd.DataFrame:
    """The rows of the table `incidents` that aren't tombstones, numbered again."""
    return incidents[(incidents["status"] != "withdrawn").to_numpy(dtype=bool)].reset_index(drop=True)


def of_one_collection(incidents: pd.DataFrame, collections: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """The incidents that can be added up, and sentences on those that are left out.

    They are those of one collection: the largest that is complete for an area, else the largest.
    """
    own = incidents["collection"].astype("string")
    complete = set(collections.loc[collections["is_complete"].fillna(False).astype(bool), "collection_id"])
    sizes = own.fillna("").value_counts()
    if len(sizes) <= 1:
        return incidents, []
    chosen = min(sizes.index, key=lambda id: (id not in complete, -sizes[id], id))
    name = dict(zip(collections["collection_id"], collections["name"], strict=True)).get(chosen, "none")
    others = len(incidents) - int(sizes[chosen])
    note = f"Only incidents of the collection \u201c{name}\u201d are counted; {others:,} of others are left out."
    return incidents[(own.fillna("") == chosen).to_numpy(dtype=bool)].reset_index(drop=True), [note]


def whole(incidents: pd.DataFrame) -> Group:
    """All incidents together."""
    return _group(None, asdict(total(incidents)))


def grouped(incidents: pd.DataFrame, key: str) -> tuple[list[Group], Group | None]:
    """The groups by a key of `tables.totals.by` (units by p-code), sorted, and the incidents whose key isn't known."""
    column = f"{key}_pcode" if key in UNITS else key
    if key in UNITS:  # those without a p-code are one group, whatever the name
        name = f"{key}_name"
        incidents = incidents.assign(**{name: incidents[name].where(incidents[column].notna())})
    rows = by(incidents, key).to_dict("records") if len(incidents) else []
    found = [_group(row[column], row) for row in rows]
    return [one for one in found if not pd.isna(one.key)], next((one for one in found if pd.isna(one.key)), None)


def _group(key: Any, row: Mapping[Any, Any]) -> Group:
    names = ("incidents", "low", "high", "high_open", "unknown", "open_ended")
    values: list[Any] = [None if pd.isna(row[name]) else row[name] for name in names]
    return Group(key, *values)


def count(number: int, noun: str = "incident") -> str:
    """A number with its noun: `1 incident`, `1,866 incidents`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def share(part: int, of: int) -> str:
    """A share in whole percent; what is neither nothing nor all isn't rounded to that."""
    if not of:
        return DASH
    percent = round(100 * part / of)
    if part and not percent:
        return "<1%"
    return ">99%" if percent == 100 and part < of else f"{percent}%"


def killed(group: Group) -> str:
    """Sentences on the killed of some incidents and on how many of these are unknown or open."""
    said = f"Killed: {group.toll}."
    if group.unknown:
        said += f" The toll of {count(group.unknown)} is unknown, which isn't zero."
    if group.open_ended:
        said += f' Of {count(group.open_ended)} no upper end is known ("at least").'
    return said
