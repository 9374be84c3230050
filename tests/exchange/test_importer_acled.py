"""`incidents import acled`: rows made up in ACLED's layout, of before and since March 2023."""

import csv
import io
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from conflict_incidents.cli import main
from conflict_incidents.core.crosswalks import ACLED_KINDS
from samples import ACLED_ROW

SENTENCE = "A made-up sentence that must not be copied."
ROW = {
    **ACLED_ROW,
    "disorder_type": "Political violence",
    "assoc_actor_1": "",
    "actor2": "Civilians (Syria)",
    "assoc_actor_2": "Labor Group (Syria)",
    "inter2": "Civilians",
    "civilian_targeting": "Civilian targeting",
    "region": "Middle East",
    "admin2": "Madeup District",
    "admin3": "",
    "source": "Made Up News; Made Up Monitor",
    "source_scale": "Local partner-National",
    "notes": SENTENCE,
    "tags": "",
}
OLD = {"data_id": "8000001", "iso3": "SYR", "event_id_no_cnty": "900001"}
SINCE_2023 = ("disorder_type", "civilian_targeting", "tags")


def sheet(*changes: dict[str, str], without: tuple[str, ...] = ()) -> str:
    rows = [{**ROW, "event_id_cnty": f"SYR{900001 + n}", **change} for n, change in enumerate(changes)]
    stream = io.StringIO()
    columns = [column for column in dict.fromkeys(name for row in rows for name in row) if column not in without]
    writer = csv.DictWriter(stream, columns, extrasaction="ignore", restval="")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


class Run:
    """An import into a new dataset: exit code, what was printed, and the records by ACLED's id."""

    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root, self.capsys = root, capsys

    def __call__(self, text: str, *options: str) -> tuple[int, str]:
        file = self.root.parent / "acled.csv"
        file.write_text(text, "utf-8")
        code = main(["import", "acled", str(file), "--root", str(self.root), *options])
        captured = self.capsys.readouterr()
        return code, captured.out + captured.err

    def records(self, kind: str = "incidents") -> dict[str, Any]:
        documents = [yaml.safe_load(file.read_text("utf-8")) for file in (self.root / "data" / kind).rglob("*.yaml")]
        return {record["external"][0]["id"] if kind == "incidents" else record["id"]: record for record in documents}

    def one(self, change: dict[str, str]) -> dict[str, Any]:
        code, output = self(sheet(change))
        assert code == 0, output
        record: dict[str, Any] = self.records()["SYR900001"]
        return record

    def errors(self) -> str:
        main(["validate", "--root", str(self.root)])
        output = self.capsys.readouterr().out
        return "" if "\n0 errors" in f"\n{output}" else output


@pytest.fixture
def run(empty_dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    return Run(shutil.copytree(empty_dataset, tmp_path / "set"), capsys)


def values(record: dict[str, Any]) -> dict[str, str]:
    return {value["name"]: value["value"] for value in record["external"][0]["values"]}


def test_a_row_becomes_a_draft_that_is_valid(run: Run) -> None:
    record = run.one({})
    assert record["title"] == "Air/drone strike at Exampleton"
    assert (record["status"], str(record["date"]), record["kind"]) == ("draft", "2022-09-08", "airstrike")
    assert record["claims"] == [{"by": "acled", "in": "acled", "killed": 7}]
    assert record["attributions"] == [
        {"by": "acled", "in": "acled", "actor": "military-forces-of-madeupland-2000-2024", "stance": "alleged"}
    ]
    assert record["external"][0].keys() == {"scheme", "id", "values"}
    source = run.records("datasets")[record["external"][0]["scheme"]]
    assert (source["id"], source["organisation"], source["licence"]) == ("acled", "acled", "LicenseRef-ACLED")
    assert "ACLED" in source["attribution"]
    assert record["sites"][0]["units"] == {"adm1": "Madeup Region", "adm2": "Madeup District"}
    place = run.records("places")["exampleton"]
    assert (place["lat"], place["lon"], place["country"]) == (35.9306, 36.6339, "SYR")
    assert run.records("organisations")["acled"]["kind"] == "dataset"
    assert run.errors() == ""


def test_notes_are_never_copied_and_nothing_else_is_lost(run: Run) -> None:
    code, output = run(sheet({"tags": "made up", "another column": "kept"}))
    assert code == 0
    assert "notes: 1 left out: other people's sentences" in output
    assert SENTENCE not in "".join(file.read_text("utf-8") for file in run.root.rglob("*.yaml"))
    record = run.records()["SYR900001"]
    values_of_record = values(record)
    assert values_of_record["another column"] == "kept"
    given_back = {"event_id_cnty", "event_date", "year", "actor1", "country", "location", "latitude", "longitude"}
    given_back |= {"geo_precision", "fatalities", "notes", "source", "admin1", "admin2"}
    given_back |= {"timestamp", "region", "interaction"}  # of ACLED's own editing, or to be had from other columns
    assert (
        set(values_of_record)
        == {column for column, cell in {**ROW, "tags": "x", "another column": "x"}.items() if cell} - given_back
    )


@pytest.mark.parametrize("cell", ["0", "", "0.0"])
def test_no_fatalities_reported_is_unknown_and_not_zero(run: Run, cell: str) -> None:
    record = run.one({"fatalities": cell})
    assert record["claims"] == [{"by": "acled", "in": "acled", "no_information": ["killed"]}]
    assert values(record).get("fatalities", "") == cell.removesuffix(".0")
    assert run.errors() == ""


@pytest.mark.parametrize("number", [3, 10, 12, 100])
def test_numbers_of_acleds_lexicon_are_not_exact(run: Run, number: int) -> None:
    claim = run.one({"fatalities": str(number)})["claims"][0]
    assert claim["killed"] == {"about": number}
    assert "3, 10, 12 or 100" in claim["note"]


@pytest.mark.parametrize("number", [1, 2, 4, 11, 99, 101, 999])
def test_other_numbers_are_exact(run: Run, number: int) -> None:
    assert run.one({"fatalities": str(number)})["claims"][0]["killed"] == number
    assert run.errors() == ""


@pytest.mark.parametrize(
    ("date", "precision", "expected"),
    [
        ("2022-09-08", "1", "2022-09-08"),
        ("08 September 2022", "1", "2022-09-08"),
        ("08/09/2022", "1", "2022-09-08"),
        ("2022-09-08", "2", {"from": "2022-09-05", "to": "2022-09-11", "precision": "week"}),
        ("2022-09-15", "3", {"from": "2022-09-01", "to": "2022-09-30", "precision": "month"}),
    ],
)
def test_dates_have_the_precision_that_acled_gives(run: Run, date: str, precision: str, expected: Any) -> None:
    record = run.one({"event_date": date, "time_precision": precision})
    result = record["date"]
    assert ({key: str(value) for key, value in result.items()} if isinstance(result, dict) else str(result)) == expected
    assert str(values(record).get("event_date", date)) == date
    assert run.errors() == ""


def test_region_is_not_replaced_by_its_representative_place(run: Run) -> None:
    record = run.one({"geo_precision": "3"})
    units = {"adm1": "Madeup Region", "adm2": "Madeup District"}
    site = {"id": "site", "place": "madeup-region", "kind": "unspecified", "precision": "adm1", "units": units}
    assert record["sites"] == [site]
    assert record["title"] == "Air/drone strike in Madeup Region"
    assert values(record)["location"] == "Exampleton"
    assert values(record)["latitude"] == "35.9306"
    assert "lat" not in run.records("places")["madeup-region"]
    assert run.errors() == ""


def test_near_is_not_at(run: Run) -> None:
    record = run.one({"geo_precision": "2"})
    assert record["sites"][0]["precision"] == "near"
    assert record["title"] == "Air/drone strike near Exampleton"


BATTLE = {"event_type": "Battles", "sub_event_type": "Armed clash", "actor2": "Madeup Front", "inter2": "Rebel group"}


@pytest.mark.parametrize(
    ("change", "parties", "actors"),
    [
        (BATTLE, ["military-forces-of-madeupland-2000-2024", "madeup-front"], []),
        (BATTLE | {"inter1": "1", "inter2": "2"}, ["military-forces-of-madeupland-2000-2024", "madeup-front"], []),
        (BATTLE | {"actor2": "", "inter2": ""}, [], []),
        ({"actor1": "Civilians (Syria)", "inter1": "7", "actor2": "Madeup Front", "inter2": "2"}, [], ["madeup-front"]),
        ({"actor2": "", "inter2": ""}, [], ["military-forces-of-madeupland-2000-2024"]),
        ({"actor1": "Unidentified Armed Group (Syria)", "inter1": "Political militia"}, [], []),
        ({"actor2": "Unidentified Armed Group (Syria)", "inter2": "Political militia"}, [], []),
        ({"event_type": "Protests", "actor1": "Protesters (Syria)", "inter1": "Protesters", "actor2": ""}, [], []),
    ],
)
def test_only_actors_blamed_by_acled_are_attributed(
    run: Run, change: dict[str, str], parties: list[str], actors: list[str]
) -> None:
    record = run.one(change)
    assert [party["actor"] for party in record.get("parties", [])] == parties
    assert [attribution["actor"] for attribution in record.get("attributions", [])] == actors
    assert set(run.records("actors")) == {*parties, *actors}
    assert run.errors() == ""


def test_state_forces_belong_to_their_country(run: Run) -> None:
    run.one(BATTLE | {"actor1": "Police Forces of Syria (2000-2024)", "actor2": "Military Forces of Russia (2000-)",
                      "inter2": "External/Other forces"})  # fmt: skip
    actors = run.records("actors")
    assert [(actor["kind"], actor["country"]) for _, actor in sorted(actors.items())] == [
        ("state_forces", "RUS"),
        ("state_forces", "SYR"),
    ]


def test_the_layout_of_before_2023(run: Run) -> None:
    text = sheet(
        OLD | {"inter1": "1", "inter2": "7", "interaction": "17", "event_date": "08-September-2022"}, without=SINCE_2023
    )
    code, output = run(text.replace("event_date", "EVENT_DATE"))
    assert code == 0, output
    record = run.records()["SYR900001"]
    assert not set(OLD) & set(values(record))
    assert "data_id: 1 left out: changes with every update" in output
    assert run.errors() == ""


EARLIER = {  # a row made up in the layout of version 5
    "GWNO": "652", "EVENT_ID_CNTY": "1416SYR", "EVENT_ID_NO_CNTY": "", "EVENT_DATE": "18/04/2001", "YEAR": "2001",
    "TIME_PRECISION": "1", "EVENT_TYPE": "Violence against civilians", "ACTOR1": "Police Forces of Madeupland (1999-)",
    "ALLY_ACTOR_1": "", "INTER1": "1", "ACTOR2": "Civilians (Syria)", "ALLY_ACTOR_2": "Madeup Group", "INTER2": "7",
    "INTERACTION": "17", "COUNTRY": "Syria", "ADMIN1": "Madeup Region", "ADMIN2": "", "ADMIN3": "",
    "LOCATION": "Exampleton", "LATITUDE": "35.9306", "LONGITUDE": "36.6339", "GEO_PRECISION": "1",
    "SOURCE": "Made Up News", "NOTES": SENTENCE, "FATALITIES": "1",
}  # fmt: skip


def lines(*rows: dict[str, str], delimiter: str = ",") -> str:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        ("Violence against civilians", "unspecified"),
        ("Battle-No change of territory", "clash"),
        ("Riots/Protests", "other"),
        ("Remote violence", "unspecified"),
    ],
)
def test_the_layout_of_before_2018(run: Run, event: str, kind: str) -> None:
    code, output = run(lines(EARLIER | {"EVENT_TYPE": event}))
    assert code == 0, output
    record = run.records()["1416SYR"]
    assert (str(record["date"]), record["kind"], record["title"]) == ("2001-04-18", kind, f"{event} at Exampleton")
    assert record["claims"][0]["killed"] == 1
    assert values(record)["assoc_actor_2"] == "Madeup Group"
    assert not {"gwno", "year", "event_id_no_cnty", "interaction", "notes"} & set(values(record))
    assert run.errors() == ""


def test_the_cut_column_names_of_a_shapefile(run: Run) -> None:
    cut = {"EVENT_ID_CNTY": "EVENT_ID_C", "EVENT_ID_NO_CNTY": "EVENT_ID_N", "TIME_PRECISION": "TIME_PRECI"}
    cut |= {"GEO_PRECISION": "GEO_PRECIS", "INTERACTION": "INTERACTIO"}
    assert run(lines({cut.get(name, name): cell for name, cell in EARLIER.items()}))[0] == 0
    shapefile = run.records()["1416SYR"]
    assert "0 files created, 0 updated" in run(lines(EARLIER))[1]
    assert run.records()["1416SYR"] == shapefile


def test_a_copy_from_a_spreadsheet(run: Run) -> None:
    """Semicolons, a byte order mark, dates with a year of two digits, whole floats, an index column, NA."""
    for date, order in (("9-May-20", ()), ("9/5/20", ()), ("5/9/20", ("--dates", "mdy")), ("43960", ())):
        row = {"": "0", **EARLIER, "EVENT_DATE": date, "YEAR": "2020.0", "FATALITIES": "4.0", "INTER1": "1.0"}
        row |= {"GWNO": "652.0", "ADMIN3": "NaN", "ADMIN2": "NA", "ALLY_ACTOR_1": "None"}
        code, output = run("\ufeff" + lines(row, delimiter=";"), *order)
        assert code == 0, output
        assert "0 updated" in output
        record = run.records()["1416SYR"]
        assert (str(record["date"]), record["claims"][0]["killed"]) == ("2020-05-09", 4)
        assert not {"admin2", "admin3", "assoc_actor_1", "", "gwno", "year"} & set(values(record))
        assert "adm2" not in record["sites"][0]["units"]
    assert run.errors() == ""


@pytest.mark.parametrize("word", ["NA", "NaN", "None", "NULL", "N/A", "-", " n/a ", "<NA>"])
def test_what_programs_write_for_an_empty_cell_is_unknown(run: Run, word: str) -> None:
    optional = ("assoc_actor_1", "actor2", "inter2", "admin1", "admin2", "source", "fatalities", "tags", "iso3", "iso")
    record = run.one({**OLD, **dict.fromkeys(optional, word)})
    assert not set(optional) & set(values(record))
    assert record["claims"] == [{"by": "acled", "in": "acled", "no_information": ["killed"]}]
    assert "units" not in record["sites"][0]
    assert run.errors() == ""


def test_namibia_is_a_country(run: Run) -> None:
    assert run.one({"country": "Namibia", "iso": "516", "latitude": "-22.5", "longitude": "17.1"})["id"][:3] == "NAM"


def test_a_new_export_updates_its_own_rows(run: Run) -> None:
    assert run(sheet({}, {"fatalities": "2"}))[0] == 0
    before = run.records()
    assert "0 files created, 0 updated" in run(sheet({}, {"fatalities": "2"}))[1]
    code, output = run(sheet({"fatalities": "8"}, {"fatalities": "2"}))
    assert (code, "1 updated" in output) == (0, True)
    after = run.records()
    assert {id: record["id"] for id, record in after.items()} == {id: record["id"] for id, record in before.items()}
    assert after["SYR900001"]["claims"][0]["killed"] == 8
    assert after["SYR900002"] == before["SYR900002"]


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("fatalities", "several"),
        ("fatalities", "-1"),
        ("fatalities", "3-5"),
        ("event_date", "yesterday"),
        ("event_date", "2022-09"),
        ("event_date", "0025-09-08"),
        ("event_date", "2021-09-08"),
        ("event_date", "9-May-20"),
        ("year", "22"),
        ("time_precision", "4"),
        ("geo_precision", ""),
        ("latitude", "north"),
        ("latitude", "50.5"),
        ("country", "Madeupland"),
        ("location", ""),
        ("event_id_cnty", ""),
        ("event_id_cnty", "SYR900002"),
    ],
)
def test_a_bad_cell_refuses_its_row_by_name_and_no_other(run: Run, column: str, cell: str) -> None:
    bad = {"iso": "", column: cell} if column == "country" else {column: cell}
    code, output = run(sheet({}, {}, bad))
    assert code == 1
    assert f"row 4, column {column}: " in output
    assert set(run.records()) == {"SYR900001", "SYR900002"}
    assert run.errors() == ""


def test_countries_that_disagree_refuse_the_row(run: Run) -> None:
    code, output = run(sheet({"iso": "368"}))
    assert (code, "iso and country name different countries: IRQ, SYR" in output) == (1, True)


def test_a_swapped_position_refuses_the_row_and_one_off_the_coast_is_kept(run: Run) -> None:
    ghana = {"country": "Ghana", "iso": "288"}
    code, output = run(
        sheet(ghana | {"latitude": "-1.5", "longitude": "7.5"}, ghana | {"latitude": "3.5", "longitude": "-1.5"})
    )
    assert (
        code,
        "row 2, column latitude: -1.5, 7.5 is outside GHA; latitude and longitude look swapped" in output,
    ) == (
        1,
        True,
    )
    (record,) = run.records().values()
    assert values(record)["latitude"] == "3.5"
    assert "the position is outside its country (at sea" in output


def test_what_is_no_export_of_acled_is_refused(run: Run) -> None:
    code, output = run("a,b\n1,2\n")
    assert (code, "not an ACLED export: it is missing `event_id_cnty`" in output) == (1, True)


def test_published_only_where_that_is_asked_for(run: Run) -> None:
    assert run(sheet({}), "--status", "published")[0] == 0
    assert run.records()["SYR900001"]["status"] == "published"


def test_long_lists_are_kept_as_far_as_a_value_may_be_long(run: Run) -> None:
    groups = "; ".join(f"Made Up Group {number}" for number in range(40))
    values_of_record = values(run.one({"assoc_actor_2": groups, "tags": "x" * 2001}))
    assert values_of_record["assoc_actor_2"] == groups
    assert "tags" not in values_of_record


def test_every_kind_is_one_of_records(run: Run) -> None:
    code, output = run(sheet(*({"sub_event_type": name} for name in ACLED_KINDS)))
    assert (code, len(run.records())) == (0, len(ACLED_KINDS)), output
    assert run.errors() == ""


def test_the_encoding_that_an_error_advises_can_be_given(run: Run) -> None:
    file = run.root.parent / "acled.csv"
    file.write_bytes(sheet({"location": "Élodie", "source": ""}).replace(",", ";").encode("windows-1252"))
    command = ["import", "acled", str(file), "--root", str(run.root)]
    assert main(command) == 1
    assert "--encoding windows-1252" in run.capsys.readouterr().err
    assert main([*command, "--encoding", "windows-1252", "--delimiter", ";"]) == 0
    assert run.records("places")["elodie"]["name"] == "Élodie"


def test_an_actor_is_looked_up_by_either_of_its_two_names(run: Run) -> None:
    folder = run.root / "data" / "actors"
    folder.mkdir(exist_ok=True)
    for id, name in (("front", "Madeup Front"), ("guard", "Madeup Guard")):
        text = f"schema: actor/1\nid: {id}\nname: {name}\nkind: non_state_group\n"
        (folder / f"{id}.yaml").write_text(text, "utf-8")
    names = ("Madeup Front", "MF: Madeup Front", "Madeup Front: Someone", "Madeup Front: Madeup Guard")
    code, output = run(sheet(*({"actor1": name, "inter1": "2"} for name in names)))
    assert code == 0, output
    assert [record["attributions"][0]["actor"] for _, record in sorted(run.records().items())] == [
        *["front"] * 3,
        "madeup-front-madeup-guard",
    ]
    assert run.errors() == ""


def test_sources_are_publishers_that_are_known_and_no_names_of_people(run: Run) -> None:
    file = run.root / "data" / "organisations" / "made-up-news.yaml"
    file.parent.mkdir(exist_ok=True)
    file.write_text("schema: organisation/1\nid: made-up-news\nname: Made Up News\nkind: news_site\n", "utf-8")
    code, output = run(sheet({"source": "MADE UP NEWS; Made-Up Person; Made Up News; ACLED"}, {"source": ""}))
    assert code == 0, output
    record = run.records()["SYR900001"]
    assert [report["publisher"] for report in record["reports"]] == ["acled", "made-up-news"]
    assert record["claims"] == [{"by": "acled", "in": "acled", "based_on": ["made-up-news"], "killed": 7}]
    assert "source" not in values(record)
    assert "Made-Up Person" not in "".join(file.read_text("utf-8") for file in run.root.rglob("*.yaml"))
    assert "1 left out: no organisation of the registry, may name a person; 3 mapped: reports.publisher" in output
    assert run.errors() == ""


def test_a_source_that_the_alias_table_names_gets_its_record(run: Run) -> None:
    text = sheet({"source": "Reuters"})
    assert run(text)[0] == 0
    assert run.records()["SYR900001"]["claims"][0]["based_on"] == ["reuters"]
    assert run.records("organisations")["reuters"]["kind"] == "news_agency"
    assert run.errors() == ""
    assert "0 files created, 0 updated" in run(text)[1]


def test_a_sub_event_type_that_is_unknown_is_remarked(run: Run) -> None:
    code, output = run(sheet({"sub_event_type": "Made-up attack"}, {"sub_event_type": "Attack"}))
    assert (code, {record["kind"] for record in run.records().values()}) == (0, {"unspecified"})
    assert "1 times: the sub_event_type `Made-up attack` is unknown; the kind is unspecified" in output
    assert "`Attack`" not in output


def test_incidents_are_put_into_a_collection(run: Run) -> None:
    folder = run.root / "data" / "collections"
    folder.mkdir(exist_ok=True)
    (folder / "levant.yaml").write_text("schema: collection/1\nid: levant\nname: Levant\n", "utf-8")
    assert run(sheet({}), "--collection", "levant")[0] == 0
    assert {record.get("collection") for record in run.records().values()} == {"levant"}
    assert run.errors() == ""
