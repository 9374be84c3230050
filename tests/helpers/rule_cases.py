"""The cases of the rules: reads `tests/validation/rules/<ID>.yaml`, makes the records, validates them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

from cached_parser import cached_parse
from case_files import FOLDER, cases_by_rule
from conflict_incidents.core.findings import Finding
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.dataset.snapshot import Snapshot
from conflict_incidents.pipeline import validate_dataset, validate_paths
from conflict_incidents.records.model import Record
from conflict_incidents.records.parsing import parse

INCIDENT = "data/incidents/SYR/2022/SYR-20220908-7q4m.yaml"
HOMES = {
    "incident": INCIDENT,
    "sketch": INCIDENT,
    "minimal": INCIDENT,
    "place": "data/places/armanaz.yaml",
    "actor": "data/actors/russian-ground-forces.yaml",
    "organisation": "data/organisations/shaam-network.yaml",
    "aggregate": "data/aggregates/idlib-killed-2022.yaml",
    "dataset": "data/datasets/another-dataset.yaml",
    "collection": "data/collections/ucdp-idlib.yaml",
    "waivers": "data/waivers.yaml",
    "change": "data/changes/correction-7q4m.yaml",
    "assertions": "data/assertions.yaml",
    "rules": "data/rules.yaml",
}
"""The paths of the records of `base/`."""


@dataclass(frozen=True)
class ExpectedFinding:
    """A finding as a case states it: the text that it points at, or its line and column, and the words that its message
    has and lacks.

    A `^` in the text marks the position; otherwise it is the start.
    """

    at: str | list[int]
    words: list[str]
    without: list[str] = field(default_factory=list)

    def place(self, text: str) -> tuple[int, int]:
        """Return line and column in the text of the file."""
        if not isinstance(self.at, str):
            return self.at[0], self.at[1]
        before, _, after = self.at.rpartition("^")
        assert text.count(before + after) == 1, (
            f"{self.at!r} is {text.count(before + after)} times in the file, not once"
        )
        start = text.index(before + after) + len(before)
        return text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)

    def unlike(self, message: str) -> list[str]:
        """Return the words that a message lacks, or has although it shouldn't."""
        return [word for word in self.words if word not in message] + [word for word in self.without if word in message]


@dataclass(frozen=True)
class Case:
    """A record, as an edit of a base, and what the rule finds in it: nothing, where it passes.

    Other rules are ignored, except those in `also`, which must have a finding too.
    """

    rule: str
    name: str
    base: str = "incident"
    edit: dict[str, str] = field(default_factory=dict)
    bytes: str | None = None
    file: str = ""
    other_files: dict[str, dict[str, Any]] = field(default_factory=dict)
    earlier: list[dict[str, Any]] = field(default_factory=list)
    where: str = ""
    at: str | list[int] = ""
    words: list[str] = field(default_factory=list)
    without: list[str] = field(default_factory=list)
    severity: str = "error"
    findings: list[dict[str, Any]] = field(default_factory=list)
    also: list[str] = field(default_factory=list)

    @property
    def expected(self) -> list[ExpectedFinding]:
        """The expected findings of the rule."""
        if self.findings:
            return [ExpectedFinding(**each) for each in self.findings]
        return [ExpectedFinding(self.at, self.words, self.without)] if self.at else []

    @property
    def text(self) -> str:
        """The file with the finding; empty if the finding is in a deleted file."""
        return str(self._files.get(self.where or self.path, b""), "utf-8", "replace")

    @property
    def path(self) -> str:
        """The path of the record."""
        return self.file or HOMES[self.base]

    @property
    def record(self) -> Record | None:
        """The record, if it can be read."""
        return parse(self._files[self.path], self.path).record

    @cached_property
    def _files(self) -> dict[str, Any]:
        """Return the files that the case adds to the dataset."""
        data = self.bytes.encode("latin-1") if self.bytes is not None else edit_record(self.base, self.edit)
        return {self.path: data} | {path: edit_record(**content) for path, content in self.other_files.items()}

    def validate(self, root: Path) -> list[Finding]:
        """Return the findings of all rules on the record, in the dataset that `lay_out` made at `root`."""
        own = root / self.path
        file = root / self.where if self.where else own
        with temporary_files({root / path: data for path, data in self._files.items()}):
            dataset = Dataset(root, since=[self.before(root)] if self.earlier else [], parse=cached_parse)
            # A waiver is unneeded only if no record needs it, and a record is gone only if it is in no file.
            whole = own == root / HOMES["waivers"] or file != own
            findings = (validate_dataset(dataset) if whole else validate_paths([own], dataset)).findings
        return [finding for finding in findings if finding.path == dataset.index.display_path(file)]

    def before(self, root: Path) -> Snapshot:
        """Return the state before: the records of `earlier`."""
        homes = [(root / HOMES[one.get("base", "incident")], edit_record(**one)) for one in self.earlier]
        records_before = [parse(data, Dataset(root).index.display_path(home)) for home, data in homes]
        return Snapshot.of([one.record for one in records_before if one.record], "revision main")


@contextmanager
def temporary_files(files: dict[Path, bytes]) -> Iterator[None]:
    """Write files for the duration of a case."""
    try:
        for path, data in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            assert not path.exists(), f"{path} is one of the dataset's own files; take another"
            path.write_bytes(data)
        yield
    finally:
        for path in files:
            path.unlink(missing_ok=True)


def lay_out(root: Path) -> Path:
    """Copy the dataset of the cases to `root`."""
    shutil.copytree(FOLDER / "dataset", root, dirs_exist_ok=True)
    return root


def edit_record(
    base: str = "incident", edit: Mapping[str, str] = MappingProxyType({}), text: str | None = None
) -> bytes:
    """Return a base record with some of its text replaced, or `text` instead."""
    if text is not None:
        return text.encode()
    text = (FOLDER / "base" / f"{base}.yaml").read_text("utf-8")
    for old, new in edit.items():
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {base}.yaml, not once"
        text = text.replace(old, new)
    return text.encode()


def cases(verdict: str) -> list[Case]:
    """Return all cases that `pass`, or all that `fail`."""
    all_cases: list[Case] = []
    for rule, entries in cases_by_rule().items():
        common = {key: value for key, value in entries.items() if key not in {"pass", "fail"}}
        all_cases += [Case(rule, **(common | each)) for each in entries.get(verdict) or []]
    return all_cases
