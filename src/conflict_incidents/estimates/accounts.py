"""Accounts: the counts of one originator, measure, scope and report as intervals (section 1 of the method).

The counts of one report are read together: "4 civilians, 3 not identified" may be seven civilians.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from conflict_incidents.estimates.group_sums import GROWING, complete_total, least_numbers, propagate
from conflict_incidents.estimates.intervals import Interval, interval_of
from conflict_incidents.records.counts import STATUSES, Bound, Count
from conflict_incidents.records.model import Sourced
from conflict_incidents.records.statements import Claim, Report

HEDGES = (Bound.ABOUT, Bound.BETWEEN, Bound.AT_MOST)
"""Bounds that a relay may drop by giving only the number."""


@dataclass(slots=True, eq=False)  # to make a frozen one takes twice as long
class Form:
    """A number of one account: the count as stated, and its interval given the account's other numbers.

    `account` is the name of the account. `value` is the stated value: the number, the approximate number, or the best
    of a range; None if there is none.
    """

    account: str
    claim: Claim
    count: Count
    report: Report | None
    measure: str
    group: str
    own: bool
    moment: str
    interval: Interval
    value: int | None

    @property
    def bare(self) -> bool:
        """Whether it is a single number without a hedge."""
        return self.count.bound is Bound.EXACT and self.interval.start == self.interval.end

    @property
    def has_hedge(self) -> bool:
        """Whether it is a number with a hedge that a relay may lose."""
        return self.count.bound in HEDGES

    @property
    def approximate(self) -> bool:
        """Whether the source gives an approximate number."""
        return self.count.bound is Bound.ABOUT

    def left_open(self) -> Form:
        """Return the form with an open end, for use after its whole has risen."""
        return replace(self, interval=Interval(self.interval.start, None), value=None)


@dataclass(slots=True, eq=False)
class Account:
    """The counts of one originator, measure and scope in one report, at one time.

    `own` is true if the report is the originator's. `order_key` is the day or moment used for ordering: its `as_of`, or
    the date of the originator's own report; empty if there is none. `publication_date` is that of the report. `name` is
    derived from the keys of its claims, and is the last criterion of ordering. `ids` are those of its claims,
    `replaces` those of the claims that it supersedes.
    """

    own: bool
    as_of: str
    publication_date: str
    provisional: bool
    withdrawn: str
    claims: tuple[Claim, ...]
    forms: dict[str, Form]
    name: str
    ids: frozenset[str]
    replaces: frozenset[str]

    @property
    def order_key(self) -> str:
        """The day or moment used for ordering."""
        return self.as_of or (self.publication_date if self.own else "")


SpeakerKey = tuple[str, str, str, bool]
"""Scope, measure, originator, and whether the number is unsourced."""


def accounts_of(record: Sourced) -> dict[SpeakerKey, list[Account]]:
    """Return all accounts of a record, by scope, measure, originator and whether the report names no source.

    A joint claim is an account of each of its originators, and own text of each where one of them published it. Claims
    of one report, time and kind (own text or not, provisional or not, withdrawn or not, superseding or superseded or
    not, in the headline or not) are one account.
    """
    superseded = {name for claim in record.claims for name in claim.supersedes}
    claims_by_key: dict[SpeakerKey, dict[tuple[object, ...], list[Claim]]] = defaultdict(dict)
    for claim in record.claims:
        kind = (
            _is_own(claim, record),
            *(claim.report, claim.as_of, claim.provisional, claim.in_headline, claim.supersedes),
            *(claim.id if claim.id in superseded else None, claim.withdrawal.date if claim.withdrawal else ""),
        )
        for originator in claim.originators or (claim.by,):
            for measure in claim.groups:
                key = (str(claim.scope), measure, originator, claim.unsourced)
                claims_by_key[key].setdefault(kind, []).append(claim)
    return {
        key: [_account(key[1], claims, record) for claims in kinds.values()] for key, kinds in claims_by_key.items()
    }


def _is_own(claim: Claim, record: Sourced) -> bool:
    """Whether an originator of the claim published the report."""
    report = record.reports.get(claim.report)
    return report is not None and report.publisher in (claim.originators or (claim.by,))


def _account(measure: str, claims: list[Claim], record: Sourced) -> Account:
    first = claims[0]
    report = record.reports.get(first.report)
    own = _is_own(first, record)
    printed = (report.published if report else None) or ""
    moment = first.as_of or printed
    counts: dict[str, tuple[Claim, Count]] = {}
    for claim in claims:
        for group, count in claim.groups.get(measure, {}).items():
            counts.setdefault(group, (claim, count))
    intervals = _intervals({group: count for group, (_, count) in counts.items()}, claims, measure)
    name = " ".join(sorted(claim.key for claim in claims))
    return Account(
        own=own,
        as_of=first.as_of or "",
        publication_date=printed,
        provisional=first.provisional,
        withdrawn=first.withdrawal.date if first.withdrawal else "",
        claims=tuple(claims),
        forms={
            group: Form(name, claim, count, report, measure, group, own, moment, intervals[group], count.best)
            for group, (claim, count) in counts.items()
        },
        name=name,
        ids=frozenset(claim.id for claim in claims if claim.id),
        replaces=frozenset(name for claim in claims for name in claim.supersedes),
    )


def _intervals(counts: Mapping[str, Count], claims: Iterable[Claim], measure: str) -> dict[str, Interval]:
    """Return the intervals of the counts of one account, with the bounds that they give each other."""
    intervals = {group: interval_of(count) for group, count in counts.items()}
    if len(intervals) == 1:
        return intervals
    complete: list[tuple[str, ...]] = []
    if any(claim.says_complete(measure, "statuses_complete") for claim in claims):
        complete.append(STATUSES)
    if any(claim.says_complete(measure, "sexes_complete") for claim in claims):
        complete.append(_all_sexes(intervals))
    intervals = complete_total(intervals, complete)
    unknown = GROWING.keys() & intervals
    grown = {group: _widen(group, each, intervals) for group, each in intervals.items()} if unknown else intervals
    return propagate(grown, [least_numbers(grown)]) or grown


def _all_sexes(intervals: Mapping[str, Interval]) -> tuple[str, ...]:
    """Return the parts that make up the total by sex and age: children as a whole, or in finer groups."""
    fine = ("girls", "boys", "unknown_sex_or_age")
    if "children" not in intervals:
        return ("women", "men", *fine)
    ends = [intervals[group].end if group in intervals else None for group in fine]
    finer = any(group in intervals for group in fine)
    if finer and (None in ends or sum(end or 0 for end in ends) > intervals["children"].least):
        return ()
    return ("women", "men", "children")


def _widen(group: str, interval: Interval, intervals: Mapping[str, Interval]) -> Interval:
    """Return the interval of a group, widened by unknown groups whose members may belong to it."""
    end = interval.end
    for unknown, receivers in GROWING.items():
        if group in receivers and unknown in intervals and end is not None:
            more = intervals[unknown].end
            end = None if more is None else end + more
    return Interval(interval.start, end)
