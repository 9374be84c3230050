"""Rows of the registries: places, actors, organisations, their names, and datasets with their references.

A tombstone keeps the name of its record, for readers, and no other values.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from conflict_incidents.records.model import Actor, Collection, Named, Organisation, Place, SourceDataset, Waivers
from conflict_incidents.tables.contract import Row
from conflict_incidents.tables.row import Lookup, admin, fills, join_ids, number_rows, stated_columns, withdrawal


def _registry_columns(record: Named) -> Row:
    """Return the columns that every registry has."""
    return {
        "kind": record.text("kind"),
        **withdrawal(record),
        **stated_columns(record, "name", "country", "note"),
        "record_schema": record.text("schema"),
    }


def _tombstone(row: Row, also: set[str]) -> Row:
    keep = also | {"name", "withdrawn_date", "withdrawn_reason", "record_schema"}
    return {name: value if name in keep else None for name, value in row.items()}


@fills("places", Place, tombstones=True)
def places(place: Place, look: Lookup) -> Iterator[Row]:
    """A place."""
    row = {
        "place_id": place.id,
        **_registry_columns(place),
        **admin(place, look),
        **stated_columns(place, "level", "lat", "lon", "coordinates", "coordinates_from", "timezone"),
    }
    del row["kind"]  # a place has a level instead
    yield _tombstone(row, {"place_id", "level", "country"}) if place.withdrawal else row


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
    row = {
        "actor_id": actor.id,
        **_registry_columns(actor),
        "parent_id": actor.parent,
        "allies": join_ids(actor.allies),
        "active_from": actor.since,
        "active_to": actor.until,
    }
    yield _tombstone(row, {"actor_id", "kind"}) if actor.withdrawal else row


@fills("organisations", Organisation, tombstones=True)
def organisations(organisation: Organisation, look: Lookup) -> Iterator[Row]:
    """An organisation that counts or publishes."""
    row = {
        "organisation_id": organisation.id,
        **_registry_columns(organisation),
        "url": organisation.url,
        "actor_id": organisation.actor,
    }
    yield _tombstone(row, {"organisation_id", "kind"}) if organisation.withdrawal else row


@fills("datasets", SourceDataset, tombstones=True)
def datasets(source: SourceDataset, look: Lookup) -> Iterator[Row]:
    """A dataset that incidents are taken from."""
    row = {
        "dataset_id": source.id,
        **_registry_columns(source),
        "organisation_id": source.organisation,
        **stated_columns(source, "version", "licence", "attribution", "url"),
    }
    del row["kind"], row["country"]
    yield _tombstone(row, {"dataset_id"}) if source.withdrawal else row


@fills("collections", Collection, tombstones=True)
def collections(collection: Collection, look: Lookup) -> Iterator[Row]:
    """A collection of incidents."""
    complete = collection.complete
    row: Row = {
        "collection_id": collection.id,
        **_registry_columns(collection),
        "is_complete": complete is not None,
        **{f"complete_{key}": complete.text(key) if complete else None for key in ("dataset", "area", "from", "to")},
    }
    del row["kind"], row["country"]
    yield _tombstone(row, {"collection_id"}) if collection.withdrawal else row


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
