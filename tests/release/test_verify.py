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
from samples import STORY, bytes_of, dataset, incident, unchecked, zipped
from tampering import cuts, flips


@pytest.fixture
def folder(story: Path) -> Path:
    return (story / "release/current").resolve()


@pytest.fixture
def copied(folder: Path, tmp_path: Path) -> Path:
    return shutil.copytree(folder, tmp_path / folder.name)


def test_a_release_is_found_whole_as_folder_and_as_zip(folder: Path, tmp_path: Path) -> None:
    found = verify(folder.parents[1])
    assert found.version == f"0.1.0.dev0+{found.content.removeprefix('sha256:')[:12]}"
    assert found.name == "conflict-incidents"
    assert found.rows["incidents"] == 1
    assert str(found).startswith(f"version {found.version} is whole: ")
    file = tmp_path / "release.zip"
    file.write_bytes(zipped(bytes_of(folder), folder.name))
    assert verify(file) == found


def test_zip_is_independent_of_order_of_files(folder: Path) -> None:
    files = bytes_of(folder)
    assert zipped(files, "r") == zipped(dict(reversed(files.items())), "r")


def test_flipped_bytes_and_cut_files_are_refused(copied: Path) -> None:
    dice = random.Random(1)
    chosen = dice.sample(list(flips(copied, 10_000)), EXAMPLES) + dice.sample(list(cuts(copied, FEW)), FEW)
    for tamper in chosen:
        with tamper.done(), pytest.raises(VerificationError, match=r"isn't whole|SHA256SUMS|datapackage"):
            verify(copied)
    with open_release(copied):
        pass  # nothing of it was left


def test_files_of_another_release_are_refused(copied: Path, tmp_path: Path) -> None:
    other = unchecked(dataset(tmp_path / "other", [*STORY, incident("SYR-20220908-u0kn")]))
    for name in ("incidents.parquet", "incidents.csv", "datapackage.json", "SHA256SUMS"):
        kept = (copied / name).read_bytes()
        shutil.copy(other / name, copied / name)
        with pytest.raises(VerificationError, match="isn't whole"):
            verify(copied)
        (copied / name).write_bytes(kept)


def test_a_file_too_many_or_too_few_is_refused(copied: Path) -> None:
    (copied / "more.csv").write_text("a\n")
    with pytest.raises(VerificationError, match=r"more\.csv doesn't belong to it"):
        verify(copied)
    (copied / "more.csv").unlink()
    (copied / "claims.csv").unlink()
    with pytest.raises(VerificationError, match=r"claims\.csv is missing"):
        verify(copied)


def test_what_is_no_release_is_reported(tmp_path: Path) -> None:
    with pytest.raises(VerificationError, match="no release in"):
        verify(tmp_path)
