"""The estimates of an incident before and after a change."""

from __future__ import annotations

from conflict_incidents.core.findings import Shown, in_words
from conflict_incidents.core.pages import Lines, PageRow, PageTable
from conflict_incidents.estimates.envelope import estimates
from conflict_incidents.estimates.estimate import Estimate
from conflict_incidents.estimates.explanation import name_of
from conflict_incidents.records.model import Incident


def estimate_lines(before: Incident | None, now: Incident, changed: bool) -> PageTable | Lines:
    """Return the estimates; of a changed incident, only those that differ."""
    if not changed:
        return _all(now, "Estimates")
    if before is None:
        return _all(now, "Estimates, new")
    old, new = _by_key(before), _by_key(now)
    keys = dict.fromkeys([*new, *old])
    rows = [
        _row(old.get(key), new.get(key), changes) for key in keys if (changes := _changes(old.get(key), new.get(key)))
    ]
    if not rows:
        return Lines(["all as they were"], "Estimates")
    return PageTable(("", "before", "after", "best", "agreement", "by the change"), rows, "Estimates that changed")


def _all(incident: Incident, title: Shown) -> PageTable | Lines:
    rows = [tuple(_cells(one)) for one in estimates(incident)]
    if not rows:
        return Lines(["no counts recorded; all measures are unknown (not zero)"], title)
    return PageTable(("", "estimate", "best", "agreement"), rows, title)


def _by_key(incident: Incident) -> dict[tuple[str, str, str], Estimate]:
    return {(one.scope, one.measure, one.group): one for one in estimates(incident)}


def _cells(estimate: Estimate | None) -> list[Shown]:
    """Return the name of an estimate, its text, best and agreement."""
    if estimate is None:
        return [Shown(""), Shown("none"), Shown("-"), Shown("-")]
    return [name_of(estimate), estimate.text, _number(estimate.best), in_words(estimate.agreement)]


def _row(old: Estimate | None, new: Estimate | None, changes: list[Shown]) -> PageRow:
    before, after = _cells(old), _cells(new)
    return after[0] or before[0], before[1], after[1], *map(arrow, before[2:], after[2:]), ", ".join(changes)


def _changes(old: Estimate | None, new: Estimate | None) -> list[Shown]:
    """Return the changes of the bounds, the best and the agreement."""
    if old is None or new is None:
        return [Shown("new" if old is None else "gone")]
    numbers = [(name, getattr(old, name), getattr(new, name)) for name in ("low", "best", "high")]
    changes = [f"{in_words(name)} {_number(was)} → {_number(now)}" for name, was, now in numbers if was != now]
    if old.high_open != new.high_open:
        changes.append(Shown("open upwards now" if new.high_open else "closed upwards now"))
    if old.agreement is not new.agreement:
        changes.append(in_words(new.agreement))
    return changes


def arrow(before: Shown, after: Shown) -> Shown:
    """Format a value before and after; once if unchanged."""
    return after if before == after else f"{before} → {after}"


def _number(value: int | None) -> Shown:
    return Shown("-") if value is None else f"{value}"
