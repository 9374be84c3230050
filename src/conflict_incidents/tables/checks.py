"""Check frames against the contract: types, values, keys and invariants.

`validate` serves the build, which requires every column and its exact type, and analysts, who may have fewer columns,
more, or compatible types. `values` checks what the columns hold; `fits` does without.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

import numpy as np
import pandas as pd
import pyarrow as pa

from conflict_incidents.core.extras import require_extra
from conflict_incidents.core.findings import release_text
from conflict_incidents.tables.contract import Table, tables
from conflict_incidents.tables.dtypes import FrameError, arrow_schema, as_pandas, dtype, misfit, without_dictionaries
from conflict_incidents.tables.parts import parts_of
from conflict_incidents.tables.problems import TableProblem, row_name

_Frame = TypeVar("_Frame")
_Hashes = np.ndarray[Any, np.dtype[np.uint64]]
_SPREAD = np.uint64(0x9E3779B97F4A7C15)
"""The factor that makes the hash of a row depend on the order of its values."""
MAX_PROBLEMS = 20
"""The maximum number of problems listed in a message."""


class TableError(ValueError):
    """A frame violates the contract of its table; `problems` lists all problems, `table` is its name."""

    def __init__(self, table: str, problems: list[TableProblem]) -> None:
        self.table = table
        self.problems = problems
        more = [f"  and {len(problems) - MAX_PROBLEMS} more"] if len(problems) > MAX_PROBLEMS else []
        lines = [f"the table {table} has {len(problems)} problem{'s' * (len(problems) != 1)}:"]
        super().__init__(
            "\n".join([*lines, *(f"  {release_text(problem)}" for problem in problems[:MAX_PROBLEMS]), *more])
        )


def validate(df: _Frame, table: str = "incidents", *, complete: bool = False) -> _Frame:
    """Validate a frame of pandas or polars against the contract of a table, without modifying it.

    Unknown columns are ignored. Missing columns are skipped, along with the invariants that need them; only the columns
    of the primary key are required.

    Args:
        df: the frame; a polars frame is converted to pandas' nullable types first.
        table: the table's name.
        complete: whether to require exactly the columns of the contract, in order and with exact types.

    Returns:
        The same frame.

    Raises:
        TableError: it violates the contract; lists every problem with row and column.
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
        with require_extra("build"):
            from conflict_incidents.tables.values import value_problems
        problems += value_problems(_comparable(frame, described, sound), described)
    if problems:
        raise TableError(table, problems)
    return df


def fits(df: pd.DataFrame, table: str) -> None:
    """Check only the types and the keys of a complete table, which needs no library besides pandas.

    Raises:
        TableError: a column is missing, unknown or of another type, or a key is empty or duplicate.
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
    """Return the references that don't resolve, by table; empty if there are none.

    Keys are compared by hashes of 64 bits, so that those of a large table need little memory.
    """

    @cache
    def known(table: str, columns: tuple[str, ...]) -> _Hashes:
        parts = (_hashes(part.drop_null()) for part in parts_of(frames, tables()[table], columns))
        return np.unique(np.concatenate([np.zeros(1, np.uint64), *parts]))  # never empty

    problems: dict[str, list[TableProblem]] = {}
    for name, table in tables().items():
        for key in table.foreign_keys:
            missing: set[tuple[object, ...]] = set()
            for part in parts_of(frames, table, key.fields):
                filled = part.drop_null()
                hashes, there = _hashes(filled), known(key.table, key.columns)
                rows = filled.filter(there.take(np.searchsorted(there, hashes), mode="clip") != hashes)
                missing.update(tuple(row.values()) for row in rows.to_pylist())
            for values in missing:
                what = f"refers to {', '.join(map(str, values))}, which isn't in {key.table}"
                problems.setdefault(name, []).append(TableProblem("", ", ".join(key.fields), what))
    return {name: sorted(found) for name, found in problems.items()}


def _hashes(rows: pa.Table) -> _Hashes:
    """Return a hash of each row, by its values in the order of the columns."""
    hashes: _Hashes = np.zeros(len(rows), np.uint64)
    for column in rows.columns:
        encoded = column.cast(pa.string()).combine_chunks().dictionary_encode()
        values = pd.util.hash_array(np.array(encoded.dictionary.to_pylist(), dtype=object), categorize=False)
        hashes = hashes * _SPREAD + values[encoded.indices.to_numpy()]
    return hashes


def duplicates_counted_twice(frames: Mapping[str, pd.DataFrame]) -> list[TableProblem]:
    """Return the links of a published incident to another as its duplicate: sums would count it twice."""
    incidents = _columns(frames, "incidents", ["incident_id", "status"])
    links = _columns(frames, "links", ["incident_id", "number", "kind", "linked_incident_id"])
    published = set(incidents["incident_id"][incidents["status"] == "published"])
    twice = links[(links["kind"] == "duplicate_of") & links["incident_id"].isin(published)]
    twice = twice[twice["linked_incident_id"].isin(published)]
    what = "is duplicate_of, though both incidents are published"
    return [TableProblem(row_name(links, tables()["links"], int(row)), "kind", what) for row in twice.index]


def _columns(frames: Mapping[str, pd.DataFrame], table: str, columns: Sequence[str]) -> pd.DataFrame:
    """Return some columns of a table."""
    nothing = arrow_schema(tables()[table], tuple(columns)).empty_table()
    parts = parts_of(frames, tables()[table], columns)
    frame: pd.DataFrame = pa.concat_tables(map(without_dictionaries, [nothing, *parts])).to_pandas()
    return frame


def _twice(df: pd.DataFrame) -> bool:
    return bool(df.columns.duplicated().any())


def _column_problems(df: pd.DataFrame, table: Table, complete: bool) -> list[TableProblem]:
    """Return the problems with the columns themselves: missing, unknown, duplicate, of the wrong type."""
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
    """Select columns with rows numbered from 0; a column without values gets its declared type."""
    fields = [table.field(name) for name in names]
    unknown = [field for field in fields if df[field.name].isna().all()]
    empty: dict[str, Any] = {field.name: pd.array([None] * len(df), dtype=dtype(field)) for field in unknown}
    return pd.DataFrame({name: empty.get(name, df[name].array) for name in names}, index=pd.RangeIndex(len(df)))
