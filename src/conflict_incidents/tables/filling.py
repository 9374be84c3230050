"""Convert records to the rows of every table: first of one record, then of a release, which needs only the rows.

Prevents: parsing a record again to release it, and tables that depend on the order of records.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Any

from conflict_incidents.core.findings import Mark, Shown, show
from conflict_incidents.dataset.index_rows import IndexRow, LinkRow
from conflict_incidents.dataset.nesting import DUPLICATE_OF, wholes
from conflict_incidents.records.model import Record, Sourced
from conflict_incidents.tables import aggregates, claims, contract, incidents, registries, statements
from conflict_incidents.tables.contract import CHANGES, Cells, CellValue, ContractError, Row, Table
from conflict_incidents.tables.row import FILLS, Fill, Lookup, join_ids
from conflict_incidents.tables.tally import tally

FILLING = (incidents, statements, claims, aggregates, registries)
"""The modules whose functions fill the tables when imported."""
TALLY = "tally"
"""The name under which a source has the counts of `tally`: table, record id, number."""

RowSource = Callable[[str], Iterable[Cells]]
"""Returns the rows of a table by its name, sorted by the primary key."""


def fill_rows(record: Record, look: Lookup) -> dict[str, list[Cells]]:
    """Return the rows of a record by table, each sorted by the primary key, and its tally; none for a draft.

    Raises:
        ContractError: the columns of a row differ from its table.
    """
    rows_by_table: dict[str, list[Cells]] = {}
    if not in_release(record):
        return rows_by_table
    is_tombstone = withdrawn(record)
    for table, fill, order in _fills(type(record)):  # type: ignore[arg-type] # mypy takes cached arguments for Hashable
        if fill.tombstones or not is_tombstone:
            rows: list[Cells] = [cells(table, row) for row in fill.rows(record, look)]
            if len(rows) > 1:
                rows.sort(key=order)
            if rows:
                rows_by_table[table.name] = rows
    rows_by_table[TALLY] = [*tally(record)]
    return rows_by_table


def limit_to_release(source: RowSource) -> RowSource:
    """Limit rows to those of a release: drop links to unreleased records, and set `counted_in` of incidents.

    A tombstone keeps only the link to its replacement.
    """
    table, linking = contract.tables()["incidents"], contract.tables()["links"]
    id, status, counted_in = map(table.names.index, ("incident_id", "status", "counted_in"))
    own, kind, to = map(linking.names.index, ("incident_id", "kind", "linked_incident_id"))
    links: dict[CellValue, list[LinkRow]] = {}
    for row in source(linking.name):
        links.setdefault(row[own], []).append(LinkRow(str(row[kind]), str(row[to]), Mark(), Mark()))
    linked = {*links, *(one.incident for several in links.values() for one in several)}
    states = {str(row[id]): str(row[status]) for row in source(table.name) if row[id] in linked}

    def find(id: str) -> IndexRow | None:
        return IndexRow("", "incident", id, states[id], Mark(), tuple(links.get(id, ()))) if id in states else None

    def rows(name: str) -> Iterator[Cells]:
        for row in source(name):
            if name == linking.name:
                if row[to] in states and (states[str(row[own])] != "withdrawn" or row[kind] == DUPLICATE_OF):
                    yield row
            elif name == table.name and row[id] in links and row[status] != "withdrawn":
                one = find(str(row[id]))
                within = join_ids(wholes(one, find)) if one else None
                yield [*row[:counted_in], within, *row[counted_in + 1 :]]
            else:
                yield row

    return rows


def cells(table: Table, row: Row) -> Cells:
    """Return the values of a row in the order of the columns.

    Raises:
        ContractError: its columns differ from the table.
    """
    try:
        values = [row[field.name] for field in table.fields]
    except KeyError:
        values = []
    if len(values) != len(row):
        raise ContractError(_check_columns(table, row))
    return values


def in_release(record: Record) -> bool:
    """Whether a record is released: all except drafts."""
    return not (isinstance(record, Sourced) and record.status == "draft")


def withdrawn(record: Record) -> bool:
    """Whether only a tombstone of the record is released."""
    return record.withdrawn if isinstance(record, Sourced) else record.withdrawal is not None


def complete() -> None:
    """Check that every table is filled.

    Raises:
        ContractError: the tables filled by code differ from the contract.
    """
    if odd := contract.tables().keys() - {CHANGES} ^ FILLS.keys():
        raise ContractError(
            f"these tables are in datapackage.json or are filled, but not both: {', '.join(map(show, sorted(odd)))}"
        )


_Order = Callable[[Cells], list[tuple[bool, Any]]]


@cache
def _fills(of: type[Record]) -> list[tuple[Table, Fill, _Order]]:
    """Return the tables that a kind of record fills."""
    pairs = ((contract.tables()[name], fill) for name, fill in FILLS.items() if issubclass(of, fill.of))
    return [(table, fill, _order(table)) for table, fill in pairs]


def _order(table: Table) -> _Order:
    """Return the sort key of a table's rows: its key, with values of closed lists in list order and unknown last."""
    ranks_of: dict[str, dict[CellValue, int]] = {
        name: {level: rank for rank, level in enumerate(table.field(name).enum)} for name in table.key
    }
    key = [(table.names.index(name), ranks) for name, ranks in ranks_of.items()]
    return lambda row: [(row[at] is None, ranks.get(row[at], len(ranks)) if ranks else row[at]) for at, ranks in key]


def _check_columns(table: Table, row: Row) -> Shown:
    lacking = [name for name in table.names if name not in row]
    if lacking:
        return f"the column {show(lacking[0])} of `{table.name}` is in datapackage.json, but no code fills it"
    unknown = [name for name in row if name not in table.names]
    return f"the column {show(unknown[0])} of `{table.name}` is filled, but isn't in datapackage.json"
