"""Counts as intervals of whole numbers (section 1 of the method)."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

from conflict_incidents.core.findings import Shown
from conflict_incidents.records.counts import Bound, Count


class Interval(NamedTuple):
    """The whole numbers from `start` to `end`, both included.

    `start` is None if the source gives no lower bound ("at most five"), `end` is None if the interval is open.
    """

    start: int | None
    end: int | None

    def __str__(self) -> Shown:
        if self.end is None:
            return f"at least {self.least}"
        if self.start is None:
            return f"at most {self.end}"
        return f"{self.start}" if self.start == self.end else f"{self.start}-{self.end}"

    @property
    def least(self) -> int:
        """The smallest number in the interval; 0 without a start."""
        return self.start or 0

    def meets(self, other: Interval) -> bool:
        """Whether the two intervals share a number."""
        return (self.end is None or self.end >= other.least) and (other.end is None or other.end >= self.least)

    def below(self, other: Interval) -> bool:
        """Whether every number of this interval is smaller than every number of the other."""
        return self.end is not None and self.end < other.least

    def contains(self, value: int) -> bool:
        """Whether a number is in the interval."""
        return self.least <= value and (self.end is None or value <= self.end)

    @property
    def rank(self) -> tuple[int, float]:
        """Sort key: by start, then by end, an open one last."""
        return self.least, math.inf if self.end is None else self.end


def interval_of(count: Count) -> Interval:
    """Return the interval of a stated count."""
    if count.bound is Bound.ABOUT and count.best is not None:
        radius = rounding_radius(count.best)
        return Interval(max(0, count.best - radius), count.best + radius)
    return Interval(count.min, count.max)


def rounding_radius(number: int) -> int:
    """Return the largest distance between a number and the approximate number that it was rounded to.

    It is half of the unit, which is the power of ten of the trailing zeros, or five times that if two or more digits
    precede them and the last of these is a 5. It is a quarter of the unit if the digits before the zeros are 1, as the
    next lower numbers are then rounded more finely. At least 1.
    """
    digits = str(number).rstrip("0")
    unit = int("1" + "0" * (len(str(number)) - len(digits)))
    if len(digits) >= 2 and digits.endswith("5"):
        unit *= 5
    return max(1, unit // (4 if digits == "1" else 2))


def merge(intervals: Iterable[Interval]) -> Interval:
    """Return the highest start and the highest end: the interval of several forms of one number."""
    several = list(intervals)
    if len(several) == 1:
        return several[0]
    starts = [one.start for one in several if one.start is not None]
    ends = [one.end for one in several]
    return Interval(max(starts, default=None), _highest(ends))


def hull(intervals: Iterable[Interval]) -> Interval:
    """Return the lowest start and the highest end."""
    several = list(intervals)
    if len(several) == 1:
        return several[0]
    starts = [one.start for one in several]
    lowest = None if None in starts else min((start for start in starts if start is not None), default=None)
    return Interval(lowest, _highest([one.end for one in several]))


def all_meet(intervals: Iterable[Interval]) -> bool:
    """Whether every two of the intervals share a number; then all of them share one."""
    low, high = common_range(intervals)
    return low is None or high is None or low <= high


def common_range(intervals: Iterable[Interval]) -> tuple[int | None, int | None]:
    """Return the largest start and the smallest end of intervals, None where open: in order if a number is in all."""
    low: int | None = None
    high: int | None = None
    for start, end in intervals:
        if start is not None and (low is None or start > low):
            low = start
        if end is not None and (high is None or end < high):
            high = end
    return low, high


def _highest(ends: list[int | None]) -> int | None:
    """Return the highest end: None, open, where one is open."""
    return None if None in ends else max((end for end in ends if end is not None), default=None)
