"""Changes of the contract between two descriptors, each with the version bump that it requires.

The bumps are those of `core.versions`. An unknown property of the contract counts as breaking.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from conflict_incidents.core.findings import REDACTED
from conflict_incidents.core.versions import Bump

DESCRIPTIVE = frozenset(["title", "description", "example", "examples", "rdfType", "source", "sources", "crosswalk"])
"""Descriptive properties of tables and columns."""
CONSTRAINTS = frozenset(["required", "unique", "minimum", "maximum", "minLength", "maxLength", "pattern", "values"])
"""Properties of a column without which more values are valid."""
EXCLUDED = frozenset(["path", "bytes", "hash", "parquet", "schema", "fields", "constraints", "name", "comparedWith"])
"""Properties of a table or column that locate the bytes, or are compared under another name."""
KEYS = frozenset(["primaryKey", "foreignKeys", "enum"])
"""Further ones, which have a form of their own."""
CONTRIBUTORS = "contributors"
"""People, of whom one may have asked to be named no more."""
OF_THE_RELEASE = frozenset(["resources", "version", "created", "contentHash", "$schema", "profile"])
"""Properties of a dataset that differ in every release, or are compared separately."""
_Key = tuple[str, str, str]
"""Table, column and aspect; empty for the dataset itself, and for a table."""


@dataclass(frozen=True, slots=True)
class ContractChange:
    """A change of the contract.

    `table` is empty for the dataset itself, `column` for a table; `aspect` is the changed property (`table`, `column`,
    `type`, `value` of its list, `key` …), `before` and `after` are empty if it is new or removed.
    """

    table: str
    column: str
    aspect: str
    before: str
    after: str
    bump: Bump


def contract_changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[ContractChange]:
    """Return the changes from one descriptor to another, in the order of the new one, removals last.

    Args:
        old: the earlier release's `datapackage.json`, one that `contract.read` understands.
        new: the later one's.
    """
    before, after = dict(_aspects(old)), dict(_aspects(new))
    one_side = before.keys() ^ after.keys()
    changes: list[ContractChange] = []
    for key in {**after, **before}:
        table, column, aspect = key
        if {(table, "", "table"), (table, column, "column")} - {key} & one_side:
            continue  # of a table or column that is added or removed
        if aspect in {"values", "columns"} and key not in one_side:
            ordered = aspect == "columns" or bool(after.get((table, column, "categoriesOrdered")))
            changes += _of_list(key, before[key], after[key], ordered)
        elif before.get(key) != after.get(key):
            changes.append(_change(key, before.get(key), after.get(key), _bump(key, before.get(key), after.get(key))))
    return [replace(one, before=REDACTED) if one.aspect == CONTRIBUTORS and one.before else one for one in changes]


def _aspects(descriptor: Mapping[str, Any]) -> Iterator[tuple[_Key, Any]]:
    """Yield all that is compared of a descriptor."""
    yield from ((("", "", key), value) for key, value in descriptor.items() if key not in OF_THE_RELEASE)
    for table in descriptor["resources"]:
        name, schema = table["name"], table["schema"]
        yield (name, "", "table"), name
        yield from (((name, "", key), value) for key, value in (table | schema).items() if key not in EXCLUDED | KEYS)
        yield (name, "", "key"), ", ".join(schema.get("primaryKey", ()))
        for key in schema.get("foreignKeys", ()):
            target = f"{key['reference']['resource']}: {', '.join(key['reference']['fields'])}"
            yield (name, "", f"reference of {', '.join(key['fields'])}"), target
        for field in schema["fields"]:
            constraints = field.get("constraints", {})
            properties = field | constraints | ({"values": constraints["enum"]} if constraints.get("enum") else {})
            yield (name, field["name"], "column"), field["name"]
            own = ((key, value) for key, value in properties.items() if key not in EXCLUDED | KEYS)
            yield from (((name, field["name"], key), value) for key, value in own)
        yield (name, "", "columns"), [field["name"] for field in schema["fields"]]


def _of_list(key: _Key, old: list[str], new: list[str], ordered: bool) -> Iterator[ContractChange]:
    """Yield the changes of a list. One more value is looser, one fewer tighter; columns are compared by themselves."""
    if key[2] == "values":
        aspect = (*key[:2], "value")
        yield from (_change(aspect, None, one, Bump.MINOR) for one in new if one not in old)
        yield from (_change(aspect, one, None, Bump.MAJOR) for one in old if one not in new)
    before, after = [one for one in old if one in new], [one for one in new if one in old]
    if before != after:
        as_text = _value_text if key[2] == "values" else ", ".join
        aspect = (*key[:2], "order of values" if key[2] == "values" else "order")
        yield _change(aspect, as_text(before), as_text(after), Bump.MAJOR if ordered else Bump.PATCH)


def _bump(key: _Key, before: Any, after: Any) -> Bump:
    """Return the bump for a property: a new table and whatever makes more values valid is MINOR."""
    table, _, aspect = key
    if aspect in DESCRIPTIVE or not table:
        return Bump.MAJOR if aspect == "name" else Bump.PATCH
    sign = {"minimum": 1, "maximum": -1}.get(aspect, 0)
    numbers = all(isinstance(limit, int | float) for limit in (before, after))
    is_wider = bool(sign) and numbers and before is not None and sign * after <= sign * before
    is_looser = aspect in CONSTRAINTS and (after is None or after is False or is_wider)
    is_target = aspect.startswith("reference of ") and before is not None
    return Bump.MINOR if is_looser or is_target or (aspect == "table" and before is None) else Bump.MAJOR


def _change(key: _Key, before: Any, after: Any, bump: Bump) -> ContractChange:
    return ContractChange(*key, _value_text(before), _value_text(after), bump)


def _value_text(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else json.dumps(value, ensure_ascii=False)
