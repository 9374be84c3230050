"""Findings for a terminal and a log, one per line."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from conflict_incidents.core.findings import (
    Finding,
    Severity,
    Shown,
    bare,
    cut,
    errors,
    harmless,
    printable,
    summary,
)
from conflict_incidents.core.redaction import redact_path
from conflict_incidents.validation.manual import page
from conflict_incidents.validation.reports.links import rule_page
from conflict_incidents.validation.rules import RULES

EXAMPLES = 3
"""The maximum number of warnings per rule in the default output."""


def as_text(findings: Sequence[Finding], files: int) -> Shown:
    """Format every error in one line, the first warnings of each rule with the number of others, and the summary."""
    wrong = sorted(errors(findings))
    warnings: dict[str, list[Finding]] = defaultdict(list)
    for finding in sorted(findings):
        if finding.severity is Severity.WARNING:
            warnings[finding.rule].append(finding)
    grouped = (text for rule in sorted(warnings) for text in _first(rule, warnings[rule]))
    return Shown("\n".join([*_lines(wrong), *_pages(wrong), *grouped, summary(findings, files)]))


def as_list(findings: Sequence[Finding], files: int) -> Shown:
    """Format every finding in one line, `path:line:column: ID message`, and the summary."""
    return Shown("\n".join([*_lines(findings), *_pages(errors(findings)), summary(findings, files)]))


def as_errors(findings: Sequence[Finding], files: int) -> Shown:
    """Format only the findings, in one line each; empty without findings."""
    return "\n".join(_lines(findings))


def as_statistics(findings: Sequence[Finding], files: int) -> Shown:
    """Format the number of findings per rule, most frequent first, and the summary."""
    counts = Counter((finding.rule, finding.severity) for finding in findings)
    ordered = sorted(counts, key=lambda key: (-counts[key], key))
    width = len(str(max(counts.values(), default=0)))
    statements = {id: Shown(page(RULES[id]).statement if id in RULES else "") for id, _ in ordered}
    lines = [f"{counts[key]:>{width}}  {bare(key[0])} {key[1]:<7}  {statements[key[0]]}" for key in ordered]
    return Shown("\n".join([*map(harmless, lines), summary(findings, files)]))


def line(finding: Finding) -> Shown:
    """Format a finding in one line, `path:line:column: ID message`."""
    place = f"{redact_path(finding.path)}:{finding.mark.line}:{finding.mark.column}"
    kind = Shown("warning: " if finding.severity is Severity.WARNING else "")
    return Shown(printable(f"{place}: {bare(finding.rule)} {kind}{cut(finding.message)}"))


def _lines(findings: Iterable[Finding]) -> Iterator[Shown]:
    return (harmless(line(finding)) for finding in sorted(findings))


def _pages(wrong: Iterable[Finding]) -> Iterator[Shown]:
    """Yield where the pages of the rules are that errors break: their addresses, or the command that prints one."""
    counts = Counter(finding.rule for finding in wrong if finding.rule in RULES)
    if addresses := [address for id in sorted(counts) if (address := rule_page(id))]:
        yield from (f"see {Shown(address)}" for address in addresses)
    elif counts:
        (most, _), *_ = counts.most_common(1)
        yield f"see `incidents explain {bare(most)}` for the page of a rule"


def _first(rule: str, warnings: Sequence[Finding]) -> Iterator[str]:
    """Yield the first warnings of a rule; all if omitting some would save no line."""
    more = len(warnings) - EXAMPLES
    yield from _lines(warnings if more <= 1 else warnings[:EXAMPLES])
    if more > 1:
        yield f"  … {more} more of {bare(rule)}; `incidents validate --rule {bare(rule)} --all` lists them"
