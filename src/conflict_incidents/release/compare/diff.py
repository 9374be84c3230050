"""The changes between two releases: rows added, removed or changed cell by cell, and the contract.

Rows are matched by the primary key in each release's own descriptor, and cells by the columns that both have; a column
of only one is a change of the contract. A diff stores positions; values are read on demand, in blocks, so that a
million rows fit in memory.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from conflict_incidents.core.findings import REDACTED
from conflict_incidents.core.progress import track
from conflict_incidents.core.versions import Bump
from conflict_incidents.release.compare.contract import ContractChange, contract_changes
from conflict_incidents.release.compare.rows import NOTHING, MatchedRows, at, ids, is_unknown, match, unequal, values
from conflict_incidents.release.reader import OpenRelease
from conflict_incidents.tables.contract import CellValue, Table

if TYPE_CHECKING:
    from conflict_incidents.release.compare.rows import Positions, Truths

BLOCK = 1 << 14
"""The number of rows converted at once, so that the first rows are available early."""
DATE, REASON = "withdrawn_date", "withdrawn_reason"
"""The columns in which a table says that a row is a tombstone, and why."""
POSITION = ("lat", "lon")


class ChangeKind(StrEnum):
    """The kind of change of a row.

    Added; corrected: cells changed; withdrawn, itself or with its record; reinstated; removed: a part of a record that
    is still published; vanished: its record is missing.
    """

    ADDED = "added"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    REINSTATED = "reinstated"
    REMOVED = "removed"
    VANISHED = "vanished"


@dataclass(frozen=True, slots=True)
class CellChange:
    """A cell that changed; None is unknown, a day is text in ISO 8601. What may have been taken down isn't repeated."""

    column: str
    before: CellValue
    after: CellValue


@dataclass(frozen=True, slots=True)
class RowChange:
    """A change of a row.

    `id` is its primary key, the parts joined by `/`, so that it begins with the id of its record; `cells` are the
    changed ones, or all nonempty ones of an added or removed row (`whole`); `reason` is that of a withdrawal.
    """

    kind: ChangeKind
    table: str
    id: str
    cells: tuple[CellChange, ...]
    whole: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RowGroup:
    """Rows of a kind: their positions, None on the side where they are missing, and by column a mask of differing
    pairs.
    """

    old: Positions | None
    new: Positions | None
    unequal: Mapping[str, Truths]

    def __len__(self) -> int:
        one = self.new if self.new is not None else self.old
        return 0 if one is None else len(one)

    def part(self, rows: slice) -> RowGroup:
        """Return some of the rows."""
        old, new = (None if side is None else side[rows] for side in (self.old, self.new))
        return RowGroup(old, new, {name: truths[rows] for name, truths in self.unequal.items()})


@dataclass(frozen=True)
class TableDiff:
    """The changes in the rows of a table.

    `groups` has the rows by kind; a kind can have two, pairs of rows and removed rows. `gained` is whether any record
    has more rows than before: rows with only a different key aren't added data.
    """

    table: str
    sides: tuple[OpenRelease, OpenRelease]
    groups: tuple[tuple[ChangeKind, RowGroup], ...]
    gained: bool
    reasons: Mapping[str, str]

    @cached_property
    def _free(self) -> frozenset[str]:
        before = self.sides[0].tables.get(self.table)
        return before.free_text if before else frozenset()

    def count(self, kind: ChangeKind) -> int:
        """Return the number of rows of a kind."""
        return sum(len(group) for of, group in self.groups if of is kind)

    def cells(self, kind: ChangeKind) -> int:
        """Return the number of changed cells in the rows of a kind, without added or removed rows."""
        return sum(int(truths.sum()) for of, group in self.groups if of is kind for truths in group.unequal.values())

    def rows(self, kind: ChangeKind) -> Iterator[RowChange]:
        """Yield the rows of a kind, in the order of the releases; values are read on demand."""
        for of, group in self.groups:
            if of is kind:
                for start in range(0, len(group), BLOCK):
                    yield from self._block(kind, group.part(slice(start, start + BLOCK)))

    def _block(self, kind: ChangeKind, group: RowGroup) -> Iterator[RowChange]:
        """Yield a few rows of a group: with the cells that differ, or all nonempty ones where one side is missing."""
        (old, new), positions = self.sides, group.new if group.new is not None else group.old
        side, whole = (old if group.new is None else new), group.new is None or group.old is None
        assert positions is not None
        cells: list[list[CellChange]] = [[] for _ in positions]
        for name in side.tables[self.table].names if whole else group.unequal:
            mask = ~is_unknown(at(side.column(self.table, name), positions)) if whole else group.unequal[name]
            rows = np.flatnonzero(mask)
            before, after = (
                [None] * len(rows) if of is None else values(one.column(self.table, name), of[rows])
                for one, of in ((old, group.old), (new, group.new))
            )
            for row, old_value, new_value in zip(rows, before, after, strict=True):
                cells[row].append(CellChange(name, _before(self._free, name, old_value, new_value), new_value))
        keys = ids(side, self.table, positions)
        reasons: Sequence[CellValue] = [None] * len(keys)
        if kind is ChangeKind.WITHDRAWN:
            of_records = [self.reasons.get(record_of(id)) for id in keys]
            reasons = of_records if whole else values(side.column(self.table, REASON), positions)
        for id, row_cells, why in zip(keys, cells, reasons, strict=True):
            yield RowChange(kind, self.table, id, tuple(row_cells), whole, str(why or ""))


@dataclass(frozen=True)
class Diff:
    """The changes between two releases; tables of records come first."""

    old: OpenRelease
    new: OpenRelease
    contract: tuple[ContractChange, ...]
    tables: Mapping[str, TableDiff]

    @property
    def bump(self) -> Bump:
        """The required version bump, by the recipe in `core.versions`."""
        bumps = [change.bump for change in self.contract]
        for table in self.tables.values():
            bumps += [Bump.PATCH for kind in ChangeKind if table.count(kind)]
            bumps += [Bump.MINOR] * table.gained + [Bump.MAJOR] * bool(table.count(ChangeKind.VANISHED))
        return max(bumps, default=Bump.NONE)

    def rows(self) -> Iterator[RowChange]:
        """Yield every changed row, table by table and kind by kind."""
        for table in self.tables.values():
            for kind in ChangeKind:
                yield from table.rows(kind)


def records(tables: Mapping[str, Table]) -> dict[str, str]:
    """Map key columns to the tables of records: those with tombstones and a key of one column."""
    return {table.key[0]: name for name, table in tables.items() if len(table.key) == 1 and DATE in table.names}


def compare(old: OpenRelease, new: OpenRelease) -> Diff:
    """Compare the tables of the later of two releases that have a key, and the contract.

    Raises:
        ReleaseError: rows of a table have no key or the same key, or a file can't be read.
    """
    of = records(new.tables)
    reasons: dict[str, dict[str, str]] = {}
    compared: dict[str, TableDiff] = {}
    names = [name for name, table in new.tables.items() if table.key]
    for name in track(sorted(names, key=lambda name: name not in of.values()), "comparing", "table"):
        record = of.get(new.tables[name].key[0], "")
        compared[name] = _compare(old, new, name, name == record, reasons.get(record, {}))
        if name == record:
            reasons[name] = _reasons(compared[name])
    return Diff(old, new, tuple(contract_changes(old.descriptor, new.descriptor)), compared)


def _before(free: Collection[str], column: str, before: CellValue, after: CellValue) -> CellValue:
    """Return a cell as it was, unless it may be what was taken down: free text, or a position that is coarser now."""
    finer = column in POSITION and len(str(before)) > len(str(after or ""))
    return REDACTED if before is not None and (finer or column in free) else before


def record_of(id: str) -> str:
    """Return the id of the record that a row belongs to."""
    return id.partition("/")[0]


def _compare(old: OpenRelease, new: OpenRelease, name: str, record: bool, reasons: Mapping[str, str]) -> TableDiff:
    """Compare a table; `reasons` has the records withdrawn since, whose parts went with them."""
    matched = match(old, new, name)
    differ = _differing(old, new, name, matched)
    positions = np.flatnonzero(np.any(list(differ.values()), axis=0)) if differ else NOTHING
    differ = {column: truths[positions] for column, truths in differ.items()}
    groups = [(ChangeKind.ADDED, RowGroup(None, matched.added, {}))]
    for kind, rows in _kinds(old, new, name, matched, positions, DATE in differ):
        pairs = matched.old[positions[rows]], matched.new[positions[rows]]
        groups.append((kind, RowGroup(*pairs, {column: truths[rows] for column, truths in differ.items()})))
    if record:
        groups.append((ChangeKind.VANISHED, RowGroup(matched.removed, None, {})))
    else:
        with_record = _with_their_record(old, name, matched.removed, reasons)
        groups.append((ChangeKind.WITHDRAWN, RowGroup(matched.removed[with_record], None, {})))
        groups.append((ChangeKind.REMOVED, RowGroup(matched.removed[~with_record], None, {})))
    return TableDiff(name, (old, new), tuple(groups), _has_more_rows(old, new, name, matched), reasons)


def _differing(old: OpenRelease, new: OpenRelease, name: str, matched: MatchedRows) -> dict[str, Truths]:
    """Return masks of the rows of both releases that differ, by column, without columns that don't."""
    if not len(matched.new):
        return {}
    masks = {}
    for column in new.tables[name].names:
        if column in old.tables[name].names and column not in new.tables[name].key:
            truths = unequal(at(old.column(name, column), matched.old), at(new.column(name, column), matched.new))
            if truths.any():
                masks[column] = truths
    return masks


def _kinds(
    old: OpenRelease, new: OpenRelease, name: str, matched: MatchedRows, changed: Positions, has_dates: bool
) -> list[tuple[ChangeKind, Truths]]:
    """Return the changed rows by kind: withdrawn, reinstated or corrected."""
    if not has_dates:
        return [(ChangeKind.CORRECTED, np.ones(len(changed), np.bool_))]
    was_current = is_unknown(old.column(name, DATE))[matched.old[changed]]
    is_current = is_unknown(new.column(name, DATE))[matched.new[changed]]
    return [
        (ChangeKind.CORRECTED, was_current == is_current),
        (ChangeKind.WITHDRAWN, was_current & ~is_current),
        (ChangeKind.REINSTATED, ~was_current & is_current),
    ]


def _with_their_record(old: OpenRelease, name: str, removed: Positions, withdrawn: Mapping[str, str]) -> Truths:
    """Return a mask of the removed rows whose record was withdrawn."""
    keys = ids(old, name, removed) if withdrawn and len(removed) else []
    return np.array([record_of(key) in withdrawn for key in keys] or [False] * len(removed), np.bool_)


def _has_more_rows(old: OpenRelease, new: OpenRelease, name: str, matched: MatchedRows) -> bool:
    """Whether a record has more rows than before."""
    if not len(matched.added) or not len(matched.removed):
        return bool(len(matched.added))
    added = Counter(map(record_of, ids(new, name, matched.added)))
    removed = Counter(map(record_of, ids(old, name, matched.removed)))
    return bool(added - removed)


def _reasons(diff: TableDiff) -> dict[str, str]:
    """Return the withdrawn records of a table with the reasons."""
    new = diff.sides[1]
    reasons: dict[str, CellValue] = {}
    for kind, group in diff.groups:
        if kind is ChangeKind.WITHDRAWN and group.new is not None and len(group):
            why = values(new.column(diff.table, REASON), group.new)
            reasons.update(zip(ids(new, diff.table, group.new), why, strict=True))
    return {id: str(reason or "") for id, reason in reasons.items()}
