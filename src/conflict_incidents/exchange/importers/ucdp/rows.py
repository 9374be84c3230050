"""Parse cells of a UCDP GED row: days, positions, countries and values."""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from conflict_incidents.core.countries import ECONOMIC_ZONE
from conflict_incidents.core.crosswalks import UCDP_CLARITY, UCDP_DATE_PREC, words
from conflict_incidents.core.names import folded
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.exchange.importers.gw_countries import countries
from conflict_incidents.exchange.importers.owners import without_owner
from conflict_incidents.exchange.importers.places import DECIMALS, PRECISIONS, Spot
from conflict_incidents.exchange.importers.rowvalues import degrees, located
from conflict_incidents.exchange.importers.store.batch import Accounting, Beside, RowError, year_of
from conflict_incidents.records.cells import CellError, tidy
from conflict_incidents.records.dates import is_sentinel
from conflict_incidents.records.days import read_day_in_year
from conflict_incidents.records.vocabulary import LONGEST_SPANS

DATE_PRECISIONS = words(UCDP_DATE_PREC)
"""UCDP's `date_prec` in our words."""
CLARITIES = words(UCDP_CLARITY)
SENTENCES = {
    "source_headline": "other people's sentences",
    "source_article": "other people's sentences",
    "where_description": "free text that may name people",
}
"""Columns with text by others, and why it isn't kept."""
LONGEST_NAME = 200
_MIDNIGHT = re.compile(r"00:00(?::00(?:\.0+)?)?(?:Z|[+-]00(?::?00)?)?")
_DAY = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[T ]([0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?\s?(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)?))?"
)
TIMED = "a date has a time of day; the date is kept"
AT_SEA = "7"
"""The `where_prec` of international waters and airspace, which are in no country."""
UNITS = (("adm_2", "3"), ("adm_1", "4"), ("country", "6"))
"""What replaces a place without a name, the closest first, and the `where_prec` of each."""


def country_of(cells: Mapping[str, str]) -> str:
    """The country, ISO 3166-1 alpha-3, by Gleditsch-Ward number or else by name.

    Raises:
        RowError: neither is known, or they are two countries.
    """
    by_id, by_name = _countries_of(cells)
    name, number = cells["country"][:40], cells.get("country_id", "")[:10]
    if by_id and by_name and by_id != by_name:
        raise RowError("country", f"`{name}` is {by_name}, and the country_id `{number}` is {by_id}; correct one")
    found = by_id or by_name
    if found is None:
        raise RowError("country", f"`{name}` (`{number}`) is no state in the list gw_countries.csv")
    return found


def remark_country(cells: Mapping[str, str], account: Accounting) -> None:
    """Note where only one of a country's name and number is known."""
    by_id, by_name = _countries_of(cells)
    if by_name is None:
        account.remark("country isn't in gw_countries.csv; country_id was used")
    elif by_id is None and cells.get("country_id"):
        account.remark("country_id isn't in gw_countries.csv; country was used")


def _countries_of(cells: Mapping[str, str]) -> tuple[str | None, str | None]:
    by_number, by_name, _ = countries()
    return by_number.get(cells.get("country_id", "")), by_name.get(folded(cells["country"]))


def spot_of(cells: Mapping[str, str]) -> Spot:
    """The place of a row; without a name, or with a person's name only, the closest unit.

    Raises:
        RowError: the name is too long, or the position isn't one.
    """
    name, code, instead = without_owner(tidy(cells["where_coordinates"])), cells["where_prec"], ""
    if code not in PRECISIONS:
        raise RowError("where_prec", f"`{code[:40]}` is none of 1 to 7")
    country, (lat, lon) = country_of(cells), position_of(cells)
    anywhere = 360 if code == AT_SEA else ECONOMIC_ZONE
    if lat is None or lon is None or not located(country, lat, lon, "latitude", anywhere):
        lat, lon = None, None
    if not name:
        instead, own = next((unit for unit in UNITS if folded(cells.get(unit[0], ""))), UNITS[-1])
        name = tidy(cells[instead]) or countries()[2][country][1]
        if own != code:  # the position is that of what has no name
            code, lat, lon = own, None, None
    if len(name) > LONGEST_NAME:
        raise RowError(instead or "where_coordinates", f"it is longer than {LONGEST_NAME} characters")
    return Spot(name, country, cells.get("adm_1", ""), cells.get("adm_2", ""), lat, lon, code, instead)


def position_of(cells: Mapping[str, str]) -> tuple[float | None, float | None]:
    """Latitude and longitude of a row, both or neither.

    Raises:
        RowError: the position isn't one.
    """
    lat, lon = (degrees(cells[name], name, most) for name, most in (("latitude", 90), ("longitude", 180)))
    if (lat is None) != (lon is None):
        raise RowError("latitude" if lat is None else "longitude", "it is empty, and its counterpart isn't")
    return (None, None) if lat is None or lon is None else (round(lat, DECIMALS) + 0.0, round(lon, DECIMALS) + 0.0)


def day_in(text: str, order: str | None, year: int | None) -> tuple[date, bool]:
    """The day that a cell gives, and whether it has a time other than midnight.

    Raises:
        CellError: there is no day.
    """
    iso = _DAY.fullmatch(text)
    day = date.fromisoformat(read_day_in_year(iso[1] if iso else text, order, year))
    return day, bool(iso and iso[2] and not _MIDNIGHT.fullmatch(iso[2].replace(" ", "")))


def day_of(cells: Mapping[str, str], column: str, order: str | None, account: Accounting) -> date:
    """A day; a time of midnight after it is ignored, another is reported.

    Raises:
        RowError: there is none.
    """
    try:
        day, is_timed = day_in(cells[column], order, year_of(cells))
    except CellError as error:
        raise RowError(column, str(error)) from None
    if is_timed:
        account.remark(f"{column}: {TIMED}")
    return day


def date_of(beside: Beside, order: str | None) -> tuple[Any, date, date]:
    """The record's date, and its first and last day; the precision is the next one that the span fits.

    Raises:
        RowError: a day doesn't exist, the span runs backwards or isn't in the row's year, or the precision is none of
            UCDP's.
    """
    cells, account = beside.cells, beside.account
    first, last = (day_of(cells, column, order, account) for column in ("date_start", "date_end"))
    if last < first:
        raise RowError("date_end", f"{last} is before date_start, {first}")
    year = year_of(cells)
    if year is not None and not first.year <= year <= last.year:
        raise RowError("year", f"the dates ({first} to {last}) aren't in the row's year, {year}; correct one")
    code = cells["date_prec"]
    if code not in DATE_PRECISIONS:
        raise RowError("date_prec", f"`{code[:40]}` is none of 1 to 5")
    wanted = list(DATE_PRECISIONS.values())[int(code) - 1 :]
    fits = next((word for word in wanted if (last - first).days < LONGEST_SPANS[word]), None)
    account.mapped("date_start", "date")
    account.mapped("date_end", "date")
    beside.given("date_prec", fits == DATE_PRECISIONS[code], "date.precision")
    if fits == "day":
        return first.isoformat(), first, last
    span = {"from": first.isoformat(), "to": last.isoformat()}
    return span | ({"precision": fits} if fits else {}), first, last


def when(first: date, last: date) -> str:
    """The days in the words of a title."""
    if first == last:
        return f"on {_words(first)}"
    return f"between {_words(first)} and {_words(last)}"


def title_of(*words: str) -> str:
    """What happened, where and when; a place whose name is too long for a title is left out of it."""
    title = " ".join(words)
    return title if len(title) <= LONGEST_NAME else f"{words[0]} {words[-1]}"


def _words(day: date) -> str:
    return f"{day.day} {calendar.month_name[day.month]} {day.year}"


def published(text: str, order: str | None, dataset: Dataset) -> tuple[str | None, str]:
    """The day that an article was published, with a remark or none; or None and why it can't be kept."""
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
    return day.isoformat(), TIMED if is_timed else ""
