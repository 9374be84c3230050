"""Parse a cell with a date or a span; the order of day and month is given, never guessed."""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from conflict_incidents.core.findings import Shown, bare, show
from conflict_incidents.core.resources import csv_rows
from conflict_incidents.records.cells import MONTHS, CellError, comparison_form, is_unknown
from conflict_incidents.records.dates import FIRST_YEAR

_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_CLOCK = re.compile(r"(.+?)[t ]([0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?) ?(z|utc|gmt|[+-][0-9]{2}:?[0-9]{2})?")
_MIDNIGHT = re.compile(r"0{1,2}:00(?::00(?:\.0+)?)?")
_DIGITS = {"ymd": (0, 4, 6), "dmy": (4, 2, 0), "mdy": (4, 0, 2)}
"""The offsets of year, month and day in a date of eight digits, by order."""
_TWO_DAYS = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}) *(?:to|until|/|-|\u2013|\u2014|\.{2,3}) *([0-9]{4}-[0-9]{2}-[0-9]{2})"
)
_COMPACT_DATE = re.compile(r"([0-9]{1,2})([^\W\d_]{3,})([0-9]{2,4})")
"""A date without separators, as statistical programs write it: `01mar2015`."""
_OF = frozenset(("of", "de", "del"))
_UTC_MIDNIGHT = re.compile(r"[T ]0?0:00(?::00(?:\.0+)?)?(?:Z|[+-]00(?::?00)?)?\Z")
"""A day written as a moment, as some programs do."""
_DAY_ZERO = date(1899, 12, 30)
"""Day 0 of spreadsheets' serial numbers."""
Span = str | dict[str, str]
"""A date as in a record: `2022-09-08`, or `{from: …, to: …, precision: month}`."""


@dataclass(frozen=True, slots=True)
class DateForm:
    """The format of dates in a table.

    `order` is that of day, month and year, `months` are further names of months, `drop_times` whether a time of day may
    be dropped, `century` that of years of two digits, and `zone` that of local days.
    """

    order: str | None = None
    months: Mapping[str, int] = field(default_factory=dict)
    drop_times: bool = False
    century: int | None = None
    zone: str | None = None


def read_day(cell: str, form: DateForm) -> Span | None:
    """Parse the day in a cell: a span if it names only a month or a year, None if it is empty or unknown.

    Raises:
        CellError: the cell is invalid or ambiguous.
    """
    text = comparison_form(cell)
    if is_unknown(text):
        return None
    clock = _CLOCK.fullmatch(text)
    if clock and (clock[3] or not _MIDNIGHT.fullmatch(clock[2])) and not form.drop_times:
        raise CellError(f"{show(cell)} has a time of day, for which the mapping has no place; set `times: drop`")
    day = _read(clock[1] if clock else text, cell, form)
    return _local(day, clock[2], clock[3], cell, form) if clock and clock[3] else day


def possible_days(text: str) -> list[Span]:
    """Return the days, months or years that a text may mean: two if the order of day and month is ambiguous."""
    between = _TWO_DAYS.fullmatch(text.strip())
    if between and between[1] < between[2]:
        return [{"from": between[1], "to": between[2]}]
    days: list[Span] = []
    for order in ("ymd", "dmy", "mdy"):
        try:
            read = read_day(text, DateForm(order))
        except CellError:
            continue
        if read is not None and read not in days:
            days.append(read)
    return days


def read_day_in_year(cell: str, order: str | None, year: int | None) -> str:
    """Parse the day in a cell, given the row's year.

    The year resolves a year of two digits, and checks a spreadsheet's serial number. A time of day is ignored.

    Raises:
        CellError: the cell has no unambiguous day.
    """
    numbered = _DAY_ZERO + timedelta(days=int(cell)) if re.fullmatch(r"[0-9]{5}", cell) else None
    if numbered and numbered.year == year:
        return numbered.isoformat()
    form = DateForm(order, drop_times=True, century=None if year is None else year // 100 * 100)
    day = read_day(_UTC_MIDNIGHT.sub("", cell), form)
    if not isinstance(day, str):
        raise CellError(f"{show(cell)} is no day, such as 2016-01-31")
    return day


def read_parts(year: str, month: str, day: str, form: DateForm) -> Span | None:
    """Combine cells for year, month and day into a date; a span of the month or year if the day is empty or 0.

    Raises:
        CellError: a cell is invalid, or the day is given without the month.
    """
    cells = [re.sub(r"\.0+\Z", "", comparison_form(cell)) for cell in (year, month, day)]
    parts = ["" if is_unknown(cell) or not cell.strip("0") else cell for cell in cells]
    joined = "-".join(cell for cell in (year, month, day) if cell)
    if not parts[0]:
        if any(parts):
            raise CellError(f"{show(joined)} has no year")
        return None
    months = _parts(parts[1] or "1", form)
    years = "[0-9]{4}" if form.century is None else "[0-9]{2}|[0-9]{4}"
    numbers = re.fullmatch(f"({years}) [0-9]{{1,2}} [0-9]{{1,2}}", f"{parts[0]} {months[0]} {parts[2] or 1}")
    if not numbers or len(months) > 1:
        raise CellError(f"{show(joined)} is not a year, a month and a day")
    if parts[2] and not parts[1]:
        raise CellError(f"{show(joined)} has a day and no month")
    first = _checked_day(int(_full_year(parts[0], form)), int(months[0]), int(parts[2] or 1), joined)
    return first if parts[2] else period_of(int(first[:4]), int(months[0]) if parts[1] else None)


def _read(text: str, cell: str, form: DateForm) -> Span:
    """Parse a text without a time of day into a day, month or year."""
    parts = _parts(text, form)
    if re.fullmatch(r"[0-9]{4}", text):
        return period_of(int(text), None)
    if len(parts) == 2:
        return _month(parts, cell)
    if match := _ISO.fullmatch(text):
        return _checked_day(int(match[1]), int(match[2]), int(match[3]), cell)
    if re.fullmatch(r"[0-9]{8}", text):
        if form.order is None:
            raise CellError(f"{show(cell)} may be a date of eight digits; name the `order` of dates in the mapping")
        year, month, day = _DIGITS[form.order]
        return _checked_day(int(text[year : year + 4]), int(text[month : month + 2]), int(text[day : day + 2]), cell)
    if len(parts) != 3:
        hint = "; it looks like a spreadsheet's day number: format the column as a date"
        note = Shown(hint if re.fullmatch(r"[0-9]{5}", text) else "")
        raise CellError(f"{show(cell)} is not a date such as 2022-09-08{note}")
    return _order_parts(parts, cell, form)


def _local(day: Span, clock: str, offset: str, cell: str, form: DateForm) -> Span:
    """Convert the day of a moment with an offset to the local day of the form's zone."""
    if not isinstance(day, str):
        raise CellError(f"{show(cell)} has a time of day, and no day")
    if form.zone is None:
        raise CellError(
            f"{show(cell)} is a moment by the clock of another zone ({show(offset)}); name the local `timezone` in "
            "the mapping, so that its day is known"
        )
    offset = "+00:00" if offset in {"z", "utc", "gmt"} else offset
    try:
        moment = datetime.fromisoformat(f"{day}T{clock:0>5}{offset}")
        local = moment.astimezone(ZoneInfo(form.zone)).date().isoformat()
    except (ValueError, OverflowError) as error:
        raise CellError(f"{show(cell)} is no moment ({bare(error)})") from error
    if local != day and offset == "+00:00" and _MIDNIGHT.fullmatch(clock):
        raise CellError(
            f"{show(cell)} may be a day, or a moment of {bare(local)} in {bare(form.zone)}; write the day alone"
        )
    return local


def _full_year(year: str, form: DateForm) -> str:
    """Return a year with four digits; two digits are resolved only if the century is known."""
    return str(form.century + int(year)) if len(year) == 2 and form.century is not None else year


def period_of(year: int, month: int | None) -> dict[str, str]:
    """Return the span of a month, or of a year.

    Raises:
        CellError: the year is out of range.
    """
    if year < FIRST_YEAR:
        raise CellError(f"the year {year} is before {FIRST_YEAR}; correct it")
    first, last = (month, month) if month else (1, 12)
    end = calendar.monthrange(year, last)[1]
    return {
        "from": f"{year:04d}-{first:02d}-01",
        "to": f"{year:04d}-{last:02d}-{end:02d}",
        "precision": "month" if month else "year",
    }


def widen(day: str, precision: str) -> Span:
    """Widen a day that represents a longer period: three days each way for a week, its month, or its year."""
    at = date.fromisoformat(day)
    if precision == "week":
        three = timedelta(days=3)
        return {"from": (at - three).isoformat(), "to": (at + three).isoformat(), "precision": "week"}
    return day if precision == "day" else period_of(at.year, at.month if precision == "month" else None)


@cache
def _month_names(more: tuple[tuple[str, int], ...]) -> tuple[dict[str, int], re.Pattern[str]]:
    """Return month names with their numbers, and the pattern of a token of a date: such a name, or letters and digits.

    The names are English, unambiguous ones of eight other languages, and `more`.
    """
    listed = [
        (name, int(row["month"])) for row in csv_rows(__file__, "month_names.csv") for name in row["names"].split("|")
    ]
    names = MONTHS | {comparison_form(name): month for name, month in (*listed, *more)}
    of_words = sorted((re.escape(name) for name in names if " " in name), key=len, reverse=True)
    return names, re.compile("|".join([*of_words, r"[^\s,./-]+"]))


def _parts(text: str, form: DateForm) -> list[int | str]:
    """Split a date into numbers (as text, with leading zeros) and named months (as integers)."""
    names, piece = _month_names(tuple(form.months.items()))
    parts: list[int | str] = []
    for part in piece.findall(_COMPACT_DATE.sub(r"\1 \2 \3", text)):
        if part not in _OF:
            bare = re.sub(r"(?<=[0-9])(?:st|nd|rd|th)\Z", "", part)
            parts.append(names.get(bare, bare))
    return parts


def _month(parts: list[int | str], cell: str) -> dict[str, str]:
    """Parse a month and a year, where the year has four digits: September 2022, 2022-09, 09/2022."""
    years = [part for part in parts if isinstance(part, str) and re.fullmatch(r"[0-9]{4}", part)]
    others = [part for part in parts if part not in years]
    if len(years) != 1 or len(others) != 1 or not str(others[0]).isdigit() or not 1 <= int(others[0]) <= 12:
        raise CellError(f"{show(cell)} is not a date such as 2022-09-08, and no month such as 2022-09")
    return period_of(int(years[0]), int(others[0]))


def _order_parts(parts: list[int | str], cell: str, form: DateForm) -> str:
    months = [part for part in parts if isinstance(part, int)]
    numbers = [part for part in parts if isinstance(part, str)]
    if not all(re.fullmatch(r"[0-9]{1,4}", part) for part in numbers) or len(months) > 1:
        raise CellError(f"{show(cell)} is not a date such as 2022-09-08")
    if form.century is not None and not any(len(part) == 4 for part in numbers):
        last = 0 if form.order == "ymd" else 2
        parts = [_full_year(str(part), form) if n == last else part for n, part in enumerate(parts)]
        numbers = [part for part in parts if isinstance(part, str)]
    years = [part for part in numbers if len(part) == 4]
    if len(years) != 1:
        raise CellError(f"{show(cell)} has no year of four digits; write it so, or name the `century` of dates")
    rest = [int(part) for part in numbers if part not in years]
    if months:
        return _checked_day(int(years[0]), months[0], rest[0], cell)
    if parts[0] in years:
        return _checked_day(int(years[0]), rest[0], rest[1], cell)
    if form.order is None or form.order == "ymd" or parts[2] not in years:
        raise CellError(f"{show(cell)} may be day first or month first; name the `order` of dates (--dates)")
    day, month = rest if form.order == "dmy" else reversed(rest)
    return _checked_day(int(years[0]), month, day, cell)


def _checked_day(year: int, month: int, day: int, cell: str) -> str:
    try:
        value = date(year, month, day)
    except ValueError as error:
        raise CellError(f"{show(cell)} does not exist ({bare(error)}); is the `order` of dates right?") from error
    if year < FIRST_YEAR:
        raise CellError(f"{show(cell)} is before {FIRST_YEAR}; correct the year")
    return value.isoformat()
