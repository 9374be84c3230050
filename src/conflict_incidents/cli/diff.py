"""Show the differences between two releases: rows added, corrected and withdrawn, cell by cell, and the contract.

A release is a folder, a zip, or a version, which is searched in release/ of the dataset. Both are verified first. Text
shows the first rows of each kind; CSV has every change.
"""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack

from conflict_incidents.cli._options import add_root, root_at
from conflict_incidents.core.findings import Shown, harmless


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `incidents diff`."""
    parser.add_argument("old", metavar="OLD", help="the earlier release: a folder, a zip, or a version")
    parser.add_argument("new", metavar="NEW", help="the later one")
    parser.add_argument("--format", choices=["text", "csv"], default="text", help="how to print it (default: text)")
    add_root(parser)


def run(options: argparse.Namespace) -> int:
    """Print the differences; return 0 with or without any."""
    from conflict_incidents.release.compare.diff import compare
    from conflict_incidents.release.compare.report import as_csv, as_text
    from conflict_incidents.release.locate import find
    from conflict_incidents.release.reader import open_release

    root = root_at(options.root)
    with ExitStack() as stack:
        old, new = (stack.enter_context(open_release(find(place, root))) for place in (options.old, options.new))
        diff = compare(old, new)
        piped = not sys.stdout.isatty()  # only a terminal needs escapes
        for line in (as_csv if options.format == "csv" else as_text)(diff):
            print(Shown(line if piped else "\n".join(map(harmless, line.split("\n")))))
    return 0
