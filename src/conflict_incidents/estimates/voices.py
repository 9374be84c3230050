"""Voices: originators with their current values; joint ones are one voice (section 6 of the method)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from conflict_incidents.core.findings import Shown, bare
from conflict_incidents.estimates.accounts import Account, Form, SpeakerKey, accounts_of
from conflict_incidents.estimates.current import current_state
from conflict_incidents.estimates.states import State
from conflict_incidents.estimates.values import Value, Values, firm_values, merged_values, same_accounts
from conflict_incidents.records.model import Sourced


class Voice(NamedTuple):
    """The originators of one current value of a group: several if they gave it jointly.

    `unsourced` is true for a report that names no source of the number: its publisher is no originator.
    """

    originators: tuple[str, ...]
    value: Value
    unsourced: bool = False


@dataclass(slots=True, eq=False)
class Speaker:
    """One originator, or the publisher of unsourced numbers, with its current values of a measure and scope.

    `least` are the smallest numbers of the values that give bounds to others. `accounts` are the numbers of each of its
    accounts that counts an unknown group (`same_accounts`), `firm_accounts` those of the values that give bounds.
    """

    name: str
    unsourced: bool
    values: Values
    states: tuple[State, ...]
    least: Mapping[str, int]
    accounts: list[dict[str, int]]
    firm_accounts: list[dict[str, int]]


@dataclass(slots=True, eq=False)
class Speakers:
    """All speakers of a measure and scope, and the reasons for unused forms, as in `CurrentState`.

    `originators` are the speakers that are originators, by name. `stated` are their voices by group, with joint ones
    merged, and `lows` the lows of these; `unsourced` are the voices of reports that name no source. `forms` has all
    forms by group, `states` those of each speaker by name.
    """

    originators: tuple[Speaker, ...] = ()
    stated: Mapping[str, list[Voice]] = field(default_factory=dict)
    lows: Mapping[str, int] = field(default_factory=dict)
    unsourced: Mapping[str, list[Voice]] = field(default_factory=dict)
    reasons: Mapping[Form, Shown | Values] = field(default_factory=dict)
    forms: Mapping[str, list[Form]] = field(default_factory=dict)
    states: Mapping[str, tuple[State, ...]] = field(default_factory=dict)


def speakers_of(record: Sourced) -> dict[tuple[str, str], Speakers]:
    """Return all speakers of a record by scope and measure."""
    accounts = accounts_of(record)
    by_scope: dict[tuple[str, str], dict[SpeakerKey, list[Account]]] = {}
    for key, own in accounts.items():
        by_scope.setdefault(key[:2], {})[key] = own
    return {of: _speakers(own_accounts) for of, own_accounts in by_scope.items()}


def _speakers(accounts_by_key: Mapping[SpeakerKey, list[Account]]) -> Speakers:
    """Return the speakers of one measure and scope."""
    stated_groups = {
        (name, group)
        for (_, _, name, unsourced), own in accounts_by_key.items()
        if not unsourced
        for account in own
        for group in account.forms
    }
    speakers: list[Speaker] = []
    reasons: dict[Form, Shown | Values] = {}
    in_order = sorted(accounts_by_key.items())
    for (_, _, name, unsourced), own in in_order:
        now = current_state(own)
        reasons |= now.reasons
        values: Values = {}
        for group, value in now.values.items():
            sources = {
                source for form in value.forms for source in form.claim.based_on if (source, group) in stated_groups
            }
            if sources:
                coded = {(form.account, form.group) for form in value.forms}
                all_forms = [form for one in own for form in one.forms.values()]
                reason = (
                    f"coded from reports of {', '.join(map(bare, sorted(sources)))}, which has an account of its own"
                )
                reasons |= {form: reason for form in all_forms if (form.account, form.group) in coded}
            else:
                values[group] = value
        firm = firm_values(values)
        least = {group: value.least for group, value in firm.items()}
        accounts = same_accounts(values)
        firm_accounts = same_accounts(firm) if len(firm) < len(values) else accounts
        speakers.append(Speaker(name, unsourced, values, now.states, least, accounts, firm_accounts))
    forms: dict[str, list[Form]] = {}
    for _, own in in_order:
        for one in own:
            for group, form in one.forms.items():
                forms.setdefault(group, []).append(form)
    originators = tuple(one for one in speakers if not one.unsourced)
    states = {one.name: one.states for one in speakers}
    stated = _by_group(originators)
    lows = {group: min(voice.value.least for voice in voices) for group, voices in stated.items()}
    return Speakers(originators, stated, lows, _unsourced_by_group(speakers), reasons, forms, states)


def _by_group(originators: Iterable[Speaker]) -> dict[str, list[Voice]]:
    """Return the voices of originators by group."""
    values: dict[str, dict[str, Value]] = {}
    for one in originators:
        for group, value in one.values.items():
            values.setdefault(group, {})[one.name] = value
    return {
        group: [Voice(names, merged_values([by[name] for name in names], {})) for names in _originators_by_voice(by)]
        for group, by in values.items()
    }


def _unsourced_by_group(speakers: Iterable[Speaker]) -> dict[str, list[Voice]]:
    """Return the voices of reports that name no source, by group."""
    voices: dict[str, list[Voice]] = {}
    for one in speakers:
        for group, value in one.values.items() if one.unsourced else ():
            voices.setdefault(group, []).append(Voice((one.name,), value, True))
    return voices


def _originators_by_voice(values: Mapping[str, Value]) -> list[tuple[str, ...]]:
    """Return the originators of each voice; those whose values come from one joint claim share a voice."""
    if not any(form.claim.jointly_with for value in values.values() for form in value.forms):
        return [(name,) for name in values]
    voices: list[set[str]] = []
    for name, value in values.items():
        keys = {form.claim.key for form in value.forms}
        same = [one for one in voices if keys & {form.claim.key for other in one for form in values[other].forms}]
        voices = [*(one for one in voices if one not in same), {name}.union(*same)]
    return sorted(tuple(sorted(one)) for one in voices)
