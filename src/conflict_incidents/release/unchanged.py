"""Recognise that a build would make the release that is there: what it was made of is remembered beside the tree.

Only a build whose input is the same to the last byte is left out, and only where the release and its zip are still what
was written and checked then. Prevents: a release that is taken for current and isn't.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict
from pathlib import Path

from conflict_incidents.core.files import put, whole
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.pipeline import Outcome
from conflict_incidents.pipeline.cache import basis, key_of, private
from conflict_incidents.pipeline.scan import scanned
from conflict_incidents.release.build import Release
from conflict_incidents.release.checksums import SUMS, differing, sha256
from conflict_incidents.release.contents import LICENCE
from conflict_incidents.release.folder import current_release
from conflict_incidents.release.index import INDEX_FILE
from conflict_incidents.tables.contract import RELEASES


def made_of(dataset: Dataset, outcome: Outcome, options: str) -> str:
    """A hash of what a release would be made of: the dataset as it was validated, the program, and `options`."""
    told = hashlib.sha256(f"{outcome.state} {basis(dataset)} {options}".encode())
    for name in (LICENCE, INDEX_FILE):
        file = dataset.root / name
        told.update(hashlib.sha256(whole(file) if os.path.lexists(file) else b"-").digest())
    return told.hexdigest() if outcome.state else ""


def unchanged(dataset: Dataset, made: str, out: Path | None, cache: Path) -> Release | None:
    """The current release, where a build would make it again; None where that isn't known.

    Args:
        dataset: the dataset.
        made: of what, as `made_of` says.
        out: the folder of releases; None for that of the dataset.
        cache: the folder in which `remember` wrote.
    """
    releases = out or dataset.root / RELEASES
    try:
        told, _, digest = _file(dataset, cache).read_text("utf-8").partition("\n")
        kept = json.loads(told) if private(cache) and sha256(told.encode()) == digest else {}
        if kept.get("input") != _input(dataset, made, releases):
            return None
        folder = releases / kept["name"]
        zip = folder.with_name(f"{folder.name}.zip")
        sums = (folder / SUMS).read_bytes()
        whole = sha256(sums) == kept["sums"] and sha256(zip.read_bytes()) == kept["zip"] and not differing(folder, sums)
    except (OSError, ValueError, KeyError):
        return None
    same = whole and current_release(releases) == folder.name
    return Release(folder, kept["rows"], False, kept["told"]) if same else None


def remember(release: Release, dataset: Dataset, made: str, out: Path | None, outcome: Outcome, cache: Path) -> None:
    """Remember of what a release was made, unless a file was written since `outcome`; else as for `unchanged`."""
    steady = outcome.seen is not None and outcome.seen.files == scanned(dataset.root).files
    if not made or not steady or not private(cache):
        return
    kept = {
        "input": _input(dataset, made, out or dataset.root / RELEASES),
        "name": release.folder.name,
        "sums": sha256((release.folder / SUMS).read_bytes()),
        "zip": sha256(release.folder.with_name(f"{release.folder.name}.zip").read_bytes()),
        "rows": asdict(release)["rows"],
        "told": release.told,
    }
    text = json.dumps(kept, separators=(",", ":"))
    put(_file(dataset, cache), f"{text}\n{sha256(text.encode())}".encode())


def _file(dataset: Dataset, cache: Path) -> Path:
    return cache / f"{key_of(dataset.root)}.built"


def _input(dataset: Dataset, made: str, releases: Path) -> str:
    """A hash of all that a build reads: what it is made of, and the releases that there are to compare with."""
    told = hashlib.sha256(f"{made} {releases.absolute()}".encode())
    for folder in sorted({releases, dataset.root / RELEASES}):
        for entry in sorted(folder.iterdir()) if folder.is_dir() else ():
            if not entry.name.startswith("."):
                held = entry.lstat()
                told.update(f"{entry} {held.st_size} {held.st_mtime_ns} {held.st_ino} ".encode())
    return told.hexdigest()
