"""Records → frames; the order of the records has no effect."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from conflict_incidents.dataset.nesting import wholes
from conflict_incidents.dataset.registry import AdminUnit
from conflict_incidents.records.model import Incident, Place, Record, Sourced
from conflict_incidents.tables import aggregates, claims, contract, dtypes, incidents, registries, statements
from conflict_incidents.tables.contract import CHANGES, ContractError
from conflict_incidents.tables.dtypes import Row
from conflict_incidents.tables.row import FILLS, Lookup

FILLING = (incidents, statements, claims, aggregates, registries)
"""The modules whose functions fill the tables; importing one is all it takes."""


def frames(records: Iterable[Record], admin_units: Mapping[str, AdminUnit] | None = None) -> dict[str, pd.DataFrame]:
    """The tables of a release, by name, in the order of the contract; each is sorted by its primary key.

    The table of changes has no rows yet: what changed, only a comparison of two releases can tell.

    Args:
        records: sound records of every kind. Drafts are left out; withdrawn ones become tombstones.
        admin_units: the administrative units by p-code, for their names.

    Raises:
        ContractError: a table or a column of the contract is filled by no code, or the reverse.
    """
    shared = in_release(records)
    incidents_by_id = {record.id: record for record in shared if isinstance(record, Incident)}
    look = Lookup(
        places={record.id: record for record in shared if isinstance(record, Place)},
        admin_units={} if admin_units is None else admin_units,  # whose length takes long: ISO 3166-2 is among them
        released=frozenset(incidents_by_id),
        counted_in={id: wholes(one, incidents_by_id.get) for id, one in incidents_by_id.items() if one.links},
    )
    tables = contract.tables()
    if tables.keys() - {CHANGES} != FILLS.keys():
        odd = sorted(tables.keys() - {CHANGES} ^ FILLS.keys())
        raise ContractError(f"these tables are in datapackage.json or are filled, but not both: {', '.join(odd)}")
    return {name: dtypes.frame(table, _rows(name, shared, look)) for name, table in tables.items()}


def in_release(records: Iterable[Record]) -> list[Record]:
    """The records of a release: all but drafts."""
    return [record for record in records if not (isinstance(record, Sourced) and record.status == "draft")]


def _rows(table: str, records: list[Record], look: Lookup) -> list[Row]:
    if table == CHANGES:
        return []
    fill = FILLS[table]
    found: list[Row] = []
    for record in records:
        if isinstance(record, fill.of) and (fill.tombstones or not withdrawn(record)):
            found += fill.rows(record, look)
    return found


def withdrawn(record: Record) -> bool:
    """Whether only a tombstone of the record is released."""
    return record.withdrawn if isinstance(record, Sourced) else record.withdrawal is not None
