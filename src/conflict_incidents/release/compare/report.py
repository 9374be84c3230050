"""Format a diff: as a text summary, or completely as CSV, streamed. Text from records is escaped."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from conflict_incidents.core import versions
from conflict_incidents.core.findings import REDACTED, harmless, show
from conflict_incidents.core.versions import Bump
from conflict_incidents.release.compare import changes
from conflict_incidents.release.compare.contract import ContractChange
from conflict_incidents.release.compare.diff import CellChange, ChangeKind, Diff, RowChange, TableDiff
from conflict_incidents.release.reader import OpenRelease
from conflict_incidents.tables import contract
from conflict_incidents.tables.contract import CellValue
from conflict_incidents.tables.files import cell, csv_line

NAMES = ("title", "name")
"""The columns that identify a record for a reader."""
MAX_ROWS = 10
"""The number of rows of each kind, and of cells per row, in text."""


def as_text(diff: Diff) -> Iterator[str]:
    """Yield a summary of each table, with the first rows of each kind and their cells, and of the contract."""
    for line in _text(diff):
        yield harmless(line)


def as_csv(diff: Diff) -> Iterator[str]:
    """Yield a line for each change; see `changes`."""
    yield csv_line(contract.tables()[contract.CHANGES].names)
    for row in changes.rows(diff):
        yield csv_line(map(cell, row.values()))


def _text(diff: Diff) -> Iterator[str]:
    yield f"{_release_name(diff.old)} → {_release_name(diff.new)}"
    if diff.contract:
        yield from ("", f"contract: {_number(len(diff.contract), 'change')}")
        yield from (_of_contract(change) for change in diff.contract[:MAX_ROWS])
        yield from _more(len(diff.contract), "  ")
    for name, table in diff.tables.items():
        if counts := ", ".join(_counts(table)):
            yield from ("", f"{name}: {counts}")
            yield from _rows(table)
    yield from ("", _verdict(diff))


def _rows(table: TableDiff) -> Iterator[str]:
    for kind in ChangeKind:
        for row in islice(table.rows(kind), MAX_ROWS):
            yield _row(row)
            if kind is ChangeKind.CORRECTED:
                yield from map(_cell, row.cells[:MAX_ROWS])
                yield from _more(len(row.cells), "    ")
        yield from _more(table.count(kind), f"  {kind} ")


def _row(row: RowChange) -> str:
    """Format a row by its id, with its name if added, or the reason of its withdrawal."""
    names = [one.after for one in row.cells if one.column in NAMES] if row.whole else []
    detail = row.reason or next(iter(names), None)
    return f"  {row.kind} {row.id}" + (f": {show(detail)}" if detail else "")


def _of_contract(change: ContractChange) -> str:
    where = ".".join(part for part in (change.table, change.column) if part) or "dataset"
    before, after = (show(value) if value else "nothing" for value in (change.before, change.after))
    if change.aspect in {"table", "column"}:
        return f"  {change.aspect} {where} {'removed' if change.before else 'added'} ({change.bump.name})"
    return f"  {where}, {change.aspect}: {before} → {after} ({change.bump.name})"


def _verdict(diff: Diff) -> str:
    """Describe the version bump that the changes require, and whether the later release has it."""
    if diff.bump is Bump.NONE:
        return "Nothing differs."
    demand = f"By the Data Package recipe, these changes are {diff.bump.name}"
    before, after = (versions.release_version(side.about.version) for side in (diff.old, diff.new))
    if before is None or after is None:
        return f"{demand}; the versions aren't of the form MAJOR.MINOR.PATCH."
    required = versions.least(before, diff.bump)
    return f"{demand}: version {required} or later{'' if required <= after else f', not {after}'}."


def _counts(table: TableDiff) -> Iterator[str]:
    for kind in ChangeKind:
        cells = f" ({_number(table.cells(kind), 'cell')})" if kind is ChangeKind.CORRECTED else ""
        if count := table.count(kind):
            yield f"{count:,} {kind}{cells}"


def _release_name(side: OpenRelease) -> str:
    return f"{side.about.name} {side.about.version} ({side.about.created[:10]})"


def _cell(changed: CellChange) -> str:
    return f"    {changed.column}: {_value(changed.before)} → {_value(changed.after)}"


def _value(value: CellValue) -> str:
    if value is None or value == REDACTED:
        return "unknown" if value is None else REDACTED
    return show(value) if isinstance(value, str) else cell(value)


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _more(count: int, what: str) -> Iterator[str]:
    if count > MAX_ROWS:
        yield f"{what}… and {count - MAX_ROWS:,} more"
