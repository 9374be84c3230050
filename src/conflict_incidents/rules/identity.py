"""IDN: one record, one id, one place in the net of links. Prevents: an incident counted twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from conflict_incidents.catalogue import Problem, rule, suggestion
from conflict_incidents.dataset import Dataset
from conflict_incidents.earlier import status_of
from conflict_incidents.estimate import main
from conflict_incidents.findings import Severity, shown
from conflict_incidents.model import Aggregate, Incident, Place, Record, kind_of

ACYCLIC = ("duplicate_of", "part_of")
"""Links that may not lead back to where they start."""


@rule("IDN001", Severity.ERROR, on=Record)
def id_unique(record: Record, dataset: Dataset) -> Iterator[Problem]:
    """An id belongs to one record, withdrawn ones included, and is never used again.

    Wrong:
        two files with the id SYR-20220908-7q4m

    Right:
        a new id from `incidents new`
    """
    for other in dataset.same_id(record, Path(record.path)):
        yield Problem(record.at("id"), f"{shown(record.id)} is also the id of {dataset.shown(other)}; mint another")
    for earlier in dataset.earlier:
        was = earlier.get(kind_of(record), record.id)
        if was and was.status == "withdrawn" and status_of(record) not in {"withdrawn", ""}:
            yield Problem(
                record.at("id"),
                f"{shown(record.id)} was withdrawn in {earlier.name}, and no id is used again; mint another, and leave "
                "the withdrawn record as it was",
            )
            return


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
        elif link.incident and dataset.incident(link.incident) is None:
            near = suggestion(link.incident, _neighbours(link.incident, dataset))
            yield Problem(at, f"there is no incident {shown(link.incident)}{near}")
        elif link.kind in ACYCLIC and _leads_back(incident, link.incident, link.kind, dataset):
            yield Problem(
                at, f"`{link.kind}` leads back to this record by way of {shown(link.incident)}; break the circle"
            )


def _neighbours(id: str, dataset: Dataset) -> list[str]:
    """Ids of the same country and year."""
    return dataset.ids(f"incidents/{id[:3]}/{id[4:8]}")


def _leads_back(start: Incident, first: str, kind: str, dataset: Dataset) -> bool:
    seen: set[str] = set()
    todo = [first]
    while todo:
        id = todo.pop()
        if id == start.id:
            return True
        other = dataset.incident(id) if id not in seen else None
        seen.add(id)
        if other:
            todo += [link.incident for link in other.links if link.kind == kind]
    return False


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
    area = dataset.place(aggregate.area)
    claimed = [
        (key, count) for claim in aggregate.claims for key, count in claim.counts.items() if count.max is not None
    ]
    if area is None or not claimed:
        return
    covered = [incident for incident in dataset.incidents() if _covers(aggregate, area, incident, dataset)]
    for key, count in claimed:
        lows = [estimate.low or 0 for incident in covered if (estimate := main(incident).get(key))]
        if count.max is not None and sum(lows) > count.max:
            yield Problem(
                count.at,
                f"{key[0]} ({key[1]}) {count} is below the sum of {len(lows)} recorded incidents, at least "
                f"{sum(lows)}; check area and period, and look for duplicates",
            )


def _covers(aggregate: Aggregate, area: Place, incident: Incident, dataset: Dataset) -> bool:
    """Whether an incident that counts lies in the area and the period of an aggregate."""
    counts = incident.status == "published" and not any(link.kind in ACYCLIC for link in incident.links)
    place = dataset.place(incident.primary.place) if incident.primary else None
    if not counts or place is None or incident.date is None:
        return False
    since, until = aggregate.period
    in_time = incident.date.first >= since and incident.date.last[: len(until or "")] <= (until or "")
    units = set(area.admin.values())
    smallest = max(area.admin.items())[1] if units else None
    in_area = place.country == area.country and (smallest is None or smallest in place.admin.values())
    return in_time and in_area
