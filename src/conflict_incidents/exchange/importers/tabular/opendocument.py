"""Parse an OpenDocument spreadsheet (ods) into a table of text.

The XML is parsed directly: empty rows and cells that LibreOffice repeats up to the end of the sheet take no memory.
python-calamine allocates every one of them, and may run out of memory.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from xml.etree import ElementTree

from conflict_incidents.core.findings import bare, show
from conflict_incidents.exchange.importers.tabular.grid import (
    DAMAGE_ERRORS,
    LARGE_ROW,
    MAX_COLUMNS,
    MAX_ELEMENTS,
    SourceTable,
    SourceTableError,
    as_text,
    check_size,
    check_unpacked,
    only_sheet,
    table_of,
)

_OFFICE, _TABLE, _TEXT = (
    f"{{urn:oasis:names:tc:opendocument:xmlns:{name}:1.0}}" for name in ("office", "table", "text")
)
_ERROR = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}value-type"
_CELLS = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")


def read_ods(data: bytes, sheet: str | None, header: int | None = None) -> SourceTable:
    """Read a sheet of an OpenDocument spreadsheet: the named one, or the only one with cells.

    Cells with an error and cells covered by a merged one are faults of their rows.

    Raises:
        SourceTableError: it is damaged, or several sheets have cells.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            check_unpacked(archive.getinfo("content.xml").file_size, len(data))
            with archive.open("content.xml") as stream:
                sheets = dict(_sheets(stream))
    except (*DAMAGE_ERRORS, ElementTree.ParseError) as error:
        raise SourceTableError(f"can't be read as an OpenDocument spreadsheet: {bare(error)}; save it anew") from error
    rows, faults = only_sheet(sheets, sheet, lambda one: bool(one[0]))
    if not rows:
        raise SourceTableError("the sheet has no cells; a table has a header and rows")
    top = next((cells for number, cells in rows if number == header), rows[0][1])
    padded = [(number, cells + [""] * (len(top) - len(cells))) for number, cells in rows]
    return table_of(padded, header, faults)


_Sheet = tuple[list[tuple[int, list[str]]], dict[tuple[int, int], str]]


def _sheets(stream: Any) -> Iterator[tuple[str, _Sheet]]:
    """Yield the sheets by name, each with its nonempty rows and the errors of unreadable cells."""
    rows: list[tuple[int, list[str]]] = []
    faults: dict[tuple[int, int], str] = {}
    number, size, elements = 1, 0, 0
    for event, element in ElementTree.iterparse(stream, ("start", "end")):
        elements += event == "start"
        if elements > MAX_ELEMENTS:
            raise SourceTableError(LARGE_ROW)
        if event == "start" and element.tag == f"{_TABLE}table":
            rows, faults, number = [], {}, 1
        elif event == "end" and element.tag == f"{_TABLE}table":
            yield element.get(f"{_TABLE}name", ""), (rows, faults)
            element.clear()
        elif event == "end" and element.tag == f"{_TABLE}table-row":
            times = _times(element, "rows")
            cells, wrong = _row(element)
            if any(cells):
                size += times * len(cells)
                check_size(len(rows) + times, size)
                rows += [(number + more, cells) for more in range(times)]
                faults |= {(number + more, index): why for index, why in wrong.items() for more in range(times)}
            number, elements = number + times, 0
            element.clear()


def _row(row: ElementTree.Element) -> tuple[list[str], dict[int, str]]:
    cells: list[str] = []
    faults: dict[int, str] = {}
    at = 0
    for cell in row:
        if cell.tag not in _CELLS:
            continue
        times, text = _times(cell, "columns"), ""
        if cell.tag != _CELLS[0]:
            faults[at] = "covered by a merged cell, which leaves it empty; unmerge and fill them in"
        elif cell.get(_ERROR) == "error":
            faults[at] = f"the cell shows the error {show(_words(cell))}; repair it in the spreadsheet"
        else:
            text = _value(cell)
        if text.strip():
            if at + times > MAX_COLUMNS:
                raise SourceTableError(f"there is a cell in column {at + times}; delete those beside the table")
            cells += [""] * (at - len(cells)) + [text] * times
        at += times
    return cells, faults


def _value(cell: ElementTree.Element) -> str:
    """Format a cell as CSV text: numbers without formats, days in ISO 8601."""
    kind = cell.get(f"{_OFFICE}value-type")
    try:
        if kind in {"float", "percentage", "currency"}:
            return as_text(Decimal(cell.get(f"{_OFFICE}value", "")))
        if kind == "date":
            return as_text(datetime.fromisoformat(cell.get(f"{_OFFICE}date-value", "")))
    except (ValueError, InvalidOperation):
        return _words(cell)
    return cell.get(f"{_OFFICE}boolean-value", "") if kind == "boolean" else _words(cell)


def _words(cell: ElementTree.Element) -> str:
    """Return the text of a cell without annotations."""
    return "\n".join("".join(_pieces(part)) for part in cell if part.tag == f"{_TEXT}p")


def _pieces(element: ElementTree.Element) -> Iterator[str]:
    if element.tag in {f"{_TEXT}s", f"{_TEXT}tab", f"{_TEXT}line-break"}:
        yield " "
    yield element.text or ""
    for part in element:
        if not part.tag.startswith(_OFFICE):
            yield from _pieces(part)
        yield part.tail or ""


def _times(element: ElementTree.Element, what: str) -> int:
    times = int(element.get(f"{_TABLE}number-{what}-repeated", "1"))
    if times < 1:
        raise ValueError(f"repeated {times} times")
    return times
