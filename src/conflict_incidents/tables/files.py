"""Tables as bytes: CSV and Parquet, written and read back by the contract.

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
from itertools import islice
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
"""How many rows of a CSV file are text at once."""
PAGE = 1 << 14
"""The size of a page of a Parquet file before compression, in bytes."""
MANY = 1000
"""From how many rows on columns are written without a dictionary where that helps."""
FEW_CELLS = 1 << 20
"""Up to how many cells of a table are read at once where its columns are asked for one by one."""


class TableFileError(ValueError):
    """A file that isn't the table which it should be; the message names row and column."""


def csv_bytes(frame: pd.DataFrame, table: Table) -> bytes:
    """A table as CSV; the same frame always gives the same bytes."""
    return f"{csv_line(table.names)}\n".encode() + csv_rows(frame, table)


def csv_rows(frame: pd.DataFrame, table: Table) -> bytes:
    """The rows of a table as CSV, without the line of the columns' names."""
    columns = [_cells(frame[field.name], field) for field in table.fields] if len(frame) else []
    return "".join(f"{','.join(row)}\n" for row in zip(*columns, strict=True)).encode()


def parquet_bytes(frame: pd.DataFrame, table: Table) -> bytes:
    """A table as Parquet; the same frame and the same release of pyarrow always give the same bytes."""
    return as_parquet(arrow_table(frame, table)) if len(frame) else no_rows(table)


@cache
def no_rows(table: Table) -> bytes:
    """A table without rows as Parquet, made once: most tables of a small dataset have none."""
    return as_parquet(arrow_schema(table, 0).empty_table())


def arrow_table(frame: pd.DataFrame, table: Table) -> pa.Table:
    """A table as Arrow has it, with the types of the contract."""
    schema = arrow_schema(table, len(frame))
    arrays = [_arrow(frame[field.name], schema.field(field.name).type) for field in table.fields]
    return pa.Table.from_arrays(arrays, schema=schema)


def as_parquet(made: pa.Table) -> bytes:
    """The bytes of a Parquet file, with an index of its pages: one row costs a reader a page, not a column."""
    buffer = io.BytesIO()
    repeating = [name for name in made.column_names if _is_repeating(made.column(name))]
    pq.write_table(
        made, buffer, compression="zstd", use_dictionary=repeating, data_page_size=PAGE, write_page_index=True
    )
    return buffer.getvalue()


def _is_repeating(column: pa.ChunkedArray) -> bool:
    """Whether values come again: a dictionary of titles would have to be read for every page of them."""
    if len(column) < MANY or not pa.types.is_string(column.type):
        return True
    return 2 * int(pc.count_distinct(column).as_py()) <= len(column)


def read_csv(data: bytes, table: Table, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """A table from its CSV file, with exact types.

    Raises:
        TableFileError: the header isn't the contract's, or a cell isn't of its column's type.
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
    """Some rows of a CSV file, which come after others, with exact types."""
    for number, row in enumerate(rows, start=before + 1):
        if len(row) != len(table.fields):
            raise TableFileError(f"{table.name}: row {number} has {len(row)} cells, not {len(table.fields)}")
    cells = dict(zip(table.names, zip(*rows, strict=True), strict=True)) if rows else dict.fromkeys(table.names, ())
    read = {field.name: column(field, _values(cells[field.name], before, field, table)) for field in wanted}
    return pd.DataFrame(read, index=pd.RangeIndex(len(rows)))


def read_parquet(data: bytes, table: Table, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """A table, or some of its columns, from its Parquet file, with exact types.

    Raises:
        TableFileError: the file can't be read, or its columns or their types aren't the contract's.
    """
    read = read_arrow(data, table, columns)
    frame: pd.DataFrame = read.to_pandas().copy()  # Arrow's own memory is read-only: no cell of it could be set
    for field in (table.field(name) for name in read.column_names):
        if field.enum and not len(frame):  # Parquet keeps no levels of a table without rows
            frame[field.name] = frame[field.name].cat.set_categories(list(field.enum))
        if frame[field.name].dtype != dtype(field):
            raise TableFileError(f"{table.name}: the column {field.name} came back as {frame[field.name].dtype}")
    return frame


def read_arrow(data: bytes, table: Table, columns: Sequence[str] | None = None) -> pa.Table:
    """A table, or some of its columns, from its Parquet file, as Arrow has it, with what pandas needs for exact types.

    Raises:
        TableFileError: the file can't be read, or its columns or their types aren't the contract's.
    """
    with _as_table_file(table), pq.ParquetFile(pa.BufferReader(data)) as file:
        _check_schema(file, table)
        read = file.read(columns=list(columns) if columns is not None else None)
    names = tuple(columns) if columns is not None else tuple(table.names)
    return read.select(names).replace_schema_metadata(arrow_schema(table, len(read), names).metadata)


class Columns:
    """The columns of a table's Parquet file one at a time, in their plain types, the unknown as null.

    A list of values comes as text, a day as text in ISO 8601: so the columns of two releases can be compared.
    """

    def __init__(self, source: Path | bytes, table: Table) -> None:
        """Open a file, or the bytes of one.

        Raises:
            TableFileError: it can't be read, or its columns or their types aren't the contract's.
        """
        self.table = table
        with _as_table_file(table):
            file = pa.BufferReader(source) if isinstance(source, bytes) else source
            self._file = pq.ParquetFile(file, memory_map=True)
            _check_schema(self._file, table)
            few = self._file.metadata.num_rows * len(table.fields) <= FEW_CELLS
            self._read = self._file.read() if few else None

    def __getitem__(self, name: str) -> pa.Array:
        """A column.

        Raises:
            TableFileError: it can't be read, or has a value that isn't of its type.
        """
        field = self.table.field(name)
        with _as_table_file(self.table):
            read = self._read if self._read is not None else self._file.read(columns=[name])
            found = read.column(name)
            found = found.cast(pa.date32()) if field.type == "date" else found
            text = field.type in {"date", "string"}
            return found.cast(pa.large_string() if text else arrow_type(field)).combine_chunks()


def cell(value: Value) -> str:
    """A value as written in a CSV file: unknown is empty, a truth is `true` or `false`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else repr(value) if isinstance(value, float) else str(value)


def csv_line(cells: Iterable[str]) -> str:
    """A row of a CSV file, without its end of line."""
    return ",".join(map(_csv_cell, cells))


@contextmanager
def _as_table_file(table: Table) -> Iterator[None]:
    """What Arrow says of a bad file, as an error of ours."""
    try:
        yield
    except (pa.ArrowException, OSError, ValueError) as error:
        if isinstance(error, TableFileError):
            raise
        raise TableFileError(f"{table.name}: not a Parquet file: {error}") from error


def _check_schema(file: pq.ParquetFile, table: Table) -> None:
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
    """A cell of text; csv's own writer doesn't quote a carriage return on every Python."""
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
