"""The estimate of a group of a measure in a scope, as the method `envelope/1` gives it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from conflict_incidents.core.findings import Shown
from conflict_incidents.estimates.accounts import Form
from conflict_incidents.estimates.current import older_reason
from conflict_incidents.estimates.states import State
from conflict_incidents.estimates.voices import Speaker, Speakers, Voice
from conflict_incidents.records.fields import cached

METHOD = "envelope/1"
JOINTLY = Shown("the originators who give the number jointly have another current one")
"""Why a form of a joint voice is not used."""


class Agreement(StrEnum):
    """Whether the originators who state a group can all be right."""

    SINGLE = "single_originator"
    COMPATIBLE = "compatible"
    CONFLICTING = "conflicting"
    UNSETTLED = "unsettled"
    IMPLIED = "implied"
    UNSOURCED = "unsourced"


class Basis(StrEnum):
    """The origin of a best value."""

    INTERSECTION = "intersection"
    SOLE_ORIGINATOR = "sole_originator"
    EDITOR = "editor"


class LowFrom(StrEnum):
    """The origin of a low."""

    STATED = "stated"
    PARTS = "parts"
    SITES = "sites"


@dataclass(slots=True)
class Implied:
    """The low of a whole that no originator states, with the speakers and forms that it is derived from."""

    number: int
    low_from: LowFrom
    speakers: list[Speaker]
    forms: list[Form]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A form that is not used, and why."""

    form: Form
    reason: Shown


@dataclass(eq=False)  # see `Form`
class Estimate:
    """The estimate of one measure, group and scope. Its derivation is computed on first use.

    Attributes:
        scope: the incident, sites, or an area and days, as `Scope` writes it.
        measure: what is counted.
        group: the group of people, `total` for all.
        low: the lowest start; None where a voice has none.
        best: the one value that the method or an editor singles out; None where there is none.
        high: the highest closed end; None where nothing is closed.
        high_open: whether the number may be higher than `high`.
        agreement: whether the originators who state the group can all be right.
        basis: where `best` comes from.
        common_min: the smallest number that fits all originators; None where open, or where they don't agree.
        common_max: the largest such number.
        voices: the current values of originators, joint or single, and those of reports that name no source.
        implied: the low that follows from parts or sites, None where there is none.
        speakers: all who count the measure in the scope.
        notes: how parts, wholes and editors changed the numbers.
    """

    scope: str
    measure: str
    group: str
    low: int | None
    best: int | None
    high: int | None
    high_open: bool
    agreement: Agreement
    basis: Basis | None
    common_min: int | None
    common_max: int | None
    voices: tuple[Voice, ...]
    implied: Implied | None
    speakers: Speakers
    notes: tuple[str, ...]

    @cached
    def low_from(self) -> LowFrom | None:
        """The origin of `low`; None if there is none."""
        if self.low is None:
            return None
        return self.implied.low_from if self.implied and self.implied.number == self.low else LowFrom.STATED

    @cached
    def originators(self) -> tuple[str, ...]:
        """The originators of the numbers used."""
        names = {name for voice in self.voices if not voice.unsourced for name in voice.originators}
        return tuple(sorted(names or {one.name for one in (self.implied.speakers if self.implied else ())}))

    @cached
    def used_forms(self) -> tuple[Form, ...]:
        """The forms used, one per claim."""
        return _one_per_claim(form for voice in self.voices for form in voice.value.forms)

    @cached
    def source_forms(self) -> tuple[Form, ...]:
        """The forms of parts or sites that an implied number sums."""
        return _one_per_claim(self.implied.forms) if self.implied else ()

    @cached
    def left_out(self) -> tuple[LeftOut, ...]:
        """The unused forms with the reasons, one per claim."""
        in_use = {form.claim.key for form in self.used_forms}
        forms = [form for form in self.speakers.forms.get(self.group, ()) if form.claim.key not in in_use]
        reasons = ((form, self.speakers.reasons.get(form, JOINTLY)) for form in _one_per_claim(forms))
        return tuple(LeftOut(form, older_reason(form, why) if isinstance(why, dict) else why) for form, why in reasons)

    @cached
    def provisional(self) -> bool:
        """Whether the originator of a number used calls it provisional."""
        speaking = [voice for voice in self.voices if not voice.unsourced] or self.voices
        derived = self.implied.forms if self.implied else ()
        return any(voice.value.provisional for voice in speaking) or any(form.claim.provisional for form in derived)

    @cached
    def approximate(self) -> bool:
        """Whether a form used is an approximate number."""
        return any(form.approximate for form in (*self.used_forms, *self.source_forms))

    @property
    def states(self) -> Mapping[str, tuple[State, ...]]:
        """The states of each originator."""
        return self.speakers.states

    @property
    def reports(self) -> int:
        """The number of reports with the number, including those of unused forms."""
        forms = [*self.used_forms, *self.source_forms, *(unused.form for unused in self.left_out)]
        return len({form.claim.report for form in forms})

    @property
    def text(self) -> Shown:
        """The range as text: `12-15`, `7`, `at least 5`, `at most 7`, `4-6 or more`, `up to 7 or more`.

        An open number above the highest end is named: `22-30, or at least 42`.
        """
        if self.low is None:
            if self.high is None:
                return Shown("unknown")
            return f"up to {self.high}{self._more}" if self.high_open else f"at most {self.high}"
        if self.high is None:
            return f"at least {self.low}"
        closed = f"{self.low}" if self.low == self.high else f"{self.low}-{self.high}"
        return f"{closed}{self._more}" if self.high_open else closed

    @property
    def _more(self) -> Shown:
        """The suffix for numbers above the highest closed end."""
        starts = [each.least for voice in self.voices for each in voice.value.intervals if each.end is None]
        above = max(starts, default=0)
        return f", or at least {above}" if self.high is not None and above > self.high else Shown(" or more")


def _one_per_claim(forms: Iterable[Form]) -> tuple[Form, ...]:
    """Return the forms in a fixed order, one per claim and group."""
    first: dict[tuple[str, str], Form] = {}
    for form in forms:
        first.setdefault((form.claim.key, form.group), form)
    return tuple(first[key] for key in sorted(first))
