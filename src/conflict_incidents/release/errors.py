"""Errors that stop a release; the message includes the repair."""

from __future__ import annotations

from collections.abc import Sequence

from conflict_incidents.core.errors import UserError
from conflict_incidents.core.findings import Finding, Shown, release_text

MAX_FAULTS = 10
"""The maximum number of faults in a message."""


class ReleaseError(UserError):
    """The environment doesn't allow a release: a folder, a link, a lock, a descriptor. `exit_code` is 2."""


class ReleaseDefect(ReleaseError):
    """A check found errors in the data or the finished files; nothing was released. `exit_code` is 1."""

    exit_code = 1


class ReleaseRefused(ReleaseDefect):
    """The release violates rules; `findings` has the details."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        from conflict_incidents.validation.reports.text import line

        super().__init__("\n".join(line(finding) for finding in findings))
        self.findings = list(findings)


def listing(what: Shown, faults: Sequence[str]) -> Shown:
    """Format a message of several lines: a title, then the first faults of a release, which is public."""
    more = [f"  and {len(faults) - MAX_FAULTS} more"] if len(faults) > MAX_FAULTS else []
    lines = [f"{what}:", *(f"  {release_text(fault)}" for fault in faults[:MAX_FAULTS]), *more]
    return "\n".join(lines)
