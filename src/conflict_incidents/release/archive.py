"""The zip of a release, written beside its folder and verified before it is renamed.

The same files always give the same bytes, whatever the clock, the umask or the order of the folder.
"""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Mapping
from filecmp import cmp
from pathlib import Path
from typing import BinaryIO

from conflict_incidents.core.files import sync
from conflict_incidents.core.findings import user_text
from conflict_incidents.release import folder
from conflict_incidents.release.checksums import SUMS, sha256
from conflict_incidents.release.errors import ReleaseDefect
from conflict_incidents.release.reader import open_release

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The timestamp of all members: the earliest valid one in a zip."""
_REGULAR_FILE = 0o100644 << 16
_UNIX = 3


def pack(out: Path, name: str, files: Mapping[str, Path]) -> Path:
    """Write the zip of a release to the folder of releases; an identical one is left untouched.

    Args:
        out: the folder of releases, locked by this build.
        name: the name of the release's folder; the zip is called after it.
        files: the release's files by name.

    Raises:
        ReleaseDefect: what was written can't be opened as this release.
        ReleaseError: the target exists and is not a file.
    """
    final, temporary = out / f"{name}.zip", out / f"{folder.TEMPORARY}{name}.zip"
    with temporary.open("xb") as stream:
        write_zip(stream, files, name)
    if final.is_file() and not final.is_symlink() and cmp(temporary, final, shallow=False):
        temporary.unlink()
        return final
    sync(temporary)
    with open_release(temporary) as release:
        if release.sums_hash != f"sha256:{sha256(files[SUMS].read_bytes())}":
            raise ReleaseDefect(f"{user_text(final.name)} doesn't contain the files of the release")
    return folder.put_file(temporary, final.name)


def write_zip(stream: BinaryIO, files: Mapping[str, Path], folder: str) -> None:
    """Pack the files of a release into one folder of a zip, sorted by name.

    Compressed formats are stored: deflating them again would only make the bytes depend on zlib.
    """
    with zipfile.ZipFile(stream, "w") as target:
        for name in sorted(files):
            member = zipfile.ZipInfo(f"{folder}/{name}", EPOCH)
            member.create_system, member.external_attr = _UNIX, _REGULAR_FILE
            is_compressed = name.endswith((".parquet", ".png", ".xlsx", ".zip"))
            member.compress_type = zipfile.ZIP_STORED if is_compressed else zipfile.ZIP_DEFLATED
            member.file_size = files[name].stat().st_size
            with files[name].open("rb") as source, target.open(member, "w") as into:
                shutil.copyfileobj(source, into, 1 << 20)
