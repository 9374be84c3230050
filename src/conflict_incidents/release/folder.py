"""A folder of releases on disk: one build at a time, complete or not at all.

A release is written beside its target, fsynced, checked, and renamed to a name made of its content hash; then the link
`current` is moved to it.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from conflict_incidents.core.files import sync
from conflict_incidents.core.findings import user_text
from conflict_incidents.release.errors import ReleaseError
from conflict_incidents.tables.contract import CURRENT

TEMPORARY = ".tmp-"
"""The prefix of unfinished files and folders; the next build deletes them."""
LOCK = ".lock"


@contextmanager
def only_build(out: Path) -> Iterator[None]:
    """Lock the folder of releases, created if missing; the leftovers of an interrupted build are deleted.

    Raises:
        ReleaseError: another build has locked it, or `current` isn't a link of ours.
    """
    out.mkdir(parents=True, exist_ok=True)
    handle = os.open(out / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ReleaseError(f"{user_text(out)}: another build is running there; wait for its end") from error
        current_release(out)
        _clear(out)
        try:
            yield
        finally:
            with suppress(OSError):  # the next build deletes what can't be deleted now
                _clear(out)
    finally:
        os.close(handle)  # releases the lock


def current_release(out: Path) -> str | None:
    """Return the name of the release that `current` points to; None if there is no link yet.

    Raises:
        ReleaseError: the target exists and is something else.
    """
    link = out / CURRENT
    if not os.path.lexists(link):
        return None
    target = str(link.readlink()) if link.is_symlink() else None
    if target is None or Path(target).name != target or target in {".", ".."}:
        raise ReleaseError(f"{user_text(link)} isn't a link to a release beside it; move it away and build again")
    return target


def begin_folder(out: Path) -> Path:
    """Create a temporary folder."""
    folder = out / f"{TEMPORARY}making"
    folder.mkdir()
    return folder


def put_file(temporary: Path, name: str) -> Path:
    """Rename a temporary file to its final name atomically, replacing an existing file.

    Raises:
        ReleaseError: the target exists and is not a file.
    """
    final = temporary.parent / name
    if os.path.lexists(final) and (final.is_symlink() or not final.is_file()):
        raise ReleaseError(f"{user_text(final)} isn't a zip of ours; move it away and build again")
    temporary.replace(final)
    sync(final.parent)
    return final


def publish(folder: Path, name: str) -> Path:
    """Rename a temporary folder to its final name; if that exists, the temporary one is deleted."""
    out = folder.parent
    if os.path.lexists(out / name):
        _remove(folder)
    else:
        folder.rename(out / name)
        sync(out)
    return out / name


def point_current(out: Path, name: str) -> bool:
    """Point `current` to a release atomically; return whether it changed."""
    if current_release(out) == name:
        return False
    temporary = out / f"{TEMPORARY}{CURRENT}"
    temporary.symlink_to(name, target_is_directory=True)
    temporary.replace(out / CURRENT)
    sync(out)
    return True


def _clear(out: Path) -> None:
    """Delete the leftovers of an interrupted build."""
    for leftover in out.glob(f"{TEMPORARY}*"):
        _remove(leftover)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()
