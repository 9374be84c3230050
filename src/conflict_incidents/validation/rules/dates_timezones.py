"""Time zones: the known names, and the zones of a country."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.records.model import Incident


@cache
def zone_names() -> frozenset[str]:
    """The IANA list, as the package `tzdata` has it: systems add names of their own, and some read `asia/damascus`."""
    return frozenset((files("tzdata") / "zones").read_text("utf-8").split())


def zone_of(incident: Incident, dataset: Dataset) -> ZoneInfo | None:
    """The local time zone of an incident: its own, or its place's; None where neither is known."""
    place = dataset.registry.place(incident.primary.place) if incident.primary else None
    name = incident.timezone or (place.timezone if place else None)
    return ZoneInfo(name) if name in zone_names() else None
