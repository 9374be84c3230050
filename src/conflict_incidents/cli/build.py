"""Validate the dataset, derive the estimates, write every table and check what was written."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from conflict_incidents.cli import CommandError
from conflict_incidents.cli._options import add_root, add_work, counter, dataset_at
from conflict_incidents.cli._output import refused
from conflict_incidents.core.findings import errors, harmless
from conflict_incidents.pipeline import validate_dataset


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `incidents build`."""
    add_root(parser)
    add_work(parser)
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help="where releases are kept (default: release/ of the dataset)"
    )
    parser.add_argument(
        "--previous",
        metavar="RELEASE",
        help="the release before, to compare with: a folder, a zip, or a version (default: the newest published one)",
    )
    parser.add_argument(
        "--pictures", action="store_true", help="draw the pictures of `incidents summary` into the release, too"
    )


def run(options: argparse.Namespace) -> int:
    """Build, or print the findings and return 1; the release that was there stays as it is."""
    dataset = dataset_at(options.root)
    outcome = validate_dataset(dataset, counter("checked"), options.jobs, options.cache, filling=True)
    if not outcome.passed:
        return refused(errors(outcome.findings), outcome.files)
    from conflict_incidents.release import ReleaseError, ReleaseRefused
    from conflict_incidents.release.build import build
    from conflict_incidents.release.unchanged import made_of, remember, unchanged

    report = _print_progress if sys.stderr.isatty() else None
    cache = options.cache if options.previous is None else None
    made = made_of(dataset, outcome, f"pictures={options.pictures}") if cache else ""
    release = unchanged(dataset, made, options.out, cache) if cache and made else None
    try:
        if release is None:
            release = build(dataset, outcome.rows, options.out, report, options.previous, options.pictures)
            if cache:
                still = made_of(dataset.again(), outcome, f"pictures={options.pictures}")
                remember(release, dataset, made if made == still else "", options.out, outcome, cache)
    except ReleaseRefused as stopped:
        return refused(stopped.findings, outcome.files)
    except ReleaseError as error:
        raise CommandError(str(error), error.exit_code) from error
    state = "built" if release.new else "already current"
    print(f"{release.folder}: {state}, with {release.folder.name}.zip beside it")
    print(", ".join(f"{table} {rows}" for table, rows in release.rows.items()))
    for line in release.told.splitlines():
        print(harmless(line))
    return 0


def _print_progress(step: str) -> None:
    print(step, file=sys.stderr)
