"""The proof that a release can be made again from its records, and that one which can't is noticed."""

from __future__ import annotations

import re
import shutil
import sqlite3
import sys
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from comparisons import write_checksums
from conflict_incidents.cli import main
from conflict_incidents.release.checksums import SUMS, sha256
from conflict_incidents.release.formats import excel, sqlite
from conflict_incidents.release.reproduce import OTHER_SURROUNDINGS, Surroundings
from conflict_incidents.release.reproduce import reproduce as reproduced
from samples import bytes_of

OTHERWISE = "another zone, locale, hash seed, umask, folder and order of files"


@pytest.fixture
def oldest(tmp_path: Path) -> Path:
    """A Python that has the oldest pandas and pyarrow that we promise."""
    packages = Path(sys.prefix, "oldest")
    assert packages.is_dir(), "scripts/setup installs them"
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nPYTHONPATH="{packages}:$PYTHONPATH" exec "{sys.executable}" "$@"\n', "utf-8")
    python.chmod(0o755)
    return python


def reproduce(capsys: pytest.CaptureFixture[str], root: Path, *arguments: str, code: int = 0) -> list[str]:
    assert main(["reproduce", "--root", str(root), *arguments]) == code
    return "".join(capsys.readouterr()).splitlines()


def test_a_release_is_made_again_elsewhere_and_compared_file_by_file(released_dataset: Path, tmp_path: Path) -> None:
    """The short form of the tests below: one build in other surroundings, none by the oldest libraries."""
    other = alter_copy(released_dataset, tmp_path / "other")
    (finding,) = reproduced(released_dataset, [OTHER_SURROUNDINGS], expected=other)
    assert finding.differences == [
        "LICENSE-DATA: only in the first release",
        "README.md: differs",
    ]
    assert finding.same == len(bytes_of(other)) - 3  # those two, and the checksums


@pytest.mark.slow
def test_a_dataset_makes_the_same_release_in_other_surroundings_and_the_same_rows_by_the_oldest_libraries(
    released_dataset: Path, oldest: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here, by_oldest = reproduce(capsys, released_dataset, "--python", str(oldest))
    assert here.startswith(f"{OTHERWISE}: the same (")
    assert by_oldest.startswith(f"by {oldest}, written by parquet-cpp-arrow version 2")
    assert ": the same (" in by_oldest


@pytest.mark.slow
def test_a_release_that_the_dataset_does_not_make_is_distinguished_from_its_own(
    released_dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = alter_copy(released_dataset, tmp_path / "other")
    message = reproduce(capsys, released_dataset, str(other), code=1)
    assert message[0].startswith("as it is: 2 differences (")
    assert message[1:3] == [
        "  LICENSE-DATA: only in the first release",
        "  README.md: differs",
    ]
    assert message[3].startswith(f"{OTHERWISE}: 2 differences (")


def test_a_release_is_compared_with_a_build_of_its_formats_and_pictures(
    released_dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = shutil.copytree(released_dataset / "release/current", tmp_path / "other")
    (other / "README.md").write_text("| `formats/incidents.geojson` | |\n| `summary/` | |\n", "utf-8")
    write_checksums(other)
    options: list[list[str]] = []

    def build(_root: Path, _surroundings: Surroundings, _folder: Path, arguments: list[str]) -> Path:
        options.append(arguments)
        return other

    monkeypatch.setattr("conflict_incidents.release.reproduce._build", build)
    assert [one.differences for one in reproduced(released_dataset, [OTHER_SURROUNDINGS], ["--x"], other)] == [[]]
    assert options == [["--x", "--formats=geojson", "--pictures"]]
    (other / "README.md").unlink()
    write_checksums(other)
    assert [one.differences for one in reproduced(released_dataset, [OTHER_SURROUNDINGS], expected=other)] == [[]]
    assert options[1:] == [["--formats=csv"]]


def alter_copy(root: Path, folder: Path) -> Path:
    """A copy of a release with another page and a file more, whose database and workbook have other bytes."""
    other = shutil.copytree(root / "release/current", folder)
    (other / "README.md").write_text((other / "README.md").read_text("utf-8").replace("version 0.1.0", "version 0.1.1"))
    (other / "LICENSE-DATA").write_text("all rights reserved\n", "utf-8")
    rewrite_with_other_libraries(other)
    write_checksums(other)
    return other


def rewrite_with_other_libraries(release: Path) -> None:
    """Give the database and the workbook of a release other bytes with the same content."""
    with closing(sqlite3.connect(release / sqlite.FILE)) as database:
        database.executescript("PRAGMA page_size = 8192; VACUUM")
    with zipfile.ZipFile(release / excel.FILE) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(release / excel.FILE, "w") as rewritten_archive:
        for name, part in parts.items():
            rewritten_archive.writestr(name, part)


@pytest.mark.slow
def test_a_database_of_other_rows_is_reported(
    released_dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = shutil.copytree(released_dataset / "release/current", tmp_path / "other")
    with closing(sqlite3.connect(other / sqlite.FILE)) as database:
        database.execute("UPDATE incidents SET killed_low = 1")
        database.commit()
    (other / excel.FILE).write_bytes(b"no workbook")
    write_checksums(other)
    message = reproduce(capsys, released_dataset, str(other), code=1)
    assert message[0].startswith("as it is: 2 differences (")
    assert [line.split(":")[0].strip() for line in message[1:3]] == [sqlite.FILE, excel.FILE]


def test_a_dataset_that_is_not_built_says_why(
    released_dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    incomplete = shutil.copytree(released_dataset, tmp_path / "broken", symlinks=True)
    next((incomplete / "data/incidents").rglob("*.yaml")).write_text("schema: incident/1\n", "utf-8")
    message = reproduce(capsys, incomplete, code=1)
    assert message[0] == "incidents: not built (as it is):"
    assert any("REC" in line for line in message)
    assert message[-1] == "incidents: no release was made; an earlier one is untouched"


def test_verify_says_what_a_release_is_and_what_is_wrong_with_it(
    released_dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    expected = sha256((released_dataset / "release/current" / SUMS).read_bytes())
    assert main(["verify", str(released_dataset), "--sums", expected]) == 0
    whole, sums = capsys.readouterr().out.splitlines()
    assert re.match(r"version 0\.1\.0\.dev0\+[0-9a-f]{12} is whole: ", whole)
    assert sums == f"checksums sha256:{expected}"
    assert main(["verify", str(released_dataset), "--sums", "0" * 64]) == 1
    assert capsys.readouterr().err == f"incidents: another release was expected: {'0' * 64}\n"
    other = shutil.copytree(released_dataset / "release/current", tmp_path / "other")
    (other / "claims.csv").write_bytes(b"")
    assert main(["verify", str(other)]) == 1
    assert "claims.csv isn't the file that was written" in capsys.readouterr().err
    assert main(["verify", str(tmp_path / "nowhere")]) == 2
    assert capsys.readouterr().err == f"incidents: there is no file or folder {tmp_path / 'nowhere'}\n"
