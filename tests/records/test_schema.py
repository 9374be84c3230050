"""The schemas as files: frozen, described throughout, usable by an editor, and each known to the package."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from conflict_incidents.records import schema
from conflict_incidents.records.model import FOLDERS, KINDS
from conflict_incidents.validation.rules import RULES

TOP = Path(__file__).parents[2]
FILES = sorted((TOP / "schemas").glob("*.json"))


def parts(node: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(node, dict):
        yield path, node
        for key, child in node.items():
            yield from parts(child, f"{path}/{key}")
    elif isinstance(node, list):
        for number, child in enumerate(node):
            yield from parts(child, f"{path}/{number}")


def test_a_changed_schema_needs_its_hash_written_anew() -> None:
    lines = (TOP / "schemas/SHA256SUMS").read_text("utf-8").splitlines()
    hashes = {name: digest for digest, name in (line.split() for line in lines)}
    current_hashes = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in FILES}
    assert current_hashes == hashes, "a released schema is frozen; until 1.0.0 see schemas/README.md"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_property_is_described(file: Path) -> None:
    bare = [
        f"{path}/{name}"
        for path, node in parts(json.loads(file.read_text("utf-8")))
        if isinstance(node.get("properties"), dict)
        for name, property_ in node["properties"].items()
        if not property_.get("description", "").strip()
    ]
    assert bare == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_schema_is_valid_and_refers_to_nothing_outside_itself(file: Path) -> None:
    document = json.loads(file.read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(document)
    references = [node["$ref"] for _, node in parts(document) if isinstance(node.get("$ref"), str)]
    assert all(reference.startswith("#/$defs/") for reference in references)
    assert {reference.removeprefix("#/$defs/") for reference in references} == set(document["$defs"])


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_object_refuses_unknown_keys(file: Path) -> None:
    open_objects = [
        path
        for path, node in parts(json.loads(file.read_text("utf-8")))
        if isinstance(node.get("properties"), dict) and node.get("additionalProperties") is not False
    ]
    assert open_objects == []


def test_every_rule_that_a_schema_names_is_a_rule_on_violations() -> None:
    rule_ids = {
        id
        for file in FILES
        for _, node in parts(json.loads(file.read_text("utf-8")))
        for owner in ([node["x-rule"]] if isinstance(node.get("x-rule"), str) else _ids(node.get("x-rule")))
        for id in [owner]
    }
    assert {id for id in rule_ids if schema.Violation not in RULES[id].on} == set()


def _ids(node: Any) -> list[str]:
    result: list[str] = []
    for ids in (node or {}).values():
        result += ids if isinstance(ids, list) else [ids]
    return result


def test_each_kind_of_record_has_a_schema_a_type_and_a_folder() -> None:
    assert set(schema.schema_versions()) == set(KINDS) == {*FOLDERS, "waivers", "change", "assertions", "rules"}


def test_each_record_names_its_schema_for_editors() -> None:
    for folder in FOLDERS.values():
        for file in (TOP / "data" / folder).rglob("*.yaml"):
            first = file.read_text("utf-8").partition("\n")[0]
            reference = first.removeprefix("# yaml-language-server: $schema=")
            assert (file.parent / reference).resolve() in FILES, file
