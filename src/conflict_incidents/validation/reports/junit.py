"""Findings as JUnit XML: a test case for each rule, failed where it has errors.

Warnings fail no test; they are in the output of their rule. Control characters and `]]>` of a record are escaped.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from conflict_incidents.core.findings import Finding, Severity, errors, harmless, number, summary
from conflict_incidents.validation.manual import page
from conflict_incidents.validation.reports.text import line
from conflict_incidents.validation.rules import RULES

_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}


def as_junit(findings: Sequence[Finding], files: int) -> str:
    """A test suite with a test case for each rule, in the layout that Jenkins defines."""
    by_rule: dict[str, list[Finding]] = defaultdict(list)
    for finding in sorted(findings):
        by_rule[finding.rule].append(finding)
    ids = sorted({*RULES, *by_rule})
    failed = sum(bool(errors(by_rule[id])) for id in ids)
    counts = f'tests="{len(ids)}" failures="{failed}" errors="0"'
    return "\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            f'<testsuites name="incidents validate" {counts}>',
            f'<testsuite name="incidents validate" {counts} skipped="0">',
            *(text for id in ids for text in _case(id, by_rule[id])),
            f"<system-out>{_escaped(summary(findings, files))}</system-out>",
            "</testsuite>",
            "</testsuites>",
        ]
    )


def _case(id: str, found: Sequence[Finding]) -> Iterator[str]:
    statement = f" {page(RULES[id]).statement}" if id in RULES else ""
    opening = f'<testcase classname="incidents.{_escaped(id[:3])}" name="{_escaped(id + statement)}"'
    if not found:
        yield f"{opening}/>"
        return
    yield f"{opening}>"
    wrong = errors(found)
    if wrong:
        told = f"{number(len(wrong), 'error')} in {number(len({finding.path for finding in wrong}), 'file')}"
        yield f'<failure type="{_escaped(id)}" message="{told}">{_lines(wrong)}</failure>'
    if len(wrong) < len(found):
        warnings = [finding for finding in found if finding.severity is Severity.WARNING]
        yield f"<system-out>{_lines(warnings)}</system-out>"
    yield "</testcase>"


def _lines(findings: Sequence[Finding]) -> str:
    return "\n".join(_escaped(harmless(line(finding))) for finding in findings)


def _escaped(text: str) -> str:
    """Text that is allowed in XML 1.0; `line` has made control characters printable already."""
    return "".join(_ENTITIES.get(c, c) for c in text)
