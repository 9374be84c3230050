"""The zip of a release, beside its folder: opened and found whole before it gets its name.

Prevents: half a zip after an interruption, and a zip of other bytes under the name of a release.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from conflict_incidents.release import folder
from conflict_incidents.release.contents import SUMS, sha256
from conflict_incidents.release.errors import ReleaseDefect
from conflict_incidents.release.reader import opened
from conflict_incidents.release.zipping import zipped


def pack(out: Path, name: str, files: Mapping[str, bytes]) -> Path:
    """Put the zip of a release into the folder of releases; one with the very same bytes stays as it is.

    Args:
        out: the folder of releases, held by this build.
        name: the name of the release's folder; the zip is called after it.
        files: the release's files by name.

    Raises:
        ReleaseDefect: what was written can't be opened as this release.
        ReleaseError: something else than a file stands at its place.
    """
    data = zipped(files, name)
    final = out / f"{name}.zip"
    if final.is_file() and not final.is_symlink() and final.read_bytes() == data:
        return final
    temporary = folder.write_file(out, final.name, data)
    with opened(temporary) as release:
        if release.sums_hash != f"sha256:{sha256(files[SUMS])}":
            raise ReleaseDefect(f"{final.name} doesn't hold the files of the release")
    return folder.put_file(temporary, final.name)
