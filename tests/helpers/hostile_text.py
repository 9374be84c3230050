"""Hostile text as an attacker may write it into a record, and findings with it, for tests of reports."""

import hypothesis.strategies as st

from conflict_incidents.core.findings import Finding, Mark, Severity, Shown

ESCAPE = "\x1b[2J\x1b]0;owned\x07"
BIDI = "\u202e\u2066\u200b\ufeff"
BREAKS = "\r\n\x0b\x0c\x85\u2028\u2029"
HOSTILE = f"{ESCAPE}{BIDI}{BREAKS}\x00\x9b\udc80%0A::error::x"
MARKUP = "]]> <img src=x onerror=y> [a](https://x.org) ![](//x) @octocat #1 **b** `c | d` | www.x.org {0} &lt; &#58; \\"

ANYTHING = st.text(st.characters(), max_size=40) | st.sampled_from([HOSTILE, ESCAPE, BIDI, BREAKS, MARKUP, "::", "##["])
"""Any text that may get into a message or a path."""


def finding(
    message: str = "wrong",
    path: str = "a.yaml",
    line: int = 1,
    column: int = 1,
    severity: Severity = Severity.ERROR,
    rule: str = "REC004",
) -> Finding:
    return Finding(path, Mark(line, column), rule, severity, Shown(message))
