"""Ids that changed: a record that went or was withdrawn, and one that came in its place, as far as keys tell.

Prevents: a place that got another id reading as one place lost and another found.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from conflict_incidents.columns import Value
from conflict_incidents.release.comparing import DATE, REASON, Diff, Kind, TableDiff, records
from conflict_incidents.release.matching import ids, values

COMPARED = 10_000
"""Up to how many records that went, and that came, are compared with each other."""


@dataclass(frozen=True, slots=True, order=True)
class Rename:
    """An id of a table and the one that stands in its place.

    `references` is how many rows of other tables led to the one and now lead to the other; 0 where none did, but all
    other cells of the two records are the same.
    """

    table: str
    before: str
    after: str
    references: int


def renames(diff: Diff) -> list[Rename]:
    """The ids of records that changed from one release to the other, sorted."""
    found = [rename for name in records(diff.new.tables).values() for rename in _of_table(diff, name)]
    return sorted(found)


def _of_table(diff: Diff, name: str) -> Iterator[Rename]:
    if name not in diff.tables:
        return
    table = diff.tables[name]
    went, came = _went(table), _came(table)
    led: dict[str, Counter[str]] = {}
    for before, after in _moved(diff, name) if went and came else ():
        if before in went and after in came:
            led.setdefault(before, Counter())[after] += 1
    alike = _alike(table, went, came)
    for before in went:
        there = led.get(before, Counter())
        if len(there) == 1:
            yield from (Rename(name, before, after, count) for after, count in there.items())
        elif not there and before in alike:
            yield Rename(name, before, alike[before], 0)


def _went(table: TableDiff) -> dict[str, int]:
    """The records that vanished or were withdrawn, with their positions in the earlier release."""
    positions = [group.old for kind, group in table.groups if kind in {Kind.VANISHED, Kind.WITHDRAWN}]
    old = np.concatenate([one for one in positions if one is not None])
    return dict(zip(ids(table.sides[0], table.table, old), old.tolist(), strict=True))


def _came(table: TableDiff) -> dict[str, int]:
    """The records that were added, with their positions in the later release."""
    new = next(group.new for kind, group in table.groups if kind is Kind.ADDED)
    assert new is not None
    return dict(zip(ids(table.sides[1], table.table, new), new.tolist(), strict=True))


def _moved(diff: Diff, referred: str) -> Iterator[tuple[str, str]]:
    """Where rows led in a table by their foreign keys, and where they lead now."""
    for name, table in diff.tables.items():
        for key in diff.new.tables[name].foreign_keys:
            if key.table != referred or len(key.fields) != 1:
                continue
            for group in (group for kind, group in table.groups if kind is Kind.CORRECTED):
                truths = group.unequal.get(key.fields[0])
                if truths is None or group.old is None or group.new is None:
                    continue
                before = values(diff.old.column(name, key.fields[0]), group.old[truths])
                after = values(diff.new.column(name, key.fields[0]), group.new[truths])
                yield from zip(map(str, before), map(str, after), strict=True)


def _alike(table: TableDiff, went: dict[str, int], came: dict[str, int]) -> dict[str, str]:
    """Records that came with the very cells of one that went, where there is one of each."""
    if not went or not came or max(len(went), len(came)) > COMPARED:
        return {}
    old, new = table.sides
    apart = {*new.tables[table.table].key, *old.tables[table.table].key, DATE, REASON}
    names = [
        name for name in new.tables[table.table].names if name not in apart and name in old.tables[table.table].names
    ]

    def contents(side: int, positions: dict[str, int]) -> dict[tuple[Value, ...], list[str]]:
        rows = np.array(list(positions.values()), np.int64)
        columns = [values(table.sides[side].column(table.table, name), rows) for name in names]
        found: dict[tuple[Value, ...], list[str]] = {}
        for id, *cells in zip(positions, *columns, strict=True):
            found.setdefault(tuple(cells), []).append(id)
        return found

    before, after = contents(0, went), contents(1, came)
    return {ids[0]: after[row][0] for row, ids in before.items() if len(ids) == 1 and len(after.get(row, [])) == 1}
