"""REV: what becomes of records. Prevents: a record that disappears, and with it the trace of an error."""

from __future__ import annotations

from collections.abc import Iterator

from conflict_incidents.catalogue import Problem, rule
from conflict_incidents.dataset import Dataset
from conflict_incidents.findings import Severity
from conflict_incidents.model import Incident


@rule("REV001", Severity.ERROR, on=Incident)
def withdrawn_says_why(incident: Incident, dataset: Dataset) -> Iterator[Problem]:
    """A withdrawn record says when and why it was withdrawn, and stays where it is.

    Wrong:
        status: withdrawn

    Right:
        status: withdrawn
        withdrawn: {date: 2023-01-10, reason: The strike was recorded twice.}
    """
    written = "withdrawn" in incident.raw.items
    if incident.withdrawn and not written:
        yield Problem(incident.at("status"), "the record is withdrawn; add `withdrawn: {date: …, reason: …}`")
    if written and incident.status and not incident.withdrawn:
        yield Problem(
            incident.at("withdrawn"), f"`withdrawn` is given, yet the status is `{incident.status}`; make them agree"
        )
