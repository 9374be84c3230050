"""Incidents by district, with the position of each district.

A release has no boundaries: a district is drawn at the mean position of its incidents.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from conflict_incidents.release.pictures.groups import IncidentGroup, all_incidents, group_by

LEVELS = (3, 2, 1)
"""The levels of administrative units, the finest first."""
MIN_SHARE = 0.5
"""The minimum share of incidents with a known unit for a level to be used."""
DRAWN_PRECISIONS = ("exact", "near")
"""The precisions of incidents to draw as dots."""


@dataclass(frozen=True, slots=True)
class District:
    """A unit: its incidents, its p-code, and the mean position of its incidents, if known."""

    group: IncidentGroup
    pcode: str
    lon: float | None
    lat: float | None


@dataclass(frozen=True, slots=True)
class Districts:
    """The units of one level (0 if no unit is known), most incidents first.

    `unknown` are the incidents with an unknown unit; `dots` are positions as longitude and
    latitude; `unplaced` is the number of incidents that aren't known to be at or near one place.
    """

    level: int
    districts: tuple[District, ...]
    unknown: IncidentGroup | None
    dots: tuple[tuple[float, float], ...]
    unplaced: int


def districts(incidents: pd.DataFrame) -> Districts:
    """Return the districts of published rows of the table `incidents`."""
    places = incidents[["lon", "lat"]].astype("Float64").astype(float)
    has_position = incidents["place_precision"].isin(DRAWN_PRECISIONS) & places.notna().all(axis=1)
    level = _level(incidents)
    groups, unknown = group_by(incidents, f"adm{level}") if level else ([], all_incidents(incidents))
    names = _names(incidents, level) if level else {}
    rows = []
    for group in groups:
        here = incidents[f"adm{level}_pcode"].eq(group.key).fillna(False).astype(bool)
        centre = places[here & has_position if (here & has_position).any() else here].mean()
        lon, lat = (None if np.isnan(value) else float(value) for value in (centre["lon"], centre["lat"]))
        rows.append(District(replace(group, key=names[str(group.key)]), str(group.key), lon, lat))
    return Districts(
        level=level,
        districts=tuple(sorted(rows, key=lambda one: (-one.group.incidents, one.group.key, one.pcode))),
        unknown=unknown if unknown and unknown.incidents else None,
        dots=tuple(sorted(set(places[has_position].itertuples(index=False, name=None)))),
        unplaced=int((~has_position).sum()),
    )


def _level(incidents: pd.DataFrame) -> int:
    """Return the finest level at which enough incidents have a unit, else the one at which most do; 0 if none."""
    shares = {level: incidents[f"adm{level}_pcode"].notna().mean() for level in LEVELS} if len(incidents) else {}
    fine = [level for level in LEVELS if shares.get(level, 0) >= MIN_SHARE]
    best = max(shares, key=lambda level: (shares[level], level), default=0)
    return fine[0] if fine else best if shares.get(best) else 0


def _names(incidents: pd.DataFrame, level: int) -> dict[str, str]:
    """Return the name of each unit by code; with the code if names are equal, or the code itself without a name."""
    columns = [f"adm{level}_pcode", f"adm{level}_name"]
    rows = incidents[columns].dropna(subset=columns[:1]).drop_duplicates(columns[0]).astype("string").fillna("")
    often = Counter(rows[columns[1]])
    return {
        str(code): (str(name) if often[name] == 1 else f"{name} ({code})") if name else str(code)
        for code, name in rows.itertuples(index=False, name=None)
    }
