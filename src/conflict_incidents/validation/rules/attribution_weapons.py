"""ATT, means: weapons, strikes, munitions and aircraft."""

from __future__ import annotations

from collections.abc import Iterator

from conflict_incidents.core.findings import Severity, shown
from conflict_incidents.core.redaction import redacted
from conflict_incidents.core.rule import Problem, rule, suggestion
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.records.model import Incident
from conflict_incidents.records.schema import Violation
from conflict_incidents.records.statements import Statement

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
"""Kinds of weapon that are also of a wider kind."""
VAGUE = ("other", "unspecified")


@rule("ATT005", Severity.ERROR, on=Violation)
def things_apart(violation: Violation, dataset: Dataset) -> Iterator[Problem]:
    """Strikes, munitions and aircraft are counted apart, each by a bare count.

    Four aircraft may fly fourteen strikes and drop thirty bombs; one of these is never a substitute for another.

    Wrong:
        strikes: {aircraft: 4}

    Right:
        aircraft: 4
    """
    key = violation.name.rsplit(", ", 1)[-1]
    hint = suggestion(key, violation.options)
    yield Problem(
        violation.at,
        f"a count of things takes a bound, not {redacted(key)}{hint}; strikes, munitions and aircraft are measures of "
        "their own",
    )


@rule("ATT006", Severity.WARNING, on=Incident)
def weapon_corroborated(incident: Incident, dataset: Dataset) -> Iterator[Problem]:
    """A weapon that one originator alone names, of several that speak of the incident, is looked at.

    Which weapon it was is what people at the place know least. Several reports of one originator are one voice. A
    narrower kind (`barrel_bomb`) and the wider one (`air_dropped_bomb`) agree. A caveat about the weapon says that
    it is unverified: then all is said.

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
        kinds = {kind, *NARROWER.get(kind, ()), *(wide for wide, narrow in NARROWER.items() if kind in narrow)}
        originators = {weapon.by for weapon in incident.weapons if weapon.kind in kinds}
        if len(originators) == 1:
            yield Problem(
                said[0].at("kind"),
                f"{shown(kind)} is named by {shown(said[0].by)} alone, of {len(voices)} originators; look for another, "
                "or keep the doubt as a caveat about the weapon",
            )
