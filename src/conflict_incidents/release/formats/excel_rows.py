"""Write the rows of a sheet as XML, several times faster than XlsxWriter, which writes the rest of the workbook.

Text is inline, so that no cell becomes a formula, a number or a date; an unknown value has no cell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from xlsxwriter.utility import xl_col_to_name

from conflict_incidents.core.findings import show
from conflict_incidents.release.formats.content import Unsuitable
from conflict_incidents.tables.contract import Field, Value

CHARACTERS = 32_767
"""The maximum number of characters of a cell in Excel."""
FIRST_DAY = "1900-03-01"
"""The first valid day: Excel has none before 1900, and has a 29 February in that year."""
_EPOCH = date(1899, 12, 30).toordinal()
_MARKUP = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_NO_CHARACTER = "[\x00-\x08\x0b-\x1f\ufffe\uffff]"
_ODD = re.compile(rf"[&<>]|{_NO_CHARACTER}|_x[0-9a-fA-F]{{4}}_|^\s|\s\Z")
_ONE_ODD = re.compile(rf"[&<>]|{_NO_CHARACTER}|_x[0-9a-fA-F]{{4}}_|\n\s|\s\n")
"""The same in texts that are joined as lines."""


def rows(
    fields: Sequence[Field], parts: Iterable[list[list[Value]]], styles: Mapping[str, int], sheet: str
) -> Iterator[str]:
    """Yield the rows of a table below its header, a batch at a time.

    Args:
        fields: the columns.
        parts: their values by column, a batch of rows at a time.
        styles: the number of the style of dates and of whole numbers.
        sheet: the name of the sheet, for messages.

    Raises:
        Unsuitable: a text has more characters than Excel supports.
    """
    columns = [_column(field, xl_col_to_name(at), styles) for at, field in enumerate(fields)]
    first = 2
    for part in parts:
        numbers = range(first, first + len(part[0]))
        try:
            cells = [write(numbers, values) for write, values in zip(columns, part, strict=True)]
        except _TooLongError as error:
            raise Unsuitable(
                f"a text of {show(sheet)}, row {error.row - 1}, has more than {CHARACTERS:,} characters, the most of "
                "an Excel cell"
            ) from None
        filled = [column for column in cells if column]
        yield "".join(
            f'<row r="{number}">{"".join(row)}</row>'
            for number, row in zip(numbers, zip(*filled, strict=True), strict=True)
        )
        first = numbers.stop


class _TooLongError(Exception):
    def __init__(self, row: int) -> None:
        self.row = row


_Write = Callable[[Sequence[int], Sequence[Value]], list[str]]


def _column(field: Field, name: str, styles: Mapping[str, int]) -> _Write:
    """Return a function that formats values of a column, given the numbers of their rows; empty if all are unknown."""
    style = f' s="{styles[field.type]}"' if field.type in styles else ""
    writers: dict[str, Callable[[int, Any], str]] = {
        "integer": lambda row, value: f'<c r="{name}{row}"{style}><v>{value}</v></c>',
        "number": lambda row, value: f'<c r="{name}{row}"><v>{value:.16G}</v></c>',
        "boolean": lambda row, value: f'<c r="{name}{row}" t="b"><v>{value:d}</v></c>',
        "date": lambda row, value: (
            _text(name, row, value)
            if value < FIRST_DAY
            else f'<c r="{name}{row}"{style}><v>{date.fromisoformat(value).toordinal() - _EPOCH}</v></c>'
        ),
        "string": lambda row, value: _text(name, row, value),
    }
    write = writers[field.type]

    def cells(numbers: Sequence[int], values: Sequence[Any]) -> list[str]:
        not_null = [value for value in values if value is not None]
        if not not_null:
            return []
        if field.type == "string" and max(map(len, not_null)) <= CHARACTERS // 2 and not _is_odd(not_null):
            head, middle, end = f'<c r="{name}', '" t="inlineStr"><is><t>', "</t></is></c>"
            pairs = zip(numbers, values, strict=True)
            return ["" if value is None else f"{head}{row}{middle}{value}{end}" for row, value in pairs]
        return ["" if value is None else write(row, value) for row, value in zip(numbers, values, strict=True)]

    return cells


def _is_odd(texts: Sequence[str]) -> bool:
    """Whether a text may have something to escape."""
    return _ONE_ODD.search("\n".join(["", *texts, ""])) is not None


def _text(name: str, row: int, text: str) -> str:
    space = ""
    if len(text) > CHARACTERS // 2 and len(text.encode("utf-16-le")) > 2 * CHARACTERS:
        raise _TooLongError(row)
    if _ODD.search(text):
        space = ' xml:space="preserve"' if text[0].isspace() or text[-1].isspace() else ""
        text = re.sub("(_x[0-9a-fA-F]{4}_)", r"_x005F\1", text)
        text = re.sub(_NO_CHARACTER, lambda match: f"_x{ord(match[0]):04X}_", text)
        text = re.sub("[&<>]", lambda match: _MARKUP[match[0]], text)
    return f'<c r="{name}{row}" t="inlineStr"><is><t{space}>{text}</t></is></c>'
