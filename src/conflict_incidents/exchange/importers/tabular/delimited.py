"""Parse CSV and similar text; the delimiter is detected from the rows, and quotes are parsed strictly.

Prevents: a table read as one column, and a stray quote that joins the following rows.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from itertools import islice

from conflict_incidents.core.findings import Shown, bare, show
from conflict_incidents.exchange.importers.tabular.charset import decode_text
from conflict_incidents.exchange.importers.tabular.grid import (
    MAX_ROW,
    SourceTable,
    SourceTableError,
    check_size,
    table_of,
)

DELIMITERS = (",", ";", "\t", "|")
_LINE = re.compile(rf"[^\r\n]{{0,{MAX_ROW}}}+(?:\r\n?|\n)|[^\r\n]{{1,{MAX_ROW + 1}}}+")
"""A line, or as much of it as is too long."""
_SAMPLE = 50
"""The number of rows that the delimiter is detected from."""


def read_delimited(data: bytes, encoding: str | None, delimiter: str | None, header: int | None = None) -> SourceTable:
    """Read the table in a text file.

    Raises:
        SourceTableError: encoding or delimiter can't be determined, a quote is invalid, or rows don't fit the header.
    """
    text = decode_text(data, encoding)
    lines = text.split("\n", 1)
    if lines[0].strip().lower().startswith("sep=") and len(lines[0].strip()) == 5:
        delimiter, text = delimiter or lines[0].strip()[4], lines[1] if len(lines) > 1 else ""
    if not text or text.isspace():
        raise SourceTableError("the file is empty; a table has a header and rows")
    separator = delimiter or _delimiter(text)
    if len(separator) != 1 or separator in '"\r\n\0':
        raise SourceTableError(f"{show(separator)} can't delimit cells; --delimiter takes one character")
    return table_of(list(_rows(text, separator)), header)


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows with their numbers in a spreadsheet: a cell with line breaks is part of one row."""
    number = length = count = 0

    def lines() -> Iterator[str]:
        nonlocal length
        for line in _LINE.finditer(text):  # a StringIO takes four bytes a character
            length += line.end() - line.start()
            if length > MAX_ROW:
                raise SourceTableError(
                    f"row {number + 1}: longer than {MAX_ROW:,} characters; a quote isn't closed, or lines have no end"
                )
            yield line[0]

    reader = csv.reader(lines(), delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            number, length, count = number + 1, 0, count + len(cells)
            check_size(number, count)
            yield number, cells
    except csv.Error as error:
        why = Shown("a cell is too long or a quote isn't closed") if "field larger" in str(error) else bare(error)
        raise SourceTableError(f"row {number + 1} (line {reader.line_num}): {why}; check its quotes") from error


def _delimiter(text: str) -> str:
    """Return the delimiter with which every row has as many cells as the header, with the most columns."""
    widths = {sign: sample for sign in DELIMITERS if (sample := _sample(text, sign)) and sample[0] > 1}
    candidates = {sign: sample for sign, sample in widths.items() if len(set(sample)) == 1} or widths
    if not candidates:
        return ","
    most = max(sample[0] for sample in candidates.values())
    best = [sign for sign, sample in candidates.items() if sample[0] == most]
    if len(best) > 1:
        raise SourceTableError(f"{show(best[0])} and {show(best[1])} both make a table of it; name one by --delimiter")
    return best[0]


def _sample(text: str, delimiter: str) -> list[int]:
    """Return the number of cells of the first nonblank rows."""
    try:
        rows = [cells for _, cells in islice(_rows(text, delimiter), _SAMPLE)]
    except SourceTableError:
        return []
    return [len(cells) for cells in rows if any(cell.strip() for cell in cells)]
