"""The main tables as one Excel workbook: typed cells, a data dictionary, and a note on empty cells.

Text is written as text, so that no cell is a formula and no id a number or a date; unknown is an empty cell.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from conflict_incidents.release.formats.content import Content, Unsuitable
from conflict_incidents.tables import contract
from conflict_incidents.tables.contract import About, Field, Value

FILE = "formats/conflict-incidents.xlsx"
BESIDE = {FILE: "the main tables as an Excel workbook with typed cells and a data dictionary"}
SHEETS = (
    *("incidents", "sites", "reports", "claims", "estimates", "attributions", "parties", "weapons", "external_ids"),
    *("aggregates", "aggregate_claims", "places", "actors", "organisations", "collections"),
)
"""The tables that have a sheet, in the order of the sheets."""
ROWS, CHARACTERS = 1_048_576, 32_767
"""The most rows of a sheet and characters of a cell that Excel reads."""
_FIRST_DAY = "1900-03-01"
"""Excel has no days before 1900, and a 29 February in that year."""
_CREATED = datetime(1980, 1, 1, tzinfo=UTC)
"""The creation time that every workbook states: no clock is read."""
_DICTIONARY = ("table", "column", "type", "unit", "meaning", "values", "source")


def files(content: Content) -> dict[str, bytes]:
    """The workbook.

    Raises:
        Unsuitable: a table has more rows, or a text more characters, than Excel reads.
    """
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"constant_memory": True}) as book:
        head = book.add_format({"bold": True, "bottom": 1})
        formats = {"date": book.add_format({"num_format": "yyyy-mm-dd"}), "integer": book.add_format({"num_format": 1})}
        book.set_properties({"title": content.about.title, "created": _CREATED})
        _sheet(book.add_worksheet("READ ME"), [], ((line,) for line in _note(content.about)), head, [_string])
        _sheet(book.add_worksheet("data dictionary"), _DICTIONARY, _dictionary(), head, [_string] * len(_DICTIONARY))
        for name in SHEETS:
            table = contract.tables()[name]
            if len(content.frames[name]) >= ROWS:
                raise Unsuitable(
                    f"`{name}` has {len(content.frames[name]):,} rows and an Excel sheet has at most {ROWS - 1:,}"
                )
            writers = [_writer(field, formats) for field in table.fields]
            _sheet(book.add_worksheet(name), table.names, content.tuples(table), head, writers)
    return {FILE: _repack(buffer.getvalue())}


_Writer = Callable[[Worksheet, int, int, Any], None]


def _sheet(
    sheet: Worksheet, names: Iterable[str], rows: Iterable[Iterable[Value]], head: Format, writers: list[_Writer]
) -> None:
    names = list(names)
    sheet.set_column(0, max(0, len(names) - 1), 16 if names else 110)
    if names:
        sheet.freeze_panes(1, 1)
        sheet.write_row(0, 0, names, head)
    row = 0
    for row, values in enumerate(rows, start=bool(names)):
        for column, (value, write) in enumerate(zip(values, writers, strict=True)):
            if value is not None:
                write(sheet, row, column, value)
    if names:
        sheet.autofilter(0, 0, row, len(names) - 1)


def _writer(field: Field, formats: dict[str, Format]) -> _Writer:
    """The function that writes a value of a column into a cell of its type."""

    def day(sheet: Worksheet, row: int, column: int, value: str) -> None:
        if value < _FIRST_DAY:
            sheet.write_string(row, column, value)
        else:
            sheet.write_datetime(row, column, date.fromisoformat(value), formats["date"])

    return {
        "string": _string,
        "integer": lambda sheet, row, column, value: sheet.write_number(row, column, value, formats["integer"]),
        "number": lambda sheet, row, column, value: sheet.write_number(row, column, value),
        "boolean": lambda sheet, row, column, value: sheet.write_boolean(row, column, value),
        "date": day,
    }[field.type]


def _string(sheet: Worksheet, row: int, column: int, text: str) -> None:
    if len(text.encode("utf-16-le")) > 2 * CHARACTERS:
        raise Unsuitable(
            f"a text of `{sheet.name}`, row {row}, has more than {CHARACTERS:,} characters, the most of an Excel cell"
        )
    if text.startswith("<r>"):  # XlsxWriter would take it for markup of its own
        plain = Format()
        sheet.write_rich_string(row, column, plain, text[:2], plain, text[2:])
    else:
        sheet.write_string(row, column, text)


def _note(about: About) -> Iterator[str]:
    yield f"{about.title}, version {about.version} of {about.created[:10]}. Licence: {about.licence}."
    yield f"Please cite: {about.citation}"
    yield ""
    yield "An empty cell is unknown, never zero. 0 appears only where a source claimed 0."
    yield "SUM and AVERAGE pass over empty cells: count the empty cells too, and say how many there are."
    yield (
        "A number ending in _high is the highest only where the column ending in _high_open is FALSE; where that is "
        "TRUE, the number may be higher (at least seven is not seven)."
    )
    yield "Incidents whose status is withdrawn are tombstones, kept so that no id is used twice: filter them out."
    yield "Days before March 1900, which Excel has not, are text. All other days are dates, in local time."
    yield f"Sheets: {', '.join(SHEETS)}. The other tables are in the CSV and Parquet files of the release."
    yield "The sheet “data dictionary” says what every column means."


def _dictionary() -> Iterator[tuple[str, ...]]:
    for name in SHEETS:
        for field in contract.tables()[name].fields:
            values = ", ".join(field.enum)
            yield name, field.name, field.type, field.unit, field.description, values, field.source


def _repack(data: bytes) -> bytes:
    """The same workbook with parts that state neither a time nor the permissions of a temporary file."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as made, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for part in made.infolist():
            packed.writestr(
                zipfile.ZipInfo(part.filename, _CREATED.timetuple()[:6]), made.read(part), zipfile.ZIP_DEFLATED
            )
    return buffer.getvalue()
