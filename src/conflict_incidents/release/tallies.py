"""Compare the tables of a release with its records: each record must be there exactly once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from conflict_incidents.release.checks import refuse
from conflict_incidents.tables import contract
from conflict_incidents.tables.contract import Cells
from conflict_incidents.tables.parts import arrow_parts
from conflict_incidents.tables.tally import CLAIMS, LISTS, TABLES, numbers

_MANY = 1 << 16
"""How many counts to hold as Python objects at once."""
_COUNTS = pa.schema([("what", pa.dictionary(pa.int32(), pa.string())), ("id", pa.string()), ("count", pa.int32())])


def check_records(folder: Path, tallies: Iterable[Cells]) -> None:
    """Check that the tables have every record, and every item of its lists, once, and nothing else.

    Args:
        folder: the release, whose tables fulfil the contract.
        tallies: the counts of `tables.tally` for the records.
    """
    expected = pa.concat_tables([_COUNTS.empty_table(), *_parts(tallies)]).unify_dictionaries().combine_chunks()
    whats = dict.fromkeys(TABLES.values(), "") | dict.fromkeys(LISTS.values(), "number")
    for prefix in CLAIMS.values():
        whats |= {f"{prefix}reports": "number", f"{prefix}claims": "number"}
    faults = [fault for name, item in whats.items() for fault in _unequal(name, expected, _ids(folder, name, item))]
    for prefix in CLAIMS.values():
        faults += _unequal(numbers(prefix), expected, _ids(folder, f"{prefix}claims"))
    refuse("records and tables differ", faults)


def _parts(tallies: Iterable[Cells]) -> Iterator[pa.Table]:
    remaining = iter(tallies)
    while rows := list(islice(remaining, _MANY)):
        rows_counted = [(what, id, count) for what, id, count in rows if count]
        columns = zip(*rows_counted, strict=True) if rows_counted else [()] * 3
        yield pa.table([pa.array(one, field.type) for one, field in zip(columns, _COUNTS, strict=True)], schema=_COUNTS)


def _ids(folder: Path, name: str, item: str = "") -> pa.Table:
    """Return the ids of the records of a table: one per row, or per number in the column `item`."""
    table = contract.tables()[name]
    columns = [table.names[0], *filter(None, [item])]
    parts = [part.replace_schema_metadata(None) for part in arrow_parts(folder / f"{name}.parquet", table, columns)]
    if not parts:
        return pa.table({"id": pa.array([], pa.string())})
    rows = pa.concat_tables(parts).group_by(columns).aggregate([]) if item else pa.concat_tables(parts)
    return rows.select([0]).rename_columns(["id"])


def _unequal(what: str, expected: pa.Table, ids: pa.Table) -> list[str]:
    expected_ids = expected.filter(pc.equal(expected["what"].cast(pa.string()), what)).group_by("id")
    counted_ids = ids.group_by("id").aggregate([([], "count_all")])
    both = expected_ids.aggregate([("count", "sum")]).join(counted_ids, "id", join_type="full outer")
    counts = [pc.fill_null(both[name], 0) for name in ("count_all", "count_sum")]
    odd = both.filter(pc.not_equal(*counts)).sort_by("id").to_pylist()
    return [
        f"{what}: {row['id']} has {row['count_all'] or 0} in the tables, {row['count_sum'] or 0} in the records"
        for row in odd
    ]
