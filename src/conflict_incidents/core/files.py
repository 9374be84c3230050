"""Reading with a limit, and atomic writes of files and folders, which never overwrite a concurrent change.

A crash leaves the old or the new file, and nothing is read or written through a symbolic link. Prevents: a file of a
branch that points outside the repository, or never ends.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
import shutil
import stat
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from errno import ELOOP
from pathlib import Path

from conflict_incidents.core.progress import track

MAX_FILE_SIZE = 128 << 20
"""The default maximum size of a dataset's file in bytes."""
LINK = "a symbolic link; put the file itself here"
EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
"""The git hash of an empty folder."""
_TEMPORARY = re.compile(r"\..+\.([0-9]+)-[0-9a-f]{8}\.tmp")
"""The names of temporary files and folders: a dot, the final name, the id of the process, and a random number."""
_TRANSIENT = ".incidents."
"""The start of the name of a folder for temporary files."""
_MAX_AGE = 3600
"""The age in seconds from which a temporary file is deleted even if a process with that id exists."""
_AT_ONCE = 1 << 16
"""The number of bytes to read at once of a file that grows, or whose size isn't known."""
_READING = sum((getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY")), os.O_RDONLY)


def read_start(file: Path | str, most: int) -> bytes | str:
    """Return the first bytes of a regular file, at most `most`, or why it isn't one.

    Raises:
        OSError: it can't be read.
    """
    mode = os.lstat(file).st_mode
    if stat.S_ISLNK(mode):
        return LINK
    if not stat.S_ISREG(mode):
        return "not a regular file; put one in its place"
    handle = os.open(file, _READING)
    try:
        expected = min(os.fstat(handle).st_size + 1, most)  # a buffer for the whole limit would be slower to allocate
        data = os.read(handle, expected)
        while len(data) < most and (more := os.read(handle, min(most - len(data), _AT_ONCE))):
            data += more
        return data
    finally:
        os.close(handle)


def read_whole(file: Path, most: int = MAX_FILE_SIZE) -> bytes:
    """Return the content of a regular file.

    Raises:
        OSError: it can't be read, isn't a regular file, or is larger than `most` bytes.
    """
    data = read_whole_or_reason(file, most)
    if isinstance(data, str):
        raise OSError(0, data, str(file))
    return data


def read_if_present(file: Path) -> bytes | None:
    """Return the content of a regular file; None if there is none.

    Raises:
        OSError: as for `read_whole`.
    """
    return read_whole(file) if os.path.lexists(file) else None


def read_whole_or_reason(file: Path | str, most: int = MAX_FILE_SIZE) -> bytes | str:
    """Return the content of a regular file, or why it isn't one or is too large.

    Raises:
        OSError: it can't be read.
    """
    data = read_start(file, most + 1)
    return f"larger than {size(most)}; shorten it" if not isinstance(data, str) and len(data) > most else data


def size(count: int) -> str:
    """Format a number of bytes: `128 MiB`."""
    for power, unit in ((30, "GiB"), (20, "MiB"), (10, "KiB")):
        if count >= 1 << power and not count % (1 << power):
            return f"{count >> power} {unit}"
    return f"{count:,} bytes"


class PartialWriteError(Exception):
    """Writing several files stopped before all were written; the message has their number, the cause the reason."""

    def __init__(self, written: int, total: int) -> None:
        super().__init__(f"{written} of {total} files were written; run it again")


def refuse_links(root: Path, files: Iterable[Path]) -> None:
    """Raise an error if a file below `root` would be written through a symbolic link to a folder.

    Raises:
        OSError: a folder is a link.
    """
    top = _normal(root)
    folders = {folder for file in files for folder in _normal(file).parents if top in folder.parents}
    for folder in sorted(folders):
        if folder.is_symlink():
            raise OSError(ELOOP, "a symbolic link; put the folder itself there", str(folder))


def _normal(path: Path) -> Path:
    return Path(os.path.normpath(path.absolute()))


def write_all(root: Path, files: Mapping[Path, bytes], write: Callable[[Path, bytes], object]) -> None:
    """Write several files below `root`, each atomically.

    Args:
        root: the folder below which no link is followed.
        files: their content.
        write: writes one file.

    Raises:
        PartialWriteError: a file can't be written, or the work was interrupted.
        OSError: a folder below the root is a link; nothing was written.
    """
    refuse_links(root, files)
    count = 0
    try:
        for file, data in track(files.items(), "writing", "file"):
            write(file, data)
            count += 1
    except (OSError, KeyboardInterrupt) as error:
        next_file = list(files.items())[count : count + 1]
        raise PartialWriteError(count + sum(_holds(*one) for one in next_file), len(files)) from error


def _holds(file: Path, data: bytes) -> bool:
    try:
        return read_whole_or_reason(file, max(MAX_FILE_SIZE, len(data))) == data
    except OSError:
        return False


def create(path: Path, text: str, aside: Path | None = None) -> None:
    """Write a file that doesn't exist yet, atomically.

    Args:
        path: the file.
        text: its content.
        aside: the folder for the temporary file, below which no link is followed; None for that of the file.

    Raises:
        FileExistsError: the path exists.
        OSError: it can't be written.
    """
    _make_folder_of(path, aside)
    with temporary_file(path, aside) as temporary:
        write_new(temporary, text.encode("utf-8"))
        try:
            os.link(temporary, path)
        except FileExistsError:
            raise
        except OSError:  # file systems without hard links
            write_new(path, text.encode("utf-8"))


def overwrite(path: Path, data: bytes, aside: Path | None = None) -> None:
    """Write a file, replacing an existing one atomically; `aside` is as for `create`.

    Raises:
        OSError: it can't be written; an existing file is unchanged.
    """
    _make_folder_of(path, aside)
    with temporary_file(path, aside) as temporary:
        write_new(temporary, data)
        temporary.replace(path)
    sync(path.parent)


def replace(path: Path, old: bytes, new: bytes, aside: Path | None = None) -> None:
    """Replace the content `old` of a file by `new`, atomically; permissions are kept; `aside` is as for `create`.

    Raises:
        OSError: it can't be read or written, or it has changed meanwhile or isn't a regular file; it is unchanged.
    """
    refuse_links(aside or path.parent, [path])
    with temporary_file(path, aside) as temporary:
        write_new(temporary, new)
        mode = path.lstat().st_mode
        if not stat.S_ISREG(mode):
            raise OSError(0, "not a regular file; it stays as it is", str(path))
        temporary.chmod(stat.S_IMODE(mode))
        if read_whole(path, max(MAX_FILE_SIZE, len(old))) != old:
            raise OSError(0, "it has changed meanwhile, and stays as it is", str(path))
        temporary.replace(path)
    sync(path.parent)


def create_folder(path: Path, files: Mapping[str, bytes]) -> None:
    """Write a folder that doesn't exist yet, atomically.

    Args:
        path: the folder.
        files: its files by relative path.

    Raises:
        OSError: the path exists, or can't be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with folder_aside(path) as temporary:
        write_into(temporary, files)
        temporary.rename(path)
    sync(path.parent)


@contextmanager
def folder_aside(path: Path) -> Iterator[Path]:
    """Yield a temporary folder for the content of `path`, next to it; delete what remains of it on exit.

    Leftovers of an interrupted process for the same path are deleted first.
    """
    temporary = temporary_name(path)
    delete_leftovers(path.parent, path.name)
    temporary.mkdir()
    try:
        yield temporary
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Yield a folder for temporary files; folders of killed processes are deleted first.

    Raises:
        OSError: it can't be created.
    """
    from tempfile import gettempdir  # slow to import

    top = Path(gettempdir())
    with contextlib.suppress(OSError):  # the next run tries again
        for entry in list(os.scandir(top)):
            owner = _owner(entry.name) if entry.name.startswith(_TRANSIENT) else None
            if owner not in {None, os.getpid()} and _has_ended(owner):
                shutil.rmtree(entry.path, ignore_errors=True)
    folder = temporary_name(top / _TRANSIENT.strip("."))
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def write_into(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write new files into a folder and its subfolders, synced to disk."""
    below = sorted({(folder / name).parent for name in files} - {folder})
    for one in below:
        one.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        write_new(folder / name, data)
    for one in [*below, folder]:
        sync(one)


def sync(folder: Path) -> None:
    """Sync a folder (its entries, which syncing its files doesn't) or a file."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def temporary_name(path: Path, aside: Path | None = None) -> Path:
    """Return a temporary name for `path`, next to it or in `aside`, which `delete_leftovers` recognises."""
    name = f".{path.name[:80]}.{os.getpid()}-{secrets.token_hex(4)}.tmp"
    return path.with_name(name) if aside is None else aside / name


def delete_leftovers(folder: Path, name: str = "") -> None:
    """Delete the temporary files that interrupted processes left in a folder.

    Args:
        folder: the folder; it need not exist.
        name: the final name of the files to delete; empty for all.
    """
    with contextlib.suppress(OSError):  # the next run tries again
        for entry in list(os.scandir(folder)):
            if entry.name.startswith(f".{name[:80]}") and _is_left(entry):
                if entry.is_dir(follow_symlinks=False):
                    shutil.rmtree(entry.path, ignore_errors=True)
                else:
                    Path(entry.path).unlink(missing_ok=True)


def _is_left(entry: os.DirEntry[str]) -> bool:
    """Whether an entry has a temporary name, and the process that created it has ended."""
    owner = _owner(entry.name)
    if owner is None:
        return False
    age = time.time() - entry.stat(follow_symlinks=False).st_mtime
    return age > _MAX_AGE or owner == os.getpid() or _has_ended(owner)


def _owner(name: str) -> int | None:
    """Return the process in a temporary name."""
    found = _TEMPORARY.fullmatch(name)
    return int(found[1]) if found else None


def _has_ended(process: int | None) -> bool:
    if process is None or os.name != "posix":  # elsewhere os.kill would terminate the process
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        pass
    return False


def _make_folder_of(path: Path, aside: Path | None) -> None:
    refuse_links(aside or path.parent, [path])
    path.parent.mkdir(parents=True, exist_ok=True)


@contextmanager
def temporary_file(path: Path, aside: Path | None) -> Iterator[Path]:
    """Yield a temporary name for a file; delete what remains there on exit."""
    temporary = temporary_name(path, aside)
    if aside is None:  # a shared folder is cleaned once
        delete_leftovers(path.parent, path.name)
    try:
        yield temporary
    finally:
        with contextlib.suppress(OSError):  # left to `delete_leftovers`
            temporary.unlink(missing_ok=True)


def write_new(path: Path, data: bytes) -> None:
    """Write a file that doesn't exist yet, synced to disk; a partly written one is deleted.

    Raises:
        OSError: the path exists, or can't be written.
    """
    with path.open("xb") as stream:
        try:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        except BaseException:
            with contextlib.suppress(OSError):
                path.unlink()
            raise


def blob_of(data: bytes, length: int = 40) -> str:
    """Return the git hash of a blob, in a repository whose hashes have `length` digits."""
    name = hashlib.new("sha256" if length == 64 else "sha1", b"blob %d\0" % len(data), usedforsecurity=False)
    name.update(data)
    return name.hexdigest()


def file_sha256(file: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal digits, read in chunks."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def tree_of(files: Mapping[str, str], folders: Mapping[str, str]) -> str:
    """Return the git hash (SHA-1) of a folder, by the hashes of its files and folders; empty if one is unknown.

    No file is a link or executable. Git knows no empty folders.
    """
    entries = [(name.encode(), b"100644", digest) for name, digest in files.items()]
    entries += [(name.encode() + b"/", b"40000", digest) for name, digest in folders.items() if digest != EMPTY_TREE]
    if not all(digest for _, _, digest in entries):
        return ""
    listing = b"".join(
        b"%b %b\0%b" % (mode, name.removesuffix(b"/"), bytes.fromhex(digest)) for name, mode, digest in sorted(entries)
    )
    return hashlib.sha1(b"tree %d\0%b" % (len(listing), listing), usedforsecurity=False).hexdigest()


def cache_of_user() -> Path:
    """Return the user's cache folder: `INCIDENTS_CACHE`, or the platform's default."""
    if folder := os.environ.get("INCIDENTS_CACHE"):
        return Path(folder)
    from platformdirs import user_cache_path

    return user_cache_path("conflict-incidents", appauthor=False)
