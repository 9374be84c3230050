"""Output of findings by subcommands: format and GitHub Actions summary."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from conflict_incidents.core.findings import Finding
from conflict_incidents.validation.reports import PRINTERS, VIEWS
from conflict_incidents.validation.reports.github import rest_summary


def chosen_format() -> str:
    """How findings are printed by default: as annotations under GitHub Actions, else as text."""
    return "github" if os.environ.get("GITHUB_ACTIONS") == "true" else "text"


_OF_A_REPOSITORY = ("github", "gitlab", "sarif")
"""The formats whose readers look for files from the top of a repository on."""


def in_repository(path: str) -> str:
    """A path from the working folder on, as one from the top of its repository on, or of the workspace of a CI job; as
    it is where it is in neither.
    """
    file = Path.cwd() / path
    top = next((folder for folder in file.parents if os.path.lexists(folder / ".git")), None)
    workspace = os.environ.get("GITHUB_WORKSPACE", "")
    above = top or (Path(workspace).resolve() if workspace else None)
    return str(file.relative_to(above)) if above and file.is_relative_to(above) else path


def print_findings(findings: Sequence[Finding], files: int, format: str | None = None) -> None:
    """Print findings in a format or view, by default the chosen format; an empty page isn't printed.

    What GitHub's annotations leave out goes into its summary.

    Raises:
        OSError: the job summary can't be written.
    """
    format = format or chosen_format()
    if format in _OF_A_REPOSITORY:
        findings = [replace(one, path=in_repository(one.path)) for one in findings]
    if text := (PRINTERS | VIEWS)[format](findings, files):
        print(text)
    summary = os.environ.get("GITHUB_STEP_SUMMARY", "")
    rest = rest_summary(findings, files) if format == "github" and summary else ""
    if rest:
        with Path(summary).open("a", encoding="utf-8") as page:
            page.write(rest)


def refused(findings: Sequence[Finding], files: int) -> int:
    """Print the findings that keep a release from being made, and return the exit code for that."""
    print_findings(findings, files)
    print("incidents: not built; the release that was there is untouched", file=sys.stderr)
    return 1
