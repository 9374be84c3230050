"""Intervals: the envelope and the intersection of claims, and what parts and wholes say about each other.

Steps 3 and 4 of `envelope/1`. Prevents: an open end being closed by nobody, and estimates of which a part is larger
than its whole.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from conflict_incidents.counts import GROUPS, OUTSIDE_TOTAL, SEVERITIES, SEXES, SIDES, STATUSES
from conflict_incidents.selection import LeftOut, Said


@dataclass(slots=True)
class Range:
    """The envelope (`low` to `high`, or more) and the intersection (`floor` to `ceiling`) of some claims.

    None is unknown in the envelope and open in the intersection. `contradicted` says that a whole can't be right where
    this part is; `notes` say what parts and wholes changed. `derived_from` has the claims of the parts that a whole
    which nobody counts rests on.
    """

    low: int | None
    high: int | None
    high_open: bool
    floor: int | None
    ceiling: int | None
    used: list[Said]
    left_out: list[LeftOut] = field(default_factory=list)
    derived_from: list[Said] = field(default_factory=list)
    contradicted: bool = False
    notes: list[str] = field(default_factory=list)

    @property
    def conflicting(self) -> bool:
        """Whether no value fits all claims."""
        empty = self.floor is not None and self.ceiling is not None and self.floor > self.ceiling
        return empty or self.contradicted


@dataclass(frozen=True, slots=True)
class Whole:
    """A group, its parts, and which of these are disjoint and can be added up."""

    name: str
    parts: tuple[str, ...]
    disjoint: tuple[tuple[str, ...], ...] = ()


WHOLES = (
    Whole("children", ("girls", "boys", "civilian_children"), (("girls", "boys"),)),
    Whole("civilians", ("civilian_children",)),
    Whole("combatants", SIDES, (SIDES,)),
    Whole(
        "total",
        tuple(group for group in GROUPS if group not in {"total", *OUTSIDE_TOTAL}),
        (STATUSES, SEXES, ("women", "men", "children"), SEVERITIES),
    ),
)
"""From the smallest whole to the largest."""


def envelope(used: list[Said], left_out: list[LeftOut]) -> Range:
    """Step 3: each claim is an interval; from the smallest start to the largest finite value, or more.

    "At most 5" has no start. It gives no low by itself, but where others do, the low is no more than 5: else a claim
    would lie outside of the envelope. An open claim keeps the end open where its start lies above every closed end, or
    where no end is closed.
    """
    starts = [said.count.min for said in used if said.count.min is not None]
    ends = [said.count.max for said in used if said.count.max is not None]
    open_starts = [said.count.min or 0 for said in used if said.count.max is None]
    return Range(
        low=min(starts + ends) if starts else None,
        high=max(starts + ends, default=None),
        high_open=bool(open_starts) and (not ends or max(open_starts) > max(ends)),
        floor=max(starts, default=None),
        ceiling=min(ends, default=None),
        used=used,
        left_out=left_out,
    )


def propagate(ranges: dict[str, Range]) -> None:
    """Step 4, in place: parts raise the low of their whole, wholes cap the high of their parts.

    A total that nobody counted is added where its parts give it a low; its end is open. Where an originator's parts
    come to more than a claim of the whole allows, the two conflict: neither is pushed out of the envelope.

    Args:
        ranges: the ranges of one scope and measure, by group.
    """
    _add_total(ranges)
    implied = _implied(ranges)
    for whole in WHOLES:
        if whole.name in ranges:
            _raise(ranges, whole, implied[whole.name])
    for whole in reversed(WHOLES):
        if whole.name in ranges:
            for name in whole.parts:
                if name in ranges:
                    _cap(ranges[name], ranges[whole.name], whole.name)


def _add_total(ranges: dict[str, Range]) -> None:
    parts = [ranges[name] for name in WHOLES[-1].parts if name in ranges]
    counting = [said for part in parts for said in part.used if said.count.min is not None]
    if "total" not in ranges and counting:
        note = "nobody counts the total; the parts give its low"
        ranges["total"] = Range(None, None, True, None, None, [], derived_from=counting, notes=[note])


def _raise(ranges: dict[str, Range], whole: Whole, implied: dict[str, int]) -> None:
    """What the parts say of the whole: its low, and its end where they come to more than it.

    Args:
        ranges: the ranges of one scope and measure, by group.
        whole: the whole.
        implied: the fewest that its parts make, by originator.
    """
    made = ranges[whole.name]
    parts = [ranges[name] for name in whole.parts if name in ranges]
    if not parts:
        return
    low = _raised_low(made, parts, implied)
    most = max(implied.values(), default=None)
    if most is not None:
        if made.ceiling is not None and most > made.ceiling:
            made.notes.append(
                f"the parts come to at least {most}, a claim of the whole to at most {made.ceiling}: they conflict"
            )
            for part in parts:
                part.contradicted |= part.floor is not None and part.floor > made.ceiling
            low = _smallest([low, made.ceiling])
        if made.high is None or most > made.high:
            # As in step 3: an open start (the parts come to at least so many) above every closed end.
            made.high, made.high_open = most, True
        made.floor = _largest([made.floor, most])
    if made.high_open:
        made.high = _largest([made.high, *(part.high for part in parts)])
    if low is not None and (made.low is None or low > made.low):
        if made.used:
            made.notes.append(f"the parts raise the low from {'unknown' if made.low is None else made.low} to {low}")
        made.low = low


def _raised_low(made: Range, parts: list[Range], implied: dict[str, int]) -> int | None:
    """The smallest start of the whole, each originator's own parts counted in, but no less than the low of any part."""
    starts = [_largest([said.count.min, implied.get(said.claim.by)]) for said in made.used]
    if any(start is not None for start in starts):
        ends = [said.count.max for said, start in zip(made.used, starts, strict=True) if start is None]
        smallest = _smallest(starts + ends)
    else:  # nobody says how many the whole has at least, but through its parts
        smallest = _smallest(implied.values())
    return _largest([smallest, *(part.low for part in parts)])


def _implied(ranges: dict[str, Range]) -> dict[str, dict[str, int]]:
    """The fewest that each originator's parts of a whole make: `{"total": {"sohr": 7}}`.

    That is the largest of the parts, or the sum of those that are disjoint; a part that is itself a whole counts with
    its own parts. Only parts of one originator are added up: what one calls a civilian may be of unknown status to
    another.
    """
    stated: dict[str, dict[str, int]] = {}
    for name, made in ranges.items():
        for said in made.used:
            if said.count.min is not None:
                stated.setdefault(said.claim.by, {})[name] = said.count.min
    implied: dict[str, dict[str, int]] = {whole.name: {} for whole in WHOLES}
    for whole in WHOLES:
        for by, fewest in stated.items():
            parts = [fewest[name] for name in whole.parts if name in fewest]
            if parts:
                sums = [sum(fewest.get(name, 0) for name in names) for names in whole.disjoint]
                implied[whole.name][by] = max(parts + sums)
                fewest[whole.name] = max(fewest.get(whole.name, 0), implied[whole.name][by])
    return implied


def _cap(part: Range, whole: Range, name: str) -> None:
    """What the whole says of the part's end."""
    if not whole.high_open and whole.high is not None:
        part.ceiling = _smallest([part.ceiling, whole.high])
        if part.high_open:
            part.notes.append(f"the {name} closes the open end at {whole.high}")
            part.high, part.high_open = whole.high, False
        elif part.high is not None and part.high > whole.high:
            part.notes.append(f"the {name} lowers the high from {part.high} to {whole.high}")
            part.high = whole.high
    if part.low is not None and whole.low is not None and part.low > whole.low:
        part.notes.append(f"in conflict with the {name}, whose low is {whole.low}")
        part.low = whole.low
    if not whole.conflicting:
        part.ceiling = _smallest([part.ceiling, whole.ceiling])


def _largest(values: Iterable[int | None]) -> int | None:
    return max((value for value in values if value is not None), default=None)


def _smallest(values: Iterable[int | None]) -> int | None:
    return min((value for value in values if value is not None), default=None)
