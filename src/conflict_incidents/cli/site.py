"""Make a static site of a release: a page for each incident, with who says how many, and what is contested.

The release is a folder, a zip, or a version, and is verified first; by default it is the current one of the dataset.
Needs `pip install 'conflict-incidents[site]'`. `incidents serve` shows the site.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from conflict_incidents.cli import CommandError
from conflict_incidents.cli._options import add_root, named_path, root_at, whole_number
from conflict_incidents.core.findings import number, user_text

MAX_PAGES = 20_000
"""Three files each, about 40 kB in all: with the release itself that is what hosts take, 1 GB."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `incidents site`."""
    parser.add_argument(
        "release", nargs="?", metavar="RELEASE", help="the release (default: the dataset's current one)"
    )
    parser.add_argument("--out", type=named_path, required=True, metavar="DIR", help="a new folder to write")
    parser.add_argument(
        "--url", default="", metavar="URL", help="the address at which the site will be, for permanent addresses"
    )
    parser.add_argument(
        "--pages",
        type=whole_number(0, sys.maxsize),
        default=MAX_PAGES,
        metavar="N",
        help=f"up to how many incidents each has its page; of more, the most contested alone (default: {MAX_PAGES})",
    )
    parser.add_argument(
        "--docs", type=named_path, metavar="DIR", help="the built documentation, to be in the site and in its menu"
    )
    add_root(parser)


def run(options: argparse.Namespace) -> int:
    """Write the site."""
    from conflict_incidents.core.urls import url_problem

    if options.url and (problem := url_problem(options.url)):
        raise CommandError(f"--url: {problem}")
    if options.docs and not (options.docs / "index.html").is_file():
        raise CommandError(
            f"--docs: {user_text(options.docs)} has no index.html; `./scripts/docs` builds the documentation"
        )
    files = write(options.release, options.out, options.root, options.url, options.pages, options.docs)
    print(f"{user_text(options.out)}: {number(files, 'file')}; `incidents serve {user_text(options.out)}` shows it")
    return 0


def write(
    release: str | None,
    out: Path,
    dataset: Path | None,
    url: str = "",
    most: int = MAX_PAGES,
    docs: Path | None = None,
) -> int:
    """Write the site of a release, None for the current one of the dataset, and return the number of files.

    Raises:
        CommandError: there is no such release, it can't be read, or the folder exists.
    """
    from conflict_incidents.release.locate import find
    from conflict_incidents.release.reader import open_release
    from conflict_incidents.release.site import write_site

    if os.path.lexists(out):
        raise CommandError(f"{user_text(out)} exists already; delete it, or name a new folder by --out")
    root = root_at(dataset)
    if release is None and root is None:
        raise CommandError(
            "there is no dataset around the working folder; name a release: a folder, a zip or a version"
        )
    with open_release(find(release or str(root), root)) as opened:
        return write_site(opened, out, f"{url.rstrip('/')}/" if url else "", most, docs)
