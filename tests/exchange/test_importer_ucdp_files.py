"""Files of UCDP GED: forms, columns, encodings, names."""

import json
import lzma
import random
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from conflict_incidents.cli import main
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.exchange.importers import ucdp
from conflict_incidents.exchange.importers.tabular.grid import SourceTableError
from conflict_incidents.pipeline import validate_dataset
from conflict_incidents.records.model import Incident
from ucdp_files import (
    IDLIB,
    PARTS,
    WORLD,
    convert_file,
    copy_registries,
    incidents,
    make_registries,
    rows_of,
    write_rows,
)

registries = pytest.fixture(scope="module")(make_registries)
dataset = pytest.fixture(copy_registries)


def test_the_form_of_the_file_makes_no_difference(registries: Dataset, tmp_path: Path) -> None:
    rows = rows_of(IDLIB)
    expected = incidents(convert_file(IDLIB, registries))
    columns = list(rows[0])
    random.Random(7).shuffle(columns)
    shuffled_rows = [{column: row[column] for column in columns} for row in random.Random(7).sample(rows, len(rows))]
    rows_with_tags = [{column: f"#meta+{column}" for column in columns}, *shuffled_rows]
    files = [write_rows(tmp_path / "shuffled.csv", shuffled_rows), write_rows(tmp_path / "hxl.csv", rows_with_tags)]
    padded_rows = [row | {name: f"{float(row[name]):.7f}" for name in ("latitude", "longitude")} for row in rows]
    files.append(write_rows(tmp_path / "padded.csv", padded_rows))
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


def test_row_numbers_of_programs_are_no_column(registries: Dataset, tmp_path: Path) -> None:
    rows = rows_of(IDLIB)
    expected = incidents(convert_file(IDLIB, registries))
    for name in ("", "Unnamed: 0", "index", "X"):
        numbered_rows = [{name: str(number), **row} for number, row in enumerate(rows)]
        batch = convert_file(write_rows(tmp_path / "ged191.csv", numbered_rows), registries)
        assert incidents(batch) == expected
        assert batch.columns == list(rows[0])


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


def test_columns_are_known_in_capitals_and_kept_under_ucdps_names(registries: Dataset, tmp_path: Path) -> None:
    rows = rows_of(WORLD)
    capitals = [{name.upper(): value for name, value in row.items()} for row in rows]
    batch = convert_file(write_rows(tmp_path / "ged231.csv", capitals), registries)
    assert incidents(batch) == incidents(convert_file(WORLD, registries))
    assert "relid" in batch.columns


def test_a_file_without_rows_is_a_finding(dataset: Dataset, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "ged191.csv"
    file.write_text(",".join(rows_of(IDLIB)[0]) + "\n", "utf-8")
    assert main(["import", "ucdp-ged", str(file), "--root", str(dataset.root)]) == 1
    assert "no rows" in capsys.readouterr().err
