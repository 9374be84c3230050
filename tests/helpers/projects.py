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
        """The dataset with these records and no others, under a version."""
        for folder in (*FOLDERS.values(), "codelists"):
            shutil.rmtree(self.root / "data" / folder, ignore_errors=True)
        for file in (self.root / "data").glob("changes/*.yaml"):  # those of published versions stay
            file.unlink()
        dataset(self.root, trees)
        self.describe(version=version)
        return Dataset(self.root)

    def build(self, trees: list[Tree], version: str, previous: str | None = None) -> Path:
        """A release of these records, without the checks of the finished files, which test_build.py is about."""
        sample = self.record(trees, version)
        if self.index.releases or previous:
            folder, self.changes = write_release(sample, self.root / "release", previous)
            return folder
        self.changes = ""
        name, files = _first(json.dumps(trees), json.dumps(sample.descriptor))
        write_files(self.root / "release" / name, files)
        return self.root / "release" / name

    def describe(self, **about: str) -> None:
        """Change what the descriptor says of the dataset."""
        file = self.root / "datapackage.json"
        descriptor = json.loads(file.read_text("utf-8")) | about
        file.write_text(json.dumps(descriptor, ensure_ascii=False, indent=2), "utf-8")

    def publish(self, release: Path) -> None:
        """Enter a release in the index, as publishing does."""
        with open_release(release) as reader:
            version = release_version(reader.about.version)
            assert version is not None
            entry = PublishedRelease(version, reader.about.created, reader.content_hash, reader.sums_hash)
        self.index = self.index.with_release(entry, reader.about.name)
        (self.root / index.INDEX_FILE).write_text(index.index_text(self.index), "utf-8")

    def refusals(self, trees: list[Tree], version: str, previous: str | None = None) -> list[str]:
        """What a build is refused for."""
        with pytest.raises(ReleaseRefused) as excinfo:
            self.build(trees, version, previous)
        assert errors(excinfo.value.findings) == excinfo.value.findings, "nothing but an error stops a build"
        return list(map(line, excinfo.value.findings))

    def too_small(self, release: Path, version: str) -> list[str]:
        """What a release is refused for under another version."""
        self.describe(version=version)
        with open_release(release) as reader:
            return list(
                map(line, compare_with_previous(Dataset(self.root), with_version(reader, version), None).findings)
            )


@cache
def _first(trees: str, descriptor: str) -> tuple[str, dict[str, bytes]]:
    """The name and the files of the release of some records that is compared with none, made once for all tests."""
    with tempfile.TemporaryDirectory() as root:
        dataset(Path(root), json.loads(trees))
        (Path(root) / DESCRIPTOR).write_text(descriptor, "utf-8")
        folder, previous = write_release(Dataset(Path(root)), Path(root) / "release")
        assert previous == ""
        return folder.name, bytes_of(folder)


def line(finding: Finding) -> str:
    """A finding as these tests compare it: without its folder and rule."""
    return f"{finding.path.rpartition('/')[2]}:{finding.mark.line}:{finding.mark.column}: {finding.message}"


def changes(release: Path) -> list[Row]:
    """The rows of changes.csv."""
    with (release / "changes.csv").open(encoding="utf-8", newline="") as file:
        return [dict(row) for row in csv.DictReader(file)]


def previous_of(release: Path) -> object:
    """With which release it says that it was compared."""
    descriptor = json.loads((release / "datapackage.json").read_text("utf-8"))
    return next(one["comparedWith"] for one in descriptor["resources"] if one["name"] == "changes")


def same_after_changes(before: Path, after: Path) -> bool:
    """Whether the earlier release and the changes give the later one."""
    with open_release(before) as old, open_release(after) as new:
        return apply_changes(tables_of(old), changes(after)) == tables_of(new)
