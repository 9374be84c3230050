"""REV: changes between releases: withdrawals, corrections and waivers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from conflict_incidents.core.findings import Mark, Severity, Shown, bare, show
from conflict_incidents.core.names import fold_and_join, is_placeholder
from conflict_incidents.core.rule import Problem, rule
from conflict_incidents.core.versions import Version, release_version
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.dataset.index_rows import Others
from conflict_incidents.dataset.snapshot import Snapshot, SnapshotRecord
from conflict_incidents.records.dates import as_day
from conflict_incidents.records.model import Incident, Record, Sourced
from conflict_incidents.records.schema import Violation


@rule("REV001", Severity.ERROR, on=(Violation, Record))
def withdrawal_has_reason(subject: Violation | Record, dataset: Dataset) -> Iterator[Problem]:
    """A withdrawn record has the date and reason of its withdrawal, and its file is kept.

    The same applies to a claim retracted by its originator. The date isn't before the incident, and the reason is a few
    words for readers of an earlier release.

    Wrong:
        status: withdrawn

    Right:
        status: withdrawn
        withdrawn: {date: 2023-01-10, reason: The strike was recorded twice.}
    """
    if isinstance(subject, Violation):
        yield Problem(
            subject.at, f"{subject.name} is missing the key `{subject.expectation}`; say when and why it was withdrawn"
        )
        return
    if isinstance(subject, Sourced):
        yield from _status_agrees(subject)
    withdrawal = subject.withdrawal
    if withdrawal is None:
        return
    if gives_no_reason(withdrawal.text("reason")):
        yield Problem(withdrawal.at("reason"), "the reason is a placeholder; write in a few words why it was withdrawn")
    day = as_day(withdrawal.text("date"))
    if isinstance(subject, Incident) and day and subject.days and day < subject.days[0]:
        yield Problem(
            withdrawal.at("date"),
            f"withdrawn on {day}, before the incident ({subject.days[0]}); correct one of the dates",
        )


def _status_agrees(record: Sourced) -> Iterator[Problem]:
    has_key = "withdrawn" in record.raw.items
    if record.withdrawn and not has_key:
        yield Problem(record.at("status"), "the record is withdrawn; add `withdrawn: {date: …, reason: …}`")
    if has_key and record.status and not record.withdrawn:
        yield Problem(
            record.at("withdrawn"), f"`withdrawn` is given, yet the status is {show(record.status)}; make them agree"
        )


def gives_no_reason(reason: str | None) -> bool:
    """Whether a reason is a placeholder: a dash, a letter, a word such as "todo"."""
    if reason is None:
        return False
    letters = fold_and_join(reason)
    return len(letters) < 3 or is_placeholder(letters) or letters in {"xxx", "test", "reason"}


@rule("REV003", Severity.ERROR)
def published_records_kept(records: Iterable[SnapshotRecord], earlier: Snapshot, others: Others) -> Iterator[Problem]:
    """A published record keeps its id: it may be withdrawn, but not deleted, renamed or published again.

    Ids are cited, and releases compared by them. A deleted record leaves no trace of an error, and a reused id is
    ambiguous. The dataset is compared with `data/released.csv`, the ledger of published records, and with
    `--changed-since` also with that revision. Drafts may be deleted.

    Wrong:
        the file of SYR-20220908-7q4m is deleted, or given another id because its date was corrected

    Right:
        status: withdrawn
        withdrawn: {date: 2023-01-10, reason: The strike was recorded twice.}
    """
    for one in records:
        if one.status != "draft" and (wrong := _later_state_error(one, earlier, others)):
            yield Problem(one.at, wrong)


def _later_state_error(one: SnapshotRecord, earlier: Snapshot, others: Others) -> Shown | None:
    """Return the error in the later state of a published record; None if there is none or it can't be determined."""
    name = f"the {bare(one.kind)} {show(one.id)}"
    rows = others.rows_named(one.kind, one.id)
    status = next((row.status for row in rows if row and row.id == one.id), None)
    if status is None:
        if any(row is None or not row.id for row in rows):
            return None  # the file exists but is invalid, which its own findings explain
        return f"{name} of {earlier.label} isn't there any more; {_way_back(one)}"
    if one.status == "withdrawn" and status not in {"withdrawn", ""}:
        return (
            f"{name} was withdrawn in {earlier.label} and is {show(status)} now; withdraw it again, and record "
            "what is known under a new id"
        )
    if one.status == "published" and status == "draft":
        return f"{name} was published in {earlier.label} and is a draft now; publish it, or withdraw it with its reason"
    return None


def _way_back(one: SnapshotRecord) -> Shown:
    if one.status == "withdrawn":
        return Shown("restore its file: it stays as a tombstone")
    return Shown("restore its file, and if the record has to go, withdraw it with date and reason")


@rule("REV004", Severity.ERROR)
def version_bumped(at: Mark, version: str, previous: str, least: Version, why: Shown) -> Iterator[Problem]:
    """The data version is incremented as the changes since the last release require.

    MAJOR for a changed table contract, MINOR for added records, PATCH for corrections: users who pin `1.x` rely on it.
    Checked by `incidents build`, which compares with the last release.

    Args:
        at: the position of the version in datapackage.json.
        version: the version of the release being built.
        previous: the version of the last release.
        least: the smallest valid version.
        why: what changed, in words that follow "since then".

    Wrong:
        "version": "1.2.1"    # 12 incidents were added to 1.2.0

    Right:
        "version": "1.3.0"
    """
    parsed = release_version(version)
    if parsed is None:
        yield Problem(
            at, f"the version is {show(version)}, which isn't of the form `1.2.3`; write at least {show(least)}"
        )
    elif parsed < least:
        yield Problem(
            at,
            f"the version is {show(version)}, the last release {show(previous)}, and since then {why}; "
            f"write at least {show(least)}",
        )
