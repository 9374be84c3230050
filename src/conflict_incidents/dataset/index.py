"""The files of a dataset: which there are, which claim an id, and what came of each, read once.

Reads directory entries and single files; what ids refer to is for `registry` to say.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable, Iterable
from datetime import date
from functools import cached_property
from pathlib import Path

from conflict_incidents.dataset import ledger
from conflict_incidents.records.model import FOLDERS, Record, kind_of
from conflict_incidents.records.parsing import Parsed, parse_file

OTHER_FILES = {"README.md", ".gitkeep"}
"""Files allowed among the records."""
IMPORTS = "imports"
"""The folder of `data/` with the ledgers of imports, by which no record is judged."""
OTHER_FOLDERS = {"codelists", IMPORTS}
"""Folders of `data/` that hold no records."""


class FileIndex:
    """The files of the dataset at `root`; files from elsewhere may replace its records while they are judged.

    Findings name files relative to `base`, an absolute path, by default to `root`; relative paths start at `base`.
    `load` parses a file that findings give a name.
    """

    def __init__(
        self,
        root: Path,
        stand_ins: Iterable[Path] = (),
        base: Path | None = None,
        load: Callable[[Path, str], Parsed] = parse_file,
    ) -> None:
        self.root = root
        self._load = load
        self._start = base or Path()
        self._base = self.normal(base or root)
        self._data = self.normal(root / "data")
        self._parsed: dict[Path, Parsed] = {}
        self._names: dict[str, dict[str, list[str]]] = {}
        self._stand_ins: dict[str, list[Path]] = {}
        for path in stand_ins:
            self._stand_ins.setdefault(path.stem, []).append(path)

    def shown(self, path: Path) -> str:
        """The name that findings give a file: relative to the base where it is below that."""
        file = self.normal(path)
        return str(file.relative_to(self._base)) if file.is_relative_to(self._base) else str(file)

    def normal(self, path: Path) -> Path:
        """A path from the base on, the same for every spelling; links are not followed."""
        return Path(os.path.normpath(self._start / path))

    def file(self, shown: str) -> Path:
        """The file that findings give a name."""
        return self.normal(self._base / shown)

    def below_data(self, path: Path) -> Path | None:
        """The path of a file from the dataset's `data/` on, None where it is elsewhere."""
        file = self.normal(path)
        return file.relative_to(self._data) if file.is_relative_to(self._data) else None

    def parsed(self, path: Path) -> Parsed:
        """What came of a file, read once."""
        if path not in self._parsed:
            self._parsed[path] = self._load(path, self.shown(path))
        return self._parsed[path]

    def files(self) -> list[Path]:
        """Every file below `data/` but code lists and ledgers, sorted; what is no record is for the rules to say."""
        data = self.root / "data"
        found = files_below(data) if data.is_dir() else []
        return [file for file in found if self.is_meant(file)]

    def is_meant(self, file: Path) -> bool:
        """Whether a file below `data/` has to be a record: in a folder of another name it is one in a wrong place."""
        below = self.below_data(file)
        return (
            below is not None and file.name not in OTHER_FILES and below.parts[0] not in {*OTHER_FOLDERS, ledger.FILE}
        )

    def holds(self, path: Path) -> bool:
        """Whether a file is in this dataset's `data/`."""
        return self.below_data(path) is not None

    def same_id(self, record: Record, path: Path) -> list[Path]:
        """The other files that claim the id of a record: in the dataset, or among those judged with it."""
        folder = FOLDERS.get(kind_of(record))
        own = self.normal(path)
        if folder and self.holds(path):
            named = self._named(folder).get(filename_key(record.id), [])
            others = [Path(other) for other in sorted(named) if self.normal(Path(other)) != own]
            return [other for other in others if other.stem == record.id]
        return [other for other in self._stand_ins.get(path.stem, []) if self.normal(other) != own]

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

    def named(self, kind: str, id: str) -> list[Path]:
        """The files in the folder of a kind that are named after an id, wherever in it they are, whether or not they
        can be read.
        """
        files = [Path(file) for file in self._named(FOLDERS[kind]).get(filename_key(id), [])]
        return [file for file in sorted(files) if file.stem == id]

    def found(self, folder: Path, id: str) -> list[Path]:
        """The files that a reference to an id means: those that replace it, and the one in a folder of `data/`."""
        if not id or "/" in id or "\\" in id or id.startswith("."):
            return []
        files = [*self._stand_ins.get(id, []), self.root / "data" / folder / f"{id}.yaml"]
        return [file for file in files if os.path.lexists(file)]

    def ids(self, folder: str) -> list[str]:
        """The ids of a registry, for suggestions."""
        return sorted(file.stem for file in (self.root / "data" / folder).glob("*.yaml"))


def filename_key(name: str) -> str:
    """The file name on a file system that ignores case and Unicode composition."""
    return unicodedata.normalize("NFC", name).casefold() if not name.isascii() else name.lower()


def _is_record_name(name: str) -> bool:
    return name.endswith(".yaml")


def incident_folder(id: str) -> Path:
    """The folder of the incident with this id, below `data/`: its country and year."""
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
