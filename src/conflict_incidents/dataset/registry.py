"""The registries of a dataset: organisations, places, actors, other datasets, incidents and administrative units.

Each record is read once, on first use.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import TypeVar

from conflict_incidents.core.names import fold_and_join
from conflict_incidents.core.urls import page_account
from conflict_incidents.dataset import index_rows
from conflict_incidents.dataset.admin_units import AdminUnits, units
from conflict_incidents.dataset.index import FileIndex, files_below, incident_folder
from conflict_incidents.records.model import (
    FOLDERS,
    KINDS,
    REGISTRIES,
    Actor,
    Incident,
    Named,
    Organisation,
    Place,
    Record,
    SourceDataset,
    kind_of,
)

_Kind = TypeVar("_Kind", bound=Record)
_NamedRecord = TypeVar("_NamedRecord", bound=Named)


class Registry:
    """Look up records in the files of a dataset by id or name, and log the keys of the look-ups.

    The keys are those of `dataset.index_rows`: the files of an id, a spelling, an address, found or not.
    """

    def __init__(self, index: FileIndex) -> None:
        self.index = index
        self._keys: set[str] = set()
        self._ids: set[tuple[str, str]] = set()
        self._records: dict[tuple[str, str], Record] = {}
        self._spellings: dict[str, dict[str, list[str]]] = {}
        self._pages: set[tuple[str, str]] = set()

    def reset_lookups(self) -> None:
        """Empty the log."""
        self._keys, self._ids = set(), set()

    def lookups(self) -> set[str]:
        """Return the keys of all look-ups since the log was emptied."""
        return self._keys.union(index_rows.file_key(folder.partition("/")[0], id) for folder, id in self._ids)

    def log(self, *keys: str) -> None:
        """Log the keys of look-ups."""
        self._keys.update(keys)

    def organisation(self, id: str) -> Organisation | None:
        """Look up an organisation by id; None if missing."""
        return self._lookup(Organisation, id, "organisations")

    def place(self, id: str) -> Place | None:
        """Look up a place by id; None if missing."""
        return self._lookup(Place, id, "places")

    def actor(self, id: str) -> Actor | None:
        """Look up an actor by id; None if missing."""
        return self._lookup(Actor, id, "actors")

    def ancestry(self, actor: str | None) -> list[str]:
        """Return the ids of an actor and of those that it is part of, nearest first."""
        ids: list[str] = []
        while actor and actor not in ids:
            ids.append(actor)
            record = self.actor(actor)
            actor = record.parent if record else None
        return ids

    def source(self, id: str) -> SourceDataset | None:
        """Look up another dataset's record by id; None if missing."""
        return self._lookup(SourceDataset, id, "datasets")

    def incident(self, id: str) -> Incident | None:
        """Look up an incident by id; None if missing."""
        return self._lookup(Incident, id, incident_folder(id).as_posix())

    def lookup(self, folder: str, id: str) -> Named | None:
        """Look up a record of a registry by id; None if missing."""
        return self._lookup(Named, id, folder)

    def namesakes(self, record: _NamedRecord) -> list[_NamedRecord]:
        """Return the other records of the same registry that share a name with a record, in any spelling; sorted by id.

        Ignores withdrawn records. Reads the whole registry, once.
        """
        folder = FOLDERS[kind_of(record)]
        shared = {id for name in record.spellings for id in self.ids_called(name, folder)} - {record.id}
        others = (self._lookup(type(record), id, folder) for id in sorted(shared))
        # a file that isn't named after its id is found by its own name too
        return [other for other in others if other and other.path != record.path and not other.withdrawal]

    def is_called(self, name: str) -> bool:
        """Whether a registry has a record with that name, in any known spelling, or with the id made of it."""
        id = "-".join(re.findall("[a-z0-9]+", name.lower()))
        self.log(*(index_rows.file_key(FOLDERS[kind], id) for kind in REGISTRIES))
        return any(self.index.files_named(kind, id) for kind in REGISTRIES) or any(
            self.ids_called(fold_and_join(name), FOLDERS[kind]) for kind in REGISTRIES
        )

    def ids_called(self, name: str, folder: str) -> list[str]:
        """Return the ids in a registry with a spelling, normalised by `fold_and_join`."""
        self.log(index_rows.name_key(folder, name))
        if folder not in self._spellings:
            index = self._spellings.setdefault(folder, {})
            for id in self.index.ids(folder):
                record = self._record(Named, id, folder)
                for spelling in record.spellings if record else ():
                    index.setdefault(spelling, []).append(id)
        return self._spellings[folder].get(name, [])

    def is_kept(self, folder: str) -> bool:
        """Whether a registry has any record."""
        self.log(index_rows.folder_key(folder))
        return bool(self.index.ids(folder))

    def has_page(self, account: tuple[str, str]) -> bool:
        """Whether an organisation lists an address, by host and first path segment, as its own."""
        self.log(index_rows.page_key(account))
        if not self._pages:
            organisations = (self._record(Organisation, id, "organisations") for id in self.index.ids("organisations"))
            self._pages.update(page_account(one.url) for one in organisations if one and one.url)
        return account in self._pages

    def incidents(self) -> list[Incident]:
        """Return every incident; parses all of them."""
        return [record for record in self.records("incident") if isinstance(record, Incident)]

    def records(self, kind: str) -> Iterator[Record]:
        """Yield every record of a kind; parses all of them."""
        folder = self.index.root / "data" / FOLDERS[kind]
        for file in files_below(folder) if folder.is_dir() else []:
            record = self.index.parse_file(file).record
            if isinstance(record, KINDS[kind].record):
                yield record

    def _lookup(self, kind: type[_Kind], id: str, folder: str) -> _Kind | None:
        """Look up a record by id, and log it."""
        self._ids.add((folder, id))
        return self._record(kind, id, folder)

    def _record(self, kind: type[_Kind], id: str, folder: str) -> _Kind | None:
        """Look up a record by id; cached, as most records refer to the same few hundred."""
        entry = self._records.get((folder, id))
        if entry is None:
            records = (self.index.parse_file(file).record for file in self.index.resolve(folder, id))
            entry = next((record for record in records if isinstance(record, kind)), None)
            if entry is not None:
                self._records[folder, id] = entry
        return entry if isinstance(entry, kind) else None

    @cached_property
    def admin_units(self) -> AdminUnits:
        """The administrative units by code, with the p-codes from `data/codelists/admin_units.csv`."""
        return AdminUnits(*units(self.index.list_content("admin_units")))
