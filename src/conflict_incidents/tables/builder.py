"""Convert rows to frames, sorted by the primary key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

import pandas as pd

from conflict_incidents.dataset.admin_units import AdminUnit
from conflict_incidents.records.model import Place, Record
from conflict_incidents.tables import contract, files
from conflict_incidents.tables.contract import CHANGES
from conflict_incidents.tables.filling import Source, complete, gathered, released
from conflict_incidents.tables.row import Lookup

NO_UNITS: Mapping[str, AdminUnit] = MappingProxyType({})


def frames(records: Iterable[Record], admin_units: Mapping[str, AdminUnit] = NO_UNITS) -> dict[str, pd.DataFrame]:
    """Return the tables of a release by name, in the order of the contract.

    The table of changes is empty: it requires a comparison of two releases.

    The table of changes has no rows yet: what changed, only a comparison of two releases can tell.

    Args:
        records: sound records of every kind. Drafts are left out; withdrawn ones become tombstones.
        admin_units: the administrative units by p-code, for their names.

    Raises:
        ContractError: the tables or columns filled by code differ from the contract.
    """
    return frames_of(source(records, admin_units))


def source(records: Iterable[Record], admin_units: Mapping[str, AdminUnit] = NO_UNITS) -> Source:
    """Make a source from the rows of records, which must include the places that they refer to."""
    held = list(records)
    places = {record.id: record for record in held if isinstance(record, Place)}
    return gathered(held, Lookup(places.get, admin_units))


def frames_of(source: Source) -> dict[str, pd.DataFrame]:
    """Return the tables of a release by name, as `frames` does, from the rows of its records."""
    complete()
    rows = released(source)
    return {
        name: files.frame(table, [] if name == CHANGES else [*rows(name)]) for name, table in contract.tables().items()
    }
