"""The estimate of a group of a measure in a scope, as the method `envelope/1` gives it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from conflict_incidents.estimates.accounts import Form
from conflict_incidents.estimates.states import State
from conflict_incidents.estimates.voices import Voice

METHOD = "envelope/1"


class Agreement(StrEnum):
    """Whether the originators who state a group can all be right."""

    SINGLE = "single_originator"
    COMPATIBLE = "compatible"
    CONFLICTING = "conflicting"
    UNSETTLED = "unsettled"
    IMPLIED = "implied"
    UNSOURCED = "unsourced"


class Basis(StrEnum):
    """Where a best value comes from."""

    INTERSECTION = "intersection"
    SOLE_ORIGINATOR = "sole_originator"
    EDITOR = "editor"


class LowFrom(StrEnum):
    """Where the low comes from."""

    STATED = "stated"
    PARTS = "parts"
    SITES = "sites"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A form that is not used, and why."""

    form: Form
    reason: str


@dataclass(frozen=True, slots=True)
class Estimate:
    """The estimate of one measure, group and scope.

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
        low_from: where `low` comes from; None where there is none.
        common_min: the smallest number that fits all originators; None where open, or where they don't agree.
        common_max: the largest such number.
        provisional: whether a number that is used may still change, as its originator says.
        approximate: whether a form that is used is an approximate number.
        originators: the originators of the numbers that are used.
        voices: their current values, joint or single, and those of reports that name no source.
        used: the forms that are used, one for each claim.
        left_out: the forms that are not, with the reason.
        derived_from: the forms of parts or sites that an implied number is the sum of.
        states: the states of each originator.
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
    low_from: LowFrom | None
    common_min: int | None
    common_max: int | None
    provisional: bool
    approximate: bool
    originators: tuple[str, ...]
    voices: tuple[Voice, ...]
    used: tuple[Form, ...]
    left_out: tuple[LeftOut, ...]
    derived_from: tuple[Form, ...]
    states: Mapping[str, tuple[State, ...]]
    notes: tuple[str, ...]

    @property
    def reports(self) -> int:
        """The number of reports that the number was read in, those of forms that are not used included."""
        forms = [*self.used, *self.derived_from, *(left.form for left in self.left_out)]
        return len({form.claim.report for form in forms})

    @property
    def text(self) -> str:
        """The range in words: `12-15`, `7`, `at least 5`, `at most 7`, `4-6 or more`, `up to 7 or more`.

        An open number above the highest end is named: `22-30, or at least 42`.
        """
        if self.low is None:
            if self.high is None:
                return "unknown"
            return f"up to {self.high}{self._more}" if self.high_open else f"at most {self.high}"
        if self.high is None:
            return f"at least {self.low}"
        closed = str(self.low) if self.low == self.high else f"{self.low}-{self.high}"
        return f"{closed}{self._more}" if self.high_open else closed

    @property
    def _more(self) -> str:
        """What is said above the highest closed end."""
        starts = [each.least for voice in self.voices for each in voice.value.intervals if each.end is None]
        above = max(starts, default=0)
        return f", or at least {above}" if self.high is not None and above > self.high else " or more"
