"""A static site of a release: a page for each incident with every voice, and pages about the whole.

It is made from the tables alone, and asks no other host for anything. Nothing in it needs JavaScript but the map.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from conflict_incidents.core.resources import DESCRIPTOR, resource
from conflict_incidents.release.checksums import SUMS
from conflict_incidents.release.errors import ReleaseError
from conflict_incidents.release.reader import Opened
from conflict_incidents.release.site import words
from conflict_incidents.release.site.exploring import about, choices
from conflict_incidents.release.site.incident import Names, view
from conflict_incidents.release.site.method import PICTURE, method
from conflict_incidents.release.site.overview import (
    MOST_CONTESTED,
    Contested,
    Listed,
    changed,
    collections,
    contested,
    countries,
    group_of,
    listed,
    other_files,
    table_files,
)
from conflict_incidents.release.site.pages import STATIC, Pages, of_one_incident
from conflict_incidents.release.site.rows import Tables

RELEASE = "release"
"""The folder of the site that holds the release itself."""


class SiteError(Exception):
    """The site can't be made; the message says what to change."""


def write_site(release: Opened, out: Path, base: str = "", step: Callable[[int, int], object] | None = None) -> int:
    """Write the site of a release into a new folder, whole or not at all.

    Args:
        release: the release.
        out: the folder, which isn't there yet.
        base: the address at which it will be, for permanent addresses; empty where that isn't known.
        step: called with how many incidents are done, and how many there are.

    Returns:
        The number of files.

    Raises:
        SiteError: Jinja2 isn't installed.
        ReleaseError: a table can't be read.
        OSError: it can't be written, or there is something of this name.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    temporary = out.with_name(f".{out.name}.{secrets.token_hex(4)}.tmp")
    temporary.mkdir()
    try:
        files = 0
        for name, data in site_files(release, base, step):
            file = temporary / name
            file.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(data, Path):
                shutil.copyfile(data, file)
            else:
                file.write_bytes(data)
            files += 1
        if os.path.lexists(out):
            raise FileExistsError(17, "File exists", str(out))
        temporary.rename(out)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return files


def site_files(
    release: Opened, base: str = "", step: Callable[[int, int], object] | None = None
) -> Iterator[tuple[str, bytes | Path]]:
    """Every file of the site by its path: bytes, or the file that it is a copy of.

    Raises:
        SiteError: Jinja2 isn't installed.
        ReleaseError: a table can't be read, or the release is older than the pages.
    """
    if "voices" not in release.tables:
        raise ReleaseError(f"{release.name} has no table `voices`: it is older than this program; build it again")
    try:
        pages, text = Pages.of(release.about, base), method()
    except ImportError as error:
        raise SiteError(f"{error.name} isn't installed; install conflict-incidents[site]") from error
    tables = Tables(release)
    names = Names.of(tables)
    changes = of_one_incident(tables.rows("changes"), set(names.incidents))
    groups: dict[tuple[str, str], list[Listed]] = {}
    disputed: list[Contested] = []
    for done, (row, rows) in enumerate(tables.incidents(), start=1):
        yield from pages.incident(view(row, rows, names, changes.get(row["incident_id"], ()))).items()
        groups.setdefault(group_of(row), []).append(listed(row))
        if found := contested(row, rows, names):
            disputed.append(found)
        if step:
            step(done, len(names.incidents))
    for (code, year), own in groups.items():
        name = f"incidents/{code}-{year}.html"
        ordered = sorted(own, key=lambda one: (one.days, one.id))
        yield name, pages.page("list.html", name, name=words.country(code), year=year, incidents=ordered)
    disputed.sort(key=lambda one: (-one.rank, one.id))
    several = len(disputed)
    yield (
        "contested.html",
        pages.page("contested.html", "contested.html", shown=disputed[:MOST_CONTESTED], several=several),
    )
    yield "codebook.html", pages.page("codebook.html", "codebook.html", tables=release.tables.values())
    yield "method.html", pages.page("method.html", "method.html", text=text)
    yield (
        "index.html",
        pages.page(
            "index.html",
            "index.html",
            collections=collections(release, tables),
            countries=countries(groups),
            withdrawn=sum(one.withdrawn for own in groups.values() for one in own),
        ),
    )
    yield (
        "data.html",
        pages.page(
            "data.html",
            "data.html",
            tables=list(table_files(release, tables)),
            others=list(other_files(release)),
            sums_hash=release.sums_hash,
            **changed(release, tables),
        ),
    )
    listing = tables.columns("incidents", ["country", "kind", "collection", "side_a", "side_b"])
    told = about(release, tables, names, listing, pages=True)
    yield "assets/explore.json", (json.dumps(told, ensure_ascii=False) + "\n").encode()
    offered = choices(release, tables, names, told, listing)
    yield "explore.html", pages.page("explore.html", "explore.html", found=offered, wide=True)
    yield f"assets/{PICTURE}", resource(f"docs/{PICTURE}")
    for file in sorted(STATIC.iterdir()):
        yield f"assets/{file.name}", file
    for name in release.sums:
        yield f"{RELEASE}/{name}", release.files[name]
    descriptor = release.files[DESCRIPTOR]
    yield f"{RELEASE}/{SUMS}", descriptor.with_name(SUMS) if isinstance(descriptor, Path) else release.files[SUMS]
