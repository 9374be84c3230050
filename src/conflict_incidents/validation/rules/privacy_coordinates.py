"""PRV, coordinates: positions that are more precise than may be public.

No message repeats a value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from conflict_incidents.core.findings import Mark, Severity, Shown, show
from conflict_incidents.core.rule import Problem, rule
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.dataset.snapshot import OWN, Snapshot, SnapshotRecord, positions_of
from conflict_incidents.records.model import Incident, Place, kind_of
from conflict_incidents.records.vocabulary import SITES_WITHOUT_POSITION

_MOVED_POINT = re.compile(
    r"(?i)\bjitter|\b(?:random(?:ly|i[sz]ed)?|arbitrar(?:y|ily)|deliberately|on purpose)\W+(?:\w+\W+){0,3}?"
    r"(?:offset|shift|mov|displac|perturb|nois)|\b(?:offset|shifted|moved|displaced|perturbed|noise)\W+(?:\w+\W+){0,5}?"
    r"(?:random|privacy|protect)|\b(?:geo-?mask|fuzzed|fuzzing|obfuscat)"
)
"""Notes that a point was moved instead of rounded."""


@rule("PRV002", Severity.ERROR, on=Incident, needs=("lat", "lon"))
def coarse_positions(incident: Incident, dataset: Dataset) -> Iterator[Problem]:
    """A site's own position has at most 2 decimals, and homes, shelters, schools, medical and aid sites have none.

    It is rounded, never moved at random: several releases of a jittered point reveal the point. A note that mentions a
    random shift is found; otherwise a reviewer asks how the position was coarsened.

    Wrong:
        - {id: house, place: hafsarjah, kind: dwelling, lat: 36.0186, lon: 36.5286}

    Right:
        - {id: house, place: hafsarjah, kind: dwelling}
    """
    for site in incident.sites:
        if site.lat is None and site.lon is None:
            continue
        if site.kind in SITES_WITHOUT_POSITION:
            yield Problem(
                site.at("lat"), f"a site of kind {show(site.kind)} has no position of its own; its place is enough"
            )
        else:
            for key, value in (("lat", site.lat), ("lon", site.lon)):
                if value is not None and round(value, 2) != value:
                    yield Problem(site.at(key), f"{show(key)} of a site has at most 2 decimals; round it")
        if site.note and _MOVED_POINT.search(site.note):
            yield Problem(site.at("note"), "the position was moved at random, as the note says; round it instead")


@rule("PRV005", Severity.ERROR, on=(Incident, Place), needs=("lat", "lon"))
def no_finer_position(subject: Incident | Place, dataset: Dataset) -> Iterator[Problem]:
    """After publication, a position isn't made finer or added to a site, unless a reviewer accepts it.

    A comparison of two releases would reveal what was withheld. `data/released.csv` has the precision of the last
    release. Coordinates may be added to a place of the registry.

    Wrong:
        - {id: quarry, place: hafsarjah, kind: quarry, lat: 36.02, lon: 36.53}    # released without a position

    Right:
        - {id: quarry, place: hafsarjah, kind: quarry}
    """
    now = positions_of(subject) if dataset.earlier else {}
    for earlier in dataset.earlier:
        was = earlier.get(kind_of(subject), subject.id)
        closer = _closer(now, was, earlier) if was and was.status == "published" else {}
        for site, seen in closer.items():
            yield Problem(
                _at(subject, site),
                f"{seen}; make it as coarse as it was, or have a reviewer sign for it under `privacy` in "
                "data/waivers.yaml",
            )
        if closer:
            return


def _closer(now: dict[str, int | None], was: SnapshotRecord, earlier: Snapshot) -> dict[str, Shown]:
    """Return a message for each site with a finer position; sites with new ids are compared with missing ones."""
    removed = [was.positions[site] for site in was.positions if site not in now]
    found: dict[str, Shown] = {}
    for site, decimals in now.items():
        known = [was.positions[site]] if site in was.positions else removed
        if decimals is None or not known:
            continue
        finest = max((one for one in known if one is not None), default=None)
        if finest is None:
            found[site] = f"the site has a position, and had none in {earlier.label}"
        elif decimals > finest:
            found[site] = f"the position has {decimals} decimals, and had {finest} in {earlier.label}"
    return found


def _at(subject: Incident | Place, site: str) -> Mark:
    parts = subject.sites if isinstance(subject, Incident) else []
    part = next((part for part in parts if part.id == site and site != OWN), subject)
    return part.at("lat" if "lat" in part.node.items else "lon")
