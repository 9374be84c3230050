"""Findings for a terminal and a log: a line each. Prevents: a line that a CI takes for a command of its own."""

from __future__ import annotations

from collections.abc import Sequence

from conflict_incidents.findings import Finding, Severity, cut, printable, summary


def as_text(findings: Sequence[Finding], files: int) -> str:
    """A line a finding, `path:line:column: ID message`, and the summary."""
    return "\n".join([*(no_command(line(finding)) for finding in sorted(findings)), summary(findings, files)])


def line(finding: Finding) -> str:
    """A finding in one line, `path:line:column: ID message`."""
    place = f"{finding.path}:{finding.mark.line}:{finding.mark.column}"
    kind = "warning: " if finding.severity is Severity.WARNING else ""
    return printable(f"{place}: {finding.rule} {kind}{cut(finding.message)}")


def no_command(line: str) -> str:
    """A line that no CI takes for a command of its own: `::error` at its start, `##[error]` or `##vso[` anywhere."""
    line = line.replace("##", "# #")
    return f"./{line}" if line.lstrip().startswith("::") else line
