"""Check records against reading, schema and rules. Without PATH, the whole dataset."""

from __future__ import annotations

import argparse
import sys

from conflict_incidents.cli import CommandError
from conflict_incidents.cli._fix import add_repair, differences, fixed
from conflict_incidents.cli._options import add_root, counter, dataset_at, named_path
from conflict_incidents.cli._output import tell
from conflict_incidents.core.findings import errors
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.validation.engine import Outcome, validate_dataset, validate_paths
from conflict_incidents.validation.reports import PRINTERS


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `incidents validate`."""
    parser.add_argument(
        "paths", nargs="*", type=named_path, metavar="PATH", help="a file or a folder, wherever it lies"
    )
    parser.add_argument(
        "--changed-since",
        metavar="REV",
        help="check what was changed since the branch left REV (a branch, a tag, a commit), and what that breaks",
    )
    add_repair(parser)
    add_root(parser)
    parser.add_argument(
        "--format", choices=sorted(PRINTERS), help="how to print findings (default: text; github under GitHub Actions)"
    )
    parser.add_argument("--fail-on-warnings", action="store_true", help="end with 1 where there is a warning, too")


def run(options: argparse.Namespace) -> int:
    """Print the findings and return 1 where one is an error, or a warning that is to count as one."""
    dataset = dataset_at(options.root, *options.paths)
    if options.changed_since is not None and (options.fix or options.diff):
        raise CommandError("--fix and --diff go with a PATH, or with none for all; leave --changed-since out")
    if options.diff:
        return differences(options.paths, dataset, lambda: _outcome(options, dataset))
    outcome = fixed(options.paths, dataset, lambda: _anew(options)) if options.fix else _outcome(options, dataset)
    tell(outcome.findings, outcome.files, options.format)
    refused = outcome.findings if options.fail_on_warnings else errors(outcome.findings)
    return 1 if refused else 0


def _anew(options: argparse.Namespace) -> Outcome:
    return _outcome(options, dataset_at(options.root, *options.paths))


def _outcome(options: argparse.Namespace, dataset: Dataset) -> Outcome:
    step = counter("checked")
    if options.changed_since is None:
        return validate_paths(options.paths, dataset, step) if options.paths else validate_dataset(dataset, step)
    if options.paths:
        raise CommandError("PATH and --changed-since are two ways of saying what to check; give one of them")
    from conflict_incidents.dataset.git import changes_since
    from conflict_incidents.validation.changed import validate_changes

    changes = changes_since(dataset.root, options.changed_since)
    print(f"incidents: {changes.summary}", file=sys.stderr)
    return validate_changes(changes, dataset, step)
