"""Time zones: the known names, and the zones of a country."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from conflict_incidents.core.countries import alpha2
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
    """Return the zones of a country (alpha-3) according to `tzdata`; none for one that it doesn't list."""
    known = alpha2(country)
    return tuple(name for name, codes in _countries_by_zone().items() if known in codes)


def is_foreign(zone: str, country: str) -> bool:
    """Whether a zone is that of other countries only; another name of a zone is of none."""
    own = zones_of(country)
    return bool(own) and zone not in own and zone in _countries_by_zone()


@cache
def _countries_by_zone() -> dict[str, list[str]]:
    lines = (files("tzdata") / "zoneinfo" / "zone1970.tab").read_text("utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    return {name: codes.split(",") for codes, _, name, *_ in rows}
