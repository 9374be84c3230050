"""Claims → estimate, by the method `envelope/1`.

Pure: the same record gives the same estimates, whatever the order of its claims. `low` and `high` are the envelope of
what the originators say; `best` is filled only where their intersection is one point, where a sole originator gives a
best value, or where an editor sets one with a reason. Never a mean, a median or a majority.

Prevents: an unknown becoming a number, an open bound being closed, and disagreement being averaged away.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from weakref import WeakKeyDictionary

from conflict_incidents.counts import GROUPS, INCIDENT_SCOPE, MEASURES, Bound
from conflict_incidents.model import Incident
from conflict_incidents.pieces import Override
from conflict_incidents.ranges import WHOLES, Range, envelope, propagate
from conflict_incidents.selection import LeftOut, Said, Standing, said_of, select

METHOD = "envelope/1"


class Agreement(StrEnum):
    """Whether the originators of an estimate can all be right."""

    COMPATIBLE = "compatible"
    CONFLICTING = "conflicting"
    SINGLE = "single_originator"


class Basis(StrEnum):
    """What a best value rests on."""

    INTERSECTION = "intersection"
    SOLE_ORIGINATOR = "sole_originator"
    EDITOR = "editor"


@dataclass(frozen=True, slots=True)
class Estimate:
    """What the claims of one measure, group and scope come to.

    `low` and `high` are None where unknown; `high_open` says that the number may be higher than `high`. `best` is None
    where nothing singles out one value. `common_min` and `common_max` bound the values on which all originators agree:
    both None where they conflict, one None where that side is open. `approximate` says that a used claim is an
    approximate number. `originators` are those whose claims it rests on; a total that nobody counts rests on the claims
    of its parts (`derived_from`).
    """

    scope: str
    measure: str
    group: str
    low: int | None
    best: int | None
    high: int | None
    high_open: bool
    agreement: Agreement
    basis: Basis | None
    common_min: int | None
    common_max: int | None
    approximate: bool
    originators: tuple[str, ...]
    used: tuple[Said, ...]
    left_out: tuple[LeftOut, ...]
    derived_from: tuple[Said, ...]
    notes: tuple[str, ...]

    @property
    def reports(self) -> int:
        """In how many reports the number was read, claims that were left out included."""
        all_said = [*self.used, *self.derived_from, *(left.said for left in self.left_out)]
        return len({said.claim.report for said in all_said})

    @property
    def text(self) -> str:
        """The range as a person reads it: `12-15`, `7`, `at least 5`, `at most 7`."""
        if self.low is None:
            return f"at most {self.high}"
        if self.high_open:
            return f"at least {self.low}" if self.high == self.low else f"{self.low}-{self.high} or more"
        return str(self.low) if self.low == self.high else f"{self.low}-{self.high}"


_MADE: WeakKeyDictionary[Incident, list[Estimate]] = WeakKeyDictionary()
"""What was made already: rules and tables ask for the same estimates, and records don't change."""


def estimates(incident: Incident) -> list[Estimate]:
    """All estimates of an incident: its own scope first, then sites and areas; measures and groups in fixed order."""
    if incident not in _MADE:
        _MADE[incident] = _estimates(incident)
    return list(_MADE[incident])


def _estimates(incident: Incident) -> list[Estimate]:
    standing = Standing(incident)
    families: dict[tuple[str, str], dict[str, Range]] = {}
    for (scope, measure, group), all_said in said_of(incident).items():
        used, left_out = select(all_said, measure, standing)
        if used:
            families.setdefault((scope, measure), {})[group] = envelope(used, left_out)
    found: list[Estimate] = []
    for (scope, measure), ranges in families.items():
        propagate(ranges)
        overrides = _overrides(incident, measure) if scope == INCIDENT_SCOPE else {}
        found += _family(scope, measure, ranges, overrides)
    return sorted(found, key=_order)


def main(incident: Incident) -> dict[tuple[str, str], Estimate]:
    """The estimates of the incident as a whole, by measure and group."""
    return {(e.measure, e.group): e for e in estimates(incident) if e.scope == INCIDENT_SCOPE}


def _order(estimate: Estimate) -> tuple[bool, str, int, int]:
    whole = estimate.scope != INCIDENT_SCOPE
    return whole, estimate.scope, MEASURES.index(estimate.measure), GROUPS.index(estimate.group)


def _overrides(incident: Incident, measure: str) -> dict[str, Override]:
    return {override.group: override for override in incident.overrides if override.measure == measure}


def _family(scope: str, measure: str, ranges: dict[str, Range], overrides: dict[str, Override]) -> list[Estimate]:
    """The estimates of all groups of one scope and measure."""
    best = {group: _best(made, overrides.get(group)) for group, made in ranges.items()}
    for whole in reversed(WHOLES):
        most = best.get(whole.name, (None, None))[0]
        for group in whole.parts:
            value, basis = best.get(group, (None, None))
            if most is not None and value is not None and value > most and basis is not Basis.EDITOR:
                ranges[group].notes.append(f"no best: {value} is more than the best of the {whole.name}, {most}")
                best[group] = None, None
    return [_finished(scope, measure, group, made, best[group]) for group, made in ranges.items()]


def _best(made: Range, override: Override | None) -> tuple[int | None, Basis | None]:
    """Step 6: the one point of the intersection, or the best value that a sole originator gives; else an editor's."""
    if override:
        made.notes.append(f"best set by {override.editor} on {override.date}: {override.reason}")
        return override.best, Basis.EDITOR
    if made.conflicting:
        return None, None
    sole = made.used[0].count.best if len(made.used) == 1 else None
    if made.floor == made.ceiling:
        return made.floor, Basis.SOLE_ORIGINATOR if sole == made.floor else Basis.INTERSECTION
    if sole is not None and _agreed(sole, made):
        return sole, Basis.SOLE_ORIGINATOR
    return None, None


def _agreed(value: int, made: Range) -> bool:
    """Whether a value lies within the intersection, which parts and wholes may have narrowed below the envelope."""
    return (made.floor is None or made.floor <= value) and (made.ceiling is None or value <= made.ceiling)


def _finished(
    scope: str,
    measure: str,
    group: str,
    made: Range,
    best: tuple[int | None, Basis | None],
) -> Estimate:
    originators = tuple(sorted({said.claim.by for said in made.used or made.derived_from}))
    single = len(originators) == 1
    agreement = Agreement.CONFLICTING if made.conflicting else Agreement.SINGLE if single else Agreement.COMPATIBLE
    return Estimate(
        scope=scope,
        measure=measure,
        group=group,
        low=made.low,
        best=best[0],
        high=made.high,
        high_open=made.high_open,
        agreement=agreement,
        basis=best[1],
        common_min=None if made.conflicting else made.floor,
        common_max=None if made.conflicting else made.ceiling,
        approximate=any(said.count.bound is Bound.ABOUT for said in made.used or made.derived_from),
        originators=originators,
        used=tuple(made.used),
        left_out=tuple(made.left_out),
        derived_from=tuple(made.derived_from),
        notes=tuple(made.notes),
    )
