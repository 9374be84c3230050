"""The checks that only a reviewer can make.

`incidents review` prints them with every record; a test compares them with the list in CONTRIBUTING.md.
"""

from __future__ import annotations

from collections.abc import Iterator

from conflict_incidents.core.findings import Shown, bare, in_words, show
from conflict_incidents.core.resources import csv_rows
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.records.model import Incident, Named, Place, Record, Sourced, Waivers
from conflict_incidents.records.vocabulary import SITES_WITHOUT_POSITION

_KINDS: dict[str, type[Record]] = {kind.__name__: kind for kind in (Sourced, Named, Waivers, Record, Incident)}
POINTS = [(_KINDS[row["kind"]], row["question"]) for row in csv_rows(__file__, "checklist.csv")]
"""The questions, each with the kind of record that it is about."""


def points(record: Record, dataset: Dataset) -> list[Shown]:
    """Return the questions on a record: first those specific to it, then those on its kind."""
    specific: list[Shown] = []
    if isinstance(record, Incident):
        specific += _incident(record)
    if isinstance(record, Place) and record.lat is not None:
        specific.append(Shown("May the position be known so closely, and does it come from where the record says?"))
    accepted = [*dataset.waivers.waivers, *dataset.waivers.privacy] if dataset.waivers else []
    specific += [
        f"{bare(one.rule)} is waived for it: does the reason still hold?" for one in accepted if one.record == record.id
    ]
    return specific + [Shown(point) for kind, point in POINTS if isinstance(record, kind)]


def _incident(incident: Incident) -> Iterator[Shown]:
    for site in incident.sites:
        if site.kind in SITES_WITHOUT_POSITION:
            kind = in_words(site.kind)
            yield f"The site {show(site.id)} is a {kind}: does anything say more of where it is than its place does?"
    originators = sorted({name for claim in incident.claims for name in (claim.by, *claim.jointly_with)})
    if len(originators) == 1:
        yield f"All numbers come from {show(originators[0])}: is there no other account?"
    if incident.year_inferred and incident.date:
        yield f"No report states the year: does everything fit {bare(incident.date.first[:4])}?"
    stances: dict[tuple[str, str], list[str]] = {}
    for attribution in incident.attributions:
        stances.setdefault((attribution.actor, attribution.stance), []).append(attribution.by)
    for (actor, stance), by in stances.items():
        who = ", ".join(map(show, dict.fromkeys(by)))
        yield (
            f"{show(actor)} is named as having done it ({bare(stance)}, by {who}): is that what is said, and by whom?"
        )
    for override in incident.overrides:
        of = override.measure if override.group == "total" else f"{override.measure}, {override.group}"
        yield (
            f"An editor sets the best of {bare(of)} to {override.best}: does the reason hold, and would you set it so?"
        )
