"""Validate the dataset, derive the estimates, write every table and check what was written."""

from __future__ import annotations

import argparse
import gc
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from conflict_incidents.cli import CommandError
from conflict_incidents.cli._options import add_scheduler, add_work, at_work, cache_folder
from conflict_incidents.cli._output import print_refusal
from conflict_incidents.core.findings import Shown, errors, harmless, release_text, user_text
from conflict_incidents.core.memory import trim
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.pipeline import Outcome, validate_dataset
from conflict_incidents.pipeline.driver import MAX_SERIAL_FILES, cores

if TYPE_CHECKING:
    from conflict_incidents.pipeline.cluster import Cluster


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `incidents build`."""
    add_work(parser)
    add_scheduler(parser)
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help="where releases are kept (default: release/ of the dataset)"
    )
    parser.add_argument(
        "--previous",
        metavar="RELEASE",
        help="the release before, to compare with: a folder, a zip, or a version (default: the newest published one)",
    )
    parser.add_argument(
        "--formats",
        metavar="NAMES",
        help="which files to make beside the tables, as xlsx,sqlite (default: all, see docs/formats.md)",
    )
    parser.add_argument(
        "--partitions",
        metavar="URL",
        help="write the tables as Parquet by country and year here, too: a folder, or a URL as s3://bucket/tables",
    )
    parser.add_argument(
        "--pictures", action="store_true", help="draw the pictures of `incidents summary` into the release, too"
    )


def run(options: argparse.Namespace) -> int:
    """Build, or print the findings and return 1; an existing release is unchanged."""
    if isinstance(options.root, str) and options.out is None:
        raise CommandError("a dataset at a URL has no folder for releases here; name one by --out")
    with at_work(options) as (dataset, workers):
        return _build(options, dataset, workers)


def _build(options: argparse.Namespace, dataset: Dataset, workers: int | Cluster | None) -> int:
    names = _formats(options.formats) if options.formats is not None else None
    outcome = validate_dataset(dataset, workers, cache_folder(options), with_rows=True)
    if not outcome.is_valid:
        return print_refusal(errors(outcome.findings), outcome.files)
    outcome.findings.clear()
    if outcome.files > MAX_SERIAL_FILES:
        gc.collect()
        trim()
    from conflict_incidents.release import ReleaseRefused
    from conflict_incidents.release.build import Options, build
    from conflict_incidents.release.partitions import write_partitions
    from conflict_incidents.release.unchanged import input_hash, remember, unchanged_release

    cache = cache_folder(options) if options.previous is None else None
    input_before = input_hash(dataset, outcome, f"{names} pictures={options.pictures}") if cache else ""
    release = unchanged_release(dataset, input_before, options.out, cache) if cache and input_before else None
    try:
        if release is None:
            chosen = Options(pictures=options.pictures, jobs=options.jobs or cores())
            chosen = chosen if names is None else replace(chosen, formats=names)
            release = build(dataset, outcome.rows, options.out, options.previous, chosen)
            if cache:
                still = input_hash(dataset.reload(), outcome, f"{names} pictures={options.pictures}")
                remember(release, dataset, input_before if input_before == still else "", options.out, outcome, cache)
        parts = write_partitions(release.folder, options.partitions) if options.partitions is not None else ""
    except ReleaseRefused as stopped:
        return print_refusal(stopped.findings, outcome.files)
    state = Shown("built" if release.new else "already current")
    print(f"{user_text(release.folder)}: {state}, with {user_text(release.folder.name)}.zip beside it")
    print(", ".join(f"{release_text(table)} {rows}" for table, rows in release.rows.items()))
    if drafts := _incidents(outcome) - release.rows["incidents"]:
        print(f"drafts left out: {drafts}; `status: published` in a record releases it")
    if parts:
        print(f"{user_text(parts)}: partitions written and read back")
    for line in release.changes.splitlines():
        print(harmless(release_text(line)))
    return 0


def _incidents(outcome: Outcome) -> int:
    """Count the records of incidents, drafts included."""
    files = outcome.scan.files if outcome.scan else ()
    return sum(path.startswith("data/incidents/") and path.endswith(".yaml") for path in files)


def _formats(names: str) -> tuple[str, ...]:
    """Parse the names of formats, separated by commas.

    Raises:
        CommandError: a name is unknown.
    """
    from conflict_incidents.release.formats import select_formats

    try:
        return tuple(select_formats(filter(None, map(str.strip, names.split(",")))))
    except ValueError as error:
        raise CommandError(f"--formats: {user_text(error)}") from error
