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
    lines = (files("tzdata") / "zoneinfo" / "zone1970.tab").read_text("utf-8").splitlines() if known else []
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    return tuple(name for codes, _, name, *_ in rows if known in codes.split(","))
