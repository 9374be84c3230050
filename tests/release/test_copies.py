"""What says the same as the tables of a release has to agree with them, even if the checksums are right."""

import json
import sqlite3
from contextlib import suppress
from pathlib import Path
from shutil import copytree

import pytest

from conflict_incidents import load, verify
from conflict_incidents.release.checksums import SUMS, sha256
from conflict_incidents.release.loading import LoadError
from conflict_incidents.release.verify import VerificationError
from samples import bytes_of


@pytest.fixture
def copy(released_dataset: Path, tmp_path: Path) -> Path:
    """A copy of a release, to be changed."""
    return copytree((released_dataset / "release/current").resolve(), tmp_path / "copy")


def rewrite_checksums(folder: Path) -> None:
    """Give a release the checksums of its files, as somebody who forges one would."""
    files = {name: data for name, data in bytes_of(folder).items() if name != SUMS}
    lines = [f"{sha256(data)}  {name}\n" for name, data in sorted(files.items())]
    (folder / SUMS).write_text("".join(lines), "utf-8")


def put(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


def test_a_release_of_another_contract_is_not_called_whole(copy: Path) -> None:
    text = json.loads((copy / "datapackage.json").read_text("utf-8"))
    text["resources"][0]["schema"]["fields"][0]["description"] = "Another."
    (copy / "datapackage.json").write_text(json.dumps(text), "utf-8")
    put(copy / "CITATION.cff", "version: 0.1.0", "version: 0.2.0")
    rewrite_checksums(copy)
    assert "keys, README, citation and other formats weren't checked" in str(verify(copy))


def test_a_copy_that_disagrees_with_the_tables_or_the_version_is_found(copy: Path) -> None:
    put(copy / "README.md", "version 0.1.0", "version 0.2.0")
    put(copy / "CITATION.cff", "version: 0.1.0", "version: 0.2.0")
    (geojson,) = copy.glob("**/*.geojson")
    put(geojson, "Shelling", "Shooting")
    (database,) = copy.glob("**/*.sqlite")
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE incidents SET title = 'Shooting'")
    connection.close()
    (copy / "more.csv").write_text("a\n", "utf-8")
    put(copy / "datapackage.json", '"path": "claims.parquet"', '"path": "claim.parquet"')
    rewrite_checksums(copy)
    with pytest.raises(VerificationError) as excinfo:
        verify(copy)
    message = str(excinfo.value)
    assert message.startswith("the files of the release don't agree:\n")
    assert "claims.parquet isn't the file that datapackage.json describes" in message
    assert "more.csv is none of a release" in message
    for file in ("README.md", "CITATION.cff", geojson.name, database.name):
        assert f"{file} isn't what the tables make" in message
    assert "xlsx" not in message


def replace_file(folder: Path, name: str, data: bytes | None) -> None:
    """Put another file, or a folder, in the place of one of a release."""
    (folder / name).unlink()
    if data is None:
        (folder / name).mkdir()
    else:
        (folder / name).write_bytes(data)


@pytest.mark.parametrize("name", ["incidents.parquet", "datapackage.json", SUMS, "incidents.csv"])
def test_any_damaged_release_file_is_a_load_error(copy: Path, name: str) -> None:
    whole = (copy / name).read_bytes()
    other = (copy / "sites.parquet").read_bytes()
    half = len(whole) // 2
    wrong = [b"", b"PAR1", b"{}", b"[]", b"null", b"\xff" * 99, whole[:half], other, b'{"resources": [1]}', None]
    flips = [whole[:at] + bytes([whole[at] ^ 255]) + whole[at + 1 :] for at in range(half % 97, len(whole), 997)]
    for data in [*wrong, *flips[:9]]:
        replace_file(copy, name, data)
        if data is not None and name != SUMS:
            rewrite_checksums(copy)
        # A flipped letter of a cell is read, as the checksums are forged.
        with suppress(LoadError) if data in flips else pytest.raises(LoadError):
            load(source=copy)
        (copy / name).rmdir() if data is None else (copy / name).unlink()
        (copy / name).touch()


def test_arguments_of_another_type_are_refused_by_name(copy: Path) -> None:
    for argument in ("table", "version", "source", "sha256", "columns"):
        with pytest.raises(LoadError, match="5"):
            load(**{"source": copy, argument: 5})  # type: ignore[call-overload] # which is tested
