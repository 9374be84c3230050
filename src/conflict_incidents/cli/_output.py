"""Output of findings by subcommands: format and GitHub Actions summary."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from conflict_incidents.cli._terminal import has_links
from conflict_incidents.core.findings import Finding, Shown
from conflict_incidents.validation.reports import PRINTERS, VIEWS
from conflict_incidents.validation.reports.github import rest_summary
from conflict_incidents.validation.reports.links import rule_page

_RULE_OF_A_LINE = re.compile(r"(:[0-9]+:[0-9]+: )([A-Z]{3}[0-9]{3})(?= )")


_OF_A_REPOSITORY = ("github", "sarif")
"""The formats whose readers resolve files from the root of a repository."""


def in_repository(path: str) -> str:
    """Convert a path relative to the working folder to one relative to its repository, or to the workspace of a CI job;
    unchanged outside of them.
    """
    file = Path.cwd() / path
    top = next((folder for folder in file.parents if os.path.lexists(folder / ".git")), None)
    workspace = os.environ.get("GITHUB_WORKSPACE", "")
    above = top or (Path(workspace).resolve() if workspace else None)
    return str(file.relative_to(above)) if above and file.is_relative_to(above) else path


def print_findings(findings: Sequence[Finding], files: int, format: str | None = None) -> None:
    """Print findings in a format or view, by default text, or annotations under GitHub Actions; nothing if it is empty.

    Findings beyond GitHub's limit of annotations go into its summary.
    """
    format = format or ("github" if os.environ.get("GITHUB_ACTIONS") == "true" else "text")
    if format in _OF_A_REPOSITORY:
        findings = [replace(one, path=in_repository(one.path)) for one in findings]
    if text := (PRINTERS | VIEWS)[format](findings, files):
        print(_link_rule(text) if format in {"text", *VIEWS} and has_links(sys.stdout) else text)
    summary = os.environ.get("GITHUB_STEP_SUMMARY", "")
    rest = rest_summary(findings, files) if format == "github" and summary else ""
    if rest:
        with Path(summary).open("a", encoding="utf-8") as page:
            page.write(rest)


def print_refusal(findings: Sequence[Finding], files: int) -> int:
    """Print the findings that prevent a release, and return the exit code."""
    print_findings(findings, files)
    print("incidents: no release was made; an earlier one is untouched", file=sys.stderr)
    return 1


def _link_rule(text: Shown) -> Shown:
    """Make the rule's id in each line of a finding a hyperlink to its page (OSC 8), if the address is known."""
    return Shown("\n".join(_RULE_OF_A_LINE.sub(_link, line, count=1) for line in text.split("\n")))


def _link(match: re.Match[str]) -> str:
    place, id = match.groups()
    address = rule_page(id)
    return f"{place}\033]8;;{address}\033\\{id}\033]8;;\033\\" if address else match[0]
