"""Find events within a distance and a number of days of each other, in roughly linear time.

A grid over space and time: only events in neighbouring cells are compared. The cells are cubes in Earth-centred
coordinates, so that the poles and the date line need no special case.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import product
from math import asin, cos, floor, radians, sin, sqrt
from typing import NamedTuple

EARTH_RADIUS_KM = 6371.0088
"""The mean radius of the Earth in kilometres."""
_SMALLEST_CELL_KM = 0.001
_AROUND = tuple(product((-1, 0, 1), repeat=3))
_Cube = tuple[int, int, int] | str


class Event(NamedTuple):
    """An event with one or more positions (latitude, longitude in degrees, WGS 84), and a first and last day.

    Days are proleptic ordinals, as returned by `date.toordinal`. `unplaced` names places with an unknown position: two
    events at the same one are 0 km apart, the distance of others is unknown.
    """

    positions: tuple[tuple[float, float], ...]
    first: int
    last: int
    unplaced: frozenset[str] = frozenset()


def apart_km(one: Event, other: Event) -> float | None:
    """Return the great-circle distance in kilometres of the nearest two positions; None if unknown."""
    if one.unplaced & other.unplaced:
        return 0.0
    return min((arc_km(*a, *b) for a in one.positions for b in other.positions), default=None)


def apart_days(one: Event, other: Event) -> int:
    """Return the days between the end of one span and the start of the other; 0 if they overlap."""
    return max(0, one.first - other.last, other.first - one.last)


ALL = frozenset({(0, 0)})
"""The default for one side: all of its events are compared with each other."""


def pairs_within(
    events: Sequence[Event],
    km: float,
    days: int,
    sides: Sequence[int] = (),
    meeting: Collection[tuple[int, int]] = ALL,
    most: int | None = None,
    left_out: Callable[[int], object] = bool,
) -> Iterator[tuple[int, int]]:
    """Yield all pairs at most `km` kilometres and `days` days apart, as the indices of their events, the smaller first.

    Args:
        events: the events.
        km: the maximum distance.
        days: the maximum number of days.
        sides: the side of each event, if there are several.
        meeting: the pairs of sides to compare, in both orders.
        most: the maximum number of events per cell to compare each event with: the last ones before it.
        left_out: called with the number of events, some possibly too far apart, that an event wasn't compared with.
    """
    width, length = max(km, _SMALLEST_CELL_KM), max(days, 1)
    grids: dict[int, dict[_Cube, dict[int, list[int]]]] = {}
    for number, event in enumerate(events):
        side = sides[number] if sides else 0
        cubes = {_cube(lat, lon, width) for lat, lon in event.positions}
        slots = range((event.first - days) // length, (event.last + days) // length + 1)
        neighbours: set[int] = set()
        for grid in (grids[one] for one in grids if (side, one) in meeting):
            near = {cube for x, y, z in cubes for dx, dy, dz in _AROUND if (cube := (x + dx, y + dy, z + dz)) in grid}
            around: list[_Cube] = [*near, *(name for name in event.unplaced if name in grid)]
            for place in around:
                in_time = grid[place]
                for slot in slots if len(slots) <= len(in_time) else [slot for slot in in_time if slot in slots]:
                    events_there = in_time.get(slot, [])
                    neighbours.update(events_there if most is None else events_there[-most:])
                    if most is not None and len(events_there) > most:
                        left_out(len(events_there) - most)
        for earlier in sorted(neighbours):
            distance = apart_km(events[earlier], event)
            if distance is not None and distance <= km and apart_days(events[earlier], event) <= days:
                yield earlier, number
        own: list[_Cube] = [*cubes, *event.unplaced]
        for place in own:
            for slot in range(event.first // length, event.last // length + 1):
                grids.setdefault(side, {}).setdefault(place, {}).setdefault(slot, []).append(number)


def arc_km(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Return the great-circle distance of two positions in kilometres (haversine)."""
    across = sin(radians(lat2 - lat1) / 2) ** 2
    along = cos(radians(lat1)) * cos(radians(lat2)) * sin(radians(lon2 - lon1) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(across + along)))


def _cube(lat: float, lon: float, width: float) -> tuple[int, int, int]:
    """Return the cell of a position. Chords are never longer than arcs, so nearby events are in neighbouring cells."""
    phi, lam = radians(lat), radians(lon)
    x, y, z = cos(phi) * cos(lam), cos(phi) * sin(lam), sin(phi)
    return floor(x * EARTH_RADIUS_KM / width), floor(y * EARTH_RADIUS_KM / width), floor(z * EARTH_RADIUS_KM / width)
