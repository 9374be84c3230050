"""The pandas and Arrow types of columns, generated from the contract.

The `pandas` metadata of a Parquet file is written here, so that a bare `pandas.read_parquet` returns nullable integers,
booleans, text and categories with their levels, and the bytes contain no version number.

Prevents: unknown becoming NaN, whole numbers becoming floats, and a value outside its list becoming empty (as in
pandas' own categories).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from pandas.api import types as kinds

from conflict_incidents.tables.contract import Cells, ContractError, Field, Table, Value


class FrameError(ValueError):
    """An object isn't a data frame, or is a lazy one; the message says what to pass."""


_NULLABLE = {"string": "string", "integer": "Int32", "number": "Float64", "boolean": "boolean"}
_ARROW = {
    "string": pa.string(),
    "integer": pa.int32(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.timestamp("us"),
}
_PANDAS_TYPE = {"string": "unicode", "integer": "int32", "number": "float64", "boolean": "bool", "date": "datetime"}


def dtype(field: Field) -> Any:
    """Return the pandas type of a column: Int32, Float64, boolean, string, datetime64[us], or a category with all
    levels.
    """
    if field.enum:
        return _category(field.enum, field.ordered)
    return np.dtype("datetime64[us]") if field.type == "date" else pd.api.types.pandas_dtype(_NULLABLE[field.type])


@cache
def _category(levels: tuple[str, ...], ordered: bool) -> pd.CategoricalDtype:
    return pd.CategoricalDtype(list(levels), ordered=ordered)


def frame(table: Table, rows: Sequence[Cells]) -> pd.DataFrame:
    """Convert rows to a frame with exact types.

    Args:
        table: the contract of the table.
        rows: the values of its columns, None where unknown; dates as ISO 8601.

    Raises:
        ContractError: a column can't hold a value.
    """
    if not rows:
        return _empty(table).copy()
    columns = zip(*rows, strict=True)
    made = {field.name: column(field, values) for field, values in zip(table.fields, columns, strict=True)}
    return pd.DataFrame(made, index=pd.RangeIndex(len(rows)))


@lru_cache(maxsize=256)
def _empty(table: Table) -> pd.DataFrame:
    return pd.DataFrame({field.name: column(field, ()) for field in table.fields}, index=pd.RangeIndex(0))


def column(field: Field, values: Sequence[Value]) -> Any:
    """Convert values to an array of the column's type; None is NA.

    Raises:
        ContractError: a value isn't in the column's list, or has the wrong type.
    """
    strange = set(values) - {None, *field.enum} if field.enum else set()
    if strange:
        raise ContractError(f"{field.name}: {sorted(map(str, strange))} not among the values of datapackage.json")
    try:
        if field.enum:
            return pd.Categorical(list(values), dtype=dtype(field))
        if field.type == "date":
            return pd.DatetimeIndex(np.array(["NaT" if day is None else day for day in values], dtype="datetime64[us]"))
        return pd.array(list(values), dtype=dtype(field))
    except (ValueError, TypeError, OverflowError) as error:
        raise ContractError(f"{field.name}: {error}") from error


def plain(series: pd.Series[Any], field: Field) -> list[Value]:
    """Convert a column to plain Python values: None for unknown, ISO 8601 for a day; the inverse of `column`."""
    array = series.array
    if field.type == "date":
        values = np.datetime_as_string(np.asarray(array, dtype="datetime64[D]")).tolist()
    else:
        values = array.tolist()
    return [None if unknown else value for value, unknown in zip(values, array.isna(), strict=True)]


def as_pandas(df: Any) -> pd.DataFrame:
    """Convert a frame of pandas, polars or Arrow to pandas, with nullable types for Arrow columns.

    A frame of pandas without such columns is returned as it is.

    Raises:
        FrameError: it is no such frame.
    """
    if isinstance(df, pd.DataFrame):
        arrow = {name: type for name, type in df.dtypes.items() if isinstance(type, pd.ArrowDtype)}
        return df.astype({name: _nullable(type.pyarrow_dtype) or type for name, type in arrow.items()}) if arrow else df
    table = df.to_arrow() if hasattr(df, "to_arrow") and hasattr(df, "columns") else df
    if not isinstance(table, pa.Table):
        lazy = "; call .collect() first" if hasattr(df, "collect") else ""
        raise FrameError(f"a {type(df).__name__} is no data frame of pandas or polars{lazy}")
    return as_pandas(without_dictionaries(table).to_pandas(types_mapper=pd.ArrowDtype))


def without_dictionaries(table: pa.Table) -> pa.Table:
    """Replace the dictionaries of a table by text.

    pandas treats every value of an Arrow dictionary as a group, used or not, and can't read one back from Parquet.
    """
    types = [pa.string() if pa.types.is_dictionary(field.type) else field.type for field in table.schema]
    return table.cast(pa.schema([field.with_type(type) for field, type in zip(table.schema, types, strict=True)]))


def _nullable(type: pa.DataType) -> Any:
    """Return the nullable pandas type for an Arrow type; None if there is none."""
    if pa.types.is_temporal(type):
        return "datetime64[us]"
    if pa.types.is_boolean(type):
        return "boolean"
    if pa.types.is_integer(type):
        return "Int64"
    if pa.types.is_floating(type):
        return "Float64"
    text = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view, pa.types.is_dictionary)
    return "string" if any(is_text(type) for is_text in text) else None


def misfit(series: pd.Series[Any], field: Field, exact: bool = False) -> str | None:
    """Return why a column's type is incompatible with the contract; None if compatible.

    Args:
        series: the column.
        field: its contract.
        exact: whether to require the exact type. Otherwise any integer type is accepted for whole numbers, text for a
            category, every resolution for a date; but never a float for a whole number.
    """
    want, have = dtype(field), series.dtype
    if have == want or (not exact and (_alike(series, field) or bool(series.isna().all()))):
        return None
    wanted = f"category with the levels {list(field.enum)}" if field.enum else str(want)
    had = f"category with the levels {list(have.categories)}" if isinstance(have, pd.CategoricalDtype) else str(have)
    return f"is of the type {had}, not {wanted}; `conflict_incidents.load` gives the right types"


def _alike(series: pd.Series[Any], field: Field) -> bool:
    if field.type == "integer":
        return kinds.is_integer_dtype(series.dtype)
    if field.type == "number":
        return kinds.is_numeric_dtype(series.dtype) and not kinds.is_bool_dtype(series.dtype)
    if field.type == "boolean":
        return kinds.is_bool_dtype(series.dtype)
    if field.type == "date":
        return series.dtype.kind == "M" and getattr(series.dtype, "tz", None) is None
    values = series.cat.categories if isinstance(series.dtype, pd.CategoricalDtype) else series.dropna()
    return kinds.is_string_dtype(series.dtype) or all(isinstance(value, str) for value in values)


@lru_cache(maxsize=256)
def arrow_schema(table: Table, rows: int, names: tuple[str, ...] | None = None) -> pa.Schema:
    """Return the Arrow schema of a table with `rows` rows, with the metadata from which pandas restores exact types."""
    fields = table.fields if names is None else [table.field(name) for name in names]
    described = {
        "index_columns": [{"kind": "range", "name": None, "start": 0, "stop": rows, "step": 1}],
        "column_indexes": [],
        "columns": [_pandas_metadata(field) for field in fields],
    }
    metadata = {b"pandas": json.dumps(described, sort_keys=True).encode()}
    return pa.schema([pa.field(field.name, arrow_type(field)) for field in fields], metadata=metadata)


def arrow_type(field: Field) -> pa.DataType:
    """Return the Arrow type of a column; a list of values becomes a dictionary."""
    return pa.dictionary(pa.int8(), pa.string(), ordered=field.ordered) if field.enum else _ARROW[field.type]


def _pandas_metadata(field: Field) -> dict[str, Any]:
    if field.enum:
        kind, numpy_type, extra = "categorical", "int8", {"num_categories": len(field.enum), "ordered": field.ordered}
    else:
        kind, numpy_type, extra = _PANDAS_TYPE[field.type], str(dtype(field)), None
    return {
        "name": field.name,
        "field_name": field.name,
        "pandas_type": kind,
        "numpy_type": numpy_type,
        "metadata": extra,
    }
