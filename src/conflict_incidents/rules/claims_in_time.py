"""CLM: claims that follow one another. Prevents: a number that changes on its way, or falls, and nobody says why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from conflict_incidents.accounts import Account, Key, Stated, accounts, before, in_headline, texts
from conflict_incidents.catalogue import Problem, rule
from conflict_incidents.counts import Bound, Count, whom
from conflict_incidents.dataset import Dataset
from conflict_incidents.findings import Severity, shown
from conflict_incidents.model import Sourced
from conflict_incidents.parts import as_day, as_instant
from conflict_incidents.selection import PROVISIONAL, Standing

TOLLS = ("killed", "wounded", "casualties")
"""The measures of which a fall has to be explained; the missing are found, and the detained go free."""
NEARLY = 0.8
"""How far below an approximate number another still fits it."""


@rule("CLM004", Severity.WARNING, on=Sourced)
def relays_faithfully(incident: Sourced, dataset: Dataset) -> Iterator[Problem]:
    """A relay gives the originator's number with its bound: "at least 7" doesn't become 7 on the way.

    A claim in somebody else's report is compared with the originator's own text of the same day, and with what those
    whom it names under `via` published; a change of the bound alone also with that of the day before. What an
    originator said later, in time, is no change by the relay.

    Wrong:
        - {by: sohr, in: its-own-page, killed: {at_least: 7}}
        - {by: sohr, in: the-paper, killed: 7}

    Right:
        - {by: sohr, in: its-own-page, killed: {at_least: 7}}
        - {by: sohr, in: the-paper, killed: {at_least: 7}}
    """
    found = [account for account in accounts(incident) if not in_headline(account.claims[0])]
    for relay in found:
        if relay.own:
            continue
        passed_by = {relay.by, *(name for claim in relay.claims for name in claim.via)}
        sources = [
            other
            for other in found
            if other is not relay
            and (other.by, str(other.scope)) == (relay.by, str(relay.scope))
            and other.report is not None
            and other.report.publisher in passed_by - {relay.report.publisher if relay.report else None}
        ]
        for key, stated in relay.counts.items():
            yield from _changed(relay, key, stated, sources)


def _changed(relay: Account, key: Key, stated: Stated, sources: list[Account]) -> Iterator[Problem]:
    """Where a relayed count differs from every source of the same state."""
    told = [(source, source.counts[key].count) for source in sources if key in source.counts]
    same_state = [(source, count) for source, count in told if _same_state(source, relay)]
    the_day_before = [
        (source, count)
        for source, count in told
        if _days_apart(source, relay) in {0, 1} and count.numbers & stated.count.numbers
    ]
    compared = same_state or the_day_before
    if compared and not any(str(count) == str(stated.count) for _, count in compared):
        source, count = compared[0]
        name = source.report.publisher if source.report else source.by
        yield Problem(
            stated.count.at,
            f"{whom(*key)}: the relay gives {stated.count}, {shown(name)} itself {count} (line "
            f"{source.claims[0].mark.line}); check both, and keep what each says",
        )


def _same_state(source: Account, relay: Account) -> bool:
    """Whether both are of one moment, as far as that is known: of one day, not of two times of it, or both undated."""
    both_timed = as_instant(source.moment) is not None and as_instant(relay.moment) is not None
    return source.day == relay.day and not (both_timed and source.moment != relay.moment)


def _days_apart(source: Account, relay: Account) -> int | None:
    first, last = as_day(source.day), as_day(relay.day)
    return (last - first) // timedelta(days=1) if first and last else None


@rule("CLM006", Severity.WARNING, on=Sourced)
def fall_has_reason(incident: Sourced, dataset: Dataset) -> Iterator[Problem]:
    """A toll that an originator lowers has a reason.

    `revision` says which, or the note of the later claim does, in words. The dead don't come back: they were counted
    twice, found alive, identified, or belong to another incident; where the source doesn't say, that is `unexplained`.
    Fewer wounded where more are killed are CNT010's.

    Wrong:
        - {by: sohr, in: first, killed: 9}
        - {by: sohr, in: second, killed: 7}

    Right:
        - {by: sohr, in: first, killed: 9}
        - {by: sohr, in: second, killed: 7, revision: counted_twice}
    """
    found = accounts(incident)
    for account in found:
        if any(claim.revision for claim in account.claims) or _gives_reason(account):
            continue
        for measure in TOLLS:
            now = account.toll(measure)
            was = [other.toll(measure) for other in before(account, found)] if now else []
            falls = [one for one in was if now and one and one[0] == now[0] and _fell(one[1].count, now[1].count)]
            if now is None or not falls or len(falls) < len([one for one in was if one]):
                continue
            if measure == "wounded" and _more_killed(account, found):
                continue
            earlier = falls[0][1]
            yield Problem(
                now[1].count.at,
                f"{measure}: {now[1].count} is fewer than the {earlier.count} that {shown(account.by)} gave before "
                f"(line {earlier.claim.mark.line}); say why by `revision`, or in a `note`",
            )


def _gives_reason(account: Account) -> bool:
    said = [text for claim in account.claims for text in texts(claim)]
    return any(text.says("reason") or text.says("died_later") for text in said)


def _fell(was: Count, now: Count) -> bool:
    """Whether a number is plainly lower than an earlier one; words have none, and an end alone says little."""
    if was.min is None or was.word or now.word:
        return False
    end = now.max if now.max is not None else now.min
    if end is None:
        return False
    about = Bound.ABOUT in {was.bound, now.bound}
    return end < was.min * NEARLY if about else end < was.min


def _more_killed(account: Account, found: list[Account]) -> bool:
    """Whether more are killed than before: some of the wounded may have died."""
    now = account.toll("killed")
    was = [toll for other in before(account, found) if (toll := other.toll("killed"))]
    return now is not None and any((now[1].count.min or 0) > (one[1].count.min or 0) for one in was)


@rule("CLM007", Severity.WARNING, on=Sourced)
def provisional_replaced(incident: Sourced, dataset: Dataset) -> Iterator[Problem]:
    """A provisional claim is replaced, by name, once its originator has a final count.

    The estimate leaves it out, without a word of the final claim that it no longer holds. Where the provisional one is
    the later of the two, the other wasn't final; nor is one that relays the provisional count.

    Wrong:
        - {id: early, by: sohr, in: first, killed: 5, provisional: true}
        - {by: sohr, in: second, killed: 7}

    Right:
        - {id: early, by: sohr, in: first, killed: 5, provisional: true}
        - {by: sohr, in: second, killed: 7, supersedes: [early]}
    """
    standing = Standing(incident)
    for claim in incident.claims:
        idle = dict.fromkeys(measure for measure, _ in claim.counts if standing.against(claim, measure) == PROVISIONAL)
        final = next(
            (
                other
                for other in incident.claims
                if (other.by, str(other.scope)) == (claim.by, str(claim.scope))
                and not other.provisional
                and not other.withdrawal
                and any(measure in idle for measure, _ in other.counts)
            ),
            None,
        )
        if final is not None:
            name = f"`supersedes: [{claim.id}]`" if claim.id else "an `id` here and `supersedes` there"
            same = all(str(count) == str(claim.counts.get(key)) for key, count in final.counts.items())
            what = "the same count, not as provisional" if same else "a final count"
            when = "came first or relays this one" if same else "came first"
            yield Problem(
                claim.at("provisional"),
                f"{' and '.join(idle)}: {shown(claim.by)} has {what} (line {final.mark.line}); write {name}, or "
                f"mark that one as provisional too if it {when}",
            )
