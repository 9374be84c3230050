"""Administrative units: those listed in a dataset, and those of ISO 3166-2."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from conflict_incidents.core.countries import alpha3
from conflict_incidents.core.findings import Finding, Mark, Shown, bare, printable, show
from conflict_incidents.dataset import codelists
from conflict_incidents.records.parsing import Content

PATH = "data/codelists/admin_units.csv"
"""The path of a dataset's list, below its root."""
MAX_UNITS = 250_000
"""A limit well above the number of administrative units in the world."""


@dataclass(frozen=True, slots=True)
class AdminUnit:
    """An administrative unit: code, level 1 to 3, name, parent, country, bounding box and centre in degrees.

    The centre is (latitude, longitude), None if the list has none. Units of ISO 3166-2 have no box.
    """

    pcode: str
    level: int
    name: str
    parent: str
    country: str
    west: float = -180.0
    south: float = -90.0
    east: float = 180.0
    north: float = 90.0
    centre: tuple[float, float] | None = None

    @property
    def label(self) -> Shown:
        """The name as `Shown`: it comes from a list of places, not from a record."""
        return Shown(printable(self.name))

    def holds(self, lat: float, lon: float, margin: float = 0.0) -> bool:
        """Whether a position is in the box, widened by a margin in degrees."""
        return self.south - margin <= lat <= self.north + margin and self.west - margin <= lon <= self.east + margin


class AdminUnits(Mapping[str, AdminUnit]):
    """Administrative units by code: the listed ones, and those of ISO 3166-2 for countries without a list.

    `listed` are the dataset's own, by p-code; `findings` are the errors in its list.
    """

    def __init__(self, by_code: Mapping[str, AdminUnit], findings: list[Finding]) -> None:
        self.by_code = by_code
        self.findings = findings
        self._by_country: dict[str, list[AdminUnit]] = {}
        for unit in by_code.values():
            self._by_country.setdefault(unit.country, []).append(unit)

    def of_country(self, country: str) -> list[AdminUnit]:
        """Return the listed units of a country, by its alpha-3 code."""
        return self._by_country.get(country, [])

    def __getitem__(self, code: str) -> AdminUnit:
        unit = self.by_code.get(code) or (_subdivision(code) if "-" in code else None)
        if unit is None or (code not in self.by_code and unit.country in self._by_country):
            raise KeyError(code)
        return unit

    def __iter__(self) -> Iterator[str]:
        from pycountry import subdivisions

        yield from self.by_code
        yield from (one.code for one in subdivisions if one.code in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


@lru_cache(maxsize=8192)
def _subdivision(code: str) -> AdminUnit | None:
    """Look up a unit of ISO 3166-2; subdivisions of another one have level 2."""
    from pycountry import subdivisions  # takes long, and lists of a dataset need none

    subdivision: Any = subdivisions.get(code=code)  # type: ignore[no-untyped-call] # pycountry has no types here
    if subdivision is None:
        return None
    level = 2 if subdivision.parent_code else 1
    return AdminUnit(
        subdivision.code, level, subdivision.name, subdivision.parent_code or "", subdivision.country.alpha_3
    )


@lru_cache(maxsize=2)
def units(content: Content | None, path: str = PATH) -> tuple[Mapping[str, AdminUnit], list[Finding]]:
    """Parse a list of administrative units: units by p-code, and findings. The last lists are cached."""
    findings: list[Finding] = []
    listed: dict[str, tuple[int, AdminUnit]] = {}
    for line in codelists.lines(content, path, codelists.FORMS["admin_units"], findings):
        if len(listed) == MAX_UNITS:
            much = f"more than {MAX_UNITS:,} units; leave out what no place refers to"
            findings += codelists.table_form.run(path, [(Mark(line.number), much)])
            break
        unit = _unit(line.cells)
        listed[unit.pcode] = line.number, unit
    levels = {(unit.country, unit.level) for _, unit in listed.values()}
    whole = not findings
    astray = {code: why for code, (_, unit) in listed.items() if (why := _wrong_parent(unit, listed, levels, whole))}
    findings += codelists.table_form.run(path, [(Mark(listed[code][0]), message) for code, message in astray.items()])
    return {code: unit for code, (_, unit) in listed.items() if code not in astray}, findings


def _unit(cells: Mapping[str, str]) -> AdminUnit:
    west, south, east, north = (float(cells[side]) for side in ("west", "south", "east", "north"))
    centre = (float(cells["lat"]), float(cells["lon"])) if cells.get("lat") else None
    columns = (cells["pcode"], int(cells["level"]), cells["name_en"], cells["parent"], cells["country"])
    return AdminUnit(*columns, west, south, east, north, centre)


def _wrong_parent(
    unit: AdminUnit, listed: Mapping[str, tuple[int, AdminUnit]], levels: Container[tuple[str, int]], whole: bool
) -> Shown | None:
    """Return the error in a unit's parent: it must be a listed unit of a higher level, or the country for level 1.

    A parent isn't missed in a list that isn't `whole`: it may be in a row that can't be read.
    """
    if unit.parent in listed:
        _, above = listed[unit.parent]
        if above.level >= unit.level:
            parent = show(unit.parent)
            return f"the parent {parent} is of level {above.level}, not above level {unit.level}; correct one of them"
        if above.country != unit.country:
            parent, country = show(unit.parent), bare(unit.country)
            return f"the parent {parent} is in {bare(above.country)}, the unit in {country}; correct one of them"
    elif whole and unit.level > 1 and (unit.country, unit.level - 1) in levels:
        return f"the parent {show(unit.parent)} isn't in the list; correct it, or list it too"
    elif unit.level == 1 and unit.country[0] != "X" and alpha3(unit.parent) != unit.country:
        parent, country = show(unit.parent), bare(unit.country)
        return f"the parent {parent} of a unit of level 1 isn't its country, {country}; write the country's code"
    return None
