"""Sets the ends, the best and the agreement of one group (section 6 of the method)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from conflict_incidents.estimates.accounts import Form
from conflict_incidents.estimates.estimate import Agreement, Basis, Estimate, LeftOut, LowFrom
from conflict_incidents.estimates.family import Family, Implied
from conflict_incidents.estimates.intervals import Interval, hull
from conflict_incidents.estimates.voices import Voice
from conflict_incidents.records.statements import Override

JOINTLY = "the originators who give the number jointly have another current one"
"""Why a form of a joint voice is not used."""


@dataclass(slots=True)
class GroupEstimate:
    """The estimate of one group while it is computed."""

    family: Family
    group: str
    implied: Implied | None
    stated: list[Voice] = field(init=False)
    intervals: list[list[Interval]] = field(init=False)
    """The intervals of each voice that is an originator, with open ends that a whole closes."""
    unsourced: list[Interval] = field(init=False)
    conflicting: bool = False
    unsettled: bool = False

    def __post_init__(self) -> None:
        self.stated = self.family.stated(self.group)
        self.intervals = [voice.value.intervals for voice in self.stated]
        others = [voice for voice in self.family.voices(self.group) if voice.unsourced]
        self.unsourced = [interval for voice in others for interval in voice.value.intervals]
        settled = [voice.value.interval for voice in self.stated if voice.value.settled]
        self.conflicting = self.group in self.family.conflicts or not _all_fit(settled)
        self.unsettled = any(not voice.value.settled for voice in self.stated)
        if self.implied:
            self.intervals.append([Interval(self.implied.number, None)])

    @property
    def sourced(self) -> list[Interval]:
        """The intervals of originators, and what is implied."""
        return [interval for intervals in self.intervals for interval in intervals]

    @property
    def high_open(self) -> bool:
        """Whether the number may be higher than its highest closed end."""
        sourced = self.sourced
        if self.group in self.family.exceeded or (sourced and _is_open(sourced)):
            return True
        return bool(self.unsourced or not sourced) and _is_open([*sourced, *self.unsourced])

    @property
    def closed_end(self) -> int | None:
        """The highest end by originators that gives bounds, None where they leave it open."""
        added = [voice.value.added for voice in self.stated]
        firm = [
            each for number, one in enumerate(self.intervals) if not any(added[number : number + 1]) for each in one
        ]
        if self.group in self.family.exceeded or _is_open(firm):
            return None
        return max((each.end for each in firm if each.end is not None), default=None)

    @property
    def added(self) -> bool:
        """Whether only relays add the number to own texts."""
        return bool(self.stated) and all(voice.value.added for voice in self.stated)

    def close(self, wholes: list[GroupEstimate]) -> None:
        """Close open ends of settled voices by the closed end of the nearest whole that they fit into."""
        ends = {whole.group: whole.closed_end for whole in wholes}
        for number, intervals in enumerate(self.intervals):
            if number < len(self.stated) and not self.stated[number].value.settled:
                continue
            (interval,) = intervals
            fitting = {group: end for group, end in ends.items() if end is not None and end >= interval.least}
            if interval.end is None and fitting:
                whole = min(fitting, key=lambda group: fitting[group])
                self.intervals[number] = [Interval(interval.start, fitting[whole])]
                whose = self.family.who_ends(whole, fitting[whole])
                by = f" by {', '.join(whose)}" if whose else ""
                self.family.note(self.group, f"the {words_of(whole)}{by} closes the open end at {fitting[whole]}")

    def best(self, override: Override | None) -> tuple[int | None, Basis | None]:
        """An editor's best; else the one number that two or more leave, or the value that a sole originator states."""
        if override:
            self.family.note(self.group, f"best set by {override.editor} on {override.date}: {override.reason}")
            return override.best, Basis.EDITOR
        if self.conflicting or self.unsettled or not self.stated:
            return None, None
        best, basis = self._common_value()
        if best is not None and (parts := self.family.parts_above(self.group, best)):
            number, name = parts
            self.family.note(self.group, f"no best: the parts by {name} come to at least {number}, more than {best}")
            return None, None
        return best, basis

    def _common_value(self) -> tuple[int | None, Basis | None]:
        """The value that a sole originator states, or the one number that two or more leave."""
        if len(self.stated) == 1:
            value = self.stated[0].value
            if value.stated is not None and value.interval.contains(value.stated):
                return value.stated, Basis.SOLE_ORIGINATOR
            return None, None
        low, high = _common_range([voice.value.interval for voice in self.stated])
        return (low, Basis.INTERSECTION) if low is not None and low == high else (None, None)

    def agreement(self) -> Agreement:
        """Whether the originators who state the group can all be right."""
        if not self.stated:
            if self.group in self.family.conflicts:
                return Agreement.CONFLICTING
            return Agreement.IMPLIED if self.implied else Agreement.UNSOURCED
        if self.conflicting:
            return Agreement.CONFLICTING
        if self.unsettled:
            return Agreement.UNSETTLED
        return Agreement.SINGLE if len(self.stated) == 1 else Agreement.COMPATIBLE

    def finished(self, best: int | None, basis: Basis | None) -> Estimate:
        """The finished estimate, with a best after `drop_bests`."""
        voices = self.family.voices(self.group)
        used = _one_per_claim(form for voice in voices for form in voice.value.forms)
        derived = _one_per_claim(self.implied.forms) if self.implied else ()
        agreement = self.agreement()
        agreed = agreement in {Agreement.SINGLE, Agreement.COMPATIBLE}
        agreeing = [interval for (interval,) in self.intervals] if agreed else []
        common = _common_range(agreeing) if _all_fit(agreeing) else (None, None)
        both = [*self.sourced, *self.unsourced]
        ends = [each.end for each in both if each.end is not None]
        low = hull(both).start
        speaking = [voice for voice in voices if not voice.unsourced] or voices
        names = {name for voice in self.stated for name in voice.originators}
        if self.implied and not self.stated:
            names = {one.name for one in self.implied.speakers}
        provisional = any(voice.value.provisional for voice in speaking) or bool(
            self.implied and any(form.claim.provisional for form in self.implied.forms)
        )
        taken = {form.claim.key for form in used}
        return Estimate(
            scope=self.family.scope,
            measure=self.family.measure,
            group=self.group,
            low=low,
            best=best,
            high=max(ends, default=None),
            high_open=self.high_open,
            agreement=agreement,
            basis=basis,
            low_from=self._low_from(low),
            common_min=common[0],
            common_max=common[1],
            provisional=provisional,
            approximate=any(form.approximate for form in (*used, *derived)),
            originators=tuple(sorted(names)),
            voices=tuple(voices),
            used=used,
            left_out=self._left_out(taken),
            derived_from=derived,
            states={one.name: one.states for one in self.family.speakers.speakers},
            notes=tuple(self.family.notes.get(self.group, ())),
        )

    def _low_from(self, low: int | None) -> LowFrom | None:
        if low is None:
            return None
        return self.implied.low_from if self.implied and self.implied.number == low else LowFrom.STATED

    def _left_out(self, used: set[str]) -> tuple[LeftOut, ...]:
        """The forms of the group that are not used, with the reason: one for each claim."""
        speakers = self.family.speakers
        forms = [form for form in speakers.forms if form.group == self.group and form.claim.key not in used]
        return tuple(LeftOut(form, speakers.reasons.get(form, JOINTLY)) for form in _one_per_claim(forms))


def _one_per_claim(forms: Iterable[Form]) -> tuple[Form, ...]:
    """The forms in a fixed order, one for each claim and group."""
    found: dict[tuple[str, str], Form] = {}
    for form in forms:
        found.setdefault((form.claim.key, form.group), form)
    return tuple(found[key] for key in sorted(found))


def _is_open(intervals: list[Interval]) -> bool:
    """Whether an open start is above every closed end, or no end is closed."""
    ends = [each.end for each in intervals if each.end is not None]
    starts = [each.least for each in intervals if each.end is None]
    return bool(starts) and (not ends or max(starts) > max(ends))


def _all_fit(intervals: list[Interval]) -> bool:
    """Whether some number is in all intervals."""
    low, high = _common_range(intervals)
    return low is None or high is None or low <= high


def _common_range(intervals: Iterable[Interval]) -> tuple[int | None, int | None]:
    """The largest start and the smallest end of intervals; None where open."""
    known = list(intervals)
    starts = [each.start for each in known if each.start is not None]
    ends = [each.end for each in known if each.end is not None]
    return max(starts, default=None), min(ends, default=None)


def words_of(group: str) -> str:
    """The name of a group in words."""
    return group.replace("_", " ")
