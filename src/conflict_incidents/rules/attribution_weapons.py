"""ATT, means: with what it was done. Prevents: strikes counted as aircraft, and a weapon that one voice alone names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from conflict_incidents.catalogue import Problem, rule, suggestion
from conflict_incidents.counts import THINGS, Bound, Count
from conflict_incidents.dataset import Dataset
from conflict_incidents.discretion import told
from conflict_incidents.findings import Severity, shown
from conflict_incidents.model import Incident
from conflict_incidents.pieces import Claim, Statement
from conflict_incidents.schema import Violation
from conflict_incidents.spelling import NUMBER, number_of

_NOUNS = {
    "strikes": "(?:air)?strikes|(?:air)?raids",
    "munitions": "bombs|missiles|rockets|shells|munitions",
    "aircraft": "(?:war|air)?planes|aircraft|jets|helicopters|drones|bombers",
}
"""What sources call the things that are counted apart."""
_OF_WHOM = "russian|syrian|turkish|israeli|american|iranian|iraqi|government|regime|enemy|military"
_OF_WHAT = "fighter|attack|separate|different|consecutive|air|barrel|cluster|vacuum|guided|cruise|ballistic|artillery"
_BY_WHAT = "mortar|surface-to-surface|drone|missile|rocket|bomb|helicopter"
_BETWEEN = rf"(?:(?:{_OF_WHOM}|{_OF_WHAT}|{_BY_WHAT}) ){{0,2}}"
_COUNTED = re.compile(rf"(?i)\b{NUMBER} {_BETWEEN}(?:{'|'.join(f'(?P<{of}>{noun})' for of, noun in _NOUNS.items())})\b")
NARROWER = {
    "air_dropped_bomb": {"barrel_bomb"},
    "ground_to_ground_weapon": {
        *("surface_to_surface_missile", "ballistic_missile", "cruise_missile", "rocket"),
        *("mortar", "artillery", "tank_fire"),
    },
    "surface_to_surface_missile": {"ballistic_missile"},
    "ied": {"vehicle_bomb", "suicide_vest"},
    "small_arms": {"sniper_rifle"},
}
"""Kinds of weapon that are also of a wider kind: who names one of them speaks for the wider one too."""
VAGUE = ("other", "unspecified")


@rule("ATT005", Severity.ERROR, on=(Violation, Incident))
def things_apart(judged: Violation | Incident, dataset: Dataset) -> Iterator[Problem]:
    """Strikes, munitions and aircraft are counted apart, each by a bare count.

    Four aircraft may fly fourteen strikes and drop thirty bombs; one of these never stands for another. Where the words
    that a record quotes or notes count the one, its number doesn't stand at another.

    Wrong:
        strikes: {aircraft: 4}

    Right:
        aircraft: 4
    """
    if isinstance(judged, Incident):
        for claim in judged.claims:
            yield from _taken_for_another(claim)
        return
    key = judged.name.rsplit(", ", 1)[-1]
    hint = suggestion(key, judged.options)
    yield Problem(
        judged.at,
        f"a count of things takes a bound, not {told(key)}{hint}; strikes, munitions and aircraft are measures of "
        "their own",
    )


def _taken_for_another(claim: Claim) -> Iterator[Problem]:
    words = f"{claim.excerpt or ''}; {claim.note or ''}"
    said = {(kind, number_of(found["number"])) for found in _COUNTED.finditer(words) for kind in THINGS if found[kind]}
    for kind, number in sorted(said):
        given = {thing: claim.counts[thing, "total"] for thing in THINGS if (thing, "total") in claim.counts}
        if kind in given:
            continue
        for thing, count in given.items():
            if number in _values(count) and (thing, number) not in said:
                yield Problem(
                    count.at, f"the words count {number} {kind}, and the claim {thing}: {count}; move it to `{kind}`"
                )


def _values(count: Count) -> set[int]:
    """The numbers that a source may have given for a count; "more than 8" is at least 9."""
    more_than = count.min - 1 if count.min and count.bound is Bound.AT_LEAST else None
    return {value for value in (count.min, count.max, count.best, more_than) if value is not None}


@rule("ATT006", Severity.WARNING, on=Incident)
def weapon_corroborated(incident: Incident, dataset: Dataset) -> Iterator[Problem]:
    """A weapon that one originator alone names, of several that speak of the incident, is looked at.

    Which weapon it was is what people at the place know least. Several reports of one originator are one voice. Who
    names a narrower kind (`barrel_bomb`) speaks for the wider one (`air_dropped_bomb`) too, and not the reverse. A
    caveat about the weapon says that nobody has verified it: then all is said.

    Wrong:
        weapons: [{kind: cluster_munition, by: syrian-civil-defence, in: sabah}]    # and claims by sohr

    Right:
        weapons:
          - {kind: cluster_munition, by: syrian-civil-defence, in: sabah}
          - {kind: cluster_munition, by: sohr, in: later}
    """
    voices = {said.by for said in incident.statements()}
    if len(voices) < 2 or any(caveat.about == "weapon" for caveat in incident.caveats):
        return
    naming: dict[str, list[Statement]] = {}
    for weapon in incident.weapons:
        if weapon.kind not in VAGUE:
            naming.setdefault(weapon.kind, []).append(weapon)
    for kind, said in naming.items():
        kinds = {kind, *NARROWER.get(kind, ())}
        originators = {weapon.by for weapon in incident.weapons if weapon.kind in kinds}
        if len(originators) == 1:
            yield Problem(
                said[0].at("kind"),
                f"{shown(kind)} is named by {shown(said[0].by)} alone, of {len(voices)} originators; look for another, "
                "or keep the doubt as a caveat about the weapon",
            )
