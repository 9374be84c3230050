"""Validate the dataset, derive the estimates, write every table and check what was written."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from conflict_incidents.cli.options import add_root, counter, dataset_at
from conflict_incidents.findings import PRINTERS, summary
from conflict_incidents.validation import validate_dataset

HELP = "build a release: CSV, Parquet, checksums"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `incidents build`."""
    add_root(parser)
    parser.add_argument("--out", type=Path, metavar="DIR", help="where releases are kept (default: release/ of the dataset)")


def run(options: argparse.Namespace) -> int:
    """Build, or print the findings and return 1; the release that was there stays as it is."""
    dataset = dataset_at(options.root)
    outcome = validate_dataset(dataset, counter("checked"))
    if not outcome.passed:
        print(PRINTERS["text"](outcome.findings, outcome.files))
        print("incidents: not built; the release that was there is untouched", file=sys.stderr)
        return 1
    raise NotImplementedError
