"""REV, notes: change notes, and corrections without one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from conflict_incidents.core.findings import Mark, Severity, Shown, bare, show
from conflict_incidents.core.rule import Problem, rule, suggestion
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.dataset.index_rows import IndexRow, Others
from conflict_incidents.records.model import FOLDERS, NOTES, ChangeNote


@rule("REV005", Severity.ERROR, on=ChangeNote)
def note_fits(note: ChangeNote, dataset: Dataset) -> Iterator[Problem]:
    """A change note names existing records and columns, and its kind fits them.

    It becomes an item of CHANGELOG.md, and the reason in the release's table of changes. A note of kind `withdrawn` is
    about withdrawn records, `new` about records that were never released, `correction` about released ones; the last
    two are checked until the note is published with its version.

    Wrong:
        kind: withdrawn
        records: [SYR-20220908-7q4m]    # whose status is `published`

    Right:
        kind: correction
        records: [SYR-20220908-7q4m]
    """
    if note.kind == "withdrawn" and "records" not in note.raw.items:
        yield Problem(note.at("kind"), "a note on what was withdrawn names the `records`; add them")
    if note.kind != "schema":  # a change of the contract may have removed columns
        known = _columns(dataset)
        for number, column in enumerate(note.columns):
            if column not in known:
                hint = suggestion(column, known)
                yield Problem(note.at("columns", number), f"there is no table or column {show(column)}{hint}")


@note_fits.also(across=ChangeNote)
def noted_records_fit(note: IndexRow, others: Others) -> Iterator[Problem]:
    """The records named by a note exist, and their status fits the kind of note."""
    for id, at in note.naming:
        if wrong := _wrong(id, note, others):
            yield Problem(at, wrong)


def _wrong(id: str, note: IndexRow, others: Others) -> Shown | None:
    """Return the error in a record named by a note; None if there is none or it can't be determined."""
    rows = [row for kind in FOLDERS for row in others.rows_named(kind, id)]
    if not rows:
        return f"there is no record {show(id)}; correct its id"
    statuses = {row.status for row in rows if row}
    if not statuses or "" in statuses:
        return None
    if note.note == "withdrawn" and "withdrawn" not in statuses:
        return f"{show(id)} isn't withdrawn; withdraw it, or say `correction`"
    if note.note not in {"new", "correction"} or not note.pending:
        return None
    if statuses == {"draft"}:
        return f"{show(id)} is a draft, which no release has; publish it, or take it out"
    released = others.earlier[0]
    was = [released.had(kind, id) for kind in FOLDERS]
    if note.note == "new" and any(was):
        return f"{show(id)} was released before; say `correction`"
    if note.note == "correction" and not any(was) and any(True for _ in released):
        return f"{show(id)} is in no release yet, so nothing of it is corrected; say `new`"
    return None


def _columns(dataset: Dataset) -> set[str]:
    """Return the names of the tables and columns of the dataset's releases."""
    found: set[str] = set()
    for table, columns in table_columns(dataset).items():
        found |= {table, *(f"{table}.{column}" for column in columns)}
    return found


def table_columns(dataset: Dataset) -> dict[str, dict[str, str]]:
    """Return the types of the columns of each table, by the dataset's descriptor.

    Raises:
        DatasetError: the descriptor can't be read.
    """
    found: dict[str, dict[str, str]] = {}
    resources = dataset.descriptor.get("resources")
    for resource in resources if isinstance(resources, list) else []:
        schema = resource.get("schema") if isinstance(resource, dict) else None
        fields = schema.get("fields") if isinstance(schema, dict) else None
        known = [field for field in fields or [] if isinstance(field, dict)]
        if isinstance(resource, dict):
            found[str(resource.get("name"))] = {str(one.get("name")): str(one.get("type")) for one in known}
    return found


@rule("REV006", Severity.ERROR)
def correction_noted(at: Mark, id: str, changed: Mapping[str, str], before: str) -> Iterator[Problem]:
    """A changed published number has a note with the reason.

    Numbers are those of claims and of estimates. No note is needed if the release itself has the reason: the record or
    the claim was withdrawn, an editor set the value with a reason, or an added claim changed the estimate. Checked by
    `incidents build`, which compares with the previous release; `incidents new --kind change` creates the note.

    Args:
        at: the position of the claims of the record.
        id: the record's id.
        changed: the change of each number, by its name.
        before: the version of the previous release.

    Wrong:
        killed: 8    # 7 in the last release, and nothing in data/changes/ is about it

    Right:
        kind: correction
        text: The monitor corrected its toll the day after; we had missed that.
        records: [SYR-20220908-7q4m]
    """
    if changed:
        name, became = next(iter(changed.items()))
        more = f", and {len(changed) - 1} more of its numbers changed" if len(changed) > 1 else Shown("")
        yield Problem(
            at,
            f"{show(id)}: {bare(name)} was {bare(became)} since version {bare(before)}{more}; no note says why: write "
            f"one in data/{NOTES}/ (`incidents new --kind change`)",
        )
