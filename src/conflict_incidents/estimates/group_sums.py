"""Parts and wholes: the bounds that the groups of one measure give each other (section 5 of the method)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from conflict_incidents.estimates.intervals import Interval
from conflict_incidents.records.counts import ROLES, SEVERITIES, SIDES

Intervals = Mapping[str, Interval]
"""Intervals by group, of one measure and scope."""
UNSTATED = Interval(0, None)
"""The interval of a group that is not given: any number."""


@dataclass(frozen=True, slots=True)
class Sum:
    """A whole that is at least the sum of its disjoint parts.

    `unknown` is a further part whose members may belong to the other parts: it counts towards the whole beside the
    parts of the same account, and does not lower their ends.
    """

    whole: str
    parts: tuple[str, ...]
    unknown: str | None = None


SUMS = (
    Sum("children", ("girls", "boys")),
    Sum("children", ("civilian_children",)),
    Sum("civilians", ("civilian_children",)),
    Sum("combatants", SIDES),
    Sum("total", ("civilians", "combatants"), "unknown_status"),
    Sum("total", ("women", "men", "children")),
    Sum("total", ("women", "men", "girls", "boys"), "unknown_sex_or_age"),
    Sum("total", SEVERITIES),
    *(Sum("total", (role,)) for role in (*ROLES, "unknown_status", "unknown_sex_or_age")),
)
"""The wholes, from the smallest to the largest."""
UNKNOWNS = {each.unknown: each.parts for each in SUMS if each.unknown}
"""The unknown groups, and the parts that their members may belong to."""
GROWING = {"unknown_status": ("civilians", "combatants", *SIDES), "unknown_sex_or_age": UNKNOWNS["unknown_sex_or_age"]}
"""The unknown groups, and the groups whose ends they raise in the same account."""
WHOLES = tuple(dict.fromkeys(each.whole for each in SUMS))
"""The groups that have parts, from the smallest to the largest."""
SUMS_OF = {whole: tuple(each for each in SUMS if each.whole == whole) for whole in WHOLES}
"""The sums that bound each whole from below."""


@cache
def wholes_of(group: str) -> tuple[str, ...]:
    """Return the wholes that contain a group, the nearest first."""
    containing: set[str] = set()
    near = {group}
    while near:
        near = {each.whole for each in SUMS if {*each.parts, each.unknown} & near}
        containing |= near
    return tuple(sorted(containing, key=WHOLES.index))


class Low(NamedTuple):
    """The smallest possible number of a group, and the nonzero groups that it sums."""

    number: int
    of: frozenset[str]


def lows(least: Mapping[str, int], same_account: Iterable[Mapping[str, int]] = ()) -> Mapping[str, Low]:
    """Return the smallest number that each group can have, given the smallest numbers of some groups.

    Args:
        least: smallest numbers by group.
        same_account: for each account that counts an unknown group, the smallest numbers of the groups that it gives.

    Returns:
        The smallest number of each group that is given or has a part that is.
    """
    return _lows(tuple(least.items()), tuple(tuple(account.items()) for account in same_account))


@lru_cache(maxsize=4096)
def _lows(
    least: tuple[tuple[str, int], ...], same_account: tuple[tuple[tuple[str, int], ...], ...]
) -> Mapping[str, Low]:
    """Cached `lows`: an incident requests most several times, and many incidents have the same few numbers."""
    accounts = [dict(account) for account in same_account]
    lows_by_group = {group: Low(number, frozenset({group} if number else ())) for group, number in least}
    for whole in WHOLES:
        sums = sums_of(whole, lows_by_group, accounts)
        largest = max((each.number for each in sums), default=0)
        if largest > (lows_by_group[whole].number if whole in lows_by_group else 0):
            lows_by_group[whole] = Low(
                largest, frozenset().union(*(each.of for each in sums if each.number == largest))
            )
    return lows_by_group


def parts_of(whole: str, least: Mapping[str, int], same_account: Iterable[Mapping[str, int]]) -> list[Low]:
    """Return the sums of disjoint parts of a whole, given the smallest numbers of some groups; see `lows`."""
    return _parts_of(whole, tuple(least.items()), tuple(tuple(account.items()) for account in same_account))


@lru_cache(maxsize=4096)
def _parts_of(
    whole: str, least: tuple[tuple[str, int], ...], same_account: tuple[tuple[tuple[str, int], ...], ...]
) -> list[Low]:
    """Cached `parts_of`."""
    return sums_of(whole, _lows(least, same_account), [dict(account) for account in same_account])


def sums_of(whole: str, lows_by_group: Mapping[str, Low], same_account: Iterable[Mapping[str, int]]) -> list[Low]:
    """Return the sums of disjoint parts of a whole: one for each choice of parts of which at least one is known.

    Args:
        whole: the group.
        lows_by_group: the smallest numbers of its parts, as `lows` gives them.
        same_account: as in `lows`.
    """
    accounts = list(same_account)
    sums: list[list[Low]] = []
    for each in SUMS_OF[whole]:
        sums.append([lows_by_group[part] for part in each.parts if part in lows_by_group])
        for account in accounts:
            if each.unknown in account:
                other_lows = lows(account)
                sums.append([other_lows[part] for part in (each.unknown, *each.parts) if part and part in other_lows])
    return [
        Low(sum(part.number for part in parts), frozenset().union(*(part.of for part in parts)))
        for parts in sums
        if parts
    ]


def propagate(intervals: Intervals, same_account: Iterable[Mapping[str, int]] = ()) -> dict[str, Interval] | None:
    """Return the intervals narrowed by the bounds that groups give each other; None where they can't all be true.

    A group that isn't given may be any number, and passes on the bounds of its parts and wholes.

    Args:
        intervals: the intervals by group.
        same_account: as in `lows`.
    """
    accounts = tuple(tuple(account.items()) for account in same_account)
    narrowed = _propagate(tuple(intervals.items()), accounts)
    return None if narrowed is None else dict(narrowed)


@lru_cache(maxsize=4096)
def _propagate(
    intervals: tuple[tuple[str, Interval], ...], same_account: tuple[tuple[tuple[str, int], ...], ...]
) -> dict[str, Interval] | None:
    """Cached `propagate`."""
    by_group = dict(intervals)
    accounts = [dict(account) for account in same_account]
    least = {name: low.number for name, low in lows(least_numbers(by_group), accounts).items()}
    most = {group: each.end for group, each in by_group.items() if each.end is not None}
    for each in reversed(SUMS):
        end = most.get(each.whole)
        if end is None:
            continue
        for part in each.parts:
            others = sum(least.get(other, 0) for other in each.parts if other != part)
            most[part] = min(most.get(part, end), end - others)
        if each.unknown is None:
            continue
        for account in accounts:
            if each.unknown in account:
                other_lows = lows(account)
                rest = end - sum(other_lows[part].number for part in each.parts if part in other_lows)
                most[each.unknown] = min(most.get(each.unknown, rest), rest)
    if any(number > most.get(group, number) for group, number in least.items()):
        return None
    return {group: _narrow(each, least[group], most.get(group)) for group, each in by_group.items()}


def _narrow(interval: Interval, least: int, most: int | None) -> Interval:
    """Return an interval with its bounds after propagation; without a start if none was given."""
    return Interval(None if interval.start is None and least == 0 else least, most)


def least_numbers(intervals: Intervals) -> dict[str, int]:
    """Return the smallest number of each interval, by group."""
    return {group: each.least for group, each in intervals.items()}


def complete_total(intervals: Intervals, complete: Iterable[tuple[str, ...]]) -> dict[str, Interval]:
    """Return the intervals of an account that states that some parts make up its total.

    Args:
        intervals: the intervals by group.
        complete: the parts that make up the total, once for each such statement.

    Returns:
        The intervals narrowed by the total being equal to the sum; unchanged where that is impossible.
    """
    bounded = dict(intervals)
    for parts in complete:
        if "total" not in bounded or not parts:
            continue
        wholes = [bounded.get(part, UNSTATED) for part in parts]
        narrowed = _equal(bounded["total"], wholes)
        if narrowed is not None:
            bounded["total"] = narrowed[0]
            bounded |= {part: each for part, each in zip(parts, narrowed[1:], strict=True) if part in intervals}
    return bounded


def _equal(total: Interval, parts: list[Interval]) -> list[Interval] | None:
    """Narrow the total and its parts by equality of total and sum; None if impossible."""
    start, end = sum(part.least for part in parts), _sum_of_ends(parts)
    whole = _intersect(total, Interval(start, end))
    if whole is None:
        return None
    result = [whole]
    for number, part in enumerate(parts):
        others = [*parts[:number], *parts[number + 1 :]]
        most = _sum_of_ends(others)
        least = 0 if most is None else max(0, whole.least - most)
        rest = None if whole.end is None else whole.end - sum(other.least for other in others)
        result.append(_intersect(part, Interval(least, rest)) or part)  # they meet, since the total is within the sums
    return result


def _intersect(one: Interval, other: Interval) -> Interval | None:
    """Return the intersection of two intervals; None if empty."""
    if not one.meets(other):
        return None
    ends = [each.end for each in (one, other) if each.end is not None]
    start = max(one.least, other.least)
    return Interval(one.start if start == one.least else start, min(ends, default=None))


def _sum_of_ends(parts: list[Interval]) -> int | None:
    ends = [part.end for part in parts]
    return None if None in ends else sum(end for end in ends if end is not None)
