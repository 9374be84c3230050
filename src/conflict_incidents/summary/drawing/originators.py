"""Draws who stands behind the numbers, and how often two originators of one number agree.

Prevents: many incidents with one originator looking like much agreement.
"""

from __future__ import annotations

from conflict_incidents.summary.drawing.sheet import (
    DARK,
    GREY,
    LIGHT,
    PAPER,
    SIGNAL,
    Sheet,
    drawable,
    fitting,
    wrapped,
)
from conflict_incidents.summary.originators import Agreement, Pairs
from conflict_incidents.summary.telling import called
from conflict_incidents.summary.wording import count, share

LEFT, RIGHT = 318.0, 364.0
"""How wide the two halves are."""
BEHIND = ("none: the number is unknown", "one", "two", "three or more")
FIRST, NUMBERS = 4, 10
"""How many originators and numbers are shown one by one."""
RELATIONS = ((DARK, "same"), (LIGHT, "overlap"), (SIGNAL, "conflict"))


def draw(sheet: Sheet, found: Agreement) -> None:
    """Puts both halves on a sheet."""
    if not found.incidents:
        sheet.nothing("No incident.")
        return
    _behind(sheet, found)
    _pairs(sheet, found)


def _behind(sheet: Sheet, found: Agreement) -> None:
    """The left half: on how many originators the killed rest, and who is alone behind them."""
    y = sheet.top - 12
    sheet.text(sheet.left, y, "Originators behind the number of killed", 10.5, bold=True)
    for words, number in zip(BEHIND, found.behind, strict=True):
        y = _bar(sheet, y - 14, words, number, found.incidents, PAPER if words == BEHIND[0] else DARK)
    if not found.sole:
        return
    y -= 26
    sheet.text(sheet.left, y, "Where it is one: whose number it is", 10.5, bold=True)
    for name, number in found.sole[:FIRST]:
        y = _bar(sheet, y - 14, name, number, found.incidents, DARK)
    rest = found.sole[FIRST:]
    if rest:
        _bar(sheet, y - 14, f"{count(len(rest), 'other')}", sum(number for _, number in rest), found.incidents, DARK)


def _bar(sheet: Sheet, top: float, words: str, number: int, whole: int, fill: str) -> float:
    """A bar with its words above, and its number behind it; returns where it ends below."""
    said = f"{number:,} ({share(number, whole)})"
    y = top - 17
    sheet.text(sheet.left, top - 4, fitting(drawable(words), LEFT, 9.5), 9.5)
    width = (LEFT - 88) * number / whole
    if number:
        sheet.box(sheet.left, y, width, 9, fill)
    sheet.text(sheet.left + width + (6 if number else 0), y + 1, said, 9, color=GREY)
    return y


def _pairs(sheet: Sheet, found: Agreement) -> None:
    """The right half: the pairs for each number."""
    left, y = sheet.right - RIGHT, sheet.top - 12
    sheet.text(left, y, "Pairs of originators that count the same thing", 10.5, bold=True)
    if not found.pairs.all:
        why = "Nothing to compare: no incident has a number that two originators give."
        for number, line in enumerate(wrapped(why, RIGHT - 20, 9.5)):
            sheet.text(left, y - 24 - 13 * number, line, 9.5, color=GREY)
        return
    columns = [sheet.right - 96.0, sheet.right - 48.0, sheet.right]
    for x, (fill, words) in zip(columns, RELATIONS, strict=True):
        sheet.text(x, y - 34, words, 9, ha="right")
        sheet.box(x - 10, y - 23, 10, 8, fill)
    y -= 44
    longest = max(pairs.all for _, pairs in found.numbers)
    for counted, pairs in found.numbers[:NUMBERS]:
        y = _stack(sheet, y, called(counted), pairs, longest, columns)
    rest = [pairs for _, pairs in found.numbers[NUMBERS:]]
    if rest:
        told = f"and {count(sum(pairs.all for pairs in rest), 'pair')} of {count(len(rest), 'other number')}"
        sheet.text(left, y - 16, told, 9, color=GREY)
        y -= 16
    sheet.line(left, y - 12, sheet.right, y - 12)
    sheet.text(left, y - 26, f"all {count(found.pairs.all, 'pair')}", 9.5, bold=True)
    for x, pairs_of in zip(columns, _three(found.pairs), strict=True):
        sheet.text(x, y - 26, f"{pairs_of:,}", 9, ha="right", bold=True)
    y -= 58
    room = min(len(found.originators), int((y - sheet.bottom) // 27))
    if room > 0:
        sheet.text(left, y, "Those most often compared", 10.5, bold=True)
        for names, pairs in found.originators[:room]:
            y = _stack(
                sheet, y - (8 if names == found.originators[0][0] else 0), " / ".join(names), pairs, longest, columns
            )


def _stack(sheet: Sheet, top: float, words: str, pairs: Pairs, longest: int, columns: list[float]) -> float:
    """A bar of three parts with its words above, and the numbers in columns; returns where it ends below."""
    left, y = sheet.right - RIGHT, top - 27
    sheet.text(left, top - 14, fitting(drawable(words), RIGHT - 10, 9.5), 9.5)
    x = left
    for (fill, _), number, column in zip(RELATIONS, _three(pairs), columns, strict=True):
        width = (RIGHT - 150) * number / longest
        if number:
            sheet.box(x, y, width, 9, fill)
        x += width
        sheet.text(column, y + 1, f"{number:,}", 9, ha="right", color=GREY)
    return y


def _three(pairs: Pairs) -> tuple[int, int, int]:
    return pairs.same, pairs.overlap, pairs.conflict
