"""Findings as annotations of GitHub Actions, and as the table of a job summary.

GitHub shows ten errors and ten warnings per step, and fifty annotations per job; the worst findings come first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from conflict_incidents.core.findings import (
    Finding,
    Severity,
    Shown,
    cut,
    harmless,
    markdown,
    number,
    summary,
    worst_first,
)
from conflict_incidents.core.redaction import redact_path
from conflict_incidents.validation.reports.links import rule_page
from conflict_incidents.validation.reports.text import line

MAX_ANNOTATIONS = 10
"""The maximum number of annotations that GitHub shows per severity and step."""
MAX_BYTES = 500_000
"""The maximum size of the table in a summary: GitHub rejects a step's summary above 1 MiB, and others add to it."""


def as_github(findings: Sequence[Finding], files: int) -> Shown:
    """Format findings as workflow commands for annotations, worst first; those beyond GitHub's limit are plain text."""
    ordered = worst_first(findings)
    annotated = _annotated_findings(ordered)
    lines = [_command(finding) if finding in annotated else harmless(line(finding)) for finding in ordered]
    return Shown("\n".join([*lines, summary(findings, files)]))


def rest_summary(findings: Sequence[Finding], files: int) -> str:
    """Format the findings as a Markdown table for the job summary, if there are more than the annotations show.

    Worst first, as many as fit into `MAX_BYTES`, with the number of those omitted.
    """
    ordered = worst_first(findings)
    if _annotated_findings(ordered).issuperset(ordered):
        return ""
    rows = list(_rows_that_fit(map(_row, ordered)))
    omitted = len(ordered) - len(rows)
    more = ["", f"{number(omitted, 'more finding')}; `incidents validate` lists all."] if omitted else []
    head = [f"### {summary(findings, files)}", "", "| where | rule | what |", "|---|---|---|"]
    return "\n".join([*head, *rows, *more, ""])


def _rows_that_fit(rows: Iterable[str]) -> Iterator[str]:
    """Yield the first rows, as many as fit into `MAX_BYTES`."""
    room = MAX_BYTES
    for row in rows:
        room -= len(row.encode("utf-8")) + 1
        if room < 0:
            return
        yield row


def _annotated_findings(ordered: Sequence[Finding]) -> set[Finding]:
    """Return the findings that GitHub shows as annotations: the first of each severity."""
    return {
        finding
        for severity in Severity
        for finding in [one for one in ordered if one.severity is severity][:MAX_ANNOTATIONS]
    }


def _command(finding: Finding) -> str:
    page = rule_page(finding.rule)
    text = f"{line(finding)}; see {page}" if page else line(finding)
    return (
        f"::{finding.severity.value} file={_property(redact_path(finding.path))},line={finding.mark.line},"
        f"col={finding.mark.column},title={_property(finding.rule)}::{_escape(text)}"
    )


def _row(finding: Finding) -> str:
    place = markdown(f"{redact_path(finding.path)}:{finding.mark.line}:{finding.mark.column}")
    address = rule_page(finding.rule)
    rule = f"[{markdown(finding.rule)}]({address})" if address else markdown(finding.rule)
    warning = "warning: " if finding.severity is Severity.WARNING else ""
    return f"| {place} | {rule} | {warning}{markdown(cut(finding.message))} |"


def _escape(text: str) -> str:
    return harmless(text).replace("%", "%25")


def _property(text: str) -> str:
    return _escape(text).replace(":", "%3A").replace(",", "%2C")
