"""Normalise a table that pandas, R or a spreadsheet has rewritten: row numbers, empty cells, whole numbers, names."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import replace

from conflict_incidents.exchange.importers.tabular.grid import SourceTable, are_row_numbers
from conflict_incidents.records.cells import is_empty

_INDEX = re.compile(r"(?:unnamed[: _]*[0-9]+(?:[._][0-9]+)?|\.\.\.1|index|row_?names?|x|v1)")
"""Names that programs give a column of row numbers."""
_INTEGER = re.compile(r"(-?[0-9]+)(?:\.0+)?")


def clean_table(table: SourceTable, own_name: Callable[[str], str], integers: Collection[str]) -> SourceTable:
    """Remove row numbers and `NA`, and convert `678.0` to `678` in columns of whole numbers.

    Args:
        table: the table of the file.
        own_name: returns the source's name of a column.
        integers: the source's columns of whole numbers.
    """
    columns = list(table.columns)
    while columns and _INDEX.fullmatch(columns[0].strip().lower()) and _numbers_rows(table, columns[0]):
        del columns[0]
    integer_columns = {name for name in columns if own_name(name) in integers}
    rows = [
        replace(row, cells={name: _cell(row.cells[name], name in integer_columns) for name in columns})
        for row in table.rows
    ]
    return SourceTable(columns, rows)


def rename_columns(table: SourceTable, own_name: Callable[[str], str]) -> SourceTable:
    """Rename columns to the source's own names; of two with one name, the later keeps that of the file."""
    names = {name: name for name in table.columns}
    for name in table.columns:
        own = own_name(name)
        if own not in names.values():
            names[name] = own
    rows = [replace(row, cells={names[name]: text for name, text in row.cells.items()}) for row in table.rows]
    return SourceTable([names[name] for name in table.columns], rows)


def whole_number(text: str) -> str:
    """Remove the `.0` of a float from a whole number; other text is unchanged."""
    match = _INTEGER.fullmatch(text.strip())
    return match[1] if match else text


def in_whole_numbers(table: SourceTable, columns: Collection[str]) -> SourceTable:
    """Replace `1.0` by `1` in those columns that contain only whole numbers and empty cells."""
    integer_columns = {name for name in columns if all(_is_whole_or_empty(row.cells[name]) for row in table.rows)}
    rows = [
        replace(row, cells=row.cells | {name: whole_number(row.cells[name]) for name in integer_columns})
        for row in table.rows
    ]
    return SourceTable(table.columns, rows)


def _is_whole_or_empty(text: str) -> bool:
    return is_empty(text) or _INTEGER.fullmatch(text.strip()) is not None


def _numbers_rows(table: SourceTable, column: str) -> bool:
    return are_row_numbers([row.cells[column] for row in table.rows])


def _cell(text: str, is_whole: bool) -> str:
    if is_empty(text):
        return ""
    return whole_number(text) if is_whole else text
