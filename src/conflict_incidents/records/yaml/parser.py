"""Bytes → a tree of scalars, mappings and sequences, each with its line and column.

A loop over libyaml's events with a resolver for whole numbers, decimals, `true` and `false` only. YAML loaders keep the
last of two equal keys, expand aliases and tags, read `NO` as false, `010` as 8 and `12:30` as 750, and may crash or
hang on hostile input; here all of these are findings. Any bytes give a tree, findings, or both.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NoReturn

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from conflict_incidents.core.findings import Finding, Mark, Severity, Shown, show
from conflict_incidents.core.rule import MAX_FINDINGS_PER_RULE, Problem, rule
from conflict_incidents.records.yaml.decoding import character_error, decode, file_form, text_form
from conflict_incidents.records.yaml.nodes import (
    ALIAS,
    NO_VALUE,
    At,
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
    mark_of,
)
from conflict_incidents.records.yaml.syntax_errors import syntax_errors

if TYPE_CHECKING:
    from yaml.events import Event

MAX_DEPTH = 16
MAX_VALUES = 70_000
"""The largest number of nodes; a record of the maximum size has fewer."""

if not yaml.__with_libyaml__:
    # The pure Python loader has other verdicts and is ten times slower; falling back to it silently would be wrong.
    raise ImportError("PyYAML was built without libyaml; install a wheel of PyYAML that has it")

CORRECT = Shown("correct the file")
PLAIN = Shown("write the value out, as plain YAML")
UNUSUAL = "a number in an unusual or too long form"
FOLDED_BLOCK = "where `>` begins a block of text in YAML"
"""The reasons why `+6` and `>6` are odd."""
_FOLDED_BLOCK = re.compile(r"(?P<before>(?:[:-] +|[\[{,] *))>(?![-+]?[ \t]*(?:\n|\Z|(?<=[ \t])#))")
_MASK = "\ue000"
"""Replaces a `>` that isn't YAML syntax while libyaml parses the text; invalid in a record."""
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})\Z")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,8})\.[0-9]{1,15}\Z")
_ODD: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?:~|null|)\Z", re.I), NO_VALUE),
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


_MAX_WORD = len("infinity")
"""The length above which a text that begins with a letter can't be odd."""
_WORDS = frozenset(["null", "y", "yes", "n", "no", "on", "off", "true", "false", "inf", "infinity", "nan"])
"""All odd ASCII texts up to that length."""


class _Stop(Exception):
    """Parsing stopped; the findings give the reason."""


def read(data: bytes, path: str) -> tuple[MappingNode | None, list[Finding]]:
    """Parse the record in `data`.

    Args:
        data: the bytes of one file.
        path: the path for the findings.

    Returns:
        The root mapping, or None if there is none, and the findings.
    """
    text, findings = decode(data, path)
    if text is None:
        return None, findings
    if "%" in text and (directive := re.search(r"^%", text, re.M)):
        findings += plain_yaml.run(path, Mark(text.count("\n", 0, directive.start()) + 1), "a directive")
    reader = _Reader(path, findings)
    root = reader.read(text)
    if root is None and not reader.findings:
        reader.findings += unreadable.run(path, Mark(), "the file holds no record")
    return root, reader.findings


def too_many(path: str) -> list[Finding]:
    """The finding for a file that can't be parsed."""
    return unreadable.run(path, Mark(), f"more than {MAX_FINDINGS_PER_RULE} problems, of which the first are listed")


def events(text: str) -> Iterator[Event]:
    """The events of a text; a `>` right before text, as in `>6`, is read as text.

    Raises:
        yaml.YAMLError: the text isn't YAML.
    """
    masked = _mask(text)
    parsed: Iterator[Event] = yaml.parse(masked, Loader=yaml.CSafeLoader)
    return parsed if masked == text else map(_unmask, parsed)


def _unmask(event: Event) -> Event:
    if isinstance(event, yaml.ScalarEvent):
        event.value = event.value.replace(_MASK, ">")
    return event


def _mask(text: str) -> str:
    return _FOLDED_BLOCK.sub(rf"\g<before>{_MASK}", text) if ">" in text else text


class _Reader:
    """The loop over the events of one document."""

    def __init__(self, path: str, findings: list[Finding]) -> None:
        self.path = path
        self.findings = findings
        self.initial_count = len(findings)
        self.text = ""
        self.restarts: set[int] = set()

    def read(self, text: str) -> MappingNode | None:
        self.text = text
        try:
            return self._tree()
        except yaml.YAMLError:
            self._report_slips()
        except _Stop:
            pass
        return None

    def _tree(self) -> MappingNode | None:
        """Build the tree. This loop takes most of the parsing time, so rare cases are handled elsewhere.

        `items`, `keys` and `values` belong to the current mapping or list: its nodes, the positions of its keys (None
        in a list) and its plain values; `key` is the key whose value comes next. `outer` is the stack of the same
        for all enclosing ones.
        """
        take, findings, trimmed = _source(self.text), self.findings, self.text.isascii()
        root: MappingNode | None = None
        items: Any = None
        keys: Any = None
        values: Any = None
        key: str | None = None
        key_at: Any = None
        outer: list[tuple[Any, Any, Any]] = []
        read = documents = 0
        certain = True
        value: Any
        while True:
            event = take()
            kind = type(event)
            if findings and len(findings) > MAX_FINDINGS_PER_RULE:
                self._stop(*too_many(self.path))
            at = event.start_mark
            if kind is ScalarEvent or kind is AliasEvent:
                if kind is AliasEvent:
                    self._refuse(at, "an alias")
                    value, odd = "", ALIAS
                else:
                    value, odd = event.value, None
                    if event.anchor or event.tag:
                        self._refuse_decoration(event)
                    if event.style or not trimmed:
                        self._judge_text(event)
                    if event.style:
                        value = _without_last_breaks(event)
                    elif not value[:1].isalpha() or (
                        len(value) <= _MAX_WORD and (value.lower() in _WORDS or not value.isascii())
                    ):
                        value, odd = _meaning(value)
                read += 1
                if read > MAX_VALUES:
                    self._stop_too_many()
                if keys is not None:
                    if key is None:
                        if value == "<<":
                            self._refuse(at, "the merge key `<<`")
                        key, key_at = str(value), at
                        continue
                    if key in items:
                        self._duplicate(key, key_at, items, keys, outer)
                    elif key != "<<":
                        items[key], keys[key], values[key] = ScalarNode(value, at, odd), key_at, value
                    key = None
                elif items is not None:
                    items.append(ScalarNode(value, at, odd))
                    values.append(value)
                else:
                    self._no_mapping(at)
                if odd or (type(value) is float and value.is_integer()):
                    certain = False
            elif kind is MappingStartEvent or kind is SequenceStartEvent:
                if event.anchor or event.tag:
                    self._refuse_decoration(event)
                if len(outer) >= MAX_DEPTH:
                    self._stop_too_deep(at)
                read += 1
                if read > MAX_VALUES:
                    self._stop_too_many()
                node: Any
                if kind is MappingStartEvent:
                    value = {}
                    node = MappingNode({}, {}, at, value)
                else:
                    value = []
                    node = SequenceNode([], at)
                if keys is not None:
                    if key is None:
                        self._refuse(at, "a key that is itself a mapping or a list")
                        raise _Stop
                    if key in items:
                        self._duplicate(key, key_at, items, keys, outer)
                    elif key != "<<":
                        items[key], keys[key], values[key] = node, key_at, value
                    key = None
                elif items is not None:
                    items.append(node)
                    values.append(value)
                elif kind is MappingStartEvent:
                    root = node
                else:
                    self._no_mapping(at)
                outer.append((items, keys, values))
                items, values = node.items, value
                keys = node.keys if kind is MappingStartEvent else None
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                items, keys, values = outer.pop()
            elif kind is DocumentStartEvent:
                documents += 1
                if documents > 1:
                    self._refuse(at, "a second document", "delete the `---`, or move another record to its own file")
                    raise _Stop
            elif kind is StreamEndEvent:
                if root is not None and not certain:
                    root.values = None
                return root

    def _report_slips(self) -> None:
        """Report the syntax errors of a text."""
        slips = syntax_errors(_mask(self.text), {finding.mark.line for finding in self.findings[: self.initial_count]})
        slipped = {slip.at.line for slip in slips}
        # What was read of a text that ends elsewhere than was meant isn't judged.
        self.findings[self.initial_count :] = [
            one for one in self.findings[self.initial_count :] if one.mark.line not in slipped
        ]
        end = _end(self.text)
        for slip in slips:
            self.findings += unreadable.run(self.path, min(slip.at, end), slip.observation, slip.repair)

    def _refuse_decoration(self, event: Any) -> None:
        if event.anchor:
            self._refuse(event.start_mark, "an anchor")
        if event.tag:
            self._refuse(event.start_mark, "a tag")

    def _judge_text(self, event: Any) -> None:
        wrong = character_error(event.value) if event.style == '"' and not _is_plain(event.value) else None
        text = _without_last_breaks(event)
        if text != text.strip():
            wrong = Shown("the text begins or ends with a space; delete it")
        if wrong:
            self.findings += text_form.run(self.path, mark_of(event.start_mark), wrong)

    def _no_mapping(self, at: At) -> None:
        place = min(mark_of(at), _end(self.text))
        self.findings += unreadable.run(self.path, place, "a record is a mapping of keys to values")

    def _duplicate(
        self, key: str, at: At, items: dict[str, Node], keys: dict[str, At], outer: list[tuple[Any, Any, Any]]
    ) -> None:
        if id(items) in self.restarts:
            return  # a dash before the first of them repairs this one, too
        begins = key in list(items)[:2] and len(outer) > 1 and outer[-1][1] is None  # an `id` may precede the first key
        if begins:
            self.restarts.add(id(items))
        self.findings += duplicate_key.run(self.path, mark_of(at), key, mark_of(keys[key]), begins)

    def _refuse(self, at: At, what: Shown, repair: Shown = PLAIN) -> None:
        self.findings += plain_yaml.run(self.path, mark_of(at), what, repair)

    def _stop(self, *findings: Finding) -> NoReturn:
        self.findings += findings
        raise _Stop

    def _stop_too_deep(self, at: At) -> NoReturn:
        self._stop(*file_form.run(self.path, mark_of(at), f"nested more than {MAX_DEPTH} deep; flatten the record"))

    def _stop_too_many(self) -> NoReturn:
        self._stop(*file_form.run(self.path, Mark(), f"more than {MAX_VALUES} values; split the record"))


def _source(text: str) -> Callable[[], Any]:
    """A function that returns the next event of a text."""
    if ">" in text:
        return events(text).__next__
    take: Callable[[], Any] = yaml.CSafeLoader(text).get_event
    return take


def _end(text: str) -> Mark:
    last = text.rstrip("\n").rpartition("\n")[2]
    return Mark(text.rstrip("\n").count("\n") + 1, len(last) + 1)


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable()


def _without_last_breaks(event: yaml.ScalarEvent) -> str:
    """The text of a scalar; of a literal or folded one, without the final line breaks."""
    return event.value.rstrip("\n") if event.style in {"|", ">"} else event.value


def resolve_scalar(event: yaml.ScalarEvent, mark: Mark) -> ScalarNode:
    """Resolve the scalar of an event: quoted text is text; plain text is a value, or odd if readers disagree."""
    if event.style:  # quoted, literal or folded: text, whatever it looks like
        return ScalarNode(_without_last_breaks(event), mark)
    value, odd = _meaning(event.value)
    return ScalarNode(value, mark, odd)


@lru_cache(maxsize=4096)
def _meaning(text: str) -> tuple[str | int | float | bool, str | None]:
    """The value of plain text, and the reason why readers may disagree about it."""
    if text in {"true", "false"}:
        return text == "true", None
    if _INTEGER.match(text) and text != "-0":
        return int(text), None
    if _DECIMAL.match(text):
        return float(text), None
    if len(text) > _MAX_WORD and text[0].isalpha():
        return text, None
    if text.startswith(">"):
        return text, FOLDED_BLOCK
    return text, next((why for pattern, why in _ODD if pattern.match(text)), None)


@rule("REC001", Severity.ERROR)
def duplicate_key(at: Mark, key: str, first: Mark, begins: bool = False) -> Iterator[Problem]:
    """Keys are unique within a mapping.

    YAML loaders keep the last of two equal keys and say nothing, so that a pasted line silently replaces a toll.

    Wrong:
        killed: 7
        killed: 9

    Right:
        killed: 7
    """
    item = Shown(", or write `- ` before it if another item of the list begins here" if begins else "")
    yield Problem(at, f"duplicate key {show(key, 'key')} (first used on line {first.line}); remove one{item}")


@rule("REC002", Severity.ERROR)
def plain_yaml(at: Mark, what: Shown, repair: Shown = PLAIN) -> Iterator[Problem]:
    """A record uses plain YAML: one document, no anchors, aliases, tags, merge keys or directives.

    Each of these makes the value that is read differ from the text that was reviewed, and some make parsing
    explode.

    Wrong:
        killed: &toll 7
        wounded: *toll

    Right:
        killed: 7
        wounded: 7
    """
    yield Problem(at, f"{what} is not allowed; {repair}")


@rule("REC011", Severity.ERROR)
def unreadable(at: Mark, why: Shown, repair: Shown = CORRECT) -> Iterator[Problem]:
    """A file that can't be parsed is a finding; so is an empty file, and a run that checked no file.

    A record that a tool skipped would count as checked. The message says where the mistake is and what to type
    there; if that can't be determined, it repeats libyaml's message, with a hint. In a file that can't be parsed, only
    contacts and private addresses are looked for, line by line (PRV003, PRV004).

    Wrong:
        killed: {total: 7

    Right:
        killed: {total: 7}
    """
    yield Problem(at, f"can't be read: {why}; {repair}")
