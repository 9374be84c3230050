"""Bytes → a tree of scalars, mappings and sequences in which every node has its line and column.

A loop of our own over libyaml's events, with a resolver that knows whole numbers, decimals, `true` and `false` and
nothing else. Prevents: the last of two equal keys winning unseen, an alias or tag that means something else to another
reader, `NO` read as false, `010` as eight, `12:30` as 750, text hidden behind a line break that only some programs see,
and a reader that crashes, hangs or recurses on hostile bytes. Any bytes give a tree, or findings, or both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NoReturn

import yaml

from conflict_incidents.core.findings import Finding, Mark, Severity, shown
from conflict_incidents.core.redaction import redacted
from conflict_incidents.core.rule import MOST, Problem, rule
from conflict_incidents.records.yaml.decoding import decode, file_form, refused, text_form
from conflict_incidents.records.yaml.nodes import ALIAS, MappingNode, Node, ScalarNode, SequenceNode
from conflict_incidents.records.yaml.syntax_errors import syntax_errors

if TYPE_CHECKING:
    from yaml.events import Event

MAX_DEPTH = 16
MAX_VALUES = 70_000
"""More keys, values and lists than a record of full size has, written as tightly as can be."""

if not yaml.__with_libyaml__:
    # The pure Python loader has other verdicts and is ten times slower; falling back to it silently would be wrong.
    raise ImportError("PyYAML was built without libyaml; install a wheel of PyYAML that has it")

UNUSUAL = "a number in an unusual or too long form"
FOLDED = "where `>` begins a block of text in YAML"
"""What is odd about `+6`, and about `>6`."""
_FOLDED = re.compile(r"(?P<before>(?:[:-] +|[\[{,] *))>(?![-+]?[ \t]*(?:\n|\Z|(?<=[ \t])#))")
_MASK = "\ue000"
"""A character that no record may hold: replaces a `>` that isn't YAML syntax while libyaml reads the text."""
_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,17})\Z")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,8})\.[0-9]{1,15}\Z")
_ODD: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?:~|null|)\Z", re.I), "an empty value"),
    (
        re.compile(r"(?:y|yes|n|no|on|off|true|false)\Z", re.I),
        "a word that some readers take for true or false",
    ),
    (re.compile(r"[-+]?[0-9][0-9_]*+(?::[0-5]?[0-9])++(?:\.[0-9_]*+)?\Z"), "a number of base 60 to some readers"),
    (re.compile(r"[-+]?0[0-9_]+\Z|[-+]?0o[0-7_]+\Z"), "an octal number to some readers"),
    (re.compile(r"[-+]?0x[0-9a-f_]+\Z|[-+]?0b[01_]+\Z", re.I), "a hexadecimal or binary number"),
    (re.compile(r"[-+]?\.(?:inf|nan)\Z|[-+]?(?:inf|infinity|nan)\Z", re.I), "not a finite number"),
    (re.compile(r"[-+]?(?:[0-9][0-9_]*+)?(?:\.[0-9_]*+)?(?<=[0-9_.])[eE][-+]?[0-9]++\Z"), "a number with an exponent"),
    (re.compile(r"[-+]?(?:[0-9]++\.?[0-9]*+|\.[0-9]++)\Z"), UNUSUAL),
    (re.compile(r"[-+]?(?:[0-9][0-9_]*+(?:\.[0-9_]*+)?|\.[0-9][0-9_]*+)\Z"), "a number with underscores"),
    (re.compile(r"[=<]{1,2}\Z"), "a sign with a meaning of its own in YAML 1.1"),
)


_LONGEST_WORD = len("infinity")
"""No longer text that begins with a letter is odd."""


@dataclass(slots=True)
class _Open:
    """A collection that the loop is inside of, with the key that waits for its value."""

    node: MappingNode | SequenceNode
    key: str | None = None
    key_mark: Mark = field(default_factory=Mark)


class _Stop(Exception):
    """Reading can't go on; the findings say why."""


def read(data: bytes, path: str) -> tuple[MappingNode | None, list[Finding]]:
    """The record in `data`, and what is wrong with how it is written.

    Args:
        data: the bytes of one file.
        path: the name that findings give it.

    Returns:
        The root mapping, or None where nothing that can be judged further was there, and the findings.
    """
    text, findings = decode(data, path)
    if text is None:
        return None, findings
    directive = re.search(r"^%", text, re.M)
    if directive:
        findings += plain_yaml.run(path, Mark(text.count("\n", 0, directive.start()) + 1), "a directive")
    reader = _Reader(path, findings)
    root = reader.read(text)
    if root is None and not reader.findings:
        reader.findings += unreadable.run(path, Mark(), "the file holds no record")
    return root, reader.findings


def too_many(path: str) -> list[Finding]:
    """The finding that says that a file was given up."""
    return unreadable.run(path, Mark(), f"more than {MOST} problems, of which the first are listed")


def events(text: str) -> Iterator[Event]:
    """The events of a text, in which a `>` right before more text, as in `>6`, is no sign of YAML.

    Raises:
        yaml.YAMLError: it isn't YAML otherwise.
    """
    masked = _masked(text)
    found: Iterator[Event] = yaml.parse(masked, Loader=yaml.CSafeLoader)
    return found if masked == text else map(_unmasked, found)


def _unmasked(event: Event) -> Event:
    if isinstance(event, yaml.ScalarEvent):
        event.value = event.value.replace(_MASK, ">")
    return event


def _masked(text: str) -> str:
    return _FOLDED.sub(rf"\g<before>{_MASK}", text) if ">" in text else text


class _Reader:
    """The loop over the events of one document."""

    def __init__(self, path: str, findings: list[Finding]) -> None:
        self.path = path
        self.findings = findings
        self.given = len(findings)
        self.stack: list[_Open] = []
        self.root: MappingNode | None = None
        self.documents = 0
        self.values = 0
        self.end = Mark()

    def read(self, text: str) -> MappingNode | None:
        self.end = _end(text)
        try:
            for event in events(text):
                self._take(event)
        except yaml.YAMLError:
            self._slipped(text)
            return None
        except _Stop:
            return None
        return self.root

    def _slipped(self, text: str) -> None:
        """Say what has to be repaired before the text can be parsed."""
        found = syntax_errors(_masked(text), {finding.mark.line for finding in self.findings[: self.given]})
        slipped = {slip.at.line for slip in found}
        # What was read of a text that ends elsewhere than was meant isn't judged.
        self.findings[self.given :] = [one for one in self.findings[self.given :] if one.mark.line not in slipped]
        for slip in found:
            self.findings += unreadable.run(self.path, min(slip.at, self.end), slip.seen, slip.repair)

    def _take(self, event: Event) -> None:
        if len(self.findings) > MOST:
            self.findings += too_many(self.path)
            raise _Stop
        mark = _mark(event.start_mark)
        if isinstance(event, yaml.DocumentStartEvent):
            self._document(mark)
        elif isinstance(event, yaml.AliasEvent):
            self._refuse(mark, f"the alias {shown('*' + str(event.anchor))}")
            self._place(ScalarNode("", mark, odd=ALIAS))
        elif isinstance(event, yaml.ScalarEvent):
            self._decorations(event, mark)
            self._text(event, mark)
            self._place(resolved(event, mark))
        elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            self._decorations(event, mark)
            self._open(
                MappingNode({}, {}, mark) if isinstance(event, yaml.MappingStartEvent) else SequenceNode([], mark)
            )
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            self.stack.pop()

    def _document(self, mark: Mark) -> None:
        self.documents += 1
        if self.documents > 1:
            self._refuse(mark, "a second document")
            raise _Stop

    def _decorations(self, event: yaml.NodeEvent, mark: Mark) -> None:
        if event.anchor:
            self._refuse(mark, f"the anchor {shown('&' + event.anchor)}")
        tag = getattr(event, "tag", None)
        if tag:
            self._refuse(mark, f"the tag {shown(tag)}")

    def _text(self, event: yaml.ScalarEvent, mark: Mark) -> None:
        wrong = refused(event.value) if event.style == '"' else None
        text = _without_last_breaks(event)
        if text != text.strip():
            wrong = "the text begins or ends with a space; delete it"
        if wrong:
            self.findings += text_form.run(self.path, mark, wrong)

    def _open(self, node: MappingNode | SequenceNode) -> None:
        if len(self.stack) >= MAX_DEPTH:
            self._stop_too_deep(node.mark)
        self._place(node)
        self.stack.append(_Open(node))

    def _place(self, node: Node) -> None:
        """Put a finished or just opened node where it belongs."""
        self.values += 1
        if self.values > MAX_VALUES:
            self.findings += file_form.run(self.path, Mark(), f"more than {MAX_VALUES} values; split the record")
            raise _Stop
        if not self.stack:
            if isinstance(node, MappingNode):
                self.root = node
            else:
                at = min(node.mark, self.end)
                self.findings += unreadable.run(self.path, at, "a record is a mapping of keys to values")
            return
        parent = self.stack[-1]
        if isinstance(parent.node, SequenceNode):
            parent.node.items.append(node)
        elif parent.key is None:
            self._key(parent, node)
        else:
            self._value(parent, node)

    def _key(self, parent: _Open, node: Node) -> None:
        if not isinstance(node, ScalarNode):
            self._refuse(node.mark, "a key that is itself a mapping or a list")
            raise _Stop
        if node.value == "<<":
            self._refuse(node.mark, "the merge key `<<`")
        parent.key, parent.key_mark = str(node.value), node.mark

    def _value(self, parent: _Open, node: Node) -> None:
        assert isinstance(parent.node, MappingNode)
        assert parent.key is not None
        key, parent.key = parent.key, None
        if key in parent.node.items:
            first = next(iter(parent.node.items)) == key and len(self.stack) > 1
            begins = first and isinstance(self.stack[-2].node, SequenceNode)
            self.findings += duplicate_key.run(self.path, parent.key_mark, key, parent.node.keys[key], begins)
        elif key != "<<":
            parent.node.items[key] = node
            parent.node.keys[key] = parent.key_mark

    def _refuse(self, mark: Mark, what: str) -> None:
        self.findings += plain_yaml.run(self.path, mark, what)

    def _stop_too_deep(self, mark: Mark) -> NoReturn:
        self.findings += file_form.run(self.path, mark, f"nested more than {MAX_DEPTH} deep; flatten the record")
        raise _Stop


def _mark(mark: yaml.Mark | yaml._yaml.Mark | None) -> Mark:
    if mark is None:
        return Mark()
    return Mark(mark.line + 1, mark.column + 1)


def _end(text: str) -> Mark:
    last = text.rstrip("\n").rpartition("\n")[2]
    return Mark(text.rstrip("\n").count("\n") + 1, len(last) + 1)


def _without_last_breaks(event: yaml.ScalarEvent) -> str:
    """The text of a scalar; a literal or folded one ends before the line breaks that end it."""
    return event.value.rstrip("\n") if event.style in {"|", ">"} else event.value


def resolved(event: yaml.ScalarEvent, mark: Mark) -> ScalarNode:
    """What the scalar of an event means: quoted text is text, plain text is what any reader takes it for, or odd."""
    text = event.value
    if event.style:  # quoted, literal or folded: text, whatever it looks like
        return ScalarNode(_without_last_breaks(event), mark)
    if text in {"true", "false"}:
        return ScalarNode(text == "true", mark)
    if _WHOLE.match(text) and text != "-0":
        return ScalarNode(int(text), mark)
    if _DECIMAL.match(text):
        return ScalarNode(float(text), mark)
    if len(text) > _LONGEST_WORD and text[0].isalpha():
        return ScalarNode(text, mark)
    if text.startswith(">"):
        return ScalarNode(text, mark, odd=FOLDED)
    return ScalarNode(text, mark, odd=next((why for pattern, why in _ODD if pattern.match(text)), None))


@rule("REC001", Severity.ERROR)
def duplicate_key(at: Mark, key: str, first: Mark, begins: bool = False) -> Iterator[Problem]:
    """Keys are unique within a mapping.

    YAML loaders keep the last of two equal keys and say nothing, so that a pasted line replaces a toll unseen.

    Wrong:
        killed: 7
        killed: 9

    Right:
        killed: 7
    """
    item = ", or write `- ` before it if another item of the list begins here" if begins else ""
    yield Problem(at, f"duplicate key {redacted(key)} (first used on line {first.line}); remove one{item}")


@rule("REC002", Severity.ERROR)
def plain_yaml(at: Mark, what: str) -> Iterator[Problem]:
    """A record uses plain YAML: one document, no anchors, aliases, tags, merge keys or directives.

    Each of these makes the value that is read differ from the text that was reviewed, and some make reading it
    explode.

    Wrong:
        killed: &toll 7
        wounded: *toll

    Right:
        killed: 7
        wounded: 7
    """
    yield Problem(at, f"{what} is not allowed; write the value out, as plain YAML")


@rule("REC011", Severity.ERROR)
def unreadable(at: Mark, why: str, repair: str = "correct the file") -> Iterator[Problem]:
    """What can't be read is a finding, never passed over; so is an empty file, and a run that checked no file.

    A record that a tool skipped would count as checked. The message says where the mistake is and what to type
    there; where that can't be determined, it repeats what libyaml says, with a hint. In a file that can't be read, only
    contacts and private addresses are looked for, line by line (PRV003, PRV004); the rest is checked once it can be.

    Wrong:
        killed: {total: 7

    Right:
        killed: {total: 7}
    """
    yield Problem(at, f"can't be read: {why}; {repair}")
