"""Incidents near another in place and time, with their links."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from conflict_incidents.core.pages import Lines, PageRow, PageTable
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.dataset.duplicates import Pair, compare
from conflict_incidents.dataset.index import files_below
from conflict_incidents.dataset.similarity import Within
from conflict_incidents.records.model import FOLDERS, Incident

WITHIN = Within()
"""How far apart two incidents may be to be near each other."""
SHOWN = 10


def near(incident: Incident, dataset: Dataset) -> PageTable | Lines:
    """A table of the incidents near one, the likeliest to be the same first.

    Those that begin in other years than it aren't looked at.
    """
    title = f"Near, within {WITHIN.km:g} km and {WITHIN.days} days"
    if incident.withdrawn:
        return Lines(["not looked for: it is withdrawn"], title)
    others = {other.id: other for other in _around(incident, dataset) if other.id != incident.id}
    pairs = compare([incident, *others.values()], dataset, WITHIN, {incident.id}, accepted=True).pairs
    if not pairs:
        return Lines(["none"], title)
    more = f", the first {SHOWN} of {len(pairs)}" if len(pairs) > SHOWN else ""
    head = ("score", "incident", "title", "km", "days", "killed", "why", "link")
    return PageTable(head, [_row(pair, incident, others) for pair in pairs[:SHOWN]], title + more)


def _around(incident: Incident, dataset: Dataset) -> Iterator[Incident]:
    """The incidents of the years that it is in, in every country."""
    span = incident.date.days if incident.date else None
    if span is None:
        return
    days = timedelta(days=WITHIN.days)
    for year in range((span[0] - days).year, (span[1] + days).year + 1):
        for country in sorted((dataset.root / "data" / FOLDERS["incident"]).glob("*/")):
            folder = country / f"{year:04}"
            found = [dataset.index.parsed(file).record for file in files_below(folder)] if folder.is_dir() else []
            yield from (record for record in found if isinstance(record, Incident))


def _row(pair: Pair, incident: Incident, others: dict[str, Incident]) -> PageRow:
    facts = pair.other if pair.one.id == incident.id else pair.one
    other = others[facts.id]
    links = [link.kind for link in incident.links if link.incident == other.id]
    links += [f"{link.kind} from there" for link in other.links if link.incident == incident.id]
    km = "?" if pair.km is None else f"{pair.km:.1f}"
    why = "; ".join(reason for reason in pair.why if not reason.startswith("accepted"))
    return f"{pair.score:.1f}", other.id, other.title, km, str(pair.days), facts.killed, why, ", ".join(links)
