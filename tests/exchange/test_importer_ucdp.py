"""UCDP GED into records: all rows in, every count equal, none invented, whatever the version."""

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from conflict_incidents.authoring.scaffold import create_dataset
from conflict_incidents.cli import main
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.exchange.importers.gw_countries import countries
from conflict_incidents.exchange.importers.names import NameIndex
from conflict_incidents.exchange.importers.ucdp.names import informants
from conflict_incidents.pipeline import validate_dataset
from conflict_incidents.records.model import Incident
from conflict_incidents.tables.totals import by
from ucdp_files import (
    IDLIB,
    PARTS,
    WORLD,
    convert_file,
    copy_registries,
    incidents,
    make_registries,
    rows_of,
    state,
    write_rows,
)
from whole_tables import frames

registries = pytest.fixture(scope="module")(make_registries)
dataset = pytest.fixture(copy_registries)


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
