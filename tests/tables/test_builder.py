"""Records → tables: nothing is lost, nothing is invented, and frames that break the contract are refused in words."""

import json
import os
import random
import re
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import hypothesis.strategies as st
import pandas as pd
import pytest
from hypothesis import given, settings

import whole_tables
from conflict_incidents import explode, load_all, tables
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.tables import TableError, contract, validate
from conflict_incidents.tables.contract import ContractError, Row
from conflict_incidents.tables.filling import cells
from conflict_incidents.tables.invariants import INVARIANTS
from examples import FEW
from record_restoration import normal_form, restore
from samples import (
    EVERYTHING,
    REGISTRIES,
    STORY,
    TOP,
    actor,
    claim_of,
    incident,
    organisation,
    place,
    record,
    withdrawn,
)
from strategies import incidents
from whole_tables import csv_bytes, csv_frame, frame, parquet_bytes, read_parquet

NA: Any = pd.NA
GOLDEN = Path(__file__).parents[1] / "golden"
Tree = dict[str, Any]


UNITS = Dataset(TOP).registry.admin_units


def build(*trees: Tree) -> dict[str, pd.DataFrame]:
    return {name: df.copy() for name, df in _build(json.dumps(trees)).items()}


@cache
def _build(trees: str) -> dict[str, pd.DataFrame]:
    return whole_tables.frames([record(tree) for tree in json.loads(trees)], UNITS)


def story() -> pd.DataFrame:
    return build(*STORY)["incidents"]


def schema_paths(node: Tree, root: Tree, path: str = "") -> set[str]:
    """Every property that a schema allows, as a path."""
    if "$ref" in node:
        target: Any = root
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        excluded = tuple(f"{path}/{key}" for key in refused_keys(node))
        return {one for one in schema_paths(target, root, path) if not one.startswith(excluded)}
    paths: set[str] = set()
    for key, child in node.get("properties", {}).items():
        paths |= {f"{path}/{key}"} | schema_paths(child, root, f"{path}/{key}")
    return paths | (schema_paths(node["items"], root, path) if "items" in node else set())


def refused_keys(node: Tree) -> list[str]:
    """The properties that a reference takes out of what it refers to."""
    conditional_keys = [key for key, then in node.get("dependentSchemas", {}).items() if then.get("maxProperties") == 0]
    return [*conditional_keys, *node.get("propertyNames", {}).get("not", {}).get("enum", [])]


def tree_paths(node: Any, path: str = "") -> set[str]:
    """Every property that a record has, as a path."""
    if isinstance(node, list):
        return {subpath for item in node for subpath in tree_paths(item, path)}
    if isinstance(node, dict):
        return {one for key, child in node.items() for one in {f"{path}/{key}"} | tree_paths(child, f"{path}/{key}")}
    return set()


@pytest.mark.parametrize("kind", ["incident", "organisation", "place", "actor", "aggregate", "waivers"])
def test_the_sample_of_everything_fills_every_property_of_the_schemas(kind: str) -> None:
    schema = json.loads((TOP / "schemas" / f"{kind}-1.json").read_text("utf-8"))
    paths = {path for tree in EVERYTHING if tree["schema"] == f"{kind}/1" for path in tree_paths(tree)}
    assert schema_paths(schema, schema) == paths


@pytest.mark.parametrize(
    "tree", [tree for tree in EVERYTHING if "withdrawn" not in tree], ids=lambda tree: tree["schema"]
)
def test_every_property_is_found_back_in_the_tables(tree: Tree) -> None:
    frames = build(*EVERYTHING)
    assert restore(frames, tree["schema"].partition("/")[0], tree.get("id", "")) == normal_form(tree)


def test_the_tables_of_everything_keep_the_contract() -> None:
    for name, one in build(*EVERYTHING).items():
        assert len(one) or name == "changes", name  # which only a comparison with another release fills
        validate(one, name, complete=True)


@settings(max_examples=FEW)
@given(incidents())
def test_no_record_loses_anything_on_its_way_through_tables_and_files(tree: Tree) -> None:
    frames = build(*REGISTRIES, tree)
    tables_of_incident = [name for name, one in frames.items() if "incident_id" in one and len(one)]
    for name in tables_of_incident:
        table = contract.tables()[name]
        for read in (
            csv_frame(csv_bytes(frames[name], table), table),
            read_parquet(parquet_bytes(frames[name], table), table),
        ):
            pd.testing.assert_frame_equal(read, frames[name])
    assert restore(frames, "incident", tree["id"]) == normal_form(tree)


@settings(max_examples=FEW)
@given(incidents())
def test_what_is_derived_from_any_record_keeps_the_contract(tree: Tree) -> None:
    frames = build(*REGISTRIES, tree)
    for name in ("incidents", "claims", "estimates", "estimate_claims"):
        validate(frames[name], name, complete=True)
    assert tables.dangling(frames) == {}


@settings(max_examples=FEW)
@given(incidents(), st.randoms())
def test_the_order_of_the_records_is_irrelevant(tree: Tree, order: random.Random) -> None:
    trees = [*REGISTRIES, tree]
    other = list(trees)
    order.shuffle(other)
    first, second = build(*trees), build(*other)
    for name in first:
        pd.testing.assert_frame_equal(first[name], second[name])


def test_the_tables_of_a_small_incident_are_exactly_these() -> None:
    """`WRITE_GOLDEN=1 pytest` writes them anew; read the difference before you commit it."""
    trees = [json.loads(line) for line in (GOLDEN / "records.jsonl").read_text("utf-8").splitlines()]
    for name, one in build(*trees).items():
        file = GOLDEN / f"{name}.csv"
        if os.environ.get("WRITE_GOLDEN"):
            file.write_bytes(csv_bytes(one, contract.tables()[name]))
        assert csv_bytes(one, contract.tables()[name]).decode() == file.read_text("utf-8"), name


def test_the_story_comes_to_what_the_method_says() -> None:
    row = story().iloc[0]
    assert [row["killed_low"], row["killed_best"], row["killed_high"]] == [7, 7, 7]
    civilians = [
        row[f"killed_civilians_{end}"] for end in ("low", "best", "high", "high_open", "agreement", "originators")
    ]
    assert civilians == [4, 7, 7, False, "compatible", 2]


def test_an_unknown_toll_is_empty_in_every_number_of_every_table() -> None:
    unknown = incident(claims=[{"by": "sohr", "in": "sabah", "no_information": ["killed", "wounded"]}])
    for trees in ([incident()], [unknown]):
        frames = build(*REGISTRIES, *trees)
        series = [name for name in frames["incidents"].columns if name.startswith(("killed", "wounded", "strikes"))]
        assert len(series) == 38
        assert frames["incidents"][series].isna().all(axis=None)
        assert frames["claims"][["min", "max", "best"]].isna().all(axis=None)
        assert len(frames["estimates"]) == 0
        assert frames["incidents"]["killed_low"].sum(min_count=1) is NA
    assert list(frames["claims"]["bound"]) == ["no_information", "no_information"]
    assert b",0," not in csv_bytes(frames["claims"], contract.tables()["claims"])


def test_zero_is_only_a_claimed_zero() -> None:
    row = build(*REGISTRIES, incident(claims=[claim_of(killed=0)]))["incidents"].iloc[0]
    assert [row["killed_low"], row["killed_best"], row["killed_high"]] == [0, 0, 0]
    assert row["killed_civilians_low"] is pd.NA


def test_a_day_that_other_tables_write_for_unknown_is_the_day_of_an_incident() -> None:
    row = build(*REGISTRIES, incident(date="1970-01-01"))["incidents"].iloc[0]
    assert [str(row[key].date()) for key in ("date_from", "date_to")] == ["1970-01-01", "1970-01-01"]


def test_an_open_bound_stays_open() -> None:
    row = build(*REGISTRIES, incident(claims=[claim_of(killed={"at_least": 7})]))["incidents"].iloc[0]
    assert [row["killed_low"], row["killed_best"], row["killed_high_open"]] == [7, pd.NA, True]


def test_a_total_without_a_count_names_the_claims_of_its_parts() -> None:
    parts = {"civilians": 3, "combatants": {"at_least": 2}}
    frames = build(*REGISTRIES, incident(claims=[claim_of(killed=parts)]))
    total = frames["estimates"].iloc[0]
    assert [total["group"], total["low"], total["claims_used"], total["claims_of_parts"]] == ["total", 5, 0, 2]
    claims = frames["estimate_claims"]
    behind = claims[claims["group"] == "total"][["claim_group", "used"]]
    assert behind.to_numpy().tolist() == [["civilians", True], ["combatants", True]]
    assert set(tables.dangling(frames)) == set()


def test_a_withdrawn_incident_is_a_tombstone_without_anything_else() -> None:
    link = [
        {"kind": "duplicate_of", "incident": "SYR-20220908-7q4m", "note": "see there"},
        {"kind": "same_day", "incident": "SYR-20220908-7q4m"},
    ]
    frames = build(*STORY, withdrawn(links=link))
    stone = frames["incidents"].set_index("incident_id").loc["SYR-20220910-w1th"].dropna()
    assert set(stone.index) == {"status", "withdrawn_date", "withdrawn_reason", "country", "record_schema"}
    tables_of_incident = {
        name
        for name, one in frames.items()
        if "incident_id" in one and (one["incident_id"] == "SYR-20220910-w1th").any()
    }
    assert tables_of_incident == {"incidents", "links"}
    stone_links = frames["links"][["kind", "linked_incident_id", "note"]].astype(object).to_numpy().tolist()
    assert stone_links == [["duplicate_of", "SYR-20220908-7q4m", pd.NA]]


def test_a_withdrawn_place_keeps_its_name_only() -> None:
    withdrawn_place = place(
        "hafsarjah", lat=35.94, lon=36.47, admin={"adm1": "SY07"}, names=[{"text": "Khafsarja"}], note="a note"
    )
    withdrawn_place["withdrawn"] = {"date": "2022-10-01", "reason": "too precise"}
    frames = build(*[tree for tree in STORY if tree["id"] != "hafsarjah"], withdrawn_place)
    columns = {"place_id", "name", "level", "country", "withdrawn_date", "withdrawn_reason", "record_schema"}
    assert set(frames["places"].iloc[0].dropna().index) == columns
    assert len(frames["place_names"]) == 0
    where = frames["incidents"].iloc[0][["place_name", "lat", "lon", "position", "adm1_pcode", "adm1_name"]]
    assert list(where.dropna()) == ["Hafsarjah"]


def test_a_draft_is_not_released_nor_what_links_to_it() -> None:
    draft = incident("SYR-20220909-drft", status="draft")
    frames = build(*REGISTRIES, draft, incident(links=[{"kind": "follows", "incident": "SYR-20220909-drft"}]))
    assert list(frames["incidents"]["incident_id"]) == ["SYR-20220908-7q4m"]
    assert len(frames["links"]) == 0
    assert tables.dangling(frames) == {}


def test_a_relay_is_no_further_originator() -> None:
    relay = incident(claims=[claim_of(), claim_of(via=["civil-defence"])])
    row = build(*REGISTRIES, relay)["incidents"].iloc[0]
    assert [row["killed_originators"], row["originators"], row["claims"]] == [1, 1, 2]


def test_originators_are_those_who_give_a_number_of_any_group_or_scope() -> None:
    attributed = incident(
        attributions=[{"by": "daily-sabah", "in": "sabah", "actor": "air-force", "stance": "alleged"}],
        claims=[
            claim_of("sohr", killed={"civilians": 0}),
            claim_of("civil-defence", killed={"women": 1}, scope="village"),
            {"by": "daily-sabah", "in": "sabah", "wounded": 3},
            {"by": "ucdp", "in": "sabah", "strikes": 1, "based_on": ["reuters", "afp"]},
            {"by": "afp", "in": "sabah", "no_information": ["killed"]},
        ],
    )
    tables = build(*REGISTRIES, attributed, incident("SYR-20220908-u0kn"))
    row, unknown = (tables["incidents"].iloc[number] for number in range(2))
    assert [row["originators"], row["killed_originators"], row["killed_civilians_originators"]] == [4, 2, 1]
    assert [row["wounded_originators"], row["strikes_originators"]] == [1, 1]
    assert unknown["originators"] == 0
    assert pd.isna(unknown["killed_originators"])


WOUNDED = {"by": "sohr", "in": "sabah", "wounded": 2}
SOURCES = [
    incident("SYR-20220908-0001", claims=[claim_of(jointly_with=["snhr"]), claim_of("civil-defence", wounded=2)]),
    incident("SYR-20220908-0002", claims=[claim_of("daily-sabah", sourcing="unstated")]),
    incident("SYR-20220908-0003", claims=[claim_of(), claim_of("daily-sabah", sourcing="unstated")]),
    incident("SYR-20220908-0004", claims=[claim_of("ucdp", based_on=["sohr", "snhr"]), WOUNDED]),
    incident("SYR-20220908-0005", claims=[claim_of(withdrawn={"date": "2022-09-09", "reason": "wrong"})]),
    incident("SYR-20220908-0006", claims=[claim_of(killed=4, id="a"), claim_of(killed=9, id="b", supersedes=["a"])]),
    incident("SYR-20220908-0007"),
]
"""Jointly, from no source, from a source and none, coded by a dataset, withdrawn, corrected, unknown."""


def test_the_number_of_originators_is_found_again_in_the_claims() -> None:
    frames = build(*REGISTRIES, *SOURCES)
    incidents = frames["incidents"].set_index("incident_id")
    assert incidents["originators"].to_list() == [3, 0, 1, 2, 0, 1, 0]
    assert incidents["killed_originators"].fillna(-1).to_list() == [3, 0, 1, 1, -1, 1, -1]
    page = (TOP / "docs/loading.md").read_text("utf-8")
    recipes = re.findall(r"```python\n(.*?)```", page[page.index("### How many rest on one source") :], re.S)
    names: dict[str, Any] = {"pd": pd, "ci": SimpleNamespace(load=frames.__getitem__, explode=explode)}
    exec("".join(recipes), names | {"incidents": frames["incidents"]}, names)
    originator_counts = names["originators"].reindex(incidents.index).fillna(0)
    assert originator_counts.to_list() == incidents["originators"].to_list()


def test_namibia_is_a_country() -> None:
    namibian = organisation("na", name="NA", country="NAM")
    table = contract.tables()["organisations"]
    frames = build(namibian)
    read = csv_frame(csv_bytes(frames["organisations"], table), table)
    assert list(read["name"]) == ["NA"]


@pytest.mark.parametrize("text", ["a\rb", "a\r\nb", "a\nb", 'a"b', "a,b", '"', "NULL", "nan", " a ", "=1+1", "\u2028"])
def test_any_text_survives_a_csv_file(text: str) -> None:
    table = contract.tables()["organisation_names"]
    row: Row = {"organisation_id": "a", "number": 1, "name": text, "language": None, "script": None}
    one = frame(table, [cells(table, row)])
    pd.testing.assert_frame_equal(csv_frame(csv_bytes(one, table), table), one)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"script": ...}, "the column `script` of `actor_names` is in datapackage.json, but no code fills it"),
        ({"odd": 1}, "the column `odd` of `actor_names` is filled, but isn't in datapackage.json"),
    ],
)
def test_a_column_that_only_the_contract_or_only_the_code_has_is_an_error(change: Tree, message: str) -> None:
    row = {"actor_id": "a", "number": 1, "name": "b", "language": None, "script": None, **change}
    with pytest.raises(ContractError, match=re.escape(message)):
        cells(contract.tables()["actor_names"], {key: value for key, value in row.items() if value is not ...})


def test_a_value_that_its_column_does_not_list_is_an_error() -> None:
    row: Row = dict.fromkeys(contract.tables()["actors"].names, "x")
    with pytest.raises(ContractError, match=r"kind: .*not among the values"):
        frame(contract.tables()["actors"], [[*row.values()]])


# What analysts' own frames meet.


def refusal(df: pd.DataFrame, table: str = "incidents") -> str:
    before = df.copy(deep=True)
    with pytest.raises(TableError) as excinfo:
        validate(df, table)
    assert df.equals(before)
    return str(excinfo.value)


COLUMNS = [
    *("incident_id", "status", "country", "record_schema", "kind", "title", "date_from", "date_to", "lat", "lon"),
    *("withdrawn_date", "withdrawn_reason"),
    *(
        f"{count}_{end}"
        for count in ("killed", "killed_civilians", "killed_children", "wounded")
        for end in ("low", "best", "high", "high_open")
    ),
]
"""The columns that the next test changes, and some beside them: all would take four times as long."""


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"killed_low": -1}, "row SYR-20220908-7q4m: killed_low ('-1') is less than 0"),
        ({"killed_civilians_low": 8}, "killed_civilians_low ('8') is more than killed_civilians_best"),
        ({"killed_civilians_best": 8}, "killed_civilians_best ('8') is more than killed_best"),
        ({"killed_children_best": 8}, "killed_children_best ('8') is more than killed_best"),
        ({"killed_low": 8, "killed_civilians_low": pd.NA}, "killed_low ('8') is more than killed_best"),
        ({"wounded_low": 9, "wounded_high": 8}, "wounded_low ('9') is more than wounded_high"),
        ({"wounded_best": 9, "wounded_high": 8}, "wounded_best ('9') is more than wounded_high, which isn't open"),
        ({"date_to": pd.Timestamp("2022-09-07")}, "date_from ('2022-09-08') is after date_to"),
        ({"lat": 91.0}, "lat ('91.0') is more than 90"),
        ({"lon": pd.NA}, "lat ('35.94') is set without lon"),
        ({"incident_id": "SYR-1"}, "row SYR-1: incident_id ('SYR-1') isn't written as it must be"),
        ({"incident_id": pd.NA}, "incident_id is empty, but has to be filled"),
        ({"country": "SYR\n"}, "isn't written as it must be"),
        ({"kind": "raid"}, "kind ('raid') isn't one of its values"),
        ({"title": pd.NA}, "title is empty, though the record is published"),
        ({"status": "withdrawn"}, "status ('withdrawn') is set in a row that has more than incident_id, country"),
        ({"withdrawn_reason": "why"}, "withdrawn_reason ('why') is filled for a withdrawn record, and only for one"),
    ],
)
def test_a_frame_that_breaks_an_invariant_is_refused_with_row_and_column(changes: Tree, message: str) -> None:
    df = story()[COLUMNS].astype({"kind": "string", "status": "string"})
    for column, value in changes.items():
        df.loc[0, column] = value
    assert message in refusal(df)


def test_each_problem_is_listed_once() -> None:
    df = pd.concat([story(), story()])
    df["killed_low"] = -1
    with pytest.raises(TableError) as excinfo:
        validate(df)
    assert excinfo.value.table == "incidents"
    problems = [(problem.column, problem.what) for problem in excinfo.value.problems]
    negative = [one for one in problems if one[0] == "killed_low"]
    assert negative == [("killed_low", "('-1') is less than 0")] * 2
    assert [one for one in problems if one[0] == "incident_id"] == [
        ("incident_id", "('SYR-20220908-7q4m') comes more than once")
    ] * 2


def test_a_frame_of_fewer_and_of_foreign_columns_is_judged_by_those_it_has() -> None:
    df = story()[["incident_id", "status", "country", "record_schema", "killed_best", "killed_civilians_best"]]
    df = df.assign(my_own="anything")
    assert validate(df) is df
    df.loc[0, "killed_civilians_best"] = 9
    assert "killed_civilians_best ('9') is more than killed_best" in refusal(df)
    assert "incident_id is missing" in refusal(df.drop(columns="incident_id"))


@pytest.mark.parametrize(
    ("column", "values", "fits"),
    [
        ("killed_low", pd.Series([7], dtype="int64"), True),
        ("killed_low", pd.Series([None], dtype="object"), True),
        ("killed_low", pd.Series([7.0]), False),
        ("killed_low", pd.Series([1.5]), False),
        ("killed_low", pd.Series([True]), False),
        ("killed_low", pd.Series(["7"]), False),
        ("killed_high_open", pd.Series([False]), True),
        ("killed_high_open", pd.Series([0]), False),
        ("title", pd.Series(["a"], dtype="object"), True),
        ("title", pd.Series(["a"], dtype="category"), True),
        ("title", pd.Series([1]), False),
        ("kind", pd.Series(["airstrike"]), True),
        ("kind", pd.Series([1], dtype="category"), False),
        ("date_from", pd.Series(pd.to_datetime(["2022-09-08"])).astype("datetime64[ns]"), True),
        ("date_from", pd.Series(pd.to_datetime(["2022-09-08"], utc=True)), False),
        ("date_from", pd.Series(["2022-09-08"]), False),
        ("lat", pd.Series([35]), True),
    ],
)
def test_near_types_will_do_but_none_that_could_have_lost_something(
    column: str, values: "pd.Series[Any]", fits: bool
) -> None:
    df = story()[["incident_id", "status", "country", "record_schema"]].assign(**{column: values})
    if fits:
        validate(df)
    else:
        assert f"{column} is of the type" in refusal(df)


def test_the_build_demands_every_column_and_its_very_type() -> None:
    df = story()
    for wrong in (df.drop(columns="note"), df.assign(more=1), df.astype({"killed_low": "int64"}), df[df.columns[::-1]]):
        with pytest.raises(TableError):
            validate(wrong, complete=True)


def test_a_column_that_comes_twice_is_refused() -> None:
    df = story()
    assert "killed_low comes twice" in refusal(pd.concat([df, df[["killed_low"]]], axis=1))


def test_an_unknown_table_is_named_with_the_known_ones() -> None:
    with pytest.raises(KeyError, match="no table 'incident'; there are incidents, sites"):
        validate(story(), "incident")


def test_an_empty_frame_is_a_table_without_rows() -> None:
    validate(story().iloc[:0], complete=True)


@pytest.mark.parametrize(
    ("table", "changes", "message"),
    [
        ("claims", {"min": 9, "max": 8}, "min ('9') is more than max"),
        ("claims", {"bound": "no_information"}, "min ('7') is filled, though the bound is at_most or no_information"),
        ("claims", {"bound": "exact", "word": "dozens"}, "word ('dozens') is filled, though the bound is exact"),
        ("claims", {"withdrawn_date": pd.Timestamp("2022-09-09")}, "is set without withdrawn_reason"),
        ("estimates", {"agreement": "conflicting"}, "common_min ('7') is filled, though the originators conflict"),
        ("estimates", {"basis": pd.NA}, "basis is filled where there is a best value, and only there"),
        ("estimates", {"high": 6}, "best ('7') is more than high, which isn't open"),
        ("places", {"lat": pd.NA}, "lat is set without lon"),
    ],
)
def test_the_other_tables_have_their_invariants(table: str, changes: Tree, message: str) -> None:
    df = build(*STORY)[table].astype(
        {name: "string" for name in changes if name in ("bound", "word", "agreement", "basis")}
    )
    for column, value in changes.items():
        df.loc[0, column] = value
    assert message in refusal(df, table)


def test_a_group_larger_than_the_total_of_its_claim_is_refused() -> None:
    df = build(*STORY)["claims"]
    df.loc[df["bound"].eq("at_least") & df["originator_id"].eq("sohr"), "min"] = 8
    message = refusal(df, "claims")
    assert "row SYR-20220908-7q4m sohr.sabah killed civilians: min ('8') is more than the max of the total" in message


def test_every_invariant_names_columns_of_its_table() -> None:
    for table, invariants in INVARIANTS.items():
        for one in invariants:
            assert set(one.columns) <= set(contract.tables()[table].names), one


def test_a_reference_to_what_is_not_there_is_found() -> None:
    frames = build(*[tree for tree in STORY if tree["id"] != "sohr"])
    (problem, *_) = tables.dangling(frames)["claims"]
    assert str(problem).endswith("originator_id refers to sohr, which isn't in organisations")
    frames = build(*STORY, actor("b", parent="air-force"))
    assert tables.dangling(frames) == {}


def test_the_package_gives_load_all_at_its_top() -> None:
    assert callable(load_all)


def test_an_analysts_own_selection_of_columns_is_checked_as_far_as_it_goes() -> None:
    selection = build(*REGISTRIES, incident())["incidents"][
        ["incident_id", "killed_low", "killed_high", "killed_high_open"]
    ]
    assert validate(selection, "incidents") is selection
    wrong = selection.assign(killed_low=pd.array([9] * len(selection), dtype="Int32"), killed_high_open=False)
    wrong["killed_high"] = pd.array([7] * len(selection), dtype="Int32")
    with pytest.raises(TableError, match="killed_low"):
        validate(wrong, "incidents")


def test_a_published_duplicate_of_a_published_incident_is_found_as_the_rules_find_it() -> None:
    twice = incident("SYR-20220909-bbbb", links=[{"kind": "duplicate_of", "incident": "SYR-20220908-7q4m"}])
    (problem,) = tables.duplicates_counted_twice(build(*REGISTRIES, incident(), twice))
    assert str(problem) == "row SYR-20220909-bbbb 1: kind is duplicate_of, though both incidents are published"
    withdrawn_incident = withdrawn(
        "SYR-20220909-bbbb", links=[{"kind": "duplicate_of", "incident": "SYR-20220908-7q4m"}]
    )
    assert tables.duplicates_counted_twice(build(*REGISTRIES, incident(), withdrawn_incident)) == []


@pytest.mark.parametrize(("rule", "reviewer"), [("PRV002", None), ("PRV002", "Data  desk"), ("CNT015", "a reviewer")])
def test_a_waiver_on_privacy_has_a_second_name_and_no_other_has_one(rule: str, reviewer: str | None) -> None:
    entry = {"rule": "PRV002", "record": "war", "reason": "x", "date": "2022-10-01", "by": "data desk"}
    signed_waivers = {"schema": "waivers/1", "waivers": [], "privacy": [entry | {"reviewer": "a reviewer"}]}
    df = build(signed_waivers)["waivers"]
    validate(df, "waivers", complete=True)
    df["rule"] = rule
    df.loc[:, "reviewer"] = reviewer or pd.NA
    assert "reviewer" in refusal(df, "waivers")
