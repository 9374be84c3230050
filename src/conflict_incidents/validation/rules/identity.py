"""IDN: ids, links between incidents, and duplicates."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from conflict_incidents.core.findings import Severity, shown
from conflict_incidents.core.rule import Problem, rule, suggestion
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.dataset.nesting import DUPLICATE_OF, PART_OF, wholes
from conflict_incidents.dataset.similarity import NEAR, alike, facts_of
from conflict_incidents.dataset.snapshot import status_of
from conflict_incidents.dataset.suggestions import wrong_with
from conflict_incidents.estimates.envelope import headline
from conflict_incidents.records.counts import whom
from conflict_incidents.records.model import Aggregate, Collection, Incident, Place, Record, kind_of

ACYCLIC = (DUPLICATE_OF, PART_OF)
"""Links that may not lead back to where they start."""


@rule("IDN001", Severity.ERROR, on=Record)
def id_unique(record: Record, dataset: Dataset) -> Iterator[Problem]:
    """An id belongs to one record, withdrawn ones included, and is never used again.

    Wrong:
        two files with the id SYR-20220908-7q4m

    Right:
        a new id from `incidents new`
    """
    for other in dataset.index.same_id(record, dataset.index.file(record.path)) if record.id else ():
        where = dataset.index.shown(other)
        yield Problem(record.at("id"), f"{shown(record.id)} is also the id of {where}; create another")
    for earlier in dataset.earlier:
        was = earlier.get(kind_of(record), record.id)
        if was and was.status == "withdrawn" and status_of(record) not in {"withdrawn", ""}:
            yield Problem(
                record.at("id"),
                f"{shown(record.id)} was withdrawn in {earlier.name}, and no id is used again; create another, and "
                "leave the withdrawn record as it was",
            )
            return


@rule("IDN002", Severity.WARNING, on=Incident)
def no_near_duplicate(incident: Incident, dataset: Dataset) -> Iterator[Problem]:
    """An incident within a day and 5 km of another and with a like toll is linked with it: one, or two.

    "Like" are tolls that can both be right, or differ by a fifth at most; places known only by their district are left
    out, and so are two events that another dataset lists under different ids. Neighbours in time are found by the day
    in their ids. `incidents duplicates` looks further, and finds pairs by what speaks for them.

    Wrong:
        two records of the strike at Hafsarjah on 2022-09-08 with 7 killed, by two recorders

    Right:
        links: [{kind: not_duplicate_of, incident: SYR-20220908-k2fd}]
    """
    own = None if incident.withdrawn else facts_of(incident, dataset)
    if own is None:
        return
    for file in dataset.index.begun_about(own.event.first, NEAR.days):
        record = dataset.index.parsed(file).record
        if not isinstance(record, Incident) or record.withdrawn or record.id in {"", incident.id}:
            continue
        other = facts_of(record, dataset)
        if other and (how := alike(own, other)):
            yield Problem(
                incident.at("id"),
                f"{shown(record.id)} may be the same incident ({how}); if it is, withdraw one of them as "
                "`duplicate_of` the other, if not, link it as `not_duplicate_of`",
            )


@rule("IDN003", Severity.ERROR, on=Incident)
def links_lead_somewhere(incident: Incident, dataset: Dataset) -> Iterator[Problem]:
    """A link points to a record other than its own; `duplicate_of` and `part_of` don't lead round in a circle.

    Wrong:
        id: SYR-20220908-7q4m
        links: [{kind: part_of, incident: SYR-20220908-7q4m}]

    Right:
        id: SYR-20220908-7q4m
        links: [{kind: part_of, incident: SYR-20220908-k2fd}]
    """
    for link in incident.links:
        at = link.at("incident")
        if link.incident == incident.id:
            yield Problem(at, "the link points to its own record; name the other one")
        elif link.incident and dataset.registry.incident(link.incident) is None:
            near = suggestion(link.incident, _neighbours(link.incident, dataset))
            yield Problem(at, f"there is no incident {shown(link.incident)}{near}")
        elif link.kind in ACYCLIC and _leads_back(incident, link.incident, link.kind, dataset):
            yield Problem(
                at, f"`{link.kind}` leads back to this record through {shown(link.incident)}; break the cycle"
            )


def _neighbours(id: str, dataset: Dataset) -> list[str]:
    """Ids of the same country and year."""
    return dataset.index.ids(f"incidents/{id[:3]}/{id[4:8]}")


def _leads_back(start: Incident, first: str, kind: str, dataset: Dataset) -> bool:
    seen: set[str] = set()
    todo = [first]
    while todo:
        id = todo.pop()
        if id == start.id:
            return True
        other = dataset.registry.incident(id) if id not in seen else None
        seen.add(id)
        if other:
            todo += [link.incident for link in other.links if link.kind == kind]
    return False


@rule("IDN004", Severity.ERROR, on=Incident)
def duplicate_is_withdrawn(incident: Incident, dataset: Dataset) -> Iterator[Problem]:
    """A duplicate adds nothing to totals: a record that is `duplicate_of` a published one is withdrawn.

    Every table of a release has a row for each published record. Two of them with one strike count its dead twice.

    Wrong:
        status: published
        links: [{kind: duplicate_of, incident: SYR-20220908-7q4m}]

    Right:
        status: withdrawn
        withdrawn: {date: 2023-01-10, reason: The strike is recorded as SYR-20220908-7q4m.}
        links: [{kind: duplicate_of, incident: SYR-20220908-7q4m}]
    """
    if incident.status != "published":
        return
    for link in incident.links:
        other = dataset.registry.incident(link.incident) if link.kind == "duplicate_of" else None
        if other and other.status == "published" and other.id != incident.id:
            yield Problem(
                link.at("kind"),
                f"{shown(other.id)} is published too, so that what both count is added twice; withdraw this record, "
                "with its reason",
            )


@rule("IDN007", Severity.WARNING, on=Incident)
def parts_within_whole(incident: Incident, dataset: Dataset) -> Iterator[Problem]:
    """What the parts of an incident come to is no more than the whole.

    The toll of an incident includes those of the incidents that are `part_of` it, and sums count them in the whole
    alone. Where the lows of the parts together exceed the high of the whole, its originators count less widely, one of
    the parts belongs to no such whole, or the parts overlap. The last of the parts is named.

    Wrong:
        an offensive with 20 killed, and as parts of it two shellings with 12 killed each

    Right:
        an offensive with at least 20 killed, and the same parts
    """
    if incident.status != "published" or not incident.intact("links"):
        return
    for link in incident.links:
        whole = dataset.registry.incident(link.incident) if link.kind == PART_OF else None
        if whole is None or whole.status != "published" or whole.id == incident.id:
            continue
        parts = _outermost(dataset.registry.parts_of(whole.id), dataset)
        if incident.id != max((part.id for part in parts), default=""):
            continue
        for (measure, group), estimate in headline(whole).items():
            lows = {part.id: one.low for part in parts if (one := headline(part).get((measure, group))) and one.low}
            if estimate.high is not None and not estimate.high_open and sum(lows.values()) > estimate.high:
                yield Problem(
                    link.at("incident"),
                    f"{whom(measure, group)}: the parts of {shown(whole.id)} ({', '.join(sorted(lows))}) come to at "
                    f"least {sum(lows.values())}, more than its {estimate.text}; count the whole as at least that, or "
                    "correct the links",
                )


def _outermost(parts: list[Incident], dataset: Dataset) -> list[Incident]:
    """The parts that aren't in another of them."""
    ids = {part.id for part in parts}
    return [part for part in parts if ids.isdisjoint(wholes(part, dataset.registry.incident))]


@rule("IDN008", Severity.ERROR, on=Incident)
def one_whole(incident: Incident, dataset: Dataset) -> Iterator[Problem]:
    """The wholes that an incident is `part_of` are nested, so that its dead are counted once in a sum.

    Wrong:
        links:
          - {kind: part_of, incident: SYR-20220901-sieg}
          - {kind: part_of, incident: SYR-20220901-camp}    # and neither is part of the other

    Right:
        links:
          - {kind: part_of, incident: SYR-20220901-sieg}    # which is itself part of SYR-20220901-camp
    """
    if incident.status != "published":
        return
    links = [link for link in incident.links if link.kind == PART_OF and link.incident != incident.id]
    named = {link.incident: {link.incident, *_wholes_of(link.incident, dataset)} for link in links}
    for number, link in enumerate(links):
        for other in links[:number]:
            if link.incident not in named[other.incident] and other.incident not in named[link.incident]:
                yield Problem(
                    link.at("incident"),
                    f"it is part of {shown(other.incident)} and of {shown(link.incident)}, which aren't part of each "
                    "other, so that its toll is added twice; link them as `part_of`, or keep one",
                )
                return


def _wholes_of(id: str, dataset: Dataset) -> tuple[str, ...]:
    other = dataset.registry.incident(id)
    return wholes(other, dataset.registry.incident) if other else ()


@rule("IDN006", Severity.ERROR, on=Record)
def file_name_unique(record: Record, dataset: Dataset) -> Iterator[Problem]:
    """The names of files are composed (NFC), and differ in more than case.

    On many computers two such files are one, and a copy of the dataset loses a record silently.

    Wrong:
        SYR-20220908-7q4m.yaml and SYR-20220908-7Q4M.yaml

    Right:
        SYR-20220908-7q4m.yaml
    """
    file = dataset.index.file(record.path)
    if not unicodedata.is_normalized("NFC", file.name):
        yield Problem(record.at("id"), "the name of the file isn't composed (NFC); rename the file after its id")
    for other in dataset.index.alike(record, file):
        where = shown(dataset.index.shown(other))
        yield Problem(
            record.at("id"), f"{shown(file.name)} and {where} are the same file on many computers; rename one of them"
        )


@rule("IDN005", Severity.WARNING, on=Aggregate)
def aggregate_covers_incidents(aggregate: Aggregate, dataset: Dataset) -> Iterator[Problem]:
    """An aggregate is no less than the sum of the incidents that it covers.

    What is counted is the low of each published incident in the area and the period. Where an aggregate falls short,
    its originator counts less widely, or an incident is recorded twice. Duplicates and parts of other incidents aren't
    added.

    Wrong:
        killed: 7    # in the area and year of two incidents with 7 and 4 killed

    Right:
        killed: {at_least: 11}
    """
    area = dataset.registry.place(aggregate.area)
    claimed = [
        (key, count) for claim in aggregate.claims for key, count in claim.counts.items() if count.max is not None
    ]
    if area is None or not claimed:
        return
    covered = [incident for incident in dataset.registry.incidents() if _covers(aggregate, area, incident, dataset)]
    for key, count in claimed:
        lows = [estimate.low or 0 for incident in covered if (estimate := headline(incident).get(key))]
        if count.max is not None and sum(lows) > count.max:
            yield Problem(
                count.at,
                f"{key[0]} ({key[1]}) {count} is below the sum of {len(lows)} recorded incidents, at least "
                f"{sum(lows)}; check area and period, and look for duplicates",
            )


def _covers(aggregate: Aggregate, area: Place, incident: Incident, dataset: Dataset) -> bool:
    """Whether an incident that counts is in the area and the period of an aggregate."""
    counts = incident.status == "published" and not any(link.kind in ACYCLIC for link in incident.links)
    place = dataset.registry.place(incident.primary.place) if incident.primary else None
    if not counts or place is None or incident.date is None:
        return False
    since, until = aggregate.period
    in_time = incident.date.first >= since and incident.date.last[: len(until or "")] <= (until or "")
    units = set(area.admin.values())
    smallest = max(area.admin.items())[1] if units else None
    in_area = place.country == area.country and (smallest is None or smallest in place.admin.values())
    return in_time and in_area


@rule("IDN009", Severity.ERROR, on=(Incident, Collection))
def known_collection(judged: Incident | Collection, dataset: Dataset) -> Iterator[Problem]:
    """An incident belongs to a collection of the registry, and a collection is complete for a known area or dataset.

    Where a dataset has collections, a published incident that belongs to none is a warning: nobody can tell what a sum
    with it covers.

    Wrong:
        collection: idlib

    Right:
        collection: ucdp-idlib
    """
    if isinstance(judged, Incident):
        if judged.collection is None and judged.status == "published" and dataset.index.ids("collections"):
            yield Problem(judged.at("status"), "the incident belongs to no collection; add one", Severity.WARNING)
        named = [("the collection", judged.collection, "collections", judged.at("collection"))]
    else:
        complete = judged.complete
        named = (
            [
                ("the dataset", complete.text("dataset"), "datasets", complete.at("dataset")),
                ("the area", complete.text("area"), "places", complete.at("area")),
            ]
            if complete
            else []
        )
    for what, id, folder, at in named:
        if id and (wrong := wrong_with(what, id, folder, judged, dataset)):
            yield Problem(at, wrong)
