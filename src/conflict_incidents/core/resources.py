"""Locate the schemas and the table contract: in an installed wheel, or at the top of a source checkout."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Final

DESCRIPTOR: Final = "datapackage.json"
"""The descriptor of a dataset and of a release: metadata, and the contract of the tables."""
_PACKAGE = Path(__file__).resolve().parents[1]
_CHECKOUT = _PACKAGE.parents[1]


def resource(name: str) -> Path:
    """Return the path of a packaged file or folder, by its path in a checkout: `schemas`, `datapackage.json`.

    Raises:
        FileNotFoundError: the installation lacks it.
    """
    for folder in (_PACKAGE, _CHECKOUT):
        if (folder / name).exists():
            return folder / name
    raise FileNotFoundError(f"the installed package is missing {name}; install it again")


def csv_rows(module: str, name: str) -> list[dict[str, str]]:
    """Return the rows of a packaged CSV file, which is in the folder of a module, given by its `__file__`."""
    with Path(module).with_name(name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))
