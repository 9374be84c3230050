"""What the importers of UCDP GED and ACLED share: a table with the source's own columns, and rows with positions."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

from conflict_incidents.core.countries import ECONOMIC_ZONE
from conflict_incidents.core.findings import Shown, show, user_text
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.exchange.importers.columns import clean_table, rename_columns
from conflict_incidents.exchange.importers.names import NameIndex
from conflict_incidents.exchange.importers.places import DECIMALS, GeoPoint, PlaceResolver, ResolvedPlace
from conflict_incidents.exchange.importers.rowvalues import OFF, degrees, is_in_country
from conflict_incidents.exchange.importers.store.batch import Accounting, Batch, ExternalValues, RowError, select_rows
from conflict_incidents.exchange.importers.store.files import sites
from conflict_incidents.exchange.importers.store.store import Incoming
from conflict_incidents.exchange.importers.tabular.grid import SourceRow, SourceTable, SourceTableError, listing
from conflict_incidents.exchange.importers.tabular.read import read_table

MAX_NAME_LENGTH = 200
"""The maximum length of a name or a title."""


def read_source(
    file: Path,
    options: argparse.Namespace,
    label: Shown,
    own_name: Callable[[str], str],
    required: Sequence[str],
    integers: Collection[str],
) -> SourceTable:
    """Read a table of a source, with the source's names of columns and the rows of `--where`.

    Args:
        file: the file.
        options: those of the command.
        label: what the file should be.
        own_name: returns the source's name of a column.
        required: the columns that it must have.
        integers: the columns of whole numbers.

    Raises:
        SourceTableError: the file isn't a table, has no rows, or is missing a column.
    """
    table = read_table(file, encoding=options.encoding, delimiter=options.delimiter, sheet=options.sheet)
    missing = sorted(set(required) - set(map(own_name, table.columns)), key=required.index)
    if missing:
        raise SourceTableError(f"{user_text(file)}: not {label}: it is missing {listing(missing)}; take all columns")
    if not table.rows:
        raise SourceTableError(f"{user_text(file)}: there are no rows under the header, so there is nothing to import")
    return rename_columns(
        select_rows(clean_table(table, own_name, {*integers, "latitude", "longitude"}), options.where), own_name
    )


class SourceImport:
    """An import in progress: the registries to look names up in, and the results so far.

    A subclass has `incident`, `clean`, which is applied to each cell, and `unused` columns, whose errors don't count.
    """

    clean: Callable[[str], str]
    unused: Collection[str]

    def __init__(self, dataset: Dataset, options: argparse.Namespace, batch: Batch) -> None:
        self.dataset, self.batch, self.order = dataset, batch, options.dates
        self.organisations, self.actors = (NameIndex(dataset, kind) for kind in ("organisation", "actor"))
        self.places = PlaceResolver(dataset, lambda: sites(options.out or dataset.root, batch.scheme))

    def incident(self, external: ExternalValues, foreign: str) -> Incoming:
        """Return the incident of a row with the id `foreign`, and account for each of its cells."""
        raise NotImplementedError

    def run(self, rows: Sequence[SourceRow], id_column: str, sources: Sequence[Incoming]) -> Batch:
        """Return the batch: `sources`, registry records, then incidents."""
        incidents = self.batch.take(rows, id_column, lambda row: self.clean(row.cells[id_column]), self._incident)
        created = (self.organisations.created, self.actors.created, self.places.created)
        self.batch.set_records(sources, created, incidents)
        return self.batch

    def _incident(self, row: SourceRow, foreign: str, account: Accounting) -> Incoming:
        for column, fault in row.faults.items():
            if column not in self.unused:
                raise RowError(column, fault)
        cells = {name: self.clean(cell) for name, cell in row.cells.items()}
        return self.incident(ExternalValues(cells, account), foreign)


def word_of(cells: Mapping[str, str], column: str, words: Mapping[str, str]) -> str:
    """Return our word for the code in a cell.

    Raises:
        RowError: the code is unknown.
    """
    if cells[column] not in words:
        raise RowError(column, f"{show(cells[column])} is none of {min(words)} to {max(words)}")
    return words[cells[column]]


def position_of(external: ExternalValues, country: str, margin: float = ECONOMIC_ZONE) -> tuple[GeoPoint | None, bool]:
    """Return the position of a row, and whether it is in a country; outside, at most by `margin`, there is a remark.

    Raises:
        RowError: the position is invalid, incomplete or farther away.
    """
    lat, lon = (degrees(external.cells[name], name, most) for name, most in (("latitude", 90), ("longitude", 180)))
    if (lat is None) != (lon is None):
        raise RowError("latitude" if lat is None else "longitude", "it is empty, and its counterpart isn't")
    if lat is None or lon is None:
        return None, False
    is_inside = is_in_country(country, lat, lon, "latitude", margin)
    if not is_inside:
        external.account.remark(OFF)
    return GeoPoint(round(lat, DECIMALS) + 0.0, round(lon, DECIMALS) + 0.0), is_inside


def account_for_position(external: ExternalValues, place: ResolvedPlace, position: GeoPoint | None) -> None:
    """Account for the position of a row, which is kept if it isn't that of the place."""
    if position and place.position != position:
        external.account.remark("the position isn't that of the place in the registry: kept under external")
    for column in ("latitude", "longitude"):
        name = column[:3]
        same = place.position and position and getattr(place.position, name) == getattr(position, name)
        external.account_for(column, bool(same), f"places.{name}")
