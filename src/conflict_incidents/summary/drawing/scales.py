"""Round numbers for the scales of pictures."""

from __future__ import annotations

import math


def step(span: float, most: int) -> float:
    """The smallest of 1, 2, 5, 10 … (or a decimal fraction of these) that fits into a span at most so many times."""
    if span <= 0:
        return 1.0
    tenth = 10.0 ** math.floor(math.log10(span / most))
    return next(tenth * factor for factor in (1, 2, 5, 10, 20) if span / (tenth * factor) <= most)


def ticks(top: float, most: int = 5) -> list[int]:
    """Whole numbers from 0 up to `top`, at round steps."""
    by = max(1, int(step(top, most)))
    return list(range(0, int(top) + 1, by))
