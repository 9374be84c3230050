"""A dataset on disk: its records, registries and code lists, each read once and only when asked for.

Prevents: a reference to an organisation, place, actor or incident that isn't there, and a check of one file that has to
read the whole dataset.
"""

from __future__ import annotations

import csv
import json
import os
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from conflict_incidents.dataset import ledger
from conflict_incidents.dataset.ledger import Ledger
from conflict_incidents.dataset.nesting import PART_OF
from conflict_incidents.dataset.snapshot import Snapshot
from conflict_incidents.records.dates import as_day
from conflict_incidents.records.model import (
    ASSERTIONS,
    FOLDERS,
    KINDS,
    NOTES,
    RULES_FILE,
    WAIVERS,
    Actor,
    Assertions,
    ChangeNote,
    Incident,
    Named,
    Organisation,
    Place,
    Record,
    RuleSettings,
    SourceDataset,
    Waivers,
    kind_of,
)
from conflict_incidents.records.parsing import Parsed, parse_file

DESCRIPTOR = "datapackage.json"
OTHER_FILES = {"README.md", ".gitkeep"}
"""Files that may lie among the records."""
IMPORTS = "imports"
"""The folder of `data/` with the ledgers of imports, by which no record is judged."""
OTHER_FOLDERS = {"codelists", IMPORTS}
"""Folders of `data/` that hold no records."""

_Kind = TypeVar("_Kind", bound=Record)
_Registered = TypeVar("_Registered", bound=Named)


class DatasetError(Exception):
    """The folder is no dataset, or what describes it can't be read; the message says how to repair it."""


@dataclass(frozen=True, slots=True)
class AdminUnit:
    """An administrative unit: p-code, level 1 to 3, names, parent, bounding box and centre in degrees.

    The centre is latitude and longitude, None where the list has none.
    """

    pcode: str
    level: int
    name: str
    parent: str
    country: str
    west: float
    south: float
    east: float
    north: float
    centre: tuple[float, float] | None = None

    def holds(self, lat: float, lon: float, margin: float = 0.0) -> bool:
        """Whether a position lies in the box, widened by a margin in degrees."""
        return self.south - margin <= lat <= self.north + margin and self.west - margin <= lon <= self.east + margin


class Dataset:
    """A dataset at `root`; files from elsewhere may stand in for its records while they are judged.

    `since` are earlier states that it is compared with, beside what was released.
    """

    def __init__(self, root: Path, stand_ins: list[Path] | None = None, since: Sequence[Snapshot] = ()) -> None:
        self.root = root
        self.since = tuple(since)
        self._parsed: dict[Path, Parsed] = {}
        self._found: dict[tuple[Path, str], object] = {}
        self._names: dict[str, dict[str, list[str]]] = {}
        self._spelt: dict[str, dict[str, list[str]]] = {}
        self._stand_ins: dict[str, list[Path]] = {}
        for path in stand_ins or []:
            self._stand_ins.setdefault(path.stem, []).append(path)

    @staticmethod
    def around(folder: Path) -> Dataset:
        """The dataset that a folder belongs to: the nearest folder above with a descriptor and `data/`.

        Raises:
            DatasetError: there is none.
        """
        for root in (folder, *folder.parents):
            if is_dataset(root):
                return Dataset(root)
        raise DatasetError(
            f"no dataset at or above {folder}: no folder there has data/ and {DESCRIPTOR}; name one by --root"
        )

    @cached_property
    def descriptor(self) -> dict[str, Any]:
        """The dataset's own `datapackage.json`: title, version, licences, and the day of the next release.

        Raises:
            DatasetError: it is missing or isn't a JSON object.
        """
        file = self.root / DESCRIPTOR
        try:
            loaded = json.loads(file.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise DatasetError(f"{file} can't be read: {error}") from error
        if not isinstance(loaded, dict):
            raise DatasetError(f"{file} isn't a JSON object")
        return loaded

    @cached_property
    def release_date(self) -> date:
        """The day of the release in the making, `created` of the descriptor.

        Raises:
            DatasetError: the descriptor has no such day.
        """
        created = as_day(str(self.descriptor.get("created", "")))
        if created is None:
            raise DatasetError(
                f"{self.root / DESCRIPTOR} has no `created` with the release's day, as 2026-01-31T00:00:00Z"
            )
        return created

    def shown(self, path: Path) -> str:
        """The name that findings give a file: relative to the working folder where it lies below that."""
        absolute = Path(os.path.abspath(path))
        here = Path.cwd()
        return str(absolute.relative_to(here)) if absolute.is_relative_to(here) else str(absolute)

    def parsed(self, path: Path) -> Parsed:
        """What came of a file, read once."""
        if path not in self._parsed:
            self._parsed[path] = parse_file(path, self.shown(path))
        return self._parsed[path]

    def files(self) -> list[Path]:
        """Every file below `data/` but code lists and ledgers, sorted; what is no record is for the rules to say."""
        data = self.root / "data"
        found = files_below(data) if data.is_dir() else []
        return [file for file in found if self.is_meant(file)]

    def is_meant(self, file: Path) -> bool:
        """Whether a file below `data/` has to be a record: in a folder of another name it is one in a wrong place."""
        top = Path(os.path.abspath(file)).relative_to(Path(os.path.abspath(self.root)) / "data").parts[0]
        return file.name not in OTHER_FILES and top not in {*OTHER_FOLDERS, ledger.FILE}

    def holds(self, path: Path) -> bool:
        """Whether a file lies in this dataset's `data/`."""
        return Path(os.path.abspath(path)).is_relative_to(Path(os.path.abspath(self.root)) / "data")

    def same_id(self, record: Record, path: Path) -> list[Path]:
        """The other files that claim the id of a record: in the dataset, or among those judged with it."""
        folder = FOLDERS.get(kind_of(record))
        own = os.path.abspath(path)
        if folder and self.holds(path):
            named = self._named(folder).get(filename_key(record.id), [])
            others = [Path(other) for other in sorted(named) if os.path.abspath(other) != own]
            return [other for other in others if other.stem == record.id]
        return [other for other in self._stand_ins.get(path.stem, []) if os.path.abspath(other) != own]

    def alike(self, record: Record, path: Path) -> list[Path]:
        """The other files in the folder of a record's kind whose names differ in case or composition alone."""
        folder = FOLDERS.get(kind_of(record))
        if not folder or not self.holds(path):
            return []
        named = [Path(other) for other in self._named(folder).get(filename_key(path.stem), [])]
        return [other for other in sorted(named) if other.stem != path.stem]

    def begun_about(self, day: int, days: int) -> list[Path]:
        """The files of the incidents that begin at most so many days from one, as their ids say; no file is read."""
        near = range(max(day - days, date.min.toordinal()), min(day + days, date.max.toordinal()) + 1)
        written = [date.fromordinal(one).isoformat().replace("-", "") for one in near]
        return [file for one in written for file in self._by_day.get(one, [])]

    @cached_property
    def _by_day(self) -> dict[str, list[Path]]:
        """The files of incidents, those from elsewhere included, by the day in their ids, as `20220908`."""
        named = [Path(file) for files in self._named(FOLDERS["incident"]).values() for file in files]
        found: dict[str, list[Path]] = {}
        for file in sorted([*named, *(file for files in self._stand_ins.values() for file in files)]):
            found.setdefault(file.stem[4:12], []).append(file)
        return found

    def _named(self, folder: str) -> dict[str, list[str]]:
        """The files of a registry by their folded names, without the suffix; as text, as there may be many."""
        if folder not in self._names:
            index = self._names.setdefault(folder, {})
            for place, _, names in os.walk(self.root / "data" / folder):
                for name in filter(_is_record_name, names):
                    index.setdefault(filename_key(name.rpartition(".")[0]), []).append(f"{place}{os.sep}{name}")
        return self._names[folder]

    def incident(self, id: str) -> Incident | None:
        """The incident with this id, None where there is none."""
        return self._lookup(Incident, id, incident_folder(id))

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
        folder = self.root / "data" / FOLDERS[kind]
        for file in files_below(folder) if folder.is_dir() else []:
            record = self.parsed(file).record
            if isinstance(record, KINDS[kind]):
                yield record

    def named(self, kind: str, id: str) -> list[Path]:
        """The files in the folder of a kind that are named after an id, wherever in it they lie, whether or not they
        can be read.
        """
        files = [Path(file) for file in self._named(FOLDERS[kind]).get(filename_key(id), [])]
        return [file for file in sorted(files) if file.stem == id]

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

    def namesakes(self, record: _Registered) -> list[_Registered]:
        """The other records of the same registry that share a name with a record, however it is spelt; sorted by id.

        Withdrawn records have no say. Reads the whole registry, once.
        """
        folder = FOLDERS[kind_of(record)]
        if folder not in self._spelt:
            index = self._spelt.setdefault(folder, {})
            for id in self.ids(folder):
                known = self.registered(folder, id)
                for name in known.spellings if known and not known.withdrawal else ():
                    index.setdefault(name, []).append(id)
        shared = {id for name in record.spellings for id in self._spelt[folder].get(name, ())} - {record.id}
        found = (self._lookup(type(record), id, Path(folder)) for id in sorted(shared))
        # A file that isn't named after its id is found by its own name, too.
        return [other for other in found if other and other.path != record.path]

    def registered(self, folder: str, id: str) -> Named | None:
        """The record of a registry with this id, None where there is none."""
        return self._lookup(Named, id, Path(folder))

    def ids(self, folder: str) -> list[str]:
        """The ids of a registry, for suggestions."""
        return sorted(file.stem for file in (self.root / "data" / folder).glob("*.yaml"))

    @cached_property
    def ledger(self) -> Ledger:
        """What was released, as `data/released.csv` has it."""
        file = self.root / "data" / ledger.FILE
        return ledger.read(file, self.shown(file))

    @property
    def earlier(self) -> tuple[Snapshot, ...]:
        """The states that this one may lose nothing of, and come no closer than."""
        return (self.ledger.earlier, *self.since)

    def released_ids(self, kind: str) -> frozenset[str]:
        """The ids that a release gave to records of a kind, in lower case; none of them is free any more.

        Raises:
            DatasetError: the ledger of releases can't be read.
        """
        if self.ledger.findings:
            first = self.ledger.findings[0]
            raise DatasetError(f"{first.path}:{first.mark.line}: {first.message}; no id can be given before that")
        return self.ledger.ids(kind)

    @cached_property
    def waivers(self) -> Waivers | None:
        """The findings that reviewers have accepted, None where there are none."""
        return self._single(WAIVERS, Waivers)

    @cached_property
    def rule_settings(self) -> RuleSettings | None:
        """The rules that are turned off or whose severity is changed, None where all hold as they are."""
        return self._single(RULES_FILE, RuleSettings)

    @cached_property
    def assertions(self) -> Assertions | None:
        """What every release has to hold, None where nothing is asserted."""
        return self._single(ASSERTIONS, Assertions)

    def _single(self, name: str, kind: type[_Kind]) -> _Kind | None:
        """The record in a single file of `data/`, None where there is no such record."""
        file = self.root / "data" / name
        record = self.parsed(file).record if file.exists() else None
        return record if isinstance(record, kind) else None

    def notes(self, version: str = "") -> list[ChangeNote]:
        """The notes on changes that no published version has yet, or those of a version; sorted by their files."""
        files = sorted((self.root / "data" / NOTES / version).glob("*.yaml"))
        return [record for file in files if isinstance(record := self.parsed(file).record, ChangeNote)]

    def _lookup(self, kind: type[_Kind], id: str, folder: Path) -> _Kind | None:
        """A record by its id; what was found is kept, as every record refers to some of the same few hundred."""
        found = self._found.get((folder, id))
        if found is None:
            found = self._found[folder, id] = self._searched(kind, id, folder)
        return found if isinstance(found, kind) else None

    def _searched(self, kind: type[_Kind], id: str, folder: Path) -> _Kind | None:
        if not id or "/" in id or "\\" in id or id.startswith("."):
            return None
        below = self.root / "data" / folder
        for file in [*self._stand_ins.get(id, []), below / f"{id}.yaml"]:
            if os.path.lexists(file):
                record = self.parsed(file).record
                if isinstance(record, kind):
                    return record
        return None

    @cached_property
    def admin_units(self) -> dict[str, AdminUnit]:
        """The administrative units by p-code, from `data/codelists/admin_units.csv`.

        Raises:
            DatasetError: the list can't be read.
        """
        file = self.root / "data" / "codelists" / "admin_units.csv"
        if not file.exists():
            return {}
        try:
            with file.open(encoding="utf-8", newline="") as stream:
                return {row["pcode"]: _unit(row) for row in csv.DictReader(stream)}
        except (OSError, ValueError, KeyError, TypeError, csv.Error) as error:
            raise DatasetError(
                f"{self.shown(file)} can't be read as a list of administrative units: {error!r}"
            ) from error


def filename_key(name: str) -> str:
    """What the name of a file is to a file system that knows neither case nor composition."""
    return unicodedata.normalize("NFC", name).casefold() if not name.isascii() else name.lower()


def is_dataset(folder: Path) -> bool:
    """Whether a folder is the top of a dataset: it has a descriptor, and `data/`, which leads nowhere else."""
    data = folder / "data"
    return (folder / DESCRIPTOR).is_file() and data.is_dir() and not data.is_symlink()


def _is_record_name(name: str) -> bool:
    return name.endswith(".yaml")


def incident_folder(id: str) -> Path:
    """Where below `data/` the incident with this id lies: the folder of its country and year."""
    return Path("incidents", id[:3], id[4:8])


def files_below(folder: Path) -> list[Path]:
    """Every file below a folder, links to folders counted as files; nothing is followed.

    Raises:
        OSError: a folder can't be listed.
    """
    found: list[Path] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                found += files_below(Path(entry.path))
            else:
                found.append(Path(entry.path))
    return sorted(found)


def _unit(row: dict[str, str]) -> AdminUnit:
    west, south, east, north = (float(row[side]) for side in ("west", "south", "east", "north"))
    centre = (float(row["lat"]), float(row["lon"])) if row.get("lat") and row.get("lon") else None
    named = (row["pcode"], int(row["level"]), row["name_en"], row["parent"], row["country"])
    return AdminUnit(*named, west, south, east, north, centre)
