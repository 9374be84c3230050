"""Measure how many incidents `incidents match` finds by place, days and names, without their ids.

    .venv/bin/python -m benchmarks.match FILE

FILE is UCDP GED. Its rows are compared with the incidents of the dataset that have their ids: unchanged, and as another
source might have them, moved by up to 2 km and a day, with other titles and no actors. Prints the pairs, the number of
right ones, recall, precision, and the number inside our range; then the same for clear pairs only, and for matching
that uses the numbers, which `match` doesn't: such pairs are inside because they were selected for it.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from conflict_incidents.core.geo import Event
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.dataset.duplicates import one_to_one, rank
from conflict_incidents.dataset.index_rows import Facts
from conflict_incidents.dataset.matching import Side, Verdict, match, verdict
from conflict_incidents.dataset.similarity import Within
from conflict_incidents.exchange import sides
from conflict_incidents.exchange.importers import ucdp
from conflict_incidents.records.model import Incident

KM_A_DEGREE, MOST_KM, MOST_DAYS = 111.2, 2.0, 1
_READING = {"encoding": None, "delimiter": None, "sheet": None, "where": [], "dates": None, "source_version": None}


def move_facts(one: Facts) -> Facts:
    """Return an incident as another source might have it."""
    chance = random.Random(one.id)
    days = chance.randint(-MOST_DAYS, MOST_DAYS)
    lat, lon = (chance.uniform(-MOST_KM, MOST_KM) / KM_A_DEGREE / 2**0.5 for _ in range(2))
    positions = tuple((at + lat, to + lon) for at, to in one.event.positions)
    event = Event(positions, one.event.first + days, one.event.last + days)
    return replace(one, event=event, title="", names=(), places=frozenset(), actors=frozenset())


def main() -> None:
    """Measure and print."""
    dataset = Dataset(Path(__file__).parents[1])
    theirs = sides.foreign(ucdp.convert(Path(sys.argv[1]), dataset, argparse.Namespace(**_READING)), dataset)
    records = (dataset.index.parse_file(file).record for file in dataset.index.files())
    ours, _ = sides.ours((one for one in records if isinstance(one, Incident)), dataset)
    ids_by_incident = {one.id: one.external.get("ucdp-ged", frozenset()) for one in ours.facts}
    recorded = sum(not ids.isdisjoint(theirs.ids.values()) for ids in ids_by_incident.values())
    print(f"{len(ours.facts)} incidents, {len(theirs.side.facts)} rows, {recorded} known pairs")
    for name, change in (("as they are", _same), (f"moved by up to {MOST_KM:g} km and a day", move_facts)):
        one = replace(ours, facts=[replace(facts, external={}) for facts in ours.facts])
        other = replace(theirs.side, facts=[change(replace(facts, external={})) for facts in theirs.side.facts])
        matches = match(one, other, "ucdp-ged", Within()).matches
        clear = [(pair.ours, pair.theirs) for pair in matches if pair.is_clear]
        blind = [(pair.ours, pair.theirs) for pair in matches]
        for label, pairs in (("", blind), (", clear", clear), (", numbers having a say", _seeing(one, other))):
            right = sum(theirs.ids[b.id] in ids_by_incident[a.id] for a, b in pairs)
            inside = sum(verdict(a.toll, b.toll) == Verdict.INSIDE for a, b in pairs)
            print(
                f"{name}{label}: {len(pairs)} pairs, {right} right, recall {right / recorded:.1%}, precision "
                f"{right / len(pairs):.1%}, {inside} inside"
            )


_Pairs = list[tuple[Facts, Facts]]
_same: Callable[[Facts], Facts] = replace


def _seeing(ours: Side, theirs: Side) -> _Pairs:
    of = {one.id: side for side, whole in enumerate((ours, theirs)) for one in whole.facts}
    pairs = one_to_one(rank([*ours.facts, *theirs.facts], Within(), None, True, of).pairs)
    return [(pair.other, pair.one) if of[pair.one.id] else (pair.one, pair.other) for pair in pairs]


if __name__ == "__main__":
    main()
