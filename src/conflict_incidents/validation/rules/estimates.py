"""BND: estimates and editors' values."""

from __future__ import annotations

import re
from collections.abc import Iterator

from conflict_incidents.core.findings import Mark, Severity, Shown, bare, show
from conflict_incidents.core.rule import Problem, rule
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.estimates.bests import PARTITIONS, with_best
from conflict_incidents.estimates.envelope import estimates, headline
from conflict_incidents.estimates.estimate import Basis, Estimate
from conflict_incidents.records.counts import Bound, whom
from conflict_incidents.records.dates import as_day
from conflict_incidents.records.model import Incident, Sourced

_UNKNOWN = re.compile(
    r"(?i)\b(?:unknown|unclear|not known|hard to (?:tell|say)|no (?:word|information|details|figures)"
    r"|not (?:been )?reported|(?:no|without) [^.;]{0,40}reports?(?:ed)?)\b"
)
"""English words for what a source doesn't know."""
_AVERAGE = re.compile(r"(?i)\b(?:averaged?|mean of|mid-?point|middle|half-?way)\b")
"""English words for a number between those of the sources."""


@rule("BND001", Severity.ERROR, on=Sourced, needs=("best",))
def best_within_bounds(incident: Sourced, dataset: Dataset) -> Iterator[Problem]:
    """A best value is within its bounds: a claim's own, and an editor's within the estimate.

    In a record from another dataset it is a warning: published values are kept.

    Wrong:
        killed: {between: [4, 6], best: 9}

    Right:
        killed: {between: [4, 9], best: 6}
    """
    imported = isinstance(incident, Incident) and incident.external
    for claim in incident.claims:
        for (measure, _), count in claim.counts.items():
            if count.best is not None and {min(count.numbers), max(count.numbers)} != {count.min, count.max}:
                message = f"{bare(measure)}: the best {count.best} is outside {count.min}-{count.max}; check the source"
                yield Problem(count.at, message, Severity.WARNING if imported else None)
    if not isinstance(incident, Incident) or not incident.intact("claims"):
        return
    for estimate in headline(incident).values():
        outside = _outside(estimate) if estimate.basis is Basis.EDITOR else None
        if outside:
            yield Problem(_where(incident, estimate), outside)


def _outside(estimate: Estimate) -> Shown | None:
    """Return the error if an editor's best is outside its estimate; None otherwise."""
    low, best, high = estimate.low or 0, estimate.best or 0, estimate.high
    if low <= best and (high is None or best <= high or estimate.high_open):
        return None
    of = f"{bare(estimate.measure)} ({bare(estimate.group)})"
    return f"{of}: the best {best} is outside of {bare(estimate.text)}; choose a value within it"


@rule("BND002", Severity.ERROR, on=Incident)
def unknown_is_not_zero(incident: Incident, dataset: Dataset) -> Iterator[Problem]:
    """An unknown best value is empty; it is 0 only if a claim gives 0.

    A claim with a best of 0 and a nonzero high is a warning: its 0 often means "not known". So is a 0 whose note or
    excerpt has words for unknown, or for not reported so far. The coding of datasets isn't checked. `about: 0` is an
    error: an approximate count is above 0.

    Wrong:
        overrides: [{measure: killed, best: 0, …}]    # and no claim of killed

    Right:
        overrides: []
    """
    if not incident.intact("claims"):
        return
    for override in incident.overrides:
        key = (override.measure, override.group)
        counts = [claim.counts[key] for claim in incident.claims if key in claim.counts]
        if not counts:
            yield Problem(
                override.mark,
                f"no claim counts {bare(override.measure)} ({bare(override.group)}), so it is unknown; delete the "
                "override",
            )
        elif override.best == 0 and not any(count.min in {0, None} for count in counts):
            yield Problem(
                override.at("best"),
                f"no claim gives 0 for {bare(override.measure)} ({bare(override.group)}); delete the override",
            )
    for claim in incident.claims:
        originator = dataset.registry.organisation(claim.by)
        is_coded = originator is not None and originator.kind == "dataset"
        vague = _UNKNOWN.search(claim.note or claim.excerpt or "")
        for (measure, group), count in claim.counts.items():
            if count.bound is Bound.ABOUT and 0 in count.numbers:
                repair = Shown("write 0 if the source says so, or `no_information` if it doesn't know")
                yield Problem(count.at, f"{whom(measure, group)}: `about: 0` says nothing; {repair}")
            elif vague and group == "total" and count.best == count.max == 0 and not is_coded:
                repair = Shown("if its source doesn't say that there were none, write `no_information`")
                yield Problem(count.at, f"{bare(measure)} is {count}, which isn't unknown; {repair}", Severity.WARNING)
            elif count.best == 0 and count.max and not is_coded:
                repair = Shown("if 0 means not known, delete `best`")
                yield Problem(
                    count.at, f"{bare(measure)}: the best is 0 and the high {count.max}; {repair}", Severity.WARNING
                )


@rule("BND004", Severity.ERROR, on=Incident, needs=("overrides",))
def editors_parts_within_whole(incident: Incident, dataset: Dataset) -> Iterator[Problem]:
    """The sum of the best values of disjoint parts, including editors', is at most the best of their whole.

    If the whole has no best, its closed high is the limit.

    Wrong:
        overrides: [{measure: killed, group: civilians, best: 9, …}]    # and a total of 7

    Right:
        overrides: [{measure: killed, group: civilians, best: 7, …}]
    """
    measures: dict[str, dict[str, Estimate]] = {}
    for (measure, group), estimate in headline(incident).items():
        measures.setdefault(measure, {})[group] = estimate
    for groups in measures.values():
        best = {name: (one.best, one.basis) for name, one in groups.items()}
        for whole, parts in PARTITIONS:
            names = [name for part in parts for name in with_best(part, best)]
            if whole in groups and Basis.EDITOR in {groups[name].basis for name in (whole, *names)}:
                yield from _exceeding_parts(incident, groups[whole], [groups[name] for name in names])


def _exceeding_parts(incident: Incident, whole: Estimate, parts: list[Estimate]) -> Iterator[Problem]:
    """Yield a problem if the sum of the parts' best values exceeds the limit of the whole."""
    limit = whole.best if whole.best is not None else None if whole.high_open else whole.high
    together = sum(part.best or 0 for part in parts)
    if limit is not None and together > limit:
        names = " and ".join([bare(part.group.replace("_", " ")) for part in parts])
        mark = next((_where(incident, part) for part in parts if part.basis is Basis.EDITOR), _where(incident, whole))
        yield Problem(
            mark, f"{bare(whole.measure)}: {names} come to {together}, more than the {bare(whole.group)}, {limit}"
        )


@rule("BND005", Severity.ERROR, on=Incident, needs=("overrides",))
def override_needed(incident: Incident, dataset: Dataset) -> Iterator[Problem]:
    """An editor's best value differs from that of the method, is unique, and was set after the incident began.

    Wrong:
        overrides: [{measure: killed, best: 7, …}]    # the method gives 7

    Right:
        overrides: []
    """
    if not incident.intact("claims"):
        return
    seen: set[tuple[str, str]] = set()
    plain = _without_overrides(incident)
    for override in incident.overrides:
        key = (override.measure, override.group)
        if key in seen:
            yield Problem(
                override.mark, f"duplicate override for {bare(override.measure)} ({bare(override.group)}); keep one"
            )
        seen.add(key)
        if _AVERAGE.search(override.reason):
            message = Shown("the reason is an average; disagreement is never averaged: name what decides, or delete it")
            yield Problem(override.at("reason"), message, Severity.WARNING)
        set_on = as_day(override.date)
        if incident.days and set_on and set_on < incident.days[0]:
            message = f"the override was set on {set_on}, before the incident ({incident.days[0]}); correct the date"
            yield Problem(override.at("date"), message)
        if plain.get(key) == override.best:
            yield Problem(override.at("best"), f"the method gives {override.best} by itself; delete the override")


def _without_overrides(incident: Incident) -> dict[tuple[str, str], int | None]:
    """Return the best values of the method itself."""
    node = incident.node
    items = {key: child for key, child in node.items.items() if key != "overrides"}
    without = Incident(type(node)(items, node.keys, node.at), incident.path, incident.raw)
    return {key: estimate.best for key, estimate in headline(without).items()}


@rule("BND007", Severity.WARNING, on=Incident)
def single_originator(incident: Incident, dataset: Dataset) -> Iterator[Problem]:
    """If an incident has several originators, more than one gives each toll.

    Wrong:
        killed by one originator, wounded by another

    Right:
        killed by two originators
    """
    counting = {claim.by for claim in incident.claims if claim.counts and not claim.withdrawal}
    if not incident.intact("claims") or len(counting) < 2:
        return
    for (measure, group), estimate in headline(incident).items():
        toll = measure in {"killed", "wounded"} and group == "total"
        if toll and len(estimate.originators) == 1 and estimate.basis is not Basis.EDITOR:
            only = show(estimate.originators[0])
            yield Problem(_where(incident, estimate), f"{bare(measure)} rests on {only} alone; look for a second count")


def _where(incident: Incident, estimate: Estimate) -> Mark:
    """Return the position of the first value that an estimate is based on: an editor's, or that of a claim."""
    for override in incident.overrides:
        if (override.measure, override.group) == (estimate.measure, estimate.group):
            return override.at("best")
    return min(form.count.at for form in (*estimate.used_forms, *estimate.source_forms))


@rule("BND010", Severity.WARNING, on=Incident)
def contradictions_ordered(incident: Incident, dataset: Dataset) -> Iterator[Problem]:
    """If numbers of one originator contradict each other, the record says which is later.

    Otherwise the originator is unsettled: each number enters the estimate separately, and there is no best.

    Wrong:
        - {by: sohr, in: undated-page, killed: 2}
        - {by: sohr, in: the-paper, killed: 7}

    Right:
        - {by: sohr, in: undated-page, killed: 2, as_of: 2022-09-08}
        - {by: sohr, in: the-paper, killed: 7, as_of: 2022-09-09}
    """
    for estimate in estimates(incident):
        for voice in estimate.voices:
            forms = [] if voice.value.settled else sorted(voice.value.forms, key=lambda form: form.count.at)
            numbers = list(dict.fromkeys([f"{form.count}" for form in forms]))
            if len(numbers) > 1:  # of a range that ends before it begins, CNT002 speaks
                undated = [form for form in forms if not form.moment]
                relays = [form for form in forms if not form.own and not form.claim.as_of]
                if undated:
                    repair = f"date the report {show(undated[0].claim.report)}, or give the claim's `as_of`"
                elif relays:
                    repair = f"give `as_of` where {show(relays[0].claim.report)} says of when its number is"
                else:
                    repair = Shown("say by `as_of` or `supersedes` which is later")
                yield Problem(
                    forms[-1].count.at,
                    f"{whom(estimate.measure, estimate.group)}: {show(' and '.join(voice.originators))} gives "
                    f"{' and '.join(numbers)}, and nothing says which is later; {repair}, or the `scope` of one that "
                    "isn't of the incident",
                )
