"""The input and the output of every format."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, BinaryIO

import pandas as pd
import pyarrow as pa

from conflict_incidents.core.resources import csv_rows, resource
from conflict_incidents.tables import contract
from conflict_incidents.tables.contract import About, CellValue, Row, Table
from conflict_incidents.tables.dtypes import plain
from conflict_incidents.tables.files import BATCH
from conflict_incidents.tables.parts import Tables, parts_of

FileContent = bytes | Iterable[bytes]
"""The content of a file, or an iterable of chunks that are made while they are written."""
INCIDENTS = "incidents"
"""The table of the formats that have a single table."""
TYPES = {row["type"]: row for row in csv_rows(__file__, "types.csv")}
"""The types of the contract in other languages and formats."""


class Unsuitable(ValueError):
    """The tables exceed a limit of a format, named in the message; the other formats are still made."""


@dataclass(frozen=True, slots=True)
class ReleaseContent:
    """The release being built: its tables by name, its descriptor with sizes and hashes, and its metadata."""

    frames: Mapping[str, pd.DataFrame]
    descriptor: Mapping[str, Any]
    about: About

    def rows(self, table: str) -> Iterator[Row]:
        """Yield the rows of a table as plain values: None for unknown, ISO 8601 for a day."""
        described = contract.tables()[table]
        for values in self.tuples(described):
            yield dict(zip(described.names, values, strict=True))

    def tuples(self, table: Table) -> Iterator[tuple[CellValue, ...]]:
        """Yield the rows of a table as tuples of plain values."""
        for part in self.batches(table):
            yield from zip(*(plain(part.column(field.name), field) for field in table.fields), strict=True)

    def batches(self, table: Table) -> Iterator[pa.Table]:
        """Yield a table as Arrow in parts that may become Python objects."""
        for part in self.arrow(table):
            yield from (part.slice(start, BATCH) for start in range(0, len(part), BATCH))

    def arrow(self, table: Table, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """Yield a table, or some of its columns, as Arrow in parts of bounded size."""
        return parts_of(self.frames, table, columns or table.names)

    def count(self, table: str) -> int:
        """Return the number of rows of a table."""
        return self.frames.count(table) if isinstance(self.frames, Tables) else len(self.frames[table])


def text_of(name: str) -> str:
    """Return the text that a file of a release is made of, by the name of the file."""
    return resource(f"release/formats/texts/{PurePath(name).name}.txt").read_text("utf-8")


def as_bytes(file: FileContent) -> bytes:
    """Return the content of a file."""
    return file if isinstance(file, bytes) else b"".join(file)


def filled(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields that have a value."""
    return {key: value for key, value in fields.items() if value}


def chunks(file: BinaryIO) -> Iterator[bytes]:
    """Yield the content of a file from its start; the file is closed at the end."""
    with file:
        file.seek(0)
        while chunk := file.read(1 << 20):
            yield chunk


def json_bytes(tree: Any) -> bytes:
    """Serialise a document as indented JSON in UTF-8 with a final newline."""
    return (json.dumps(tree, ensure_ascii=False, indent=2) + "\n").encode()
