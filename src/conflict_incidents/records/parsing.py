"""A file → a typed record, with all that is wrong with its form: reading, schema and model in one step.

Prevents: a file that can't be opened, is a link or a pipe, or names no known schema being passed over.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from conflict_incidents.core.files import beginning
from conflict_incidents.core.findings import Finding, Mark, Shown
from conflict_incidents.records import schema
from conflict_incidents.records.model import Record, build
from conflict_incidents.records.schema import Violation
from conflict_incidents.records.yaml.comments import comments_at
from conflict_incidents.records.yaml.decoding import MAX_BYTES, decode, file_form
from conflict_incidents.records.yaml.nodes import ScalarNode
from conflict_incidents.records.yaml.parser import read, too_many, unreadable
from conflict_incidents.records.yaml.raw_text import Unread

_SAYS_MORE = re.compile(rb"^[ \t]*[^\s#]", re.M)
"""What a file has that holds more than comments."""
_EDITORS_LINE = re.compile(rb"\A# yaml-language-server: \$schema=[\w./-]+\n")
_MAY_COMMENT = re.compile(rb"(?:^|[^\w/]|[|>][-+0-9]*)#", re.M)
"""What is in each file that has a comment, and seldom in others: a `#` that isn't in the middle of an address."""

UNCHECKED: Final = (
    "; until then only contacts and private addresses are looked for in the file, and nothing else is checked"
)
"""What a finding adds where it keeps a file from being read."""


@dataclass(slots=True)
class Parsed:
    """What came of a file: the typed record, or else its text (`unread`), and what its form violates.

    Both are None where there was nothing to be read.
    """

    path: str
    record: Record | None = None
    unread: Unread | None = None
    kind: str | None = None
    findings: list[Finding] = field(default_factory=list)
    violations: list[Violation] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Whether the form of the record is without fault."""
        return self.record is not None and not self.findings and not self.violations


def parse(data: bytes, path: str) -> Parsed:
    """The record in the bytes of a file that findings name `path`."""
    root, findings = read(data, path)
    if root is None:
        return Parsed(
            path, unread=_unread(data), findings=_saying_so(findings) if _SAYS_MORE.search(data) else findings
        )
    name = schema.named_by(root)
    if name is None:
        unknown = _unknown_schema(root.items.get("schema"), root.place("schema"))
        return Parsed(path, unread=_unread(data), findings=findings, violations=[unknown])
    kind = name.partition("/")[0]
    valid, violations = schema.check(root, name)
    if valid is None:
        return Parsed(path, None, _unread(data), kind, findings + too_many(path), violations)
    comments = _comments(data, path)
    record = build(kind, valid, root, path, [(text, at) for text, at, _ in comments])
    return Parsed(path, record, None, kind, findings, violations + schema.cut_short(root, name, comments))


def _saying_so(findings: list[Finding]) -> list[Finding]:
    """The findings on a file that couldn't be read, of which the one on that says that it hides what else is wrong."""
    why = next((number for number, one in enumerate(findings) if one.rule == "REC011"), len(findings) - 1)
    told = replace(findings[why], message=f"{findings[why].message}{UNCHECKED}")
    return [*findings[:why], told, *findings[why + 1 :]]


def _unread(data: bytes) -> Unread:
    """The text of a file that is no record, as far as a record goes; the editors' line says nothing."""
    text = _EDITORS_LINE.sub(b"\n", data[:MAX_BYTES]).decode("utf-8", "replace")
    return Unread(text.removeprefix("\ufeff").replace("\r\n", "\n"))


def _comments(data: bytes, path: str) -> list[tuple[str, Mark, Mark | None]]:
    """The comments of a file that has been read, but for the line by which editors find the schema."""
    line = _EDITORS_LINE.match(data)
    rest = data[line.end() :] if line else data
    if b"#" not in rest or not _MAY_COMMENT.search(rest):
        return []
    return comments_at(decode(rest, path)[0] or "", 2 if line else 1)


def parse_file(file: Path, path: str) -> Parsed:
    """The record in a file; whatever keeps it from being read is a finding."""
    return parse_content(content_of(file), path)


Content = bytes | str | OSError
"""What a file holds, or why it is none, or why it can't be read."""


def content_of(
    file: Path | str, read: Callable[[Path | str], bytes | str] = lambda file: beginning(file, MAX_BYTES + 1)
) -> Content:
    """What a file holds, or what keeps it from being read: as many bytes as tell whether a record is too large.

    `read` is another way of reading, of files that are no records.
    """
    try:
        return read(file)
    except OSError as error:
        return error


def parse_content(content: Content, path: str, parse: Callable[[bytes, str], Parsed] = parse) -> Parsed:
    """The record in what a file holds; whatever keeps it from being read is a finding."""
    if isinstance(content, OSError):
        return Parsed(path, findings=unreadable.run(path, Mark(), Shown((content.strerror or str(content)).lower())))
    if isinstance(content, str):
        return Parsed(path, findings=file_form.run(path, Mark(), Shown(content)))
    return parse(content, path)


def _unknown_schema(node: object, at: Mark) -> Violation:
    value = node if isinstance(node, ScalarNode) else ScalarNode("", at)
    return Violation(("REC003",), "const", at, "schema", value, schema.names())
