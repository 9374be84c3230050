"""Check frames against the contract: types, values, keys and invariants.

`validate` serves the build, which requires every column and its exact type, and analysts, who may have fewer columns,
more, or compatible types. `values` checks what the columns hold; `fits` does without.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

import pandas as pd

from conflict_incidents.core.extras import needed
from conflict_incidents.tables.contract import Table, tables
from conflict_incidents.tables.dtypes import FrameError, as_pandas, column, misfit

_Frame = TypeVar("_Frame")
SHOWN = 20
"""How many problems a message lists."""


@dataclass(frozen=True, slots=True, order=True)
class TableProblem:
    """One thing wrong in a table: in which row (by its key, empty for the whole table), which column, and what."""

    row: str
    column: str
    what: str

    def __str__(self) -> str:
        return f"row {self.row}: {self.column} {self.what}" if self.row else f"{self.column} {self.what}"


class TableError(ValueError):
    """A frame that breaks the contract of its table; `problems` lists all that was found, `table` is its name."""

    def __init__(self, table: str, problems: list[TableProblem]) -> None:
        self.table = table
        self.problems = problems
        more = [f"  and {len(problems) - SHOWN} more"] if len(problems) > SHOWN else []
        lines = [f"the table {table} has {len(problems)} problem{'s' * (len(problems) != 1)}:"]
        super().__init__("\n".join([*lines, *(f"  {problem}" for problem in problems[:SHOWN]), *more]))


def validate(df: _Frame, table: str = "incidents", *, complete: bool = False) -> _Frame:
    """Check a frame of pandas or polars against the contract of a table; nothing in it is changed.

    Columns that the contract doesn't know are left alone. Columns that it has and the frame hasn't are passed over,
    with the invariants that need them; only the columns of the primary key have to be there.

    Args:
        df: the frame; one of polars is checked as pandas' nullable types hold it.
        table: the table's name.
        complete: demand every column of the contract, in its order and of its very type, and no other.

    Returns:
        The same frame.

    Raises:
        TableError: it breaks the contract; every problem is listed by row, column and in words.
        KeyError: there is no such table.
        MissingExtra: pandera isn't installed.
    """
    if table not in tables():
        raise KeyError(f"no table {table!r}; there are {', '.join(tables())}")
    described = tables()[table]
    try:
        frame = as_pandas(df)
    except FrameError as error:
        raise TableError(table, [TableProblem("", "the frame", f"can't be read: {error}")]) from error
    problems = _column_problems(frame, described, complete)
    wrong = {problem.column for problem in problems}
    sound = [name for name in described.names if name in frame.columns and name not in wrong]
    if len(frame) and not _twice(frame):
        with needed("build"):
            from conflict_incidents.tables.values import value_problems
        problems += value_problems(_comparable(frame, described, sound), described)
    if problems:
        raise TableError(table, problems)
    return df


def fits(df: pd.DataFrame, table: str) -> None:
    """Check the types and the keys of a whole table alone: what needs no library besides pandas.

    Raises:
        TableError: a column is missing, superfluous or of another type, or a key is empty or comes twice.
    """
    described = tables()[table]
    problems = _column_problems(df, described, complete=True)
    if described.key and not problems:
        key = df[list(described.key)]
        for wrong, what in ((key.isna().any(axis=1), "is empty"), (key.duplicated(keep=False), "comes more than once")):
            rows = wrong.to_numpy().nonzero()[0]
            problems += [TableProblem(row_name(df, described, row), described.key[0], what) for row in map(int, rows)]
    if problems:
        raise TableError(table, problems)


def dangling(frames: Mapping[str, pd.DataFrame]) -> dict[str, list[TableProblem]]:
    """The rows that refer to something which its table doesn't have, by table; empty where all is well."""
    found: dict[str, list[TableProblem]] = {}
    for name, described in tables().items():
        for key in described.foreign_keys:
            here, there = frames[name][list(key.fields)].dropna(), frames[key.table][list(key.columns)]
            known = set(there.itertuples(index=False, name=None))
            for position, values in zip(here.index, here.itertuples(index=False, name=None), strict=True):
                if values not in known:
                    row = row_name(frames[name], described, int(position))
                    what = f"refers to {', '.join(map(str, values))}, which isn't in {key.table}"
                    found.setdefault(name, []).append(TableProblem(row, ", ".join(key.fields), what))
    return found


def doubled(frames: Mapping[str, pd.DataFrame]) -> list[TableProblem]:
    """The links by which a published incident is the duplicate of another published one: sums would count it twice."""
    incidents, links = frames["incidents"], frames["links"]
    published = set(incidents.loc[incidents["status"] == "published", "incident_id"])
    twice = links[(links["kind"] == "duplicate_of") & links["incident_id"].isin(published)]
    twice = twice[twice["linked_incident_id"].isin(published)]
    described = tables()["links"]
    return [
        TableProblem(
            row_name(links, described, int(row)), "kind", "is duplicate_of, though both incidents are published"
        )
        for row in twice.index
    ]


def _twice(df: pd.DataFrame) -> bool:
    return bool(df.columns.duplicated().any())


def _column_problems(df: pd.DataFrame, table: Table, complete: bool) -> list[TableProblem]:
    """What is wrong with the columns themselves: missing, superfluous, twice, of another type."""
    if _twice(df):
        return [TableProblem("", str(name), "comes twice") for name in df.columns[df.columns.duplicated()]]
    problems = []
    for field in table.fields:
        if field.name not in df.columns:
            if field.name in table.key or complete:
                problems.append(TableProblem("", field.name, "is missing"))
        elif wrong := misfit(df[field.name], field, exact=complete):
            problems.append(TableProblem("", field.name, wrong))
    if complete and not problems and list(df.columns) != table.names:
        odd = [str(name) for name in df.columns if name not in table.names] or ["a column"]
        problems.append(TableProblem("", odd[0], "isn't in the contract, or is out of order"))
    return problems


def _comparable(df: pd.DataFrame, table: Table, names: list[str]) -> pd.DataFrame:
    """These columns with rows numbered from 0; one without any value gets its type, whatever pandas took it for."""
    fields = [table.field(name) for name in names]
    empty = {field.name: column(field, [None] * len(df)) for field in fields if df[field.name].isna().all()}
    return pd.DataFrame({name: empty.get(name, df[name].array) for name in names}, index=pd.RangeIndex(len(df)))


def row_name(df: pd.DataFrame, table: Table, position: int) -> str:
    """A row by its primary key, where the frame has it; else by its position, from 1."""
    if table.key and set(table.key) <= set(df.columns):
        return " ".join(str(df[name].iloc[position]) for name in table.key)
    return str(position + 1)
