"""Incidents and killed by month, or by year if there are too many months."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import pandas as pd

from conflict_incidents.release.pictures.groups import IncidentGroup, count, group_by

MAX_MONTHS = 180
"""The maximum number of months to show; beyond it, years are shown."""
MIN_GAP = 6
"""The minimum length of a gap without incidents to mark, in months or years."""
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
"""The names of the months, independent of the locale."""


@dataclass(frozen=True, slots=True)
class Months:
    """Incidents over time.

    `unit` is `month` or `year`. `groups` has the months or years with incidents, keyed by number: months are counted
    from January of the year 0. `unplaced` are the incidents not known to be within one of them; `years` is by year.
    """

    unit: str
    groups: tuple[IncidentGroup, ...]
    unplaced: IncidentGroup | None
    years: tuple[IncidentGroup, ...]

    def gaps(self, least: int = 1) -> list[tuple[int, int]]:
        """Return the first and last month or year of each gap of at least a given length."""
        gaps = ((before.key + 1, after.key - 1) for before, after in pairwise(self.groups))
        return [(first, last) for first, last in gaps if last - first + 1 >= least]

    def name(self, number: int) -> str:
        """Return the name of a month or year: `Sep 2022`, `2022`."""
        return f"{MONTHS[number % 12]} {number // 12}" if self.unit == "month" else str(number)

    @property
    def span(self) -> str:
        """Describe the first and last month or year, to follow a number of incidents."""
        if not self.groups:
            return ""
        first, last = (self.name(group.key) for group in (self.groups[0], self.groups[-1]))
        return f" in {first}" if first == last else f" from {first} to {last}"

    def notes(self) -> list[str]:
        """Return notes on what the bars don't show."""
        notes = []
        if empty := sum(last - first + 1 for first, last in self.gaps()):
            longest = [f"{self.name(first)} to {self.name(last)}" for first, last in self.gaps(MIN_GAP)]
            among = "among them " if len(longest) < len(self.gaps()) else ""
            examples = f" ({among}{', '.join(longest)})" if 0 < len(longest) <= 3 else ""
            without = f"{count(empty, self.unit)} without a recorded incident{examples}"
            notes.append(f"{without}, which doesn't mean that nothing happened.")
        if self.unplaced:
            notes.append(
                f"Not drawn: {count(self.unplaced.incidents)}, not known to lie within one {self.unit}, with "
                f"{self.unplaced.toll} killed."
            )
        return notes


def over_time(incidents: pd.DataFrame) -> Months:
    """Group published rows of the table `incidents` by month or year."""
    months, unplaced = group_by(incidents, "month")
    years, unplaced_in_years = group_by(incidents, "year")
    by_month = tuple(replace(one, key=one.key.year * 12 + one.key.month - 1) for one in months)
    by_year = tuple(replace(one, key=int(getattr(one.key, "year", one.key))) for one in years)
    if not by_month or by_month[-1].key - by_month[0].key < MAX_MONTHS:
        return Months("month", by_month, unplaced, by_year)
    return Months("year", by_year, unplaced_in_years, by_year)
