"""One claim an originator: which of the many reports of a number count, and why the others don't.

Steps 1 and 2 of `envelope/1`. Prevents: one monitor counted five times because five papers quote it, a toll of the
first hour outliving the final one, and a claim that was taken back staying in force.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from conflict_incidents.counts import Count
from conflict_incidents.model import Claim, Incident, Report


@dataclass(frozen=True, slots=True)
class Said:
    """What a claim says of one measure, group and scope."""

    claim: Claim
    count: Count
    report: Report | None

    @property
    def day(self) -> str:
        """The day that the number is the state of; empty, and so the oldest, where no date is stated."""
        return (self.claim.as_of or (self.report.published if self.report else None) or "")[:10]

    @property
    def moment(self) -> str:
        """The day, with the time where it is stated."""
        return self.claim.as_of or (self.report.published if self.report else None) or ""

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


def said_of(incident: Incident) -> dict[tuple[str, str, str], list[Said]]:
    """Everything that is claimed, by scope, measure and group."""
    found: dict[tuple[str, str, str], list[Said]] = {}
    for claim in incident.claims:
        for (measure, group), count in claim.counts.items():
            key = (str(claim.scope), measure, group)
            found.setdefault(key, []).append(Said(claim, count, incident.reports.get(claim.report)))
    return found


def select(all_said: list[Said], incident: Incident, measure: str) -> tuple[list[Said], list[LeftOut]]:
    """The one claim of each originator that counts, and those left out, with the reason.

    Args:
        all_said: the claims of one scope, measure and group.
        incident: the record that they stand in.
        measure: the measure that they are of.
    """
    left: list[LeftOut] = []
    originators: dict[str, list[Said]] = {}
    for said in all_said:
        reason = _not_in_force(said, incident, measure)
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


def _not_in_force(said: Said, incident: Incident, measure: str) -> str | None:
    claim = said.claim
    if claim.withdrawal:
        return f"withdrawn by its originator on {claim.withdrawal.date}"
    for other in incident.claims:
        if claim.id and claim.id in other.supersedes and other.by == claim.by and not other.withdrawal:
            replaced = {name for name, _ in other.counts}
            if measure in replaced:
                return f"superseded by {other.key}"
    if claim.provisional and any(_is_final(other, said, measure) for other in incident.claims):
        return "provisional, and its originator has a final count"
    return None


def _is_final(other: Claim, said: Said, measure: str) -> bool:
    """Whether `other` is a claim in force of the same originator and scope that counts the measure and may not change."""
    same = other.by == said.claim.by and str(other.scope) == str(said.claim.scope)
    return same and not other.provisional and not other.withdrawal and any(name == measure for name, _ in other.counts)


def _one(claims: list[Said]) -> tuple[Said, list[LeftOut]]:
    """One claim out of those of a single originator."""
    left: list[LeftOut] = []
    for narrow, reason in (
        (_latest, "its originator has a later one"),
        (_own_text, "relay; its originator's own text wins"),
    ):
        kept = narrow(claims)
        left += [LeftOut(said, reason) for said in claims if said not in kept]
        claims = kept
    chosen = min(claims, key=lambda said: said.strength)
    for said in claims:
        if said is not chosen:
            same = str(said.count) == str(chosen.count)
            why = "says the same" if same else "the weakest form counts"
            left.append(LeftOut(said, f"relay of the same originator; {why}"))
    return chosen, left


def _latest(claims: list[Said]) -> list[Said]:
    day = max(said.day for said in claims)
    claims = [said for said in claims if said.day == day]
    moments = [_utc(said.moment) for said in claims]
    last = max((moment for moment in moments if moment), default=None)
    if last is None or None in moments:  # a bare day can't be ordered among the moments of that day
        return claims
    return [said for said, moment in zip(claims, moments, strict=True) if moment == last]


def _utc(moment: str) -> datetime | None:
    try:
        return datetime.fromisoformat(moment).astimezone(UTC) if "T" in moment else None
    except (ValueError, OverflowError):
        return None


def _own_text(claims: list[Said]) -> list[Said]:
    return [said for said in claims if said.own] or claims
