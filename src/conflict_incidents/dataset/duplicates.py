"""Rank pairs of incidents that may be duplicates, likeliest first.

Candidates are within some kilometres and days of each other (`core.geo`), or share an id of another dataset. The score
adds distance, days, tolls and names, as far as they are known: unknown facts count neither for nor against. A person
decides: links the two records, or marks them as different.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import inf, log2

from rapidfuzz.fuzz import token_set_ratio

from conflict_incidents.core.geo import apart_days, apart_km, pairs_within
from conflict_incidents.core.names import folded
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.dataset.rows import Facts, Toll
from conflict_incidents.dataset.similarity import CERTAINTY, Within, facts_of
from conflict_incidents.records.model import Incident

PLACE, DAYS, TOLL, NAMES = 0.3, 0.2, 0.3, 0.2
"""What each kind of evidence weighs; together 1."""
KEPT_APART = 0.6
"""The factor for two events that another dataset lists under different ids, so that it takes them for two."""
OTHER_ACTORS = 0.8
"""The factor for two events that have no actor in common, where the actors of both are named."""
LARGE_TOLL = 31
"""A toll from which on agreement says as much as it can: that two incidents both killed one person says little."""
CHANCE = 40
"""The `token_set_ratio` that unrelated names reach."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two incidents that may be one; `score` is from 0 to 100, `km` is None where the distance isn't known.

    `names` is how alike their names are, from 0 to 100; `accepted` is the kind of the link between them, if any.
    """

    score: float
    one: Facts
    other: Facts
    km: float | None
    days: int
    names: int
    why: tuple[str, ...]
    accepted: str | None


@dataclass(frozen=True, slots=True)
class Compared:
    """The result of a comparison: the pairs, likeliest first, and the ids of incidents with an invalid date."""

    pairs: list[Pair]
    undated: list[str]


def compare(
    incidents: Iterable[Incident],
    dataset: Dataset,
    within: Within | None = None,
    only: Collection[str] | None = None,
    accepted: bool = False,
) -> Compared:
    """All pairs that may be one incident, the likeliest first; withdrawn incidents are left out.

    Args:
        incidents: the records to compare with each other.
        dataset: where their places are registered.
        within: how far apart a pair may be.
        only: ids, of which one must be in each pair; None for all pairs.
        accepted: whether to give those pairs, too, that a link already says something of.
    """
    undated: list[str] = []
    facts: list[Facts] = []
    for incident in incidents:
        known = None if incident.withdrawn else facts_of(incident, dataset)
        if known:
            facts.append(known)
        elif not incident.withdrawn:
            undated.append(incident.id)
    return Compared(rank(facts, within or Within(), only, accepted), sorted(undated))


def rank(
    facts: Iterable[Facts], within: Within, only: Collection[str] | None = None, accepted: bool = False
) -> list[Pair]:
    """The pairs among incidents of which the facts are known, the likeliest first; arguments as for `compare`."""
    facts = sorted(facts, key=lambda one: one.id)
    near = set(pairs_within([one.event for one in facts], within.km, within.days))
    pairs: list[Pair] = []
    for i, j in near | set(_same_elsewhere(facts)):
        one, other = facts[i], facts[j]
        if only is not None and one.id not in only and other.id not in only:
            continue
        pair = score(one, other, within)
        if accepted or not pair.accepted:
            pairs.append(pair)
    return sorted(pairs, key=lambda pair: (-pair.score, pair.one.id, pair.other.id))


def _same_elsewhere(facts: list[Facts]) -> Iterator[tuple[int, int]]:
    """Pairs that share an id of another dataset, wherever they are."""
    first: dict[tuple[str, str], int] = {}
    for number, one in enumerate(facts):
        for scheme, ids in one.external.items():
            for id in ids:
                earlier = first.setdefault((scheme, id), number)
                if earlier != number:
                    yield earlier, number


def score(one: Facts, other: Facts, within: Within) -> Pair:
    """The likelihood that two incidents are duplicates, from 0 to 100, with reasons."""
    km, days = apart_km(one.event, other.event), apart_days(one.event, other.event)
    why: list[str] = []
    place = _evidence(_place(one, other, km, within, why), min(one.certainty, other.certainty))
    longest = max(one.days, other.days)
    when = _evidence(max(0.0, 1 - days / (within.days + 1)), 1 / (1 + log2(longest)))
    if longest > 1:
        why.append(f"a date of {longest} days")
    toll = _toll(one.toll, other.toll, why)
    alike, names = _names(one, other, why)
    whole = PLACE * place + DAYS * when + TOLL * toll + NAMES * names
    if one.actors and other.actors and not one.actors & other.actors:
        why.append("no actor in common")
        whole *= OTHER_ACTORS
    shared = {scheme for scheme, ids in one.external.items() if ids & other.external.get(scheme, frozenset())}
    if shared:
        why.insert(0, f"the same id in {', '.join(sorted(shared))}")
        whole = 1.0
    elif both := sorted(one.external.keys() & other.external.keys()):
        why.append(f"two ids in {', '.join(both)}")
        whole *= KEPT_APART
    kind = one.answered.get(other.id) or other.answered.get(one.id)
    if kind:
        why.append(f"accepted: {kind}")
    return Pair(round(100 * whole, 1), one, other, km, days, alike, tuple(why), kind)


def _evidence(value: float, certainty: float) -> float:
    """Evidence from 0 to 1 that is drawn towards 1/2, neither for nor against, the less certain it is."""
    return 0.5 + certainty * (value - 0.5)


def _place(one: Facts, other: Facts, km: float | None, within: Within, why: list[str]) -> float:
    if one.places & other.places:
        why.append("the same place")
    if min(one.certainty, other.certainty) < CERTAINTY["near"]:
        why.append("a place known only by its area")
    if km is None:
        return 0.5
    return max(0.0, 1 - km / within.km) if within.km else float(km == 0)


def _toll(one: Toll | None, other: Toll | None, why: list[str]) -> float:
    """Above 1/2 where the tolls can both be right, the more so the larger and the closer they are; unknown is 1/2."""
    if one is None or other is None:
        why.append("a toll unknown")
        return 0.5
    (low, high), (other_low, other_high) = _interval(one), _interval(other)
    below, above = min(high, other_high), max(low, other_low)
    if below < above:
        why.append("tolls in conflict")
        return 0.5 * below / above
    same = one.best is not None and one.best == other.best
    why.append("the same toll" if same else "tolls overlap")
    span = max(high, other_high) - min(low, other_low) + 1
    tight = 1.0 if same else 0.5 if span == inf else (below - above + 1) / span
    told = min(1.0, log2(1 + above) / log2(1 + LARGE_TOLL))
    return 0.5 + 0.5 * (0.3 + 0.7 * told) * (0.5 + 0.5 * tight)


def _interval(toll: Toll) -> tuple[float, float]:
    return toll.low or 0, inf if toll.high is None or toll.high_open else toll.high


def _names(one: Facts, other: Facts, why: list[str]) -> tuple[int, float]:
    """How alike the names are, from 0 to 100, and what that is worth."""
    place = 100.0 if one.places & other.places else _name_similarity(one.names, other.names)
    if place >= 90 and not one.places & other.places:
        why.append("places of the same name")
    title = float(token_set_ratio(folded(one.title), folded(other.title)))
    alike = (place + title) / 2
    return round(alike), max(0.0, (alike - CHANCE) / (100 - CHANCE))


@lru_cache(maxsize=65536)
def _name_similarity(names: tuple[str, ...], others: tuple[str, ...]) -> float:
    """The highest similarity of any two of the names, variants in other scripts and spellings included."""
    return max((float(token_set_ratio(one, other)) for one in names for other in others), default=0.0)
