"""Propose a mapping of a table, as YAML in which comments mark what is uncertain."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from conflict_incidents.core.countries import alpha3, countries_containing
from conflict_incidents.core.findings import bare
from conflict_incidents.core.ids import slug
from conflict_incidents.core.names import fold
from conflict_incidents.core.persons.names import persons_in
from conflict_incidents.core.resources import csv_rows
from conflict_incidents.exchange.importers.column_roles import (
    Columns,
    detect,
    is_any_day,
    is_count,
    is_day,
    role_in_name,
)
from conflict_incidents.exchange.importers.mapping import vocabulary
from conflict_incidents.exchange.importers.rowvalues import CellRules, RowValues
from conflict_incidents.exchange.importers.store.batch import RowError
from conflict_incidents.exchange.importers.tabular.grid import (
    RepeatedName,
    SourceRow,
    SourceTable,
    SourceTableError,
    are_data,
)
from conflict_incidents.exchange.importers.tabular.read import read_table
from conflict_incidents.records.cells import CellError, comparison_form, read_count
from conflict_incidents.records.counts import TELLTALE
from conflict_incidents.records.formatting import inline

_DATES = 2000
"""The number of dates from which to detect their format."""
_LINES_ABOVE = 12
"""The maximum number of lines above the header."""
_MAX_WORDS = 40
"""The maximum number of a column's words to list for translation."""
_US = "our-group"
_CHECK = "CHECK"
"""The mark of a comment about something uncertain."""


def propose(file: Path, encoding: str | None, delimiter: str | None, sheet: str | None) -> str:
    """Propose a mapping of the table in a file, as YAML with comments.

    Raises:
        SourceTableError: the file can't be read as one table.
        OSError: the file can't be opened.
    """
    options: dict[str, Any] = {"encoding": encoding, "delimiter": delimiter, "sheet": sheet}
    table, header = _table(file, options)
    options = {key: option for key, option in (options | {"header": header}).items() if option}
    lines = _lines(detect(table), slug(file.name.split(".")[0]) or "table", options)
    return "".join(f"{line}\n" for line in lines)


def _table(file: Path, options: dict[str, Any]) -> tuple[SourceTable, int | None]:
    """Return the table, and the row of its header if that isn't the first."""
    try:
        return read_table(file, **options), None
    except SourceTableError as error:
        likely = error
        for header in range(2, _LINES_ABOVE):
            try:
                table = read_table(file, **options, header=header)
                if not are_data(table.columns):
                    return table, header
            except RepeatedName as repeated:  # of a header, under which the first has titles
                likely = likely if isinstance(likely, RepeatedName) else repeated
            except SourceTableError:
                continue
        raise likely from error


def _lines(columns: Columns, scheme: str, options: dict[str, Any]) -> Iterator[str]:
    roles, cells = columns.roles, _cells(columns)
    yield f"# A first mapping. Look at the lines with {_CHECK}; docs/import-table.md says what else there is."
    yield "schema: mapping/1"
    yield f"scheme: {inline(scheme)} # {_CHECK}: the table's name, for ever"
    if options:
        yield f"file: {inline(options)}"
    yield f"organisations: # {_CHECK}: who keeps this table and counts in it"
    yield f"  - {{id: {_US}, name: Our Group, kind: ngo}}"
    new = dict.fromkeys(["organisations"] if columns.of("source", "by") else [], "create")
    new |= dict.fromkeys(["actors"] if columns.of("actor", "side_a", "side_b") else [], "create")
    if new:
        yield f"new: {inline(new)} # {_CHECK}: no column may name people; delete this to refuse names that are unknown"
    if cells:
        yield f"cells: {inline(cells)}"
    yield from _odd_counts(columns, cells)
    yield from _date_form(columns)
    yield from _identity(columns)
    yield _country(columns, cells)
    place = next(iter(columns.of("name", "adm3", "adm2", "adm1").values()), None)
    at = f" at {{{place}}}" if place else ""
    title = [f"{{{roles['kind']}}}{at}"] if "kind" in roles else []
    yield f"title: {inline([*dict.fromkeys([*title, f'Incident{at}', 'Incident'])])}"
    yield _date(columns)
    if "kind" in roles:
        yield from _choice("kind", columns)
        yield "  otherwise: unspecified"
    else:
        yield f"kind: unspecified # {_CHECK}: what happened"
    yield from _site(columns)
    yield from _reports(columns)
    yield from _claims(columns)
    yield from _sides(columns)
    if "weapon" in roles:
        yield from ("weapons:", f"  - by: {_US}", "    in: report")
        yield from _choice("weapon", columns, "    ")
    yield from _rest(columns)


def _doubt(columns: Columns, *roles: str) -> str:
    """Return the comment on the columns of roles that may have been assigned wrongly."""
    doubtful = " and ".join(column for column in columns.of(*roles).values() if column in columns.unsure)
    return f" # {_CHECK}: is {doubtful} that?" if doubtful else ""


def _cells(columns: Columns) -> dict[str, str]:
    """Return the formats of numbers in cells, where they aren't the usual ones."""
    cells: dict[str, str] = {}
    degrees = [cell for column in columns.of("lat", "lon").values() for cell in columns.non_empty[column]]
    if any(re.fullmatch(r"-?[0-9]+,[0-9]+", cell) for cell in degrees):
        cells["decimal"] = ","
    for sign in ",. '٬":
        grouped = re.compile(rf"[0-9]{{1,3}}(?:{re.escape(sign)}[0-9]{{3}})+")
        if any(grouped.fullmatch(comparison_form(cell)) for cell in columns.counts()):
            cells["thousands"] = "space" if sign == " " else sign
    return cells


def _odd_counts(columns: Columns, cells: dict[str, str]) -> Iterator[str]:
    thousands = CellRules({"cells": cells}).counts["thousands"]
    if odd := Counter(cell for cell in columns.counts() if not _is_readable(cell, thousands)):
        words = ", ".join(f"{bare(cell)} ({times}x)" for cell, times in odd.most_common(8))
        yield f"# {_CHECK}: counts to explain, as in `cells: {{words: {{several: 3+}}, unknown: [-99]}}`: {words}"


def _is_readable(cell: str, thousands: str | None) -> bool:
    try:
        return read_count(cell, thousands=thousands, meant=TELLTALE) is not None
    except CellError:
        return False


def _date_form(columns: Columns) -> Iterator[str]:
    """Yield the format of dates, and a time zone if some are moments of another."""
    dates = [
        cell for column in columns.of("date", "to", "published").values() for cell in columns.non_empty[column][:_DATES]
    ]
    days = {order: sum(is_day(cell, order) for cell in dates) for order in (None, "dmy", "mdy", "ymd")}
    best, *others = [order for order in days if days[order] == max(days.values())]

    def needs(**more: Any) -> bool:
        return any(is_day(cell, best) and not is_day(cell, best, **more) for cell in dates)

    form: dict[str, Any] = {"order": best} if best else {}
    why = f" # {_CHECK}: day or month first? nothing in the table says" if best and others else ""
    if needs(drop_times=False):
        form["times"] = "drop"
    if short := [cell for cell in dates if is_day(cell, best) and not is_day(cell, best, century=None)]:
        form["century"] = 1900 if max(cell[-2:] for cell in short) > f"{date.today():%y}" else 2000
        why = why or f" # {_CHECK}: of which century are years of two digits?"
    if form:
        yield f"dates: {inline(form)}{why}"
    if needs(zone=None):
        yield f"timezone: UTC # {_CHECK}: the local time zone, such as Asia/Damascus: some dates are moments of another"


def _identity(columns: Columns) -> Iterator[str]:
    """Yield the id of a row: a unique column, or several columns that are unique together."""
    if column := columns.roles.get("id"):
        yield f"id: {inline(f'{{{column}}}')}"
        return
    parts: list[str] = []
    rows = len(next(iter(columns.cells.values())))
    likely = ("date", "year", "month", "day", "name", "kind", "killed total", "actor", "url")
    for column in columns.of(*likely).values():
        if all(cell.strip() for cell in columns.cells[column]):
            parts.append(column)
            if len(parts) > 1 and len(set(zip(*(columns.cells[part] for part in parts), strict=True))) == rows:
                break
    template = " ".join(f"{{{part}}}" for part in parts) or "{id}"
    yield f"id: {inline(template)} # {_CHECK}: no column has another value in each row; a row's id must never change"


def _country(columns: Columns, cells: dict[str, str]) -> str:
    if column := columns.roles.get("country"):
        unknown = sorted(cell for cell in {*columns.non_empty[column]} if alpha3(cell) is None)[:_MAX_WORDS]
        words = f" # {_CHECK}: translate under `words`: {', '.join(map(bare, unknown))}" if unknown else ""
        return f"country: {inline({'column': column})}{words or _doubt(columns, 'country')}"
    fitting = countries_containing(_positions(columns, cells))
    if len(fitting) == 1:
        return f"country: {fitting[0]} # {_CHECK}: by its positions"
    which = f"by its positions {', '.join(fitting[:8])}" if fitting else "ISO 3166-1 alpha-3, such as SYR"
    return f"country: XX # {_CHECK}: which? {which}"


def _positions(by_role: Columns, cells: dict[str, str]) -> list[tuple[float, float]]:
    columns = by_role.of("lat", "lon", "latlon")
    rules = CellRules({"cells": cells} if "decimal" in cells else {})
    positions = []
    for row in {*zip(*(by_role.cells[column] for column in columns.values()), strict=True)}:
        try:
            lat, lon = RowValues(SourceRow(0, dict(zip(columns.values(), row, strict=True))), rules).position(columns)
        except RowError:
            continue
        if lat is not None and lon is not None:
            positions.append((lat, lon))
    return positions


def _date(detected: Columns) -> str:
    day = detected.roles.get("date")
    columns = {"column": day} if day else detected.of("year", "month", "day")
    if not columns:
        return f"date: {{column: DATE}} # {_CHECK}: which column? no name is known, and no column has dates"
    wrong = f" # {_CHECK}: many cells are no date" if day and not detected.are(day, is_any_day, 0.5) else ""
    return f"date: {inline(columns | detected.of('to'))}{wrong or _doubt(detected, 'date', 'to', *columns)}"


def _choice(list_name: str, columns: Columns, indent: str = "") -> Iterator[str]:
    """Yield a value of a closed list, with the meanings of the words of its column."""
    column = columns.roles[list_name]
    options = vocabulary()["kind",] if list_name == "kind" else vocabulary()["weapons", "kind"]
    separator = columns.separator(column) if list_name == "weapon" else ""
    pieces = [piece for cell in columns.non_empty[column] for piece in (cell.split(separator) if separator else [cell])]
    cells = [piece.strip() for piece in pieces]
    words = Counter(cell for cell in cells if cell and re.sub(r"[\s/-]+", "_", cell.casefold()) not in options)
    yield f"{indent}kind:"
    yield f"{indent}  column: {inline(column)}{_doubt(columns, list_name)}"
    if separator:
        yield f"{indent}  separator: {inline(separator)}"
    meanings = {word: _meaning(word, list_name) for word, _ in words.most_common(_MAX_WORDS)}
    if any(meanings.values()):
        yield f"{indent}  words:"
        yield from (f"{indent}    {inline(word)}: {meaning}" for word, meaning in meanings.items() if meaning)
    elif meanings:
        yield f"{indent}  # words:"
    for word, meaning in meanings.items():
        if not meaning:
            shown_word = bare(word) if re.search("[@0-9]", word) or persons_in(word, cell=True) else inline(word)
            yield f"{indent}    # {shown_word}: {_CHECK}, {words[word]} rows"
    yield f"{indent}  else: other # any other word"


def _meaning(word: str, list_name: str) -> str | None:
    text = f" {fold(word)} "
    return next((meaning for phrase, meaning in _meanings(list_name) if f" {phrase} " in text), None)


@cache
def _meanings(list_name: str) -> list[tuple[str, str]]:
    """Return the words of a closed list in several languages with their meanings, the longest first."""
    rows = [row for row in csv_rows(__file__, "word_meanings.csv") if row["list"] == list_name]
    meanings = {fold(word): row["meaning"] for row in rows for word in row["words"].split("|")}
    return sorted(meanings.items(), key=lambda one: -len(one[0]))


def _site(columns: Columns) -> Iterator[str]:
    yield "sites:"
    levels = columns.of("adm1", "adm2", "adm3")
    if name := columns.roles.get("name"):
        yield f"  - name: {inline({'column': name})}{_doubt(columns, 'name')}"
    else:
        area = levels.popitem()[1] if levels else None
        yield f"  - name: {inline({'column': area or 'PLACE'})} # {_CHECK}: the column with the place"
        if area:
            yield "    level: area"  # a place without a p-code can't be a unit
    yield from (
        f"    {level}: {inline({'column': column})}{_doubt(columns, level)}" for level, column in levels.items()
    )
    yield from (
        f"    {key}: {inline(column)}{_doubt(columns, key)}" for key, column in columns.of("lat", "lon").items()
    )
    if latlon := columns.roles.get("latlon"):
        yield f"    latlon: {inline(latlon)} # {_CHECK}: `lonlat` if the longitude is first"


def _reports(columns: Columns) -> Iterator[str]:
    source = columns.roles.get("source")
    yield "reports:"
    yield "  - id: report"
    publisher = inline({"column": source, "otherwise": _US}) if source else _US
    yield f"    publisher: {publisher}" + (f" # {_CHECK}: are these publishers, one in a cell?" if source else "")
    yield from (f"    url: {inline(column)}{_doubt(columns, 'url')}" for column in columns.of("url").values())
    yield from (f"    published: {inline({'column': column})}" for column in columns.of("published").values())


def _claims(found: Columns) -> Iterator[str]:
    measures = _count_columns(found.roles)
    if measures:
        by = found.roles.get("by")
        several = {"separator": sign} if by and (sign := found.separator(by)) else {}
        yield f"claims: # {_CHECK}: a number belongs to whoever said it; `by` is your group, or a column of originators"
        yield f"  - by: {inline({'column': by, **several, 'otherwise': _US}) if by else _US}"
        yield "    in: report"
    for measure, columns in measures.items():
        doubt = _doubt(found, *(role for role in found.roles if role.startswith(measure)))
        yield f"    {measure}: {inline(columns)}{doubt}"


def _count_columns(roles: dict[str, str]) -> dict[str, Any]:
    """Return the measures of a claim, with the columns of groups or of bounds."""
    measures: dict[str, Any] = {}
    for role, column in roles.items():
        if is_count(role):
            measure, group, *bound = role.split()
            measures.setdefault(measure, {}).setdefault(group, {})[bound[0] if bound else "column"] = column
    return {measure: groups["total"] if [*groups] == ["total"] else groups for measure, groups in measures.items()}


def _sides(columns: Columns) -> Iterator[str]:
    """Yield alleged perpetrators, and the parties to a fight."""
    key = ""
    for role, column in columns.of("actor", "side_a", "side_b").items():
        before, key = key, "attributions" if role == "actor" else "parties"
        if key != before:
            yield f"{key}:"
        more = {"stance": "alleged"} if role == "actor" else {"side": role[-1]}
        separator = {"separator": sign} if (sign := columns.separator(column)) else {}
        why = f" # {_CHECK}: does `{sign}` stand between several?" if sign else _doubt(columns, role)
        entry = {"by": _US, "in": "report", **more, "actor": {"column": column, **separator}}
        yield f"  - {inline(entry)}{why}"


def _rest(columns: Columns) -> Iterator[str]:
    """Yield the columns without a field, which are ignored unless the user changes that."""
    undecided = columns.free()
    if undecided:
        yield f"ignore: # {_CHECK}: or `keep` what is worth it and names no one"
    for column in undecided:
        role = role_in_name(column, "text", "source")
        text = role == "text" or columns.are(column, lambda cell: len(cell) > 60, 0.3)
        why = "free text, which may name people" if text else "several in a cell" if role else "not decided yet"
        yield f"  {inline(column)}: {why}"
