"""Read the values of a row by a mapping; errors name the column."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from conflict_incidents.core.countries import TERRITORIAL_SEA, may_contain
from conflict_incidents.core.findings import show
from conflict_incidents.core.rule import suggestion
from conflict_incidents.exchange.importers.mapping import POSITION_KEYS, columns_of, templates
from conflict_incidents.exchange.importers.store.batch import Accounting, RowError
from conflict_incidents.exchange.importers.tabular.grid import SourceRow
from conflict_incidents.records.cells import (
    CellError,
    CountValue,
    combine_bounds,
    comparison_form,
    is_unknown,
    read_count,
    tidy,
)
from conflict_incidents.records.dates import POSSIBLE_SENTINELS
from conflict_incidents.records.days import DateForm, Span, read_day, read_parts

_DEGREES = re.compile(r"[+-]?(?:[0-9]{1,3}(?:\.[0-9]{0,40})?|\.[0-9]{1,40})(?:e[+-]?[0-9]{1,2})?")
_SEXAGESIMAL = re.compile(
    r"([nsew]?) ?([+-]?[0-9]{1,3}(?:\.[0-9]{1,40})?) ?(?:[°º˚] ?)?"
    r"(?:([0-9]{1,2}(?:\.[0-9]{1,40})?) ?['′’´] ?)?"  # noqa: RUF001 - signs of minutes
    r"(?:([0-9]{1,2}(?:\.[0-9]{1,40})?) ?(?:[\"″”]|''|′′|’’) ?)?([nsew]?)"  # noqa: RUF001 - signs of seconds
)
"""Degrees, minutes and seconds, and decimal degrees with a letter: `33°30'15"N`."""
OFF = "the position is outside its country (at sea, or latitude and longitude swapped?): kept under external"
"""The remark on a position outside its country."""
_POINT = re.compile(r"(?:srid=4326;)?point ?z? ?\(([^\s()]+) ([^\s()]+)(?: [^\s()]+)?\)")
_BETWEEN = ("[;|/]", ", ", ",", " ", "(?<=[nsew]) ?(?=[0-9])", "(?<=[^nsew ]) ?(?=[nsew] ?[0-9])")
"""Separators of the two numbers of a position, the most certain first."""
SEPARATORS = re.compile("[,;|/]")
"""The separators of a list of names."""
Spec = dict[str, Any]
"""A part of a mapping."""
MappedValue = str | Spec | None
"""A value of a mapping: fixed, or that of columns; None if the mapping has none."""


@dataclass(frozen=True)
class CellRules:
    """The interpretation of a table's cells: the parts `cells` and `dates` of a mapping."""

    content: dict[str, Any]

    @cached_property
    def counts(self) -> dict[str, Any]:
        """The arguments of `read_count`: signs of numbers, cells that mean unknown, words, and telltale numbers and
        days that are meant literally.
        """
        spec = self.content.get("cells", {})
        sign = spec.get("thousands")
        return {
            "thousands": " " if sign == "space" else sign,
            "decimal": str(spec.get("decimal", ".")),
            "unknown": self.unknown,
            "words": {cell: str(meaning) for cell, meaning in spec.get("words", {}).items()},
            "meant": frozenset(spec.get("meant", ())),
        }

    @cached_property
    def unknown(self) -> frozenset[str]:
        """Further cells that mean unknown."""
        return frozenset(map(str, self.content.get("cells", {}).get("unknown", ())))

    def dates(self, order: str | None) -> DateForm:
        """Return the format of dates, with the column's own order if it has one."""
        spec = self.content.get("dates", {})
        months, drop_times = spec.get("months", {}), spec.get("times") == "drop"
        zone = self.content.get("timezone")
        return DateForm(order or spec.get("order"), months, drop_times, spec.get("century"), zone)


@dataclass
class RowValues:
    """The cells of one row; `target_columns` maps the columns used to the fields in which they are stored."""

    row: SourceRow
    rules: CellRules
    target_columns: dict[str, str] = field(default_factory=dict)

    def raw(self, column: str) -> str:
        """Return a cell as in the file.

        Raises:
            RowError: the cell of the file has an unreadable value.
        """
        if column in self.row.faults:
            raise RowError(column, self.row.faults[column])
        return self.row.cells[column]

    def cell(self, column: str) -> str:
        """Return a cell as one line of clean text, '' if unknown.

        Raises:
            RowError: the cell of the file has an unreadable value.
        """
        text = tidy(self.raw(column))
        return "" if is_unknown(text, self.rules.unknown) else text

    def text(self, value: MappedValue, to: str) -> str | None:
        """Return a fixed text, or that of a column, translated; None if empty."""
        return next(iter(self.texts(value, to)), None)

    def texts(self, value: MappedValue, to: str) -> list[str]:
        """Return the texts of a cell with several, if the mapping has their `separator`."""
        if value is None or isinstance(value, str):
            return [] if value is None else [value]
        meanings = {comparison_form(cell): str(word) for cell, word in value.get("words", {}).items()}
        raw = self.raw(value["column"]) if "column" in value else self.fill_template(value["template"], to) or ""
        pieces = _pieces(raw, value["separator"]) if "separator" in value else [raw]
        if comparison_form(raw) in meanings:
            pieces = [raw]
        texts = []
        for piece in map(tidy, pieces):
            text = meanings.get(comparison_form(piece), "" if is_unknown(piece, self.rules.unknown) else piece)
            texts += [text] if text else []
        self.target_columns |= dict.fromkeys(named_columns(value), to if texts else f"{to}: unknown")
        return texts or [value["otherwise"]] if "otherwise" in value else texts

    def word(self, value: MappedValue, options: tuple[str, ...], to: str) -> str | None:
        """Return a value of a closed list.

        Raises:
            RowError: the cell isn't in the list, and not translated by the mapping.
        """
        return next(iter(self.words(value, options, to)), None)

    def words(self, value: MappedValue, options: tuple[str, ...], to: str) -> list[str]:
        """Return the values of a closed list in a cell.

        Raises:
            RowError: one isn't in the list, and the mapping has neither a translation nor `else`.
        """
        return [self._word(text, value, options, to) for text in self.texts(value, to)]

    def _word(self, text: str, value: MappedValue, options: tuple[str, ...], to: str) -> str:
        plain = re.sub(r"[\s/-]+", "_", comparison_form(text))
        for word in (text, plain):
            if word in options:
                return word
        if kind := self.fallback_kind(value, to):
            return kind
        hint = suggestion(plain, options)
        raise RowError(
            first_column(value), f"{show(text)} is no {to} that records have; translate it under `words`{hint}"
        )

    def fallback_kind(self, value: MappedValue, to: str) -> str | None:
        """Return the kind of an otherwise unexplained cell, from the mapping's `else`."""
        if not isinstance(value, dict) or "else" not in value:
            return None
        self.target_columns |= dict.fromkeys(named_columns(value), f"{to}, by `else`")
        return str(value["else"])

    def fill_template(self, template: str | list[str], to: str) -> str | None:
        """Return the first template whose columns are all filled; None if there is none."""
        for option in templates(template):
            columns = columns_of(option)
            parts = {column: self.cell(column) for column in columns}
            if all(parts.values()):
                self.target_columns.update({column: self.target_columns.get(column, to) for column in columns})
                pieces = re.split(r"\{([^{}]+)\}", option)
                return tidy("".join(parts[piece] if number % 2 else piece for number, piece in enumerate(pieces)))
        return None

    def day(self, value: MappedValue, to: str) -> Span | None:
        """Return a fixed day, or the date in a column or in columns of its parts, which may be a month or a year.

        Raises:
            RowError: the cells aren't a date, or are ambiguous.
        """
        if value is None or isinstance(value, str):
            return value
        columns = [value["column"]] if "column" in value else [value.get(part, "") for part in ("year", "month", "day")]
        cells = [self.cell(column) if column else "" for column in columns]
        form = self.rules.dates(value.get("order"))
        try:
            day = read_day(cells[0], form) if "column" in value else read_parts(cells[0], cells[1], cells[2], form)
        except CellError as error:
            raise RowError(columns[0], str(error)) from error
        if isinstance(day, str) and day in POSSIBLE_SENTINELS - self.rules.counts["meant"]:
            why = f"{show(day)} means unknown in many tables; name the cell in the mapping's `cells`, under `unknown`,"
            raise RowError(columns[0], f"{why} or the day under `meant` if it is this day")
        self.target_columns |= dict.fromkeys(filter(None, columns), to if day else f"{to}: unknown")
        return day

    def count(self, value: Spec, to: str) -> CountValue | None:
        """Return the count in one column, or in a column per bound; None if unknown.

        Raises:
            RowError: a cell is not a count.
        """
        columns = {name: value[name] for name in ("column", "min", "max", "best") if name in value}
        counts = {name: self._number(column, value, to) for name, column in columns.items()}
        if "column" in columns:
            if len(columns) > 1:
                raise RowError(columns["column"], "a count has one `column`, or `min`, `max` and `best`")
            return counts["column"]
        try:
            return combine_bounds(counts.get("min"), counts.get("max"), counts.get("best"))
        except CellError as error:
            raise RowError(next(iter(columns.values())), str(error)) from error

    def _number(self, column: str, value: Spec, to: str) -> CountValue | None:
        rules = self.rules.counts
        words = rules["words"] | {cell: str(meaning) for cell, meaning in value.get("words", {}).items()}
        try:
            count = read_count(self.raw(column), **(rules | {"words": words}))
        except CellError as error:
            raise RowError(column, str(error)) from error
        self.target_columns[column] = to if count is not None else f"{to}: unknown"
        return count

    def position(self, spec: Spec) -> tuple[float | None, float | None]:
        """Return latitude and longitude of a site; None if a cell is empty.

        Raises:
            RowError: a cell isn't a valid number, or the file has another geometry than a point.
        """
        columns = position_columns(spec)
        texts = [_comparable(self.cell(column), self.rules.counts["decimal"]) for column in columns]
        if len(columns) == 1 and texts[0]:
            texts = _pair(texts[0], columns[0], "lonlat" in spec)
        lat, lon = texts if len(texts) == 2 else ("", "")
        return degrees(lat, columns[0], 90), degrees(lon, columns[-1], 180)

    def account(self, kept_columns: Collection[str], reasons: Mapping[str, str]) -> Accounting:
        """Return the account of the row's values."""
        accounting = Accounting()
        for column, raw in self.row.cells.items():
            if not raw.strip():
                accounting.empty(column)
                continue
            if column in reasons:
                accounting.left_out(column, reasons[column])
            elif column in self.target_columns:
                accounting.count_mapped(column, self.target_columns[column])
            elif column not in kept_columns:
                accounting.left_out(column, "goes with a cell that is empty")
            if column in kept_columns:
                accounting.count_kept(column)
        return accounting


def _pieces(text: str, separator: str) -> list[str]:
    """Split a list; a separator that is a word, such as `and`, must be surrounded by spaces."""
    sign = re.escape(separator)
    return re.split(rf"\s{sign}\s" if separator.isalpha() else sign, text)


def named_columns(value: Spec) -> list[str]:
    """Return the columns of a value."""
    if "column" in value:
        return [value["column"]]
    return [column for template in templates(value["template"]) for column in columns_of(template)]


def first_column(value: MappedValue) -> str:
    """Return the column that messages name for a value; empty for a fixed one."""
    return next(iter(named_columns(value)), "") if isinstance(value, dict) else ""


def position_columns(spec: Spec) -> list[str]:
    """Return the columns of a site's position: of latitude and longitude, or of both in one."""
    return [spec[key] for keys in POSITION_KEYS for key in keys if key in spec]


def degrees(text: str, column: str, limit: int) -> float | None:
    """Parse decimal degrees, or degrees with minutes and seconds; None if empty.

    Raises:
        RowError: the text isn't a valid number.
    """
    plain = comparison_form(text).replace("\u2212", "-")
    if not plain:
        return None
    value = float(plain) if _DEGREES.fullmatch(plain) else _sexagesimal(plain, "ns" if limit == 90 else "ew")
    if value is None or abs(value) > limit:
        comma = "; is the comma a decimal one? name it by `decimal` in `cells`" if "," in plain else ""
        raise RowError(column, f"{show(text)} is no position in degrees between -{limit} and {limit}{comma}")
    return value


def is_in_country(country: str, lat: float, lon: float, column: str, margin: float = TERRITORIAL_SEA) -> bool:
    """Whether a position may be in a country; false if it is outside by at most `margin` degrees.

    Raises:
        RowError: it is farther away, or at 0, 0.
    """
    if abs(lat) < 0.1 and abs(lon) < 0.1:
        raise RowError(column, "the position 0, 0 is a placeholder; leave it empty if it isn't known")
    if not may_contain(country, lat, lon, margin):
        swapped = "; latitude and longitude look swapped" if may_contain(country, lon, lat) else ""
        raise RowError(column, f"{round(lat, 2)}, {round(lon, 2)} is outside {country}{swapped}")
    return may_contain(country, lat, lon)


def _sexagesimal(text: str, letters: str) -> float | None:
    """Parse degrees, minutes and seconds with a letter for the direction, or with a sign."""
    match = _SEXAGESIMAL.fullmatch(text)
    letter = match and (match[1] or match[5])
    if not match or (match[1] and match[5]) or (letter and (letter not in letters or match[2][0] in "+-")):
        return None
    degrees_part, *parts = (float(number or 0) for number in match.group(2, 3, 4))
    if any(part >= 60 for part in parts) or ("." in match[2] and any(match.group(3, 4))):
        return None
    size = abs(degrees_part) + parts[0] / 60 + parts[1] / 3600
    return -size if letter in ("s", "w") or match[2][0] == "-" else size


def _comparable(text: str, decimal: str) -> str:
    """Normalise the decimal separator of a position to a point."""
    return re.sub(rf"(?<=[0-9]){re.escape(decimal)}(?=[0-9])", ".", comparison_form(text))


def _pair(text: str, column: str, lon_first: bool) -> list[str]:
    """Split a text into latitude and longitude.

    Raises:
        RowError: it doesn't have two numbers.
    """
    if point := _POINT.fullmatch(text):
        return [point[2], point[1]]
    bare = text.strip("()[] ")
    for sign in _BETWEEN:
        parts = [part.strip() for part in re.split(sign, bare)]
        if len(parts) == 2 and all(parts):
            return parts[::-1] if lon_first else parts
    raise RowError(column, f"{show(text)} is no position such as `33.5, 36.3`")


def numbers_in(counts: Any) -> set[int]:
    """Return the numbers in a count, or in those of measures and groups."""
    parts = counts.values() if isinstance(counts, dict) else counts if isinstance(counts, list) else ()
    return {counts} if isinstance(counts, int) else set[int]().union(*map(numbers_in, parts))
