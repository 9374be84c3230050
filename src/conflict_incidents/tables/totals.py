"""Totals, groups and shares over incidents: unknown stays unknown, and each incident counts once.

All take a frame of the table `incidents`, as `load` gives it, or any part of its rows. A frame in which an incident
comes twice is refused. Tombstones don't count, duplicates among them. A part of another incident (`counted_in`) counts
in its whole where that is in the frame, and by itself where it isn't.

Prevents: a total in which an unknown toll counts as zero, an open end as closed, the dead of a shelling twice because
the frame has the offensive as well or was joined with another table, and an incident that lasted from one month into
the next as one of either.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import pandas as pd
from pandas.api import types as kinds

from conflict_incidents.records.counts import INCIDENT_SCOPE, MEASURES, OUTSIDE_TOTAL, groups_of
from conflict_incidents.tables.dtypes import FrameError, as_pandas

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa

    Frame: TypeAlias = pd.DataFrame | pl.DataFrame | pa.Table

PERIODS = {"year": "Y", "quarter": "Q", "month": "M", "week": "W", "day": "D"}
"""Periods that `by` groups by, with their frequencies in pandas; weeks begin on Monday."""
UNITS = {"adm1": 1, "adm2": 2, "adm3": 3}
"""Administrative units that `by` groups by, with their levels."""
SEPARATOR = ";"
"""Separates the items of a cell that holds several."""
SHOWN = 5
"""How many ids a message names."""
_ENDS = ("low", "best", "high", "high_open")
_COUNTS = ("incidents", "unknown", "open_ended", "without_best", "parts")

_SERIES = {
    measure if group == "total" else f"{measure}_{group}": (measure, group)
    for measure in MEASURES
    for group in groups_of(measure)
}
"""Every measure with each of its groups, as columns are named."""
_IDENTITY = "identity of the {}"
"""A column to group by that isn't shown."""


class AnalysisError(ValueError):
    """A frame that can't be added up, or lacks a column; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Total:
    """The sum of the estimates of some incidents.

    `low` is the sum of the lows. `best` is the sum of the best values where every incident whose toll is known has one,
    else None: a sum over some would be less than it says. `high` is the sum of the highs, of an estimate without one
    its low; `high_open` says that the number may be higher, since an estimate is open or an incident's toll unknown.
    All are None where nothing is known.

    Of the `incidents` counted, `unknown` have no estimate, `open_ended` one with an open end, and `without_best` one
    without a best value. `parts` are the incidents of the frame that are counted in these as parts.
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

    def __str__(self) -> str:
        """For example `killed: 4012-4388 or more in 1866 incidents (2 unknown, 1 open-ended)`."""
        gaps = [
            (self.unknown, "unknown"),
            (self.open_ended, "open-ended"),
            (self.without_best, "without a best value"),
            (self.parts, "counted as parts of others"),
        ]
        return f"{self.measure}: {self._range} in {_incidents(self.incidents)}{_remark(gaps)}"

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
    """Which share of a total a group of people has in some incidents, from 0 to 1.

    `low` and `high` are the smallest and the largest share that the estimates allow, whatever the true numbers at open
    ends and of unknown tolls are; None where the total is 0. One incident without an upper end makes `low` 0, so
    `closed_low` and `closed_high` are the same for the `closed_incidents` alone whose total has one.
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
        text = f"{self.group} among {self.measure}: {_percent(self.low, self.high)} in {_incidents(self.incidents)}"
        if self.closed_incidents == self.incidents:
            return text
        closed = _percent(self.closed_low, self.closed_high)
        return f"{text}; {closed} in the {self.closed_incidents} whose {self.measure} have an upper end"


def total(df: Frame, measure: str = "killed", *, estimates: Frame | None = None) -> Total:
    """Add up the estimates of a measure over all incidents of a frame.

    Args:
        df: rows of the table `incidents`, each incident once.
        measure: a measure (`killed`), or measure and group (`killed_civilians`), as the columns are named.
        estimates: the table `estimates`, for a group that has no columns in `incidents` (`killed_women`).

    Raises:
        AnalysisError: an incident comes twice, a column is missing or holds no numbers, or there is no such measure.
    """
    rows = _counted(df)
    sums = _added(rows.numbers(measure, estimates).sum(min_count=1).to_frame().T)
    return Total(measure, **{str(name): _plain(value) for name, value in sums.iloc[0].items()})


def by(df: Frame, *keys: str, measure: str = "killed", estimates: Frame | None = None) -> pd.DataFrame:
    """Add up the estimates of a measure for each group of incidents.

    An incident that isn't known to be within one month (or other period), or has sites in several units, belongs to
    none: such incidents form a group of their own, whose key is NA. Nothing is divided, and the groups add up to the
    total. Groups without incidents don't appear: that nothing was recorded doesn't mean that nothing happened.

    Args:
        df: rows of the table `incidents`, each incident once.
        keys: columns of the frame; `year`, `quarter`, `month`, `week`, `day`; `adm1`, `adm2`, `adm3`.
        measure: as for `total`.
        estimates: as for `total`.

    Returns:
        A row a group, sorted by the keys: year as a whole number (Int64), other periods as their first day, units as
        two columns, `adm2_pcode` and `adm2_name`; then the fields of `Total`, numbers as Int64, `high_open` as boolean.

    Raises:
        AnalysisError: as for `total`, or no key is named.
    """
    choice = ", ".join([*PERIODS, *UNITS])
    if not keys:
        raise AnalysisError(f"name what to group by: a column, or one of {choice}")
    rows = _counted(df)
    numbers = rows.numbers(measure, estimates)
    grouping = pd.concat([rows.key(key) for key in keys], axis=1)
    if len(set(grouping.columns)) < len(grouping.columns) or set(grouping.columns) & {*_ENDS, *_COUNTS}:
        raise AnalysisError(f"a key is named twice, or as a column of the result: {', '.join(keys)}; rename the column")
    shown = [name for name in grouping.columns if name not in {_IDENTITY.format(key) for key in UNITS}]
    groups = numbers.groupby([grouping[name] for name in grouping.columns], dropna=False, observed=True, sort=True)
    table = _added(groups.sum(min_count=1).reset_index())
    for name in shown:
        table[name] = pd.Series(table[name], dtype=grouping[name].dtype)
    return table[[*shown, *(name for name in table.columns if name not in grouping.columns)]]


def share(df: Frame, group: str, measure: str = "killed", *, estimates: Frame | None = None) -> Share:
    """Bound the share that a group of people has in the total of a measure, over all incidents of a frame.

    Args:
        df: rows of the table `incidents`, each incident once.
        group: a group within the total, such as `civilians` or `children`.
        measure: a measure of people.
        estimates: the table `estimates`, for a group that has no columns in `incidents` (`women`).

    Raises:
        AnalysisError: as for `total`, or there is no such group.
    """
    groups = (
        [name for name in groups_of(measure) if name not in {"total", *OUTSIDE_TOTAL}] if measure in MEASURES else []
    )
    if group not in groups:
        raise AnalysisError(f"no group of {measure} is called {group!r}{_nearest(group, groups)} {_names_text(groups)}")
    rows = _counted(df)
    part_low, part_high = rows.ends(f"{measure}_{group}", estimates)
    low, high = rows.ends(measure, estimates)
    part_low, part_high = part_low.clip(upper=high), part_high.clip(upper=high)
    low = low.clip(lower=part_low)
    closed = high < math.inf
    whole = _share(part_low, part_high, low, high)
    of_closed = _share(*(end[closed] for end in (part_low, part_high, low, high)))
    return Share(measure, group, *whole, len(low), *of_closed, int(closed.sum()))


def explode(df: Frame, column: str) -> pd.DataFrame:
    """Give each item of a cell that holds several, such as `via` or `supersedes` of the claims, a row of its own.

    Rows without an item stay, with NA. Numbers in the other columns are repeated: don't add them up.

    Args:
        df: a table, as `load` gives it.
        column: a column of texts whose items are separated by semicolons.

    Raises:
        AnalysisError: the frame has no such column.
    """
    table = _pandas(df)
    _require(table, [column])
    items = table[column].astype("string").str.split(SEPARATOR)
    exploded = table.assign(**{column: items}).explode(column, ignore_index=True)
    return exploded.assign(**{column: exploded[column].astype("string").str.strip()})


@dataclass(frozen=True, slots=True)
class _Incidents:
    """The incidents of a frame without tombstones, numbered from 0.

    `wholes` has, for each incident that is part of others of the frame, a row for each of them, with the same index;
    `counted_as` the id under which each incident is counted: its own, or that of its outermost whole.
    """

    table: pd.DataFrame
    wholes: pd.Series[Any]
    counted_as: pd.Series[Any]

    @property
    def ids(self) -> pd.Series[Any]:
        return self.table["incident_id"]

    @property
    def heads(self) -> pd.Series[Any]:
        """Which rows are counted by themselves."""
        return self.ids == self.counted_as

    def numbers(self, measure: str, estimates: Frame | None) -> pd.DataFrame:
        """What each counted incident adds to a total: low, best, high and the counts, all Int64."""
        found = self.estimates(measure, estimates)
        known = found["low"].notna() | found["high"].notna()
        parts = (~self.heads).groupby(self.counted_as).sum()
        return pd.DataFrame(
            {
                "low": found["low"],
                "best": found["best"],
                "high": found["high"].fillna(found["low"]),
                "incidents": 1,
                "unknown": ~known,
                "open_ended": known & found["high_open"],
                "without_best": known & found["best"].isna(),
                "parts": self.ids[found.index].map(parts),
            }
        ).astype("Int64")

    def ends(self, measure: str, estimates: Frame | None) -> tuple[pd.Series[Any], pd.Series[Any]]:
        """The smallest and the largest number that each counted incident may have: 0 and infinity where unknown."""
        found = self.estimates(measure, estimates)
        low = found["low"].astype("Float64").fillna(0.0).astype(float)
        high = found["high"].astype("Float64").fillna(math.inf).astype(float)
        return low, high.mask(found["high_open"], math.inf).clip(lower=low)

    def estimates(self, measure: str, estimates: Frame | None) -> pd.DataFrame:
        """The estimate of each counted incident: low, best and high (Int64), and whether the high is open.

        A whole without a number of its own has at least what its parts come to.
        """
        found = _of_measure(self.table, measure) if estimates is None else self._joined(measure, estimates)
        if self.wholes.empty:
            return found
        known = found["low"].notna() | found["high"].notna()
        covered = self.wholes.isin(self.ids[known]).groupby(level=0).any()
        alone = known & self.ids.index.isin(covered.index[~covered])
        sums = found.loc[alone, ["low", "high"]].groupby(self.counted_as[alone]).sum(min_count=1)
        sums = sums[(sums["low"] > 0).fillna(False).astype(bool)]
        stands = self.heads & self.ids.isin(sums.index)
        for end in ("low", "high"):
            found.loc[stands, end] = self.ids[stands].map(sums[end]).astype("Int64")
        found.loc[stands, "high_open"] = True
        return found[self.heads]

    def _joined(self, measure: str, estimates: Frame) -> pd.DataFrame:
        """The estimates of the incidents as a whole, from the table `estimates`."""
        table = _pandas(estimates)
        _require(table, ["incident_id", "scope", "measure", "group", *_ENDS], "pass rows of the table `estimates`")
        if measure not in _SERIES:
            raise AnalysisError(_no_measure(measure, list(_SERIES)))
        name, group = _SERIES[measure]
        of_it = (table["scope"] == INCIDENT_SCOPE) & (table["measure"] == name) & (table["group"] == group)
        rows = table[of_it.to_numpy(dtype=bool, na_value=False)]
        _refuse_repeated(rows["incident_id"], "in `estimates`")
        rows = rows.set_index("incident_id")[list(_ENDS)].add_prefix(f"{measure}_")
        return _of_measure(rows.set_axis(rows.index.astype("string")).reindex(self.ids).reset_index(drop=True), measure)

    def key(self, key: str) -> pd.DataFrame:
        """The columns by which to group the counted incidents."""
        table = self.table[self.heads]
        if key in PERIODS:
            return _period(table, key).to_frame(key)
        if key in UNITS:
            return _unit(table, key)
        if key not in table.columns:
            known = [*PERIODS, *UNITS, *map(str, table.columns)]
            raise AnalysisError(
                f"the frame has no column {key!r} to group by{_nearest(key, known)} {_names_text(known)}"
            )
        return table[[key]]


def _counted(df: Frame) -> _Incidents:
    """The incidents of a frame, each once, and which of them are counted in which.

    Raises:
        AnalysisError: the frame doesn't tell, or has an incident twice.
    """
    table = _pandas(df)
    if "incident_id" not in table.columns and "incident_id" in table.index.names:
        table = table.reset_index("incident_id")
    if {"scope", "measure", "group"} <= set(table.columns):
        raise AnalysisError(
            "these aren't incidents; pass rows of `incidents` first, and those of `estimates` as `estimates=`"
        )
    _require(table, ["incident_id"], "by which each incident counts once; load it too")
    _require(table, ["status"], "which tells tombstones; load it too")
    _require(
        table,
        ["counted_in"],
        "which tells the parts of other incidents; load it too, or set it to NA if there are none",
    )
    ids = table["incident_id"]
    if ids.isna().any():
        raise AnalysisError(
            f"{int(ids.isna().sum())} rows have no incident_id, perhaps from an outer join; drop them first"
        )
    _refuse_repeated(ids, "in the frame, which was perhaps joined, concatenated or exploded")
    stands = (table["status"] != "withdrawn").to_numpy(dtype=bool, na_value=True)
    table = table[stands].reset_index(drop=True)
    ids = table["incident_id"].astype("string")
    wholes = table["counted_in"].astype("string").dropna().str.split(SEPARATOR).explode().str.strip()
    wholes = wholes[wholes.isin(ids)]
    outermost = wholes[~wholes.isin(ids[wholes.index])]
    often = outermost.groupby(level=0).nunique().reindex(wholes.index.unique(), fill_value=0)
    for row in often.index[often != 1][:1]:
        named = " and ".join(wholes[[row]])
        raise AnalysisError(
            f"{ids[row]} is counted in {named}, and none of these is counted in all others, or each in another; leave "
            "all but one out of the frame, or correct counted_in"
        )
    counted_as = ids.copy()
    counted_as[outermost.index] = outermost
    return _Incidents(table.assign(incident_id=ids), wholes, counted_as)


def _of_measure(table: pd.DataFrame, measure: str) -> pd.DataFrame:
    """The estimates of a measure, from the columns that begin with its name."""
    names = [f"{measure}_{end}" for end in _ENDS]
    if not set(names) <= set(table.columns):
        raise AnalysisError(_lacking(table, measure))
    _refuse_doubled(table, names)
    found = {end: _whole_numbers(table[f"{measure}_{end}"]) for end in _ENDS[:-1]}
    return pd.DataFrame(found | {"high_open": _truths(table[f"{measure}_high_open"])})


def _lacking(table: pd.DataFrame, measure: str) -> str:
    """Why the columns of a measure aren't there, and what to do."""
    stems = (str(name).removesuffix("_high_open") for name in table.columns if str(name).endswith("_high_open"))
    there = [stem for stem in stems if {f"{stem}_{end}" for end in _ENDS} <= set(table.columns)]
    if measure not in _SERIES:
        return _no_measure(measure, there or list(MEASURES))
    lacking = next(f"{measure}_{end}" for end in _ENDS if f"{measure}_{end}" not in table.columns)
    advice = "pass the table `estimates` as `estimates=`, which has every measure and group"
    return (
        f"the frame has no column {lacking!r}; {advice}, or take a measure of the frame: {', '.join(there) or 'none'}"
    )


def _no_measure(measure: str, known: list[str]) -> str:
    return f"no measure is called {measure!r}{_nearest(measure, known)} {_names_text(known)}"


def _whole_numbers(column: pd.Series[Any]) -> pd.Series[Any]:
    """A column as Int64; counts are whole numbers from 0."""
    text = f"the column {column.name!r} holds no whole numbers from 0, but {column.dtype}; `load` gives the right types"
    if column.isna().all():
        return pd.Series(pd.NA, index=column.index, dtype="Int64")
    if kinds.infer_dtype(column, skipna=True) not in {"integer", "floating", "mixed-integer-float", "integer-na"}:
        raise AnalysisError(text)
    try:
        numbers = column.astype("Int64")
    except (TypeError, ValueError) as error:
        raise AnalysisError(text) from error
    if (numbers < 0).any():
        raise AnalysisError(text)
    return numbers


def _truths(column: pd.Series[Any]) -> pd.Series[Any]:
    """A column as booleans, NA as false; 1 and 0 are true and false, as in databases."""
    text = f"the column {column.name!r} holds no truths, but {column.dtype}; `load` gives the right types"
    if column.isna().all():
        return pd.Series(False, index=column.index)
    if kinds.infer_dtype(column, skipna=True) not in {"boolean", "integer", "floating", "integer-na"}:
        raise AnalysisError(text)
    try:
        return column.astype("boolean").fillna(False).astype(bool)
    except (TypeError, ValueError) as error:
        raise AnalysisError(text) from error


def _period(table: pd.DataFrame, key: str) -> pd.Series[Any]:
    """The year, or the first day of the period, of each incident that is known to be within one; else NA."""
    _require(table, ["date_from", "date_to"], f"which `{key}` needs; load it too")
    try:
        first, last = (
            pd.to_datetime(table[name].astype("datetime64[us]")).dt.to_period(PERIODS[key])
            for name in ("date_from", "date_to")
        )
    except (TypeError, ValueError) as error:
        raise AnalysisError(f"date_from and date_to aren't dates: {error}") from error
    period = pd.Series(first.dt.year.astype("Int64") if key == "year" else first.dt.to_timestamp(), index=table.index)
    return period.where((first == last).to_numpy())


def _unit(table: pd.DataFrame, key: str) -> pd.DataFrame:
    """P-code and name of the unit that contains all sites of each incident; else NA.

    Where a name has no p-code, the country and the units above tell it from its namesakes.
    """
    code, name = f"{key}_pcode", f"{key}_name"
    _require(table, [code, name, "shared_adm_level"], f"which `{key}` needs; load it too")
    level = _whole_numbers(table["shared_adm_level"])
    within = (level >= UNITS[key]).fillna(False).astype(bool)
    codes, names = (table[column].astype("string").where(within) for column in (code, name))
    above = [f"adm{number}_name" for number in range(1, UNITS[key])]
    own = names
    for column in ("country", *above):
        own = own + "\n" + table[column].astype("string").fillna("") if column in table.columns else own
    identity = codes.fillna(own)
    spelling = names.groupby(identity, dropna=True).transform("min") if identity.notna().any() else names
    return pd.DataFrame({code: codes, name: spelling, _IDENTITY.format(key): identity})


def _added(sums: pd.DataFrame) -> pd.DataFrame:
    """Sums as the fields of totals: no best where one is missing, open where an estimate is or is missing."""
    for name in _COUNTS:
        sums[name] = sums[name].fillna(0)
    sums["best"] = sums["best"].mask(sums["without_best"] > 0)
    sums["high_open"] = (sums["open_ended"] + sums["unknown"]) > 0
    keys = [name for name in sums.columns if name not in {*_ENDS, *_COUNTS}]
    types = dict.fromkeys((*_ENDS[:-1], *_COUNTS), "Int64") | {"high_open": "boolean"}
    order = ["incidents", *_ENDS, *_COUNTS[1:]]
    return sums[[*keys, *order]].astype(types)


def _share(
    part_low: pd.Series[Any], part_high: pd.Series[Any], low: pd.Series[Any], high: pd.Series[Any]
) -> tuple[float | None, float | None]:
    """The smallest and the largest share of all parts in all wholes; None where the wholes come to nothing."""
    if not high.sum():
        return None, None
    smallest = part_low.sum() / high.sum()
    most, rest = part_high.sum(), (low - part_high).clip(lower=0).sum()
    largest = 1.0 if most == math.inf else most / (most + rest) if most else 0.0
    return float(smallest), float(largest)


def _pandas(df: Frame) -> pd.DataFrame:
    try:
        return as_pandas(df)
    except FrameError as error:
        raise AnalysisError(str(error)) from error


def _require(table: pd.DataFrame, columns: Iterable[str], advice: str = "") -> None:
    for name in columns:
        if name not in table.columns:
            there = _names_text(list(map(str, table.columns)))
            raise AnalysisError(f"the frame has no column {name!r}{f', {advice}' if advice else ''}. {there}")
    _refuse_doubled(table, columns)


def _refuse_doubled(table: pd.DataFrame, columns: Iterable[str]) -> None:
    for name in columns:
        if isinstance(table[name], pd.DataFrame):
            raise AnalysisError(f"the frame has the column {name!r} twice; keep one")


def _refuse_repeated(ids: pd.Series[Any], where: str) -> None:
    repeated = ids[ids.duplicated()].astype(str).unique()
    if len(repeated):
        more = f" and {len(repeated) - SHOWN} more" if len(repeated) > SHOWN else ""
        raise AnalysisError(
            f"{len(repeated)} incidents come more than once {where}: {', '.join(repeated[:SHOWN])}{more}; keep one row "
            "of each, as by df.drop_duplicates('incident_id'), or filter to one value of the column that repeats them"
        )


def _nearest(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean {near[0]!r}?" if near else "."


def _names_text(names: list[str]) -> str:
    return f"There are: {', '.join(names) or 'none'}"


def _plain(value: Any) -> Any:
    return None if pd.isna(value) else value.item() if hasattr(value, "item") else value


def _incidents(number: int) -> str:
    return f"{number} incident{'s' * (number != 1)}"


def _remark(gaps: list[tuple[int, str]]) -> str:
    said = ", ".join(f"{number} {what}" for number, what in gaps if number)
    return f" ({said})" if said else ""


def _percent(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return "nobody"
    floor, ceiling = math.floor(low * 100 + 1e-9), math.ceil(high * 100 - 1e-9)
    return f"{floor} %" if floor == ceiling else f"{floor}-{ceiling} %"
