"""A table in a foreign layout, and its bytes: CSV in UTF-8 with LF, an unknown value an empty cell.

Prevents: a number written in two ways, a carriage return that splits a row, half a file after a crash.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from conflict_incidents.core import csv_injection

Cell = str | int | float | None
"""Text, a number, or None: unknown."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows above the data (the first has the names of the columns), and a row of cells an incident, with its id."""

    header: tuple[tuple[str, ...], ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]
    guarded: bool = False
    """Whether text that a spreadsheet would run gets an apostrophe in front."""

    def csv(self, with_ids: bool = False) -> str:
        """The sheet as CSV; `with_ids` adds our ids as the last column, `incident_id`, where there is none yet."""
        with_ids = with_ids and "incident_id" not in self.header[0]
        added = [("incident_id",), *(("",) for _ in self.header[1:])] if with_ids else [() for _ in self.header]
        lines = [_line([*titles, *more]) for titles, more in zip(self.header, added, strict=True)]
        for id, cells in self.rows:
            written = [text(cell, self.guarded) for cell in cells]
            lines.append(_line([*written, id] if with_ids else written))
        return "\n".join(lines) + "\n"


def text(cell: Cell, guarded: bool = False) -> str:
    """The text of a cell in the file. Numbers are data, negative ones, too: only text is ever guarded."""
    if cell is None:
        return ""
    if isinstance(cell, float):
        return f"{cell:.6f}".rstrip("0").rstrip(".") if cell else "0"
    if isinstance(cell, int):
        return str(cell)
    return csv_injection.guarded(cell) if guarded else cell


def write(file: Path, content: str) -> None:
    """Put `content` into a file, in one step: it is there whole, or as it was before.

    Raises:
        OSError: it can't be written.
    """
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.", suffix=".tmp")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content.encode("utf-8"))
            stream.flush()
            os.fsync(stream.fileno())
        mask = os.umask(0)
        os.umask(mask)
        temporary.chmod(0o666 & ~mask)
        temporary.replace(file)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise


def _line(cells: Sequence[str]) -> str:
    return ",".join('"' + cell.replace('"', '""') + '"' if set(cell) & set('",\r\n') else cell for cell in cells)
