"""Code lists and ledgers of imports: the CSV files of a dataset, validated as strictly as records.

An error is a finding at its line (REC015), whether or not the row is used; invalid rows are skipped. Prevents: a list
that is a link or endless, and an entry hidden by a mistyped line.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from io import StringIO
from math import inf
from typing import Final, NamedTuple

from conflict_incidents.core.countries import alpha3
from conflict_incidents.core.findings import Finding, Mark, Severity, Shown, bare, reason, show
from conflict_incidents.core.names import fold
from conflict_incidents.core.redaction import redact_path
from conflict_incidents.core.rule import MAX_FINDINGS_PER_RULE, Problem, rule, suggestion
from conflict_incidents.dataset.errors import DatasetError
from conflict_incidents.dataset.index import LISTS
from conflict_incidents.records import schema
from conflict_incidents.records.parsing import Content
from conflict_incidents.records.yaml.decoding import decode_all, file_form
from conflict_incidents.records.yaml.parser import unreadable

_SIDES = {"west": 180.0, "south": 90.0, "east": 180.0, "north": 90.0, "lon": 180.0, "lat": 90.0}
"""The columns in degrees, with their maximum."""
_DEGREES = re.compile(r"-?[0-9]{1,3}(?:\.[0-9]+)?")
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_INCIDENT = re.compile(r"[A-Z]{3}-[0-9]{8}-[a-z0-9]{4}")
_HASH = re.compile(r"[0-9a-f]{8}")
_RESTORE: Final = "restore the file from the history"
_HEADER = 4096
"""The maximum size of the header in bytes."""
_SEPARATORS = (";", "\t", "|")


class TableLine(NamedTuple):
    """A row of a table: the number of its first line in the file, and its cells by column."""

    number: int
    cells: Mapping[str, str]


_Problems = list[tuple[Mark, Shown]]


def _wrong_row(cells: Mapping[str, str]) -> Iterator[tuple[str, Shown]]:
    """Yield the errors in a row of a code list."""
    for column, cell in cells.items():
        if why := _wrong_cell(column, cell):
            yield column, why
    if bool(cells.get("lon")) != bool(cells.get("lat")):
        yield "pcode", Shown("only one of `lon` and `lat` is given; write both, or neither")
    degrees = {side: float(cell) for side in _SIDES if _DEGREES.fullmatch(cell := cells.get(side, ""))}
    for low, high in (("west", "east"), ("south", "north")):
        if degrees.get(low, -inf) > degrees.get(high, inf):
            ends = f"{bare(low)} ({bare(cells[low])}) is beyond {bare(high)} ({bare(cells[high])})"
            yield low, f"{ends}; exchange or correct them"


def _wrong_cell(column: str, cell: str) -> Shown | None:
    """Return the error in a cell of a code list; None if it is valid."""
    match column:
        case "country" if (code := alpha3(cell)) != cell:
            near = f"; write {show(code)}" if code else Shown(", as `SYR`")
            return f"country is {show(cell)}, not an alpha-3 code of ISO 3166-1{near}"
        case "level" if cell not in {"1", "2", "3"}:
            repair = f"write {show(cell[-1])}" if re.fullmatch(r"\D*[123]", cell) else Shown("correct it")
            return f"level is {show(cell)}, not 1, 2 or 3; {repair}"
        case "pcode" if not _pcode().fullmatch(cell):
            return f"pcode is {show(cell)}, not the code of a unit; write it as `SY07`"
        case "name_en" if not cell:
            return Shown("name_en is empty; write the unit's name")
        case "spelling" if not cell:
            return Shown("the spelling is empty; write it, or delete the line")
        case "place" | "organisation" | "actor" if not _ID.fullmatch(cell):
            return f"{bare(column)} is {show(cell)}, not an id; write it as in data/{bare(column)}s/"
        case _ if column in _SIDES and (cell or column not in {"lon", "lat"}):
            return _wrong_degrees(column, cell)
    return None


@cache
def _pcode() -> re.Pattern[str]:
    """Return the pattern of unit codes from the schema of places."""
    admin = schema.document("place/1")["properties"]["admin"]["properties"]["adm1"]
    return re.compile(admin["pattern"].removeprefix("^").removesuffix("$"))


def _wrong_degrees(column: str, text: str) -> Shown | None:
    if not _DEGREES.fullmatch(text):
        point = text.replace(",", ".")
        right = f"; write {show(point)}" if point != text and _DEGREES.fullmatch(point) else Shown(", as `36.1476`")
        return f"{bare(column)} is {show(text)}, not degrees{right}"
    if abs(float(text)) > _SIDES[column]:
        return f"{bare(column)} is {show(text)}, and no degree is beyond {_SIDES[column]:.0f}; correct it"
    return None


@dataclass(frozen=True, slots=True)
class TableForm:
    """The format of a table.

    `columns` are required, `optional` ones are allowed. `wrong` yields the errors in the cells of a row, by column.
    Rows have unique values of `key`, unless they agree on the column `means`.
    """

    columns: tuple[str, ...]
    key: tuple[str, ...]
    optional: re.Pattern[str] = re.compile("(?!)")
    means: str | None = None
    wrong: Callable[[Mapping[str, str]], Iterator[tuple[str, Shown]]] = _wrong_row


def _spelling(of: str, *before: str) -> TableForm:
    """Return the format of an alias table: one spelling per row, its context columns before it, and its meaning."""
    return TableForm((*before, "spelling", of), (*before, "spelling"), means=of)


def _wrong_ledger_row(cells: Mapping[str, str]) -> Iterator[tuple[str, Shown]]:
    if not cells["id"]:
        yield "id", f"the id is empty; {_RESTORE}"
    if not _INCIDENT.fullmatch(cells["incident"]):
        yield "incident", f"incident is {show(cells['incident'])}, not the id of one; {_RESTORE}"
    for column, cell in cells.items():
        if column not in {"id", "incident"} and cell and not _HASH.fullmatch(cell):
            yield column, f"{bare(column)} is {show(cell)}, not a hash of 8 digits; {_RESTORE}"


FORMS: dict[str, TableForm] = {
    "admin_units": TableForm(
        ("pcode", "country", "level", "name_en", "parent", "west", "south", "east", "north"),
        ("pcode",),
        re.compile("name_[a-z]{2,3}|lon|lat"),
    ),
    "admin_aliases": _spelling("pcode", "country", "level"),
    "place_aliases": _spelling("place", "country"),
    "organisation_aliases": _spelling("organisation"),
    "actor_aliases": _spelling("actor"),
}
"""The code lists by name."""


LEDGER = TableForm(("id", "incident"), ("id",), re.compile("[a-z_]+"), wrong=_wrong_ledger_row)
"""The ledger of an import; it may have a column of hashes for each key of the source."""


def findings(content: Content, path: str) -> list[Finding]:
    """Validate a code list or the ledger of an import, by its path below the root."""
    folder, _, name = path.removeprefix("data/").partition("/")
    stem = name.removesuffix(".csv")
    form = FORMS.get(stem) if folder == LISTS else LEDGER if _ID.fullmatch(stem) else None
    if (form is None or stem == name) and isinstance(content, bytes):
        names = (f"{one}.csv" for one in FORMS) if folder == LISTS else ()
        what = Shown("a code list" if folder == LISTS else "the ledger of an import, `ID.csv`")
        return table_form.run(path, [(Mark(), f"the file is not {what}; rename or delete it{suggestion(name, names)}")])
    problems: list[Finding] = []
    deque(lines(content, path, form or LEDGER, problems), maxlen=0)
    return problems


def lines(content: Content | None, path: str, form: TableForm, findings: list[Finding]) -> Iterator[TableLine]:
    """Yield the valid rows of a table.

    Args:
        content: the content of the file; None for an empty table.
        path: the file's name in findings.
        form: the format of the table.
        findings: a list to append findings to.
    """
    if isinstance(content, bytes):
        first = content[:_HEADER].partition(b"\n")[0].decode("utf-8", "replace")
        separator = next((one for one in _SEPARATORS if one in first and "," not in first), None)
        if separator:
            why = f"the cells are separated by {show(separator)}; save the file with commas"
            findings += table_form.run(path, [(Mark(), why)])
            return
        text, of_text = decode_all(content.replace(b"\r\n", b"\n"), path)
        problems: _Problems = []
        if text is not None:
            yield from _rows(text, form, problems)
        findings += of_text + table_form.run(path, sorted(problems))
    elif isinstance(content, str):
        findings += file_form.run(path, Mark(), Shown(content))  # why it isn't a regular file
    elif content is not None:
        findings += unreadable.run(path, Mark(), reason(content))


def valid_rows(content: Content | None, path: str, name: str) -> list[TableLine]:
    """Return the rows of a code list.

    Raises:
        DatasetError: the list has findings.
    """
    problems: list[Finding] = []
    rows = list(lines(content, path, FORMS.get(name, LEDGER), problems))
    raise_findings(problems)
    return rows


def raise_findings(findings: Sequence[Finding]) -> None:
    """Raise an error if a table has findings.

    Raises:
        DatasetError: the table has findings.
    """
    if findings:
        raise DatasetError(f"{redact_path(findings[0].path)}:{findings[0].mark.line}: {findings[0].message}")


def _rows(text: str, form: TableForm, problems: _Problems) -> Iterator[TableLine]:
    """Yield the valid rows of a text; errors are appended to `problems`."""
    rows = csv.reader(StringIO(text, newline=""), strict=True)
    columns: list[str] = []
    firsts: dict[tuple[str, ...], tuple[int, str | None]] = {}
    end = 0

    def valid_line(number: int, cells: Sequence[str]) -> TableLine | None:
        """Return a row if it is valid; `firsts` has the line and the meaning of each key so far."""
        if len(cells) != len(columns):
            repair = Shown("a comma is missing or one too many" if cells else "delete the empty line")
            problems.append((Mark(number), f"{len(cells)} cells where the first line has {len(columns)}; {repair}"))
            return None
        line = TableLine(number, dict(zip(columns, cells, strict=True)))
        padded = [name for name, cell in line.cells.items() if cell != cell.strip()]
        wrong = [(name, f"{bare(name)} is {show(line.cells[name])}; delete the spaces around it") for name in padded]
        wrong = wrong or list(form.wrong(line.cells))
        key = tuple(fold(line.cells[name]) if name == "spelling" else line.cells[name] for name in form.key)
        meaning = line.cells[form.means] if form.means else None
        first, first_meaning = firsts.setdefault(key, (number, meaning))
        if not wrong and first != number and (meaning is None or meaning != first_meaning):
            wrong = [(form.key[-1], f"{show(line.cells[form.key[-1]])} is already on line {first}; keep one")]
        problems.extend((_place(line, name, cells), why) for name, why in wrong)
        return None if wrong else line

    try:
        for cells in rows:
            start, end = end + 1, rows.line_num
            if start == 1:
                columns = cells
                problems += [(Mark(), why) for why in _wrong_header(columns, form)]
            elif line := valid_line(start, cells):
                yield line
            if len(problems) > MAX_FINDINGS_PER_RULE or (problems and start == 1):
                return
    except csv.Error as error:
        is_open = "unexpected end" in str(error) or "larger than" in str(error)
        why = Shown("a quote isn't closed" if is_open else str(error))
        problems.append((Mark(end + 1), f'{why}; write `"` only around a whole cell, and in pairs'))
    if not end and not problems:
        problems.append((Mark(), f"the file is empty; its first line is {show(','.join(form.columns))}"))


def _wrong_header(columns: Sequence[str], form: TableForm) -> Iterator[Shown]:
    header = Shown(",".join(form.columns))
    if not any(columns):
        yield f"the first line is empty; it has to be `{header}`"
        return
    for column in dict.fromkeys(columns):
        if columns.count(column) > 1:
            yield f"the column {show(column)} is there {columns.count(column)} times; keep one"
        elif column not in form.columns and not form.optional.fullmatch(column):
            yield f"there is no column {show(column)} in such a list{suggestion(column, form.columns)}"
    if missing := [column for column in form.columns if column not in columns]:
        yield f"the column {show(missing[0])} is missing; the first line has `{header}`"


def _place(line: TableLine, column: str, cells: Sequence[str]) -> Mark:
    """Return the position of a cell; of the line if a quoted cell precedes it."""
    before = list(line.cells).index(column)
    plain = not any(sign in cell for cell in cells[: before + 1] for sign in ',"\n')
    return Mark(line.number, sum(len(cell) + 1 for cell in cells[:before]) + 1 if plain else 1)


@rule("REC015", Severity.ERROR)
def table_form(problems: Iterable[tuple[Mark, Shown]]) -> Iterator[Problem]:
    """A code list has its columns, separated by commas, complete rows, and no duplicate entries.

    This applies to the ledgers in `data/imports/` too. Otherwise, entries on a place or a name would be lost silently.
    A row with an error is skipped; while `admin_units.csv` has an error, a code missing from it isn't a finding.

    Wrong:
        pcode,country,level,name_en,parent,west,south,east,north
        SY07,SYR,adm1,Idleb,SY,36.1476,35.3774,37.2022,36.3388

    Right:
        pcode,country,level,name_en,parent,west,south,east,north
        SY07,SYR,1,Idleb,SY,36.1476,35.3774,37.2022,36.3388
    """
    for at, what in problems:
        yield Problem(at, what)
