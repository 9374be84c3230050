"""Findings as GitLab's code quality report."""

from __future__ import annotations

from collections.abc import Sequence

from conflict_incidents.core.findings import Finding, Severity, Shown, cut, printable, worst_first
from conflict_incidents.core.redaction import path_shown
from conflict_incidents.validation.reports.fingerprints import fingerprints
from conflict_incidents.validation.reports.json_ import dump_json

SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "minor"}
"""GitLab's severities, which are info, minor, major, critical and blocker."""


def as_gitlab(findings: Sequence[Finding], files: int) -> Shown:
    """Return a JSON list of issues, worst first, each with a fingerprint that doesn't depend on line numbers."""
    prints = fingerprints(findings)
    return dump_json(
        [
            {
                "type": "issue",
                "check_name": finding.rule,
                "description": printable(f"{finding.rule} {cut(finding.message)}"),
                "categories": ["Bug Risk"],
                "severity": SEVERITIES[finding.severity],
                "fingerprint": prints[finding],
                "location": {
                    "path": printable(path_shown(finding.path)),
                    "lines": {"begin": finding.mark.line},
                },
            }
            for finding in worst_first(findings)
        ]
    )
