"""The table that every importer reads: named columns and rows of text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from itertools import zip_longest

from conflict_incidents.core.findings import shown

_NUMBER = re.compile(r"[-+]?[0-9]+(?:[.,][0-9]+)*")
LISTED_AT_MOST = 12
"""How many names a message lists."""


class SourceTableError(Exception):
    """The file can't be read as one table; the message names row and column and says what to change."""


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One row. `number` is the row as a person counts it in the file, with the header as 1; '' is an empty cell."""

    number: int
    cells: dict[str, str]
    faults: dict[str, str] = field(default_factory=dict)
    """Why a cell is empty although the file has something there, by column: who needs the cell refuses the row."""


@dataclass(slots=True)
class SourceTable:
    """A table: its columns in the order of the file, and its rows."""

    columns: list[str]
    rows: list[SourceRow]


def listing(names: Iterable[str]) -> str:
    """Names in backquotes, the first dozen of them."""
    all_names = list(names)
    few = ", ".join(shown(name) for name in all_names[:LISTED_AT_MOST])
    return few + (f" and {len(all_names) - LISTED_AT_MOST} more" if len(all_names) > LISTED_AT_MOST else "")


def assemble(header: Sequence[str], body: Iterable[tuple[int, Sequence[str]]], at: int = 1) -> SourceTable:
    """A table from its header, which is row `at`, and its numbered rows. Rows without any content are left out, and so
    is a column without name and content, and a first one without name that numbers the rows.

    Raises:
        TableError: a column has no name or another's name, a row has more or fewer cells than the header, or a cell
            holds NUL.
    """
    rows = [(number, cells) for number, cells in body if any(cell.strip() for cell in cells)]
    _refuse_ragged(header, rows)
    columns = [name.strip() for name in header]
    _refuse_header(columns, rows, at)
    used = [index for index, name in enumerate(columns) if name]
    names = [columns[index] for index in used]
    if rows and _is_tag_row(rows[0][1]):
        rows = rows[1:]
    made = [SourceRow(number, {columns[index]: cells[index] for index in used}) for number, cells in rows]
    for row in made:
        for name, cell in row.cells.items():
            if "\0" in cell:
                raise SourceTableError(f"row {row.number}, column {shown(name)}: a NUL character; the file is damaged")
    return SourceTable(names, made)


def _refuse_header(columns: list[str], rows: list[tuple[int, Sequence[str]]], at: int) -> None:
    if all(_NUMBER.fullmatch(name) for name in columns if name):
        raise SourceTableError(f"row {at}: no column has a name; the first row must be the header")
    for name, times in Counter(columns).items():
        if name and times > 1:
            places = [str(index) for index, column in enumerate(columns, 1) if column == name]
            raise SourceTableError(f"row {at}: columns {' and '.join(places)} are both named {shown(name)}; rename one")
        if "\0" in name:
            raise SourceTableError(
                f"row {at}: the column name {shown(name)} contains a NUL character; the file is damaged"
            )
    is_index = bool(columns) and not columns[0] and are_row_numbers([cells[0] for _, cells in rows])
    for index, column in list(enumerate(columns))[is_index:]:
        filled = None if column else next((number for number, cells in rows if cells[index].strip()), None)
        if filled:
            raise SourceTableError(
                f"row {at}: column {index + 1} has no name, and row {filled} has a value in it; name it"
            )


def _refuse_ragged(header: Sequence[str], rows: list[tuple[int, Sequence[str]]]) -> None:
    for number, cells in rows:
        if len(cells) != len(header):
            first = next((str(a or b) for a, b in zip_longest(cells, header) if (a is None) != (b is None)), "")
            what = f"first without a column: {shown(first)}" if len(cells) > len(header) else f"none for {shown(first)}"
            raise SourceTableError(
                f"row {number}: {len(cells)} cells where the header has {len(header)} columns ({what}); a quote or a "
                "delimiter is missing there or one too many"
            )


def are_row_numbers(cells: Sequence[str]) -> bool:
    """Whether cells are what pandas or R write before each row: another whole number in each."""
    return len(set(cells)) == len(cells) and all(re.fullmatch(r"[0-9]+(?:\.0)?", cell.strip()) for cell in cells)


def _is_tag_row(cells: Sequence[str]) -> bool:
    filled = [cell.strip() for cell in cells if cell.strip()]
    return all(cell.startswith("#") and cell[1:2].isalpha() for cell in filled)


def as_text(value: object) -> str:
    """A typed value of a spreadsheet or a Parquet file, as CSV text: 7.0 is "7", a date ISO, nothing "".

    Raises: ValueError: the value is a list or of another type that a cell can't store.
    """
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float() | Decimal():
            return _number(Decimal(repr(value)) if isinstance(value, float) else value)
        case datetime():
            midnight = value.time() == time(0) and value.tzinfo is None
            return value.date().isoformat() if midnight else value.isoformat()
        case date() | time():
            return value.isoformat()
    raise ValueError(f"a value of type {type(value).__name__}")


def _number(value: Decimal) -> str:
    if value.is_nan():
        return ""
    if not value.is_finite():
        raise ValueError("an infinite number")
    if abs(value.adjusted()) > 40:
        raise ValueError("a number too large or too small for a cell")
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text
