"""Parse a cell with a date or a span; the order of day and month is given, never guessed."""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from conflict_incidents.core.findings import shown
from conflict_incidents.records.cells import CellError, compared, is_unknown

_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_CLOCK = re.compile(r"(.+?)[t ]([0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?:z|[+-][0-9]{2}:?[0-9]{2})?)")
_MIDNIGHT = re.compile(r"0{1,2}:00(?::00(?:\.0+)?)?")
_MONTHS = {name.casefold(): number for number, name in enumerate(calendar.month_name) if name} | {
    name.casefold(): number for number, name in enumerate(calendar.month_abbr) if name
}
_MONTHS["sept"] = 9
Span = str | dict[str, str]
"""A date as a record has it: `2022-09-08`, or `{from: …, to: …, precision: month}`."""


@dataclass(frozen=True, slots=True)
class DateForm:
    """How a table writes dates: the `order` of day, month and year, further names of `months`, and whether a time of
    day may be dropped."""

    order: str | None = None
    months: Mapping[str, int] = field(default_factory=dict)
    drop_times: bool = False


def read_day(cell: str, form: DateForm) -> Span | None:
    """The day in a cell, a span where it names only a month or a year, None where it says nothing.

    Raises:
        CellError: the cell can't be understood for sure.
    """
    text = compared(cell)
    if is_unknown(text):
        return None
    if (clock := _CLOCK.fullmatch(text)) and not _MIDNIGHT.fullmatch(clock[2]) and not form.drop_times:
        raise CellError(f"{shown(cell)} has a time of day, for which the mapping has no place; set `times: drop`")
    text = clock[1] if clock else text
    parts = _parts(text, form)
    if re.fullmatch(r"[0-9]{4}", text):
        return whole(int(text), None)
    if len(parts) == 2:
        return _month(parts, cell)
    if found := _ISO.fullmatch(text):
        return _checked(int(found[1]), int(found[2]), int(found[3]), cell)
    if len(parts) != 3:
        hint = "; it looks like a spreadsheet's day number: format the column as a date" if text.isdigit() else ""
        raise CellError(f"{shown(cell)} is not a date such as 2022-09-08{hint}")
    return _ordered(parts, cell, form)


def whole(year: int, month: int | None) -> dict[str, str]:
    """The span of a month, or of a year.

    Raises:
        CellError: there is no such year.
    """
    if year == 0:
        raise CellError("there is no year 0")
    first, last = (month, month) if month else (1, 12)
    end = calendar.monthrange(year, last)[1]
    return {
        "from": f"{year:04d}-{first:02d}-01",
        "to": f"{year:04d}-{last:02d}-{end:02d}",
        "precision": "month" if month else "year",
    }


def widened(day: str, precision: str) -> Span:
    """A day that represents a longer period → that period: three days each way for a week, its month, or its year."""
    at = date.fromisoformat(day)
    if precision == "week":
        three = timedelta(days=3)
        return {"from": (at - three).isoformat(), "to": (at + three).isoformat(), "precision": "week"}
    return day if precision == "day" else whole(at.year, at.month if precision == "month" else None)


def _parts(text: str, form: DateForm) -> list[int | str]:
    """Numbers unchanged, with their zeros, and months that are named as numbers."""
    names = _MONTHS | {compared(name): number for name, number in form.months.items()}
    pieces = [piece for piece in re.split(r"[\s,./-]+", text) if piece and piece != "of"]
    found: list[int | str] = []
    for piece in pieces:
        bare = re.sub(r"(?<=[0-9])(?:st|nd|rd|th)\Z", "", piece)
        found.append(names.get(bare, bare))
    return found


def _month(parts: list[int | str], cell: str) -> dict[str, str]:
    """September 2022, 2022-09, 09/2022: the year is the part with four digits."""
    years = [part for part in parts if isinstance(part, str) and re.fullmatch(r"[0-9]{4}", part)]
    others = [part for part in parts if part not in years]
    if len(years) != 1 or len(others) != 1 or not str(others[0]).isdigit() or not 1 <= int(others[0]) <= 12:
        raise CellError(f"{shown(cell)} is not a date such as 2022-09-08, and no month such as 2022-09")
    return whole(int(years[0]), int(others[0]))


def _ordered(parts: list[int | str], cell: str, form: DateForm) -> str:
    named = [part for part in parts if isinstance(part, int)]
    numbers = [part for part in parts if isinstance(part, str)]
    if not all(re.fullmatch(r"[0-9]{1,4}", part) for part in numbers) or len(named) > 1:
        raise CellError(f"{shown(cell)} is not a date such as 2022-09-08")
    years = [part for part in numbers if len(part) == 4]
    if len(years) != 1:
        raise CellError(f"{shown(cell)} has no year of four digits; write it so")
    rest = [int(part) for part in numbers if part not in years]
    if named:
        return _checked(int(years[0]), named[0], rest[0], cell)
    if parts[0] in years:
        return _checked(int(years[0]), rest[0], rest[1], cell)
    if form.order is None or form.order == "ymd" or parts[2] not in years:
        raise CellError(f"{shown(cell)} may be day first or month first; name the `order` of dates in the mapping")
    day, month = rest if form.order == "dmy" else reversed(rest)
    return _checked(int(years[0]), month, day, cell)


def _checked(year: int, month: int, day: int, cell: str) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError as error:
        raise CellError(f"{shown(cell)} does not exist ({error}); is the `order` of dates right?") from error
