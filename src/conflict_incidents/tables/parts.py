"""Read a written table in parts, so that memory doesn't grow with its rows.

Prevents: running out of memory on a large table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from conflict_incidents.core.findings import release_text
from conflict_incidents.tables.contract import Table, tables
from conflict_incidents.tables.dtypes import text_column
from conflict_incidents.tables.files import (
    MAX_CELLS,
    TableFileError,
    arrow_frame,
    arrow_table,
    as_table_file,
    check_schema,
    headers,
    read_arrow,
)

_BLOCK = 1 << 22
"""The number of bytes of a CSV file to read at once."""
_MAX_ROWS = 1 << 16
"""The maximum number of rows to read at once."""


class UnsortedError(Exception):
    """The rows of a table aren't sorted by the first column of its key."""


class Tables(Mapping[str, pd.DataFrame]):
    """The tables in a folder by name, each read from its Parquet file on demand; only the last one is cached."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._last: tuple[str, pd.DataFrame] | None = None

    def __getitem__(self, name: str) -> pd.DataFrame:
        if self._last is None or self._last[0] != name:
            self._last = None
            data = (self._folder / f"{name}.parquet").read_bytes()
            self._last = name, arrow_frame(read_arrow(data, tables()[name]), tables()[name])
        return self._last[1]

    def __iter__(self) -> Iterator[str]:
        return iter(tables())

    def __len__(self) -> int:
        return len(tables())

    def parts(self, name: str, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """Yield the rows of a table, or some of its columns, in parts of bounded size."""
        return arrow_parts(self._folder / f"{name}.parquet", tables()[name], columns)

    def count(self, name: str) -> int:
        """Return the number of rows of a table."""
        return int(pq.read_metadata(self._folder / f"{name}.parquet").num_rows)


def parts_of(frames: Mapping[str, pd.DataFrame], table: Table, columns: Sequence[str]) -> Iterator[pa.Table]:
    """Yield some columns of a table as Arrow: in parts of bounded size from `Tables`, or a frame in memory."""
    if isinstance(frames, Tables):
        yield from frames.parts(table.name, columns)
    else:
        yield arrow_table(frames[table.name], table).select(list(columns))


def arrow_parts(source: Path, table: Table, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
    """Yield the rows of a table's Parquet file in parts of at most a million cells, and `_MAX_ROWS` rows.

    Raises:
        TableFileError: it can't be read, or its columns or types differ from the contract.
    """
    names = list(columns or table.names)
    with as_table_file(table), pq.ParquetFile(source) as file:
        check_schema(file, table)
        for batch in file.iter_batches(min(MAX_CELLS // len(names) or 1, _MAX_ROWS), columns=names):
            yield pa.Table.from_batches([batch]).select(names)


def whole_records(parts: Iterable[pa.Table], key: str) -> Iterator[pa.Table]:
    """Regroup the rows so that all rows with the same value in the column `key` are in one part.

    Raises:
        UnsortedError: the rows aren't sorted by this column.
    """
    rest: pa.Table | None = None
    for one in parts:
        part = pa.concat_tables([rest, one]) if rest is not None else one
        values = part.column(key).combine_chunks()
        if not pc.all(pc.less_equal(values[:-1], values[1:]), min_count=0, skip_nulls=False).as_py():
            raise UnsortedError
        start = int(pc.index(values, values[-1]).as_py())
        if start:
            yield part.slice(0, start)
        rest = part.slice(start)
    if rest is not None:
        yield rest


def text_differences(parts: Iterable[pa.Table], csv: Path, table: Table) -> Iterator[str]:
    """Yield the differences of a CSV file from the parts of a table, cell by cell, and of the number of rows.

    Raises:
        TableFileError: it isn't a table in CSV, or has other columns.
    """
    count = missing = 0
    try:
        reader = _text_reader(csv, table)
        if reader.schema.names != table.names:
            raise TableFileError(f"{table.name}: {headers(reader.schema.names, table)}")
        text = iter(reader)
        rows = reader.schema.empty_table()
        for part in parts:
            while len(rows) < len(part) and (batch := next(text, None)) is not None:
                rows = pa.concat_tables([rows, pa.Table.from_batches([batch])])
            one, other = rows.slice(0, len(part)), as_text(part, table)
            if not one.equals(other):
                yield from _differing_cells(one, other, count)
            rows = rows.slice(len(part))
            count += len(part)
            missing += len(other) - len(one)
        rest = len(rows) + sum(map(len, text))
    except pa.ArrowException as error:
        raise TableFileError(f"{table.name}: not a table in CSV: {release_text(error)}") from error
    if rest or missing:
        yield f"{count + rest - missing} and {count} rows"


def _differing_cells(one: pa.Table, other: pa.Table, before: int) -> Iterator[str]:
    """Yield the cells that differ; `before` is the number of rows before these."""
    for name in one.column_names:
        pairs = zip(one.column(name).to_pylist(), other.column(name).to_pylist(), strict=False)
        for row, (left, right) in enumerate(pairs, before + 1):
            if left != right:
                yield f"row {row}, {name}: {left or 'nothing'} and {right or 'nothing'}"


def as_text(rows: pa.Table, table: Table) -> pa.Table:
    """Return rows of a table as the text that a CSV file has."""
    texts = [text_column(rows.column(field.name), field) for field in table.fields]
    return pa.table(texts, pa.schema([(name, pa.string()) for name in table.names]))


def _text_reader(csv: Path, table: Table) -> pyarrow.csv.CSVStreamingReader:
    return pyarrow.csv.open_csv(
        csv,
        pyarrow.csv.ReadOptions(use_threads=False, block_size=_BLOCK),
        pyarrow.csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
        pyarrow.csv.ConvertOptions(
            column_types=dict.fromkeys(table.names, pa.string()),
            null_values=[""],
            strings_can_be_null=True,
        ),
    )
