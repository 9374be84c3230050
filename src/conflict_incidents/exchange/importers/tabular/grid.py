"""The input of every importer: a table with named columns and rows of text."""

from __future__ import annotations

import lzma
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from itertools import zip_longest
from typing import NamedTuple, TypeVar

from conflict_incidents.core.errors import UserError
from conflict_incidents.core.findings import Shown, show
from conflict_incidents.core.normalization import MAX_COMBINING_RUN, has_long_run
from conflict_incidents.records.cells import tidy

_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
"""Control characters, but white space; those above 7F are usually letters or quotes of another encoding."""
_NUMBER = re.compile(r"[-+]?[0-9]+(?:[.,][0-9]+)*")
_DATUM = re.compile(rf"{_NUMBER.pattern}|[0-9]{{2,4}}[-/][0-9]{{1,2}}[-/][0-9]{{2,4}}(?:[T ].*)?|")
"""A cell of a row of data: a number, a day, or nothing."""
MAX_BYTES = 512 << 20
"""The maximum size of an unpacked table."""
MAX_RATIO = 100
"""The maximum size of an unpacked table relative to the packed file; that of spreadsheets and JSON is up to 25."""
SMALL = 16 << 20
"""The size in bytes up to which an unpacked table may have any ratio."""
MAX_ROWS = 1 << 20
"""The maximum number of rows, that of spreadsheets."""
MAX_CELLS = 20_000_000
"""The maximum number of cells of a table."""
MAX_ROW = 4 << 20
"""The maximum number of characters of a row of a text file."""
MAX_COLUMNS = 16_384
"""The maximum number of columns, that of spreadsheets."""
MAX_ELEMENTS = 1_000_000
"""The maximum number of XML elements of a row, which is in memory as a whole."""
LARGE_ROW: Shown = Shown(f"a row has more than {MAX_ELEMENTS:,} cells and parts of cells; save the sheet as CSV")
DAMAGE_ERRORS = (
    *(OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile),
    *(NotImplementedError, RuntimeError, ValueError, KeyError, OverflowError),
)
"""The errors of libraries that unpack a damaged file."""
MAX_NAMES_LISTED = 12
"""The maximum number of names in a message."""


class SourceTableError(UserError):
    """The file can't be read as one table; the message names row and column and says what to change."""

    exit_code = 1


class RepeatedName(SourceTableError):
    """Two columns have the same name."""


class Unreadable(NamedTuple):
    """A value of a file that no cell can store, and why."""

    why: str


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A row; `number` counts from the header, which is 1; empty cells are ''."""

    number: int
    cells: dict[str, str]
    faults: dict[str, str] = field(default_factory=dict)
    """The errors of unreadable cells by column, which count only if the cell is used; errors of the whole row are under
    ''."""


@dataclass(slots=True)
class SourceTable:
    """A table: its columns in the order of the file, and its rows."""

    columns: list[str]
    rows: list[SourceRow]


def check_unpacked(size: int, packed: int) -> None:
    """Check the size of a table that was unpacked from a file of `packed` bytes.

    Raises:
        SourceTableError: it is too large, or so much larger than the file that it may be meant to fill the memory.
    """
    if size > MAX_BYTES:
        raise SourceTableError(f"unpacked it is larger than {MAX_BYTES >> 20} MiB; split it, or save it as CSV")
    if size > max(SMALL, MAX_RATIO * packed):
        raise SourceTableError(
            f"unpacked it is over {MAX_RATIO} times as large as the file, as if made to fill the memory; if you trust "
            "it, unpack it yourself, or save it as CSV"
        )


def check_size(rows: int, cells: int) -> None:
    """Check the size of a table.

    Raises:
        SourceTableError: it has too many rows or cells.
    """
    if rows > MAX_ROWS or cells > MAX_CELLS:
        raise SourceTableError(f"more than {MAX_ROWS:,} rows or {MAX_CELLS:,} cells; split the table")


def listing(names: Iterable[str]) -> Shown:
    """Format names in backquotes, at most a dozen."""
    all_names = list(names)
    few = ", ".join(show(name) for name in all_names[:MAX_NAMES_LISTED])
    more = len(all_names) - MAX_NAMES_LISTED
    return f"{few} and {more} more" if more > 0 else few


T = TypeVar("T")


def only_sheet(sheets: Mapping[str, T], name: str | None, has_cells: Callable[[T], bool]) -> T:
    """Return the sheet of a workbook with a name, or the only one with cells.

    Raises:
        SourceTableError: there is none, or several have cells.
    """
    if name is not None and name not in sheets:
        raise SourceTableError(f"there is no sheet {show(name)}; the workbook has {listing(sheets)}")
    filled = [name] if name is not None else [title for title, sheet in sheets.items() if has_cells(sheet)]
    if len(filled) > 1:
        raise SourceTableError(f"several sheets have cells; name one by --sheet: {listing(filled)}")
    if not filled:
        raise SourceTableError("no sheet has cells; a table has a header and rows")
    return sheets[filled[0]]


Faults = Mapping[tuple[int, int], str]
"""The errors of unreadable cells by number of the row and index of the column."""


def table_of(
    rows: Sequence[tuple[int, Sequence[str]]], header: int | None = None, faults: Faults | None = None
) -> SourceTable:
    """Make a table of the numbered rows of a sheet; the header is the given row, or the first with content.

    Raises:
        SourceTableError: there is no such row; also as for `assemble`.
    """
    for index, (number, cells) in enumerate(rows):
        if (header is None or number == header) and any(cell.strip() for cell in cells):
            return assemble(cells, rows[index + 1 :], number, faults)
    where = Shown("the file is empty") if header is None else f"row {header} is empty"
    raise SourceTableError(f"{where}; a table has a header and rows")


def assemble(
    header: Sequence[str],
    body: Iterable[tuple[int, Sequence[str]]],
    at: int = 1,
    faults: Faults | None = None,
    kept: Collection[int] = (),
) -> SourceTable:
    """Make a table of its header, which is row `at`, and its numbered rows.

    Empty rows are left out unless `kept`, and so are empty columns without a name, and an unnamed first column of row
    numbers. A row with too many or too few cells has a fault.

    Raises:
        SourceTableError: a column has no name or a duplicate one, most rows have such a fault, or a cell has NUL.
    """
    rows = [(number, cells) for number, cells in body if any(cell.strip() for cell in cells) or number in kept]
    if any("\0" in name for name in header):
        raise SourceTableError(f"row {at}: a NUL character; the file is damaged")
    columns = [tidy(name) for name in header]
    _refuse_header(columns, at)
    if rows and _is_tag_row(rows[0][1]):
        rows = rows[1:]
    if not columns[0] and are_row_numbers([cells[0] for _, cells in rows]):
        rows = [(number, ["", *cells[1:]]) for number, cells in rows]
    rows_by_number = {number: _row(number, cells, columns) for number, cells in rows}
    faulty = [row for row in rows_by_number.values() if "" in row.faults]
    if len(faulty) > max(1, len(rows_by_number) / 2):
        raise SourceTableError(f"row {faulty[0].number}: {Shown(faulty[0].faults[''])}")
    for (number, index), why in (faults or {}).items():
        if number in rows_by_number and index < len(columns) and columns[index]:
            rows_by_number[number].faults[columns[index]] = why
    return SourceTable([name for name in columns if name], list(rows_by_number.values()))


def typed_table(columns: Sequence[str], rows: Iterable[tuple[int, Sequence[object]]]) -> SourceTable:
    """Make a table of columns and numbered rows of values; a value that no cell can store is a fault of its row.

    Raises:
        SourceTableError: see `assemble`.
    """
    body: list[tuple[int, list[str]]] = []
    faults: dict[tuple[int, int], str] = {}
    for number, values in rows:
        cells = []
        for index, value in enumerate(values):
            try:
                cells.append(as_text(value))
            except ValueError as error:
                cells.append("")
                faults[number, index] = str(error)
        body.append((number, cells))
    return assemble(columns, body, 1, faults, {number for number, _ in faults})


def _row(number: int, cells: Sequence[str], columns: Sequence[str]) -> SourceRow:
    faults: dict[str, str] = {}
    outside = [n for n, cell in enumerate(cells) if cell.strip() and not (n < len(columns) and columns[n])]
    if len(cells) < len(columns):
        faults[""] = (
            f"{len(cells)} cells where the header has {len(columns)} columns (none for {show(columns[len(cells)])}); "
            "a quote or a delimiter is missing"
        )
    elif outside:
        faults[""] = (
            f"{show(cells[outside[0]])} is outside of the table, in column {outside[0] + 1} without a name; name the "
            "column, delete the cell, or put it in quotes if a delimiter split it"
        )
    cell_by_name = {name: cell for name, cell in zip_longest(columns, cells[: len(columns)], fillvalue="") if name}
    for name, cell in cell_by_name.items() if _CONTROL.search("".join(cells)) else ():
        if "\0" in cell:
            raise SourceTableError(f"row {number}, column {show(name)}: a NUL character; the file is damaged")
        if control := _CONTROL.search(cell):
            faults[name] = f"contains the control character U+{ord(control[0]):04X}; correct it in the file"
    for name in [name for name, cell in cell_by_name.items() if has_long_run(cell)]:
        faults[name] = f"more than {MAX_COMBINING_RUN} combining marks in a row; correct it in the file"
        cell_by_name[name] = ""  # its normalisation takes quadratic time
    return SourceRow(number, dict(cell_by_name), faults)


def _refuse_header(columns: list[str], at: int) -> None:
    if len(columns) > MAX_COLUMNS:
        raise SourceTableError(f"row {at}: {len(columns):,} columns, more than {MAX_COLUMNS:,}; delete some")
    if all(_NUMBER.fullmatch(name) for name in columns if name):
        raise SourceTableError(f"row {at}: no column has a name; the first row must be the header")
    repeated = [name for name, times in Counter(columns).items() if name and times > 1]
    if repeated and are_data(columns):
        raise SourceTableError(
            f"row {at}: numbers and dates, no names of columns; the first row must be the header: write it above"
        )
    for name in repeated:
        places = [str(index) for index, column in enumerate(columns, 1) if column == name]
        raise RepeatedName(f"row {at}: columns {' and '.join(places)} are both named {show(name)}; rename one")


def are_data(cells: Sequence[str]) -> bool:
    """Whether cells are a row of data, no names of columns: most are numbers, days or empty."""
    return 2 * sum(bool(_DATUM.fullmatch(cell)) for cell in cells) > len(cells)


def are_row_numbers(cells: Sequence[str]) -> bool:
    """Whether cells are row numbers of pandas or R: distinct whole numbers."""
    return len(set(cells)) == len(cells) and all(re.fullmatch(r"[0-9]+(?:\.0)?", cell.strip()) for cell in cells)


def _is_tag_row(cells: Sequence[str]) -> bool:
    filled = [cell.strip() for cell in cells if cell.strip()]
    return all(cell.startswith("#") and cell[1:2].isalpha() for cell in filled)


def as_text(value: object) -> str:
    """Format a typed value as CSV text: 7.0 as "7", a date as ISO 8601, None as "", a list joined by `; `.

    Raises:
        ValueError: the value is of a type that a cell can't store.
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
        case list() if not any(isinstance(item, (list, dict)) for item in value):
            return "; ".join(map(as_text, value))
        case Unreadable():
            raise ValueError(value.why)
        case list():
            raise ValueError("a list of lists or objects can't be stored in a cell")
    raise ValueError(f"a value of type {type(value).__name__} can't be stored in a cell")


def _number(value: Decimal) -> str:
    if value.is_nan():
        return ""
    if not value.is_finite():
        raise ValueError("an infinite number can't be stored in a cell")
    if abs(value.adjusted()) > 40:
        raise ValueError("a number too large or too small can't be stored in a cell")
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text
