"""Rank pairs of incidents that may be duplicates, most likely first.

Candidates are within some kilometres and days of each other (`core.geo`), share an id of another dataset, or share a
number of one originator in one article. The score adds distance, days, tolls and names, as far as they are known;
unknown facts count neither for nor against. A person decides: links the two records, or marks them as different.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import inf, log2

from rapidfuzz.fuzz import token_set_ratio

from conflict_incidents.core.findings import Shown, bare
from conflict_incidents.core.geo import ALL, apart_days, apart_km, pairs_within
from conflict_incidents.core.names import fold
from conflict_incidents.core.progress import track
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.dataset.index_rows import Facts, Toll
from conflict_incidents.dataset.similarity import CERTAINTY, ONE_ARTICLE, Within, facts_of
from conflict_incidents.records.model import Incident

PLACE, DAYS, TOLL, NAMES = 0.3, 0.2, 0.3, 0.2
"""The weight of each kind of evidence; the sum is 1."""
DISTINCT_FACTOR = 0.6
"""The factor for two incidents with different ids in one other dataset, which distinguishes them."""
OTHER_ACTORS = 0.8
"""The factor for two incidents without a common actor, if the actors of both are known."""
SAME_ARTICLE = 0.9
"""The minimum score of a pair with the same number by the same originator in one article."""
MAX_IN_A_CELL = 40
"""The maximum number of neighbours in place and time to compare an incident with: 5,000 would make 12 million pairs."""
LARGE_TOLL = 31
"""The toll from which agreement counts fully: two incidents that killed one person each are weak evidence."""
TOLL_UNKNOWN = Shown("a toll unknown")
"""A reason of a pair one of whose tolls is unknown."""
CHANCE = 40
"""The `token_set_ratio` that unrelated names reach."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two incidents that may be duplicates; `score` is from 0 to 100, `km` is None if the distance is unknown.

    `names` is the similarity of their names, from 0 to 100; `accepted` is the kind of the link between them, if any.
    """

    score: float
    one: Facts
    other: Facts
    km: float | None
    days: int
    names: int
    why: tuple[Shown, ...]
    accepted: str | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """The result of a comparison.

    It has the pairs, most likely first, the ids of incidents with an invalid date, the number of candidates left out in
    dense places, and the number of incidents on each side.
    """

    pairs: list[Pair]
    undated: list[str]
    left_out: int = 0
    sides: tuple[int, ...] = ()


def compare(
    incidents: Iterable[Incident],
    dataset: Dataset,
    within: Within | None = None,
    only: Collection[str] | None = None,
    between: tuple[str, str] | None = None,
) -> Comparison:
    """Return all pairs that may be duplicates, most likely first; withdrawn incidents are left out.

    Args:
        incidents: the records to compare with each other.
        dataset: the dataset to look up places in.
        within: the maximum distance of a pair.
        only: ids, one of which must be in each pair; None for all pairs.
        between: two other datasets or collections, by id, to match one to one, pairs that are linked already included;
            an incident of both is left out.
    """
    facts, undated = datable_facts(incidents, dataset)
    if between is None:
        pairs, left_out = rank(facts, within or Within(), only)
        return Comparison(pairs, sorted(undated), left_out)
    of = {one.id: [name in one.external or name == one.collection for name in between] for one in facts}
    sides = {id: sides.index(True) for id, sides in of.items() if sum(sides) == 1}
    pairs, left_out = rank((one for one in facts if one.id in sides), within or Within(), only, True, sides)
    counts = tuple(list(sides.values()).count(side) for side in (0, 1))
    return Comparison(one_to_one(pairs), sorted(undated), left_out, counts)


def datable_facts(incidents: Iterable[Incident], dataset: Dataset) -> tuple[list[Facts], list[str]]:
    """Return the facts of the incidents that aren't withdrawn, and the ids of those with an invalid date."""
    facts: list[Facts] = []
    undated: list[str] = []
    for incident in track(incidents, "looking up places", "incident"):
        known_facts = None if incident.withdrawn else facts_of(incident, dataset)
        if known_facts:
            facts.append(known_facts)
        elif not incident.withdrawn:
            undated.append(incident.id)
    return facts, undated


def rank(
    facts: Iterable[Facts],
    within: Within,
    only: Collection[str] | None = None,
    accepted: bool = False,
    sides: Mapping[str, int] | None = None,
) -> tuple[list[Pair], int]:
    """Return the pairs among incidents with known facts, most likely first, and the number of those left out in dense
    places; arguments as for `compare`.

    `sides` are 0 or 1 by id: incidents are compared only with those of the other side. In a dense place each incident
    is compared with those nearest in toll, then in days; those in `only` are compared with all.
    """
    facts = sorted(facts, key=_in_dense_places)
    of, meeting, most = [0] * len(facts), ALL, MAX_IN_A_CELL
    if sides is not None:
        of, meeting = [sides[one.id] for one in facts], frozenset({(0, 1), (1, 0)})
    elif only is not None:
        of, meeting = [one.id in only for one in facts], frozenset({(0, 1), (1, 0), (1, 1)})
    left_out: list[int] = []
    events = [one.event for one in facts]
    cap = None if only is not None else most
    near = set(pairs_within(events, within.km, within.days, of, meeting, cap, left_out.append))
    pairs: list[Pair] = []
    candidates = near | {pair for pair in _sharing(facts, left_out) if (of[pair[0]], of[pair[1]]) in meeting}
    for i, j in track(candidates, "comparing", "pair"):
        one, other = sorted((facts[i], facts[j]), key=lambda one: one.id)
        if only is None or one.id in only or other.id in only:
            pair = score(one, other, within)
            if accepted or not pair.accepted:
                pairs.append(pair)
    return sorted(pairs, key=_likeliest), sum(left_out)


def one_to_one(pairs: Iterable[Pair]) -> list[Pair]:
    """Select pairs greedily, most likely first, so that each record is in at most one.

    Linked pairs come first.
    """
    ids: set[str] = set()
    selected: list[Pair] = []
    for pair in sorted(pairs, key=lambda pair: (pair.accepted is None, *_likeliest(pair))):
        if not ids & {pair.one.id, pair.other.id}:
            ids |= {pair.one.id, pair.other.id}
            selected.append(pair)
    return sorted(selected, key=_likeliest)


def _likeliest(pair: Pair) -> tuple[float, str, str]:
    return -pair.score, pair.one.id, pair.other.id


def _in_dense_places(one: Facts) -> tuple[int, int, str]:
    """Sort key of incidents in one place: by toll, unknown first, then by day."""
    toll = one.toll
    first = next((number for number in (toll.best, toll.low, toll.high) if number is not None), -1) if toll else -1
    return first, one.event.first, one.id


def _sharing(facts: list[Facts], left_out: list[int]) -> Iterator[tuple[int, int]]:
    """Yield pairs with a common id in another dataset, or number of one originator in one article, at any distance."""
    holders: dict[object, list[int]] = {}
    for number, one in enumerate(facts):
        for key in (*((scheme, id) for scheme, ids in one.external.items() for id in ids), *one.number_keys):
            before = holders.setdefault(key, [])
            yield from ((earlier, number) for earlier in before[-MAX_IN_A_CELL:])
            if len(before) > MAX_IN_A_CELL:
                left_out.append(len(before) - MAX_IN_A_CELL)
            before.append(number)


def score(one: Facts, other: Facts, within: Within) -> Pair:
    """Score the likelihood that two incidents are duplicates, from 0 to 100, with reasons."""
    km, days = apart_km(one.event, other.event), apart_days(one.event, other.event)
    why: list[Shown] = []
    place = _evidence(_place(one, other, km, within, why), min(one.certainty, other.certainty))
    longest = max(one.days, other.days)
    when = _evidence(max(0.0, 1 - days / (within.days + 1)), 1 / (1 + log2(longest)))
    if longest > 1:
        why.append(f"a date of {longest} days")
    toll = _toll(one.toll, other.toll, why)
    alike, names = _names(one, other, why)
    total = PLACE * place + DAYS * when + TOLL * toll + NAMES * names
    if one.actors and other.actors and not one.actors & other.actors:
        why.append(Shown("no actor in common"))
        total *= OTHER_ACTORS
    if one.number_keys & other.number_keys:
        why.insert(0, ONE_ARTICLE)
        total = max(total, SAME_ARTICLE)
    shared = {scheme for scheme, ids in one.external.items() if ids & other.external.get(scheme, frozenset())}
    if shared:
        why.insert(0, f"the same id in {', '.join(map(bare, sorted(shared)))}")
        total = 1.0
    elif both := sorted(one.external.keys() & other.external.keys()):
        why.append(f"two ids in {', '.join(map(bare, both))}")
        total *= DISTINCT_FACTOR
    kind = one.dismissals.get(other.id) or other.dismissals.get(one.id)
    if kind:
        why.append(f"accepted: {bare(kind)}")
    return Pair(round(100 * total, 1), one, other, km, days, alike, tuple(why), kind)


def _evidence(value: float, certainty: float) -> float:
    """Shrink evidence from 0 to 1 towards 1/2 (neutral) the less certain it is."""
    return 0.5 + certainty * (value - 0.5)


def _place(one: Facts, other: Facts, km: float | None, within: Within, why: list[Shown]) -> float:
    if one.places & other.places:
        why.append(Shown("the same place"))
    if min(one.certainty, other.certainty) < CERTAINTY["near"]:
        why.append(Shown("a place known only by its area"))
    if km is None:
        return 0.5
    return max(0.0, 1 - km / within.km) if within.km else float(km == 0)


def _toll(one: Toll | None, other: Toll | None, why: list[Shown]) -> float:
    """Return the evidence of the tolls: 1/2 if unknown, more if compatible, the larger and closer they are."""
    if one is None or other is None:
        why.append(TOLL_UNKNOWN)
        return 0.5
    (low, high), (other_low, other_high) = one.ends, other.ends
    below, above = min(high, other_high), max(low, other_low)
    if below < above:
        why.append(Shown("tolls in conflict"))
        return 0.5 * below / above
    same = one.best is not None and one.best == other.best
    why.append(Shown("the same toll" if same else "tolls overlap"))
    span = max(high, other_high) - min(low, other_low) + 1
    tight = 1.0 if same else 0.5 if span == inf else (below - above + 1) / span
    large = min(1.0, log2(1 + above) / log2(1 + LARGE_TOLL))
    return 0.5 + 0.5 * (0.3 + 0.7 * large) * (0.5 + 0.5 * tight)


def _names(one: Facts, other: Facts, why: list[Shown]) -> tuple[int, float]:
    """Return the similarity of the names, from 0 to 100, and its evidence."""
    place = 100.0 if one.places & other.places else _name_similarity(one.names, other.names)
    if place >= 90 and not one.places & other.places:
        why.append(Shown("places of the same name"))
    title = float(token_set_ratio(fold(one.title), fold(other.title)))
    alike = (place + title) / 2
    return round(alike), max(0.0, (alike - CHANCE) / (100 - CHANCE))


@lru_cache(maxsize=65536)
def _name_similarity(names: tuple[str, ...], others: tuple[str, ...]) -> float:
    """Return the highest similarity of any two names, including variants in other scripts and spellings."""
    return max((float(token_set_ratio(one, other)) for one in names for other in others), default=0.0)
