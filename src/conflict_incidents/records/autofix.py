"""Fix the form of a record, where the fix is unambiguous.

Characters, layout, order of keys, quotes, addresses, duplicate keys with the same value, and values of a closed list
spelt with other capitals, spaces or hyphens. Numbers are never changed, and no comment is lost. The text before and
after is parsed and compared; if the records differ, nothing is changed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

from conflict_incidents.core.countries import alpha3
from conflict_incidents.core.findings import Finding
from conflict_incidents.core.names import fold_and_join, guess_language
from conflict_incidents.core.normalization import compose
from conflict_incidents.core.urls import normalize_url
from conflict_incidents.records import schema
from conflict_incidents.records.cells import CountValue, possible_counts
from conflict_incidents.records.counts import GROUPS, MEASURES
from conflict_incidents.records.days import Span, possible_days
from conflict_incidents.records.formatting import format_document, unsorted_text
from conflict_incidents.records.schema import Violation
from conflict_incidents.records.vocabulary import URL_KEYS
from conflict_incidents.records.yaml.comments import (
    Block,
    Document,
    Entry,
    as_nodes,
    comments_at,
    comments_in,
    document,
    from_value,
    to_value,
)
from conflict_incidents.records.yaml.decoding import MAX_BYTES, indented_plainly
from conflict_incidents.records.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode, same
from conflict_incidents.records.yaml.parser import FOLDED_BLOCK, read

_TABS = re.compile(r"^(?:[ \t]|-(?=[ \t]))*", re.M)
_TURNS = 5
_TAB_WIDTHS = (2, 4, 8, 1)
_INTEGER = re.compile(r"(?:0|[1-9][0-9]{0,8})\Z")
_FIGURES = re.compile(r"[0-9.,' ]+")
"""Numbers in another form: `1,000`, `07`."""
_SPACES_AT_ENDS = re.compile(r"[^\S\n]+(?=\n)")
_MENDABLE = frozenset({"REC001", "REC009"})
"""The parser's findings that may have an unambiguous fix; with any other finding, a record isn't reformatted."""


@dataclass(frozen=True, slots=True)
class Repair:
    """The result for a file: its bytes, descriptions of the fixes, and whether it is in canonical layout."""

    data: bytes
    fixes: tuple[str, ...] = ()
    canonical: bool = False


def repair(data: bytes, unneeded: Collection[tuple[str, str]] = ()) -> Repair:
    """Fix the bytes of a file with a record of a known schema; idempotent.

    Args:
        data: the bytes of the file, or the first `MAX_BYTES + 1` of them.
        unneeded: waivers (rule, record) that are no longer needed, to remove from a record of the schema `waivers`.
    """
    fixes: dict[str, None] = {}
    for _ in range(_TURNS):  # one fix may enable another
        turn = _fix(data, unneeded)
        fixes |= dict.fromkeys(turn.fixes)
        if turn.data == data:
            break
        data = turn.data
    return Repair(data, tuple(fixes), turn.canonical)


def _fix(data: bytes, unneeded: Collection[tuple[str, str]]) -> Repair:
    text = _decode(data)
    if text is None:
        return Repair(data)
    text, fixes = _characters(text)
    root, findings = read(text.encode("utf-8"), "")
    name = schema.schema_named_by(root) if root else None
    if root is None or name is None:
        return Repair(data)
    certain = {finding.rule for finding in findings} <= _MENDABLE
    reformatted = _Reformatter(text, name, unneeded, root, findings).reformat() if certain else None
    if reformatted is None:
        return Repair(text.encode("utf-8"), tuple(fixes))
    return Repair(reformatted[0].encode("utf-8"), (*fixes, *reformatted[1]), canonical=True)


def _decode(data: bytes) -> str | None:
    try:
        return data.decode("utf-8") if len(data) <= MAX_BYTES else None
    except UnicodeDecodeError:
        return None


def _characters(text: str) -> tuple[str, list[str]]:
    """Remove invisible characters and unusual line ends; return the text and the fixes."""
    fixes: list[str] = []
    for what, change in _ON_CHARACTERS.items():
        changed = change(text)
        if changed != text:
            text = changed
            fixes.append(what)
    return text, fixes


def _without_tabs(text: str) -> str:
    """Replace tabs, if the record doesn't depend on the tab width."""
    if "\t" not in text:
        return text
    readings: list[tuple[str, MappingNode]] = []
    for width in _TAB_WIDTHS:
        spaced = _expand_tabs(text, width)
        root, _ = read(spaced.encode("utf-8"), "")
        if root is not None:
            readings.append((spaced, root))
    return readings[0][0] if readings and all(same(root, readings[0][1]) for _, root in readings) else text


def _expand_tabs(text: str, width: int) -> str:
    """Replace tabs by spaces: up to the next tab stop in the indentation, one space elsewhere."""
    return _TABS.sub(lambda start: start[0].expandtabs(width), text).replace("\t", " ")


def _in_composed_form(text: str) -> str:
    """Convert the text to NFC, if the record is otherwise unchanged."""
    changed = compose(text)
    if changed == text:
        return text
    before, after = (read(one.encode("utf-8"), "")[0] for one in (text, changed))
    return changed if before and after and same(_with_texts(before, compose), after) else text


def _with_texts(node: Node, change: Callable[[str], str]) -> Node:
    """Return the tree with `change` applied to all keys and texts."""
    if isinstance(node, ScalarNode):
        return ScalarNode(change(node.value), node.at, node.odd) if isinstance(node.value, str) else node
    if isinstance(node, SequenceNode):
        return SequenceNode([_with_texts(item, change) for item in node.items], node.at)
    return MappingNode({change(key): _with_texts(child, change) for key, child in node.items.items()}, {}, node.at)


_ON_CHARACTERS: dict[str, Callable[[str], str]] = {
    "a byte order mark": lambda text: text.removeprefix("\ufeff"),
    "CR LF line ends": lambda text: text.replace("\r\n", "\n"),
    "spaces of another kind in the indentation": indented_plainly,
    "tabs": _without_tabs,
    "decomposed letters": _in_composed_form,
}
"""Fixes of a text before it is parsed as YAML, by the name of the defect."""


class _Reformatter:
    """Reformat a record and apply unambiguous fixes."""

    def __init__(
        self, text: str, name: str, unneeded: Collection[tuple[str, str]], root: MappingNode, findings: list[Finding]
    ):
        self.text, self.name, self.unneeded = text, name, unneeded
        self.root, self.findings = root, findings
        self.violations = schema.check(root, name)[1]

    def reformat(self) -> tuple[str, list[str]] | None:
        """Return the record's text and the fixes; None if writing it would change a value."""
        doubtful: set[str] = set()
        while True:
            record = document(self.text)
            if record is None or not same(as_nodes(record.root), self.root):
                return None
            if schema.cut_short(self.root, self.name, comments_at(self.text)):
                return None  # quoting a truncated text would hide the truncation
            fixes = [what for what, change in _ON_TREES.items() if change(record.root, self.unneeded)]
            values = self._mend_values(record.root, doubtful)
            new_text = format_document(record, self.name)
            if new_text == self.text:
                return None if self.findings else (new_text, [])
            again = self._read_back(new_text, record)
            if again is None:
                return None
            # a fix that causes another violation is wrong: leave it to a person
            wrong = set().union(*values.values()) & {one.name for one in schema.check(again, self.name)[1]}
            if not wrong:
                return new_text, [*fixes, *values, *self._lost_content(record)]
            doubtful |= wrong

    def _read_back(self, new_text: str, record: Document) -> MappingNode | None:
        """Parse the generated text; None unless it has the same values and every comment."""
        again, findings = read(new_text.encode("utf-8"), "")
        unchanged = again is not None and not findings and same(as_nodes(record.root), again)
        return again if unchanged and sorted(comments_in(new_text)) == sorted(comments_in(self.text)) else None

    def _lost_content(self, record: Document) -> list[str]:
        """Return what else changed besides values: the order of keys, the layout."""
        before = document(self.text)
        laid = before is not None and unsorted_text(before) == self.text
        ordered = unsorted_text(record) == format_document(record, self.name)
        return ["the order of keys"] * (not ordered) + ["the layout"] * (not laid)

    def _mend_values(self, root: Block, doubtful: Collection[str]) -> dict[str, set[str]]:
        """Fix schema violations; return the names of the fixed values by description of the fix."""
        at = {entry.value.mark: entry for entry in root.walk() if isinstance(entry.value, ScalarNode)}
        fixes: dict[str, set[str]] = {}
        for violation in self.violations:
            entry = at.get(violation.value.mark) if isinstance(violation.value, ScalarNode) else None
            # a hidden line break, which the parser takes for a space, shifts the positions after it
            if entry and isinstance(violation.value, ScalarNode) and violation.name not in doubtful:
                for what, new_value in _ON_VALUES.items():
                    value = new_value(violation, violation.value, entry.raw)
                    if value is not None:
                        entry.value = from_value(value, violation.value.mark)
                        fixes.setdefault(what, set()).add(violation.name)
        return fixes


def _as_text(violation: Violation, value: ScalarNode, raw: str) -> str | None:
    """Return the text of an unquoted scalar where the schema requires text."""
    unquoted = not isinstance(value.value, str) and violation.keyword == "type" and violation.expectation == "text"
    return raw if violation.keyword == "odd" or unquoted else None


def _as_number(violation: Violation, value: ScalarNode, raw: str) -> int | None:
    """Return the number of a quoted whole number where the schema requires an unquoted one."""
    is_quoted = violation.keyword == "type" and "REC007" in violation.rules and isinstance(value.value, str)
    return int(str(value.value)) if is_quoted and not raw and _INTEGER.match(str(value.value)) else None


def _closest_listed(violation: Violation, *_: object) -> str | None:
    """Return the only value of a closed list that matches except for capitals and separators."""
    options = violation.options if violation.keyword == "enum" else ()
    same = [one for one in options if fold_and_join(one) == fold_and_join(violation.text)]
    return same[0] if len(same) == 1 else None


def _as_day(violation: Violation, _: ScalarNode, raw: str) -> Span | None:
    """Return the day or, of an incident, the span in another form, where only one can be meant."""
    days = possible_days(raw or violation.text) if "DAT001" in violation.rules else []
    if len(days) != 1:
        return None
    is_day = isinstance(days[0], str) or (violation.name == "date" and "precision" not in days[0])
    return days[0] if is_day else None  # of a month, the day may be missing


def _as_count(violation: Violation, value: ScalarNode, _: str) -> CountValue | None:
    """Return the count of unambiguous words or signs, such as `>6` or `dozens`."""
    is_count = "REC007" in violation.rules and violation.key in {*MEASURES, *GROUPS}
    if not is_count or value.odd not in {None, FOLDED_BLOCK}:
        return None
    if not isinstance(value.value, str) or _FIGURES.fullmatch(value.value):
        return None
    counts = list(possible_counts(value.value).values())
    return counts[0] if len(counts) == 1 else None


_ON_VALUES: dict[str, Callable[[Violation, ScalarNode, str], CountValue | Span | None]] = {
    "text without quotes": _as_text,
    "whole numbers in quotes": _as_number,
    "values of lists in another spelling": _closest_listed,
    "counts in words or signs": _as_count,
    "names of languages": lambda violation, *_: guess_language(violation.text) if "SRC006" in violation.rules else None,
    "names of countries": lambda violation, *_: (
        alpha3(violation.text) if (violation.key, violation.keyword) == ("country", "pattern") else None
    ),
    "days in another form": _as_day,
}


def _trim(root: Block, _: object) -> bool:
    return _change_texts(root, lambda _, text: _SPACES_AT_ENDS.sub("", compose(text)).strip() or text)


def _normalise(root: Block, _: object) -> bool:
    return _change_texts(root, lambda key, text: normalize_url(text) if key in URL_KEYS else text)


def _change_texts(root: Block, change: Callable[[str | None, str], str]) -> bool:
    """Replace each text by that which `change` gives for it and its key; return whether one differs."""
    changed = False
    for entry in root.walk():
        value = entry.value
        if isinstance(value, ScalarNode) and isinstance(value.value, str) and not value.odd:
            text = change(entry.key, value.value)
            if text != value.value:
                entry.value, changed = ScalarNode(text, value.mark), True
    return changed


def _without_doubles(root: Block, _: object) -> bool:
    """Remove duplicate keys with the same value; their comments move to what follows."""
    changed = False
    for block in [root, *(entry.value for entry in root.walk() if isinstance(entry.value, Block))]:
        first: dict[str, Entry] = {}
        if block.is_mapping:
            doubled = [entry for entry in block.entries if _is_double(first.setdefault(str(entry.key), entry), entry)]
            changed |= _drop(block, doubled)
    return changed


def _plain_counts(root: Block, _: object) -> bool:
    """Write `[5, 6]` as `{between: [5, 6]}`, and `{exact: 6}` as `6`."""
    changed = False
    for entry in root.walk():
        if entry.key in _COUNT_KEYS and isinstance(entry.value, Block):
            match to_value(entry.value):
                case [low, high] if type(low) is type(high) is int and 0 <= low < high:
                    entry.value, changed = Block(True, [Entry(entry.value, "between")]), True
                case {"exact": number, **others} if type(number) is int and number >= 0 and not others:
                    (alone,) = entry.value.entries
                    entry.comment_lines = [*entry.comment_lines, *alone.comments()]
                    entry.value, changed = alone.value, True
    return changed


def _is_double(first: Entry, entry: Entry) -> bool:
    return first is not entry and same(as_nodes(first.value), as_nodes(entry.value))


def _without_unneeded(root: Block, unneeded: Collection[tuple[str, str]]) -> bool:
    """Remove waivers that are no longer needed; their comments move to what follows."""
    changed = False
    for listed in root.entries if unneeded else []:
        if listed.key == "waivers" and isinstance(listed.value, Block):
            changed |= _drop(listed.value, [entry for entry in listed.value.entries if _waiver_key(entry) in unneeded])
    return changed


def _waiver_key(entry: Entry) -> tuple[object, object]:
    waiver = to_value(entry.value)
    return (waiver.get("rule"), waiver.get("record")) if isinstance(waiver, dict) else ("", "")


def _drop(block: Block, entries: Collection[Entry]) -> bool:
    comments: list[str] = []
    remaining: list[Entry] = []
    for entry in block.entries:
        if any(entry is dropped for dropped in entries):
            comments += entry.comments()
        else:
            entry.above = [*comments, *entry.above]
            comments = []
            remaining.append(entry)
    block.entries, block.end = remaining, [*comments, *block.end]
    return bool(entries)


_COUNT_KEYS = frozenset({*MEASURES, *GROUPS})
_ON_TREES: dict[str, Callable[[Block, Collection[tuple[str, str]]], bool]] = {
    "spaces at the ends of texts": _trim,
    "addresses not in normal form": _normalise,
    "duplicate keys": _without_doubles,
    "counts in lists, or under `exact`": _plain_counts,
    "waivers no longer needed": _without_unneeded,
}
