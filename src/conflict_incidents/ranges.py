"""Intervals: the envelope and the intersection of claims, and what parts and wholes say about each other.

Steps 3 and 4 of `envelope/1`. Prevents: an open end being closed by nobody, and estimates of which a part is larger
than its whole.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from conflict_incidents.counts import GROUPS, OUTSIDE_TOTAL, SEXES, SIDES, STATUSES
from conflict_incidents.selection import LeftOut, Said


@dataclass(slots=True)
class Range:
    """The envelope (`low` to `high`, or more) and the intersection (`floor` to `ceiling`) of some claims.

    None is unknown in the envelope and open in the intersection. `contradicted` says that a part or a whole can't be
    right where this is; `notes` say what parts and wholes changed.
    """

    low: int | None
    high: int | None
    high_open: bool
    floor: int | None
    ceiling: int | None
    used: list[Said]
    left_out: list[LeftOut] = field(default_factory=list)
    contradicted: bool = False
    notes: list[str] = field(default_factory=list)

    @property
    def conflicting(self) -> bool:
        """Whether no value fits all claims."""
        empty = self.floor is not None and self.ceiling is not None and self.floor > self.ceiling
        return empty or self.contradicted


@dataclass(frozen=True, slots=True)
class _Whole:
    """A group, its parts, and which of these are disjoint and can be added up."""

    name: str
    parts: tuple[str, ...]
    disjoint: tuple[tuple[str, ...], ...] = ()


_WHOLES = (
    _Whole("children", ("girls", "boys", "civilian_children"), (("girls", "boys"),)),
    _Whole("civilians", ("civilian_children",)),
    _Whole("combatants", SIDES, (SIDES,)),
    _Whole(
        "total",
        tuple(group for group in GROUPS if group not in {"total", *OUTSIDE_TOTAL}),
        (STATUSES, SEXES, ("civilians", *SIDES, "unknown_status")),
    ),
)
"""From the smallest whole to the largest."""


def envelope(used: list[Said], left_out: list[LeftOut]) -> Range:
    """Step 3: each claim is an interval; from the smallest start to the largest finite value, or more.

    An open claim keeps the end open where its start lies above every closed end, or where no end is closed.
    """
    starts = [said.count.min for said in used if said.count.min is not None]
    ends = [said.count.max for said in used if said.count.max is not None]
    open_starts = [said.count.min or 0 for said in used if said.count.max is None]
    return Range(
        low=min(starts, default=None),
        high=max(starts + ends, default=None),
        high_open=bool(open_starts) and (not ends or max(open_starts) > max(ends)),
        floor=max(starts, default=None),
        ceiling=min(ends, default=None),
        used=used,
        left_out=left_out,
    )


def propagate(ranges: dict[str, Range]) -> None:
    """Step 4, in place: parts raise the low of their whole, wholes cap the high of their parts.

    A whole that nobody counted is added where its parts give it a low; its end is open. Where a part starts above what
    some claim of the whole allows, the two conflict: both are marked, and neither claim is pushed out of its envelope.

    Args:
        ranges: the ranges of one scope and measure, by group.
    """
    for whole in _WHOLES:
        _add_total(ranges, whole)
        if whole.name in ranges:
            _raise(ranges, whole)
    for whole in reversed(_WHOLES):
        if whole.name in ranges:
            for name in whole.parts:
                if name in ranges:
                    _cap(ranges[name], ranges[whole.name], whole.name)


def _add_total(ranges: dict[str, Range], whole: _Whole) -> None:
    parts = [ranges[name] for name in whole.parts if name in ranges]
    if whole.name == "total" and "total" not in ranges and any(part.low is not None for part in parts):
        note = "nobody counts the total; the parts give its low"
        ranges["total"] = Range(None, None, True, None, None, [], notes=[note])


def _raise(ranges: dict[str, Range], whole: _Whole) -> None:
    """What the parts say of the whole's start: first each originator's own parts, then the lows of all."""
    made = ranges[whole.name]
    parts = {name: ranges[name] for name in whole.parts if name in ranges}
    implied = _implied(parts, whole)
    own = [_largest([said.count.min, implied.get(said.claim.by)]) for said in made.used] or list(implied.values())
    low = _largest([min((start for start in own if start is not None), default=None), *(p.low for p in parts.values())])
    if made.high_open:
        made.high = _largest([made.high, low, *(part.high for part in parts.values())])
    if low is not None and made.ceiling is not None and low > made.ceiling:
        _contradict(made, parts, low)
        low = made.ceiling
    if low is not None and (made.low is None or low > made.low):
        if made.used:
            made.notes.append(f"the parts raise the low from {made.low} to {low}")
        made.low = low
    made.floor = _largest([made.floor, *implied.values()])


def _implied(parts: dict[str, Range], whole: _Whole) -> dict[str, int]:
    """The fewest that each originator's parts make: the largest of them, or the sum of those that are disjoint.

    Only parts of one originator are added up: what one calls a civilian may be of unknown status to another.
    """
    stated: dict[str, dict[str, int]] = {}
    for name, part in parts.items():
        for said in part.used:
            if said.count.min is not None:
                stated.setdefault(said.claim.by, {})[name] = said.count.min
    return {
        by: max([*fewest.values(), *(sum(fewest.get(name, 0) for name in names) for names in whole.disjoint)])
        for by, fewest in stated.items()
    }


def _contradict(whole: Range, parts: dict[str, Range], low: int) -> None:
    """The parts start above what a claim of the whole allows: some originator must be wrong, and we can't say which."""
    whole.contradicted = True
    whole.notes.append(f"the parts come to at least {low}, more than a claim of the whole allows ({whole.ceiling})")
    if whole.high is None or low > whole.high:
        whole.high, whole.high_open = low, True
    for part in parts.values():
        if part.low is not None and whole.ceiling is not None and part.low > whole.ceiling:
            part.contradicted = True


def _cap(part: Range, whole: Range, name: str) -> None:
    """What the whole says of the part's end."""
    if not whole.high_open and whole.high is not None:
        if part.high_open:
            part.notes.append(f"the {name} closes the open end at {whole.high}")
            part.high, part.high_open = whole.high, False
        elif part.high is not None and part.high > whole.high:
            part.notes.append(f"the {name} lowers the high from {part.high} to {whole.high}")
            part.high = whole.high
    if part.low is not None and whole.low is not None and part.low > whole.low:
        part.notes.append(f"in conflict with the {name}, whose low is {whole.low}")
        part.low = whole.low
    if whole.ceiling is not None and not whole.conflicting:
        part.ceiling = whole.ceiling if part.ceiling is None else min(part.ceiling, whole.ceiling)


def _largest(values: Iterable[int | None]) -> int | None:
    return max((value for value in values if value is not None), default=None)
