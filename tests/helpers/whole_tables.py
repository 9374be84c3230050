"""Convert records to the tables of a release, as frames in memory; a build writes them in batches."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

import pandas as pd

from conflict_incidents.dataset.admin_units import AdminUnit
from conflict_incidents.records.model import Place, Record
from conflict_incidents.tables import contract
from conflict_incidents.tables.contract import CHANGES, Cells, Table
from conflict_incidents.tables.dtypes import dtype
from conflict_incidents.tables.files import (
    arrow_frame,
    arrow_table,
    as_parquet,
    csv_header,
    csv_rows,
    read_arrow,
    rows_table,
)
from conflict_incidents.tables.filling import RowSource, complete, fill_rows, limit_to_release
from conflict_incidents.tables.row import Lookup

NO_UNITS: Mapping[str, AdminUnit] = MappingProxyType({})


def frames(records: Iterable[Record], admin_units: Mapping[str, AdminUnit] = NO_UNITS) -> dict[str, pd.DataFrame]:
    """Return the tables of a release by name, sorted by primary key; that of changes has no rows.

    Raises:
        ContractError: the tables or columns filled by code differ from the contract.
    """
    complete()
    rows = limit_to_release(source(records, admin_units))
    return {name: frame(table, [] if name == CHANGES else [*rows(name)]) for name, table in contract.tables().items()}


def frame(table: Table, rows: Sequence[Cells]) -> pd.DataFrame:
    """Convert rows to a frame with exact types.

    Raises:
        ContractError: a column can't hold a value.
    """
    return arrow_frame(rows_table(table, rows), table)


def source(records: Iterable[Record], admin_units: Mapping[str, AdminUnit] = NO_UNITS) -> RowSource:
    """Make a source from the rows of records, which must include the places that they refer to."""
    all_records = sorted(records, key=lambda record: record.id)
    places = {record.id: record for record in all_records if isinstance(record, Place)}
    look = Lookup(places.get, admin_units)
    rows_by_record = [fill_rows(record, look) for record in all_records]
    return lambda table: (row for one in rows_by_record for row in one.get(table, ()))


def csv_bytes(frame: pd.DataFrame, table: Table) -> bytes:
    """Format a frame as CSV."""
    return csv_header(table) + csv_rows(arrow_table(frame, table), table)


def csv_frame(data: bytes, table: Table) -> pd.DataFrame:
    """Read a CSV file with pandas, as analysts do, with exact types."""
    types = {field.name: dtype(field) for field in table.fields if field.type != "date"}
    days: list[str] = [field.name for field in table.fields if field.type == "date"]
    df = pd.read_csv(io.BytesIO(data), dtype=types, keep_default_na=False, na_values=[""], parse_dates=days)
    return df.astype(dict.fromkeys(days, "datetime64[us]"))


def read_parquet(data: bytes, table: Table) -> pd.DataFrame:
    """Read a table from its Parquet file, with exact types."""
    return arrow_frame(read_arrow(data, table), table)


def parquet_bytes(frame: pd.DataFrame, table: Table) -> bytes:
    """Format a frame as Parquet."""
    return as_parquet(arrow_table(frame, table))
