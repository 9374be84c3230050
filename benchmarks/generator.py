"""Generate datasets of any size from the records of the shipped dataset, valid under all rules.

    python -m benchmarks.generator 10k FOLDER

Each record is a copy of one of the dataset, moved by whole degrees into another country that is large enough, and in
time by whole weeks. One in ten copies a long record that people wrote from reports, the others an imported one. Every
country has its own places, administrative units and addresses of reports; organisations and actors are those of the
dataset. The same size always gives the same records.
"""

from __future__ import annotations

import csv
import io
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from shutil import copytree, rmtree

import pycountry

from conflict_incidents.core.countries import country_boxes

TOP = Path(__file__).parents[1]
HOME = "SYR", "SY"
"""The country whose records are moved, as ISO 3166 alpha-3 and alpha-2."""
CODED_MARK = "scheme: ucdp-ged"
"""The mark of an imported record."""
BY_HAND = 10
"""One record in so many is a copy of one that people wrote."""
DAYS_APART = 5 * 7
"""The number of days between the copies of these in one country."""
PERIOD = 1461 * 7
"""28 years in days, by which records are repeated in the past once every country has its own."""

_ID = re.compile(r"\bSYR-(\d{4})(\d{2})(\d{2})-(\w{4})\b")
_DAY = re.compile(r"\b(\d{4})([-/])(\d{1,2})\2(\d{1,2})\b")
_TITLE_DAY = re.compile(r"\b(\d{1,2}) ([A-Z][a-z]+) (\d{4})$", re.M)
_PLACE = re.compile(r"\b(place|area|origin): ([a-z0-9-]+)")
_POSITION = re.compile(r"\b(lat|lon): (-?[0-9.]+)")
_EVENT = re.compile(rf'({CODED_MARK}\n +id: ")(\d+)"')
_ADDRESS = re.compile(r'\burl: "?[^?\s"]+(\??)[^\s"]*')
_LIMITS = re.compile(r"^(?:from|to|complete): .*\n", re.M)
_MONTHS = [date(2000, month, 1).strftime("%B") for month in range(1, 13)]


@dataclass(frozen=True)
class Country:
    """A country to move records to: its ISO 3166 codes, and the displacement in degrees."""

    number: str
    alpha3: str
    alpha2: str
    north: int
    east: int

    def record(self, text: str, days: int) -> str:
        """Return an incident of another country, moved here and by so many days, with other ids in other datasets."""
        text = _EVENT.sub(lambda row: f'{row[1]}{self.number}{-days}{row[2]}"', text)
        text = _ADDRESS.sub(lambda row: f"{row[0]}{'&' if row[1] else '?'}in={self.alpha3}", text)
        text = _DAY.sub(lambda row: _moved_day(row, days), text)
        text = _TITLE_DAY.sub(lambda row: _moved_title(row, days), text)
        text = _ID.sub(lambda row: f"{self.alpha3}-{_shift_date(row[1], row[2], row[3], days):%Y%m%d}-{row[4]}", text)
        return self._move_positions(text)

    def place(self, text: str) -> str:
        """Return a place of another country, moved here."""
        text = re.sub(r"^id: (\S+)", lambda row: f"id: {self._id(row[1])}", text, flags=re.M)
        text = text.replace(f"country: {HOME[0]}", f"country: {self.alpha3}")
        return self._move_positions(re.sub(rf"\b(adm\d): {HOME[1]}", rf"\1: {self.alpha2}", text))

    def units(self, rows: list[dict[str, str]]) -> Iterator[dict[str, str]]:
        """Return the administrative units of another country, moved here."""
        for row in rows:
            if row["country"] != HOME[0]:
                continue
            clone = dict(row, country=self.alpha3)
            for key in ("pcode", "parent"):
                clone[key] = row[key].replace(HOME[1], self.alpha2, 1)
            for key in ("west", "east", "lon", "south", "north", "lat"):
                clone[key] = self._degrees("lon" if key in {"west", "east", "lon"} else "lat", row[key])
            yield clone

    def _move_positions(self, text: str) -> str:
        text = _PLACE.sub(lambda row: f"{row[1]}: {self._id(row[2])}", text)
        return _POSITION.sub(lambda row: f"{row[1]}: {self._degrees(row[1], row[2])}", text)

    def _id(self, place: str) -> str:
        return f"{place}-{self.alpha3.lower()}" if self.alpha3 != HOME[0] else place

    def _degrees(self, axis: str, value: str) -> str:
        """Convert a degree of the first country to one of this, with as many decimals."""
        if not value:
            return value
        return f"{float(value) + (self.north if axis == 'lat' else self.east):.{len(value.partition('.')[2])}f}"


def generate(folder: Path, records: int, data: Path = TOP / "data") -> None:
    """Write a dataset of so many incidents into a new folder."""
    for name in ("organisations", "actors", "datasets", "collections", "codelists"):
        copytree(data / name, folder / "data" / name)
    for name in ("actors", "collections"):
        for file in (folder / "data" / name).iterdir():
            file.write_text(_LIMITS.sub("", file.read_text("utf-8")), "utf-8")  # at all times, and everywhere
    (folder / "datapackage.json").write_text((TOP / "datapackage.json").read_text("utf-8"), "utf-8")
    countries: set[Country] = set()
    paths: set[Path] = set()
    for country, text in islice(_incidents(data), records):
        countries.add(country)
        id = _id_of(text)
        below = folder / "data" / "incidents" / id[:3] / id[4:8]
        if below not in paths:
            below.mkdir(parents=True)
            paths.add(below)
        (below / f"{id}.yaml").write_text(text, "utf-8")
    _registries(folder / "data", data, sorted(countries, key=lambda country: country.alpha3))


def _incidents(data: Path) -> Iterator[tuple[Country, str]]:
    texts = [file.read_text("utf-8") for file in sorted((data / "incidents" / HOME[0]).rglob("*.yaml"))]
    coded_texts = [text for text in texts if CODED_MARK in text]
    plain_texts = [text for text in texts if CODED_MARK not in text]
    groups = -(-len(coded_texts) // (BY_HAND - 1) // len(plain_texts))
    # coded ones of all years in any first part of them
    coded_texts = [text for start in range(97) for text in coded_texts[start::97]]
    countries = list(every_country())
    for period in range(6):
        for country in countries:
            copies = ((text, -DAYS_APART * group) for group in range(groups) for text in plain_texts)
            for number, text in enumerate(coded_texts):
                yield country, country.record(text, -PERIOD * period)
                if number % (BY_HAND - 1) == 0 and (one := next(copies, None)):
                    yield country, country.record(one[0], one[1] - PERIOD * period)


def every_country() -> Iterator[Country]:
    """Yield the home country, and each other whose box can contain the home's, moved there by whole degrees."""
    (home,) = country_boxes()[HOME[0]]
    for one in sorted(pycountry.countries, key=lambda one: (one.alpha_3 != HOME[0], one.alpha_3)):
        for west, south, east, north in country_boxes().get(one.alpha_3, ()):
            across = round((west + east - home[0] - home[2]) / 2)
            up = round((south + north - home[1] - home[3]) / 2)
            if (
                west <= home[0] + across
                and home[2] + across <= east
                and south <= home[1] + up
                and home[3] + up <= north
            ):
                yield Country(one.numeric, one.alpha_3, one.alpha_2, up, across)
                break


def _registries(into: Path, data: Path, countries: list[Country]) -> None:
    """Write the places and administrative units of countries."""
    (into / "places").mkdir()
    places = {file.stem: file.read_text("utf-8") for file in sorted((data / "places").glob("*.yaml"))}
    with (data / "codelists" / "admin_units.csv").open(encoding="utf-8", newline="") as stream:
        units = list(csv.DictReader(stream))
    units_csv = io.StringIO()
    table = csv.DictWriter(units_csv, units[0], lineterminator="\n")
    table.writeheader()
    for country in countries:
        table.writerows(country.units(units))
        for text in places.values():
            if f"country: {HOME[0]}" in text:
                clone = country.place(text)
                (into / "places" / f"{_id_of(clone)}.yaml").write_text(clone, "utf-8")
    (into / "codelists" / "admin_units.csv").write_text(units_csv.getvalue(), "utf-8")


def _id_of(text: str) -> str:
    return text.partition("\nid: ")[2].partition("\n")[0]


def _shift_date(year: str, month: str, day: str, days: int) -> date:
    return date(int(year), int(month), int(day)) + timedelta(days)


def _moved_day(match: re.Match[str], days: int) -> str:
    try:
        return _shift_date(match[1], match[3], match[4], days).isoformat().replace("-", match[2])
    except ValueError:  # no day, but numbers of an address
        return match[0]


def _moved_title(match: re.Match[str], days: int) -> str:
    if match[2] not in _MONTHS:
        return match[0]
    day = _shift_date(match[3], str(_MONTHS.index(match[2]) + 1), match[1], days)
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def size(text: str) -> int:
    """Parse a number such as `2k` or `1M`."""
    return int(float(text.rstrip("kM")) * {"k": 1_000, "M": 1_000_000}.get(text[-1], 1))


def main() -> None:
    """Write a dataset of the given size into the given folder, whose content is deleted."""
    records, folder = size(sys.argv[1]), Path(sys.argv[2])
    if folder.exists():
        rmtree(folder)
    generate(folder, records)


if __name__ == "__main__":
    main()
