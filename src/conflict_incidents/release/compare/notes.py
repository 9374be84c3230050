"""Match change notes to changed rows, cells and the contract, and find changed numbers without a note."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from conflict_incidents.core.findings import number
from conflict_incidents.records.model import ChangeNote
from conflict_incidents.release.compare.diff import CellChange, ChangeKind, Diff, RowChange, record_of, records
from conflict_incidents.release.reader import OpenRelease
from conflict_incidents.tables.contract import CellValue, Row
from conflict_incidents.tables.files import cell
from conflict_incidents.tables.incidents import SERIES

OVERRIDES = "overrides"
"""The table with the editors' reasons for best values."""
BEST = "best"
CLAIMS = ("claims", "aggregate_claims")
ESTIMATES = ("incidents", "estimates")
"""The tables with published numbers: claims and estimates."""
NUMBERS = frozenset({"min", "max", BEST, "low", "high"})
"""The suffixes of their columns."""
MAX_LISTED = 3
"""The maximum number of records in a line."""


class Notes:
    """The texts of change notes, by subject."""

    def __init__(self, notes: Iterable[ChangeNote] = ()) -> None:
        self._by_record: dict[str, list[ChangeNote]] = {}
        self._by_column: dict[str, list[ChangeNote]] = {}
        self._of_contract: list[ChangeNote] = []
        for note in sorted(notes, key=lambda one: (one.date, one.path)):
            for id in note.records:
                self._by_record.setdefault(id, []).append(note)
            for column in note.columns if not note.records else ():
                self._by_column.setdefault(column, []).append(note)
            if note.kind == "schema" and not note.records and not note.columns:
                self._of_contract.append(note)

    def of(self, record: str, table: str, column: str = "") -> str:
        """Return why a row of a record, or a cell of it, changed; empty without a note."""
        notes = [note for note in self._by_record.get(record, ()) if _is_about(note, table, column)]
        return _join_texts([*notes, *(self._columns(table, column) if self._by_column else ())])

    def of_contract(self, table: str, column: str) -> str:
        """Return why the contract changed; a note on the schema without columns applies to all of it."""
        return _join_texts(self._columns(table, column) or self._of_contract)

    def _columns(self, table: str, column: str) -> list[ChangeNote]:
        return [*self._by_column.get(table, ()), *(self._by_column.get(f"{table}.{column}", ()) if column else ())]


def _is_about(note: ChangeNote, table: str, column: str) -> bool:
    return not note.columns or table in note.columns or bool(column and f"{table}.{column}" in note.columns)


def _join_texts(notes: Iterable[ChangeNote]) -> str:
    return " ".join(dict.fromkeys(note.wording for note in notes))


class ChangeReasons:
    """The reasons for changed rows and cells, from the releases themselves, or else from notes."""

    def __init__(self, diff: Diff, notes: Notes) -> None:
        self.notes, self._overridden = notes, _override_reasons(diff.new)

    def of(self, row: RowChange, column: str) -> str | None:
        """Return why a row, or a cell of it, changed; None without a reason."""
        record, *rest = row.id.split("/")
        series = "/".join(rest[-2:])
        if row.table == "incidents":
            series = "/".join(SERIES.get(column.removesuffix(f"_{BEST}"), ()))
        overridden = self._overridden.get((record, series), "") if column.endswith(BEST) else ""
        return row.reason or overridden or self.notes.of(record, row.table, column) or None


def _override_reasons(side: OpenRelease) -> dict[tuple[str, str], str]:
    """Return why best values were set, by incident and by measure and group."""
    if OVERRIDES not in side.tables:
        return {}
    names = ("incident_id", "measure", "group", "reason")
    columns: list[list[CellValue]] = [side.column(OVERRIDES, name).to_pylist() for name in names]
    return {(str(id), f"{measure}/{group}"): str(reason) for id, measure, group, reason in zip(*columns, strict=True)}


def numbers_without_note(diff: Diff, reasons: ChangeReasons) -> dict[str, dict[str, str]]:
    """Return the published numbers that changed without a reason, by record, and by measure and group.

    An estimate that changed because a claim was added, corrected or withdrawn needs no reason of its own.
    """
    changes: dict[str, dict[str, str]] = {}
    with_new_claims = {record_of(row.id) for row in _rows(diff, CLAIMS, ChangeKind.ADDED)} | taken_back(diff)
    for row in (*_rows(diff, CLAIMS, ChangeKind.CORRECTED), *_rows(diff, CLAIMS, ChangeKind.REMOVED)):
        if any(map(_is_number, row.cells)):
            with_new_claims.add(record_of(row.id))
            _enter(row, reasons, changes)
    for row in (*_rows(diff, ESTIMATES, ChangeKind.CORRECTED), *_rows(diff, ESTIMATES, ChangeKind.REMOVED)):
        if record_of(row.id) not in with_new_claims:
            _enter(row, reasons, changes)
    return changes


def taken_back(diff: Diff) -> set[str]:
    """Return the records with a withdrawn claim, including withdrawn records; each has its reason."""
    return {record_of(row.id) for row in _rows(diff, CLAIMS, ChangeKind.WITHDRAWN)}


def _rows(diff: Diff, tables: Iterable[str], kind: ChangeKind) -> Iterator[RowChange]:
    for table in tables:
        if table in diff.tables:
            yield from diff.tables[table].rows(kind)


def _enter(row: RowChange, reasons: ChangeReasons, changes: dict[str, dict[str, str]]) -> None:
    record, _, part = row.id.partition("/")
    for one in row.cells:
        if _is_number(one) and not reasons.of(row, "" if row.whole else one.column):
            change = "removed" if row.whole else f"changed from {_value_text(one.before)} to {_value_text(one.after)}"
            name = f"{row.table} {part} {one.column}" if part else f"{row.table} {one.column}"
            changes.setdefault(record, {})[name] = change


def _is_number(one: CellChange) -> bool:
    return one.column.rpartition("_")[2] in NUMBERS


def _value_text(value: CellValue) -> str:
    return "unknown" if value is None else cell(value)


def unexplained_changes(diff: Diff, rows: Iterable[Row]) -> str:
    """Return a line on the records that changed without a reason in any of their rows; empty if there are none."""
    tables = set(records(diff.new.tables).values())
    silent: dict[str, ChangeKind] = {}
    explained: set[str] = set()
    contract = 0
    for row in rows:
        if row["kind"] == "schema":
            contract += not row["reason"]
            continue
        record = record_of(str(row["id"]))
        if row["reason"]:
            explained.add(record)
        else:
            kind = ChangeKind(str(row["kind"])) if row["table"] in tables else ChangeKind.CORRECTED
            silent.setdefault(record, kind)
    groups: list[str] = []
    for kind in ChangeKind:
        ids = [id for id, change in silent.items() if change is kind and id not in explained]
        if ids:
            more = f" and {len(ids) - MAX_LISTED} more" if len(ids) > MAX_LISTED else ""
            groups.append(f"{number(len(ids), 'record')} {kind} ({', '.join(ids[:MAX_LISTED])}{more})")
    groups += [f"{number(contract, 'change')} of the contract"] if contract else []
    return f"no note says why: {', '.join(groups)}" if groups else ""
