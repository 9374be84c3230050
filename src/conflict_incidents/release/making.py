"""Write a release file by file into a folder, by one process or several.

The checksums are of the bytes passed, not of those read back from the disk. Prevents: holding a whole release in
memory.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pyarrow as pa

from conflict_incidents.core.files import sync
from conflict_incidents.core.progress import track
from conflict_incidents.release.checksums import SUMS
from conflict_incidents.tables import contract
from conflict_incidents.tables.contract import CHANGES, Cells, Table
from conflict_incidents.tables.dtypes import arrow_schema, frame
from conflict_incidents.tables.files import arrow_table, as_parquet, csv_line, csv_rows, no_rows, read_parquet
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


class Tables(Mapping[str, pd.DataFrame]):
    """The tables in a folder by name, each read from its Parquet file on demand; only the last one is cached."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._last: tuple[str, pd.DataFrame] | None = None

    def __getitem__(self, name: str) -> pd.DataFrame:
        if self._last is None or self._last[0] != name:
            self._last = None
            table = contract.tables()[name]
            self._last = name, read_parquet((self._folder / f"{name}.parquet").read_bytes(), table)
        return self._last[1]

    def __iter__(self) -> Iterator[str]:
        return iter(contract.tables())

    def __len__(self) -> int:
        return len(contract.tables())


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
    held = [arrow_schema(table, 0).empty_table()]

    def text() -> Iterator[bytes]:
        yield f"{csv_line(table.names)}\n".encode()
        for one in frames:
            held.append(arrow_table(one, table))
            yield csv_rows(one, table)

    making.put(f"{table.name}.csv", text())
    whole = pa.concat_tables(one.replace_schema_metadata(None) for one in held).combine_chunks()
    whole = whole.replace_schema_metadata(arrow_schema(table, len(whole)).metadata)
    making.put(f"{table.name}.parquet", [as_parquet(whole) if len(whole) else no_rows(table)])
