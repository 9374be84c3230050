"""Totals, groups and shares over incidents: unknown stays unknown, and each incident counts once.

All functions take a frame of the table `incidents`, as `load` returns it, or any part of its rows. A duplicate incident
is an error. Tombstones don't count. A part of another incident (`counted_in`) counts in its whole if that is in the
frame, otherwise by itself.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from conflict_incidents.core.findings import number
from conflict_incidents.records.counts import MEASURES, OUTSIDE_TOTAL, groups_of
from conflict_incidents.tables.counted_incidents import ENDS, SEPARATOR, counted_incidents
from conflict_incidents.tables.frame_columns import AnalysisError, list_of, pandas_frame, require_columns, suggestion
from conflict_incidents.tables.grouping import IDENTITY, PERIODS, UNITS

if TYPE_CHECKING:
    from conflict_incidents.tables.frame_columns import Frame
_COUNTS = ("incidents", "unknown", "open_ended", "without_best", "parts")


@dataclass(frozen=True, slots=True)
class Total:
    """The sum of the estimates of some incidents.

    `low` is the sum of the lows. `best` is the sum of the best values if every incident with a known toll has one, else
    None: a sum over some of them would be too low. `high` is the sum of the highs, or of the lows of estimates without
    one; `high_open` is true if the number may be higher, since an estimate is open or a toll unknown. All are None if
    nothing is known.

    Of the `incidents` counted, `unknown` have no estimate, `open_ended` one with an open end, and `without_best` one
    without a best value. `parts` is the number of incidents counted in these as parts. `collections` are their
    collections, sorted.
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
    parts: int = 0
    collections: tuple[str, ...] = ()

    def __str__(self) -> str:
        """For example `killed: 4012-4388 or more in 1866 incidents of ucdp-idlib (2 unknown, 1 open-ended)`."""
        gaps = [
            (self.unknown, "unknown"),
            (self.open_ended, "open-ended"),
            (self.without_best, "without a best value"),
            (self.parts, "counted as parts of others"),
        ]
        of = f" of {', '.join(self.collections)}" if self.collections else ""
        return f"{self.measure}: {self._range} in {number(self.incidents, 'incident')}{of}{_gaps(gaps)}"

    @property
    def _range(self) -> str:
        if self.high is None:
            return "unknown"
        more = " or more" if self.high_open else ""
        if self.low is None:
            return f"at most {self.high}" if not more else f"0-{self.high}{more}"
        best = "" if self.best is None or self.low == self.high else f", best {self.best}"
        return f"{self.low}{more}{best}" if self.low == self.high else f"{self.low}-{self.high}{more}{best}"


@dataclass(frozen=True, slots=True)
class Share:
    """The share of a group of people in the total of some incidents, from 0 to 1.

    `low` and `high` are the smallest and the largest share compatible with the estimates, for any true numbers at open
    ends and of unknown tolls; None if the total is 0. As one incident without an upper end makes `low` 0, `closed_low`
    and `closed_high` are the bounds for the `closed_incidents`, whose total has one.
    """

    measure: str
    group: str
    low: float | None
    high: float | None
    incidents: int
    closed_low: float | None
    closed_high: float | None
    closed_incidents: int

    def __str__(self) -> str:
        """For example `civilians among killed: 57-100 % in 3 incidents`, percentages rounded outwards."""
        share = _percentage(self.low, self.high)
        text = f"{self.group} among {self.measure}: {share} in {number(self.incidents, 'incident')}"
        if self.closed_incidents in (0, self.incidents):
            return text
        closed = _percentage(self.closed_low, self.closed_high)
        return f"{text}; {closed} in the {self.closed_incidents} whose {self.measure} have an upper end"


def total(df: Frame, measure: str = "killed", *, estimates: Frame | None = None, mixed: bool = False) -> Total:
    """Add up the estimates of a measure over all incidents of a frame.

    Args:
        df: rows of the table `incidents`, each incident once.
        measure: a measure (`killed`), or measure and group (`killed_civilians`), as in column names.
        estimates: the table `estimates`, for a group that has no columns in `incidents` (`killed_women`).
        mixed: whether incidents of several collections may be added up: all of an area with a selection, say.

    Raises:
        AnalysisError: an incident is duplicate, a column is missing or holds no numbers, there is no such measure, or
            the incidents belong to several collections and `mixed` isn't set.
    """
    rows = counted_incidents(df, mixed)
    sums = _finished_sums(rows.numbers(measure, estimates).sum(min_count=1).to_frame().T)
    fields = {str(name): _python_value(value) for name, value in sums.iloc[0].items()}
    return Total(measure, **fields, collections=rows.collections)


def by(
    df: Frame, *keys: str, measure: str = "killed", estimates: Frame | None = None, mixed: bool = False
) -> pd.DataFrame:
    """Add up the estimates of a measure for each group of incidents.

    Incidents that aren't known to be within one month (or other period), or have sites in several units, form a group
    with the key NA. Nothing is divided, and the groups add up to the total. Groups without incidents don't appear: that
    nothing was recorded doesn't mean that nothing happened.

    Args:
        df: rows of the table `incidents`, each incident once.
        keys: columns of the frame; `year`, `quarter`, `month`, `week`, `day`; `adm1`, `adm2`, `adm3`.
        measure: as for `total`.
        estimates: as for `total`.
        mixed: as for `total`; with `collection` among the keys nothing is mixed.

    Returns:
        A row per group, sorted by the keys: year as a whole number (Int64), other periods as their first day, units as
        two columns, `adm2_pcode` and `adm2_name`; then the fields of `Total`, numbers as Int64, `high_open` as boolean.

    Raises:
        AnalysisError: as for `total`, or no key is named.
    """
    choice = ", ".join([*PERIODS, *UNITS])
    if not keys:
        raise AnalysisError(f"name what to group by: a column, or one of {choice}")
    rows = counted_incidents(df, mixed or "collection" in keys)
    numbers = rows.numbers(measure, estimates)
    grouping = pd.concat([rows.key(key) for key in keys], axis=1)
    if len(set(grouping.columns)) < len(grouping.columns) or set(grouping.columns) & {*ENDS, *_COUNTS}:
        raise AnalysisError(f"a key is named twice, or as a column of the result: {', '.join(keys)}; rename the column")
    names = [name for name in grouping.columns if name not in {IDENTITY.format(key) for key in UNITS}]
    groups = numbers.groupby([grouping[name] for name in grouping.columns], dropna=False, observed=True, sort=True)
    table = _finished_sums(groups.sum(min_count=1).reset_index())
    for name in names:
        table[name] = pd.Series(table[name], dtype=grouping[name].dtype)
    return table[[*names, *(name for name in table.columns if name not in grouping.columns)]]


def share(
    df: Frame, group: str, measure: str = "killed", *, estimates: Frame | None = None, mixed: bool = False
) -> Share:
    """Bound the share that a group of people has in the total of a measure, over all incidents of a frame.

    Args:
        df: rows of the table `incidents`, each incident once.
        group: a group within the total, such as `civilians` or `children`.
        measure: a measure of people.
        estimates: the table `estimates`, for a group that has no columns in `incidents` (`women`).
        mixed: as for `total`.

    Raises:
        AnalysisError: as for `total`, or there is no such group.
    """
    groups = (
        [name for name in groups_of(measure) if name not in {"total", *OUTSIDE_TOTAL}] if measure in MEASURES else []
    )
    if group not in groups:
        raise AnalysisError(f"no group of {measure} is called {group!r}{suggestion(group, groups)} {list_of(groups)}")
    rows = counted_incidents(df, mixed)
    part_low, part_high = rows.ends(f"{measure}_{group}", estimates)
    low, high = rows.ends(measure, estimates)
    part_low, part_high = part_low.clip(upper=high), part_high.clip(upper=high)
    low = low.clip(lower=part_low)
    closed = high < math.inf
    bounds = _share(part_low, part_high, low, high)
    of_closed = _share(*(end[closed] for end in (part_low, part_high, low, high)))
    return Share(measure, group, *bounds, len(low), *of_closed, int(closed.sum()))


def explode(df: Frame, column: str) -> pd.DataFrame:
    """Give each item of a cell, such as `via` or `supersedes` of the claims, a row of its own.

    Rows without an item stay, with NA. Numbers in the other columns are repeated: don't add them up.

    Args:
        df: a table, as `load` gives it.
        column: a column of texts whose items are separated by semicolons.

    Raises:
        AnalysisError: the frame has no such column.
    """
    table = pandas_frame(df)
    require_columns(table, [column])
    items = table[column].astype("string").str.split(SEPARATOR)
    exploded = table.assign(**{column: items}).explode(column, ignore_index=True)
    return exploded.assign(**{column: exploded[column].astype("string").str.strip()})


def _finished_sums(sums: pd.DataFrame) -> pd.DataFrame:
    """Convert sums to the fields of totals: no best if one is missing, open if an estimate is open or missing."""
    for name in _COUNTS:
        sums[name] = sums[name].fillna(0)
    sums["best"] = sums["best"].mask(sums["without_best"] > 0)
    sums["high_open"] = (sums["open_ended"] + sums["unknown"]) > 0
    keys = [name for name in sums.columns if name not in {*ENDS, *_COUNTS}]
    types = dict.fromkeys((*ENDS[:-1], *_COUNTS), "Int64") | {"high_open": "boolean"}
    order = ["incidents", *ENDS, *_COUNTS[1:]]
    return sums[[*keys, *order]].astype(types)


def _share(
    part_low: pd.Series[Any], part_high: pd.Series[Any], low: pd.Series[Any], high: pd.Series[Any]
) -> tuple[float | None, float | None]:
    """Return the smallest and the largest share of all parts in all wholes; None if the wholes are 0."""
    if not high.sum():
        return None, None
    smallest = part_low.sum() / high.sum()
    most, rest = part_high.sum(), (low - part_high).clip(lower=0).sum()
    largest = 1.0 if most == math.inf else most / (most + rest) if most else 0.0
    return float(smallest), float(largest)


def _python_value(value: Any) -> Any:
    return None if pd.isna(value) else value.item() if hasattr(value, "item") else value


def _gaps(gaps: list[tuple[int, str]]) -> str:
    text = ", ".join(f"{number} {what}" for number, what in gaps if number)
    return f" ({text})" if text else ""


def _percentage(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return "undefined (total 0)"
    floor, ceiling = math.floor(low * 100 + 1e-9), math.ceil(high * 100 - 1e-9)
    return f"{floor} %" if floor == ceiling else f"{floor}-{ceiling} %"
