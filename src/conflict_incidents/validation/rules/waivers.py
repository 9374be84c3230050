"""REV, waivers: findings accepted by a reviewer.

`valid_waivers` returns the valid waivers; validation removes the findings that they accept.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from conflict_incidents.core.findings import Severity, Shown, bare, show
from conflict_incidents.core.rule import RULES, Problem, rule, suggestion
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.dataset.index_rows import IndexRow, Others
from conflict_incidents.records.model import FOLDERS, Waivers
from conflict_incidents.records.schema import Violation
from conflict_incidents.records.statements import Waiver
from conflict_incidents.validation.rules.revisions import gives_no_reason

PRIVACY = "PRV"
"""The family whose findings need a second person to accept."""
UNWAIVABLE = ("REC", "REV", "IDN001", "IDN003", "IDN004", "IDN006", "IDN008")
"""Rules that can't be waived: on form, on waivers, on double counting and on broken links."""


def valid_waivers(accepted: Waivers | None) -> dict[tuple[str, str], Waiver]:
    """Return the valid waivers by record and rule."""
    if accepted is None:
        return {}
    ordinary = [one for one in accepted.waivers if one.rule in waivable()]
    private = [one for one in accepted.privacy if one.rule in waivable(privacy=True) and _has_two_signatures(one)]
    return {(one.record, one.rule): one for one in (*ordinary, *private)}


@cache
def waivable(privacy: bool = False) -> frozenset[str]:
    """Return the ids of the rules that can be waived under `waivers`, or with `privacy` those under `privacy`."""
    return frozenset(id for id in RULES if not id.startswith(UNWAIVABLE) and id.startswith(PRIVACY) == privacy)


@rule("REV002", Severity.ERROR, on=(Violation, Waivers))
def waiver_needed(subject: Violation | Waivers | Waiver, dataset: Dataset) -> Iterator[Problem]:
    """A waiver names a waivable rule and an existing record, has a reason, is unique, and is needed.

    A waiver without a finding would hide the next error. Rules on form and against double counting can't be waived.
    Findings on privacy are waived under `privacy`, where the `reviewer` isn't the requester (`by`).

    Wrong:
        waivers:
          - {rule: PRV002, record: SYR-20220908-7q4m, reason: …, date: 2023-01-10, by: the recorder}

    Right:
        privacy:
          - {rule: PRV002, record: SYR-20220908-7q4m, reason: …, date: 2023-01-10, by: …, reviewer: …}
    """
    if isinstance(subject, Violation):
        yield Problem(
            subject.at, f"{subject.name} is missing the key `{subject.expectation}`; add it, or delete the waiver"
        )
        return
    if isinstance(subject, Waiver):
        yield Problem(
            subject.at("rule"), f"{show(subject.record)} raises no {bare(subject.rule)} any more; delete the waiver"
        )
        return
    seen: dict[tuple[str, str], int] = {}
    for waiver, privacy in [(one, False) for one in subject.waivers] + [(one, True) for one in subject.privacy]:
        yield from _rule(waiver, privacy)
        if privacy and not _has_two_signatures(waiver):
            yield Problem(waiver.at("reviewer"), "the reviewer is also the requester; have someone else sign")
        if gives_no_reason(waiver.text("reason")):
            yield Problem(
                waiver.at("reason"), "the reason is a placeholder; write in a few words why the record is right"
            )
        key = waiver.rule, waiver.record
        if key in seen:
            yield Problem(
                waiver.mark,
                f"duplicate waiver of {bare(waiver.rule)} for {show(waiver.record)} (first on line {seen[key]}); "
                "keep one",
            )
        seen.setdefault(key, waiver.mark.line)


def _rule(waiver: Waiver, privacy: bool) -> Iterator[Problem]:
    at = waiver.at("rule")
    if not waiver.rule or waiver.rule in waivable(privacy):
        return
    if waiver.rule in waivable(not privacy):
        is_no = Shown("is no rule on privacy; move the waiver to `waivers`")
        is_one = Shown("is a rule on privacy; move the waiver to `privacy`, with a `reviewer`")
        yield Problem(at, f"{bare(waiver.rule)} {is_no if privacy else is_one}")
    elif waiver.rule in RULES:
        yield Problem(at, f"{bare(waiver.rule)} can't be waived; repair the record")
    else:
        hint = suggestion(waiver.rule, waivable(privacy))
        yield Problem(at, f"there is no rule {show(waiver.rule)}{hint}")


def _has_two_signatures(waiver: Waiver) -> bool:
    """Whether two people signed a waiver, comparing names without case and spacing."""
    by, reviewer = (" ".join(name.casefold().split()) for name in (waiver.by, waiver.reviewer))
    return by != reviewer


@waiver_needed.also(across=Waivers)
def waived_record_exists(waivers: IndexRow, others: Others) -> Iterator[Problem]:
    """The record named by a waiver exists, valid or not."""
    for id, at in waivers.naming:
        if not any(others.rows_named(kind, id) for kind in FOLDERS):
            yield Problem(at, f"there is no record {show(id)}; correct or delete the waiver")
