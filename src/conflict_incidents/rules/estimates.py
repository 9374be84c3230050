"""BND: what the claims come to. Prevents: an estimate that says more than its claims."""

from __future__ import annotations

from collections.abc import Iterator

from conflict_incidents.catalogue import Problem, rule
from conflict_incidents.counts import OUTSIDE_TOTAL, SEVERITIES, SEXES, STATUSES
from conflict_incidents.dataset import Dataset
from conflict_incidents.estimate import Agreement, Basis, Estimate, estimates, main
from conflict_incidents.findings import Mark, Severity
from conflict_incidents.model import Incident, Sourced
from conflict_incidents.ranges import WHOLES


@rule("BND001", Severity.ERROR, on=Sourced)
def best_within_bounds(incident: Sourced, dataset: Dataset) -> Iterator[Problem]:
    """An estimate's low is no more than its best, and its best no more than its high.

    So are a claim's own. In a record that came from another dataset that is a warning: what it publishes is kept.

    Wrong:
        killed: {between: [4, 6], best: 9}

    Right:
        killed: {between: [4, 9], best: 6}
    """
    imported = isinstance(incident, Incident) and incident.external
    for claim in incident.claims:
        for (measure, _), count in claim.counts.items():
            if count.best is not None and {min(count.numbers), max(count.numbers)} != {count.min, count.max}:
                message = f"{measure}: the best {count.best} lies outside {count.min}-{count.max}; check the source"
                yield Problem(count.at, message, Severity.WARNING if imported else None)
    if not isinstance(incident, Incident) or not incident.intact("claims"):
        return
    for estimate in estimates(incident):
        for message in out_of_order(estimate):
            yield Problem(_where(incident, estimate), message)


def out_of_order(estimate: Estimate) -> Iterator[str]:
    """Why low, best and high of an estimate aren't in order."""
    low, best, high = estimate.low, estimate.best, estimate.high
    name = f"{estimate.measure} ({estimate.group}, {estimate.scope})"
    if low is not None and high is not None and low > high:
        yield f"{name}: the low {low} exceeds the high {high}"
    if best is not None and best < (low or 0):
        yield f"{name}: the best {best} is below the low {low}; an editor's value lies within what is claimed"
    if best is not None and high is not None and best > high and not estimate.high_open:
        yield f"{name}: the best {best} exceeds the high {high}; an editor's value lies within what is claimed"


@rule("BND002", Severity.ERROR, on=Incident)
def unknown_is_not_zero(incident: Incident, dataset: Dataset) -> Iterator[Problem]:
    """A best value is empty where it isn't known, and 0 only where somebody claims 0.

    A claim whose best is 0 while its high is not is kept, with a warning: it often stands for "not known".

    Wrong:
        overrides: [{measure: killed, best: 0, …}]    # and no claim of killed

    Right:
        overrides: []
    """
    if not incident.intact("claims"):
        return
    counted = {key for claim in incident.claims for key in claim.counts}
    zero = {key for claim in incident.claims for key, count in claim.counts.items() if count.min in {0, None}}
    for override in incident.overrides:
        key = (override.measure, override.group)
        if key not in counted:
            yield Problem(
                override.mark, f"no claim counts {override.measure} ({override.group}); unknown stays unknown"
            )
        elif override.best == 0 and key not in zero:
            yield Problem(override.at("best"), f"nobody claims 0 for {override.measure} ({override.group})")
    for claim in incident.claims:
        for (measure, _), count in claim.counts.items():
            if count.best == 0 and count.max:
                message = f"{measure}: the best is 0 and the high {count.max}; is 0 claimed, or is it not known?"
                yield Problem(count.at, message, Severity.WARNING)


@rule("BND003", Severity.ERROR, on=Incident)
def open_ends_stay_open(incident: Incident, dataset: Dataset) -> Iterator[Problem]:
    """An estimate's end is open where an open claim starts above every closed end, or no end is closed.

    Only a closed whole closes it for a part.

    Wrong:
        killed at least 9 (one originator) and 7 (another): high 9, closed

    Right:
        killed at least 9 (one originator) and 7 (another): high 9, open
    """
    for estimate in closed_by_nobody(estimates(incident)):
        yield Problem(_where(incident, estimate), f"{estimate.measure} ({estimate.group}) is closed by no claim")


def closed_by_nobody(found: list[Estimate]) -> list[Estimate]:
    """The estimates of a record that are closed neither by a claim of their own nor by a whole."""
    parts = {whole.name: whole.parts for whole in WHOLES}
    closed = {
        (each.scope, each.measure, part) for each in found if not each.high_open for part in parts.get(each.group, ())
    }
    return [each for each in found if _wrongly_closed(each) and (each.scope, each.measure, each.group) not in closed]


def _wrongly_closed(estimate: Estimate) -> bool:
    """Whether an estimate is closed although its own claims leave it open."""
    ends = [said.count.max for said in estimate.used if said.count.max is not None]
    starts = [said.count.min or 0 for said in estimate.used if said.count.max is None]
    return not estimate.high_open and bool(starts) and (not ends or max(starts) > max(ends))


@rule("BND004", Severity.ERROR, on=Incident)
def parts_within_total(incident: Incident, dataset: Dataset) -> Iterator[Problem]:
    """No part of an estimate is larger than its total, and disjoint parts together are no more than it.

    Wrong:
        overrides: [{measure: killed, group: civilians, best: 9, …}]    # and a total of 7

    Right:
        overrides: [{measure: killed, group: civilians, best: 7, …}]
    """
    families: dict[tuple[str, str], dict[str, Estimate]] = {}
    for estimate in estimates(incident):
        families.setdefault((estimate.scope, estimate.measure), {})[estimate.group] = estimate
    for groups in families.values():
        for message, estimate in larger_parts(groups):
            yield Problem(_where(incident, estimate), message)


def larger_parts(groups: dict[str, Estimate]) -> Iterator[tuple[str, Estimate]]:
    """Which estimates of one scope and measure, by group, don't fit into the total, and why."""
    total = groups.get("total")
    if total is None:
        return
    for name, part in groups.items():
        for field in ("low", "best", "high"):
            ours, whole = getattr(part, field), getattr(total, field)
            if name not in OUTSIDE_TOTAL and ours is not None and whole is not None and ours > whole:
                yield f"{part.measure}: the {field} of {name} ({ours}) exceeds that of the total ({whole})", part
    for names in (STATUSES, SEXES, SEVERITIES):
        parts = [groups[name] for name in names if name in groups]
        least = sum(part.low or 0 for part in parts)
        # Only parts of one originator add up: another may know more of the same people.
        sole = len(total.originators) == 1 and all(part.originators == total.originators for part in parts)
        if sole and least > (total.low or 0) and total.agreement is not Agreement.CONFLICTING:
            yield f"{total.measure}: {' and '.join(names)} come to {least}, more than the total's {total.low}", total


@rule("BND005", Severity.ERROR, on=Incident)
def override_needed(incident: Incident, dataset: Dataset) -> Iterator[Problem]:
    """An editor's best value differs from what the method gives, and stands once for a measure and group.

    Wrong:
        overrides: [{measure: killed, best: 7, …}]    # the method gives 7

    Right:
        overrides: []
    """
    if not incident.overrides or not incident.intact("claims"):
        return
    seen: set[tuple[str, str]] = set()
    plain = _without_overrides(incident)
    for override in incident.overrides:
        key = (override.measure, override.group)
        if key in seen:
            yield Problem(override.mark, f"a best for {override.measure} ({override.group}) is set twice; keep one")
        seen.add(key)
        if plain.get(key) == override.best:
            yield Problem(override.at("best"), f"the method gives {override.best} by itself; delete the override")


def _without_overrides(incident: Incident) -> dict[tuple[str, str], int | None]:
    """What the method itself gives as best values."""
    node = incident.node
    items = {key: child for key, child in node.items.items() if key != "overrides"}
    bare = Incident(type(node)(items, node.keys, node.mark), incident.path, incident.raw)
    return {key: estimate.best for key, estimate in main(bare).items()}


@rule("BND007", Severity.WARNING, on=Incident)
def single_originator(incident: Incident, dataset: Dataset) -> Iterator[Problem]:
    """A toll that rests on one of several originators alone is marked: a second count would be worth finding.

    Wrong:
        killed by one originator, wounded by another

    Right:
        killed by two originators
    """
    counting = {claim.by for claim in incident.claims if claim.counts and not claim.withdrawal}
    if not incident.intact("claims") or len(counting) < 2:
        return
    for (measure, group), estimate in main(incident).items():
        toll = measure in {"killed", "wounded"} and group == "total"
        if toll and estimate.agreement is Agreement.SINGLE and estimate.basis is not Basis.EDITOR:
            (only,) = estimate.originators
            yield Problem(_where(incident, estimate), f"{measure} rests on `{only}` alone; look for a second count")


def _where(incident: Incident, estimate: Estimate) -> Mark:
    """The first thing in the record that an estimate rests on: an editor's value, or a claim."""
    for override in incident.overrides:
        if (override.measure, override.group) == (estimate.measure, estimate.group):
            return override.at("best")
    return min(said.count.at for said in (*estimate.used, *estimate.derived_from))
