"""Draw the pictures of a summary with matplotlib, which no other module imports.

Unknown is empty, and an open end has a marker. Fills differ in brightness and hatching, markers in shape, so that
nothing depends on colour.
"""

from __future__ import annotations

import io
import math
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import matplotlib
from adjustText import adjust_text
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.font_manager import findfont, get_font
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke
from matplotlib.ticker import FuncFormatter, MaxNLocator
from matplotlib.transforms import offset_copy

from conflict_incidents.core.findings import printable
from conflict_incidents.release.pictures.captions import Picture
from conflict_incidents.release.pictures.completeness import KnownCounts
from conflict_incidents.release.pictures.districts import Districts
from conflict_incidents.release.pictures.groups import IncidentGroup, share
from conflict_incidents.release.pictures.matched import STATUS_LABELS, MatchNumbers
from conflict_incidents.release.pictures.months import MIN_GAP, Months
from conflict_incidents.release.pictures.originators import AGREEMENT, Originators

SIZE, DPI = (11.0, 7.75), 150
INK, GREY, PAPER = "#1a1a1a", "#555555", "#ffffff"
DARK: dict[str, Any] = {"facecolor": "#17405e", "edgecolor": "#17405e", "linewidth": 0.6}
LIGHT: dict[str, Any] = {"facecolor": "#d3e3ee", "edgecolor": "#17405e", "linewidth": 0.6, "hatch": "//////"}
SIGNAL: dict[str, Any] = {"facecolor": "#e08a3c", "edgecolor": INK, "linewidth": 0.6, "hatch": "xxxx"}
EMPTY: dict[str, Any] = {"facecolor": PAPER, "edgecolor": "#17405e", "linewidth": 0.6}
"""Four fills that are distinguishable without colour."""
MAX_DRAWN = 12
"""The maximum number of districts, originators or numbers to draw; the tables have all."""
MAX_CIRCLE_AREA = 7000.0
"""The area of the largest circle, in the unit of matplotlib's `scatter`."""
_STYLE = Path(__file__).with_name("summary.mplstyle")


def draw(picture: Picture, source: str) -> dict[str, bytes]:
    """Draw a picture as SVG and PNG, by file name; `source` describes the release."""
    with matplotlib.rc_context(fname=_STYLE):  # independent of the user's settings
        figure = Figure(figsize=SIZE, dpi=DPI)
        FigureCanvasAgg(figure)
        lead = textwrap.wrap(_drawable(picture.lead), 128)
        notes = [line for note in (*picture.notes, source) for line in textwrap.wrap(_drawable(note), 154)]
        figure.text(0.02, 0.97, picture.title, fontsize=17, fontweight="bold", va="top")
        figure.text(0.02, 0.915, "\n".join(lead), fontsize=10.5, va="top", linespacing=1.3)
        figure.text(0.02, 0.02, "\n".join(notes), fontsize=8.5, va="bottom", color=GREY, linespacing=1.3)
        bottom, top = 0.035 + 0.021 * len(notes), 0.9 - 0.026 * len(lead)
        figure.set_layout_engine("constrained", rect=(0.015, bottom, 0.97, top - bottom))
        match picture.numbers:
            case Months() as found:
                _months(figure, found)
            case Districts() as found:
                _districts(figure, found)
            case Originators() as found:
                _originators(figure, found)
            case MatchNumbers() as found:
                _draw_match(figure, found)
            case None:
                figure.text(0.5, 0.5, "Nothing to be drawn.", fontsize=12, ha="center", color=GREY)
            case rows:
                _completeness(figure, rows)
        _settle(figure)
        desc = printable(" ".join([*picture.lines, source]))
        png = _png(figure, picture, desc)  # first, as saving SVG changes the resolution
        return {f"{picture.name}.svg": _svg(figure, picture, desc), f"{picture.name}.png": png}


def _settle(figure: Figure) -> None:
    """Compute the layout once and round it, as the last digits of the solver differ from run to run."""
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    for axes in figure.axes:
        x, y, width, height = (round(value, 4) for value in axes.get_position(original=True).bounds)
        axes.set_position((x, y, width, height))


def _months(figure: Figure, months: Months) -> None:
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(2, 3))
    at = [group.key for group in months.groups]
    above.bar(at, [group.incidents for group in months.groups], 0.84, **DARK)
    above.set_title("Incidents")
    below.set_title("People killed", pad=24)
    _tolls(below, at, months.groups)
    for first, last in months.gaps(MIN_GAP):
        for axes in (above, below):
            axes.axvspan(first - 0.4, last + 0.4, color="#f0f0f0", zorder=0)
        above.text((first + last) / 2, 0.5, "nothing\nrecorded", transform=above.get_xaxis_transform(), color=GREY,
                   ha="center", va="center")  # fmt: skip
    first, last = min(at[0], at[-1] - 11), max(at[-1], at[0] + 11)
    step = next(step for step in (1, 3, 12, 24, 60, 120, 600, 6000, 60000) if (last - first) / step <= 14)
    ticks = [number for number in range(first, last + 1) if number % step == 0]
    below.set_xticks(ticks, [months.name(number).replace(" ", "\n") for number in ticks])
    below.set_xlim(first - 0.6, last + 0.6)
    for axes in (above, below):
        _set_integer_axis(axes, axes.yaxis)


def _tolls(axes: Axes, at: Sequence[float], groups: Sequence[IncidentGroup], across: bool = False) -> None:
    """Draw a bar per group: dark up to the low, hatched up to the high, with a marker if open."""
    lows = [group.low or 0 for group in groups]
    highs = [group.high or group.low or 0 for group in groups]
    more = [high - low for low, high in zip(lows, highs, strict=True)]
    bar: Any = axes.barh if across else axes.bar
    wide, start = (0.7, "left") if across else (0.84, "bottom")
    handles: dict[str, Any] = {"lowest count": bar(at, lows, wide, **DARK)}
    handles["up to the highest"] = bar(at, more, wide, **{start: lows}, **LIGHT)
    for x, high, group in zip(at, highs, groups, strict=True):
        marks = [(">" if across else "^", INK, "may be more: “at least”")] * bool(group.open_ended)
        marks += [("o", PAPER, "toll of some unknown, not zero")] * bool(group.unknown)
        for place, (marker, fill, label) in enumerate(marks):
            away = 6 + 9 * place
            figure = axes.get_figure(root=True)
            moved = offset_copy(axes.transData, figure, away * across, away * (not across), units="points")
            x_y = (high, x) if across else (x, high)
            (handles[label],) = axes.plot(*x_y, marker, transform=moved, markersize=5, markerfacecolor=fill,
                                        markeredgecolor=INK, clip_on=False)  # fmt: skip
    axes.legend(handles.values(), handles.keys(), loc="lower left", bbox_to_anchor=(-0.01, 1), ncols=2 if across else 4,
                borderaxespad=0.1, handlelength=1.4)  # fmt: skip


def _districts(figure: Figure, districts: Districts) -> None:
    map, bars = figure.subplots(1, 2, width_ratios=(5, 4))
    circles = [(one.lon, one.lat, one) for one in districts.districts if one.lon is not None and one.lat is not None]
    labels = []
    if circles:
        area = MAX_CIRCLE_AREA / max(one.group.incidents for _, _, one in circles) / max(1, len(circles) / 30)
        areas = [max(6.0, area * one.group.incidents) for _, _, one in circles]
        map.scatter([lon for lon, _, _ in circles], [lat for _, lat, _ in circles], areas, facecolor=LIGHT["facecolor"],
                    edgecolor=DARK["edgecolor"], alpha=0.85)  # fmt: skip
        for lon, lat, one in circles[: 2 * MAX_DRAWN]:
            words = f"{_label(one.group.key, one.pcode, 22)}\n{one.group.incidents:,}"
            labels.append(map.text(lon, lat, words, ha="center", va="center", fontweight="bold", fontsize=9,
                                   path_effects=[withStroke(linewidth=3, foreground=PAPER)]))  # fmt: skip
    if districts.dots:
        map.plot(*zip(*districts.dots, strict=True), ".", markersize=3, color="#6b7f8e", markeredgewidth=0)
    if circles or districts.dots:
        _set_degrees(map, 0.25)
    else:
        map.text(0.5, 0.5, "No incident has a position.", transform=map.transAxes, ha="center", color=GREY)
    map.set_title("Incidents by district")
    groups = [(_label(one.group.key, one.pcode, 22), one.group) for one in districts.districts[:MAX_DRAWN]]
    groups += [("not known", districts.unknown)] if districts.unknown else []
    _tolls(bars, range(len(groups)), [group for _, group in groups], across=True)
    bars.set_yticks(range(len(groups)), [f"{name}\n{group.toll}" for name, group in groups])
    bars.set_ylim(max(len(groups), 6) - 0.5, -0.5)
    rest = len(districts.districts) - MAX_DRAWN
    bars.set_title("People killed" + (f" ({rest} other districts aren't drawn)" if rest > 0 else ""), pad=38)
    _set_integer_axis(bars, bars.xaxis)
    _settle(figure)
    if len(labels) > 1:
        adjust_text(labels, ax=map, avoid_self=False, iter_lim=200, arrowprops={"arrowstyle": "-", "color": GREY})


def _originators(figure: Figure, originators: Originators) -> None:
    heights = (len(originators.behind), max(2, min(len(originators.sole), 6)))
    places = figure.add_gridspec(2, 2, width_ratios=(5, 9), height_ratios=heights)
    behind, sole, grid = (figure.add_subplot(places[place]) for place in ((0, 0), (1, 0), (slice(2), 1)))
    behind.set_title("What the number of killed rests on")
    _bars(behind, originators.behind, sum(number for _, number in originators.behind))
    behind.patches[-1].set(**EMPTY)  # unknown
    sole.set_title("Sole originators of the killed")
    _bars(sole, originators.sole[:6], sum(number for _, number in originators.behind))
    if rest := originators.sole[6:]:
        sole.set_xlabel(f"and {len(rest)} others, in {sum(number for _, number in rest):,}", loc="left", color=GREY)
    rows = originators.agreement[:MAX_DRAWN]
    grid.set_title("Incidents by agreement of the originators", pad=26)
    for y, (_, numbers) in enumerate(rows):
        for x, number in enumerate(numbers):
            grey = 0.0 if x == len(AGREEMENT.enum) else 0.35 * number / max(1, sum(numbers))
            grid.add_patch(Rectangle((x - 0.5, y - 0.5), 1, 1, facecolor=str(1 - grey), edgecolor="0.8"))
            grid.text(x, y, f"{number:,}", ha="center", va="center", color=INK if number else "0.6")
    heads = [*(value.replace("_", "\n") for value in AGREEMENT.enum), "unknown"]
    grid.set_xticks(range(len(heads)), heads, fontsize=7.5)
    grid.xaxis.tick_top()
    grid.set_yticks(range(len(rows)), [name for name, _ in rows])
    grid.tick_params(length=0)
    grid.set_xlim(-0.5, len(heads) - 0.5)
    grid.set_ylim(max(len(rows), 10) - 0.5, -0.5)
    grid.spines[:].set_visible(False)


def _draw_match(figure: Figure, matched: MatchNumbers) -> None:
    places = figure.add_gridspec(2, 2, width_ratios=(9, 5), height_ratios=(3, 5))
    map, above, below = (figure.add_subplot(places[place]) for place in ((slice(2), 0), (0, 1), (1, 1)))
    signs = {"only_ours": ("^", DARK["facecolor"], 6), "only_theirs": ("v", SIGNAL["facecolor"], 6),
             "matched": ("o", PAPER, 3)}  # fmt: skip
    for status, (marker, fill, size) in signs.items():
        lons, lats = ([one[axis] for one in matched.positions[status]] for axis in (0, 1))
        map.plot(lons, lats, marker, markersize=size, color=fill, markeredgecolor=INK, markeredgewidth=0.4,
                 linestyle="", label=STATUS_LABELS[status])  # fmt: skip
    map.set_title("Where", pad=24)
    map.legend(loc="lower left", bbox_to_anchor=(-0.01, 1), ncols=3, borderaxespad=0.1)
    if any(matched.positions.values()):
        _set_degrees(map, 0.1)
    above.set_title("Incidents")
    _bars(
        above, [(STATUS_LABELS[status], number) for status, number in matched.counts], sum(n for _, n in matched.counts)
    )
    below.set_title("Their number of killed and our range")
    _bars(below, matched.verdicts, sum(number for _, number in matched.verdicts))
    below.patches[-1].set(**EMPTY)  # unknown


def _set_degrees(map: Axes, margin: float) -> None:
    """Label the axes in degrees, with the aspect ratio of the middle latitude."""
    map.margins(margin)
    middle = sum(map.get_ylim()) / 2
    map.set_aspect(1 / max(0.05, math.cos(math.radians(middle))), adjustable="datalim")
    for axis, sides in ((map.xaxis, "EW"), (map.yaxis, "NS")):
        axis.set_major_locator(MaxNLocator(5))
        axis.set_major_formatter(FuncFormatter(lambda value, _, sides=sides: _degrees(value, sides)))


def _bars(axes: Axes, counts: Sequence[tuple[str, int]], of: int) -> None:
    """Draw a horizontal bar per count, with its number."""
    bars = axes.barh(range(len(counts)), [number for _, number in counts], 0.7, **DARK)
    axes.bar_label(bars, [f"{number:,} ({share(number, of)})" for _, number in counts], padding=4, color=GREY)
    axes.set_yticks(range(len(counts)), [textwrap.fill(_label(name, "", 44), 28) for name, _ in counts])
    axes.set_xlim(0, max(of, 1) * 1.35)
    axes.set_ylim(max(len(counts), 2) - 0.5, -0.5)
    axes.set_xticks([])
    axes.tick_params(length=0)
    axes.spines[["bottom"]].set_visible(False)


def _completeness(figure: Figure, rows: Sequence[KnownCounts]) -> None:
    axes = figure.subplots()
    at = range(len(rows))
    ends = [0] * len(rows)
    parts = (("known", DARK), ("open_ended", SIGNAL), ("zero", LIGHT), ("unknown", EMPTY))
    for part, fill in parts:
        numbers = [getattr(row, part) for row in rows]
        label = {"open_ended": "open-ended (“at least”)", "unknown": "unknown, not zero"}.get(part, part)
        axes.barh(at, numbers, 0.74, left=ends, label=label, **fill)
        ends = [end + number for end, number in zip(ends, numbers, strict=True)]
    for y, (row, end) in enumerate(zip(rows, ends, strict=True)):
        axes.text(end * 1.01, y, share(end - row.unknown, end), va="center", fontweight="bold")
    axes.set_yticks(at, [row.label for row in rows])
    axes.tick_params(length=0)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlim(0, max(ends) * 1.08)
    _set_integer_axis(axes, axes.xaxis)
    axes.legend(loc="lower left", bbox_to_anchor=(-0.01, 1), ncols=4, borderaxespad=0.1)


def _set_integer_axis(axes: Axes, axis: Any) -> None:
    """Use integer ticks on an axis, with a grid behind the bars."""
    axis.set_major_locator(MaxNLocator(5, integer=True))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axis.grid(color="#d8d8d8", linewidth=0.6)
    axes.set_axisbelow(True)


def _degrees(value: float, sides: str) -> str:
    return f"{round(abs(value), 4):g}\N{DEGREE SIGN} {sides[0] if value >= 0 else sides[1]}"


def _label(name: str, instead: str, most: int) -> str:
    """Return a name that the font can draw, shortened; otherwise `instead`."""
    drawable = _drawable(name)
    label = instead if instead and drawable != " ".join(printable(name).split()) else drawable
    return label if len(label) <= most else f"{label[: most - 1]}…"


def _drawable(text: str) -> str:
    """Replace characters missing in the font by question marks."""
    charmap = get_font(findfont("DejaVu Sans")).get_charmap()
    return "".join(letter if ord(letter) in charmap else "?" for letter in " ".join(printable(text).split()))


def _svg(figure: Figure, picture: Picture, desc: str) -> bytes:
    """Save the figure as SVG with title and description, for screen readers."""
    buffer = io.BytesIO()
    left_out = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    FigureCanvasSVG(figure).print_svg(buffer, metadata=left_out)  # type: ignore[no-untyped-call] # matplotlib has no types here
    head, _, body = buffer.getvalue().decode().partition("<svg ")
    attributes, _, rest = body.partition(">")
    title, described = (f"{picture.name}-{part}" for part in ("title", "desc"))
    return (
        f'{head.partition("<!DOCTYPE")[0]}<svg role="img" aria-labelledby="{title}" aria-describedby="{described}" '
        f'{attributes}>\n <title id="{title}">{escape(picture.title)}</title>\n <desc id="{described}">{escape(desc)}'
        f"</desc>{rest}"
    ).encode()


def _png(figure: Figure, picture: Picture, desc: str) -> bytes:
    """Save the figure as PNG, with the same title and description."""
    buffer = io.BytesIO()
    texts = {"Title": picture.title, "Description": desc, "Software": None}
    FigureCanvasAgg(figure).print_png(buffer, metadata=texts)  # type: ignore[no-untyped-call] # likewise
    return buffer.getvalue()
