"""Skip a build whose result would be the current release: the hash of its input is cached beside the tree.

A build is skipped only if its input is identical, and the release and its zip are unchanged since they were checked.
Prevents: taking an outdated release for current.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from pathlib import Path

from conflict_incidents.core.files import delete_leftovers, file_sha256, overwrite, read_if_present
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.pipeline import Outcome
from conflict_incidents.pipeline.cache import cache_key, file_prefix, private
from conflict_incidents.pipeline.scan import scan_folder
from conflict_incidents.release.build import Release
from conflict_incidents.release.checksums import SUMS, differing, sha256
from conflict_incidents.release.contents import LICENCE
from conflict_incidents.release.folder import current_release
from conflict_incidents.release.index import INDEX_FILE
from conflict_incidents.tables.contract import RELEASES


def input_hash(dataset: Dataset, outcome: Outcome, options: str) -> str:
    """Hash the input of a release: the dataset as validated, the program, and `options`."""
    hasher = hashlib.sha256(f"{outcome.state} {cache_key(dataset)} {options}".encode())
    for name in (LICENCE, INDEX_FILE):
        content = read_if_present(dataset.root / name)
        hasher.update(hashlib.sha256(b"-" if content is None else content).digest())
    return hasher.hexdigest() if outcome.state else ""


def unchanged_release(dataset: Dataset, own_input: str, out: Path | None, cache: Path) -> Release | None:
    """Return the current release if a build would make it again; None otherwise, or if unknown.

    Args:
        dataset: the dataset.
        own_input: the hash of the input, from `input_hash`.
        out: the folder of releases; None for that of the dataset.
        cache: the folder that `remember` writes to.
    """
    releases = out or dataset.root / RELEASES
    if private(cache):
        delete_leftovers(cache)
    try:
        text, _, digest = _file(dataset, cache).read_text("utf-8").partition("\n")
        stored = json.loads(text) if private(cache) and sha256(text.encode()) == digest else {}
        if stored.get("input") != _input(dataset, own_input, releases):
            return None
        folder = releases / stored["name"]
        zip = folder.with_name(f"{folder.name}.zip")
        sums = (folder / SUMS).read_bytes()
        is_whole = sha256(sums) == stored["sums"] and file_sha256(zip) == stored["zip"] and not differing(folder, sums)
    except (OSError, ValueError, KeyError):
        return None
    same = is_whole and current_release(releases) == folder.name
    return Release(folder, stored["rows"], False, stored["changes"]) if same else None


def remember(
    release: Release, dataset: Dataset, own_input: str, out: Path | None, outcome: Outcome, cache: Path
) -> None:
    """Store the hash of a release's input, unless a file was written since `outcome`; see `unchanged_release`."""
    steady = outcome.scan is not None and outcome.scan.folders == scan_folder(dataset.root).folders
    if not own_input or not steady or not private(cache):
        return
    stored = {
        "input": _input(dataset, own_input, out or dataset.root / RELEASES),
        "name": release.folder.name,
        "sums": sha256((release.folder / SUMS).read_bytes()),
        "zip": file_sha256(release.folder.with_name(f"{release.folder.name}.zip")),
        "rows": release.rows,
        "changes": release.changes,
    }
    text = json.dumps(stored, separators=(",", ":"))
    with contextlib.suppress(OSError):  # a full disk must not fail the build
        overwrite(_file(dataset, cache), f"{text}\n{sha256(text.encode())}".encode())


def _file(dataset: Dataset, cache: Path) -> Path:
    return cache / f"{file_prefix(dataset.root)}.built"


def _input(dataset: Dataset, own_input: str, releases: Path) -> str:
    """Hash everything that a build reads: its input, and the releases to compare with."""
    hasher = hashlib.sha256(f"{own_input} {releases.absolute()}".encode())
    for folder in sorted({releases, dataset.root / RELEASES}):
        for entry in sorted(folder.iterdir()) if folder.is_dir() else ():
            if not entry.name.startswith("."):
                status = entry.lstat()
                hasher.update(f"{entry} {status.st_size} {status.st_mtime_ns} {status.st_ino} ".encode())
    return hasher.hexdigest()
