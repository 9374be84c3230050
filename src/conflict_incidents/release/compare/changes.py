"""A diff as a table: a row for each changed cell, each added or removed row, and each change of the contract.

Applied to the earlier release it gives the later one: for an added or removed row, `column` is empty and the whole row
is a JSON object in `after` or `before`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from conflict_incidents.release.compare.contract import ContractChange
from conflict_incidents.release.compare.diff import Diff, RowChange
from conflict_incidents.release.compare.notes import ChangeReasons, Notes
from conflict_incidents.tables.contract import Row
from conflict_incidents.tables.files import cell


def rows(diff: Diff, notes: Notes | None = None) -> Iterator[Row]:
    """Yield the changes, those of the contract first; every value is text, None if there is none.

    Args:
        diff: the changes.
        notes: reasons that the releases themselves don't have.
    """
    why = ChangeReasons(diff, notes or Notes())
    for change in diff.contract:
        yield _of_contract(change, why.notes)
    for row in diff.rows():
        yield from _of_row(row, why)


def _of_contract(change: ContractChange, notes: Notes) -> Row:
    before, after = (f"{change.aspect}: {value}" if value else None for value in (change.before, change.after))
    return {
        "id": None,
        "kind": "schema",
        "table": change.table or None,
        "column": change.column or None,
        "before": before,
        "after": after,
        "reason": notes.of_contract(change.table, change.column) or None,
    }


def _of_row(row: RowChange, why: ChangeReasons) -> Iterator[Row]:
    identity: Row = {"id": row.id, "kind": row.kind.value, "table": row.table}
    if row.whole:
        before = _row_text({one.column: one.before for one in row.cells})
        after = _row_text({one.column: one.after for one in row.cells})
        yield {**identity, "column": None, "before": before, "after": after, "reason": why.of(row, "")}
        return
    for one in row.cells:
        before, after = cell(one.before) or None, cell(one.after) or None
        yield {**identity, "column": one.column, "before": before, "after": after, "reason": why.of(row, one.column)}


def _row_text(cells: Row) -> str | None:
    """Return the nonempty cells of a row as a JSON object; None if there are none."""
    filled = {column: value for column, value in cells.items() if value is not None}
    return json.dumps(filled, ensure_ascii=False) if filled else None
