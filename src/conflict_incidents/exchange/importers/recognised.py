"""Recognise the dataset of a file by its columns."""

from __future__ import annotations

from conflict_incidents.exchange import ucdp_columns
from conflict_incidents.exchange.importers.acled.rows import REQUIRED, own_name
from conflict_incidents.exchange.importers.tabular.grid import SourceTable, SourceTableError


def recognised(table: SourceTable) -> str:
    """The importer for a table.

    Raises:
        SourceTableError: its columns are neither UCDP GED's nor ACLED's.
    """
    if {own_name(name) for name in table.columns}.issuperset(REQUIRED):
        return "acled"
    if {name.strip().lower() for name in table.columns}.issuperset(ucdp_columns.required()):
        return "ucdp-ged"
    raise SourceTableError(
        "its columns are neither UCDP GED's nor ACLED's; say by --mapping what they mean "
        "(`incidents import table FILE --propose` writes a first mapping)"
    )
