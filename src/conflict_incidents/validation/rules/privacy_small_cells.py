"""PRV, small cells: a count of one in a small place, which identifies a person."""

from __future__ import annotations

from collections.abc import Iterator

from conflict_incidents.core.findings import Severity, Shown, bare
from conflict_incidents.core.rule import Problem, rule
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.records.counts import PEOPLE
from conflict_incidents.records.model import Incident
from conflict_incidents.records.statements import Claim, Site
from conflict_incidents.records.vocabulary import SITES_WITHOUT_POSITION

SMALLEST = 3
"""Counts from this number on don't identify a person."""
ADULTS, MINORS = ("women", "men"), ("girls", "boys")
"""The groups by both age and sex."""
CLOSE = frozenset({"point", "neighbourhood", "settlement"})
"""The levels of places so small that people know each other."""
WIDE = frozenset({"adm3", "adm2", "adm1", "area", "country", "airspace"})
"""The precisions of sites with an unknown position in a unit."""


@rule("PRV006", Severity.WARNING, on=Incident, needs=(*ADULTS, *MINORS))
def no_small_cells(incident: Incident, dataset: Dataset) -> Iterator[Problem]:
    """Age, sex and place together don't identify a person: no such cell of people who may be alive counts one or two.

    One wounded girl in a village can be named by her neighbours. Cells by age and sex (`women`, `men`, `girls`, `boys`)
    are checked if the place is a settlement or smaller: all of the wounded, missing, detained, displaced and
    casualties, and of the dead the minors at a home, a shelter, a school or a clinic, which identify the family. A
    count of `children`, or an open one, is accepted. A reviewer checks what else may identify a person: a role, a time,
    a rare injury.

    Wrong:
        wounded: {total: 4, girls: 1}

    Right:
        wounded: {total: 4, children: 1}
    """
    for claim in incident.claims:
        sites = _sites(incident, claim)
        if claim.withdrawal or not sites or not all(_close(site, dataset) for site in sites):
            continue
        home = all(site.kind in SITES_WITHOUT_POSITION for site in sites)
        for (measure, group), count in claim.counts.items():
            if group in _protected_groups(measure, home) and count.max is not None and 0 < count.max < SMALLEST:
                instead = Shown("`children`" if group in MINORS else "the total")
                yield Problem(
                    count.at,
                    f"{bare(measure)}: {bare(group)} are fewer than {SMALLEST} at one place, which may single a "
                    "person out; give "
                    f"{instead} alone, or have a reviewer sign for it under `privacy` in data/waivers.yaml",
                )


def _protected_groups(measure: str, home: bool) -> tuple[str, ...]:
    """Return the groups of a measure whose small counts identify people."""
    if measure == "killed":
        return MINORS if home else ()
    return ADULTS + MINORS if measure in PEOPLE else ()


def _sites(incident: Incident, claim: Claim) -> list[Site]:
    """Return the sites in the scope of a claim; empty for a wider area."""
    if claim.scope.area:
        return []
    return [site for site in incident.sites if not claim.scope.sites or site.id in claim.scope.sites]


def _close(site: Site, dataset: Dataset) -> bool:
    place = dataset.registry.place(site.place)
    return place is not None and place.level in CLOSE and site.precision not in WIDE
