"""Check the values, keys and invariants of a frame against the contract with pandera.

Its report, which repeats a failing row for each column, is condensed.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any

import pandas as pd
import pandera.pandas as pandera
from pandera.errors import SchemaError, SchemaErrors

from conflict_incidents.tables.contract import Field, Table, tables
from conflict_incidents.tables.invariants import Invariant, for_of
from conflict_incidents.tables.problems import TableProblem, row_name


def value_problems(df: pd.DataFrame, table: Table) -> list[TableProblem]:
    """Return the problems with the values of a frame whose types are valid, by row."""
    unknown = tuple(name for name in df.columns if df[name].isna().all())
    try:
        _schema(table.name, tuple(df.columns), unknown).validate(df, lazy=True)
    except SchemaErrors as errors:
        problems = {problem for error in errors.schema_errors for problem in _problems(error, df, table)}
        return [problem for _, problem in sorted(problems)]
    return []


def _problems(error: SchemaError, df: pd.DataFrame, table: Table) -> list[tuple[int, TableProblem]]:
    """Return the problems of a failed check, each with the position of its row for sorting."""
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
    else:  # a check raised an exception: a bug in the check
        raise error
    return [
        (row, TableProblem(row_name(df, table, row), name, _with_value(df[name].iloc[row], what)))
        for row in map(int, rows)
    ]


def _with_value(value: Any, what: str) -> str:
    if value is None or value is pd.NA or value != value:
        return what
    text = value.date().isoformat() if isinstance(value, pd.Timestamp) else str(value)
    return f"({text if len(text) <= 60 else text[:59] + '…'!r}) {what}"


def pandera_schema(
    table: Table, names: Sequence[str] | None = None, unknown: Collection[str] = ()
) -> pandera.DataFrameSchema:
    """Return the pandera schema of a table, or of some columns: values, keys and invariants, without coercion.

    Args:
        table: the contract of the table.
        names: the columns; None for all.
        unknown: the columns without any value, whose values aren't checked.
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
    """Return the cached schema of some columns of a table: making it takes as long as checking a small frame."""
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
