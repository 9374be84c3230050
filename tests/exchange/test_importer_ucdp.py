"""UCDP GED into records: all rows in, every count equal, none invented, whatever the form of the file."""

import argparse
import csv
import json
import lzma
import random
import re
import shutil
import subprocess
import sys
import time
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cached_parser import cached_parse
from conflict_incidents.authoring.scaffold import create_dataset
from conflict_incidents.cli import main
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.exchange.importers import ucdp
from conflict_incidents.exchange.importers.columns import clean_table, in_whole_numbers, rename_columns
from conflict_incidents.exchange.importers.gw_countries import countries
from conflict_incidents.exchange.importers.names import NameIndex
from conflict_incidents.exchange.importers.rowvalues import OFF
from conflict_incidents.exchange.importers.store.batch import Batch
from conflict_incidents.exchange.importers.tabular.grid import SourceRow, SourceTable, SourceTableError
from conflict_incidents.exchange.importers.ucdp.names import informants
from conflict_incidents.pipeline import validate_dataset
from conflict_incidents.records.model import Incident
from conflict_incidents.tables.totals import by
from whole_tables import frames

TOP = Path(__file__).parents[2]
FIXTURES = TOP / "tests" / "fixtures" / "ucdp"
IDLIB, WORLD = FIXTURES / "idlib_ged191.csv", FIXTURES / "world_ged231.csv"
PARTS = {
    "deaths_civilians": "civilians",
    "deaths_a": "side_a",
    "deaths_b": "side_b",
    "deaths_unknown": "unknown_status",
}
PLACES = ("hafsarjah", "chnan", "idlib", "banin", "al-sheikh-yousef")


def rows_of(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def write_rows(file: Path, rows: list[dict[str, str]]) -> Path:
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return file


@pytest.fixture(scope="module")
def registries(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """A dataset with this one's actors and code lists, the places that it began with, and of its organisations those
    that its aliases, these places or the rows name; only read.
    """
    root = tmp_path_factory.mktemp("registries")
    data = root / "data"
    shutil.copytree(TOP / "data/actors", data / "actors")
    shutil.copytree(TOP / "data/codelists", data / "codelists")
    shutil.copy(TOP / "datapackage.json", root)
    for folder in ("organisations", "places"):
        (data / folder).mkdir()
    for id in PLACES:
        shutil.copy(TOP / f"data/places/{id}.yaml", data / "places")
    aliases = {row["organisation"] for row in rows_of(TOP / "data/codelists/organisation_aliases.csv")}
    rows = IDLIB.read_text("utf-8") + WORLD.read_text("utf-8")
    places = " ".join((TOP / f"data/places/{id}.yaml").read_text("utf-8") for id in PLACES)
    for file in (TOP / "data/organisations").glob("*.yaml"):
        name = re.search(r"^name: (.*)$", file.read_text("utf-8"), re.M)
        if file.stem in {*aliases, "ucdp"} or file.stem in places or (name and name[1] in rows):
            shutil.copy(file, data / "organisations")
    return Dataset(root, parse=cached_parse)


@pytest.fixture
def dataset(tmp_path: Path, registries: Dataset) -> Dataset:
    """A copy of that dataset, to import into."""
    return Dataset(shutil.copytree(registries.root, tmp_path / "set"), parse=cached_parse)


def convert_file(
    file: Path, dataset: Dataset, *where: str, version: str | None = "19.1", dates: str | None = None
) -> Batch:
    how = dict.fromkeys(("encoding", "delimiter", "sheet"))
    options = argparse.Namespace(where=where, source_version=version, dates=dates, **how)
    return ucdp.convert(file, dataset, options)


def incidents(batch: Batch) -> dict[str, dict[str, Any]]:
    return {one.record["external"][0]["id"]: one.record for one in batch.incoming if one.kind == "incident"}


def state(root: Path) -> dict[str, bytes]:
    return {str(file): file.read_bytes() for file in sorted((root / "data").rglob("*")) if file.is_file()}


def given_back(incident: Incident) -> dict[str, int]:
    """UCDP's numbers as the record has them."""
    (claim,) = incident.claims
    values = incident.external[0].values
    total = claim.counts["killed", "total"]
    counts = {"low": total.min, "best": total.best, "high": total.max}
    for column, group in PARTS.items():
        part = claim.counts.get(("killed", group))
        counts[column] = 0 if part is None else part.min if part.best is None else part.best
    counts |= {name: int(value) for name, value in values.items() if name in counts}
    return {name: -1 if number is None else number for name, number in counts.items()}


@pytest.mark.parametrize("file", [IDLIB, WORLD], ids=lambda file: str(file.stem))
def test_all_rows_come_in_with_every_count_and_are_valid(
    file: Path, dataset: Dataset, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = rows_of(file)
    assert main(["import", "ucdp-ged", str(file), "--root", str(dataset.root)]) == 0
    fresh = dataset.reload()
    outcome = validate_dataset(fresh, jobs=1)
    assert outcome.is_valid, [finding for finding in outcome.findings if finding.severity == "error"]
    incidents_by_id = {one.external[0].id: one for one in outcome.records if isinstance(one, Incident)}
    assert set(incidents_by_id) == {row["id"] for row in rows}
    _, _, back = countries()
    for row in rows:
        incident = incidents_by_id[row["id"]]
        assert given_back(incident) == {name: int(row[name]) for name in ("low", "best", "high", *PARTS)}, row["id"]
        assert incident.date
        assert (incident.date.first, incident.date.last) == (row["date_start"], row["date_end"])
        assert all(measure == "killed" for claim in incident.claims for measure, _ in claim.counts)
        place = fresh.registry.place(incident.sites[0].place)
        assert place
        values = incident.external[0].values
        for column, value in (("latitude", place.lat), ("longitude", place.lon)):
            assert round(float(values.get(column, value or "nan")), 4) == round(float(row[column]), 4)
        assert values.get("country", back[incident.country][1]) == row["country"]
    before = state(dataset.root)
    capsys.readouterr()
    assert main(["import", "ucdp-ged", str(file), "--root", str(dataset.root)]) == 0
    registries = 2  # UCDP and its dataset
    assert f"0 files created, 0 updated, {len(rows) + registries} unchanged" in capsys.readouterr().out
    assert state(dataset.root) == before


@pytest.mark.parametrize("file", [IDLIB, WORLD], ids=lambda file: str(file.stem))
def test_every_number_is_ucdps_own_and_based_on_those_whom_it_cites(file: Path, registries: Dataset) -> None:
    records, index = incidents(convert_file(file, registries)), NameIndex(registries, "organisation")
    for row in rows_of(file):
        record = records[row["id"]]
        (claim,) = record["claims"]
        ids, rest = informants(row["source_original"], index)
        assert (claim["by"], claim["in"], claim.get("based_on", [])) == ("ucdp", "ucdp", ids)
        assert claim.keys() <= {"by", "in", "based_on", "killed", "note"}
        assert (record.get("verification") == "single_source") == (len(ids) == 1 and not rest)
        articles = [index.resolve(office) for office in filter(None, row["source_office"].split(";"))]
        assert [report["publisher"] for report in record["reports"]] == [*filter(None, articles), "ucdp"]
        assert {party["by"] for party in record["parties"]} == {"ucdp"}
    assert not [id for id in index.created if id.startswith("unnamed")]


def test_a_newer_version_changes_the_record_of_the_dataset_and_nothing_else(dataset: Dataset, tmp_path: Path) -> None:
    older, newer = tmp_path / "ged191.csv", tmp_path / "ged231.csv"
    for file in (older, newer):
        shutil.copy(IDLIB, file)
    assert main(["import", "ucdp-ged", str(older), "--root", str(dataset.root)]) == 0
    before = state(dataset.root)
    assert main(["import", "ucdp-ged", str(newer), "--root", str(dataset.root)]) == 0
    own = str(dataset.root / "data" / "datasets" / "ucdp-ged.yaml")
    new_version = before[own].replace(b'\nversion: "19.1"', b'\nversion: "23.1"')
    assert new_version != before[own]
    assert state(dataset.root) == before | {own: new_version}


def test_conflict_dyad_sides_and_units_are_columns(tmp_path: Path) -> None:
    """Also in a dataset without a list of administrative units: these are then called as UCDP calls them."""
    create_dataset(tmp_path / "new")
    assert main(["import", "ucdp-ged", str(WORLD), "--root", str(tmp_path / "new")]) == 0
    records = validate_dataset(Dataset(tmp_path / "new"), jobs=1).records
    tables = frames(records)
    incident_rows = tables["incidents"].set_index("incident_id")
    ids = tables["external_ids"].set_index("external_id")
    sides = tables["parties"].groupby(["incident_id", "side"])["actor_id"].agg(";".join).unstack()
    for row in rows_of(WORLD):
        foreign = ids.loc[row["id"]]
        one = incident_rows.loc[foreign["incident_id"]]
        violence = {"1": "state_based", "2": "non_state", "3": "one_sided"}[row["type_of_violence"]]
        assert [one[name] for name in ("type_of_violence", "conflict", "dyad")] == [
            violence,
            *(" ".join(row[name].split()) for name in ("conflict_name", "dyad_name")),
        ]
        columns = ("conflict_id", "dyad_id", "side_a_id", "side_b_id")
        assert [foreign[name] for name in columns] == [row[name.replace("_id", "_new_id")] for name in columns]
        for side in ("a", "b"):
            is_listed = sides.loc[foreign["incident_id"], side]
            assert (one[f"side_{side}"] == is_listed) if isinstance(is_listed, str) else pd.isna(one[f"side_{side}"])
        assert pd.isna(one["side_b"]) == (violence == "one_sided")
        for level in ("1", "2"):
            name = row[f"adm_{level}"]
            assert one[f"adm{level}_name"] == name if name else pd.isna(one[f"adm{level}_name"])
    groups = by(tables["incidents"], "adm1").dropna(subset="adm1_name")
    assert set(groups["adm1_name"]) == {row["adm_1"] for row in rows_of(WORLD) if row["adm_1"]}
    assert int(groups["incidents"].sum()) == sum(bool(row["adm_1"]) for row in rows_of(WORLD))


def test_every_value_is_accounted_for(registries: Dataset) -> None:
    for file in (IDLIB, WORLD):
        rows = rows_of(file)
        batch = convert_file(file, registries)
        several = {"source_office", "source_date", "source_original"}
        for column, outcomes in batch.accounting.as_data(batch.columns).items():
            times = [
                count
                for value in outcomes.values()
                for count in (value.values() if isinstance(value, dict) else [value])
            ]
            assert sum(times) == len(rows) or (column in several and sum(times) > len(rows)), (column, outcomes)


def test_the_form_of_the_file_makes_no_difference(registries: Dataset, tmp_path: Path) -> None:
    rows = rows_of(IDLIB)
    expected = incidents(convert_file(IDLIB, registries))
    columns = list(rows[0])
    random.Random(7).shuffle(columns)
    shuffled_rows = [{column: row[column] for column in columns} for row in random.Random(7).sample(rows, len(rows))]
    rows_with_tags = [{column: f"#meta+{column}" for column in columns}, *shuffled_rows]
    files = [write_rows(tmp_path / "shuffled.csv", shuffled_rows), write_rows(tmp_path / "hxl.csv", rows_with_tags)]
    files.append(tmp_path / "packed.csv.xz")
    files[-1].write_bytes(lzma.compress(IDLIB.read_bytes()))
    files.append(tmp_path / "packed.zip")
    with zipfile.ZipFile(files[-1], "w") as archive:
        archive.writestr("events.csv", IDLIB.read_bytes())
    numbers = {"id", "latitude", "longitude", "year", *PARTS, "low", "best", "high"}
    typed_rows = [
        {
            name: (float(value) if "." in value else int(value)) if name in numbers else value
            for name, value in row.items()
        }
        for row in rows
    ]
    files.append(tmp_path / "events.parquet")
    pq.write_table(pa.Table.from_pylist(typed_rows), files[-1])
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [float(row["longitude"]), float(row["latitude"])]},
            "properties": {name: value for name, value in row.items() if name not in {"latitude", "longitude"}},
        }
        for row in rows
    ]
    files.append(tmp_path / "events.geojson")
    files[-1].write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    for file in files:
        batch = convert_file(file, registries)
        assert not batch.refusals, file
        assert incidents(batch) == expected, file


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


def test_what_programs_write_for_an_empty_cell_is_unknown(registries: Dataset, tmp_path: Path) -> None:
    empty = ("source_original", "source_office", "source_date", "adm_1", "adm_2", "where_coordinates", "active_year")
    results = []
    for word in ("", "NA", "NaN", "None", "NULL", " n/a ", "N/A", "-", "<NA>"):
        row = {**rows_of(IDLIB)[0], **dict.fromkeys(empty, word)}
        batch = convert_file(write_rows(tmp_path / "one.csv", [row]), registries)
        assert not batch.refusals
        results.append([one.record for one in batch.incoming])
    assert all(records == results[0] for records in results)


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


def test_counts_keep_what_is_unknown_unknown(registries: Dataset, tmp_path: Path) -> None:
    def toll(**numbers: int | str) -> Any:
        row = {**rows_of(IDLIB)[0], **dict.fromkeys((*PARTS, "low", "best", "high"), "0")}
        row |= {name: str(number) for name, number in numbers.items()}
        batch = convert_file(write_rows(tmp_path / "one.csv", [row]), registries)
        assert not batch.refusals
        claim = next(iter(incidents(batch).values()))["claims"][0]
        assert ("killed" in claim) != (claim.get("no_information") == ["killed"])
        return claim.get("killed"), claim.get("note", "")

    exact = {"civilians": 0, "side_a": 0, "side_b": 0, "unknown_status": 0}
    assert toll(deaths_unknown="NA", low=1, best=1, high=1)[0] == {"total": 1}
    assert toll(best="NA", low=1, high=3)[0] == {"total": {"between": [1, 3]}}
    assert toll(best="NA", low=1, high=1)[0] == {"total": 1}
    assert toll(high="NA", low=2, best=3)[0] == {"total": {"at_least": 2}}
    assert toll(low="", best=3, high=5)[0] == {"total": {"at_most": 5}}
    assert toll(low="", best=3, high="")[0] == {"total": 3}
    assert toll(low="", best="", high="") == (None, "")
    assert toll()[0] == {"total": 0, **exact}
    assert toll(low=2, best=2, high=2, deaths_b=2)[0] == {"total": 2, **exact, "side_b": 2}
    assert toll(low=3, best=3, high=4, deaths_b=2, deaths_unknown=1)[0] == {
        "total": {"between": [3, 4], "best": 3},
        "civilians": {"between": [0, 1], "best": 0},
        "side_a": {"between": [0, 1], "best": 0},
        "side_b": {"between": [2, 3], "best": 2},
        "unknown_status": {"between": [1, 2], "best": 1},
    }
    assert toll(low=3, best=3, high=3, deaths_b=2, deaths_unknown=1)[0] == {
        "total": 3,
        **exact,
        "side_b": 2,
        "unknown_status": 1,
    }
    assert toll(low=1, best=3, high=3, deaths_b=3)[0] == {
        "total": {"between": [1, 3], "best": 3},
        **exact,
        "side_b": {"between": [1, 3], "best": 3},
    }
    contradictory, note = toll(low=3, best=3, high=2, deaths_b=3)
    hull = {"between": [2, 3], "best": 3}
    assert contradictory == {"total": hull, **exact, "side_b": hull}
    assert "contradicts" in note
    up_to = [{"between": [0, high], "best": 0} for high in (3, 5)]
    assert toll(low=1, best=0, high=3)[0] == {"total": up_to[0], **dict.fromkeys(exact, up_to[0])}
    assert toll(low=0, best=0, high=5)[0] == {"total": up_to[1], **dict.fromkeys(exact, up_to[1])}
    assert toll(low=0, best=3, high=0)[0] == {"total": {"between": [0, 3], "best": 3}}
    assert toll(low=9, best=10, high=9)[0] == {"total": {"between": [9, 10], "best": 10}}
    assert "99" in toll(low=99, best=99, high=99, deaths_b=99)[1]
    assert toll(low=9, best=9, high=9, deaths_b=2)[0] == {"total": 9}


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("id", ""),
        ("id", "1e+05"),
        ("id", "../../x"),
        ("type_of_violence", "4"),
        ("best", "several"),
        ("deaths_a", "-1"),
        ("high", "1.5"),
        ("date_start", "2016-02-30"),
        ("date_start", "01/02/2016"),
        ("date_end", "2015-01-01"),
        ("date_start", "0216-01-02"),
        ("year", "2009"),
        ("year", "twenty"),
        ("date_prec", "9"),
        ("where_prec", ""),
        ("latitude", "north"),
        ("latitude", "135.5"),
        ("longitude", ""),
        ("event_clarity", "5"),
    ],
)
def test_what_cannot_be_mapped_is_refused_with_row_and_column(
    column: str, value: str, registries: Dataset, tmp_path: Path
) -> None:
    rows = rows_of(IDLIB)[:3]
    rows[1][column] = value
    batch = convert_file(write_rows(tmp_path / "ged191.csv", rows), registries)
    assert [(refusal.row, refusal.column) for refusal in batch.refusals] == [(3, column)]
    assert len(incidents(batch)) == 2


@pytest.mark.parametrize(
    ("order", "form"),
    [
        ("dmy", "{2}/{1}/{0}"),
        ("mdy", "{1}/{2}/{0} 0:00"),
        ("dmy", "{2}.{1}.{3}"),
        ("mdy", "{1}/{2}/{3}"),
        (None, "{4}"),
    ],
)
def test_dates_that_a_spreadsheet_has_rewritten_are_read_in_the_given_order(
    order: str | None, form: str, registries: Dataset, tmp_path: Path
) -> None:
    rows = [row for row in rows_of(IDLIB) if row["date_start"][:4] == row["date_end"][:4] == row["year"]][:6]
    expected = incidents(convert_file(write_rows(tmp_path / "ged191.csv", rows), registries))
    for row in rows:
        for column in ("date_start", "date_end"):
            year, month, day = row[column][:10].split("-")
            number = (date.fromisoformat(row[column][:10]) - date(1899, 12, 30)).days
            row[column] = form.format(year, month, day, year[2:], number)
    batch = convert_file(write_rows(tmp_path / "excel.csv", rows), registries, dates=order)
    assert not batch.refusals
    assert incidents(batch) == expected


def test_row_numbers_of_programs_are_no_column(registries: Dataset, tmp_path: Path) -> None:
    rows = rows_of(IDLIB)
    expected = incidents(convert_file(IDLIB, registries))
    for name in ("", "Unnamed: 0", "index", "X"):
        numbered_rows = [{name: str(number), **row} for number, row in enumerate(rows)]
        batch = convert_file(write_rows(tmp_path / "ged191.csv", numbered_rows), registries)
        assert incidents(batch) == expected
        assert batch.columns == list(rows[0])


def test_a_country_that_is_unknown_is_refused(dataset: Dataset, tmp_path: Path) -> None:
    rows = [{**rows_of(IDLIB)[0], "country": "Atlantis", "country_id": "9999"}]
    file = write_rows(tmp_path / "ged191.csv", rows)
    (refusal,) = convert_file(file, dataset).refusals
    assert refusal.column == "country"
    assert main(["import", "ucdp-ged", str(file), "--root", str(dataset.root)]) == 1


def test_missing_columns_are_all_named(registries: Dataset, tmp_path: Path) -> None:
    rows = [{name: value for name, value in row.items() if name not in {"best", "side_a"}} for row in rows_of(IDLIB)]
    with pytest.raises(SourceTableError, match=r"`side_a`, `best`"):
        convert_file(write_rows(tmp_path / "ged191.csv", rows), registries)


def test_unknown_columns_and_odd_text_are_kept(dataset: Dataset, tmp_path: Path) -> None:
    rows = [{**row, "Our Note": "yes\u200b: #1  \t{x}"} for row in rows_of(IDLIB)[:2]]
    file = write_rows(tmp_path / "ged191.csv", rows)
    assert main(["import", "ucdp-ged", str(file), "--root", str(dataset.root)]) == 0
    values = [
        one.external[0].values
        for one in validate_dataset(dataset.reload(), jobs=1).records
        if isinstance(one, Incident)
    ]
    assert [value["Our Note"] for value in values] == ["yes : #1 {x}"] * 2


def test_placeholder_dates_are_left_out(registries: Dataset, tmp_path: Path) -> None:
    row = {
        **rows_of(IDLIB)[0],
        "source_office": "SOHR;SOHR;SOHR;SOHR",
        "source_date": "1753-01-01;2919-07-01;;2015-12-31",
    }
    batch = convert_file(write_rows(tmp_path / "ged191.csv", [row]), registries)
    (record,) = incidents(batch).values()
    assert [report.get("published") for report in record["reports"]] == [None, None, None, "2015-12-31", None]
    left_out = batch.accounting.as_data(batch.columns)["source_date"]["left_out"]
    assert left_out == {"means an unknown date": 1, "is in the future": 1}


def test_where_dry_run_out_and_report(dataset: Dataset, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["import", "ucdp-ged", str(IDLIB), "--root", str(dataset.root)]
    before = state(dataset.root)
    assert main([*command, "--dry-run"]) == 0
    assert state(dataset.root) == before
    some = [row for row in rows_of(IDLIB) if row["year"] == "2016"]
    report = tmp_path / "report.json"
    assert main([*command, "--where", "year=2016", "--out", str(tmp_path / "out"), "--report", str(report)]) == 0
    assert state(dataset.root) == before
    report_data = json.loads(report.read_text("utf-8"))
    assert report_data["rows"] == len(some)
    assert len(list((tmp_path / "out" / "data" / "incidents").rglob("*.yaml"))) == len(some)
    capsys.readouterr()
    assert main([*command, "--where", "yeer=2016"]) == 1
    assert "did you mean `year`?" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "version"),
    [
        ("ged191.csv", "19.1"),
        ("ucdp_ged_19.1_syria_idlib.csv", "19.1"),
        ("GEDEvent_v23_1.csv", "23.1"),
        ("ucdp-ged-24.1.zip", "24.1"),
        ("ged51.csv", "5.1"),
        ("events_2019.csv", None),
        ("GEDEvent_v25_01_25_12.csv", "25.01.25.12"),
        ("GEDEvent_v24_0_3.csv", "24.0.3"),
        ("GEDEvent_v24_0_12 (1).csv", "24.0.12"),
        ("gedevent_v26_01_26_06.csv.zip", "26.01.26.06"),
        ("ged-24.0.3.csv", "24.0.3"),
        ("ged_24.01.24.csv", None),
        ("GEDEvent_v24_1_syria_2012.csv", "24.1"),
        ("ged241-csv.zip", "24.1"),
        ("candidate_ged_2024_01.csv", None),
    ],
)
def test_the_version_is_given_by_the_name_of_the_file(name: str, version: str | None) -> None:
    assert ucdp.version_in(name) == version


@pytest.mark.parametrize(
    ("name", "missing"),
    [
        ("GEDEvent_v16_0_2.csv", ["2"]),
        ("GEDEvent_v16_01_16_03.csv", ["1", "2", "4"]),
        ("GEDEvent_v16_1.csv", ["1", "2", "4"]),
        ("events.csv", ["1", "2", "4"]),
    ],
)
def test_a_file_of_a_month_says_nothing_of_other_months(
    name: str, missing: list[str], dataset: Dataset, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """UCDP's file of a month also has a few late rows of earlier ones."""

    def rows(**days: str) -> list[dict[str, str]]:
        first = rows_of(IDLIB)[0]
        return [
            {**first, "id": id[1:], "year": "2016", "date_start": day, "date_end": day, "date_prec": "1"}
            for id, day in days.items()
        ]

    before = write_rows(tmp_path / "before.csv", rows(_1="2016-01-09", _2="2016-02-03", _4="2016-03-01"))
    command = ["import", "ucdp-ged", "--root", str(dataset.root)]
    assert main([*command, str(before)]) == 0
    by_id = {row["id"]: row for row in rows_of(dataset.root / "data/imports/ucdp-ged.csv")}
    newer = write_rows(tmp_path / name, rows(_3="2016-01-02", _5="2016-02-20", _6="2016-03-30"))
    capsys.readouterr()
    assert main([*command, str(newer)]) == 0
    output = capsys.readouterr().out
    assert [id for id in ("1", "2", "4") if by_id[id]["incident"] in output] == missing


def test_a_newer_version_updates_and_shows_what_it_changed(
    dataset: Dataset, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", "ucdp-ged", str(IDLIB), "--root", str(dataset.root)]) == 0
    rows = rows_of(IDLIB)
    first = next(row for row in rows if row["id"] == "214804")
    first |= {"best": "4", "high": "4", "low": "4", "deaths_civilians": "4"}
    newer = write_rows(tmp_path / "ged191.csv", rows[:-1])
    capsys.readouterr()
    assert main(["import", "ucdp-ged", str(newer), "--root", str(dataset.root)]) == 0
    output = capsys.readouterr().out
    assert "+    killed: {total: 4, civilians: 4" in output
    assert "0 files created, 1 updated" in output
    assert "not in this file, the record stays" in output


def test_a_killed_run_is_completed_by_the_next(dataset: Dataset, tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    shutil.copytree(dataset.root, whole)
    assert main(["import", "ucdp-ged", str(IDLIB), "--root", str(whole)]) == 0
    expected = {name.replace(str(whole), ""): data for name, data in state(whole).items()}
    command = [
        sys.executable,
        "-m",
        "conflict_incidents",
        "import",
        "ucdp-ged",
        str(IDLIB),
        "--root",
        str(dataset.root),
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while process.poll() is None and len(list((dataset.root / "data" / "incidents").rglob("*.yaml"))) < 8:
        time.sleep(0.02)
    process.kill()
    process.wait()
    assert main(["import", "ucdp-ged", str(IDLIB), "--root", str(dataset.root)]) == 0
    assert {name.replace(str(dataset.root), ""): data for name, data in state(dataset.root).items()} == expected


def test_the_encoding_that_an_error_advises_can_be_given(
    dataset: Dataset, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "ged191.csv"
    rows = [row | {"where_coordinates": "Élodie town"} for row in rows_of(IDLIB)[:1]]
    file.write_bytes(write_rows(file, rows).read_text("utf-8").encode("windows-1252", "ignore"))
    command = ["import", "ucdp-ged", str(file), "--root", str(dataset.root)]
    assert main(command) == 1
    assert "--encoding windows-1252" in capsys.readouterr().err
    assert main([*command, "--encoding", "windows-1252"]) == 0


FLOATS = (
    *("id", "year", "active_year", "type_of_violence", "conflict_new_id", "dyad_new_id", "side_a_new_id", "gwnob"),
    *("side_b_new_id", "number_of_sources", "where_prec", "priogrid_gid", "country_id", "event_clarity", "date_prec"),
    *PARTS,
    *("low", "best", "high"),
)


@pytest.mark.parametrize("file", [IDLIB, WORLD], ids=lambda file: str(file.stem))
def test_whole_floats_are_the_whole_numbers_that_they_were(file: Path, registries: Dataset, tmp_path: Path) -> None:
    rows = rows_of(file)
    floats = [{**row, **{name: f"{row[name]}.0" for name in FLOATS if row.get(name)}} for row in rows]
    batch = convert_file(write_rows(tmp_path / "ged.csv", floats), registries)
    assert not batch.refusals
    assert incidents(batch) == incidents(convert_file(file, registries))
    one = convert_file(tmp_path / "ged.csv", registries, f"year={rows[0]['year']}")
    assert rows[0]["id"] in incidents(one)


def test_a_whole_float_is_whole_only_in_columns_of_whole_numbers(registries: Dataset, tmp_path: Path) -> None:
    row = {**rows_of(IDLIB)[0], "Our Note": "1.0", "active_year": "652.50"}
    (record,) = incidents(convert_file(write_rows(tmp_path / "ged.csv", [row]), registries)).values()
    values = {one["name"]: one["value"] for one in record["external"][0]["values"]}
    assert (values["Our Note"], values["active_year"]) == ("1.0", "652.50")


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


def test_columns_are_known_in_capitals_and_kept_under_ucdps_names(registries: Dataset, tmp_path: Path) -> None:
    rows = rows_of(WORLD)
    capitals = [{name.upper(): value for name, value in row.items()} for row in rows]
    batch = convert_file(write_rows(tmp_path / "ged231.csv", capitals), registries)
    assert incidents(batch) == incidents(convert_file(WORLD, registries))
    assert "relid" in batch.columns


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
    ("time", "remarks"),
    [
        ("", 0),
        (" 00:00:00", 0),
        ("T00:00:00Z", 0),
        ("T00:00:00.000", 0),
        ("T00:00:00+00:00", 0),
        (" 14:30:00", 1),
        ("T00:00:00+03:00", 1),
    ],
)
def test_only_midnight_passes_in_silence(time: str, remarks: int, registries: Dataset, tmp_path: Path) -> None:
    row = {**rows_of(IDLIB)[0]}
    expected = incidents(convert_file(write_rows(tmp_path / "ged191.csv", [row]), registries))
    row["date_start"] += time
    batch = convert_file(write_rows(tmp_path / "ged191.csv", [row]), registries)
    assert incidents(batch) == expected
    assert sum(times for what, times in batch.accounting.remarks.items() if "time of day" in what) == remarks


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


def test_a_file_without_rows_is_a_finding(dataset: Dataset, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "ged191.csv"
    file.write_text(",".join(rows_of(IDLIB)[0]) + "\n", "utf-8")
    assert main(["import", "ucdp-ged", str(file), "--root", str(dataset.root)]) == 1
    assert "no rows" in capsys.readouterr().err


def test_a_row_keeps_what_is_wrong_with_its_geometry_while_its_numbers_are_made_whole() -> None:
    row = SourceRow(2, {"id": "294267.0"}, {"latitude": "a polygon is no point"})
    table = SourceTable(["id"], [row])
    for variant in (clean_table(table, str, ["id"]), rename_columns(table, str.upper), in_whole_numbers(table, ["id"])):
        assert variant.rows[0].faults == row.faults
