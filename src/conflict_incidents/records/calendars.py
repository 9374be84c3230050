"""Convert dates of the Hijri (Umm al-Qura) and the Solar Hijri calendar, as sources write them, to Gregorian days."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from functools import cache

from conflict_incidents.core.findings import Shown
from conflict_incidents.core.names import fold_and_join

HIJRI, SOLAR_HIJRI = Shown("Hijri"), Shown("Solar Hijri")
_NUMBERS = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})")
_NAMED_MONTH = re.compile(r"([0-9]{1,2})\s+(\D+?)\s+([0-9]{4})")


def gregorian(text: str) -> dict[Shown, date]:
    """Return the possible Gregorian days of a date by calendar; empty if it is valid in neither.

    A named month is of one calendar (`12 Safar 1444`, `17 Shahrivar 1401`, also in Arabic and Persian). A numeric date,
    year first, may be of both. Digits may be of any script.
    """
    plain = "".join(str(unicodedata.digit(sign, sign)) for sign in text.strip())
    if match := _NUMBERS.fullmatch(plain):
        year, month, day = map(int, match.groups())
        read = {name: _day(name, year, month, day) for name in (HIJRI, SOLAR_HIJRI)}
    elif match := _NAMED_MONTH.fullmatch(plain):
        calendar, month = _months().get(fold_and_join(match[2]), (HIJRI, 0))
        read = {calendar: _day(calendar, int(match[3]), month, int(match[1]))} if month else {}
    else:
        read = {}
    return {calendar: day for calendar, day in read.items() if day}


def ethiopian(day: date) -> date:
    """Return the Gregorian day of a date of the Ethiopian calendar; its thirteenth month isn't read."""
    return date.fromordinal(2795 + 365 * (day.year - 1) + day.year // 4 + 30 * (day.month - 1) + day.day)


def _day(calendar: str, year: int, month: int, day: int) -> date | None:
    from hijridate import Hijri
    from persiantools.jdatetime import JalaliDate

    try:
        if calendar == SOLAR_HIJRI:
            solar = JalaliDate(year, month, day)  # type: ignore[no-untyped-call] # persiantools has no types here
            return date.fromisoformat(solar.to_gregorian().isoformat()) if year > 1000 else None
        return date.fromisoformat(Hijri(year, month, day).to_gregorian().isoformat())
    except (ValueError, OverflowError):
        return None  # no such day, or outside the calendar's tables


@cache
def _months() -> dict[str, tuple[Shown, int]]:
    """Return calendar and number of each month, by its joined name in English, Arabic or Persian."""
    from hijridate import Hijri
    from persiantools.jdatetime import MONTH_NAMES_EN, MONTH_NAMES_FA

    months = {
        fold_and_join(names[number] or ""): (SOLAR_HIJRI, number)
        for names in (MONTH_NAMES_EN, MONTH_NAMES_FA)
        for number in range(1, 13)
    }
    for number in range(1, 13):
        first = Hijri(1444, number, 1)
        months |= dict.fromkeys(
            (fold_and_join(first.month_name(language)) for language in ("en", "ar")), (HIJRI, number)
        )
    return months
