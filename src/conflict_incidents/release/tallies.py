"""Compare the tables of a release with its records: each record must be there exactly once."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from conflict_incidents.release.checks import refuse
from conflict_incidents.tables import contract
from conflict_incidents.tables.contract import Cells
from conflict_incidents.tables.parts import arrow_parts, whole_records
from conflict_incidents.tables.tally import CLAIMS, LISTS, TABLES, numbers

_MAX_COUNTS = 1 << 16
"""The number of counts to hold as Python objects at once."""
_COUNTS = pa.schema([("id", pa.string()), ("count", pa.int64())])
_EXPECTED = pa.schema([("what", pa.string()), *_COUNTS])


def check_records(folder: Path, tallies: Iterable[Cells]) -> None:
    """Check that the tables have every record, and every item of its lists, once, and nothing else.

    Args:
        folder: the release, whose tables fulfil the contract.
        tallies: the counts of `tables.tally` for the records.
    """
    expected = _expected_counts(tallies)
    whats = dict.fromkeys(TABLES.values(), "") | dict.fromkeys(LISTS.values(), "number")
    for prefix in CLAIMS.values():
        whats |= {f"{prefix}reports": "number", f"{prefix}claims": "number"}
    faults = [
        fault for name, item in whats.items() for fault in _unequal(name, expected, _table_counts(folder, name, item))
    ]
    for prefix in CLAIMS.values():
        faults += _unequal(numbers(prefix), expected, _table_counts(folder, f"{prefix}claims"))
    refuse("records and tables differ", faults)


def _expected_counts(tallies: Iterable[Cells]) -> pa.Table:
    """Return the counts of all kinds, by kind (`what`) and record, without those of 0."""
    remaining, parts = (row for row in tallies if row[2]), [_EXPECTED.empty_table()]
    while rows := list(islice(remaining, _MAX_COUNTS)):
        parts.append(pa.Table.from_arrays([*map(pa.array, zip(*rows, strict=True))], _EXPECTED.names).cast(_EXPECTED))
    return pa.concat_tables(parts)


def _table_counts(folder: Path, name: str, item: str = "") -> pa.Table:
    """Return the number of rows of each record in a table, or of different numbers in its column `item`."""
    table = contract.tables()[name]
    id, *items = columns = [table.names[0], *filter(None, [item])]
    parts = []
    for part in whole_records(arrow_parts(folder / f"{name}.parquet", table, columns), id):
        rows = part.group_by(columns).aggregate([]) if items else part
        parts.append(rows.group_by(id).aggregate([([], "count_all")]).rename_columns(["id", "count"]))
    return pa.concat_tables(parts) if parts else _COUNTS.empty_table()


def _unequal(what: str, expected: pa.Table, counted: pa.Table) -> list[str]:
    of_kind = expected.filter(pc.field("what") == what).group_by("id").aggregate([("count", "sum")])
    both = counted.join(of_kind, "id", join_type="full outer")
    counts = [pc.fill_null(both[name], 0) for name in ("count", "count_sum")]
    odd = both.filter(pc.not_equal(*counts)).sort_by("id").to_pylist()
    return [
        f"{what}: {row['id']} has {row['count'] or 0} in the tables, {row['count_sum'] or 0} in the records"
        for row in odd
    ]
