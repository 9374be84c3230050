"""Open a finished release, a folder or a zip, and verify it before reading.

Prevents: a zip that writes outside its folder, fills the disk, or has two files of one name.
"""

from __future__ import annotations

import json
import os
import shutil
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conflict_incidents.core.files import file_sha256, temporary_folder
from conflict_incidents.core.findings import Shown, reason, release_text, show, user_text
from conflict_incidents.core.resources import DESCRIPTOR
from conflict_incidents.release.checksums import (
    SUMS,
    content_hash,
    differing,
    parse_checksums,
    plain,
    sha256,
)
from conflict_incidents.release.errors import ReleaseError, listing
from conflict_incidents.tables import contract
from conflict_incidents.tables.contract import CURRENT, RELEASES, About, ContractError, Table
from conflict_incidents.tables.files import Columns, TableFileError, read_arrow

if TYPE_CHECKING:
    import pyarrow as pa

MAX_FILES = 1000
"""The maximum number of files in a release's zip."""
MAX_RATIO = 200
"""The largest ratio of unpacked to packed size of a release's zip; tables of text have about ten."""


@dataclass(frozen=True, slots=True)
class OpenRelease:
    """A verified release.

    `name` is the name of its folder or zip, `files` the path of each of its files, `sums` the SHA-256 of each,
    `sums_hash` that of its SHA256SUMS, `sha256:…`, which covers every byte of the release, `zip_hash` that of the zip
    that it was unpacked from, empty for a folder.
    """

    name: Shown
    files: Mapping[str, Path]
    sums: Mapping[str, str]
    descriptor: Mapping[str, Any]
    tables: Mapping[str, Table]
    about: About
    content_hash: str
    sums_hash: str
    zip_hash: str = ""
    _open: dict[str, Columns] = field(default_factory=dict, init=False, repr=False, compare=False)

    def read(self, file: str) -> bytes:
        """Read a file and hash it again, as it may have been changed since the release was verified.

        Raises:
            ReleaseError: it can't be read, or isn't the file that was released.
        """
        try:
            data = self.files[file].read_bytes()
        except OSError as error:
            raise ReleaseError(f"{user_text(file)} can't be read: {reason(error)}") from error
        if sha256(data) != self.sums[file]:
            raise ReleaseError(f"{user_text(file)} isn't the file that was written; fetch or build it again")
        return data

    def arrow(self, table: str, columns: Sequence[str] | None = None) -> pa.Table:
        """Read a table, or some of its columns; see `tables.files.read_arrow`.

        Raises:
            ReleaseError: the Parquet file isn't what the descriptor says.
        """
        try:
            return read_arrow(self.read(f"{table}.parquet"), self.tables[table], columns)
        except TableFileError as error:
            raise ReleaseError(f"{self.name} can't be read: {error}; fetch it again") from error

    def check_contract(self, names: Iterable[str]) -> None:
        """Check what pages and pictures of some tables rely on: the columns of the contract, and their keys, which name
        pages.

        Raises:
            ReleaseError: a table has other columns, its primary key is empty, duplicate or not of its form, or a
                Parquet file isn't what the descriptor says.
        """
        for name in names:
            table = contract.tables()[name]
            if name not in self.tables or _columns(self.tables[name]) != _columns(table):
                raise ReleaseError(f"{self.name} has other columns in {show(name)} than this program; build it again")
            if table.key and not _are_keys(self.arrow(name, table.key), table):
                raise ReleaseError(
                    f"{self.name}: the keys of {table.name} are empty, repeated or not of their form; see `incidents "
                    "verify`"
                )

    def column(self, table: str, name: str) -> pa.Array:
        """Return a column of a table; see `tables.files.Columns`.

        Raises:
            ReleaseError: the Parquet file isn't what the descriptor says.
        """
        try:
            if table not in self._open:
                self._open.clear()
                self._open[table] = Columns(self.files[f"{table}.parquet"], self.tables[table])
            return self._open[table][name]
        except TableFileError as error:
            raise ReleaseError(f"{self.name} can't be read: {error}; fetch it again") from error


def _columns(table: Table) -> list[tuple[object, ...]]:
    """Return the properties of a table's columns that code relies on."""
    return [(one.name, one.type, one.enum, one.ordered) for one in table.fields]


def _are_keys(rows: pa.Table, table: Table) -> bool:
    """Whether primary keys are complete, unique, and of the form that the contract demands."""
    import pyarrow.compute as pc

    forms = [(rows[name], form) for name in table.key if (form := table.field(name).pattern)]
    return (
        len(rows.group_by(list(table.key)).aggregate([])) == len(rows)
        and not any(column.null_count for column in rows.columns)
        and all(pc.all(pc.match_substring_regex(texts, form), min_count=0).as_py() for texts, form in forms)
    )


def find_release_folder(path: Path) -> Path | None:
    """Return the folder of a release: the path itself, or the current release of a folder of releases or a dataset."""
    for folder in (path, path / CURRENT, path / RELEASES / CURRENT):
        if (folder / SUMS).is_file() and (folder / DESCRIPTOR).is_file():
            return folder.resolve()
    return None


FileState = tuple[str, int, int, int, int]
"""Path, inode, size, and the times of the last changes of content and metadata, in nanoseconds."""


@contextmanager
def open_release(path: Path) -> Iterator[OpenRelease]:
    """Open and verify a release in a folder or a zip.

    A zip is unpacked into a temporary folder, which goes in the end.

    Raises:
        ReleaseError: there is no release, or it isn't whole; the message names the files.
    """
    folder = find_release_folder(path)
    if folder is not None:
        yield _open_folder(folder, user_text(folder.name))
    elif path.is_file():
        with ExitStack() as stack:
            try:
                temporary = stack.enter_context(temporary_folder())
                packed, unpacked = Path(shutil.copyfile(path, temporary / "packed")), temporary / "release"
                _unpack(path, packed, unpacked)
            except OSError as error:  # also if offsets in the zip are negative
                raise ReleaseError(f"{user_text(path)} can't be unpacked: {reason(error)}") from error
            except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
                raise ReleaseError(f"{user_text(path)} isn't a zip of a release: {release_text(error)}") from error
            zip_hash = f"sha256:{file_sha256(packed)}"
            yield replace(_open_folder(unpacked, user_text(path.name)), zip_hash=zip_hash)
    else:
        raise ReleaseError(f"no release in {user_text(path)}; name its folder or a zip of it")


def open_unfinished(folder: Path, sums: bytes) -> OpenRelease:
    """Open an unfinished release, a folder with its tables and descriptor; `sums` are those of its files so far."""
    files = {name: folder / name for name in parse_checksums(sums)}
    return _checked_release("the release in the making", (folder / DESCRIPTOR).read_bytes(), sums, files)


def _open_folder(folder: Path, name: Shown) -> OpenRelease:
    """Open the release in a folder after checking its checksums."""
    if not (folder / SUMS).is_file():
        raise ReleaseError(listing(f"{name} isn't whole; fetch or build it again", [f"{SUMS} is missing"]))
    try:
        sums = (folder / SUMS).read_bytes()
        if faults := _faults(folder, sums, _file_states(folder)):
            raise ReleaseError(listing(f"{name} isn't whole; fetch or build it again", faults))
        descriptor = (folder / DESCRIPTOR).read_bytes()
    except OSError as error:
        raise ReleaseError(f"{name} can't be read: {reason(error)}") from error
    return _checked_release(name, descriptor, sums, {file: folder / file for file in parse_checksums(sums)})


@lru_cache(maxsize=16)
def _faults(folder: Path, sums: bytes, _states: tuple[FileState, ...]) -> list[str]:
    """Return the differences of a release from its checksums; cached until the state of a file changes."""
    return differing(folder, sums)


def _file_states(folder: Path) -> tuple[FileState, ...]:
    """Return the metadata of each file and folder of a release; writing to a file changes its last time."""
    top = list(os.scandir(folder))
    entries = [*top, *(entry for one in top if one.is_dir() for entry in os.scandir(one))]
    stats = ((entry.path, entry.stat(follow_symlinks=False)) for entry in entries)
    return tuple(sorted((path, one.st_ino, one.st_size, one.st_mtime_ns, one.st_ctime_ns) for path, one in stats))


def _checked_release(name: Shown, data: bytes, sums: bytes, files: Mapping[str, Path]) -> OpenRelease:
    """Return a release with these files, after checking its descriptor and content hash."""
    try:
        descriptor, about, tables = _parse_descriptor(data)
    except (ContractError, ValueError, AttributeError, RecursionError) as error:
        raise ReleaseError(f"{name}: {DESCRIPTOR} isn't that of a release: {release_text(error)}") from error
    sums_by_name = parse_checksums(sums)
    required = (f"{table}.{kind}" for table in tables for kind in ("csv", "parquet"))
    if lacking := [f"{file} is missing" for file in required if file not in sums_by_name]:
        raise ReleaseError(listing(f"{name} isn't whole; fetch or build it again", lacking))
    content = content_hash(sums_by_name, tables)
    if descriptor.get("contentHash") != content:
        raise ReleaseError(f"{name}: its rows aren't those that `contentHash` of {DESCRIPTOR} names")
    return OpenRelease(name, files, sums_by_name, descriptor, tables, about, content, f"sha256:{sha256(sums)}")


@lru_cache(maxsize=4)
def _parse_descriptor(data: bytes) -> tuple[dict[str, Any], About, Mapping[str, Table]]:
    """Parse a descriptor; cached, as one release is read table by table."""
    descriptor = json.loads(data)
    return descriptor, contract.about(descriptor), contract.read(descriptor)


def _unpack(file: Path, packed: Path, folder: Path) -> None:
    """Unpack the files of a release: SHA256SUMS and the files beside it, at the top of the zip or in a folder of it.

    Args:
        file: what messages call the zip.
        packed: the zip.
        folder: a folder to be made.
    """
    folder.mkdir()
    with zipfile.ZipFile(packed) as zipped:
        members = [one for one in zipped.infolist() if not one.is_dir()]
        for member, name in zip(members, _names(file, members), strict=True):
            (folder / name).parent.mkdir(exist_ok=True)
            with zipped.open(member) as source, (folder / name).open("xb") as target:
                shutil.copyfileobj(source, target, 1 << 20)


def _names(file: Path, members: list[zipfile.ZipInfo]) -> list[str]:
    """Return the names of a zip's members, after checking that they are harmless."""
    tops = [one.filename for one in members if one.filename.rpartition("/")[2] == SUMS]
    folder = min(tops, key=len, default="").rpartition("/")[0]
    names = [one.filename.removeprefix(f"{folder}/") if folder else one.filename for one in members]
    faults = [f"{folder} leads out of it"] if {"..", ""} & set(folder.split("/")) and folder else []
    faults += [f"{name} isn't a name that a file of a release has" for name in names if not plain(name)]
    faults += [
        f"{name} is a file and a folder"
        for name in sorted({name.partition("/")[0] for name in names if "/" in name} & {*names})
    ]
    faults += [f"duplicate file {name}" for name in sorted({name for name in names if names.count(name) > 1})]
    faults += [f"{one.filename} is not a regular file" for one in members if not _regular(one)]
    faults += [f"{one.filename} is encrypted" for one in members if one.flag_bits & 1]
    faults += [f"it has more than {MAX_FILES} files"] if len(members) > MAX_FILES else []
    if faults:
        raise ReleaseError(listing(f"{user_text(file)} isn't a zip of a release", faults))
    size = sum(one.file_size for one in members)
    if size > MAX_RATIO * file.stat().st_size or size > shutil.disk_usage(tempfile.gettempdir()).free:
        raise ReleaseError(
            f"{user_text(file)} would unpack to {size:,} bytes, which no release does or the disk can't hold"
        )
    return names


def _regular(member: zipfile.ZipInfo) -> bool:
    """Whether a member is a file; a zip made on a system without links doesn't state its type."""
    kind = stat.S_IFMT(member.external_attr >> 16)
    return kind in {0, stat.S_IFREG}
