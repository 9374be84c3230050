"""The estimates of an incident before and after a change."""

from __future__ import annotations

from collections.abc import Iterator

from conflict_incidents.core.findings import Shown, in_words
from conflict_incidents.core.pages import Lines, PageRow, PageTable
from conflict_incidents.estimates.envelope import estimates
from conflict_incidents.estimates.estimate import Estimate
from conflict_incidents.estimates.explanation import name_of
from conflict_incidents.records.model import Incident

_Key = tuple[str, str, str]


def estimate_lines(before: Incident | None, now: Incident, changed: bool) -> PageTable | Lines:
    """Return the estimates; of a changed incident, only those that differ."""
    if not changed:
        return _all(now, "Estimates")
    if before is None:
        return _all(now, "Estimates, new")
    old, new = _by_key(before), _by_key(now)
    keys = dict.fromkeys([*new, *old])
    rows = [row for key in keys if (row := _row(old.get(key), new.get(key)))]
    if not rows:
        return Lines(["all as they were"], "Estimates")
    return PageTable(("", "before", "after", "best", "agreement", "by the change"), rows, "Estimates that changed")


def _all(incident: Incident, title: Shown) -> PageTable | Lines:
    rows = [(name_of(one), one.text, _number(one.best), _words(one)) for one in estimates(incident)]
    if not rows:
        return Lines(["no counts recorded; all measures are unknown (not zero)"], title)
    return PageTable(("", "estimate", "best", "agreement"), rows, title)


def _by_key(incident: Incident) -> dict[_Key, Estimate]:
    return {(one.scope, one.measure, one.group): one for one in estimates(incident)}


def _row(old: Estimate | None, new: Estimate | None) -> PageRow | None:
    """Return a line of the table; None if nothing changed."""
    changes = list(_changes(old, new))
    present = new or old
    if not changes or present is None:
        return None
    before, after = (one.text if one else Shown("none") for one in (old, new))
    best = arrow(*(_number(one.best) if one else Shown("-") for one in (old, new)))
    agreement = arrow(*(_words(one) if one else Shown("-") for one in (old, new)))
    return name_of(present), before, after, best, agreement, ", ".join(changes)


def _changes(old: Estimate | None, new: Estimate | None) -> Iterator[Shown]:
    """Yield the changes of the bounds, the best and the agreement."""
    if old is None or new is None:
        yield Shown("new" if old is None else "gone")
        return
    for name in ("low", "best", "high"):
        was, now = getattr(old, name), getattr(new, name)
        if was != now:
            yield f"{in_words(name)} {_number(was)} → {_number(now)}"
    if old.high_open != new.high_open:
        yield Shown("open upwards now" if new.high_open else "closed upwards now")
    if old.agreement is not new.agreement:
        yield _words(new)


def arrow(before: Shown, after: Shown) -> Shown:
    """Format a value before and after; once if unchanged."""
    return after if before == after else f"{before} → {after}"


def _number(value: int | None) -> Shown:
    return Shown("-") if value is None else f"{value}"


def _words(estimate: Estimate) -> Shown:
    return in_words(estimate.agreement)
