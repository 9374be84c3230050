"""A static site of a release: a page for each incident with every voice, and pages about the whole.

It is made from the tables only, and requests nothing from other hosts. Only Explore and the search in the codebook
need JavaScript.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from conflict_incidents.core.files import folder_aside
from conflict_incidents.release.reader import OpenRelease
from conflict_incidents.release.site.files import SiteWriter
from conflict_incidents.tables import contract

__all__ = ["SiteWriter", "write_site"]


def write_site(
    release: OpenRelease,
    out: Path,
    base: str = "",
    most: int | None = None,
    docs: Path | None = None,
) -> int:
    """Write the site of a release into a new folder, whole or not at all, and return the number of files.

    Args:
        release: the release.
        out: the folder, which must not exist.
        base: as for `SiteWriter`.
        most: as for `SiteWriter`.
        docs: as for `SiteWriter`.

    Raises:
        MissingExtra: a library isn't installed.
        ReleaseError: a table can't be read, or isn't that of the contract.
        OSError: it can't be written, or exists.
    """
    release.check_contract(contract.tables())
    out.parent.mkdir(parents=True, exist_ok=True)
    with folder_aside(out) as temporary:
        for name, data in SiteWriter(release, base, most, docs).files():
            file = temporary / name
            file.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(data, Path):
                shutil.copyfile(data, file)
            else:
                file.write_bytes(data)
        if os.path.lexists(out):
            raise FileExistsError(17, "File exists", str(out))
        number = sum(len(files) for _, _, files in os.walk(temporary))
        temporary.rename(out)
    return number
