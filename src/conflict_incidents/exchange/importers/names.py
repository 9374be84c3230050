"""Resolve names of organisations and actors to the registry; new ones are created only on request."""

from __future__ import annotations

import hashlib
from typing import Any

from conflict_incidents.core.ids import slug
from conflict_incidents.core.names import fold
from conflict_incidents.dataset.aliases import aliases, proper_names
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.exchange.importers.store.store import Incoming, packaged_record
from conflict_incidents.records.model import FOLDERS

_DEFAULT_KINDS = {"organisation": "other", "actor": "unspecified"}
"""The kind of a new record if only the name is known."""


class NameIndex:
    """Looks up organisations or actors by id, name and spelling.

    `created` are the new records; an organisation named by an alias table is created when first found.
    """

    def __init__(self, dataset: Dataset, kind: str, create: bool = False) -> None:
        self.kind, self.create = kind, create
        self.created: dict[str, Incoming] = {}
        self._spellings = {key[0]: id for key, id in aliases(dataset, f"{kind}_aliases").items()}
        self._proper = proper_names(dataset, f"{kind}_aliases") if kind == "organisation" else {}
        for id in self._proper:  # as after creation of the record, so that the next import resolves names equally
            self._spellings.setdefault(fold(id), id)
        self.ids = set(dataset.index.ids(FOLDERS[kind]))
        for id in sorted(self.ids):
            record = dataset.registry.lookup(FOLDERS[kind], id)
            if record:
                for name in (id, record.name, *(name.spelling for name in record.names)):
                    self._spellings.setdefault(fold(name), id)

    def find(self, text: str) -> str | None:
        """Return the id of a name; None if the registry doesn't have it."""
        id = text if text in self.ids else self._spellings.get(fold(text))
        if id is None or id in self.ids:
            return id
        if id not in self._proper:
            return None
        self.add({"id": id, "name": self._proper[id], "kind": _shipped_kind(id)})
        return id

    def add(self, record: dict[str, Any]) -> None:
        """Add a record unless it exists; its spellings are resolved from now on."""
        id = str(record["id"])
        self.created.setdefault(id, Incoming(self.kind, record))
        self.ids.add(id)
        for name in (id, record["name"], *(name["text"] for name in record.get("names", ()))):
            self._spellings.setdefault(fold(name), id)

    def resolve(self, text: str) -> str | None:
        """Return the id of a name, creating the record if allowed, else None. Non-Latin names get a hash."""
        known_id = self.find(text)
        if known_id or not self.create or not fold(text):
            return known_id
        id = slug(text) or f"{self.kind}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"
        if id not in self.ids:
            self.add({"id": id, "name": text, "kind": _DEFAULT_KINDS[self.kind]})
        return id


def _shipped_kind(id: str) -> str:
    """Return the kind of an organisation in the registry packaged with its alias table."""
    try:
        return str(packaged_record("organisation", id).record["kind"])
    except FileNotFoundError:
        return _DEFAULT_KINDS["organisation"]
