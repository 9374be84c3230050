"""Unpack the one table in a gz, bz2, xz or zip file, up to a size limit."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from conflict_incidents.core.findings import Shown, bare, show
from conflict_incidents.exchange.importers.tabular.grid import LIMIT, SourceTableError, listing

TABLES = (".csv", ".tsv", ".tab", ".txt", ".xlsx", ".ods", ".parquet", ".geojson", ".json", ".jsonl", ".ndjson")
COMPRESSED_SUFFIXES = (".gz", ".bz2", ".xz", ".zip")
_COMPRESSED: dict[bytes, Callable[[Any], Any]] = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ\0": lzma.open}
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Unpacked:
    """The content of an unpacked file, and its name without the suffix of the compression."""

    data: bytes
    name: str
    member: str | None = None
    """The name of the file in a zip archive."""

    @property
    def suffix(self) -> str:
        """The suffix of the name: `.csv`."""
        return PurePosixPath(self.name.lower()).suffix


def unpack(file: Path, member: str | None = None, limit: int = LIMIT) -> Unpacked:
    """Return the unpacked content of a file; `member` selects a file of a zip with several.

    Raises:
        SourceTableError: it isn't a regular file, can't be unpacked, has no table or several, or is too large.
        OSError: the file can't be read.
    """
    if file.exists() and not file.is_file():
        raise SourceTableError("not a file; name one")
    with file.open("rb") as stream:
        data = _at_most(stream.read, limit)
    unpacked = Unpacked(data, file.name)
    for _ in range(2):  # a zip may have a .csv.gz; deeper nesting is refused
        opened = _unpack(unpacked, member, limit)
        if opened is None:
            return unpacked
        unpacked = opened
    return unpacked


def _unpack(packed: Unpacked, member: str | None, limit: int) -> Unpacked | None:
    """Unpack one level; None if nothing is packed."""
    data = packed.data
    inner = packed.name[: -len(packed.suffix)] if packed.suffix in COMPRESSED_SUFFIXES else packed.name
    try:
        for magic, opened in _COMPRESSED.items():
            if data.startswith(magic):
                return Unpacked(_at_most(opened(io.BytesIO(data)).read, limit), inner, packed.member)
        if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
            return _unzip(packed, member, limit)
    except (OSError, EOFError, zlib.error, lzma.LZMAError) as error:
        raise SourceTableError(
            f"{show(packed.name)} can't be unpacked: {bare(error)}; it is damaged, take it anew"
        ) from error
    return None


def _unzip(packed: Unpacked, member: str | None, limit: int) -> Unpacked | None:
    try:
        with zipfile.ZipFile(io.BytesIO(packed.data)) as archive:
            names = [entry.filename for entry in archive.infolist() if not entry.is_dir()]
            if "[Content_Types].xml" in names or "mimetype" in names:
                return None  # an office document is unpacked by its reader
            name = _member_name(packed.name, names, member)
            if archive.getinfo(name).file_size > limit:  # as it says; what it holds is counted as well
                raise SourceTableError(_too_large(limit))
            with archive.open(name) as stream:
                return Unpacked(_at_most(stream.read, limit), PurePosixPath(name).name, name)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, KeyError, OverflowError) as error:
        raise SourceTableError(
            f"{show(packed.name)} can't be unpacked: {bare(error)}; unpack it and name the table"
        ) from error


def _member_name(archive: str, names: list[str], member: str | None) -> str:
    tables = [name for name in names if _is_table(name)]
    if member is not None and member in names:
        return member
    if len(tables) == 1:
        return tables[0]
    if not tables:
        raise SourceTableError(f"{show(archive)} contains no table ({listing(names) or Shown('nothing')})")
    raise SourceTableError(
        f"{show(archive)} contains {len(tables)} tables; name one by --sheet: {listing(sorted(tables))}"
    )


def _is_table(name: str) -> bool:
    path = PurePosixPath(name.lower())
    if path.parts[:1] == ("__macosx",) or path.name.startswith((".", "readme", "licen")):
        return False
    suffix = PurePosixPath(path.stem).suffix if path.suffix in COMPRESSED_SUFFIXES else path.suffix
    return suffix in TABLES


def _too_large(limit: int) -> Shown:
    return f"unpacked it is larger than {limit >> 20} MiB; split the table"


def _at_most(read: Callable[[int], bytes | None], limit: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    while part := read(_CHUNK):
        size += len(part)
        if size > limit:
            raise SourceTableError(_too_large(limit))
        parts.append(part)
    return b"".join(parts)
