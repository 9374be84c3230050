"""What a branch's changes are worth: the findings of what was changed, and what that breaks elsewhere.

Of files that weren't changed only those findings are told that they didn't have before. What was there before must be
there still, and no position may have got finer.

Prevents: a place or a link taken away under records that nobody looked at, a record that vanishes between two releases,
and a change held up by what was wrong before it.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path

from conflict_incidents.dataset import Dataset, DatasetError
from conflict_incidents.dependants import is_record, name_of, spaced, to_judge
from conflict_incidents.earlier import Earlier
from conflict_incidents.findings import Finding, shown
from conflict_incidents.history import Changes
from conflict_incidents.model import FOLDERS, WAIVERS
from conflict_incidents.records import parse
from conflict_incidents.released import FILE as LEDGER
from conflict_incidents.validation import Outcome, lost, validate_paths


def validate_changes(changes: Changes, dataset: Dataset, step: Callable[[int, int], None] | None = None) -> Outcome:
    """Check what was changed in a dataset, and what depends on it. `step` is told how many files of how many are done.

    Raises:
        DatasetError: what describes the dataset can't be read.
        OSError: a folder can't be listed, or the dataset as it was can't be written to a temporary one.
    """
    files = to_judge(changes, dataset)
    earlier = _earlier(changes, dataset)
    dataset = Dataset(dataset.root, since=[earlier])
    outcome = validate_paths(files, dataset, step) if files else Outcome()
    changed = {dataset.shown(dataset.root / path) for change in changes.files for path in change.paths}
    elsewhere = {finding for finding in outcome.findings if finding.path not in changed}
    if elsewhere and not any(path.startswith("schemas/") for path in changes.paths):
        known = elsewhere & _before(changes, dataset, _concerned(elsewhere, dataset, files))
        outcome.findings = [finding for finding in outcome.findings if finding not in known]
    gone = [finding for state in (earlier, _released(changes, earlier, dataset)) for finding in lost(state, dataset)]
    outcome.findings = sorted([*outcome.findings, *gone])
    return outcome


def _earlier(changes: Changes, dataset: Dataset) -> Earlier:
    """The records that were changed or deleted, as they were at the base; of the others, that they were there."""
    there = [(one.before, one.old) for one in changes.files if one.before and is_record(one.before, dataset)]
    records = [parse(old, dataset.shown(dataset.root / path)).record for path, old in there if old]
    changed = {dataset.root / path for path in changes.paths}
    kinds = {dataset.root / "data" / folder: kind for kind, folder in FOLDERS.items()}
    unchanged = [
        (kind, file.stem)
        for file in dataset.files()
        if file not in changed
        for folder, kind in kinds.items()
        if folder in file.parents
    ]
    return Earlier.of([record for record in records if record], f"revision {shown(changes.revision)}", unchanged)


def _released(changes: Changes, earlier: Earlier, dataset: Dataset) -> Earlier:
    """What was released of the changed records that the base hadn't; all of it, where the list of it was changed."""
    released = dataset.ledger.earlier
    if f"data/{LEDGER}" in changes.paths:
        return released
    names = {name_of(path) for path in changes.paths}
    touched = (one for one in released if spaced(one.id.encode()) in names and not earlier.get(one.kind, one.id))
    return Earlier(released.name, touched)


def _concerned(findings: Collection[Finding], dataset: Dataset, files: list[Path]) -> list[Path]:
    """The files that findings are in. Whether a waiver is needed shows only in the record that it is for: then all."""
    paths = {finding.path for finding in findings}
    if dataset.shown(dataset.root / "data" / WAIVERS) in paths:
        return files
    return [file for file in files if dataset.shown(file) in paths]


def _before(changes: Changes, dataset: Dataset, files: list[Path]) -> set[Finding]:
    """What was found at the base in these files, and in those that were changed."""
    with tempfile.TemporaryDirectory(prefix="incidents-") as name:
        earlier = Dataset(Path(name).resolve())
        changes.restore(earlier.root)
        there = {earlier.root / file.relative_to(dataset.root) for file in files}
        there |= {earlier.root / one.before for one in changes.files if one.before and is_record(one.before, dataset)}
        there = {file for file in there if os.path.lexists(file)}
        try:
            found = validate_paths(sorted(there), earlier).findings if there else []
        except DatasetError:
            return set()
        then, now = _prefix(earlier), _prefix(dataset)
        return {replace(one, path=one.path.replace(then, now), message=one.message.replace(then, now)) for one in found}


def _prefix(dataset: Dataset) -> str:
    """What messages put before the paths of a dataset."""
    return dataset.shown(dataset.root / "data").removesuffix("data")
