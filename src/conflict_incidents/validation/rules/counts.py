"""CNT: counts and their consistency."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from conflict_incidents.core.findings import Severity, Shown, bare, show
from conflict_incidents.core.rule import Problem, rule
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.records.counts import (
    MEASURES,
    PEOPLE,
    ROLES,
    SEVERITIES,
    SEXES,
    SIDES,
    STATUSES,
    Bound,
    Count,
    whom,
)
from conflict_incidents.records.model import Sourced
from conflict_incidents.records.schema import Violation
from conflict_incidents.records.statements import Claim
from conflict_incidents.records.yaml.nodes import MappingNode
from conflict_incidents.validation.rules.counts_shares import shares_fit


@rule("CNT001", Severity.ERROR, on=Violation)
def not_negative(violation: Violation, dataset: Dataset) -> Iterator[Problem]:
    """A count is zero or more.

    Wrong:
        killed: -3

    Right:
        killed: 3
    """
    yield Problem(violation.at, f"{violation.name} is {violation.shown_value}; a count can't be negative")


@rule("CNT002", Severity.ERROR, on=(Violation, Sourced), needs=("between",))
def bounds_in_order(subject: Violation | Sourced, dataset: Dataset) -> Iterator[Problem]:
    """The lower bound of a count is no more than the upper.

    Wrong:
        killed: {between: [6, 4]}

    Right:
        killed: {between: [4, 6]}
    """
    if isinstance(subject, Violation):
        ends = re.fullmatch(r"([0-9]{1,9})\W{1,3}([0-9]{1,9})", subject.text)
        pair = show(f"between: [{ends[1]}, {ends[2]}]") if ends else Shown("`between: [4, 6]`")
        yield Problem(subject.at, f"{subject.name} takes two numbers, the lowest and the highest: {pair}")
        return
    for claim in subject.claims:
        claimed = list(claim.counts.items())
        claimed += [((share.measure, share.group), share.percent) for share in claim.shares]
        for key, count in claimed:
            if count.min is not None and count.max is not None and count.min > count.max:
                yield Problem(
                    count.at, f"{whom(*key)}: the lower bound {count.min} exceeds the upper {count.max}; swap them"
                )


@rule("CNT003", Severity.ERROR, on=Sourced, needs=("civilians",))
def civilians_fit(incident: Sourced, dataset: Dataset) -> Iterator[Problem]:
    """Civilians fit inside the total of the same claim.

    Wrong:
        killed: {total: 7, civilians: {at_least: 9}}

    Right:
        killed: {total: 9, civilians: {at_least: 7}}
    """
    for claim, measure in _measures(incident):
        yield from _fits(claim, measure, ("civilians",), "total")


@rule("CNT004", Severity.ERROR, on=Sourced)
def statuses_fit(incident: Sourced, dataset: Dataset) -> Iterator[Problem]:
    """Civilians, combatants of either side and people of unknown status together fit inside the total of their claim.

    They are disjoint, so their lowest numbers add up. "7 killed, at least 4 of them civilians, 3 not identified" is
    valid: 4 and 3 are 7, and the three may be civilians. If the source says that the parts make up the total
    (`statuses_complete: true`), their sum must be able to equal it. It is a warning if all three are given, people of
    unknown status among them, and come to fewer than the total.

    Shares are at most 100 percent, and so is the sum of disjoint shares of one whole. Shares of children or medics
    don't limit those of others; each is at most that of the total.

    Wrong:
        killed: {total: 7, civilians: 5, combatants: 3}

    Right:
        killed: {total: 8, civilians: 5, combatants: 3}
    """
    for claim, measure in _measures(incident):
        yield from _fits(claim, measure, ("combatants", "unknown_status", *SIDES), "total")
        yield from _fits(claim, measure, SIDES, "combatants")
        complete = claim.says_complete(measure, "statuses_complete")
        combatants = ("combatants",) if (measure, "combatants") in claim.counts else SIDES
        statuses = ("civilians", *combatants, "unknown_status")
        yield from _sums(claim, measure, statuses, complete)
        if not complete and all((measure, group) in claim.counts for group in statuses):
            yield from _check_statuses(claim, measure, statuses)
        yield from _sums(claim, measure, SIDES, False, "combatants")
    for claim in incident.claims:
        yield from shares_fit(claim)


@rule("CNT005", Severity.ERROR, on=Sourced, needs=(*SEXES, "children"))
def sexes_fit(incident: Sourced, dataset: Dataset) -> Iterator[Problem]:
    """Women, men, girls, boys and those of unknown sex or age together fit inside the total of the same claim.

    `children` replaces `girls` and `boys` if the source doesn't distinguish them.

    Wrong:
        killed: {total: 4, women: 2, men: 3}

    Right:
        killed: {total: 5, women: 2, men: 3}
    """
    for claim, measure in _measures(incident):
        yield from _fits(claim, measure, SEXES, "total")
        complete = claim.says_complete(measure, "sexes_complete")
        children = (measure, "children") in claim.counts
        split = any((measure, group) in claim.counts for group in ("girls", "boys", "unknown_sex_or_age"))
        found = list(_sums(claim, measure, SEXES, complete and not children))
        yield from found or _sums(claim, measure, ("women", "men", "children"), complete and not split)


@rule("CNT006", Severity.ERROR, on=Sourced, needs=("children", "civilian_children", "girls", "boys"))
def children_fit(incident: Sourced, dataset: Dataset) -> Iterator[Problem]:
    """Children fit inside the total, civilian children inside the civilians, girls and boys inside the children.

    Wrong:
        killed: {total: 2, children: 3}

    Right:
        killed: {total: 3, children: 2}
    """
    for claim, measure in _measures(incident):
        yield from _fits(claim, measure, ("children", "civilian_children"), "total")
        yield from _fits(claim, measure, ("civilian_children",), "civilians")
        yield from _fits(claim, measure, ("girls", "boys", "civilian_children"), "children")
        yield from _sums(claim, measure, ("girls", "boys"), False, "children")


@rule("CNT007", Severity.ERROR, on=Sourced, needs=ROLES)
def roles_fit(incident: Sourced, dataset: Dataset) -> Iterator[Problem]:
    """Medics, journalists and aid workers each fit inside the total; they overlap and are never added up.

    Wrong:
        killed: {total: 2, medics: 3}

    Right:
        killed: {total: 3, medics: 2}
    """
    for claim, measure in _measures(incident):
        yield from _fits(claim, measure, ROLES, "total")


@rule("CNT014", Severity.ERROR, on=Violation)
def share_is_number(violation: Violation, dataset: Dataset) -> Iterator[Problem]:
    """A share in percent is a number, not a word.

    `{word: dozens}` is a count with a known lower bound; of a percentage, words define none.

    Wrong:
        shares: [{measure: killed, group: civilians, percent: {word: dozens}}]

    Right:
        shares: [{measure: killed, group: civilians, percent: {at_least: 60}}]
    """
    yield Problem(violation.at, f"{violation.name} is a word; a share takes a number, so say it in the claim's `note`")


@rule("CNT015", Severity.WARNING, on=Sourced)
def round_number(incident: Sourced, dataset: Dataset) -> Iterator[Problem]:
    """A large round number is seldom exact.

    "A hundred dead" is usually an estimate, coded as `about`. If the source counts exactly, the claim's `note` says so.

    Wrong:
        killed: 100

    Right:
        killed: {about: 100}
    """
    for claim in incident.claims:
        for (measure, group), count in claim.counts.items():
            is_round = count.least >= 50 and count.least % 10 ** max(1, len(str(count.least)) - 2) == 0
            if count.bound is Bound.EXACT and is_round and not (claim.note or claim.withdrawal):
                yield Problem(
                    count.at,
                    f"{whom(measure, group)}: {count.best} is round and marked exact; write `about` if the source "
                    "doesn't count, else a `note`",
                )


@rule("CNT016", Severity.ERROR, on=(Violation, Sourced), needs=SEVERITIES)
def severities_fit(subject: Violation | Sourced, dataset: Dataset) -> Iterator[Problem]:
    """Severities are groups of the wounded only, and their sum is at most the total of the claim.

    `critical`, `serious` and `light` are disjoint: "5 seriously wounded, 2 of them in a critical condition" are 3
    serious and 2 critical. Wounded people of unknown severity are in none of these groups.

    Wrong:
        wounded: {total: 5, serious: 5, critical: 2}

    Right:
        wounded: {total: 5, serious: 3, critical: 2}
    """
    if isinstance(subject, Violation):
        assert isinstance(subject.value, MappingNode), "the schema gives this rule the keys of a count"
        severity = next(key for key in subject.value.keys if key in SEVERITIES)
        message = f"{subject.name}: {show(severity)} says how badly people are wounded; it belongs under `wounded`"
        yield Problem(subject.value.key_mark(severity), message)
        return
    for claim in subject.claims:
        yield from _fits(claim, "wounded", SEVERITIES, "total")
        yield from _sums(claim, "wounded", SEVERITIES, False)


_CLAIM_KEYS = {*MEASURES, "no_information", "shares"}
"""The keys of which a claim must have at least one."""


@rule("CNT018", Severity.ERROR, on=Sourced)
def counts_something(incident: Sourced, dataset: Dataset) -> Iterator[Problem]:
    """A claim counts something, or says that its source gives no information.

    Wrong:
        - {by: sohr, in: sabah}

    Right:
        - {by: sohr, in: sabah, no_information: [killed, wounded]}
    """
    for claim in incident.claims:
        if _CLAIM_KEYS.isdisjoint(claim.node.keys) and _intact(claim.node):
            yield Problem(claim.mark, "the claim counts nothing; add a measure, `no_information`, or delete it")
        for number, measure in enumerate(claim.no_information):
            if measure in claim.node.items:
                at = claim.at("no_information", number)
                yield Problem(at, f"the claim has {show(measure)} and also `no_information` on it; keep one of them")
        for measure in PEOPLE:
            if measure in claim.node.items:
                yield from _says_but_counts_none(claim, measure)


def _says_but_counts_none(claim: Claim, measure: str) -> Iterator[Problem]:
    """Yield the keys of a measure that refer to missing numbers."""
    node = claim.node.items[measure]
    if not isinstance(node, MappingNode) or not _intact(node):
        return
    if measure not in claim.groups:
        yield Problem(node.mark, f"{bare(measure)} has no number; add one, or delete the key")
        return
    for key, groups in (("statuses_complete", (*STATUSES, *SIDES)), ("sexes_complete", (*SEXES, "children"))):
        if claim.says_complete(measure, key) and not any((measure, group) in claim.counts for group in groups):
            message = f"{bare(measure)}: `{Shown(key)}`, yet none of these groups is counted; add them, or delete it"
            yield Problem(claim.at(measure, key), message)
    for number, group in enumerate(claim.says_all(measure)):
        if (measure, group) not in claim.counts:
            at = claim.at(measure, "complete", number)
            yield Problem(
                at,
                f"{bare(measure)}: `complete` names {bare(group.replace('_', ' '))}, which has no count; add it, or "
                "delete it",
            )


def _intact(node: MappingNode) -> bool:
    """Whether all its values are valid."""
    return node.keys.keys() == node.items.keys()


def _measures(incident: Sourced) -> Iterator[tuple[Claim, str]]:
    """Yield the measures of each claim that have several groups."""
    for claim in incident.claims:
        for measure, groups in claim.groups.items():
            if len(groups) > 1:
                yield claim, measure


def _fits(claim: Claim, measure: str, parts: Iterable[str], whole: str) -> Iterator[Problem]:
    """Check that the lower bound of each part is at most the upper bound of the whole."""
    counts = claim.groups.get(measure, {})
    total = counts.get(whole)
    if total is None or total.max is None:
        return
    for group in parts:
        part = counts.get(group)
        if part is not None and part.least > total.max:
            yield Problem(
                part.at,
                f"{whom(measure, group)} ({part}) exceed the {bare(whole)} ({total}) of the same claim; "
                "correct one of them, or split the claim",
            )


def _sums(
    claim: Claim, measure: str, groups: tuple[str, ...], complete: bool, whole: str = "total"
) -> Iterator[Problem]:
    """Check that the sum of disjoint parts is at most the whole, and can equal it if they are complete."""
    counts = claim.groups.get(measure, {})
    total = counts.get(whole)
    parts = {group: counts[group] for group in groups if group in counts}
    if total is None or not parts:
        return
    least = [part.least for part in parts.values()]
    if total.max is not None and sum(least) > total.max:
        if max(least) <= total.max:  # `_fits` reports a single part that exceeds it
            yield Problem(
                claim.at(measure),
                f"{bare(measure)}: {_in_words(parts)} come to at least {sum(least)}, more than the {bare(whole)} "
                f"({total}) of the same claim; correct one of them",
            )
    elif complete and _falls_short(parts.values(), total):
        yield Problem(
            claim.at(measure),
            f"{bare(measure)}: {_in_words(parts)} are said to be all, yet don't add up to the {bare(whole)} ({total}); "
            "correct one of them",
        )


def _check_statuses(claim: Claim, measure: str, groups: tuple[str, ...]) -> Iterator[Problem]:
    """Check that the sum of all statuses, unknown ones among them, isn't less than the total."""
    counts = claim.groups[measure]
    parts, total = {group: counts[group] for group in groups}, counts.get("total")
    if total and _falls_short(parts.values(), total):
        yield Problem(
            claim.at(measure),
            f"{bare(measure)}: {_in_words(parts)} come to fewer than the total ({total}); correct one of them, or "
            "count the others as `unknown_status`",
            Severity.WARNING,
        )


def _in_words(parts: Mapping[str, Count]) -> Shown:
    return " and ".join(f"{bare(group)} ({part})" for group, part in parts.items())


def _falls_short(parts: Iterable[Count], total: Count) -> bool:
    ends = [part.max for part in parts]
    most = sum(end for end in ends if end is not None)
    return None not in ends and most < total.least
