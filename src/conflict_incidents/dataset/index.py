"""The files of a dataset: list them, find them by id, and parse each once.

Reads directory entries and single files; `registry` resolves references.
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

from conflict_incidents.core.files import MAX_FILE_SIZE, read_whole_or_reason
from conflict_incidents.dataset import ledger
from conflict_incidents.records.model import FOLDERS, NOTES
from conflict_incidents.records.parsing import Content, Parsed, content_of, parse, parse_content

OTHER_FILES = {"README.md", ".gitkeep"}
"""The non-record files allowed among the records."""
IMPORTS = "imports"
"""The folder of `data/` with the ledgers of imports, which no rule uses."""
LISTS = "codelists"
"""The folder of `data/` with the code lists."""
OTHER_FOLDERS = {LISTS, IMPORTS}
"""The folders of `data/` without records."""
MAX_LIST_SIZE = 32 << 20
"""The maximum size of a code list in bytes."""
ContentSource = Content | None | Callable[[], Content]
"""The content of a file, or what reads it where it is; None for no file."""
_BELOW_A_LINK = "in a folder that is a symbolic link; put the folder itself there"


class FileIndex:
    """The files of the dataset at `root`; stand-ins from outside `data/` replace its records during validation.

    Findings name files relative to `base`, an absolute path, by default `root`; relative paths start at `base`. `parse`
    turns the bytes of a file, with its name in findings, into a record. `replaced` has the former content of some
    files, by path below `root`, or reads it; None for a file that didn't exist.
    """

    def __init__(
        self,
        root: Path,
        stand_ins: Iterable[Path] = (),
        base: Path | None = None,
        parse: Callable[[bytes, str], Parsed] = parse,
        replaced: Mapping[str, ContentSource] = MappingProxyType({}),
    ) -> None:
        self.root = root
        self._parse = parse
        self._start = base or Path()
        self._base = self.normal(base or root)
        self._root = self.normal(root)
        self._data = self._root / "data"
        self._replaced = {self._name(self._root / below): content for below, content in replaced.items()}
        self._parse_cache: dict[str, tuple[Content, Parsed]] = {}
        self._content_cache: dict[str, Content] = {}
        self._names: dict[str, dict[str, list[str]]] = {}
        self._ids: dict[str, list[str]] = {}
        self._below_link: dict[str, bool] = {}
        self._stand_ins: dict[str, list[Path]] = {}
        for path in stand_ins:
            self._stand_ins.setdefault(path.stem, []).append(path)

    def display_path(self, path: Path | str) -> str:
        """Return the name of a file in findings: relative to the base if it is below that."""
        file = self._name(path)
        return os.curdir if file == str(self._base) else file.removeprefix(os.path.join(self._base, ""))  # noqa: PTH118

    def normal(self, path: Path) -> Path:
        """Return the absolute, normalised path; links are not followed."""
        return Path(self._name(path))

    def _name(self, path: Path | str, start: Path | None = None) -> str:
        """The same as text, the key of cached files: making a `Path` takes longer than the look-up."""
        return os.path.normpath(os.path.join(start or self._start, path))  # noqa: PTH118  # see above

    def file(self, display_path: str) -> Path:
        """Return the file by its name in findings."""
        return self.normal(self._base / display_path)

    def is_at(self, display_path: str, below: str) -> bool:
        """Whether a name in findings is that of the file with this path below `data/`."""
        return os.path.normpath(f"{self._base}{os.sep}{display_path}") == f"{self._data}{os.sep}{below}"

    def below_data(self, path: Path) -> Path | None:
        """Return the path of a file below `data/`; None if it is elsewhere."""
        file = self.normal(path)
        return file.relative_to(self._data) if file.is_relative_to(self._data) else None

    def below_root(self, path: Path) -> str:
        """Return the path of a file below the root, with `/`; the whole path if it is elsewhere."""
        file = self.normal(path)
        return (file.relative_to(self._root) if file.is_relative_to(self._root) else file.absolute()).as_posix()

    def content(self, path: Path | str) -> Content:
        """Return the content of a record's file, or why it can't be read; see `content_of`."""
        file = self._name(path)
        entry = self._lookup(file)
        return content_of(file) if entry is None else entry

    def whole_content(self, path: Path | str, most: int = MAX_FILE_SIZE) -> Content:
        """Return the whole content of a file that isn't a record, or why it can't be read; read once."""
        file = self._name(path)
        entry = self._lookup(file)
        if entry is None:
            entry = self._content_cache[file] = content_of(file, partial(read_whole_or_reason, most=most))
        return entry

    def list_content(self, name: str) -> Content | None:
        """Return the content of a code list; None if missing."""
        file = self.root / "data" / LISTS / f"{name}.csv"
        return self.whole_content(file, MAX_LIST_SIZE) if self.exists(file) else None

    def _lookup(self, file: str) -> Content | None:
        """Return content that is replaced or cached, or why a file must not be read; None otherwise."""
        if file in self._replaced:
            entry = self._replaced[file]
            entry = entry() if callable(entry) else entry
            return FileNotFoundError(ENOENT, os.strerror(ENOENT), file) if entry is None else entry
        return _BELOW_A_LINK if self._is_below_link(file.rpartition(os.sep)[0]) else self._content_cache.get(file)

    def _is_below_link(self, folder: str) -> bool:
        """Whether a folder below the root is a link, or is inside one."""
        if folder not in self._below_link:
            path = Path(folder)
            below = self._root in path.parents
            self._below_link[folder] = below and (path.is_symlink() or self._is_below_link(str(path.parent)))
        return self._below_link[folder]

    @property
    def cached_contents(self) -> dict[str, Content | None]:
        """The cached content by path below the root, so that another process sees the same."""
        entry = (self._content_cache | self._replaced).items()
        return {self.below_root(Path(file)): content for file, content in entry if not callable(content)}

    def read_whole(self, path: Path) -> bytes:
        """Return the whole content of a file that isn't a record.

        Raises:
            OSError: it can't be read.
        """
        entry = self.whole_content(path)
        if not isinstance(entry, bytes):
            raise entry if isinstance(entry, OSError) else OSError(0, entry, str(path))
        return entry

    def exists(self, path: Path | str) -> bool:
        """Whether a path exists, including broken links."""
        return self._replaced[file] is not None if (file := self._name(path)) in self._replaced else lexists(file)

    def parse(self, content: Content, path: str) -> Parsed:
        """Parse the content of a file named `path` in findings; cached if `parse_file` read it."""
        entry = self._parse_cache.get(self._name(path, self._base))
        return entry[1] if entry and entry[0] is content else parse_content(content, path, self._parse)

    def parse_file(self, path: Path | str) -> Parsed:
        """Parse a file, once."""
        file = self._name(path)
        if file not in self._parse_cache:
            content = self._content_cache[file] = self.content(path)
            self._parse_cache[file] = content, parse_content(content, self.display_path(path), self._parse)
        return self._parse_cache[file][1]

    def files(self) -> list[Path]:
        """Return every file below `data/` except code lists and ledgers, sorted; not all need be records."""
        data = self.root / "data"
        files = files_below(data) if data.is_dir() else []
        return [file for file in files if self.is_record_path(file)]

    def is_record_path(self, file: Path) -> bool:
        """Whether a file below `data/` should be a record: in an unknown folder it is a misplaced one."""
        return is_record_path(self.below_root(file))

    def holds(self, path: Path) -> bool:
        """Whether a file is in this dataset's `data/`."""
        return self.below_data(path) is not None

    def named_alike(self, folder: str, id: str) -> list[Path]:
        """Return the files below a folder of records named after an id, ignoring case and Unicode composition."""
        return [Path(file) for file in sorted(self._files_by_name(folder).get(filename_key(id), []))]

    def stand_ins(self, id: str) -> list[Path]:
        """Return the stand-ins named after an id."""
        return sorted(self._stand_ins.get(id, []))

    def of_day(self, day: int) -> list[Path]:
        """Return the files of incidents, including stand-ins, with a day (an ordinal) in their ids."""
        written = date.fromordinal(day).isoformat().replace("-", "")
        beside = (file for files in self._stand_ins.values() for file in files if file.stem[4:12] == written)
        return sorted([*map(Path, self._by_day.get(written, [])), *beside])

    @cached_property
    def _by_day(self) -> dict[str, list[str]]:
        """The files of the dataset's incidents by the day in their ids, such as `20220908`."""
        by_day: dict[str, list[str]] = {}
        for name, files in self._files_by_name(FOLDERS["incident"]).items():
            by_day.setdefault(name[4:12], []).extend(files)
        return by_day

    def _files_by_name(self, folder: str) -> dict[str, list[str]]:
        """Return the files of a registry by folded name without suffix; as text, as there may be many."""
        if folder not in self._names:
            index = self._names.setdefault(folder, {})
            top = self._data / folder
            inside = () if self._is_below_link(str(top)) else os.walk(top)
            there = (f"{place}{os.sep}{name}" for place, _, names in inside for name in names)
            changed = {file: entry for file, entry in self._replaced.items() if file.startswith(f"{top}{os.sep}")}
            kept = (file for file in there if file not in changed)
            for file in chain(kept, (file for file, entry in changed.items() if entry is not None)):
                if file.endswith(".yaml"):
                    index.setdefault(filename_key(file.rpartition(os.sep)[2][:-5]), []).append(file)
        return self._names[folder]

    def files_named(self, kind: str, id: str) -> list[Path]:
        """Return the files named after an id anywhere in the folder of a kind, readable or not."""
        return [file for file in self.named_alike(FOLDERS[kind], id) if file.stem == id]

    def resolve(self, folder: str, id: str) -> list[Path | str]:
        """Return the files that a reference to an id resolves to: its stand-ins, and the one in a folder of `data/`."""
        if not id or "/" in id or "\\" in id or id.startswith("."):
            return []
        files: list[Path | str] = [*self._stand_ins.get(id, [])]
        own = f"{self.root}/data/{folder}/{id}.yaml"
        if not self._is_below_link(f"{self._data}{os.sep}{folder}") or self._name(own) in self._replaced:
            files.append(own)
        return [file for file in files if self.exists(file)]

    def ids(self, folder: str) -> list[str]:
        """Return the ids of a registry, or of a folder of incidents, from the names of its files."""
        if folder not in self._ids:  # each record asks whether some registry has any
            top = f"{self._data / folder}{os.sep}"
            names = (file.removeprefix(top) for files in self._files_by_name(folder).values() for file in files)
            self._ids[folder] = sorted(name[:-5] for name in names if os.sep not in name)
        return self._ids[folder]


def filename_key(name: str) -> str:
    """Return a file name as compared by file systems that ignore case and Unicode composition."""
    return unicodedata.normalize("NFC", name).casefold() if not name.isascii() else name.lower()


def is_record_path(path: str) -> bool:
    """Whether a file should be a record, by its path below the root."""
    top, _, below = path.partition("/")
    return (
        top == "data"
        and below.rpartition("/")[2] not in OTHER_FILES
        and below.partition("/")[0] not in {*OTHER_FOLDERS, ledger.FILE}
    )


def is_table_path(path: str) -> bool:
    """Whether a file should be a code list or the ledger of an import, by its path below the root."""
    top, _, below = path.partition("/")
    name = below.rpartition("/")[2]
    return top == "data" and below.partition("/")[0] in OTHER_FOLDERS and not (name in OTHER_FILES or name[:1] == ".")


def is_judged_path(path: str) -> bool:
    """Whether a file should be a record or a table, by its path below the root."""
    return is_record_path(path) or is_table_path(path)


def incident_folder(id: str) -> Path:
    """Return the folder of an incident below `data/`: its country and year."""
    return Path("incidents", id[:3], id[4:8])


def record_file(root: Path, kind: str, id: str) -> Path:
    """Return the path of a record in the dataset at `root`."""
    folder = incident_folder(id) if kind == "incident" else FOLDERS.get(kind, NOTES)
    return root / "data" / folder / f"{id}.yaml"


def schema_path(root: Path, file: Path, name: str) -> str:
    """Return the path of the schema `name` (`incident/1`), relative to a record's file, for editors."""
    return os.path.relpath(root / "schemas" / f"{name.replace('/', '-')}.json", file.parent).replace(os.sep, "/")


def is_folder(entry: os.DirEntry[str]) -> bool:
    """Whether an entry is a folder to list; one in the place of a record, named `.yaml`, counts as a file."""
    return not entry.name.endswith(".yaml") and entry.is_dir(follow_symlinks=False)


def files_below(folder: Path) -> list[Path]:
    """Return every file below a folder; links to folders count as files and are not followed, nor is the folder itself.

    Raises:
        OSError: a folder can't be listed.
    """
    files: list[Path] = []
    if folder.is_symlink():
        return files
    with os.scandir(folder) as entries:
        for entry in entries:
            if is_folder(entry):
                files += files_below(Path(entry.path))
            else:
                files.append(Path(entry.path))
    return sorted(files)
