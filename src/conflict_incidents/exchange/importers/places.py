"""Resolve the places of rows to the registry, or create them: one resolver for all importers.

Two names are one place if they differ only in case, accents and the word for the kind of place ("town"), and are in the
same units and at most 15 km apart; other places of the name are different ones.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from conflict_incidents.core.geo import arc_km
from conflict_incidents.core.ids import slug
from conflict_incidents.core.names import fold
from conflict_incidents.dataset.aliases import aliases
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.exchange.importers.store.store import Incoming
from conflict_incidents.exchange.importers.units import Units
from conflict_incidents.records.cells import tidy
from conflict_incidents.records.vocabulary import PRECISIONS_BY_LEVEL

APART_KM = 15.0
"""The maximum distance between two positions of one place: sources disagree about where a village ends."""
DECIMALS = 4
"""The decimals of the position of a place."""
WHOLE_UNITS = {"adm1", "adm2", "adm3", "country"}
"""Levels that match only themselves: a village isn't the district of its name."""
TIMEZONES = {"SYR": "Asia/Damascus"}
"""The time zones of countries with a single one, as far as needed."""
_SETTLEMENT = re.compile(r"(?i)\s+(town|village|city)\Z")


@dataclass(frozen=True, slots=True)
class GeoPoint:
    """A position in degrees, WGS 84."""

    lat: float
    lon: float

    def km(self, other: GeoPoint) -> float:
        """Return the distance in kilometres."""
        return arc_km(self.lat, self.lon, other.lat, other.lon)


@dataclass(frozen=True, slots=True)
class PlaceQuery:
    """A place as named by a row; `admin` has p-codes by level (`adm1`), `level` is its level if it is new."""

    name: str
    country: str
    admin: dict[str, str] = field(default_factory=dict)
    position: GeoPoint | None = None
    level: str = "settlement"
    source: str = ""
    """A description of the origin of the position."""
    close: bool = False
    """Whether only places that an incident can be at or near match, not areas."""
    row: tuple[str, str] = ("", "")
    """The foreign id of the row, and the id of the site in its record."""
    text: str = ""
    """The name as in the row, if `name` is a part of it."""
    variants: tuple[str, ...] = ()
    """Other names of the place."""
    units: tuple[str, ...] = ()
    """The names of its units, the smallest first: those of one name have them in their ids."""


@dataclass(frozen=True, slots=True)
class ResolvedPlace:
    """A place as the registry has it.

    It is `ambiguous` if several places match, and none is that of the existing record.
    """

    id: str
    name: str
    level: str
    admin: dict[str, str]
    position: GeoPoint | None
    ambiguous: bool = False


class PlaceResolver:
    """Looks up and creates places; `created` are the new ones, in the order of rows.

    The place of the existing record is kept even if another one is nearer: `earlier` returns these places by the id
    of the row and the id of the site.
    """

    def __init__(self, dataset: Dataset, earlier: Callable[[], Mapping[tuple[str, str], str]] = dict) -> None:
        self._earlier_place = cache(earlier)
        self.created: dict[str, Incoming] = {}
        self.units = Units(dataset)
        self._aliases = aliases(dataset, "place_aliases")
        self._by_id: dict[str, ResolvedPlace] = {}
        self._by_name: dict[tuple[str, str], list[ResolvedPlace]] = {}
        self._by_unit: dict[tuple[str, str, str], ResolvedPlace] = {}
        self._ids = {id.casefold() for id in dataset.index.ids("places")}
        for place in (place for id in sorted(dataset.index.ids("places")) if (place := dataset.registry.place(id))):
            position = GeoPoint(place.lat, place.lon) if place.lat is not None and place.lon is not None else None
            resolved = ResolvedPlace(place.id, place.name, place.level, place.admin, position)
            self._remember(
                resolved, place.country or "", (place.name, place.id, *(name.spelling for name in place.names))
            )

    def find(self, query: PlaceQuery) -> ResolvedPlace | None:
        """Return the matching place of the registry or among those created; None if there is none."""
        text = query.text or query.name
        alias = self._by_id.get(self._aliases.get((fold(query.country), fold(text)), ""))
        if alias:
            return alias
        names = dict.fromkeys(fold(bare(name)) for name in (query.name, text))
        by_name = {place.id: place for name in names for place in self._by_name.get((query.country, name), ())}
        near = [place for place in by_name.values() if _distance(place, query) <= APART_KM]
        fitting = [place for place in near if _fits(place, query)]
        earlier = self._earlier_place().get(query.row) if len(fitting) != 1 and near else None
        if earlier in {place.id for place in near}:
            return self._by_id[str(earlier)]
        if fitting:
            best = min(fitting, key=lambda place: (_distance(place, query), len(place.id), place.id))
            return replace(best, ambiguous=len(fitting) > 1)
        return self._by_unit.get((query.country, query.level, _unit(query.level, query.admin)))

    def place(self, query: PlaceQuery) -> ResolvedPlace:
        """Return the matching place, creating it if missing."""
        place = self.find(query)
        if place:
            return place
        record: dict[str, Any] = {"id": self._free_id(query), "name": query.name}
        if query.variants:
            latin = {"language": "en", "script": "Latn"}
            record["names"] = [{"text": text} | (latin if slug(text) else {}) for text in query.variants]
        record |= {"level": query.level, "country": query.country}
        if query.admin:
            record["admin"] = dict(query.admin)
        if query.position:
            record |= {"lat": query.position.lat, "lon": query.position.lon, "coordinates": "published"}
            record["coordinates_from"] = query.source
        if query.country in TIMEZONES:
            record["timezone"] = TIMEZONES[query.country]
        self.created[record["id"]] = Incoming("place", record)
        self._ids.add(record["id"])
        created = ResolvedPlace(record["id"], query.name, query.level, query.admin, query.position)
        self._remember(created, query.country, (query.name, created.id, *query.variants))
        return created

    def _remember(self, place: ResolvedPlace, country: str, names: Iterable[str]) -> None:
        self._by_id[place.id] = place
        for name in dict.fromkeys(fold(bare(name)) for name in names):
            if name:
                self._by_name.setdefault((country, name), []).append(place)
        if unit := _unit(place.level, place.admin):
            self._by_unit.setdefault((country, place.level, unit), place)

    def _free_id(self, query: PlaceQuery) -> str:
        """Derive an id from the name; if taken, append its unit, then a number. Non-Latin names get a hash."""
        base = slug(query.name) or f"place-{hashlib.sha256(query.name.encode()).hexdigest()[:8]}"
        holder, kind = self._by_id.get(base), _SETTLEMENT.search(query.text)
        tails = [kind[1].lower()] if kind and holder and holder.level in WHOLE_UNITS else []
        tails += [slug(bare_unit(unit)) for unit in query.units]
        tails += [query.admin[level].lower() for level in ("adm3", "adm2", "adm1") if level in query.admin]
        options = (base, *(f"{base[:30]}-{tail[:32]}" for tail in tails if tail))
        numbers = (f"{base[:48]}-{number}" for number in range(2, len(self._ids) + 3))
        return next(id for option in (*options, *numbers) if (id := option[:63].strip("-")) not in self._ids)


def bare(name: str) -> str:
    """Remove the kind of place from a name: "Foah village" is Foah."""
    return _SETTLEMENT.sub("", tidy(name))


def bare_unit(name: str) -> str:
    """Remove the kind of unit from a name: "Ariha district" is Ariha."""
    kinds = r"district|governorate|province|state|county|region|municipality|department|oblast"
    return re.sub(rf"(?i)\s+(?:{kinds})\Z", "", tidy(name))


def _unit(level: str, admin: Mapping[str, str]) -> str:
    """Return the unit that a place of a level is: its p-code, `country` for a country; empty if it isn't known."""
    return level if level == "country" else admin.get(level, "")


def _fits(place: ResolvedPlace, query: PlaceQuery) -> bool:
    if place.level != query.level and WHOLE_UNITS & {place.level, query.level}:
        return False
    if query.close and "near" not in PRECISIONS_BY_LEVEL[place.level]:
        return False
    return all(place.admin[level] == code for level, code in query.admin.items() if level in place.admin)


def _distance(place: ResolvedPlace, query: PlaceQuery) -> float:
    return place.position.km(query.position) if place.position and query.position else 0.0
