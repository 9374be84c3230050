"""Check a whole release: every file and hash, the contract, CSV against Parquet, keys, and the content hash.

Whether it is the published one can only be checked against another source: pass the hash of its SHA256SUMS from the
index of releases by --sums.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from conflict_incidents.cli import FINDINGS, CommandError
from conflict_incidents.cli._options import named_path
from conflict_incidents.core.findings import harmless, release_text, user_text


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `incidents verify`."""
    parser.add_argument(
        "release", type=named_path, metavar="RELEASE", help="a folder, a zip, a folder of releases, or a dataset"
    )
    parser.add_argument("--sums", metavar="SHA256", help="the hash that its SHA256SUMS has to have")


def run(options: argparse.Namespace) -> int:
    """Print the result; return 1 if verification fails."""
    from conflict_incidents.release.verify import verify

    path: Path = options.release
    if not path.exists():
        raise CommandError(f"there is no file or folder {user_text(path)}")
    release = verify(path)
    print(harmless(release_text(release)))
    print(f"checksums {release_text(release.sums)}")
    if options.sums and release.sums.removeprefix("sha256:") != options.sums.removeprefix("sha256:"):
        print(harmless(f"incidents: another release was expected: {user_text(options.sums)}"), file=sys.stderr)
        return FINDINGS
    return 0
