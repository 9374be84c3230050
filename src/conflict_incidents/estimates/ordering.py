"""The order of the states of one originator (section 2 of the method)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from conflict_incidents.core.findings import Shown, bare
from conflict_incidents.estimates.accounts import Account
from conflict_incidents.estimates.states import Position, State, position_key, values_after, values_after_each
from conflict_incidents.estimates.values import Reasons, Values, give_reason
from conflict_incidents.records.dates import as_instant

WITHDRAWN = Shown("withdrawn by its originator on ")
RELAY_WITHDRAWN = Shown("relay of a count that its originator withdrew")


def ordered_states(accounts: list[Account], reasons: Reasons) -> tuple[list[State], list[list[State]]]:
    """Return the states in order; and those that can't be ordered, as chains of states that supersede one another."""
    if len(accounts) == 1 and not accounts[0].withdrawn:  # as of most originators
        (only,) = accounts
        moment = only.order_key or only.publication_date[:10]
        return [State(moment[:10], as_instant(moment), accounts=[only])], []
    withdrawn = [account for account in accounts if account.withdrawn]
    for account in withdrawn:
        give_reason(account, f"{WITHDRAWN}{bare(account.withdrawn)}", reasons)
    valid: list[Account] = []
    for account in accounts:
        if account.withdrawn:
            continue
        if account.as_of and not account.own and _repeats_withdrawn(account, withdrawn):
            give_reason(account, RELAY_WITHDRAWN, reasons)
        else:
            valid.append(account)
    links = {one: [other for other in valid if one.replaces & other.ids] if one.replaces else [] for one in valid}
    linked = {*(one for one in links if links[one]), *(other for others in links.values() for other in others)}
    loose = [one for one in valid if not one.own and not one.as_of and one not in linked]
    ordered, unordered = _dated_states([one for one in valid if one not in loose], links, linked)
    for day in sorted({one.publication_date[:10] for one in loose}, key=lambda day: (day == "", day)):
        batch = [one for one in loose if one.publication_date[:10] == day]
        ordered, more = _states_with_relays(day, batch, ordered, unordered, withdrawn, reasons)
        unordered += more
    return ordered, unordered


def _repeats_withdrawn(relay: Account, withdrawn: list[Account]) -> bool:
    """Whether a relay repeats a withdrawn count: fits and doesn't supersede it, dated no later."""
    return any(
        _fits(relay, _values_of_accounts(earlier))
        and relay.as_of[:10] <= earlier.withdrawn
        and not relay.replaces & earlier.ids
        for earlier in withdrawn
    )


def _dated_states(
    accounts: list[Account], links: Mapping[Account, list[Account]], linked: set[Account]
) -> tuple[list[State], list[list[State]]]:
    """Return the states of accounts with an own time or that supersede one another, and the unordered chains."""
    positions = _positions(accounts, links)
    states: dict[tuple[str, datetime | None, int], State] = {}
    late: list[Account] = []
    chains: dict[frozenset[Account], list[Account]] = defaultdict(list)
    levels = _levels({one: [other for other in links[one] if positions[other] == positions[one]] for one in accounts})
    crowded = {positions[one][0] for one in accounts if one in linked or positions[one][1] is not None}
    for one in accounts:
        day, instant = positions[one]
        if not day:
            chains[_chain(one, links)].append(one)
        elif one not in linked and day in crowded and instant is None:
            late.append(one)
        else:
            states.setdefault((day, instant, levels[one]), State(day, instant, levels[one])).accounts.append(one)
    ordered = sorted(states.values(), key=lambda state: state.key)
    unordered = [_states_by_level(chain, levels) for chain in chains.values()]
    return _states_with_day_only(late, ordered), unordered


def _positions(accounts: list[Account], links: Mapping[Account, list[Account]]) -> dict[Account, Position]:
    """Return the day and, where stated, the time of each account.

    An account is no earlier than what it supersedes, and one without any time is as late as what supersedes it.
    """
    positions: dict[Account, Position] = {}
    for one in accounts:
        moment = one.order_key or one.publication_date
        positions[one] = moment[:10], as_instant(moment)
    levels = _levels({one: links[one] for one in accounts})
    in_order = sorted(accounts, key=levels.__getitem__)
    for one in in_order:
        positions[one] = max((positions[other] for other in (one, *links[one])), key=position_key)
    for one in reversed(in_order):
        later = [positions[other] for other in accounts if one in links[other] and positions[other][0]]
        if later and not positions[one][0]:
            positions[one] = min(later, key=position_key)
    return positions


def _levels(links: Mapping[Account, list[Account]]) -> dict[Account, int]:
    """Return the length of the longest chain of accounts that each account supersedes."""
    levels = dict.fromkeys(links, 0)
    for _ in links:
        deeper = {one: max((levels[other] + 1 for other in others), default=0) for one, others in links.items()}
        if deeper == levels:
            break
        levels = deeper
    return levels


def _chain(one: Account, links: Mapping[Account, list[Account]]) -> frozenset[Account]:
    """Return all accounts linked to an account by supersession, including itself."""
    chain = {one}
    while True:
        near = {other for each in chain for other in links[each]}
        near |= {each for each, others in links.items() if chain & set(others)}
        if near <= chain:
            return frozenset(chain)
        chain |= near


def _states_by_level(accounts: list[Account], levels: Mapping[Account, int]) -> list[State]:
    return [
        State(level=level, accounts=[one for one in accounts if levels[one] == level])
        for level in sorted({levels[one] for one in accounts})
    ]


def _states_with_day_only(late: list[Account], ordered: list[State]) -> list[State]:
    """Return the states, with accounts dated to the day alone added to the newest state of that day that they fit."""
    if not late:
        return ordered
    values_of_states = values_after_each(ordered)
    added: list[tuple[State, Account]] = []
    for one in late:
        of_day = [
            (state, values)
            for state, values in zip(ordered, values_of_states, strict=True)
            if state.day == one.order_key[:10]
        ]
        fitting = [state for state, values in of_day if _fits(one, values)]
        added.append(((fitting or [state for state, _ in of_day])[-1], one))
    for state, one in added:
        state.accounts.append(one)
    return ordered


def _states_with_relays(
    day: str,
    relays: list[Account],
    ordered: list[State],
    unordered: list[list[State]],
    withdrawn: list[Account],
    reasons: Reasons,
) -> tuple[list[State], list[list[State]]]:
    """Return the states with the relays of no stated time printed on one day; and those that can't be ordered.

    Args:
        day: the day, or empty for relays whose reports have no date.
        relays: the relays.
        ordered: the states in order.
        unordered: the chains of states that can't be ordered; relays are added to those of an own text that they fit.
        withdrawn: the withdrawn accounts.
        reasons: the reasons why forms are not used; those of relays of withdrawn counts are added.
    """
    earlier = [state for state in ordered if not day or state.day <= day]
    values_of_states = values_after_each(ordered)[: len(earlier)]
    newest_own = max((state.day for state in ordered if state.own), default="")
    added: list[tuple[State, Account]] = []
    unplaced: list[Account] = []
    new: list[Account] = []
    for relay in relays:
        state = _matching_state(relay, day, list(zip(earlier, values_of_states, strict=True)), withdrawn)
        undated = [
            state
            for chain in unordered
            for state, values in zip(chain[::-1], values_after_each(chain)[::-1], strict=True)
            if state.own and _fits(relay, values)
        ]
        if isinstance(state, State):
            added.append((state, relay))
        elif state is not None or (
            not undated and any(_fits(relay, _values_of_accounts(account)) for account in withdrawn)
        ):
            give_reason(relay, RELAY_WITHDRAWN, reasons)
        elif undated:
            added.append((undated[0], relay))
        elif (
            not day
            or day == newest_own
            or (day > newest_own and values_of_states and _is_lower(relay, values_of_states[-1]))
        ):
            unplaced.append(relay)
        else:
            new.append(relay)
    for state, relay in added:
        state.accounts.append(relay)
    if new:
        same_day = [state for state in ordered if state.day == day]
        if same_day:
            same_day[-1].accounts.extend(new)
        else:
            ordered = sorted([*ordered, State(day, accounts=new)], key=lambda state: state.key)
    return ordered, [[State(accounts=[one])] for one in unplaced]


def _matching_state(
    relay: Account, day: str, states: list[tuple[State, Values]], withdrawn: list[Account]
) -> State | Account | None:
    """Return the newest state, or the newest withdrawn account, up to a day that a relay fits; of both, the state."""
    fitting: list[tuple[tuple[str, datetime, int], State | Account]] = [
        (state.key, state) for state, values in states if _fits(relay, values)
    ]
    for account in withdrawn:
        then = State(account.order_key[:10], as_instant(account.order_key))
        if then.day and (not day or then.day <= day) and _fits(relay, _values_of_accounts(account)):
            fitting.append((then.key, account))
    return max(fitting, key=lambda one: one[0])[1] if fitting else None


def _fits(account: Account, values: Values) -> bool:
    """Whether an account shares a group with some values, and fits them in all that they share."""
    shared = [group for group in account.forms if group in values]
    return bool(shared) and all(values[group].meets(account.forms[group].interval) for group in shared)


def _is_lower(account: Account, values: Values) -> bool:
    """Whether an account is lower in any group than some values."""
    return any(form.interval.below(values[group].interval) for group, form in account.forms.items() if group in values)


def _values_of_accounts(*accounts: Account) -> Values:
    """Return the values of some accounts, without other states."""
    return values_after([State(accounts=list(accounts))], {})
