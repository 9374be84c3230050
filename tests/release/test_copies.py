"""What says the same as the tables of a release has to agree with them, even if the checksums are right."""

import sqlite3
from contextlib import suppress
from pathlib import Path
from shutil import copytree

import pytest

from conflict_incidents import load, verify
from conflict_incidents.release.checksums import SUMS, sums_of
from conflict_incidents.release.loading import LoadError
from conflict_incidents.release.verify import VerificationError
from samples import bytes_of


@pytest.fixture
def copied(checked: Path, tmp_path: Path) -> Path:
    """A copy of a release, to be changed."""
    return copytree((checked / "release/current").resolve(), tmp_path / "copy")


def summed(folder: Path) -> None:
    """Give a release the checksums of its files, as somebody who forges one would."""
    files = {name: data for name, data in bytes_of(folder).items() if name != SUMS}
    (folder / SUMS).write_bytes(sums_of(files))


def put(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


def test_a_copy_that_disagrees_with_the_tables_or_the_version_is_found(copied: Path) -> None:
    put(copied / "README.md", "version 0.1.0", "version 0.2.0")
    put(copied / "CITATION.cff", "version: 0.1.0", "version: 0.2.0")
    (geojson,) = copied.glob("**/*.geojson")
    put(geojson, "Shelling", "Shooting")
    (database,) = copied.glob("**/*.sqlite")
    with sqlite3.connect(database) as changed:
        changed.execute("UPDATE incidents SET title = 'Shooting'")
    changed.close()
    (copied / "more.csv").write_text("a\n", "utf-8")
    put(copied / "datapackage.json", '"path": "claims.parquet"', '"path": "claim.parquet"')
    summed(copied)
    with pytest.raises(VerificationError) as raised:
        verify(copied)
    told = str(raised.value)
    assert told.startswith("the files of the release don't agree:\n")
    assert "claims.parquet isn't the file that datapackage.json describes" in told
    assert "more.csv is none of a release" in told
    for file in ("README.md", "CITATION.cff", geojson.name, database.name):
        assert f"{file} isn't what the tables make" in told
    assert "xlsx" not in told


def forged(folder: Path, name: str, data: bytes | None) -> None:
    """Put another file, or a folder, in the place of one of a release."""
    (folder / name).unlink()
    if data is None:
        (folder / name).mkdir()
    else:
        (folder / name).write_bytes(data)


@pytest.mark.parametrize("name", ["incidents.parquet", "datapackage.json", SUMS, "incidents.csv"])
def test_any_damaged_release_file_is_a_load_error(copied: Path, name: str) -> None:
    whole = (copied / name).read_bytes()
    other = (copied / "sites.parquet").read_bytes()
    half = len(whole) // 2
    wrong = [b"", b"PAR1", b"{}", b"[]", b"null", b"\xff" * 99, whole[:half], other, b'{"resources": [1]}', None]
    flips = [whole[:at] + bytes([whole[at] ^ 255]) + whole[at + 1 :] for at in range(half % 97, len(whole), 997)]
    for data in [*wrong, *flips[:9]]:
        forged(copied, name, data)
        if data is not None and name != SUMS:
            summed(copied)
        # A flipped letter of a cell is read, as the checksums are forged.
        with suppress(LoadError) if data in flips else pytest.raises(LoadError):
            load(source=copied)
        (copied / name).rmdir() if data is None else (copied / name).unlink()
        (copied / name).touch()


def test_arguments_of_another_type_are_refused_by_name(copied: Path) -> None:
    for argument in ("table", "version", "source", "sha256", "columns"):
        with pytest.raises(LoadError, match="5"):
            load(**{"source": copied, argument: 5})  # type: ignore[call-overload]
