"""Unpack the one table in a gz, bz2, xz or zip file, up to a size limit."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zipfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import IO, Any

from conflict_incidents.core.findings import Shown, bare, show
from conflict_incidents.exchange.importers.tabular.grid import (
    DAMAGE_ERRORS,
    MAX_BYTES,
    SourceTableError,
    check_unpacked,
    listing,
)

TABLES = (".csv", ".tsv", ".tab", ".txt", ".xlsx", ".ods", ".parquet", ".geojson", ".json", ".jsonl", ".ndjson")
_COMPRESSED: dict[bytes, Callable[[Any], Any]] = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ\0": lzma.open}
_OFFICE = {"[Content_Types].xml", "mimetype"}
_CHUNK = 1 << 20


def unpack(file: Path, member: str | None = None) -> tuple[bytes, str, str | None]:
    """Return the unpacked content of a file, the suffix of its name (`.csv`), and `member` if it is no file of a zip.

    Args:
        file: the file, which is unpacked once: a packed file in a zip archive isn't a table.
        member: the file to select in a zip archive with several, or a sheet.

    Raises:
        SourceTableError: it isn't a regular file, can't be unpacked, has no table or several, or is too large.
        OSError: the file can't be read.
    """
    if file.exists() and not file.is_file():
        raise SourceTableError("not a file; name one")
    with file.open("rb") as stream:
        data = _read(stream, MAX_BYTES)
    path = PurePosixPath(file.name.lower())
    try:
        for magic, opened in _COMPRESSED.items():
            if data.startswith(magic):
                return _read(opened(io.BytesIO(data)), len(data)), PurePosixPath(path.stem).suffix, member
        if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                names = [entry.filename for entry in archive.infolist() if not entry.is_dir()]
                if not _OFFICE & set(names):  # an office document is unpacked by its reader
                    name = _member_name(file.name, names, member)
                    with archive.open(name) as stream:
                        content = _read(stream, len(data))
                    return content, PurePosixPath(name.lower()).suffix, None if name == member else member
    except DAMAGE_ERRORS as error:
        why = f"{show(file.name)} can't be unpacked: {bare(error)}"
        raise SourceTableError(f"{why}; it is damaged, take it anew, or unpack it and name the table") from error
    return data, path.suffix, member


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
    about = path.parts[:1] == ("__macosx",) or path.name.startswith((".", "readme", "licen"))
    return path.suffix in TABLES and not about


def _read(stream: IO[bytes], packed: int) -> bytes:
    """Read a stream that was unpacked from `packed` bytes."""
    data = bytearray()
    while part := stream.read(_CHUNK):
        data += part
        check_unpacked(len(data), packed)
    return bytes(data)
