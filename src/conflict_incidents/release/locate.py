"""Locate a release by a folder, a zip, a version, or the name of its folder.

A published version that the dataset doesn't have locally is downloaded from the address in the index, by its hash.
"""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from conflict_incidents.core.download import fetch
from conflict_incidents.core.findings import Shown, user_text
from conflict_incidents.core.resources import DESCRIPTOR
from conflict_incidents.core.rule import suggestion
from conflict_incidents.core.versions import is_development, release_version
from conflict_incidents.release.checksums import SUMS, sha256
from conflict_incidents.release.errors import ReleaseError
from conflict_incidents.release.index import PublishedRelease, read_index
from conflict_incidents.release.reader import find_release_folder
from conflict_incidents.tables.contract import RELEASES


def find(text: str, root: Path | None) -> Path:
    """Return the folder or zip of a release by name; its content isn't checked.

    Args:
        text: a path, or a version or a folder's name to look for among the dataset's releases.
        root: the dataset, whose published releases take precedence over local builds; None if there is none.

    Raises:
        ReleaseError: the index can't be read, there is no such release, or a version was built more than once and not
            published.
        FetchError: it can't be fetched.
    """
    path = Path(text)
    if path.is_file() or find_release_folder(path):
        return path
    if path.exists():
        raise ReleaseError(
            f"no release in {user_text(path)}: a release has {DESCRIPTOR} and SHA256SUMS; is it one of a dataset?"
        )
    builds = dict(_builds(root / RELEASES)) if root is not None else {}
    if path.name == text and text in {file.name for file in builds}:
        return next(file for file in builds if file.name == text)
    matches = [file for file in builds if text == builds[file] or is_development(text, *_version_and_hash(file))]
    names = ", ".join([user_text(file.name) for file in matches])
    version = release_version(text)
    entry = read_index(root).get(version) if version and root else None
    if entry is not None:
        published = next((file for file in matches if _sums(file) == entry.sums), None)
        if published is None and not (entry.url and entry.zip):
            hint = Shown("the index has no `url`")
            if matches:
                hint = f"of its builds none is that one; name one of them: {names}"
            raise ReleaseError(f"the published version {user_text(text)} isn't at hand: {hint}")
        return published or fetch(str(entry.url), str(entry.zip))
    if len(matches) > 1:
        raise ReleaseError(f"version {user_text(text)} has been built more than once; name one of them: {names}")
    if not matches:
        around = "and there is no dataset around the working folder"
        where = f"in {user_text(root / RELEASES)}" if root is not None else Shown(around)
        hint = suggestion(text, builds.values()) if builds else Shown("")
        raise ReleaseError(f"there is no release `{user_text(text)}`, neither at that path nor {where}{hint}")
    return matches[0]


def local_release(published: PublishedRelease, root: Path) -> Path | None:
    """Return the local folder or zip of a published release of a dataset, by its checksums; None if missing."""
    return next((file for file, _ in _builds(root / RELEASES) if _sums(file) == published.sums), None)


def _sums(file: Path) -> str:
    """Return the hash of the SHA256SUMS in a folder or zip, as in the index; empty if missing."""
    try:
        if file.is_dir():
            return f"sha256:{sha256((file / SUMS).read_bytes())}"
        with zipfile.ZipFile(file) as zipped:
            names = [name for name in zipped.namelist() if name.rpartition("/")[2] == SUMS]
            return f"sha256:{sha256(zipped.read(names[0]))}" if len(names) == 1 else ""
    except (OSError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
        return ""


def _builds(releases: Path) -> Iterator[tuple[Path, str]]:
    """Yield the releases in a folder with their versions; of a release as folder and zip, only the folder."""
    files = sorted(releases.iterdir()) if releases.is_dir() else []
    folders = {file.name for file in files if file.is_dir()}
    for file in files:
        if file.name.startswith(".") or file.is_symlink():
            continue
        if file.is_dir() and find_release_folder(file):
            yield file, _version_and_hash(file)[0]
        elif file.suffix == ".zip" and file.stem not in folders:
            yield file, file.stem.rpartition("-")[0] or file.stem


def _version_and_hash(folder: Path) -> tuple[str, str]:
    """Return version and hash of the rows as stated by a release's descriptor; empty if it can't be read."""
    try:
        descriptor = json.loads((folder / DESCRIPTOR).read_text("utf-8"))
        return str(descriptor["version"]), str(descriptor["contentHash"])
    except (OSError, ValueError, KeyError, TypeError):
        return "", ""
