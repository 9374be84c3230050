"""Parse cells of an ACLED row by ACLED's codebook: days, tolls, countries and actors."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from conflict_incidents.core.countries import alpha3
from conflict_incidents.core.crosswalks import ACLED_ARMED, ACLED_GEO_PRECISION, ACLED_TIME_PRECISION, words
from conflict_incidents.core.findings import show
from conflict_incidents.core.ids import slug
from conflict_incidents.core.resources import csv_rows
from conflict_incidents.exchange.importers.source import word_of
from conflict_incidents.exchange.importers.store.batch import RowError, year_of
from conflict_incidents.records.cells import CellError, CountValue, comparison_form, read_count
from conflict_incidents.records.counts import TELLTALE
from conflict_incidents.records.days import Span, read_day_in_year, widen

_COLUMNS = csv_rows(__file__, "columns.csv")
REQUIRED_COLUMNS = tuple(row["name"] for row in _COLUMNS if row["required"])
INTEGER_COLUMNS = tuple(row["name"] for row in _COLUMNS if row["whole"])
"""Columns of whole numbers."""
LEFT_OUT = {row["name"]: row["left_out"] for row in _COLUMNS if row["left_out"]}
"""Columns that are left out, with the reasons."""
_OWN_NAMES = {name: row["name"] for row in _COLUMNS for name in (row["name"], *row["earlier_names"].split())}
"""The current names of columns, by those in any version and in shapefiles."""
GEO_PRECISIONS = words(ACLED_GEO_PRECISION)
TIME_PRECISIONS = words(ACLED_TIME_PRECISION)
ACTORS = ("actor1", "actor2")
CIVILIANS = ("Violence against civilians", "Explosions/Remote violence", "Remote violence")
"""Event types in which a sole armed actor is the perpetrator; in battles and demonstrations the roles are unknown."""
LEXICON = (3, 10, 12, 100)
"""Numbers that ACLED also writes where reports say "several", "many", "dozens" or "hundreds"."""

_STATE = re.compile(r"(?:Military|Police) Forces of (?:the )?([^(]+?)(?: \([0-9]{4}-[0-9]{0,4}\).*)?\Z")


def country_of(cells: Mapping[str, str]) -> str:
    """Return the country, ISO 3166-1 alpha-3, by `iso3`, `iso` or name.

    Raises:
        RowError: all are unknown, or they contradict each other.
    """
    texts = {column: cells.get(column, "") for column in ("iso3", "iso", "country")}
    codes = {column: code for column, text in texts.items() if (code := alpha3(text))}
    if not codes:
        raise RowError("country", f"{show(cells['country'])} is no country")
    if len(set(codes.values())) > 1:
        raise RowError("country", f"{' and '.join(codes)} name different countries: {', '.join(codes.values())}")
    return next(iter(codes.values()))


def own_name(column: str) -> str:
    """Return ACLED's current name of a column, ignoring case; any other name in lower case."""
    name = re.sub(r"[\s.]+", "_", column.strip().lower())
    return _OWN_NAMES.get(name, column.strip().lower())


def date_of(cells: Mapping[str, str], order: str) -> Span:
    """Return the day, or the week or month that it represents; `order` is that of day, month and year.

    Raises:
        RowError: the day is invalid or contradicts the row's year, or the code of precision is unknown.
    """
    year = year_of(cells)
    try:
        day = read_day_in_year(cells["event_date"], order, year)
    except CellError as error:
        raise RowError("event_date", str(error)) from error
    if year is not None and int(day[:4]) != year:
        raise RowError("event_date", f"{show(cells['event_date'])} isn't in the row's year, {year}; correct one")
    try:
        return widen(day, word_of(cells, "time_precision", TIME_PRECISIONS))
    except OverflowError:
        raise RowError("event_date", f"{show(day)} is no day of a conflict") from None


def toll_of(text: str) -> tuple[CountValue | None, str]:
    """Return the number of killed claimed by ACLED, None if unknown, and a note.

    ACLED's codebook: "No information on fatalities is recorded as 0 reported fatalities", so 0 isn't a claim.

    Raises:
        RowError: it isn't a whole number.
    """
    try:
        count = read_count(text, meant=TELLTALE)
    except CellError:
        count = {}
    if isinstance(count, dict):
        raise RowError("fatalities", f"{show(text)} is no whole number of people; ACLED gives one")
    if not count:
        return None, ""
    if count in LEXICON:
        return {"about": count}, "ACLED also writes 3, 10, 12 or 100 where reports give no number."
    return count, f"ACLED has the number {count}, in figures." if count in TELLTALE else ""


def armed_actors(cells: Mapping[str, str]) -> list[str]:
    """Return the columns of the armed and identified actors: no civilians, rioters or protesters."""
    names = {column: (cells.get(column, ""), cells.get(column.replace("actor", "inter"), "")) for column in ACTORS}
    return [
        column
        for column, (name, inter) in names.items()
        if slug(name) and comparison_form(inter) in ACLED_ARMED and not name.startswith("Unidentified")
    ]


def actor_record(name: str, inter: str) -> dict[str, Any]:
    """Return a new actor for the registry, with ACLED's name."""
    kind = ACLED_ARMED[comparison_form(inter)]
    state = _STATE.match(name)
    if state and kind == "unspecified":
        kind = "state_forces"
    record: dict[str, Any] = {"id": slug(name), "name": name, "kind": kind}
    country = alpha3(state[1]) if state else None
    return record | ({"country": country} if country and kind == "state_forces" else {})
