"""Check frames against the contract: types, values, keys and invariants.

`validate` serves the build, which requires every column and its exact type, and analysts, who may have fewer columns,
more, or compatible types. pandera runs the checks; its report, which repeats a failing row for each column, is
condensed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

import pandas as pd
import pandera.pandas as pandera
from pandera.errors import SchemaError, SchemaErrors

from conflict_incidents.tables.contract import Field, Table, tables
from conflict_incidents.tables.dtypes import FrameError, as_pandas, column, misfit
from conflict_incidents.tables.invariants import Invariant, for_of

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
        problems += _value_problems(_comparable(frame, described, sound), described)
    if problems:
        raise TableError(table, problems)
    return df


def dangling(frames: Mapping[str, pd.DataFrame]) -> dict[str, list[TableProblem]]:
    """The rows that refer to something which its table doesn't have, by table; empty where all is well."""
    found: dict[str, list[TableProblem]] = {}
    for name, described in tables().items():
        for key in described.foreign_keys:
            here, there = frames[name][list(key.fields)].dropna(), frames[key.table][list(key.columns)]
            known = set(there.itertuples(index=False, name=None))
            for position, values in zip(here.index, here.itertuples(index=False, name=None), strict=True):
                if values not in known:
                    row = _row(frames[name], described, int(position))
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
        TableProblem(_row(links, described, int(row)), "kind", "is duplicate_of, though both incidents are published")
        for row in twice.index
    ]


def pandera_schema(
    table: Table, names: Sequence[str] | None = None, unknown: Collection[str] = ()
) -> pandera.DataFrameSchema:
    """The pandera schema of a table, or of some of its columns: values, keys and invariants; it never coerces.

    Args:
        table: the contract of the table.
        names: the columns; None for all.
        unknown: those of them in which nothing is filled, so that of their values there is nothing to check.
    """
    present = set(table.names if names is None else names)
    return pandera.DataFrameSchema(
        {
            field.name: _pandera_column(field)
            for field in table.fields
            if field.name in present and (field.required or field.name not in unknown)
        },
        checks=[_pandera_check(one) for one in for_of(table) if set(one.columns) <= present],
        name=table.name,
        coerce=False,
        strict=False,
    )


@lru_cache(maxsize=128)
def _schema(table: str, names: tuple[str, ...], unknown: tuple[str, ...]) -> pandera.DataFrameSchema:
    """The schema of some columns of a table of ours, made once: it takes as long as checking a small frame by it."""
    return pandera_schema(tables()[table], names, unknown)


def _pandera_column(field: Field) -> pandera.Column:
    checks = []
    if field.enum:
        checks.append(pandera.Check.isin(field.enum, error="isn't one of its values"))
    if field.minimum is not None:
        checks.append(pandera.Check.ge(field.minimum, error=f"is less than {field.minimum}"))
    if field.maximum is not None:
        checks.append(pandera.Check.le(field.maximum, error=f"is more than {field.maximum}"))
    if field.pattern is not None:
        checks.append(pandera.Check.str_matches(rf"(?:{field.pattern})\Z", error="isn't written as it must be"))
    return pandera.Column(nullable=not field.required, unique=field.unique, checks=checks)


def _pandera_check(invariant: Invariant) -> pandera.Check:
    def holds(df: pd.DataFrame) -> Any:
        return invariant.holds(df).fillna(True).astype(bool)

    return pandera.Check(holds, name=invariant.columns[0], error=invariant.what, ignore_na=False)


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


def _value_problems(df: pd.DataFrame, table: Table) -> list[TableProblem]:
    unknown = tuple(name for name in df.columns if df[name].isna().all())
    try:
        _schema(table.name, tuple(df.columns), unknown).validate(df, lazy=True)
    except SchemaErrors as errors:
        found = {problem for error in errors.schema_errors for problem in _problems(error, df, table)}
        return [problem for _, problem in sorted(found)]
    return []


def _problems(error: SchemaError, df: pd.DataFrame, table: Table) -> list[tuple[int, TableProblem]]:
    """What a failed check says, each with the position of its row, by which problems are sorted."""
    check, of_column = error.check, isinstance(error.schema, pandera.Column)
    name = str(error.schema.name if of_column else check.name)
    what = {
        "SERIES_CONTAINS_NULLS": "is empty, but has to be filled",
        "SERIES_CONTAINS_DUPLICATES": "comes more than once",
    }.get(error.reason_code.name if error.reason_code else "", "")
    if what:
        rows = error.failure_cases["index"]
    elif error.check_output is not None:
        rows = error.check_output.index[~error.check_output.fillna(True).astype(bool)]
        what = str(check.error)
    else:  # a check of ours that raised: a mistake in it, not in the frame
        raise error
    return [
        (row, TableProblem(_row(df, table, row), name, _with_value(df[name].iloc[row], what))) for row in map(int, rows)
    ]


def _with_value(value: Any, what: str) -> str:
    if value is None or value is pd.NA or value != value:
        return what
    text = value.date().isoformat() if isinstance(value, pd.Timestamp) else str(value)
    return f"({text if len(text) <= 60 else text[:59] + '…'!r}) {what}"


def _row(df: pd.DataFrame, table: Table, position: int) -> str:
    """A row by its primary key, where the frame has it; else by its position, from 1."""
    if table.key and set(table.key) <= set(df.columns):
        return " ".join(str(df[name].iloc[position]) for name in table.key)
    return str(position + 1)
