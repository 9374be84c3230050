"""A diff as a table: a row for each cell that changed, each row that came or went, and each change of the contract.

So that with the earlier release it gives the later one: of a row that came or went, the cell is empty and all that it
holds stands as a JSON object in `after` or `before`. Prevents: a list of changes that leaves some of them out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from conflict_incidents.columns import Row
from conflict_incidents.release.comparing import Diff, RowChange
from conflict_incidents.release.redefining import ContractChange
from conflict_incidents.tablefiles import cell

COLUMNS = ("id", "kind", "table", "column", "before", "after", "reason")
SCHEMA = "schema"
"""The kind of a change of the contract; the others are those of `comparing.Kind`."""


def rows(diff: Diff) -> Iterator[Row]:
    """The changes one after another, those of the contract first; every value is text, None where there is none."""
    for change in diff.contract:
        yield _of_contract(change)
    for row in diff.rows():
        yield from _of_row(row)


def _of_contract(change: ContractChange) -> Row:
    before, after = (f"{change.aspect}: {said}" if said else None for said in (change.before, change.after))
    return _row(None, SCHEMA, change.table or None, change.column or None, before, after, None)


def _of_row(row: RowChange) -> Iterator[Row]:
    reason = row.reason or None
    if not row.whole:
        for one in row.cells:
            yield _row(
                row.id, row.kind, row.table, one.column, cell(one.before) or None, cell(one.after) or None, reason
            )
        return
    before = {one.column: one.before for one in row.cells if one.before is not None}
    after = {one.column: one.after for one in row.cells if one.after is not None}
    told = (json.dumps(whole, ensure_ascii=False) if whole else None for whole in (before, after))
    yield _row(row.id, row.kind, row.table, None, *told, reason)


def _row(*values: str | None) -> Row:
    return dict(zip(COLUMNS, values, strict=True))
