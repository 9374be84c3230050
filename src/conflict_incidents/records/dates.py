"""Dates of records: days, spans, moments, and placeholders for unknown days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache

from conflict_incidents.core.findings import Mark, Shown

FIRST_YEAR = 1800
"""The first valid year; `0022` and `1022` are slips for 2022."""
SENTINELS = frozenset(["0000-00-00", "0001-01-01", "1753-01-01", "9999-12-31"])
"""Days that mean "unknown" in many tables, and can't be meant."""
POSSIBLE_SENTINELS = frozenset(["1899-12-30", "1900-01-01", "1970-01-01"])
"""Days that mean "unknown" in many tables, and may be meant."""


def is_sentinel(text: str) -> bool:
    """Whether a date or a moment is a placeholder for an unknown one (REC008)."""
    return text[:10] in SENTINELS or text[:10] in POSSIBLE_SENTINELS


@dataclass(frozen=True, slots=True)
class DateSpan:
    """The first and last day in local time; `precision` is None if the incident lasted the whole span."""

    first: str
    last: str
    precision: str | None
    at: Mark

    @property
    def days(self) -> tuple[date, date] | None:
        """Both days; None if missing, reversed, or placeholders for unknown."""
        first, last = known_day(self.first), known_day(self.last)
        return (first, last) if first and last and first <= last else None


@lru_cache(maxsize=4096)
def as_day(text: str | None) -> date | None:
    """Return the calendar day of a date or a moment; None if there is none."""
    try:
        return date.fromisoformat((text or "")[:10])
    except ValueError:
        return None


def span_apart(days: tuple[date, date] | None, since: str | None, until: str | None) -> Shown | None:
    """Return a span with open ends, in words, if days are outside it; None if not, or if it ends before it begins."""
    first, last = as_day(since) or date.min, as_day(until) or date.max
    if days is None or last < first or (first <= days[1] and days[0] <= last):
        return None
    return f"{as_day(since) or '…'} to {as_day(until) or '…'}"


def is_later(moment: str, than: str) -> bool:
    """Whether a moment is known to be after another: compares times if both have one, else days."""
    time, other = as_instant(moment), as_instant(than)
    return other < time if time and other else "" < than[:10] < moment[:10]


def known_day(text: str | None) -> date | None:
    """Return the calendar day of a date or a moment; None also for a placeholder that can't be meant."""
    return None if (text or "")[:10] in SENTINELS else as_day(text)


@lru_cache(maxsize=4096)
def as_instant(text: str) -> datetime | None:
    """Return the instant of a moment with a time zone, in UTC; None for a bare day or an invalid moment."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC) if "T" in text else None
    except (ValueError, OverflowError):
        return None
