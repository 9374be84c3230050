"""Findings that a branch brings: those of the dataset as it is now, without those that it had at the base.

Both are validated whole, by the same code. What was there before must be there still, and no position may get finer.

Prevents: a place or a link removed under records that weren't checked, a record that vanishes between two releases,
and a change held up by what was wrong before it.
"""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from conflict_incidents.core.findings import Finding, shown
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.dataset.errors import DatasetError
from conflict_incidents.dataset.git import Changes
from conflict_incidents.dataset.snapshot import Snapshot, SnapshotRecord
from conflict_incidents.pipeline.driver import Step
from conflict_incidents.pipeline.validate import Outcome, validate_dataset
from conflict_incidents.records.model import FOLDERS

_LINE = re.compile(r"\b(lines?) [0-9]+")


def validate_changes(changes: Changes, dataset: Dataset, step: Step | None = None, jobs: int | None = None) -> Outcome:
    """The findings that a branch's changes bring; `files` is the number of records that were changed and are there.

    Where a schema was changed, all are returned, as both states are validated by the new one. `step` is told how
    many files of how many are done, of one state after the other.

    Raises:
        DatasetError: what describes the dataset can't be read.
        OSError: a folder can't be listed, or the dataset as it was can't be written to a temporary one.
    """
    if not changes.files:
        return Outcome()
    with tempfile.TemporaryDirectory(prefix="incidents-") as name:
        before = Dataset(Path(name), base=Path(name).parent)
        changes.restore(before.root)
        now = dataset.again(since=[Snapshot(f"revision {shown(changes.revision)}", _base_records(before, dataset))])
        outcome = validate_dataset(now, step, jobs)
        if not any(path.startswith("schemas/") for path in changes.paths):
            outcome.findings = sorted(_new_findings(outcome.findings, _base_findings(before, dataset, step, jobs)))
            paths = [one.path for one in changes.files if one.exists and one.path.startswith("data/")]
            outcome.files = sum(dataset.index.is_meant(dataset.root / path) for path in paths)
    return outcome


def _base_records(before: Dataset, dataset: Dataset) -> Iterator[SnapshotRecord]:
    """The records at the base, drafts included, at the paths of the dataset."""
    then, now = _prefix(before), _prefix(dataset)
    for kind in FOLDERS:
        for record in before.registry.records(kind):
            held = SnapshotRecord.of(record)
            yield replace(held, path=held.path.replace(then, now))


def _base_findings(before: Dataset, dataset: Dataset, step: Step | None, jobs: int | None) -> Iterator[Finding]:
    """The findings at the base, at the paths that the files have now; none where it can't be validated."""
    try:
        found = validate_dataset(before, step, jobs).findings
    except DatasetError:
        return
    then, now = _prefix(before), _prefix(dataset)
    for one in found:
        yield replace(one, path=one.path.replace(then, now), message=one.message.replace(then, now))


def _new_findings(found: Iterable[Finding], known: Iterable[Finding]) -> Iterator[Finding]:
    """The unknown findings, wherever in their files; known ones are matched at their old positions first."""
    known = list(known)
    left, places = Counter(map(_key, known)), set(known)
    for finding in sorted(found, key=lambda one: one not in places):
        said = _key(finding)
        if not left[said]:
            yield finding
        left[said] -= left[said] > 0


def _key(finding: Finding) -> tuple[str, ...]:
    """What a finding says, without line numbers and without the advice, which may name other files."""
    return finding.path, finding.rule, finding.severity.name, _LINE.sub(r"\1", finding.message.partition(";")[0])


def _prefix(dataset: Dataset) -> str:
    """What findings put before the paths of a dataset."""
    return dataset.index.shown(dataset.root / "data").removesuffix("data")
