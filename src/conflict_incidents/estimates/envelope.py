"""Estimate intervals from claims, by the method `envelope/1`.

Pure: the same record gives the same estimates, whatever the order of its claims. `low` and `high` are the envelope of
the originators' numbers; `best` is set only if their intersection is one number, a sole originator states a value, or
an editor sets one with a reason. It is never a mean, a median or a majority.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from conflict_incidents.estimates.bests import drop_bests
from conflict_incidents.estimates.estimate import Estimate
from conflict_incidents.estimates.family import Family
from conflict_incidents.estimates.group import GroupEstimate
from conflict_incidents.estimates.group_sums import WHOLES
from conflict_incidents.estimates.sites import add_sites
from conflict_incidents.estimates.voices import Speakers, speakers_of
from conflict_incidents.records.counts import GROUPS, INCIDENT_SCOPE, MEASURES
from conflict_incidents.records.fields import once
from conflict_incidents.records.model import Incident
from conflict_incidents.records.statements import Override

_RANKS = {name: rank for names in (MEASURES, GROUPS) for rank, name in enumerate(names)}


def estimates(incident: Incident) -> list[Estimate]:
    """Return all estimates of an incident: its own scope first, then sites and areas; measures and groups in fixed
    order.
    """
    return list(_in_order(incident))


@once
def _in_order(incident: Incident) -> list[Estimate]:
    return sorted(_estimates(incident), key=_order)


@once
def headline(incident: Incident) -> Mapping[tuple[str, str], Estimate]:
    """Return the estimates of the incident as a whole, by measure and group."""
    return {(e.measure, e.group): e for e in _in_order(incident) if e.scope == INCIDENT_SCOPE}


def _order(estimate: Estimate) -> tuple[bool, str, int, int]:
    is_elsewhere = estimate.scope != INCIDENT_SCOPE
    return is_elsewhere, estimate.scope, _RANKS[estimate.measure], _RANKS[estimate.group]


def _estimates(incident: Incident) -> Iterator[Estimate]:
    scopes = {str(claim.scope): claim.scope for claim in incident.claims}
    families = {of: Family(*of, speakers) for of, speakers in speakers_of(incident).items()}
    for measure in dict.fromkeys(measure for _, measure in families):
        sites = [
            (scopes[scope], family) for (scope, of), family in families.items() if of == measure and scopes[scope].sites
        ]
        if sites:
            whole = families.setdefault((INCIDENT_SCOPE, measure), Family(INCIDENT_SCOPE, measure, Speakers()))
            add_sites(whole, sites)
    for (scope, measure), family in families.items():
        best = {each.group: each for each in incident.overrides if each.measure == measure}
        yield from _estimates_of_family(family, best if scope == INCIDENT_SCOPE else {})


def _estimates_of_family(family: Family, overrides: Mapping[str, Override]) -> Iterator[Estimate]:
    """Yield the estimate of each group that is stated or implied."""
    family.mark_exceeding_parts()
    implied = family.implied_lows()
    groups = {*family.speakers.stated, *family.speakers.unsourced, *implied}
    estimates_by_group = {group: GroupEstimate(family, group, implied.get(group)) for group in groups}
    for group in sorted(groups, key=lambda group: group not in WHOLES):
        estimates_by_group[group].close(estimates_by_group)
    best = {group: one.best(overrides.get(group)) for group, one in estimates_by_group.items()}
    drop_bests(estimates_by_group, best)
    for group, one in estimates_by_group.items():
        yield one.finish(*best[group])
