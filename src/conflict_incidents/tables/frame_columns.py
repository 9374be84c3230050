"""Check and convert the columns of a frame that an analyst passes."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeAlias

import pandas as pd
from pandas.api.types import infer_dtype

from conflict_incidents.core.findings import user_text
from conflict_incidents.tables.dtypes import FrameError, as_pandas

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa

    Frame: TypeAlias = pd.DataFrame | pl.DataFrame | pa.Table
MAX_IDS = 5
"""The maximum number of ids in a message."""


class AnalysisError(ValueError):
    """A frame can't be added up, or lacks a column; the message says what to do.

    It repeats what the caller passed.
    """

    def __init__(self, message: str) -> None:
        super().__init__(user_text(message))


def pandas_frame(df: Frame) -> pd.DataFrame:
    """Convert any accepted frame to pandas."""
    try:
        return as_pandas(df)
    except FrameError as error:
        raise AnalysisError(str(error)) from error


def require_columns(table: pd.DataFrame, columns: Iterable[str], advice: str = "") -> None:
    """Raise an error for the first missing or duplicate column."""
    for name in columns:
        if name not in table.columns:
            message = f"the frame has no column {name!r}{f', {advice}' if advice else ''}."
            raise AnalysisError(f"{message} {list_of(list(map(str, table.columns)))}")
    refuse_duplicate_columns(table, columns)


def refuse_duplicate_columns(table: pd.DataFrame, columns: Iterable[str]) -> None:
    """Raise an error for the first duplicate column."""
    for name in columns:
        if isinstance(table[name], pd.DataFrame):
            raise AnalysisError(f"the frame has the column {name!r} twice; keep one")


def refuse_repeated_ids(ids: pd.Series[Any], where: str) -> None:
    """Raise an error if an incident occurs more than once."""
    repeated = ids[ids.duplicated()].astype(str).unique()
    if len(repeated):
        more = f" and {len(repeated) - MAX_IDS} more" if len(repeated) > MAX_IDS else ""
        raise AnalysisError(
            f"{len(repeated)} incidents come more than once {where}: {', '.join(repeated[:MAX_IDS])}{more}; keep one "
            "row of each, as by df.drop_duplicates('incident_id'), or filter to one value of the "
            "column that repeats them"
        )


def whole_numbers(column: pd.Series[Any]) -> pd.Series[Any]:
    """Convert a column to Int64; counts are whole numbers from 0."""
    kinds = {"integer", "floating", "mixed-integer-float", "integer-na"}
    return _converted(column, "Int64", kinds, "hold whole numbers from 0")


def booleans(column: pd.Series[Any]) -> pd.Series[Any]:
    """Convert a column to booleans, with NA as false; 1 and 0 are true and false, as in databases."""
    kinds = {"boolean", "integer", "floating", "integer-na"}
    truths: pd.Series[Any] = _converted(column, "boolean", kinds, "be boolean").fillna(False).astype(bool)
    return truths


def _converted(column: pd.Series[Any], type: Any, kinds: set[str], what: str) -> pd.Series[Any]:
    values: pd.Series[Any] = pd.Series(pd.NA, index=column.index, dtype=type)
    if column.isna().all():
        return values
    text = f"the column {column.name!r} must {what}, not {column.dtype}; `load` gives the right types"
    if infer_dtype(column, skipna=True) not in kinds:
        raise AnalysisError(text)
    try:
        values = column.astype(type)
    except (TypeError, ValueError) as error:
        raise AnalysisError(text) from error
    if (values < 0).any():
        raise AnalysisError(text)
    return values


def suggestion(name: str, names: list[str]) -> str:
    """Return the end of a message on an unknown name: the most similar known name, if any."""
    near = difflib.get_close_matches(name, names, n=1)
    return f"; did you mean {near[0]!r}?" if near else "."


def list_of(names: list[str]) -> str:
    """Return a sentence that lists the known names."""
    return f"There are: {', '.join(names) or 'none'}"
