"""What was found wrong, where, and how to repair it; printed for people and for CI.

Prevents: findings without a place, and record text, which strangers write, steering a terminal or a CI log.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

SHOWN_LENGTH = 60
"""How many characters of a seen value a message repeats."""
MESSAGE_LENGTH = 1000
"""How many characters of a message are printed, whatever went into it."""


class Severity(StrEnum):
    """How bad a finding is: an error refuses the record, a warning asks a reviewer to look."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A place in a file; line and column count from 1, in code points."""

    line: int = 1
    column: int = 1


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing found wrong: where (`path`, `mark`), by which rule, how bad, and what to do."""

    path: str
    mark: Mark
    rule: str
    severity: Severity
    message: str


def printable(text: str) -> str:
    """`text` with every character that could steer a terminal or hide text written as an escape."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def shown(value: object) -> str:
    """A value that was seen, in backquotes, made printable and cut to a readable length."""
    text = printable(value if isinstance(value, str) else str(value)).replace("`", "'")
    return f"`{text if len(text) <= SHOWN_LENGTH else text[: SHOWN_LENGTH - 1] + '…'}`"


def errors(findings: Iterable[Finding]) -> list[Finding]:
    """Those findings that refuse a record."""
    return [finding for finding in findings if finding.severity is Severity.ERROR]


def summary(findings: Sequence[Finding], files: int) -> str:
    """The closing line: how many errors and warnings in how many files."""
    wrong = len(errors(findings))
    return f"{_number(wrong, 'error')}, {_number(len(findings) - wrong, 'warning')} in {_number(files, 'file')}"


def as_text(findings: Sequence[Finding], files: int) -> str:
    """A line a finding, `path:line:column: ID message`, and the summary."""
    lines = [_no_command(_text_line(finding)) for finding in sorted(findings)]
    return "\n".join([*lines, summary(findings, files)])


def as_json(findings: Sequence[Finding], files: int) -> str:
    """One JSON object: `findings` (path, line, column, rule, severity, message), `files`, `errors`, `warnings`."""
    wrong = len(errors(findings))
    rows = [
        {
            "path": finding.path,
            "line": finding.mark.line,
            "column": finding.mark.column,
            "rule": finding.rule,
            "severity": finding.severity.value,
            "message": _cut(finding.message),
        }
        for finding in sorted(findings)
    ]
    page = {"findings": rows, "files": files, "errors": wrong, "warnings": len(findings) - wrong}
    return json.dumps(page, ensure_ascii=True, indent=2).replace("##", r"#\u0023")


def as_github(findings: Sequence[Finding], files: int) -> str:
    """Workflow commands that GitHub Actions turns into annotations; errors first, as it shows only ten a step."""
    ordered = sorted(findings, key=lambda finding: (finding.severity is not Severity.ERROR, finding))
    lines = [
        f"::{finding.severity.value} file={_github_property(finding.path)},line={finding.mark.line},"
        f"col={finding.mark.column},title={_github_property(finding.rule)}::{_github(_text_line(finding))}"
        for finding in ordered
    ]
    return "\n".join([*lines, summary(findings, files)])


PRINTERS = {"text": as_text, "json": as_json, "github": as_github}


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _text_line(finding: Finding) -> str:
    place = f"{finding.path}:{finding.mark.line}:{finding.mark.column}"
    kind = "warning: " if finding.severity is Severity.WARNING else ""
    return printable(f"{place}: {finding.rule} {kind}{_cut(finding.message)}")


def _cut(message: str) -> str:
    return message if len(message) <= MESSAGE_LENGTH else message[: MESSAGE_LENGTH - 1] + "…"


def _no_command(line: str) -> str:
    """A line that no CI takes for a command of its own: `::error` at its start, `##[error]` or `##vso[` anywhere."""
    line = line.replace("##", "# #")
    return f"./{line}" if line.lstrip().startswith("::") else line


def _github(text: str) -> str:
    return _no_command(printable(text)).replace("%", "%25")


def _github_property(text: str) -> str:
    return _github(text).replace(":", "%3A").replace(",", "%2C")
