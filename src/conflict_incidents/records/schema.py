"""Validate a tree against the schema that it names: return the violations, and the valid part of the tree for the
rules.

The schemas name the rule of each violation (`x-rule`): a negative count is CNT001, an invalid date DAT001. This module
only finds and locates violations; `conflict_incidents.validation.rules` writes the messages. Invalid parts are removed,
so that one wrong value hides no other.

Prevents: undefined keys and values being ignored, and a check that stops at the first error.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any

import jsonschema_rs

from conflict_incidents.core.findings import Mark, Shown, show
from conflict_incidents.core.resources import resource
from conflict_incidents.core.rule import MAX_FINDINGS_PER_RULE
from conflict_incidents.records.vocabulary import key_before, meant_key
from conflict_incidents.records.yaml.nodes import (
    ALIAS,
    NO_VALUE,
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
    in_words,
    node_at,
    plain,
    scalars,
)

_OWNERS = {"additionalProperties": "REC004", "enum": "REC006", "const": "REC006"}
ONE_LINE = "^[^\\n]*$"
"""The pattern of a text of one line."""
DEGREES = frozenset({"lat", "lon"})
"""Keys of coordinates, which messages round to whole degrees."""
_FRACTION = re.compile(r"([.,\u066b])\w+")
NAMES_OF_THINGS = frozenset({"id", "record", "url", "archive_url"})
"""Keys of unformatted text that only names a thing."""
NOTHING = Shown("")
_SHAPE = "REC013"
_AMBIGUOUS = "REC014"


@dataclass(frozen=True, slots=True)
class Violation:
    """A violation of a schema.

    `rules` are the ids that own it; `name` is the path of the value in words (`claims 2, killed`), `keyword` the
    violated keyword of JSON Schema, `value` the node, `options` what would be allowed there.
    """

    rules: tuple[str, ...]
    keyword: str
    at: Mark
    name: Shown
    value: Node
    options: tuple[str, ...] = ()
    expectation: Shown = NOTHING

    @property
    def shown_value(self) -> Shown:
        """The value as `Shown`."""
        if isinstance(self.value, MappingNode):
            return Shown("a mapping")
        if isinstance(self.value, SequenceNode):
            return Shown("a list")
        text = str(self.value.value) if isinstance(self.value.value, str) else str(self.value.value).lower()
        if self.key in DEGREES:
            return show(_FRACTION.sub(r"\1…", text), self.key)
        return show(text, self.key)

    @property
    def text(self) -> str:
        """The value as text; empty for a mapping or a list."""
        return str(self.value.value) if isinstance(self.value, ScalarNode) else ""

    @property
    def key(self) -> str:
        """The key of the value, or of the list that contains it."""
        return self.name.rsplit(", ", 1)[-1].split(" ")[0]

    @property
    def empty(self) -> bool:
        """Whether the value is empty, or other parsers read it as empty."""
        return isinstance(self.value, ScalarNode) and self.value.odd == NO_VALUE


@cache
def schema_versions() -> dict[str, list[int]]:
    """Return the kinds of records with the versions of their schemas: `{"incident": [1]}`."""
    versions: dict[str, list[int]] = {}
    for file in sorted(resource("schemas").glob("*-*.json")):
        kind, _, version = file.stem.rpartition("-")
        versions.setdefault(kind, []).append(int(version))
    return versions


def schema_named_by(root: MappingNode) -> str | None:
    """Return the known schema that a record names, such as `incident/1`; None otherwise."""
    node = root.items.get("schema")
    name = node.value if isinstance(node, ScalarNode) else None
    return name if isinstance(name, str) and name in names() else None


@cache
def names() -> tuple[str, ...]:
    """Return the names of all schemas, such as `incident/1`."""
    return tuple(f"{kind}/{number}" for kind, numbers in schema_versions().items() for number in numbers)


def check(root: MappingNode, name: str) -> tuple[MappingNode | None, list[Violation]]:
    """Return the valid part of a tree, and every violation of the schema `name` (`incident/1`).

    Of more than `MAX_FINDINGS_PER_RULE` violations, only the first are returned, and no valid part.
    """
    if root.values is not None and _validator(name).is_valid(root.values):
        return root, []
    schema = document(name)
    understood = (pair for error in _errors(root, name) for pair in _understand(root, error, schema))
    pairs = list(islice(understood, MAX_FINDINGS_PER_RULE + 1))
    violations = _once([violation for violation, _ in pairs])
    defined = _without(root, {id(culprit) for found, culprit in pairs if found.keyword == "additionalProperties"})
    culprits = {id(culprit) for _, culprit in pairs}
    fractions = (slip for slip in _whole_number_slips(defined, name) if id(slip.value) not in culprits)
    slips = list(islice(fractions, MAX_FINDINGS_PER_RULE + 1))
    culprits |= {id(slip.value) for slip in slips}
    odd = list(islice(_ambiguous(defined, culprits), MAX_FINDINGS_PER_RULE + 1))
    if len(pairs) + len(slips) + len(odd) > MAX_FINDINGS_PER_RULE:
        return None, [*violations, *slips, *odd][:MAX_FINDINGS_PER_RULE]
    pairs += [(slip, slip.value) for slip in slips]
    while removed := {id(culprit) for _, culprit in pairs} - {id(root)}:
        # Consequences of a removal, such as a missing key or an empty list, are removed too, but not reported.
        root = _without(root, removed)
        pairs = [pair for error in _errors(root, name) for pair in _understand(root, error, schema)]
    return root, [*violations, *slips, *odd]


def _once(violations: list[Violation]) -> list[Violation]:
    """Drop violations that only follow from another one: of a misspelt key, or of a refused alias."""
    unknown: dict[str, list[str]] = {}
    for violation in violations:
        if violation.keyword == "additionalProperties":
            parent, _, key = violation.name.rpartition(", ")
            unknown.setdefault(parent, []).append(key)
    return [violation for violation in violations if not _follows(violation, unknown.get(violation.name, []))]


def _follows(violation: Violation, unknown: list[str]) -> bool:
    if isinstance(violation.value, ScalarNode):
        return violation.value.odd == ALIAS
    if violation.keyword in {"required", "dependentRequired"} and unknown:
        from difflib import get_close_matches

        is_slip = violation.expectation in {meant_key(key_before(key)) for key in unknown}
        nothing = isinstance(violation.value, MappingNode) and violation.value.items.keys() == set(unknown)
        return (
            nothing
            or is_slip
            or bool(get_close_matches(violation.expectation, [key.lower() for key in unknown], n=1, cutoff=0.6))
        )
    if violation.keyword == "maxProperties" and isinstance(violation.value, MappingNode):
        return len(set(violation.value.items) - set(unknown)) <= int(violation.expectation)
    return False


@cache
def document(name: str) -> dict[str, Any]:
    """Return the schema `name` (`incident/1`) as parsed JSON."""
    kind, _, version = name.partition("/")
    schema: dict[str, Any] = json.loads((resource("schemas") / f"{kind}-{version}.json").read_text("utf-8"))
    return schema


def subschema_at(name: str, path: Iterable[str | int]) -> dict[str, Any]:
    """Return the subschema of `name` for the value at a path, or for the items of the list there."""
    schema = document(name)
    subschema: dict[str, Any] = schema
    for step in path:
        if isinstance(step, int):
            continue
        subschema = subschema.get("properties", {}).get(step, {})
        while "$ref" in subschema or ("items" in subschema and "properties" not in subschema):
            reference = subschema.get("$ref", "").removeprefix("#/$defs/")
            subschema = schema["$defs"][reference] if reference else subschema["items"]
    return subschema


def cut_short(root: MappingNode, name: str, comments: Iterable[tuple[str, Mark, Mark | None]]) -> list[Violation]:
    """Return violations for unquoted free texts before a comment on the same line, which may be meant as part of the
    text.
    """
    behind = {scalar: at for _, at, scalar in comments if scalar}
    return [
        Violation(("REC014",), "comment", behind[scalar.mark], in_words(path), scalar)
        for path, scalar in (scalars(root) if behind else ())
        if scalar.mark in behind and isinstance(scalar.value, str) and is_free_text(name, path)
    ][:MAX_FINDINGS_PER_RULE]


def is_free_text(name: str, path: Sequence[str | int]) -> bool:
    """Whether the value at a path is free text: a string without a pattern or closed list that is no id or URL."""
    subschema = subschema_at(name, path)
    formed = {"enum", "const"} & subschema.keys() or subschema.get("pattern", ONE_LINE) != ONE_LINE
    return subschema.get("type") == "string" and not formed and path[-1] not in NAMES_OF_THINGS


@cache
def _validator(name: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(document(name))


def _errors(root: MappingNode, name: str) -> list[Any]:
    return list(_validator(name).iter_errors(plain(root)))


def _understand(root: MappingNode, error: Any, schema: dict[str, Any]) -> Iterator[tuple[Violation, Node]]:
    """Translate an error of the validator into violations, each with the node to remove from the valid part."""
    keyword, subschema = _violated_part(error, schema)
    path: list[str | int] = list(error.instance_path)
    node = node_at(root, path)
    if keyword == "additionalProperties" and isinstance(node, MappingNode):
        for key in error.kind.as_dict()["unexpected"]:
            owners = _owners(subschema, keyword)
            where = node.key_mark(key)
            words = in_words([*path, key])
            yield (
                Violation(owners, keyword, where, words, node.items[key], tuple(subschema["properties"])),
                node.items[key],
            )
        return
    options, expected = _allowed_values(keyword, subschema, error.kind.as_dict())
    owners = _owners(subschema, keyword, expected)
    at = root.place(*path)
    if keyword == "dependentRequired" and isinstance(node, MappingNode):
        # point to the key that requires the missing one
        asking = [key for key, required in subschema[keyword].items() if expected in required and key in node.keys]
        at = node.key_mark(asking[0]) if asking else at
    yield Violation(owners, keyword, at, in_words(path), node, options, expected), node


def _violated_part(error: Any, schema: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return the keyword of an error and the part of the schema that contains it."""
    keyword: str = error.kind.name
    steps = list(error.schema_path)
    while steps[-1] not in {keyword, "dependentRequired"}:
        steps.pop()
    keyword = steps.pop()
    subschema: Any = schema
    for step in steps:
        subschema = subschema[step]
    return keyword, subschema


def _allowed_values(keyword: str, subschema: dict[str, Any], details: dict[str, Any]) -> tuple[tuple[str, ...], Shown]:
    """Return the allowed values (closed lists), and the expectation as a phrase or a number."""
    if keyword in {"required", "dependentRequired"}:
        return (), Shown(details["property"])
    if keyword == "enum":
        return tuple(str(option) for option in details["options"]), Shown("")
    if keyword == "const":
        return (json.dumps(subschema["const"]),), Shown("")
    if keyword == "type":
        return (), Shown(" or ".join(TYPES[kind] for kind in details["types"]))
    return (), Shown(str(subschema.get("description" if keyword == "pattern" else keyword, "")))  # the schema's words


@cache
def keys_with(key: str) -> tuple[str, ...]:
    """Return the keys of an incident that contain another one: `claims` for `killed`, `sites` for `place`."""
    incident = document(f"incident/{schema_versions()['incident'][-1]}")
    return tuple(sorted({parent for parent, keys in _keys_with_children(incident) if key in keys}))


def _keys_with_children(schema: Any) -> Iterator[tuple[str, set[str]]]:
    """Yield each key of a schema with nested keys, in a mapping or in the items of a list, and these."""
    for name, subschema in schema.get("properties", {}).items() if isinstance(schema, dict) else ():
        inner = subschema.get("items", subschema)
        yield name, set(inner.get("properties", {}))
        yield from _keys_with_children(inner)


TYPES = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "object": "a mapping",
    "array": "a list",
    "boolean": "`true` or `false`",
}
"""The types of JSON Schema as phrases."""


def _owners(subschema: dict[str, Any], keyword: str, expected: str = "") -> tuple[str, ...]:
    owners = subschema.get("x-rule", {})
    if not isinstance(owners, dict):
        return (owners,)
    ids: str | list[str] = owners.get(f"{keyword}:{expected}") or owners.get(keyword) or _OWNERS.get(keyword, _SHAPE)
    return tuple(ids) if isinstance(ids, list) else (ids,)


def _without(node: MappingNode, removed: set[int]) -> MappingNode:
    def keep(child: Node) -> Node:
        if isinstance(child, MappingNode):
            return _without(child, removed)
        if isinstance(child, SequenceNode):
            return SequenceNode([keep(item) for item in child.items if id(item) not in removed], child.at)
        return child

    return MappingNode(
        {key: keep(child) for key, child in node.items.items() if id(child) not in removed}, node.keys, node.at
    )


@cache
def _decimal_keys(name: str) -> frozenset[str]:
    """Return the keys of decimal numbers; JSON Schema itself accepts `7.0` as an integer."""
    return frozenset(re.findall(r'"(\w+)": \{[^{}]*"type": "number"', json.dumps(document(name))))


def _whole_number_slips(root: MappingNode, name: str) -> Iterator[Violation]:
    for path, scalar in scalars(root):
        if isinstance(scalar.value, float) and path[-1] not in _decimal_keys(name):
            yield Violation(("REC007",), "type", scalar.mark, in_words(path), scalar, expectation="a whole number")


def _ambiguous(root: MappingNode, known_wrong: set[int]) -> Iterator[Violation]:
    for path, scalar in scalars(root):
        if scalar.odd and scalar.odd != ALIAS and id(scalar) not in known_wrong:
            yield Violation((_AMBIGUOUS,), "odd", scalar.mark, in_words(path), scalar, expectation=Shown(scalar.odd))
