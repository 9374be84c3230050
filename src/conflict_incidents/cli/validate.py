"""Check records against reading, schema and rules. Without PATH, the whole dataset."""

from __future__ import annotations

import argparse

from conflict_incidents.cli.options import add_root, chosen_format, counter, dataset_at, named_path
from conflict_incidents.findings import PRINTERS
from conflict_incidents.validation import validate_dataset, validate_paths


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `incidents validate`."""
    parser.add_argument(
        "paths", nargs="*", type=named_path, metavar="PATH", help="a file or a folder, wherever it lies"
    )
    add_root(parser)
    parser.add_argument(
        "--format", choices=sorted(PRINTERS), help="how to print findings (default: text; github under GitHub Actions)"
    )


def run(options: argparse.Namespace) -> int:
    """Print the findings and return 1 where one is an error."""
    dataset = dataset_at(options.root, *options.paths)
    step = counter("checked")
    outcome = validate_paths(options.paths, dataset, step) if options.paths else validate_dataset(dataset, step)
    print(PRINTERS[options.format or chosen_format()](outcome.findings, outcome.files))
    return 0 if outcome.passed else 1
