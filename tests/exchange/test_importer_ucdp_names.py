"""Names of originators in UCDP GED."""

import json
from pathlib import Path

import pytest

from conflict_incidents.authoring.scaffold import create_dataset
from conflict_incidents.cli import main
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.exchange.importers.names import NameIndex
from conflict_incidents.exchange.importers.ucdp.names import informants
from conflict_incidents.pipeline import validate_dataset
from ucdp_files import (
    IDLIB,
    convert_file,
    copy_registries,
    make_registries,
    rows_of,
    state,
    write_rows,
)

registries = pytest.fixture(scope="module")(make_registries)
dataset = pytest.fixture(copy_registries)


def test_originators_are_known_under_all_their_spellings_and_persons_under_none(registries: Dataset) -> None:
    index = NameIndex(registries, "organisation")

    def names_in(text: str) -> tuple[list[str], list[str]]:
        return informants(text, index)

    for spelling in ("SOHR", "sohr", "SOHE", "Syrian  Observatory for Human Rights"):
        assert names_in(spelling) == (["sohr"], [])
    assert names_in("SOHR/Waha Report") == (["sohr", "waha-report"], [])
    assert names_in("Live Map (rebel, Russian Defence Ministry), SOHR") == (["liveuamap", "sohr"], [])
    assert names_in("SOHR; A. Person from the White Helmets,") == (["sohr"], ["A. Person from the White Helmets"])
    assert names_in("Anybody Somebody, SOHR and sohr") == (["sohr"], ["Anybody Somebody"])
    assert names_in("medical sources // Ministry of Interior") == (["medical-sources"], ["Ministry of Interior"])
    assert names_in("; ,") == ([], [])


def test_a_name_that_is_the_id_of_an_alias_means_the_same_before_and_after_the_record_is_made(tmp_path: Path) -> None:
    rows = [{**row, "source_original": name} for row, name in zip(rows_of(IDLIB), ALIKE, strict=False)]
    file = write_rows(tmp_path / "ged191.csv", rows)
    create_dataset(tmp_path / "new")
    for expected in (f"{len(ALIKE)} rows read, 0 refused; ", "0 files created, 0 updated"):
        before = state(tmp_path / "new")
        assert main(["import", "ucdp-ged", str(file), "--root", str(tmp_path / "new")]) == 0
        claims = [one.claims[0] for one in Dataset(tmp_path / "new").registry.incidents()]
        assert {claim.based_on for claim in claims} == {("turkish-armed-forces",)}, expected
    assert state(tmp_path / "new") == before


ALIKE = ("Turkish army", "Turkish armed forces", "turkish-armed-forces")


def test_an_alias_creates_the_organisation_that_the_registry_lacks(tmp_path: Path) -> None:
    organisations = NameIndex(Dataset(tmp_path), "organisation")
    assert organisations.resolve("airwars") == "airwars"
    assert organisations.resolve("Borderland Beat") == "borderland-beat"
    assert [one.record for one in organisations.created.values()] == [
        {"id": "airwars", "name": "Airwars", "kind": "monitor"},
        {"id": "borderland-beat", "name": "Borderland Beat", "kind": "other"},
    ]


def test_other_peoples_sentences_stay_out(registries: Dataset, tmp_path: Path) -> None:
    rows = rows_of(IDLIB)
    for row in rows:
        row["source_headline"] = "A HEADLINE by Somebody"
        row["source_article"] = '"SOHR,2016-01-01,A HEADLINE by Somebody"'
    batch = convert_file(write_rows(tmp_path / "ged191.csv", rows), registries)
    assert "HEADLINE" not in json.dumps([one.record for one in batch.incoming])


@pytest.mark.parametrize(
    "text",
    ["Jane Doe of Radio Nowhere", "Jane Doe of Reuters", "Jane Post", "Radio Okapi", "PROVEA", "Provincial official"],
)
def test_an_unknown_name_is_unresolved_and_becomes_no_organisation(text: str, registries: Dataset) -> None:
    organisations = NameIndex(registries, "organisation")
    assert organisations.resolve(text) is None
    assert informants(text, organisations) == ([], [text])
    assert not organisations.created


def test_unresolved_names_are_left_out_and_listed_in_the_report_alone(
    dataset: Dataset, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    row = {**rows_of(IDLIB)[0], "source_office": "Jane Doe;SOHR", "source_date": "2016-01-01;2016-01-02"}
    row["source_original"] = "Jane Doe of Radio Nowhere, SOHR"
    file, report = write_rows(tmp_path / "ged191.csv", [row]), tmp_path / "report.json"
    arguments = ["import", "ucdp-ged", str(file), "--root", str(dataset.root), "--report", str(report)]
    assert main(arguments) == 0
    assert json.loads(report.read_text("utf-8"))["unresolved"] == {
        "source_office": {"Jane Doe": 1},
        "source_original": {"Jane Doe of Radio Nowhere": 1},
    }
    assert "Jane" not in capsys.readouterr().out
    assert validate_dataset(dataset.reload(), jobs=1).is_valid
    assert not [data for data in state(dataset.root).values() if b"single_source" in data and b"2016-01-02" in data]
    assert not [name for name, data in state(dataset.root).items() if b"Jane" in data or b"Nowhere" in data]
