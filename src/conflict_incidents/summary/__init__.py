"""Four pictures of a release, as SVG and as PNG, with the same numbers in words.

`months`, `districts`, `originators` and `completeness` compute the numbers, `telling` puts them into words, `drawing`
draws them. Prevents: a picture that can only be seen, or whose numbers nobody can check.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from conflict_incidents.contract import About
from conflict_incidents.findings import markdown
from conflict_incidents.pages import as_markdown
from conflict_incidents.summary.completeness import COUNTS, RELATED, Completeness, completeness
from conflict_incidents.summary.districts import LEVELS, Districts, districts
from conflict_incidents.summary.groups import standing
from conflict_incidents.summary.months import OverTime, over_time
from conflict_incidents.summary.originators import Agreement, agreement
from conflict_incidents.summary.telling import Teller, Told

FOLDER = "summary"
"""The folder that the names of the files begin with."""
PAGE = "summary.md"
"""The page with all numbers."""
NEEDED: Mapping[str, tuple[str, ...]] = {
    "incidents": (
        *("incident_id", "status", "kind", "verification", "date_from", "date_to", "date_precision", "time"),
        *("lat", "lon", "place_precision"),
        *(f"adm{level}_{what}" for level in LEVELS for what in ("pcode", "name")),
        *(f"{measure}_{end}" for measure in COUNTS for end in ("low", "best", "high", "high_open")),
        "killed_originators",
    ),
    "estimates": ("incident_id", "scope", "measure", "group", "originators", "originator_ids"),
    "estimate_claims": ("incident_id", "scope", "measure", "group", "claim_id", "claim_group", "used"),
    "claims": ("incident_id", "claim_id", "measure", "group", "originator_id", "bound", "min", "max"),
    "organisations": ("organisation_id", "name"),
    **dict.fromkeys(RELATED, ("incident_id",)),
}
"""The tables that the pictures are made of, with their columns."""


class SummaryError(Exception):
    """The pictures can't be made; the message says what to change."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture before it is drawn: its words and its numbers."""

    told: Told
    numbers: OverTime | Districts | Agreement | Completeness


def pictures(frames: Mapping[str, pd.DataFrame], about: About) -> dict[str, bytes]:
    """The files of a summary by name: four pictures, each as SVG and as PNG, and a page with their numbers.

    The same frames give the same bytes with the same version of matplotlib.

    Args:
        frames: the tables of a release by name, of which `NEEDED` are read.
        about: what the release says of itself.

    Raises:
        SummaryError: matplotlib isn't installed.
    """
    return drawn(summarised(frames, about), about)


def summarised(frames: Mapping[str, pd.DataFrame], about: About) -> list[Picture]:
    """The four pictures before they are drawn; the arguments are those of `pictures`."""
    incidents = standing(frames["incidents"])
    teller = Teller(about, len(incidents), len(frames["incidents"]) - len(incidents))
    when, where = over_time(incidents), districts(incidents)
    who = agreement(incidents, *(frames[name] for name in ("estimates", "estimate_claims", "claims", "organisations")))
    known = completeness(incidents, frames)
    return [
        Picture(teller.over_time(when), when),
        Picture(teller.districts(where), where),
        Picture(teller.originators(who), who),
        Picture(teller.completeness(known), known),
    ]


def drawn(found: Sequence[Picture], about: About) -> dict[str, bytes]:
    """The files of a summary by name, as `pictures` gives them.

    Raises:
        SummaryError: matplotlib isn't installed.
    """
    try:
        import matplotlib  # noqa: F401 - asked for by itself, so that a fault of ours doesn't pass for its absence
    except ImportError as error:
        raise SummaryError("matplotlib isn't installed; install conflict-incidents[summary]") from error
    from conflict_incidents.summary.drawing import draw

    files = {name: data for one in found for name, data in draw(one.told, one.numbers).items()}
    files[PAGE] = _page(about, [one.told for one in found]).encode()
    return {f"{FOLDER}/{name}": data for name, data in files.items()}


def _page(about: About, found: Sequence[Told]) -> str:
    """The page with all numbers, as Markdown, which shows the pictures too."""
    parts = [f"# {markdown(about.title)}, version {markdown(about.version)}: summary", f"> {markdown(about.citation)}"]
    for told in found:
        heading, _, rest = as_markdown([told.section]).partition("\n")
        parts.append(f"{heading}\n\n![{markdown(told.title)}]({told.name}.svg)\n{rest}")
    return "\n\n".join(parts) + "\n"
