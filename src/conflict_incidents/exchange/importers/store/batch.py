"""The result of an importer: records to store, refused rows, and an account of every value of the source."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from conflict_incidents.core.findings import REDACTED, Shown, in_words, number, printable, show, user_text
from conflict_incidents.core.progress import track
from conflict_incidents.core.redaction import is_contact_or_name
from conflict_incidents.core.rule import suggestion
from conflict_incidents.exchange.importers.store.ledger import order_of
from conflict_incidents.exchange.importers.store.store import ImportReport, Incoming, references
from conflict_incidents.exchange.importers.tabular.grid import SourceRow, SourceTable, SourceTableError
from conflict_incidents.records.cells import comparison_form, tidy

MAX_VALUE_LENGTH = 2000
"""The maximum length of a value under `external`, by the schema."""
MAPPED, KEPT, EMPTY, LEFT_OUT = "mapped", "external", "empty", "left_out"
MAX_VALUES = 5
"""The maximum number of values to print per reason of refusal; the report has all."""
_VALUE = re.compile(r"`([^`]*)`")


class RowError(Exception):
    """A row is invalid: the column, and the error."""

    def __init__(self, column: str, message: str) -> None:
        super().__init__(message)
        self.column = column


@dataclass(frozen=True, slots=True, order=True)
class Refusal:
    """A refused row; `row` counts from the header, which is 1; without `column` it concerns the whole row."""

    row: int
    column: str
    message: str


def refusal_lines(refusals: Iterable[Refusal]) -> list[Shown]:
    """Format refused rows by reason and value, most frequent first, each with its first row and the number of others.

    Values that may be personal are redacted, so that they count as one.
    """
    reasons: dict[tuple[str, str], dict[Shown, list[int]]] = {}
    for refusal in sorted(refusals):
        message = redacted_message(refusal.message)
        values = reasons.setdefault((refusal.column, _VALUE.sub("`", message)), {})
        values.setdefault(message, []).append(refusal.row)
    lines: list[Shown] = []
    for (column, _), values in sorted(reasons.items(), key=lambda one: -sum(map(len, one[1].values()))):
        where = f", column {column_text(column)}" if column else Shown("")
        ordered = sorted(values.items(), key=lambda one: -len(one[1]))
        for message, rows in ordered[:MAX_VALUES]:
            others = f" and {number(len(rows) - 1, 'other row')}" if len(rows) > 1 else Shown("")
            lines.append(printable(f"row {rows[0]}{others}{where}: {message}"))
        if more := ordered[MAX_VALUES:]:
            rows_left = number(sum(len(rows) for _, rows in more), "row")
            lines.append(
                printable(f"{rows_left}{where}: {number(len(more), 'more value')} like that; --report lists them")
            )
    return lines


def column_text(column: str) -> Shown:
    """Return the name of a column; redacted if it holds a contact, or is a person's."""
    return REDACTED if is_contact_or_name(column) else user_text(column)


def redacted_message(message: str) -> Shown:
    """Redact the values of a message that may be personal."""
    return Shown(printable(_VALUE.sub(lambda value: show(value[1]), message)))


@dataclass(slots=True)
class Accounting:
    """The number of values of each source column by outcome: (column, outcome, destination or reason) → count."""

    counts: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    remarks: Counter[str] = field(default_factory=Counter)
    """Other remarks with their counts."""
    names: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Unresolved names: (column, name) → count."""

    def count_mapped(self, column: str, to: str, times: int = 1) -> None:
        """Count a value that is stored in, or can be restored from, the field `to`."""
        self.counts[column, MAPPED, to] += times

    def count_kept(self, column: str) -> None:
        """Count a value kept unchanged under `external`."""
        self.counts[column, KEPT, ""] += 1

    def empty(self, column: str) -> None:
        """Count an empty cell."""
        self.counts[column, EMPTY, ""] += 1

    def left_out(self, column: str, why: str, times: int = 1) -> None:
        """Count a value left out of the record, with the reason."""
        self.counts[column, LEFT_OUT, why] += times

    def count_unresolved(self, column: str, name: str) -> None:
        """Count a name found neither in an alias table nor in the registry. As it may be a person's, only the JSON
        report has it.
        """
        self.left_out(column, "no organisation of the registry or the alias table; --report lists the names")
        self.names[column, name] += 1

    def remark(self, what: str) -> None:
        """Count a remark that isn't about one value."""
        self.remarks[what] += 1

    def add(self, other: Accounting) -> None:
        """Add the account of a row that was taken."""
        self.counts += other.counts
        self.remarks += other.remarks
        self.names += other.names

    def as_data(self, columns: Iterable[str]) -> dict[str, dict[str, Any]]:
        """Return the account by column, in the given order: outcome → count, or destination/reason → count."""
        data: dict[str, dict[str, Any]] = {column: {} for column in columns}
        for (column, outcome, detail), times in sorted(self.counts.items()):
            here = data.setdefault(column, {})
            if detail:
                here.setdefault(outcome, {})[detail] = times
            else:
                here[outcome] = times
        return data

    def unresolved_names(self) -> dict[str, dict[str, int]]:
        """Return the unresolved names by column, with their counts, most frequent first."""
        names: dict[str, dict[str, int]] = {}
        for (column, name), times in sorted(self.names.items(), key=lambda one: (-one[1], one[0])):
            names.setdefault(column, {})[name] = times
        return names

    def lines(self, columns: Iterable[str]) -> list[Shown]:
        """Format the account as text, a line per column."""
        words: dict[str, list[Shown]] = {column: [] for column in columns}
        for (column, outcome, detail), times in sorted(self.counts.items()):
            why = f": {redacted_message(detail)}" if detail else Shown("")
            words.setdefault(column, []).append(f"{times} {in_words(outcome)}{why}")
        lines = [f"{column_text(column)}: {'; '.join(each) or Shown('nothing')}" for column, each in words.items()]
        remarks = sorted(self.remarks.items())
        return lines + [printable(f"{times} times: {redacted_message(what)}") for what, times in remarks]


def year_of(cells: Mapping[str, str]) -> int | None:
    """Return the year in a row's own column; None if empty.

    Raises:
        RowError: it isn't a year.
    """
    text = cells.get("year", "")
    if not text:
        return None
    if not re.fullmatch("[0-9]{4}", text):
        raise RowError("year", f"{show(text)} is no year of four digits")
    return int(text)


class ExternalValues:
    """Values of a row that can't be restored from other fields of its record, each with its account."""

    def __init__(self, cells: Mapping[str, str], account: Accounting) -> None:
        self.cells, self.account = cells, account
        self.values: dict[str, str] = {}

    def account_for(self, column: str, is_given_back: bool, to: str) -> None:
        """Account for a value that can be restored from the field `to`; keep it otherwise."""
        if is_given_back and self.cells.get(column):
            self.account.count_mapped(column, to)
        else:
            self.keep(column)

    def left_out(self, columns: Mapping[str, str]) -> None:
        """Leave out values by column, with the reasons."""
        for column, why in columns.items():
            if self.cells.get(column):
                self.account.left_out(column, why)
            else:
                self.empty(column)

    def empty(self, column: str) -> None:
        """Account for an empty cell, if the source has the column."""
        if column in self.cells:
            self.account.empty(column)

    def keep(self, column: str) -> None:
        """Keep a value under `external`, if it fits there."""
        value = tidy(self.cells.get(column, ""))
        if not value:
            self.empty(column)
        elif len(value) > MAX_VALUE_LENGTH:
            self.account.left_out(column, f"longer than {MAX_VALUE_LENGTH} characters")
        else:
            self.values[column] = value
            self.account.count_kept(column)

    def rest(self) -> None:
        """Keep every value not accounted for yet."""
        done_columns = {column for column, _, _ in self.account.counts}
        for column in self.cells:
            if column not in done_columns:
                self.keep(column)

    def entry(self, scheme: str, foreign: str, **more: Any) -> dict[str, Any]:
        """Return the entry of `external`."""
        values = [{"name": name, "value": self.values[name]} for name in sorted(self.values)]
        return {"scheme": scheme, "id": foreign, **more} | ({"values": values} if values else {})


@dataclass(slots=True)
class Batch:
    """The outcome of reading a source: the records, and an account of every row and value.

    `refused_ids` are the foreign ids of refused rows, which are still in the source; `covers` are the first and last
    day covered by the source, if stated: only rows between them can be missing.
    """

    scheme: str
    columns: list[str]
    rows: int = 0
    incoming: list[Incoming] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    refused_ids: set[str] = field(default_factory=set)
    accounting: Accounting = field(default_factory=Accounting)
    covers: tuple[str, str] | None = None
    numbers: dict[str, int] = field(default_factory=dict)
    """The number of the row of each foreign id."""

    def all_refusals(self, report: ImportReport) -> list[Refusal]:
        """Return the rows without an incident, and those whose record was refused."""
        refusals = [(self.numbers[name], message) for name, message in report.refused if name in self.numbers]
        return [*self.refusals, *(Refusal(row, "", message) for row, message in refusals)]

    def take(
        self,
        rows: Iterable[SourceRow],
        id_column: str,
        foreign: Callable[[SourceRow], str],
        incident: Callable[[SourceRow, str, Accounting], Incoming],
    ) -> list[Incoming]:
        """Convert rows to incidents, in the order of their ids; invalid rows are refused.

        Records created for one row are found by the next, so that the order must not depend on the file.

        Args:
            rows: the rows.
            id_column: the column of ids; empty if ids consist of several columns.
            foreign: returns the id of a row; empty if it has none.
            incident: returns the incident of a row with an id, and accounts for its values.
        """
        incidents: list[Incoming] = []
        first = self.numbers
        ordered = sorted(rows, key=lambda row: (order_of(_id_or_none(row, foreign)), *row.cells.values()))
        for row in track(ordered, "reading", "row"):
            id, account = "", Accounting()
            try:
                id = foreign(row)
                if "" in row.faults:
                    raise RowError("", row.faults[""])
                if not id:
                    raise RowError(id_column, "the row has no id; without one it can't be found again")
                if id in first:
                    raise RowError(id_column, f"duplicate id {show(id)} (another is in row {first[id]})")
                incidents.append(incident(row, id, account))
                self.accounting.add(account)
            except RowError as error:
                self.refusals.append(Refusal(row.number, error.column, str(error)))
                self.refused_ids.add(id)
            first.setdefault(id, row.number)
        self.refusals.sort()
        return incidents

    def set_records(
        self, sources: Sequence[Incoming], registries: Iterable[Mapping[str, Incoming]], incidents: list[Incoming]
    ) -> None:
        """Set what is to be stored: sources, the new registry records that something refers to, and the incidents.

        Records used only by refused rows are not stored, and nothing is if all rows were refused.
        """
        if not incidents:
            return
        used = {key for one in (*sources, *incidents) for key in references(one.record)}
        new_records = [one for registry in registries for one in registry.values() if one not in sources]
        used_records = [one for one in new_records if (one.kind, one.record["id"]) in used]
        self.incoming = [*sources, *sorted(used_records, key=lambda one: (one.kind, one.record["id"])), *incidents]


def _id_or_none(row: SourceRow, foreign: Callable[[SourceRow], str]) -> str:
    try:
        return foreign(row)
    except RowError:
        return ""


def select_rows(table: SourceTable, conditions: Iterable[str]) -> SourceTable:
    """Return the rows of a table that satisfy every `COLUMN=VALUE`; values of one column are alternatives.

    Raises:
        SourceTableError: a condition has an unknown column or another form.
    """
    values_by_column: dict[str, set[str]] = {}
    for condition in conditions:
        column, equals, value = condition.partition("=")
        if not equals or column not in table.columns:
            hint = suggestion(column, table.columns)
            raise SourceTableError(f"--where {show(condition)}: no column {show(column)}{hint}; write COLUMN=VALUE")
        values_by_column.setdefault(column, set()).add(value.strip())
    return SourceTable(
        table.columns, [row for row in table.rows if all(has_one_of(row, *one) for one in values_by_column.items())]
    )


def has_one_of(row: SourceRow, column: str, values: Collection[str]) -> bool:
    """Whether a cell equals one of the values, ignoring case, with 7.0 equal to 7."""
    return _comparison_key(row.cells[column]) in map(_comparison_key, values)


def _comparison_key(cell: str) -> str:
    return re.sub(r"(?<=[0-9])\.0+\Z", "", comparison_form(cell))
