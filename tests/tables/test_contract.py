"""The table contract in datapackage.json: agreeing with the schemas, and the source of every type."""

import copy
import io
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest

import whole_tables
from conflict_incidents.core.findings import Shown
from conflict_incidents.estimates.estimate import METHOD, Agreement, Basis, LowFrom
from conflict_incidents.records.counts import GROUPS, LEXICON, MEASURES, SEVERITIES, Bound, groups_of
from conflict_incidents.tables import contract
from conflict_incidents.tables.claims import NO_INFORMATION
from conflict_incidents.tables.contract import CURRENT, RELEASES, ContractError, Field
from conflict_incidents.tables.dtypes import array, arrow_schema, dtype, misfit
from conflict_incidents.tables.files import TableFileError
from conflict_incidents.tables.filling import cells
from conflict_incidents.tables.incidents import DETAILED_COLUMNS, SERIES, SPAN
from conflict_incidents.tables.parts import text_differences
from conflict_incidents.tables.values import pandera_schema
from samples import EVERYTHING, TOP, record
from whole_tables import csv_bytes, csv_frame, frame, parquet_bytes, read_parquet

TABLES = contract.tables()
Tree = dict[str, Any]


def schema(kind: str) -> Tree:
    document: Tree = json.loads((TOP / "schemas" / f"{kind}-1.json").read_text("utf-8"))
    return document


def at(kind: str, path: str) -> Any:
    """The part of a schema at a path of properties, lists and references passed through."""
    whole = schema(kind)
    node: Any = whole
    for step in path.split("/"):
        node = node.get("items", node)["properties"][step]
        if "$ref" in node:
            node = {**whole["$defs"][node["$ref"].rpartition("/")[2]], **{k: v for k, v in node.items() if k != "$ref"}}
    return node


def values_of(table: str, name: str) -> list[str]:
    return list(TABLES[table].field(name).enum)


@pytest.mark.parametrize(
    ("table", "name", "kind", "path"),
    [
        ("incidents", "kind", "incident", "kind"),
        ("incidents", "clarity", "incident", "clarity"),
        ("incidents", "verification", "incident", "verification"),
        ("incidents", "weekday", "incident", "weekday"),
        ("incidents", "place_precision", "incident", "sites/precision"),
        ("incidents", "coordinates", "place", "coordinates"),
        ("sites", "kind", "incident", "sites/kind"),
        ("sites", "precision", "incident", "sites/precision"),
        ("sites", "damage", "incident", "sites/damage/level"),
        ("attributions", "stance", "incident", "attributions/stance"),
        ("parties", "side", "incident", "parties/side"),
        ("weapons", "kind", "incident", "weapons/kind"),
        ("conditions", "kind", "incident", "conditions/kind"),
        ("caveats", "kind", "incident", "caveats/kind"),
        ("caveats", "about", "incident", "caveats/about"),
        ("overrides", "measure", "incident", "overrides/measure"),
        ("overrides", "group", "incident", "overrides/group"),
        ("claims", "revision", "incident", "claims/revision"),
        ("claims", "word", "incident", "claims/strikes/word"),
        ("claims", "word", "aggregate", "claims/killed/word"),
        ("links", "kind", "incident", "links/kind"),
        ("places", "level", "place", "level"),
        ("places", "coordinates", "place", "coordinates"),
        ("place_context", "kind", "place", "context/kind"),
        ("place_context", "extent", "place", "context/extent"),
        ("actors", "kind", "actor", "kind"),
        ("organisations", "kind", "organisation", "kind"),
    ],
)
def test_the_lists_of_values_are_those_of_the_schemas(table: str, name: str, kind: str, path: str) -> None:
    assert values_of(table, name) == at(kind, path)["enum"]


def test_the_lists_that_differ_from_the_schemas_differ_as_meant() -> None:
    assert values_of("incidents", "status") == [one for one in at("incident", "status")["enum"] if one != "draft"]
    assert values_of("aggregates", "status") == values_of("incidents", "status")
    precisions = set(at("incident", "date/precision")["enum"])
    assert set(values_of("incidents", "date_precision")) == precisions | {SPAN}
    assert TABLES["incidents"].field("date_precision").ordered


def test_the_lists_of_values_are_those_of_the_code() -> None:
    assert values_of("estimate_claims", "claim_group") == values_of("claims", "group")
    for table in ("claims", "estimates", "overrides", "aggregate_claims"):
        assert values_of(table, "measure") == list(MEASURES)
        assert set(values_of(table, "group")) == set(GROUPS)
    for name in ("bound", "word", "revision"):
        assert values_of("aggregate_claims", name) == values_of("claims", name)
    assert values_of("claims", "word") == list(LEXICON)
    assert values_of("claims", "bound") == [*Bound, NO_INFORMATION]
    assert values_of("estimates", "agreement") == list(Agreement)
    assert values_of("estimates", "basis") == list(Basis)
    assert values_of("estimates", "low_from") == list(LowFrom)
    for prefix in DETAILED_COLUMNS:
        assert values_of("incidents", f"{prefix}_basis") == list(Basis)
        assert values_of("incidents", f"{prefix}_low_from") == list(LowFrom)
    assert {tuple(values_of("incidents", f"{prefix}_agreement")) for prefix in SERIES} == {tuple(Agreement)}
    assert METHOD == "envelope/1"


def test_the_lexicon_of_the_code_is_the_one_that_is_described() -> None:
    description = TABLES["claims"].field("word").description
    for word, least in LEXICON.items():
        assert re.search(rf"`{word}`(?: and `\w+`)? {least}\b", description), word


@pytest.mark.parametrize("measure", MEASURES)
def test_the_schema_takes_severities_for_the_wounded_alone(measure: str) -> None:
    schema_at = at("incident", f"claims/{measure}")
    excluded = schema_at.get("propertyNames", {}).get("not", {}).get("enum", [])
    assert set(groups_of(measure)) & set(SEVERITIES) == (set(SEVERITIES) if measure == "wounded" else set())
    assert excluded == (list(SEVERITIES) if "total" in schema_at["properties"] and measure != "wounded" else [])


def test_every_column_with_a_list_of_values_is_compared_with_its_source() -> None:
    """A new list has to be entered in one of the tests above."""
    columns = {
        *(
            "kind",
            "type_of_violence",
            "clarity",
            "verification",
            "weekday",
            "place_precision",
            "coordinates",
            "precision",
            "damage",
        ),
        *(
            "stance",
            "side",
            "about",
            "measure",
            "group",
            "claim_group",
            "level",
            "extent",
            "status",
            "date_precision",
            "bound",
            "word",
            "revision",
        ),
        *("agreement", "basis", "low_from", *(f"{prefix}_agreement" for prefix in SERIES)),
        *(f"{prefix}_{name}" for prefix in DETAILED_COLUMNS for name in ("basis", "low_from")),
    }
    only_here = {"sourcing", "position", "says", "scope_kind", "unit"}
    listed_columns = {field.name for table in TABLES.values() for field in table.fields if field.enum}
    assert listed_columns == columns | only_here


@pytest.mark.parametrize(
    ("table", "name", "kind", "path"),
    [
        ("incidents", "incident_id", "incident", "id"),
        ("incidents", "time", "incident", "time"),
        ("incidents", "timezone", "incident", "timezone"),
        ("reports", "sha256", "incident", "reports/sha256"),
        ("reports", "language", "incident", "reports/language"),
        ("claims", "originator_id", "incident", "claims/by"),
        ("places", "adm1_pcode", "place", "admin/adm1"),
        ("places", "timezone", "place", "timezone"),
        ("place_names", "script", "place", "names/script"),
        ("place_context", "since", "place", "context/from"),
        ("organisations", "country", "organisation", "country"),
    ],
)
def test_the_patterns_are_those_of_the_schemas(table: str, name: str, kind: str, path: str) -> None:
    assert TABLES[table].field(name).pattern == at(kind, path)["pattern"]


def test_frictionless_finds_the_descriptor_itself_without_fault() -> None:
    from frictionless import Package, system

    with system.use_context(trusted=False):
        package = Package(copy.deepcopy(contract.package()))
    assert package.resource_names == list(TABLES)
    assert list(Package.metadata_validate(copy.deepcopy(contract.package()))) == []


def test_every_table_has_description_and_key_and_is_in_the_current_release() -> None:
    for resource in contract.package()["resources"]:
        name = resource["name"]
        assert resource["path"] == f"{RELEASES}/{CURRENT}/{name}.csv"
        assert (resource["format"], resource["mediatype"], resource["encoding"]) == ("csv", "text/csv", "utf-8")
        assert resource["schema"]["missingValues"] == [""]
        assert "fieldsMatch" not in resource["schema"]
        assert resource["title"]
        assert resource["description"].endswith(".")
        table = TABLES[name]
        assert all(field.description.endswith(".") for field in table.fields)
        assert all(table.field(key).required for key in table.key)


def test_every_foreign_key_is_to_the_primary_key_of_a_table() -> None:
    for table in TABLES.values():
        for key in table.foreign_keys:
            assert set(key.columns) == set(TABLES[key.table].key)
            assert set(key.fields) <= set(table.names)


def test_what_refers_to_another_table_has_a_foreign_key() -> None:
    """Lists in one cell apart, and ids which are only unique in the record that has them."""
    for table in TABLES.values():
        key_columns = {name for key in table.foreign_keys for name in key.fields} | set(table.key)
        references = {name for name in table.names if name.endswith("_id")}
        references -= {"external_id", "conflict_id", "dyad_id", "side_a_id", "side_b_id"}  # ids of other datasets
        assert references <= key_columns, table.name


def test_a_wrong_descriptor_is_refused() -> None:
    for wrong in ({}, {"resources": 1}, {"resources": [1]}, {"resources": [{"name": "a", "schema": {"fields": 3}}]}):
        with pytest.raises(ContractError, match="isn't one of a dataset of incidents"):
            contract.read(wrong)
    field = {"name": "a", "type": "geopoint"}
    with pytest.raises(ContractError, match="the column `a` of `t` has a type that we don't use"):
        contract.read({"resources": [{"name": "t", "schema": {"fields": [field], "primaryKey": ["a"]}}]})
    for resources in ([], [contract.package()["resources"][0]] * 2):
        with pytest.raises(ContractError, match="needs tables, each with a name of its own"):
            contract.read({"resources": resources})


@pytest.mark.parametrize(
    "wrong",
    [
        *(
            {"title": 1},
            {"name": ["a"]},
            {"primaryKey": "a"},
            {"primaryKey": ["b"]},
            {"foreignKeys": [{"fields": [1]}]},
        ),
        *({"fields": [{"name": ["a"], "type": "string"}]}, {"fields": [{"name": "a", "type": "string"}] * 2}),
        *({"fields": [{"name": "a", "type": "string", key: 1}]} for key in ("description", "constraints", "crosswalk")),
        {"fields": [{"name": "a", "type": "string", "constraints": {"enum": ["b", "b"]}}]},
        {"fields": [{"name": "a", "type": "string", "constraints": {"minimum": []}}]},
    ],
)
def test_a_table_of_values_of_other_types_is_refused(wrong: Tree) -> None:
    schema = {"fields": [{"name": "a", "type": "string"}], "primaryKey": ["a"]}
    assert list(contract.read({"resources": [{"name": "t", "schema": schema}]})) == ["t"]
    with pytest.raises(ContractError, match="isn't one of a dataset of incidents"):
        contract.read({"resources": [{"name": "t", "schema": schema | wrong} | wrong]})


@pytest.mark.parametrize("wrong", [{"licenses": {"a": 1}}, {"contributors": [1]}, {"sources": 1}])
def test_metadata_of_other_types_are_refused(wrong: Tree) -> None:
    with pytest.raises(ContractError, match="isn't one of a dataset of incidents"):
        contract.about(contract.package() | wrong)


def test_a_dataset_says_who_and_which_version_it_is() -> None:
    about = contract.about(contract.package())
    assert (about.name, about.version, about.licence) == ("conflict-incidents", "0.1.0", "CC-BY-4.0")
    assert about.citation == (
        "The conflict-incidents contributors (2026): Conflict incidents, version 0.1.0. CC-BY-4.0. With data from: "
        "OCHA common operational datasets: administrative units (names and p-codes); "
        "GeoNames: positions of towns, CC BY 4.0."
    )
    for key in ("name", "version", "created"):
        with pytest.raises(ContractError, match=f"no `{key}`"):
            contract.about({**contract.package(), key: ""})
    with pytest.raises(ContractError, match="`version`"):
        contract.about({**contract.package(), "version": "../1"})


def test_a_descriptor_of_other_tables_has_drifted() -> None:
    own = copy.deepcopy(contract.package()) | {"title": "Other incidents", "version": "3"}
    assert contract.drift(own) == []

    def find_drift(change: Any) -> list[Shown]:
        other = copy.deepcopy(own)
        change(other["resources"])
        return contract.drift(other)

    assert find_drift(lambda all: all.pop(0)) == ["the table `incidents` is missing"]
    assert find_drift(lambda all: all.append({"name": "x"})) == ["the table `x` isn't one of the package's"]
    assert find_drift(lambda all: all.append({"name": "Idris Faroun"})) == [
        "the table (not repeated here) isn't one of the package's"
    ]
    assert find_drift(lambda all: all.reverse()) == ["the tables are out of order or duplicated"]
    described = ["the table `incidents` isn't described as in the package"]
    assert find_drift(lambda all: all[0].update(path="x")) == described
    assert find_drift(lambda all: all[0]["schema"]["fields"].pop()) == described
    assert contract.drift({}) == ["the descriptor has no list of `resources`"]


FRAMES = whole_tables.frames([record(tree) for tree in EVERYTHING])
CHANGES = TABLES["changes"]  # which no records fill, only the comparison of two releases: a row of each kind
FRAMES["changes"] = frame(
    CHANGES,
    [cells(CHANGES, {**dict.fromkeys(CHANGES.names), "kind": kind}) for kind in CHANGES.field("kind").enum or ()],
)


@pytest.mark.parametrize("name", TABLES)
def test_a_bare_read_of_parquet_gives_the_types_of_the_contract(name: str) -> None:
    table = TABLES[name]
    read = pd.read_parquet(io.BytesIO(parquet_bytes(FRAMES[name], table)))
    assert len(read)  # Parquet keeps no levels of a column without values
    pd.testing.assert_frame_equal(read, FRAMES[name])
    for field in table.fields:
        assert read[field.name].dtype == dtype(field)


@pytest.mark.parametrize("name", TABLES)
def test_a_table_without_rows_keeps_its_types(name: str) -> None:
    table, empty = TABLES[name], FRAMES[name].iloc[:0]
    pd.testing.assert_frame_equal(read_parquet(parquet_bytes(empty, table), table), empty)
    pd.testing.assert_frame_equal(csv_frame(csv_bytes(empty, table), table), empty)


def test_the_types_are_nullable_and_categories_have_all_levels_in_order() -> None:
    of: dict[str, Any] = {field.name: dtype(field) for field in TABLES["incidents"].fields}
    assert [str(of[name]) for name in ("killed_low", "killed_high_open", "lat", "title", "date_from")] == [
        *("Int32", "boolean", "Float64", "string", "datetime64[us]")
    ]
    precision = of["date_precision"]
    assert list(precision.categories) == ["day", "span", "days", "week", "month", "year"]
    assert precision.ordered
    assert not of["kind"].ordered


def test_no_version_of_a_library_is_in_the_metadata_that_we_write() -> None:
    table = TABLES["incidents"]
    file = pq.ParquetFile(io.BytesIO(parquet_bytes(FRAMES["incidents"], table)))
    metadata = file.schema_arrow.metadata[b"pandas"].decode()
    assert pd.__version__ not in metadata
    assert "version" not in json.loads(metadata)
    assert file.schema_arrow.equals(arrow_schema(table))


def test_the_pandera_schema_is_generated_and_never_coerces() -> None:
    frame_schema = pandera_schema(TABLES["incidents"])
    assert list(frame_schema.columns) == TABLES["incidents"].names
    assert not frame_schema.coerce
    assert not any(one.coerce for one in frame_schema.columns.values())
    assert not frame_schema.columns["incident_id"].nullable
    assert frame_schema.columns["killed_low"].nullable


def test_a_value_outside_of_its_list_is_never_made_empty() -> None:
    field = Field("kind", "string", "", enum=("a", "b"))
    with pytest.raises(ContractError, match="kind: \\['c'\\] not among the values"):
        array(field, ["a", "c"])
    assert misfit(pd.Series(["c"], dtype="category"), field) is None
    assert "category with the levels ['a', 'b']" in str(misfit(pd.Series(["c"], dtype="category"), field, exact=True))


def test_a_file_of_other_columns_is_refused(tmp_path: Path) -> None:
    table = TABLES["actors"]
    data, file = csv_bytes(FRAMES["actors"], table), tmp_path / "actors.csv"
    for other, why in (
        (data.replace(b"actor_id", b"actorid", 1), "the column actor_id is missing"),
        (data.replace(b"actor_id", b"odd,actor_id", 1), "not a table in CSV: .*columns, got 12"),
        (data.split(b"\n")[0] + b"\nx,y\n", "not a table in CSV: .*columns, got 2: x,y"),
        (b"\xff", "not a table in CSV"),
        (b"", "not a table in CSV"),
    ):
        file.write_bytes(other)
        with pytest.raises(TableFileError, match=why):
            list(text_differences([], file, table))
    with pytest.raises(TableFileError, match="not a Parquet file"):
        read_parquet(b"PAR1", table)
    with pytest.raises(TableFileError, match="is missing"):
        read_parquet(parquet_bytes(FRAMES["links"], TABLES["links"]), table)
    longer = replace(table, fields=tuple(replace(one, enum=one.enum and (*one.enum, "odd")) for one in table.fields))
    with pytest.raises(TableFileError, match="the column kind has other values than its list"):
        read_parquet(parquet_bytes(FRAMES["actors"], table), longer)


def test_the_package_ships_the_descriptor_of_the_repository() -> None:
    assert contract.package() == json.loads(Path(TOP / "datapackage.json").read_text("utf-8"))
