"""A diff as a table: a row for each cell that changed, each row that came or went, and each change of the contract.

So that with the earlier release it gives the later one: of a row that came or went, the cell is empty and all that it
holds stands as a JSON object in `after` or `before`. Prevents: a list of changes that leaves some of them out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from conflict_incidents.columns import Row, Value
from conflict_incidents.release.comparing import Diff, RowChange
from conflict_incidents.release.matching import Side
from conflict_incidents.release.redefining import ContractChange
from conflict_incidents.tablefiles import cell
from conflict_incidents.tables.incidents import SERIES

OVERRIDES = "overrides"
"""The table that says why an editor set a best value."""
BEST = "best"


def rows(diff: Diff, notes: Mapping[str, str] = MappingProxyType({})) -> Iterator[Row]:
    """The changes one after another, those of the contract first; every value is text, None where there is none.

    Args:
        diff: what changed.
        notes: why, by the id of the record, for rows of which the releases themselves don't say it.
    """
    for change in diff.contract:
        yield _of_contract(change)
    why = _Why(_overridden(diff.new), notes)
    for row in diff.rows():
        yield from _of_row(row, why)


@dataclass(frozen=True, slots=True)
class _Why:
    """Reasons that rows don't have themselves: of overrides, by incident and what is counted, and of records."""

    overridden: Mapping[tuple[str, str], str]
    notes: Mapping[str, str]

    def of(self, row: RowChange, column: str) -> str | None:
        """Why a row, or a cell of it, changed; None where nobody says it."""
        record, *rest = row.id.split("/")
        counted = "/".join(rest[-2:])
        if row.table == "incidents":
            counted = "/".join(SERIES.get(column.removesuffix(f"_{BEST}"), ()))
        overridden = self.overridden.get((record, counted), "") if column.endswith(BEST) else ""
        return row.reason or overridden or self.notes.get(record) or None


def _overridden(side: Side) -> dict[tuple[str, str], str]:
    """Why best values were set, by incident and measure and group of people."""
    if OVERRIDES not in side.tables:
        return {}
    names = ("incident_id", "measure", "group", "reason")
    columns: list[list[Value]] = [side.column(OVERRIDES, name).to_pylist() for name in names]
    return {(str(id), f"{measure}/{group}"): str(reason) for id, measure, group, reason in zip(*columns, strict=True)}


def _of_contract(change: ContractChange) -> Row:
    before, after = (f"{change.aspect}: {said}" if said else None for said in (change.before, change.after))
    return {
        "id": None,
        "kind": "schema",
        "table": change.table or None,
        "column": change.column or None,
        "before": before,
        "after": after,
        "reason": None,
    }


def _of_row(row: RowChange, why: _Why) -> Iterator[Row]:
    told: Row = {"id": row.id, "kind": row.kind.value, "table": row.table}
    if row.whole:
        before = _whole({one.column: one.before for one in row.cells})
        after = _whole({one.column: one.after for one in row.cells})
        yield {**told, "column": None, "before": before, "after": after, "reason": why.of(row, "")}
        return
    for one in row.cells:
        before, after = cell(one.before) or None, cell(one.after) or None
        yield {**told, "column": one.column, "before": before, "after": after, "reason": why.of(row, one.column)}


def _whole(cells: Row) -> str | None:
    """The filled cells of a row as a JSON object, None where there are none."""
    filled = {column: value for column, value in cells.items() if value is not None}
    return json.dumps(filled, ensure_ascii=False) if filled else None
