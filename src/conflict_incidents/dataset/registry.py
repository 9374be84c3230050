"""The registries of a dataset: its organisations, places, actors, other datasets, incidents and administrative units.

Each record is read once and only when asked for.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from io import StringIO
from pathlib import Path
from typing import Any, TypeVar

from pycountry import subdivisions

from conflict_incidents.core.names import joined
from conflict_incidents.core.urls import page_account
from conflict_incidents.dataset import rows
from conflict_incidents.dataset.errors import DatasetError
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
_Registered = TypeVar("_Registered", bound=Named)


@dataclass(frozen=True, slots=True)
class AdminUnit:
    """An administrative unit: code, level 1 to 3, name, parent, country, bounding box and centre in degrees.

    The centre is latitude and longitude, None where the list has none; units of ISO 3166-2 have no box.
    """

    pcode: str
    level: int
    name: str
    parent: str
    country: str
    west: float = -180.0
    south: float = -90.0
    east: float = 180.0
    north: float = 90.0
    centre: tuple[float, float] | None = None

    def holds(self, lat: float, lon: float, margin: float = 0.0) -> bool:
        """Whether a position is in the box, widened by a margin in degrees."""
        return self.south - margin <= lat <= self.north + margin and self.west - margin <= lon <= self.east + margin


class AdminUnits(Mapping[str, AdminUnit]):
    """Administrative units by code: those that a dataset lists; of the countries that it doesn't, those of ISO 3166-2.

    `listed` are the dataset's own, by p-code.
    """

    def __init__(self, listed: dict[str, AdminUnit]) -> None:
        self.listed = listed
        self._by_country: dict[str, list[AdminUnit]] = {}
        for unit in listed.values():
            self._by_country.setdefault(unit.country, []).append(unit)

    def listed_of(self, country: str) -> list[AdminUnit]:
        """The units that the dataset lists of a country, by alpha-3 code."""
        return self._by_country.get(country, [])

    def __getitem__(self, code: str) -> AdminUnit:
        unit = self.listed.get(code) or (_subdivision(code) if "-" in code else None)
        if unit is None or (code not in self.listed and unit.country in self._by_country):
            raise KeyError(code)
        return unit

    def __iter__(self) -> Iterator[str]:
        yield from self.listed
        yield from (one.code for one in subdivisions if one.code in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _subdivision(code: str) -> AdminUnit | None:
    """A unit of ISO 3166-2; level 2 is what is part of another one."""
    found: Any = subdivisions.get(code=code)  # type: ignore[no-untyped-call] # pycountry has no types here
    if found is None:
        return None
    level = 2 if found.parent_code else 1
    return AdminUnit(found.code, level, found.name, found.parent_code or "", found.country.alpha_3)


class Registry:
    """Looks up the records in the files of a dataset by id or name, and remembers as `asked` what a look-up rests on.

    What it rests on is named by the keys of `dataset.rows`: the files of an id, a spelling, an address, found or not.
    """

    def __init__(self, index: FileIndex) -> None:
        self.index = index
        self.asked: set[str] = set()
        self._found: dict[tuple[str, str], Record] = {}
        self._spelt: dict[str, dict[str, list[str]]] = {}
        self._pages: set[tuple[str, str]] = set()

    def asked_anew(self) -> set[str]:
        """What it is asked from here on."""
        self.asked = set()
        return self.asked

    def organisation(self, id: str) -> Organisation | None:
        """The organisation with this id, None where there is none."""
        return self._lookup(Organisation, id, "organisations")

    def place(self, id: str) -> Place | None:
        """The place with this id, None where there is none."""
        return self._lookup(Place, id, "places")

    def actor(self, id: str) -> Actor | None:
        """The actor with this id, None where there is none."""
        return self._lookup(Actor, id, "actors")

    def source(self, id: str) -> SourceDataset | None:
        """The record of the other dataset with this id, None where there is none."""
        return self._lookup(SourceDataset, id, "datasets")

    def incident(self, id: str) -> Incident | None:
        """The incident with this id, None where there is none."""
        return self._lookup(Incident, id, incident_folder(id).as_posix())

    def registered(self, folder: str, id: str) -> Named | None:
        """The record of a registry with this id, None where there is none."""
        return self._lookup(Named, id, folder)

    def namesakes(self, record: _Registered) -> list[_Registered]:
        """The other records of the same registry that share a name with a record, however it is spelt; sorted by id.

        Withdrawn records don't matter. Reads the whole registry, once.
        """
        folder = FOLDERS[kind_of(record)]
        shared = {id for name in record.spellings for id in self._called(name, folder)} - {record.id}
        found = (self._lookup(type(record), id, folder) for id in sorted(shared))
        # A file that isn't named after its id is found by its own name, too.
        return [other for other in found if other and other.path != record.path and not other.withdrawal]

    def is_called(self, name: str) -> bool:
        """Whether a registry has a record by that name, in any spelling that it knows, or by the id made of it."""
        id = "-".join(re.findall("[a-z0-9]+", name.lower()))
        self.asked |= {rows.file_key(FOLDERS[kind], id) for kind in REGISTRIES}
        return any(self.index.named(kind, id) for kind in REGISTRIES) or any(
            self._called(joined(name), FOLDERS[kind]) for kind in REGISTRIES
        )

    def _called(self, name: str, folder: str) -> list[str]:
        """The ids in a registry of a spelling, as `joined` makes it."""
        self.asked.add(rows.name_key(folder, name))
        if folder not in self._spelt:
            index = self._spelt.setdefault(folder, {})
            for id in self.index.ids(folder):
                known = self._record(Named, id, folder)
                for spelling in known.spellings if known else ():
                    index.setdefault(spelling, []).append(id)
        return self._spelt[folder].get(name, [])

    def is_kept(self, folder: str) -> bool:
        """Whether there is any record of a registry."""
        self.asked.add(rows.folder_key(folder))
        return bool(self.index.ids(folder))

    def has_page(self, account: tuple[str, str]) -> bool:
        """Whether an organisation gives an address as its own, by host and first step of the path."""
        self.asked.add(rows.page_key(account))
        if not self._pages:
            known = (self._record(Organisation, id, "organisations") for id in self.index.ids("organisations"))
            self._pages.update(page_account(one.url) for one in known if one and one.url)
        return account in self._pages

    def incidents(self) -> list[Incident]:
        """Every incident of the dataset; reads all of them."""
        return [record for record in self.records("incident") if isinstance(record, Incident)]

    def records(self, kind: str) -> Iterator[Record]:
        """Every record of a kind; reads all of them."""
        folder = self.index.root / "data" / FOLDERS[kind]
        for file in files_below(folder) if folder.is_dir() else []:
            record = self.index.parsed(file).record
            if isinstance(record, KINDS[kind].record):
                yield record

    def _lookup(self, kind: type[_Kind], id: str, folder: str) -> _Kind | None:
        """A record by its id, asked for."""
        self.asked.add(rows.file_key(folder.partition("/")[0], id))
        return self._record(kind, id, folder)

    def _record(self, kind: type[_Kind], id: str, folder: str) -> _Kind | None:
        """A record by its id; what was found is kept, as every record refers to some of the same few hundred."""
        found = self._found.get((folder, id))
        if found is None:
            records = (self.index.parsed(file).record for file in self.index.found(Path(folder), id))
            found = next((record for record in records if isinstance(record, kind)), None)
            if found is not None:
                self._found[folder, id] = found
        return found if isinstance(found, kind) else None

    @cached_property
    def admin_units(self) -> AdminUnits:
        """The administrative units by code, with the p-codes from `data/codelists/admin_units.csv`.

        Raises:
            DatasetError: the list can't be read.
        """
        file = self.index.root / "data" / "codelists" / "admin_units.csv"
        if not self.index.exists(file):
            return AdminUnits({})
        try:
            text = self.index.whole(file).decode("utf-8")
            return AdminUnits({row["pcode"]: _unit(row) for row in csv.DictReader(StringIO(text, newline=""))})
        except (OSError, ValueError, KeyError, TypeError, csv.Error) as error:
            raise DatasetError(
                f"{self.index.shown(file)} can't be read as a list of administrative units: {error!r}"
            ) from error


def _unit(row: dict[str, str]) -> AdminUnit:
    west, south, east, north = (float(row[side]) for side in ("west", "south", "east", "north"))
    centre = (float(row["lat"]), float(row["lon"])) if row.get("lat") and row.get("lon") else None
    named = (row["pcode"], int(row["level"]), row["name_en"], row["parent"], row["country"])
    return AdminUnit(*named, west, south, east, north, centre)
