"""Find events within a distance and a number of days of each other, in roughly linear time.

A grid over space and time: only events in neighbouring cells are compared. The cells are cubes in Earth-centred
coordinates, so that the poles and the date line need no special case.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
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


ALL = frozenset({(0, 0)})
"""Which sides meet where there is one: each of its events meets the others."""


def pairs_within(
    events: Sequence[Event],
    km: float,
    days: int,
    sides: Sequence[int] = (),
    meeting: Collection[tuple[int, int]] = ALL,
    most: int | None = None,
    left_out: Callable[[int], object] = bool,
) -> Iterator[tuple[int, int]]:
    """All pairs at most `km` kilometres and `days` days apart, as the numbers of their events, the smaller first.

    Args:
        events: the events.
        km: the largest distance.
        days: the most days.
        sides: the side of each event, where there are several.
        meeting: which sides meet, as both pairs of them.
        most: with how many of a cell each event is compared: those before it that are nearest in the order of `events`.
        left_out: is told with how many events, some of which may be too far apart, one wasn't compared.
    """
    width, length = max(km, _SMALLEST_CELL_KM), max(days, 1)
    grids: dict[int, dict[_Cube, dict[int, list[int]]]] = {}
    for number, event in enumerate(events):
        side = sides[number] if sides else 0
        cubes = {_cube(lat, lon, width) for lat, lon in event.positions}
        slots = range((event.first - days) // length, (event.last + days) // length + 1)
        met: set[int] = set()
        for grid in (grids[one] for one in grids if (side, one) in meeting):
            near = {cube for x, y, z in cubes for dx, dy, dz in _AROUND if (cube := (x + dx, y + dy, z + dz)) in grid}
            around: list[_Cube] = [*near, *(name for name in event.unplaced if name in grid)]
            for place in around:
                in_time = grid[place]
                for slot in slots if len(slots) <= len(in_time) else [slot for slot in in_time if slot in slots]:
                    there = in_time.get(slot, [])
                    met.update(there if most is None else there[-most:])
                    if most is not None and len(there) > most:
                        left_out(len(there) - most)
        for earlier in sorted(met):
            distance = apart_km(events[earlier], event)
            if distance is not None and distance <= km and apart_days(events[earlier], event) <= days:
                yield earlier, number
        own: list[_Cube] = [*cubes, *event.unplaced]
        for place in own:
            for slot in range(event.first // length, event.last // length + 1):
                grids.setdefault(side, {}).setdefault(place, {}).setdefault(slot, []).append(number)


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
