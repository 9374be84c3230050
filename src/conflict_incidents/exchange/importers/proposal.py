"""Propose a mapping of a table, from the names of columns in several languages and from their cells.

Uncertain parts are marked by comments, to be completed by the user.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any

from conflict_incidents.core.countries import alpha3, countries_containing
from conflict_incidents.core.findings import bare
from conflict_incidents.core.ids import slug
from conflict_incidents.core.names import folded
from conflict_incidents.core.persons.names import persons_in
from conflict_incidents.exchange.importers.mapping import vocabulary
from conflict_incidents.exchange.importers.rowvalues import LISTED, CellRules, RowValues, degrees
from conflict_incidents.exchange.importers.store.batch import RowError
from conflict_incidents.exchange.importers.tabular.grid import RepeatedName, SourceRow, SourceTable, SourceTableError
from conflict_incidents.exchange.importers.tabular.read import read_table
from conflict_incidents.records.cells import CellError, comparison_form, is_unknown, read_count, tidy
from conflict_incidents.records.counts import TELLTALE
from conflict_incidents.records.days import DateForm, read_day
from conflict_incidents.records.formatting import inline

_MEASURES = ("killed", "wounded", "missing", "detained", "displaced", "casualties", "strikes", "munitions")
_GROUPS = ("civilians", "combatants", "women", "men", "girls", "boys", "children")
_BOUNDS = ("min", "max", "best")
_NO_ROLES = {*_GROUPS, *_BOUNDS, "text"}
"""Words of names besides the role."""
_FILLERS = frozenset(["total", "number", "of", "no", "all", "people", "persons", "nombre", "de", "numero", "reported"])
_SAMPLE = 200
"""The number of cells from which to detect the role of a column."""
_DATES = 2000
"""The number of dates from which to detect their format."""
_LINES_ABOVE = 12
"""The maximum number of lines above the header."""
_MOST_WORDS = 40
"""The maximum number of a column's words to list for translation."""
_US = "our-group"
_CHECK = "CHECK"
"""The mark of a comment about something uncertain."""


@dataclass
class _Columns:
    """The columns of a table with their cells, and the roles assigned so far."""

    cells: dict[str, list[str]]
    roles: dict[str, str] = field(default_factory=dict)
    unsure: set[str] = field(default_factory=set)
    """Columns whose role was derived from a part of the name."""
    _said: dict[str, list[str]] = field(default_factory=dict)

    def said(self, column: str) -> list[str]:
        """Return the nonempty cells."""
        if column not in self._said:
            self._said[column] = [tidy(cell) for cell in self.cells[column] if not is_unknown(tidy(cell))]
        return self._said[column]

    def are(self, column: str, test: Callable[[str], bool], share: float = 0.8) -> bool:
        """Whether most of the first nonempty cells pass a test."""
        said = self.said(column)[:_SAMPLE]
        return bool(said) and sum(map(test, said)) >= share * len(said)

    def free(self) -> list[str]:
        """Return the columns without a role."""
        return [column for column in self.cells if column not in self.roles.values()]


def propose(file: Path, encoding: str | None, delimiter: str | None, sheet: str | None) -> str:
    """Propose a mapping of the table in a file, as YAML with comments.

    Raises:
        SourceTableError: the file can't be read as one table.
        OSError: the file can't be opened.
    """
    table, header = _table(file, encoding, delimiter, sheet)
    found = _Columns({name: [row.cells[name] for row in table.rows] for name in table.columns})
    _assign(found)
    said = {"encoding": encoding, "delimiter": delimiter, "sheet": sheet, "header": header}
    lines = _lines(found, slug(file.name.split(".")[0]) or "table", {key: one for key, one in said.items() if one})
    return "".join(f"{line}\n" for line in lines)


def _table(
    file: Path, encoding: str | None, delimiter: str | None, sheet: str | None
) -> tuple[SourceTable, int | None]:
    """Return the table, and the row of its header if that isn't the first."""
    try:
        return read_table(file, encoding=encoding, delimiter=delimiter, sheet=sheet), None
    except SourceTableError as error:
        likely = error
        for header in range(2, _LINES_ABOVE):
            try:
                return read_table(file, encoding=encoding, delimiter=delimiter, sheet=sheet, header=header), header
            except RepeatedName as repeated:  # of a header, under which the first has titles
                likely = likely if isinstance(likely, RepeatedName) else repeated
            except SourceTableError:
                continue
        raise likely from error


# Roles of columns -----------------------------------------------------------------------------------------------------


@cache
def _phrases() -> list[tuple[str, str]]:
    """Return the names of columns with their roles, the best of a role first."""
    with Path(__file__).with_name("column_names.csv").open(encoding="utf-8", newline="") as stream:
        found = {folded(name): row["role"] for row in csv.DictReader(stream) for name in row["names"].split("|")}
    return list(found.items())


@cache
def _meanings(list_name: str) -> list[tuple[str, str]]:
    """Return the words of a closed list in several languages with their meanings, the longest first."""
    with Path(__file__).with_name("word_meanings.csv").open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["list"] == list_name]
    found = {folded(word): row["meaning"] for row in rows for word in row["words"].split("|")}
    return sorted(found.items(), key=lambda one: -len(one[0]))


def _assign(found: _Columns) -> None:
    """Assign each role to a column with its name, full matches first, whose cells fit."""
    names = {column: f" {folded(_spaced(column))} " for column in found.cells}
    by_length = sorted(_phrases(), key=lambda one: -len(one[0]))
    for whole, phrases in ((True, _phrases()), (False, [one for one in by_length if len(one[0]) > 1])):
        for phrase, role in phrases:
            for column in found.free() if role not in _NO_ROLES else ():
                same = names[column].replace(" ", "") == phrase.replace(" ", "")
                match = same if whole else f" {phrase} " in names[column] and not _is_narrower(names[column], role)
                key = _measured(names[column], role) if role in _MEASURES else role
                if match and key not in found.roles and _fits(found, column, role):
                    found.roles[key] = column
                    if _unexplained(names[column].replace(f" {phrase} ", " ", 1)):
                        found.unsure.add(column)
    if not any(role.split()[0] in _MEASURES for role in found.roles):
        for column in found.free():  # "Minimum", "Maximum" alone
            key = _measured(names[column], "killed")
            if key.endswith(_BOUNDS) and key not in found.roles and _fits(found, column, "killed"):
                found.roles[key] = column
                found.unsure.add(column)
    if "source" in found.roles and _separator(found, found.roles["source"]):
        del found.roles["source"]  # a report has one publisher
    if not {"lat", "lon"} <= set(found.roles):
        for role in ("lat", "lon"):
            found.roles.pop(role, None)
    elif "latlon" in found.roles:
        del found.roles["latlon"]
    by_cells: dict[str, tuple[str, Callable[[str], bool]]] = {
        "url": ("url", _TESTS["url"][0]),
        "date": ("year", lambda cell: _is_day(cell) and not cell.isdigit()),
        "latlon": ("lat", lambda cell: _is_position(cell, "latlon")),
    }
    for role, (instead, test) in by_cells.items():
        free = next((one for one in found.free() if found.are(one, test)), None)
        if free and not {role, instead} & set(found.roles):
            found.roles[role] = free


def _is_narrower(name: str, role: str) -> bool:
    """Whether a name with a word for casualties counts one kind of them: `victims/killed`."""
    measures = {other for phrase, other in _phrases() if other in _MEASURES and f" {phrase} " in name}
    return role == "casualties" and len(measures) == 2


def _spaced(name: str) -> str:
    """Split a name such as `dateOfEvent` or `event_date` into words."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).replace("_", " ")


def _unexplained(rest: str) -> bool:
    """Whether the rest of a column's name has words other than those of groups, bounds and numbers."""
    for phrase, role in _phrases():
        if role in _NO_ROLES:
            rest = rest.replace(f" {phrase} ", " ")
    return not _FILLERS.issuperset(rest.split())


def _measured(name: str, measure: str) -> str:
    """Return the measure with the group and the bound in a column's name: `killed civilians min`."""
    more = {role for phrase, role in _phrases() if role in _NO_ROLES and f" {phrase} " in name}
    group = next((group for group in _GROUPS if group in more), "total")
    return " ".join([measure, group, *(bound for bound in _BOUNDS if bound in more)][:3])


def _fits(found: _Columns, column: str, role: str) -> bool:
    """Whether the cells of a column fit a role."""
    if role == "id":
        cells = found.cells[column]
        return len({tidy(cell) for cell in cells}) == len(cells) and all(cell.strip() for cell in cells)
    if role in _MEASURES:
        return found.are(column, lambda cell: any(sign.isdigit() for sign in cell), 0.5)
    return found.are(column, *_TESTS.get(role, (bool, 0.5)))


_FORM: dict[str, Any] = {"drop_times": True, "century": 2000, "zone": "UTC"}


def _is_day(cell: str) -> bool:
    return any(_day(cell, order) for order in (None, "dmy", "mdy", "ymd"))


def _day(cell: str, order: str | None, **more: Any) -> bool:
    try:
        return read_day(cell, DateForm(order, **{**_FORM, **more})) is not None
    except CellError:
        return False


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
    **dict.fromkeys(("date", "to", "published"), (_is_day, 0.6)),
    **dict.fromkeys(("name", "actor", "side_a", "side_b", "kind", "weapon", "source", "by"), (_is_name, 0.5)),
    **{role: (partial(_is_position, role=role), 0.8) for role in ("lat", "lon", "latlon")},
    "year": (_is_like(r"(?:1[89]|20)[0-9]{2}(?:\.0)?"), 0.8),
    "month": (lambda cell: _day(f"1 {cell.removesuffix('.0')} 2000", "dmy"), 0.8),
    "day": (_is_like(r"[0-3]?[0-9](?:\.0)?"), 0.8),
    "url": (_is_like(r"(?:https?://|www\.)\S+"), 0.8),
    "country": (lambda cell: alpha3(cell) is not None, 0.5),
}
"""The test of the cells of a column by role, and the required share of cells."""


# Text of the mapping --------------------------------------------------------------------------------------------------


def _lines(found: _Columns, scheme: str, file: dict[str, Any]) -> Iterator[str]:
    roles, us = found.roles, _US
    yield f"# A first mapping. Look at the lines with {_CHECK}; docs/import-table.md says what else there is."
    yield "schema: mapping/1"
    yield f"scheme: {inline(scheme)} # {_CHECK}: the table's name, for ever"
    if file:
        yield f"file: {inline(file)}"
    yield f"organisations: # {_CHECK}: who keeps this table and counts in it"
    yield f"  - {{id: {us}, name: Our Group, kind: ngo}}"
    naming = {
        "source": "organisations",
        "by": "organisations",
        **dict.fromkeys(("actor", "side_a", "side_b"), "actors"),
    }
    new = [key for role, key in naming.items() if role in roles]
    if new:
        what = inline(dict.fromkeys(new, "create"))
        yield f"new: {what} # {_CHECK}: no column may name people; delete this to refuse names that are unknown"
    yield from _forms(found)
    yield from _identity(found)
    yield from _country(found)
    kind, name = roles.get("kind"), roles.get("name")
    place = name or next((roles[level] for level in ("adm3", "adm2", "adm1") if level in roles), None)
    at = f" at {{{place}}}" if place else ""
    title = [f"{{{kind}}}{at}"] if kind else []
    yield f"title: {inline([*title, f'Incident{at}', 'Incident'])}"
    yield from _date(found)
    yield from _choice("kind", found) if kind else [f"kind: unspecified # {_CHECK}: what happened"]
    if kind:
        yield "  otherwise: unspecified"
    yield from _site(found)
    yield from _claims_and_reports(found)
    yield from _rest(found)


def _forms(found: _Columns) -> Iterator[str]:
    """Yield the formats of cells and dates."""
    roles = found.roles
    cells: dict[str, Any] = {}
    places = [cell for role in ("lat", "lon") if role in roles for cell in found.said(roles[role])]
    if any(re.fullmatch(r"-?[0-9]+,[0-9]+", cell) for cell in places):
        cells["decimal"] = ","
    counts = [cell for role, column in roles.items() if role.split()[0] in _MEASURES for cell in found.said(column)]
    for sign in ",. '٬":
        grouped = re.compile(rf"[0-9]{{1,3}}(?:{re.escape(sign)}[0-9]{{3}})+")
        if any(grouped.fullmatch(comparison_form(cell)) for cell in counts):
            cells["thousands"] = "space" if sign == " " else sign
    if cells:
        yield f"cells: {inline(cells)}"
    odd = Counter(cell for cell in counts if not _is_count(cell, CellRules({"cells": cells}).thousands))
    if odd:
        shown = ", ".join(f"{bare(cell)} ({times}x)" for cell, times in odd.most_common(8))
        yield f"# {_CHECK}: counts to explain, as in `cells: {{words: {{several: 3+}}, unknown: [-99]}}`: {shown}"
    dates = [cell for role in ("date", "to", "published") if role in roles for cell in found.said(roles[role])[:_DATES]]
    said: dict[str, Any] = {}
    orders = Counter({order: sum(_day(cell, order) for cell in dates) for order in (None, "dmy", "mdy", "ymd")})
    best = max(orders.values())
    fitting = [order for order, days in orders.items() if days == best]
    why = ""
    if best and fitting[0]:
        said["order"] = fitting[0]
        why = f" # {_CHECK}: day or month first? nothing in the table says" if len(fitting) > 1 else ""
    if any(_day(cell, fitting[0]) and not _day(cell, fitting[0], drop_times=False) for cell in dates):
        said["times"] = "drop"
    if any(_day(cell, fitting[0]) and not _day(cell, fitting[0], century=None) for cell in dates):
        said["century"] = 2000
    if said:
        yield f"dates: {inline(said)}{why}"
    if any(_day(cell, fitting[0]) and not _day(cell, fitting[0], zone=None) for cell in dates):
        yield f"timezone: UTC # {_CHECK}: the local time zone, such as Asia/Damascus: some dates are moments of another"


def _is_count(cell: str, thousands: str | None) -> bool:
    try:
        return read_count(cell, thousands=thousands, meant=TELLTALE) is not None
    except CellError:
        return False


def _identity(found: _Columns) -> Iterator[str]:
    """Yield the id of a row: a unique column, or several columns that are unique together."""
    if column := found.roles.get("id"):
        yield f"id: {inline(f'{{{column}}}')}"
        return
    parts: list[str] = []
    rows = len(next(iter(found.cells.values())))
    wanted = ("date", "year", "month", "day", "name", "latlon", "kind", "killed total", "lat", "lon", "actor", "url")
    for column in (found.roles[role] for role in wanted if role in found.roles):
        if all(cell.strip() for cell in found.cells[column]):
            parts.append(column)
            if len(parts) > 1 and len(set(zip(*(found.cells[part] for part in parts), strict=True))) == rows:
                break
    template = " ".join(f"{{{part}}}" for part in parts) or "{id}"
    yield f"id: {inline(template)} # {_CHECK}: no column has another value in each row; a row's id must never change"


def _country(found: _Columns) -> Iterator[str]:
    if column := found.roles.get("country"):
        unknown = sorted(cell for cell in {*found.said(column)} if alpha3(cell) is None)[:_MOST_WORDS]
        words = f" # {_CHECK}: translate under `words`: {', '.join(map(bare, unknown))}" if unknown else ""
        yield f"country: {{column: {_flow(column)}}}{words}"
        return
    fitting = countries_containing(_positions(found))
    if len(fitting) == 1:
        yield f"country: {fitting[0]} # {_CHECK}: by its positions"
    else:
        which = f"by its positions {', '.join(fitting[:8])}" if fitting else "ISO 3166-1 alpha-3, such as SYR"
        yield f"country: XX # {_CHECK}: which? {which}"


def _positions(found: _Columns) -> list[tuple[float, float]]:
    said: dict[str, Any] = {key: found.roles[key] for key in ("lat", "lon", "latlon") if key in found.roles}
    rules = CellRules({"cells": {"decimal": ","}} if any("decimal" in line for line in _forms(found)) else {})
    positions = []
    for cells in {*zip(*(found.cells[column] for column in said.values()), strict=True)}:
        try:
            lat, lon = RowValues(SourceRow(0, dict(zip(said.values(), cells, strict=True))), rules).position(said)
        except RowError:
            continue
        if lat is not None and lon is not None:
            positions.append((lat, lon))
    return positions


def _date(found: _Columns) -> Iterator[str]:
    roles = found.roles
    parts = {part: roles[part] for part in ("year", "month", "day") if part in roles}
    if "day" in parts and "month" not in parts:
        del parts["day"]
    said = {"column": roles["date"]} if "date" in roles else parts
    if "year" not in said and "date" not in roles:
        yield f"date: {{column: DATE}} # {_CHECK}: which column? no name is known, and no column has dates"
        return
    yield f"date: {inline(said | ({'to': roles['to']} if 'to' in roles else {}))}"


def _choice(list_name: str, found: _Columns, indent: str = "") -> Iterator[str]:
    """Yield a value of a closed list, with the meanings of the words of its column."""
    column = found.roles[list_name]
    options = vocabulary()["kind",] if list_name == "kind" else vocabulary()["weapons", "kind"]
    separator = _separator(found, column) if list_name == "weapon" else ""
    pieces = [piece for cell in found.said(column) for piece in (cell.split(separator) if separator else [cell])]
    cells = [piece.strip() for piece in pieces]
    words = Counter(cell for cell in cells if cell and re.sub(r"[\s/-]+", "_", cell.casefold()) not in options)
    yield f"{indent}kind:"
    yield f"{indent}  column: {inline(column)}"
    if separator:
        yield f"{indent}  separator: {inline(separator)}"
    meanings = {word: _meaning(word, list_name) for word, _ in words.most_common(_MOST_WORDS)}
    if any(meanings.values()):
        yield f"{indent}  words:"
        yield from (f"{indent}    {inline(word)}: {meaning}" for word, meaning in meanings.items() if meaning)
    elif meanings:
        yield f"{indent}  # words:"
    for word, meaning in meanings.items():
        if not meaning:
            seen = bare(word) if re.search("[@0-9]", word) or persons_in(word, cell=True) else inline(word)
            yield f"{indent}    # {seen}: {_CHECK}, {words[word]} rows"
    yield f"{indent}  else: other # any other word"


def _meaning(word: str, list_name: str) -> str | None:
    text = f" {folded(word)} "
    return next((meaning for phrase, meaning in _meanings(list_name) if f" {phrase} " in text), None)


def _separator(found: _Columns, column: str) -> str:
    """Return the separator of several names in cells of a column; empty if there is none."""
    cells = found.said(column)
    signs = Counter(sign for cell in cells for sign in set(LISTED.findall(cell)))
    return signs.most_common(1)[0][0] if signs else ""


def _site(found: _Columns) -> Iterator[str]:
    roles = found.roles
    yield "sites:"
    name = roles.get("name")
    levels = [level for level in ("adm1", "adm2", "adm3") if level in roles]
    if name:
        yield f"  - name: {{column: {_flow(name)}}}"
    else:
        level = levels.pop() if levels else ""
        yield f"  - name: {{column: {_flow(roles.get(level, 'PLACE'))}}} # {_CHECK}: the column with the place"
        if level:
            yield "    level: area"  # a place without a p-code can't be a unit
    yield from (f"    {level}: {{column: {_flow(roles[level])}}}" for level in levels)
    yield from (f"    {key}: {inline(roles[key])}" for key in ("lat", "lon") if key in roles)
    if "latlon" in roles:
        yield f"    latlon: {inline(roles['latlon'])} # {_CHECK}: `lonlat` if the longitude is first"


def _claims_and_reports(found: _Columns) -> Iterator[str]:
    """Yield reports, claims, and alleged perpetrators."""
    roles, by = found.roles, f"by: {_US}, in: report"
    source = roles.get("source")
    yield "reports:"
    yield "  - id: report"
    publisher = f"{{column: {_flow(source)}, otherwise: {_US}}}" if source else _US
    yield f"    publisher: {publisher}" + (f" # {_CHECK}: are these publishers, one in a cell?" if source else "")
    if "url" in roles:
        yield f"    url: {inline(roles['url'])}"
    if "published" in roles:
        yield f"    published: {{column: {_flow(roles['published'])}}}"
    counted = _counted(roles)
    if counted:
        yield f"claims: # {_CHECK}: a number belongs to whoever said it; `by` is your group, or a column of originators"
        several = f", separator: {_flow(sign)}" if "by" in roles and (sign := _separator(found, roles["by"])) else ""
        originator = f"{{column: {_flow(roles['by'])}{several}, otherwise: {_US}}}" if "by" in roles else _US
        yield f"  - by: {originator}"
        yield "    in: report"
        for measure, columns in counted.items():
            parts = [column for role, column in roles.items() if role.split()[0] == measure and column in found.unsure]
            why = f" # {_CHECK}: is {' and '.join(parts)} that?" if parts else ""
            yield f"    {measure}: {inline(columns)}{why}"
    sides = [side for side in ("a", "b") if f"side_{side}" in roles]
    accused = [("attributions", "actor", "stance: alleged")] if "actor" in roles else []
    for key, role, more in (*accused, *(("parties", f"side_{side}", f"side: {side}") for side in sides)):
        separator = _separator(found, roles[role])
        tail = f", separator: {_flow(separator)}}}" if separator else "}"
        if role != "side_b" or sides == ["b"]:
            yield f"{key}:"
        why = f" # {_CHECK}: does `{separator}` stand between several?" if separator else ""
        yield f"  - {{{by}, {more}, actor: {{column: {_flow(roles[role])}{tail}}}{why}"
    if "weapon" in roles:
        yield "weapons:"
        yield f"  - by: {_US}"
        yield "    in: report"
        yield from _choice("weapon", found, "    ")


def _counted(roles: dict[str, str]) -> dict[str, Any]:
    """Return the measures of a claim, with the columns of groups or of bounds."""
    found: dict[str, Any] = {}
    for role, column in roles.items():
        measure, *more = role.split()
        if measure in _MEASURES:
            found.setdefault(measure, {}).setdefault(more[0], {})[more[1] if more[1:] else "column"] = column
    for groups in found.values():
        for group, columns in groups.items():
            if "column" in columns:
                groups[group] = {"column": columns["column"]}
    return {measure: groups["total"] if [*groups] == ["total"] else groups for measure, groups in found.items()}


def _rest(found: _Columns) -> Iterator[str]:
    """Yield the columns without a field, which are ignored unless the user changes that."""
    left = found.free()
    if left:
        yield f"ignore: # {_CHECK}: or `keep` what is worth it and names nobody"
    for column in left:
        name = f" {folded(_spaced(column))} "
        named = next((role for phrase, role in _phrases() if f" {phrase} " in name and role in ("text", "source")), "")
        text = named == "text" or found.are(column, lambda cell: len(cell) > 60, 0.3)
        why = "free text, which may name people" if text else "several in a cell" if named else "not decided yet"
        yield f"  {inline(column)}: {why}"


def _flow(text: str) -> str:
    """Format a text between brackets."""
    return inline([text])[1:-1]
