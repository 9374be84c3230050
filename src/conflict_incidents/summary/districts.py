"""Incidents by district, and where the districts lie, as far as the incidents tell.

A release has no boundaries: a district stands at the mean position of its incidents. Prevents: a shape on a map that
nobody has published, the centre of a whole province being drawn as the place of an incident, two districts of one name
added up, and a mean position on the wrong side of the earth.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from conflict_incidents.analysis import Total, total
from conflict_incidents.summary.groups import grouped

Longitudes = npt.NDArray[np.float64]
LEVELS = (3, 2, 1)
"""The levels of administrative units, the finest first."""
ENOUGH = 0.5
"""The share of the incidents whose unit has to be known for a level to be taken."""
PLACED = ("exact", "near")
"""How closely an incident's place is known where a dot may stand for it."""


@dataclass(frozen=True, slots=True)
class District:
    """A unit with incidents: its name, its total, and the mean position of its incidents, None where none is known.

    Longitudes are those of `Districts`: they may lie beyond 180 degrees.
    """

    pcode: str
    name: str
    total: Total
    lon: float | None
    lat: float | None


@dataclass(frozen=True, slots=True)
class Districts:
    """The units of one level (0 where no unit is known), the one with most incidents first.

    `unknown` are the incidents whose unit isn't known, None where there are none; `dots` the places of incidents as
    longitude and latitude; `within` names the units of level 1 that they lie in. `unplaced` is the number of incidents
    that aren't known to have been at or near one place.
    """

    level: int
    districts: tuple[District, ...]
    unknown: Total | None
    all: Total
    dots: tuple[tuple[float, float], ...]
    within: tuple[str, ...]
    unplaced: int


def districts(incidents: pd.DataFrame) -> Districts:
    """The districts of standing rows of the table `incidents`."""
    placed = incidents["place_precision"].isin(PLACED).to_numpy(dtype=bool, na_value=False)
    positions = incidents[["lon", "lat"]].astype("Float64")
    located = positions.notna().all(axis=1).to_numpy(dtype=bool)
    lon, lat = (positions[name].to_numpy(dtype=float, na_value=np.nan) for name in ("lon", "lat"))
    lon = _together(lon)
    level = _level(incidents)
    found: list[District] = []
    unknown: Total | None = None
    if level:
        groups, unknown = grouped(incidents, f"adm{level}_pcode")
        indices = incidents.groupby(f"adm{level}_pcode", observed=True).indices
        rows_of = {str(code): np.asarray(rows) for code, rows in indices.items()}
        names = _names(incidents, level)
        for code, one in groups:
            rows = rows_of[str(code)]
            rows = rows[located[rows]]
            rows = rows[placed[rows]] if placed[rows].any() else rows
            centre = (float(lon[rows].mean()), float(lat[rows].mean())) if len(rows) else (None, None)
            found.append(District(str(code), names[str(code)], one, *centre))
    dots = {(float(x), float(y)) for x, y in zip(lon[placed & located], lat[placed & located], strict=True)}
    whole = total(incidents)
    return Districts(
        level=level,
        districts=tuple(sorted(found, key=lambda one: (-one.total.incidents, one.name, one.pcode))),
        unknown=unknown if level else (whole if whole.incidents else None),
        all=whole,
        dots=tuple(sorted(dots)),
        within=tuple(sorted(incidents["adm1_name"].dropna().astype(str).unique())),
        unplaced=int((~(placed & located)).sum()),
    )


def _level(incidents: pd.DataFrame) -> int:
    """The finest level at which enough incidents have a unit, else the one at which most have; 0 where none has."""
    shares = {level: float(incidents[f"adm{level}_pcode"].notna().mean()) for level in LEVELS} if len(incidents) else {}
    fine = [level for level in LEVELS if shares.get(level, 0) >= ENOUGH]
    best = max(shares, key=lambda level: (shares[level], level), default=0)
    return fine[0] if fine else (best if shares.get(best) else 0)


def _names(incidents: pd.DataFrame, level: int) -> dict[str, str]:
    """What each unit is called by its code: its name, with the code where two have the same, else the code."""
    columns = [f"adm{level}_pcode", f"adm{level}_name"]
    rows = incidents[columns].dropna(subset=columns[:1]).drop_duplicates(columns[0]).astype("string").fillna("")
    names = dict(zip(rows[columns[0]], rows[columns[1]], strict=True))
    often = Counter(names.values())
    return {
        str(code): (str(name) if often[name] == 1 else f"{name} ({code})") if name else str(code)
        for code, name in names.items()
    }


def _together(lon: Longitudes) -> Longitudes:
    """Longitudes such that what lies together has like numbers: cut where the widest empty stretch lies, not at 180."""
    there = np.unique(lon[~np.isnan(lon)])
    if not len(there):
        return lon
    empty = np.diff(there, append=there[0] + 360)
    first = there[(int(np.argmax(empty)) + 1) % len(there)]
    return np.where(lon < first, lon + 360, lon)
