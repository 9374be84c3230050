"""Index rows, the data of a record that rules across records need, and the keys of look-ups between them.

A row is small plain data that outlives its record. A key identifies a look-up: files that used a key are validated
again when a file that provides it is added, removed or changed. Prevents: a rule across records that needs all of them
in memory, and a result that is older than what it depends on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from math import cos, floor, inf, radians
from typing import NamedTuple, Protocol
from zlib import crc32

from msgspec.json import Decoder, Encoder

from conflict_incidents.core.findings import Mark, Shown
from conflict_incidents.core.geo import Event
from conflict_incidents.dataset.index import filename_key
from conflict_incidents.dataset.snapshot import Snapshot

CELL = 0.1, 1.0
"""The height and width in degrees of the cells for nearby incidents: 11 km high; longitudes need no narrower ones."""
REACH = 0.05
"""The degrees of latitude within which incidents are nearby: 5.5 km, more than `similarity.NEAR`."""
NARROWEST = 0.02
"""The length of a degree of longitude, relative to one of latitude, below which no nearby incidents are found: at 88.8°
north and south.
"""
ASSUMED_YEARS = 200
"""The assumed length in years of an extent without an end."""


class Toll(NamedTuple):
    """An estimate of the incident as a whole, reduced to what comparisons use; `text` is for display."""

    low: int | None
    best: int | None
    high: int | None
    high_open: bool
    text: Shown

    @property
    def ends(self) -> tuple[float, float]:
        """The range of the number: from 0 if the low is unknown, without end if the high is unknown or open."""
        return self.low or 0, inf if self.high is None or self.high_open else self.high


class LinkRow(NamedTuple):
    """A link to another incident, with the positions of the id and of the kind."""

    kind: str
    incident: str
    at: Mark
    kind_at: Mark


class Extent(NamedTuple):
    """The extent of a count in space and time: a country and its units, and the first and last day, as stated."""

    country: str | None
    units: tuple[str, ...]
    since: str
    until: str


class ClaimRow(NamedTuple):
    """The maximum that an aggregate claims for a measure and group, as number and text, with its position."""

    measure: str
    group: str
    max: int
    text: str
    at: Mark


class ForeignId(NamedTuple):
    """An incident's id in another dataset, with its position."""

    scheme: str
    id: str
    at: Mark


class Naming(NamedTuple):
    """An id named by a waiver or a note, with its position."""

    id: str
    at: Mark


class Facts(NamedTuple):
    """The facts of an incident that comparisons use.

    `places` are the ids of its places, `names` all names of these; `certainty` is from 0 to 1; `tolls` are the
    estimates of all people by measure; `actors` are its parties and alleged perpetrators; `external` are its ids in
    other datasets, by scheme; `dismissals` are the kinds of its links that say whether two incidents are one, by id.
    `number_keys` are hashes of its nonzero numbers of people, each with its originator and the URL of its source.
    """

    id: str
    title: str
    event: Event
    certainty: float
    places: frozenset[str]
    names: tuple[str, ...]
    tolls: dict[str, Toll]
    actors: frozenset[str]
    external: dict[str, frozenset[str]]
    dismissals: dict[str, str]
    number_keys: frozenset[str] = frozenset()
    collection: str | None = None

    @property
    def days(self) -> int:
        """The number of days that its date covers."""
        return self.event.last - self.event.first + 1

    @property
    def toll(self) -> Toll | None:
        """The estimate of all killed; None if unknown."""
        return self.tolls.get("killed")

    @property
    def killed_text(self) -> Shown:
        """The number of killed, for display."""
        return self.toll.text if self.toll else Shown("unknown")


class IndexRow(NamedTuple):
    """The index row of a record; `path` is its file below the root, `at` the position of its id.

    `links` are those of an incident, `intact` whether all of them are valid. `facts` are None if it was withdrawn or
    its date is invalid. `extent` is that in which an incident counts towards aggregates, or that of an aggregate, and
    `claimed` are an aggregate's numbers. `naming` are the ids named by waivers, or by a change note of the kind `note`;
    `pending` is whether the note is unreleased. `external` are an incident's ids in other datasets, unless it was
    withdrawn.
    """

    path: str
    kind: str
    id: str
    status: str
    at: Mark
    links: tuple[LinkRow, ...] = ()
    intact: bool = True
    facts: Facts | None = None
    tolls: tuple[tuple[str, str, Toll], ...] = ()
    extent: Extent | None = None
    claimed: tuple[ClaimRow, ...] = ()
    naming: tuple[Naming, ...] = ()
    note: str = ""
    pending: bool = False
    external: tuple[ForeignId, ...] = ()

    @property
    def inside(self) -> bool:
        """Whether its file is in `data/`."""
        return self.path.startswith("data/")

    @property
    def withdrawn(self) -> bool:
        """Whether it is only a tombstone."""
        return self.status == "withdrawn"

    @property
    def headline(self) -> dict[tuple[str, str], Toll]:
        """The estimates of the incident as a whole, by measure and group."""
        return {(measure, group): toll for measure, group, toll in self.tolls}


class Others(Protocol):
    """The rows of all records, as looked up by rules across records."""

    @property
    def earlier(self) -> tuple[Snapshot, ...]:
        """The earlier states that this one is compared with."""

    def files(self, kind: str, id: str) -> list[str]:
        """Return the paths of the files of a kind named after an id, ignoring case and Unicode composition."""

    def rows_named(self, kind: str, id: str) -> list[IndexRow | None]:
        """Return the rows of the files of a kind named after an id; None for a file that is no valid record."""

    def outside_paths(self, id: str) -> list[str]:
        """Return the paths of files outside `data/`, validated with the dataset, that are named after an id."""

    def incident(self, id: str) -> IndexRow | None:
        """Look up an incident by id; None if missing."""

    def parts_of(self, id: str) -> list[IndexRow]:
        """Return the published incidents that are linked as `part_of` another, without parts of these; sorted by id."""

    def near(self, row: IndexRow) -> Iterator[IndexRow]:
        """Return incidents that may be near a row in place or identity, and begin at most a day apart according to
        their ids; of many, those most alike.
        """

    def rows_with_foreign_id(self, foreign: ForeignId, row: IndexRow) -> list[IndexRow]:
        """Return the incidents with an id of another dataset, a row's among them, sorted by path; of many, those most
        like the row.
        """

    def within(self, row: IndexRow) -> list[IndexRow]:
        """Return the counted incidents that may be within the extent of an aggregate."""


def stem_of(path: str) -> str:
    """Return the name of a record's file, without the suffix."""
    return path.rpartition("/")[2].removesuffix(".yaml")


DAY_KEY = "day"
"""Key: the day of the validation, for a record that has a later one."""


@lru_cache(maxsize=1 << 16)
def file_key(folder: str, id: str) -> str:
    """Key: files in a folder of records that are named after an id."""
    return f"file:{folder}:{filename_key(id)}"


def folder_key(folder: str) -> str:
    """Key: files in a folder of a registry, whatever their names."""
    return f"folder:{folder}"


def name_key(folder: str, name: str) -> str:
    """Key: records of a registry with a name."""
    return f"name:{folder}:{name}"


def page_key(account: tuple[str, str]) -> str:
    """Key: organisations with an account's address as their own."""
    return f"page:{account[0]}/{account[1]}"


def part_key(id: str) -> str:
    """Key: incidents that are parts of another."""
    return f"part:{id}"


def foreign_key(foreign: ForeignId) -> str:
    """Key: incidents with an id of another dataset."""
    return f"foreign:{foreign.scheme}={foreign.id}"


def near_keys(facts: Facts, days: Iterable[int], reach: float = 0) -> set[str]:
    """Keys: incidents of some days (by id) near a place, or with the same number in one article; of all cells within
    `reach` degrees of latitude.
    """
    cells = {cell for lat, lon in facts.event.positions for cell in _cells(lat, lon, reach)}
    places = {*cells, *facts.event.unplaced, *facts.number_keys}
    return {f"near:{day}:{where}" for day in days for where in places}


def _cells(lat: float, lon: float, reach: float) -> Iterator[str]:
    height, width = CELL
    across = reach / max(cos(radians(lat)), NARROWEST)
    for north in range(floor((lat - reach) / height), floor((lat + reach) / height) + 1):
        for east in range(floor((lon - across) / width), floor((lon + across) / width) + 1):
            yield f"{north}/{east % 360}"


def rank_of(row: IndexRow) -> int:
    """Return a number of 63 bits that is close for incidents that are alike: by toll, title and path."""
    if row.facts is None:
        return 0
    toll = row.facts.toll
    number = next((one for one in (toll.best, toll.low, toll.high) if one is not None), -1) if toll else -1
    title, path = (crc32(text.encode("utf-8", "replace")) for text in (row.facts.title, row.path))
    return min(number + 1, (1 << 19) - 1) << 44 | (title >> 20) << 32 | path


def extent_keys(extent: Extent, smallest: bool = False) -> set[str]:
    """Keys: incidents counted in a country or a unit of it in a year; `smallest` for the last of the units only."""
    first, last = (int(day[:4]) if day[:4].isdecimal() else 9999 for day in (extent.since, extent.until))
    where = (extent.country, *extent.units)
    years = range(first, min(last, first + ASSUMED_YEARS) + 1)
    return {f"within:{unit}:{year}" for unit in (where[-1:] if smallest else where) for year in years}


def dump_row(row: IndexRow) -> bytes:
    """Serialise a row."""
    return _ENCODER.encode(row)


_ENCODER = Encoder(order="deterministic")  # sets have no order
load_row = Decoder(IndexRow).decode
"""Deserialise a row."""
