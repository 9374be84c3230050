"""The other formats of a release, made from its tables and descriptor alone.

A format is a module of this package with `BESIDE` (the purpose of each of its files, by name; a name that ends in `/`
is a folder) and `files(content)`, which returns the files as bytes. To add one, add a module and name it in `FORMATS`.
"""

from __future__ import annotations

from conflict_incidents.release.formats import (
    citation,
    codebook,
    excel,
    geojson,
    geoparquet,
    hxl,
    sqlite,
    zenodo,
)
from conflict_incidents.release.formats.content import Content, Unsuitable

FORMATS = (codebook, citation, zenodo, excel, geojson, geoparquet, hxl, sqlite)
"""The modules, in the order of the README of a release."""
BESIDE: dict[str, str] = {name: told for one in FORMATS for name, told in one.BESIDE.items()}
"""What each file, or each folder, is for."""


def files(content: Content) -> tuple[dict[str, bytes], dict[str, str]]:
    """Every file of every format by name, and why a file can't be made, by its name in `BESIDE`.

    Raises:
        ValueError: two formats make a file of one name.
    """
    found: dict[str, bytes] = {}
    refused: dict[str, str] = {}
    for one in FORMATS:
        try:
            made = one.files(content)
        except Unsuitable as error:
            refused |= dict.fromkeys(one.BESIDE, str(error))
            continue
        if twice := found.keys() & made.keys():
            raise ValueError(f"two formats make the file {min(twice)}")
        found |= made
    return found, refused
