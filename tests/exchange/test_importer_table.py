"""`incidents import table`: the guide's own commands, runs, and what a mapping may say of cells."""

import json
import re
import shlex
import shutil
from datetime import date
from pathlib import Path

import pytest
import yaml

from conflict_incidents.cli import main
from conflict_incidents.exchange.importers.mapping import SCHEMA, load
from conflict_incidents.records.cells import CellError, read_count
from table_imports import MAPPING, SHEET, TOP, Run, copy_empty_dataset, prepare_run

root = pytest.fixture(copy_empty_dataset)
run = pytest.fixture(prepare_run)
GUIDE = TOP / "docs/import-table.md"


def test_the_guide_leads_from_a_spreadsheet_to_a_valid_dataset(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(TOP / "docs", tmp_path / "docs")
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"^```sh\n(.*?)^```$", GUIDE.read_text("utf-8"), re.M | re.S)
    commands = [shlex.split(line) for block in blocks for line in block.splitlines()]
    assert [command[1] for command in commands] == ["init", "import", "import", "import", "validate"]
    for command in commands:
        assert main(command[1:]) == 0
        if "--dry-run" in command:
            assert list((tmp_path / "my-conflict/data/incidents").rglob("*.yaml")) == []
    assert "0 errors" in capsys.readouterr().out
    claims = {
        record["external"][0]["id"]: record["claims"][0]
        for file in (tmp_path / "my-conflict/data/incidents").rglob("*.yaml")
        for record in [yaml.safe_load(file.read_text("utf-8"))]
    }
    assert {id: claim.get("killed") for id, claim in claims.items()} == {
        "MU-1": {"total": 7, "civilians": {"at_least": 4}},
        "MU-2": {"between": [3, 5]},
        "MU-3": {"at_least": 10},
        "MU-4": {"total": 0, "civilians": 0},
        "MU-5": {"at_least": 3},
        "MU-6": 1,
    }
    assert {id: claim.get("wounded") for id, claim in claims.items()} == {
        "MU-1": 15,
        "MU-2": {"at_least": 11},
        "MU-3": None,
        "MU-4": 2,
        "MU-5": {"at_most": 4},
        "MU-6": None,
    }
    assert {claim["by"] for claim in claims.values()} == {"hill-rescue", "radio-example"}
    report = json.loads((tmp_path / "report.json").read_text("utf-8"))
    assert (report["rows"], len(report["created"]), report["refused_rows"]) == (6, 16, [])
    for column, outcomes in report["columns"].items():
        sums = [sum(value.values()) if isinstance(value, dict) else value for value in outcomes.values()]
        assert sum(sums) == 6, f"{column}: every value is accounted for"


def test_the_cells_of_the_guide_are_read_as_it_says() -> None:
    table = GUIDE.read_text("utf-8").split("## Cells with counts")[1].split("##")[0]
    rows = [re.findall(r"`([^`]+)`", row.split("|")[1]) for row in table.splitlines() if row.startswith("| `")]
    refusals = [row for row in table.splitlines() if "refused" in row]
    counts = [
        [read_count(cell) for cell in row]
        for row, line in zip(rows, _lines(table), strict=True)
        if line not in refusals
    ]
    assert [row[0] for row in counts] == [
        7,
        0,
        {"at_least": 10},
        {"at_least": 6},
        {"at_most": 5},
        {"at_most": 4},
        {"between": [3, 5]},
        {"between": [3, 5], "best": 4},
        {"about": 20},
    ]
    assert all(count == row[0] for row in counts for count in row)
    for row in refusals:
        for cell in re.findall(r"`([^`]+)`", row.split("|")[1]):
            with pytest.raises(CellError):
                read_count(cell)


def test_the_keys_of_the_guide_are_keys_of_the_mapping(tmp_path: Path) -> None:
    rows = re.findall(r"^\|([^|]*)\| `([^|]+)` \|", GUIDE.read_text("utf-8").split("## The mapping")[1], re.M)
    guide_keys = {key for keys, example in rows if ": " in example for key in re.findall(r"`(\w+)`", keys)}
    document = json.loads(SCHEMA.read_text("utf-8"))
    optional = {"status", "clarity", "verification", "schema"}
    assert guide_keys == {*document["properties"], *document["$defs"]["choices"]["properties"]} - optional
    for _, example in rows:
        file = tmp_path / "mapping.yaml"
        claims = [{"by": "them", "in": "report", "killed": {"column": "Dead"}}]
        mapping = {**yaml.safe_load(MAPPING), "claims": claims, **yaml.safe_load(example)}
        mapping["reports"] = [{"id": "report", "publisher": "us"}]
        file.write_text(yaml.safe_dump(mapping, allow_unicode=True), "utf-8")
        assert load(file).columns, example


def _lines(table: str) -> list[str]:
    return [row for row in table.splitlines() if row.startswith("| `")]


def test_a_second_import_changes_nothing_and_a_new_version_its_own_rows(run: Run) -> None:
    sheet = SHEET + "B,2022-09-09,,Hafsarjah,\n"
    assert run(sheet)[0] == 0
    before = run.records()
    assert [record.get("claims") for record in before] == [[{"by": "group", "in": "ours", "killed": 7}], None]
    assert "0 files created, 0 updated" in run(sheet)[1]
    assert run.records() == before
    code, output = run(sheet.replace("Hafsarjah,7", "Hafsarjah,8+"))
    assert (code, "1 updated" in output) == (0, True)
    assert [record["id"] for record in run.records()] == [record["id"] for record in before]
    assert run.records()[0]["claims"][0]["killed"] == {"at_least": 8}
    assert run.validate()[0] == 0


def test_a_dry_run_writes_nothing(run: Run) -> None:
    before = sorted(run.root.rglob("*"))
    code, output = run(SHEET, MAPPING, "--dry-run")
    assert code == 0
    assert "4 files would be created" in output
    assert sorted(run.root.rglob("*")) == before


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("A,2022-09-08,raid,Hafsarjah,many", "row 3, column Dead: `many` is not a count"),
        ("A,08/09/2022,raid,Hafsarjah,7", "row 3, column Day: `08/09/2022` may be day first"),
        ("A,,raid,Hafsarjah,7", "row 3, column Day: the row has no date"),
        ("A,2022-09-08,riad,Hafsarjah,7", "row 3, column Kind: `riad` is no kind"),
        ("A,2022-09-08,raid,,7", "row 3, column Place: the row names no place"),
        (",2022-09-08,raid,Hafsarjah,7", "row 3: the row has no id"),
        ("Z,2022-09-08,raid,Hafsarjah,7", "row 3: duplicate id `Z` (another is in row 2)"),
        ("A,2022-09-08,raid,Hafsarjah,\x1b[31m7", "row 3, column Dead"),
    ],
)
def test_a_bad_cell_refuses_its_row_by_name_and_no_other(run: Run, row: str, words: str) -> None:
    code, output = run(f"Ref,Day,Kind,Place,Dead\nZ,2022-09-08,raid,Elsewhere,7\n{row}\n")
    assert code == 1
    assert words in output
    assert "\x1b" not in output
    assert [record["external"][0]["id"] for record in run.records()] == ["Z"]
    assert [record["id"] for record in run.records("places")] == ["elsewhere"]


def test_of_rows_with_one_id_the_same_one_is_taken_in_any_order(run: Run) -> None:
    rows = ["Z,2022-09-08,raid,Elsewhere,7\n", "Z,2022-09-09,raid,Elsewhere,9\n"]
    for order in (rows, rows[::-1]):
        assert "1 refused" in run(f"Ref,Day,Kind,Place,Dead\n{''.join(order)}")[1]
        assert [str(record["date"]) for record in run.records()] == ["2022-09-08"]


def test_a_date_in_three_columns(run: Run) -> None:
    mapping = MAPPING.replace(
        "{column: Day}", "{year: Year, month: Month, day: Day, to: {year: Y2, month: M2, day: D2}}"
    )
    rows = "A,2021,Nov,5,2021,Nov,7,raid,X,1\nB,2021,Nov,,,,,raid,X,1\nC,2021,Nev,5,,,,raid,X,1\n"
    code, output = run("Ref,Year,Month,Day,Y2,M2,D2,Kind,Place,Dead\n" + rows, mapping)
    assert (code, "column Year: `2021-Nev-5` is not a year, a month and a day" in output) == (1, True), output
    spans = {"2021-11-05": "2021-11-07", "2021-11-01": "2021-11-30"}
    assert {str(one["date"]["from"]): str(one["date"]["to"]) for one in run.records()} == spans


def test_rows_are_chosen_by_what_they_say(run: Run) -> None:
    sheet = "Ref,Day,Kind,Place,Dead,State,Round\n" + "".join(
        f"{ref},2022-09-08,raid,X,7,{state},{number}\n"
        for ref, state, number in [("A", "Checked", "1.0"), ("B", "draft", "1"), ("C", "checked", "2"), ("D", "", "1")]
    )
    rows = "rows: {only: {Round: 1, State: [checked, Draft]}, without: {State: [Draft, ''], Ref: C}}\n"
    code, output = run(sheet, MAPPING + rows)
    assert code == 0, output
    assert [record["external"][0]["id"] for record in run.records()] == ["A"]
    assert "3 times: rows left out by the mapping's `rows`" in output
    assert "State: 1 mapped: which rows are taken" in output


def test_a_word_that_the_mapping_lacks_may_have_a_meaning(run: Run) -> None:
    mapping = MAPPING.replace("otherwise: unspecified}", "else: clash}")
    mapping = mapping.replace("publisher: group", "publisher: {column: By, else: group}")
    rows = "A,2022-09-08,raid,X,7,group\nB,2022-09-08,Sniper fire,X,7,\nC,2022-09-08,brawl,X,7,The Times\n"
    code, output = run("Ref,Day,Kind,Place,Dead,By\n" + rows, mapping)
    assert code == 1
    assert sorted(record["kind"] for record in run.records()) == ["airstrike", "clash"]
    assert "Kind: 1 mapped: kind; 1 mapped: kind, by `else`" in output
    assert "By: 1 mapped: report publisher; 1 mapped: report publisher, by `else`" in output
    assert "row 3: the row names no report" in output


def test_a_text_may_be_made_of_several_columns(run: Run) -> None:
    mapping = MAPPING.replace("name: {column: Place}", 'name: {template: ["{Place} ({Part})", "{Place}"]}')
    run("Ref,Day,Kind,Place,Dead,Part\nA,2022-09-08,raid,Xville,7,North\nB,2022-09-08,raid,Xville,7,\n", mapping)
    assert [place["name"] for place in run.records("places")] == ["Xville (North)", "Xville"]


def test_names_in_columns_make_organisations_only_if_requested(run: Run) -> None:
    mapping = MAPPING.replace("by: group", "by: {column: Who}")
    sheet = "Ref,Day,Kind,Place,Dead,Who\nA,2022-09-08,raid,X,7,The Group\nB,2022-09-08,raid,X,7,Somebody Novel\n"
    code, output = run(sheet, mapping)
    assert code == 1
    assert "row 3, column Who: the organisation (not repeated here) is not in the registry" in output
    assert run(sheet, mapping + "new: {organisations: create}\n")[0] == 0
    assert {record["claims"][0]["by"] for record in run.records()} == {"group", "somebody-novel"}
    code, output = run(sheet + "C,2022-09-08,raid,X,7,\n", mapping + "new: {organisations: create}\n")
    assert (code, "column Who: the claim has no originator" in output) == (1, True)


def test_telltale_numbers_need_a_decision(run: Run) -> None:
    sheet = SHEET.replace(",7", ",99")
    assert "`99` means unknown" in run(sheet)[1]
    assert run(sheet, MAPPING + "cells: {meant: [99]}\n")[0] == 0
    assert run.records()[0]["claims"][0]["note"] == "The table has the number 99, in figures."
    assert run.validate()[0] == 0


def test_a_day_that_means_unknown_in_many_tables_needs_a_decision(run: Run) -> None:
    sheet = SHEET.replace("2022-09-08", "1970-01-01")
    assert "row 2, column Day: `1970-01-01` means unknown in many tables" in run(sheet)[1]
    assert "row 2, column Day: the row has no date" in run(sheet, MAPPING + 'cells: {unknown: ["1970-01-01"]}\n')[1]
    assert run(sheet, MAPPING + "cells: {meant: [1970-01-01]}\n")[0] == 0
    assert run.records()[0]["date"] == date(1970, 1, 1)


def test_a_column_for_each_bound(run: Run) -> None:
    mapping = MAPPING.replace("{column: Dead}", "{total: {min: Low, max: High}, children: {column: Dead}}")
    rows = [f"{id},2022-09-08,raid,X,{rest}" for id, rest in (("A", "2,4,6"), ("B", ",4,"), ("C", ",6,4"))]
    sheet = "\n".join(["Ref,Day,Kind,Place,Dead,Low,High", *rows, ""])
    code, output = run(sheet, mapping)
    assert (code, "row 4, column Low: the lowest number (6) is above the highest (4)" in output) == (1, True)
    killed = {record["external"][0]["id"]: record["claims"][0]["killed"] for record in run.records()}
    assert killed == {"A": {"total": {"between": [4, 6]}, "children": 2}, "B": {"at_least": 4}}


def test_a_mapping_may_say_how_the_file_is_read(run: Run) -> None:
    file = run.root.parent / "sheet.txt"
    file.write_bytes(SHEET.replace("Hafsarjah", "Élodie").replace(",", "|").encode("windows-1252"))
    mapping = run.root.parent / "mapping.yaml"
    mapping.write_text(MAPPING + 'file: {encoding: windows-1252, delimiter: "|"}\n', "utf-8")
    assert main(["import", "table", str(file), "--mapping", str(mapping), "--root", str(run.root)]) == 0
    assert run.records("places")[0]["name"] == "Élodie"


def test_what_the_rules_find_an_error_in_is_not_written(run: Run) -> None:
    sheet = "Ref,Day,Kind,Place,Dead,Note\nA,2022-09-08,raid,X,7,call +49 170 1234567\nB,2022-09-08,raid,X,8,\n"
    code, output = run(sheet, MAPPING + "keep: [Note]\n")
    assert (code, "row 2: PRV" in output, "1234567" in output) == (1, True, False)
    assert [record["external"][0]["id"] for record in run.records()] == ["B"]


def test_a_whole_float_is_the_id_that_it_was(run: Run) -> None:
    sheet = "Ref,Day,Kind,Place,Dead\n{},2022-09-08,raid,X,7\n{},2022-09-08,raid,X,8\n"
    assert run(sheet.format(1, 2), MAPPING)[0] == 0
    assert "0 files created, 0 updated" in run(sheet.format("1.0", "2.0"), MAPPING)[1]
    assert run(sheet.format("1.0", "1.5"), MAPPING)[0] == 0
    assert {record["external"][0]["id"] for record in run.records()} == {"1", "2", "1.0", "1.5"}


# The mapping's schema ----------------------------------------------------------------------------------------------
