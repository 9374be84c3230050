"""Incidents by district, with the position of each district.

A release has no boundaries: a district is drawn at the mean position of its incidents.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from conflict_incidents.release.pictures.groups import Group, grouped, whole

LEVELS = (3, 2, 1)
"""The levels of administrative units, the finest first."""
ENOUGH = 0.5
"""The share of the incidents whose unit has to be known for a level to be taken."""
PLACED = ("exact", "near")
"""The precisions of incidents that are drawn as a dot."""


@dataclass(frozen=True, slots=True)
class District:
    """A unit: its incidents under its name, its p-code, and the mean position of its incidents where any is known."""

    group: Group
    pcode: str
    lon: float | None
    lat: float | None


@dataclass(frozen=True, slots=True)
class Districts:
    """The units of one level (0 where no unit is known), the one with most incidents first.

    `unknown` are the incidents whose unit isn't known; `dots` the places of incidents as longitude and latitude, which
    may go on beyond 180 degrees; `unplaced` counts the incidents that aren't known to have been at or near one place.
    """

    level: int
    districts: tuple[District, ...]
    unknown: Group | None
    dots: tuple[tuple[float, float], ...]
    unplaced: int


def districts(incidents: pd.DataFrame) -> Districts:
    """The districts of published rows of the table `incidents`."""
    places = incidents[["lon", "lat"]].astype("Float64").astype(float)
    places["lon"] = _together(places["lon"].to_numpy())
    placed = incidents["place_precision"].isin(PLACED) & places.notna().all(axis=1)
    level = _level(incidents)
    groups, unknown = grouped(incidents, f"adm{level}") if level else ([], whole(incidents))
    names = _names(incidents, level) if level else {}
    found = []
    for group in groups:
        here = incidents[f"adm{level}_pcode"].eq(group.key).fillna(False).astype(bool)
        centre = places[here & placed if (here & placed).any() else here].mean()
        lon, lat = (None if np.isnan(value) else float(value) for value in (centre["lon"], centre["lat"]))
        found.append(District(replace(group, key=names[str(group.key)]), str(group.key), lon, lat))
    return Districts(
        level=level,
        districts=tuple(sorted(found, key=lambda one: (-one.group.incidents, one.group.key, one.pcode))),
        unknown=unknown if unknown and unknown.incidents else None,
        dots=tuple(sorted(set(places[placed].itertuples(index=False, name=None)))),
        unplaced=int((~placed).sum()),
    )


def _level(incidents: pd.DataFrame) -> int:
    """The finest level at which enough incidents have a unit, else the one at which most have; 0 where none has."""
    shares = {level: incidents[f"adm{level}_pcode"].notna().mean() for level in LEVELS} if len(incidents) else {}
    fine = [level for level in LEVELS if shares.get(level, 0) >= ENOUGH]
    best = max(shares, key=lambda level: (shares[level], level), default=0)
    return fine[0] if fine else best if shares.get(best) else 0


def _names(incidents: pd.DataFrame, level: int) -> dict[str, str]:
    """The name of each unit by its code, with the code where two have the same, else the code."""
    columns = [f"adm{level}_pcode", f"adm{level}_name"]
    rows = incidents[columns].dropna(subset=columns[:1]).drop_duplicates(columns[0]).astype("string").fillna("")
    often = Counter(rows[columns[1]])
    return {
        str(code): (str(name) if often[name] == 1 else f"{name} ({code})") if name else str(code)
        for code, name in rows.itertuples(index=False, name=None)
    }


def _together(lon: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Longitudes shifted so that neighbours have similar numbers: cut where the widest empty stretch is, not at 180."""
    there = np.unique(lon[~np.isnan(lon)])
    if not len(there):
        return lon
    empty = np.diff(there, append=there[0] + 360)
    return np.where(lon < there[(int(np.argmax(empty)) + 1) % len(there)], lon + 360, lon)
