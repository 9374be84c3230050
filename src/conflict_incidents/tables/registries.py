"""Rows of the registries: places, actors, organisations, their names, and datasets with their references.

A tombstone keeps the name of its record, for readers, and no other values.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from conflict_incidents.records.model import Actor, Collection, Named, Organisation, Place, SourceDataset, Waivers
from conflict_incidents.tables.contract import Row
from conflict_incidents.tables.row import Lookup, admin, fills, join_ids, number_rows, stated_columns, withdrawal


def _registry_row(record: Named, id_column: str, own: Row, keep: Iterable[str] = (), drop: Iterable[str] = ()) -> Row:
    """Return the row of a record: the columns that every registry has but for `drop`, and its own.

    A tombstone has no values but those of `keep` and its name.
    """
    row: Row = {
        id_column: record.id,
        "kind": record.text("kind"),
        **withdrawal(record),
        **stated_columns(record, "name", "country", "note"),
        "record_schema": record.text("schema"),
        **own,
    }
    tombstone = {id_column, *keep, "name", "withdrawn_date", "withdrawn_reason", "record_schema"}
    dead = record.withdrawal is not None
    return {name: None if dead and name not in tombstone else value for name, value in row.items() if name not in drop}


@fills("places", Place, tombstones=True)
def places(place: Place, look: Lookup) -> Iterator[Row]:
    """A place, which has a level instead of a kind."""
    own = admin(place, look)
    own |= stated_columns(place, "level", "lat", "lon", "coordinates", "coordinates_from", "timezone")
    yield _registry_row(place, "place_id", own, keep=["level", "country"], drop=["kind"])


@fills("place_context", Place)
def place_context(place: Place, look: Lookup) -> Iterator[Row]:
    """Control, agreements and other facts about a place, with their dates."""
    fields = "kind", "agreement", "extent", "since", "as_of", "published", "note"
    ids = {"actor_id": "actor", "publisher_id": "publisher"}
    rows = number_rows("place_id", place.id, place.context, *fields, **ids)
    for row, context in zip(rows, place.context, strict=True):
        yield row | {"parties": join_ids(context.texts("parties"))}


@fills("actors", Actor, tombstones=True)
def actors(actor: Actor, look: Lookup) -> Iterator[Row]:
    """A party to the conflict."""
    own: Row = {"parent_id": actor.parent, "allies": join_ids(actor.allies)}
    own |= {"active_from": actor.since, "active_to": actor.until}
    yield _registry_row(actor, "actor_id", own, keep=["kind"])


@fills("organisations", Organisation, tombstones=True)
def organisations(organisation: Organisation, look: Lookup) -> Iterator[Row]:
    """An organisation that counts or publishes."""
    own: Row = {"url": organisation.url, "actor_id": organisation.actor}
    yield _registry_row(organisation, "organisation_id", own, keep=["kind"])


@fills("datasets", SourceDataset, tombstones=True)
def datasets(source: SourceDataset, look: Lookup) -> Iterator[Row]:
    """A dataset that incidents are taken from."""
    own: Row = {"organisation_id": source.organisation}
    own |= stated_columns(source, "version", "licence", "attribution", "url")
    yield _registry_row(source, "dataset_id", own, drop=["kind", "country"])


@fills("collections", Collection, tombstones=True)
def collections(collection: Collection, look: Lookup) -> Iterator[Row]:
    """A collection of incidents."""
    complete = collection.complete
    own: Row = {"is_complete": complete is not None}
    own |= {f"complete_{key}": complete.text(key) if complete else None for key in ("dataset", "area", "from", "to")}
    yield _registry_row(collection, "collection_id", own, drop=["kind", "country"])


@fills("dataset_references", SourceDataset)
def dataset_references(source: SourceDataset, look: Lookup) -> Iterator[Row]:
    """The publications that a dataset is cited by."""
    fields = "year", "title", "journal", "volume", "issue", "publisher", "url", "version"
    for row, reference in zip(
        number_rows("dataset_id", source.id, source.references, *fields), source.references, strict=True
    ):
        yield row | {"authors": join_ids(reference.authors)}


def _names(kind: str, record: Named, look: Lookup) -> Iterator[Row]:
    """Return other names of a record."""
    return number_rows(f"{kind}_id", record.id, record.names, "language", "script", name="spelling")


for _kind, _class in (("place", Place), ("actor", Actor), ("organisation", Organisation)):
    fills(f"{_kind}_names", _class)(partial(_names, _kind))


@fills("waivers", Waivers)
def waivers(accepted: Waivers, look: Lookup) -> Iterator[Row]:
    """The findings that reviewers accepted, those on privacy last."""
    for number, waiver in enumerate([*accepted.waivers, *accepted.privacy], start=1):
        yield {
            "number": number,
            **stated_columns(waiver, "rule", "record", "reason", "date"),
            "accepted_by": waiver.by,
            "reviewer": waiver.reviewer or None,
            "record_schema": accepted.text("schema"),
        }
