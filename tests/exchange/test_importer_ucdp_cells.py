"""Cells of UCDP GED: unknown values, dates, whole numbers."""

import json
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from conflict_incidents.dataset.dataset import Dataset
from fuzz import HANGS
from ucdp_files import IDLIB, PARTS, WORLD, convert_file, incidents, make_registries, rows_of, write_rows

registries = pytest.fixture(scope="module")(make_registries)


def test_what_programs_write_for_an_empty_cell_is_unknown(registries: Dataset, tmp_path: Path) -> None:
    empty = ("source_original", "source_office", "source_date", "adm_1", "adm_2", "where_coordinates", "active_year")
    results = []
    for word in ("", "NA", "NaN", "None", "NULL", " n/a ", "N/A", "-", "<NA>"):
        row = {**rows_of(IDLIB)[0], **dict.fromkeys(empty, word)}
        batch = convert_file(write_rows(tmp_path / "one.csv", [row]), registries)
        assert not batch.refusals
        results.append([one.record for one in batch.incoming])
    assert all(records == results[0] for records in results)


def test_an_unreadable_cell_refuses_its_row_unless_the_column_is_left_out(registries: Dataset, tmp_path: Path) -> None:
    row = {name.upper(): cell for name, cell in rows_of(IDLIB)[0].items()}
    for column, refused in (("SOURCE_HEADLINE", []), ("SIDE_A", ["side_a"])):
        batch = convert_file(write_rows(tmp_path / "one.csv", [{**row, column: "a\x01b"}]), registries)
        assert [one.column for one in batch.refusals] == refused


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("latitude", "0" * 100_000 + "x"),
        ("source_office", "x" + " " * 100_000 + "x"),
        ("side_a", "1," * 200_000),
        ("side_b", "x" + "\u0301\u0327" * 70_000),
    ],
)
def test_a_long_cell_takes_no_quadratic_time(registries: Dataset, tmp_path: Path, column: str, cell: str) -> None:
    (tmp_path / "one.json").write_text(json.dumps([{**rows_of(IDLIB)[0], column: cell}]))
    start = time.process_time()
    convert_file(tmp_path / "one.json", registries)
    assert time.process_time() - start < HANGS


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
    assert (values["Our Note"], values["active_year"]) == ("1.0", "652.5")


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
