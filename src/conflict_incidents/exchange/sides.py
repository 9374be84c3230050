"""The two sides of a match: the incidents of a file read by an importer, and those of a dataset."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from conflict_incidents.core.names import fold
from conflict_incidents.core.progress import track
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.dataset.duplicates import datable_facts
from conflict_incidents.dataset.index import record_file
from conflict_incidents.dataset.index_rows import Facts
from conflict_incidents.dataset.matching import DayRange, Side
from conflict_incidents.dataset.similarity import facts_of
from conflict_incidents.exchange.importers.store.batch import Batch
from conflict_incidents.records.dates import as_day
from conflict_incidents.records.model import Collection, Incident
from conflict_incidents.records.parsing import parse

_LATITUDE, _LONGITUDE = ("latitude", "lat"), ("longitude", "lon", "long", "lng")
"""The columns that an importer keeps if the position of a row differs from its place's."""


@dataclass(frozen=True, slots=True)
class ForeignSide:
    """A file of another dataset.

    It has its side, the side's incidents by `SCHEME:ID`, `dataset` including its places and actors, and the numbers of
    rows that aren't incidents.
    """

    side: Side
    incidents: dict[str, Incident]
    dataset: Dataset
    unread: list[int]


def foreign(batch: Batch, dataset: Dataset) -> ForeignSide:
    """Return the incidents that an importer made of a file; nothing is written.

    A row keeps its own position, if it has one, even if the registry has another for its place.
    """
    new: dict[str, bytes] = {}
    for one in batch.incoming:
        file = record_file(dataset.root, one.kind, str(one.record.get("id")))
        if one.kind != "incident" and not file.exists():
            new[file.relative_to(dataset.root).as_posix()] = _data({"schema": f"{one.kind}/1", **one.record})
    with_new = dataset.from_root(replaced=new)
    facts: list[Facts] = []
    incidents: dict[str, Incident] = {}
    countries: dict[str, str] = {}
    unread: list[int] = []
    for one in track([one for one in batch.incoming if one.kind == "incident"], "reading", "row"):
        id = next(str(entry["id"]) for entry in one.record["external"] if entry["scheme"] == batch.scheme)
        key = f"{batch.scheme}:{id}"
        content = {"schema": "incident/1", "id": f"{one.country}-00010101-0000", **one.record}
        record = parse(_data(content), f"row {batch.numbers[id]}").record
        known_facts = facts_of(record, with_new) if isinstance(record, Incident) else None
        if known_facts is None or not isinstance(record, Incident):
            unread.append(batch.numbers[id])
            continue
        positions = _own_positions(one.record) or known_facts.event.positions
        facts.append(known_facts._replace(id=key, event=known_facts.event._replace(positions=positions)))
        incidents[key], countries[key] = record, one.country
    spans = _spans((countries[one.id], one) for one in facts)
    if batch.covers:
        first, last = (date.fromisoformat(day).toordinal() for day in batch.covers)
        spans = [both for one in spans if (both := one.common(DayRange(one.country, first, last)))]
    side = Side(facts, countries, spans, {one.id for one in facts})
    return ForeignSide(side, incidents, with_new, sorted(unread))


def ours(incidents: Iterable[Incident], dataset: Dataset) -> tuple[Side, list[str]]:
    """Return the incidents of a dataset that aren't withdrawn, and the ids of those without a date.

    It covers the extent of complete collections; a selection covers nothing. Incidents without a collection cover the
    days from the first to the last of them in their country.
    """
    facts, undated = datable_facts(incidents, dataset)
    spans: set[DayRange] = set()
    covering: set[str] = set()
    for name in {one.collection for one in facts}:
        own = [one for one in facts if one.collection == name]
        collection = dataset.registry.lookup("collections", name) if name else None
        complete = collection.complete if isinstance(collection, Collection) else None
        if name and complete is None:
            continue
        own_spans = _spans((one.id[:3], one) for one in own)
        if complete:
            since, until = (
                day and day.toordinal() for day in map(as_day, (complete.text("from"), complete.text("to")))
            )
            own_spans = [DayRange(one.country, since or one.first, until or one.last) for one in own_spans]
        spans |= set(own_spans)
        covering |= {one.id for one in own}
    return Side(facts, {one.id: one.id[:3] for one in facts}, spans, covering), sorted(undated)


def _own_positions(record: dict[str, Any]) -> tuple[tuple[float, float], ...]:
    """Return a row's position if it differs from its place's; empty otherwise."""
    values = {fold(value["name"]): value["value"] for entry in record["external"] for value in entry.get("values", ())}
    texts = [next((values[name] for name in names if name in values), "") for names in (_LATITUDE, _LONGITUDE)]
    try:
        lat, lon = map(float, texts)
    except ValueError:
        return ()
    return ((lat, lon),) if abs(lat) <= 90 and abs(lon) <= 180 else ()


def _data(record: dict[str, Any]) -> bytes:
    """Serialise a record; JSON is valid YAML."""
    return json.dumps(record, ensure_ascii=False).encode("utf-8", "replace")


def _spans(facts: Iterable[tuple[str, Facts]]) -> list[DayRange]:
    """Return the first and last day in each country."""
    spans: dict[str, DayRange] = {}
    for country, one in facts:
        before = spans.get(country, DayRange(country, one.event.first, one.event.last))
        spans[country] = DayRange(country, min(before.first, one.event.first), max(before.last, one.event.last))
    return list(spans.values())
