"""Partitions: the rows of the release, by country and year, and bytes that only rows change."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import Mock

import pandas as pd
import pyarrow.dataset as ds
import pytest
from fsspec.implementations.local import LocalFileSystem

from conflict_incidents.release import formats
from conflict_incidents.release.errors import ReleaseError
from conflict_incidents.release.partitions import write_partitions
from conflict_incidents.tables.contract import tables
from samples import STORY, bytes_of, dataset, incident, write_unchecked


@pytest.fixture(scope="module", autouse=True)
def _no_formats() -> Iterator[None]:
    """Leave out the other formats, which take most of the time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(formats, "FORMATS", {})
        yield


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release of three incidents in two years and two countries."""
    trees = [*STORY, incident("SYR-20220908-u0kn"), incident("TUR-20230101-aaaa", date="2023-01-01")]
    return write_unchecked(dataset(tmp_path_factory.mktemp("partitions") / "dataset", trees))


def test_partitions_have_the_rows_of_the_release(release: Path, tmp_path: Path) -> None:
    where = Path(write_partitions(release, str(tmp_path)))
    assert where == tmp_path / release.name
    for name in tables():
        read = ds.dataset(where / name, partitioning="hive").to_table().to_pandas()
        whole = pd.read_parquet(release / f"{name}.parquet")
        pd.testing.assert_frame_equal(read[whole.columns], whole)
    folders = {file.parent.relative_to(where).as_posix() for file in where.glob("incidents/*/*/*")}
    assert folders == {"incidents/id_country=SYR/id_year=2022", "incidents/id_country=TUR/id_year=2023"}
    files = bytes_of(where)
    lines = files.pop("SHA256SUMS").decode().splitlines()
    assert lines == [f"{hashlib.sha256(data).hexdigest()}  {name}" for name, data in sorted(files.items())]


def test_a_partition_keeps_its_bytes_while_others_change(release: Path, tmp_path: Path) -> None:
    fewer = write_unchecked(dataset(tmp_path / "fewer", [*STORY, incident("SYR-20220908-u0kn")]))
    one, other = (bytes_of(Path(write_partitions(folder, str(tmp_path)))) for folder in (release, fewer))
    same = "incidents/id_country=SYR/id_year=2022/part-0.parquet"
    assert one[same] == other[same]


@pytest.mark.parametrize("at", [1, 20])
def test_what_the_store_changed_is_no_partition(
    at: int, release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, count = LocalFileSystem.cat_file, iter(range(1000))
    monkeypatch.setattr(LocalFileSystem, "cat_file", lambda *args: read(*args)[: None if next(count) < at else -1])
    (tmp_path / release.name).mkdir()
    (tmp_path / release.name / "SHA256SUMS").write_text("of before")
    with pytest.raises(ReleaseError, match="aren't whole"):
        write_partitions(release, str(tmp_path))
    assert not (tmp_path / release.name / "SHA256SUMS").exists()


def test_a_place_for_partitions_that_is_none_is_named(release: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ReleaseError, match="s4"):
        write_partitions(release, "s4://bucket/parts")

    class NoCredentials(Exception):
        """An error of a store that is no OSError, such as that of S3."""

    monkeypatch.setattr(LocalFileSystem, "exists", Mock(side_effect=NoCredentials))
    with pytest.raises(ReleaseError, match="NoCredentials; the partitions aren't whole"):
        write_partitions(release, "file:///nowhere")
