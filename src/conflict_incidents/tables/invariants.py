"""Invariants between the columns of a row, and between rows of a table; pandera checks them.

An invariant is a sentence and a function from the frame to a boolean per row; NA passes, since unknown contradicts
nothing. To add one, add it to the list of its table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from operator import eq, or_
from typing import Any

import pandas as pd

from conflict_incidents.records.counts import DISJOINT, LEXICON, MEASURES, OUTSIDE_TOTAL, groups_of
from conflict_incidents.tables.contract import Table
from conflict_incidents.tables.incidents import SERIES

Truths = Any
"""A series of booleans, NA allowed; pandas' own types don't distinguish it from a plain boolean."""


@dataclass(frozen=True)
class Invariant:
    """An invariant of each row: the columns that it needs (the first is named in messages), and its sentence."""

    columns: tuple[str, ...]
    what: str
    holds: Callable[[pd.DataFrame], Truths]


def at_most(small: str, large: str, unless: str | None = None) -> Invariant:
    """One column is at most another, unless a third is true."""

    def holds(df: pd.DataFrame) -> Truths:
        fits = df[small] <= df[large]
        return fits | df[unless].fillna(False).astype(bool) if unless else fits

    closed = ", which isn't open" if unless else ""
    return Invariant((small, large, *filter(None, [unless])), f"is more than {large}{closed}", holds)


def in_order(first: str, last: str) -> Invariant:
    """A day isn't after another."""
    return Invariant((first, last), f"is after {last}", lambda df: ~(df[first] > df[last]))


def filled_together(one: str, other: str) -> Invariant:
    """Both columns are filled, or neither is."""
    what = f"is set without {other}, or {other} without it"
    return Invariant((one, other), what, lambda df: df[one].isna() == df[other].isna())


def of_another(reference: str, own: str) -> Invariant:
    """A reference within the table isn't to its own row."""
    return Invariant((reference, own), f"is the same as {own}", lambda df: ~(df[reference] == df[own]))


def for_of(table: Table) -> list[Invariant]:
    """Return the invariants of a table: its own, and that the primary key is unique."""
    key, what = list(table.key), f"the key ({', '.join(table.key)}) comes more than once"
    by_itself = len(key) == 1 and table.field(key[0]).unique  # checked by the column's own constraint
    unique = Invariant(table.key, what, lambda df: ~df.duplicated(key, keep=False))
    return [*([unique] if key and not by_itself else []), *INVARIANTS.get(table.name, [])]


def _bounds(prefix: str = "") -> Iterator[Invariant]:
    low, best, high = (f"{prefix}{end}" for end in ("low", "best", "high"))
    yield at_most(low, best)
    yield at_most(low, high)
    yield at_most(best, high, unless=f"{prefix}high_open")


def _is_withdrawn(df: pd.DataFrame) -> Truths:
    return df["status"] == "withdrawn"


def _tombstones(required: tuple[str, ...], tombstone: tuple[str, ...]) -> Iterator[Invariant]:
    """A published record has certain values, a tombstone its reason and these columns: one check for all others."""
    reason = ("withdrawn_date", "withdrawn_reason")

    def is_bare(df: pd.DataFrame) -> Truths:
        others = df.columns.difference(["status", *tombstone, *reason])
        return ~_is_withdrawn(df) | df[others].isna().all(axis=1)

    yield Invariant(("status",), f"is set in a row that has more than {', '.join([*tombstone, *reason])}", is_bare)
    yield from (_by_status(column, "is empty, though the record is published", or_) for column in required)
    yield from (_by_status(column, "is filled for a withdrawn record, and only for one", eq) for column in reason)


def _by_status(column: str, what: str, holds: Callable[[Truths, Truths], Truths]) -> Invariant:
    """An invariant between the status `withdrawn` and whether a column is filled."""
    return Invariant((column, "status"), what, lambda df: holds(_is_withdrawn(df), df[column].notna()))


def _incidents() -> Iterator[Invariant]:
    for prefix in SERIES:
        yield from _bounds(f"{prefix}_")
    for part in ("killed_civilians", "killed_children"):
        yield at_most(f"{part}_best", "killed_best")
    yield in_order("date_from", "date_to")
    yield filled_together("lat", "lon")
    yield _not_in_itself()
    required = ("title", "kind", "date_from", "date_to", "date_precision", "place_id", "estimate_method")
    counts = ("sites", "reports", "claims", "originators")
    yield from _tombstones((*required, *counts), ("incident_id", "country", "record_schema"))


def _not_in_itself() -> Invariant:
    """An incident isn't counted in itself."""

    def holds(df: pd.DataFrame) -> Truths:
        wholes = df["counted_in"].dropna().astype("string").str.split(";").explode()
        own = wholes == df["incident_id"].astype("string").reindex(wholes.index)
        return ~df.index.to_series().isin(wholes.index[own.to_numpy(bool)])

    return Invariant(("counted_in", "incident_id"), "names the incident itself", holds)


def _part_of_total(end: str, total_end: str, within: tuple[str, ...]) -> Invariant:
    """The number of a group is at most that of the total of the same estimate or claim."""

    def holds(df: pd.DataFrame) -> Truths:
        # A left join keeps the order of rows; duplicate keys violate another invariant.
        totals = df[(df["group"] == "total").to_numpy()][[*within, total_end]].drop_duplicates(list(within))
        total_rows = df[list(within)].merge(totals, on=list(within), how="left").set_axis(df.index)
        return (df[end] <= total_rows[total_end]) | df["group"].isin(OUTSIDE_TOTAL)

    sense = f"is more than the {total_end} of the total"
    return Invariant(tuple(dict.fromkeys((end, *within, "group", total_end))), sense, holds)


def _group_of_measure(unless_share: bool = False) -> Invariant:
    """A measure has its own groups: only people are civilians or children, only the wounded seriously wounded."""
    valid = pd.MultiIndex.from_tuples([(measure, group) for measure in MEASURES for group in groups_of(measure)])

    def holds(df: pd.DataFrame) -> Truths:
        own = pd.Series(pd.MultiIndex.from_frame(df[["measure", "group"]]).isin(valid), index=df.index)
        return own | df["unit"].eq("percent") if unless_share else own

    return Invariant(("group", "measure", *(["unit"] * unless_share)), "is no group that the measure has", holds)


def _estimates() -> Iterator[Invariant]:
    yield from _bounds()
    yield _group_of_measure()
    yield at_most("common_min", "common_max")
    within = ("incident_id", "scope", "measure")
    yield _part_of_total("best", "best", within)
    what = "is filled where there is a best value, and only there"
    yield Invariant(("basis", "best"), what, lambda df: df["basis"].isna() == df["best"].isna())
    yield Invariant(
        ("common_min", "agreement"),
        "is filled, though the originators conflict",
        lambda df: (df["agreement"] != "conflicting") | df["common_min"].isna(),
    )


FILLED = {
    "min": ("exact", "at_least", "between", "about"),
    "max": ("exact", "at_most", "between", "about"),
    "best": ("exact", "about"),
}
"""The bounds with which a column of claims is filled."""
EMPTY = {
    "min": ("at_most", "no_information"),
    "max": ("at_least", "no_information"),
    "best": ("at_least", "at_most", "no_information"),
    "word": ("exact", "at_most", "between", "about", "no_information"),
}
"""The bounds with which a column of claims is empty."""


def _by_bound(column: str, bounds: tuple[str, ...], filled: bool) -> Invariant:
    what = f"is {'empty' if filled else 'filled'}, though the bound is {' or '.join(bounds)}"
    return Invariant((column, "bound"), what, lambda df: ~df["bound"].isin(bounds) | (df[column].notna() == filled))


def _claims(*within: str) -> Iterator[Invariant]:
    """The invariants of claims of any kind of record; `within` are the columns that distinguish totals."""
    yield at_most("min", "max")
    # A best outside its bounds is accepted here: other datasets publish some, and they are kept (BND001 warns).
    yield _part_of_total("min", "max", within)
    yield from (_by_bound(column, bounds, True) for column, bounds in FILLED.items())
    yield from (_by_bound(column, bounds, False) for column, bounds in EMPTY.items())
    yield Invariant(
        ("min", "word"),
        "isn't the smallest number of which the word is true",
        lambda df: df["word"].isna() | (df["min"] == df["word"].astype("string").map(LEXICON)),
    )
    yield filled_together("withdrawn_date", "withdrawn_reason")


def _shares(*whole: str) -> Iterator[Invariant]:
    """A share is at most 100 percent, and so is the sum of disjoint ones of one whole; `whole` identifies it."""
    yield from (_within_whole(end) for end in ("min", "max", "best"))
    for groups in DISJOINT:
        sense = f"is with the other shares among {', '.join(groups)} more than the total of the same whole"
        yield Invariant(("min", "max", *whole, "group", "unit"), sense, _together_within(groups, whole))


def _within_whole(end: str) -> Invariant:
    what = "is a share of more than 100 percent"
    return Invariant((end, "unit"), what, lambda df: ~_is_share(df) | (df[end] <= 100))


def _together_within(groups: tuple[str, ...], whole: tuple[str, ...]) -> Callable[[pd.DataFrame], Truths]:
    def holds(df: pd.DataFrame) -> Truths:
        part = _is_share(df) & df["group"].isin(groups)
        least = df[part].groupby([*whole, "group"], observed=True)["min"].max()
        filled_together = least.groupby(level=list(whole), observed=True).sum()
        totals = df[_is_share(df) & df["group"].eq("total")].groupby(list(whole), observed=True)["max"].min()
        most = totals.reindex(filled_together.index).fillna(100)
        over = filled_together.index[(filled_together > most).to_numpy(bool)]
        return ~(pd.Series(pd.MultiIndex.from_frame(df[list(whole)]).isin(over), index=df.index) & part)

    return holds


def _is_share(df: pd.DataFrame) -> Truths:
    return df["unit"].eq("percent").fillna(False).astype(bool)


def _signed_twice() -> Invariant:
    """A waiver has a second signature if and only if it is of a privacy rule."""

    def holds(df: pd.DataFrame) -> Truths:
        private = df["rule"].str.startswith("PRV")
        by, reviewer = (df[name].str.split().str.join(" ").str.casefold() for name in ("accepted_by", "reviewer"))
        return (private == df["reviewer"].notna()) & ((by != reviewer) | ~private)

    what = "has to differ from accepted_by where the rule is on privacy, and to be empty elsewhere"
    return Invariant(("reviewer", "rule", "accepted_by"), what, holds)


_WITHDRAWN = filled_together("withdrawn_date", "withdrawn_reason")
INVARIANTS: dict[str, list[Invariant]] = {
    "incidents": [*_incidents()],
    "estimates": list(_estimates()),
    "claims": [*_claims("incident_id", "claim_id", "measure"), _group_of_measure(), in_order("scope_from", "scope_to")],
    "overrides": [_group_of_measure()],
    "aggregates": [
        *_tombstones(("title", "place_id", "period_from", "reports", "claims"), ("aggregate_id", "record_schema"))
    ],
    "aggregate_claims": [
        *_claims("aggregate_id", "claim_id", "measure", "unit", "share_of"),
        _group_of_measure(unless_share=True),
        *_shares("aggregate_id", "claim_id", "measure", "share_of"),
    ],
    "sites": [filled_together("lat", "lon")],
    "places": [filled_together("lat", "lon"), _WITHDRAWN],
    "links": [of_another("linked_incident_id", "incident_id")],
    "actors": [
        in_order("active_from", "active_to"),
        of_another("parent_id", "actor_id"),
        _WITHDRAWN,
    ],
    "organisations": [_WITHDRAWN],
    "waivers": [_signed_twice()],
}
"""The invariants by table; messages name the first column of each."""
