"""Parse a file into a typed record, with findings on its form: decoding, schema and model in one step.

Prevents: a file being skipped because it can't be opened, is a link or a pipe, or names no known schema.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from conflict_incidents.core.files import read_start
from conflict_incidents.core.findings import Finding, Mark, Shown, reason
from conflict_incidents.records import schema
from conflict_incidents.records.model import Record, build
from conflict_incidents.records.schema import Violation
from conflict_incidents.records.yaml.comments import comments_at
from conflict_incidents.records.yaml.decoding import MAX_BYTES, decode, file_form
from conflict_incidents.records.yaml.nodes import ScalarNode
from conflict_incidents.records.yaml.parser import read, too_many, unreadable
from conflict_incidents.records.yaml.raw_text import Unread

_SAYS_MORE = re.compile(rb"^[ \t]*[^\s#]", re.M)
"""A pattern that files with more than comments match."""
_EDITORS_LINE = re.compile(rb"\A# yaml-language-server: \$schema=[\w./-]+\n")
_MAY_COMMENT = re.compile(rb"(?:^|[^\w/]|[|>][-+0-9]*)#", re.M)
"""A pattern that files with comments match, and few others: a `#` that isn't inside a URL."""

UNCHECKED_SUFFIX: Final = (
    "; until then only contacts and private addresses are looked for in the file, and nothing else is checked"
)
"""The suffix of a finding that prevents parsing."""


@dataclass(slots=True)
class Parsed:
    """The result of parsing a file: the typed record, or else its text (`unread`), with findings and violations.

    Both are None if the file couldn't be read.
    """

    path: str
    record: Record | None = None
    unread: Unread | None = None
    kind: str | None = None
    findings: list[Finding] = field(default_factory=list)
    violations: list[Violation] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Whether the form of the record has no errors."""
        return self.record is not None and not self.findings and not self.violations


def parse(data: bytes, path: str) -> Parsed:
    """Parse a record from the bytes of a file named `path` in findings."""
    root, findings = read(data, path)
    if root is None:
        return Parsed(
            path, unread=_unread(data), findings=_with_note(findings) if _SAYS_MORE.search(data) else findings
        )
    name = schema.schema_named_by(root)
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


def _with_note(findings: list[Finding]) -> list[Finding]:
    """Append a note to the finding that prevents parsing, as it may hide others."""
    why = next((number for number, one in enumerate(findings) if one.rule == "REC011"), len(findings) - 1)
    with_note = replace(findings[why], message=f"{findings[why].message}{UNCHECKED_SUFFIX}")
    return [*findings[:why], with_note, *findings[why + 1 :]]


def _unread(data: bytes) -> Unread:
    """Return the text of a file that couldn't be parsed, up to the maximum size, without the editors' schema line."""
    text = _EDITORS_LINE.sub(b"\n", data[:MAX_BYTES]).decode("utf-8", "replace")
    return Unread(text.removeprefix("\ufeff").replace("\r\n", "\n"))


def _comments(data: bytes, path: str) -> list[tuple[str, Mark, Mark | None]]:
    """Return the comments of a parsed file, without the editors' schema line."""
    line = _EDITORS_LINE.match(data)
    rest = data[line.end() :] if line else data
    if b"#" not in rest or not _MAY_COMMENT.search(rest):
        return []
    return comments_at(decode(rest, path)[0] or "", 2 if line else 1)


def parse_file(file: Path, path: str) -> Parsed:
    """Parse the record in a file; errors are findings."""
    return parse_content(content_of(file), path)


Content = bytes | str | OSError
"""The content of a file, or why it isn't a regular file, or the error in reading it."""


def content_of(
    file: Path | str, read: Callable[[Path | str], bytes | str] = lambda file: read_start(file, MAX_BYTES + 1)
) -> Content:
    """Read the content of a file, or return the error: up to one byte more than the maximum size of a record.

    `read` may replace the reader, for files that aren't records.
    """
    try:
        return read(file)
    except OSError as error:
        return error


def parse_content(content: Content, path: str, parse: Callable[[bytes, str], Parsed] = parse) -> Parsed:
    """Parse the record in a file's content; errors are findings."""
    if isinstance(content, OSError):
        return Parsed(path, findings=unreadable.run(path, Mark(), reason(content)))
    if isinstance(content, str):
        return Parsed(path, findings=file_form.run(path, Mark(), Shown(content)))
    return parse(content, path)


def _unknown_schema(node: object, at: Mark) -> Violation:
    value = node if isinstance(node, ScalarNode) else ScalarNode("", at)
    return Violation(("REC003",), "const", at, "schema", value, schema.names())
