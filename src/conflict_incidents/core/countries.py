"""Countries: ISO 3166-1 alpha-3 codes by name or code, and their bounding boxes."""

from __future__ import annotations

import csv
import re
from collections.abc import Collection
from functools import cache
from pathlib import Path

from pycountry import countries

from conflict_incidents.core.ids import slug

TERRITORIAL_SEA = 0.2
"""Degrees, about 12 nautical miles, by which the box of a country is widened."""


def alpha3(text: str) -> str | None:
    """The alpha-3 code of a country that is named or coded so, None where no country is."""
    text = text.strip()
    if re.fullmatch("X[A-Z]{2}", text):  # ISO leaves these to its users
        return text
    code = text.zfill(3) if text.isascii() and text.isdigit() else text.upper()
    return _codes().get(code) or _codes().get(slug(text))


def name_of(code: str) -> str:
    """The English name of the country with this alpha-3 code, the code itself where there is none."""
    if usual := next((name for name, iso3 in _usual_names() if iso3 == code), None):
        return usual
    country = countries.get(alpha_3=code)
    return str(getattr(country, "common_name", country.name)) if country else code


def may_hold(code: str, lat: float, lon: float) -> bool:
    """Whether a position can be in a country or its territorial sea; of a country without outline anything can.

    The boxes are those of Natural Earth; territory that several countries control or claim is in the boxes of each.
    """
    boxes = _boxes().get(code)
    return boxes is None or any(
        south - TERRITORIAL_SEA <= lat <= north + TERRITORIAL_SEA
        and west - TERRITORIAL_SEA <= lon <= east + TERRITORIAL_SEA
        for west, south, east, north in boxes
    )


def holding(positions: Collection[tuple[float, float]]) -> list[str]:
    """The countries that may hold all positions (latitude and longitude), the smallest first; none for no position."""
    sizes = {
        code: sum((north - south) * (east - west) for west, south, east, north in boxes)
        for code, boxes in _boxes().items()
        if positions and all(may_hold(code, *position) for position in positions)
    }
    return sorted(sizes, key=lambda code: (sizes[code], code))


@cache
def _boxes() -> dict[str, list[tuple[float, ...]]]:
    """West, south, east and north of the parts of countries in degrees, by alpha-3; `scripts/country_boxes.py`."""
    found: dict[str, list[tuple[float, ...]]] = {}
    with Path(__file__).with_name("country_boxes.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            box = tuple(float(row[side]) for side in ("west", "south", "east", "north"))
            found.setdefault(row["iso3"], []).append(box)
    return found


@cache
def _usual_names() -> list[tuple[str, str]]:
    """Names that data about conflicts use and ISO doesn't, with the alpha-3 code; the one to write first."""
    with Path(__file__).with_name("country_names.csv").open(encoding="utf-8", newline="") as stream:
        return [(row["name"], row["iso3"]) for row in csv.DictReader(stream)]


@cache
def _codes() -> dict[str, str]:
    """Codes, and names as slugs → alpha-3."""
    codes = {code: one.alpha_3 for one in countries for code in (one.numeric, one.alpha_2, one.alpha_3)}
    forms = ("name", "common_name", "official_name")
    names = [(getattr(one, form), one.alpha_3) for one in countries for form in forms if hasattr(one, form)]
    return codes | {slug(name): code for name, code in [*names, *_usual_names()]}
