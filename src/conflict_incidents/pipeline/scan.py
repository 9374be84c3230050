"""List the files of a dataset without reading them, each with a signature that changes on every write."""

from __future__ import annotations

import os
import struct
import time
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from conflict_incidents.core.redaction import redact_path
from conflict_incidents.dataset.errors import DatasetError
from conflict_incidents.dataset.git import DATASET_PATHS
from conflict_incidents.dataset.index import is_folder

SETTLE_TIME = 2_000_000_000
"""The nanoseconds after which a changed file can't change again within one tick of the file system's clock."""
_SIGNATURE = struct.Struct("<4qI")
UNKNOWN = bytes(_SIGNATURE.size)
"""The signature of a file that isn't on this machine."""


class Folder(NamedTuple):
    """The files directly in a folder: their sorted names, and their signatures one after another.

    A signature includes the time of the last change of the file's inode, which no program can set.
    """

    names: tuple[str, ...]
    signatures: bytes

    def digest(self) -> bytes:
        """Return a hash of the names and signatures, which changes on every write to a file."""
        return blake2b("\0".join(self.names).encode() + b"\0" + self.signatures, digest_size=16).digest()

    def files(self, path: str) -> Iterator[tuple[str, bytes]]:
        """Yield path and signature of each file, given the folder's path."""
        top = f"{path}/" if path else ""
        for number, name in enumerate(self.names):
            yield top + name, self.signatures[number * _SIGNATURE.size : (number + 1) * _SIGNATURE.size]


class Scan(NamedTuple):
    """The files of a dataset by folder, by their paths below its root, and the time of the scan in nanoseconds."""

    folders: dict[str, Folder]
    at: int

    @property
    def size(self) -> int:
        """The number of files."""
        return sum(len(folder.names) for folder in self.folders.values())

    @property
    def files(self) -> dict[str, bytes]:
        """The signatures of all files by path."""
        return dict(chain.from_iterable(folder.files(path) for path, folder in self.folders.items()))

    def settled_signature(self, signature: bytes) -> bytes:
        """Return a signature to store; empty, and equal to none, if the file is too new or the system has no such
        time.
        """
        changed: int = _SIGNATURE.unpack(signature)[2]
        return signature if os.name == "posix" and changed < self.at - SETTLE_TIME and signature != UNKNOWN else b""

    def with_unknown(self, paths: Iterable[str]) -> Scan:
        """Return the scan with further files, whose signatures are unknown."""
        found = [*self.files.items(), *((path, UNKNOWN) for path in paths)]
        return Scan(_by_folder(found), self.at)


def scan_folder(root: Path) -> Scan:
    """Scan the folder of a dataset.

    Raises:
        DatasetError: the name of a file is not UTF-8.
        OSError: a folder can't be listed.
    """
    at = time.time_ns()
    folders: dict[str, Folder] = {}
    tops = []
    for top in DATASET_PATHS:
        where = root / top
        if where.is_dir() and not where.is_symlink():
            _scan(os.fspath(where), top, folders)
        elif os.path.lexists(where):
            tops.append((top, signature(where.lstat())))
    return Scan(folders | _by_folder(tops), at)


def _scan(folder: str, path: str, found: dict[str, Folder]) -> None:
    """Scan a folder, and those in it."""
    files = []
    inside = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if is_folder(entry):
                inside.append(entry)
            else:
                files.append((entry.name, signature(entry.stat(follow_symlinks=False))))
    found[path] = _folder(files, path)
    for entry in inside:
        _scan(entry.path, f"{path}/{entry.name}", found)


def _by_folder(files: Iterable[tuple[str, bytes]]) -> dict[str, Folder]:
    """Group files with their signatures by folder."""
    found: dict[str, list[tuple[str, bytes]]] = {}
    for path, signature in files:
        folder, _, name = path.rpartition("/")
        found.setdefault(folder, []).append((name, signature))
    return {folder: _folder(by_folder, folder) for folder, by_folder in found.items()}


def _folder(files: list[tuple[str, bytes]], path: str) -> Folder:
    files.sort()
    names = tuple(name for name, _ in files)
    _refuse_bytes(f"{path}/{name}" for name in names if not (path.isascii() and name.isascii()))
    return Folder(names, b"".join(status for _, status in files))


def signature(status: os.stat_result) -> bytes:
    """Return what of a file's status changes on every write."""
    return _SIGNATURE.pack(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino, status.st_mode)


def _refuse_bytes(paths: Iterable[str]) -> None:
    for path in paths:
        try:
            path.encode()
        except UnicodeEncodeError as error:
            seen = os.fsencode(path).decode("utf-8", "backslashreplace")
            raise DatasetError(f"{redact_path(seen)}: the name isn't UTF-8; rename the file") from error
