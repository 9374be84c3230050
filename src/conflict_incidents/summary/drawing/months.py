"""Draws incidents and killed over time.

Below, a dark bar goes up to the lowest count and a hatched one from there to the highest. A triangle on top says that
it may be more, a ring that the toll of some incidents is unknown. Prevents: an open end, or an unknown toll, that looks
like a closed number, and an empty stretch that looks like peace.
"""

from __future__ import annotations

from collections.abc import Iterator

from matplotlib.axes import Axes

from conflict_incidents.analysis import Total
from conflict_incidents.summary.drawing.scales import ticks
from conflict_incidents.summary.drawing.sheet import DARK, GREY, INK, LIGHT, PAPER, RULE, Sheet, extent, patch
from conflict_incidents.summary.months import MONTHS, OverTime
from conflict_incidents.summary.telling import LONG
from conflict_incidents.summary.wording import toll

FEWEST = 12
"""How many stretches the picture has at least, so that a single bar stays a bar."""
YEARS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
"""How many years there may be from one that is named to the next."""
INDENT = 38.0
"""Room for the numbers of the scale."""


def draw(sheet: Sheet, found: OverTime) -> None:
    """Puts the two rows of bars on a sheet."""
    if not found.stretches:
        sheet.nothing(f"No incident is known to lie within one {found.unit}.")
        return
    height = sheet.top - sheet.bottom - 88
    left, width = sheet.left + INDENT, sheet.right - sheet.left - INDENT
    first, last = _span(found)
    low_axes = sheet.axes(left, sheet.bottom + 30, width, height * 0.62)
    high_axes = sheet.axes(left, sheet.bottom + 72 + height * 0.62, width, height * 0.38)
    wide = width / (last - first + 1)
    for axes in (low_axes, high_axes):
        axes.set_xlim(first - 0.5, last + 0.5)
    _counts(sheet, high_axes, found)
    _tolls(sheet, low_axes, found, wide)
    _dates(sheet, found, left, wide, first, last)
    sheet.text(sheet.left, sheet.bottom + 72 + height + 6, "Incidents", 10.5, bold=True)
    _key(sheet, sheet.bottom + 30 + height * 0.62 + 14, [total for _, total in found.stretches])
    _gaps(sheet, high_axes, found, wide)


def _span(found: OverTime) -> tuple[int, int]:
    """The first and last stretch of the picture."""
    first, last = found.span
    lacking = max(0, FEWEST - (last - first + 1))
    return first - lacking // 2, last + lacking - lacking // 2


def _counts(sheet: Sheet, axes: Axes, found: OverTime) -> None:
    highest = max(total.incidents for _, total in found.stretches)
    _scale(sheet, axes, highest)
    for number, total in found.stretches:
        axes.add_patch(patch(number - 0.42, 0, 0.84, total.incidents, DARK))
    number, most = found.most[0]
    words = f"{most.incidents:,}" if found.most[1:] else f"{found.name(number)}: {most.incidents:,}"
    _peak(sheet, axes, number, most.incidents, words, 3)


def _tolls(sheet: Sheet, axes: Axes, found: OverTime, wide: float) -> None:
    highest = max(total.high or total.low or 0 for _, total in found.stretches)
    _scale(sheet, axes, highest)
    size = max(2.2, min(5.5, wide * 0.75))
    to_points = axes.get_window_extent().height * 72 / sheet.figure.dpi / axes.get_ylim()[1]
    for number, total in found.stretches:
        low, high = total.low or 0, total.high or total.low or 0
        if low:
            axes.add_patch(patch(number - 0.42, 0, 0.84, low, DARK))
        if high > low:
            axes.add_patch(patch(number - 0.42, low, 0.84, high - low, LIGHT))
        for place, (marker, fill) in enumerate(_markers(total)):
            y = high + (size * (0.9 + 1.4 * place) + 1) / to_points
            axes.plot(
                [number], [y], marker=marker, markersize=size, markerfacecolor=fill, markeredgecolor=INK,
                markeredgewidth=0.9, linestyle="none", clip_on=False,
            )  # fmt: skip
    for number, worst in found.worst[:1]:
        rise = 4 + len(_markers(worst)) * (size * 1.4 + 1)
        words = toll(worst) if found.worst[1:] else f"{found.name(number)}: {toll(worst)}"
        _peak(sheet, axes, number, worst.high or 0, words, rise)


def _markers(total: Total) -> list[tuple[str, str]]:
    """What stands above a bar, from below: marker and fill."""
    return [("^", INK)] * bool(total.open_ended) + [("o", PAPER)] * bool(total.unknown)


def _scale(sheet: Sheet, axes: Axes, highest: int) -> None:
    """The scale of a row of bars: lines across, numbers at the left, room above for a peak's words."""
    axes.set_ylim(0, max(highest, 1) * 1.16)
    box = axes.get_position()
    left, bottom = box.x0 * sheet.figure.get_figwidth() * 72, box.y0 * sheet.figure.get_figheight() * 72
    height = box.height * sheet.figure.get_figheight() * 72
    for tick in ticks(max(highest, 1)):
        axes.axhline(tick, color=GREY if tick == 0 else RULE, linewidth=0.9 if tick == 0 else 0.6, zorder=0)
        y = bottom + height * tick / axes.get_ylim()[1]
        sheet.text(left - 6, y, f"{tick:,}", 9, color=GREY, ha="right", va="center")


def _peak(sheet: Sheet, axes: Axes, number: int, value: int, words: str, rise: float) -> None:
    """Words above the highest bar, within the picture."""
    x, y = (sheet.points.inverted().transform(axes.transData.transform((number, value)))).tolist()
    half = extent(words, 9, bold=True) / 2
    x = min(max(x, sheet.left + INDENT + half), sheet.right - half)
    sheet.text(x, y + rise, words, 9, bold=True, ha="center", halo=True)


def _dates(sheet: Sheet, found: OverTime, left: float, wide: float, first: int, last: int) -> None:
    """The names of the months or years below the bars."""
    base = sheet.bottom + 30
    if found.unit == "year":
        by = next(years for years in YEARS if years * wide >= 34 or years == YEARS[-1])
        for year in range(first, last + 1):
            if year % by == 0:
                sheet.text(left + (year - first + 0.5) * wide, base - 13, str(year), 9, ha="center")
        return
    if wide >= 26:
        for month in range(first, last + 1):
            sheet.text(left + (month - first + 0.5) * wide, base - 12, MONTHS[month % 12], 9, ha="center")
    for year, start, end in _years(first, last):
        x, to_x = left + (start - first) * wide, left + (end + 1 - first) * wide
        if start % 12 == 0 and start > first:
            sheet.line(x, base, x, base - (26 if wide >= 26 else 14), color=GREY)
        if to_x - x >= extent(str(year), 9) + 4:
            sheet.text((x + to_x) / 2, base - (25 if wide >= 26 else 13), str(year), 9, ha="center")


def _years(first: int, last: int) -> Iterator[tuple[int, int, int]]:
    """Each year with its first and last month that are drawn."""
    for year in range(first // 12, last // 12 + 1):
        yield year, max(first, year * 12), min(last, year * 12 + 11)


def _gaps(sheet: Sheet, axes: Axes, found: OverTime, wide: float) -> None:
    """Marks long stretches without incidents."""
    for first, last in found.gaps(LONG):
        x, y = (sheet.points.inverted().transform(axes.transData.transform(((first + last) / 2, 0)))).tolist()
        half = (last - first + 1) * wide / 2 - 3
        sheet.line(x - half, y + 9, x + half, y + 9, color=GREY)
        for end in (x - half, x + half):
            sheet.line(end, y + 6, end, y + 12, color=GREY)
        if extent("nothing recorded", 9) + 4 <= 2 * half:
            sheet.text(x, y + 15, "nothing recorded", 9, color=GREY, ha="center")


def _key(sheet: Sheet, y: float, totals: list[Total]) -> None:
    """The heading of the lower row, with what its signs mean."""
    heading = "People killed"
    sheet.text(sheet.left, y, heading, 10.5, bold=True)
    x = sheet.left + extent(heading, 10.5, bold=True) + 18
    fills = [(DARK, "lowest count")]
    fills += [(LIGHT, "up to the highest count")] if any(one.high != one.low for one in totals) else []
    for fill, words in fills:
        sheet.box(x, y - 1, 14, 9, fill)
        sheet.text(x + 19, y, words, 9)
        x += 19 + extent(words, 9) + 16
    marks = [(bool(sum(one.open_ended for one in totals)), "^", INK, "may be more: \u201cat least\u201d")]
    marks += [(bool(sum(one.unknown for one in totals)), "o", PAPER, "toll of some incidents unknown")]
    for there, marker, fill, words in marks:
        if there:
            sheet.mark(x + 5, y + 3.5, marker, fill)
            sheet.text(x + 14, y, words, 9)
            x += 14 + extent(words, 9) + 16
