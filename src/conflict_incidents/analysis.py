"""Sums and groups that analysts keep writing by hand, right about the unknown.

All take a frame of the table `incidents`, as `load` gives it, or any part of its rows. Prevents: a total in which an
unknown toll counts as zero, an open end as closed, a withdrawn incident as one more, and an incident that lasted from
one month into the next as one of either.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

TIMES = {"year": "Y", "month": "M", "day": "D"}
"""Words for a stretch of time that `by` takes, with pandas' own for it."""
SHORT = {"adm1": "adm1_name", "adm2": "adm2_name", "adm3": "adm3_name"}
"""Words that `by` takes for a column."""
ITEMS = ";"
"""What separates the items of a cell that holds several."""
_NEEDED = ("low", "best", "high", "high_open")


class AnalysisError(ValueError):
    """A frame that lacks what is asked for; the message names it, and what there is."""


@dataclass(frozen=True, slots=True)
class Total:
    """What the estimates of some incidents come to together.

    `low` is the sum of the lows: so many are vouched for, if no incident stands twice. `best` is the sum of the best
    values where every incident whose toll is known has one, else None: a sum over some would be less than it says.
    `high` is the sum of the highs that are known; `high_open` says that the number may be higher, since an estimate is
    open or an incident's toll unknown. All are None where nothing is known.

    `incidents` were looked at, withdrawn ones not among them; of these `unknown` have no estimate, `open_ended` one
    with an open end, and `without_best` one without a best value.
    """

    measure: str
    low: int | None
    best: int | None
    high: int | None
    high_open: bool
    incidents: int
    unknown: int
    open_ended: int
    without_best: int

    def __str__(self) -> str:
        """As a sentence says it: `killed: 4012-4388 or more in 1866 incidents (2 unknown, 1 open-ended)`."""
        gaps = [(self.unknown, "unknown"), (self.open_ended, "open-ended"), (self.without_best, "without a best value")]
        said = ", ".join(f"{number} {what}" for number, what in gaps if number)
        return f"{self.measure}: {self._range} in {self.incidents} incidents{f' ({said})' if said else ''}"

    @property
    def _range(self) -> str:
        if self.low is None:
            return "unknown"
        more = " or more" if self.high_open else ""
        best = "" if self.best is None or self.low == self.high else f", best {self.best}"
        return f"{self.low}{more}{best}" if self.low == self.high else f"{self.low}-{self.high}{more}{best}"


def total(df: pd.DataFrame, measure: str = "killed") -> Total:
    """What the estimates of a measure come to over all incidents of a frame.

    Args:
        df: rows of the table `incidents`.
        measure: the beginning of the columns' names: `killed`, `killed_civilians`, `wounded` …

    Raises:
        AnalysisError: the frame has no such columns.
    """
    rows = _standing(df, measure)
    low, best, high = (rows[f"{measure}_{end}"] for end in ("low", "best", "high"))
    known = low.notna() | high.notna()
    is_open = known & _true(rows[f"{measure}_high_open"])
    without_best = int((known & best.isna()).sum())
    unknown = int((~known).sum())
    return Total(
        measure=measure,
        low=_sum(low),
        best=None if without_best else _sum(best),
        high=_sum(high),
        high_open=bool(is_open.any()) or unknown > 0,
        incidents=len(rows),
        unknown=unknown,
        open_ended=int(is_open.sum()),
        without_best=without_best,
    )


def by(df: pd.DataFrame, *keys: str, measure: str = "killed") -> pd.DataFrame:
    """The total of a measure for each group of incidents.

    An incident that isn't known to lie within one month (or year, or day) belongs to none: such incidents form a group
    of their own, whose key is NA. Nothing is divided. Groups without incidents don't appear: that nothing was recorded
    doesn't mean that nothing happened.

    Args:
        df: rows of the table `incidents`.
        keys: columns of the frame, `adm1`, `adm2`, `adm3` for the names of the units, or `year`, `month`, `day`.
        measure: as for `total`.

    Returns:
        A row a group, sorted: the keys (times as the first day), then `incidents`, `low`, `best`, `high` (Int64),
        `high_open` (boolean), `unknown`, `open_ended`, `without_best` (Int64).

    Raises:
        AnalysisError: the frame has no such columns, or no key is named.
    """
    if not keys:
        raise AnalysisError("name what to group by: a column, or one of " + ", ".join([*TIMES, *SHORT]))
    rows = _standing(df, measure)
    grouped = pd.DataFrame({key: _key(rows, key) for key in keys}, index=rows.index)
    numbers = rows[[f"{measure}_{end}" for end in _NEEDED]]  # all columns of each group would take far longer
    found = []
    for values, group in grouped.groupby(list(keys), dropna=False, observed=True, sort=True):
        found.append([*values, *_numbers(total(numbers.loc[group.index], measure))])
    table = pd.DataFrame(found, columns=[*keys, *_RESULT])
    for key in keys:
        table[key] = pd.Series(table[key], dtype=grouped[key].dtype)
    return table.astype(_RESULT)


def explode(df: pd.DataFrame, column: str) -> pd.DataFrame:
    """A frame with a row for each item of a cell that holds several, such as `via` or `supersedes` of the claims.

    Rows without an item stay, with NA. Numbers in the other columns are repeated: don't add them up.

    Args:
        df: a table, as `load` gives it.
        column: a column of texts whose items are separated by semicolons.

    Raises:
        AnalysisError: the frame has no such column.
    """
    _require(df, [column])
    items = df[column].astype("string").str.split(ITEMS)
    parted = df.assign(**{column: items}).explode(column, ignore_index=True)
    return parted.assign(**{column: parted[column].astype("string").str.strip()})


_RESULT = {
    "incidents": "Int64",
    "low": "Int64",
    "best": "Int64",
    "high": "Int64",
    "high_open": "boolean",
    "unknown": "Int64",
    "open_ended": "Int64",
    "without_best": "Int64",
}
"""The columns of a group's total, with their types."""


def _numbers(one: Total) -> list[Any]:
    return [pd.NA if getattr(one, name) is None else getattr(one, name) for name in _RESULT]


def _standing(df: pd.DataFrame, measure: str) -> pd.DataFrame:
    """The rows that count, numbered anew: all but tombstones."""
    _require(df, [f"{measure}_{end}" for end in _NEEDED])
    rows = df if "status" not in df.columns else df[(df["status"] != "withdrawn").to_numpy(dtype=bool, na_value=True)]
    return rows.reset_index(drop=True)


def _key(rows: pd.DataFrame, key: str) -> pd.Series[Any]:
    if key not in TIMES:
        _require(rows, [SHORT.get(key, key)])
        return rows[SHORT.get(key, key)]
    _require(rows, ["date_from", "date_to"])
    first, last = (pd.to_datetime(rows[name]).dt.to_period(TIMES[key]) for name in ("date_from", "date_to"))
    known = pd.Series(first.dt.to_timestamp(), index=rows.index)
    return known.mask((first != last).to_numpy())


def _require(df: pd.DataFrame, columns: Iterable[str]) -> None:
    lacking = [name for name in columns if name not in df.columns]
    if lacking:
        there = ", ".join(map(str, df.columns[:12])) + (" …" if len(df.columns) > 12 else "")
        raise AnalysisError(f"the frame has no column {lacking[0]!r}; there are: {there}")


def _sum(numbers: pd.Series[Any]) -> int | None:
    return int(numbers.sum()) if numbers.notna().any() else None


def _true(truths: pd.Series[Any]) -> pd.Series[Any]:
    return truths.fillna(False).astype(bool)
