"""Compare the tables of a release with its records: each record must be there exactly once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from conflict_incidents.release.checks import refuse
from conflict_incidents.tables import contract
from conflict_incidents.tables.contract import Cells, Value
from conflict_incidents.tables.parts import arrow_parts, whole_records
from conflict_incidents.tables.tally import CLAIMS, LISTS, TABLES, numbers

_MANY = 1 << 16
"""The number of counts to hold as Python objects at once."""


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


def _expected_counts(tallies: Iterable[Cells]) -> dict[str, pa.Table]:
    """Return the counts by record of each kind of count."""
    remaining, counted = iter(tallies), defaultdict[str, list[pa.Table]](list)
    while rows := list(islice(remaining, _MANY)):
        columns = defaultdict[str, tuple[list[Value], list[Value]]](lambda: ([], []))
        for what, id, count in rows:
            if count:
                ids, counts = columns[str(what)]
                ids.append(id)
                counts.append(count)
        for what, both in columns.items():
            counted[what].append(_counts(*both))
    return {what: pa.concat_tables(parts) for what, parts in counted.items()}


def _table_counts(folder: Path, name: str, item: str = "") -> pa.Table:
    """Return the number of rows of each record in a table, or of different numbers in its column `item`."""
    table = contract.tables()[name]
    id, *items = columns = [table.names[0], *filter(None, [item])]
    parts = []
    for part in whole_records(arrow_parts(folder / f"{name}.parquet", table, columns), id):
        rows = part.group_by(columns).aggregate([]) if items else part
        parts.append(rows.group_by(id).aggregate([([], "count_all")]).rename_columns(["id", "count"]))
    return pa.concat_tables(parts) if parts else _counts([], [])


def _counts(ids: Sequence[Value], counts: Sequence[Value]) -> pa.Table:
    return pa.table({"id": pa.array(ids, pa.string()), "count": pa.array(counts, pa.int64())})


def _sum_by_id(counts: pa.Table) -> pa.Table:
    return counts.group_by("id").aggregate([("count", "sum")]).rename_columns(["id", "count"])


def _unequal(what: str, expected: Mapping[str, pa.Table], counted: pa.Table) -> list[str]:
    wanted = _sum_by_id(expected.get(what, _counts([], [])))
    both = counted.join(wanted, "id", join_type="full outer", right_suffix="_wanted")
    counts = [pc.fill_null(both[name], 0) for name in ("count", "count_wanted")]
    odd = both.filter(pc.not_equal(*counts)).sort_by("id").to_pylist()
    return [
        f"{what}: {row['id']} has {row['count'] or 0} in the tables, {row['count_wanted'] or 0} in the records"
        for row in odd
    ]
