"""ATT: attribution of responsibility, weapons and means.

The rules on weapons, strikes and aircraft are in `attribution_weapons.py`.
"""

from __future__ import annotations

from collections.abc import Iterator

from conflict_incidents.core.findings import Severity, Shown, bare, show
from conflict_incidents.core.rule import Problem, rule
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.dataset.suggestions import reference_error
from conflict_incidents.records.counts import SIDES
from conflict_incidents.records.dates import span_apart
from conflict_incidents.records.model import Actor, Incident, Organisation
from conflict_incidents.records.statements import Attribution, Party

PARTIES = {"government", "armed_forces", "armed_group", "opposition_body"}
"""The kinds of organisations that may speak for a party to the conflict."""
STATE = {"state", "state_forces"}
"""The kinds of actors that are of a state."""


@rule("ATT001", Severity.ERROR, on=(Incident, Actor), needs=("actor", "parent", "allies"))
def known_actor(subject: Incident | Actor, dataset: Dataset) -> Iterator[Problem]:
    """An actor is in the registry, not withdrawn, and was active on the day of the incident.

    Days aren't compared if a dataset makes the attribution: datasets code a group under one name for all years, UCDP
    under the latest. The `note` of the actor says whose earlier events are coded under its name. An actor isn't part of
    itself or its own ally; one of another country than the one that it is part of is a warning.

    Wrong:
        - {by: sohr, in: sabah, actor: russian-airforce, stance: alleged}

    Right:
        - {by: sohr, in: sabah, actor: russian-aerospace-forces, stance: alleged}
    """
    if isinstance(subject, Actor):
        if subject.parent and subject.id in dataset.registry.ancestry(subject.parent):
            message = Shown("the actor is part of itself, through its parents; correct one of them")
            yield Problem(subject.at("parent"), message)
        if subject.id in subject.allies:
            yield Problem(subject.at("allies"), Shown("the actor is its own ally; name another, or delete it"))
        above = dataset.registry.actor(subject.parent or "")
        if above and above.country and subject.country and above.country != subject.country:
            message = f"{show(above.id)}, of which it is part, is of {bare(above.country)}; correct one of them"
            yield Problem(subject.at("country"), message, Severity.WARNING)
        return
    yield from _inactive(subject, dataset)
    for mention in _actor_mentions(subject):
        if mention.actor and (wrong := reference_error("the actor", mention.actor, "actors", subject, dataset)):
            yield Problem(mention.at("actor"), wrong)


def _actor_mentions(incident: Incident) -> list[Attribution | Party]:
    return [*incident.attributions, *incident.parties]


def _inactive(incident: Incident, dataset: Dataset) -> Iterator[Problem]:
    for mention in _actor_mentions(incident):
        originator = dataset.registry.organisation(mention.by)
        if originator and originator.kind == "dataset":
            continue
        actor = dataset.registry.actor(mention.actor)
        active = span_apart(incident.days, actor.since, actor.until) if actor else None
        if active and incident.days:
            message = f"{show(mention.actor)} was active from {active}, not on {incident.days[0]}; name who was"
            yield Problem(mention.at("actor"), message)


@rule("ATT002", Severity.ERROR, on=Incident, needs=("attributions",))
def stance_fits_originator(incident: Incident, dataset: Dataset) -> Iterator[Problem]:
    """Only the party itself has the stance `claimed` or `conceded`; others allege (`alleged`), or deny it for an ally.

    Monitors, media, civil defence and unnamed people can't claim or concede an attack for a party, and a party doesn't
    allege its own. A denial by them is a warning: they seldom deny, but quote who does. The record of an organisation
    names the actor that it represents (`actor`), which includes the actors that this is part of, and its parts. Without
    `actor` a reviewer decides.

    Wrong:
        - {by: sohr, in: sabah, actor: russian-aerospace-forces, stance: conceded}

    Right:
        - {by: sohr, in: sabah, actor: russian-aerospace-forces, stance: alleged}
    """
    for attribution in incident.attributions:
        originator = dataset.registry.organisation(attribution.by)
        if originator and dataset.registry.actor(attribution.actor):  # otherwise CLM001 and ATT001 report it
            wrong = _stance_error(attribution, originator, dataset)
            if wrong:
                milder = Severity.WARNING if attribution.stance == "denied" else None
                yield Problem(attribution.at("stance"), wrong, milder)


def _stance_error(attribution: Attribution, originator: Organisation, dataset: Dataset) -> Shown | None:
    """Return why an organisation can't have a stance on an actor; None if it can."""
    own = originator.actor
    itself = own is not None and own in dataset.registry.ancestry(attribution.actor)
    if attribution.stance == "alleged":
        blame = Shown("write `claimed`, or `conceded` after a blame")
        return f"{show(attribution.by)} represents {show(own)}; {blame}" if itself else None
    if itself or (attribution.stance == "denied" and (own is not None or originator.kind in PARTIES)):
        return None
    who = show(attribution.by)
    if own is None:
        it = f"only the party itself can have {bare(attribution.stance)} it"
        instead = Shown("name who denies it under `by`" if attribution.stance == "denied" else "write `alleged`")
        return None if originator.kind in PARTIES else f"{who} is not a party to the conflict; {it}, {instead}"
    if attribution.actor in dataset.registry.ancestry(own):
        return None
    return (
        f"{who} represents {show(own)}; only {show(attribution.actor)} itself can have "
        f"{bare(attribution.stance)} it; write `alleged`, or name who did it"
    )


@rule("ATT003", Severity.WARNING, on=Incident, needs=("attributions",))
def one_report_two_actors(incident: Incident, dataset: Dataset) -> Iterator[Problem]:
    """An originator attributes an incident to one actor, and doesn't both allege and deny an attribution in one report.

    It may contradict itself, have changed its view, or quote two sides; the record keeps both, with a `note` if they
    are in two reports. An actor and one that it is part of count as one, and so do actors blamed together in one
    report, which have the same `locator`.

    Wrong:
        - {by: daily-sabah, in: sabah, actor: syrian-government-forces, stance: alleged}
        - {by: daily-sabah, in: sabah, actor: russian-aerospace-forces, stance: alleged}

    Right:
        - {by: daily-sabah, in: sabah, actor: syrian-government-forces, stance: alleged, locator: paragraph 1}
    """
    first: dict[str, Attribution] = {}
    absolved: dict[tuple[str, str, str], bool] = {}
    for attribution in incident.attributions:
        denied = attribution.stance == "denied"
        if absolved.setdefault((attribution.by, attribution.report, attribution.actor), denied) != denied:
            yield Problem(
                attribution.at("stance"),
                f"{show(attribution.by)} both blames and absolves {show(attribution.actor)} in the same "
                "report; check both, and name who denies it",
            )
        if denied:
            continue
        before = first.setdefault(attribution.by, attribution)
        same = attribution.report == before.report
        together = same and attribution.locator is not None and attribution.locator == before.locator
        explained = not same and (attribution.note or before.note or {attribution.stance, before.stance} != {"alleged"})
        if not (together or explained or _is_related(attribution.actor, before.actor, dataset)):
            where = Shown("in the same report")
            repair = Shown("give both the same `locator` if it blames them together")
            if not same:
                where = f"in {show(before.report)} and {show(attribution.report)}"
                repair = Shown("say in a `note` that it blames both")
            yield Problem(
                attribution.at("actor"),
                f"{show(attribution.by)} blames {show(before.actor)} and {show(attribution.actor)} {where}; "
                f"check both, and {repair}",
            )


def _is_related(one: str, other: str, dataset: Dataset) -> bool:
    """Whether two actors are the same, or one is part of the other."""
    return one in dataset.registry.ancestry(other) or other in dataset.registry.ancestry(one)


@rule("ATT004", Severity.WARNING, on=Incident, needs=("caveats",))
def caveat_graded(incident: Incident, dataset: Dataset) -> Iterator[Problem]:
    """An incident isn't `confirmed` if every report with a toll has the caveat that it could not verify it.

    A reviewer checks whether the report says so, and what the caveat is `about`.

    Wrong:
        verification: confirmed    # and of the one report with a toll:
        caveats: [{kind: not_independently_verified, about: toll, by: daily-sabah, in: sabah}]

    Right:
        verification: provisional
        caveats: [{kind: not_independently_verified, about: toll, by: daily-sabah, in: sabah}]
    """
    counting = {claim.report for claim in incident.claims if claim.counts and not claim.withdrawal}
    doubted = {caveat.report for caveat in incident.caveats if caveat.about in {"toll", "incident"}}
    if incident.verification == "confirmed" and counting and counting <= doubted:
        yield Problem(
            incident.at("verification"),
            "`confirmed`, yet each report with a toll says that it could not be verified; regrade it, or add the "
            "report that confirms it",
        )


@rule("ATT007", Severity.ERROR, on=Incident, needs=("verification",))
def grade_agrees(incident: Incident, dataset: Dataset) -> Iterator[Problem]:
    """The verification grade agrees with the claims: `single_source` has one originator, `corroborated` at least two.

    Without counts, all who make a statement on the incident or published a report on it count as originators. A claim
    made jointly may be either.

    Wrong:
        verification: single_source    # and claims by two originators

    Right:
        verification: corroborated
    """
    if not incident.intact("claims"):
        return
    counting = [claim for claim in incident.claims if claim.counts and not claim.withdrawal]
    voices = [{claim.by, *claim.jointly_with} for claim in counting]
    originators = set().union(*voices)
    if incident.verification == "single_source" and len(originators) > 1 and not set.intersection(*voices):
        yield Problem(
            incident.at("verification"), f"`single_source`, yet {len(originators)} originators count; regrade it"
        )
    if incident.verification != "corroborated":
        return
    if len(originators) == 1:
        yield Problem(incident.at("verification"), "`corroborated`, yet a single originator counts; regrade it")
    speakers = {statement.by for statement in incident.statements()} | {
        one.publisher for one in incident.reports.values()
    }
    if not originators and len(speakers) == 1:
        yield Problem(incident.at("verification"), "`corroborated`, yet only one originator is recorded; regrade it")


@rule("ATT008", Severity.WARNING, on=Incident, needs=("parties", *SIDES))
def counted_side_is_named(incident: Incident, dataset: Dataset) -> Iterator[Problem]:
    """If the dead of a side are counted, `parties` names who is on that side; no actor is on both in one report.

    No force of a state is a party to `non_state` violence, and two sides fight in it, as in `state_based` violence. If
    one side only is named otherwise, the actor to whom the incident is attributed is on it, but in records from other
    datasets. These code 0 for sides that took no part.

    Wrong:
        claims: [{by: sohr, in: sabah, killed: {side_a: 4, side_b: 2}}]    # and no parties

    Right:
        claims: [{by: sohr, in: sabah, killed: {side_a: 4, side_b: 2}}]
        parties:
          - {by: sohr, in: sabah, actor: syrian-government-forces, side: a}
          - {by: sohr, in: sabah, actor: islamic-state, side: b}
    """
    if not incident.intact("parties"):
        return
    sides: dict[tuple[str, str, str], str] = {}
    for party in incident.parties:
        actor = dataset.registry.actor(party.actor) if incident.type_of_violence == "non_state" else None
        if actor and actor.kind in STATE:
            message = f"`non_state`, yet {show(party.actor)} is of a state; correct the actor or `type_of_violence`"
            yield Problem(party.at("actor"), message)
        if sides.setdefault((party.actor, party.by, party.report), party.side) != party.side:
            yield Problem(party.at("side"), f"{show(party.actor)} is on both sides in one report; correct one of them")
    sides_named = {f"side_{party.side}" for party in incident.parties}
    for claim in incident.claims:
        for (_, group), count in claim.counts.items():
            if group in SIDES and group not in sides_named and (count.least or not incident.external):
                sides_named.add(group)
                side = show(group.removeprefix("side_"))
                yield Problem(
                    count.at, f"{show(group)} is counted, and no party is on side {side}; add who it is to `parties`"
                )
    if len(sides_named) == 1:
        yield from _one_side(incident, dataset)


def _one_side(incident: Incident, dataset: Dataset) -> Iterator[Problem]:
    """Yield the only side that is named if the incident is attributed to an actor of another side."""
    if not incident.parties:
        return
    party = incident.parties[0]
    if incident.type_of_violence in {"state_based", "non_state"}:
        message = f"two sides fight in {show(incident.type_of_violence)} violence, and one alone is named"
        yield Problem(party.at("side"), f"{message}; add who fought on the other side, or correct `type_of_violence`")
        return
    if incident.external:
        return
    blamed = [one.actor for one in incident.attributions if one.stance != "denied"]
    if others := [one for one in blamed if not any(_is_related(one, p.actor, dataset) for p in incident.parties)]:
        message = f"one side alone is named, and not {show(others[0])}, to whom the incident is attributed"
        yield Problem(party.at("side"), f"{message}; add who fought on the other side")
