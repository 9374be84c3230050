"""Check that builds are reproducible.

The dataset is built as it is, and again in another time zone, locale, hash seed, umask and folder, from a copy whose
files were created in the opposite order; with --python, by other Pythons as well. Every file must have the same bytes.
The SQLite database and the workbook must have the same content, since their bytes depend on the SQLite library and
zlib. Where another Python has another pyarrow, the CSV files and the hash of the rows must be equal, not the Parquet
files.

With RELEASE (a folder, a zip, or a version) each build has its formats and pictures, and is compared with it.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from conflict_incidents.cli import FINDINGS
from conflict_incidents.cli._options import add_root, dataset_at
from conflict_incidents.core.findings import Shown, harmless, number, release_text

MAX_DIFFERENCES = 10
"""The maximum number of differences to print."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `incidents reproduce`."""
    parser.add_argument("release", nargs="?", metavar="RELEASE", help="the release that the dataset has to make")
    parser.add_argument(
        "--python", action="append", default=[], metavar="PY", help="build by this Python too; may be repeated"
    )
    parser.add_argument(
        "--previous", metavar="RELEASE", help="the release before, as for `incidents build`; it is in the bytes too"
    )
    add_root(parser)


def run(options: argparse.Namespace) -> int:
    """Build and compare; return 1 if releases differ."""
    from conflict_incidents.release.locate import find
    from conflict_incidents.release.reproduce import HERE, OTHER_SURROUNDINGS, Surroundings, reproduce

    root = dataset_at(options.root).root
    pythons = [Surroundings(f"by {python}", str(Path(python).absolute())) for python in options.python]
    differ = False
    releases = [find(name, root).absolute() if name else None for name in (options.release, options.previous)]
    arguments = ["--previous", str(releases[1])] if releases[1] else []
    others = [*([HERE] if releases[0] else []), OTHER_SURROUNDINGS, *pythons]
    for one in reproduce(root, others, arguments, releases[0]):
        differ |= bool(one.differences)
        status = f"{number(len(one.differences), 'difference')}" if one.differences else Shown("the same")
        other = f", written by {release_text(one.pyarrow)}" if one.pyarrow else Shown("")
        print(harmless(f"{release_text(one.surroundings.name)}{other}: {status} ({number(one.same, 'file')} the same)"))
        for line in one.differences[:MAX_DIFFERENCES]:
            print(harmless(f"  {release_text(line)}"))
    return FINDINGS if differ else 0
