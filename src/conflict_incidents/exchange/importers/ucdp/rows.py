"""Parse cells of a UCDP GED row: days, positions, countries and values."""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from conflict_incidents.core.countries import ECONOMIC_ZONE
from conflict_incidents.core.crosswalks import UCDP_CLARITY, UCDP_DATE_PREC, words
from conflict_incidents.core.names import fold
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.exchange.importers.gw_countries import countries
from conflict_incidents.exchange.importers.owners import without_owner
from conflict_incidents.exchange.importers.places import GeoPoint
from conflict_incidents.exchange.importers.source import MAX_NAME_LENGTH, position_of, word_of
from conflict_incidents.exchange.importers.store.batch import Accounting, ExternalValues, RowError, year_of
from conflict_incidents.exchange.importers.ucdp.places import PRECISIONS
from conflict_incidents.records.cells import CellError, tidy
from conflict_incidents.records.dates import is_sentinel
from conflict_incidents.records.days import read_day_in_year
from conflict_incidents.records.vocabulary import MAX_SPANS

DATE_PRECISIONS = words(UCDP_DATE_PREC)
"""Our precision by UCDP's `date_prec`."""
CLARITIES = words(UCDP_CLARITY)
_MIDNIGHT = re.compile(r"00:00(?::00(?:\.0+)?)?(?:Z|[+-]00(?::?00)?)?")
_DAY = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[T ]([0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?\s?(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)?))?"
)
TIME_REMARK = "a date has a time of day; the date is kept"
AT_SEA = "7"
"""The `where_prec` of international waters and airspace, which are in no country."""
UNITS = (("adm_2", "3"), ("adm_1", "4"), ("country", "6"))
"""The columns that replace a missing place name, smallest unit first, with their `where_prec`."""


@dataclass(frozen=True, slots=True)
class Spot:
    """The location stated by a row."""

    name: str
    country: str
    units: dict[str, str]
    """The names of administrative units, the largest first."""
    stated: GeoPoint | None
    """The position of the row."""
    position: GeoPoint | None
    """The position of the place; None if the stated one is outside the country."""
    code: str
    """The `where_prec` of the place."""
    unit_column: str = ""
    """The column of the unit that replaces a missing name."""


def country_of(cells: Mapping[str, str], account: Accounting) -> str:
    """Return the country, ISO 3166-1 alpha-3, by Gleditsch-Ward number or else by name; a remark says which is unknown.

    Raises:
        RowError: both are unknown, or they contradict each other.
    """
    by_number, by_name, _ = countries()
    name, number = cells["country"][:40], cells.get("country_id", "")[:10]
    id_code, name_code = by_number.get(cells.get("country_id", "")), by_name.get(fold(cells["country"]))
    if id_code and name_code and id_code != name_code:
        raise RowError("country", f"`{name}` is {name_code}, and the country_id `{number}` is {id_code}; correct one")
    code = id_code or name_code
    if code is None:
        raise RowError("country", f"`{name}` (`{number}`) is no state in the list gw_countries.csv")
    if name_code is None:
        account.remark("country isn't in gw_countries.csv; country_id was used")
    elif id_code is None and number:
        account.remark("country_id isn't in gw_countries.csv; country was used")
    return code


def spot_of(external: ExternalValues) -> Spot:
    """Return the place of a row; without a name, or with only a person's name, the smallest unit.

    Raises:
        RowError: the name is too long, or the position invalid.
    """
    cells = external.cells
    name, code, instead = without_owner(tidy(cells["where_coordinates"])), cells["where_prec"], ""
    word_of(cells, "where_prec", PRECISIONS)
    country = country_of(cells, external.account)
    stated, is_inside = position_of(external, country, 360 if code == AT_SEA else ECONOMIC_ZONE)
    position = stated if is_inside else None
    if not name:
        instead, own = next((unit for unit in UNITS if fold(cells.get(unit[0], ""))), UNITS[-1])
        name = tidy(cells[instead]) or countries()[2][country][1]
        if own != code:  # the position isn't that of the unit
            code, position = own, None
    if len(name) > MAX_NAME_LENGTH:
        raise RowError(instead or "where_coordinates", f"it is longer than {MAX_NAME_LENGTH} characters")
    units = {"adm1": tidy(cells.get("adm_1", "")), "adm2": tidy(cells.get("adm_2", ""))}
    return Spot(name, country, units, stated, position, code, instead)


def day_in(text: str, order: str | None, year: int | None) -> tuple[date, bool]:
    """Parse the day of a cell, and whether it has a time other than midnight.

    Raises:
        CellError: there is no valid day.
    """
    iso = _DAY.fullmatch(text)
    day = date.fromisoformat(read_day_in_year(iso[1] if iso else text, order, year))
    return day, bool(iso and iso[2] and not _MIDNIGHT.fullmatch(iso[2].replace(" ", "")))


def day_of(cells: Mapping[str, str], column: str, order: str | None, account: Accounting) -> date:
    """Return a day; midnight is ignored, another time is reported.

    Raises:
        RowError: there is no valid day.
    """
    try:
        day, is_timed = day_in(cells[column], order, year_of(cells))
    except CellError as error:
        raise RowError(column, str(error)) from None
    if is_timed:
        account.remark(f"{column}: {TIME_REMARK}")
    return day


def date_of(external: ExternalValues, order: str | None) -> tuple[Any, date, date]:
    """Return the record's date, its first and its last day; the precision is the next one that the span fits.

    Raises:
        RowError: a day is invalid, the span is reversed or not in the row's year, or the code of precision is unknown.
    """
    cells, account = external.cells, external.account
    first, last = (day_of(cells, column, order, account) for column in ("date_start", "date_end"))
    if last < first:
        raise RowError("date_end", f"{last} is before date_start, {first}")
    year = year_of(cells)
    if year is not None and not first.year <= year <= last.year:
        raise RowError("year", f"the dates ({first} to {last}) aren't in the row's year, {year}; correct one")
    precision, words = word_of(cells, "date_prec", DATE_PRECISIONS), list(DATE_PRECISIONS.values())
    candidates = words[words.index(precision) :]
    fits = next((word for word in candidates if (last - first).days < MAX_SPANS[word]), None)
    account.count_mapped("date_start", "date")
    account.count_mapped("date_end", "date")
    external.account_for("date_prec", fits == precision, "date.precision")
    if fits == "day":
        return first.isoformat(), first, last
    span = {"from": first.isoformat(), "to": last.isoformat()}
    return span | ({"precision": fits} if fits else {}), first, last


def when(first: date, last: date) -> str:
    """Format the days for a title."""
    begin, end = (f"{day.day} {calendar.month_name[day.month]} {day.year}" for day in (first, last))
    return f"on {begin}" if first == last else f"between {begin} and {end}"


def title_of(*words: str) -> str:
    """Return a title of event, place and date; a place with a too long name is left out."""
    title = " ".join(words)
    return title if len(title) <= MAX_NAME_LENGTH else f"{words[0]} {words[-1]}"


def publication_day(text: str, order: str | None, dataset: Dataset) -> tuple[str | None, str]:
    """Return the day of publication of an article and a remark, if any; or None and the reason for leaving it out."""
    text = text.strip()
    if not text:
        return None, ""
    if is_sentinel(text):
        return None, "means an unknown date"
    try:
        day, is_timed = day_in(text, order, None)
    except CellError:
        return None, "no date"
    if day.year < 1900 or is_sentinel(day.isoformat()):
        return None, "means an unknown date"
    if day > dataset.latest_day:
        return None, "is in the future"
    return day.isoformat(), TIME_REMARK if is_timed else ""
