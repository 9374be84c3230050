"""Draws completeness: a bar a row, parted into what is known, what is known at one end, zero, and the unknown.

Prevents: the unknown being drawn as zero. It is the part of a bar that stays empty.
"""

from __future__ import annotations

from conflict_incidents.summary.completeness import Completeness, Row
from conflict_incidents.summary.drawing.sheet import DARK, GREY, INK, LIGHT, PAPER, SIGNAL, Sheet
from conflict_incidents.summary.wording import share

BARS, COLUMNS = 176.0, 496.0
"""How far from the left the bars begin, and where they end."""
PARTS = ((DARK, "known"), (SIGNAL, "at least"), (LIGHT, "zero"), (PAPER, "unknown"))
WIDE = (64.0, 58.0, 50.0, 60.0)
"""How wide the columns of numbers are."""


def draw(sheet: Sheet, found: Completeness) -> None:
    """Puts the rows on a sheet."""
    if not found.incidents:
        sheet.nothing("No incident.")
        return
    lines = len(found.rows) + 1.2 * len(found.sections)
    high = min(17.0, (sheet.top - sheet.bottom - 18) / lines)
    y = sheet.top - 16
    _head(sheet, y)
    for about, rows in found.sections:
        y -= high
        sheet.text(sheet.left, y + high * 0.28, about, 9.5, bold=True)
        for row in rows:
            y -= high
            _row(sheet, row, y, high)
        y -= high * 0.2


def _head(sheet: Sheet, y: float) -> None:
    """The names of the parts, each with its fill, above their columns."""
    right = sheet.left + COLUMNS
    for (fill, words), width in zip(PARTS, WIDE, strict=True):
        right += width
        sheet.text(right, y, words, 9, ha="right")
        sheet.box(right - 10, y + 11, 10, 8, fill)
    sheet.text(sheet.left + COLUMNS, y, "share known", 9, ha="right", bold=True)


def _row(sheet: Sheet, row: Row, y: float, high: float) -> None:
    """A row: its name, its bar, its numbers; `y` is its lower edge."""
    base = y + high * 0.28
    sheet.text(sheet.left + 10, base, row.label, 9.5)
    x, width = sheet.left + BARS, COLUMNS - BARS - 76
    right = sheet.left + COLUMNS
    numbers = (row.known, row.open_ended, row.zero, row.unknown)
    for (fill, _), number, column in zip(PARTS, numbers, WIDE, strict=True):
        right += column
        if number is not None:
            sheet.text(right, base, f"{number:,}", 9, ha="right", color=INK if number else GREY)
        if number:
            sheet.box(x, y + high * 0.14, width * number / row.all, high * 0.7, fill)
            x += width * number / row.all
    said = share(row.all - row.unknown, row.all)
    sheet.text(sheet.left + COLUMNS, base, said, 9, ha="right", bold=True)
