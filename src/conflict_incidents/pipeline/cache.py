"""Cache the tree of a dataset between runs, in a folder that only the user can write to.

A cache file is named by a hash of its content and is never changed, only replaced as a whole: one that was damaged,
truncated or written by two programs at once is ignored, and the work is repeated. It is hashed before its first use;
afterwards its signature, which every write changes, shows that it is the same, as with the files of the dataset. No
code is loaded from it. Prevents: a cached result that differs from a fresh one.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from conflict_incidents.core.files import delete_leftovers, temporary_name
from conflict_incidents.core.resources import DESCRIPTOR
from conflict_incidents.dataset.admin_units import PATH as ADMIN_UNITS
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.dataset.ledger import FILE as LEDGER
from conflict_incidents.pipeline.program import program_hash
from conflict_incidents.pipeline.scan import Scan, signature
from conflict_incidents.pipeline.store import Store
from conflict_incidents.pipeline.tree import Tree
from conflict_incidents.records.model import RULES_FILE

if TYPE_CHECKING:
    from conflict_incidents.pipeline.cluster import Cluster

CONFIGURATION = (DESCRIPTOR, f"data/{RULES_FILE}", f"data/{LEDGER}", ADMIN_UNITS)
"""The files that configure the validation of every record."""
MAX_CACHE_SIZE = 8 << 30
"""The maximum size of the cache in bytes; the least recently used trees are deleted first."""
MAX_UNUSED_SECONDS = 30 * 24 * 3600
"""The number of seconds without use after which a tree is deleted."""
TREE, ROWS = ".tree", ".rows"
"""The suffixes of cached trees and of cached table rows; `validate` doesn't need the rows."""
HASH_SUFFIX = ".hashed"
"""The suffix, after the other, of the file with the signature that a cache file had when it was hashed."""


@contextmanager
def cached_tree(dataset: Dataset, jobs: int | Cluster, folder: Path | None, with_rows: bool = False) -> Iterator[Tree]:
    """Yield the cached tree of a dataset, or an empty one, and store it again on exit if enough has changed.

    Args:
        dataset: the dataset; findings name files relative to its root.
        jobs: the number of processes, or the cluster to use.
        folder: the cache folder; None for no cache.
        with_rows: whether the tree has a store for the rows of the tables of a release.
    """
    folder = folder if folder is not None and private(folder) else None
    if folder:
        delete_leftovers(folder)
    prefix = file_prefix(dataset.root)
    key = cache_key(dataset) if folder else ""
    db, rows = (
        _open_newest(folder, prefix, key, kind) if folder and size else None
        for kind, size in ((TREE, True), (ROWS, with_rows))
    )
    tree = Tree(dataset, jobs, db, key, Store(rows, key) if with_rows else None)
    try:
        yield tree
        if folder and not tree.cached:
            with contextlib.suppress(OSError, sqlite3.Error):  # a full disk must not fail the run
                if tree.store and not tree.store.cached:
                    _keep(tree.store.db, folder, prefix, ROWS)
                _keep(tree.db, folder, prefix, TREE)
    finally:
        tree.db.close()


def file_prefix(root: Path) -> str:
    """Return the prefix of the names of all cache files of the dataset in a folder."""
    return hashlib.sha256(os.fsencode(root.resolve())).hexdigest()[:16]


def cache_key(dataset: Dataset) -> str:
    """Hash what every record depends on besides the registries: this package, its libraries, and the configuration of
    the dataset.
    """
    hasher = hashlib.sha256(program_hash().encode())
    for name in CONFIGURATION:
        file = dataset.root / name
        parts = dataset.index.whole_content(file) if dataset.index.exists(file) else ""
        hasher.update(hashlib.sha256(parts if isinstance(parts, bytes) else repr(parts).encode()).digest())
    return hasher.hexdigest()


def private(folder: Path) -> bool:
    """Whether a folder, created if missing, is owned by the user and not writable by others."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = folder.lstat()
    except OSError:
        return False
    return os.name != "posix" or (
        stat.S_ISDIR(status.st_mode)
        and status.st_uid == os.getuid()
        and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    )


def _open_newest(folder: Path, prefix: str, key: str, kind: str) -> sqlite3.Connection | None:
    """Open the newest valid tree (or rows) with this prefix and key; None if there is none.

    Nothing must be committed: other runs may use the same file at the same time.
    """
    for file in sorted(folder.glob(f"{prefix}-*{kind}"), key=_last_used, reverse=True):
        with contextlib.suppress(OSError, sqlite3.Error):
            if _is_whole(file):
                db = sqlite3.connect(f"{file.absolute().as_uri()}?nolock=1", uri=True)
                if db.execute("SELECT cache_key FROM cached_for").fetchone() == (key,):
                    return db if os.access(file, os.W_OK) else _temporary_copy(db)
                db.close()
    return None


def _temporary_copy(db: sqlite3.Connection) -> sqlite3.Connection:
    """Close a database, and return a copy that can be changed."""
    with contextlib.closing(db):
        db.backup(copy := sqlite3.connect(""))
    return copy


def _is_whole(file: Path) -> bool:
    """Whether a cache file is the user's own, and has the content that its name says."""
    mark = file.with_name(f"{file.name}{HASH_SUFFIX}")
    with os.fdopen(os.open(file, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0)), "rb") as stream:
        at = time.time_ns()
        status = os.fstat(stream.fileno())
        if os.name == "posix" and status.st_uid != os.getuid():
            return False
        now = signature(status)
        if mark.is_file() and mark.read_bytes() == now:
            with contextlib.suppress(OSError):  # on a disk that can't be written to
                os.utime(mark)
            return True
        if _file_name(file.stem.partition("-")[0], hashlib.file_digest(stream, "sha256").hexdigest()) != file.stem:
            return False
        if Scan({}, at).settled_signature(now):
            with contextlib.suppress(OSError):  # another run has written it, or the disk can't be written to
                os.fsync(stream.fileno())
                mark.unlink(missing_ok=True)
                with os.fdopen(_create_private(mark), "wb") as marked:
                    marked.write(now)
    return True


def _create_private(file: Path) -> int:
    """Create a file that only the user can read, whatever the folder and the umask: it has rows before redaction."""
    return os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)


def _file_name(prefix: str, digest: str) -> str:
    return f"{prefix}-{digest[:32]}"


def _keep(db: sqlite3.Connection, folder: Path, prefix: str, kind: str) -> None:
    """Replace the cached tree (or rows) of a prefix, and delete files beyond the limits of size and age."""
    temporary = temporary_name(folder / prefix)
    try:
        db.execute("COMMIT")
        os.close(_create_private(temporary))
        db.execute("VACUUM INTO ?", (os.fspath(temporary),))
        with temporary.open("rb") as copy:
            name = _file_name(prefix, hashlib.file_digest(copy, "sha256").hexdigest())
        temporary.replace(folder / f"{name}{kind}")
    finally:
        temporary.unlink(missing_ok=True)
    room = MAX_CACHE_SIZE
    now = time.time()
    status = (file for end in (TREE, ROWS) for file in folder.glob(f"*{end}"))
    for file in sorted(status, key=_last_used, reverse=True):
        replaced = file.name.startswith(f"{prefix}-") and file.suffix == kind and file.stem != name
        room -= 0 if replaced else file.stat().st_size
        if replaced or room < 0 or now - _last_used(file) > MAX_UNUSED_SECONDS:
            file.unlink(missing_ok=True)
            file.with_name(f"{file.name}{HASH_SUFFIX}").unlink(missing_ok=True)


def _last_used(file: Path) -> float:
    """Return when a cache file was last used."""
    times = [0.0]
    for one in (file, file.with_name(f"{file.name}{HASH_SUFFIX}")):
        with contextlib.suppress(OSError):
            times.append(one.stat().st_mtime)
    return max(times)
