"""Compare two incidents, and decide whether they are similar enough to need a reviewer's decision.

`alike` is the condition of IDN002 for a record and its neighbours in time; `duplicates` ranks all pairs by the same
facts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b

from conflict_incidents.core.findings import Shown, bare
from conflict_incidents.core.geo import Event, apart_days, apart_km
from conflict_incidents.core.names import fold
from conflict_incidents.core.urls import normalize_url
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.dataset.index_rows import Facts, Toll
from conflict_incidents.estimates.envelope import headline
from conflict_incidents.estimates.estimate import Estimate
from conflict_incidents.records.counts import PEOPLE
from conflict_incidents.records.fields import once
from conflict_incidents.records.model import Incident

CERTAINTY = {
    **dict.fromkeys(("exact", "point", "neighbourhood", "settlement"), 1.0),
    **{"near": 0.8, "adm3": 0.6, "adm2": 0.4, "country": 0.05},
    **dict.fromkeys(("adm1", "area", "airspace"), 0.2),
}
"""The weight of a distance by precision of the site, or else by level of the place."""
ONE_ARTICLE = Shown("the same article, originator and number")
NOT_AN_ANSWER = ("same_day",)
"""The kinds of links that don't say whether two incidents are duplicates; every other kind does."""


@dataclass(frozen=True, slots=True)
class Within:
    """The maximum distance of a pair: kilometres and days."""

    km: float = 10.0
    days: int = 3


NEAR = Within(5.0, 1)
"""The maximum distance of two incidents for `alike`."""
WEEK = 7
"""The maximum length in days of spans that are compared by the days between them."""
LIKE = 0.8
"""The minimum ratio of the smaller to the larger toll for both to be similar."""


@once
def facts_of(incident: Incident, dataset: Dataset) -> Facts | None:
    """Return the facts of an incident to compare, with places looked up in `dataset`; None if its date is invalid."""
    span = incident.date.days if incident.date else None
    if span is None:
        return None
    positions: set[tuple[float, float]] = set()
    unplaced: set[str] = set()
    names: dict[str, None] = {}
    certainty = 0.0
    for site in incident.sites:
        place = dataset.registry.place(site.place)
        holder = site if site.lat is not None else place
        if holder is not None and holder.lat is not None and holder.lon is not None:
            positions.add((holder.lat, holder.lon))
        else:
            unplaced.add(site.place)
        if place:
            names.update(dict.fromkeys(fold(name) for name in (place.name, *(one.spelling for one in place.names))))
        certainty = max(certainty, CERTAINTY.get(site.precision or (place.level if place else ""), 0.0))
    external: dict[str, frozenset[str]] = {}
    for other in incident.external:
        external[other.scheme] = external.get(other.scheme, frozenset()) | {other.id}
    return Facts(
        id=incident.id,
        title=incident.title,
        event=Event(tuple(sorted(positions)), span[0].toordinal(), span[1].toordinal(), frozenset(unplaced)),
        certainty=certainty,
        places=frozenset(site.place for site in incident.sites),
        names=tuple(names),
        tolls={measure: toll_of(one) for (measure, group), one in headline(incident).items() if group == "total"},
        actors=frozenset([*(one.actor for one in incident.parties), *(one.actor for one in incident.attributions)]),
        external=external,
        dismissals={link.incident: link.kind for link in incident.links if link.kind not in NOT_AN_ANSWER},
        number_keys=frozenset(_number_keys(incident)),
        collection=incident.collection,
    )


def _number_keys(incident: Incident) -> Iterator[str]:
    """Yield hashes of its nonzero numbers of people, each with its originator and the URL of its source."""
    addresses = {id: normalize_url(report.url) for id, report in incident.reports.items() if report.url}
    for claim in incident.claims:
        address = addresses.get(claim.report)
        for (measure, group), count in claim.counts.items() if address else ():
            if measure in PEOPLE and count.max != 0:
                text = f"{address}\0{claim.by}\0{measure}\0{group}\0{count}"
                yield blake2b(text.encode("utf-8", "replace"), digest_size=8).hexdigest()


def toll_of(estimate: Estimate) -> Toll:
    """Reduce an estimate to what comparisons use."""
    return Toll(estimate.low, estimate.best, estimate.high, estimate.high_open, estimate.text)


def alike(one: Facts, other: Facts) -> Shown | None:
    """Return why two incidents are so similar that a reviewer must decide whether they are one; None otherwise.

    The same nonzero number of one originator in one article is sufficient at any distance. Otherwise, both their first
    and their last days must be at most a day apart, their places, known as precisely as a settlement, at most 5 km, and
    every toll that both have must be compatible, with at least one of them known. If neither has any toll, the same
    days and title suffice. Two ids in one other dataset mean that they are different; a common one is left to IDN011.
    """
    if one.dismissals.get(other.id) or other.dismissals.get(one.id):
        return None
    if one.external.keys() & other.external:
        return None
    days = _days_between(one.event, other.event)
    if days <= NEAR.days and one.number_keys & other.number_keys:
        return ONE_ARTICLE
    km = apart_km(one.event, other.event)
    if days > NEAR.days or km is None or km > NEAR.km or min(one.certainty, other.certainty) < CERTAINTY["near"]:
        return None
    toll = _like_tolls(one, other, days)
    return f"{'a day' if days else 'no day'} and {km:.1f} km away, {toll}" if toll else None


def _days_between(one: Event, other: Event) -> int:
    """Return the days between two spans of a week at most, which may be dates known to a week; else the larger
    difference of their first and last days.
    """
    if max(one.last - one.first, other.last - other.first) < WEEK:
        return apart_days(one, other)
    return max(abs(one.first - other.first), abs(one.last - other.last))


def _like_tolls(one: Facts, other: Facts, days: int) -> Shown | None:
    known = [name for name in PEOPLE if name in one.tolls and name in other.tolls]
    if not all(_like(one.tolls[name], other.tolls[name]) for name in known):
        return None
    for name in known:
        if _somebody(one.tolls[name]) and _somebody(other.tolls[name]):
            return f"{bare(name)} {bare(other.tolls[name].text)} there and {bare(one.tolls[name].text)} here"
    same_title = days == 0 and fold(one.title) == fold(other.title)
    return Shown("of the same title") if same_title and not one.tolls and not other.tolls else None


def _somebody(toll: Toll) -> bool:
    return bool(toll.low or toll.high or toll.high_open)


def _like(one: Toll, other: Toll) -> bool:
    """Whether two tolls overlap, or differ by at most a fifth; an open one is taken to reach twice its known end."""
    (low, high), (other_low, other_high) = _reach(one), _reach(other)
    return min(high, other_high) >= LIKE * max(low, other_low)


def _reach(toll: Toll) -> tuple[int, int]:
    low, high = toll.low or 0, toll.high or 0
    return low, high if toll.high is not None and not toll.high_open else 2 * max(low, high)
