"""Findings as SARIF 2.1.0, which GitHub's code scanning and many editors read.

Prevents: an upload refused for its size, and a column that is off after Arabic text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from conflict_incidents.core.findings import Finding, Shown, cut, number, printable, worst_first
from conflict_incidents.core.redaction import redact_path
from conflict_incidents.core.rule import Rule
from conflict_incidents.core.version import __version__
from conflict_incidents.validation.manual import as_markdown, family, page
from conflict_incidents.validation.reports.fingerprints import fingerprints
from conflict_incidents.validation.reports.json_ import dump_json
from conflict_incidents.validation.reports.links import rule_page, rules_page, uri
from conflict_incidents.validation.rules import RULES

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
MAX_RESULTS = 5000
"""The maximum number of results that GitHub keeps of a run; it rejects runs of more than 25,000."""
FINGERPRINT = "findingIdentity/v1"
"""Not `primaryLocationLineHash`, which GitHub's upload computes from the file, warning if it differs."""

_LINK = re.compile(r"\](?=\()")
_PLACEHOLDER = re.compile(r"\{(?=[0-9]+\})")


def as_sarif(findings: Sequence[Finding], files: int) -> Shown:
    """Return a SARIF log of one run: every rule with its page, the `MAX_RESULTS` worst findings, the rest's number."""
    ordered = worst_first(findings)
    prints = fingerprints(findings)
    rules = [RULES[id] for id in sorted(RULES)]
    address = rules_page()
    places = {rule.id: place for place, rule in enumerate(rules)}
    driver = {
        "name": "incidents",
        "fullName": f"conflict-incidents {__version__}",
        "semanticVersion": __version__,
        **({"informationUri": address} if address else {}),
        "rules": [_descriptor(rule) for rule in rules],
    }
    run = {
        "tool": {"driver": driver},
        "invocations": [_invocation(len(ordered), files)],
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, places, prints[finding]) for finding in ordered[:MAX_RESULTS]],
    }
    return dump_json({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def _descriptor(rule: Rule[Any]) -> dict[str, Any]:
    text = page(rule)
    address = rule_page(rule.id)
    return {
        "id": rule.id,
        "name": "".join(word.capitalize() for word in rule.check.__name__.split("_")),
        "shortDescription": {"text": text.statement},
        "fullDescription": {"text": f"{text.statement} {' '.join(text.more.split())}".strip()},
        "help": {"text": rule.page, "markdown": as_markdown(rule)},
        **({"helpUri": address} if address else {}),
        "defaultConfiguration": {"level": rule.severity.value},
        "properties": {"tags": [family(rule)], "problem.severity": rule.severity.value},
    }


def _result(finding: Finding, places: Mapping[str, int], fingerprint: str) -> dict[str, Any]:
    address = uri(redact_path(finding.path))
    base = {} if address.startswith("file:") else {"uriBaseId": "%SRCROOT%"}
    return {
        "ruleId": finding.rule,
        **({"ruleIndex": places[finding.rule]} if finding.rule in places else {}),
        "level": finding.severity.value,
        "message": {"text": _message(finding.message)},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": address, **base},
                    "region": {"startLine": finding.mark.line, "startColumn": finding.mark.column},
                }
            }
        ],
        "partialFingerprints": {FINGERPRINT: fingerprint},
    }


def _message(text: str) -> str:
    """Escape text so that viewers find no link, `[text](target)`, or placeholder, `{0}` (SARIF 3.11)."""
    return _PLACEHOLDER.sub("{ ", _LINK.sub("] ", printable(cut(text))))


def _invocation(found: int, files: int) -> dict[str, Any]:
    """Return the invocation: success, number of files, and number of findings left out of the log."""
    notifications = [{"level": "note", "message": {"text": f"{number(files, 'file')} checked"}}]
    if found > MAX_RESULTS:
        more = f"{found - MAX_RESULTS} more findings are left out, the least bad ones; `incidents validate` lists all"
        notifications.append({"level": "warning", "message": {"text": more}})
    return {"executionSuccessful": True, "toolExecutionNotifications": notifications}
