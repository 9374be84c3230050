"""Draw four pictures of a release as SVG and PNG, and write a page with the same numbers.

They show incidents and killed over time, a map by district, agreement between originators, and completeness. The
release is a folder, a zip, or a version, and is verified first. Needs matplotlib:
`pip install 'conflict-incidents[pictures]'`.
"""

from __future__ import annotations

import argparse
import os

from conflict_incidents.cli import CommandError
from conflict_incidents.cli._options import add_root, named_path, root_at
from conflict_incidents.core.files import create_folder
from conflict_incidents.core.findings import user_text


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `incidents summary`."""
    parser.add_argument("release", metavar="RELEASE", help="the release: a folder, a zip, or a version")
    parser.add_argument(
        "--out",
        type=named_path,
        metavar="DIR",
        help="a new folder to write (default: beside the release, its name with -summary)",
    )
    add_root(parser)


def run(options: argparse.Namespace) -> int:
    """Draw the pictures and print their numbers."""
    from conflict_incidents.core.pages import as_text
    from conflict_incidents.release.locate import find
    from conflict_incidents.release.pictures import FOLDER, TABLES, draw_all, summarise
    from conflict_incidents.release.reader import find_release_folder, open_release
    from conflict_incidents.tables.files import arrow_frame

    path = find(options.release, root_at(options.root))
    home = (find_release_folder(path) or path).resolve()
    out = options.out or home.with_name(f"{home.name.removesuffix('.zip')}-summary")
    if home.is_dir() and home in out.resolve().parents:
        raise CommandError(f"{user_text(out)} is part of the release, whose files are fixed; name a folder elsewhere")
    if os.path.lexists(out):
        raise CommandError(f"{user_text(out)} exists already; delete it, or name a new folder by --out")
    with open_release(path) as release:
        release.check_contract(TABLES)
        pictures = summarise({name: arrow_frame(release.arrow(name), release.tables[name]) for name in TABLES})
    files = {name.removeprefix(f"{FOLDER}/"): data for name, data in draw_all(pictures, release.about).items()}
    create_folder(out, files)
    print(as_text([picture.words for picture in pictures]))
    print(f"\n\n{user_text(out)}: {len(files) - 1} pictures, and summary.md with all numbers")
    return 0
