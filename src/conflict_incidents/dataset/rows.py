"""Index rows: what rules across records need of a record, and the keys by which they ask for the rows of others.

A row is plain data, small, and lives longer than the record that it was made of. A key stands for a question: whoever
asked it is judged anew once a file that gives this key came, went or changed. Prevents: a rule across records that
needs all of them in memory, and a verdict that outlives what it rested on.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from math import floor
from typing import NamedTuple, Protocol

from conflict_incidents.core.findings import Mark
from conflict_incidents.core.geo import Event
from conflict_incidents.dataset.index import filename_key
from conflict_incidents.dataset.snapshot import Snapshot

BAND = 0.05
"""The degrees of latitude of the cells in which near incidents are looked for, more than `similarity.NEAR`: 5.5 km.
They are a degree of longitude wide, which is as much up to 87° north and south."""


LONGEST = 200
"""The years of an extent without an end."""


class Toll(NamedTuple):
    """An estimate of the incident as a whole, as far as records are compared by it; `text` is for a person to read."""

    low: int | None
    best: int | None
    high: int | None
    high_open: bool
    text: str


class Linked(NamedTuple):
    """A link to another incident, with the positions of the id and of the kind."""

    kind: str
    incident: str
    at: Mark
    kind_at: Mark


class Extent(NamedTuple):
    """Where and when something counts: a country and units of it, from a day on to another, as closely as stated."""

    country: str | None
    units: tuple[str, ...]
    since: str
    until: str


class Claimed(NamedTuple):
    """What an aggregate claims at most of a measure and group, in words too, and where."""

    measure: str
    group: str
    max: int
    text: str
    at: Mark


class Naming(NamedTuple):
    """An id that a waiver or a note names, and where."""

    id: str
    at: Mark


@dataclass(frozen=True, slots=True)
class Facts:
    """What a comparison of two incidents needs to know of one.

    `places` are the ids of its places, `names` all names of these; `certainty` is from 0 to 1; `tolls` are the
    estimates of all people by measure; `actors` are those said to have fought or done it; `external` are its ids in
    other datasets, by scheme; `answered` are the kinds of its links that say whether two incidents are one, by id.
    `told` are hashes of its numbers of people that aren't zero, each with its originator and the address that gives it.
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
    answered: dict[str, str]
    told: frozenset[str] = frozenset()
    collection: str | None = None

    @property
    def days(self) -> int:
        """How many days its date covers."""
        return self.event.last - self.event.first + 1

    @property
    def toll(self) -> Toll | None:
        """The estimate of all killed, None where unknown."""
        return self.tolls.get("killed")

    @property
    def killed(self) -> str:
        """How many were killed, for a person to read."""
        return self.toll.text if self.toll else "unknown"


@dataclass(frozen=True, slots=True)
class Row:
    """A record among others; `path` is that of its file below the root, `at` the position of its id.

    `links` are those of an incident, `intact` whether none of them was refused; `facts` are None where its date isn't
    one or it was withdrawn. `extent` is where and when an incident counts towards an aggregate, or an aggregate holds;
    `claimed` is what this claims. `naming` are the ids that waivers, or a note of the kind `note`,
    name; `pending` whether no published version has the note yet.
    """

    path: str
    kind: str
    id: str
    status: str
    at: Mark
    links: tuple[Linked, ...] = ()
    intact: bool = True
    facts: Facts | None = None
    tolls: tuple[tuple[str, str, Toll], ...] = ()
    extent: Extent | None = None
    claimed: tuple[Claimed, ...] = ()
    naming: tuple[Naming, ...] = ()
    note: str = ""
    pending: bool = False

    @property
    def inside(self) -> bool:
        """Whether its file is in `data/` of the dataset."""
        return self.path.startswith("data/")

    @property
    def withdrawn(self) -> bool:
        """Whether only a tombstone of it is left."""
        return self.status == "withdrawn"

    @property
    def headline(self) -> dict[tuple[str, str], Toll]:
        """The estimates of the incident as a whole, by measure and group."""
        return {(measure, group): toll for measure, group, toll in self.tolls}


class Others(Protocol):
    """The rows of all records, as a rule across records may ask for them."""

    @property
    def earlier(self) -> tuple[Snapshot, ...]:
        """The states that this one may lose nothing of."""

    def files(self, kind: str, id: str) -> list[str]:
        """The paths of the files of a kind that are named after an id, but for case and composition."""

    def named(self, kind: str, id: str) -> list[Row | None]:
        """The rows of the files of a kind that are named after an id; None for one that is no record."""

    def elsewhere(self, id: str) -> list[str]:
        """The paths of the files from elsewhere, judged with the dataset, that are named after an id."""

    def incident(self, id: str) -> Row | None:
        """The incident with an id, None where there is none."""

    def parts_of(self, id: str) -> list[Row]:
        """The published incidents that are linked as `part_of` another."""

    def near(self, row: Row) -> Iterator[Row]:
        """Incidents that may be near a row in place or identity, which begin at most a day apart, as their ids say."""

    def within(self, row: Row) -> list[Row]:
        """The incidents that count and may be in the extent of an aggregate."""


def stem_of(path: str) -> str:
    """The name of the file of a record, without the suffix."""
    return path.rpartition("/")[2].removesuffix(".yaml")


@lru_cache(maxsize=1 << 16)
def file_key(folder: str, id: str) -> str:
    """Files in a folder of records that are named after an id."""
    return f"file:{folder}:{filename_key(id)}"


def folder_key(folder: str) -> str:
    """Files in a folder of a registry, whatever their names."""
    return f"folder:{folder}"


def name_key(folder: str, name: str) -> str:
    """Records of a registry that are called by a name."""
    return f"name:{folder}:{name}"


def page_key(account: tuple[str, str]) -> str:
    """Organisations whose own address is that of an account."""
    return f"page:{account[0]}/{account[1]}"


def part_key(id: str) -> str:
    """Incidents that are parts of another."""
    return f"part:{id}"


def near_keys(facts: Facts, day: int, around: int = 0) -> set[str]:
    """Incidents near a place, of an id elsewhere, or with the same number in one article, whose own id has a day;
    `around` cells to each side.
    """
    about = range(-around, around + 1)
    cells = {
        f"{floor(lat / BAND) + north}/{(floor(lon) + east) % 360}"
        for lat, lon in facts.event.positions
        for north in about
        for east in about
    }
    same = {f"{scheme}={id}" for scheme, ids in facts.external.items() for id in ids}
    return {f"near:{day}:{where}" for where in (*cells, *facts.event.unplaced, *same, *facts.told)}


def extent_keys(extent: Extent, smallest: bool = False) -> set[str]:
    """Incidents that count in a country or a unit of it in a year; `smallest` for the last of the units alone."""
    first, last = (int(day[:4]) if day[:4].isdecimal() else 9999 for day in (extent.since, extent.until))
    where = (extent.country, *extent.units)
    years = range(first, min(last, first + LONGEST) + 1)
    return {f"within:{unit}:{year}" for unit in (where[-1:] if smallest else where) for year in years}


def dumped(row: Row) -> str:
    """A row as text."""
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"), default=_plain)


def _plain(value: object) -> list[object]:
    if isinstance(value, frozenset):
        return sorted(value)
    return [getattr(value, name) for name in _names(type(value))]


def _names(of: type) -> tuple[str, ...]:
    if of not in _FIELDS:
        _FIELDS[of] = tuple(one.name for one in fields(of))
    return _FIELDS[of]


_FIELDS: dict[type, tuple[str, ...]] = {}


def loaded(text: str) -> Row:
    """The row in a text that `dumped` made."""
    path, kind, id, status, at, links, intact, facts, tolls, extent, claimed, naming, note, pending = json.loads(text)
    return Row(
        path,
        kind,
        id,
        status,
        Mark(*at),
        tuple(Linked(kind, to, Mark(*one), Mark(*other)) for kind, to, one, other in links),
        intact,
        _facts(*facts) if facts else None,
        tuple((measure, group, Toll(*toll)) for measure, group, toll in tolls),
        Extent(extent[0], tuple(extent[1]), *extent[2:]) if extent else None,
        tuple(Claimed(measure, group, most, text, Mark(*where)) for measure, group, most, text, where in claimed),
        tuple(Naming(id, Mark(*where)) for id, where in naming),
        note,
        pending,
    )


def _facts(
    id: str,
    title: str,
    event: tuple[list[tuple[float, float]], int, int, list[str]],
    certainty: float,
    places: Iterable[str],
    names: Iterable[str],
    tolls: Mapping[str, list[object]],
    actors: Iterable[str],
    external: Mapping[str, Iterable[str]],
    answered: dict[str, str],
    told: Iterable[str],
    collection: str | None,
) -> Facts:
    positions, first, last, unplaced = event
    return Facts(
        id,
        title,
        Event(tuple((lat, lon) for lat, lon in positions), first, last, frozenset(unplaced)),
        certainty,
        frozenset(places),
        tuple(names),
        {measure: Toll(*toll) for measure, toll in tolls.items()},  # type: ignore[arg-type] # JSON has no tuple types
        frozenset(actors),
        {scheme: frozenset(ids) for scheme, ids in external.items()},
        answered,
        frozenset(told),
        collection,
    )
