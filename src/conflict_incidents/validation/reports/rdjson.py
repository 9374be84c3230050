"""Findings as reviewdog's diagnostic format (rdjson), for comments on pull or merge requests of any host.

reviewdog counts columns in UTF-8 bytes, a finding in characters, which differ after Arabic text. The range therefore
has the line only, and the column is in `original_output`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from conflict_incidents.core.findings import Finding, cut, markdown, printable, worst_first
from conflict_incidents.validation.reports.json_ import dumped
from conflict_incidents.validation.reports.links import rule_page, rules_page
from conflict_incidents.validation.reports.text import line


def as_rdjson(findings: Sequence[Finding], files: int) -> str:
    """A DiagnosticResult: source, and a diagnostic a finding, the worst first, its message as Markdown to be posted."""
    address = rules_page()
    source = {"name": "incidents", **({"url": address} if address else {})}
    return dumped({"source": source, "diagnostics": [_diagnostic(one) for one in worst_first(findings)]})


def _diagnostic(finding: Finding) -> dict[str, Any]:
    address = rule_page(finding.rule)
    return {
        "message": markdown(cut(finding.message)),
        "location": {"path": printable(finding.path), "range": {"start": {"line": finding.mark.line}}},
        "severity": finding.severity.upper(),
        "code": {"value": finding.rule, **({"url": address} if address else {})},
        "original_output": line(finding),
    }
