"""Voices as intervals on a common scale: positions in per cent, so that a drawing fits any width."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, log10

from conflict_incidents.tables.contract import CellValue

_STEPS = (1, 2, 5)
TICKS = 4
"""The approximate number of ticks of a scale."""
_MARGIN = 0.12
"""The share of the scale beyond the last number, for open ends."""


@dataclass(frozen=True, slots=True)
class Bar:
    """An interval as drawn: its start and width in per cent; a small one is drawn as a dot."""

    start: float
    width: float
    open_start: bool = False
    open_end: bool = False

    @property
    def end(self) -> float:
        """The end, in per cent."""
        return self.start + self.width


@dataclass(frozen=True, slots=True)
class Scale:
    """A scale from `first` to `last`, whole numbers."""

    first: float
    last: float
    step: int

    @classmethod
    def of(cls, numbers: Iterable[CellValue]) -> Scale:
        """Make a scale of some numbers, from 0 unless they are far from it and close to each other."""
        integers = [number for number in numbers if isinstance(number, int)] or [0]
        low, high = min(integers), max(integers)
        first = low if high and low > 0.6 * high and high - low < low else 0
        span = max(high - first, 1)
        step = _step(span / TICKS)
        first = max(0, first - step) // step * step
        last = ceil(max(high, first + 1) / step) * step
        return cls(first, last + (last - first) * _MARGIN, step)

    @property
    def ticks(self) -> list[tuple[int, float]]:
        """The numbers along the scale, each with its position."""
        count = int((self.last - self.first) / self.step)
        return [(int(self.first) + self.step * n, self.at(int(self.first) + self.step * n)) for n in range(count + 1)]

    def at(self, number: float) -> float:
        """Return the position of a number, in per cent; 2 % are left free on each side."""
        return round(2 + 96 * (number - self.first) / (self.last - self.first), 2)

    def bar(self, low: CellValue, high: CellValue) -> Bar:
        """Return an interval; an open end runs to the end of the scale."""
        start = 0.0 if low is None else self.at(float(low))
        end = 100.0 if high is None else self.at(float(high))
        return Bar(start, round(end - start, 2), low is None, high is None)


def _step(least: float) -> int:
    """Return the smallest of 1, 2, 5, 10, 20 … that is at least a number."""
    power: int = 10 ** max(0, int(log10(least)) if least > 1 else 0)
    return next(factor * scale for scale in (power, 10 * power) for factor in _STEPS if factor * scale >= least)
