"""Fingerprints of findings that don't change when lines move."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from hashlib import sha256

from conflict_incidents.core.findings import Finding

_LINE = re.compile(r"\bline [0-9]+")


def fingerprints(findings: Iterable[Finding]) -> dict[Finding, str]:
    """Return a fingerprint for each finding: 32 hexadecimal digits that depend on path, rule and message, not on
    position.

    Findings that are equal in all of these are distinguished by their order in the file.
    """
    alike: Counter[tuple[str, str, str]] = Counter()
    prints: dict[Finding, str] = {}
    for finding in sorted(set(findings)):
        key = (finding.path, finding.rule, _LINE.sub("line", finding.message))
        alike[key] += 1
        text = "\0".join((*key, str(alike[key])))
        prints[finding] = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return prints
