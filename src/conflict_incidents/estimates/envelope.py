"""Claims → estimate, by the method `envelope/1` (its section 6, and what crosses between voices by its section 5).

Pure: the same record gives the same estimates, whatever the order of its claims. `low` and `high` are the envelope of
what the originators say; `best` is filled only where their intersection is one number, where a sole originator states
a value, or where an editor sets one with a reason. Never a mean, a median or a majority.

Prevents: an unknown becoming a number, an open bound being closed, and disagreement being averaged away.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from weakref import WeakKeyDictionary

from conflict_incidents.estimates.accounts import Form
from conflict_incidents.estimates.intervals import Interval, hull
from conflict_incidents.estimates.states import State, same_accounts
from conflict_incidents.estimates.structure import WHOLES, Low, lows, sums_of, wholes_of
from conflict_incidents.estimates.voices import Speaker, Speakers, Voice, speakers_of
from conflict_incidents.records.counts import GROUPS, INCIDENT_SCOPE, MEASURES, ROLES, SEVERITIES, SIDES, Scope
from conflict_incidents.records.model import Incident
from conflict_incidents.records.statements import Override

METHOD = "envelope/1"
JOINTLY = "those who give the number jointly hold another"
"""Why a form of a joint voice is not used."""
MAX_OVERLAPPING = 12
"""Scopes of overlapping sites that are tried in all combinations; of more, the largest numbers are taken first."""


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
    """What the claims of one measure, group and scope come to.

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
        originators: who stands behind the numbers that are used.
        voices: what they hold, jointly or each by itself, and reports that name no source.
        used: the forms that are used, one for each claim.
        left_out: the forms that are not, with the reason.
        derived_from: the forms of parts or sites that an implied number rests on.
        states: by originator, the states that it went through.
        notes: what parts, wholes and editors did to the numbers.
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
        """The range in words: `12-15`, `7`, `at least 5`, `at most 7`, `4-6 or more`."""
        if self.low is None:
            return "unknown" if self.high is None else f"at most {self.high}"
        if self.high is None:
            return f"at least {self.low}"
        closed = str(self.low) if self.low == self.high else f"{self.low}-{self.high}"
        return f"{closed} or more" if self.high_open else closed


_MADE: WeakKeyDictionary[Incident, list[Estimate]] = WeakKeyDictionary()
"""Estimates that were computed already: rules and tables ask for the same ones, and records don't change."""


def estimates(incident: Incident) -> list[Estimate]:
    """All estimates of an incident: its own scope first, then sites and areas; measures and groups in fixed order."""
    if incident not in _MADE:
        _MADE[incident] = sorted(_estimates(incident), key=_order)
    return list(_MADE[incident])


def headline(incident: Incident) -> dict[tuple[str, str], Estimate]:
    """The estimates of the incident as a whole, by measure and group."""
    return {(e.measure, e.group): e for e in estimates(incident) if e.scope == INCIDENT_SCOPE}


def _order(estimate: Estimate) -> tuple[bool, str, int, int]:
    apart = estimate.scope != INCIDENT_SCOPE
    return apart, estimate.scope, MEASURES.index(estimate.measure), GROUPS.index(estimate.group)


def _estimates(incident: Incident) -> Iterator[Estimate]:
    scopes = {str(claim.scope): claim.scope for claim in incident.claims}
    families = {of: _Family(*of, speakers) for of, speakers in speakers_of(incident).items()}
    for measure in dict.fromkeys(measure for _, measure in families):
        sites = [
            (scopes[scope], family)
            for (scope, of), family in sorted(families.items())
            if of == measure and scopes[scope].sites
        ]
        if sites:
            nothing = Speakers((), {}, ())
            whole = families.setdefault((INCIDENT_SCOPE, measure), _Family(INCIDENT_SCOPE, measure, nothing))
            _add_sites(whole, sites)
    for (scope, measure), family in families.items():
        best = {each.group: each for each in incident.overrides if each.measure == measure}
        yield from family.estimates(best if scope == INCIDENT_SCOPE else {})


@dataclass(slots=True)
class _Implied:
    """The low of a whole that no originator states, and the speakers and forms that it rests on."""

    number: int
    low_from: LowFrom
    speakers: list[Speaker]
    forms: list[Form]


@dataclass(slots=True)
class _Family:
    """The numbers of one measure in one scope, by group."""

    scope: str
    measure: str
    speakers: Speakers
    conflicts: set[str] = field(default_factory=set)
    """Groups that conflict because parts or sites exceed their whole."""
    exceeded: set[str] = field(default_factory=set)
    """The wholes among them: these are open."""
    from_sites: dict[str, _Implied] = field(default_factory=dict)
    notes: dict[str, list[str]] = field(default_factory=dict)

    def voices(self, group: str) -> list[Voice]:
        """The voices of a group, those of originators first."""
        return self.speakers.voices(group)

    def stated(self, group: str) -> list[Voice]:
        """The voices of a group that are originators."""
        return [voice for voice in self.voices(group) if not voice.unsourced]

    def note(self, group: str, text: str) -> None:
        """Add to what is said of a group, once."""
        known = self.notes.setdefault(group, [])
        if text not in known:
            known.append(text)

    def low_of(self, group: str) -> int:
        """The combined low of a group, by those who state it."""
        return hull(interval for voice in self.stated(group) for interval in voice.value.intervals).least

    def largest_end(self, group: str) -> int | None:
        """The highest end that originators state and that gives bounds; None where one is open, or there is none."""
        firm = [voice for voice in self.stated(group) if not voice.value.added]
        return hull(interval for voice in firm for interval in voice.value.intervals).end

    def who_ends(self, group: str, end: int | None) -> list[str]:
        """The originators whose number of a group has an end."""
        ending = [voice for voice in self.stated(group) if any(each.end == end for each in voice.value.intervals)]
        return [name for voice in ending for name in voice.originators]

    def combined(self, speaker: Speaker) -> dict[str, Low]:
        """The lows of all groups, by the parts that a speaker gives and the combined lows of these."""
        least = {group: self.low_of(group) for group in speaker.values}
        accounts = [
            {group: min(number, least[group]) for group, number in account.items()}
            for account in same_accounts(speaker.values)
        ]
        return lows(least, accounts)

    def estimates(self, overrides: Mapping[str, Override]) -> Iterator[Estimate]:
        """The estimate of each group that is stated or implied."""
        self._find_exceeding_parts()
        implied = self._implied()
        groups = {group for one in self.speakers.speakers for group in one.values} | set(implied)
        made = {group: _Made(self, group, implied.get(group)) for group in groups}
        for group in sorted(groups, key=_largest_first):
            made[group].close([made[whole] for whole in wholes_of(group) if whole in made])
        best = {group: one.best(overrides.get(group)) for group, one in made.items()}
        _drop_bests(made, best)
        for group, one in made.items():
            yield one.finished(*best[group])

    def _implied(self) -> dict[str, _Implied]:
        """The lows of wholes that no originator states, from their parts or from sites."""
        found = {group: one for group, one in self.from_sites.items() if not self.stated(group)}
        for whole in WHOLES:
            if self.stated(whole):
                continue
            by = [(one, self.combined(one).get(whole)) for one in self.speakers.originators]
            number = max((low.number for _, low in by if low), default=0)
            if number > 0 and number >= (found[whole].number if whole in found else 0):
                giving = [(one, low) for one, low in by if low and low.number == number]
                forms = [form for one, low in giving for group in low.of for form in one.values[group].forms]
                found[whole] = _Implied(number, LowFrom.PARTS, [one for one, _ in giving], forms)
        return found

    def _find_exceeding_parts(self) -> None:
        """Mark the wholes and parts of which one voice's parts come to more than every end of the stated whole."""
        for one in self.speakers.originators:
            for whole in WHOLES:
                end = self.largest_end(whole)
                if end is None:
                    continue
                values = {group: each for group, each in one.values.items() if group != whole and not each.added}
                least = {group: hull(value.intervals).least for group, value in values.items()}
                accounts = same_accounts(values)
                larger = [low for low in sums_of(whole, lows(least, accounts), accounts) if low.number > end]
                if larger:
                    self.conflicts |= {whole}.union(*(low.of for low in larger))
                    self.exceeded.add(whole)
                    number = max(low.number for low in larger)
                    self.note(whole, f"the parts by {one.name} come to at least {number}, more than any end stated")


@dataclass(slots=True)
class _Made:
    """The estimate of one group while it is computed."""

    family: _Family
    group: str
    implied: _Implied | None
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
        by_originators = bool(self.sourced) and _is_open(self.sourced)
        return self.group in self.family.exceeded or by_originators or _is_open([*self.sourced, *self.unsourced])

    @property
    def closed_end(self) -> int | None:
        """The highest end by originators that gives bounds, None where they leave it open."""
        held = [voice.value.added for voice in self.stated]
        firm = [each for number, one in enumerate(self.intervals) if not any(held[number : number + 1]) for each in one]
        if self.group in self.family.exceeded or _is_open(firm):
            return None
        return max((each.end for each in firm if each.end is not None), default=None)

    @property
    def added(self) -> bool:
        """Whether only relays add the number to own texts."""
        return bool(self.stated) and all(voice.value.added for voice in self.stated)

    def close(self, wholes: list[_Made]) -> None:
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
                self.family.note(self.group, f"the {_words(whole)}{by} closes the open end at {fitting[whole]}")

    def best(self, override: Override | None) -> tuple[int | None, Basis | None]:
        """An editor's best; else the one number that two or more leave, or the value that a sole originator states."""
        if override:
            self.family.note(self.group, f"best set by {override.editor} on {override.date}: {override.reason}")
            return override.best, Basis.EDITOR
        if self.conflicting or self.unsettled or not self.stated:
            return None, None
        if len(self.stated) == 1:
            value = self.stated[0].value
            if value.stated is not None and value.interval.contains(value.stated):
                return value.stated, Basis.SOLE_ORIGINATOR
            return None, None
        low, high = _common([voice.value.interval for voice in self.stated])
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
        """The estimate."""
        voices = self.family.voices(self.group)
        used = _one_a_claim(form for voice in voices for form in voice.value.forms)
        derived = _one_a_claim(self.implied.forms) if self.implied else ()
        agreement = self.agreement()
        agreed = agreement in {Agreement.SINGLE, Agreement.COMPATIBLE}
        both_sides = [interval for (interval,) in self.intervals] if agreed else []
        common = _common(both_sides) if _all_fit(both_sides) else (None, None)
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
        return tuple(LeftOut(form, speakers.reasons.get(form, JOINTLY)) for form in _one_a_claim(forms))


def _one_a_claim(forms: Iterable[Form]) -> tuple[Form, ...]:
    """The forms in a fixed order, one for each claim and group."""
    found: dict[tuple[str, str], Form] = {}
    for form in forms:
        found.setdefault((form.claim.key, form.group), form)
    return tuple(found[key] for key in sorted(found))


def _is_open(intervals: list[Interval]) -> bool:
    """Whether an open start lies above every closed end, or no end is closed."""
    ends = [each.end for each in intervals if each.end is not None]
    starts = [each.least for each in intervals if each.end is None]
    return bool(starts) and (not ends or max(starts) > max(ends))


def _all_fit(intervals: list[Interval]) -> bool:
    """Whether some number is in all intervals."""
    low, high = _common(intervals)
    return low is None or high is None or low <= high


def _common(intervals: Iterable[Interval]) -> tuple[int | None, int | None]:
    """The largest start and the smallest end of intervals; None where open."""
    known = list(intervals)
    starts = [each.start for each in known if each.start is not None]
    ends = [each.end for each in known if each.end is not None]
    return max(starts, default=None), min(ends, default=None)


def _words(group: str) -> str:
    return group.replace("_", " ")


def _largest_first(group: str) -> tuple[int, str]:
    return (-WHOLES.index(group) if group in WHOLES else 1), group


PARTITIONS = (
    ("total", (("civilians",), ("combatants", *SIDES), ("unknown_status",))),
    ("total", (("women",), ("men",), ("children", "girls", "boys"), ("unknown_sex_or_age",))),
    ("total", tuple((severity,) for severity in SEVERITIES)),
    *(("total", ((role,),)) for role in ROLES),
    ("combatants", tuple((side,) for side in SIDES)),
    ("children", (("girls",), ("boys",))),
    ("children", (("civilian_children",),)),
    ("civilians", (("civilian_children",),)),
)
"""Wholes and their disjoint parts: each part is a group, or the groups that make it up where it has no best itself."""
UNKNOWN_GROUPS = ("unknown_status", "unknown_sex_or_age")


def _drop_bests(made: Mapping[str, _Made], best: dict[str, tuple[int | None, Basis | None]]) -> None:
    """Drop bests of disjoint parts that come to more than their whole's best, or than its closed high."""
    for whole, parts in PARTITIONS:
        if whole not in made:
            continue
        groups = [group for part in parts for group in with_best(part, best)]
        added = [name for name in (whole, *groups) if made[name].added]
        for dropped in (added, [name for name in groups if name in UNKNOWN_GROUPS], groups):
            of_whole = best[whole][0]
            limit = made[whole].closed_end if of_whole is None else of_whole
            values = [best[name][0] or 0 for name in groups]
            if limit is None or sum(values) <= limit:
                break
            for name in dropped:
                if best[name][1] is not Basis.EDITOR and best[name][0] is not None:
                    note = f"no best: with the other parts it would be more than the {_words(whole)}, {limit}"
                    if name == whole:
                        note = "no best: the parts that its originator's own text gives would be more"
                    made[name].family.note(name, note)
                    best[name] = None, None


def with_best(part: tuple[str, ...], best: Mapping[str, tuple[int | None, Basis | None]]) -> list[str]:
    """The groups of a part that have a best: the first by itself, else those that make it up."""
    known = [group for group in part if group in best and best[group][0] is not None]
    return known[:1] if part[0] in known else known


def _add_sites(whole: _Family, sites: list[tuple[Scope, _Family]]) -> None:
    """What disjoint sites say of the incident: its low where no originator states it, and where they exceed it."""
    names = dict.fromkeys(one.name for _, family in sites for one in family.speakers.originators)
    silent = set(names) - {one.name for one in whole.speakers.originators if one.values}
    for name in sorted(names):
        combined: dict[str, list[tuple[Scope, int, _Family, Speaker, Low]]] = {}
        stated: dict[str, list[tuple[Scope, int, _Family, Speaker, Low]]] = {}
        for scope, family in sites:
            for one in (one for one in family.speakers.originators if one.name == name):
                firm = {group: value for group, value in one.values.items() if not value.added}
                own = {group: hull(value.intervals).least for group, value in firm.items()}
                for group, low in family.combined(one).items():
                    combined.setdefault(group, []).append((scope, low.number, family, one, low))
                for group, low in lows(own, same_accounts(firm)).items():
                    stated.setdefault(group, []).append((scope, low.number, family, one, low))
        for group, found in combined.items():
            taken = _disjoint(found)
            number = sum(one[1] for one in taken)
            known = whole.from_sites.get(group)
            if name in silent and number > 0 and (known is None or number >= known.number):
                forms = [form for _, _, _, one, low in taken for part in low.of for form in one.values[part].forms]
                same = known if known and known.number == number else _Implied(number, LowFrom.SITES, [], [])
                same.speakers.append(taken[0][3])
                same.forms.extend(forms)
                whole.from_sites[group] = same
        for group, found in stated.items():
            taken = _disjoint(found)
            number, end = sum(one[1] for one in taken), whole.largest_end(group)
            if end is not None and number > end:
                whole.conflicts.add(group)
                whole.exceeded.add(group)
                whole.note(group, f"the sites by {name} come to at least {number}, more than any end stated")
                for _, _, family, _, low in taken:
                    family.conflicts |= {group, *low.of}


def _disjoint(
    found: list[tuple[Scope, int, _Family, Speaker, Low]],
) -> list[tuple[Scope, int, _Family, Speaker, Low]]:
    """Those above nought of which no two share a site, so that their numbers have the largest sum."""
    largest = sorted((one for one in found if one[1]), key=lambda one: (-one[1], str(one[0])))
    if len(largest) > MAX_OVERLAPPING or all(len(one[0].sites) == 1 for one in largest):
        chosen: list[tuple[Scope, int, _Family, Speaker, Low]] = []
        for one in largest:
            if not any(set(one[0].sites) & set(other[0].sites) for other in chosen):
                chosen.append(one)
        return chosen
    first, rest = largest[0], largest[1:]
    beside = _disjoint([one for one in rest if not set(one[0].sites) & set(first[0].sites)])
    without = _disjoint(rest)
    return [first, *beside] if first[1] + sum(one[1] for one in beside) >= sum(one[1] for one in without) else without
