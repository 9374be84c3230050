"""The main tables as one Excel workbook: typed cells, a data dictionary, and a note on empty cells.

Text is inline text, so that no cell becomes a formula, a number or a date; an unknown value has no cell.
"""

from __future__ import annotations

import io
import re
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from conflict_incidents.core.findings import show
from conflict_incidents.release.formats.content import FileContent, ReleaseContent, Unsuitable, chunks, text_of
from conflict_incidents.tables import contract
from conflict_incidents.tables.contract import About, Field, Table
from conflict_incidents.tables.dtypes import text_column

FILE = "formats/conflict-incidents.xlsx"
FILES = {FILE: "the main tables as an Excel workbook with typed cells and a data dictionary"}
SHEETS = (
    *("incidents", "sites", "reports", "claims", "estimates", "attributions", "parties", "weapons", "external_ids"),
    *("aggregates", "aggregate_claims", "places", "actors", "organisations", "collections"),
)
"""The tables with a sheet, in order."""
ROWS = 1_048_576
"""The maximum number of rows of a sheet in Excel."""
CHARACTERS = 32_767
"""The maximum number of characters of a cell in Excel."""
_FIRST_DAY = 61
"""The number of 1 March 1900: Excel has no day before 1900, and has a 29 February in that year."""
_DAYS_TO_1970 = 25_569
_END = b"</sheetData>"
_MANY_CELLS = 10_000_000
"""The number of cells from which a sheet may need zip64."""
_CREATION_TIME = datetime(1980, 1, 1, tzinfo=UTC)
"""The creation time of every workbook, for reproducible builds."""
_DICTIONARY = ("table", "column", "type", "unit", "meaning", "values", "source")
_ESCAPES = (("(_x[0-9a-fA-F]{4}_)", r"_x005F\1"), ("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"))
_NO_CHARACTER = "[\x00-\x08\x0b-\x1f\ufffe\uffff]"
_SPECIAL = "|".join([*(pattern for pattern, _ in _ESCAPES), _NO_CHARACTER])


def files(content: ReleaseContent) -> dict[str, FileContent]:
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
        styles = {type: f' s="{format._get_xf_index()}"' for type, format in formats.items()}
        book.set_properties({"title": content.about.title, "created": _CREATION_TIME})
        _sheet(book.add_worksheet("READ ME"), [], [(line,) for line in _note(content.about)], head)
        _sheet(book.add_worksheet("data dictionary"), _DICTIONARY, list(_dictionary()), head)
        for number, name in enumerate(SHEETS, start=3):
            table, count = contract.tables()[name], content.count(name)
            if count >= ROWS:
                raise Unsuitable(f"{show(name)} has {count:,} rows and an Excel sheet has at most {ROWS - 1:,}")
            _sheet(book.add_worksheet(name), table.names, [], head, count)
            sheets[f"xl/worksheets/sheet{number}.xml"] = table, count, _rows(content.batches(table), table, styles)
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
        sheet.autofilter(0, 0, len(rows) if count is None else count, len(names) - 1)
    for row, texts in enumerate(rows, start=bool(names)):
        for column, text in enumerate(texts):
            sheet.write_string(row, column, text)


def _note(about: About) -> list[str]:
    facts = {"title": about.title, "version": about.version, "licence": about.licence, "citation": about.citation}
    return text_of("excel_note").format(**facts, day=about.created[:10], sheets=", ".join(SHEETS)).splitlines()


def _dictionary() -> Iterator[tuple[str, ...]]:
    for name in SHEETS:
        for field in contract.tables()[name].fields:
            values = ", ".join(field.enum)
            yield name, field.name, field.type, field.unit, field.description, values, field.source


def _rows(parts: Iterable[pa.Table], table: Table, styles: Mapping[str, str]) -> Iterator[str]:
    """Yield the rows below the header as XML, many times faster than XlsxWriter, which writes the rest."""
    first = 2
    for part in parts:
        numbers = pa.chunked_array([pa.array(range(first, first + len(part))).cast(pa.string())])
        cells = [
            pc.binary_join_element_wise(f'<c r="{xl_col_to_name(at)}', numbers, *_cell(part, field, styles), "")
            for at, field in enumerate(table.fields)
        ]
        _refuse_long(part, table, first - 1)
        rows = ['<row r="', numbers, '">', *cells, "</row>"]
        yield "".join(pc.binary_join_element_wise(*rows, "", null_handling="replace", null_replacement="").to_pylist())
        first += len(part)


def _cell(part: pa.Table, field: Field, styles: Mapping[str, str]) -> list[str | pa.ChunkedArray]:
    """Return the pieces of a column's cells after the number of the row; the value is null where it is unknown."""
    column = part.column(field.name)
    style = f'"{styles.get(field.type, "")}><v>'
    match field.type:
        case "integer" | "number":
            return [style, text_column(column, field), "</v></c>"]
        case "boolean":
            return ['" t="b"><v>', column.cast(pa.int8()).cast(pa.string()), "</v></c>"]
        case "date":
            days = pc.add(column.cast(pa.date32()).cast(pa.int32()), _DAYS_TO_1970)
            text = pc.binary_join_element_wise('" t="inlineStr"><is><t>', text_column(column, field), "</t></is>", "")
            number = pc.binary_join_element_wise(style, days.cast(pa.string()), "</v>", "")
            return [pc.if_else(pc.less(days, _FIRST_DAY), text, number), "</c>"]
    return ['" t="inlineStr"><is><t xml:space="preserve">', _escaped(column.cast(pa.string())), "</t></is></c>"]


def _refuse_long(part: pa.Table, table: Table, first: int) -> None:
    """Raise an error for a text with more characters than Excel supports."""
    for name in table.free_text:
        texts = part.column(name)
        if (pc.max(pc.binary_length(texts)).as_py() or 0) > CHARACTERS:
            for row, text in enumerate(texts.to_pylist(), start=first):
                if text and len(text.encode("utf-16-le")) > 2 * CHARACTERS:
                    raise Unsuitable(
                        f"a text of {show(table.name)}, row {row}, has more than {CHARACTERS:,} characters, the most "
                        "of an Excel cell"
                    )


def _escaped(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """Escape markup, what looks like an escape of Excel's, and characters that XML doesn't have."""
    if not pc.any(pc.match_substring_regex(texts, _SPECIAL)).as_py():
        return texts
    for pattern, replacement in _ESCAPES:
        texts = pc.replace_substring_regex(texts, pattern, replacement)
    if pc.any(pc.match_substring_regex(texts, _NO_CHARACTER)).as_py():
        escape = re.compile(_NO_CHARACTER)
        escaped = [text and escape.sub(lambda sign: f"_x{ord(sign[0]):04X}_", text) for text in texts.to_pylist()]
        texts = pa.chunked_array([escaped], pa.string())
    return texts


def _repack(data: bytes, sheets: Mapping[str, tuple[Table, int, Iterator[str]]], file: BinaryIO) -> None:
    """Repack the workbook with the rows of its tables, and without timestamps and permissions of temporary files."""
    with zipfile.ZipFile(io.BytesIO(data)) as workbook, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as result:
        for part in workbook.infolist():
            info = zipfile.ZipInfo(part.filename, _CREATION_TIME.timetuple()[:6])
            info.compress_type = zipfile.ZIP_DEFLATED
            text = workbook.read(part)
            if part.filename not in sheets or not sheets[part.filename][1]:
                result.writestr(info, text)
                continue
            table, count, chunks_of_rows = sheets[part.filename]
            last = xl_col_to_name(len(table.fields) - 1)
            text = text.replace(f'ref="A1:{last}1"'.encode(), f'ref="A1:{last}{count + 1}"'.encode(), 1)
            start, _, end = text.partition(_END)
            with result.open(info, "w", force_zip64=count * len(table.fields) > _MANY_CELLS) as target:
                target.write(start)
                for some in chunks_of_rows:
                    target.write(some.encode())
                target.write(_END + end)
