"""Time zones: the known names, and the zones of a country."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from conflict_incidents.core.countries import alpha2, alpha3
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.records.model import Incident


@cache
def zone_names() -> frozenset[str]:
    """Return the IANA names according to `tzdata`: systems add other names, and some accept `asia/damascus`."""
    return frozenset((files("tzdata") / "zones").read_text("utf-8").split())


def zone_of(incident: Incident, dataset: Dataset) -> ZoneInfo | None:
    """Return the time zone of an incident: its own, or that of its place; None if unknown."""
    place = dataset.registry.place(incident.primary.place) if incident.primary else None
    name = incident.timezone or (place.timezone if place else None)
    return ZoneInfo(name) if name in zone_names() else None


def other_zones(zone: str, known: tuple[str, ...], moments: tuple[datetime, ...]) -> tuple[str, ...]:
    """Return the known zones of a place if none of them has the offsets from UTC of a zone; empty if one has.

    Offsets are compared, as a zone has several names.
    """
    fits = not known or zone in known or _offsets(zone, moments) in [_offsets(name, moments) for name in known]
    return () if fits else known


def _offsets(zone: str, moments: tuple[datetime, ...]) -> tuple[object, ...]:
    return tuple(moment.replace(tzinfo=ZoneInfo(zone)).utcoffset() for moment in moments)


@cache
def zones_of(country: str) -> tuple[str, ...]:
    """Return the zones of a country (alpha-3) by `tzdata`, its own first; none for one that isn't listed."""
    known = alpha2(country)
    own = [name for name, codes in _countries_by_zone().items() if known in codes]
    return tuple(sorted(own, key=lambda name: len(_countries_by_zone()[name])))


def is_foreign(zone: str, country: str) -> bool:
    """Whether a zone is that of other countries only; another name of a zone is of none."""
    known = countries_of(zone)
    return bool(known) and bool(zones_of(country)) and country not in known


def countries_of(zone: str) -> list[str]:
    """Return the countries (alpha-3) of a zone."""
    return [code for code in map(alpha3, _countries_by_zone().get(zone, ())) if code]


@cache
def _countries_by_zone() -> dict[str, list[str]]:
    """Map zones to countries (alpha-2): all that have shared one since 1970, and those that have its name."""
    countries: dict[str, list[str]] = {}
    for table in ("zone1970.tab", "zone.tab"):
        for line in (files("tzdata") / "zoneinfo" / table).read_text("utf-8").splitlines():
            if not line.startswith("#"):
                codes, _, name, *_ = line.split("\t")
                countries.setdefault(name, []).extend(codes.split(","))
    return countries
