"""Values: the number of a group from its forms, and the bounds that groups give each other.

Sections 3 and 5 of the method, inside one voice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from conflict_incidents.core.findings import Shown
from conflict_incidents.estimates.accounts import Account, Form
from conflict_incidents.estimates.group_sums import UNKNOWNS, UNSTATED, propagate
from conflict_incidents.estimates.intervals import Interval, all_meet, hull, merge

Reasons = dict[Form, Shown]
"""The reasons why forms are not used."""
PROVISIONAL = Shown("provisional, and does not fit a final count")
LOST_HEDGE = Shown("bare number, of which another form keeps the hedge")
EXCLUDED = Shown("cannot be true beside the other groups of its originator")
NOT_MEETING = Shown("does not fit the other numbers of its originator")
SAYS_LESS = Shown("open, and fits each of the other numbers of its originator")


@dataclass(slots=True)  # see `Form`
class Value:
    """The number of one originator for one group: the forms kept, and their interval.

    `settled` is true if the forms fit each other. The interval of an unsettled value is only the hull of its forms.
    `order` is the number of the state that gave it. `added` is true if only relays give it beside an own text: it then
    takes bounds from other groups but gives none.
    """

    forms: tuple[Form, ...]
    interval: Interval
    settled: bool
    provisional: bool = False
    order: int = 0
    added: bool = False

    @property
    def stated_value(self) -> int | None:
        """The value stated by every form; None if they differ."""
        values = {form.value for form in self.forms}
        return values.pop() if len(values) == 1 else None

    @property
    def intervals(self) -> list[Interval]:
        """The intervals that enter the envelope: its own, or that of each form if unsettled."""
        return [self.interval] if self.settled else [form.interval for form in self.forms]

    @property
    def least(self) -> int:
        """The smallest number that it may be."""
        return min((interval.least for interval in self.intervals), default=0)

    def meets(self, interval: Interval) -> bool:
        """Whether an interval fits it, or one of its forms if unsettled."""
        return any(interval.meets(own) for own in self.intervals)


Values = dict[str, Value]
"""The values of an originator, by group."""


def values_of(accounts: list[Account], reasons: Reasons, without: Iterable[str] = ()) -> Values:
    """Return the values of the groups given by accounts of one state, except `without`."""
    groups = dict.fromkeys(group for account in accounts for group in account.forms if group not in without)
    return {group: _value_of_group([one for one in accounts if group in one.forms], group, reasons) for group in groups}


def _value_of_group(accounts: list[Account], group: str, reasons: Reasons) -> Value:
    """Return the value of a group that several accounts of one state give."""
    if len(accounts) == 1:
        return value_of([accounts[0].forms[group]], reasons=reasons)
    final = [account.forms[group].interval for account in accounts if not account.provisional]
    forms: list[Form] = []
    for account in accounts:
        form = account.forms[group]
        if account.provisional and not all(form.interval.meets(interval) for interval in final):
            reasons[form] = PROVISIONAL
        else:
            forms.append(form)
    hedged = [form.interval for form in forms if form.has_hedge]
    forms_used: list[Form] = []
    for form in forms:
        if form.bare and any(interval.contains(form.interval.least) for interval in hedged):
            reasons[form] = LOST_HEDGE
        else:
            forms_used.append(form)
    return value_of(forms_used, reasons=reasons)


def value_of(forms: Iterable[Form], like: Value | None = None, reasons: Reasons | None = None) -> Value:
    """Combine forms into a value, settled if they fit each other.

    Args:
        forms: the forms that are kept.
        like: the value whose other fields it takes.
        reasons: the reasons why forms are not used, to add to."""
    in_order = _sorted_forms(forms)
    intervals = [form.interval for form in in_order]
    if all_meet(intervals):
        value = Value(in_order, merge(intervals), True)
        return replace(like, forms=in_order, interval=value.interval, settled=True) if like else value
    base = like or Value((), UNSTATED, True)
    return _unsettled_value(in_order, base, {} if reasons is None else reasons)


def merged_values(values: list[Value], reasons: Reasons) -> Value:
    """Combine several values of a group, settled if all are and they fit each other."""
    if len(values) == 1:
        return values[0]
    base = Value((), UNSTATED, True, any(value.provisional for value in values), 0, all(one.added for one in values))
    intervals = [value.interval for value in values]
    if all(value.settled for value in values) and all_meet(intervals):
        return _value_at(replace(base, forms=_distinct_forms(values)), merge(intervals), reasons)
    forms = _distinct_forms(_with_common_interval(value) if value.settled else value for value in values)
    return _unsettled_value(forms, base, reasons)


def _with_common_interval(value: Value) -> Value:
    """Return a settled value with its interval given to each form."""
    return replace(value, forms=tuple(replace(form, interval=value.interval) for form in value.forms))


def _distinct_forms(values: Iterable[Value]) -> tuple[Form, ...]:
    """Return the forms of several values, without duplicates from several originators."""
    forms = {(form.account, str(form.interval), form.value): form for value in values for form in value.forms}
    return _sorted_forms(forms.values())


def _value_at(value: Value, interval: Interval, reasons: Reasons) -> Value:
    """Return a settled value narrowed to an interval, with the forms that meet it."""
    if interval == value.interval:
        return value
    reasons.update({form: NOT_MEETING for form in value.forms if not form.interval.meets(interval)})
    return replace(value, forms=tuple(form for form in value.forms if form.interval.meets(interval)), interval=interval)


def _unsettled_value(forms: tuple[Form, ...], like: Value, reasons: Reasons) -> Value:
    """Return an unsettled value, without open forms that fit each of the others."""
    vague = [
        form for form in forms if form.interval.end is None and all(form.interval.meets(o.interval) for o in forms)
    ]
    reasons.update(dict.fromkeys(vague, SAYS_LESS))
    others = tuple(form for form in forms if form not in vague)
    return replace(like, forms=others, interval=hull(form.interval for form in others), settled=False)


def _sorted_forms(forms: Iterable[Form]) -> tuple[Form, ...]:
    several = tuple(forms)
    return tuple(sorted(several, key=lambda form: (form.account, str(form.interval)))) if len(several) > 1 else several


def same_accounts(values: Values) -> list[dict[str, int]]:
    """Return, for each account that counts an unknown group, the smallest numbers of its settled groups."""
    names = {form.account for group in UNKNOWNS if group in values for form in values[group].forms}
    return [
        {
            group: form.interval.least
            for group, value in values.items()
            for form in value.forms
            if value.settled and form.account == name
        }
        for name in sorted(names)
    ]


def _narrow(values: Values) -> dict[str, Interval] | None:
    """Narrow the settled values by the bounds that they give each other; None if they can't all be true."""
    settled = {group: value.interval for group, value in values.items() if value.settled}
    return propagate(settled, same_accounts(values))


def is_possible(values: Values) -> bool:
    """Whether the settled values can all be true."""
    return _narrow(values) is not None


def firm_values(values: Values) -> Values:
    """Return the values that give bounds to others."""
    return {group: value for group, value in values.items() if not value.added}


def bounded_values(values: Values, reasons: Reasons) -> Values:
    """Narrow the values by the bounds that they give each other, dropping forms that can't be true beside them.

    Values that only relays give (`Value.added`) take bounds from the others and give them none.
    """
    firm = _bound_by_neighbours(firm_values(values), {}, reasons)
    added = {group: value for group, value in values.items() if value.added}
    return firm | _bound_by_neighbours(added, firm, reasons) if added else firm


def _bound_by_neighbours(values: Values, beside: Values, reasons: Reasons) -> Values:
    """Narrow the values by each other and by those beside them; unchanged if they can't all be true."""
    bounded = dict(values)
    while bounded:
        narrowed = _narrow(beside | bounded)
        if narrowed is None:
            break
        changed: Values = {}
        for group, value in bounded.items():
            if value.settled:
                continue
            forms = [form for form in value.forms if is_possible(beside | bounded | {group: value_of([form])})]
            if forms and len(forms) < len(value.forms):
                reasons.update({form: EXCLUDED for form in value.forms if form not in forms})
                changed[group] = value_of(forms, value, reasons)
        if not changed:
            return {
                group: _value_at(value, narrowed[group], reasons) if value.settled else value
                for group, value in bounded.items()
            }
        bounded |= changed
    return bounded


def give_reason(account: Account, reason: Shown, reasons: Reasons) -> None:
    """Add the reason why no form of an account is used."""
    reasons.update(dict.fromkeys(account.forms.values(), reason))
