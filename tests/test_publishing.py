"""Publishing: every step shown and nothing written, then written once, and never again for the same release."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from conflict_incidents.cli import main
from conflict_incidents.release.contents import sha256
from conflict_incidents.releases import read
from samples import STORY, bytes_of, dataset, incident
from servers import Server

URL = "https://example.org/v1.0.0"
NOTE = "schema: change/1\nkind: new\ndate: 2026-11-22\ntext: The first incidents.\nrecords: [SYR-20220908-7q4m]\n"


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset that has published nothing yet, with a note on its first incident."""
    root = tmp_path_factory.mktemp("founded")
    dataset(root, STORY)
    of_version(root, "1.0.0", "2026-11-22")
    (root / "data/changes").mkdir()
    (root / "data/changes/first.yaml").write_text(NOTE, "utf-8")
    (root / "CITATION.cff").write_text("cff-version: 1.2.0\n", "utf-8")
    return root


@pytest.fixture(scope="module")
def published(founded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same dataset, published."""
    root = shutil.copytree(founded, tmp_path_factory.mktemp("published") / "dataset")
    assert main(["publish", "--root", str(root), "--url", URL]) == 0
    return root


def of_version(root: Path, version: str, day: str) -> None:
    file = root / "datapackage.json"
    descriptor = json.loads(file.read_text("utf-8")) | {"version": version, "created": f"{day}T00:00:00Z"}
    file.write_text(json.dumps(descriptor), "utf-8")


def said(capsys: pytest.CaptureFixture[str], root: Path, *arguments: str, code: int = 0) -> list[str]:
    capsys.readouterr()
    assert main(["publish", "--root", str(root), *arguments]) == code
    return "".join(capsys.readouterr()).splitlines()


def test_a_dry_run_shows_each_step_and_writes_nothing(founded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = bytes_of(founded)
    lines = said(capsys, founded, "--dry-run", "--url", URL)
    assert bytes_of(founded) == before
    assert [line.split(":")[0] for line in lines] == [
        *("validated", "built", "built again", "verified"),
        *["would write"] * 6,
    ]
    assert lines[2].endswith("another zone, locale, hash seed, umask, folder and order of files: the same bytes")
    assert [line.partition(":")[2].strip() for line in lines[4:]] == [
        "data/changes/1.0.0/first.yaml: new, +5 lines",
        "CHANGELOG.md: new, +10 lines",
        "data/released.csv: new, +7 lines",
        lines[7].partition(":")[2].strip(),
        "releases.json: new, +13 lines",
        "data/changes/first.yaml: moves to its version",
    ]
    assert lines[7].startswith("would write: CITATION.cff: changes")


def test_what_is_published_is_written_down(published: Path) -> None:
    (entry,) = read(published).releases
    (zip,) = (published / "release").glob("*.zip")
    assert (str(entry.version), entry.created, entry.url) == ("1.0.0", "2026-11-22T00:00:00Z", f"{URL}/{zip.name}")
    assert entry.zip == f"sha256:{sha256(zip.read_bytes())}"
    assert entry.sums == f"sha256:{sha256((published / 'release/current/SHA256SUMS').read_bytes())}"
    log = (published / "CHANGELOG.md").read_text("utf-8")
    assert log.endswith("## 1.0.0 (2026-11-22)\n\n### New incidents\n- The first incidents. (`SYR-20220908-7q4m`)\n")
    assert "incident,SYR-20220908-7q4m,published," in (published / "data/released.csv").read_text("utf-8")
    assert "version: 1.0.0" in (published / "CITATION.cff").read_text("utf-8")
    assert {path.name for path in (published / "release/current/summary").glob("*.svg")} == {
        *("incidents.svg", "districts.svg", "originators.svg", "completeness.svg")
    }


def test_publishing_the_same_again_changes_nothing(published: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = bytes_of(published)
    lines = said(capsys, published)
    assert "nothing: the dataset says already that this release is published" in lines[4]
    assert bytes_of(published) == before


def test_a_version_is_not_published_twice(published: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = shutil.copytree(published, tmp_path / "dataset", symlinks=True)
    elsewhere = said(capsys, root, "--dry-run", "--url", "https://example.org/elsewhere", code=2)
    assert "version 1.0.0 is published already; a version is never given twice" in elsewhere[-1]
    dataset(root, [incident("SYR-20220909-aaaa", date="2022-09-09")])
    of_version(root, "1.0.0", "2026-11-22")
    assert any("REV004" in line for line in said(capsys, root, "--dry-run", code=1))


def test_the_next_release_is_compared_with_the_published_one_which_is_fetched(
    published: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONFLICT_INCIDENTS_CACHE", str(tmp_path / "cache"))
    root = shutil.copytree(published, tmp_path / "dataset", symlinks=True)
    (zip,) = (root / "release").glob("*.zip")
    server = Server()
    server.answers[f"/{zip.name}"] = zip.read_bytes()
    index = (root / "releases.json").read_text("utf-8").replace(URL, server.url(""))
    (root / "releases.json").write_text(index, "utf-8")
    shutil.rmtree(root / "release")
    dataset(root, [incident("SYR-20220909-aaaa", date="2022-09-09")])
    of_version(root, "1.1.0", "2026-11-23")
    lines = said(capsys, root, "--dry-run")
    server.close()
    assert "since version 1.0.0: rows were added" in lines[1]
    assert server.asked == [f"/{zip.name}"]
