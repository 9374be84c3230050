"""Findings for a terminal and a log: a line each. Prevents: a line that a CI takes for a command of its own."""

from __future__ import annotations

from collections.abc import Sequence

from conflict_incidents.core.findings import Finding, Severity, cut, harmless, printable, summary


def as_text(findings: Sequence[Finding], files: int) -> str:
    """A line a finding, `path:line:column: ID message`, and the summary."""
    return "\n".join([*(harmless(line(finding)) for finding in sorted(findings)), summary(findings, files)])


def line(finding: Finding) -> str:
    """A finding in one line, `path:line:column: ID message`."""
    place = f"{finding.path}:{finding.mark.line}:{finding.mark.column}"
    kind = "warning: " if finding.severity is Severity.WARNING else ""
    return printable(f"{place}: {finding.rule} {kind}{cut(finding.message)}")
