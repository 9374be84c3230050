"""Detect the role of each column of a table: from its name in several languages, and from its cells."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial
from typing import Any

from conflict_incidents.core.countries import alpha3
from conflict_incidents.core.names import fold
from conflict_incidents.core.resources import csv_rows
from conflict_incidents.exchange.importers.rowvalues import SEPARATORS, CellRules, RowValues, degrees
from conflict_incidents.exchange.importers.store.batch import RowError
from conflict_incidents.exchange.importers.tabular.grid import SourceRow, SourceTable
from conflict_incidents.records.cells import CellError, is_unknown, tidy
from conflict_incidents.records.days import DateForm, read_day

MEASURES = ("killed", "wounded", "missing", "detained", "displaced", "casualties", "strikes", "munitions")
_GROUPS = ("civilians", "combatants", "women", "men", "girls", "boys", "children")
_BOUNDS = ("min", "max", "best")
_NO_ROLES = {*_GROUPS, *_BOUNDS, "text"}
"""What words of a column's name can mean besides its role."""
_FILLERS = {
    *("total", "number", "of", "no", "all", "people", "persons", "nombre", "de", "numero", "reported"),
    *("event", "incident", "attack", "date", "location", "group", "name", "txt"),
}
_LENIENT = DateForm(drop_times=True, century=2000, zone="UTC")
_SAMPLE = 200
"""The number of cells from which to detect the role of a column."""


class Columns:
    """The columns of a table with their cells, and the roles assigned so far."""

    def __init__(self, table: SourceTable) -> None:
        """Take the cells of a table; no column has a role yet."""
        self.cells = {name: [row.cells[name] for row in table.rows] for name in table.columns}
        tidied = {name: map(tidy, cells) for name, cells in self.cells.items()}
        self.non_empty = {name: [cell for cell in cells if not is_unknown(cell)] for name, cells in tidied.items()}
        """The known cells of each column."""
        self.roles: dict[str, str] = {}
        """The column of each role; that of a number has its group and bound: `killed civilians min`."""
        self.unsure: set[str] = set()
        """Columns whose role was derived from a part of the name, or from the cells alone."""

    def of(self, *roles: str) -> dict[str, str]:
        """Return those of the roles that a column has, with the column."""
        return {role: self.roles[role] for role in roles if role in self.roles}

    def counts(self) -> list[str]:
        """Return the known cells of all columns of numbers."""
        return [cell for role, column in self.roles.items() if is_count(role) for cell in self.non_empty[column]]

    def are(self, column: str, test: Callable[[str], bool], share: float = 0.8) -> bool:
        """Whether most of the first known cells pass a test."""
        sample = self.non_empty[column][:_SAMPLE]
        return bool(sample) and sum(map(test, sample)) >= share * len(sample)

    def free(self) -> list[str]:
        """Return the columns without a role."""
        return [column for column in self.cells if column not in self.roles.values()]

    def separator(self, column: str) -> str:
        """Return the separator of several names in cells of a column; empty if there is none."""
        signs = Counter(sign for cell in self.non_empty[column] for sign in set(SEPARATORS.findall(cell)))
        return signs.most_common(1)[0][0] if signs else ""


def detect(table: SourceTable) -> Columns:
    """Assign each role to a column with its name, full matches first, whose cells fit."""
    columns = Columns(table)
    by_length = sorted(_phrases(), key=lambda one: -len(one[0]))
    for in_full, phrases in ((True, _phrases()), (False, [one for one in by_length if len(one[0]) > 1])):
        for phrase, role in phrases:
            for column in columns.free() if role not in _NO_ROLES else ():
                name = _words(column)
                if _same(column, phrase) if in_full else f" {phrase} " in name and not _is_narrower(name, role):
                    key = _add_group_and_bound(name, role) if role in MEASURES else role
                    _assign(columns, key, column, unsure=_is_unexplained(name.replace(f" {phrase} ", " ", 1)))
    if not any(map(is_count, columns.roles)):
        for column in columns.free():  # "Minimum", "Maximum" alone
            key = _add_group_and_bound(_words(column), "killed")
            if key.endswith(_BOUNDS):
                _assign(columns, key, column, unsure=True)
    if "source" in columns.roles and columns.separator(columns.roles["source"]):
        del columns.roles["source"]  # a report has one publisher
    if not {"lat", "lon"} <= set(columns.roles):
        for role in ("lat", "lon"):
            columns.roles.pop(role, None)
    elif "latlon" in columns.roles:
        del columns.roles["latlon"]
    _by_cells_alone(columns)
    _resolve_bounds(columns)
    if "date" not in columns.roles and "year" not in columns.roles:
        names = [phrase for phrase, role in _phrases() if role == "date"]
        if named := [column for column in columns.free() if any(_same(column, name) for name in names)]:
            columns.roles["date"] = named[0]  # of dates in words that can't be parsed: "early May"
    _remove_unused(columns.roles)
    return columns


def _resolve_bounds(columns: Columns) -> None:
    """Decide between the column of a number and those of its bounds: with both bounds, whole numbers are the best."""
    roles = columns.roles
    for role in [role for role in roles if is_count(role) and role.split()[-1] not in _BOUNDS]:
        low, high, best = (f"{role} {bound}" for bound in _BOUNDS)
        if best not in roles and not {low, high} <= set(roles):
            roles.pop(low, None)
            roles.pop(high, None)
        elif columns.are(column := roles.pop(role), _is_like(r"[0-9]+(?:\.0)?")):
            roles.setdefault(best, column)


def _remove_unused(roles: dict[str, str]) -> None:
    """Remove the roles that a mapping doesn't use beside the others, so that their columns are listed as undecided."""
    found = {role.split()[0] for role in roles}
    unused = {
        "by": found.isdisjoint(MEASURES),
        "casualties": {"killed", "wounded"} <= found,
        "to": found.isdisjoint(("date", "year")),
        **dict.fromkeys(("year", "month"), "date" in found or "year" not in found),
        "day": "date" in found or not {"year", "month"} <= found,
    }
    for role in [role for role in roles if unused.get(role.split()[0])]:
        del roles[role]


def _same(column: str, phrase: str) -> bool:
    return _words(column).replace(" ", "") == phrase.replace(" ", "")


def is_count(role: str) -> bool:
    """Whether a role is that of a number: `killed civilians min`."""
    return role.split()[0] in MEASURES


def role_in_name(column: str, *roles: str) -> str:
    """Return the first of the roles that words of a column's name have; empty if none has."""
    return next((role for phrase, role in _phrases() if role in roles and f" {phrase} " in _words(column)), "")


def is_day(cell: str, order: str | None, **more: Any) -> bool:
    """Whether a cell is a date, in an order of its numbers; `more` makes the lenient form stricter."""
    try:
        return read_day(cell, replace(_LENIENT, order=order, **more)) is not None
    except CellError:
        return False


@cache
def _phrases() -> list[tuple[str, str]]:
    """Return the names of columns with their roles, the best of a role first."""
    rows = csv_rows(__file__, "column_names.csv")
    return list({fold(name): row["role"] for row in rows for name in row["names"].split("|")}.items())


@cache
def _words(name: str) -> str:
    """Return the words of a name such as `dateOfEvent` or `event_date`, with spaces around each."""
    return f" {fold(re.sub(r'(?<=[a-z])(?=[A-Z])', ' ', name).replace('_', ' '))} "


def _assign(columns: Columns, role: str, column: str, *, unsure: bool) -> None:
    if role not in columns.roles and _fits(columns, column, role):
        columns.roles[role] = column
        if unsure:
            columns.unsure.add(column)


def _by_cells_alone(columns: Columns) -> None:
    """Assign links, dates and positions to the first free column that has them, if no name says which."""
    tests: dict[str, tuple[str, Callable[[str], bool]]] = {
        "url": ("url", _TESTS["url"][0]),
        "date": ("year", lambda cell: is_any_day(cell) and not cell.isdigit()),
        "latlon": ("lat", lambda cell: _is_position(cell, "latlon")),
    }
    for role, (instead, test) in tests.items():
        free = next((one for one in columns.free() if columns.are(one, test)), None)
        if free and not {role, instead} & set(columns.roles):
            columns.roles[role] = free
            columns.unsure.add(free)


def _is_narrower(name: str, role: str) -> bool:
    """Whether a name with a word for casualties counts one kind of them: `victims/killed`."""
    measures = {other for phrase, other in _phrases() if other in MEASURES and f" {phrase} " in name}
    return role == "casualties" and len(measures) == 2


def _is_unexplained(rest: str) -> bool:
    """Whether the rest of a column's name has words other than those of groups, bounds and numbers."""
    for phrase, role in _phrases():
        if role in _NO_ROLES:
            rest = rest.replace(f" {phrase} ", " ")
    return not _FILLERS.issuperset(rest.split())


def _add_group_and_bound(name: str, measure: str) -> str:
    """Return a measure with the group and the bound in a column's name: `killed civilians min`."""
    more = {role for phrase, role in _phrases() if role in _NO_ROLES and f" {phrase} " in name}
    group = next((group for group in _GROUPS if group in more), "total")
    return " ".join([measure, group, *(bound for bound in _BOUNDS if bound in more)][:3])


def _fits(columns: Columns, column: str, role: str) -> bool:
    """Whether the cells of a column fit a role."""
    if role == "id":
        cells = columns.cells[column]
        return len({tidy(cell) for cell in cells}) == len(cells) and all(cell.strip() for cell in cells)
    if is_count(role):
        return columns.are(column, lambda cell: len(cell) < 40 and any(sign.isdigit() for sign in cell), 0.5)
    return columns.are(column, *_TESTS.get(role, (bool, 0.5)))


def is_any_day(cell: str) -> bool:
    """Whether a cell is a date in some order of its numbers."""
    return any(is_day(cell, order) for order in (None, "dmy", "mdy", "ymd"))


def _is_position(cell: str, role: str) -> bool:
    pointed = cell if "." in cell else re.sub(r"(?<=[0-9]),(?=[0-9])", ".", cell)
    try:
        if role == "latlon":
            return None not in RowValues(SourceRow(0, {"": pointed}), CellRules({})).position({role: ""})
        return degrees(pointed, "", 90 if role == "lat" else 180) is not None
    except RowError:
        return False


def _is_like(pattern: str) -> Callable[[str], bool]:
    return lambda cell: re.fullmatch(pattern, cell) is not None


def _is_name(cell: str) -> bool:
    return len(cell) < 80 and not re.fullmatch(r"[-0-9.,/: ]+", cell)


_TESTS: dict[str, tuple[Callable[[str], bool], float]] = {
    **dict.fromkeys(("date", "to", "published"), (lambda cell: len(cell) > 4 and is_any_day(cell), 0.6)),
    **dict.fromkeys(("name", "actor", "side_a", "side_b", "kind", "weapon", "source", "by"), (_is_name, 0.5)),
    **{role: (partial(_is_position, role=role), 0.8) for role in ("lat", "lon", "latlon")},
    "year": (_is_like(r"(?:1[89]|20)[0-9]{2}(?:\.0)?"), 0.8),
    "month": (lambda cell: is_day(f"1 {cell.removesuffix('.0')} 2000", "dmy"), 0.8),
    "day": (_is_like(r"[0-3]?[0-9](?:\.0)?"), 0.8),
    "url": (_is_like(r"(?:https?://|www\.)\S+"), 0.8),
    "country": (lambda cell: alpha3(cell) is not None, 0.5),
}
"""The test of the cells of a column by role, and the required share of cells."""
