"""Tables as bytes: CSV and Parquet, written and read back by the contract.

CSV is UTF-8 with LF; an unknown value is an empty cell, a truth is `true` or `false`, a day is ISO 8601. Parquet has
the types of the contract and no version numbers of ours.

Prevents: the same table meaning different things in its two files, a carriage return splitting a row, Namibia's `NA`
read as missing, and a torn or foreign file read as if it were the table.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from conflict_incidents.columns import Value, arrow_schema, column, dtype
from conflict_incidents.contract import ContractError, Field, Table

_WHOLE = re.compile(r"-?[0-9]{1,10}")
_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?(e-?[0-9]+)?")
_TRUTHS = {"true": True, "false": False}


class TableFileError(ValueError):
    """A file that isn't the table which it should be; the message names row and column."""


def csv_bytes(frame: pd.DataFrame, table: Table) -> bytes:
    """A table as CSV; the same frame always gives the same bytes."""
    columns = [_cells(frame[field.name], field) for field in table.fields]
    lines = [",".join(map(_quoted, table.names)), *(",".join(row) for row in zip(*columns, strict=True))]
    return ("\n".join(lines) + "\n").encode()


def parquet_bytes(frame: pd.DataFrame, table: Table) -> bytes:
    """A table as Parquet; the same frame and the same release of pyarrow always give the same bytes."""
    schema = arrow_schema(table, len(frame))
    arrays = [_arrow(frame[field.name], schema.field(field.name).type) for field in table.fields]
    buffer = io.BytesIO()
    pq.write_table(pa.Table.from_arrays(arrays, schema=schema), buffer, compression="zstd")
    return buffer.getvalue()


def read_csv(data: bytes, table: Table, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """A table from its CSV file, with exact types.

    Raises:
        TableFileError: the header isn't the contract's, or a cell isn't of its column's type.
    """
    try:
        header, *rows = csv.reader(io.StringIO(data.decode(), newline=""), strict=True)
    except (ValueError, csv.Error) as error:
        raise TableFileError(f"{table.name}: not a table in CSV: {error}") from error
    if header != table.names:
        raise TableFileError(f"{table.name}: {_headers(header, table)}")
    for number, row in enumerate(rows, start=1):
        if len(row) != len(header):
            raise TableFileError(f"{table.name}: row {number} has {len(row)} cells, not {len(header)}")
    cells = dict(zip(header, zip(*rows, strict=True), strict=True)) if rows else dict.fromkeys(header, ())
    wanted = [table.field(name) for name in columns or table.names]
    read = {field.name: column(field, _values(cells[field.name], field, table)) for field in wanted}
    return pd.DataFrame(read, index=pd.RangeIndex(len(rows)))


def read_parquet(data: bytes, table: Table, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """A table, or some of its columns, from its Parquet file, with exact types.

    Raises:
        TableFileError: the file can't be read, or its columns or their types aren't the contract's.
    """
    try:
        file = pq.ParquetFile(pa.BufferReader(data))
        read = file.read(columns=list(columns) if columns is not None else None)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise TableFileError(f"{table.name}: not a Parquet file: {error}") from error
    expected = arrow_schema(table, file.metadata.num_rows)
    if not file.schema_arrow.equals(expected, check_metadata=False):
        raise TableFileError(f"{table.name}: {_headers(file.schema_arrow.names, table)}")
    names = list(columns) if columns is not None else table.names
    read = read.select(names).replace_schema_metadata(arrow_schema(table, len(read), names).metadata)
    frame: pd.DataFrame = read.to_pandas().copy()  # Arrow's own memory is read-only: no cell of it could be set
    for field in (table.field(name) for name in names):
        if field.enum and not len(frame):  # Parquet keeps no levels of a table without rows
            frame[field.name] = frame[field.name].cat.set_categories(list(field.enum))
        if frame[field.name].dtype != dtype(field):
            raise TableFileError(f"{table.name}: the column {field.name} came back as {frame[field.name].dtype}")
    return frame


def _arrow(series: pd.Series[Any], type: pa.DataType) -> pa.Array:
    if not pa.types.is_dictionary(type):
        array = pa.array(series, type=type, from_pandas=True)
        return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array
    codes = pa.array(series.cat.codes, type=pa.int8(), mask=series.isna().to_numpy())
    levels = pa.array(list(series.cat.categories), type=pa.string())
    return pa.DictionaryArray.from_arrays(codes, levels, ordered=type.ordered)


def _cells(series: pd.Series[Any], field: Field) -> list[str]:
    write: Callable[[Any], str] = {
        "integer": lambda value: str(int(value)),
        "number": lambda value: repr(float(value)),
        "boolean": lambda value: "true" if value else "false",
        "date": lambda value: value.date().isoformat(),
        "string": _quoted,
    }[field.type]
    return ["" if missing else write(value) for value, missing in zip(series, series.isna(), strict=True)]


def _quoted(text: str) -> str:
    """A cell of text; csv's own writer doesn't quote a carriage return on every Python."""
    return '"' + text.replace('"', '""') + '"' if set(text) & set('",\r\n') else text


def _values(cells: Sequence[str], field: Field, table: Table) -> list[Value]:
    read: Callable[[str], Value] = {
        "integer": lambda cell: int(cell) if _WHOLE.fullmatch(cell) and abs(int(cell)) < 2**31 else _refuse(),
        "number": lambda cell: float(cell) if _DECIMAL.fullmatch(cell) else _refuse(),
        "boolean": lambda cell: _TRUTHS[cell],
        "date": lambda cell: date.fromisoformat(cell).isoformat() if len(cell) == 10 else _refuse(),
        "string": lambda cell: cell if not field.enum or cell in field.enum else _refuse(),
    }[field.type]
    values: list[Value] = []
    for number, cell in enumerate(cells, start=1):
        try:
            values.append(read(cell) if cell else None)
        except (ValueError, KeyError):
            raise TableFileError(
                f"{table.name}: row {number}, {field.name}: {cell[:60]!r} is no {field.type}"
            ) from None
    return values


def _refuse() -> Value:
    raise ContractError


def _headers(names: Sequence[str], table: Table) -> str:
    lacking = [name for name in table.names if name not in names]
    strange = [name for name in names if name not in table.names]
    if lacking:
        return f"the column {lacking[0]} is missing"
    return f"the column {strange[0]!r} isn't in the contract" if strange else "the columns aren't those of the contract"
