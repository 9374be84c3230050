"""Write a release file by file into a folder, by one process or several.

The checksums are of the bytes passed, not of those read back from the disk. Prevents: holding a whole release in
memory.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import BinaryIO, NamedTuple

import pandas as pd
import pyarrow as pa

from conflict_incidents.core.files import sync
from conflict_incidents.core.progress import track
from conflict_incidents.release.checksums import SUMS
from conflict_incidents.tables import contract
from conflict_incidents.tables.contract import CHANGES, Cells, Table
from conflict_incidents.tables.dtypes import arrow_schema, frame
from conflict_incidents.tables.files import GROUP, arrow_table, csv_line, csv_rows, no_rows, parquet_of
from conflict_incidents.tables.filling import Source, complete, released

BATCH = 4096
"""The number of rows of a table to hold as a frame at once."""


class Written(NamedTuple):
    """The size and the SHA-256 of a file."""

    bytes: int
    sha256: str


@dataclass
class Making:
    """The folder of a release, and the files written to it, by name."""

    folder: Path
    written: dict[str, Written] = field(default_factory=dict)

    def put(self, name: str, pieces: Iterable[bytes]) -> None:
        """Write a file in chunks, replacing one of that name."""
        file = self.folder / name
        file.parent.mkdir(exist_ok=True)
        size, told = 0, hashlib.sha256()
        file.unlink(missing_ok=True)
        with file.open("xb") as stream:
            for piece in pieces:
                stream.write(piece)
                told.update(piece)
                size += len(piece)
        self.written[name] = Written(size, told.hexdigest())

    def sums(self) -> bytes:
        """Format the checksums of the written files, as `sha256sum` does."""
        return "".join(f"{self.written[name].sha256}  {name}\n" for name in sorted(self.written)).encode()

    def add(self, written: Mapping[str, Written]) -> None:
        """Register files written by other processes.

        Raises:
            ValueError: a file exists already.
        """
        if twice := self.written.keys() & written.keys():
            raise ValueError(f"two formats make the file {min(twice)}")
        self.written |= written

    def finish(self) -> None:
        """Write the checksums."""
        Making(self.folder).put(SUMS, [self.sums()])

    def settle(self) -> None:
        """Sync all files and their names to disk."""
        files = [self.folder / name for name in (*self.written, SUMS)]
        for file in [*files, *sorted({file.parent for file in files})]:
            sync(file)


def write_tables(making: Making, source: Source) -> None:
    """Write every table; the table of changes is empty.

    Raises:
        ContractError: a table isn't filled, or has an invalid value.
    """
    complete()
    rows = released(source)
    for name, table in contract.tables().items():
        write_table(making, table, _frames(table, () if name == CHANGES else rows(name)))


def _frames(table: Table, rows: Iterable[Cells]) -> Iterator[pd.DataFrame]:
    left = track(rows, f"filling {table.name}", "row")
    while batch := list(islice(left, BATCH)):
        yield frame(table, batch)


def write_table(making: Making, table: Table, frames: Iterable[pd.DataFrame]) -> None:
    """Write the two files of a table, given as a sequence of frames."""
    plain, count = arrow_schema(table, 0).remove_metadata(), 0

    def text(spool: pa.RecordBatchStreamWriter) -> Iterator[bytes]:
        nonlocal count
        yield f"{csv_line(table.names)}\n".encode()
        for one in frames:
            spool.write_table(arrow_table(one, table).replace_schema_metadata(None))
            count += len(one)
            yield csv_rows(one, table)

    with tempfile.TemporaryFile() as held:
        with pa.ipc.new_stream(held, plain) as spool:
            making.put(f"{table.name}.csv", text(spool))
        held.seek(0)
        schema = arrow_schema(table, count)
        data = parquet_of(_groups(held, schema), schema) if count else no_rows(table)
    making.put(f"{table.name}.parquet", [data])


def _groups(spool: BinaryIO, schema: pa.Schema) -> Iterator[pa.Table]:
    """Yield the rows of a spool in groups of `GROUP`."""
    with pa.ipc.open_stream(spool) as batches:
        for held in iter(lambda: list(islice(batches, GROUP // BATCH)), []):
            yield pa.Table.from_batches(held).combine_chunks().replace_schema_metadata(schema.metadata)
