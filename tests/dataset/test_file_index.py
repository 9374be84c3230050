"""The files of a dataset: how findings name them, and that they are found again by these names."""

from __future__ import annotations

from pathlib import Path

import pytest

from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.pipeline import validate_dataset, validate_paths
from samples import STORY, dataset

NAME = "data/places/hafsarjah.yaml"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The folder of a small dataset."""
    return dataset(tmp_path / "ds", STORY).root


def test_findings_name_files_relative_to_the_root_from_any_folder(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / NAME).write_text("schema: place/1\n", "utf-8")
    findings = validate_dataset(Dataset(root)).findings
    assert NAME in {finding.path for finding in findings}
    monkeypatch.chdir(root / "data")
    assert validate_dataset(Dataset(root)).findings == findings


@pytest.mark.parametrize("name", ["data/waivers.yaml", "data/places/of-nowhere.yaml"])
def test_a_folder_in_the_place_of_a_file_is_found_though_it_is_empty(root: Path, name: str) -> None:
    (root / name).mkdir()
    findings = validate_dataset(Dataset(root), jobs=1)
    assert ("REC010", name) in {(finding.rule, finding.path) for finding in findings.findings}


def test_a_base_is_what_names_are_relative_to_and_what_given_paths_start_at(root: Path, tmp_path: Path) -> None:
    index = Dataset(root, base=tmp_path).index
    assert index.display_path(root / NAME) == f"ds/{NAME}"
    assert index.file(f"ds/{NAME}") == root / NAME
    assert index.below_data(Path("ds/data/../data/places")) == Path("places")
    assert index.display_path(tmp_path.parent / "x.yaml") == str(tmp_path.parent / "x.yaml"), (
        "what lies elsewhere is named whole"
    )


def test_a_relative_root_does_without_a_base(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root.parent)
    relative = Dataset(Path(root.name))
    assert relative.index.display_path(Path(root.name, NAME)) == NAME
    assert relative.index.holds(relative.index.file(NAME))
    whole = validate_dataset(Dataset(root))
    assert validate_dataset(relative).findings == whole.findings
    assert validate_paths([Path(root.name)], relative).files == whole.files


def test_findings_name_files_relative_to_the_base(root: Path) -> None:
    around = Dataset(root, base=root / "data" / "places")
    assert around.root == root
    assert [one.index.display_path(root / NAME) for one in (around, around.reload())] == ["hafsarjah.yaml"] * 2


def test_ids_are_those_on_disk_and_in_replaced_files_read_once(root: Path) -> None:
    replaced = {"data/places/new.yaml": b"", NAME: None, "data/places/below/other.yaml": b"", "data/places/a.txt": b""}
    index = Dataset(root, replaced=replaced).index
    expected = sorted({file.stem for file in (root / "data/places").glob("*.yaml")} - {"hafsarjah"} | {"new"})
    assert index.ids("places") == expected
    (root / "data/places/later.yaml").touch()
    assert index.ids("places") == expected
