"""The files of a dataset: which there are, which claim an id, and what came of each, read once.

Reads directory entries and single files; what ids refer to is for `registry` to say.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from errno import ENOENT
from functools import cached_property, partial
from itertools import chain
from os.path import lexists
from pathlib import Path
from types import MappingProxyType

from conflict_incidents.core.files import LARGEST, whole_or_why
from conflict_incidents.dataset import ledger
from conflict_incidents.records.model import FOLDERS
from conflict_incidents.records.parsing import Content, Parsed, content_of, parse, parse_content

OTHER_FILES = {"README.md", ".gitkeep"}
"""Files allowed among the records."""
IMPORTS = "imports"
"""The folder of `data/` with the ledgers of imports, by which no record is judged."""
LISTS = "codelists"
"""The folder of `data/` with the code lists."""
OTHER_FOLDERS = {LISTS, IMPORTS}
"""Folders of `data/` that hold no records."""
LARGEST_LIST = 32 << 20
"""How many bytes a code list has at most."""
_BELOW_A_LINK = "in a folder that is a symbolic link; put the folder itself there"


class FileIndex:
    """The files of the dataset at `root`; files from elsewhere may replace its records while they are judged.

    Findings name files relative to `base`, an absolute path, by default to `root`; relative paths start at `base`.
    `parse` makes a record of the bytes of a file that findings give a name. `replaced` has what some files held at
    another time, by path below `root`; None for a file that wasn't there.
    """

    def __init__(
        self,
        root: Path,
        stand_ins: Iterable[Path] = (),
        base: Path | None = None,
        parse: Callable[[bytes, str], Parsed] = parse,
        replaced: Mapping[str, Content | None] = MappingProxyType({}),
    ) -> None:
        self.root = root
        self._parse = parse
        self._start = base or Path()
        self._base = self.normal(base or root)
        self._root = self.normal(root)
        self._data = self._root / "data"
        self._replaced = {self._name(self._root / below): content for below, content in replaced.items()}
        self._parsed: dict[str, tuple[Content, Parsed]] = {}
        self._held: dict[str, Content] = {}
        self._names: dict[str, dict[str, list[str]]] = {}
        self._led_away: dict[str, bool] = {}
        self._stand_ins: dict[str, list[Path]] = {}
        for path in stand_ins:
            self._stand_ins.setdefault(path.stem, []).append(path)

    def shown(self, path: Path) -> str:
        """The name that findings give a file: relative to the base where it is below that."""
        file = self.normal(path)
        return str(file.relative_to(self._base)) if file.is_relative_to(self._base) else str(file)

    def normal(self, path: Path) -> Path:
        """A path from the base on, the same for every spelling; links are not followed."""
        return Path(self._name(path))

    def _name(self, path: Path | str, start: Path | None = None) -> str:
        """The same as text, by which files are kept: a `Path` takes longer to make than to look up what came of it."""
        return os.path.normpath(os.path.join(start or self._start, path))  # noqa: PTH118  # see above

    def file(self, shown: str) -> Path:
        """The file that findings give a name."""
        return self.normal(self._base / shown)

    def is_at(self, shown: str, below: str) -> bool:
        """Whether the file that findings give a name is the one of this path below `data/`."""
        return os.path.normpath(f"{self._base}{os.sep}{shown}") == f"{self._data}{os.sep}{below}"

    def below_data(self, path: Path) -> Path | None:
        """The path of a file from the dataset's `data/` on, None where it is elsewhere."""
        file = self.normal(path)
        return file.relative_to(self._data) if file.is_relative_to(self._data) else None

    def below_root(self, path: Path) -> str:
        """A path from the root on, with `/`; of a file that is elsewhere all of it."""
        file = self.normal(path)
        return (file.relative_to(self._root) if file.is_relative_to(self._root) else file.absolute()).as_posix()

    def content(self, path: Path | str) -> Content:
        """What the file of a record holds, or what keeps it from being read, as `content_of` has it."""
        file = self._name(path)
        held = self._known(file)
        return content_of(file) if held is None else held

    def whole_content(self, path: Path | str, most: int = LARGEST) -> Content:
        """All that a file holds which is no record, or what keeps it from being read; read once."""
        file = self._name(path)
        held = self._known(file)
        if held is None:
            held = self._held[file] = content_of(file, partial(whole_or_why, most=most))
        return held

    def list_content(self, name: str) -> Content | None:
        """What a code list holds, None where there is none."""
        file = self.root / "data" / LISTS / f"{name}.csv"
        return self.whole_content(file, LARGEST_LIST) if self.exists(file) else None

    def _known(self, file: str) -> Content | None:
        """What is held of a file already, or why it isn't to be read; None where it is."""
        if file in self._replaced:
            held = self._replaced[file]
            return FileNotFoundError(ENOENT, os.strerror(ENOENT), file) if held is None else held
        return _BELOW_A_LINK if self._is_led_away(file.rpartition(os.sep)[0]) else self._held.get(file)

    def _is_led_away(self, folder: str) -> bool:
        """Whether a folder below the root is a link, or in one that is."""
        if folder not in self._led_away:
            path = Path(folder)
            below = self._root in path.parents
            self._led_away[folder] = below and (path.is_symlink() or self._is_led_away(str(path.parent)))
        return self._led_away[folder]

    @property
    def held(self) -> dict[str, Content | None]:
        """What was read so far and is held, by path below the root: for another process to see the same."""
        return {self.below_root(Path(file)): content for file, content in (self._held | self._replaced).items()}

    def whole(self, path: Path) -> bytes:
        """All that a file holds which is no record.

        Raises:
            OSError: it can't be read.
        """
        held = self.whole_content(path)
        if not isinstance(held, bytes):
            raise held if isinstance(held, OSError) else OSError(0, held, str(path))
        return held

    def exists(self, path: Path) -> bool:
        """Whether there is something of a name, be it a link that leads nowhere."""
        return self._replaced[file] is not None if (file := self._name(path)) in self._replaced else lexists(file)

    def parse(self, content: Content, path: str) -> Parsed:
        """What comes of the content of a file that findings name `path`; made once of what `parsed` has read."""
        held = self._parsed.get(self._name(path, self._base))
        return held[1] if held and held[0] is content else parse_content(content, path, self._parse)

    def parsed(self, path: Path) -> Parsed:
        """What came of a file, read once."""
        file = self._name(path)
        if file not in self._parsed:
            content = self._held[file] = self.content(path)
            self._parsed[file] = content, parse_content(content, self.shown(path), self._parse)
        return self._parsed[file][1]

    def files(self) -> list[Path]:
        """Every file below `data/` but code lists and ledgers, sorted; what is no record is for the rules to say."""
        data = self.root / "data"
        found = files_below(data) if data.is_dir() else []
        return [file for file in found if self.is_record_path(file)]

    def is_record_path(self, file: Path) -> bool:
        """Whether a file below `data/` has to be a record: in a folder of another name it is one in a wrong place."""
        return is_record_path(self.below_root(file))

    def holds(self, path: Path) -> bool:
        """Whether a file is in this dataset's `data/`."""
        return self.below_data(path) is not None

    def named_alike(self, folder: str, id: str) -> list[Path]:
        """The files in a folder of records whose names are an id's but for case and composition, wherever in it."""
        return [Path(file) for file in sorted(self._named(folder).get(filename_key(id), []))]

    def stand_ins(self, id: str) -> list[Path]:
        """The files from elsewhere that are named after an id."""
        return sorted(self._stand_ins.get(id, []))

    def of_day(self, day: int) -> list[Path]:
        """The files of incidents, those from elsewhere included, whose ids have a day, an ordinal."""
        written = date.fromordinal(day).isoformat().replace("-", "")
        beside = (file for files in self._stand_ins.values() for file in files if file.stem[4:12] == written)
        return sorted([*map(Path, self._by_day.get(written, [])), *beside])

    @cached_property
    def _by_day(self) -> dict[str, list[str]]:
        """The files of the dataset's incidents by the day in their ids, as `20220908`."""
        found: dict[str, list[str]] = {}
        for name, files in self._named(FOLDERS["incident"]).items():
            found.setdefault(name[4:12], []).extend(files)
        return found

    def _named(self, folder: str) -> dict[str, list[str]]:
        """The files of a registry by their folded names, without the suffix; as text, as there may be many."""
        if folder not in self._names:
            index = self._names.setdefault(folder, {})
            top = self._data / folder
            inside = () if self._is_led_away(str(top)) else os.walk(top)
            there = (f"{place}{os.sep}{name}" for place, _, names in inside for name in names)
            changed = {file: held for file, held in self._replaced.items() if file.startswith(f"{top}{os.sep}")}
            for file in chain((one for one in there if one not in changed), (one for one in changed if changed[one])):
                if file.endswith(".yaml"):
                    index.setdefault(filename_key(file.rpartition(os.sep)[2][:-5]), []).append(file)
        return self._names[folder]

    def named(self, kind: str, id: str) -> list[Path]:
        """The files in the folder of a kind that are named after an id, wherever in it they are, whether or not they
        can be read.
        """
        return [file for file in self.named_alike(FOLDERS[kind], id) if file.stem == id]

    def found(self, folder: str, id: str) -> list[Path]:
        """The files that a reference to an id means: those that replace it, and the one in a folder of `data/`."""
        if not id or "/" in id or "\\" in id or id.startswith("."):
            return []
        files = [*self._stand_ins.get(id, []), Path(f"{self.root}/data/{folder}/{id}.yaml")]
        return [file for file in files if self.exists(file)]

    def ids(self, folder: str) -> list[str]:
        """The ids of a registry, or of a folder of incidents, by their files."""
        top = self._data / folder
        there = set() if self._is_led_away(str(top)) else {file.stem for file in top.glob("*.yaml")}
        for file, held in ((Path(name), held) for name, held in self._replaced.items()):
            if file.parent == top and file.suffix == ".yaml":
                (there.discard if held is None else there.add)(file.stem)
        return sorted(there)


def filename_key(name: str) -> str:
    """The file name on a file system that ignores case and Unicode composition."""
    return unicodedata.normalize("NFC", name).casefold() if not name.isascii() else name.lower()


def is_record_path(path: str) -> bool:
    """Whether a file has to be a record, by its path below the root."""
    top, _, below = path.partition("/")
    return (
        top == "data"
        and below.rpartition("/")[2] not in OTHER_FILES
        and below.partition("/")[0] not in {*OTHER_FOLDERS, ledger.FILE}
    )


def is_table_path(path: str) -> bool:
    """Whether a file has to be a code list or the ledger of an import, by its path below the root."""
    top, _, below = path.partition("/")
    name = below.rpartition("/")[2]
    return top == "data" and below.partition("/")[0] in OTHER_FOLDERS and not (name in OTHER_FILES or name[:1] == ".")


def is_judged_path(path: str) -> bool:
    """Whether a file has to be a record or a table, by its path below the root."""
    return is_record_path(path) or is_table_path(path)


def incident_folder(id: str) -> Path:
    """The folder of the incident with this id, below `data/`: its country and year."""
    return Path("incidents", id[:3], id[4:8])


def files_below(folder: Path) -> list[Path]:
    """Every file below a folder, links to folders counted as files; nothing is followed, the folder itself no more.

    Raises:
        OSError: a folder can't be listed.
    """
    found: list[Path] = []
    if folder.is_symlink():
        return found
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                found += files_below(Path(entry.path))
            else:
                found.append(Path(entry.path))
    return sorted(found)
