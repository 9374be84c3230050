"""Draws the pictures of a summary with matplotlib, which is imported here and nowhere above."""

from __future__ import annotations

from conflict_incidents.summary.completeness import Completeness
from conflict_incidents.summary.districts import Districts
from conflict_incidents.summary.drawing import completeness, districts, months, originators
from conflict_incidents.summary.drawing.sheet import Sheet, settings
from conflict_incidents.summary.months import OverTime
from conflict_incidents.summary.originators import Agreement
from conflict_incidents.summary.telling import Told


def draw(told: Told, found: OverTime | Districts | Agreement | Completeness) -> dict[str, bytes]:
    """A picture as SVG and as PNG, by the names of the files.

    Args:
        told: what it says in words.
        found: its numbers.
    """
    with settings():
        sheet = Sheet(told)
        match found:
            case OverTime():
                months.draw(sheet, found)
            case Districts():
                districts.draw(sheet, found)
            case Agreement():
                originators.draw(sheet, found)
            case Completeness():
                completeness.draw(sheet, found)
        return {f"{told.name}.svg": sheet.svg(), f"{told.name}.png": sheet.png()}
