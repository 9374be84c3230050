"""Places and positions of UCDP GED."""

import json
from pathlib import Path

import pytest

from conflict_incidents.cli import main
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.exchange.importers.columns import clean_table, in_whole_numbers, rename_columns
from conflict_incidents.exchange.importers.rowvalues import OFF
from conflict_incidents.exchange.importers.tabular.grid import SourceRow, SourceTable
from conflict_incidents.pipeline import validate_dataset
from conflict_incidents.records.model import Incident
from ucdp_files import (
    IDLIB,
    WORLD,
    convert_file,
    copy_registries,
    incidents,
    make_registries,
    rows_of,
    state,
    write_rows,
)

registries = pytest.fixture(scope="module")(make_registries)
dataset = pytest.fixture(copy_registries)


def test_places_are_merged_by_name_and_position_and_kept_apart_otherwise(dataset: Dataset) -> None:
    by_name = {row["where_coordinates"]: row["id"] for row in rows_of(IDLIB)}
    records = incidents(convert_file(IDLIB, dataset))

    def place(name: str) -> str:
        return str(records[by_name[name]]["sites"][0]["place"])

    assert place("Hafsajra village") == "hafsarjah"
    assert place("Shinan village") == "chnan"
    assert place("Idlib Governorate") == "idlib"
    assert place("Idlib town") == "idlib-town"
    sarjah = {
        records[row["id"]]["sites"][0]["place"]
        for row in rows_of(IDLIB)
        if row["where_coordinates"].startswith("Sarjah")
    }
    assert sarjah == {"sarjah", "sarjah-ariha"}
    assert main(["import", "ucdp-ged", str(IDLIB), "--root", str(dataset.root)]) == 0
    site = dataset.reload().registry.place(place("Tall Alkarama/Tall Aqibrin"))
    assert site
    assert (site.name, [name.spelling for name in site.names]) == ("Tall Alkarama", ["Tall Aqibrin"])


def test_a_country_that_is_unknown_is_refused(dataset: Dataset, tmp_path: Path) -> None:
    rows = [{**rows_of(IDLIB)[0], "country": "Atlantis", "country_id": "9999"}]
    file = write_rows(tmp_path / "ged191.csv", rows)
    (refusal,) = convert_file(file, dataset).refusals
    assert refusal.column == "country"
    assert main(["import", "ucdp-ged", str(file), "--root", str(dataset.root)]) == 1


@pytest.mark.parametrize(
    ("name", "place", "level"),
    [
        ("House of John Smith", "Ariha district", "adm2"),
        ("John Smith\u2019s house", "Ariha district", "adm2"),
        ("John Smith residence", "Ariha district", "adm2"),
        ("residence of Jane Doe in Kabul", "Residence in Kabul", "point"),
        ("Jane Doe's house near John Smith's farm", "Ariha district", "adm2"),
        ("Kabul (house of Jane Doe)", "Kabul", "settlement"),
        ("Falul farm", "Falul farm", "point"),
        ("House of Representatives", "House of Representatives", "settlement"),
    ],
)
def test_whose_house_it_was_is_said_nowhere(
    name: str, place: str, level: str, registries: Dataset, tmp_path: Path
) -> None:
    row = {**rows_of(IDLIB)[0], "where_coordinates": name, "where_prec": "1", "adm_1": "Nowhere province"}
    row |= {"adm_2": "Ariha district"}
    batch = convert_file(write_rows(tmp_path / "ged191.csv", [row]), registries)
    assert not batch.refusals
    (place_record,) = [one.record for one in batch.incoming if one.kind == "place"]
    assert (place_record["name"], place_record["level"]) == (place, level)
    text = json.dumps([one.record for one in batch.incoming])
    assert not any(word in text for word in ("Smith", "Doe", "Jane"))


def test_a_description_of_the_place_is_left_out(registries: Dataset) -> None:
    batch = convert_file(WORLD, registries)
    account = batch.accounting.as_data(batch.columns)["where_description"]
    assert set(account) == {"left_out", "empty"}
    assert set(account["left_out"]) == {"free text that may name people"}
    assert "Torsmat" not in json.dumps([one.record for one in batch.incoming])


def test_two_countries_in_one_row_are_refused_with_both(registries: Dataset, tmp_path: Path) -> None:
    rows = rows_of(IDLIB)[:2]
    rows[0]["country"] = "Iraq"
    rows[1]["country"] = "Sham"
    batch = convert_file(write_rows(tmp_path / "ged191.csv", rows), registries)
    (refusal,) = batch.refusals
    assert (refusal.row, refusal.column) == (2, "country")
    assert "`Iraq`" in refusal.message
    assert "`652`" in refusal.message
    assert batch.accounting.remarks["country isn't in gw_countries.csv; country_id was used"] == 1


@pytest.mark.parametrize(
    ("empty_columns", "level", "precision"),
    [((), "adm2", "adm2"), (("adm_2",), "adm1", "adm1"), (("adm_1", "adm_2"), "country", "country")],
)
def test_a_place_without_a_name_is_the_closest_unit(
    empty_columns: tuple[str, ...], level: str, precision: str, dataset: Dataset, tmp_path: Path
) -> None:
    row = {**rows_of(IDLIB)[0], "where_coordinates": "", "where_prec": "1", **dict.fromkeys(empty_columns, "")}
    file = write_rows(tmp_path / "ged191.csv", [row])
    command = ["import", "ucdp-ged", str(file), "--root", str(dataset.root)]
    assert main(command) == 0
    fresh = dataset.reload()
    outcome = validate_dataset(fresh, jobs=1)
    assert outcome.is_valid
    (result,) = [one for one in outcome.records if isinstance(one, Incident)]
    place = fresh.registry.place(result.sites[0].place)
    assert place
    assert (place.level, result.sites[0].precision) == (level, precision)
    values = result.external[0].values
    assert (values["where_prec"], values["latitude"]) == ("1", row["latitude"])
    before = state(dataset.root)
    assert main(command) == 0
    assert state(dataset.root) == before


@pytest.mark.parametrize("changes", [{"latitude": "39.5"}, {"latitude": "12.5", "where_prec": "7"}])
def test_a_position_off_its_country_is_kept_and_reported(
    changes: dict[str, str], registries: Dataset, tmp_path: Path
) -> None:
    row = {**rows_of(IDLIB)[0], "where_coordinates": "Nowhere town", **changes}
    batch = convert_file(write_rows(tmp_path / "ged191.csv", [row]), registries)
    (record,) = incidents(batch).values()
    assert {"name": "latitude", "value": changes["latitude"]} in record["external"][0]["values"]
    (place,) = [one.record for one in batch.incoming if one.kind == "place"]
    assert "lat" not in place
    assert batch.accounting.remarks[OFF] == 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"latitude": "50.5"}, "50.5, 36.54 is outside SYR"),
        ({"latitude": "37.9", "longitude": "48.5", "country": "Ukraine", "country_id": "369"}, "look swapped"),
        ({"latitude": "-34.1", "longitude": "18.4", "country": "Lebanon", "country_id": "660"}, "outside LBN"),
        ({"latitude": "0", "longitude": "0"}, "placeholder"),
    ],
)
def test_a_position_far_from_its_country_refuses_the_row(
    changes: dict[str, str], message: str, registries: Dataset, tmp_path: Path
) -> None:
    batch = convert_file(write_rows(tmp_path / "ged191.csv", [{**rows_of(IDLIB)[0], **changes}]), registries)
    (refusal,) = batch.refusals
    assert (refusal.column, batch.incoming) == ("latitude", [])
    assert message in refusal.message


def test_a_row_keeps_what_is_wrong_with_its_geometry_while_its_numbers_are_made_whole() -> None:
    row = SourceRow(2, {"id": "294267.0"}, {"latitude": "a polygon is no point"})
    table = SourceTable(["id"], [row])
    for variant in (clean_table(table, str, ["id"]), rename_columns(table, str.upper), in_whole_numbers(table, ["id"])):
        assert variant.rows[0].faults == row.faults
