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
"""Descriptive properties."""
OF_THE_FILES = frozenset(
    ["path", "bytes", "hash", "parquet", "schema", "fields", "constraints", "name", "comparedWith"]
)
"""Properties of a table or column that locate the bytes, or are compared separately."""
CONTRIBUTORS = "contributors"
"""People, of whom one may have asked to be named no more."""
OF_THE_RELEASE = frozenset(["resources", "version", "created", "contentHash", "$schema", "profile", "name"])
"""Properties of a dataset that differ in every release, or are compared separately."""


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
    changes = list(_change("", "", "name", old.get("name"), new.get("name"), Bump.MAJOR))
    for key in _keys(old, new, OF_THE_RELEASE):
        changes += _change("", "", key, old.get(key), new.get(key), Bump.PATCH)
    changes = [replace(one, before=REDACTED) if one.aspect == CONTRIBUTORS and one.before else one for one in changes]
    before = {one["name"]: one for one in old["resources"]}
    after = {one["name"]: one for one in new["resources"]}
    for name, described in after.items():
        if name in before:
            changes += _of_table(name, before[name], described)
        else:
            changes.append(ContractChange(name, "", "table", "", name, Bump.MINOR))
    changes += [ContractChange(name, "", "table", name, "", Bump.MAJOR) for name in before if name not in after]
    return changes


def _of_table(table: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[ContractChange]:
    yield from _properties(table, "", old, new)
    before, after = old["schema"], new["schema"]
    yield from _change(table, "", "key", _key(before), _key(after), Bump.MAJOR)
    yield from _references(table, before, after)
    for key in _keys(before, after, OF_THE_FILES | {"primaryKey", "foreignKeys"}):
        yield from _change(table, "", key, before.get(key), after.get(key), Bump.MAJOR)
    yield from _of_columns(table, _fields_by_name(before), _fields_by_name(after))


def _of_columns(table: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[ContractChange]:
    for name, field in new.items():
        if name in old:
            yield from _of_column(table, old[name], field)
        else:
            yield ContractChange(table, name, "column", "", name, Bump.MAJOR)
    for name in old:
        if name not in new:
            yield ContractChange(table, name, "column", name, "", Bump.MAJOR)
    before, after = [name for name in old if name in new], [name for name in new if name in old]
    if before != after:
        yield ContractChange(table, "", "order", ", ".join(before), ", ".join(after), Bump.MAJOR)


def _of_column(table: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[ContractChange]:
    name = new["name"]
    yield from _properties(table, name, old, new)
    before, after = old.get("constraints", {}), new.get("constraints", {})
    yield from _values(table, name, before.get("enum"), after.get("enum"), bool(new.get("categoriesOrdered")))
    for key in _keys(before, after, frozenset(["enum"])):
        bump = Bump.MINOR if _looser(key, before.get(key), after.get(key)) else Bump.MAJOR
        yield from _change(table, name, key, before.get(key), after.get(key), bump)


def _properties(table: str, column: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[ContractChange]:
    """Yield changed properties of a table or a column, except those compared separately."""
    for key in _keys(old, new, OF_THE_FILES):
        bump = Bump.PATCH if key in DESCRIPTIVE else Bump.MAJOR
        yield from _change(table, column, key, old.get(key), new.get(key), bump)


def _values(
    table: str, column: str, old: list[str] | None, new: list[str] | None, ordered: bool
) -> Iterator[ContractChange]:
    """Yield changed values of a list. One more is looser; one fewer is tighter, and so is a new list."""
    if old is None or new is None:
        bump = Bump.MINOR if new is None else Bump.MAJOR
        yield from _change(table, column, "values", old, new, bump)
        return
    yield from (ContractChange(table, column, "value", "", one, Bump.MINOR) for one in new if one not in old)
    yield from (ContractChange(table, column, "value", one, "", Bump.MAJOR) for one in old if one not in new)
    before, after = [one for one in old if one in new], [one for one in new if one in old]
    bump = Bump.MAJOR if ordered else Bump.PATCH
    yield from _change(table, column, "order of values", before, after, bump)


def _references(table: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[ContractChange]:
    """Yield changed foreign keys. A new one is tighter; one with another target is an updated reference."""
    before, after = _foreign(old), _foreign(new)
    for fields in {**after, **before}:
        targets = before.get(fields, ""), after.get(fields, "")
        bump = Bump.MINOR if targets[0] else Bump.MAJOR
        yield from _change(table, "", f"reference of {fields}", *targets, bump)


def _looser(constraint: str, before: Any, after: Any) -> bool:
    """Whether every value valid under one constraint is valid under the other."""
    if after is None or after is False:
        return True
    if before is None or constraint not in {"minimum", "maximum"}:
        return False
    if not all(isinstance(limit, int | float) for limit in (before, after)):
        return False
    return bool(after <= before) if constraint == "minimum" else bool(after >= before)


def _change(table: str, column: str, aspect: str, before: Any, after: Any, bump: Bump) -> Iterator[ContractChange]:
    if before != after:
        yield ContractChange(table, column, aspect, _value_text(before), _value_text(after), bump)


def _value_text(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else json.dumps(value, ensure_ascii=False)


def _keys(old: Mapping[str, Any], new: Mapping[str, Any], excluded: frozenset[str]) -> list[str]:
    return [key for key in {**new, **old} if key not in excluded]


def _key(schema: Mapping[str, Any]) -> str:
    return ", ".join(schema.get("primaryKey", []))


def _foreign(schema: Mapping[str, Any]) -> dict[str, str]:
    return {
        ", ".join(key["fields"]): f"{key['reference']['resource']}: {', '.join(key['reference']['fields'])}"
        for key in schema.get("foreignKeys", [])
    }


def _fields_by_name(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {field["name"]: field for field in schema["fields"]}
