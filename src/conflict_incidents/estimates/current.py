"""The current state of one originator: the last of its states in order, merged with those that can't be ordered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from conflict_incidents.core.findings import Shown, bare
from conflict_incidents.estimates.accounts import Account, Form
from conflict_incidents.estimates.ordering import ordered_states
from conflict_incidents.estimates.states import State, values_after
from conflict_incidents.estimates.values import Reasons, Values, bounded_values, merged_values

NEWER = Shown("of an older state; newer: ")
OLDER = Shown("of an older state")


@dataclass(slots=True, eq=False)
class CurrentState:
    """The current values of an originator, the reasons for unused forms, and all its states.

    The reason for a form of an older state is the newer values, which `older_reason` formats on demand.
    """

    values: Values
    reasons: dict[Form, Shown | Values]
    states: tuple[State, ...]


def current_state(accounts: Iterable[Account]) -> CurrentState:
    """Return the current values of one originator, measure and scope.

    Args:
        accounts: all accounts of one originator, measure and scope, in any order.
    """
    by_name = sorted(accounts, key=lambda account: account.name)
    reasons: Reasons = {}
    ordered, unordered = ordered_states(by_name, reasons)
    values = _merge_by_group([values_after(chain, reasons) for chain in (ordered, *unordered)], reasons)
    closed = bounded_values(values, reasons)
    used = {(form.account, form.group) for value in closed.values() for form in value.forms}
    reason_of = {(form.account, form.group): reason for form, reason in reasons.items()}
    unused = [form for one in by_name for form in one.forms.values() if (form.account, form.group) not in used]
    return CurrentState(
        values=closed,
        reasons={form: reason_of.get((form.account, form.group)) or closed for form in unused},
        states=(*ordered, *(state for chain in unordered for state in chain)),
    )


def older_reason(form: Form, current: Values) -> Shown:
    """Return why a form of an older state is not used."""
    newer = [bare(one.claim.key) for one in current[form.group].forms] if form.group in current else []
    return f"{NEWER}{' and '.join(newer)}" if newer else OLDER


def _merge_by_group(chains: list[Values], reasons: Reasons) -> Values:
    """Merge the values of several chains of states, group by group."""
    if len(chains) == 1:
        return chains[0]
    groups = dict.fromkeys(group for values in chains for group in values)
    return {group: merged_values([values[group] for values in chains if group in values], reasons) for group in groups}
