"""Group the claims of one originator, report and time into accounts for rules, and order them.

Killed and wounded may be recorded in one claim or in two; rules that compare them give the same findings.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from conflict_incidents.records.counts import Count, Scope
from conflict_incidents.records.dates import is_later
from conflict_incidents.records.fields import once
from conflict_incidents.records.model import Sourced
from conflict_incidents.records.statements import Claim, Report

Key = tuple[str, str]
"""A measure and a group."""


@dataclass(slots=True, eq=False)
class ClaimedCount:
    """A count and the claim that states it."""

    claim: Claim
    count: Count


@dataclass(slots=True)
class ScopedAccount:
    """The claims of an originator on one scope at one time in one report; `moment` is empty if it isn't stated."""

    by: str
    report: Report | None
    scope: Scope
    moment: str
    claims: list[Claim] = field(default_factory=list)
    counts: dict[Key, ClaimedCount] = field(default_factory=dict)

    @property
    def day(self) -> str:
        """The day that it describes; empty if not stated."""
        return self.moment[:10]

    @property
    def publisher(self) -> str:
        """The publisher of the report; empty if the record lacks the report."""
        return self.report.publisher if self.report else ""

    def toll(self, measure: str) -> tuple[str, ClaimedCount] | None:
        """Return the group and the count that represent a measure: its total, or else the civilians."""
        for group in ("total", "civilians"):
            if (measure, group) in self.counts:
                return group, self.counts[measure, group]
        return None

    def replaces(self, other: ScopedAccount) -> bool:
        """Whether one of its claims supersedes one of the other's."""
        return any(claim.id in mine.supersedes for mine in self.claims if mine.supersedes for claim in other.claims)

    def after(self, other: ScopedAccount) -> bool:
        """Whether it is known to be later: by day, by time if both have one, or because it replaces the other."""
        replaced = self.replaces(other)
        if not (self.day and other.day) or (replaced and self.day == other.day):
            return replaced
        return is_later(self.moment, other.moment)


@once
def accounts(of: Sourced) -> list[ScopedAccount]:
    """Return the accounts of a record, in order; withdrawn claims are left out."""
    found: dict[tuple[str, ...], ScopedAccount] = {}
    for claim in of.claims:
        if claim.withdrawal:
            continue
        report = of.reports.get(claim.report)
        moment = of.moment(claim)
        key = (claim.by, claim.report, str(claim.scope), moment, str(claim.provisional), str(claim.in_headline))
        account = found.setdefault(key, ScopedAccount(claim.by, report, claim.scope, moment))
        account.claims.append(claim)
        for of_what, count in claim.counts.items():
            account.counts.setdefault(of_what, ClaimedCount(claim, count))
    return list(found.values())


def before(account: ScopedAccount, others: Iterable[ScopedAccount], *measures: str) -> list[ScopedAccount]:
    """Return the last accounts of the same originator and scope before `account` that state a toll of all `measures`.

    Accounts without such tolls in between are skipped. If several are of the latest day, all are returned.
    """
    earlier = [
        other
        for other in others
        if other.by == account.by and str(other.scope) == str(account.scope) and account.after(other)
        if all(map(other.toll, measures))
    ]
    last = max((other.day for other in earlier), default="")
    return [other for other in earlier if other.day == last]
