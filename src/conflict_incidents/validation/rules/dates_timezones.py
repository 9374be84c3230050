"""Time zones: the known names, and the zones of a country."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

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
