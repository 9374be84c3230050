"""Alias tables and country codes that importers look names up in.

The aliases of a dataset stand in `data/codelists/*_aliases.csv`: a line a spelling, the proper name first. Prevents:
one organisation, actor or unit being taken for several because it is spelt in several ways.
"""

from __future__ import annotations

import csv
import unicodedata
from functools import cache
from pathlib import Path

from conflict_incidents.dataset import Dataset, DatasetError
from conflict_incidents.encoding import refused
from conflict_incidents.resources import resource
from conflict_incidents.spelling import folded

SHIPPED = ("organisation_aliases",)
"""The alias tables of the founding dataset that every dataset has too."""


def tidy(text: str) -> str:
    """Text as a record may hold it: composed, on one line, without control and other invisible characters."""
    composed = unicodedata.normalize("NFC", text)
    shown = "".join(character if refused(character) is None else " " for character in composed)
    return unicodedata.normalize("NFC", " ".join(shown.split()))


def aliases(dataset: Dataset, name: str) -> dict[tuple[str, ...], str]:
    """An alias table: the folded key columns → the last column. The dataset's own goes before what the package ships.

    Args:
        dataset: the dataset.
        name: of the table, as `organisation_aliases`.

    Raises:
        DatasetError: the file can't be read.
    """
    return {tuple(folded(cell) for cell in cells): id for *cells, id in [*_shipped(name), *_rows(dataset, name)]}


def proper_names(dataset: Dataset, name: str) -> dict[str, str]:
    """By id, the first spelling in an alias table: the name to publish, where the registry lacks the record.

    Raises:
        DatasetError: the file can't be read.
    """
    found: dict[str, str] = {}
    for *cells, id in [*_rows(dataset, name), *_shipped(name)]:
        found.setdefault(id, cells[-1])
    return found


def _shipped(name: str) -> list[list[str]]:
    """The table that the package ships, of organisations that report on every conflict; else a dataset of another
    conflict would take each of their spellings for an originator of its own."""
    return _read(resource(f"data/codelists/{name}.csv")) if name in SHIPPED else []


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


@cache
def countries() -> tuple[dict[str, str], dict[str, str], dict[str, tuple[str, str]]]:
    """ISO 3166-1 alpha-3 by Gleditsch-Ward number, by folded UCDP name, and the first number and name by ISO code."""
    by_number: dict[str, str] = {}
    by_name: dict[str, str] = {}
    back: dict[str, tuple[str, str]] = {}
    with (Path(__file__).parent / "gw_countries.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            by_number.setdefault(row["gwno"], row["iso3"])
            by_name.setdefault(folded(row["name"]), row["iso3"])
            back.setdefault(row["iso3"], (row["gwno"], row["name"]))
    return by_number, by_name, back
