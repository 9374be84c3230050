"""The other formats of a release, made from its tables and descriptor alone.

A format is a module of this package with `FILES` (the purpose of each of its files by name; a name ending in `/` is a
folder) and `files(content)`, which returns the files as bytes or as iterables of them. To add one, add a module and
name it in `FORMATS`.
"""

from __future__ import annotations

from collections.abc import Iterable
from types import ModuleType

from conflict_incidents.release.formats import (
    citation,
    codebook,
    croissant,
    excel,
    geojson,
    geoparquet,
    hxl,
    readers,
    sqlite,
    zenodo,
)
from conflict_incidents.release.formats.content import FileContent, ReleaseContent, Unsuitable

FORMATS: dict[str, ModuleType] = {
    "codebook": codebook,
    "citation": citation,
    "zenodo": zenodo,
    "xlsx": excel,
    "geojson": geojson,
    "geoparquet": geoparquet,
    "hxl": hxl,
    "sqlite": sqlite,
    "croissant": croissant,
    "readers": readers,
}
"""The modules by the names of the formats, in the order of the README of a release."""
TABLES = ("csv", "parquet")
"""The formats of the tables themselves, which every release has, as the descriptor, the content hash and `load` need
them.
"""
PURPOSES: dict[str, str] = {name: purpose for one in FORMATS.values() for name, purpose in one.FILES.items()}
"""The purpose of each file or folder."""


def select_formats(names: Iterable[str]) -> list[str]:
    """Return formats by name, without duplicates and in the order of `FORMATS`.

    Raises:
        ValueError: a name is unknown; the message lists the known ones.
    """
    choice = set(names)
    if unknown := sorted(choice - {*TABLES, *FORMATS}):
        raise ValueError(f"there is no format {unknown[0]!r}; the formats are {', '.join((*TABLES, *FORMATS))}")
    return [name for name in FORMATS if name in choice]


def files(content: ReleaseContent, names: Iterable[str]) -> tuple[dict[str, FileContent], dict[str, str]]:
    """Return the files of some formats by name, and by name in `FILES` why files can't be made."""
    files_made: dict[str, FileContent] = {}
    refused: dict[str, str] = {}
    for name in names:
        try:
            files_made |= FORMATS[name].files(content)
        except Unsuitable as error:
            refused |= dict.fromkeys(FORMATS[name].FILES, str(error))
    return files_made, refused
