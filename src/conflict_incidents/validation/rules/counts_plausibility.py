"""CNT, plausibility: counts compared with other claims of the record."""

from __future__ import annotations

from collections.abc import Iterator

from conflict_incidents.core.findings import Severity, Shown, bare, show
from conflict_incidents.core.rule import Problem, rule
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.records.counts import SIDES, Bound, Count, whom
from conflict_incidents.records.model import Incident, Sourced
from conflict_incidents.records.statements import Claim
from conflict_incidents.validation.accounts import ScopedAccount, accounts

OPEN_CONDITIONS = {"victims_under_rubble": "people are under the rubble", "search_continuing": "the search goes on"}
"""Conditions under which a toll isn't final, in words."""
CLOSED = frozenset({Bound.EXACT, Bound.BETWEEN, Bound.AT_MOST})
"""The bounds of a toll that can't be higher."""


@rule("CNT009", Severity.WARNING, on=Sourced, needs=("attackers",))
def separate_attackers(incident: Sourced, dataset: Dataset) -> Iterator[Problem]:
    """The attackers' own dead are counted separately, as `attackers`, and not in the total.

    "5 killed, including the bomber" are 4 victims and 1 attacker. A total that exceeds the sum of its groups by exactly
    the attackers includes them. If the difference is other people of unknown status, these are `unknown_status`. For a
    toll without groups, a reviewer checks whether it includes the attackers.

    Wrong:
        killed: {total: 5, civilians: 4, attackers: 1}

    Right:
        killed: {total: 4, civilians: 4, attackers: 1}
    """
    for claim in incident.claims:
        for measure in ("killed", "wounded", "casualties"):
            total, attackers = (claim.counts.get((measure, group)) for group in ("total", "attackers"))
            if total and attackers and _parts_lack(claim, measure, total, attackers):
                yield Problem(
                    total.at,
                    f"{bare(measure)}: the total ({total}) is that of its groups and the attackers ({attackers}), who "
                    "are not part of it; remove them, or say who the others are (`unknown_status`)",
                )


def _parts_lack(claim: Claim, measure: str, total: Count, attackers: Count) -> bool:
    """Whether the total exceeds the sum of the groups by status by exactly the attackers, all counts being exact."""
    fighters = ("combatants",) if (measure, "combatants") in claim.counts else SIDES
    names = ("civilians", *fighters, "unknown_status")
    parts = [claim.counts[measure, name] for name in names if (measure, name) in claim.counts]
    exact = all(count.bound is Bound.EXACT for count in (*parts, total, attackers))
    lacking = total.least - sum(part.least for part in parts)
    return bool(parts) and exact and lacking == attackers.least > 0


@rule("CNT011", Severity.ERROR, on=Sourced, needs=("casualties",))
def separate_casualties(incident: Sourced, dataset: Dataset) -> Iterator[Problem]:
    """`casualties` is only for sources that don't separate killed and wounded; it is never their sum.

    For 7 killed and 15 wounded, `casualties` would count them twice. "22 casualties" or "22 killed and wounded" gives
    neither killed nor wounded. If a source separates only some of them, these are `at_least`.

    Wrong:
        killed: 7
        wounded: 15
        casualties: 22

    Right:
        killed: 7
        wounded: 15
    """
    for account in accounts(incident):
        yield from _casualties_with_parts(account)


def _casualties_with_parts(account: ScopedAccount) -> Iterator[Problem]:
    """Yield casualties given together with both of their parts, or smaller than one of them."""
    casualties = {group: claimed.count for (of, group), claimed in account.counts.items() if of == "casualties"}
    for group, both in casualties.items():
        parts = {m: account.counts[m, group].count for m in ("killed", "wounded") if (m, group) in account.counts}
        least = sum(part.least for part in parts.values())
        name = whom("casualties", group)
        words = " and ".join([f"{bare(measure)} ({part})" for measure, part in parts.items()])
        closed = all(None not in (part.min, part.max) for part in parts.values())
        if both.max is not None and (least > both.max or (len(parts) == 1 and least == both.max and closed and least)):
            yield Problem(
                both.at,
                f"{name} ({both}) include killed and wounded, and are too few for {words}; correct one "
                "of them, or delete the casualties",
            )
        elif len(parts) == 2 and (closed or least == both.least):
            yield Problem(
                both.at,
                f"{name} ({both}) are given beside {words}, who would be counted twice; delete them: they are for "
                "sources that don't separate killed and wounded",
            )


@rule("CNT012", Severity.WARNING, on=Sourced, needs=("missing", "conditions"))
def still_searching(incident: Sourced, dataset: Dataset) -> Iterator[Problem]:
    """A toll is open or provisional while people are trapped or missing.

    They are if the claim counts `missing`, or the same report has a condition (`victims_under_rubble`,
    `search_continuing`). In abductions and detentions, `missing` isn't such a sign.

    Wrong:
        killed: 7
        missing: 3

    Right:
        killed: {at_least: 7}
        missing: 3
    """
    conditions = incident.conditions if isinstance(incident, Incident) else []
    is_held = isinstance(incident, Incident) and incident.kind in {"abduction", "detention"}
    replaced = {(claim.by, name) for claim in incident.claims for name in claim.supersedes}
    for account in accounts(incident):
        if any((claim.by, claim.id) in replaced for claim in account.claims) or account.scope.area:
            continue
        in_report = [one.kind for one in conditions if one.report == account.claims[0].report]
        reasons = [Shown(OPEN_CONDITIONS[kind]) for kind in in_report if kind in OPEN_CONDITIONS]
        missing = next((one.count for (measure, _), one in account.counts.items() if measure == "missing"), None)
        if missing is not None and missing.least and not is_held:
            reasons = [f"people are missing ({missing})", *reasons]
        for measure in ("killed", "casualties"):
            toll = account.toll(measure)
            if reasons and toll and toll[1].count.bound in CLOSED and not toll[1].claim.provisional:
                count = toll[1].count
                yield Problem(
                    count.at,
                    f"{bare(measure)}: {reasons[0]}, yet {count} is closed and final; write `at_least`, or "
                    "`provisional: true`",
                )


@rule("CNT013", Severity.WARNING, on=Incident, needs=("combatants", *SIDES))
def combatants_by_attacker(incident: Incident, dataset: Dataset) -> Iterator[Problem]:
    """A count of combatants is confirmed by a source other than the attacker.

    The attacker is the actor of the attributions. Organisations represent it that have it as `actor` in the registry,
    or that claim or concede the attack. The attacker's own dead aren't compared.

    Wrong:
        - {by: russian-ministry-of-defence, in: its-statement, killed: {combatants: 30}}

    Right:
        - {by: russian-ministry-of-defence, in: its-statement, killed: {combatants: 30}}
        - {by: sohr, in: its-list, killed: {combatants: {at_least: 12}}}
    """
    counts = [
        (claim, measure, group, count)
        for claim in incident.claims
        if not claim.withdrawal
        for (measure, group), count in claim.counts.items()
        if group in ("combatants", *SIDES) and count.least
    ]
    if not counts:
        return
    blamed = {attribution.actor for attribution in incident.attributions if attribution.stance != "denied"}
    attackers = {name for actor in blamed for name in dataset.registry.ancestry(actor)}
    own_sides = {
        f"side_{party.side}" for party in incident.parties if set(dataset.registry.ancestry(party.actor)) & attackers
    }
    groups = [group for group in ("combatants", *SIDES) if group not in own_sides]
    voices = {claim.by for claim in incident.claims if _speaks_for(claim.by, attackers, incident, dataset)}
    confirmed = {measure for claim, measure, *_ in counts if {claim.by, *claim.jointly_with} - voices}
    for claim, measure, group, count in counts:
        if group in groups and measure not in confirmed:
            yield Problem(
                count.at,
                f"{bare(measure)}: only {show(claim.by)}, who represents the attacker, says that these were "
                "combatants; look for what others say of them",
            )


def _speaks_for(by: str, attackers: set[str], incident: Incident, dataset: Dataset) -> bool:
    """Whether an originator represents the attacker."""
    organisation = dataset.registry.organisation(by)
    voice = (organisation.actor if organisation else None) or by
    claims_it = any(
        attribution.by == by and attribution.stance in {"claimed", "conceded"} for attribution in incident.attributions
    )
    return claims_it or bool(set(dataset.registry.ancestry(voice)) & attackers)
