"""Records → findings: every rule over every file that was asked for, with the dataset around it.

Prevents: a file that was named but not checked. What can't be read is a finding, and so is having nothing to check.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from conflict_incidents.core.findings import Finding, Mark, Severity, errors
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.dataset.index import files_below
from conflict_incidents.dataset.snapshot import Snapshot, SnapshotRecord
from conflict_incidents.records.model import FOLDERS, Record
from conflict_incidents.records.parsing import Parsed
from conflict_incidents.records.statements import Waiver
from conflict_incidents.records.yaml.decoding import file_form
from conflict_incidents.records.yaml.parser import unreadable
from conflict_incidents.validation.rules import RULES
from conflict_incidents.validation.rules.revisions import nothing_lost
from conflict_incidents.validation.rules.rule_settings import IGNORE, severities
from conflict_incidents.validation.rules.waivers import waived, waiver_needed


@dataclass(slots=True)
class Outcome:
    """What a validation found: sorted findings, how many files were checked, the records of those without error, and
    the waivers that are no longer needed."""

    findings: list[Finding] = field(default_factory=list)
    files: int = 0
    records: list[Record] = field(default_factory=list)
    idle: list[Waiver] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """Whether nothing refuses a record."""
        return not errors(self.findings)


def validate_dataset(dataset: Dataset, step: Callable[[int, int], None] | None = None) -> Outcome:
    """Check every record of a dataset, and that none is gone that an earlier state of it had published.

    `step` is called with the number of files done and of all files.

    Raises:
        DatasetError: what describes the dataset can't be read.
    """
    outcome = _checked(dataset.index.files(), dataset, step)
    for number, earlier in enumerate(dataset.earlier, 1):
        outcome.findings += lost(earlier, dataset, dataset.earlier[number:])
    outcome.findings.sort()
    return outcome


def lost(earlier: Snapshot, dataset: Dataset, later: Iterable[Snapshot] = ()) -> list[Finding]:
    """The findings (REV003) on records of an earlier state that aren't in the dataset any more, or came back.

    Of records that a `later` state had as well, that state tells.
    """
    by_path: dict[str, list[SnapshotRecord]] = {}
    for one in earlier:
        if not any(state.had(one.kind, one.id) for state in later):
            by_path.setdefault(one.path, []).append(one)
    return [
        finding
        for path in sorted(by_path)
        for finding in nothing_lost.run(
            path, held=sorted(by_path[path], key=lambda one: one.at), earlier=earlier, dataset=dataset
        )
    ]


def validate_paths(paths: Iterable[Path], dataset: Dataset, step: Callable[[int, int], None] | None = None) -> Outcome:
    """Check files and folders, inside the dataset or not, with the registries of `dataset`.

    Raises:
        DatasetError: what describes the dataset can't be read.
    """
    files, missing = selected(paths, dataset)
    judged = dataset.again([file for file in files if not dataset.index.holds(file)], dataset.since)
    outcome = _checked(files, judged, step) if files else Outcome()
    outcome.findings = sorted([*outcome.findings, *missing])
    return outcome


def selected(paths: Iterable[Path], dataset: Dataset) -> tuple[list[Path], list[Finding]]:
    """The files that paths mean, each once and sorted, and findings on the paths that mean none."""
    files: dict[Path, Path] = {}
    missing: list[Finding] = []
    for path in paths:
        try:
            found = _listed(path, dataset)
        except OSError as error:
            found = []
            why = (error.strerror or str(error)).lower()
            missing += unreadable.run(dataset.index.shown(path), Mark(), why)
        else:
            if not found:
                missing += unreadable.run(
                    dataset.index.shown(path), Mark(), "the folder holds no record, 0 files checked"
                )
        files.update({dataset.index.normal(file): file for file in found})
    return sorted(files.values()), missing


def _listed(path: Path, dataset: Dataset) -> list[Path]:
    """The files that a path means: itself, or everything in a folder that is meant as a record.

    Raises:
        OSError: there is no such path, or a folder can't be listed.
    """
    if not path.is_dir() or path.is_symlink():
        path.lstat()
        return [path]
    if path.samefile(dataset.root):
        return dataset.index.files()
    return [file for file in files_below(path) if _is_meant(file, dataset)]


def _is_meant(file: Path, dataset: Dataset) -> bool:
    """In the dataset everything but read-me files and code lists is meant as a record, elsewhere every YAML file."""
    if dataset.index.holds(file):
        return dataset.index.is_meant(file)
    return file.suffix.lower() in {".yaml", ".yml"}


def _checked(files: list[Path], dataset: Dataset, step: Callable[[int, int], None] | None) -> Outcome:
    outcome = Outcome(files=len(files))
    waivers = _Waivers(dataset)
    outcome.findings += dataset.ledger.findings
    if not files:
        outcome.findings += unreadable.run(
            dataset.index.shown(dataset.root / "data"), Mark(), "no record, 0 files checked"
        )
    for number, file in enumerate(files, 1):
        parsed = dataset.index.parsed(file)
        found = waivers.kept(_check(file, dataset), parsed)
        outcome.findings += found
        if parsed.record is not None and not errors(found):
            outcome.records.append(parsed.record)
        if step:
            step(number, len(files))
    for waiver in waivers.unneeded():
        said = waiver_needed.run(waivers.path, judged=waiver, dataset=dataset)
        outcome.findings += said
        outcome.idle += [waiver] * bool(said)
    outcome.findings.sort()
    return outcome


class _Waivers:
    """Takes accepted findings out, and tells which waivers of the records that it saw had nothing to take."""

    def __init__(self, dataset: Dataset) -> None:
        self.path = dataset.waivers.path if dataset.waivers else ""
        self.dataset = dataset
        self.open = waived(dataset.waivers)
        self.seen: set[tuple[str, str]] = set()
        self.used: set[tuple[str, str]] = set()

    def kept(self, findings: list[Finding], parsed: Parsed) -> list[Finding]:
        """The findings of a file that no waiver accepts."""
        id = parsed.record.id if parsed.record else Path(parsed.path).stem if parsed.unread else ""
        if parsed.sound:  # of a record that was refused in part, not every rule has had its say
            self.seen.add((parsed.kind or "", id))
        self.used |= {(id, finding.rule) for finding in findings} & set(self.open)
        return [finding for finding in findings if (id, finding.rule) not in self.open]

    def unneeded(self) -> list[Waiver]:
        """The waivers of records that were checked and raised nothing of the kind."""
        return [waiver for key, waiver in self.open.items() if key not in self.used and self._all_seen(key[0])]

    def _all_seen(self, id: str) -> bool:
        """Whether every record of an id was checked: a place and an organisation may have the same."""
        there = {(kind, id) for kind in FOLDERS if self.dataset.index.named(kind, id)}
        return there <= self.seen and any((kind, id) in self.seen for kind in FOLDERS)


def _check(file: Path, dataset: Dataset) -> list[Finding]:
    if file.suffix != ".yaml":
        return file_form.run(
            dataset.index.shown(file), Mark(), "not a record: a record is a .yaml file; move or rename the file"
        )
    return judge(dataset.index.parsed(file), dataset)


def judge(parsed: Parsed, dataset: Dataset) -> list[Finding]:
    """All findings of one file, sorted: of its reading, its schema and every rule on its kind of record.

    The rules have the severities that the dataset gives them; those that it turns off aren't run.
    """
    findings = list(parsed.findings)
    for violation in parsed.violations:
        for id in violation.rules:
            findings += RULES[id].run(parsed.path, violation, dataset)
    judged = parsed.record or parsed.unread
    if judged is not None:
        configured = severities(dataset.rule_settings)
        for rule in RULES.values():
            severity = configured.get(rule.id)
            if isinstance(judged, rule.on) and severity != IGNORE:
                found = rule.run(parsed.path, judged, dataset)
                findings += [replace(one, severity=Severity(severity)) for one in found] if severity else found
    return sorted(set(findings))
