"""Normalise a UCDP GED file written by pandas or R: integers without `.0`, column names in lower case."""

from __future__ import annotations

import re
from dataclasses import replace

from conflict_incidents.exchange import ucdp_columns
from conflict_incidents.exchange.importers.tabular.grid import SourceTable

UNKNOWN = frozenset({"na", "n/a", "nan", "none", "null", "<na>"})
"""How programs write an empty cell; Namibia is called by its name here, and by a number."""
_WHOLE_FLOAT = re.compile(r"(-?[0-9]+)\.0+")


def in_whole_numbers(table: SourceTable) -> SourceTable:
    """The table with `678` for `678.0` in the columns of whole numbers, and nothing for `NA` in any."""
    wanted = {name for name in table.columns if name.strip().lower() in ucdp_columns.whole()}
    rows = [
        replace(row, cells={name: _cell(text, name in wanted) for name, text in row.cells.items()})
        for row in table.rows
    ]
    return SourceTable(table.columns, rows)


def _cell(text: str, is_whole: bool) -> str:
    if text.strip().lower() in UNKNOWN:
        return ""
    return whole(text) if is_whole else text


def whole(text: str) -> str:
    """A number without the `.0` of a float; any other text as it is."""
    found = _WHOLE_FLOAT.fullmatch(text.strip())
    return found[1] if found else text


def in_own_names(table: SourceTable) -> SourceTable:
    """The table with UCDP's columns under UCDP's names; of two that differ in case alone, one keeps its own."""
    names = {name: name for name in table.columns}
    for name in table.columns:
        own = name.strip().lower()
        if own in ucdp_columns.known() and own not in names.values():
            names[name] = own
    rows = [replace(row, cells={names[name]: text for name, text in row.cells.items()}) for row in table.rows]
    return SourceTable([names[name] for name in table.columns], rows)
