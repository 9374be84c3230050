"""Pieces of a record: text, numbers and lists read by name from a node that knows its place in the file.

Prevents: a field that isn't stated being read as empty text or zero; it is None.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TypeVar

from conflict_incidents.core.findings import Mark
from conflict_incidents.records.yaml.parser import Mapping, Scalar, Sequence

Made = TypeVar("Made")


class _Field:
    """A field that is read from the node of its piece, by its key."""

    def __init__(self, key: str) -> None:
        self.key = key


class Text(_Field):
    """A field of text that the schema requires; empty only in a record that has been refused."""

    def __get__(self, part: Part, owner: type) -> str:
        return part.text(self.key) or ""


class Stated(_Field):
    """A field of text that may be absent: None, not stated."""

    def __get__(self, part: Part, owner: type) -> str | None:
        return part.text(self.key)


class Number(_Field):
    """A decimal number that may be absent: None, not stated."""

    def __get__(self, part: Part, owner: type) -> float | None:
        node = part.node.items.get(self.key)
        return float(node.value) if isinstance(node, Scalar) and not isinstance(node.value, str) else None


class Part:
    """A piece of a record. Its fields are read from its node, so that each knows its place in the file."""

    note = Stated("note")
    locator = Stated("locator")

    def __init__(self, node: Mapping) -> None:
        self.node = node

    def text(self, key: str) -> str | None:
        """The text at `key`, None where it isn't stated."""
        node = self.node.items.get(key)
        return str(node.value) if isinstance(node, Scalar) else None

    def true(self, key: str) -> bool:
        """Whether `key` is there and true."""
        node = self.node.items.get(key)
        return isinstance(node, Scalar) and node.value is True

    def texts(self, key: str) -> tuple[str, ...]:
        """The list of texts at `key`."""
        node = self.node.items.get(key)
        items = node.items if isinstance(node, Sequence) else []
        return tuple(str(item.value) for item in items if isinstance(item, Scalar))

    def at(self, *path: str | int) -> Mark:
        """Where the value at `path` stands."""
        return self.node.place(*path)

    @property
    def mark(self) -> Mark:
        """Where the piece itself stands."""
        return self.node.mark


class Located(Part):
    """A piece that may have a position of its own: degrees, WGS 84."""

    lat = Number("lat")
    lon = Number("lon")

    @property
    def position(self) -> tuple[float, float] | None:
        """Latitude and longitude; None where it has none of its own."""
        lat, lon = self.lat, self.lon
        return None if lat is None or lon is None else (lat, lon)


def one(node: Mapping, key: str, make: Callable[[Mapping], Made]) -> Made | None:
    """The piece at `key`, None where there is none."""
    child = node.items.get(key)
    return make(child) if isinstance(child, Mapping) else None


def listed(node: Mapping, key: str, make: Callable[[Mapping], Made]) -> list[Made]:
    """The pieces listed at `key`."""
    child = node.items.get(key)
    return [make(item) for item in child.items if isinstance(item, Mapping)] if isinstance(child, Sequence) else []


SENTINELS = ("0000-00-00", "0001-01-01", "1753-01-01", "1899-12-30", "1900-01-01", "1970-01-01", "9999-12-31")
"""Days that stand for "unknown" in many tables."""


def is_sentinel(text: str) -> bool:
    """Whether a date or a moment stands for an unknown one (REC008 says so, and no other rule)."""
    return text[:10] in SENTINELS


@dataclass(frozen=True, slots=True)
class DateSpan:
    """The first and last day in local time; `precision` is None where the incident is known to have lasted so."""

    first: str
    last: str
    precision: str | None
    at: Mark

    @property
    def days(self) -> tuple[date, date] | None:
        """Both days, or None where they can't be worked with: none, in reverse, or standing for unknown."""
        first, last = said_day(self.first), said_day(self.last)
        return (first, last) if first and last and first <= last else None


def as_day(text: str | None) -> date | None:
    """The calendar day that a date or a moment begins with, None where there is none."""
    try:
        return date.fromisoformat((text or "")[:10])
    except ValueError:
        return None


def is_later(moment: str, than: str) -> bool:
    """Whether a moment is known to be after another: by their times where both have one, else by their days."""
    time, other = as_instant(moment), as_instant(than)
    return other < time if time and other else "" < than[:10] < moment[:10]


def said_day(text: str | None) -> date | None:
    """The same, but None too where it stands for an unknown day."""
    return None if is_sentinel(text or "") else as_day(text)


def as_instant(text: str) -> datetime | None:
    """The instant of a moment with its zone, in UTC; None for a bare day, or where there is none."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC) if "T" in text else None
    except (ValueError, OverflowError):
        return None
