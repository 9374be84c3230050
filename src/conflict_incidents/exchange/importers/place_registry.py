"""Resolve the place of a row to the registry by name and unit, or create it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from conflict_incidents.core.geo import arc_km
from conflict_incidents.core.ids import slug
from conflict_incidents.core.names import folded
from conflict_incidents.dataset.admin_units import AdminUnit
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.exchange.importers.store.store import Incoming
from conflict_incidents.exchange.importers.units import Units
from conflict_incidents.records.vocabulary import PRECISIONS_BY_LEVEL

APART_KM = 15.0
"""The maximum distance between two positions of one place: sources disagree about where a village ends."""
DECIMALS = 4
WHOLE_UNITS = {"adm1", "adm2", "adm3", "country"}
"""Levels that match only themselves: a village isn't the district of its name."""


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


@dataclass(frozen=True, slots=True)
class ResolvedPlace:
    """The id and level of a place, and its position in the registry.

    It is `ambiguous` if several places match, and none is that of the existing record.
    """

    id: str
    level: str
    position: GeoPoint | None
    ambiguous: bool = False


@dataclass(frozen=True, slots=True)
class _Known:
    id: str
    country: str
    level: str
    admin: dict[str, str]
    position: GeoPoint | None


class PlaceResolver:
    """Looks up and creates places; `created` are the new ones, in the order of rows.

    If several match, the place of the existing record is kept even if another one is nearer: `kept` returns these
    places by the foreign id of the row and the id of the site.
    """

    def __init__(self, dataset: Dataset, kept: Callable[[], Mapping[tuple[str, str], str]] = dict) -> None:
        self._kept = cache(kept)
        self.created: dict[str, Incoming] = {}
        self.units = Units(dataset)
        self._by_name: dict[tuple[str, str], list[_Known]] = {}
        self._ids = {id.casefold() for id in dataset.index.ids("places")}
        for id in dataset.index.ids("places"):
            place = dataset.registry.place(id)
            if place:
                position = GeoPoint(place.lat, place.lon) if place.lat is not None and place.lon is not None else None
                known = _Known(id, place.country or "", place.level, place.admin, position)
                self._remember(known, (place.name, id, *(name.spelling for name in place.names)))

    def knows(self, wanted: PlaceQuery) -> ResolvedPlace | None:
        """Return the matching place of the registry; None if there is none."""
        fitting = [
            known for known in self._by_name.get((wanted.country, folded(wanted.name)), ()) if _fits(known, wanted)
        ]
        if not fitting:
            return None
        kept = self._kept().get(wanted.row) if len(fitting) > 1 else None
        best = min(fitting, key=lambda known: (known.id != kept, _distance(known, wanted), len(known.id), known.id))
        return ResolvedPlace(best.id, best.level, best.position, len(fitting) > 1 and best.id != kept)

    def place(self, wanted: PlaceQuery) -> ResolvedPlace:
        """Return the matching place, creating it if missing."""
        found = self.knows(wanted)
        if found:
            return found
        id = self._free_id(wanted)
        record: dict[str, Any] = {"id": id, "name": wanted.name, "level": wanted.level, "country": wanted.country}
        if wanted.admin:
            record["admin"] = dict(wanted.admin)
        if wanted.position:
            record |= {"lat": wanted.position.lat, "lon": wanted.position.lon, "coordinates": "published"}
            record["coordinates_from"] = wanted.source
        self.created[id] = Incoming("place", record)
        self._ids.add(id)
        self._remember(_Known(id, wanted.country, wanted.level, wanted.admin, wanted.position), (wanted.name, id))
        return ResolvedPlace(id, wanted.level, wanted.position)

    def of_unit(self, unit: AdminUnit, admin: dict[str, str], row: tuple[str, str]) -> ResolvedPlace:
        """Return the place that represents an administrative unit."""
        return self.place(PlaceQuery(unit.name, unit.country, admin, level=f"adm{unit.level}", row=row))

    def _remember(self, known: _Known, names: Iterable[str]) -> None:
        for name in dict.fromkeys(folded(name) for name in names):
            if name:
                self._by_name.setdefault((known.country, name), []).append(known)

    def _free_id(self, wanted: PlaceQuery) -> str:
        """Derive an id from the name; if taken, append its unit, then a number. Non-Latin names get a hash."""
        base = slug(wanted.name) or f"place-{hashlib.sha256(wanted.name.encode()).hexdigest()[:8]}"
        unit = next((wanted.admin[level].lower() for level in ("adm3", "adm2", "adm1") if level in wanted.admin), "")
        options = [base[:48], *([f"{base[:48]}-{unit}"] if unit else [])]
        free = next((option for option in options if option not in self._ids), None)
        number = 2
        while free is None:
            free = f"{base[:48]}-{number}" if f"{base[:48]}-{number}" not in self._ids else None
            number += 1
        return free.strip("-")


def _fits(known: _Known, wanted: PlaceQuery) -> bool:
    if known.level != wanted.level and WHOLE_UNITS & {known.level, wanted.level}:
        return False
    if wanted.close and "near" not in PRECISIONS_BY_LEVEL[known.level]:
        return False
    if any(known.admin[level] != code for level, code in wanted.admin.items() if level in known.admin):
        return False
    return _distance(known, wanted) <= APART_KM


def _distance(known: _Known, wanted: PlaceQuery) -> float:
    return known.position.km(wanted.position) if known.position and wanted.position else 0.0
