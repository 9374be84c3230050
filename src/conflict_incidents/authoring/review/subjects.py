"""The records to review, before and after a change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from conflict_incidents.core.findings import Finding, Shown, bare
from conflict_incidents.core.redaction import redact_path
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.dataset.git import Change, Changes
from conflict_incidents.dataset.snapshot import status_of
from conflict_incidents.records.model import Record
from conflict_incidents.records.parsing import parse


@dataclass(frozen=True, slots=True)
class Subject:
    """A record to be reviewed.

    `date` describes the change, empty if the record is shown by itself; `now` and `before` are None if the file is
    missing or can't be read.
    """

    name: Shown
    path: Shown
    date: Shown
    now: Record | None
    before: Record | None
    findings: Sequence[Finding]

    @property
    def has_earlier_state(self) -> bool:
        """Whether it is compared with an earlier state."""
        return bool(self.date)


def current_subject(file: Path, dataset: Dataset, findings: Sequence[Finding]) -> Subject:
    """Return the record in a file as a subject by itself."""
    return _subject(file, Shown(""), dataset.index.parse_file(file).record, None, dataset, findings)


def changed_subjects(
    changes: Changes, dataset: Dataset, findings: Sequence[Finding]
) -> tuple[list[Subject], list[Shown]]:
    """Return the changed records, and the changed files that aren't records.

    Args:
        changes: the changes.
        dataset: the current dataset.
        findings: its findings.
    """
    subjects: list[Subject] = []
    others: list[Shown] = []
    for change in changes.files:
        if change.path.startswith("data/") and dataset.index.is_record_path(dataset.root / change.path):
            subjects.append(_changed_subject(change, dataset, findings))
        else:
            others.append(redact_path(change.path))
    return subjects, others


def _changed_subject(change: Change, dataset: Dataset, findings: Sequence[Finding]) -> Subject:
    file = dataset.root / change.path
    now = dataset.index.parse_file(file).record if change.exists else None
    before = None if change.old is None else parse(change.old, dataset.index.display_path(file)).record
    withdrawn = [record is not None and status_of(record) == "withdrawn" for record in (before, now)]
    what = bare("withdrawn" if withdrawn == [False, True] else change.kind)
    return _subject(file, what, now, before, dataset, findings)


def _subject(
    file: Path, what: Shown, now: Record | None, before: Record | None, dataset: Dataset, findings: Sequence[Finding]
) -> Subject:
    path = dataset.index.display_path(file)
    shown_path = redact_path(path)
    own = [finding for finding in findings if finding.path == path]
    return Subject(Shown(Path(shown_path).stem), shown_path, what, now, before, own)
