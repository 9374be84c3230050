"""Check records against reading, schema and rules. Without PATH, the whole dataset."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Collection

from conflict_incidents.cli import EXIT_INTERRUPTED, CommandError
from conflict_incidents.cli._fix import add_repair, differences, fix_and_check
from conflict_incidents.cli._options import (
    add_scheduler,
    add_work,
    at_work,
    belong_to_none,
    cache_folder,
    dataset_at,
    named_path,
    rule_id,
)
from conflict_incidents.cli._output import print_findings
from conflict_incidents.core.findings import Finding, Shown, errors, user_text
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.pipeline import Outcome, validate_dataset, validate_paths
from conflict_incidents.validation.reports import PRINTERS
from conflict_incidents.validation.rules import RULES

VIEWS = {
    "all": "list every warning, not only the first of each rule",
    "quiet": "list what makes the command fail, and nothing else",
    "statistics": "count the findings of each rule",
}
"""The views of `reports.VIEWS`, with their lines in `--help`."""

_MAX_LISTED = 5
"""The maximum number of paths in a message."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `incidents validate`."""
    parser.add_argument(
        "paths", nargs="*", type=named_path, metavar="PATH", help="a file or folder, inside the dataset or not"
    )
    parser.add_argument(
        "--changed-since",
        metavar="REV",
        help="check what was changed since the branch left REV (a branch, a tag, a commit), and what that breaks",
    )
    add_repair(parser)
    parser.add_argument(
        "--watch", action="store_true", help="validate again whenever a file changes, and print what that changed"
    )
    add_work(parser)
    add_scheduler(parser)
    parser.add_argument(
        "--rule",
        dest="rules",
        action="append",
        type=rule_id,
        metavar="RULE",
        help="print the findings of this rule alone, and what keeps a file from being judged; may be repeated",
    )
    views = parser.add_mutually_exclusive_group()
    views.add_argument(
        "--format", choices=sorted(PRINTERS), help="how to print findings (default: text; github under GitHub Actions)"
    )
    for view, help in VIEWS.items():
        views.add_argument(f"--{view}", dest="format", action="store_const", const=view, help=help)
    parser.add_argument("--fail-on-warnings", action="store_true", help="exit with 1 on warnings, too")


def run(options: argparse.Namespace) -> int:
    """Print the findings; return 1 for an error, or a warning that counts as one."""
    if options.paths and options.root is None and belong_to_none(options.paths):
        few = ", ".join(user_text(path) for path in options.paths[:_MAX_LISTED])
        print(
            f"incidents: in no dataset, and so not checked: {few}{Shown(' …' * (len(options.paths) > _MAX_LISTED))}",
            file=sys.stderr,
        )
        return 0
    if options.watch:
        return _watch(options)
    if options.scheduler is not None or isinstance(options.root, str):
        return _print_outcome(options, _by_cluster(options))
    dataset = dataset_at(options.root, *options.paths)
    if options.changed_since is not None and (options.fix or options.diff):
        raise CommandError("--fix and --diff go with a PATH, or with none for all; leave --changed-since out")
    if options.rules and (options.fix or options.diff):
        raise CommandError("--fix and --diff mend whatever can be mended; leave --rule out")
    if options.diff:
        return differences(options.paths, dataset, lambda: _outcome(options, dataset))
    if options.fix:
        return _print_outcome(options, fix_and_check(options.paths, dataset, lambda: _validate_fresh(options)))
    return _print_outcome(options, _outcome(options, dataset))


def _watch(options: argparse.Namespace) -> int:
    """Validate until Ctrl-C."""
    from conflict_incidents.cli._watch import watch

    other = options.fix or options.diff or options.changed_since is not None or options.scheduler is not None
    if other or options.format not in {None, "text", *VIEWS} or isinstance(options.root, str):
        raise CommandError("--watch prints text of a dataset on this machine, and goes with PATH, --rule and the views")

    def select(findings: list[Finding]) -> list[Finding]:
        selected = _of(options.rules, findings)
        return _failing_findings(options, selected) if options.format == "quiet" else selected

    dataset = dataset_at(options.root, *options.paths)
    try:
        watch(options.paths, dataset, lambda: _validate_fresh(options), select, options.format or "text")
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED


def _print_outcome(options: argparse.Namespace, outcome: Outcome) -> int:
    findings = _of(options.rules, outcome.findings)
    refused = _failing_findings(options, findings)
    print_findings(refused if options.format == "quiet" else findings, outcome.files, options.format)
    return 1 if refused else 0


def _failing_findings(options: argparse.Namespace, findings: list[Finding]) -> list[Finding]:
    """Return the findings that make the command fail."""
    return findings if options.fail_on_warnings else errors(findings)


def _of(rules: Collection[str] | None, findings: list[Finding]) -> list[Finding]:
    """Return the findings of some rules, and those that prevent a file from being validated; of none, all."""
    if not rules:
        return findings
    reading = {id for id, rule in RULES.items() if id.startswith("REC") and not rule.on}
    selected = {"REC003", *reading, *rules}
    return [finding for finding in findings if finding.rule in selected]


def _by_cluster(options: argparse.Namespace) -> Outcome:
    if options.paths or options.changed_since is not None or options.fix or options.diff:
        raise CommandError("--scheduler is for the whole dataset; leave out PATH, --changed-since, --fix and --diff")
    with at_work(options) as (dataset, workers):
        return validate_dataset(dataset, workers, cache_folder(options))


def _validate_fresh(options: argparse.Namespace) -> Outcome:
    return _outcome(options, dataset_at(options.root, *options.paths))


def _outcome(options: argparse.Namespace, dataset: Dataset) -> Outcome:
    if options.changed_since is None:
        if options.paths:
            return validate_paths(options.paths, dataset, options.jobs)
        return validate_dataset(dataset, options.jobs, cache_folder(options))
    if options.paths:
        raise CommandError("PATH and --changed-since are two ways of saying what to check; give one of them")
    from conflict_incidents.pipeline.changes import validate_changes

    changes, outcome = validate_changes(options.changed_since, dataset, options.jobs, cache_folder(options))
    if options.format != "quiet":
        print(f"incidents: {changes.summary}", file=sys.stderr)
    return outcome
