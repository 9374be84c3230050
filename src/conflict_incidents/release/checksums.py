"""The checksums of a release: compute them, parse them strictly, compare them with files; names based on them."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from conflict_incidents.tables.contract import CHANGES

SUMS = "SHA256SUMS"
"""The file of a release with the checksums of all others."""
SMALL = 1 << 18
"""The size in bytes up to which a file is read at once: a buffer for chunks takes longer to make."""
_PLAIN = "[A-Za-z0-9_][A-Za-z0-9_. -]*"
_NAME = f"(?:{_PLAIN}/)?{_PLAIN}"
_LINE = re.compile(f"([0-9a-f]{{64}})  ({_NAME})")


def plain(name: str) -> bool:
    """Whether a file of a release may have this name: at the top or one folder below, and not hidden."""
    return re.fullmatch(_NAME, name) is not None


def parse_checksums(sums: bytes) -> dict[str, str]:
    """Parse SHA256SUMS: the SHA-256 of each file by name.

    Raises:
        ValueError: a line isn't one of `sha256sum`, names a file elsewhere, or is a duplicate.
    """
    sums_by_name: dict[str, str] = {}
    for number, line in enumerate(sums.decode("utf-8").splitlines(), 1):
        parts = _LINE.fullmatch(line)
        if parts is None or parts[2] in sums_by_name or parts[2] == SUMS:
            raise ValueError(f"line {number} isn't a checksum and a new name")
        sums_by_name[parts[2]] = parts[1]
    return sums_by_name


def differing(folder: Path, sums: bytes) -> list[str]:
    """Return the differences between the files of a folder and their checksums; hidden files are ignored.

    Args:
        folder: the release.
        sums: the expected content of SHA256SUMS.

    Raises:
        OSError: a file can't be read.
    """
    try:
        expected = parse_checksums(sums) | {SUMS: sha256(sums)}
    except ValueError as error:
        return [f"{SUMS}: {error}"]
    present = set(_folder_contents(folder))
    differences = [f"{name} is missing" for name in sorted(expected.keys() - present)]
    differences += [f"{name} doesn't belong to it" for name in sorted(present - expected.keys())]
    for name in sorted(present & expected.keys()):
        if not _is(f"{folder}{os.sep}{name}", expected[name]):
            differences.append(f"{name} isn't the file that was written")
    return differences


def _folder_contents(folder: Path) -> Iterator[str]:
    """Yield the contents of a release's folder: its files, those one folder below, and unexpected folders."""
    for entry in os.scandir(folder):
        if _is_ignored(entry.name):
            continue
        inside = os.scandir(entry) if entry.is_dir(follow_symlinks=False) else ()
        below = [f"{entry.name}/{one.name}" for one in inside if not _is_ignored(one.name)]
        yield from below or [entry.name]


def _is_ignored(name: str) -> bool:
    """Whether a file is hidden, or the bytecode that pip compiles from the reader for polars."""
    return name.startswith(".") or name == "__pycache__"


def _is(file: str, digest: str) -> bool:
    """Whether a path is a regular file with this SHA-256; read in chunks, as a table may be larger than memory."""
    status = os.lstat(file)
    if not stat.S_ISREG(status.st_mode):
        return False
    with os.fdopen(os.open(file, os.O_RDONLY | getattr(os, "O_BINARY", 0)), "rb", buffering=0) as stream:
        if status.st_size <= SMALL:
            return hashlib.sha256(stream.read()).hexdigest() == digest
        return hashlib.file_digest(stream, "sha256").hexdigest() == digest


def release_name(version: str, sums_hash: str) -> str:
    """Return the name of a release: its version and the start of a hash of its whole content.

    Args:
        version: the version.
        sums_hash: the SHA-256 of its SHA256SUMS, with `sha256:` in front or not.
    """
    return f"{version}-{sums_hash.removeprefix('sha256:')[:12]}"


def sha256(data: bytes) -> str:
    """Return the SHA-256 in hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def content_hash(sums: Mapping[str, str], tables: Iterable[str]) -> str:
    """Hash only the rows: unlike the Parquet files, this doesn't change with the versions of libraries.

    It doesn't depend on the previous release either: the table of changes is left out.

    Args:
        sums: the SHA-256 of each file of a release by name.
        tables: the names of its tables.
    """
    lines = [f"{sums[name]}  {name}\n" for name in sorted(f"{table}.csv" for table in tables if table != CHANGES)]
    return f"sha256:{sha256(''.join(lines).encode())}"
