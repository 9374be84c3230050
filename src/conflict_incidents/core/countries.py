"""Countries: ISO 3166-1 alpha-3 codes by name or code, and their bounding boxes."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from functools import cache
from importlib.machinery import PathFinder
from pathlib import Path

from conflict_incidents.core.ids import slug
from conflict_incidents.core.resources import csv_rows

TERRITORIAL_SEA = 0.2
"""The degrees, about 12 nautical miles, by which the box of a country is widened."""
ECONOMIC_ZONE = 3.4
"""The degrees, about 200 nautical miles, within which an event at sea may be coded to a country."""


def alpha3(text: str) -> str | None:
    """Return the alpha-3 code of a country by name or code; None if unknown."""
    text = text.strip()
    if re.fullmatch("X[A-Z]{2}", text):  # reserved by ISO for users
        return text
    code = text.zfill(3) if text.isascii() and text.isdigit() else text.upper()
    return _codes().get(code) or _names().get(slug(text))


def alpha2(code: str) -> str | None:
    """Return the alpha-2 code of the country with an alpha-3 code; None if unknown."""
    return _by_alpha3().get(code, {}).get("alpha_2")


def name_of(code: str) -> str:
    """Return the English name of the country with an alpha-3 code; the code itself if unknown."""
    if usual := next((name for name, iso3 in _usual_names() if iso3 == code), None):
        return usual
    country = _by_alpha3().get(code, {})
    return country.get("common_name") or country.get("name", code)


def may_contain(code: str, lat: float, lon: float, margin: float = TERRITORIAL_SEA) -> bool:
    """Whether a position can be in a country or its territorial sea; always true for a country without outline.

    The boxes are those of Natural Earth, widened by `margin` degrees; disputed territory is in those of each country.
    """
    boxes = country_boxes().get(code)
    return boxes is None or any(
        south - margin <= lat <= north + margin and west - margin <= lon <= east + margin
        for west, south, east, north in boxes
    )


def countries_containing(positions: Collection[tuple[float, float]]) -> list[str]:
    """Return the countries that may contain all positions (latitude and longitude), the smallest first."""
    sizes = {
        code: sum((north - south) * (east - west) for west, south, east, north in boxes)
        for code, boxes in country_boxes().items()
        if positions and all(may_contain(code, *position) for position in positions)
    }
    return sorted(sizes, key=lambda code: (sizes[code], code))


@cache
def country_boxes() -> dict[str, list[tuple[float, ...]]]:
    """The boxes of countries' parts by alpha-3: west, south, east, north in degrees (`scripts/country_boxes.py`)."""
    boxes: dict[str, list[tuple[float, ...]]] = {}
    for row in csv_rows(__file__, "country_boxes.csv"):
        box = tuple(float(row[side]) for side in ("west", "south", "east", "north"))
        boxes.setdefault(row["iso3"], []).append(box)
    return boxes


@cache
def _usual_names() -> list[tuple[str, str]]:
    """Names common in conflict data but not in ISO, with the alpha-3 code; the preferred one first."""
    return [(row["name"], row["iso3"]) for row in csv_rows(__file__, "country_names.csv")]


@cache
def _codes() -> dict[str, str]:
    """Map codes to alpha-3."""
    return {one[form]: code for code, one in _by_alpha3().items() for form in ("numeric", "alpha_2", "alpha_3")}


@cache
def _names() -> dict[str, str]:
    """Map names as slugs to alpha-3."""
    forms = ("name", "common_name", "official_name")
    names = [(one[form], code) for code, one in _by_alpha3().items() for form in forms if form in one]
    return {slug(name): code for name, code in [*names, *_usual_names()]}


@cache
def _by_alpha3() -> dict[str, dict[str, str]]:
    """The countries of ISO 3166-1, from pycountry's file: importing pycountry takes longer than most commands need."""
    package = PathFinder.find_spec("pycountry")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("no module named 'pycountry'", name="pycountry")
    file = Path(package.origin).parent / "databases" / "iso3166-1.json"
    return {country["alpha_3"]: country for country in json.loads(file.read_text("utf-8"))["3166-1"]}
