"""The sheet that each picture is drawn on: title, body, notes, and its two files, the same bytes everywhere.

All positions are in points from the lower left corner. Text is set in the font that matplotlib ships and drawn as it
stands; nothing of the user's settings is read. Prevents: a picture that looks otherwise on another machine, a `$` in a
title that begins a formula, boxes in place of letters that the font lacks, and a picture that can't be read aloud.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import matplotlib
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import FT2Font, LoadFlags
from matplotlib.lines import Line2D
from matplotlib.patches import Circle as CirclePatch
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke
from matplotlib.transforms import Affine2D

from conflict_incidents.findings import printable
from conflict_incidents.summary.telling import Told

WIDTH, HEIGHT, MARGIN = 792.0, 558.0, 32.0
DPI = 150
"""Pixels an inch of the PNG files."""
INK, GREY, RULE, PAPER = "#1a1a1a", "#555555", "#c9c9c9", "#ffffff"
DARK, LIGHT, SIGNAL = "#17405e", "#d3e3ee", "#e08a3c"
"""Three fills that stay apart without colour: dark, very light, and between; the last two are hatched, each its way."""
DOT = "#6b7f8e"
HATCHES = {LIGHT: "//////", SIGNAL: "xxxx"}
_SETTINGS: dict[Any, Any] = {
    "svg.hashsalt": "conflict-incidents",
    "svg.fonttype": "path",
    "path.simplify": False,
    "hatch.linewidth": 0.6,
    "text.parse_math": False,
    "text.hinting": "none",
    "axes.unicode_minus": False,
}
_SOFT = "\N{HORIZONTAL ELLIPSIS}"


@contextmanager
def settings() -> Iterator[None]:
    """Matplotlib's own defaults and ours in place of the user's, for as long as something is drawn."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(_SETTINGS)
        yield


@cache
def font(size: float, bold: bool = False) -> FontProperties:
    """The font that matplotlib ships, from its own file: the system's font of that name may be another version."""
    return FontProperties(fname=str(_font_file(bold)), size=size)


def extent(text: str, size: float, bold: bool = False) -> float:
    """How wide a line of text is; where two letters move closer together, a little less."""
    return size / 100 * sum(_advance(letter, bold) for letter in text)


@cache
def _advance(letter: str, bold: bool) -> float:
    """How far a letter of size 100 moves on what follows."""
    face = FT2Font(str(_font_file(bold)))
    face.set_size(100, 72)
    return float(face.load_char(ord(letter), flags=LoadFlags.NO_HINTING).linearHoriAdvance) / 65536


def fitting(text: str, width: float, size: float, bold: bool = False) -> str:
    """A line of text, cut where it would be wider."""
    if extent(text, size, bold) <= width:
        return text
    while text and extent(text + _SOFT, size, bold) > width:
        text = text[:-1]
    return text.rstrip() + _SOFT


def wrapped(text: str, width: float, size: float, bold: bool = False, most: int = 6) -> list[str]:
    """Text in lines that aren't wider, at most so many; what is left then is cut off."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and extent(longer, size, bold) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    if len(lines) > most:
        lines[most - 1 :] = [" ".join(lines[most - 1 :])]
    return [fitting(line, width, size, bold) for line in lines]


def drawable(text: str, *instead: str) -> str:
    """The first of these texts that can be drawn: one line, from left to right, of letters that the font has.

    Scripts that run from right to left or join their letters need more than matplotlib does. Where none can be drawn,
    the last is, with question marks.
    """
    texts = [" ".join(printable(one.replace("\n", " ")).split()) for one in (text, *instead)]
    for one in texts:
        if one and all(map(_has, one)):
            return one
    return "".join(letter if _has(letter) else "?" for letter in texts[-1])


def _has(letter: str) -> bool:
    straight = unicodedata.bidirectional(letter) not in {"R", "AL", "AN"} and not unicodedata.combining(letter)
    return straight and bool(_charmap().get(ord(letter)))


@cache
def _charmap() -> dict[int, int]:
    return dict(FT2Font(str(_font_file(False))).get_charmap())


def _font_file(bold: bool) -> Path:
    return Path(matplotlib.get_data_path()) / f"fonts/ttf/DejaVuSans{'-Bold' if bold else ''}.ttf"


class Sheet:
    """A sheet with its title and notes; the body between `bottom` and `top`, `left` and `right` is still empty."""

    def __init__(self, told: Told) -> None:
        self.told = told
        self.figure = Figure(figsize=(WIDTH / 72, HEIGHT / 72), dpi=DPI, facecolor=PAPER)
        self.points = Affine2D().scale(1 / 72) + self.figure.dpi_scale_trans
        self.left, self.right = MARGIN, WIDTH - MARGIN
        self.top = self._paragraph(told.title, HEIGHT - MARGIN + 6, 17, bold=True, most=2)
        self.top = self._paragraph(told.lead, self.top - 6, 10.5, color=INK, most=4) - 14
        notes = [line for note in told.notes for line in wrapped(drawable(note), WIDTH - 2 * MARGIN, 8.5, most=3)]
        source = wrapped(drawable(told.source, told.plain_source), WIDTH - 2 * MARGIN, 8.5, most=3)
        foot = MARGIN - 14 + 12 * (len(notes) + len(source))
        self.line(self.left, foot + 3, self.right, foot + 3)
        for number, line in enumerate([*notes, *source]):
            self.text(self.left, foot - 9 - 12 * number, line, 8.5, color=GREY)
        self.bottom = foot + 14

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float = 9.5,
        *,
        bold: bool = False,
        color: str = INK,
        ha: str = "left",
        va: str = "baseline",
        halo: bool = False,
    ) -> None:
        """A line of text; `halo` keeps it apart from what lies below it."""
        written = self.figure.text(
            x, y, text, transform=self.points, fontproperties=font(size, bold), color=color, ha=ha, va=va
        )
        if halo:
            written.set_path_effects([withStroke(linewidth=3, foreground=PAPER)])

    def line(self, x: float, y: float, to_x: float, to_y: float, color: str = RULE, width: float = 0.8) -> None:
        """A straight line."""
        self.figure.add_artist(Line2D([x, to_x], [y, to_y], transform=self.points, color=color, linewidth=width))

    def box(self, x: float, y: float, width: float, height: float, fill: str) -> None:
        """A filled rectangle, hatched where its fill is one that is."""
        self.figure.add_artist(patch(x, y, width, height, fill, transform=self.points))

    def frame(self, x: float, y: float, width: float, height: float) -> None:
        """The outline of a rectangle."""
        outline = Rectangle((x, y), width, height, facecolor="none", edgecolor=RULE, linewidth=0.8)
        outline.set_transform(self.points)
        self.figure.add_artist(outline)

    def circle(self, x: float, y: float, radius: float) -> None:
        """A circle that lets see what lies below it."""
        circle = CirclePatch((x, y), radius, facecolor=LIGHT, edgecolor=DARK, linewidth=1.2, alpha=0.85)
        circle.set_transform(self.points)
        self.figure.add_artist(circle)

    def dots(self, points: Sequence[tuple[float, float]]) -> None:
        """Small dots."""
        xs, ys = [x for x, _ in points], [y for _, y in points]
        self.figure.add_artist(
            Line2D(xs, ys, transform=self.points, marker="o", markersize=1.8, color=DOT, markeredgewidth=0,
                   linestyle="none")
        )  # fmt: skip

    def mark(self, x: float, y: float, marker: str, fill: str, size: float = 6) -> None:
        """A sign: `marker` as matplotlib calls it."""
        self.figure.add_artist(
            Line2D(
                [x], [y], transform=self.points, marker=marker, markersize=size, markerfacecolor=fill,
                markeredgecolor=INK, markeredgewidth=0.9, linestyle="none",
            )
        )  # fmt: skip

    def axes(self, x: float, y: float, width: float, height: float) -> Axes:
        """Axes without frame, ticks and labels."""
        box = (x / WIDTH, y / HEIGHT, width / WIDTH, height / HEIGHT)
        axes = self.figure.add_axes(box, frameon=False)
        axes.set_xticks([])
        axes.set_yticks([])
        return axes

    def nothing(self, why: str) -> None:
        """Says in the body why there is nothing to be seen."""
        self.text((self.left + self.right) / 2, (self.bottom + self.top) / 2, why, 12, color=GREY, ha="center")

    def svg(self) -> bytes:
        """The sheet as SVG, with its title and description for those who can't see it."""
        buffer = io.BytesIO()
        self.figure.dpi = 72
        left_out = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        self._canvas(FigureCanvasSVG).print_svg(buffer, metadata=left_out)
        head, _, body = buffer.getvalue().decode().partition("<svg ")
        attributes, _, rest = body.partition(">")
        names = [f"{self.told.name}-{part}" for part in ("title", "desc")]
        title, desc = (escape(printable(text)) for text in (self.told.title, self.told.desc))
        return (
            f'{head.partition("<!DOCTYPE")[0]}<svg role="img" aria-labelledby="{names[0]}" '
            f'aria-describedby="{names[1]}" {attributes}>\n'
            f' <title id="{names[0]}">{title}</title>\n <desc id="{names[1]}">{desc}</desc>{rest}'
        ).encode()

    def png(self) -> bytes:
        """The sheet as PNG, with the same two texts."""
        buffer = io.BytesIO()
        self.figure.dpi = DPI
        texts = {"Title": self.told.title, "Description": printable(self.told.desc), "Software": None}
        self._canvas(FigureCanvasAgg).print_png(buffer, metadata=texts)
        return buffer.getvalue()

    def _canvas(self, kind: Any) -> Any:
        """What writes the sheet; matplotlib's own methods for it have no types."""
        return kind(self.figure)

    def _paragraph(
        self, text: str, top: float, size: float, bold: bool = False, color: str = INK, most: int = 3
    ) -> float:
        """Lines of text below a height; where the last of them stands."""
        lines = wrapped(drawable(text), self.right - self.left, size, bold, most)
        for number, line in enumerate(lines, 1):
            self.text(self.left, top - 1.35 * size * number, line, size, bold=bold, color=color)
        return top - 1.35 * size * len(lines)


def patch(x: float, y: float, width: float, height: float, fill: str, **more: Any) -> Rectangle:
    """A filled rectangle, with an edge, and hatched where its fill is one that is."""
    return Rectangle(
        (x, y), width, height, facecolor=fill, edgecolor=DARK if fill != SIGNAL else INK, linewidth=0.6,
        hatch=HATCHES.get(fill), **more,
    )  # fmt: skip
