"""BND, uncertainty: estimates that seem more certain than their claims."""

from __future__ import annotations

from collections.abc import Iterator

from conflict_incidents.core.findings import Severity, bare, show
from conflict_incidents.core.rule import Problem, rule
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.estimates.envelope import headline
from conflict_incidents.records.counts import Bound, Count, whom
from conflict_incidents.records.model import Incident
from conflict_incidents.records.statements import Claim
from conflict_incidents.validation.accounts import Key, accounts

WIDE = 3
"""The maximum ratio of high to low of an estimate without a note."""
TOO_WIDE = 100
"""The ratio of high and low from which a number is probably mistyped."""
ONE_EACH = 1
"""Equal counts per site up to this number are plausible, and not regarded as divided."""
SettledEstimates = dict[Key, tuple[int, tuple[str, ...]]]
"""Estimates with a single value: the value, and its originators."""


@rule("BND006", Severity.WARNING, on=Incident, needs=("scope", "casualties"))
def disagreement_is_visible(incident: Incident, dataset: Dataset) -> Iterator[Problem]:
    """If originators disagree, the estimate is a range: low and high differ.

    The method ensures this for claims of one scope. The rule compares scopes: it finds an originator that counts more
    at one site than the others for the whole incident, fewer for the whole area, or fewer killed and wounded together
    than the killed.

    Wrong:
        - {by: sohr, in: sabah, killed: 7}
        - {by: dpa, in: later, scope: quarry, killed: 9}

    Right:
        - {by: sohr, in: sabah, killed: 7}
        - {by: dpa, in: later, killed: 9}
    """
    elsewhere = [
        claim
        for claim in incident.claims
        if not claim.withdrawal and (claim.scope.sites or claim.scope.area or "casualties" in claim.groups)
    ]
    settled = {
        key: (each.low, each.originators)
        for key, each in headline(incident).items()
        if each.low is not None and each.low == each.high
    }
    for claim in elsewhere:
        yield from _conflicting_counts(claim, settled)


def _conflicting_counts(claim: Claim, settled: SettledEstimates) -> Iterator[Problem]:
    """Yield counts of another scope, or of killed and wounded together, that contradict a single value."""
    for (measure, group), count in claim.counts.items():
        for of in (measure, "killed") if measure == "casualties" else (measure,):
            each = settled.get((of, group))
            if each is None or claim.by in each[1]:
                continue
            number = each[0]
            wider = claim.scope.area or (of != measure and not claim.scope.sites)
            more = claim.scope.sites and of == measure and count.min is not None and count.min > number
            fewer = wider and count.max is not None and count.max < number
            if more or fewer:
                yield Problem(
                    count.at,
                    f"{whom(measure, group)}: {show(claim.by)} counts {count} for {claim.scope.label}, which "
                    f"contradicts the {number} {whom(of, group)} of the incident; check the scopes, or add what it "
                    "says of the incident",
                )


@rule("BND008", Severity.WARNING, on=Incident, needs=("scope",))
def not_divided(incident: Incident, dataset: Dataset) -> Iterator[Problem]:
    """A total isn't divided evenly over sites or days as if each part had been observed.

    If the source gives one number for all, the claim has one number, with its scope. Equal parts
    that add up to the originator's own total in the same report are regarded as divided, unless they have an `excerpt`
    or a `note`. A reviewer checks for a total divided over several records.

    Wrong:
        - {by: sohr, in: sabah, killed: 14}
        - {by: sohr, in: sabah, scope: quarry, killed: 7}
        - {by: sohr, in: sabah, scope: house, killed: 7}

    Right:
        - {by: sohr, in: sabah, killed: 14}
    """
    found = accounts(incident)
    for whole in found:
        for key, stated in whole.counts.items():
            parts = [
                part.counts[key]
                for part in found
                if part.scope.sites
                and (part.by, part.report, part.moment) == (whole.by, whole.report, whole.moment)
                and (not whole.scope.sites or set(part.scope.sites) < set(whole.scope.sites))
                and key in part.counts
            ]
            observed = any(part.claim.excerpt or part.claim.note for part in parts)
            if not observed and _add_up(stated.count, [part.count for part in parts]):
                for part in parts:
                    yield Problem(
                        part.count.at,
                        f"{whom(*key)}: {len(parts)} sites with {part.count} each are the {stated.count} of the whole, "
                        "divided; delete them, or quote where the source counts them so",
                    )


def _add_up(whole: Count, parts: list[Count]) -> bool:
    """Whether equal exact parts add up to the whole."""
    numbers = [number for part in parts if part.bound is Bound.EXACT for number in part.numbers]
    exact = whole.bound is Bound.EXACT and len(numbers) == len(parts) > 1
    return exact and min(numbers) == max(numbers) > ONE_EACH and sum(numbers) == whole.best


@rule("BND009", Severity.WARNING, on=Incident)
def wide_range_has_note(incident: Incident, dataset: Dataset) -> Iterator[Problem]:
    """An estimate whose high is more than three times its low has a `note` with the reason.

    The note may be that of a claim used, or of the incident. A low of 0 counts as 1. No note explains a hundred
    times as many as any other number: a digit is too many then.

    Wrong:
        killed: {between: [4, 20]}

    Right:
        killed: {between: [4, 20]}
        note: The ministry gives no count of those under the rubble.
    """
    for (measure, group), each in headline(incident).items():
        if group != "total" or each.low is None or each.high is None or each.high <= WIDE * max(each.low, 1):
            continue
        forms = (*each.used_forms, *each.source_forms)
        highest = max(forms, key=lambda form: max(form.count.numbers, default=0))
        others = [max(one.count.numbers) for one in forms if one.claim is not highest.claim and one.count.numbers]
        if others and each.high >= TOO_WIDE * max(*others, 10):
            message = f"{bare(measure)}: {highest.count} is over {TOO_WIDE} times the {max(others)} that others give"
            yield Problem(highest.count.at, f"{message}; check its digits")
        elif not (incident.note or any(form.claim.note for form in forms)):
            yield Problem(
                min(form.count.at for form in forms),
                f"{bare(measure)}: from {each.low} to {each.high} is more than {WIDE} times as many; say why in "
                "a `note`",
            )
