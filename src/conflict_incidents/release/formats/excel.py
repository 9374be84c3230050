"""The main tables as one Excel workbook: typed cells, a data dictionary, and a note on empty cells.

Text is stored as text, so that no cell becomes a formula, a number or a date; unknown is an empty cell.
"""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import BinaryIO

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from conflict_incidents.core.findings import show
from conflict_incidents.release.formats.content import Content, File, Unsuitable, chunks
from conflict_incidents.release.formats.excel_rows import rows
from conflict_incidents.tables import contract
from conflict_incidents.tables.contract import About, Table

FILE = "formats/conflict-incidents.xlsx"
FILES = {FILE: "the main tables as an Excel workbook with typed cells and a data dictionary"}
SHEETS = (
    *("incidents", "sites", "reports", "claims", "estimates", "attributions", "parties", "weapons", "external_ids"),
    *("aggregates", "aggregate_claims", "places", "actors", "organisations", "collections"),
)
"""The tables with a sheet, in order."""
ROWS = 1_048_576
"""The maximum number of rows of a sheet in Excel."""
_END = b"</sheetData>"
_MANY_CELLS = 10_000_000
"""The number of cells from which a sheet may need zip64."""
_CREATION_TIME = datetime(1980, 1, 1, tzinfo=UTC)
"""The creation time of every workbook, for reproducible builds."""
_DICTIONARY = ("table", "column", "type", "unit", "meaning", "values", "source")


def files(content: Content) -> dict[str, File]:
    """Return the workbook.

    Raises:
        Unsuitable: a table has more rows, or a text more characters, than Excel supports.
    """
    buffer = io.BytesIO()
    sheets: dict[str, tuple[Table, int, Iterator[str]]] = {}
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        head = book.add_format({"bold": True, "bottom": 1})
        formats = {"date": book.add_format({"num_format": "yyyy-mm-dd"}), "integer": book.add_format({"num_format": 1})}
        head._get_xf_index()  # assigns the number of the format
        styles = {type: format._get_xf_index() for type, format in formats.items()}
        book.set_properties({"title": content.about.title, "created": _CREATION_TIME})
        _sheet(book.add_worksheet("READ ME"), [], [(line,) for line in _note(content.about)], head)
        _sheet(book.add_worksheet("data dictionary"), _DICTIONARY, list(_dictionary()), head)
        for number, name in enumerate(SHEETS, start=3):
            table, count = contract.tables()[name], content.count(name)
            if count >= ROWS:
                raise Unsuitable(f"{show(name)} has {count:,} rows and an Excel sheet has at most {ROWS - 1:,}")
            _sheet(book.add_worksheet(name), table.names, [], head, count)
            sheet_rows = rows(table.fields, content.columns(table), styles, name)
            sheets[f"xl/worksheets/sheet{number}.xml"] = table, count, sheet_rows
    with ExitStack() as stack:
        file = stack.enter_context(tempfile.TemporaryFile())
        _repack(buffer.getvalue(), sheets, file)
        stack.pop_all()
    return {FILE: chunks(file)}


def _sheet(
    sheet: Worksheet, names: Sequence[str], rows: Sequence[Sequence[str]], head: Format, count: int | None = None
) -> None:
    """Add a sheet with its header and rows of text; `count` is the number of rows filled in later."""
    sheet.set_column(0, max(0, len(names) - 1), 16 if names else 110)
    if names:
        sheet.freeze_panes(1, 1)
        sheet.write_row(0, 0, names, head)
    for row, texts in enumerate(rows, start=bool(names)):
        for column, text in enumerate(texts):
            sheet.write_string(row, column, text)
    if names:
        sheet.autofilter(0, 0, len(rows) if count is None else count, len(names) - 1)


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


def _repack(data: bytes, sheets: Mapping[str, tuple[Table, int, Iterator[str]]], file: BinaryIO) -> None:
    """Repack the workbook with the rows of its tables, and without timestamps and permissions of temporary files."""
    with zipfile.ZipFile(io.BytesIO(data)) as workbook, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for part in workbook.infolist():
            info = zipfile.ZipInfo(part.filename, _CREATION_TIME.timetuple()[:6])
            info.compress_type = zipfile.ZIP_DEFLATED
            text = workbook.read(part)
            if part.filename not in sheets or not sheets[part.filename][1]:
                packed.writestr(info, text)
                continue
            table, count, chunks_of_rows = sheets[part.filename]
            last = xl_col_to_name(len(table.fields) - 1)
            text = text.replace(f'ref="A1:{last}1"'.encode(), f'ref="A1:{last}{count + 1}"'.encode(), 1)
            start, _, end = text.partition(_END)
            with packed.open(info, "w", force_zip64=count * len(table.fields) > _MANY_CELLS) as target:
                target.write(start)
                for some in chunks_of_rows:
                    target.write(some.encode())
                target.write(_END + end)
