"""The registries of a dataset: its organisations, places, actors, other datasets, incidents and administrative units.

Each record is read once and only when asked for.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from pycountry import subdivisions

from conflict_incidents.dataset.errors import DatasetError
from conflict_incidents.dataset.index import FileIndex, files_below, incident_folder
from conflict_incidents.dataset.nesting import PART_OF
from conflict_incidents.records.model import (
    FOLDERS,
    KINDS,
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
    """Looks up the records in the files of a dataset by id or name."""

    def __init__(self, index: FileIndex) -> None:
        self.index = index
        self._found: dict[tuple[Path, str], Record] = {}
        self._spelt: dict[str, dict[str, list[str]]] = {}

    def organisation(self, id: str) -> Organisation | None:
        """The organisation with this id, None where there is none."""
        return self._lookup(Organisation, id, Path("organisations"))

    def place(self, id: str) -> Place | None:
        """The place with this id, None where there is none."""
        return self._lookup(Place, id, Path("places"))

    def actor(self, id: str) -> Actor | None:
        """The actor with this id, None where there is none."""
        return self._lookup(Actor, id, Path("actors"))

    def source(self, id: str) -> SourceDataset | None:
        """The record of the other dataset with this id, None where there is none."""
        return self._lookup(SourceDataset, id, Path("datasets"))

    def incident(self, id: str) -> Incident | None:
        """The incident with this id, None where there is none."""
        return self._lookup(Incident, id, incident_folder(id))

    def registered(self, folder: str, id: str) -> Named | None:
        """The record of a registry with this id, None where there is none."""
        return self._lookup(Named, id, Path(folder))

    def namesakes(self, record: _Registered) -> list[_Registered]:
        """The other records of the same registry that share a name with a record, however it is spelt; sorted by id.

        Withdrawn records don't matter. Reads the whole registry, once.
        """
        folder = FOLDERS[kind_of(record)]
        if folder not in self._spelt:
            index = self._spelt.setdefault(folder, {})
            for id in self.index.ids(folder):
                known = self.registered(folder, id)
                for name in known.spellings if known and not known.withdrawal else ():
                    index.setdefault(name, []).append(id)
        shared = {id for name in record.spellings for id in self._spelt[folder].get(name, ())} - {record.id}
        found = (self._lookup(type(record), id, Path(folder)) for id in sorted(shared))
        # A file that isn't named after its id is found by its own name, too.
        return [other for other in found if other and other.path != record.path]

    def incidents(self) -> list[Incident]:
        """Every incident of the dataset; reads all of them."""
        return [record for record in self.records("incident") if isinstance(record, Incident)]

    def parts_of(self, id: str) -> list[Incident]:
        """The published incidents that are linked as `part_of` another; reads all incidents, once."""
        return self._parts.get(id, [])

    @cached_property
    def _parts(self) -> dict[str, list[Incident]]:
        found: dict[str, list[Incident]] = {}
        for incident in self.incidents():
            for whole in {link.incident for link in incident.links if link.kind == PART_OF}:
                if incident.status == "published":
                    found.setdefault(whole, []).append(incident)
        return found

    def records(self, kind: str) -> Iterator[Record]:
        """Every record of a kind; reads all of them."""
        folder = self.index.root / "data" / FOLDERS[kind]
        for file in files_below(folder) if folder.is_dir() else []:
            record = self.index.parsed(file).record
            if isinstance(record, KINDS[kind].record):
                yield record

    def _lookup(self, kind: type[_Kind], id: str, folder: Path) -> _Kind | None:
        """A record by its id; what was found is kept, as every record refers to some of the same few hundred."""
        found = self._found.get((folder, id))
        if found is None:
            records = (self.index.parsed(file).record for file in self.index.found(folder, id))
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
        if not file.exists():
            return AdminUnits({})
        try:
            with file.open(encoding="utf-8", newline="") as stream:
                return AdminUnits({row["pcode"]: _unit(row) for row in csv.DictReader(stream)})
        except (OSError, ValueError, KeyError, TypeError, csv.Error) as error:
            raise DatasetError(
                f"{self.index.shown(file)} can't be read as a list of administrative units: {error!r}"
            ) from error


def _unit(row: dict[str, str]) -> AdminUnit:
    west, south, east, north = (float(row[side]) for side in ("west", "south", "east", "north"))
    centre = (float(row["lat"]), float(row["lon"])) if row.get("lat") and row.get("lon") else None
    named = (row["pcode"], int(row["level"]), row["name_en"], row["parent"], row["country"])
    return AdminUnit(*named, west, south, east, north, centre)
