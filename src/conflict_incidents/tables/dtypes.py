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
import pyarrow.compute as pc
from pandas.api import types as kinds

from conflict_incidents.core.findings import Shown, release_text, user_text
from conflict_incidents.tables.contract import CellValue, ContractError, Field, Table


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
_INFERRED_TYPES = {
    "string": [pa.string()],
    "integer": [pa.int64()],
    "number": [pa.float64(), pa.int64()],
    "boolean": [pa.bool_()],
    "date": [pa.string()],
}
"""The types that Arrow infers from valid values: its conversion alone would turn 1.5 into 1."""
_PANDAS_TYPE = {"string": "unicode", "integer": "int32", "number": "float64", "boolean": "bool", "date": "datetime"}


def dtype(field: Field) -> Any:
    """Return the pandas type of a column: Int32, Float64, boolean, string, datetime64[us], or a category with all
    levels.
    """
    if field.enum:
        return _category(field.enum, field.ordered)
    return _plain_dtype(field.type)


@cache
def _plain_dtype(type: str) -> Any:
    return np.dtype("datetime64[us]") if type == "date" else pd.api.types.pandas_dtype(_NULLABLE[type])


@cache
def _category(levels: tuple[str, ...], ordered: bool) -> pd.CategoricalDtype:
    return pd.CategoricalDtype(list(levels), ordered=ordered)


def array(field: Field, values: Sequence[CellValue]) -> pa.Array:
    """Convert values to a column; None is unknown, days are ISO 8601.

    Raises:
        ContractError: a value isn't in the column's list, or has the wrong type.
    """
    try:
        column = pa.array(values)
        if column.type not in (pa.null(), *_INFERRED_TYPES[field.type]):
            raise ContractError(f"{field.name}: values of the type {release_text(column.type)}, not {field.type}")
        if field.enum:
            return _levels(field, column.cast(pa.string()))
        return (column.cast(pa.date32()) if field.type == "date" else column).cast(_ARROW[field.type])
    except (pa.ArrowException, OverflowError) as error:
        raise ContractError(f"{field.name}: {release_text(error)}") from error


def _levels(field: Field, texts: pa.Array) -> pa.Array:
    levels = pa.array(field.enum, pa.string())
    codes = pc.index_in(texts, levels)
    if codes.null_count != texts.null_count:
        invalid = sorted({*texts.to_pylist()} - {None, *field.enum})
        raise ContractError(f"{field.name}: {release_text(invalid)} not among the values of datapackage.json")
    return pa.DictionaryArray.from_arrays(codes.cast(pa.int8()), levels, ordered=field.ordered)


def plain(column: pa.ChunkedArray, field: Field) -> list[CellValue]:
    """Convert a column to plain Python values: None for unknown, ISO 8601 for a day; the inverse of `array`."""
    values: list[CellValue] = _plain_column(column, field).to_pylist()
    return values


def plain_table(rows: pa.Table, table: Table) -> pa.Table:
    """Convert the columns of a table to those of plain values; see `plain`."""
    return pa.table({field.name: _plain_column(rows.column(field.name), field) for field in table.fields})


def _plain_column(column: pa.ChunkedArray, field: Field) -> pa.ChunkedArray:
    return text_column(column, field) if field.enum or field.type == "date" else column


def text_column(column: pa.ChunkedArray, field: Field) -> pa.ChunkedArray:
    """Convert a column to text, as in a CSV file before quoting."""
    if field.type == "number":
        return pa.chunked_array([[None if value is None else repr(value) for value in column.to_pylist()]], pa.string())
    return (column.cast(pa.date32()) if field.type == "date" else column).cast(pa.string())


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
        lazy = Shown("; call .collect() first" if hasattr(df, "collect") else "")
        raise FrameError(f"a {user_text(type(df).__name__)} is no data frame of pandas or polars{lazy}")
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
    expected = f"category with the levels {list(field.enum)}" if field.enum else str(want)
    had = f"category with the levels {list(have.categories)}" if isinstance(have, pd.CategoricalDtype) else str(have)
    return f"is of the type {had}, not {expected}; `conflict_incidents.load` gives the right types"


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
def arrow_schema(table: Table, names: tuple[str, ...] | None = None) -> pa.Schema:
    """Return the Arrow schema of a table, with the metadata from which pandas restores exact types."""
    fields = table.fields if names is None else [table.field(name) for name in names]
    described = {"index_columns": [], "column_indexes": [], "columns": [_pandas_metadata(field) for field in fields]}
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
