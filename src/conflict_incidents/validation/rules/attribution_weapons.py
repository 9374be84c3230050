"""ATT, means: strikes, munitions and aircraft."""

from __future__ import annotations

from collections.abc import Iterator

from conflict_incidents.core.findings import Severity, bare, show
from conflict_incidents.core.rule import Problem, rule, suggestion
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.records.model import Incident
from conflict_incidents.records.schema import Violation


@rule("ATT005", Severity.ERROR, on=Violation)
def separate_things(violation: Violation, dataset: Dataset) -> Iterator[Problem]:
    """Strikes, munitions and aircraft are separate measures, each without groups.

    Four aircraft may fly fourteen strikes and drop thirty bombs; none of these replaces another.

    Wrong:
        strikes: {aircraft: 4}

    Right:
        aircraft: 4
    """
    key = violation.name.rsplit(", ", 1)[-1]
    hint = suggestion(key, violation.options)
    yield Problem(
        violation.at,
        f"a count of things takes a bound, not {show(key)}{hint}; strikes, munitions and aircraft are measures of "
        "their own",
    )


_DROPPED = frozenset({"air_dropped_bomb", "barrel_bomb", "air_to_surface_missile"})
_FROM_GROUND = frozenset({"shelling", "ground_to_ground_attack", "sniper_fire"})


@rule("ATT009", Severity.WARNING, on=Incident, needs=("weapons",))
def weapon_fits_kind(incident: Incident, dataset: Dataset) -> Iterator[Problem]:
    """What aircraft drop or fire isn't the weapon of an attack from the ground.

    A record of accounts that differ has the kind `unspecified` or `other`, or a `note` with the weapon.

    Wrong:
        kind: shelling
        weapons: [{kind: barrel_bomb, by: sohr, in: sabah}]

    Right:
        kind: airstrike
        weapons: [{kind: barrel_bomb, by: sohr, in: sabah}]
    """
    for weapon in incident.weapons if incident.kind in _FROM_GROUND else ():
        kind = weapon.text("kind") or ""
        if kind in _DROPPED and not weapon.text("note"):
            message = f"{show(kind)} comes from aircraft, and the incident is {bare(incident.kind.replace('_', ' '))}"
            yield Problem(weapon.at("kind"), f"{message}; correct one of them, or say in a `note` who says otherwise")
