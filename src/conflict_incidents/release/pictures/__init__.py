"""Four pictures of a release, as SVG and as PNG, with the same numbers as text.

`months`, `districts`, `originators` and `completeness` compute the numbers, `captions` describes them, `drawing` draws
them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from conflict_incidents.core.extras import require_extra
from conflict_incidents.core.findings import markdown
from conflict_incidents.core.pages import as_markdown
from conflict_incidents.dataset.matching import Matching
from conflict_incidents.release.pictures import captions
from conflict_incidents.release.pictures.captions import Picture
from conflict_incidents.release.pictures.completeness import RELATED_TABLES, completeness
from conflict_incidents.release.pictures.districts import districts
from conflict_incidents.release.pictures.groups import all_incidents, of_one_collection, published_rows
from conflict_incidents.release.pictures.matched import match_numbers
from conflict_incidents.release.pictures.months import over_time
from conflict_incidents.release.pictures.originators import originators
from conflict_incidents.tables.contract import About

FOLDER = "summary"
"""The folder of the files."""
PAGE = "summary.md"
"""The page with all numbers."""
TABLES = ("incidents", "estimates", "organisations", "collections", *RELATED_TABLES)
"""The tables that are read."""


def draw_pictures(frames: Mapping[str, pd.DataFrame], about: About) -> dict[str, bytes]:
    """Return the files of a summary by name: four pictures, each as SVG and PNG, and a page with their numbers.

    The same frames give the same bytes with the same version of matplotlib.

    Args:
        frames: the tables of a release by name; `TABLES` are read.
        about: the metadata of the release.

    Raises:
        MissingExtra: matplotlib or adjustText isn't installed.
    """
    return draw_all(summarise(frames), about)


def summarise(frames: Mapping[str, pd.DataFrame]) -> list[Picture]:
    """Compute the numbers and texts of the four pictures from the tables of a release."""
    incidents = published_rows(frames["incidents"])
    summed, left_out = of_one_collection(incidents, frames["collections"])
    total = all_incidents(summed)
    sums = [captions.over_time(total, over_time(summed)), captions.districts(total, districts(summed))]
    pictures = [
        *(replace(picture, notes=[*left_out, *picture.notes]) for picture in sums),
        captions.originators(originators(incidents, frames["estimates"], frames["organisations"])),
        captions.completeness(completeness(incidents, frames)),
    ]
    empty: dict[str, Any] = {"lead": "The release has no incident.", "notes": (), "tables": (), "numbers": None}
    return pictures if total.incidents else [replace(picture, **empty) for picture in pictures]


def draw_all(pictures: Sequence[Picture], about: About) -> dict[str, bytes]:
    """Draw the pictures and return the files by name; see `draw_pictures`.

    Raises:
        MissingExtra: matplotlib or adjustText isn't installed.
    """
    with require_extra():
        from conflict_incidents.release.pictures.drawing import draw

    source = f"{about.title}, version {about.version} of {about.created[:10]}, {about.licence}."
    files = {name: data for picture in pictures for name, data in draw(picture, source).items()}
    files[PAGE] = _page(about, pictures).encode()
    return {f"{FOLDER}/{name}": data for name, data in files.items()}


def draw_matching(matching: Matching, suffix: str) -> bytes:
    """Draw the result of matching two datasets, as `.svg` or `.png`.

    Raises:
        MissingExtra: matplotlib or adjustText isn't installed.
    """
    with require_extra():
        from conflict_incidents.release.pictures.drawing import draw

    picture = captions.describe_match(match_numbers(matching))
    return draw(picture, "No boundaries: positions are those of the incidents.")[f"{picture.name}{suffix}"]


def _page(about: About, pictures: Sequence[Picture]) -> str:
    """Return the page with all numbers and the pictures, as Markdown."""
    parts = [f"# {markdown(about.title)}, version {markdown(about.version)}: summary", f"> {markdown(about.citation)}"]
    for picture in pictures:
        heading, _, rest = as_markdown([picture.section]).partition("\n")
        parts.append(f"{heading}\n\n![{markdown(picture.title)}]({picture.name}.svg)\n{rest}")
    return "\n\n".join(parts) + "\n"
