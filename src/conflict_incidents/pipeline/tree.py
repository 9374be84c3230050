"""The state of a dataset: what came of each of its files, in a table that answers rules across records.

A table of SQLite, in a temporary file, so that memory doesn't grow with the records; `cache` keeps one for the next
run. `apply` brings it up to date with files that changed, and judges anew only what asked for a key that they give.
Prevents: a verdict that outlives what it rested on.
"""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from hashlib import sha256

from conflict_incidents.core.files import blob_of
from conflict_incidents.core.findings import Finding
from conflict_incidents.dataset import rows
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.dataset.index import incident_folder, is_judged_path
from conflict_incidents.dataset.nesting import PART_OF
from conflict_incidents.dataset.rows import Row
from conflict_incidents.dataset.similarity import NEAR
from conflict_incidents.dataset.snapshot import Snapshot
from conflict_incidents.pipeline.combine import combine
from conflict_incidents.pipeline.driver import (
    Result,
    Step,
    content_at,
    dumped,
    named_content,
    number_of,
    results,
    undumped,
)
from conflict_incidents.pipeline.scan import Scan
from conflict_incidents.pipeline.store import Store
from conflict_incidents.records.model import FOLDERS

NOTHING = "[]"
"""No findings, as text."""

TABLES = (
    # `sound` is empty where a file wasn't judged; what is looked through as a whole is apart from what is long
    "CREATE TABLE files (number INTEGER PRIMARY KEY, path TEXT UNIQUE, stat BLOB, blob TEXT, kind TEXT, id TEXT,"
    " sound INTEGER)",
    "CREATE TABLE made (number INTEGER PRIMARY KEY, row TEXT, gives BLOB, asks BLOB, filled BLOB)",
    "CREATE TABLE combined (number INTEGER PRIMARY KEY, asked BLOB)",
    *(f"CREATE TABLE {found} (number INTEGER PRIMARY KEY, findings TEXT)" for found in ("found", "found_across")),
    *(f"CREATE TABLE {keys} (key INTEGER, file INTEGER)" for keys in ("gives", "asks", "asked")),
    "CREATE TABLE judged_by (basis TEXT)",
)
KEPT = ("made", "combined", "found", "found_across", "files")
FIRST, LAST = (
    tuple(f"CREATE INDEX IF NOT EXISTS by_{name} ON {columns}" for name, columns in several.items())
    for several in (
        {"id": "files (id)", "gives": "gives (key, file)"},
        {"asks": "asks (key, file)", "asked": "asked (key, file)"},
    )
)
"""The indexes that are needed to combine, and those that are for the next run."""
SETTINGS = ("journal_mode=MEMORY", "synchronous=OFF", "cache_size=-65536", "temp_store=FILE")
KEPT_ROWS = 8192
"""How many rows are kept as they were last read."""


class Tree:
    """What came of the files of a dataset; for rules across records, `Others`.

    A file `gives` the keys to which it is an answer; `asks` are those that the rules on one record looked up, `asked`
    those that the rules across records did. `store` has the rows of the files in the tables of a release; without one
    they aren't made.
    """

    def __init__(
        self,
        dataset: Dataset,
        jobs: int = 1,
        db: sqlite3.Connection | None = None,
        basis: str = "",
        store: Store | None = None,
    ) -> None:
        self.dataset = dataset
        self.jobs = jobs
        self.store = store
        self.db = db or sqlite3.connect("")
        self.db.isolation_level = None
        self.db.row_factory = sqlite3.Row
        for statement in (*(f"PRAGMA {setting}" for setting in SETTINGS), *(() if db else TABLES)):
            self.db.execute(statement)
        self.db.execute("CREATE TEMP TABLE touched (key INTEGER PRIMARY KEY)")
        self.db.execute("BEGIN")
        if db is None:
            self.db.execute("INSERT INTO judged_by VALUES (?)", (basis,))
        self._asked: set[str] = set()
        self._answered: dict[tuple[str, ...], list[sqlite3.Row]] | None = None
        self.renewed = 0
        """How many files were judged anew, or read again to see whether they had to be."""

    @property
    def size(self) -> int:
        """How many files there are."""
        (count,) = self.db.execute("SELECT count(*) FROM files").fetchone()
        return int(count)

    @property
    def earlier(self) -> tuple[Snapshot, ...]:
        """The states that this one may lose nothing of."""
        return self.dataset.earlier

    def refresh(self, seen: Scan, step: Step | None = None) -> None:
        """Judge what changed in the dataset's folder since the tree was kept, by what `scanned` has seen there.

        Raises:
            DatasetError: what describes the dataset can't be read.
        """
        kept = {path: (stat, blob) for path, stat, blob in self.db.execute("SELECT path, stat, blob FROM files")}
        differing = [path for path, stat in seen.files.items() if path not in kept or kept[path][0] != stat]
        again = [path for path in differing if path not in kept or not self._holds(path, kept[path][1])]
        gone = kept.keys() - seen.files.keys()
        lacking = self._unfilled() - gone - set(again)
        again += lacking
        self.apply([path for path in again if is_judged_path(path)], gone, step)
        self._note([path for path in again if not is_judged_path(path)])
        self.renewed += len(differing) + len(gone) + len(lacking)
        settled = ((seen.settled(path), path) for path in differing)
        self.db.executemany("UPDATE files SET stat = ? WHERE path = ?", settled)
        if self.store:
            filled = self.db.execute("SELECT id, filled FROM files JOIN made USING (number) WHERE filled != x''")
            self.store.release((id, name) for id, name in filled)

    def _unfilled(self) -> set[str]:
        """The paths of the files whose rows in the tables of a release are wanted and weren't made, or aren't kept."""
        if self.store is None:
            return set()
        names = self.store.names()
        made = self.db.execute("SELECT path, filled FROM files JOIN made USING (number)")
        return {path for path, name in made if name not in names}

    def _holds(self, path: str, blob: str) -> bool:
        """Whether a file still holds what it did."""
        return bool(blob) and named_content(content_at(path, self.dataset), path) == blob

    def _note(self, paths: Iterable[str]) -> None:
        """Keep what files hold that are no records."""
        for path in paths:
            content = self.dataset.index.whole_content(self.dataset.root / path)
            blob = blob_of(content) if isinstance(content, bytes) else ""
            self.db.execute("INSERT OR REPLACE INTO files (path, blob) VALUES (?, ?)", (path, blob))

    def state(self) -> str:
        """A hash of the names and contents of all files; empty where the content of one isn't known."""
        held = self.blobs()
        told = "".join(f"{path}\0{blob}\n" for path, blob in sorted(held.items()))
        return sha256(told.encode("utf-8", "surrogateescape")).hexdigest() if all(held.values()) else ""

    def blobs(self) -> dict[str, str]:
        """Git's names of what the files hold, by path; empty where it isn't known."""
        return dict(iter(self.db.execute("SELECT path, blob FROM files")))

    def apply(self, changed: Collection[str], gone: Iterable[str] = (), step: Step | None = None) -> set[str]:
        """Judge files that are new or have changed, and what rests on them or on those that are gone.

        Returns the paths of all that were judged anew.

        Raises:
            DatasetError: what describes the dataset can't be read.
        """
        empty = self.db.execute("SELECT 1 FROM files").fetchone() is None
        touched: set[int] = set()
        for path in gone:
            touched.update(self._drop(path))
        filling = self.store is not None
        for result in results(sorted(changed), self.dataset, self.jobs, step=step, filling=filling):
            touched.update(self._put(result, empty))
        judged = set(changed)
        self._prepare(FIRST if empty else ())
        if not empty:
            again = self._asking("asks", touched) - judged
            for result in results(sorted(again), self.dataset, self.jobs, filling=filling):
                touched.update(self._put(result))
            judged |= again | self._asking("asked", touched)
        for path in sorted(judged):
            self._combine(path)
        self._prepare(LAST if empty else ())
        return judged

    def _prepare(self, statements: Iterable[str]) -> None:
        for statement in statements:
            self.db.execute(statement)

    @contextmanager
    def as_of(self, dataset: Dataset) -> Iterator[None]:
        """Let the tree be that of another state of the dataset for a while; what is judged meanwhile is taken back."""
        own, self.dataset = self.dataset, dataset
        self.db.execute("SAVEPOINT own")
        try:
            yield
        finally:
            self.db.execute("ROLLBACK TO own")
            self.dataset = own

    def _put(self, new: Result, empty: bool = False) -> Iterable[int]:
        """Keep what came of a file; the keys to which there is another answer now."""
        old = None if empty else self._kept(new.path)
        if old:
            self._forget(old)
        sound = None if new.findings is None else new.sound
        number = self.db.execute(
            "INSERT INTO files (number, path, blob, kind, id, sound) VALUES (?, ?, ?, ?, ?, ?)",
            (old["number"] if old else None, new.path, new.blob, new.kind, new.id, sound),
        ).lastrowid
        filled = None if self.store is None or new.filled is None else self.store.put(new.filled)
        self.db.execute("INSERT INTO made VALUES (?, ?, ?, ?, ?)", (number, new.row, new.gives, new.asks, filled))
        self._tell("found", number, new.findings)
        self._ask("gives", new.gives, number)
        self._ask("asks", new.asks, number)
        if old and new.blob and (new.blob, new.row, new.gives) == (old["blob"], old["row"], old["gives"]):
            return ()
        return {*_numbers(new.gives), *_numbers(old["gives"] if old else b"")}

    def _drop(self, path: str) -> Iterable[int]:
        """Forget a file; the keys to which there is another answer now."""
        old = self._kept(path)
        if old is None:
            return ()
        self._forget(old)
        return _numbers(old["gives"] or b"")

    def _kept(self, path: str) -> sqlite3.Row | None:
        joined = "files LEFT JOIN made USING (number) LEFT JOIN combined USING (number)"
        found: sqlite3.Row | None = self.db.execute(f"SELECT * FROM {joined} WHERE path = ?", (path,)).fetchone()
        return found

    def _forget(self, old: sqlite3.Row) -> None:
        """Take out a file, and its keys."""
        for table in ("gives", "asks", "asked"):
            keys = ((key, old["number"]) for key in _numbers(old[table] or b""))
            self.db.executemany(f"DELETE FROM {table} WHERE key = ? AND file = ?", keys)
        for table in KEPT:
            self.db.execute(f"DELETE FROM {table} WHERE number = ?", (old["number"],))

    def _tell(self, table: str, number: int | None, findings: str | None) -> None:
        """Keep findings, where there are any."""
        if findings and findings != NOTHING:
            self.db.execute(f"INSERT INTO {table} VALUES (?, ?)", (number, findings))

    def _ask(self, table: str, keys: bytes, number: int | None) -> None:
        self.db.executemany(f"INSERT INTO {table} VALUES (?, ?)", ((key, number) for key in _numbers(keys)))

    def _asking(self, table: str, keys: Iterable[int]) -> set[str]:
        """The paths of the files that asked for one of some keys."""
        self.db.execute("DELETE FROM touched")
        self.db.executemany("INSERT OR IGNORE INTO touched VALUES (?)", ((key,) for key in keys))
        found = self.db.execute(
            f"SELECT DISTINCT path FROM touched CROSS JOIN {table} USING (key) CROSS JOIN files ON number = file"
        )
        return {path for (path,) in found}

    def _combine(self, path: str) -> None:
        """Judge a file among the others."""
        kept = self._kept(path)
        if kept is None or not kept["row"]:
            return
        self._asked = set()
        self._answered = {}
        try:
            findings = combine(_loaded(kept["row"]), self, self.dataset)
        finally:
            self._answered = None  # another state of the files gives other answers
        keys = array("q", sorted(map(number_of, self._asked))).tobytes()
        number = kept["number"]
        if kept["asked"] != keys:
            old = ((key, number) for key in _numbers(kept["asked"] or b""))
            self.db.executemany("DELETE FROM asked WHERE key = ? AND file = ?", old)
            self._ask("asked", keys, number)
            self.db.execute("INSERT OR REPLACE INTO combined VALUES (?, ?)", (number, keys))
        self.db.execute("DELETE FROM found_across WHERE number = ?", (number,))
        self._tell("found_across", number, dumped(findings) if findings else None)

    def findings(self, paths: Collection[str] | None = None) -> Iterator[tuple[str, str, list[Finding]]]:
        """The paths of files with findings, of some or of all, the ids that waivers name them by, and the findings."""
        found: dict[tuple[str, str], list[Finding]] = {}
        for table in ("found", "found_across"):
            told = f"SELECT path, id, findings FROM {table} JOIN files USING (number)"
            for path, id, text in self.db.execute(told):
                if paths is None or path in paths:
                    found.setdefault((path, id), []).extend(undumped(text, path))
        yield from ((path, id, sorted(set(found[path, id]))) for path, id in sorted(found))

    def of_id(self, id: str) -> set[str]:
        """The paths of the files of the records with an id."""
        return {path for (path,) in self.db.execute("SELECT path FROM files WHERE id = ?", (id,))}

    def judged(self) -> list[str]:
        """The paths of all files that are meant as records or tables, sorted."""
        told = self.db.execute("SELECT path FROM files ORDER BY path")
        return [path for (path,) in told if is_judged_path(path)]

    def records(self) -> list[str]:
        """The paths of all files that are meant as records, sorted."""
        return [path for (path,) in self.db.execute("SELECT path FROM files WHERE sound NOT NULL ORDER BY path")]

    def seen(self, id: str) -> set[str]:
        """The kinds of the records with an id that were judged whole, as nothing of their form was refused."""
        sound = "SELECT kind FROM files WHERE id = ? AND sound"
        return {kind for (kind,) in self.db.execute(sound, (id,))}

    # What rules across records ask for.

    def _answers(self, keys: Collection[str]) -> list[sqlite3.Row]:
        """The paths and rows of the files that give one of some keys, sorted by path; rules ask for the same."""
        asked = tuple(keys)
        if self._answered is not None and asked in self._answered:
            return self._answered[asked]
        self._asked.update(asked)
        given = f"SELECT file FROM gives WHERE key IN ({', '.join('?' * len(asked))})"
        answers = f"SELECT path, row FROM files JOIN made USING (number) WHERE number IN ({given}) ORDER BY path"
        found = self.db.execute(answers, [number_of(key) for key in asked]).fetchall()
        if self._answered is not None:
            self._answered[asked] = found
        return found

    def _rows(self, keys: Collection[str]) -> Iterator[Row]:
        """The rows of the files that give one of some keys, sorted by path."""
        return (_loaded(row) for _, row in self._answers(keys) if row)

    def files(self, kind: str, id: str) -> list[str]:
        """The paths of the files of a kind that are named after an id, but for case and composition."""
        found = self._answers([rows.file_key(FOLDERS[kind], id)]) if kind in FOLDERS else []
        return [one["path"] for one in found if one["path"].startswith("data/")]

    def elsewhere(self, id: str) -> list[str]:
        """The paths of the files from elsewhere, judged with the dataset, that are named after an id."""
        return [self.dataset.index.below_root(file) for file in self.dataset.index.stand_ins(id)]

    def named(self, kind: str, id: str) -> list[Row | None]:
        """The rows of the files of a kind that are named after an id; None for one that is no record."""
        found = self._answers([rows.file_key(FOLDERS[kind], id)])
        inside = [one for one in found if one["path"].startswith("data/")]
        return [_loaded(one["row"]) if one["row"] else None for one in inside if rows.stem_of(one["path"]) == id]

    def incident(self, id: str) -> Row | None:
        """The incident with an id, None where there is none; one from elsewhere goes before that of the dataset."""
        own = f"data/{incident_folder(id).as_posix()}/{id}.yaml"
        found = {
            row.path: row for row in self._rows([rows.file_key(FOLDERS["incident"], id)]) if row.kind == "incident"
        }
        return next((found[path] for path in (*self.elsewhere(id), own) if path in found), None)

    def parts_of(self, id: str) -> list[Row]:
        """The published incidents that are linked as `part_of` another."""
        linked = (row for row in self._rows([rows.part_key(id)]) if row.inside and row.status == "published")
        return [row for row in linked if any(one.kind == PART_OF and one.incident == id for one in row.links)]

    def near(self, row: Row) -> Iterator[Row]:
        """Incidents that may be near a row in place or identity, which begin at most a day apart, as their ids say."""
        if row.facts is None:
            return iter(())
        first = row.facts.event.first
        days = range(first - NEAR.days, first + NEAR.days + 1)
        return self._rows({key for day in days for key in rows.near_keys(row.facts, day, around=1)})

    def within(self, row: Row) -> list[Row]:
        """The incidents that count and may be in the extent of an aggregate."""
        keys = rows.extent_keys(row.extent, smallest=True) if row.extent else set()
        return [one for one in self._rows(keys) if one.inside]


_loaded = lru_cache(maxsize=KEPT_ROWS)(rows.loaded)


def _numbers(keys: bytes) -> array[int]:
    return array("q", keys)
