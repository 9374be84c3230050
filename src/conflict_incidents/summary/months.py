"""Incidents and killed over time: a total for each month, or each year where there are too many months to tell apart.

Prevents: an incident that lasted over two months, or of which only the year is known, being drawn in one of them; and
a month without incidents passing for a month in which nothing happened.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import pandas as pd

from conflict_incidents.analysis import Total, total
from conflict_incidents.summary.groups import grouped

MOST_MONTHS = 180
"""How many months a picture shows one by one; beyond, it shows years."""
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
"""Their names, whatever the language of the system."""


@dataclass(frozen=True, slots=True)
class OverTime:
    """What happened when.

    `unit` is `month` or `year`. `stretches` has those with incidents, each by its number: years as they are, months
    counted from January of the year 0. `unplaced` are the incidents not known to lie within one of them, None where
    there are none, and `all` is every incident. `years` has the same by year, for those who read.
    """

    unit: str
    stretches: tuple[tuple[int, Total], ...]
    unplaced: Total | None
    all: Total
    years: tuple[tuple[int, Total], ...]

    @property
    def span(self) -> tuple[int, int]:
        """The first and last stretch with incidents.

        Raises:
            IndexError: there is none.
        """
        return self.stretches[0][0], self.stretches[-1][0]

    def gaps(self, least: int = 1) -> list[tuple[int, int]]:
        """The stretches without incidents between others, where at least so many follow each other: first and last."""
        numbers = [number for number, _ in self.stretches]
        return [(before + 1, after - 1) for before, after in pairwise(numbers) if after - before - 1 >= least]

    @property
    def most(self) -> list[tuple[int, Total]]:
        """The stretches with most incidents."""
        highest = max((total.incidents for _, total in self.stretches), default=0)
        return [(number, total) for number, total in self.stretches if total.incidents == highest]

    @property
    def worst(self) -> list[tuple[int, Total]]:
        """The stretches with the highest toll, open ends left aside; none where nobody was killed, or it's unknown."""
        highest = max((total.high or 0 for _, total in self.stretches), default=0)
        return [(number, total) for number, total in self.stretches if highest and total.high == highest]

    def name(self, number: int) -> str:
        """What a stretch is called: `Sep 2022`, or `2022`."""
        return f"{MONTHS[number % 12]} {number // 12}" if self.unit == "month" else str(number)


def over_time(incidents: pd.DataFrame) -> OverTime:
    """What happened when, by standing rows of the table `incidents`."""
    months, unplaced = grouped(incidents, "month")
    years, unplaced_in_years = grouped(incidents, "year")
    by_month = tuple((first.year * 12 + first.month - 1, found) for first, found in months)
    by_year = tuple((first.year, found) for first, found in years)
    whole = total(incidents)
    if not by_month or by_month[-1][0] - by_month[0][0] < MOST_MONTHS:
        return OverTime("month", by_month, unplaced, whole, by_year)
    return OverTime("year", by_year, unplaced_in_years, whole, by_year)
