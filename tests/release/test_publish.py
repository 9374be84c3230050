"""Publishing: every step shown and nothing written, then written once, and never again for the same release."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import pytest

from conflict_incidents.cli import main
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.release import ReleaseError
from conflict_incidents.release.build import Options, build
from conflict_incidents.release.changelog import Plan
from conflict_incidents.release.checksums import sha256
from conflict_incidents.release.index import read_index
from conflict_incidents.release.publish import plan_publication, with_release_date
from samples import STORY, Tree, bytes_of, dataset, incident, records, rows
from servers import Server

TODAY = date.today().isoformat()
URL = "https://example.org/v1.0.0"
SECOND = incident("SYR-20220907-aaaa", date="2022-09-07", title="Another")
NOTE = "schema: change/1\nkind: new\ndate: 2026-11-22\ntext: The first incidents.\nrecords: [SYR-20220908-7q4m]\n"


def write_unpublished(root: Path) -> Path:
    """A dataset that has published nothing yet, with a note on its first incident."""
    with_records(root, STORY, "1.0.0", "2026-11-22")
    (root / "data/changes").mkdir()
    (root / "data/changes/first.yaml").write_text(NOTE, "utf-8")
    (root / "CITATION.cff").write_text("cff-version: 1.2.0\n", "utf-8")
    return root


def with_records(root: Path, trees: list[Tree], version: str, day: str) -> None:
    dataset(root, trees)
    file = root / "datapackage.json"
    descriptor = json.loads(file.read_text("utf-8")) | {"version": version, "created": f"{day}T00:00:00Z"}
    file.write_text(json.dumps(descriptor), "utf-8")


def written_down(root: Path, url: str) -> Path:
    """Publish the release of a dataset, without the steps before that; returns its zip."""
    sample = Dataset(root)
    folder = build(sample, rows(sample), options=Options(("citation",))).folder
    zip = folder.with_name(f"{folder.name}.zip")
    plan_publication(sample, records(sample), zip, url).plan.carry_out(root)
    return zip


def run_publish(capsys: pytest.CaptureFixture[str], root: Path, *arguments: str, code: int = 0) -> list[str]:
    capsys.readouterr()
    assert main(["publish", "--root", str(root), *arguments]) == code
    return "".join(capsys.readouterr()).splitlines()


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset that was published as 1.0.0."""
    root = write_unpublished(tmp_path_factory.mktemp("first"))
    written_down(root, URL)
    return root


@pytest.fixture
def published_root(first: Path, tmp_path: Path) -> Path:
    """A copy of it, to be changed."""
    return shutil.copytree(first, tmp_path / "published", symlinks=True)


STEPS = ["validated", "built", "built again", "verified"]


@pytest.mark.slow
def test_a_release_is_verified_and_written_down(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = write_unpublished(tmp_path / "founded")
    real = run_publish(capsys, root, "--url", URL)
    assert real.pop(0) == f"writes:      {root}/datapackage.json: `created` becomes {TODAY}"
    assert [line.split(":")[0] for line in real[:4]] == STEPS
    assert real[2].endswith("another zone, locale, hash seed, umask, folder and order of files: the same")
    assert real[4:-1] == [
        f"writes:      {root}/data/changes/1.0.0/first.yaml: new, +5 lines",
        f"writes:      {root}/CHANGELOG.md: new, +9 lines",
        f"writes:      {root}/data/released.csv: new, +8 lines",
        f"writes:      {root}/CITATION.cff: changes, +31 lines",
        f"writes:      {root}/releases.json: new, +14 lines",
        f"writes:      {root}/data/changes/first.yaml: moves to its version",
    ]
    (entry,) = read_index(root).releases
    (zip,) = (root / "release").glob("*.zip")
    assert real[-1].startswith(f"{zip} is what to publish. Commit what was written, then: git tag v1.0.0")
    assert (str(entry.version), entry.created, entry.url) == ("1.0.0", f"{TODAY}T00:00:00Z", f"{URL}/{zip.name}")
    assert entry.zip == f"sha256:{sha256(zip.read_bytes())}"
    assert entry.sums == f"sha256:{sha256((root / 'release/current/SHA256SUMS').read_bytes())}"
    log = (root / "CHANGELOG.md").read_text("utf-8")
    assert log.endswith(f"## 1.0.0 ({TODAY})\n\n### New incidents\n- The first incidents. (`SYR-20220908-7q4m`)\n")
    assert "incident,SYR-20220908-7q4m,published," in (root / "data/released.csv").read_text("utf-8")
    assert "version: 1.0.0" in (root / "CITATION.cff").read_text("utf-8")
    assert {path.stem for path in (root / "release/current/summary").glob("*.svg")} == {
        *("incidents", "districts", "originators", "completeness")
    }


@pytest.mark.slow
def test_a_version_is_not_published_twice(published_root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sample = Dataset(published_root)
    (zip,) = (published_root / "release").glob("*.zip")
    assert plan_publication(sample, records(sample), zip, None).changed_files == []
    with pytest.raises(ReleaseError, match=r"version 1\.0\.0 is already published; a version is never reused"):
        plan_publication(sample, records(sample), zip, "https://example.org/elsewhere")
    with_records(published_root, [SECOND], "1.0.0", "2026-11-22")
    refusal = run_publish(capsys, published_root, "--dry-run", code=1)
    assert any("REV004" in line for line in refusal)
    assert refusal[-1] == "incidents: no release was made; an earlier one is untouched"


def test_a_zip_that_was_packed_otherwise_is_not_the_published_one(published_root: Path) -> None:
    sample = Dataset(published_root)
    (zip,) = (published_root / "release").glob("*.zip")
    zip.write_bytes(zip.read_bytes().replace(b"\x00\x00!\x00", b"\x01\x00!\x00"))  # another time of each member
    with pytest.raises(ReleaseError, match="has other bytes than the published zip, though the same files"):
        plan_publication(sample, records(sample), zip, None)


def test_the_same_rows_in_other_files_are_not_the_published_release(published_root: Path) -> None:
    sample = Dataset(published_root)
    (zip,) = (published_root / "release").glob("*.zip")
    (entry,) = read_index(published_root).releases
    index = (published_root / "releases.json").read_text("utf-8")
    (published_root / "releases.json").write_text(index.replace(entry.sums, f"sha256:{'0' * 64}"), "utf-8")
    with pytest.raises(ReleaseError, match=r"version 1\.0\.0 is published with these rows, but with other files"):
        plan_publication(sample, records(sample), zip, None)


def test_publishing_moves_the_day_of_a_version_that_is_not_published(tmp_path: Path, published_root: Path) -> None:
    assert with_release_date(Dataset(published_root)) == Plan()
    root = write_unpublished(tmp_path / "founded")
    (file, text), *others = with_release_date(Dataset(root)).write.items()
    assert (file, others) == (root / "datapackage.json", [])
    assert json.loads(text) == Dataset(root).descriptor | {"created": f"{TODAY}T00:00:00Z"}
    with_records(root, STORY, "1.0.0", "2999-01-01")
    assert with_release_date(Dataset(root)) == Plan()


def test_a_version_that_leads_to_a_release_is_not_published(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with_records(tmp_path / "rc", STORY, "1.0.0-rc.1", "2026-11-22")
    lines = run_publish(capsys, tmp_path / "rc", "--dry-run", code=2)
    assert lines[-1].startswith("incidents: version 1.0.0-rc.1 isn't of the form MAJOR.MINOR.PATCH; set `version` in")


@pytest.mark.slow
def test_the_next_release_is_shown_and_compared_with_the_published_one_which_is_fetched(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONFLICT_INCIDENTS_CACHE", str(tmp_path / "cache"))
    server = Server()
    root = write_unpublished(tmp_path / "dataset")
    zip = written_down(root, server.url(""))
    server.answers[f"/{zip.name}"] = zip.read_bytes()
    shutil.rmtree(root / "release")
    with_records(root, [SECOND], "1.1.0", "2026-11-22")
    (root / "data/changes/second.yaml").write_text(
        f"schema: change/1\nkind: code\ndate: {TODAY}\ntext: New.\n", "utf-8"
    )
    before = bytes_of(root)
    lines = run_publish(capsys, root, "--dry-run")
    server.close()
    assert bytes_of(root) == before
    assert lines.pop(0) == f"would write: {root}/datapackage.json: `created` becomes {TODAY}"
    assert [line.split(":")[0] for line in lines[:4]] == STEPS
    assert "since version 1.0.0: rows were added" in lines[1]
    assert lines[4:] == [
        f"would write: {root}/data/changes/1.1.0/second.yaml: new, +4 lines",
        f"would write: {root}/CHANGELOG.md: changes, +5 lines",
        f"would write: {root}/data/released.csv: changes, +1 lines",
        f"would write: {root}/CITATION.cff: changes, +0 lines",
        f"would write: {root}/releases.json: changes, +6 lines",
        f"would write: {root}/data/changes/second.yaml: moves to its version",
    ]
    assert server.requests == [f"/{zip.name}"]


@pytest.mark.parametrize("url", ["https://user:secret@example.org", "https://example.org/?key=secret", "example"])
def test_an_address_that_can_not_be_in_the_index_is_refused(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["publish", "--url", url])
    assert refused.value.code == 2
    shown = capsys.readouterr().err
    assert "isn't the address of a folder" in shown
    assert "secret" not in shown
