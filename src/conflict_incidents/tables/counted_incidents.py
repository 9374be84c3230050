"""The incidents of a frame, each counted once: tombstones left out, parts counted in their wholes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from conflict_incidents.records.counts import INCIDENT_SCOPE, MEASURES, groups_of
from conflict_incidents.tables.frame_columns import (
    AnalysisError,
    booleans,
    list_of,
    pandas_frame,
    refuse_duplicate_columns,
    refuse_repeated_ids,
    require_columns,
    suggestion,
    whole_numbers,
)
from conflict_incidents.tables.grouping import PERIODS, UNITS, period_of, unit_of

if TYPE_CHECKING:
    from conflict_incidents.tables.frame_columns import Frame
SEPARATOR = ";"
"""The separator of items in a cell."""
ENDS = ("low", "best", "high", "high_open")
_REQUIRED = {
    "incident_id": "by which each incident counts once; load it too",
    "status": "which tells tombstones; load it too",
    "counted_in": "which tells the parts of other incidents; load it too, or set it to NA if there are none",
}
"""The columns that each frame has to have, and why."""

_SERIES = {
    measure if group == "total" else f"{measure}_{group}": (measure, group)
    for measure in MEASURES
    for group in groups_of(measure)
}
"""The names of columns for every measure and group."""


@dataclass(frozen=True, slots=True)
class CountedIncidents:
    """The incidents of a frame without tombstones; the index counts from 0.

    `wholes` has a row for each pair of a part and an incident that contains it, with the index of the part.
    `counted_as` is the id under which each incident is counted: its own, or that of its outermost whole.
    """

    table: pd.DataFrame
    wholes: pd.Series[Any]
    counted_as: pd.Series[Any]

    @property
    def ids(self) -> pd.Series[Any]:
        """The id of each incident."""
        return self.table["incident_id"]

    @property
    def collections(self) -> tuple[str, ...]:
        """The collections of the incidents, sorted; empty if the frame doesn't have them."""
        return tuple(sorted(_collections(self.table).dropna().unique()))

    @property
    def heads(self) -> pd.Series[Any]:
        """A mask of the rows that are counted by themselves."""
        return self.ids == self.counted_as

    def numbers(self, measure: str, estimates: Frame | None) -> pd.DataFrame:
        """Return the low, best, high and counts that each counted incident adds to a total, all Int64."""
        numbers = self.estimates(measure, estimates)
        is_known = numbers["low"].notna() | numbers["high"].notna()
        parts = (~self.heads).groupby(self.counted_as).sum()
        columns: dict[str, Any] = {  # inferring a type of all of them takes mypy a second
            "low": numbers["low"],
            "best": numbers["best"],
            "high": numbers["high"].fillna(numbers["low"]),
            "incidents": 1,
            "unknown": ~is_known,
            "open_ended": is_known & numbers["high_open"],
            "without_best": is_known & numbers["best"].isna(),
            "parts": self.ids[numbers.index].map(parts),
        }
        return pd.DataFrame(columns).astype("Int64")

    def ends(self, measure: str, estimates: Frame | None) -> tuple[pd.Series[Any], pd.Series[Any]]:
        """Return the smallest and the largest possible number of each counted incident: 0 and infinity if unknown."""
        numbers = self.estimates(measure, estimates)
        low = numbers["low"].astype("Float64").fillna(0.0).astype(float)
        high = numbers["high"].astype("Float64").fillna(math.inf).astype(float)
        return low, high.mask(numbers["high_open"], math.inf).clip(lower=low)

    def estimates(self, measure: str, estimates: Frame | None) -> pd.DataFrame:
        """Return the estimate of each counted incident: low, best and high (Int64), and whether the high is open.

        A whole without a number of its own has at least the sum of its parts.
        """
        numbers = (
            _columns_of_measure(self.table, measure) if estimates is None else self._from_estimates(measure, estimates)
        )
        if self.wholes.empty:
            return numbers
        is_known = numbers["low"].notna() | numbers["high"].notna()
        covered = self.wholes.isin(self.ids[is_known]).groupby(level=0).any()
        alone = is_known & self.ids.index.isin(covered.index[~covered])
        sums = numbers.loc[alone, ["low", "high"]].groupby(self.counted_as[alone]).sum(min_count=1)
        sums = sums[(sums["low"] > 0).fillna(False).astype(bool)]
        from_parts = self.heads & self.ids.isin(sums.index)
        for end in ("low", "high"):
            numbers.loc[from_parts, end] = self.ids[from_parts].map(sums[end]).astype("Int64")
        numbers.loc[from_parts, "high_open"] = True
        return numbers[self.heads]

    def _from_estimates(self, measure: str, estimates: Frame) -> pd.DataFrame:
        """Return the estimates of the incidents as a whole, from the table `estimates`."""
        table = pandas_frame(estimates)
        require_columns(
            table, ["incident_id", "scope", "measure", "group", *ENDS], "pass rows of the table `estimates`"
        )
        if measure not in _SERIES:
            raise AnalysisError(_no_measure(measure, list(_SERIES)))
        name, group = _SERIES[measure]
        of_it = (table["scope"] == INCIDENT_SCOPE) & (table["measure"] == name) & (table["group"] == group)
        rows = table[of_it.to_numpy(dtype=bool, na_value=False)]
        refuse_repeated_ids(rows["incident_id"], "in `estimates`")
        rows = rows.set_index("incident_id")[list(ENDS)].add_prefix(f"{measure}_")
        rows = rows.set_axis(rows.index.astype("string")).reindex(self.ids).reset_index(drop=True)
        return _columns_of_measure(rows, measure)

    def key(self, key: str) -> pd.DataFrame:
        """Return the columns by which to group the counted incidents."""
        table = self.table[self.heads]
        if key in PERIODS:
            return period_of(table, key).to_frame(key)
        if key in UNITS:
            return unit_of(table, key)
        if key not in table.columns:
            names = [*PERIODS, *UNITS, *map(str, table.columns)]
            raise AnalysisError(f"the frame has no column {key!r} to group by{suggestion(key, names)} {list_of(names)}")
        return table[[key]]


def counted_incidents(df: Frame, mixed: bool) -> CountedIncidents:
    """Return the incidents of a frame, each counted once.

    Raises:
        AnalysisError: a column that this needs is missing, an incident comes twice, or the incidents belong to several
            collections and `mixed` isn't set.
    """
    table = pandas_frame(df)
    if "incident_id" not in table.columns and "incident_id" in table.index.names:
        table = table.reset_index("incident_id")
    if {"scope", "measure", "group"} <= set(table.columns):
        raise AnalysisError(
            "these aren't incidents; pass rows of `incidents` first, and those of `estimates` as `estimates=`"
        )
    for name, why in _REQUIRED.items():
        require_columns(table, [name], why)
    ids = table["incident_id"]
    if ids.isna().any():
        raise AnalysisError(
            f"{int(ids.isna().sum())} rows have no incident_id, perhaps from an outer join; drop them first"
        )
    refuse_repeated_ids(ids, "in the frame, which was perhaps joined, concatenated or exploded")
    released = (table["status"] != "withdrawn").to_numpy(dtype=bool, na_value=True)
    table = table[released].reset_index(drop=True)
    if not mixed:
        _refuse_mixed_collections(table)
    ids = table["incident_id"].astype("string")
    wholes = table["counted_in"].astype("string").dropna().str.split(SEPARATOR).explode().str.strip()
    wholes = wholes[wholes.isin(ids)]
    outermost = wholes[~wholes.isin(ids[wholes.index])]
    often = outermost.groupby(level=0).nunique().reindex(wholes.index.unique(), fill_value=0)
    for row in often.index[often != 1][:1]:
        outer = " and ".join(wholes[[row]])
        raise AnalysisError(
            f"{ids[row]} is counted in {outer}, and none of these is counted in all others, or each in another; leave "
            "all but one out of the frame, or correct counted_in"
        )
    counted_as = ids.copy()
    counted_as[outermost.index] = outermost
    return CountedIncidents(table.assign(incident_id=ids), wholes, counted_as)


def _collections(table: pd.DataFrame) -> pd.Series[Any]:
    """Return the collection of each incident; NA if it belongs to none, or the frame has no such column."""
    collections = table["collection"] if "collection" in table.columns else pd.Series(pd.NA, index=table.index)
    return collections.astype("string")


def _refuse_mixed_collections(table: pd.DataFrame) -> None:
    """Raise an error for incidents of several collections: sums over complete and selected ones mean nothing."""
    numbers = _collections(table).fillna("no collection").value_counts()
    if len(numbers) > 1:
        number_by_name = {str(name): number for name, number in numbers.items()}
        sizes = ", ".join(f"{name} ({number})" for name, number in number_by_name.items())
        first = next(name for name in number_by_name if name != "no collection")
        raise AnalysisError(
            f"the incidents belong to several collections: {sizes}; take those of one, as "
            f"df[df.collection == {first!r}], group by `collection`, or set mixed=True to add them up all the same"
        )


def _columns_of_measure(table: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Return the estimates of a measure, from the columns with its prefix."""
    names = [f"{measure}_{end}" for end in ENDS]
    if not set(names) <= set(table.columns):
        raise AnalysisError(_missing_columns(table, measure))
    refuse_duplicate_columns(table, names)
    columns = {end: whole_numbers(table[f"{measure}_{end}"]) for end in ENDS[:-1]}
    return pd.DataFrame(columns | {"high_open": booleans(table[f"{measure}_high_open"])})


def _missing_columns(table: pd.DataFrame, measure: str) -> str:
    """Return the message for missing columns of a measure."""
    stems = (str(name).removesuffix("_high_open") for name in table.columns if str(name).endswith("_high_open"))
    available = [stem for stem in stems if {f"{stem}_{end}" for end in ENDS} <= set(table.columns)]
    if measure not in _SERIES:
        return _no_measure(measure, available or list(MEASURES))
    missing = next(f"{measure}_{end}" for end in ENDS if f"{measure}_{end}" not in table.columns)
    return (
        f"the frame has no column {missing!r}; pass the table `estimates` as `estimates=`, which has every measure and "
        f"group, or take a measure of the frame: {', '.join(available) or 'none'}"
    )


def _no_measure(measure: str, names: list[str]) -> str:
    return f"no measure is called {measure!r}{suggestion(measure, names)} {list_of(names)}"
