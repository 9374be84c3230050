"""`incidents import table`: mappings, places, and the guide's own commands."""

import json
import re
import shlex
import shutil
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from conflict_incidents.cli import main
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.exchange.importers.mapping import SCHEMA, load, vocabulary
from conflict_incidents.exchange.importers.places import GeoPoint, PlaceQuery, PlaceResolver
from conflict_incidents.exchange.importers.rowvalues import CellRules, RowValues
from conflict_incidents.exchange.importers.store.batch import RowError
from conflict_incidents.exchange.importers.tabular.grid import SourceRow
from conflict_incidents.records.cells import CellError, read_count
from conflict_incidents.records.counts import GROUPS, PEOPLE, THINGS

TOP = Path(__file__).parents[2]
GUIDE = TOP / "docs/import-table.md"


@pytest.fixture
def root(empty_dataset: Path, tmp_path: Path) -> Path:
    return shutil.copytree(empty_dataset, tmp_path / "set")


MAPPING = """schema: mapping/1
scheme: made-up
organisations:
  - {id: group, name: The Group, kind: ngo}
id: "{Ref}"
country: SYR
status: published
title: "Incident {Ref}"
date: {column: Day}
kind: {column: Kind, words: {raid: airstrike}, otherwise: unspecified}
sites:
  - {name: {column: Place}}
reports:
  - {id: ours, publisher: group, language: en}
claims:
  - {by: group, in: ours, killed: {column: Dead}}
"""
SHEET = "Ref,Day,Kind,Place,Dead\nA,2022-09-08,raid,Hafsarjah,7\n"


class Run:
    """An import into a dataset, of a sheet by a mapping: exit code, what was printed, and the records."""

    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root, self.capsys = root, capsys

    def __call__(self, sheet: str, mapping: str = MAPPING, *options: str) -> tuple[int, str]:
        file, mapping_file = self.root.parent / "sheet.csv", self.root.parent / "mapping.yaml"
        file.write_text(sheet, "utf-8")
        mapping_file.write_text(mapping, "utf-8")
        code = main(["import", "table", str(file), "--mapping", str(mapping_file), "--root", str(self.root), *options])
        captured = self.capsys.readouterr()
        return code, captured.out + captured.err

    def records(self, kind: str = "incidents") -> list[dict[str, Any]]:
        return [yaml.safe_load(file.read_text("utf-8")) for file in sorted((self.root / "data" / kind).rglob("*.yaml"))]

    def validate(self) -> tuple[int, str]:
        code = main(["validate", "--root", str(self.root)])
        return code, self.capsys.readouterr().out


@pytest.fixture
def run(root: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    return Run(root, capsys)


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


def test_every_column_must_be_decided_about(run: Run) -> None:
    sheet = "Ref,Day,Kind,Place,Dead,Weather,Names\nA,2022-09-08,raid,Hafsarjah,7,rain,somebody\n"
    code, output = run(sheet)
    assert (code, "`Weather`, `Names`" in output) == (1, True)
    assert run.records() == []
    code, output = run(sheet, MAPPING + "keep: [Weather]\nignore: {Names: names of people}\n")
    assert code == 0
    assert "Names: 1 left out: names of people" in output
    assert run.records()[0]["external"][0]["values"] == [{"name": "Weather", "value": "rain"}]
    assert "somebody" not in "".join(file.read_text("utf-8") for file in run.root.rglob("*.yaml"))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            "killed: {column: Dead}",
            "killed: {column: Daed}",
            "mapping.yaml:16:44: the table has no column `Daed`; did you mean `Dead`?",
        ),
        ("killed:", "kiled:", "mapping.yaml:16:27: REC004 unknown key `kiled`; did you mean `killed`?"),
        ("{raid: airstrike}", "{raid: airstrik}", "did you mean `airstrike`?"),
        ("in: ours, killed", "in: theirs, killed", "there is no report `theirs`"),
        ("schema: mapping/1", "schema: mapping/2", "REC006"),
        ("country: SYR", "country: NO", "REC014"),
        ("scheme: made-up\n", "", "is missing the key `scheme`"),
        ("killed: {column: Dead}", "based_on: {column: Dead}", "counts nothing"),
        ("country: SYR", "country: XX", "mapping.yaml:6:10: `XX` is no country"),
        ("country: SYR", "country: {column: Place, words: {a: SYR, b: Sirya}}", "mapping.yaml:6:45: `Sirya` is no"),
        ("language: en}", "language: english}", "mapping.yaml:14:44: `english` is no language"),
        ("language: en}", 'language: en, published: "2022-02-30"}', "`2022-02-30` is no day"),
        ("by: group, in", "by: grop, in", "the organisation `grop` is neither in the registry nor in the mapping"),
        ("date: {column: Day}", "date: {column: Day}\ndate: {column: Day}", "duplicate key"),
        ("status: published", "ignore: {Dead: nothing}", "ignored and also mapped"),
        ("status: published", "ignore: {Dead: ja}", "it is for: The reason"),
        ("status: published", "status: &a published", "anchor"),
        (
            "killed: {column: Dead}",
            "killed: Dead",
            "killed is `Dead`; it is for: A column with the total",
        ),
        ("date: {column: Day}", "date: Day", "mapping.yaml:9:7: REC013 date is `Day`; it is for: The day, in a column"),
        (
            "kind: {column: Kind",
            "kind: Kind #",
            "; what a column says is `{column: NAME}`",
        ),
        (
            "publisher: group",
            "publisher: Place",
            "neither in the registry nor in the mapping; of the column of that name",
        ),
        ("{column: Day}", "{column: Day, year: Day}", "mapping.yaml:9:1: REC013 date needs one of `column`, `year`"),
        ("{column: Place}}", "{words: {a: b}}}", "needs one of `column`, `template`, and only one"),
        ("{column: Place}}", "{column: Place}, lat: Day, latlon: Day}", "mapping.yaml:12:5: "),
        ("status: published", "rows: {only: {Knd: raid}}", "mapping.yaml:7:15: the table has no column `Knd`"),
        ("status: published", "timezone: Europe/Kiew", "mapping.yaml:7:11: `Europe/Kiew` is no time zone"),
        ("otherwise: unspecified", "else: nothing", "REC006"),
        ("{column: Place}", "{column: Place, else: X}", "unknown key `else`"),
        ("status: published", "dates: {century: 20}", "REC006"),
        ("by: group, in", "by: {column: Place, else: grop}, in", "the organisation `grop` is neither"),
    ],
)
def test_a_bad_mapping_is_refused_by_line_before_any_row_is_read(run: Run, old: str, new: str, words: str) -> None:
    assert old in MAPPING
    code, output = run(SHEET, MAPPING.replace(old, new))
    assert code == 1
    assert words in output
    assert re.search(r"mapping\.yaml:\d+:\d+: ", output)
    assert run.records() == []


def test_places_are_matched_by_name_and_made_once(run: Run) -> None:
    mapping = MAPPING.replace("{name: {column: Place}}", "{name: {column: Place}, lat: Lat, lon: Lon}")
    sheet = "Ref,Day,Kind,Place,Dead,Lat,Lon\n"
    rows = ["A,Hafsarjah,36.01861,36.5286", "B,HAFSARJAH,,", "C,Hafsarjah,35.1,36.6", "D,حفسرجة,36.0186,36.5286"]
    for row in rows:
        ref, rest = row.split(",", 1)
        name, position = rest.split(",", 1)
        sheet += f"{ref},2022-09-08,raid,{name},7,{position}\n"
    code, output = run(sheet, mapping)
    assert code == 0, output
    by_row = {record["external"][0]["id"]: record["sites"][0]["place"] for record in run.records()}
    assert by_row["A"] == by_row["B"] == "hafsarjah"
    assert by_row["C"] == "hafsarjah-2"
    assert by_row["D"].startswith("place-")
    places = {place["id"]: place for place in run.records("places")}
    assert (places["hafsarjah"]["lat"], places["hafsarjah"]["lon"]) == (36.0186, 36.5286)
    assert run.validate()[0] == 0
    assert "0 files created, 0 updated" in run(sheet, mapping)[1]


def test_units_are_found_by_name_inside_their_parent(run: Run) -> None:
    units = "pcode,country,level,name_en,name_ar,parent,west,south,east,north,lon,lat\n"
    rows = (("SY01", 1, "One", "SY"), ("SY02", 1, "Two", "SY"), ("SY0101", 2, "Same", "SY01"))
    for pcode, level, name, parent in (*rows, ("SY0201", 2, "Same", "SY02")):
        units += f"{pcode},SYR,{level},{name},,{parent},35,35,37,37,36,36\n"
    (run.root / "data/codelists/admin_units.csv").write_text(units, "utf-8")
    places = PlaceResolver(Dataset(run.root))
    assert places.units.find("SYR", 2, "Same") is None
    two = places.units.find("SYR", 1, "two")
    assert two is not None
    same = places.units.find("SYR", 2, "Same", two)
    assert (two.pcode, same and same.pcode) == ("SY02", "SY0201")
    mapping = MAPPING.replace(
        "{name: {column: Place}}", "{name: {column: Place}, adm1: {column: G}, adm2: {column: D}}"
    )
    code, output = run("Ref,Day,Kind,Place,Dead,G,D\nA,2022-09-08,,,7,Two,Same\nB,2022-09-08,,X,7,Three,\n", mapping)
    assert code == 1
    assert "row 3, column G: `Three` is not in data/codelists/admin_units.csv" in output
    assert run.records()[0]["sites"] == [{"id": "site", "place": "same", "kind": "unspecified", "precision": "adm2"}]
    assert run.records("places")[0]["admin"] == {"adm1": "SY02", "adm2": "SY0201"}


def test_a_unit_that_no_list_has_is_called_as_the_table_calls_it(run: Run) -> None:
    mapping = MAPPING.replace("{name: {column: Place}}", "{name: {column: Place}, adm1: {column: G}}")
    code, output = run("Ref,Day,Kind,Place,Dead,G\nA,2022-09-08,,X,7,Three\n", mapping)
    assert code == 0, output
    assert run.records()[0]["sites"][0]["units"] == {"adm1": "Three"}
    assert "external" not in output
    assert run.validate()[0] == 0


DATASET = MAPPING.replace(
    "organisations:\n",
    "version: '3'\nlicence: ODbL-1.0\ndataset: {organisation: group, name: The Set, url: https://example.org/}\n"
    "organisations:\n  - {id: sohr, name: SOHR, kind: monitor}\n  - {id: afp, name: AFP, kind: news_agency}\n",
).replace("in: ours, killed", 'in: ours, based_on: {column: Src, separator: ";"}, killed')


def test_what_a_dataset_coded_is_its_own_number_based_on_those_whom_it_cites(run: Run) -> None:
    sheet = "Ref,Day,Kind,Place,Dead,Src\nA,2022-09-08,,X,0,SOHR; Some Body;AFP;sohr\nB,2022-09-08,,X,7,\n"
    code, output = run(sheet, DATASET)
    assert code == 0, output
    assert [record["claims"] for record in run.records()] == [
        [{"by": "group", "in": "ours", "based_on": ["sohr", "afp"], "killed": 0}],
        [{"by": "group", "in": "ours", "killed": 7}],
    ]
    assert [record["external"] for record in run.records()] == [[{"scheme": "made-up", "id": id}] for id in "AB"]
    assert run.records("datasets") == [
        {
            "schema": "dataset/1",
            "id": "made-up",
            "name": "The Set",
            "organisation": "group",
            "version": "3",
            "licence": "ODbL-1.0",
            "url": "https://example.org/",
        }
    ]
    assert "1 times: names of informants missing from the registry, left out of `based_on`" in output
    assert run.validate()[0] == 0


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("{by: group, in", "{by: sohr, in", "write `by: group`, and the column of those whom it cites"),
        ("{by: group, in", "{by: {column: Src}, in", "write `by: group`, and the column of those whom it cites"),
        ("{organisation: group,", "{organisation: nobody,", "write `by: nobody`"),
        ("group", "nobody", "the organisation `nobody` is neither in the registry nor"),
        ("{organisation: group,", "{", "is missing the key `organisation`"),
        ("column: Src", "column: Sources", "no column `Sources`"),
    ],
)
def test_a_mapping_of_a_dataset_that_gives_its_numbers_to_others_is_refused(
    run: Run, old: str, new: str, words: str
) -> None:
    code, output = run(
        "Ref,Day,Kind,Place,Dead,Src\nA,2022-09-08,,X,7,\n",
        DATASET.replace(old, new).replace("id: nobody", "id: group"),
    )
    assert (code, words in output) == (1, True), output


@pytest.mark.parametrize(
    ("position", "words"),
    [
        ("36.5,", "is missing its `lon`"),
        ("0,0", "0, 0 is a placeholder"),
        ("95,36", "no position in degrees"),
        ('"36,5",36', "name it by `decimal`"),
    ],
)
def test_positions_that_are_none_are_refused(run: Run, position: str, words: str) -> None:
    mapping = MAPPING.replace("{name: {column: Place}}", "{name: {column: Place}, lat: Lat, lon: Lon}")
    code, output = run(f"Ref,Day,Kind,Place,Dead,Lat,Lon\nA,2022-09-08,raid,X,7,{position}\n", mapping)
    assert (code, words in output) == (1, True), output


@pytest.mark.parametrize(
    ("cell", "key", "position"),
    [
        ("33.5, 36.3", "latlon", (33.5, 36.3)),
        ("36.3 33.5", "lonlat", (33.5, 36.3)),
        ("(33.5;36.3)", "latlon", (33.5, 36.3)),
        ("33,5, 36,3", "latlon", (33.5, 36.3)),
        ("POINT (36.3 33.5)", "latlon", (33.5, 36.3)),
        ("33°30'00\"N 36°18'00\"E", "latlon", (33.5, 36.3)),
        ("33° 30' S, 36° 18' W", "latlon", (-33.5, -36.3)),
        ("N33.5 E36.3", "latlon", (33.5, 36.3)),
        ("33.5N36.3E", "latlon", (33.5, 36.3)),
        ("+12.5,3.0976724656809441e1", "latlon", (12.5, 30.9767)),
        ("", "latlon", (None, None)),
    ],
)
def test_positions_in_one_column(cell: str, key: str, position: tuple[float | None, float | None]) -> None:
    rules = CellRules({"cells": {"decimal": ","}} if cell.startswith("33,") else {})
    lat, lon = RowValues(SourceRow(2, {"Where": cell}), rules).position({key: "Where"})
    assert (lat and round(lat, 4), lon and round(lon, 4)) == position


@pytest.mark.parametrize(
    "cell", ["33.5", "36°18'E 33°30'N", "1, 2, 3", "33,5, 36,3", "33°75'N 36°E", "x33.5, 36", "-33.5S 36E", "nan, inf"]
)
def test_texts_that_are_no_position_are_refused(cell: str) -> None:
    with pytest.raises(RowError, match="no position"):
        RowValues(SourceRow(2, {"Where": cell}), CellRules({})).position({"latlon": "Where"})


@pytest.mark.parametrize(
    ("lat", "lon", "decimal", "position"),
    [
        ("2.3063766085401123", "30.97672465680944", "", (2.3064, 30.9767)),
        ("1e-05", "30.9", "", (0.0, 30.9)),
        ("+12.5", "30.9", "", (12.5, 30.9)),
        ("0.1234567890123456789", "30.9", "", (0.1235, 30.9)),
        ("\u221212.5", "30.9", "", (-12.5, 30.9)),
        ("48,5", "37,9", 'cells: {decimal: ","}\n', (48.5, 37.9)),
    ],
)
def test_degrees_as_programs_write_them(
    run: Run, lat: str, lon: str, decimal: str, position: tuple[float, float]
) -> None:
    mapping = MAPPING.replace("{name: {column: Place}}", "{name: {column: Place}, lat: Lat, lon: Lon}")
    mapping = mapping.replace("country: SYR", "country: XXA")
    code, output = run(f"Ref;Day;Kind;Place;Dead;Lat;Lon\nA;2022-09-08;raid;X;7;{lat};{lon}\n", mapping + decimal)
    assert code == 0, output
    assert [(place["lat"], place["lon"]) for place in run.records("places")] == [position]


def test_a_date_in_three_columns(run: Run) -> None:
    mapping = MAPPING.replace(
        "{column: Day}", "{year: Year, month: Month, day: Day, to: {year: Y2, month: M2, day: D2}}"
    )
    rows = "A,2021,Nov,5,2021,Nov,7,raid,X,1\nB,2021,Nov,,,,,raid,X,1\nC,2021,Nev,5,,,,raid,X,1\n"
    code, output = run("Ref,Year,Month,Day,Y2,M2,D2,Kind,Place,Dead\n" + rows, mapping)
    assert (code, "column Year: `2021-Nev-5` is not a year, a month and a day" in output) == (1, True), output
    spans = {"2021-11-05": "2021-11-07", "2021-11-01": "2021-11-30"}
    assert {str(one["date"]["from"]): str(one["date"]["to"]) for one in run.records()} == spans


LISTS = (
    MAPPING
    + """new: {actors: create}
attributions: [{by: group, in: ours, actor: {column: Side, separator: ","}, stance: alleged}]
parties: [{actor: {column: Side, separator: ",", words: {Reds: red-army}}, side: b, by: group, in: ours}]
actors: [{id: red-army, name: Red Army, kind: state_forces}]
"""
)
SIDES = """Ref,Day,Kind,Place,Dead,Side
A,2022-09-08,raid,X,7,"Green Army, Red Army"
B,2022-09-08,raid,X,7,"Red Army,Green Army"
"""


def test_a_cell_that_lists_actors_names_each_in_whichever_order(run: Run) -> None:
    code, output = run(SIDES + "C,2022-09-08,raid,X,7,Reds\nD,2022-09-08,raid,X,7,\n", LISTS)
    assert (code, "look like a list" in output) == (0, False), output
    names = ["green-army", "red-army"]
    parties = [[party["actor"] for party in record.get("parties", [])] for record in run.records()]
    assert sorted(parties) == [[], names, names, ["red-army"]]
    assert {party["side"] for record in run.records() for party in record.get("parties", [])} == {"b"}
    assert [[one["actor"] for one in record["attributions"]] for record in run.records() if "parties" in record].count(
        names
    ) == 2
    assert run.validate()[0] == 0


def test_a_list_without_a_separator_is_counted(run: Run) -> None:
    code, output = run(SIDES, LISTS.replace(', separator: ","', ""))
    assert (code, "4 times: cells of `Side` look like a list, and were taken as one actor" in output) == (0, True), (
        output
    )


def test_a_list_of_places_is_counted(run: Run) -> None:
    code, output = run('Ref,Day,Kind,Place,Dead\nA,2022-09-08,raid,X; Y,7\nB,2022-09-08,raid,"Z, Y",7\n', MAPPING)
    assert (code, "1 times: cells of `Place` look like a list of places, and were taken as one" in output) == (
        0,
        True,
    ), output


def test_each_of_several_originators_in_a_cell_makes_the_claim(run: Run) -> None:
    mapping = MAPPING.replace("by: group", 'by: {column: Who, separator: ";", otherwise: group}', 1)
    mapping += "new: {organisations: create}\n"
    code, output = run(
        "Ref,Day,Kind,Place,Dead,Who\nA,2022-09-08,raid,X,7+,Monitor B; Monitor A;monitor b\nB,2022-09-08,raid,X,,M;N\n"
        "C,2022-09-08,raid,X,7,\n",
        mapping,
    )
    assert (code, "look like a list" in output) == (0, False), output
    claims = [[(one["by"], one["killed"]) for one in record.get("claims", [])] for record in run.records()]
    pairs = [("monitor-a", {"at_least": 7}), ("monitor-b", {"at_least": 7})]
    assert sorted(claims, key=len) == [[], [("group", 7)], pairs]
    assert run.validate()[0] == 0


def test_weapons_in_a_list(run: Run) -> None:
    mapping = MAPPING + "weapons: [{by: group, in: ours, kind: {column: With, separator: and, else: other}}]\n"
    run("Ref,Day,Kind,Place,Dead,With\nA,2022-09-08,raid,X,7,barrel bomb and sandstorm\n", mapping)
    assert [weapon["kind"] for weapon in run.records()[0]["weapons"]] == ["barrel_bomb", "other"]


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


def test_a_sites_own_position_is_kept_to_two_decimals(run: Run) -> None:
    site = "{name: {column: Place}, lat: Lat, lon: Lon, position: site, kind: market}"
    code, _ = run(
        "Ref,Day,Kind,Place,Dead,Lat,Lon\nA,2022-09-08,raid,X,7,36.01861,36.52861\n",
        MAPPING.replace("{name: {column: Place}}", site),
    )
    assert code == 0
    assert run.records()[0]["sites"][0] | {"kind": ""} == {
        "id": "site",
        "place": "x",
        "kind": "",
        "lat": 36.02,
        "lon": 36.53,
    }
    assert "lat" not in run.records("places")[0]


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


def test_a_village_is_not_the_district_of_its_name(run: Run) -> None:
    places = PlaceResolver(Dataset(run.root))
    first = places.place(PlaceQuery("Idlib", "SYR", level="adm1"))
    village = places.place(PlaceQuery("Idlib", "SYR", position=GeoPoint(35.9, 36.6)))
    assert (first.id, village.id) == ("idlib", "idlib-2")


def test_an_incident_whose_place_is_refused_is_refused_with_its_row(run: Run) -> None:
    units = "pcode,country,level,name_en,name_ar,parent,west,south,east,north,lon,lat\n"
    units += "SY05,SYR,1,Region,,SY,35,35,37,37,36,36\n"
    (run.root / "data" / "codelists" / "admin_units.csv").write_text(units, "utf-8")
    mapping = MAPPING.replace("{column: Place}", "{column: Place}, lat: Lat, lon: Lon")
    sheet = "Ref,Day,Kind,Place,Dead,Lat,Lon\nA,2022-09-08,raid,X,7,33,38\nB,2022-09-08,raid,Y,8,36,36\n"
    code, output = run(sheet, mapping)
    assert code == 1
    assert "row 2: the place `x` is refused: lat: PLC002" in output
    assert [record["external"][0]["id"] for record in run.records()] == ["B"]
    assert "\nA," not in (run.root / "data" / "imports" / "made-up.csv").read_text("utf-8")


POSITIONS = MAPPING.replace("{column: Place}", "{column: Place}, lat: Lat, lon: Lon, kind: {column: Site}")


def sites_of(run: Run, *rows: str) -> dict[str, dict[str, Any]]:
    """Import rows of id, place, latitude, longitude and kind of site, twice; the sites by id."""
    lines = [f"{id},2022-09-08,raid,{rest},7" for id, _, rest in (row.partition(",") for row in rows)]
    sheet = "\n".join(["Ref,Day,Kind,Place,Lat,Lon,Site,Dead", *lines, ""])
    code, output = run(sheet, POSITIONS)
    assert code == 0, output
    assert "0 files created, 0 updated" in run(sheet, POSITIONS)[1]
    return {record["external"][0]["id"]: record["sites"][0] for record in run.records()}


def test_a_position_that_is_not_the_places_stays_with_the_site(run: Run) -> None:
    sites = sites_of(run, "A,Town,35.0,36.0,", "B,Town,35.0,36.1312,", "C,Town,35.0,36.12,dwelling", "D,Town,,,")
    assert {site["place"] for site in sites.values()} == {"town"}
    assert [(site.get("lat"), site.get("lon")) for _, site in sorted(sites.items())] == [
        (None, None),
        (35.0, 36.13),
        (None, None),
        (None, None),
    ]
    output = run("Ref,Day,Kind,Place,Lat,Lon,Site,Dead\nC,2022-09-08,raid,Town,35.0,36.12,dwelling,7\n", POSITIONS)[1]
    assert "Lat: 1 mapped: nothing: it isn't that of the place, and such a site has no position of its own" in output


def test_a_position_is_not_lost_where_the_place_has_none(run: Run) -> None:
    sites = sites_of(run, "A,Town,,,", "B,Town,35.5,36.5,")
    assert [site.get("lat") for _, site in sorted(sites.items())] == [None, 35.5]


def test_a_row_keeps_its_place_when_a_nearer_one_comes(run: Run) -> None:
    rows = ["1,Town,35.0,36.00,", "2,Town,35.0,36.12,"]
    before = sites_of(run, *rows)
    after = sites_of(run, "3,Town,35.0,36.22,", *rows)
    assert {id: after[id] for id in before} == before
    assert after["3"]["place"] == "town-2"


@pytest.mark.parametrize(
    "name", ["House of Jane Doe", "A house of Jane Doe near the farm of John Smith", "Jane Doe's house"]
)
def test_a_place_that_is_somebodys_house_is_refused_and_not_repeated(run: Run, name: str) -> None:
    code, output = run(f"Ref,Day,Kind,Place,Dead\nA,2022-09-08,raid,{name},7\n", MAPPING)
    assert code == 1
    assert "row 2, column Place: the name of the place may say whose house it is" in output
    assert not any(word in output for word in ("Jane", "Smith"))
    assert not run.records("places")


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


def parts(node: Any, path: str = "") -> list[tuple[str, dict[str, Any]]]:
    nodes: list[tuple[str, dict[str, Any]]] = [(path, node)] if isinstance(node, dict) else []
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return nodes + [one for key, child in children for one in parts(child, f"{path}/{key}")]


def test_the_schema_is_valid_closed_and_described() -> None:
    document = json.loads(SCHEMA.read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(document)
    for path, node in parts(document):
        if isinstance(node.get("properties"), dict):
            assert node.get("additionalProperties") is False, path
            assert all(child.get("description", "").strip() for child in node["properties"].values()), path


def test_the_schema_has_the_words_of_records() -> None:
    document = json.loads(SCHEMA.read_text("utf-8"))
    claim = document["properties"]["claims"]["items"]["properties"]
    assert {*PEOPLE, *THINGS} <= set(claim)
    assert set(GROUPS) <= set(document["$defs"]["people"]["properties"])
    for kind in ("organisation", "actor"):
        record = json.loads((TOP / f"schemas/{kind}-1.json").read_text("utf-8"))["properties"]["kind"]["enum"]
        assert document["properties"][f"{kind}s"]["items"]["properties"]["kind"]["enum"] == record
    assert all(vocabulary().values())


def test_the_example_is_a_sound_mapping() -> None:
    assert set(load(TOP / "docs/examples/made-up-mapping.yaml").content["ignore"]) == {"Weather", "Remarks"}


def test_a_polygon_refuses_its_row_and_no_other(run: Run) -> None:
    shapes = {"Z": {"type": "Point", "coordinates": [36.5286, 36.01861]}, "A": {"type": "Polygon", "coordinates": []}}
    cells = {"Day": "2022-09-08", "Kind": "raid", "Dead": 7}
    features = [
        {"type": "Feature", "geometry": shape, "properties": {"Ref": ref, "Place": f"Place {ref}", **cells}}
        for ref, shape in shapes.items()
    ]
    sheet = json.dumps({"type": "FeatureCollection", "features": features})
    mapping = MAPPING.replace("{name: {column: Place}}", "{name: {column: Place}, lat: latitude, lon: longitude}")
    code, output = run(sheet, mapping)
    assert (code, "row 2, column latitude: the geometry of the feature is `Polygon`" in output) == (1, True)
    assert [record["id"] for record in run.records("places")] == ["place-z"]
