"""A whole release judged from its own files: any byte that changes, any file that is cut or swapped, is seen."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from conflict_incidents import verify
from conflict_incidents.release.reader import open_release
from conflict_incidents.release.verify import VerificationError
from examples import EXAMPLES, FEW
from samples import STORY, bytes_of, dataset, incident, write_unchecked, zip_files
from tampering import cuts, flips


@pytest.fixture
def folder(story: Path) -> Path:
    return (story / "release/current").resolve()


@pytest.fixture
def copy(folder: Path, tmp_path: Path) -> Path:
    return shutil.copytree(folder, tmp_path / folder.name)


def test_a_release_is_found_whole_as_folder_and_as_zip(folder: Path, tmp_path: Path) -> None:
    result = verify(folder.parents[1])
    assert result.version == f"0.1.0.dev0+{result.content.removeprefix('sha256:')[:12]}"
    assert result.name == "conflict-incidents"
    assert result.rows["incidents"] == 1
    assert str(result).startswith(f"version {result.version} is whole: ")
    file = tmp_path / "release.zip"
    file.write_bytes(zip_files(bytes_of(folder), folder.name))
    assert verify(file) == result


def test_zip_is_independent_of_order_of_files(folder: Path) -> None:
    files = bytes_of(folder)
    assert zip_files(files, "r") == zip_files(dict(reversed(files.items())), "r")


def test_flipped_bytes_and_cut_files_are_refused(copy: Path) -> None:
    dice = random.Random(1)
    sample = dice.sample(list(flips(copy, 10_000)), EXAMPLES) + dice.sample(list(cuts(copy, FEW)), FEW)
    for tamper in sample:
        with tamper.apply(), pytest.raises(VerificationError, match=r"isn't whole|SHA256SUMS|datapackage"):
            verify(copy)
    with open_release(copy):
        pass  # nothing of it was left


def test_files_of_another_release_are_refused(copy: Path, tmp_path: Path) -> None:
    other = write_unchecked(dataset(tmp_path / "other", [*STORY, incident("SYR-20220908-u0kn")]))
    for name in ("incidents.parquet", "incidents.csv", "datapackage.json", "SHA256SUMS"):
        content = (copy / name).read_bytes()
        shutil.copy(other / name, copy / name)
        with pytest.raises(VerificationError, match="isn't whole"):
            verify(copy)
        (copy / name).write_bytes(content)


def test_a_file_too_many_or_too_few_is_refused(copy: Path) -> None:
    (copy / "more.csv").write_text("a\n")
    with pytest.raises(VerificationError, match=r"more\.csv doesn't belong to it"):
        verify(copy)
    (copy / "more.csv").unlink()
    (copy / "claims.csv").unlink()
    with pytest.raises(VerificationError, match=r"claims\.csv is missing"):
        verify(copy)


def test_what_is_no_release_is_reported(tmp_path: Path) -> None:
    with pytest.raises(VerificationError, match="no release in"):
        verify(tmp_path)
