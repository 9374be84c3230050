"""Format a record's tree as canonical text.

Keys are in the order of the schema. Text is quoted where YAML could read it as something else; text of several lines is
below a `|-`. A mapping or a list of scalars is on one line if it fits; an item of a list is if it has scalars only, but
a claim has a line for each key, for review. Comments stay with their values (above them for block text), and so do
single blank lines.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache, lru_cache
from typing import Any

from conflict_incidents.records import schema
from conflict_incidents.records.yaml.comments import BLANK, Block, Document, Entry, from_value
from conflict_incidents.records.yaml.nodes import ScalarNode

WIDTH = 120
"""The maximum length of a line, without its comment, for a mapping or a list on one line."""
SPREAD = frozenset({"claims"})
"""Lists whose items have one key per line even if they would fit on one."""
DATES = frozenset({"date", "from", "to", "published", "accessed", "archived", "as_of"})
"""Keys with unquoted days; elsewhere, text that looks like a day is quoted, since other YAML parsers convert it."""
PlainRecord = dict[str, Any]

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}(?:-[0-9]{2})?(?:T[0-9]{2}:[0-9]{2}(?::[0-9]{2})?(?:Z|[+-][0-9]{2}:[0-9]{2}))?\Z")
_PLAIN = re.compile(r"[^\W\d_](?:[^\s:#]|:(?=\S)|(?<! )#| (?=[^\s#]))*\Z")
_FLOW = re.compile(r"[,:?\[\]{}]")
_WORDS = re.compile(r"(?:y|yes|n|no|on|off|true|false|null|inf|infinity|nan)\Z", re.I)
_SPACE_AT_END = re.compile(r"[^\S\n](?:\n|\Z)")
_COMMENTED_OUT = re.compile(r"#+ *(?:- )?[a-z_]+:(?: |\Z)")


def text_of(record: PlainRecord, schema_path: str) -> str:
    """Format a record as canonical text; `schema_path` is the schema's path for editors, relative to the file."""
    root = from_value(record)
    assert isinstance(root, Block)
    return format_document(Document(root, [f"# yaml-language-server: $schema={schema_path}"]), record["schema"])


def format_document(record: Document, name: str) -> str:
    """Format a record of the schema `name` (`incident/1`) as canonical text, with its comments."""
    return unsorted_text(Document(_sort_block(record.root, name, ()), record.header))


def unsorted_text(record: Document) -> str:
    """Format a record as canonical text, but with its keys in their current order."""
    lines = [*_without_blank_first(_above(record.header, "")), *_block(record.root, 0)]
    return "\n".join(lines) + "\n"


def sort_keys(keys: Iterable[str], name: str) -> list[str]:
    """Sort top-level keys in the order of the schema `name`; unknown keys go last, unchanged."""
    order = _order(name, ())
    return sorted(keys, key=lambda key: order.get(key, len(order)))


def inline(value: Any) -> str:
    """Format a plain value on one line."""
    return _flow(Entry(from_value(value))) if isinstance(value, (dict, list)) else scalar(value)


def scalar(value: str | int | float | bool, in_flow: bool = False) -> str:
    """Format a value as YAML that every parser reads as the same value; `in_flow` for one between brackets."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return repr(value) if "e" not in repr(value) else f"{value:.15f}".rstrip("0")
    return _text(value, in_flow)


@lru_cache(maxsize=100_000)
def _text(value: str, in_flow: bool) -> str:
    plain = _PLAIN.match(value) and not _WORDS.match(value) and value.isprintable()
    return value if plain and not (in_flow and _FLOW.search(value)) else json.dumps(value, ensure_ascii=False)


def _single(value: ScalarNode, entry: Entry, in_flow: bool) -> str:
    """Format the scalar of an entry; unusual values, which rules report, are unchanged."""
    if value.odd or (entry.key in DATES and isinstance(value.value, str) and _DAY.match(value.value)):
        return str(value.value)
    if isinstance(value.value, float) and entry.raw:
        return entry.raw  # keep the written digits: 36.10 is more precise than 36.1
    return scalar(value.value, in_flow)


def _flow(entry: Entry) -> str:
    """Format the value of an entry on one line."""
    value = entry.value
    if isinstance(value, ScalarNode):
        return _single(value, entry, in_flow=True)
    if value.is_mapping:
        return "{" + ", ".join(f"{_text(str(one.key), True)}: {_flow(one)}" for one in value.entries) + "}"
    return "[" + ", ".join(_flow(one) for one in value.entries) + "]"


def _block(block: Block, indent: int, key: str = "") -> list[str]:
    """Format a mapping or a list under `key` as lines."""
    pad = " " * indent
    lines: list[str] = []
    for entry in block.entries:
        own = _key_lines(entry, pad) if block.is_mapping else _item(entry, pad, key in SPREAD)
        lines += _without_blank_first(own) if not lines else own
    end = _above(block.end, pad)
    return [*lines, *(end[:-1] if end and not end[-1] else end)]


def _key_lines(entry: Entry, pad: str) -> list[str]:
    above, behind = _comments(entry)
    key = f"{pad}{_text(str(entry.key), True)}:"
    value = entry.value
    if isinstance(value, ScalarNode):
        return [*_above(above, pad), *_scalar_lines(key, entry, pad, behind)]
    line = f"{key} {_flow(entry)}" if _is_inline(value) else ""
    if line and (not value.entries or len(line) <= WIDTH):
        return [*_above(above, pad), f"{line}{behind}"]
    return [*_above(above, pad), f"{key}{behind}", *_block(value, len(pad) + 2, str(entry.key))]


def _item(entry: Entry, pad: str, spread: bool) -> list[str]:
    above, behind = _comments(entry)
    value = entry.value
    if isinstance(value, ScalarNode):
        return [*_above(above, pad), *_scalar_lines(f"{pad}-", entry, pad, behind)]
    if value.is_mapping and value.entries:
        leading, value = _leading_comments(value)
    else:
        leading = []
    line = f"{pad}- {_flow(Entry(value))}" if _is_inline(value) and (not value.is_mapping or _is_flat(value)) else ""
    if line and (not value.entries or (len(line) <= WIDTH and not (spread and value.is_mapping))):
        return [*_above([*above, *leading], pad), f"{line}{behind}"]
    above += [*filter(None, [behind.strip()]), *leading]
    lines = _block(value, len(pad) + 2)
    item_lines = [f"{pad}- {lines[0].lstrip()}", *lines[1:]] if value.is_mapping else [f"{pad}-", *lines]
    return [*_above(above, pad), *item_lines]


def _leading_comments(block: Block) -> tuple[list[str], Block]:
    """Split off the comments above the first key of an item, which belong above its dash."""
    first, *rest = block.entries
    above, behind = _comments(first)
    value = first.value if isinstance(first.value, ScalarNode) or first.value.entries else Block(first.value.is_mapping)
    bare = Entry(value, first.key, [], [behind.strip()] if behind else [], first.raw)
    return [comment for comment in above if comment], Block(True, [bare, *rest], block.end)


def _scalar_lines(before: str, entry: Entry, pad: str, behind: str) -> list[str]:
    value = entry.value
    assert isinstance(value, ScalarNode)
    text = value.value
    if isinstance(text, str) and "\n" in text and text == text.strip() and not _SPACE_AT_END.search(text):
        return [f"{before} |-{behind}", *(f"{pad}  {line}" if line else "" for line in text.split("\n"))]
    return [f"{before} {_single(value, entry, in_flow=False)}".rstrip() + behind]


def _comments(entry: Entry) -> tuple[list[str], str]:
    """Return the comments above an entry and the one behind it; comments that can't be behind it go above."""
    above, beside = list(entry.above), entry.comment_lines
    if isinstance(entry.value, Block) and not entry.value.entries:
        above, beside = [*above, *beside, *filter(None, entry.value.end)], []
    return [*above, *beside[:-1]], f"  {beside[-1]}" if beside else ""


def _above(comments: Iterable[str], pad: str) -> list[str]:
    """Format comments on lines of their own, with at most one blank line in a row."""
    lines: list[str] = []
    for comment in comments:
        if comment or not lines or lines[-1]:
            lines.append(f"{pad}{comment}" if comment else BLANK)
    return lines


def _is_inline(block: Block) -> bool:
    """Whether a mapping or list fits on one line: no comments, long texts, gaps or lists of mappings."""
    if not block.entries:
        return True
    if any(block.comments()):
        return False
    if not block.is_mapping and any(isinstance(value, Block) and value.is_mapping for value in _values(block)):
        return False
    return all(_is_inline(value) if isinstance(value, Block) else _is_short(value) for value in _values(block))


def _is_flat(block: Block) -> bool:
    """Whether a mapping has only scalars, or lists of them."""
    nested = [value for value in _values(block) if isinstance(value, Block)]
    return not any(value.is_mapping or any(isinstance(one, Block) for one in _values(value)) for value in nested)


def _is_short(value: ScalarNode) -> bool:
    return value.value != "" and "\n" not in str(value.value) if value.odd else "\n" not in str(value.value)


def _values(block: Block) -> Iterator[ScalarNode | Block]:
    return (entry.value for entry in block.entries)


def _without_blank_first(lines: list[str]) -> list[str]:
    first = next((number for number, line in enumerate(lines) if line), len(lines))
    return lines[first:]


def _sort_block(block: Block, name: str, path: tuple[str, ...]) -> Block:
    """Sort all keys in the order of the schema; unknown ones go last, unchanged."""
    entries = [
        replace(entry, value=_sort_block(entry.value, name, (*path, entry.key) if entry.key else path))
        if isinstance(entry.value, Block)
        else _with_comment_above(entry, name, path)
        for entry in block.entries
    ]
    if not block.is_mapping:
        return Block(False, entries, block.end)
    order = _order(name, path)
    ranks = [order.get(str(entry.key), len(order)) for entry in entries]
    if ranks == sorted(ranks):
        return Block(True, entries, block.end)
    end = _comments_that_stay(entries, ranks, block.end)
    return Block(True, [entries[at] for at in sorted(range(len(entries)), key=ranks.__getitem__)], end)


def _with_comment_above(entry: Entry, name: str, path: tuple[str, ...]) -> Entry:
    """Return the entry of a scalar; a comment after free text moves above it, since it could be read as text."""
    behind_sign = isinstance(entry.value, ScalarNode) and "\n" in str(entry.value.value)  # `|-`, not the text
    if not entry.comment_lines or behind_sign or not entry.key or not schema.is_free_text(name, (*path, entry.key)):
        return entry
    return replace(entry, above=[*entry.above, *entry.comment_lines], comment_lines=[])


def _comments_that_stay(entries: list[Entry], ranks: list[int], end: list[str]) -> list[str]:
    """Keep comments in place when keys are sorted: a key that moves takes along only the comments directly above it."""
    unmoved = _longest_in_order(ranks)
    staying: list[str] = []
    for at, entry in enumerate(entries):
        if at in unmoved:
            entries[at] = replace(entry, above=[*staying, *entry.above])
            staying = []
            continue
        own = len(entry.above)
        while own and entry.above[own - 1] and not _COMMENTED_OUT.match(entry.above[own - 1]):
            own -= 1
        staying += entry.above[:own]
        entries[at] = replace(entry, above=entry.above[own:])
    return [*staying, *end]


def _longest_in_order(ranks: list[int]) -> set[int]:
    """Return the indices of the longest non-decreasing subsequence; the first one if there are several."""
    lengths: list[int] = []  # of the longest such part that begins at each index, from the last index on
    starts: list[int] = []  # the highest start of a part of each length, negated
    for rank in reversed(ranks):
        length = bisect_right(starts, -rank)
        lengths.append(length + 1)
        starts[length : length + 1] = [-rank]
    indices: set[int] = set()
    remaining, last = len(starts), -1
    for at, (rank, length) in enumerate(zip(ranks, reversed(lengths), strict=True)):
        if length == remaining and rank >= last:
            indices.add(at)
            remaining, last = remaining - 1, rank
    return indices


@cache
def _order(name: str, path: tuple[str, ...]) -> dict[str, int]:
    """Return the rank of each key of the mapping at `path` in the schema `name`; paths don't include list indices."""
    return {key: number for number, key in enumerate(schema.subschema_at(name, path).get("properties", {}))}
