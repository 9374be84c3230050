"""Errors that stop a release; the message includes the repair."""

from __future__ import annotations

from collections.abc import Sequence

from conflict_incidents.core.findings import Finding

SHOWN = 10
"""How many faults a message lists."""


class ReleaseError(Exception):
    """The surroundings don't allow a release: a folder, a link, a lock, a descriptor. `exit_code` is 2."""

    exit_code = 2


class ReleaseDefect(ReleaseError):
    """A check found the data or the finished files wrong; nothing was released. `exit_code` is 1."""

    exit_code = 1


class ReleaseRefused(ReleaseDefect):
    """What the release would say breaks a rule; `findings` say which, where and how to repair it."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        from conflict_incidents.validation.reports.text import line

        super().__init__("\n".join(line(finding) for finding in findings))
        self.findings = list(findings)


def listing(what: str, faults: Sequence[str]) -> str:
    """A message of several lines: what is wrong, then the first of the faults."""
    more = [f"  and {len(faults) - SHOWN} more"] if len(faults) > SHOWN else []
    return "\n".join([f"{what}:", *(f"  {fault}" for fault in faults[:SHOWN]), *more])
