"""Changes of the table contract, and the step of the version that each demands by the Data Package recipe."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from conflict_incidents.core.versions import Bump
from conflict_incidents.release.compare.contract import ContractChange, contract_changes
from conflict_incidents.tables import contract

Edit = Callable[[dict[str, Any]], object]


def changed(edit: Edit) -> list[ContractChange]:
    """The changes from the package's descriptor to one that was edited."""
    after = copy.deepcopy(contract.package())
    edit(after)
    return contract_changes(contract.package(), after)


def resource(descriptor: dict[str, Any], name: str) -> Any:
    return next(one for one in descriptor["resources"] if one["name"] == name)


def column(descriptor: dict[str, Any], table: str, name: str) -> Any:
    return next(one for one in resource(descriptor, table)["schema"]["fields"] if one["name"] == name)


def constraints(descriptor: dict[str, Any], table: str, name: str) -> Any:
    return column(descriptor, table, name).setdefault("constraints", {})


def more_columns(descriptor: dict[str, Any]) -> None:
    resource(descriptor, "links")["schema"]["fields"].append({"name": "more", "type": "string"})


def fewer_columns(descriptor: dict[str, Any]) -> None:
    resource(descriptor, "links")["schema"]["fields"].pop()


def turned_columns(descriptor: dict[str, Any]) -> None:
    resource(descriptor, "links")["schema"]["fields"].reverse()


def renamed_table(descriptor: dict[str, Any]) -> None:
    resource(descriptor, "links")["name"] = "relations"


def one_value_more(descriptor: dict[str, Any]) -> None:
    constraints(descriptor, "incidents", "status")["enum"].append("disputed")


def one_value_less(descriptor: dict[str, Any]) -> None:
    constraints(descriptor, "incidents", "status")["enum"].remove("withdrawn")


def value_order(table: str, name: str) -> Edit:
    return lambda descriptor: constraints(descriptor, table, name)["enum"].reverse()


def ordinal_column(descriptor: dict[str, Any]) -> tuple[str, str]:
    """A column of which the order of the values means something."""
    return next(
        (one["name"], field["name"])
        for one in descriptor["resources"]
        for field in one["schema"]["fields"]
        if field.get("categoriesOrdered")
    )


LINKS = [field["name"] for field in resource(contract.package(), "links")["schema"]["fields"]]
STATUS = "incidents", "status"
LAT = "places", "lat"


@pytest.mark.parametrize(
    ("edit", "changes"),
    [
        (more_columns, [("links", "more", "column", "", "more", Bump.MAJOR)]),
        (fewer_columns, [("links", "note", "column", "note", "", Bump.MAJOR)]),
        (turned_columns, [("links", "", "order", ", ".join(LINKS), ", ".join(reversed(LINKS)), Bump.MAJOR)]),
        (
            renamed_table,
            [
                ("relations", "", "table", "", "relations", Bump.MINOR),
                ("links", "", "table", "links", "", Bump.MAJOR),
            ],
        ),
        (one_value_more, [(*STATUS, "value", "", "disputed", Bump.MINOR)]),
        (one_value_less, [(*STATUS, "value", "withdrawn", "", Bump.MAJOR)]),
        (
            value_order(*STATUS),
            [(*STATUS, "order of values", '["published", "withdrawn"]', '["withdrawn", "published"]', Bump.PATCH)],
        ),
        (
            lambda d: constraints(d, *STATUS).pop("enum"),
            [(*STATUS, "values", '["published", "withdrawn"]', "", Bump.MINOR)],
        ),
        (
            lambda d: constraints(d, "links", "note").update(enum=["a"]),
            [("links", "note", "values", "", '["a"]', Bump.MAJOR)],
        ),
        (
            lambda d: column(d, "sites", "number").update(type="number"),
            [("sites", "number", "type", "integer", "number", Bump.MAJOR)],
        ),
        (lambda d: constraints(d, *LAT).update(maximum=80), [(*LAT, "maximum", "90", "80", Bump.MAJOR)]),
        (lambda d: constraints(d, *LAT).update(minimum=-91), [(*LAT, "minimum", "-90", "-91", Bump.MINOR)]),
        (lambda d: constraints(d, *LAT).update(minimum="low"), [(*LAT, "minimum", "-90", "low", Bump.MAJOR)]),
        (lambda d: constraints(d, *LAT).pop("minimum"), [(*LAT, "minimum", "-90", "", Bump.MINOR)]),
        (lambda d: constraints(d, *LAT).update(required=True), [(*LAT, "required", "", "true", Bump.MAJOR)]),
        (
            lambda d: constraints(d, "places", "place_id").update(unique=False),
            [("places", "place_id", "unique", "true", "false", Bump.MINOR)],
        ),
        (lambda d: constraints(d, *LAT).update(pattern="x"), [(*LAT, "pattern", "", "x", Bump.MAJOR)]),
        (
            lambda d: resource(d, "links")["schema"].update(primaryKey=["incident_id"]),
            [("links", "", "key", "incident_id, number", "incident_id", Bump.MAJOR)],
        ),
        (
            lambda d: resource(d, "incidents")["schema"].pop("foreignKeys"),
            [
                ("incidents", "", "reference of collection", "collections: collection_id", "", Bump.MINOR),
                ("incidents", "", "reference of place_id", "places: place_id", "", Bump.MINOR),
            ],
        ),
        (
            lambda d: resource(d, "incidents")["schema"]["foreignKeys"][1]["reference"].update(resource="sites"),
            [("incidents", "", "reference of place_id", "places: place_id", "sites: place_id", Bump.MINOR)],
        ),
        (
            lambda d: resource(d, "places")["schema"].update(
                foreignKeys=[{"fields": ["name"], "reference": {"resource": "links", "fields": ["note"]}}]
            ),
            [("places", "", "reference of name", "", "links: note", Bump.MAJOR)],
        ),
        (
            lambda d: resource(d, "links")["schema"].update(missingValues=["-"]),
            [("links", "", "missingValues", '[""]', '["-"]', Bump.MAJOR)],
        ),
        (lambda d: column(d, *LAT).update(format="x"), [(*LAT, "format", "", "x", Bump.MAJOR)]),
        (lambda d: column(d, *LAT).update(title="Latitude"), [(*LAT, "title", "", "Latitude", Bump.PATCH)]),
        (
            lambda d: resource(d, "links").update(encoding="utf-16"),
            [("links", "", "encoding", "utf-8", "utf-16", Bump.MAJOR)],
        ),
        (
            lambda d: resource(d, "links").update(title="Relations"),
            [("links", "", "title", "Links", "Relations", Bump.PATCH)],
        ),
        (lambda d: d.update(title="Mine"), [("", "", "title", "Conflict incidents", "Mine", Bump.PATCH)]),
        (lambda d: d.update(name="mine"), [("", "", "name", "conflict-incidents", "mine", Bump.MAJOR)]),
        (lambda d: d.update(version="9.0.0", created="2030-01-01T00:00:00Z"), []),
        (lambda d: resource(d, "links").update(path="links.csv", bytes=1, hash="sha256:0"), []),
        (lambda d: d["resources"].reverse(), []),
    ],
)
def test_each_change_of_the_contract_is_found_with_its_step(edit: Edit, changes: list[tuple[Any, ...]]) -> None:
    assert changed(edit) == [ContractChange(*one) for one in changes]


def test_the_order_of_values_breaks_where_it_means_something() -> None:
    (change,) = changed(value_order(*ordinal_column(contract.package())))
    assert (change.aspect, change.bump) == ("order of values", Bump.MAJOR)
