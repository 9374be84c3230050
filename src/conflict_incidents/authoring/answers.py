"""Parse answers typed by people into values of a record: `Syria`, `air strike`, `3 May 2023`.

An ambiguous answer such as 3/5/2023 is rejected.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date

from conflict_incidents.authoring.draft import Draft, Question, RecordingError
from conflict_incidents.core.countries import alpha3
from conflict_incidents.core.findings import Shown, bare, show, user_text
from conflict_incidents.core.names import fold, fold_and_join, language_code
from conflict_incidents.dataset.admin_units import AdminUnit
from conflict_incidents.dataset.aliases import aliases
from conflict_incidents.records import templates
from conflict_incidents.records.calendars import gregorian
from conflict_incidents.records.cells import CellError
from conflict_incidents.records.days import DateForm, read_day
from conflict_incidents.records.model import FOLDERS

MAX_UNITS_LISTED = 8
"""The maximum number of administrative units in a message."""
_LIKE = 80
"""The minimum similarity, of 100, at which a unit is suggested (rapidfuzz's `partial_ratio`)."""


def parse_answer(draft: Draft, question: Question, text: str) -> str:
    """Parse an answer; unchanged if it is ambiguous.

    Raises:
        RecordingError: it is ambiguous or unknown; the message lists the options.
    """
    text = text.strip()
    if question.option == "country":
        return alpha3(text) or text
    if question.option == "language":
        return language_code(text) or text
    if question.option in {"date", "published"}:
        return _day(text, spans=draft.kind == "incident" and question.option == "date")
    if question.registry:
        ids = draft.dataset.registry.ids_called(fold_and_join(text), FOLDERS[question.registry])
        return ids[0] if len(ids) == 1 else text
    if question.option == "unit":
        return " ".join(unit.pcode for unit in _units(draft, text))
    words = templates.part(draft.schema, question.path).get("enum", ())
    return {fold_and_join(str(word)): str(word) for word in words}.get(fold_and_join(text), text)


def _day(text: str, spans: bool) -> str:
    """Parse a day, or a month if spans are allowed, with a named month or the year first.

    A day of the Hijri or the Solar Hijri calendar is converted to the Gregorian one.
    """
    days = {calendar: day for calendar, day in gregorian(text).items() if day <= date.today()}
    if len(days) == 1:
        return days.popitem()[1].isoformat()
    if days:
        options = " and ".join(f"{day} in the {user_text(calendar)} calendar" for calendar, day in days.items())
        raise RecordingError(f"{show(text)} is {options}; answer with the day that is meant")
    if re.match(r"[0-9]{4}-", text):
        return text
    try:
        found = read_day(text, DateForm())
    except CellError:
        return text
    if isinstance(found, dict):
        return found["from"][:7] if spans and found["precision"] == "month" else text
    return found or text


def _units(draft: Draft, text: str) -> list[AdminUnit]:
    """Return the administrative unit of a p-code or a name, preceded by the units that contain it, largest first."""
    country = draft.answers.get("country")
    units = {code: unit for code, unit in draft.dataset.registry.admin_units.items() if country in {None, unit.country}}
    codes = text.upper().split()
    matches = [units[codes[-1]]] if codes and codes[-1] in units else _units_by_name(fold(text), units, draft)
    if len(matches) != 1:
        raise RecordingError(_which(text, matches, units))
    chain = matches
    while chain[0].parent in units:
        chain = [units[chain[0].parent], *chain]
    return chain


def _units_by_name(name: str, units: Mapping[str, AdminUnit], draft: Draft) -> list[AdminUnit]:
    """Return the units with a name, in the list or in the alias table."""
    codes = {code for (_, _, spelling), code in aliases(draft.dataset, "admin_aliases").items() if spelling == name}
    return [unit for unit in units.values() if fold(unit.name) == name or unit.pcode in codes]


def _which(text: str, matches: Collection[AdminUnit], units: Mapping[str, AdminUnit]) -> Shown:
    """Return the message on a unit that isn't found or is ambiguous: the matches, or the most similar ones."""
    from rapidfuzz.fuzz import partial_ratio

    name = fold(text)
    likeness = {unit.pcode: partial_ratio(name, fold(unit.name)) for unit in units.values()} if not matches else {}
    near = matches or [unit for unit in units.values() if name and likeness[unit.pcode] >= _LIKE]
    if not near:
        return f"no administrative unit is called {show(text)}; look it up in data/codelists/admin_units.csv"
    first = sorted(near, key=lambda unit: (-likeness.get(unit.pcode, 0), unit.level, unit.pcode))
    options = ", ".join(f"{bare(unit.pcode)} ({_unit_label(unit, units)})" for unit in first[:MAX_UNITS_LISTED])
    more = f" and {len(first) - MAX_UNITS_LISTED} more" if len(first) > MAX_UNITS_LISTED else Shown("")
    many = f"{len(matches)} administrative units are" if matches else Shown("no administrative unit is")
    return f"{many} called {show(text)}; answer with the p-code of the one meant: {options}{more}"


def _unit_label(unit: AdminUnit, units: Mapping[str, AdminUnit]) -> Shown:
    inside = f" in {user_text(units[unit.parent].name)}" if unit.parent in units else Shown("")
    return f"{user_text(unit.name)}, level {unit.level}{inside}"
