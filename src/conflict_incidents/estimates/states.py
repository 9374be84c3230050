"""States: what one originator held at one time, and what it holds now (sections 2 to 4 of the method).

Prevents: one monitor counted five times because five papers quote it, a toll of the first hour outliving the final one,
and a count that was taken back staying in force.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from conflict_incidents.estimates.accounts import Account, Form
from conflict_incidents.estimates.intervals import Interval, all_meet, hull, merged
from conflict_incidents.estimates.structure import UNKNOWNS, UNSTATED, WHOLES, propagated, wholes_of
from conflict_incidents.records.dates import as_instant

Reasons = dict[Form, str]
"""Why a form is not used."""
NEWER = "of an older state; newer: {}"
OLDER = "of an older state"
WITHDRAWN = "withdrawn by its originator on {}"
RELAY_WITHDRAWN = "relay of a count that its originator withdrew"
OWN_WINS = "relay; its originator's own text gives the group"
NOT_FITTING = "relay that does not fit its originator's own text of that time"
PROVISIONAL = "provisional, and does not fit a final count"
LOST_HEDGE = "bare number, of which another form keeps the hedge"
WHOLE_FELL = "its whole was counted anew, and fell"
IDENTIFIED = "its group was counted before those beside it were counted anew"
IMPOSSIBLE = "cannot be true beside the newer numbers of its originator"
EXCLUDED = "cannot be true beside the other groups of its originator"
NOT_MEETING = "does not fit the other numbers of its originator"
SAYS_LESS = "open, and fits each of the other numbers of its originator"


@dataclass(frozen=True, slots=True)
class Value:
    """What an originator holds of one group: the forms that are kept, and what they come to.

    `settled` says that the forms fit each other. The interval of an unsettled value is only the hull of its forms.
    `order` is the number of the state that gave it. `added` says that only relays add it to an own text: then it takes
    bounds from other groups and gives none.
    """

    forms: tuple[Form, ...]
    interval: Interval
    settled: bool
    provisional: bool = False
    order: int = 0
    added: bool = False

    @property
    def stated(self) -> int | None:
        """The stated value that every form gives, None where they don't all give the same one."""
        values = {form.value for form in self.forms}
        return values.pop() if len(values) == 1 else None

    @property
    def intervals(self) -> list[Interval]:
        """The intervals that enter the envelope: its own, or that of each form where it is unsettled."""
        return [self.interval] if self.settled else [form.interval for form in self.forms]

    def meets(self, interval: Interval) -> bool:
        """Whether an interval fits it, or one of its forms where it is unsettled."""
        return any(interval.meets(own) for own in self.intervals)


Values = dict[str, Value]
"""What an originator holds, by group."""


Position = tuple[str, datetime | None]
"""A day and, where stated, the time; the day is empty where nothing is stated."""


@dataclass(slots=True, eq=False)
class State:
    """What an originator held at one time: its accounts. `day` is empty where the state can't be ordered."""

    day: str = ""
    instant: datetime | None = None
    level: int = 0
    accounts: list[Account] = field(default_factory=list)

    @property
    def key(self) -> tuple[str, datetime, int]:
        """Orders the states of an originator."""
        return *_in_order((self.day, self.instant)), self.level

    @property
    def own(self) -> bool:
        """Whether it has a text of the originator's own."""
        return any(account.own for account in self.accounts)


@dataclass(frozen=True, slots=True)
class Current:
    """What an originator holds now, why its other forms are not used, and the states that it went through."""

    values: Values
    reasons: Reasons
    states: tuple[State, ...]


def current(accounts: Iterable[Account]) -> Current:
    """What an originator holds now of one measure and scope.

    Args:
        accounts: all accounts of one originator, measure and scope, in any order.
    """
    known = sorted(accounts, key=lambda account: account.name)
    reasons: Reasons = {}
    ordered, unordered = _placed(known, reasons)
    values = _folded(ordered, reasons)
    apart = [_folded(chain, reasons) for chain in unordered]
    closed = _closed(_merged([values, *apart], reasons), reasons)
    used = {(form.account, form.group) for value in closed.values() for form in value.forms}
    said = {(form.account, form.group): reason for form, reason in reasons.items()}
    unused = [form for one in known for form in one.forms.values() if (form.account, form.group) not in used]
    return Current(
        values=closed,
        reasons={form: said.get((form.account, form.group)) or _older(form, closed) for form in unused},
        states=(*ordered, *(state for chain in unordered for state in chain)),
    )


def _older(form: Form, held: Values) -> str:
    """Why a form of an older state is not used."""
    newer = [one.claim.key for one in held[form.group].forms] if form.group in held else []
    return NEWER.format(" and ".join(newer)) if newer else OLDER


# --- Section 2: the order of states -------------------------------------------------------------------------------


def _placed(accounts: list[Account], reasons: Reasons) -> tuple[list[State], list[list[State]]]:
    """The states in order, and those that can't be ordered: each a chain of states that supersede one another."""
    withdrawn = [account for account in accounts if account.withdrawn]
    for account in withdrawn:
        _give_reason(account, WITHDRAWN.format(account.withdrawn), reasons)
    standing: list[Account] = []
    for account in accounts:
        if account.withdrawn:
            continue
        if account.as_of and not account.own and _taken_along(account, withdrawn):
            _give_reason(account, RELAY_WITHDRAWN, reasons)
        else:
            standing.append(account)
    links = {one: [other for other in standing if one is not other and one.replaces & other.ids] for one in standing}
    linked = {*(one for one in links if links[one]), *(other for others in links.values() for other in others)}
    loose = [one for one in standing if not one.own and not one.as_of and one not in linked]
    ordered, unordered = _dated([one for one in standing if one not in loose], links, linked)
    for day in sorted({one.printed[:10] for one in loose}, key=lambda day: (day == "", day)):
        batch = [one for one in loose if one.printed[:10] == day]
        ordered, more = _with_relays(day, batch, ordered, unordered, withdrawn, reasons)
        unordered += more
    return ordered, unordered


def _taken_along(relay: Account, withdrawn: list[Account]) -> bool:
    """Whether a relay fits a withdrawn count, and isn't dated after the withdrawal."""
    return any(_fits(relay, _alone(gone)) and relay.as_of[:10] <= gone.withdrawn for gone in withdrawn)


def _dated(
    accounts: list[Account], links: Mapping[Account, list[Account]], linked: set[Account]
) -> tuple[list[State], list[list[State]]]:
    """The states of the accounts that have a time of their own or supersede one another, and the unordered chains."""
    positions = _positions(accounts, links, linked)
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
    unordered = [_levelled(chain, levels) for chain in chains.values()]
    return _with_days(late, ordered), unordered


def _positions(
    accounts: list[Account], links: Mapping[Account, list[Account]], linked: set[Account]
) -> dict[Account, Position]:
    """The day and, where stated, the time of each account.

    An account is no earlier than what it supersedes, and one without any time is as late as what supersedes it.
    """
    found: dict[Account, Position] = {}
    for one in accounts:
        moment = one.dated or (one.printed if one in linked else "")
        found[one] = moment[:10], as_instant(moment)
    levels = _levels({one: links[one] for one in accounts})
    in_order = sorted(accounts, key=levels.__getitem__)
    for one in in_order:
        found[one] = max((found[other] for other in (one, *links[one])), key=_in_order)
    for one in reversed(in_order):
        later = [found[other] for other in accounts if one in links[other] and found[other][0]]
        if later and not found[one][0]:
            found[one] = min(later, key=_in_order)
    return found


def _in_order(position: Position) -> tuple[str, datetime]:
    """Orders positions: by day, on one day those without a time first."""
    day, instant = position
    return day, instant or datetime.min.replace(tzinfo=UTC)


def _levels(links: Mapping[Account, list[Account]]) -> dict[Account, int]:
    """How many others each account comes after, by the longest way of superseding."""
    found = dict.fromkeys(links, 0)
    for _ in links:
        deeper = {one: max((found[other] + 1 for other in others), default=0) for one, others in links.items()}
        if deeper == found:
            break
        found = deeper
    return found


def _chain(one: Account, links: Mapping[Account, list[Account]]) -> frozenset[Account]:
    """All accounts that supersession links an account to, itself included."""
    found = {one}
    while True:
        near = {other for each in found for other in links[each]}
        near |= {each for each, others in links.items() if found & set(others)}
        if near <= found:
            return frozenset(found)
        found |= near


def _levelled(accounts: list[Account], levels: Mapping[Account, int]) -> list[State]:
    return [
        State(level=level, accounts=[one for one in accounts if levels[one] == level])
        for level in sorted({levels[one] for one in accounts})
    ]


def _with_days(late: list[Account], ordered: list[State]) -> list[State]:
    """The states with accounts dated to the day alone, on days that have several states: the newest that they fit."""
    held = _helds(ordered)
    added: list[tuple[State, Account]] = []
    new: dict[str, State] = {}
    for one in late:
        of_day = [(state, values) for state, values in zip(ordered, held, strict=True) if state.day == one.dated[:10]]
        fitting = [state for state, values in of_day if _fits(one, values)]
        if of_day:
            added.append(((fitting or [state for state, _ in of_day])[-1], one))
        else:
            day = one.dated[:10]
            new.setdefault(day, State(day)).accounts.append(one)
    for state, one in added:
        state.accounts.append(one)
    return sorted([*ordered, *new.values()], key=lambda state: state.key)


def _with_relays(
    day: str,
    relays: list[Account],
    ordered: list[State],
    unordered: list[list[State]],
    withdrawn: list[Account],
    reasons: Reasons,
) -> tuple[list[State], list[list[State]]]:
    """The states with the relays that were printed on a day and say no time; and those that can't be ordered.

    Args:
        day: the day, or empty for relays whose reports have no date.
        relays: the relays.
        ordered: the states in order.
        unordered: the chains of states that can't be ordered; relays join those of an own text that they fit.
        withdrawn: the accounts that were taken back.
        reasons: why forms are not used, filled here for relays of withdrawn counts.
    """
    earlier = [state for state in ordered if not day or state.day <= day]
    held = _helds(ordered)[: len(earlier)]
    newest_own = max((state.day for state in ordered if state.own), default="")
    added: list[tuple[State, Account]] = []
    apart: list[Account] = []
    new: list[Account] = []
    for relay in relays:
        state = _state_of(relay, day, list(zip(earlier, held, strict=True)), withdrawn)
        undated = [
            state
            for chain in unordered
            for state, values in zip(chain[::-1], _helds(chain)[::-1], strict=True)
            if state.own and _fits(relay, values)
        ]
        if isinstance(state, State):
            added.append((state, relay))
        elif state is not None or (not undated and any(_fits(relay, _alone(gone)) for gone in withdrawn)):
            _give_reason(relay, RELAY_WITHDRAWN, reasons)
        elif undated:
            added.append((undated[0], relay))
        elif not day or day == newest_own or (day > newest_own and held and _lower(relay, held[-1])):
            apart.append(relay)
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
    return ordered, [[State(accounts=[one])] for one in apart]


def _state_of(
    relay: Account, day: str, states: list[tuple[State, Values]], withdrawn: list[Account]
) -> State | Account | None:
    """The newest state, or the newest withdrawn account, up to a day that a relay fits."""
    fitting: list[tuple[tuple[str, datetime, int], int, State | Account]] = [
        (state.key, 1, state) for state, values in states if _fits(relay, values)
    ]
    for gone in withdrawn:
        then = State(gone.dated[:10], as_instant(gone.dated))
        if then.day and (not day or then.day <= day) and _fits(relay, _alone(gone)):
            fitting.append((then.key, 0, gone))
    return max(fitting, key=lambda one: one[:2])[2] if fitting else None


def _fits(account: Account, held: Values) -> bool:
    """Whether an account shares a group with what is held, and fits it in all that they share."""
    shared = [group for group in account.forms if group in held]
    return bool(shared) and all(held[group].meets(account.forms[group].interval) for group in shared)


def _lower(account: Account, held: Values) -> bool:
    """Whether an account is lower in any group than what is held."""
    return any(form.interval.below(held[group].interval) for group, form in account.forms.items() if group in held)


def _alone(*accounts: Account) -> Values:
    """What accounts hold by themselves."""
    return _folded([State(accounts=list(accounts))], {})


def _give_reason(account: Account, reason: str, reasons: Reasons) -> None:
    reasons.update(dict.fromkeys(account.forms.values(), reason))


# --- Section 3: one state, several forms --------------------------------------------------------------------------


def _by_group(accounts: list[Account], reasons: Reasons, without: Iterable[str] = ()) -> Values:
    groups = dict.fromkeys(group for account in accounts for group in account.forms if group not in without)
    return {group: _settled([one for one in accounts if group in one.forms], group, reasons) for group in groups}


def _settled(accounts: list[Account], group: str, reasons: Reasons) -> Value:
    """What several forms of one number come to."""
    final = [account.forms[group].interval for account in accounts if not account.provisional]
    forms: list[Form] = []
    for account in accounts:
        form = account.forms[group]
        if account.provisional and not all(form.interval.meets(interval) for interval in final):
            reasons[form] = PROVISIONAL
        else:
            forms.append(form)
    hedged = [form.interval for form in forms if form.hedged]
    kept: list[Form] = []
    for form in forms:
        if form.bare and any(interval.contains(form.interval.least) for interval in hedged):
            reasons[form] = LOST_HEDGE
        else:
            kept.append(form)
    return _value(kept, reasons=reasons)


def _value(forms: Iterable[Form], like: Value | None = None, reasons: Reasons | None = None) -> Value:
    """What kept forms come to: settled where they fit each other; else as another value, if one is given."""
    kept = _in_order_of_accounts(forms)
    intervals = [form.interval for form in kept]
    base = like or Value((), UNSTATED, True)
    if all_meet(intervals):
        return replace(base, forms=kept, interval=merged(intervals), settled=True)
    return _unsettled(kept, base, {} if reasons is None else reasons)


# --- Section 4: the current state ---------------------------------------------------------------------------------


def _folded(states: list[State], reasons: Reasons) -> Values:
    """What is held after the last of some states in order."""
    held: Values = {}
    for order, state in enumerate(states):
        held = _after(held, state, order, reasons)
    return held


def _helds(states: list[State]) -> list[Values]:
    """What is held after each of some states in order, with what the groups say of each other."""
    found: list[Values] = []
    held: Values = {}
    for order, state in enumerate(states):
        held = _after(held, state, order, {})
        found.append(_closed(held, {}))
    return found


def _after(held: Values, state: State, order: int, reasons: Reasons) -> Values:
    """What is held after a state: what it gives, what stays of what was held before, and what relays add to it."""
    own = [account for account in state.accounts if account.own]
    relays = [account for account in state.accounts if not account.own]
    given = _by_group(own or relays, reasons)
    added = _added(given, relays, held, reasons) if own else {}
    used = {form.account for value in (*given.values(), *added.values()) for form in value.forms}
    provisional = any(account.provisional and account.name in used for account in state.accounts)
    given = {group: replace(value, provisional=provisional, order=order) for group, value in given.items()}
    added = {group: replace(value, provisional=provisional, order=order, added=True) for group, value in added.items()}
    staying: Values = {}
    for group, value in held.items():
        if group in given or group in added:
            continue
        stays = _stay(group, held, given)
        if isinstance(stays, Value):
            staying[group] = stays
        else:
            reasons.update(dict.fromkeys(value.forms, stays))
    return _beside(given, staying | added, reasons)


def _added(given: Values, relays: list[Account], held: Values, reasons: Reasons) -> Values:
    """What relays that fit an own text add to it: groups that neither it nor an older own text gives.

    Args:
        given: what the own text gives.
        relays: the relays of its time.
        held: what was held before; of an older own text what stays as stated counts.
        reasons: why forms are not used, filled here.
    """
    fitting: list[Account] = []
    for relay in relays:
        if all(given[group].meets(form.interval) for group, form in relay.forms.items() if group in given):
            fitting.append(relay)
        else:
            _give_reason(relay, NOT_FITTING, reasons)
    older = {
        group
        for group, value in held.items()
        if _stay(group, held, given) == value and any(form.own for form in value.forms)
    }
    for relay in fitting:
        reasons.update({form: OWN_WINS for group, form in relay.forms.items() if group in older.union(given)})
    return _by_group(fitting, reasons, older.union(given))


def _stay(group: str, held: Values, given: Values) -> Value | str:
    """What stays of a group that a newer state does not give, or why nothing does."""
    value = held[group]
    if set(UNKNOWNS.get(group, ())) & set(given):
        return IDENTIFIED
    whole = next((name for name in wholes_of(group) if name in given), None)
    if whole is None or whole not in held:
        return value
    change = given[whole].interval.compared_with(held[whole].interval)
    if change == 0:
        return value
    if change < 0 or value.interval.start is None:
        return WHOLE_FELL
    forms = tuple(form.left_open() for form in value.forms if form.interval.start is not None)
    return replace(value, forms=forms, interval=Interval(value.interval.start, None), settled=True)


def _beside(given: Values, more: Values, reasons: Reasons) -> Values:
    """What is given anew, and of more all that can be true beside it: own first, newest first, wholes before parts."""
    found = dict(given)
    for group, value in sorted(more.items(), key=_own_newest_and_largest):
        known = found if value.added else _firm(found)
        forms = [value] if value.settled else [_value([form], value) for form in value.forms]
        possible = [form for one in forms if _possible(known | {group: one}) for form in one.forms]
        reasons.update({form: IMPOSSIBLE for form in value.forms if form not in possible})
        if len(possible) == len(value.forms):
            found[group] = value
        elif possible:
            found[group] = _value(possible, value, reasons)
    return found


def _own_newest_and_largest(of: tuple[str, Value]) -> tuple[bool, int, int, str]:
    group, value = of
    return value.added, -value.order, -WHOLES.index(group) if group in WHOLES else 1, group


def _firm(values: Values) -> Values:
    """The values that give bounds to others."""
    return {group: value for group, value in values.items() if not value.added}


def _merged(held: list[Values], reasons: Reasons) -> Values:
    """The current state with those that can't be ordered, group by group."""
    groups = dict.fromkeys(group for values in held for group in values)
    return {group: merged_values([values[group] for values in held if group in values], reasons) for group in groups}


def merged_values(values: list[Value], reasons: Reasons) -> Value:
    """What several values of one group come to: settled where all are, and fit each other."""
    if len(values) == 1:
        return values[0]
    base = Value((), UNSTATED, True, any(value.provisional for value in values), 0, all(one.added for one in values))
    intervals = [value.interval for value in values]
    if all(value.settled for value in values) and all_meet(intervals):
        return _settled_at(replace(base, forms=_once(values)), merged(intervals), reasons)
    return _unsettled(_once([_as_one(value) if value.settled else value for value in values]), base, reasons)


def _as_one(value: Value) -> Value:
    """A settled value whose forms all have its interval: as it stands beside what it doesn't fit."""
    return replace(value, forms=tuple(replace(form, interval=value.interval) for form in value.forms))


def _once(values: Iterable[Value]) -> tuple[Form, ...]:
    """The forms of several values; those that are the same for several originators, once."""
    forms = {(form.account, str(form.interval), form.value): form for value in values for form in value.forms}
    return _in_order_of_accounts(forms.values())


def _settled_at(value: Value, interval: Interval, reasons: Reasons) -> Value:
    """A settled value at an interval, with the forms that meet it."""
    reasons.update({form: NOT_MEETING for form in value.forms if not form.interval.meets(interval)})
    return replace(value, forms=tuple(form for form in value.forms if form.interval.meets(interval)), interval=interval)


def _unsettled(forms: tuple[Form, ...], like: Value, reasons: Reasons) -> Value:
    """An unsettled value, without open forms that fit each of the others."""
    vague = [
        form for form in forms if form.interval.end is None and all(form.interval.meets(o.interval) for o in forms)
    ]
    reasons.update(dict.fromkeys(vague, SAYS_LESS))
    kept = tuple(form for form in forms if form not in vague)
    return replace(like, forms=kept, interval=hull(form.interval for form in kept), settled=False)


def _in_order_of_accounts(forms: Iterable[Form]) -> tuple[Form, ...]:
    return tuple(sorted(forms, key=lambda form: (form.account, str(form.interval))))


# --- Section 5, inside one voice ----------------------------------------------------------------------------------


def same_accounts(values: Values) -> list[dict[str, int]]:
    """For each account that counts an unknown group: the smallest numbers of the settled groups that it gives."""
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


def _possible(values: Values) -> bool:
    """Whether the settled values can all be true."""
    settled = {group: value.interval for group, value in values.items() if value.settled}
    return propagated(settled, same_accounts(values)) is not None


def _closed(values: Values, reasons: Reasons) -> Values:
    """The values with the bounds that they give each other, without forms that can't be true beside them.

    What relays add to an own text takes bounds from what does not rest on relays alone, and gives it none.
    """
    firm = _bounded(_firm(values), {}, reasons)
    return firm | _bounded({group: value for group, value in values.items() if value.added}, firm, reasons)


def _bounded(values: Values, beside: Values, reasons: Reasons) -> Values:
    """The values with the bounds that they and others give them; as they are where these can't all be true."""
    found = dict(values)
    while True:
        if not _possible(beside | found):
            return found
        changed: Values = {}
        for group, value in found.items():
            forms = [
                form for form in value.forms if value.settled or _possible(beside | found | {group: _value([form])})
            ]
            if forms and len(forms) < len(value.forms):
                reasons.update({form: EXCLUDED for form in value.forms if form not in forms})
                changed[group] = _value(forms, value, reasons)
        if not changed:
            break
        found |= changed
    together = beside | found
    settled = {group: value.interval for group, value in together.items() if value.settled}
    narrowed = propagated(settled, same_accounts(together)) or settled
    return {
        group: _settled_at(value, narrowed[group], reasons) if value.settled else value
        for group, value in found.items()
    }
