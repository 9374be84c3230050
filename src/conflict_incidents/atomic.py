"""Putting a file where it belongs: whole or not at all, and never over something else.

Prevents: half a file after a crash or an interruption, a change that somebody made meanwhile being overwritten, and a
link being written through.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def create(path: Path, text: str) -> None:
    """Write a file that doesn't exist yet, whole or not at all.

    Raises:
        FileExistsError: there is something of this name.
        OSError: it can't be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with _beside(path) as temporary:
        _write(temporary, text.encode("utf-8"))
        try:
            os.link(temporary, path)
        except FileExistsError:
            raise
        except OSError:  # a file system without hard links
            _write(path, text.encode("utf-8"))


def replace(path: Path, old: bytes, new: bytes) -> None:
    """Put `new` in the place of the file that holds `old`, in one step; its permissions stay.

    Raises:
        OSError: it can't be read or written; or it has changed meanwhile or is no regular file, and stays as it is.
    """
    with _beside(path) as temporary:
        _write(temporary, new)
        mode = path.lstat().st_mode
        if not stat.S_ISREG(mode):
            raise OSError(0, "not a regular file; it stays as it is", str(path))
        temporary.chmod(stat.S_IMODE(mode))
        if path.read_bytes() != old:
            raise OSError(0, "it has changed meanwhile, and stays as it is", str(path))
        temporary.replace(path)
    settle(path.parent)


def settle(folder: Path) -> None:
    """Make the names in a folder durable, not only the bytes of its files."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """A name beside a file, for what takes its place; what is left there in the end is taken away."""
    temporary = path.with_name(f".{path.stem}.{secrets.token_hex(8)}.tmp")
    try:
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)


def _write(path: Path, data: bytes) -> None:
    with path.open("xb") as stream:
        try:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        except BaseException:
            with contextlib.suppress(OSError):
                path.unlink()
            raise
