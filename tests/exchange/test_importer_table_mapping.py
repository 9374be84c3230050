"""Mappings of tables: refusals by line, originators, and the schema."""

import json
import re
from typing import Any

import jsonschema
import pytest

from conflict_incidents.exchange.importers.mapping import SCHEMA, load, vocabulary
from conflict_incidents.records.counts import GROUPS, PEOPLE, THINGS
from table_imports import MAPPING, SHEET, TOP, Run, copy_empty_dataset, prepare_run

root = pytest.fixture(copy_empty_dataset)
run = pytest.fixture(prepare_run)


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
