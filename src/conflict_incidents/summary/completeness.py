"""Completeness: of how many incidents each important thing is known, a claimed zero apart from the unknown.

Prevents: a column that is mostly empty being read as a finding, `unspecified` counting as knowledge, and "at least
seven" as a number that is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from conflict_incidents.summary.districts import PLACED

DAYS = ("day", "span")
"""How closely a date is known where its day is."""
COUNTS = {
    "killed": "Killed",
    "killed_civilians": "Killed civilians",
    "killed_children": "Killed children",
    "wounded": "Wounded",
    "missing": "Missing",
    "detained": "Detained",
    "displaced": "Displaced",
    "strikes": "Strikes",
}
"""The counts that a picture shows, by the beginning of their columns' names."""
RELATED = {"parties": "Parties to it", "attributions": "Who did it, by any account", "weapons": "Weapon"}
"""What is known of an incident where another table has a row of it, by that table."""


@dataclass(frozen=True, slots=True)
class Row:
    """Of how many incidents something is known.

    `known` is a value, for counts a number above zero with two ends; `open_ended` a count of which one end isn't known;
    `zero` a count that is zero by every originator. All four together are all incidents.
    """

    label: str
    known: int
    unknown: int
    zero: int | None = None
    open_ended: int | None = None

    @property
    def all(self) -> int:
        """How many incidents there are."""
        return self.known + self.unknown + (self.zero or 0) + (self.open_ended or 0)


@dataclass(frozen=True, slots=True)
class Completeness:
    """The rows by what they are about: when, where, what, and how many."""

    incidents: int
    sections: tuple[tuple[str, tuple[Row, ...]], ...]

    @property
    def rows(self) -> list[Row]:
        """All rows, in order."""
        return [row for _, rows in self.sections for row in rows]


def completeness(incidents: pd.DataFrame, related: Mapping[str, pd.DataFrame]) -> Completeness:
    """How complete incidents are.

    Args:
        incidents: standing rows of the table `incidents`.
        related: the tables of `RELATED` by name, each with `incident_id`.
    """
    ids = incidents["incident_id"]
    where = [
        _known(f"Administrative unit, level {level}", incidents[f"adm{level}_pcode"].notna()) for level in (1, 2, 3)
    ]
    known_kind = incidents["kind"].notna() & (incidents["kind"] != "unspecified").fillna(False)
    return Completeness(
        len(incidents),
        (
            (
                "When",
                (
                    _known("Day", incidents["date_precision"].isin(DAYS)),
                    _known("Time of day", incidents["time"].notna()),
                ),
            ),
            ("Where", (_known("Place, or near it", incidents["place_precision"].isin(PLACED)), *where)),
            (
                "What and who",
                (
                    _known("Kind of incident", known_kind),
                    _known("Grade of verification", incidents["verification"].notna()),
                    *(_known(label, ids.isin(related[table]["incident_id"])) for table, label in RELATED.items()),
                ),
            ),
            ("How many", tuple(_count(label, incidents, measure) for measure, label in COUNTS.items())),
        ),
    )


def _known(label: str, known: pd.Series[Any]) -> Row:
    number = int(known.fillna(False).astype(bool).sum())
    return Row(label, number, len(known) - number)


def _count(label: str, incidents: pd.DataFrame, measure: str) -> Row:
    low, high = (incidents[f"{measure}_{end}"] for end in ("low", "high"))
    known = low.notna() | high.notna()
    is_open = known & (incidents[f"{measure}_high_open"].fillna(False).astype(bool) | low.isna() | high.isna())
    zero = known & ~is_open & (high == 0).fillna(False).astype(bool)
    unknown, open_ended, zeros = (int(rows.sum()) for rows in (~known, is_open, zero))
    return Row(label, len(incidents) - unknown - open_ended - zeros, unknown, zeros, open_ended)
