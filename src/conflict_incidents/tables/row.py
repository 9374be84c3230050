"""The decorator `fills`, and functions shared by the modules that fill tables.

A function that fills a table is a generator of rows, marked by `fills`. To add a column, describe it in
`datapackage.json`, then add its value in the function that `fills` its table; one without the other is an error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from conflict_incidents.dataset.admin_units import AdminUnit
from conflict_incidents.records.model import Place, Record
from conflict_incidents.records.statements import Site
from conflict_incidents.tables.contract import CellValue, Row


@dataclass(frozen=True, slots=True)
class Lookup:
    """The data that a row needs besides its record: places by id, and administrative units by code."""

    place: Callable[[str], Place | None]
    admin_units: Mapping[str, AdminUnit]


Filler = Callable[[Any, Lookup], Iterator[Row]]


@dataclass(frozen=True, slots=True)
class Fill:
    """The function that fills a table, the type of record that it takes, and whether it takes withdrawn ones."""

    of: type[Record]
    rows: Filler
    tombstones: bool


FILLS: dict[str, Fill] = {}
"""The functions by the name of the table."""


def fills(table: str, of: type[Record], tombstones: bool = False) -> Callable[[Filler], Filler]:
    """Mark the function that makes the rows of a table from a record.

    Args:
        table: the table's name in `datapackage.json`.
        of: the kind of record.
        tombstones: whether withdrawn records have rows in it; else they have none.
    """

    def define(rows: Filler) -> Filler:
        if table in FILLS:
            raise ValueError(f"the table {table} is filled twice")
        FILLS[table] = Fill(of, rows, tombstones)
        return rows

    return define


def day_and_time(moment: str | None) -> tuple[CellValue, CellValue]:
    """Split a moment such as 2022-09-08T21:10:00+03:00 into the day and the rest; None if not stated."""
    return (moment[:10], moment[10:] or None) if moment else (None, None)


def join_ids(items: Iterable[str]) -> CellValue:
    """Join ids as one cell, separated by semicolons; None if there are none."""
    return ";".join(items) or None


def stated_columns(piece: Any, *names: str) -> Row:
    """Return the columns with the same names as fields of an object."""
    return {name: getattr(piece, name) for name in names}


def number_rows(key: str, id: str, parts: Iterable[Any], *same: str, **fields: str) -> Iterator[Row]:
    """Yield a row for each part of a record: the record's id as `key`, the part's number, and its fields.

    Args:
        key: the column of the record's id.
        id: the record's id.
        parts: the parts, in order.
        same: fields with a column of the same name.
        fields: further fields, by the name of the column.
    """
    for number, part in enumerate(parts, start=1):
        others = {column: getattr(part, field) for column, field in fields.items()}
        yield {key: id, "number": number, **stated_columns(part, *same), **others}


def withdrawal(record: Any) -> Row:
    """Return the columns on the withdrawal of a record or a claim."""
    taken_back = record.withdrawal
    return {
        "withdrawn_date": taken_back.date if taken_back else None,
        "withdrawn_reason": taken_back.reason if taken_back else None,
    }


def admin(place: Place | None, look: Lookup) -> Row:
    """Return the p-codes and names of the units of a place."""
    row: Row = {}
    for level in ("adm1", "adm2", "adm3"):
        pcode = place.admin.get(level) if place else None
        unit = look.admin_units.get(pcode or "")
        row[f"{level}_pcode"] = pcode
        row[f"{level}_name"] = unit.name if unit else None
    return row


def named_units(site: Site | None) -> Row:
    """Return the names of units that a source gives for a site."""
    units = site.units if site else None
    return {f"{level}_name": units.text(level) if units else None for level in ("adm1", "adm2", "adm3")}
