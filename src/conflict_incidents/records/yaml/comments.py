"""Text → a tree of keys, items and values with the comments of each.

A comment on a line of its own belongs to the key or item below it, or to the end of the mapping or list that its
indentation puts it in; one behind something belongs to that. A single blank line is kept like a comment, so that
reformatting a record neither loses a comment nor moves it to another key.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from conflict_incidents.core.findings import Mark
from conflict_incidents.records.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode, plain
from conflict_incidents.records.yaml.parser import events, resolve_scalar

if TYPE_CHECKING:
    from yaml.events import Event

BLANK = ""
"""Represents a blank line among comments."""
_COMMENT_OR_BLANK = re.compile(r"#|^[ \t]*(?=\n)", re.M)


@dataclass(slots=True)
class Entry:
    """A key with its value, or an item of a list (`key` is None).

    `above` are the comments and blank lines above it, `comment_lines` the comments behind it; `raw` is the text
    of a plain scalar as in the file.
    """

    value: ScalarNode | Block
    key: str | None = None
    above: list[str] = field(default_factory=list)
    comment_lines: list[str] = field(default_factory=list)
    raw: str = ""

    def comments(self) -> Iterator[str]:
        """Yield the comments of the entry and of its value, in the order of the file."""
        yield from filter(None, self.above)
        yield from self.comment_lines
        if isinstance(self.value, Block):
            yield from self.value.comments()


@dataclass(slots=True)
class Block:
    """A mapping (`is_mapping`) or a list, duplicate keys included; `end` are the comments after its last entry."""

    is_mapping: bool
    entries: list[Entry] = field(default_factory=list)
    end: list[str] = field(default_factory=list)

    def comments(self) -> Iterator[str]:
        """Its comments, in the order of the file."""
        for entry in self.entries:
            yield from entry.comments()
        yield from filter(None, self.end)

    def walk(self) -> Iterator[Entry]:
        """Its entries at any depth, in the order of the file."""
        for entry in self.entries:
            yield entry
            if isinstance(entry.value, Block):
                yield from entry.value.walk()


@dataclass(slots=True)
class Document:
    """A record and its `header`, the comments that stay at the top if keys move."""

    root: Block
    header: list[str] = field(default_factory=list)

    def comments(self) -> list[str]:
        """Return all comments, in the order of the file."""
        return [*filter(None, self.header), *self.root.comments()]


def from_value(value: Any, mark: Mark = Mark()) -> ScalarNode | Block:  # noqa: B008  # frozen, and the same for all
    """Convert a plain value (dicts, lists, text, numbers) to a tree without comments."""
    if isinstance(value, dict):
        return Block(True, [Entry(from_value(child), str(key)) for key, child in value.items()])
    if isinstance(value, list):
        return Block(False, [Entry(from_value(child)) for child in value])
    return ScalarNode(value, mark)


def to_value(value: ScalarNode | Block) -> Any:
    """Convert a tree to dicts, lists and values; the first of duplicate keys is taken."""
    return plain(as_nodes(value))


def as_nodes(value: ScalarNode | Block) -> Node:
    """Convert a tree to parsed nodes; the first of duplicate keys is taken."""
    if isinstance(value, ScalarNode):
        return value
    if not value.is_mapping:
        return SequenceNode([as_nodes(entry.value) for entry in value.entries], Mark())
    items: dict[str, Node] = {}
    for entry in value.entries:
        items.setdefault(str(entry.key), as_nodes(entry.value))
    return MappingNode(items, {}, Mark())


def document(text: str) -> Document | None:
    """Return the tree of a text that the parser accepted; None if it isn't plain YAML, or not a mapping.

    Duplicate keys are kept. The nesting is within the parser's limit.
    """
    try:
        return _Reader(text).read()
    except (yaml.YAMLError, _NotPlain):
        return None


class _NotPlain(Exception):
    """The text has anchors, aliases, tags, directives or several documents."""


@dataclass(frozen=True, slots=True)
class _Comment:
    """A comment or a blank line; `own` where it has its line to itself. Line and column count from 0.

    `behind` is the beginning of the plain scalar that ends right before it.
    """

    index: int
    line: int
    column: int
    text: str
    own: bool
    behind: yaml.Mark | yaml._yaml.Mark | None = None


@dataclass(slots=True)
class _Open:
    """An open mapping or list, the entry that holds it, and the column of its entries.

    `waiting` is the entry whose value comes next.
    """

    block: Block
    holder: Entry
    column: int
    flow: bool
    waiting: Entry | None = None


class _Reader:
    """A loop over the events of a text and over its comments."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.events = list(events(text))
        self.comments = _comments(text, self.events)
        self.next = 0
        self.above: list[_Comment] = []
        self.stack: list[_Open] = []
        self.holder = Entry(ScalarNode("", Mark()))
        self.latest, self.latest_line = self.holder, -1

    def read(self) -> Document | None:
        for event in self.events:
            self._gap(_at(event.start_mark).index)
            self._take(event)
        root = self.holder.value
        if not isinstance(root, Block) or not root.is_mapping:
            return None
        root.end += [comment.text for comment in self.above] + self.holder.comment_lines
        return Document(root, _header(root))

    def _gap(self, index: int) -> None:
        """Assign the comments before a position to their entries."""
        while self.next < len(self.comments) and self.comments[self.next].index < index:
            comment = self.comments[self.next]
            self.next += 1
            if comment.own or comment.line != self.latest_line:
                self.above.append(comment)
            elif (ended := self._latest_block()) and (self.latest.comment_lines or any(ended.comments())):
                ended.end.append(comment.text)  # behind a closing bracket that comments are in front of
            else:
                self.latest.comment_lines.append(comment.text)

    def _latest_block(self) -> Block | None:
        """Return the mapping or list of the latest entry, if it has ended."""
        value = self.latest.value
        return value if isinstance(value, Block) and all(opened.block is not value for opened in self.stack) else None

    def _take(self, event: Event) -> None:
        if isinstance(event, yaml.DocumentStartEvent):
            if event.version or event.tags or self.holder.raw:
                raise _NotPlain
            self.holder.raw = "---"  # a second document would come here again
        elif isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) or getattr(event, "tag", None):
            raise _NotPlain
        elif isinstance(event, yaml.ScalarEvent):
            self._scalar(event)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._open(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._close(event)

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        mark = Mark(_at(event.start_mark).line + 1, _at(event.start_mark).column + 1)
        end = _at(event.start_mark).line + self.text.count("\n", _at(event.start_mark).index, _end(self.text, event))
        inside = self.stack[-1] if self.stack else None
        value = resolve_scalar(event, mark)
        if inside and inside.block.is_mapping and inside.waiting is None:
            entry = Entry(ScalarNode("", mark), str(value.value))
            self._attach(inside, entry)
            inside.waiting = entry
            # a literal key would have an end of its own; what is behind the key is on the line where it ends
            self.latest, self.latest_line = entry, end
            return
        entry = self._entry(inside)
        entry.value, entry.raw = value, "" if event.style else event.value
        if event.style in {"|", ">"}:
            end = _at(event.start_mark).line  # a comment can be behind the sign only
        self.latest, self.latest_line = entry, end

    def _open(self, event: yaml.CollectionStartEvent) -> None:
        inside = self.stack[-1] if self.stack else None
        waits = inside is not None and inside.waiting is not None
        flow = bool(event.flow_style)
        if inside is None or (waits and not flow):
            entry = inside.waiting if inside and inside.waiting else self.holder
            if inside:
                inside.waiting = None
        else:
            entry = self._entry(inside)
        entry.value = Block(isinstance(event, yaml.MappingStartEvent))
        column = _at(event.start_mark).column
        if inside and not flow and column <= inside.column and not entry.value.is_mapping:
            column = inside.column + 1  # dashes below their key: what is in that column belongs to the keys
        self.stack.append(_Open(entry.value, entry, column, flow))
        if flow:
            self.latest, self.latest_line = entry, _at(event.start_mark).line

    def _close(self, event: yaml.CollectionEndEvent) -> None:
        closed = self.stack.pop()
        number_of_own = len(self.above)
        if not closed.flow and self.stack:
            number_of_own = 0
            for number, comment in enumerate(self.above, 1):
                if comment.text and comment.column < closed.column:
                    break
                number_of_own = number if comment.text else number_of_own
        closed.block.end += [comment.text for comment in self.above[:number_of_own]]
        del self.above[:number_of_own]
        if closed.flow:
            self.latest, self.latest_line = closed.holder, _at(event.start_mark).line

    def _entry(self, inside: _Open | None) -> Entry:
        """Return the entry that a value belongs to: that of the key before it, or a new item."""
        if inside is None:
            return self.holder
        if inside.waiting is not None:
            entry, inside.waiting = inside.waiting, None
            entry.above += [comment.text for comment in self.above if comment.text]
            self.above.clear()
            return entry
        entry = Entry(ScalarNode("", Mark()))
        self._attach(inside, entry)
        return entry

    def _attach(self, inside: _Open, entry: Entry) -> None:
        entry.above = [comment.text for comment in self.above]
        self.above.clear()
        inside.block.entries.append(entry)


def _header(root: Block) -> list[str]:
    """Split the header off the comments above the first key: all up to a blank line or the editor's line."""
    first = root.entries[0].above if root.entries else root.end
    end = max((n for n, line in enumerate(first, 1) if not line or "yaml-language-server" in line), default=0)
    header = first[:end]
    del first[:end]
    return header


def comments_in(text: str) -> list[str]:
    """Return the comments of a YAML text, in order.

    Raises:
        yaml.YAMLError: the text isn't YAML.
    """
    return [comment for comment, _, _ in comments_at(text)]


def comments_at(text: str, first: int = 1) -> list[tuple[str, Mark, Mark | None]]:
    """Return the comments of a YAML text, each with its position and that of the plain scalar right before it.

    Args:
        text: the text.
        first: the line of the file on which the text begins.

    Raises:
        yaml.YAMLError: the text isn't YAML.
    """
    comments = (comment for comment in _comments(text, list(events(text))) if comment.text)
    return [
        (
            comment.text,
            Mark(comment.line + first, comment.column + 1),
            Mark(comment.behind.line + first, comment.behind.column + 1) if comment.behind else None,
        )
        for comment in comments
    ]


def _comments(text: str, events: Iterable[Event]) -> list[_Comment]:
    """Return the comments and blank lines outside of scalars, where each `#` begins a comment."""
    comments: list[_Comment] = []
    scalar_events = [event for event in events if isinstance(event, yaml.ScalarEvent)]
    scalars = iter([_span(text, event) for event in scalar_events])
    plain = {_end(text, event): event.start_mark for event in scalar_events if not event.style and event.value}
    start, end = next(scalars, (len(text), len(text)))
    line = line_start = comment_end = 0
    for sign in _COMMENT_OR_BLANK.finditer(text):
        at = sign.start()
        while end <= at and start < len(text):
            start, end = next(scalars, (len(text), len(text)))
        if at < comment_end or start <= at < end:
            continue
        line += text.count("\n", line_start, at)
        line_start = max(line_start, text.rfind("\n", line_start, at) + 1)
        comment_end = text.find("\n", at) % (len(text) + 1)
        comment = text[at:comment_end].strip()
        before = len(text[:at].rstrip(" ")) if comment else at
        own = not text[line_start:at].strip()
        comments.append(_Comment(at, line, at - line_start, comment, own, None if own else plain.get(before)))
    return comments


def _span(text: str, event: yaml.ScalarEvent) -> tuple[int, int]:
    """Return the span of a scalar in which `#` begins no comment; after the indicator of a literal one, it does."""
    start, end = _at(event.start_mark).index, _end(text, event)
    if event.style in {"|", ">"}:
        start += len(text[start:end].partition("\n")[0])
    return start, end


def _end(text: str, event: yaml.ScalarEvent) -> int:
    """Return the end of a scalar; of a literal one, without the final line breaks."""
    start, end = _at(event.start_mark).index, _at(event.end_mark).index
    return start + len(text[start:end].rstrip()) if event.style in {"|", ">"} else end


def _at(mark: yaml.Mark | yaml._yaml.Mark | None) -> yaml.Mark | yaml._yaml.Mark:
    assert mark is not None, "libyaml gives every event its place"
    return mark
