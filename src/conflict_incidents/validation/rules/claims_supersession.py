"""CLM, supersession: later claims of the same originator."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from conflict_incidents.core.findings import Severity, bare, show
from conflict_incidents.core.rule import Problem, rule
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.records.counts import Bound, Count, whom
from conflict_incidents.records.dates import as_day, as_instant
from conflict_incidents.records.model import Sourced
from conflict_incidents.records.statements import Claim
from conflict_incidents.validation.accounts import ClaimedCount, Key, ScopedAccount, accounts, before

TOLLS = ("killed", "wounded", "casualties")
"""The measures whose decrease needs a reason; the missing may be found, and the detained released."""
DEATH_REASON = "died_of_wounds"
"""The reason that can't explain a decrease of the killed."""
FEWER = frozenset({"counted_twice", "found_alive", "other_incident"})
"""The reasons that can't explain a rise of the killed."""
NEARLY = 0.8
"""The ratio down to which a lower number still fits an approximate one."""


@rule("CLM004", Severity.WARNING, on=Sourced)
def relays_faithfully(incident: Sourced, dataset: Dataset) -> Iterator[Problem]:
    """A relay gives the originator's number with its bound: "at least 7" doesn't become 7.

    A claim in another publisher's report is compared with the originator's text of the same day, and with the reports
    of those named under `via`; a changed bound also with the day before. A later number of the originator, by its time
    or by `supersedes`, isn't a change by the relay. A withdrawn number is also invalid in a relay.

    Wrong:
        - {by: sohr, in: its-own-page, killed: {at_least: 7}}
        - {by: sohr, in: the-paper, killed: 7}

    Right:
        - {by: sohr, in: its-own-page, killed: {at_least: 7}}
        - {by: sohr, in: the-paper, killed: {at_least: 7}}
    """
    if len(incident.claims) < 2:
        return
    found = [account for account in accounts(incident) if not account.claims[0].in_headline]
    alike: dict[tuple[str, str], list[ScopedAccount]] = {}
    for account in found:
        alike.setdefault((account.by, str(account.scope)), []).append(account)
    for relay in found:
        passed_by = {relay.by, *(name for claim in relay.claims for name in claim.via)}
        sources = [
            other
            for other in alike[relay.by, str(relay.scope)]
            if other.publisher in passed_by and not relay.replaces(other)
        ]
        for key, stated in relay.counts.items() if sources else ():
            yield from _changed_counts(relay, key, stated, sources)
    for withdrawn in incident.claims:
        if withdrawn.withdrawal:
            yield from _repeated_after_withdrawal(withdrawn, incident)


def _repeated_after_withdrawal(withdrawn: Claim, incident: Sourced) -> Iterator[Problem]:
    """Yield the same numbers in relays, unless these are as of the day of the withdrawal or later."""
    day = withdrawn.withdrawal.date if withdrawn.withdrawal else ""
    for claim in incident.claims:
        report = incident.reports.get(claim.report)
        relayed = claim.by == withdrawn.by and report and report.publisher != claim.by and not claim.withdrawal
        if not relayed or claim.scope != withdrawn.scope or (claim.as_of or "")[:10] >= day:
            continue
        for key, count in claim.counts.items():
            if key in withdrawn.counts and str(withdrawn.counts[key]) == str(count):
                yield Problem(
                    count.at,
                    f"{whom(*key)}: {show(claim.by)} withdrew the {count} on {bare(day)} (line "
                    f"{withdrawn.mark.line}); withdraw this claim too, or say by `as_of` that it is later",
                )


def _changed_counts(
    relay: ScopedAccount, key: Key, stated: ClaimedCount, sources: list[ScopedAccount]
) -> Iterator[Problem]:
    """Yield a problem if a relayed count differs from every source of the same state."""
    messages = [source for source in sources if key in source.counts]
    same_state = [source for source in messages if _same_state(source, relay)]
    just_before = [
        source
        for source in messages
        if relay.after(source)
        and _days_between(source, relay) in {0, 1}
        and source.counts[key].count.numbers & stated.count.numbers
    ]
    compared = same_state or just_before
    if compared and not any(str(source.counts[key].count) == str(stated.count) for source in compared):
        name, count = compared[0].publisher, compared[0].counts[key]
        yield Problem(
            stated.count.at,
            f"{whom(*key)}: the relay gives {stated.count}, {show(name)} itself {count.count} (line "
            f"{count.claim.mark.line}); check both, and keep what each says",
        )


def _same_state(source: ScopedAccount, relay: ScopedAccount) -> bool:
    """Whether both describe the same time as far as known: the same moment, the same day, or both undated."""
    times = as_instant(source.moment), as_instant(relay.moment)
    return source.day == relay.day if None in times else times[0] == times[1]


def _days_between(source: ScopedAccount, relay: ScopedAccount) -> int | None:
    first, last = as_day(source.day), as_day(relay.day)
    return (last - first) // timedelta(days=1) if first and last else None


@rule("CLM006", Severity.WARNING, on=Sourced)
def fall_has_reason(incident: Sourced, dataset: Dataset) -> Iterator[Problem]:
    """A decrease of an originator's toll has a reason.

    It is in `revision` or the note of the later claim: people were counted twice, found alive, identified, or belong to
    another incident; `unexplained` if the source gives no reason. The killed don't rise because people were counted
    twice, nor fall because some died of wounds. If the killed increase as much as the wounded
    decrease, the reason may be `died_of_wounds`, and none is needed.

    Wrong:
        - {by: sohr, in: first, killed: 9}
        - {by: sohr, in: second, killed: 7}

    Right:
        - {by: sohr, in: first, killed: 9}
        - {by: sohr, in: second, killed: 7, revision: counted_twice}
    """
    if len(incident.claims) < 2:
        return
    found = accounts(incident)
    for account in found:
        yield from _other_direction(account, found)
        if any(claim.note or claim.revision for claim in account.claims):
            continue
        for measure in TOLLS:
            fall = _fall(account, found, measure)
            if fall and not (measure == "wounded" and _may_have_died(*fall, account, found)):
                was, now = fall
                yield Problem(
                    now.count.at,
                    f"{bare(measure)}: {now.count} is fewer than the {was.count} that {show(account.by)} gave before "
                    f"(line {was.claim.mark.line}); say why by `revision`, or in a `note`",
                )


def _other_direction(account: ScopedAccount, found: list[ScopedAccount]) -> Iterator[Problem]:
    """Yield a revision whose reason can't be that of the change: the killed fall by deaths, or rise by corrections."""
    now = account.toll("killed")
    revision = next((claim for claim in account.claims if claim.revision in {DEATH_REASON, *FEWER}), None)
    was = [one.count for group, one in _tolls_before(account, found, "killed") if now and group == now[0]]
    if now is None or not was or revision is None:
        return
    count = now[1].count
    if all(_fell(one, count) if revision.revision == DEATH_REASON else _fell(count, one) for one in was):
        yield Problem(
            revision.at("revision"),
            f"{count} killed after {was[0]} (line {was[0].at.line}) can't be by {show(revision.revision or '')}; "
            "correct the number or the `revision`",
        )


def _fall(account: ScopedAccount, found: list[ScopedAccount], measure: str) -> tuple[ClaimedCount, ClaimedCount] | None:
    """Return the earlier and the current toll if this is lower than in all accounts just before; None otherwise."""
    now = account.toll(measure)
    was = _tolls_before(account, found, measure)
    if now is None or not was:
        return None
    fell = all(group == now[0] and _fell(stated.count, now[1].count) for group, stated in was)
    return (was[0][1], now[1]) if fell else None


def _fell(was: Count, now: Count) -> bool:
    """Whether a number is certainly lower than an earlier one; words are never."""
    end = now.least if now.max is None else now.max
    nearly = NEARLY if Bound.ABOUT in {was.bound, now.bound} else 1
    return not (was.word or now.word) and end < was.least * nearly


def _may_have_died(was: ClaimedCount, now: ClaimedCount, account: ScopedAccount, found: list[ScopedAccount]) -> bool:
    """Whether the killed increased by at least as many as the wounded decreased."""
    wounded = now.count.least if now.count.max is None else now.count.max
    killed = account.toll("killed")
    both = before(account, found, "killed", "wounded")
    earlier = [toll for other in both if (toll := other.toll("killed"))] or _tolls_before(account, found, "killed")
    return killed is not None and any(
        killed[1].count.max is None or killed[1].count.max - one[1].count.least >= was.count.least - wounded
        for one in earlier
    )


def _tolls_before(account: ScopedAccount, found: list[ScopedAccount], measure: str) -> list[tuple[str, ClaimedCount]]:
    return [toll for other in before(account, found, measure) if (toll := other.toll(measure))]
