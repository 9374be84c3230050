"""Voices: what each originator holds now, and who speaks for whom (section 6 of the method).

Prevents: two originators counted as two voices where one report gave their number jointly, and a dataset's coding
standing beside the originators that it was coded from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from conflict_incidents.estimates.accounts import Account, Form, Held, accounts_of
from conflict_incidents.estimates.states import State, Value, Values, current, merged_values
from conflict_incidents.records.model import Sourced

CODED = "coded from reports of {}, which has an account of its own"
"""Why what a dataset coded is not used."""


@dataclass(frozen=True, slots=True)
class Voice:
    """Originators with one current value of a group: several where they gave it jointly.

    `unsourced` marks a report that gives the number and no source of it: its publisher is no originator.
    """

    originators: tuple[str, ...]
    value: Value
    unsourced: bool = False


@dataclass(frozen=True, slots=True)
class Speaker:
    """One originator, or the publisher of unsourced numbers: what it holds of a measure and scope, and its states."""

    name: str
    unsourced: bool
    values: Values
    states: tuple[State, ...]


@dataclass(frozen=True, slots=True)
class Speakers:
    """All who give a measure in a scope, and why the forms that are not used are not."""

    speakers: tuple[Speaker, ...]
    reasons: Mapping[Form, str]
    forms: tuple[Form, ...]

    @property
    def originators(self) -> list[Speaker]:
        """Those that are originators, in order of their names."""
        return [one for one in self.speakers if not one.unsourced]

    def voices(self, group: str) -> list[Voice]:
        """The voices of a group: originators first, joint ones together, then reports that name no source."""
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
    found: dict[tuple[str, str], dict[Held, list[Account]]] = {}
    for key, own in accounts.items():
        found.setdefault(key[:2], {})[key] = own
    return {of: _speakers(held) for of, held in found.items()}


def _speakers(held: Mapping[Held, list[Account]]) -> Speakers:
    """The speakers of one measure and scope."""
    given = {(name, group) for (_, _, name, unsourced), own in held.items() if not unsourced for group in _groups(own)}
    found: list[Speaker] = []
    reasons: dict[Form, str] = {}
    for (_, _, name, unsourced), own in sorted(held.items()):
        now = current(own)
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
    """The originators of each voice: those whose values rest on one joint claim are one."""
    voices: list[set[str]] = []
    for name, value in held.items():
        joint = {form.claim.key for form in value.forms if form.claim.jointly_with}
        same = [one for one in voices if joint & {form.claim.key for other in one for form in held[other].forms}]
        voices = [*(one for one in voices if one not in same), {name}.union(*same)]
    return sorted(tuple(sorted(one)) for one in voices)
