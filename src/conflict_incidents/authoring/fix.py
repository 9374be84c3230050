"""Fix files of records: plan the fixes of each file, and write each file atomically."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from conflict_incidents.core.files import read_whole, replace
from conflict_incidents.core.progress import track
from conflict_incidents.records.autofix import Repair, repair
from conflict_incidents.records.yaml.decoding import MAX_BYTES


@dataclass(frozen=True, slots=True)
class PlannedFix:
    """A file, its bytes, and the result of fixing them; both are None if it can't be read as a record's file."""

    file: Path
    old: bytes | None = None
    repair: Repair | None = None

    @property
    def new(self) -> bytes | None:
        """The fixed bytes; None if unchanged."""
        return self.repair.data if self.repair and self.repair.data != self.old else None

    @property
    def canonical(self) -> bool:
        """Whether the fixed file is in canonical layout."""
        return self.repair is not None and self.repair.canonical

    def write(self, aside: Path) -> None:
        """Write the fixed file in one step, by way of a temporary one in the folder `aside`.

        Raises:
            OSError: it can't be written, or has changed since it was read; it is unchanged.
        """
        if self.old is not None and self.new is not None:
            replace(self.file, self.old, self.new, aside)

    def is_written(self) -> bool:
        """Whether the file has the fixed content."""
        return _bytes_of(self.file) == self.new


def plan_fixes(files: Sequence[Path], unneeded: Collection[tuple[str, str]] = ()) -> Iterator[PlannedFix]:
    """Plan the fixes of each file, in their order.

    Args:
        files: the files.
        unneeded: waivers (rule, record) that are no longer needed, to remove from the files.
    """
    for file in track(files, "reading", "file"):
        data = _bytes_of(file)
        yield PlannedFix(file) if data is None else PlannedFix(file, data, repair(data, unneeded))


def _bytes_of(file: Path) -> bytes | None:
    try:
        return read_whole(file, MAX_BYTES) if file.suffix == ".yaml" else None
    except OSError:  # reported by the rules
        return None
