"""A dataset over time: edited, built and published, each release following the one before."""

import csv
import json
import shutil
import tempfile
from functools import cache
from pathlib import Path

import pytest

from comparisons import apply_changes, tables_of, with_version
from conflict_incidents.core.findings import Finding, errors
from conflict_incidents.core.resources import DESCRIPTOR
from conflict_incidents.core.versions import release_version
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.records.model import FOLDERS
from conflict_incidents.release import ReleaseRefused, index
from conflict_incidents.release.index import Index, PublishedRelease
from conflict_incidents.release.previous import compare_with_previous
from conflict_incidents.release.reader import open_release
from conflict_incidents.tables.contract import Row
from samples import Tree, bytes_of, dataset, write_files, write_release


class Project:
    """A dataset over time: edited, built, published."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.index = Index()
        self.changes = ""

    def record(self, trees: list[Tree], version: str) -> Dataset:
        """Write the dataset with only these records, under a version."""
        for folder in (*FOLDERS.values(), "codelists"):
            shutil.rmtree(self.root / "data" / folder, ignore_errors=True)
        for file in (self.root / "data").glob("changes/*.yaml"):  # those of published versions stay
            file.unlink()
        dataset(self.root, trees)
        self.describe(version=version)
        return Dataset(self.root)

    def build(self, trees: list[Tree], version: str, previous: str | None = None) -> Path:
        """Build a release of these records, without the checks of the finished files, which test_build.py tests."""
        sample = self.record(trees, version)
        if self.index.releases or previous:
            folder, self.changes = write_release(sample, self.root / "release", previous)
            return folder
        self.changes = ""
        name, files = _first(json.dumps(trees), json.dumps(sample.descriptor))
        write_files(self.root / "release" / name, files)
        return self.root / "release" / name

    def describe(self, **about: str) -> None:
        """Change the descriptor of the dataset."""
        file = self.root / "datapackage.json"
        descriptor = json.loads(file.read_text("utf-8")) | about
        file.write_text(json.dumps(descriptor, ensure_ascii=False, indent=2), "utf-8")

    def publish(self, release: Path) -> None:
        """Add a release to the index, as publishing does."""
        with open_release(release) as reader:
            version = release_version(reader.about.version)
            assert version is not None
            entry = PublishedRelease(version, reader.about.created, reader.content_hash, reader.sums_hash)
        self.index = self.index.with_release(entry, reader.about.name)
        (self.root / index.INDEX_FILE).write_text(index.index_text(self.index), "utf-8")

    def refusals(self, trees: list[Tree], version: str, previous: str | None = None) -> list[str]:
        """Return the findings for which a build is refused."""
        with pytest.raises(ReleaseRefused) as excinfo:
            self.build(trees, version, previous)
        assert errors(excinfo.value.findings) == excinfo.value.findings, "nothing but an error stops a build"
        return list(map(line, excinfo.value.findings))

    def too_small(self, release: Path, version: str) -> list[str]:
        """Return the findings for which a release is refused under another version."""
        self.describe(version=version)
        with open_release(release) as reader:
            return list(
                map(line, compare_with_previous(Dataset(self.root), with_version(reader, version), None).findings)
            )


@cache
def _first(trees: str, descriptor: str) -> tuple[str, dict[str, bytes]]:
    """Return the name and the files of a release without a previous one, made once for all tests."""
    with tempfile.TemporaryDirectory() as root:
        dataset(Path(root), json.loads(trees))
        (Path(root) / DESCRIPTOR).write_text(descriptor, "utf-8")
        folder, previous = write_release(Dataset(Path(root)), Path(root) / "release")
        assert previous == ""
        return folder.name, bytes_of(folder)


def line(finding: Finding) -> str:
    """Format a finding without its folder and rule."""
    return f"{finding.path.rpartition('/')[2]}:{finding.mark.line}:{finding.mark.column}: {finding.message}"


def changes(release: Path) -> list[Row]:
    """Return the rows of changes.csv."""
    with (release / "changes.csv").open(encoding="utf-8", newline="") as file:
        return [dict(row) for row in csv.DictReader(file)]


def previous_of(release: Path) -> object:
    """Return the release that it states to be compared with."""
    descriptor = json.loads((release / "datapackage.json").read_text("utf-8"))
    return next(one["comparedWith"] for one in descriptor["resources"] if one["name"] == "changes")


def same_after_changes(before: Path, after: Path) -> bool:
    """Whether applying the changes to the earlier release gives the later one."""
    with open_release(before) as old, open_release(after) as new:
        return apply_changes(tables_of(old), changes(after)) == tables_of(new)
