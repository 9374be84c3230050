"""IDN: one record, one id, one place in the net of links. Prevents: an incident counted twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from conflict_incidents.catalogue import Problem, rule, suggestion
from conflict_incidents.dataset import Dataset
from conflict_incidents.findings import Severity, shown
from conflict_incidents.model import Incident, Record

ACYCLIC = ("duplicate_of", "part_of")
"""Links that may not lead back to where they start."""


@rule("IDN001", Severity.ERROR, on=Record)
def id_unique(record: Record, dataset: Dataset) -> Iterator[Problem]:
    """An id belongs to one record, withdrawn ones included, and file names differ in more than case.

    Wrong:
        two files with the id SYR-20220908-7q4m

    Right:
        a new id from `incidents new`
    """
    for other in dataset.same_id(record, Path(record.path)):
        yield Problem(record.at("id"), f"{shown(record.id)} is also the id of {dataset.shown(other)}; mint another")


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
