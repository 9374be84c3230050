"""Write the rows of a sheet as XML, several times faster than XlsxWriter, which writes the rest of the workbook.

Text is inline, so that no cell becomes a formula, a number or a date; an unknown value has no cell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial

from xlsxwriter.utility import xl_col_to_name

from conflict_incidents.release.formats.content import Unsuitable
from conflict_incidents.tables.contract import Cells, Field, Value

CHARACTERS = 32_767
"""The maximum number of characters of a cell in Excel."""
FIRST_DAY = "1900-03-01"
"""The first valid day: Excel has none before 1900, and has a 29 February in that year."""
_EPOCH = date(1899, 12, 30).toordinal()
_MARKUP = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_NO_CHARACTER = "[\x00-\x08\x0b-\x1f\ufffe\uffff]"
_ODD = re.compile(rf"[&<>]|{_NO_CHARACTER}|_x[0-9a-fA-F]{{4}}_|^\s|\s\Z")


def rows(fields: Sequence[Field], values: Iterable[Cells], styles: Mapping[str, int], sheet: str) -> Iterator[str]:
    """Yield the rows of a table below its header.

    Args:
        fields: the columns.
        values: their values, row by row.
        styles: the number of the style of dates and of whole numbers.
        sheet: the name of the sheet, for messages.

    Raises:
        Unsuitable: a text has more characters than Excel supports.
    """
    columns = [_column(field, xl_col_to_name(at), styles) for at, field in enumerate(fields)]
    for number, row in enumerate(values, start=2):
        try:
            cells = [write(number, value) for write, value in zip(columns, row, strict=True) if value is not None]
        except _TooLongError:
            raise Unsuitable(
                f"a text of `{sheet}`, row {number - 1}, has more than {CHARACTERS:,} characters, the most of an Excel "
                "cell"
            ) from None
        yield f'<row r="{number}">{"".join(cells)}</row>'


class _TooLongError(Exception):
    pass


def _column(field: Field, name: str, styles: Mapping[str, int]) -> Callable[[int, Value], str]:
    """Return a function that formats a value of a column, given the number of its row."""
    style = f' s="{styles[field.type]}"' if field.type in styles else ""
    text = partial(_text, name)

    def day(row: int, value: Value) -> str:
        if str(value) < FIRST_DAY:
            return text(row, value)
        return f'<c r="{name}{row}"{style}><v>{date.fromisoformat(str(value)).toordinal() - _EPOCH}</v></c>'

    made: dict[str, Callable[[int, Value], str]] = {
        "string": text,
        "integer": lambda row, value: f'<c r="{name}{row}"{style}><v>{value}</v></c>',
        "number": lambda row, value: f'<c r="{name}{row}"><v>{value:.16G}</v></c>',
        "boolean": lambda row, value: f'<c r="{name}{row}" t="b"><v>{value:d}</v></c>',
        "date": day,
    }
    return made[field.type]


def _text(name: str, row: int, value: Value) -> str:
    text, space = str(value), ""
    if len(text) > CHARACTERS // 2 and len(text.encode("utf-16-le")) > 2 * CHARACTERS:
        raise _TooLongError
    if _ODD.search(text):
        space = ' xml:space="preserve"' if text[0].isspace() or text[-1].isspace() else ""
        text = re.sub("(_x[0-9a-fA-F]{4}_)", r"_x005F\1", text)
        text = re.sub(_NO_CHARACTER, lambda found: f"_x{ord(found[0]):04X}_", text)
        text = re.sub("[&<>]", lambda found: _MARKUP[found[0]], text)
    return f'<c r="{name}{row}" t="inlineStr"><is><t{space}>{text}</t></is></c>'
