"""The spellings of organisations: shipped with the package, and what a dataset says goes first."""

from pathlib import Path

from conflict_incidents.authoring.scaffold import create_dataset
from conflict_incidents.dataset.aliases import aliases, proper_names
from conflict_incidents.dataset.dataset import Dataset


def test_a_new_dataset_knows_the_spellings_of_organisations_that_report_everywhere(tmp_path: Path) -> None:
    create_dataset(tmp_path / "ours")
    packaged = aliases(Dataset(tmp_path / "ours"), "organisation_aliases")
    spellings = ("SOHR", "sohr", "Syrian Observatory", "The Syrian Observatory for Human Rights")
    assert {packaged[(spelling.casefold(),)] for spelling in spellings} == {"sohr"}


def test_a_datasets_own_spelling_goes_before_the_shipped_one(tmp_path: Path) -> None:
    create_dataset(tmp_path / "ours")
    file = tmp_path / "ours/data/codelists/organisation_aliases.csv"
    file.write_text("spelling,organisation\nSouthern Online Herald,herald\nSOHR,herald\n", "utf-8")
    dataset = Dataset(tmp_path / "ours")
    assert aliases(dataset, "organisation_aliases")[("sohr",)] == "herald"
    assert proper_names(dataset, "organisation_aliases")["herald"] == "Southern Online Herald"
