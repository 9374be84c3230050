"""Read the values of a row by a mapping; errors name the column."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from conflict_incidents.core.findings import shown
from conflict_incidents.core.rule import suggestion
from conflict_incidents.exchange.importers.mapping import columns_of, templates
from conflict_incidents.exchange.importers.store.batch import Accounting, RowError
from conflict_incidents.exchange.importers.tabular.grid import SourceRow
from conflict_incidents.records import cells
from conflict_incidents.records.cells import CellError, CountValue, compared, is_unknown, tidy
from conflict_incidents.records.days import DateForm, Span, read_day

_DEGREES = re.compile(r"-?[0-9]{1,3}(?:\.[0-9]{1,15})?")


@dataclass(frozen=True)
class CellRules:
    """How the cells of a table are to be understood: the parts `cells` and `dates` of a mapping."""

    content: dict[str, Any]

    @cached_property
    def unknown(self) -> frozenset[str]:
        """Further cells that mean unknown."""
        return frozenset(str(cell) for cell in self.content.get("cells", {}).get("unknown", ()))

    @cached_property
    def words(self) -> dict[str, str]:
        """Cells of any count and what they mean."""
        return {cell: str(meaning) for cell, meaning in self.content.get("cells", {}).get("words", {}).items()}

    @cached_property
    def meant(self) -> frozenset[int]:
        """Telltale numbers that are true."""
        return frozenset(self.content.get("cells", {}).get("meant", ()))

    @property
    def thousands(self) -> str | None:
        """The sign between thousands."""
        sign: str | None = self.content.get("cells", {}).get("thousands")
        return sign

    def dates(self, order: str | None) -> DateForm:
        """How dates are written, with the order of one column where it has its own."""
        said = self.content.get("dates", {})
        return DateForm(order or said.get("order"), said.get("months", {}), said.get("times") == "drop")


@dataclass
class RowValues:
    """The cells of one row. `said` has, for each column that was used, the field that it became."""

    row: SourceRow
    rules: CellRules
    said: dict[str, str] = field(default_factory=dict)

    def cell(self, column: str) -> str:
        """A cell as one line of clean text, '' where it says nothing."""
        text = tidy(self.row.cells[column])
        return "" if is_unknown(text, self.rules.unknown) else text

    def text(self, value: str | dict[str, Any] | None, to: str) -> str | None:
        """A fixed text, or what a column says, translated; None where nothing is said."""
        if value is None or isinstance(value, str):
            return value
        column = value["column"]
        raw, text = tidy(self.row.cells[column]), self.cell(column)
        translated = {compared(cell): str(word) for cell, word in value.get("words", {}).items()}
        if compared(raw) in translated:
            text = translated[compared(raw)]
        if not text:
            self.said[column] = f"{to}: unknown"
            otherwise: str | None = value.get("otherwise")
            return otherwise
        self.said[column] = to
        return text

    def word(self, value: str | dict[str, Any] | None, options: tuple[str, ...], to: str) -> str | None:
        """A word of a closed list.

        Raises:
            RowError: the cell is none, and the mapping doesn't translate it.
        """
        text = self.text(value, to)
        if text is None or text in options:
            return text
        plain = re.sub(r"[\s/-]+", "_", compared(text))
        if plain in options:
            return plain
        column = value["column"] if isinstance(value, dict) else ""
        hint = suggestion(plain, options)
        raise RowError(column, f"{shown(text)} is no {to} that records have; translate it under `words`{hint}")

    def filled(self, template: str | list[str], to: str) -> str | None:
        """The first of several templates whose columns are all filled, None where there is none."""
        for option in templates(template):
            columns = columns_of(option)
            parts = {column: self.cell(column) for column in columns}
            if all(parts.values()):
                self.said.update({column: self.said.get(column, to) for column in columns})
                pieces = re.split(r"\{([^{}]+)\}", option)
                return tidy("".join(parts[piece] if number % 2 else piece for number, piece in enumerate(pieces)))
        return None

    def day(self, value: str | dict[str, Any] | None, to: str) -> Span | None:
        """A fixed day, or what a column says: a day, or the span of a month or a year.

        Raises:
            RowError: the cell is no date, or none for sure.
        """
        if value is None or isinstance(value, str):
            return value
        column = value["column"]
        return self.day_in(column, value.get("order"), to)

    def day_in(self, column: str, order: str | None, to: str) -> Span | None:
        """The date in a column.

        Raises:
            RowError: the cell is no date, or none for sure.
        """
        try:
            found = read_day(self.cell(column), self.rules.dates(order))
        except CellError as error:
            raise RowError(column, str(error)) from error
        self.said[column] = to if found else f"{to}: unknown"
        return found

    def count(self, value: dict[str, Any], to: str) -> CountValue | None:
        """The count in one column, or in a column for each bound; None where it isn't known.

        Raises:
            RowError: a cell is not a count.
        """
        columns = {name: value[name] for name in ("column", "min", "max", "best") if name in value}
        found = {name: self._number(column, value, to) for name, column in columns.items()}
        if "column" in columns:
            if len(columns) > 1:
                raise RowError(columns["column"], "a count has one `column`, or `min`, `max` and `best`")
            return found["column"]
        try:
            return cells.bounded(found.get("min"), found.get("max"), found.get("best"))
        except CellError as error:
            raise RowError(next(iter(columns.values())), str(error)) from error

    def _number(self, column: str, value: dict[str, Any], to: str) -> CountValue | None:
        words = self.rules.words | {cell: str(meaning) for cell, meaning in value.get("words", {}).items()}
        rules = self.rules
        try:
            found = cells.read_count(
                self.row.cells[column],
                thousands=rules.thousands,
                unknown=rules.unknown,
                words=words,
                meant=rules.meant,
            )
        except CellError as error:
            raise RowError(column, str(error)) from error
        self.said[column] = to if found is not None else f"{to}: unknown"
        return found

    def degrees(self, column: str, limit: int) -> float | None:
        """Decimal degrees, None where the cell is empty.

        Raises:
            RowError: the cell is no such number, or is empty because the file has something else than a point there.
        """
        if column in self.row.faults:
            raise RowError(column, self.row.faults[column])
        return degrees(self.cell(column), column, limit)

    def account(self, kept: list[str], ignored: dict[str, str]) -> Accounting:
        """Where each value of the row went."""
        found = Accounting()
        for column, raw in self.row.cells.items():
            if column in ignored:
                found.left_out(column, ignored[column]) if raw.strip() else found.empty(column)
            elif not raw.strip():
                found.empty(column)
            elif column in self.said:
                found.mapped(column, self.said[column])
            elif column not in kept:
                found.left_out(column, "goes with a cell that is empty")
            if column in kept and raw.strip():
                found.kept(column)
        return found


def degrees(text: str, column: str, limit: int) -> float | None:
    """Decimal degrees, None where the text is empty.

    Raises:
        RowError: the text is no such number.
    """
    plain = compared(text)
    if not plain:
        return None
    if not _DEGREES.fullmatch(plain) or abs(float(plain)) > limit:
        raise RowError(column, f"{shown(text)} is no position in decimal degrees between -{limit} and {limit}")
    return float(plain)
