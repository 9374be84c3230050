"""Find events within a distance and a number of days of each other, in roughly linear time.

A grid over space and time: only events in neighbouring cells are compared. The cells are cubes in Earth-centred
coordinates, so that the poles and the date line need no special case.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from math import asin, cos, floor, radians, sin, sqrt

EARTH_RADIUS_KM = 6371.0088
"""The mean radius of the Earth in kilometres."""
_SMALLEST_CELL_KM = 0.001
_AROUND = tuple(product((-1, 0, 1), repeat=3))
_Cube = tuple[int, int, int] | str


@dataclass(frozen=True, slots=True)
class Event:
    """Something at one or more positions (latitude, longitude in degrees, WGS 84), from a first to a last day.

    Days are proleptic ordinals, as `date.toordinal` gives them. `unplaced` names places whose position isn't known: two
    events at the same one are 0 km apart, all others are too far apart to tell.
    """

    positions: tuple[tuple[float, float], ...]
    first: int
    last: int
    unplaced: frozenset[str] = frozenset()


def apart_km(one: Event, other: Event) -> float | None:
    """The great-circle distance in kilometres of the nearest two positions; None where unknown."""
    if one.unplaced & other.unplaced:
        return 0.0
    return min((arc_km(*a, *b) for a in one.positions for b in other.positions), default=None)


def apart_days(one: Event, other: Event) -> int:
    """Days between the end of one span and the start of the other; 0 where they overlap."""
    return max(0, one.first - other.last, other.first - one.last)


def pairs_within(events: Sequence[Event], km: float, days: int) -> Iterator[tuple[int, int]]:
    """All pairs at most `km` kilometres and `days` days apart, as the numbers of their events, the smaller first."""
    width, length = max(km, _SMALLEST_CELL_KM), max(days, 1)
    grid: dict[_Cube, dict[int, list[int]]] = {}
    for number, event in enumerate(events):
        cubes = {_cube(lat, lon, width) for lat, lon in event.positions}
        near = {cube for x, y, z in cubes for dx, dy, dz in _AROUND if (cube := (x + dx, y + dy, z + dz)) in grid}
        slots = range((event.first - days) // length, (event.last + days) // length + 1)
        met: set[int] = set()
        around: list[_Cube] = [*near, *(name for name in event.unplaced if name in grid)]
        for place in around:
            in_time = grid[place]
            for slot in slots if len(slots) <= len(in_time) else [slot for slot in in_time if slot in slots]:
                met.update(in_time.get(slot, ()))
        for earlier in sorted(met):
            distance = apart_km(events[earlier], event)
            if distance is not None and distance <= km and apart_days(events[earlier], event) <= days:
                yield earlier, number
        own: list[_Cube] = [*cubes, *event.unplaced]
        for place in own:
            for slot in range(event.first // length, event.last // length + 1):
                grid.setdefault(place, {}).setdefault(slot, []).append(number)


def arc_km(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """The great-circle distance of two positions in kilometres (haversine)."""
    across = sin(radians(lat2 - lat1) / 2) ** 2
    along = cos(radians(lat1)) * cos(radians(lat2)) * sin(radians(lon2 - lon1) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(across + along)))


def _cube(lat: float, lon: float, width: float) -> tuple[int, int, int]:
    """The cell of a position. A chord is never longer than its arc, so nearby events are in neighbouring cells."""
    phi, lam = radians(lat), radians(lon)
    x, y, z = cos(phi) * cos(lam), cos(phi) * sin(lam), sin(phi)
    return floor(x * EARTH_RADIUS_KM / width), floor(y * EARTH_RADIUS_KM / width), floor(z * EARTH_RADIUS_KM / width)
