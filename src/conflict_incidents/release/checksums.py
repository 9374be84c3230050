"""The checksums of a release: made, read strictly, and compared with the files; and the names made of them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from conflict_incidents.tables.contract import CHANGES

SUMS = "SHA256SUMS"
"""The file of a release with the checksums of all others."""
_PLAIN = "[A-Za-z0-9_][A-Za-z0-9_. -]*"
_NAME = f"(?:{_PLAIN}/)?{_PLAIN}"
_LINE = re.compile(f"([0-9a-f]{{64}})  ({_NAME})")


def plain(name: str) -> bool:
    """Whether a file of a release may have this name: at the top or in a folder there, and not hidden."""
    return re.fullmatch(_NAME, name) is not None


def listed(sums: bytes) -> dict[str, str]:
    """The SHA-256 of each file by name, as SHA256SUMS has them.

    Raises:
        ValueError: a line isn't one of `sha256sum`, names a file elsewhere, or is a duplicate.
    """
    found: dict[str, str] = {}
    for number, line in enumerate(sums.decode("utf-8").splitlines(), 1):
        parts = _LINE.fullmatch(line)
        if parts is None or parts[2] in found or parts[2] == SUMS:
            raise ValueError(f"line {number} isn't a checksum and a new name")
        found[parts[2]] = parts[1]
    return found


def differing(folder: Path, sums: bytes) -> list[str]:
    """How the files of a folder differ from their checksums; hidden files, which systems leave, don't count.

    Args:
        folder: the release.
        sums: what its SHA256SUMS has to say.

    Raises:
        OSError: a file can't be read.
    """
    try:
        expected = listed(sums) | {SUMS: sha256(sums)}
    except ValueError as error:
        return [f"{SUMS}: {error}"]
    there = set(_folder_contents(folder))
    found = [f"{name} is missing" for name in sorted(expected.keys() - there)]
    found += [f"{name} doesn't belong to it" for name in sorted(there - expected.keys())]
    for name in sorted(there & expected.keys()):
        if not _is(folder / name, expected[name]):
            found.append(f"{name} isn't the file that was written")
    return found


def _folder_contents(folder: Path) -> Iterator[str]:
    """The contents of the folder of a release: its files, those one folder below, and folders where no file belongs."""
    for path in folder.iterdir():
        if path.name.startswith("."):
            continue
        below = [one.name for one in path.iterdir() if not one.name.startswith(".")] if _is_folder(path) else []
        yield from (f"{path.name}/{name}" for name in below) if below else [path.name]


def _is_folder(path: Path) -> bool:
    """Whether it is a folder of its own; a link to one may lead anywhere."""
    return path.is_dir() and not path.is_symlink()


def _is(file: Path, digest: str) -> bool:
    """Whether it is a regular file with this SHA-256; read in pieces, as a table may be larger than the memory."""
    if file.is_symlink() or not file.is_file():
        return False
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest() == digest


def sums_of(files: Mapping[str, bytes]) -> bytes:
    """The checksums of some files by name, as `sha256sum` writes and checks them."""
    return "".join(f"{sha256(files[name])}  {name}\n" for name in sorted(files)).encode()


def release_name(version: str, sums_hash: str) -> str:
    """The name of a release: its version and the beginning of a hash of everything that is in it.

    Args:
        version: the version.
        sums_hash: the SHA-256 of its SHA256SUMS, with `sha256:` in front or not.
    """
    return f"{version}-{sums_hash.removeprefix('sha256:')[:12]}"


def sha256(data: bytes) -> str:
    """SHA-256 in hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def digests(files: Mapping[str, bytes]) -> dict[str, str]:
    """The SHA-256 of each of some files, by name."""
    return {name: sha256(data) for name, data in files.items()}


def content_hash(sums: Mapping[str, str], tables: Iterable[str]) -> str:
    """A hash of the rows alone: other than the Parquet files, it doesn't change with the version of a library.

    Nor does it with the release that this one was compared with: the table of changes is left out.

    Args:
        sums: the SHA-256 of each file of a release by name.
        tables: the names of its tables.
    """
    lines = [f"{sums[name]}  {name}\n" for name in sorted(f"{table}.csv" for table in tables if table != CHANGES)]
    return f"sha256:{sha256(''.join(lines).encode())}"
