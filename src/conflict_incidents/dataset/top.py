"""Find the root folder of a dataset without reading it."""

from __future__ import annotations

from pathlib import Path

from conflict_incidents.core.resources import DESCRIPTOR


def is_dataset(folder: Path) -> bool:
    """Whether a folder is the root of a dataset: it has a descriptor, and a folder `data/` that isn't a link."""
    data = folder / "data"
    return (folder / DESCRIPTOR).is_file() and data.is_dir() and not data.is_symlink()


def top_of(folder: Path) -> Path | None:
    """Return the root of the dataset that contains a folder, the nearest at or above it; None if there is none."""
    return next((root for root in (folder, *folder.parents) if is_dataset(root)), None)
