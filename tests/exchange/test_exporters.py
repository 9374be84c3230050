"""Exports in others' layouts: what is unknown stays empty, what came in goes out, nothing is claimed for them."""

import csv
import io
from pathlib import Path

import pytest

from conflict_incidents.cli import main
from conflict_incidents.core.crosswalks import ACLED_KINDS, UCDP_CLARITY, UCDP_DATE_PREC, UCDP_WHERE_PREC, words
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.exchange.exporters import ucdp
from conflict_incidents.exchange.importers.ucdp.places import PRECISIONS
from conflict_incidents.exchange.importers.ucdp.rows import CLARITIES, DATE_PRECISIONS
from conflict_incidents.records.schema import document
from incident_datasets import airstrike, dataset_of, incidents_of
from samples import Tree, place, withdrawn

ONE, OTHER = "SYR-20220908-7q4m", "SYR-20220908-k2fd"
Row = dict[str, str]


def row(tmp_path: Path, *trees: Tree) -> Row:
    dataset = dataset_of(tmp_path / "dataset", trees)
    (only,) = export_rows(dataset, "41")
    return only


def export_rows(dataset: Dataset, layout: str) -> list[Row]:
    lines = "\n".join(ucdp.as_csv(incidents_of(dataset), dataset, layout))
    return list(csv.DictReader(io.StringIO(lines, newline="")))


def kinds(schema: str, *path: str) -> set[str]:
    node = document(schema)
    for key in path:
        node = node[key]
    return set(node["enum"])


def test_an_unknown_toll_is_empty_a_claimed_zero_is_zero_and_at_least_has_no_highest(tmp_path: Path) -> None:
    tolls: dict[str, Tree] = {"unknown": {}, "zero": {"killed": 0}, "open": {"killed": {"at_least": 7}}}
    exported = {name: row(tmp_path / name, airstrike(ONE, **toll)) for name, toll in tolls.items()}
    assert {name: [row[end] for end in ("low", "best", "high")] for name, row in exported.items()} == {
        "unknown": ["", "", ""],
        "zero": ["0", "0", "0"],
        "open": ["7", "", ""],
    }


def test_what_was_never_in_ucdp_has_our_estimate_and_no_ucdp_ids(tmp_path: Path) -> None:
    killed = {"total": {"between": [5, 9]}, "civilians": 4}
    exported = row(tmp_path, airstrike(ONE, killed=killed))
    assert (exported["low"], exported["best"], exported["high"], exported["deaths_civilians"]) == ("5", "", "9", "4")
    unknown = (
        "id",
        "conflict_new_id",
        "dyad_new_id",
        "side_a_new_id",
        "type_of_violence",
        "deaths_a",
        "source_headline",
    )
    assert [exported[name] for name in unknown] == [""] * len(unknown)
    assert exported["source_office"] == "Daily Sabah"
    assert exported["source_date"] == "2022-09-09"
    assert exported["source_original"] == "SOHR"
    assert (exported["date_start"], exported["date_prec"], exported["where_prec"]) == ("2022-09-08", "1", "1")
    assert exported["geom_wkt"] == "POINT (36.5286 36.0186)"


GIVEN_BACK = (
    *("id", "year", "type_of_violence", "where_prec", "event_clarity", "date_prec", "date_start", "date_end"),
    *("deaths_a", "deaths_b", "deaths_civilians", "deaths_unknown", "low", "best", "high"),
    *("conflict_new_id", "dyad_new_id", "side_a_new_id", "side_b_new_id", "number_of_sources", "priogrid_gid"),
    *("country", "country_id"),
)


@pytest.mark.parametrize("layout", ["41", "49"])
def test_what_came_from_ucdp_is_given_back_count_by_count_and_day_by_day(tmp_path: Path, layout: str) -> None:
    source = Path(__file__).parents[1] / f"exports/ucdp_{layout}_rows.csv"
    before = list(csv.DictReader(io.StringIO(source.read_bytes().decode(), newline="")))
    dataset = dataset_of(tmp_path, [])
    assert main(["import", "ucdp-ged", str(source), "--root", str(tmp_path)]) == 0
    after = {row["id"]: row for row in export_rows(dataset, layout)}
    assert list(next(iter(after.values()))) == list(before[0])
    assert len(after) == len(before) > 25
    for row in before:
        got = after[row["id"]]
        assert {name: got[name] for name in GIVEN_BACK} == {name: row[name] for name in GIVEN_BACK}
        for name in ("latitude", "longitude"):
            assert float(got[name]) == pytest.approx(float(row[name]), abs=0.51e-4)
            assert len(got[name].partition(".")[2]) <= 4
        assert got["source_headline"] == got["source_article"] == got.get("where_description", "") == ""


def test_positions_have_four_decimals(tmp_path: Path) -> None:
    near = place("near", lat=36.018649, lon=36.528651, coordinates="published")
    exported = row(tmp_path / "ours", near, airstrike(ONE, at="near"))
    assert (exported["latitude"], exported["longitude"]) == ("36.0186", "36.5287")
    values = [{"name": "latitude", "value": "35.688342"}, {"name": "longitude", "value": "36.449962"}]
    external = [{"scheme": "ucdp-ged", "id": "1", "values": values}]
    exported = row(tmp_path / "theirs", airstrike(ONE, external=external))
    assert (exported["latitude"], exported["longitude"]) == ("35.6883", "36.45")
    assert exported["geom_wkt"] == "POINT (36.45 35.6883)"


def test_a_count_that_was_corrected_since_the_import_is_given_as_corrected(tmp_path: Path) -> None:
    external = [{"scheme": "ucdp-ged", "id": "1"}]
    killed = {"total": {"between": [4, 9], "best": 6}, "civilians": {"at_least": 4}, "unknown_status": 2}
    claims = [{"by": "ucdp", "in": "sabah", "killed": killed}]
    exported = row(tmp_path, airstrike(ONE, type_of_violence="one_sided", claims=claims, external=external))
    numbers = ("low", "best", "high", "deaths_civilians", "deaths_unknown", "deaths_a", "deaths_b")
    assert [exported[name] for name in numbers] == ["4", "6", "9", "4", "2", "", ""]
    assert (exported["id"], exported["side_b"]) == ("1", "Civilians")


def test_a_record_of_ucdp_without_any_count_has_none_to_give_back(tmp_path: Path) -> None:
    exported = row(tmp_path, airstrike(ONE, external=[{"scheme": "ucdp-ged", "id": "1"}]))
    assert [exported[name] for name in ("id", "best", "deaths_a")] == ["1", "", ""]


def test_a_position_that_is_not_known_is_empty_and_so_is_its_precision(tmp_path: Path) -> None:
    exported = row(tmp_path, place("benin"), airstrike(ONE, at="benin"))
    names = ("latitude", "longitude", "geom_wkt", "priogrid_gid", "where_prec")
    assert [exported[name] for name in names] == [""] * len(names)
    assert exported["where_coordinates"] == "Benin"


@pytest.mark.parametrize(
    ("lat", "lon", "cell"),
    [(35.688342, 36.449962, 181153), (7.59094, 10.2133, 140781), (-90.0, -180.0, 1), (90.0, 180.0, 259200)],
)
def test_cells_of_prio_grid_are_those_that_ucdp_gives(lat: float, lon: float, cell: int) -> None:
    assert ucdp.priogrid(lat, lon) == cell


@pytest.mark.parametrize(
    ("span", "code"),
    [
        ({"from": "2022-09-08", "to": "2022-09-08"}, "1"),
        ({"from": "2022-09-08", "to": "2022-09-10"}, "2"),
        ({"from": "2022-09-08", "to": "2022-09-14"}, "3"),
        ({"from": "2022-09-01", "to": "2022-09-30"}, "4"),
        ({"from": "2022-01-01", "to": "2022-12-31"}, "5"),
        ({"from": "2022-09-08", "to": "2022-09-10", "precision": "month"}, "4"),
    ],
)
def test_a_date_has_the_precision_that_it_states_or_else_that_of_its_length(
    tmp_path: Path, span: Tree, code: str
) -> None:
    assert row(tmp_path, airstrike(ONE, date=span))["date_prec"] == code


def test_every_word_of_ours_has_its_code_and_every_code_a_word_of_ours() -> None:
    incident = ("properties", "sites", "items", "properties", "precision")
    assert kinds("incident/1", *incident) == set(UCDP_WHERE_PREC)
    assert kinds("incident/1", "properties", "date", "properties", "precision") == set(UCDP_DATE_PREC)
    assert set(ACLED_KINDS.values()) <= kinds("incident/1", "properties", "kind")


def test_importers_and_exporters_use_the_same_codes() -> None:
    assert words(UCDP_WHERE_PREC) == PRECISIONS
    assert words(UCDP_DATE_PREC) == DATE_PRECISIONS
    assert words(UCDP_CLARITY) == CLARITIES


def test_the_way_back_from_a_code_is_one_word() -> None:
    assert words(UCDP_WHERE_PREC) == {
        **{"1": "exact", "2": "near", "3": "adm2", "4": "adm1"},
        **{"5": "area", "6": "country", "7": "airspace"},
    }


@pytest.mark.parametrize(
    ("cell", "text"),
    [(None, ""), (0, "0"), (0.0, "0"), (-0.0, "0"), (36.0, "36"), (0.0001, "0.0001"), (-36.5286, "-36.5286")],
)
def test_a_number_is_written_in_one_way(cell: float | None, text: str) -> None:
    assert ucdp.text(cell) == text


def test_text_with_quotes_survives(tmp_path: Path) -> None:
    name = 'A "quoted", split name'
    exported = row(tmp_path, place("split", name=name), airstrike(ONE, at="split"))
    assert exported["where_coordinates"] == name


def test_an_export_is_the_same_every_time_and_leaves_out_what_is_not_published(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    draft = airstrike("SYR-20220907-bbbb", status="draft")
    dataset_of(tmp_path / "dataset", [airstrike(OTHER), airstrike(ONE, killed=7), draft, withdrawn()])
    command = ["export", "ucdp-ged", "--root", str(tmp_path / "dataset")]
    assert main([*command, "--out", str(tmp_path / "out.csv")]) == 0
    assert "2 incidents exported; 2 draft or withdrawn records left out" in capfd.readouterr().err
    assert main(command) == 0
    output = capfd.readouterr().out
    content = (tmp_path / "out.csv").read_bytes()
    assert content == output.encode()
    assert b"\r" not in content
    assert [one["best"] for one in csv.DictReader(io.StringIO(output))] == ["7", ""]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["dataset", "out.csv"]


def test_records_with_errors_are_not_exported_and_the_file_stays(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dataset_of(tmp_path / "dataset", [airstrike(ONE, at="nowhere")])
    out = tmp_path / "out.csv"
    out.write_text("before", "utf-8")
    assert main(["export", "ucdp-ged", "--root", str(tmp_path / "dataset"), "--out", str(out)]) == 1
    assert "nowhere" in capsys.readouterr().err
    assert out.read_text("utf-8") == "before"


def test_a_link_stays_a_link_to_what_is_written(tmp_path: Path) -> None:
    dataset_of(tmp_path / "dataset", [airstrike(ONE)])
    (tmp_path / "out.csv").symlink_to("real.csv")
    assert main(["export", "ucdp-ged", "--root", str(tmp_path / "dataset"), "--out", str(tmp_path / "out.csv")]) == 0
    assert (tmp_path / "out.csv").is_symlink()
    assert "2022-09-08" in (tmp_path / "real.csv").read_text("utf-8")
