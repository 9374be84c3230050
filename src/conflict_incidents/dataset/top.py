"""Find the top of a dataset, without reading it."""

from __future__ import annotations

from pathlib import Path

from conflict_incidents.core.resources import DESCRIPTOR


def is_dataset(folder: Path) -> bool:
    """Whether a folder is the root of a dataset: it has a descriptor, and a folder `data/` that isn't a link."""
    data = folder / "data"
    return (folder / DESCRIPTOR).is_file() and data.is_dir() and not data.is_symlink()


def top_of(folder: Path) -> Path | None:
    """The top of the dataset that a folder belongs to: the nearest one at or above it; None where there is none."""
    return next((root for root in (folder, *folder.parents) if is_dataset(root)), None)


def none_around(folder: Path) -> str:
    """What to say where `top_of` finds nothing."""
    return f"no dataset at or above {folder}: no folder there has data/ and {DESCRIPTOR}; name one by --root"
