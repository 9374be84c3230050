"""States: the numbers of one originator at one time, and its values after several states (section 4 of the method)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from conflict_incidents.core.findings import Shown
from conflict_incidents.estimates.accounts import Account
from conflict_incidents.estimates.group_sums import UNKNOWNS, WHOLES, wholes_of
from conflict_incidents.estimates.intervals import Interval
from conflict_incidents.estimates.values import (
    Reasons,
    Value,
    Values,
    bounded_values,
    give_reason,
    is_possible,
    value_of,
    values_of,
)

OWN_WINS = Shown("relay; its originator's own text gives the group")
NOT_FITTING = Shown("relay that does not fit its originator's own text of that time")
WHOLE_FELL = Shown("its whole was counted anew, and fell")
IDENTIFIED = Shown("its group was counted before those beside it were counted anew")
IMPOSSIBLE = Shown("cannot be true beside the newer numbers of its originator")
Position = tuple[str, datetime | None]
"""A day and, if stated, the time; the day is empty if neither is stated."""


@dataclass(slots=True, eq=False)
class State:
    """The accounts of one originator at one time; `day` is empty if the state can't be ordered."""

    day: str = ""
    instant: datetime | None = None
    level: int = 0
    accounts: list[Account] = field(default_factory=list)

    @property
    def key(self) -> tuple[str, datetime, int]:
        """Sort key of the states of an originator."""
        return *position_key((self.day, self.instant)), self.level

    @property
    def own(self) -> bool:
        """Whether the originator published one of its accounts itself."""
        return any(account.own for account in self.accounts)


def position_key(position: Position) -> tuple[str, datetime]:
    """Sort key of positions: by day; on one day, those without a time first."""
    day, instant = position
    return day, instant or datetime.min.replace(tzinfo=UTC)


def values_after(states: list[State], reasons: Reasons) -> Values:
    """Return the values after the last of some ordered states."""
    values: Values = {}
    for order, state in enumerate(states):
        values = _next_values(values, state, order, reasons)
    return values


def values_after_each(states: list[State]) -> list[Values]:
    """Return the values after each of some ordered states, with the bounds that groups give each other."""
    values_of_states: list[Values] = []
    values: Values = {}
    for order, state in enumerate(states):
        values = _next_values(values, state, order, {})
        values_of_states.append(bounded_values(values, {}))
    return values_of_states


def _next_values(before: Values, state: State, order: int, reasons: Reasons) -> Values:
    """Return the values after a state: its own, those that remain from before, and those added by relays."""
    own = [account for account in state.accounts if account.own]
    relays = [account for account in state.accounts if not account.own]
    new = values_of(own or relays, reasons)
    added = _values_added_by_relays(new, relays, before, reasons) if own and relays else {}
    may_change = {account.name for account in state.accounts if account.provisional}
    provisional = bool(may_change) and any(
        form.account in may_change for value in (*new.values(), *added.values()) for form in value.forms
    )
    if provisional or order:
        new = {group: replace(value, provisional=provisional, order=order) for group, value in new.items()}
    added = {group: replace(value, provisional=provisional, order=order, added=True) for group, value in added.items()}
    remaining: Values = {}
    for group, value in before.items():
        if group in new or group in added:
            continue
        value_or_reason = _remaining_value(group, before, new)
        if isinstance(value_or_reason, Value):
            remaining[group] = value_or_reason
        else:
            reasons.update(dict.fromkeys(value.forms, value_or_reason))
    return _compatible_values(new, remaining | added, reasons)


def _values_added_by_relays(new: Values, relays: list[Account], before: Values, reasons: Reasons) -> Values:
    """Return the values of groups given by fitting relays, but not by the own text or an older own text.

    Args:
        new: the values of the own text.
        relays: the relays of the same state.
        before: the values before; those of an older own text count where they remain as stated.
        reasons: the reasons why forms are not used, to add to.
    """
    fitting: list[Account] = []
    for relay in relays:
        if all(new[group].meets(form.interval) for group, form in relay.forms.items() if group in new):
            fitting.append(relay)
        else:
            give_reason(relay, NOT_FITTING, reasons)
    older = {
        group
        for group, value in before.items()
        if _remaining_value(group, before, new) == value and any(form.own for form in value.forms)
    }
    for relay in fitting:
        reasons.update({form: OWN_WINS for group, form in relay.forms.items() if group in older.union(new)})
    return values_of(fitting, reasons, older.union(new))


def _remaining_value(group: str, before: Values, new: Values) -> Value | Shown:
    """Return the remaining value of a group that a newer state doesn't give, or the reason why none remains."""
    value = before[group]
    if set(UNKNOWNS.get(group, ())) & set(new):
        return IDENTIFIED
    whole = next((name for name in wholes_of(group) if name in new), None)
    if whole is None or whole not in before:
        return value
    newer, older = new[whole].interval, before[whole].interval
    if newer.rank == older.rank or (newer.start == older.start and older.end is None):
        return value  # an open end that was closed at the same start isn't a decrease
    if newer.rank < older.rank or value.interval.start is None:
        return WHOLE_FELL
    forms = tuple(form.left_open() for form in value.forms if form.interval.start is not None)
    return replace(value, forms=forms, interval=Interval(value.interval.start, None), settled=True)


def _compatible_values(new: Values, more: Values, reasons: Reasons) -> Values:
    """Return the new values and the compatible ones: those that aren't added first, then by age, wholes first."""
    compatible = dict(new)
    for group, value in sorted(more.items(), key=_precedence):
        forms = [value] if value.settled else [value_of([form], value) for form in value.forms]
        possible = [form for one in forms if is_possible(compatible | {group: one}) for form in one.forms]
        reasons.update({form: IMPOSSIBLE for form in value.forms if form not in possible})
        if len(possible) == len(value.forms):
            compatible[group] = value
        elif possible:
            compatible[group] = value_of(possible, value, reasons)
    return compatible


def _precedence(of: tuple[str, Value]) -> tuple[bool, int, int, str]:
    group, value = of
    return value.added, -value.order, -WHOLES.index(group) if group in WHOLES else 1, group
