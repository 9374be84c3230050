"""List the files of a dataset without reading them, each with a signature that changes on every write."""

from __future__ import annotations

import os
import struct
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from conflict_incidents.core.redaction import path_shown
from conflict_incidents.dataset.errors import DatasetError
from conflict_incidents.dataset.git import FOLLOWED
from conflict_incidents.dataset.index import is_folder

SETTLED = 2_000_000_000
"""The nanoseconds after which a changed file can't change again within one tick of the file system's clock."""
_SIGNATURE = struct.Struct("<4qI")


class Scan(NamedTuple):
    """The files of a dataset by path below its root, each with a signature that every write changes, and the time of
    the scan in nanoseconds.

    A signature includes the time of the last change of the file's inode, which no program can set.
    """

    files: dict[str, bytes]
    at: int

    def settled(self, path: str) -> bytes:
        """Return the signature of a file to store; empty, and equal to none, if the file is too new or the system has
        no such time.
        """
        signature = self.files[path]
        changed: int = _SIGNATURE.unpack(signature)[2] if signature else self.at
        return signature if os.name == "posix" and changed < self.at - SETTLED else b""


def scanned(root: Path) -> Scan:
    """Scan the folder of a dataset.

    Raises:
        DatasetError: the name of a file is not UTF-8.
        OSError: a folder can't be listed.
    """
    at = time.time_ns()
    files = {path: signature(held) for path, held in _entries(root)}
    _refuse_bytes(files)
    return Scan(files, at)


def signature(held: os.stat_result) -> bytes:
    """Return what of a file's status changes on every write."""
    return _SIGNATURE.pack(held.st_size, held.st_mtime_ns, held.st_ctime_ns, held.st_ino, held.st_mode)


def _refuse_bytes(paths: Iterable[str]) -> None:
    for path in paths:
        if not path.isascii():
            try:
                path.encode()
            except UnicodeEncodeError as error:
                seen = os.fsencode(path).decode("utf-8", "backslashreplace")
                raise DatasetError(f"{path_shown(seen)}: the name isn't UTF-8; rename the file") from error


def _entries(root: Path) -> Iterator[tuple[str, os.stat_result]]:
    for top in FOLLOWED:
        where = root / top
        if where.is_dir() and not where.is_symlink():
            yield from _below(os.fspath(where), top)
        elif os.path.lexists(where):
            yield top, where.lstat()


def _below(folder: str, name: str) -> Iterator[tuple[str, os.stat_result]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            path = f"{name}/{entry.name}"
            if is_folder(entry):
                yield from _below(entry.path, path)
            else:
                yield path, entry.stat(follow_symlinks=False)
