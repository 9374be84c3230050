"""What lies in a dataset's folder, without reading it: files by path, and what changes when one of them is written."""

from __future__ import annotations

import os
import struct
import time
from collections.abc import Iterator
from pathlib import Path

from conflict_incidents.dataset.git import FOLLOWED

SETTLED = 2_000_000_000
"""How many nanoseconds ago a file was changed that can't change again within the same tick of a file system's clock."""
_SIGNATURE = struct.Struct("<4qI")


def scanned(root: Path) -> dict[str, bytes]:
    """The files that belong to a dataset by path below its root, each with a signature that no writing leaves as it is.

    It has the time of the last change of the file's entry, which no program can set. It is empty where that says
    nothing: the file is too new, or the system has no such time.

    Raises:
        OSError: a folder can't be listed.
    """
    newest = time.time_ns() - SETTLED
    return {
        path: _SIGNATURE.pack(held.st_size, held.st_mtime_ns, held.st_ctime_ns, held.st_ino, held.st_mode)
        if held.st_ctime_ns < newest and os.name == "posix"
        else b""
        for path, held in _entries(root)
    }


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
            if entry.is_dir(follow_symlinks=False):
                yield from _below(entry.path, path)
            else:
                yield path, entry.stat(follow_symlinks=False)
