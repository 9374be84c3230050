"""Findings as JSON; and the JSON encoder of all JSON formats."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from conflict_incidents.core.findings import Finding, Shown, cut, errors
from conflict_incidents.core.redaction import redact_path
from conflict_incidents.validation.reports.links import rule_page


def as_json(findings: Sequence[Finding], files: int) -> Shown:
    """Return a JSON object: `findings` (path, line, column, rule, severity, message, and `url`,
    the address of the rule's page, if known), `files`, `errors`, `warnings`."""
    wrong = len(errors(findings))
    rows = [
        {
            "path": redact_path(finding.path),
            "line": finding.mark.line,
            "column": finding.mark.column,
            "rule": finding.rule,
            "severity": finding.severity.value,
            "message": cut(finding.message),
            **({"url": address} if (address := rule_page(finding.rule)) else {}),
        }
        for finding in sorted(findings)
    ]
    return dump_json({"findings": rows, "files": files, "errors": wrong, "warnings": len(findings) - wrong})


def dump_json(page: Any) -> Shown:
    """Return indented ASCII JSON in which no line is a CI command."""
    return Shown(json.dumps(page, ensure_ascii=True, indent=2).replace("##", r"#\u0023"))
