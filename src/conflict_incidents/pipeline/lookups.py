"""The look-ups of rules across records in the stored results of all files.

A file provides keys; the rows of those that provide a key are found without reading the others.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator
from functools import lru_cache

from conflict_incidents.dataset import index_rows
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.dataset.index import incident_folder
from conflict_incidents.dataset.index_rows import ForeignId, IndexRow
from conflict_incidents.dataset.nesting import PART_OF, wholes
from conflict_incidents.dataset.similarity import NEAR, WEEK
from conflict_incidents.dataset.snapshot import Snapshot
from conflict_incidents.pipeline.result_tables import ResultTables
from conflict_incidents.pipeline.results import number_of
from conflict_incidents.pipeline.store import Store
from conflict_incidents.records.model import FOLDERS

KEPT_ROWS = 1024
"""The number of rows cached in memory."""
KEPT_WHOLES = 16
"""The number of incidents whose parts are cached in memory."""
MAX_NEAR = 40
"""The number of neighbours up to which an incident is compared with all: thousands of one place and day would make
millions of pairs.
"""
MOST_ALIKE = (
    "SELECT file FROM provides WHERE key = :key AND rank BETWEEN"
    " ifnull((SELECT rank FROM provides WHERE key = :key AND rank < :rank ORDER BY rank DESC LIMIT 1 OFFSET :rest), 0)"
    " AND ifnull((SELECT rank FROM provides WHERE key = :key AND rank > :rank ORDER BY rank LIMIT 1 OFFSET :rest),"
    f" {(1 << 63) - 1})"
)
"""The files that provide a key and are next to a rank, so many on each side."""


class Lookups(ResultTables):
    """Answers the look-ups of rules across records (see `dataset.index_rows.Others`), and logs their keys."""

    def __init__(
        self, dataset: Dataset, db: sqlite3.Connection | None = None, cache_key: str = "", store: Store | None = None
    ) -> None:
        super().__init__(db, cache_key, store)
        self.dataset = dataset
        self._lookups: set[str] = set()
        self._answers_cache: dict[tuple[str, ...], list[sqlite3.Row]] | None = None
        self._parts: dict[str, tuple[list[IndexRow], set[str]]] = {}

    @property
    def earlier(self) -> tuple[Snapshot, ...]:
        """The earlier states that this one is compared with."""
        return self.dataset.earlier

    def files(self, kind: str, id: str) -> list[str]:
        """Return the paths of the files of a kind named after an id, ignoring case and Unicode composition."""
        found = self._answers([index_rows.file_key(FOLDERS[kind], id)]) if kind in FOLDERS else []
        return [one["path"] for one in found if one["path"].startswith("data/")]

    def outside_paths(self, id: str) -> list[str]:
        """Return the paths of files outside `data/`, validated with the dataset, that are named after an id."""
        return [self.dataset.index.below_root(file) for file in self.dataset.index.stand_ins(id)]

    def rows_named(self, kind: str, id: str) -> list[IndexRow | None]:
        """Return the rows of the files of a kind named after an id; None for a file that is no valid record."""
        found = self._answers([index_rows.file_key(FOLDERS[kind], id)])
        inside = [one for one in found if one["path"].startswith("data/")]
        return [loaded(one["row"]) if one["row"] else None for one in inside if index_rows.stem_of(one["path"]) == id]

    def incident(self, id: str) -> IndexRow | None:
        """Look up an incident by id, None if missing; a file outside `data/` takes precedence."""
        own = f"data/{incident_folder(id).as_posix()}/{id}.yaml"
        named = self._rows([index_rows.file_key(FOLDERS["incident"], id)])
        found = {row.path: row for row in named if row.kind == "incident"}
        return next((found[path] for path in (*self.outside_paths(id), own) if path in found), None)

    def parts_of(self, id: str) -> list[IndexRow]:
        """Return the published incidents that are linked as `part_of` another, without parts of these; sorted by id.

        Those of the latest few are cached: every part asks for all parts of its whole.
        """
        if id not in self._parts:
            before, self._lookups = self._lookups, set()
            linked = (row for row in self._rows([index_rows.part_key(id)]) if row.inside and row.status == "published")
            parts = [row for row in linked if any(one.kind == PART_OF and one.incident == id for one in row.links)]
            ids = {part.id for part in parts}
            outermost = [part for part in parts if ids.isdisjoint(wholes(part, self.incident))]
            self._parts[id] = sorted(outermost, key=lambda part: part.id), self._lookups
            self._lookups = before
            if len(self._parts) > KEPT_WHOLES:
                del self._parts[next(iter(self._parts))]
        found, lookups = self._parts[id]
        self._lookups |= lookups
        return found

    def near(self, row: IndexRow) -> Iterator[IndexRow]:
        """Return incidents that may be near a row in place or identity, and begin at most a day apart according to
        their ids; of many, those most alike.
        """
        if row.facts is None:
            return iter(())
        event = row.facts.event
        last = event.last if event.last - event.first < WEEK else event.first
        days = range(event.first - NEAR.days, last + NEAR.days + 1)
        return self._rows(index_rows.near_keys(row.facts, days, index_rows.REACH), index_rows.rank_of(row))

    def rows_with_foreign_id(self, foreign: ForeignId, row: IndexRow) -> list[IndexRow]:
        """Return the incidents with an id of another dataset, a row's among them, sorted by path; of many, those most
        like the row.
        """
        there = self._rows([index_rows.foreign_key(foreign)], index_rows.rank_of(row))
        return [one for one in there if (foreign.scheme, foreign.id) in {each[:2] for each in one.external}]

    def within(self, row: IndexRow) -> list[IndexRow]:
        """Return the counted incidents that may be within the extent of an aggregate."""
        keys = index_rows.extent_keys(row.extent, smallest=True) if row.extent else set()
        return [one for one in self._rows(keys) if one.inside]

    def _rows(self, keys: Collection[str], rank: int | None = None) -> Iterator[IndexRow]:
        """Return the rows of the files that provide one of some keys, sorted by path; see `_answers`."""
        return (loaded(row) for _, row in self._answers(keys, rank) if row)

    def _answers(self, keys: Collection[str], rank: int | None = None) -> list[sqlite3.Row]:
        """Return path and row of the files that provide one of some keys, sorted by path; cached while one file is
        combined. With a rank, of more than `MAX_NEAR` files those next to it.
        """
        names = tuple(keys)
        self._lookups.update(names)
        if self._answers_cache is not None and names in self._answers_cache:
            return self._answers_cache[names]
        numbers = [number_of(key) for key in names]
        chosen = f"SELECT file FROM provides WHERE key IN ({_placeholders(numbers)})"
        if rank is not None:
            numbers = self._nearest(chosen, numbers, rank)
            chosen = _placeholders(numbers)
        answers = f"SELECT path, row FROM files JOIN processed USING (number) WHERE number IN ({chosen}) ORDER BY path"
        found = self.db.execute(answers, numbers).fetchall()
        if self._answers_cache is not None:
            self._answers_cache[names] = found
        return found

    def _nearest(self, chosen: str, keys: list[int], rank: int) -> list[int]:
        """Return the numbers of the files that a statement chooses by some keys, or of many those next to a rank."""
        some = self.db.execute(f"SELECT DISTINCT file FROM ({chosen}) LIMIT {MAX_NEAR + 1}", keys)
        files = {file for (file,) in some}
        if len(files) > MAX_NEAR:
            each = ({"key": key, "rank": rank, "rest": MAX_NEAR // 2 - 1} for key in keys)
            files = {file for one in each for (file,) in self.db.execute(MOST_ALIKE, one)}
        return list(files)


loaded = lru_cache(maxsize=KEPT_ROWS)(index_rows.load_row)
"""Return the row of a text."""


def _placeholders(values: Collection[object]) -> str:
    """Return the placeholders of some values in a statement."""
    return ", ".join("?" * len(values))
