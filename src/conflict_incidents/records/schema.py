"""A tree against the schema that it names: what violates it, and the rest of the tree, which the rules can judge.

The schemas say which rule owns a violation (`x-rule`): a negative count is CNT001, a date that isn't one DAT001. Here
violations are only found and located; `conflict_incidents.validation.rules` says what they mean. The invalid parts are
then cut away, so that one wrong value hides no other.

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

from conflict_incidents.core.findings import Mark, Shown, shown
from conflict_incidents.core.resources import resource
from conflict_incidents.core.rule import MOST
from conflict_incidents.records.vocabulary import meant_key
from conflict_incidents.records.yaml.nodes import (
    ALIAS,
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
    in_words,
    node_at,
    scalars,
)

_OWNERS: dict[str, str | list[str]] = {
    "additionalProperties": ["REC004"],
    "enum": "REC006",
    "const": "REC006",
}
ONE_LINE = "^[^\\n]*$"
"""The pattern of a text of one line."""
DEGREES = frozenset({"lat", "lon"})
"""Keys with a position, of which a message gives whole degrees alone."""
_FRACTION = re.compile(r"([.,\u066b])\w+")
NAMES_OF_THINGS = frozenset({"id", "record", "url", "archive_url"})
"""Keys with text of no certain form that names a thing, and says nothing of it."""
NOTHING = Shown("")
_SHAPE = "REC013"
_AMBIGUOUS = "REC014"


@dataclass(frozen=True, slots=True)
class Violation:
    """One way in which a tree departs from its schema.

    `rules` are the ids that own it; `name` is the path of the value in words (`claims 2, killed`), `keyword` the
    violated keyword of JSON Schema, `value` the node, `options` what would be allowed there.
    """

    rules: tuple[str, ...]
    keyword: str
    at: Mark
    name: Shown
    value: Node
    options: tuple[str, ...] = ()
    expected: Shown = NOTHING

    @property
    def seen(self) -> Shown:
        """The value as a message shows it."""
        if isinstance(self.value, MappingNode):
            return Shown("a mapping")
        if isinstance(self.value, SequenceNode):
            return Shown("a list")
        seen = str(self.value.value) if isinstance(self.value.value, str) else str(self.value.value).lower()
        if self.key in DEGREES:
            return shown(_FRACTION.sub(r"\1…", seen))
        return shown(seen, self.key)

    @property
    def key(self) -> str:
        """The key of the value, or of the list that contains it."""
        return self.name.rsplit(", ", 1)[-1].split(" ")[0]

    @property
    def empty(self) -> bool:
        """Whether the value is empty, or some readers take it for empty."""
        return isinstance(self.value, ScalarNode) and self.value.odd == "an empty value"


@cache
def known() -> dict[str, list[int]]:
    """The kinds of records and the versions of their schemas: `{"incident": [1]}`."""
    versions: dict[str, list[int]] = {}
    for file in sorted(resource("schemas").glob("*-*.json")):
        kind, _, version = file.stem.rpartition("-")
        versions.setdefault(kind, []).append(int(version))
    return versions


def named_by(root: MappingNode) -> str | None:
    """The schema that a record names, `incident/1`, where it is one that is known."""
    node = root.items.get("schema")
    name = node.value if isinstance(node, ScalarNode) else None
    return name if isinstance(name, str) and name in names() else None


@cache
def names() -> tuple[str, ...]:
    """The names of all schemas, `incident/1`."""
    return tuple(f"{kind}/{number}" for kind, numbers in known().items() for number in numbers)


def check(root: MappingNode, name: str) -> tuple[MappingNode | None, list[Violation]]:
    """The valid part of a tree, and every violation of the schema `name` (`incident/1`).

    Where there are more than `MOST` violations, the first of them, and no valid part: there is little left to judge.
    """
    if root.values is not None and _validator(name).is_valid(root.values):
        return root, []
    schema = document(name)
    understood = (known for error in _errors(root, name) for known in _understand(root, error, schema))
    found = list(islice(understood, MOST + 1))
    violations = _once([violation for violation, _ in found])
    defined = _without(root, {id(culprit) for said, culprit in found if said.keyword == "additionalProperties"})
    named = {id(culprit) for _, culprit in found}
    fractions = (slip for slip in _whole_number_slips(defined, name) if id(slip.value) not in named)
    slips = list(islice(fractions, MOST + 1))
    named |= {id(slip.value) for slip in slips}
    odd = list(islice(_ambiguous(defined, named), MOST + 1))
    if len(found) + len(slips) + len(odd) > MOST:
        return None, [*violations, *slips, *odd][:MOST]
    found += [(slip, slip.value) for slip in slips]
    while cut := {id(culprit) for _, culprit in found} - {id(root)}:
        # What comes up after a cut, a key now missing or a list now empty, is a consequence: cut as well, not reported.
        root = _without(root, cut)
        found = [known for error in _errors(root, name) for known in _understand(root, error, schema)]
    return root, [*violations, *slips, *odd]


def _once(violations: list[Violation]) -> list[Violation]:
    """Without those that only follow from another one: of a misspelt key, or of an alias that was refused."""
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

        meant = violation.expected in map(meant_key, unknown)
        nothing = isinstance(violation.value, MappingNode) and violation.value.items.keys() == set(unknown)
        return (
            nothing
            or meant
            or bool(get_close_matches(violation.expected, [key.lower() for key in unknown], n=1, cutoff=0.6))
        )
    if violation.keyword == "maxProperties" and isinstance(violation.value, MappingNode):
        return len(set(violation.value.items) - set(unknown)) <= int(violation.expected)
    return False


@cache
def document(name: str) -> dict[str, Any]:
    """The schema `name` (`incident/1`) as parsed JSON."""
    kind, _, version = name.partition("/")
    loaded: dict[str, Any] = json.loads((resource("schemas") / f"{kind}-{version}.json").read_text("utf-8"))
    return loaded


def described(name: str, path: Iterable[str | int]) -> dict[str, Any]:
    """What the schema `name` says of the value at a path, or of the items of a list that is there."""
    whole = document(name)
    found: dict[str, Any] = whole
    for step in path:
        if isinstance(step, int):
            continue
        found = found.get("properties", {}).get(step, {})
        while "$ref" in found or ("items" in found and "properties" not in found):
            reference = found.get("$ref", "").removeprefix("#/$defs/")
            found = whole["$defs"][reference] if reference else found["items"]
    return found


def cut_short(root: MappingNode, name: str, comments: Iterable[tuple[str, Mark, Mark | None]]) -> list[Violation]:
    """The free texts without quotes that end before a comment on their line: what looks like one may belong to them."""
    behind = {scalar: at for _, at, scalar in comments if scalar}
    return [
        Violation(("REC014",), "comment", behind[scalar.mark], in_words(path), scalar)
        for path, scalar in (scalars(root) if behind else ())
        if scalar.mark in behind and isinstance(scalar.value, str) and is_free_text(name, path)
    ][:MOST]


def is_free_text(name: str, path: Sequence[str | int]) -> bool:
    """Whether the value at a path is free text: text of no form and no list that is no id or address."""
    said = described(name, path)
    formed = {"enum", "const"} & said.keys() or said.get("pattern", ONE_LINE) != ONE_LINE
    return said.get("type") == "string" and not formed and path[-1] not in NAMES_OF_THINGS


@cache
def _validator(name: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(document(name))


def _plain(node: Node) -> Any:
    if isinstance(node, MappingNode):
        return {key: _plain(child) for key, child in node.items.items()}
    if isinstance(node, SequenceNode):
        return [_plain(child) for child in node.items]
    return None if node.odd == "an empty value" else node.value


def _errors(root: MappingNode, name: str) -> list[Any]:
    return list(_validator(name).iter_errors(_plain(root)))


def _understand(root: MappingNode, error: Any, schema: dict[str, Any]) -> Iterator[tuple[Violation, Node]]:
    """What an error of the validator means, with the node that has to go for the rest to be judged."""
    keyword, subschema = _violated(error, schema)
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
    options, expected = _allowed(keyword, subschema, error.kind.as_dict())
    owners = _owners(subschema, keyword, expected)
    at = root.place(*path)
    if keyword == "dependentRequired" and isinstance(node, MappingNode):
        # The key that asks for the missing one is there, and is the better place to point to.
        asking = [key for key, wanted in subschema[keyword].items() if expected in wanted and key in node.keys]
        at = node.key_mark(asking[0]) if asking else at
    yield Violation(owners, keyword, at, in_words(path), node, options, expected), node


def _violated(error: Any, schema: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The keyword of an error and the part of the schema that contains it."""
    keyword: str = error.kind.name
    steps = list(error.schema_path)
    while steps[-1] not in {keyword, "dependentRequired"}:
        steps.pop()
    keyword = steps.pop()
    subschema: Any = schema
    for step in steps:
        subschema = subschema[step]
    return keyword, subschema


def _allowed(keyword: str, subschema: dict[str, Any], details: dict[str, Any]) -> tuple[tuple[str, ...], Shown]:
    """Which values would do (closed lists), and in words or as a number what was expected."""
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
    """The keys of an incident below which another one is defined: `claims` for `killed`, `sites` for `place`."""
    incident = document(f"incident/{known()['incident'][-1]}")
    return tuple(sorted({parent for parent, keys in _nested(incident) if key in keys}))


def _nested(schema: Any) -> Iterator[tuple[str, set[str]]]:
    """Each key of a schema that has keys below it, in a mapping or in the items of a list, and these."""
    for name, described in schema.get("properties", {}).items() if isinstance(schema, dict) else ():
        inner = described.get("items", described)
        yield name, set(inner.get("properties", {}))
        yield from _nested(inner)


TYPES = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "object": "a mapping",
    "array": "a list",
    "boolean": "`true` or `false`",
}
"""The types of JSON Schema, in words."""


def _owners(subschema: dict[str, Any], keyword: str, expected: str = "") -> tuple[str, ...]:
    owned = subschema.get("x-rule", {})
    if not isinstance(owned, dict):
        return (owned,)
    ids: str | list[str] = owned.get(f"{keyword}:{expected}") or owned.get(keyword) or _OWNERS.get(keyword, _SHAPE)
    return tuple(ids) if isinstance(ids, list) else (ids,)


def _without(node: MappingNode, cut: set[int]) -> MappingNode:
    def keep(child: Node) -> Node:
        if isinstance(child, MappingNode):
            return _without(child, cut)
        if isinstance(child, SequenceNode):
            return SequenceNode([keep(item) for item in child.items if id(item) not in cut], child.at)
        return child

    return MappingNode(
        {key: keep(child) for key, child in node.items.items() if id(child) not in cut}, node.keys, node.at
    )


@cache
def _decimal_keys(name: str) -> frozenset[str]:
    """The keys whose values may have a fraction; JSON Schema itself takes `7.0` for a whole number."""
    return frozenset(re.findall(r'"(\w+)": \{[^{}]*"type": "number"', json.dumps(document(name))))


def _whole_number_slips(root: MappingNode, name: str) -> Iterator[Violation]:
    for path, scalar in scalars(root):
        if isinstance(scalar.value, float) and path[-1] not in _decimal_keys(name):
            yield Violation(("REC007",), "type", scalar.mark, in_words(path), scalar, expected="a whole number")


def _ambiguous(root: MappingNode, known_wrong: set[int]) -> Iterator[Violation]:
    for path, scalar in scalars(root):
        if scalar.odd and scalar.odd != ALIAS and id(scalar) not in known_wrong:
            yield Violation((_AMBIGUOUS,), "odd", scalar.mark, in_words(path), scalar, expected=Shown(scalar.odd))
