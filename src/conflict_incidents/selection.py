"""One claim an originator: which of the many reports of a number count, and why the others don't.

Steps 1 and 2 of `envelope/1`. Prevents: one monitor counted five times because five papers quote it, a toll of the
first hour outliving the final one, and a claim that was taken back staying in force.
"""

from __future__ import annotations

from dataclasses import dataclass

from conflict_incidents.counts import Count
from conflict_incidents.model import Sourced
from conflict_incidents.parts import as_instant
from conflict_incidents.pieces import Claim, Report

UNDATED = "undated, and its originator has a dated one"
"""Why a claim is left out of which nobody knows when it was made: it counts as the earliest."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a claim says of one measure, group and scope."""

    claim: Claim
    count: Count
    report: Report | None

    @property
    def moment(self) -> str:
        """The day, with the time where it is stated, that the number is the state of; empty where none is stated."""
        return self.claim.as_of or (self.report.published if self.report else None) or ""

    @property
    def day(self) -> str:
        """The day alone; empty, and so the oldest, where none is stated."""
        return self.moment[:10]

    @property
    def own(self) -> bool:
        """Whether it stands in the originator's own publication."""
        return self.report is not None and self.report.publisher == self.claim.by

    @property
    def strength(self) -> tuple[int, int, str, str, str]:
        """Sorts the weakest form first: the lowest start, then the open or highest end, then an approximate number."""
        start = self.count.min or 0
        end = -self.count.max if self.count.max is not None else -(10**12)
        return start, end, self.count.bound, self.claim.report, self.claim.key


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A claim that doesn't count, and why."""

    said: Said
    reason: str


PROVISIONAL = "provisional, and its originator has a final count"
"""Why a provisional claim is left out."""


class Standing:
    """Which claims of an incident are in force (step 1)."""

    def __init__(self, incident: Sourced) -> None:
        self._superseded: dict[tuple[str, str, str], str] = {}
        """By originator, id of the claim and measure: the claim that replaced it."""
        self._final: set[tuple[str, str, str]] = set()
        """Originator, scope and measure of every final count."""
        standing = [claim for claim in incident.claims if not claim.withdrawal]
        for claim in sorted(standing, key=lambda claim: claim.key):
            for name in claim.supersedes:
                for measure in _measures(claim):
                    self._superseded.setdefault((claim.by, name, measure), claim.key)
        for claim in standing:
            for measure in _measures(claim):
                if not claim.provisional and not self._replaced(claim, measure):
                    self._final.add((claim.by, str(claim.scope), measure))

    def against(self, claim: Claim, measure: str) -> str | None:
        """Why a claim isn't in force for a measure, None where it is."""
        if claim.withdrawal:
            return f"withdrawn by its originator on {claim.withdrawal.date}"
        replaced = self._replaced(claim, measure)
        if replaced:
            return f"superseded by {replaced}"
        if claim.provisional and (claim.by, str(claim.scope), measure) in self._final:
            return PROVISIONAL
        return None

    def _replaced(self, claim: Claim, measure: str) -> str | None:
        return self._superseded.get((claim.by, claim.id, measure)) if claim.id else None


def said_of(incident: Sourced) -> dict[tuple[str, str, str], list[Said]]:
    """Everything that is claimed, by scope, measure and group."""
    found: dict[tuple[str, str, str], list[Said]] = {}
    for claim in incident.claims:
        scope = str(claim.scope)
        for (measure, group), count in claim.counts.items():
            found.setdefault((scope, measure, group), []).append(Said(claim, count, incident.reports.get(claim.report)))
    return found


def select(all_said: list[Said], measure: str, standing: Standing) -> tuple[list[Said], list[LeftOut]]:
    """The one claim of each originator that counts, and those left out, with the reason.

    Args:
        all_said: the claims of one scope, measure and group.
        measure: the measure that they are of.
        standing: which claims of the record are in force.
    """
    left: list[LeftOut] = []
    originators: dict[str, list[Said]] = {}
    for said in all_said:
        reason = standing.against(said.claim, measure)
        if reason:
            left.append(LeftOut(said, reason))
        else:
            originators.setdefault(said.claim.by, []).append(said)
    used: list[Said] = []
    for name in sorted(originators):
        chosen, others = _one(originators[name])
        used.append(chosen)
        left += others
    return used, sorted(left, key=lambda item: item.said.strength)


def _measures(claim: Claim) -> set[str]:
    return {measure for measure, _ in claim.counts}


def _one(claims: list[Said]) -> tuple[Said, list[LeftOut]]:
    """One claim out of those of a single originator (step 2): the latest, its own text, the weakest form."""
    left: list[LeftOut] = []
    for narrow, reason in (
        (_latest, "its originator has a later one"),
        (_own_text, "relay; its originator's own text wins"),
    ):
        kept = {id(said) for said in narrow(claims)}
        undated = UNDATED if narrow is _latest else reason
        left += [LeftOut(said, reason if said.day else undated) for said in claims if id(said) not in kept]
        claims = [said for said in claims if id(said) in kept]
    chosen = min(claims, key=lambda said: said.strength)
    for said in claims:
        if said is not chosen:
            same = str(said.count) == str(chosen.count)
            why = "says the same" if same else "the weakest form counts"
            left.append(LeftOut(said, f"relay of the same originator; {why}"))
    return chosen, left


def _latest(claims: list[Said]) -> list[Said]:
    """Those of the last day, or of the last moment; a bare day can't be ordered among the moments of that day."""
    moments = {id(said): as_instant(said.moment) for said in claims}
    if None in moments.values():
        day = max(said.day for said in claims)
        claims = [said for said in claims if said.day == day]
    stated = [moment for moment in (moments[id(said)] for said in claims) if moment]
    return [said for said in claims if moments[id(said)] in {None, max(stated, default=None)}]


def _own_text(claims: list[Said]) -> list[Said]:
    return [said for said in claims if said.own] or claims
