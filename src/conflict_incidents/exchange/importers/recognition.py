"""Recognise the dataset of a file by its columns."""

from __future__ import annotations

from conflict_incidents.exchange import ucdp_columns
from conflict_incidents.exchange.importers.acled.rows import REQUIRED_COLUMNS, own_name
from conflict_incidents.exchange.importers.tabular.grid import SourceTable, SourceTableError


def recognise_importer(table: SourceTable) -> str:
    """Return the importer for a table: the one with the most matching columns, and more than half of its own.

    Raises:
        SourceTableError: the columns are those of neither UCDP GED nor ACLED.
    """
    own = {"acled": set(REQUIRED_COLUMNS), "ucdp-ged": set(ucdp_columns.REQUIRED)}
    present = {own_name(name) for name in table.columns} | {name.strip().lower() for name in table.columns}
    shares = {name: len(columns & present) / len(columns) for name, columns in own.items()}
    name = max(shares, key=shares.__getitem__)
    if shares[name] > 0.5:
        return name
    raise SourceTableError(
        "its columns are neither UCDP GED's nor ACLED's; say by --mapping what they mean "
        "(`incidents import table FILE --propose` writes a first mapping)"
    )
