"""Match the incidents of this dataset with those of another, one to one, and find those missing on either side.

Incidents with the id of a row in `external` match that row. The rest are matched by place, days, names and actors
within some kilometres and days, most likely pair first (greedy). Numbers aren't used for matching, as they are
compared. An incident is missing on the other side only if that side covers its country, day and place.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import inf

from conflict_incidents.core.geo import Event, pairs_within
from conflict_incidents.dataset.duplicates import TOLL_UNKNOWN, Pair, one_to_one, rank
from conflict_incidents.dataset.index_rows import Facts, Toll
from conflict_incidents.dataset.similarity import Within

CLEAR = 5.0
"""The minimum lead in score of a clear pair over all other pairs of its incidents."""


class Verdict(StrEnum):
    """The position of their number relative to our range."""

    INSIDE = "inside"
    BELOW = "below"
    ABOVE = "above"
    ACROSS = "across"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class DayRange:
    """The first and last day, as ordinals, that a dataset covers in a country."""

    country: str
    first: int
    last: int

    def common(self, other: DayRange) -> DayRange | None:
        """Return the intersection of both; None if empty."""
        if self.country != other.country or max(self.first, other.first) > min(self.last, other.last):
            return None
        return DayRange(self.country, max(self.first, other.first), min(self.last, other.last))


@dataclass(frozen=True, slots=True)
class Side:
    """The incidents of one dataset, their countries by id, and its coverage.

    `covering` are the ids of incidents whose surroundings it covers; those of a selection aren't included.
    """

    facts: Sequence[Facts]
    countries: Mapping[str, str]
    spans: Collection[DayRange]
    covering: Collection[str]


@dataclass(frozen=True, slots=True)
class Match:
    """A pair of incidents, one of each side; `by_id` if matched by an id. `km` is None if unknown.

    `is_clear` if matched by an id, or if no other candidate is close.
    """

    ours: Facts
    theirs: Facts
    km: float | None
    days: int
    by_id: bool
    is_clear: bool
    score: float
    why: tuple[str, ...]

    @property
    def verdict(self) -> Verdict:
        """The position of their number of killed relative to our range."""
        return verdict(self.ours.toll, self.theirs.toll)


@dataclass(frozen=True, slots=True)
class Matching:
    """The result of matching: pairs, unmatched incidents of either side, the common coverage, and three numbers.

    These are the unmatched incidents outside the coverage, those with an id in another pair (two records of a row), and
    the comparisons left out in dense places.
    """

    matches: list[Match]
    only_ours: list[Facts]
    only_theirs: list[Facts]
    common: list[DayRange]
    outside: tuple[int, int]
    shared_ids: tuple[int, int]
    left_out: int


def match(ours: Side, theirs: Side, scheme: str, within: Within) -> Matching:
    """Match two sides; `scheme` is the id of their dataset in `external`. No id may be in both sides."""
    facts = {one.id: one for one in (*ours.facts, *theirs.facts)}
    sides = {one.id: side for side, side_facts in enumerate((ours, theirs)) for one in side_facts.facts}
    blind = (one._replace(tolls={}, number_keys=frozenset()) for one in facts.values())
    ranked, left_out = rank(blind, within, None, True, sides)
    same = [pair for pair in ranked if _have_one_id(pair, scheme)]
    by_id = {one.id for pair in same for one in (pair.one, pair.other)}
    near = [pair for pair in ranked if _may_be_one(pair, scheme, within) and not by_id & _ids(pair)]
    pairs = [*one_to_one(same), *one_to_one(near)]
    clear = _clear(near)
    matches = [_match(facts[pair.one.id], facts[pair.other.id], sides, pair, clear) for pair in pairs]
    matched = by_id.union(*map(_ids, pairs))
    unmatched = [[one for one in side.facts if one.id not in matched] for side in (ours, theirs)]
    shared = by_id.difference(*map(_ids, pairs))
    only_ours = _missing(unmatched[0], ours, theirs, within.km)
    only_theirs = _missing(unmatched[1], theirs, ours, within.km)
    common = {both for one in ours.spans for other in theirs.spans if (both := one.common(other))}
    return Matching(
        matches=sorted(matches, key=lambda one: (not one.by_id, -one.score, one.ours.id)),
        only_ours=only_ours,
        only_theirs=only_theirs,
        common=sorted(common, key=lambda one: (one.country, one.first, one.last)),
        outside=(len(unmatched[0]) - len(only_ours), len(unmatched[1]) - len(only_theirs)),
        shared_ids=(sum(sides[id] == 0 for id in shared), sum(sides[id] == 1 for id in shared)),
        left_out=left_out,
    )


def _ids(pair: Pair) -> set[str]:
    return {pair.one.id, pair.other.id}


def _have_one_id(pair: Pair, scheme: str) -> bool:
    """Whether both have the same id in their dataset."""
    return not pair.one.external.get(scheme, frozenset()).isdisjoint(pair.other.external.get(scheme, frozenset()))


def _may_be_one(pair: Pair, scheme: str, within: Within) -> bool:
    """Whether both are close enough, and ours has no id in their dataset."""
    if scheme in pair.one.external and scheme in pair.other.external:
        return False
    return pair.km is not None and pair.km <= within.km and pair.days <= within.days


def _clear(pairs: Sequence[Pair]) -> set[str]:
    """Return the ids of incidents whose most likely pair has a clear lead."""
    scores: dict[str, list[float]] = {}
    for pair in pairs:
        for id in _ids(pair):
            scores.setdefault(id, []).append(pair.score)
    best = {id: (*sorted(own, reverse=True), -inf)[:2] for id, own in scores.items()}
    return {id for id, (first, second) in best.items() if second < first - CLEAR}


def _match(one: Facts, other: Facts, sides: Mapping[str, int], pair: Pair, clear: set[str]) -> Match:
    ours, theirs = (other, one) if sides[one.id] else (one, other)
    by_id = any(not ids.isdisjoint(theirs.external.get(scheme, ())) for scheme, ids in ours.external.items())
    why = tuple(reason for reason in pair.why if reason != TOLL_UNKNOWN)  # tolls were left out
    return Match(ours, theirs, pair.km, pair.days, by_id, by_id or _ids(pair) <= clear, pair.score, why)


def _missing(unmatched: Sequence[Facts], own: Side, other: Side, km: float) -> list[Facts]:
    """Return the incidents within the coverage of the other side: its countries, days and places."""
    covered = [
        one
        for one in unmatched
        if any(
            span.country == own.countries[one.id] and span.first <= one.event.last and one.event.first <= span.last
            for span in other.spans
        )
    ]
    around = [one.event for one in other.facts if one.id in other.covering]
    near = _near([one.event for one in covered], around, km)
    return sorted(
        (one for one in covered if _place(one.event) in near), key=lambda one: (one.event.first, one.event.last, one.id)
    )


_Place = tuple[tuple[tuple[float, float], ...], frozenset[str]]


def _place(event: Event) -> _Place:
    return event.positions, event.unplaced


def _near(events: Iterable[Event], others: Iterable[Event], km: float) -> set[_Place]:
    """Return the places of events with one of the others within a distance, on any day."""
    places = list(dict.fromkeys(map(_place, events)))
    around = list(dict.fromkeys(map(_place, others)))
    timeless = [Event(positions, 0, 0, unplaced) for positions, unplaced in (*places, *around)]
    sides = [0] * len(places) + [1] * len(around)
    return {places[earlier] for earlier, _ in pairs_within(timeless, km, 0, sides, {(0, 1), (1, 0)})}


def verdict(ours: Toll | None, theirs: Toll | None) -> Verdict:
    """Return the position of their best, or else their range, relative to our range.

    Open ends remain open. `across` is a range that contains an end of ours; if either is unknown, so is the result.
    """
    if ours is None or theirs is None:
        return Verdict.UNKNOWN
    (low, high), (least, most) = ours.ends, theirs.ends
    if theirs.best is not None:
        least = most = theirs.best
    if (low, high) == (0, inf) or (least, most) == (0, inf):
        return Verdict.UNKNOWN
    if low <= least and most <= high:
        return Verdict.INSIDE
    if most < low:
        return Verdict.BELOW
    return Verdict.ABOVE if least > high else Verdict.ACROSS
