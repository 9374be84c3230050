"""Normalise a table that pandas, R or a spreadsheet has rewritten: row numbers, empty cells, whole numbers, names."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace

from conflict_incidents.exchange.importers.tabular.grid import SourceRow, SourceTable, are_row_numbers
from conflict_incidents.records.cells import is_empty

_INDEX = re.compile(r"(?:unnamed[: _]*[0-9]+(?:[._][0-9]+)?|\.\.\.1|index|row_?names?|x|v1)")
"""Names that programs give a column of row numbers."""
_NUMBER = re.compile(r"(-?[0-9]++(?:\.[0-9]*[1-9])?)\.?0*")


def clean_table(table: SourceTable, own_name: Callable[[str], str], numbers: Collection[str]) -> SourceTable:
    """Remove row numbers and `NA`, and convert `678.0` to `678`, `12.40` to `12.4` in columns of numbers.

    Args:
        table: the table of the file.
        own_name: returns the source's name of a column.
        numbers: the source's columns of numbers.
    """
    columns = list(table.columns)
    while columns and _INDEX.fullmatch(columns[0].strip().lower()) and _numbers_rows(table, columns[0]):
        del columns[0]
    number_columns = {name for name in columns if own_name(name) in numbers}
    rows = [
        replace(row, cells={name: _cell(row.cells[name], name in number_columns) for name in columns})
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

    def rename(cells: Mapping[str, str]) -> dict[str, str]:
        return {names.get(name, name): text for name, text in cells.items()}

    rows = [SourceRow(row.number, rename(row.cells), rename(row.faults)) for row in table.rows]
    return SourceTable([names[name] for name in table.columns], rows)


def _without_zeros(text: str) -> str:
    """Remove the zeros at the end of a decimal number; other text is unchanged."""
    match = _NUMBER.fullmatch(text.strip())
    return match[1] if match else text


def in_whole_numbers(table: SourceTable, columns: Collection[str]) -> SourceTable:
    """Replace `1.0` by `1` in those columns that contain only whole numbers and empty cells."""
    integer_columns = {name for name in columns if all(_is_whole_or_empty(row.cells[name]) for row in table.rows)}
    rows = [
        replace(row, cells=row.cells | {name: _without_zeros(row.cells[name]) for name in integer_columns})
        for row in table.rows
    ]
    return SourceTable(table.columns, rows)


def _is_whole_or_empty(text: str) -> bool:
    return is_empty(text) or _without_zeros(text).lstrip("-").isdecimal()


def _numbers_rows(table: SourceTable, column: str) -> bool:
    return are_row_numbers([row.cells[column] for row in table.rows])


def _cell(text: str, is_number: bool) -> str:
    if is_empty(text):
        return ""
    return _without_zeros(text) if is_number else text
