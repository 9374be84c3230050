"""The rows of a release in plain values, whole tables or incident by incident."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, cast

from conflict_incidents.release.reader import OpenRelease
from conflict_incidents.tables.contract import Row
from conflict_incidents.tables.dtypes import plain_table

BATCH = 500
"""The number of incidents in memory as rows at once."""
TableRows = Mapping[str, list[Row]]
"""The rows of one incident by table."""
_ID = "incident_id"


class ReleaseTables:
    """The tables of a release: Arrow in memory, rows on demand."""

    def __init__(self, release: OpenRelease) -> None:
        """Read every table.

        Raises:
            ReleaseError: one can't be read.
        """
        self._tables = {name: plain_table(release.arrow(name), table) for name, table in release.tables.items()}
        self._of_incidents = [
            name for name, table in release.tables.items() if table.key[:1] == (_ID,) and name != "incidents"
        ]

    def rows(self, name: str) -> list[Row]:
        """Return all rows of a table; empty if the release doesn't have it."""
        return cast("list[Row]", self._tables[name].to_pylist()) if name in self._tables else []

    def columns(self, name: str, columns: Sequence[str]) -> list[Row]:
        """Return some columns of a table, row by row."""
        return cast("list[Row]", self._tables[name].select(columns).to_pylist())

    def count(self, name: str) -> int:
        """Return the number of rows of a table."""
        return len(self._tables[name])

    def incidents(self) -> Iterator[tuple[Row, TableRows]]:
        """Yield each incident with its rows of the other tables, in order of the ids."""
        table = self._tables["incidents"]
        ids = {name: self._tables[name].column(_ID).to_pylist() for name in self._of_incidents}
        at = dict.fromkeys(self._of_incidents, 0)
        for start in range(0, len(table), BATCH):
            batch = cast("list[Row]", table.slice(start, BATCH).to_pylist())
            by_table: dict[str, dict[Any, list[Row]]] = {}
            for name, keys in ids.items():
                first = last = at[name]
                while last < len(keys) and keys[last] <= batch[-1][_ID]:
                    last += 1
                rows = self._tables[name].slice(first, last - first).to_pylist()
                by_table[name] = {id: list(own) for id, own in groupby(rows, key=lambda row: row[_ID])}
                at[name] = last
            for row in batch:
                yield row, {name: own_rows.get(row[_ID], []) for name, own_rows in by_table.items()}
