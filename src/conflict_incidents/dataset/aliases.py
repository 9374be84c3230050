"""Alias tables: other spellings of names in the registries, from the dataset and from the package.

The aliases of a dataset are in `data/codelists/*_aliases.csv`: one spelling per line, the canonical name first.
"""

from __future__ import annotations

import csv
from pathlib import Path

from conflict_incidents.core.names import folded
from conflict_incidents.core.resources import resource
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.dataset.errors import DatasetError

SHIPPED = ("organisation_aliases",)
"""The alias tables of the founding dataset that every dataset has too."""


def aliases(dataset: Dataset, name: str) -> dict[tuple[str, ...], str]:
    """An alias table: the folded key columns → the last column. The dataset's own goes before what the package ships.

    Args:
        dataset: the dataset.
        name: of the table, as `organisation_aliases`.

    Raises:
        DatasetError: the file can't be read, or the installation lacks it.
    """
    return {tuple(folded(cell) for cell in cells): id for *cells, id in [*_shipped_table(name), *_rows(dataset, name)]}


def proper_names(dataset: Dataset, name: str) -> dict[str, str]:
    """By id, the first spelling in an alias table: the name to publish, where the registry lacks the record.

    Raises:
        DatasetError: the file can't be read, or the installation lacks it.
    """
    found: dict[str, str] = {}
    for *cells, id in [*_rows(dataset, name), *_shipped_table(name)]:
        found.setdefault(id, cells[-1])
    return found


def _shipped_table(name: str) -> list[list[str]]:
    """The table that the package ships, of organisations that report on every conflict; else a dataset of another
    conflict would take each of their spellings for an originator of its own."""
    if name not in SHIPPED:
        return []
    try:
        return _read(resource(f"data/codelists/{name}.csv"))
    except FileNotFoundError as error:
        raise DatasetError(str(error)) from error


def _rows(dataset: Dataset, name: str) -> list[list[str]]:
    file = dataset.root / "data" / "codelists" / f"{name}.csv"
    return _read(file) if file.exists() else []


def _read(file: Path) -> list[list[str]]:
    found: list[list[str]] = []
    try:
        with file.open(encoding="utf-8", newline="") as stream:
            rows = csv.reader(stream, strict=True)
            width = len(next(rows))
            for row in rows:
                if len(row) != width:
                    raise ValueError(f"line {rows.line_num} has {len(row)} cells instead of {width}")
                found.append([cell.strip() for cell in row])
    except (OSError, ValueError, StopIteration, csv.Error) as error:
        raise DatasetError(f"{file} can't be read as an alias table: {error}") from error
    return found
