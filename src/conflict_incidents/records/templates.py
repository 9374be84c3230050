"""Annotated YAML templates of new records, generated from the schemas, for `incidents new`.

Descriptions, allowed values and the order of keys come from the schema. Required keys are present; optional ones are
commented out below.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from conflict_incidents.records import schema
from conflict_incidents.records.formatting import format_document
from conflict_incidents.records.yaml.comments import document

KeyPath = tuple[str | int, ...]
"""The path of a value in a record: `("reports", 0, "publisher")`."""

WIDTH = 100
OMITTED_KEYS = {"withdrawn", "overrides"}
"""Keys that a new record doesn't need."""
EXTRA_ITEM_KEYS = {"claims": ("killed",), "names": ("language", "script")}
"""Keys of list items in a template, besides those required by the schema."""
OPTIONAL_ITEM_KEYS = {"sites": ("precision", "note"), "reports": ("url", "published", "accessed", "language", "note")}
"""Keys of list items in a template, commented out."""
VALUE_LISTS = {"admin": "data/codelists/admin_units.csv lists them with their names."}
"""Where the values of a key are listed."""
EXPLAINED_FORMS = {"date", "language", "country", "count", "people", "tally"}
"""Definitions with a more useful description than that of the key."""


def template(name: str, values: Mapping[KeyPath, str], schema_path: str, opening: Iterable[str] = ()) -> str:
    """Return a record of the schema `name` (`incident/1`) with explanations, with `values` filled in.

    Args:
        name: the schema.
        values: YAML by path; other required values are left empty.
        schema_path: the schema's path for editors, relative to the record.
        opening: lines of text for the top.
    """
    writer = _Writer(schema.document(name), values)
    lines = [f"# yaml-language-server: $schema={schema_path}"]
    lines += [line for text in (writer.is_whole["description"], *opening, _OPTIONAL) for line in _comment(text)]
    lines += ["", *writer.keys(writer.is_whole, ())]
    draft = document("\n".join(lines) + "\n")
    assert draft is not None, "a template is a mapping"
    return format_document(draft, name)


_OPTIONAL = (
    "Keys behind `# ` are optional: take the `# ` away before one that you have something for and before what is below "
    "it, and delete the rest. What isn't known stays out."
)


def part(name: str, path: KeyPath) -> dict[str, Any]:
    """Return the subschema of `name` for the value at `path`: its description, and `enum` for closed lists."""
    root = schema.document(name)
    subschema: Any = root
    for step in path:
        subschema = subschema["properties"][step] if isinstance(step, str) else subschema["items"]
        subschema = _resolve_ref(root, subschema)
    return dict(subschema)


def is_required(name: str, path: KeyPath) -> bool:
    """Whether the schema `name` requires the value at `path`."""
    return path[-1] in part(name, path[:-1]).get("required", [])


def explanation(described: Mapping[str, Any]) -> str:
    """Describe a key briefly: meaning, format, and allowed values."""
    parts = [described["description"], described.get("form", "")]
    if any(f"`{word}`" not in parts[0] for word in described.get("enum", ())):
        parts.append(f"One of: {', '.join(described['enum'])}.")
    elif described.get("type") == "array" and "properties" not in described["items"]:
        parts.append("A list: [one, another].")
    return " ".join(filter(None, parts))


def _resolve_ref(root: Mapping[str, Any], described: Mapping[str, Any]) -> dict[str, Any]:
    """Resolve the `$ref` of a subschema; the description of the definition becomes `form`."""
    resolved = dict(described)
    name = resolved.pop("$ref", "").removeprefix("#/$defs/")
    if not name:
        return resolved
    definition = root["$defs"][name]
    form = definition["description"] if name in EXPLAINED_FORMS else ""
    return {**definition, "form": form, **resolved}


class _Writer:
    """Walk through a schema and write the lines of a template."""

    def __init__(self, is_whole: Mapping[str, Any], values: Mapping[KeyPath, str]) -> None:
        self.is_whole = is_whole
        self.values = values
        self._explained_keys: set[tuple[str, str]] = set()

    def keys(self, described: Mapping[str, Any], path: KeyPath, list_key: str = "") -> list[str]:
        """Format the keys of a mapping in the order of the schema; optional ones are commented out."""
        filled = [*described.get("required", []), *EXTRA_ITEM_KEYS.get(list_key, ())]
        lines: list[str] = []
        for key, child in described["properties"].items():
            here = (*path, key)
            if key in filled or any(place[: len(here)] == here for place in self.values):
                lines += self._entry(key, child, here)
            elif key in OPTIONAL_ITEM_KEYS.get(list_key, ()):
                *comments, last = self._entry(key, child, here)
                lines += [*comments, f"# {last}"]
            elif not path and key not in OMITTED_KEYS:
                lines += _commented_out(self._entry(key, child, here))
        return lines

    def _entry(self, key: str, child: Mapping[str, Any], path: KeyPath) -> list[str]:
        described = _resolve_ref(self.is_whole, child)
        lines = self._explain(key, " ".join(filter(None, [explanation(described), VALUE_LISTS.get(key, "")])))
        items = described.get("items", {})
        if path in self.values:
            return [*lines, f"{key}: {self.values[path]}"]
        if "properties" in items:
            return [*lines, f"{key}:", *self._item(key, items, (*path, 0))]
        if described.get("type") == "object":
            everything = {**described, "required": list(described["properties"])}
            return [*lines, f"{key}:", *(f"  {line}" for line in self.keys(everything, path))]
        report = self.values.get(("reports", 0, "id"), "")
        return [*lines, f"{key}: {report}".rstrip() if key == "in" else f"{key}:"]

    def _explain(self, key: str, text: str) -> tuple[str, ...]:
        """Return a comment on a key at its first use only: some, such as `by` and `in`, recur."""
        if (key, text) in self._explained_keys:
            return ()
        self._explained_keys.add((key, text))
        return _comment(text)

    def _item(self, key: str, described: Mapping[str, Any], path: KeyPath) -> list[str]:
        """Format the single item of a list in a template, and the names of the keys that it omits."""
        lines = self.keys(described, path, key)
        names = {line.split(":")[0] for line in lines if not line.startswith((" ", "#"))}
        more = [name for name in described["properties"] if name not in {*names, *OPTIONAL_ITEM_KEYS.get(key, ())}]
        further = _comment(f"Further keys are {', '.join(more)}.") if more else ()
        return [*_as_item(lines), *(f"    {line}" for line in further)]


@cache
def _comment(text: str) -> tuple[str, ...]:
    return tuple(textwrap.wrap(text, WIDTH, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False))


def _as_item(lines: list[str]) -> list[str]:
    """Format the lines of a mapping as a list item: the dash before the first key, the comment on it above."""
    first = next(number for number, line in enumerate(lines) if not line.startswith("#"))
    above = [f"  {line}" for line in lines[:first]]
    return [*above, f"  - {lines[first]}", *(f"    {line}" for line in lines[first + 1 :])]


def _commented_out(lines: Iterable[str]) -> list[str]:
    """Comment out lines with `# `, and explanations with another `#`; removing the prefix restores the lines."""
    return [f"#{line}" if line.startswith("#") else f"# {line}" for line in lines]
