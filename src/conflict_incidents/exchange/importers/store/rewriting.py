"""Replace some keys in the text of a record, with comments kept."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from conflict_incidents.records.formatting import format_document, sort_keys
from conflict_incidents.records.yaml.comments import Block, Entry, document, from_value


def replace_keys(text: str, record: dict[str, Any], changed: Collection[str]) -> str:
    """Return the canonical text of a record with the values of `changed` top-level keys replaced or removed.

    Comments inside a replaced part move above it, those of a removed part to the next key.

    Args:
        text: the text of a valid file.
        record: the new content.
        changed: the keys that differ.
    """
    parsed = document(text)
    assert parsed is not None, "the strict reader has read it"
    parsed.root = _with_new_keys(parsed.root, record, changed)
    return format_document(parsed, record["schema"])


def _with_new_keys(root: Block, record: dict[str, Any], changed: Collection[str]) -> Block:
    new = {key: Entry(from_value(record[key]), key) for key in changed if key in record}
    entries: list[Entry] = []
    comments: list[str] = []
    for entry in root.entries:
        key = str(entry.key)
        if key not in changed:
            entry.above = [*comments, *entry.above]
        elif key in new:
            inside = list(entry.value.comments()) if isinstance(entry.value, Block) else []
            entry = Entry(new.pop(key).value, key, [*comments, *entry.above, *inside], entry.comment_lines)
        else:
            comments += entry.comments()
            continue
        entries.append(entry)
        comments = []
    order = sort_keys([*(str(entry.key) for entry in entries), *new], record["schema"])
    for key in sorted(new, key=order.index):
        below = (at for at, entry in enumerate(entries) if order.index(str(entry.key)) > order.index(key))
        entries.insert(next(below, len(entries)), new[key])
    return Block(True, entries, [*comments, *root.end])
