"""Cells of a UCDP GED row → days, positions, countries and values, each with its account.

Prevents: a date or a coordinate that was guessed, and a value that no field of ours takes being dropped unseen.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from conflict_incidents.crosswalks import UCDP_CLARITY, UCDP_DATE_PREC, words
from conflict_incidents.dataset import Dataset
from conflict_incidents.importers.batch import Accounting, RowError
from conflict_incidents.importers.codelists import countries, folded, tidy
from conflict_incidents.importers.places import DECIMALS, PRECISIONS, Spot
from conflict_incidents.parts import is_sentinel
from conflict_incidents.rules.dates import LONGEST

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
DATE_PRECISIONS = words(UCDP_DATE_PREC)
"""UCDP's `date_prec` in our words."""
CLARITIES = words(UCDP_CLARITY)
SENTENCES = {"source_headline": "other people's sentences", "source_article": "other people's sentences"}
"""Columns that hold text of others, which the reports' publishers and dates point to."""
LONGEST_NAME = 200
LONGEST_VALUE = 2000
"""How long a value under `external` may be, by the schema."""
LONGEST_WORDS = {"where_description": 200}
"""Columns of free text that are kept only where they are short."""
_PERSONAL = re.compile(
    r"(?i)\b(?:house|home|residence|farm|shop|car|vehicle|family|son|daughter|wife|brother|funeral) of\b|['\u2019]s"
    r" (?:house|home|residence|farm|shop|car|vehicle)\b|\b(?:mr|mrs|ms|dr)\.? [a-z]|@|\+[0-9]{6}"
)


@dataclass(slots=True)
class Beside:
    """Values of a row that its record gives back in no other way, by column."""

    values: dict[str, str] = field(default_factory=dict)

    def keep(self, column: str, text: str, account: Accounting) -> None:
        """Keep a value under `external`, if it may and can stand there."""
        value = tidy(text)
        if not value:
            account.empty(column)
        elif len(value) > (most := LONGEST_WORDS.get(column.lower(), LONGEST_VALUE)):
            account.left_out(column, f"longer than {most} characters")
        elif column.lower() == "where_description" and _PERSONAL.search(value):
            account.left_out(column, "may lead to a person")
        else:
            self.values[column] = value
            account.kept(column)


def country_of(cells: dict[str, str]) -> str:
    """The country, ISO 3166-1 alpha-3, by Gleditsch-Ward number or else by name.

    Raises:
        RowError: neither is known.
    """
    by_number, by_name, _ = countries()
    number = cells.get("country_id", "").partition(".")[0]
    found = by_number.get(number) or by_name.get(folded(cells["country"]))
    if found is None:
        raise RowError(
            "country", f"`{cells['country'][:40]}` (`{number[:10]}`) is no state in the list gw_countries.csv"
        )
    return found


def spot_of(cells: dict[str, str]) -> Spot:
    """Where a row says that it happened.

    Raises:
        RowError: there is no name, or the position isn't one.
    """
    name = _without_owner(tidy(cells["where_coordinates"]))
    if not name:
        raise RowError("where_coordinates", "it is empty; there is no place without a name")
    if len(name) > LONGEST_NAME:
        raise RowError("where_coordinates", f"it is longer than {LONGEST_NAME} characters")
    if cells["where_prec"] not in PRECISIONS:
        raise RowError("where_prec", f"`{cells['where_prec'][:40]}` is none of 1 to 7")
    lat, lon = _degrees(cells, "latitude", 90), _degrees(cells, "longitude", 180)
    if (lat is None) != (lon is None):
        raise RowError("latitude" if lat is None else "longitude", "it is empty, and its counterpart isn't")
    return Spot(name, country_of(cells), cells.get("adm_1", ""), cells.get("adm_2", ""), lat, lon)


def _without_owner(name: str) -> str:
    """A place's name without that of the person whose house or compound it is."""
    found = re.search(r"(?i)\b(compo?und|house|home|residence|farm)\s+((?:outside|near|in|at)\s+.+)", name)
    if not found or not found.start():
        return name
    return f"{'Compound' if found[1].lower().startswith('comp') else found[1].capitalize()} {found[2]}"


def _degrees(cells: dict[str, str], column: str, most: float) -> float | None:
    text = cells[column]
    if not text:
        return None
    if not re.fullmatch(r"-?[0-9]{1,3}(?:\.[0-9]+)?", text) or abs(float(text)) > most:
        raise RowError(column, f"`{text[:40]}` is no number of degrees up to {most:.0f}, as 35.6883")
    return round(float(text), DECIMALS) + 0.0


def day_of(cells: dict[str, str], column: str) -> date:
    """A day; a time of midnight after it is passed over.

    Raises:
        RowError: there is none.
    """
    found = re.fullmatch(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ][0-9:.]+Z?)?", cells[column])
    try:
        return date.fromisoformat(found[1] if found else "")
    except ValueError:
        raise RowError(column, f"`{cells[column][:40]}` is no date of the form 2016-01-31") from None


def date_of(cells: dict[str, str], beside: Beside, account: Accounting) -> tuple[Any, date, date]:
    """The record's date, and its first and last day; the precision is the next one that the span fits.

    Raises:
        RowError: a day doesn't exist, the span runs backwards, or the precision is none of UCDP's.
    """
    first, last = day_of(cells, "date_start"), day_of(cells, "date_end")
    if last < first:
        raise RowError("date_end", f"{last} lies before date_start, {first}")
    code = cells["date_prec"]
    if code not in DATE_PRECISIONS:
        raise RowError("date_prec", f"`{code[:40]}` is none of 1 to 5")
    wanted = list(DATE_PRECISIONS.values())[int(code) - 1 :]
    fits = next((word for word in wanted if (last - first).days < LONGEST[word]), None)
    account.mapped("date_start", "date")
    account.mapped("date_end", "date")
    if fits == DATE_PRECISIONS[code]:
        account.mapped("date_prec", "date.precision")
    else:
        beside.keep("date_prec", code, account)
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
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def published(text: str, dataset: Dataset) -> tuple[str | None, str]:
    """The day that an article was published, or None and why it can't be kept."""
    text = text.strip()
    if not text:
        return None, ""
    found = re.fullmatch(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ][0-9:.]+Z?)?", text)
    try:
        day = date.fromisoformat(found[1] if found else "")
    except ValueError:
        return None, "no date"
    if is_sentinel(day.isoformat()) or day.year < 1900:
        return None, "stands for an unknown date"
    if day > dataset.release_date:
        return None, "lies in the future"
    return day.isoformat(), ""
