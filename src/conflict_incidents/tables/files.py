"""Read and write tables as CSV and Parquet, by the contract.

CSV is UTF-8 with LF; unknown is an empty cell, booleans are `true` or `false`, dates ISO 8601. Parquet has the types of
the contract, and no version number of the package.

Prevents: a carriage return splitting a row, Namibia's `NA` read as missing, and a partly written file read as a table.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from functools import cache
from itertools import chain, islice
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from conflict_incidents.tables.contract import ContractError, Field, Table, Value
from conflict_incidents.tables.dtypes import arrow_schema, arrow_type, column, dtype, plain

_WHOLE = re.compile(r"-?[0-9]{1,10}")
_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?(e-?[0-9]+)?")
_TRUTHS = {"true": True, "false": False}
BATCH = 4096
"""The number of rows of a CSV file to hold as text at once."""
GROUP = 1 << 17
"""The number of rows of a row group of a Parquet file, the most that is held at once.

Each group repeats the dictionaries of its columns: of larger ones, a browser that reads whole columns fetches less.
"""
PAGE = 1 << 14
"""The size of a page of a Parquet file before compression, in bytes."""
MANY = 1000
"""The number of rows from which columns are written without a dictionary if that helps."""
FEW_CELLS = 1 << 20
"""The maximum number of cells to read at once when columns are read one by one."""


class TableFileError(ValueError):
    """A file isn't a valid table; the message names row and column."""


def csv_bytes(frame: pd.DataFrame, table: Table) -> bytes:
    """Format a table as CSV; the same frame always gives the same bytes."""
    return f"{csv_line(table.names)}\n".encode() + csv_rows(frame, table)


def csv_rows(frame: pd.DataFrame, table: Table) -> bytes:
    """Format the rows of a table as CSV, without the header."""
    columns = [_cells(frame[field.name], field) for field in table.fields] if len(frame) else []
    return "".join(f"{','.join(row)}\n" for row in zip(*columns, strict=True)).encode()


def parquet_bytes(frame: pd.DataFrame, table: Table) -> bytes:
    """Format a table as Parquet; the same frame and version of pyarrow always give the same bytes."""
    return as_parquet(arrow_table(frame, table)) if len(frame) else no_rows(table)


@cache
def no_rows(table: Table) -> bytes:
    """Return an empty table as Parquet, cached: most tables of a small dataset are empty."""
    return as_parquet(arrow_schema(table, 0).empty_table())


def arrow_table(frame: pd.DataFrame, table: Table) -> pa.Table:
    """Convert a table to Arrow, with the types of the contract."""
    schema = arrow_schema(table, len(frame))
    arrays = [_arrow(frame[field.name], schema.field(field.name).type) for field in table.fields]
    return pa.Table.from_arrays(arrays, schema=schema)


def as_parquet(made: pa.Table) -> bytes:
    """Return the bytes of a Parquet file, with a page index: reading one row then reads one page per column."""
    return parquet_of((made.slice(start, GROUP) for start in range(0, max(1, len(made)), GROUP)), made.schema)


def parquet_of(groups: Iterable[pa.Table], schema: pa.Schema) -> bytes:
    """Return the bytes of a Parquet file of these groups of rows, at least one, of `GROUP` rows but for the last."""
    buffer = io.BytesIO()
    left = iter(groups)
    first = next(left)
    repeating = [name for name in first.column_names if _is_repeating(first.column(name))]
    with pq.ParquetWriter(
        buffer, schema, compression="zstd", use_dictionary=repeating, data_page_size=PAGE, write_page_index=True
    ) as writer:
        for group in chain([first], left):
            writer.write_table(group, row_group_size=GROUP)
    return buffer.getvalue()


def _is_repeating(column: pa.ChunkedArray) -> bool:
    """Whether values repeat: a dictionary of unique texts would have to be read for every page of them."""
    if len(column) < MANY or not pa.types.is_string(column.type):
        return True
    return 2 * int(pc.count_distinct(column).as_py()) <= len(column)


def read_csv(data: bytes, table: Table, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """Read a table from its CSV file, with exact types.

    Raises:
        TableFileError: the header differs from the contract, or a cell has the wrong type.
    """
    wanted = [table.field(name) for name in columns or table.names]
    frames, count = [_rows([], 0, wanted, table)], 0
    try:
        reader = csv.reader(io.StringIO(data.decode(), newline=""), strict=True)
        header = next(reader, None)
        if header is None:
            raise TableFileError(f"{table.name}: not a table in CSV: the file is empty")
        if header != table.names:
            raise TableFileError(f"{table.name}: {_headers(header, table)}")
        while rows := list(islice(reader, BATCH)):
            frames.append(_rows(rows, count, wanted, table))
            count += len(rows)
    except (UnicodeError, csv.Error) as error:
        raise TableFileError(f"{table.name}: not a table in CSV: {error}") from error
    return pd.concat(frames[1:], ignore_index=True) if len(frames) > 2 else frames[-1]


def _rows(rows: Sequence[Sequence[str]], before: int, wanted: Sequence[Field], table: Table) -> pd.DataFrame:
    """Convert some rows of a CSV file, after `before` others, to exact types."""
    for number, row in enumerate(rows, start=before + 1):
        if len(row) != len(table.fields):
            raise TableFileError(f"{table.name}: row {number} has {len(row)} cells, not {len(table.fields)}")
    cells = dict(zip(table.names, zip(*rows, strict=True), strict=True)) if rows else dict.fromkeys(table.names, ())
    read = {field.name: column(field, _values(cells[field.name], before, field, table)) for field in wanted}
    return pd.DataFrame(read, index=pd.RangeIndex(len(rows)))


def read_parquet(data: bytes, table: Table, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """Read a table, or some of its columns, from its Parquet file, with exact types.

    Raises:
        TableFileError: the file can't be read, or its columns or types differ from the contract.
    """
    return arrow_frame(read_arrow(data, table, columns), table)


def arrow_frame(read: pa.Table, table: Table) -> pd.DataFrame:
    """Convert rows that were read from a Parquet file to a frame with exact types.

    Raises:
        TableFileError: a column has another type.
    """
    read = read.replace_schema_metadata(arrow_schema(table, len(read), tuple(read.column_names)).metadata)
    with as_table_file(table):
        frame: pd.DataFrame = read.to_pandas().copy()  # Arrow's own memory is read-only: cells couldn't be set
    for field in (table.field(name) for name in read.column_names):
        if field.enum and not len(frame):  # Parquet keeps no levels of an empty table
            frame[field.name] = frame[field.name].cat.set_categories(list(field.enum))
        if frame[field.name].dtype != dtype(field):
            raise TableFileError(f"{table.name}: the column {field.name} came back as {frame[field.name].dtype}")
    return frame


def read_arrow(data: bytes, table: Table, columns: Sequence[str] | None = None) -> pa.Table:
    """Read a table, or some of its columns, from its Parquet file as Arrow, with the pandas metadata.

    Raises:
        TableFileError: the file can't be read, or its columns or types differ from the contract.
    """
    with as_table_file(table), pq.ParquetFile(pa.BufferReader(data)) as file:
        check_schema(file, table)
        read = _whole(file, columns)
    names = tuple(columns) if columns is not None else tuple(table.names)
    return read.select(names).replace_schema_metadata(arrow_schema(table, len(read), names).metadata)


class Columns:
    """The columns of a table's Parquet file, read one at a time, in plain types with nulls for unknown.

    Closed lists are read as text, and days as text in ISO 8601, so that columns of two releases can be compared.
    """

    def __init__(self, source: Path | bytes, table: Table) -> None:
        """Open a file, or the bytes of one.

        Raises:
            TableFileError: it can't be read, or its columns or types differ from the contract.
        """
        self.table = table
        with as_table_file(table):
            file = pa.BufferReader(source) if isinstance(source, bytes) else source
            self._file = pq.ParquetFile(file, memory_map=True)
            check_schema(self._file, table)
            few = self._file.metadata.num_rows * len(table.fields) <= FEW_CELLS
            self._read = _whole(self._file) if few else None

    def __getitem__(self, name: str) -> pa.Array:
        """Read a column.

        Raises:
            TableFileError: it can't be read, or has a value of the wrong type.
        """
        field = self.table.field(name)
        with as_table_file(self.table):
            read = self._read if self._read is not None else self._file.read(columns=[name])
            found = read.column(name)
            found = found.cast(pa.date32()) if field.type == "date" else found
            text = field.type in {"date", "string"}
            return found.cast(pa.large_string() if text else arrow_type(field)).combine_chunks()


def cell(value: Value) -> str:
    """Format a value for a CSV file: unknown is empty, booleans are `true` or `false`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else repr(value) if isinstance(value, float) else str(value)


def csv_line(cells: Iterable[str]) -> str:
    """Format a row of a CSV file, without the line end."""
    return ",".join(map(_csv_cell, cells))


@contextmanager
def as_table_file(table: Table) -> Iterator[None]:
    """Convert Arrow's errors on bad files to ours."""
    try:
        yield
    except (pa.ArrowException, OSError, ValueError) as error:
        if isinstance(error, TableFileError):
            raise
        raise TableFileError(f"{table.name}: not a Parquet file: {error}") from error


def _whole(file: pq.ParquetFile, columns: Sequence[str] | None = None) -> pa.Table:
    """Read a Parquet file, or some of its columns; one without rows, as most tables of a small release, has a schema
    alone.
    """
    return file.read(columns=columns and list(columns)) if file.metadata.num_rows else file.schema_arrow.empty_table()


def check_schema(file: pq.ParquetFile, table: Table) -> None:
    """Raise an error if the columns or types of a Parquet file differ from the contract."""
    schema = file.schema_arrow
    if not schema.equals(arrow_schema(table, file.metadata.num_rows), check_metadata=False):
        raise TableFileError(f"{table.name}: {_headers(schema.names, table)}")


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
        "date": lambda value: value,
        "string": _csv_cell,
    }[field.type]
    return ["" if value is None else write(value) for value in plain(series, field)]


def _csv_cell(text: str) -> str:
    """Quote a cell of text; csv's own writer doesn't quote a carriage return on every Python."""
    return '"' + text.replace('"', '""') + '"' if set(text) & set('",\r\n') else text


def _values(cells: Sequence[str], before: int, field: Field, table: Table) -> list[Value]:
    read: Callable[[str], Value] = {
        "integer": lambda cell: int(cell) if _WHOLE.fullmatch(cell) and abs(int(cell)) < 2**31 else _refuse(),
        "number": lambda cell: float(cell) if _DECIMAL.fullmatch(cell) else _refuse(),
        "boolean": lambda cell: _TRUTHS[cell],
        "date": lambda cell: date.fromisoformat(cell).isoformat() if len(cell) == 10 else _refuse(),
        "string": lambda cell: cell if not field.enum or cell in field.enum else _refuse(),
    }[field.type]
    values: list[Value] = []
    for number, cell in enumerate(cells, start=before + 1):
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
