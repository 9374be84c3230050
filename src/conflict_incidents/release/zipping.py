"""A release as one zip: the same files always give the same bytes.

Prevents: two zips of one release that differ by the clock, the umask or the order in which a folder lists its files.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time that all members have: the earliest that a zip can state."""
_REGULAR_FILE = 0o100644 << 16
_UNIX = 3
_LEVEL = 9


def zipped(files: Mapping[str, bytes], folder: str) -> bytes:
    """The files of a release by name, in one folder of a zip, sorted.

    What is compressed already is stored: deflating it again would make the bytes depend on zlib for nothing.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        for name in sorted(files):
            member = zipfile.ZipInfo(f"{folder}/{name}", EPOCH)
            member.create_system, member.external_attr = _UNIX, _REGULAR_FILE
            packed = name.endswith((".parquet", ".png", ".zip"))
            member.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
            target.writestr(member, files[name], compresslevel=_LEVEL)
    return buffer.getvalue()
