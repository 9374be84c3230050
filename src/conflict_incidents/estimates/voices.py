"""Voices: originators with their current values; joint ones are one voice (section 6 of the method)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from conflict_incidents.estimates.accounts import Account, Form, SpeakerKey, accounts_of
from conflict_incidents.estimates.current import current_state
from conflict_incidents.estimates.states import State
from conflict_incidents.estimates.values import Value, Values, merged_values
from conflict_incidents.records.model import Sourced

CODED = "coded from reports of {}, which has an account of its own"
"""Why what a dataset coded is not used."""


@dataclass(frozen=True, slots=True)
class Voice:
    """Originators with one current value of a group: several where they gave it jointly.

    `unsourced` is true of a report that names no source of the number: its publisher is no originator.
    """

    originators: tuple[str, ...]
    value: Value
    unsourced: bool = False


@dataclass(frozen=True, slots=True)
class Speaker:
    """One originator, or the publisher of unsourced numbers, with its current values of a measure and scope."""

    name: str
    unsourced: bool
    values: Values
    states: tuple[State, ...]


@dataclass(frozen=True, slots=True)
class Speakers:
    """All speakers of a measure and scope, and why forms are not used."""

    speakers: tuple[Speaker, ...]
    reasons: Mapping[Form, str]
    forms: tuple[Form, ...]
    _voices: dict[str, list[Voice]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def originators(self) -> list[Speaker]:
        """Those that are originators, in order of their names."""
        return [one for one in self.speakers if not one.unsourced]

    def voices(self, group: str) -> list[Voice]:
        """The voices of a group: originators first, joint ones together, then reports that name no source."""
        if group not in self._voices:
            self._voices[group] = self._voices_of(group)
        return self._voices[group]

    def _voices_of(self, group: str) -> list[Voice]:
        held = {one.name: one.values[group] for one in self.originators if group in one.values}
        joint = [Voice(names, merged_values([held[name] for name in names], {})) for names in _joined(held)]
        unsourced = [
            Voice((one.name,), one.values[group], True)
            for one in self.speakers
            if one.unsourced and group in one.values
        ]
        return [*joint, *unsourced]


def speakers_of(record: Sourced) -> dict[tuple[str, str], Speakers]:
    """All speakers of a record by scope and measure."""
    accounts = accounts_of(record)
    found: dict[tuple[str, str], dict[SpeakerKey, list[Account]]] = {}
    for key, own in accounts.items():
        found.setdefault(key[:2], {})[key] = own
    return {of: _speakers(held) for of, held in found.items()}


def _speakers(held: Mapping[SpeakerKey, list[Account]]) -> Speakers:
    """The speakers of one measure and scope."""
    given = {(name, group) for (_, _, name, unsourced), own in held.items() if not unsourced for group in _groups(own)}
    found: list[Speaker] = []
    reasons: dict[Form, str] = {}
    for (_, _, name, unsourced), own in sorted(held.items()):
        now = current_state(own)
        reasons |= now.reasons
        values: Values = {}
        for group, value in now.values.items():
            sources = {source for form in value.forms for source in form.claim.based_on if (source, group) in given}
            if sources:
                coded = {(form.account, form.group) for form in value.forms}
                all_forms = [form for one in own for form in one.forms.values()]
                reason = CODED.format(", ".join(sorted(sources)))
                reasons |= {form: reason for form in all_forms if (form.account, form.group) in coded}
            else:
                values[group] = value
        found.append(Speaker(name, unsourced, values, now.states))
    forms = {id(form): form for _, own in sorted(held.items()) for one in own for form in one.forms.values()}
    return Speakers(tuple(found), reasons, tuple(forms.values()))


def _groups(accounts: Iterable[Account]) -> set[str]:
    return {group for account in accounts for group in account.forms}


def _joined(held: Mapping[str, Value]) -> list[tuple[str, ...]]:
    """The originators of each voice: those whose values come from one joint claim form one voice."""
    voices: list[set[str]] = []
    for name, value in held.items():
        joint = {form.claim.key for form in value.forms if form.claim.jointly_with}
        same = [one for one in voices if joint & {form.claim.key for other in one for form in held[other].forms}]
        voices = [*(one for one in voices if one not in same), {name}.union(*same)]
    return sorted(tuple(sorted(one)) for one in voices)
