"""Records → findings: every rule over every file that was asked for, with the dataset around it.

Prevents: a file that was named but not checked. What can't be read is a finding, and so is having nothing to check.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from conflict_incidents.dataset import Dataset, files_below
from conflict_incidents.encoding import file_form
from conflict_incidents.findings import Finding, Mark, errors
from conflict_incidents.model import Record
from conflict_incidents.reading import unreadable
from conflict_incidents.records import Parsed
from conflict_incidents.rules import RULES
from conflict_incidents.rules.revisions import UNWAIVABLE


@dataclass(slots=True)
class Outcome:
    """What a validation found: sorted findings, how many files were checked, and the records of those without error."""

    findings: list[Finding] = field(default_factory=list)
    files: int = 0
    records: list[Record] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """Whether nothing refuses a record."""
        return not errors(self.findings)


def validate_dataset(dataset: Dataset, step: Callable[[int, int], None] | None = None) -> Outcome:
    """Check every record of a dataset. `step` is told how many files of how many are done.

    Raises:
        DatasetError: what describes the dataset can't be read.
    """
    return _checked(dataset.files(), dataset, step)


def validate_paths(paths: Iterable[Path], dataset: Dataset, step: Callable[[int, int], None] | None = None) -> Outcome:
    """Check files and folders, wherever they lie, with the registries of `dataset`.

    Raises:
        DatasetError: what describes the dataset can't be read.
    """
    files: dict[str, Path] = {}
    missing: list[Finding] = []
    for path in paths:
        try:
            found = _listed(path, dataset)
        except OSError as error:
            found = []
            why = (error.strerror or str(error)).lower()
            missing += unreadable.run(dataset.shown(path), Mark(), why)
        else:
            if not found:
                missing += unreadable.run(dataset.shown(path), Mark(), "the folder holds no record, 0 files checked")
        files.update({os.path.abspath(file): file for file in found})
    judged = Dataset(dataset.root, [file for file in files.values() if not dataset.holds(file)])
    outcome = _checked(sorted(files.values()), judged, step) if files else Outcome()
    outcome.findings = sorted([*outcome.findings, *missing])
    return outcome


def _listed(path: Path, dataset: Dataset) -> list[Path]:
    """The files that a path means: itself, or everything in a folder that is meant as a record.

    Raises:
        OSError: there is no such path, or a folder can't be listed.
    """
    if not path.is_dir() or path.is_symlink():
        path.lstat()
        return [path]
    if path.resolve() == dataset.root.resolve():
        return dataset.files()
    return [file for file in files_below(path) if _is_meant(file, dataset)]


def _is_meant(file: Path, dataset: Dataset) -> bool:
    """In the dataset everything but read-me files and code lists is meant as a record, elsewhere every YAML file."""
    if dataset.holds(file):
        return dataset.is_meant(file)
    return file.suffix.lower() in {".yaml", ".yml"}


def _checked(files: list[Path], dataset: Dataset, step: Callable[[int, int], None] | None) -> Outcome:
    outcome = Outcome(files=len(files))
    waived = _Waived(dataset)
    if not files:
        outcome.findings = unreadable.run(dataset.shown(dataset.root / "data"), Mark(), "no record, 0 files checked")
    for number, file in enumerate(files, 1):
        found = waived.kept(_check(file, dataset), dataset.parsed(file).record)
        outcome.findings += found
        record = dataset.parsed(file).record
        if record is not None and not errors(found):
            outcome.records.append(record)
        if step:
            step(number, len(files))
    outcome.findings = sorted([*outcome.findings, *waived.unneeded()])
    return outcome


class _Waived:
    """Takes accepted findings out, and tells which waivers of the records that it saw had nothing to take."""

    def __init__(self, dataset: Dataset) -> None:
        accepted = dataset.waivers
        self.path = accepted.path if accepted else ""
        self.open = {(waiver.record, waiver.rule): waiver for waiver in accepted.waivers} if accepted else {}
        self.seen: set[str] = set()
        self.used: set[tuple[str, str]] = set()

    def kept(self, findings: list[Finding], record: Record | None) -> list[Finding]:
        """The findings of a record that no waiver accepts."""
        id = record.id if record else ""
        self.seen.add(id)
        self.used |= {(id, finding.rule) for finding in findings} & set(self.open)
        return [finding for finding in findings if (id, finding.rule) not in self.open or _unwaivable(finding)]

    def unneeded(self) -> list[Finding]:
        """A finding for each waiver of a record that was checked and raised nothing of the kind."""
        idle = [waiver for key, waiver in self.open.items() if key[0] in self.seen and key not in self.used]
        return [finding for waiver in idle for finding in RULES["REV002"].run(self.path, waiver)]


def _unwaivable(finding: Finding) -> bool:
    return finding.rule.startswith(UNWAIVABLE)


def _check(file: Path, dataset: Dataset) -> list[Finding]:
    if file.suffix != ".yaml":
        return file_form.run(
            dataset.shown(file), Mark(), "no record: a record is a .yaml file; move or rename the file"
        )
    return judge(dataset.parsed(file), dataset)


def judge(parsed: Parsed, dataset: Dataset) -> list[Finding]:
    """All findings of one file, sorted: of its reading, its schema and every rule on its kind of record."""
    findings = list(parsed.findings)
    for violation in parsed.violations:
        for id in violation.rules:
            findings += RULES[id].run(parsed.path, violation)
    if parsed.record is not None:
        for rule in RULES.values():
            if isinstance(parsed.record, rule.on):
                findings += rule.run(parsed.path, parsed.record, dataset)
    return sorted(set(findings))
