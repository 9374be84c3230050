"""Set the ends, the best and the agreement of one group (section 6 of the method)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from conflict_incidents.estimates.estimate import Agreement, Basis, Estimate, Implied
from conflict_incidents.estimates.family import Family
from conflict_incidents.estimates.group_sums import wholes_of
from conflict_incidents.estimates.intervals import Interval, all_meet, common_range, hull
from conflict_incidents.records.statements import Override


class GroupEstimate:
    """The estimate of one group during computation.

    `stated` are the voices that are originators, `others` those without a source. `intervals` are those of each
    originator, whose open ends may be closed by a whole, `unsourced` those of the others.
    """

    def __init__(self, family: Family, group: str, implied: Implied | None) -> None:
        self.family = family
        self.group = group
        self.implied = implied
        self.stated = family.originators_of(group)
        self.others = family.speakers.unsourced.get(group, [])
        self.intervals = [voice.value.intervals for voice in self.stated]
        self.unsourced = [interval for voice in self.others for interval in voice.value.intervals]
        settled = [voice.value.interval for voice in self.stated if voice.value.settled]
        self.conflicting = group in family.conflicts or not all_meet(settled)
        self.is_unsettled = any(not voice.value.settled for voice in self.stated)
        if implied:
            self.intervals.append([Interval(implied.number, None)])

    @property
    def closed_end(self) -> int | None:
        """The highest end by originators that gives bounds; None if open."""
        if self.group in self.family.exceeded:
            return None
        is_added = [*(voice.value.added for voice in self.stated), False]
        firm = [each for one, more in zip(self.intervals, is_added, strict=False) if not more for each in one]
        if _is_open(firm):
            return None
        return max((each.end for each in firm if each.end is not None), default=None)

    @property
    def has_relay_addition(self) -> bool:
        """Whether only relays add the number to own texts."""
        return all(voice.value.added for voice in self.stated)

    def close(self, estimates: Mapping[str, GroupEstimate]) -> None:
        """Close open ends of settled voices by the lowest closed end of a whole that they fit into."""
        for number, intervals in enumerate(self.intervals):
            if number < len(self.stated) and not self.stated[number].value.settled:
                continue
            (interval,) = intervals
            if interval.end is not None:
                continue
            ends = {whole: estimates[whole].closed_end for whole in wholes_of(self.group) if whole in estimates}
            fitting = {group: end for group, end in ends.items() if end is not None and end >= interval.least}
            if fitting:
                whole = min(
                    reversed(fitting), key=lambda group: fitting[group]
                )  # of equal ones, what closed the others
                self.intervals[number] = [Interval(interval.start, fitting[whole])]
                whose = ", ".join(self.family.who_ends(whole, fitting[whole]))
                self.family.note(self.group, f"the {whole} by {whose} closes the open end at {fitting[whole]}")

    def best(self, override: Override | None) -> tuple[int | None, Basis | None]:
        """Return an editor's best, or else the common value, unless parts exceed it."""
        if override:
            self.family.note(self.group, f"best set by {override.editor} on {override.date}: {override.reason}")
            return override.best, Basis.EDITOR
        if self.conflicting or self.is_unsettled:
            return None, None
        best, basis = self._common_value()
        if best is not None and (parts := self.family.parts_above(self.group, best)):
            number, name = parts
            self.family.note(self.group, f"no best: the parts by {name} come to at least {number}, more than {best}")
            return None, None
        return best, basis

    def _common_value(self) -> tuple[int | None, Basis | None]:
        """Return the value stated by a sole originator, or the only number common to two or more."""
        if len(self.stated) == 1:
            value = self.stated[0].value
            number = value.stated_value
            only = number is not None and value.interval.contains(number)
            return (number, Basis.SOLE_ORIGINATOR) if only else (None, None)
        low, high = common_range([voice.value.interval for voice in self.stated])
        return (low, Basis.INTERSECTION) if low is not None and low == high else (None, None)

    def agreement(self) -> Agreement:
        """Whether the originators who state the group can all be right."""
        if not self.stated:
            if self.group in self.family.conflicts:
                return Agreement.CONFLICTING
            return Agreement.IMPLIED if self.implied else Agreement.UNSOURCED
        if self.conflicting:
            return Agreement.CONFLICTING
        if self.is_unsettled:
            return Agreement.UNSETTLED
        return Agreement.SINGLE if len(self.stated) == 1 else Agreement.COMPATIBLE

    def finish(self, best: int | None, basis: Basis | None) -> Estimate:
        """Return the finished estimate, with a best after `drop_bests`."""
        agreement = self.agreement()
        agreed = agreement in (Agreement.SINGLE, Agreement.COMPATIBLE)
        agreeing = [interval for (interval,) in self.intervals] if agreed else []
        common_min, common_max = common_range(agreeing) if all_meet(agreeing) else (None, None)
        sourced = [interval for intervals in self.intervals for interval in intervals]
        both = [*sourced, *self.unsourced]
        return Estimate(
            scope=self.family.scope,
            measure=self.family.measure,
            group=self.group,
            low=hull(both).start,
            best=best,
            high=max((each.end for each in both if each.end is not None), default=None),
            high_open=self.group in self.family.exceeded or _is_open(sourced) or _is_open(both),
            agreement=agreement,
            basis=basis,
            common_min=common_min,
            common_max=common_max,
            voices=(*self.stated, *self.others),
            implied=self.implied,
            speakers=self.family.speakers,
            notes=tuple(self.family.notes.get(self.group, ())),
        )


def _is_open(intervals: Iterable[Interval]) -> bool:
    """Whether an open start is above every closed end, or no end is closed."""
    highest, above = -1, -1
    for interval in intervals:
        if interval.end is None:
            above = max(above, interval.least)
        else:
            highest = max(highest, interval.end)
    return above > highest
