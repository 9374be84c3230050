"""A plain record tree → its canonical YAML text, and the same text with some of its keys renewed.

One way of writing, so that importing again changes no byte: keys in the order of the schema, a mapping on one line
where it fits, text in quotes where any reader could take it for something else. Prevents: a record that our own reader
refuses or reads differently, and a comment that a person wrote being lost when an import renews the line above it.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

import yaml

from conflict_incidents import schema
from conflict_incidents.paths import plain
from conflict_incidents.reading import Mapping, read

WIDTH = 120
"""How long a line may be before a mapping or a list is written over several."""
Record = dict[str, Any]

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
_PLAIN = re.compile(r"[^\W\d_](?:[\w ()/'\u2019.+%&;!?,\[\]{}-]|:(?! |\Z))*\Z")
_FLOW = re.compile(r"[,\[\]{}]")
_WORDS = re.compile(r"(?:y|yes|n|no|on|off|true|false|null|inf|infinity|nan)\Z", re.I)


def document(record: Record, schema_path: str) -> str:
    """The canonical text of a record; `schema_path` is where an editor finds its schema, from the file."""
    lines = [f"# yaml-language-server: $schema={schema_path}"]
    for key in ordered(record, record["schema"]):
        lines += _entry(key, record[key], 0)
    return "\n".join(lines) + "\n"


def ordered(keys: Iterable[str], name: str) -> list[str]:
    """The keys in the order of the schema `name` (`incident/1`)."""
    known = {key: number for number, key in enumerate(schema.document(name)["properties"])}
    return sorted(keys, key=lambda key: (known.get(key, len(known)), key))


def inline(value: Any) -> str:
    """A value on one line, as it stands in a record."""
    return _flow(value) if isinstance(value, (dict, list)) else _scalar(value, in_flow=False)


def renewed(text: str, root: Mapping, record: Record, changed: Iterable[str]) -> str:
    """The text of a record with its `changed` top-level keys written as `record` has them (or taken out, where it
    lacks them), every other line as it was and every comment kept: those inside a renewed part move above it.

    Args:
        text: the file's text, which the strict reader reads without findings as `root`.
        root: its tree.
        record: what the text is to say.
        changed: the keys in which both differ.
    """
    blocks = _blocks(text, root)
    wanted = _comments(text)
    if blocks is not None:
        new = _join(*blocks, record, set(changed))
        tree, findings = read(new.encode("utf-8"), "")
        if tree is not None and not findings and plain(tree) == record and _comments(new) == wanted:
            return new
    first, *rest = document(record, "").splitlines(keepends=True)
    said = [f"{comment}\n" for comment in wanted.elements()]
    opening = [line for line in said if "yaml-language-server" in line] or [first]
    return "".join([*opening, *(line for line in said if line not in opening), *rest])


def _entry(key: str, value: Any, indent: int) -> list[str]:
    pad = " " * indent
    if not isinstance(value, (dict, list)):
        return [f"{pad}{key}: {_scalar(value, in_flow=False)}"]
    line = f"{pad}{key}: {_flow(value)}"
    listed = isinstance(value, list) and any(isinstance(item, (dict, list)) for item in value)
    if not value or (len(line) <= WIDTH and not listed):
        return [line]
    if isinstance(value, dict):
        return [f"{pad}{key}:", *(line for name, child in value.items() for line in _entry(name, child, indent + 2))]
    return [f"{pad}{key}:", *(line for item in value for line in _item(item, indent + 2))]


def _item(item: Any, indent: int) -> list[str]:
    pad = " " * indent
    line = f"{pad}- {inline(item)}"
    if len(line) <= WIDTH or not isinstance(item, dict) or not item:
        return [line]
    lines = [line for name, child in item.items() for line in _entry(name, child, indent + 2)]
    return [f"{pad}- {lines[0].lstrip()}", *lines[1:]]


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(child)}" for key, child in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(child) for child in value) + "]"
    return _scalar(value, in_flow=True)


def _scalar(value: str | int | float | bool, in_flow: bool) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return repr(value) if "e" not in repr(value) else f"{value:.15f}".rstrip("0")
    return _text(value, in_flow)


@lru_cache(maxsize=100_000)
def _text(value: str, in_flow: bool) -> str:
    safe = _DAY.match(value) or (_PLAIN.match(value) and not value.endswith(" ") and not _WORDS.match(value))
    if safe and not (in_flow and _FLOW.search(value)):
        return value
    return json.dumps(value, ensure_ascii=False)


_Block = tuple[str, list[str], list[str]]
"""A top-level key, its lines, and the blank and comment lines after them."""


def _blocks(text: str, root: Mapping) -> tuple[list[str], list[_Block]] | None:
    """The lines before the first key and the block of each key; None where the keys don't begin lines of their own."""
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    marks = list(root.keys.items())
    starts = [mark.line - 1 for _, mark in marks]
    if not marks or any(mark.column != 1 for _, mark in marks) or starts != sorted(set(starts)):
        return None
    blocks: list[_Block] = []
    for (key, _), start, end in zip(marks, starts, [*starts[1:], len(lines)], strict=True):
        last = end
        while last > start + 1 and (lines[last - 1].startswith("#") or not lines[last - 1].strip()):
            last -= 1
        blocks.append((key, lines[start:last], lines[last:end]))
    return lines[: starts[0]], blocks


def _join(before: list[str], blocks: list[_Block], record: Record, changed: set[str]) -> str:
    order = {
        key: number for number, key in enumerate(ordered({*record, *(key for key, _, _ in blocks)}, record["schema"]))
    }
    there = {key for key, _, _ in blocks}
    pieces = [(order[key], own, after) for key, own, after in _with_changes(blocks, record, changed)]
    for key in sorted(changed - there, key=order.__getitem__):
        at = next((place for place, (number, _, _) in enumerate(pieces) if number > order[key]), len(pieces))
        pieces.insert(at, (order[key], [f"{line}\n" for line in _entry(key, record[key], 0)], []))
    return "".join([*before, *(line for _, own, after in pieces for line in [*own, *after])])


def _with_changes(blocks: list[_Block], record: Record, changed: set[str]) -> Iterator[_Block]:
    for key, own, after in blocks:
        if key not in changed:
            yield key, own, after
            continue
        said = [f"{comment}\n" for comment in _comments("".join(own)).elements()]
        new = [f"{line}\n" for line in _entry(key, record[key], 0)] if key in record else []
        yield key, [*said, *new], after


def _comments(text: str) -> Counter[str]:
    """The comments of a text that is YAML, in their order."""
    masked = list(text)
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.ScalarEvent) and event.start_mark and event.end_mark:
            start, end = event.start_mark.index, event.end_mark.index
            masked[start:end] = ["\n" if character == "\n" else "x" for character in masked[start:end]]
    found = re.finditer(r"(?:^|(?<=[ \t]))#.*$", "".join(masked), re.M)
    return Counter(text[match.start() : match.end()].rstrip() for match in found)
