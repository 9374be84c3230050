"""The input of every format."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from conflict_incidents.tables import contract
from conflict_incidents.tables.contract import About, Row, Table, Value
from conflict_incidents.tables.dtypes import plain

_BATCH = 4096
"""The number of rows to convert to plain values at once."""
INCIDENTS = "incidents"
"""The table of the formats that have a single table."""


class Unsuitable(ValueError):
    """The tables exceed a limit of a format, named in the message; the other formats are still made."""


@dataclass(frozen=True, slots=True)
class Content:
    """The release being built: its tables by name, its descriptor with sizes and hashes, and its metadata."""

    frames: Mapping[str, pd.DataFrame]
    descriptor: Mapping[str, Any]
    about: About

    def rows(self, table: str) -> Iterator[Row]:
        """Yield the rows of a table as plain values: None for unknown, ISO 8601 for a day."""
        described = contract.tables()[table]
        for values in self.tuples(described):
            yield dict(zip(described.names, values, strict=True))

    def tuples(self, table: Table) -> Iterator[tuple[Value, ...]]:
        """Yield the rows of a table as tuples of plain values."""
        frame = self.frames[table.name]
        for start in range(0, len(frame), _BATCH):
            batch = frame.iloc[start : start + _BATCH]
            yield from zip(*(plain(batch[field.name], field) for field in table.fields), strict=True)


def json_bytes(tree: Any) -> bytes:
    """Serialise a document as indented JSON in UTF-8 with a final newline."""
    return (json.dumps(tree, ensure_ascii=False, indent=2) + "\n").encode()
