"""Write a release file by file into a folder, by one process or several.

The checksums are of the bytes passed, not of those read back from the disk. Prevents: holding a whole release in
memory.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from conflict_incidents.core.files import sync
from conflict_incidents.core.progress import track
from conflict_incidents.release.checksums import SUMS
from conflict_incidents.tables import contract
from conflict_incidents.tables.contract import CHANGES, Cells, Table
from conflict_incidents.tables.dtypes import arrow_schema
from conflict_incidents.tables.files import BATCH, csv_header, csv_rows, parquet_of, rows_table
from conflict_incidents.tables.filling import RowSource, complete, limit_to_release


class FileDigest(NamedTuple):
    """The size and the SHA-256 of a file."""

    bytes: int
    sha256: str


@dataclass
class ReleaseWriter:
    """The folder of a release, and the files written to it, by name."""

    folder: Path
    written: dict[str, FileDigest] = field(default_factory=dict)

    def put(self, name: str, pieces: Iterable[bytes]) -> None:
        """Write a file in chunks, replacing one of that name."""
        with self.writing(name) as write:
            for piece in pieces:
                write(piece)

    @contextmanager
    def writing(self, name: str) -> Iterator[Callable[[bytes], None]]:
        """Replace a file by what is passed to the yielded function."""
        file = self.folder / name
        file.parent.mkdir(exist_ok=True)
        size, hasher = 0, hashlib.sha256()

        def write(piece: bytes) -> None:
            nonlocal size
            stream.write(piece)
            hasher.update(piece)
            size += len(piece)

        file.unlink(missing_ok=True)
        with file.open("xb") as stream:
            yield write
        self.written[name] = FileDigest(size, hasher.hexdigest())

    def sums(self) -> bytes:
        """Format the checksums of the written files, as `sha256sum` does."""
        return "".join(f"{self.written[name].sha256}  {name}\n" for name in sorted(self.written)).encode()

    def add(self, written: Mapping[str, FileDigest]) -> None:
        """Register files written by other processes.

        Raises:
            ValueError: a file exists already.
        """
        if twice := self.written.keys() & written.keys():
            raise ValueError(f"two formats make the file {min(twice)}")
        self.written |= written

    def finish(self) -> None:
        """Write the checksums."""
        ReleaseWriter(self.folder).put(SUMS, [self.sums()])

    def sync_files(self) -> None:
        """Sync all files and their names to disk."""
        files = [self.folder / name for name in (*self.written, SUMS)]
        for file in [*files, *sorted({file.parent for file in files})]:
            sync(file)


def write_tables(writer: ReleaseWriter, source: RowSource) -> None:
    """Write every table; the table of changes is empty.

    Raises:
        ContractError: a table isn't filled, or has an invalid value.
    """
    complete()
    rows = limit_to_release(source)
    for name, table in contract.tables().items():
        write_table(writer, table, _parts(table, () if name == CHANGES else rows(name)))


def _parts(table: Table, rows: Iterable[Cells]) -> Iterator[pa.Table]:
    remaining = track(rows, f"filling {table.name}", "row")
    while batch := list(islice(remaining, BATCH)):
        yield rows_table(table, batch)


def write_table(writer: ReleaseWriter, table: Table, parts: Iterable[pa.Table]) -> None:
    """Write the two files of a table, given in parts."""

    def as_text() -> Iterator[pa.Table]:
        for part in parts:
            text(csv_rows(part, table))
            yield part

    with writer.writing(f"{table.name}.csv") as text:
        text(csv_header(table))
        writer.put(f"{table.name}.parquet", parquet_of(as_text(), arrow_schema(table)))
