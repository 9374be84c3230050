"""REV: what becomes of records. Prevents: a record that disappears, and with it the trace of an error."""

from __future__ import annotations

from collections.abc import Iterator

from conflict_incidents.catalogue import RULES, Problem, rule, suggestion
from conflict_incidents.dataset import Dataset
from conflict_incidents.findings import Severity, shown
from conflict_incidents.model import Record, Sourced, Waivers
from conflict_incidents.pieces import Waiver

UNWAIVABLE = ("REC", "PRV", "REV")
"""Families that can't be waived: form, privacy, and the waivers themselves."""


@rule("REV001", Severity.ERROR, on=Sourced)
def withdrawn_says_why(incident: Sourced, dataset: Dataset) -> Iterator[Problem]:
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


@rule("REV002", Severity.ERROR, on=Waivers)
def waiver_needed(judged: Waivers | Waiver, dataset: Dataset | None = None) -> Iterator[Problem]:
    """A waiver names a rule that can be waived and a record that is there, once, and is needed.

    A waiver that hides nothing any more would hide the next error. Rules on form and on privacy can't be waived.

    Wrong:
        - {rule: PRV001, record: SYR-20220908-7q4m, reason: …, date: 2023-01-10, by: …}

    Right:
        - {rule: PLC002, record: SYR-20220908-7q4m, reason: …, date: 2023-01-10, by: …}
    """
    waivable = {id for id, rule in RULES.items() if rule.on and not id.startswith(UNWAIVABLE)}
    if isinstance(judged, Waiver):
        if judged.rule not in waivable:
            return
        yield Problem(judged.at("rule"), f"{shown(judged.record)} raises no {judged.rule} any more; delete the waiver")
        return
    seen: set[tuple[str, str]] = set()
    for waiver in judged.waivers:
        if waiver.rule in RULES and waiver.rule not in waivable:
            yield Problem(
                waiver.at("rule"), f"{waiver.rule} can't be waived, a rule on form or privacy; repair the record"
            )
        elif waiver.rule not in waivable:
            hint = suggestion(waiver.rule, waivable)
            yield Problem(waiver.at("rule"), f"there is no rule {shown(waiver.rule)}{hint}")
        if dataset and not _exists(waiver.record, dataset):
            yield Problem(
                waiver.at("record"), f"there is no record {shown(waiver.record)}; correct or delete the waiver"
            )
        if (waiver.rule, waiver.record) in seen:
            yield Problem(waiver.mark, f"{waiver.rule} is waived for {shown(waiver.record)} already; keep one")
        seen.add((waiver.rule, waiver.record))


def _exists(id: str, dataset: Dataset) -> bool:
    found: list[Record | None] = [dataset.incident(id), dataset.place(id), dataset.actor(id), dataset.organisation(id)]
    return any(found)
