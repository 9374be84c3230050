"""Measure the time of `incidents duplicates` for comparisons by the number of incidents.

    .venv/bin/python benchmarks/duplicates.py

Made-up incidents in a square of 100 km, nine every seven days as in the Idlib data of 2016-2019; twice as many cover
twice as many years. Then as many of one place in one month. Prints for each number the best of three runs, the pairs
found, and the ratio to the time for half as many: 2 is linear, 4 quadratic.
"""

from __future__ import annotations

import random
import time
from math import cos, radians

from conflict_incidents.core.geo import Event
from conflict_incidents.core.names import fold
from conflict_incidents.dataset.duplicates import rank
from conflict_incidents.dataset.similarity import Facts, Within

SIZES = (1000, 2000, 4000, 8000, 16000)
RUNS = 3
A_DAY = 9 / 7
SIDE_KM, CENTRE = 100.0, (35.8, 36.7)
KM_A_DEGREE = 111.2
PLACES = 280


def made_up(number: int, dense: bool) -> list[Facts]:
    """Make incidents, always the same ones, in many places over years or in one place and month."""
    chance = random.Random(number)
    degrees = SIDE_KM / KM_A_DEGREE
    places = [
        (
            f"place {place}",
            CENTRE[0] + degrees * (chance.random() - 0.5),
            CENTRE[1] + degrees * (chance.random() - 0.5) / cos(radians(CENTRE[0])),
        )
        for place in range(PLACES)
    ]
    days = []
    for index in range(number):
        name, lat, lon = places[0] if dense else chance.choice(places)
        day = 736000 + (index % 30 if dense else int(index / A_DAY))
        days.append(
            Facts(
                id=f"SYR-{index:08d}-aaaa",
                title=f"Airstrike at {name}",
                event=Event(((lat, lon),), day, day),
                certainty=1.0,
                places=frozenset([name]),
                names=(fold(name),),
                tolls={},
                actors=frozenset(),
                external={},
                dismissals={},
            )
        )
    return days


def main() -> None:
    """Measure and print."""
    for dense in (False, True):
        print("in one place and month" if dense else "in many places over years")
        _measure(dense)


def _measure(dense: bool) -> None:
    before = None
    for size in SIZES:
        facts = made_up(size, dense)
        seconds = []
        for _ in range(RUNS):
            start = time.perf_counter()
            pairs = rank(facts, Within()).pairs
            seconds.append(time.perf_counter() - start)
        best = min(seconds)
        ratio = f"{best / before:.2f}" if before else "-"
        print(f"{size:>6} incidents  {best:7.3f} s  {len(pairs):>6} pairs  ratio {ratio}")
        before = best


if __name__ == "__main__":
    main()
