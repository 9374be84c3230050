"""Resolve the places of a source to one canonical place each in the registry.

Two names are one place if they differ only in case, accents and the word for the kind of place ("town"), and have the
same position; equal names elsewhere are different places.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from conflict_incidents.core.crosswalks import UCDP_WHERE_PREC, words
from conflict_incidents.core.ids import slug
from conflict_incidents.core.names import folded
from conflict_incidents.dataset.aliases import aliases
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.exchange.importers.store.store import Incoming
from conflict_incidents.exchange.importers.units import Units
from conflict_incidents.records.cells import tidy
from conflict_incidents.records.model import Place
from conflict_incidents.records.vocabulary import PRECISIONS_BY_LEVEL

PRECISIONS = words(UCDP_WHERE_PREC)
"""Our precision by UCDP's `where_prec`."""
DECIMALS = 4
TIMEZONES = {"SYR": "Asia/Damascus"}
"""The time zones of countries with a single one, as far as needed."""
_COARSE = (("6", "country"), ("4", "adm1"), ("3", "adm2"), ("5", "area"), ("7", "area"))
_SETTLEMENT = re.compile(r"(?i)\s+(town|village|city)\Z")
_AREA = re.compile(
    r"(?i)\b(?:area|areas|plains?|valleys?|border|borders|roads?|highway|region|mountains|desert|forest|sea|gulf|lake|river"
    r"|stream|coast|front|(?:north|south|east|west|central)\w* .*governorate)\b"
)
_NEIGHBOURHOOD = re.compile(r"(?i)\b(?:suburbs?|neighbou?rhood|quarter|ward|barrio|colonia)\b")
_POINT = re.compile(
    r"(?i)\b(?:air ?base|airbase|airport|base|checkpoint|check point|prison|camp|hill|mount|mountain|jabal|farm"
    r"|hospital|crossing|bridge|barracks|brigade|dam|field|facility|station|shrine|mosque|church|school|university|mine|port"
    r"|compound|island|pass)\b"
)
_FALLBACK = {"settlement": "near", "point": "near", "neighbourhood": "near", "area": "area", "country": "country"}


@dataclass(frozen=True, slots=True)
class Spot:
    """The location stated by a row; `lat` and `lon` are rounded, None if there is none in the country."""

    name: str
    country: str
    adm1: str
    adm2: str
    lat: float | None
    lon: float | None
    code: str = ""
    """The `where_prec` of the place."""
    instead: str = ""
    """The column of the unit that replaces a missing name."""


@dataclass(frozen=True, slots=True)
class ResolvedSpot:
    """The place of a spot as the registry has it: id, name, level, position, p-codes."""

    id: str
    name: str
    level: str
    lat: float | None
    lon: float | None
    admin: dict[str, str] = field(default_factory=dict, hash=False)

    def precision(self, code: str) -> tuple[str, bool]:
        """Return the precision of a site for a `where_prec`, and whether that gives the code back."""
        wanted = PRECISIONS[code]
        if wanted in PRECISIONS_BY_LEVEL[self.level]:
            return wanted, True
        return _FALLBACK.get(self.level, self.level), False


_Key = tuple[str, str, float | None, float | None]
"""The identity of a place."""


@dataclass(slots=True)
class _Group:
    spots: list[Spot] = field(default_factory=list)
    codes: set[str] = field(default_factory=set)


class SpotResolver:
    """Looks up and creates places. All spots of the source are needed at once, so that ids don't depend on their order.

    `created` are the new places.
    """

    def __init__(self, dataset: Dataset, source: str) -> None:
        self.dataset = dataset
        self.source = source
        self.units = Units(dataset)
        self.created: dict[str, Incoming] = {}
        self._aliases = aliases(dataset, "place_aliases")
        self._taken: set[str] = set(dataset.index.ids("places"))
        self._named: dict[tuple[str, str], list[Place]] = {}
        self._of_unit: dict[tuple[str, str, str], Place] = {}
        self._countries: dict[str, Place] = {}
        for place in (place for id in sorted(self._taken) if (place := dataset.registry.place(id))):
            for name in {folded(bare(name)) for name in (place.name, *(name.spelling for name in place.names))}:
                self._named.setdefault((place.country or "", name), []).append(place)
            if place.level == "country":
                self._countries.setdefault(place.country or "", place)
            if place.level in place.admin:
                self._of_unit.setdefault((place.country or "", place.level, place.admin[place.level]), place)
        self._found: dict[_Key, ResolvedSpot] = {}

    def prepare(self, spots: Iterable[tuple[Spot, str]]) -> None:
        """Find or create the place of every spot, each given with its `where_prec`."""
        groups: dict[_Key, _Group] = {}
        for spot, code in spots:
            group = groups.setdefault(self._key(spot), _Group())
            group.spots.append(spot)
            group.codes.add(code)
        unmatched = []
        for key in sorted(groups, key=lambda key: tuple(str(part) for part in key)):
            place = self._match(groups[key])
            if place:
                self._found[key] = ResolvedSpot(place.id, place.name, place.level, place.lat, place.lon, place.admin)
            else:
                unmatched.append(key)
        homonyms: dict[str, int] = {}
        for key in groups:
            name = slug(bare(self._first(groups[key]).name))
            homonyms[name] = homonyms.get(name, 0) + 1
        for key in unmatched:
            self._make(key, groups[key], homonyms)

    def at(self, spot: Spot) -> ResolvedSpot:
        """Return the place of a prepared spot."""
        return self._found[self._key(spot)]

    def _key(self, spot: Spot) -> _Key:
        """Return name and position; without a position the known units."""
        units = (
            ""
            if spot.lat is not None
            else "".join(f" {code}" for code in self.units.codes(spot.country, spot.adm1, spot.adm2).values())
        )
        return spot.country, folded(bare(spot.name)) + units, spot.lat, spot.lon

    def _match(self, group: _Group) -> Place | None:
        spot = self._first(group)
        alias = self._aliases.get((folded(spot.country), folded(spot.name)))
        if alias and (place := self.dataset.registry.place(alias)):
            return place
        unit = self.units.codes(spot.country, spot.adm1, spot.adm2)
        level = _level(group, spot.name)
        names = {folded(bare(_names(spot.name, one)[0])) for one in (level, "settlement")}
        for place in (place for name in sorted(names) for place in self._named.get((spot.country, name), [])):
            there = spot.lat is not None and (place.lat, place.lon) == (spot.lat, spot.lon)
            if there or (spot.lat is None and place.lat is None and place.admin == unit):
                return place
        if level == "country" and spot.instead and (place := self._countries.get(spot.country)):
            return place
        return self._of_unit.get((spot.country, level, unit[level])) if level in unit else None

    def _make(self, key: _Key, group: _Group, homonyms: dict[str, int]) -> None:
        spot = self._first(group)
        level = _level(group, spot.name)
        name, variants = _names(spot.name, level)
        record: dict[str, Any] = {"id": self._id(spot, name, homonyms), "name": name}
        if variants:
            latin = {"language": "en", "script": "Latn"}
            record["names"] = [{"text": text} | (latin if slug(text) else {}) for text in variants]
        record |= {"level": level, "country": spot.country}
        admin = self.units.codes(spot.country, spot.adm1, spot.adm2)
        if level in {"adm1", "country"}:
            admin = {unit: code for unit, code in admin.items() if unit == "adm1" and level == "adm1"}
        if admin:
            record["admin"] = admin
        if spot.lat is not None:
            record |= {"lat": spot.lat, "lon": spot.lon, "coordinates": "published", "coordinates_from": self.source}
        if spot.country in TIMEZONES:
            record["timezone"] = TIMEZONES[spot.country]
        self.created[record["id"]] = Incoming("place", record)
        self._found[key] = ResolvedSpot(record["id"], name, level, record.get("lat"), record.get("lon"), admin)

    def _id(self, spot: Spot, name: str, homonyms: dict[str, int]) -> str:
        word = _SETTLEMENT.search(spot.name)
        stem = slug(name) or f"place-{spot.country.lower()}"
        alone = homonyms.get(slug(bare(spot.name)), 0) < 2
        tails = [""] if alone else []
        tails += [word[1].lower()] if word and alone else []
        tails += [slug(bare_unit(spot.adm2)), slug(bare_unit(spot.adm1)), spot.country.lower()]
        for tail in [*tails, *(str(number) for number in range(2, len(self._taken) + 3))]:
            id = f"{stem[: 63 - len(tail)].strip('-')}-{tail}" if tail else stem
            if id not in self._taken and (tail or alone):
                self._taken.add(id)
                return id
        raise AssertionError("there are more numbers than places")

    @staticmethod
    def _first(group: _Group) -> Spot:
        return min(group.spots, key=lambda spot: (spot.name, spot.adm1, spot.adm2))


def bare(name: str) -> str:
    """Remove the kind of place from a name: "Foah village" is Foah."""
    return _SETTLEMENT.sub("", tidy(name))


def bare_unit(name: str) -> str:
    """Remove the kind of unit from a name: "Ariha district" is Ariha."""
    kinds = r"district|governorate|province|state|county|region|municipality|department|oblast"
    return re.sub(rf"(?i)\s+(?:{kinds})\Z", "", tidy(name))


def _names(text: str, level: str) -> tuple[str, list[str]]:
    """Return the name to publish, and further ones: those in brackets or after a slash."""
    name = tidy(text)
    if level in {"settlement", "point", "neighbourhood"}:
        inside = re.findall(r"\(([^()]+)\)", name)
        outside = bare(tidy(re.sub(r"\([^()]*\)", " ", name)))
        first, *others = [bare(part) for part in outside.split("/") if part.strip()] or [name]
        variants = [tidy(part) for part in [*others, *inside] if tidy(part) and tidy(part) != first]
        return first, list(dict.fromkeys(variants))
    return name, []


def _level(group: _Group, name: str) -> str:
    for code, level in _COARSE:
        if code in group.codes:
            return level
    if re.match(r"(?i)(?:compound|house|home|residence|farm) (?:outside|near|in|at)\b", name):
        return "point"
    if _SETTLEMENT.search(name):
        return "settlement"
    for pattern, level in ((_AREA, "area"), (_NEIGHBOURHOOD, "neighbourhood"), (_POINT, "point")):
        if pattern.search(name):
            return level
    return "settlement"
