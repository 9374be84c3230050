"""Create a dataset: registries, schemas, a CI file and a README. It validates and builds as it is."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from shlex import quote

from conflict_incidents.cli import CommandError
from conflict_incidents.cli._options import dataset_at
from conflict_incidents.core.findings import user_text


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `incidents init`."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="a folder that is empty or doesn't exist yet")
    parser.add_argument("--title", metavar="TEXT", help="the dataset's title (default: made of the folder's name)")
    parser.add_argument("--licence", metavar="SPDX", help="the licence of the data (default: CC-BY-4.0)")
    parser.add_argument(
        "--update",
        action="store_true",
        help="refresh schemas and tables of a dataset after an upgrade of the package; its metadata stay as they are",
    )


def run(options: argparse.Namespace) -> int:
    """Create the dataset, or update it, and print what was done."""
    return _update(options) if options.update else _create(options)


def _create(options: argparse.Namespace) -> int:
    from conflict_incidents.authoring.scaffold import create_dataset

    create_dataset(Path(os.path.abspath(options.folder)), options.title, options.licence or "CC-BY-4.0")
    folder = user_text(options.folder)
    print(f"{folder}: a new dataset. Its README.md leads to the first record and the first release. To begin:")
    if options.folder.resolve() != Path.cwd():
        print(f"  cd {user_text(quote(os.fspath(options.folder)))}")
    print("  incidents new --kind organisation\n  incidents new --kind place\n  incidents new")
    return 0


def _update(options: argparse.Namespace) -> int:
    from conflict_incidents.authoring.scaffold import update_dataset

    if options.title is not None or options.licence is not None:
        raise CommandError("--update keeps title and licence; change them in datapackage.json")
    changes = update_dataset(dataset_at(options.folder))
    for change in changes:
        print(user_text(change))
    print("Updated." if changes else "Nothing to update: schemas and tables are those of the installed package.")
    return 0
