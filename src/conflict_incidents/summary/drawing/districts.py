"""Draws the map of districts, and the list of those with most incidents beside it.

The map is equirectangular, true to scale at its middle latitude. Prevents: a map stretched sideways, circles whose
width instead of their area grows with the number, and a district that is nowhere since its label found no room.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from conflict_incidents.analysis import Total
from conflict_incidents.summary.districts import District, Districts
from conflict_incidents.summary.drawing.placing import Box, Circle, placed
from conflict_incidents.summary.drawing.scales import step
from conflict_incidents.summary.drawing.sheet import GREY, Sheet, drawable, extent, fitting
from conflict_incidents.summary.wording import count, toll

LIST, SPACE = 288.0, 22.0
"""How wide the list is, and the space between it and the map."""
LARGEST, SMALLEST, INKED = 40.0, 1.5, 0.16
"""The radius of the largest circle and of the smallest, and the share of the map that circles may cover."""
LABELS, LINES = 40, 12
"""How many districts may have a label, and a line in the list."""
CLEAR = 12.0
"""How far from the frame everything stays."""
NARROWEST = 0.1
"""How many degrees of latitude a map shows at least."""
KILOMETRES = 111.2
"""Kilometres in a degree of latitude."""
FLATTEST = 30.0
"""Up to how many degrees of latitude one scale is true enough for the whole map."""


@dataclass(frozen=True, slots=True)
class _Map:
    """Turns positions into points of the sheet; `scale` is points for a degree of latitude."""

    frame: Box
    lon: float
    lat: float
    scale: float

    @property
    def narrow(self) -> float:
        """How long a degree of longitude is, beside one of latitude."""
        return max(0.05, math.cos(math.radians(self.lat)))

    def at(self, lon: float, lat: float) -> tuple[float, float]:
        """Where a position lies on the sheet."""
        x = (self.frame.left + self.frame.right) / 2 + (lon - self.lon) * self.scale * self.narrow
        return x, (self.frame.bottom + self.frame.top) / 2 + (lat - self.lat) * self.scale


def draw(sheet: Sheet, found: Districts) -> None:
    """Puts map and list on a sheet."""
    if not found.all.incidents:
        sheet.nothing("No incident.")
        return
    shown = [(one.lon, one.lat, one) for one in found.districts if one.lon is not None and one.lat is not None]
    frame = Box(sheet.left + 42, sheet.bottom + 18, sheet.right - LIST - SPACE, sheet.top)
    if shown or found.dots:
        _draw_map(sheet, frame, shown, found)
    else:
        why = "No incident has a position."
        sheet.text((sheet.left + frame.right) / 2, (frame.bottom + frame.top) / 2, why, 12, color=GREY, ha="center")
    _list(sheet, found)


def _draw_map(sheet: Sheet, frame: Box, shown: list[tuple[float, float, District]], found: Districts) -> None:
    largest = max((one.total.incidents for _, _, one in shown), default=1)
    together = sum(one.total.incidents for _, _, one in shown) or 1
    room = INKED * (frame.right - frame.left) * (frame.top - frame.bottom)
    unit = min(LARGEST, math.sqrt(room * largest / (math.pi * together))) / math.sqrt(largest)
    radii = [max(SMALLEST, unit * math.sqrt(one.total.incidents)) for _, _, one in shown]
    positions = [(lon, lat, radius) for (lon, lat, _), radius in zip(shown, radii, strict=True)]
    map = _map(frame, [*positions, *((lon, lat, 0.0) for lon, lat in found.dots)])
    _graticule(sheet, map)
    circles = []
    for (lon, lat, one), radius in zip(shown, radii, strict=True):
        x, y = map.at(lon, lat)
        sheet.circle(x, y, radius)
        width = max(extent(line, 9.5, bold=not number) for number, line in enumerate(_label(one)))
        circles.append(Circle(x, y, radius, width + 4, 25))
    dots = {(round(x), round(y)): (x, y) for x, y in (map.at(lon, lat) for lon, lat in found.dots)}
    sheet.dots(list(dots.values()))  # one of those that would lie upon each other
    _scale(sheet, map)
    boxes = placed(circles, frame, LABELS)
    for (_, _, one), circle, box in zip(shown, circles, boxes, strict=False):
        if box is not None:
            name, number = _label(one)
            x, ha = _aligned(box, circle)
            sheet.text(x, box.top - 10, name, 9.5, bold=True, ha=ha, halo=True)
            sheet.text(x, box.top - 21.5, number, 9.5, ha=ha, halo=True)


def _aligned(box: Box, circle: Circle) -> tuple[float, str]:
    """Where the lines of a label begin, end or have their middle: at the side that is next to the circle."""
    if box.left > circle.x:
        return box.left + 2, "left"
    if box.right < circle.x:
        return box.right - 2, "right"
    return (box.left + box.right) / 2, "center"


def _label(one: District) -> tuple[str, str]:
    return fitting(drawable(one.name, one.pcode), 110, 9.5, bold=True), f"{one.total.incidents:,}"


def _map(frame: Box, positions: Sequence[tuple[float, float, float]]) -> _Map:
    """The largest map on which all positions lie inside the frame, each as far from it as its third number says."""
    lons, lats, _ = zip(*positions, strict=True)
    middle = _Map(frame, (min(lons) + max(lons)) / 2, (min(lats) + max(lats)) / 2, 1.0)
    wide, high = (frame.right - frame.left) / 2, (frame.top - frame.bottom) / 2
    scale = 2 * min(wide, high) / NARROWEST
    for lon, lat, radius in positions:
        for room, away in ((wide, abs(lon - middle.lon) * middle.narrow), (high, abs(lat - middle.lat))):
            scale = min(scale, (room - radius - CLEAR) / away) if away else scale
    return _Map(frame, middle.lon, middle.lat, scale)


def _graticule(sheet: Sheet, map: _Map) -> None:
    """The frame of the map, with its degrees."""
    frame = map.frame
    sheet.frame(frame.left, frame.bottom, frame.right - frame.left, frame.top - frame.bottom)
    for lon, x in _degrees(map.lon, (frame.left, frame.right), map.scale * map.narrow, 5):
        sheet.line(x, frame.bottom, x, frame.bottom - 4, color=GREY)
        east = (lon + 180) % 360 - 180
        sheet.text(x, frame.bottom - 14, _degree(east, "EW"), 9, color=GREY, ha="center")
    for lat, y in _degrees(map.lat, (frame.bottom, frame.top), map.scale, 6):
        if abs(lat) <= 90:
            sheet.line(frame.left, y, frame.left - 4, y, color=GREY)
            sheet.text(frame.left - 7, y, _degree(lat, "NS"), 9, color=GREY, ha="right", va="center")


def _degrees(middle: float, ends: tuple[float, float], scale: float, most: int) -> Iterator[tuple[float, float]]:
    """Round degrees between two ends of the frame, each with its place."""
    half = (ends[1] - ends[0]) / 2 / scale
    by = step(2 * half, most)
    for number in range(math.ceil((middle - half) / by), math.floor((middle + half) / by) + 1):
        place = (ends[0] + ends[1]) / 2 + (number * by - middle) * scale
        if ends[0] + 12 <= place <= ends[1] - 12:
            yield number * by, place


def _degree(value: float, sides: str) -> str:
    number = f"{abs(value):.4f}".rstrip("0").rstrip(".")
    side = "" if number == "0" else f" {sides[value < 0]}"
    return f"{number}\N{DEGREE SIGN}{side}"


def _scale(sheet: Sheet, map: _Map) -> None:
    """A bar of a round number of kilometres."""
    frame = map.frame
    if (frame.top - frame.bottom) / map.scale > FLATTEST:
        return
    a_kilometre = map.scale / KILOMETRES
    length = step((frame.right - frame.left) / 4 / a_kilometre, 1)
    length = length if length * a_kilometre <= (frame.right - frame.left) / 4 else length / 2
    x, y, width = frame.left + 10, frame.bottom + 9, length * a_kilometre
    sheet.line(x, y, x + width, y, color=GREY, width=1.4)
    for end in (x, x + width):
        sheet.line(end, y - 3, end, y + 3, color=GREY, width=1.4)
    sheet.text(x + width + 6, y - 3, f"{length:g} km", 9, color=GREY, halo=True)


def _list(sheet: Sheet, found: Districts) -> None:
    """The districts with most incidents, the others together, and those whose district isn't known."""
    left, y = sheet.right - LIST, sheet.top - 8
    _line(sheet, y, "District", "incidents", "killed", bold=True)
    sheet.line(left, y - 5, sheet.right, y - 5)
    y -= 20
    first, rest = found.districts[:LINES], found.districts[LINES:]
    for one in first:
        _line(sheet, y, drawable(one.name, one.pcode), f"{one.total.incidents:,}", toll(one.total))
        y -= 16
    if rest:
        number = sum(one.total.incidents for one in rest)
        _line(sheet, y, f"{count(len(rest), 'other')}", f"{number:,}", "")
        y -= 16
    if found.unknown:
        _line(sheet, y, "not known", f"{found.unknown.incidents:,}", toll(found.unknown))
        y -= 16
    sheet.line(left, y + 10, sheet.right, y + 10)
    _line(sheet, y - 4, "All", *_of(found.all), bold=True)


def _of(total: Total) -> tuple[str, str]:
    return f"{total.incidents:,}", toll(total)


def _line(sheet: Sheet, y: float, name: str, incidents: str, killed: str, bold: bool = False) -> None:
    left = sheet.right - LIST
    sheet.text(left, y, fitting(name, 122, 9, bold), 9, bold=bold)
    sheet.text(left + 166, y, incidents, 9, bold=bold, ha="right")
    sheet.text(sheet.right, y, fitting(killed, 116, 9, bold), 9, bold=bold, ha="right")
