"""Read and write tables as CSV and Parquet, by the contract.

CSV is UTF-8 with LF; unknown is an empty cell, booleans are `true` or `false`, dates ISO 8601. Parquet has the types of
the contract, and no version number of the package.

Prevents: a carriage return splitting a row, Namibia's `NA` read as missing, and a partly written file read as a table.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import BinaryIO

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from conflict_incidents.core.errors import UserError
from conflict_incidents.core.findings import Shown, release_text
from conflict_incidents.tables.contract import Cells, CellValue, Field, Table
from conflict_incidents.tables.dtypes import array, arrow_schema, arrow_type, dtype, text_column

BATCH = 4096
"""The number of rows to convert at once."""
GROUP_CELLS = 1 << 21
"""The number of cells of a row group of a Parquet file, about the most that are held at once.

Each group repeats the dictionaries of its columns: of larger ones, a browser that reads whole columns fetches less.
"""
PAGE = 1 << 14
"""The size of a page of a Parquet file before compression, in bytes."""
MANY = 1000
"""The number of rows from which columns are written without a dictionary if that helps."""
MAX_CELLS = 1 << 20
"""The maximum number of cells to read at once when columns are read one by one."""


class TableFileError(UserError, ValueError):
    """A file isn't a valid table; the message names row and column."""


def rows_table(table: Table, rows: Sequence[Cells]) -> pa.Table:
    """Convert rows to Arrow, with the types of the contract.

    Raises:
        ContractError: a column can't hold a value.
    """
    columns: Iterable[Sequence[CellValue]] = zip(*rows, strict=True) if rows else [()] * len(table.fields)
    arrays = [array(field, values) for field, values in zip(table.fields, columns, strict=True)]
    return pa.Table.from_arrays(arrays, schema=arrow_schema(table))


def arrow_table(frame: pd.DataFrame, table: Table) -> pa.Table:
    """Convert a frame to Arrow, with the types of the contract."""
    schema = arrow_schema(table)
    return pa.Table.from_pandas(frame, schema, preserve_index=False).replace_schema_metadata(schema.metadata)


def csv_header(table: Table) -> bytes:
    """Format the names of the columns as CSV."""
    return f"{csv_line(table.names)}\n".encode()


def csv_rows(part: pa.Table, table: Table) -> bytes:
    """Format rows of a table as CSV, without the header."""
    cells = [_csv_cells(text_column(part.column(field.name), field), field) for field in table.fields]
    lines = pc.binary_join_element_wise(*cells, ",", null_handling="replace", null_replacement="")
    return "".join([f"{line}\n" for line in lines.to_pylist()]).encode()


def _csv_cells(texts: pa.ChunkedArray, field: Field) -> pa.ChunkedArray:
    """Quote the cells of a column."""
    special = pc.match_substring_regex(texts, '[",\r\n]') if field.type == "string" else None
    if special is None or not pc.any(special).as_py():
        return texts
    doubled = pc.replace_substring(texts, '"', '""')
    return pc.if_else(special, pc.binary_join_element_wise('"', doubled, '"', ""), texts)


def as_parquet(table: pa.Table) -> bytes:
    """Return the bytes of a Parquet file."""
    parts = (table.slice(start, BATCH) for start in range(0, len(table), BATCH))
    return b"".join(parquet_of(parts, table.schema))


def parquet_of(parts: Iterable[pa.Table], schema: pa.Schema) -> Iterator[bytes]:
    """Yield a Parquet file of these parts of a table, each row group once it is complete.

    It has a page index: reading one row then reads one page per column.
    """
    groups = _groups(parts)
    first = next(groups, None)
    if first is None:
        yield _no_rows(schema.serialize().to_pybytes())
        return
    repeating = [name for name in first.column_names if _is_repeating(first.column(name))]
    buffer = io.BytesIO()
    with _writer(buffer, schema, repeating) as writer:
        for group in chain([first], groups):
            writer.write_table(group)
            yield _drain(buffer)
    yield _drain(buffer)


def _groups(parts: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """Join parts to row groups."""
    pending: list[pa.Table] = []
    for part in parts:
        pending.append(part)
        if sum(map(len, pending)) * part.num_columns >= GROUP_CELLS:
            yield pa.concat_tables(pending)
            pending.clear()
    if any(map(len, pending)):
        yield pa.concat_tables(pending)


def _writer(file: BinaryIO, schema: pa.Schema, repeating: list[str] | bool = True) -> pq.ParquetWriter:
    return pq.ParquetWriter(
        file, schema, compression="zstd", use_dictionary=repeating, data_page_size=PAGE, write_page_index=True
    )


def _drain(file: io.BytesIO) -> bytes:
    """Empty a file in memory, and return what it had; Arrow keeps its own count of the position."""
    data = file.getvalue()
    file.seek(0)
    file.truncate()
    return data


@lru_cache(maxsize=256)
def _no_rows(described: bytes) -> bytes:
    """Return an empty table as Parquet, given its schema as bytes; cached: most tables of a small dataset are empty."""
    schema, file = pa.ipc.read_schema(pa.py_buffer(described)), io.BytesIO()
    with _writer(file, schema) as writer:
        writer.write_table(schema.empty_table())
    return file.getvalue()


def _is_repeating(column: pa.ChunkedArray) -> bool:
    """Whether values repeat: a dictionary of unique texts would have to be read for every page of them."""
    if len(column) < MANY or not pa.types.is_string(column.type):
        return True
    return 2 * int(pc.count_distinct(column).as_py()) <= len(column)


def arrow_frame(read: pa.Table, table: Table) -> pd.DataFrame:
    """Convert rows in Arrow to a frame with exact types.

    Raises:
        TableFileError: a column has another type.
    """
    read = _with_metadata(read, table)
    with as_table_file(table):
        frame: pd.DataFrame = read.to_pandas().copy()  # Arrow's own memory is read-only: cells couldn't be set
    fields = [table.field(name) for name in read.column_names]
    for field in fields if not len(frame) else ():  # Parquet keeps no levels of an empty table
        if field.enum:
            frame[field.name] = frame[field.name].cat.set_categories(list(field.enum))
    for field, actual in zip(fields, frame.dtypes, strict=True):
        if actual != dtype(field):
            raise TableFileError(f"{table.name}: the column {field.name} came back as {release_text(actual)}")
    return frame


def _with_metadata(read: pa.Table, table: Table) -> pa.Table:
    """Return rows with the metadata from which pandas restores exact types."""
    names = None if read.column_names == table.names else tuple(read.column_names)
    return read.replace_schema_metadata(arrow_schema(table, names).metadata)


def read_arrow(data: bytes, table: Table, columns: Sequence[str] | None = None) -> pa.Table:
    """Read a table, or some of its columns, from its Parquet file as Arrow, with the pandas metadata.

    Raises:
        TableFileError: the file can't be read, or its columns or types differ from the contract.
    """
    with as_table_file(table), pq.ParquetFile(pa.BufferReader(data)) as file:
        check_schema(file, table)
        read = _read_table(file, columns).select(table.names if columns is None else list(columns))
    for field in map(table.field, read.column_names):
        chunks = [chunk for chunk in read.column(field.name).chunks if field.enum and len(chunk)]
        if any(chunk.dictionary.to_pylist() != list(field.enum) for chunk in chunks):
            raise TableFileError(f"{table.name}: the column {field.name} has other values than its list")
    return _with_metadata(read, table)


class Columns:
    """The columns of a table's Parquet file, read one at a time, in plain types with nulls for unknown.

    Closed lists are read as text, and days as text in ISO 8601, so that columns of two releases can be compared.
    """

    def __init__(self, file: Path, table: Table) -> None:
        """Open a file.

        Raises:
            TableFileError: it can't be read, or its columns or types differ from the contract.
        """
        self.table = table
        with as_table_file(table):
            self._file = pq.ParquetFile(file, memory_map=True)
            check_schema(self._file, table)
            few = self._file.metadata.num_rows * len(table.fields) <= MAX_CELLS
            self._read = _read_table(self._file) if few else None

    def __getitem__(self, name: str) -> pa.Array:
        """Read a column.

        Raises:
            TableFileError: it can't be read, or has a value of the wrong type.
        """
        field = self.table.field(name)
        with as_table_file(self.table):
            read = self._read if self._read is not None else self._file.read(columns=[name])
            column = read.column(name)
            column = column.cast(pa.date32()) if field.type == "date" else column
            text = field.type in {"date", "string"}
            return column.cast(pa.large_string() if text else arrow_type(field)).combine_chunks()


def cell(value: CellValue) -> str:
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
        raise TableFileError(f"{table.name}: not a Parquet file: {release_text(error)}") from error


def _read_table(file: pq.ParquetFile, columns: Sequence[str] | None = None) -> pa.Table:
    """Read a Parquet file, or some of its columns; one without rows, as most tables of a small release, has a schema
    alone.
    """
    return file.read(columns=columns and list(columns)) if file.metadata.num_rows else file.schema_arrow.empty_table()


def check_schema(file: pq.ParquetFile, table: Table) -> None:
    """Raise an error if the columns or types of a Parquet file differ from the contract."""
    schema = file.schema_arrow
    if not schema.equals(arrow_schema(table), check_metadata=False):
        raise TableFileError(f"{table.name}: {headers(schema.names, table)}")


def _csv_cell(text: str) -> str:
    """Quote a cell of text; csv's own writer doesn't quote a carriage return on every Python."""
    return '"' + text.replace('"', '""') + '"' if set(text) & set('",\r\n') else text


def headers(names: Sequence[str], table: Table) -> Shown:
    """Describe how the names of columns differ from the contract."""
    lacking = [name for name in table.names if name not in names]
    unknown = [name for name in names if name not in table.names]
    if lacking:
        return f"the column {release_text(lacking[0])} is missing"
    if unknown:
        return f"the column {release_text(repr(unknown[0]))} isn't in the contract"
    return Shown("the columns aren't those of the contract")
