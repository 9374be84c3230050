"""The nodes of a parsed file, each with its line and column, and functions on their tree.

Look-up by path, iteration over scalars, a path in words, conversion to plain values, equality.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Protocol

from conflict_incidents.core.findings import Mark, Shown, bare

NodePath = tuple[str | int, ...]


ALIAS = "an alias"
"""Marks the node in place of an alias, which REC002 has reported."""
NO_VALUE = "an empty value"
"""Marks a scalar that YAML reads as an empty value."""


class At(Protocol):
    """A position in a text as libyaml gives it: line and column from 0, in code points."""

    @property
    def line(self) -> int: ...  # noqa: D102 - the class says it
    @property
    def column(self) -> int: ...  # noqa: D102 - likewise


def mark_of(at: Mark | At) -> Mark:
    """Return the position for a finding. Converted on demand, since few positions are ever shown."""
    return at if isinstance(at, Mark) else Mark(at.line + 1, at.column + 1)


class _Positioned:
    """A node with its position."""

    __slots__ = ("at",)
    at: Mark | At

    @property
    def mark(self) -> Mark:
        """Its position."""
        return mark_of(self.at)


class ScalarNode(_Positioned):
    """A scalar. `odd` is the reason why YAML readers may disagree about its value; `value` is then the raw text."""

    __slots__ = ("odd", "value")

    def __init__(self, value: str | int | float | bool, at: Mark | At, odd: str | None = None) -> None:
        self.value = value
        self.at = at
        self.odd = odd


class SequenceNode(_Positioned):
    """A list of nodes."""

    __slots__ = ("items",)

    def __init__(self, items: list[Node], at: Mark | At) -> None:
        self.items = items
        self.at = at


class MappingNode(_Positioned):
    """A mapping; `keys` holds the position of each key.

    `values` is the mapping as plain dicts, lists and values, if it has no odd scalar and no fraction.
    """

    __slots__ = ("items", "keys", "values")

    def __init__(self, items: dict[str, Node], keys: dict[str, Mark | At], at: Mark | At, values: Any = None) -> None:
        self.items = items
        self.keys = keys
        self.at = at
        self.values = values

    def key_mark(self, key: str) -> Mark:
        """Return the position of a key."""
        return mark_of(self.keys[key])

    def place(self, *path: str | int) -> Mark:
        """Return the position of the value at `path` (of its key if it is no scalar); else the nearest above."""
        at: Mark | At = self.at
        node: Node = self
        for step in path:
            child = _child(node, step)
            if child is None:
                break
            keyed = isinstance(node, MappingNode) and not isinstance(child, ScalarNode)
            at = node.keys[str(step)] if isinstance(node, MappingNode) and keyed else child.at
            node = child
        return mark_of(at)


Node = ScalarNode | SequenceNode | MappingNode


Comment = tuple[str, Mark]
"""The text of a comment, and its position."""


KEY, COMMENT = "?", "#"
"""The `key` of texts that are not values: of a key, and of a comment."""


def node_at(root: Node, path: Iterable[str | int]) -> Node:
    """Return the node at a path that exists."""
    for step in path:
        if isinstance(root, MappingNode):
            root = root.items[str(step)]
        elif isinstance(root, SequenceNode):
            root = root.items[int(step)]
    return root


def plain(node: Node) -> Any:
    """Convert a tree to dicts, lists and values; what YAML reads as an empty value is None."""
    if isinstance(node, MappingNode):
        return {key: plain(child) for key, child in node.items.items()}
    if isinstance(node, SequenceNode):
        return [plain(child) for child in node.items]
    return None if node.odd == NO_VALUE else node.value


def same(one: Node, other: Node) -> bool:
    """Whether two trees are equal regardless of position and order of keys; `1`, `1.0` and `true` differ."""
    if isinstance(one, MappingNode) and isinstance(other, MappingNode):
        keys = one.items.keys()
        return keys == other.items.keys() and all(same(one.items[key], other.items[key]) for key in keys)
    if isinstance(one, SequenceNode) and isinstance(other, SequenceNode):
        return len(one.items) == len(other.items) and all(map(same, one.items, other.items))
    if not isinstance(one, ScalarNode) or not isinstance(other, ScalarNode):
        return False
    return (type(one.value), one.value, one.odd) == (type(other.value), other.value, other.odd)


def scalars(node: Node, path: NodePath = ()) -> Iterator[tuple[NodePath, ScalarNode]]:
    """Yield every scalar of a tree with its path, in the order of the file."""
    if isinstance(node, ScalarNode):
        yield path, node
    elif isinstance(node, MappingNode):
        for key, child in node.items.items():
            yield from scalars(child, (*path, key))
    else:
        for number, child in enumerate(node.items):
            yield from scalars(child, (*path, number))


def in_words(path: Iterable[str | int]) -> Shown:
    """Return a path in words: `["claims", 1, "killed"]` is `claims 2, killed`; empty for the root."""
    words: list[Shown] = []
    for step in path:
        if isinstance(step, int) and words:
            words[-1] = f"{words[-1]} {step + 1}"
        else:
            words.append(bare(step))
    return ", ".join(words)


KeyedText = tuple[str, str, Mark | At]
"""A text, its key (in a list, that of the list), and its position."""


def keys(node: Node) -> list[KeyedText]:
    """Return every key of a tree, with `KEY` as its key."""
    if isinstance(node, ScalarNode):
        return []
    if isinstance(node, SequenceNode):
        return [key for item in node.items for key in keys(item)]
    result: list[KeyedText] = []
    for key, child in node.items.items():
        result += [(KEY, key, node.keys[key]), *keys(child)]
    return result


def key_names(node: Node) -> set[str]:
    """Return the names of all keys of a tree."""
    names: set[str] = set()
    nodes = [node]
    while nodes:
        node = nodes.pop()
        if type(node) is MappingNode:
            names.update(node.items)
            nodes += [child for child in node.items.values() if type(child) is not ScalarNode]
        elif type(node) is SequenceNode:
            nodes += [child for child in node.items if type(child) is not ScalarNode]
    return names


def texts(node: Node) -> list[KeyedText]:
    """Return every scalar of a tree, as text."""
    result: list[KeyedText] = []
    _add_texts(node, "", result)
    return result


def _add_texts(node: Node, key: str, result: list[KeyedText]) -> None:
    if isinstance(node, ScalarNode):
        result.append((key, str(node.value), node.at))
    elif isinstance(node, SequenceNode):
        for item in node.items:
            _add_texts(item, key, result)
    else:
        for key, child in node.items.items():
            if type(child) is ScalarNode:
                result.append((key, str(child.value), child.at))
            else:
                _add_texts(child, key, result)


def _child(node: Node, step: str | int) -> Node | None:
    if isinstance(node, MappingNode):
        return node.items.get(str(step))
    if isinstance(node, SequenceNode) and isinstance(step, int) and 0 <= step < len(node.items):
        return node.items[step]
    return None
