"""The state of a dataset: the results of each file, in an SQLite table that answers look-ups of rules across records.

The table is in a temporary file, so that memory use doesn't grow with the records; `cache` keeps it for the next run.
`apply` updates it for changed files, and validates again only the files that looked up a key that these provide.
Prevents: a result that is older than what it depends on.
"""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from hashlib import sha256
from itertools import chain
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from conflict_incidents.core.files import blob_of, tree_of
from conflict_incidents.core.findings import Finding
from conflict_incidents.core.progress import track
from conflict_incidents.dataset import rows
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.dataset.index import incident_folder, is_judged_path
from conflict_incidents.dataset.nesting import PART_OF, wholes
from conflict_incidents.dataset.rows import Foreign, Row
from conflict_incidents.dataset.similarity import NEAR, WEEK
from conflict_incidents.dataset.snapshot import Snapshot
from conflict_incidents.pipeline.combine import combine
from conflict_incidents.pipeline.driver import (
    Result,
    content_at,
    dump_findings,
    load_findings,
    named_content,
    number_of,
    results,
)
from conflict_incidents.pipeline.scan import Scan
from conflict_incidents.pipeline.store import NEVER_WRITTEN, Store, temporary_copy
from conflict_incidents.records.model import FOLDERS

if TYPE_CHECKING:
    from conflict_incidents.pipeline.cluster import Cluster

NOTHING = "[]"
"""An empty list of findings, serialised."""

TABLES = (
    # `sound` is NULL if a file wasn't validated; columns that are scanned are apart from long ones
    "CREATE TABLE files (number INTEGER PRIMARY KEY, path TEXT UNIQUE, stat BLOB, blob TEXT, kind TEXT, id TEXT,"
    " sound INTEGER, folder INTEGER)",
    # `listing` is the digest of the folder's files, NULL if it can't be relied on; `tree` as git hashes the folder
    "CREATE TABLE folders (path TEXT PRIMARY KEY, listing BLOB, tree TEXT) WITHOUT ROWID",
    "CREATE TABLE processed (number INTEGER PRIMARY KEY, row TEXT, rank INTEGER, provides BLOB, requires BLOB,"
    " filled BLOB)",
    "CREATE TABLE combined (number INTEGER PRIMARY KEY, looked_up BLOB)",
    *(f"CREATE TABLE {found} (number INTEGER PRIMARY KEY, findings TEXT)" for found in ("found", "found_across")),
    "CREATE TABLE provides (key INTEGER, rank INTEGER, file INTEGER)",
    *(f"CREATE TABLE {keys} (key INTEGER, file INTEGER)" for keys in ("requires", "looked_up")),
    "CREATE TABLE judged_by (basis TEXT)",
    "CREATE TABLE judged_on (day INTEGER)",
)
KEPT = ("processed", "combined", "found", "found_across", "files")
FIRST, LAST = (
    tuple(f"CREATE INDEX IF NOT EXISTS by_{name} ON {columns}" for name, columns in several.items())
    for several in (
        {"id": "files (id)", "folder": "files (folder)", "provides": "provides (key, rank, file)"},
        {"requires": "requires (key, file)", "looked_up": "looked_up (key, file)"},
    )
)
"""The indexes needed to combine, and those for the next run."""
SETTINGS = ("journal_mode=MEMORY", "synchronous=OFF", "cache_size=-65536", "temp_store=FILE")
WORTH_KEEPING = 500
"""A tree is written again only if more than one in this many files was validated again."""
KEPT_ROWS = 1024
"""The number of rows cached in memory."""
KEPT_WHOLES = 16
"""The number of incidents whose parts are cached in memory."""
MOST_NEAR = 40
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


class Tree:
    """The results of the files of a dataset; implements `Others` for rules across records.

    `provides` are the keys of a file; `requires` are those that the rules on one record look up, `looked_up` those that
    the rules across records do. `store` has the rows of the files in the tables of a release; without it, none.
    """

    def __init__(
        self,
        dataset: Dataset,
        jobs: int | Cluster = 1,
        db: sqlite3.Connection | None = None,
        basis: str = "",
        store: Store | None = None,
    ) -> None:
        self.dataset = dataset
        self.jobs = jobs
        self.store = store
        self.db = db or sqlite3.connect("")
        self.cached = db is not None
        """Whether the tree is in the file of the cache, which isn't written to: so little changed that it is kept."""
        self._begin(NEVER_WRITTEN if db else TABLES)
        if db is None:
            self.db.execute("INSERT INTO judged_by VALUES (?)", (basis,))
            self.db.execute("INSERT INTO judged_on VALUES (0)")
        self._lookups: set[str] = set()
        self._answers_cache: dict[tuple[str, ...], list[sqlite3.Row]] | None = None
        self._parts: dict[str, tuple[list[Row], set[str]]] = {}

    def _begin(self, statements: Iterable[str]) -> None:
        """Set up the connection, and begin the transaction in which everything happens."""
        self.db.isolation_level = None
        self.db.row_factory = sqlite3.Row
        for statement in (*(f"PRAGMA {setting}" for setting in SETTINGS), *statements):
            self.db.execute(statement)
        self.db.execute("CREATE TEMP TABLE touched (key INTEGER PRIMARY KEY)")
        self.db.execute("BEGIN")

    def detach(self) -> None:
        """Continue in a temporary copy of the cached tree, since more will change than should be held in memory."""
        if self.cached:
            self.db, self.cached = temporary_copy(self.db), False
            self._begin(())
        if self.store:
            self.store.detach()

    @property
    def size(self) -> int:
        """The number of files."""
        (count,) = self.db.execute("SELECT count(*) FROM files").fetchone()
        return int(count)

    @property
    def earlier(self) -> tuple[Snapshot, ...]:
        """The earlier states that this one is compared with."""
        return self.dataset.earlier

    def refresh(self, seen: Scan) -> None:
        """Update the tree to the files in a scan, validating those that changed.

        Raises:
            DatasetError: the dataset's configuration can't be read.
        """
        listed = dict(iter(self.db.execute("SELECT path, listing FROM folders")))
        changed = [path for path, folder in seen.folders.items() if listed.get(path) != folder.digest()]
        vanished = listed.keys() - seen.folders.keys()
        again: list[str] = []
        removed: list[str] = []
        differing = 0
        for folder in [*changed, *vanished]:
            stored = {path: (stat, blob) for path, stat, blob in self._directly_in(folder)}
            present = dict(seen.folders[folder].files(folder)) if folder in seen.folders else {}
            removed += stored.keys() - present.keys()
            for path, stat in present.items():
                if path not in stored or stored[path][0] != stat:
                    differing += 1
                    again += [] if path in stored and self._holds(path, stored[path][1]) else [path]
        lacking = (self._unfilled() | self._outdated()) - {*removed, *again}
        if (differing + len(removed) + len(lacking)) * WORTH_KEEPING > self.size:
            self.detach()
        self.db.execute("UPDATE judged_on SET day = ?", (self.dataset.latest_day.toordinal(),))
        again += lacking
        self.apply([path for path in again if is_judged_path(path)], removed)
        self._note([path for path in again if not is_judged_path(path)])
        self._list(seen, changed, vanished)
        if self.store:
            filled = self.db.execute("SELECT id, filled FROM files JOIN processed USING (number) WHERE filled != x''")
            self.store.release((id, name) for id, name in filled)

    def _directly_in(self, folder: str) -> Iterator[tuple[str, bytes, str]]:
        """Yield path, signature and git hash of the files directly in a folder."""
        return iter(self.db.execute("SELECT path, stat, blob FROM files WHERE folder = ?", (number_of(folder),)))

    def _list(self, seen: Scan, changed: Collection[str], vanished: Collection[str]) -> None:
        """Store what identifies the files of changed folders, and the hashes of all folders above them."""
        self.db.executemany("DELETE FROM folders WHERE path = ?", ((path,) for path in vanished))
        for path in changed:
            folder = seen.folders[path]
            stats = [(seen.settled(file_stat), file) for file, file_stat in folder.files(path)]
            self.db.executemany("UPDATE files SET stat = ?1 WHERE path = ?2 AND stat IS NOT ?1", stats)
            listing = folder.digest() if all(stat for stat, _ in stats) else None
            self.db.execute("INSERT OR REPLACE INTO folders (path, listing) VALUES (?, ?)", (path, listing))
        stale = {above for path in (*changed, *vanished) for above in [path, *map(str, PurePosixPath(path).parents)]}
        inside: dict[str, dict[str, str]] = {}
        for path, tree in sorted(self.trees().items(), key=lambda one: one[0].count("/"), reverse=True):
            if path in stale:
                files = {file.rpartition("/")[2]: blob for file, _, blob in self._directly_in(path)}
                tree = tree_of(files, inside.get(path, {}))
                self.db.execute("UPDATE folders SET tree = ? WHERE path = ?", (tree, path))
            above, _, name = path.rpartition("/")
            inside.setdefault(above, {})[name] = tree

    def trees(self) -> dict[str, str]:
        """Return the hash that git has for each folder, by path; empty where unknown."""
        return {path: tree or "" for path, tree in self.db.execute("SELECT path, tree FROM folders")}

    def _outdated(self) -> set[str]:
        """Return the paths of the files in the tree whose findings may differ on this day.

        A day that was no longer in the future never is again, but for a clock that is set back.
        """
        (before,) = self.db.execute("SELECT day FROM judged_on").fetchone()
        now = self.dataset.latest_day.toordinal()
        if before > now:
            return set(self.record_paths())
        return self._dependents("requires", [number_of(rows.DAY_KEY)]) if before < now else set()

    def _unfilled(self) -> set[str]:
        """Return the paths of files whose table rows are wanted but not stored."""
        if self.store is None:
            return set()
        names = self.store.names()
        filled = self.db.execute("SELECT path, filled FROM files JOIN processed USING (number)")
        return {path for path, name in filled if name not in names}

    def _holds(self, path: str, blob: str) -> bool:
        """Whether a file's content has the given git hash."""
        return bool(blob) and named_content(content_at(path, self.dataset), path) == blob

    def _note(self, paths: Iterable[str]) -> None:
        """Store the git hashes of files that are neither records nor tables."""
        for path in paths:
            content = self.dataset.index.whole_content(self.dataset.root / path)
            blob = blob_of(content) if isinstance(content, bytes) else ""
            self.db.execute(
                "INSERT OR REPLACE INTO files (path, blob, folder) VALUES (?, ?, ?)", (path, blob, _folder_of(path))
            )

    def state(self) -> str:
        """Return a hash of the names and contents of all files; empty if the content of one is unknown."""
        hasher = sha256()
        for path, blob in self.db.execute("SELECT path, blob FROM files ORDER BY path"):
            if not blob:
                return ""
            hasher.update(f"{path}\0{blob}\n".encode())
        return hasher.hexdigest()

    def blobs(self, folders: Collection[str] | None = None) -> dict[str, str]:
        """Return the git hashes of the files directly in some folders, or of all, by path; empty where unknown."""
        if folders is None:
            return dict(iter(self.db.execute("SELECT path, blob FROM files")))
        return {path: blob for folder in folders for path, _, blob in self._directly_in(folder)}

    def apply(self, changed: Collection[str], removed: Iterable[str] = ()) -> set[str]:
        """Validate new and changed files, and the files that depend on them or on deleted ones.

        Returns the paths of all validated files.

        Raises:
            DatasetError: the dataset's configuration can't be read.
        """
        empty = self.db.execute("SELECT 1 FROM files").fetchone() is None
        touched: set[int] = set()
        for path in removed:
            touched.update(self._drop(path))
        filling = self.store is not None
        for result in results(sorted(changed), self.dataset, self.jobs, filling=filling):
            touched.update(self._put(result, empty))
        judged = set(changed)
        self._prepare(FIRST if empty else ())
        if not empty:
            again = self._dependents("requires", touched) - judged
            for result in results(sorted(again), self.dataset, self.jobs, filling=filling):
                touched.update(self._put(result))
            judged |= again | self._dependents("looked_up", touched)
        for path in track(sorted(judged), "comparing records", "file"):
            self._combine(path)
        self._parts.clear()  # they hold for one state of the files
        self._prepare(LAST if empty else ())
        return judged

    def _prepare(self, statements: Iterable[str]) -> None:
        for statement in statements:
            self.db.execute(statement)

    @contextmanager
    def as_of(self, dataset: Dataset) -> Iterator[None]:
        """Temporarily replace the dataset by another state of it; changes to the tree are rolled back on exit."""
        own, self.dataset = self.dataset, dataset
        self.db.execute("SAVEPOINT own")
        try:
            yield
        finally:
            self.db.execute("ROLLBACK TO own")
            self.dataset = own

    def _put(self, new: Result, empty: bool = False) -> Iterable[int]:
        """Store the result of a file; return the keys whose look-ups may now differ."""
        old = None if empty else self._stored_row(new.path)
        if old:
            self._forget(old)
        sound = None if new.findings is None else new.sound
        number = self.db.execute(
            "INSERT INTO files (number, path, blob, kind, id, sound, folder) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (old["number"] if old else None, new.path, new.blob, new.kind, new.id, sound, _folder_of(new.path)),
        ).lastrowid
        filled = None if self.store is None or new.filled is None else self.store.put(new.filled)
        processed = (number, new.row, new.rank, new.provides, new.requires, filled)
        self.db.execute("INSERT INTO processed VALUES (?, ?, ?, ?, ?, ?)", processed)
        self._tell("found", number, new.findings)
        provided = ((key, new.rank, number) for key in _numbers(new.provides))
        self.db.executemany("INSERT INTO provides VALUES (?, ?, ?)", provided)
        self._add_keys("requires", new.requires, number)
        if empty:  # nothing was looked up yet
            return ()
        if old and new.blob and (new.blob, new.row, new.provides) == (old["blob"], old["row"], old["provides"]):
            return ()
        return {*_numbers(new.provides), *_numbers(old["provides"] if old else b"")}

    def _drop(self, path: str) -> Iterable[int]:
        """Delete a file; return the keys whose look-ups may now differ."""
        old = self._stored_row(path)
        if old is None:
            return ()
        self._forget(old)
        return _numbers(old["provides"] or b"")

    def _stored_row(self, path: str) -> sqlite3.Row | None:
        joined = "files LEFT JOIN processed USING (number) LEFT JOIN combined USING (number)"
        found: sqlite3.Row | None = self.db.execute(f"SELECT * FROM {joined} WHERE path = ?", (path,)).fetchone()
        return found

    def _forget(self, old: sqlite3.Row) -> None:
        """Delete a file and its keys."""
        provided = ((key, old["rank"], old["number"]) for key in _numbers(old["provides"] or b""))
        self.db.executemany("DELETE FROM provides WHERE key = ? AND rank = ? AND file = ?", provided)
        for table in ("requires", "looked_up"):
            keys = ((key, old["number"]) for key in _numbers(old[table] or b""))
            self.db.executemany(f"DELETE FROM {table} WHERE key = ? AND file = ?", keys)
        for table in KEPT:
            self.db.execute(f"DELETE FROM {table} WHERE number = ?", (old["number"],))

    def _tell(self, table: str, number: int | None, findings: str | None) -> None:
        """Store findings, if any."""
        if findings and findings != NOTHING:
            self.db.execute(f"INSERT INTO {table} VALUES (?, ?)", (number, findings))

    def _add_keys(self, table: str, keys: bytes, number: int | None) -> None:
        self.db.executemany(f"INSERT INTO {table} VALUES (?, ?)", ((key, number) for key in _numbers(keys)))

    def _dependents(self, table: str, keys: Iterable[int]) -> set[str]:
        """Return the paths of the files that looked up one of some keys."""
        self.db.execute("DELETE FROM touched")
        self.db.executemany("INSERT OR IGNORE INTO touched VALUES (?)", ((key,) for key in keys))
        found = self.db.execute(
            f"SELECT DISTINCT path FROM touched CROSS JOIN {table} USING (key) CROSS JOIN files ON number = file"
        )
        return {path for (path,) in found}

    def _combine(self, path: str) -> None:
        """Run the rules across records on a file."""
        stored = self._stored_row(path)
        if stored is None or not stored["row"]:
            return
        self._lookups = set()
        self._answers_cache = {}
        try:
            findings = combine(_loaded(stored["row"]), self, self.dataset)
        finally:
            self._answers_cache = None  # the answers hold for one state of the files
        keys = array("q", sorted(map(number_of, self._lookups))).tobytes()
        number = stored["number"]
        if stored["looked_up"] != keys:
            old = ((key, number) for key in _numbers(stored["looked_up"] or b""))
            self.db.executemany("DELETE FROM looked_up WHERE key = ? AND file = ?", old)
            self._add_keys("looked_up", keys, number)
            self.db.execute("INSERT OR REPLACE INTO combined VALUES (?, ?)", (number, keys))
        if stored["looked_up"] is not None:
            self.db.execute("DELETE FROM found_across WHERE number = ?", (number,))
        self._tell("found_across", number, dump_findings(findings) if findings else None)

    def findings(self, paths: Collection[str] | None = None) -> Iterator[tuple[str, str, list[Finding]]]:
        """Yield path, id and findings of each file with findings, sorted by path; of all files or some."""
        found: dict[tuple[str, str], list[Finding]] = {}
        for table in ("found", "found_across"):
            query = f"SELECT path, id, findings FROM {table} JOIN files USING (number)"
            each = (self.db.execute(f"{query} WHERE path = ?", (path,)) for path in paths or ())
            for path, id, text in chain(self.db.execute(query) if paths is None else (), *each):
                found.setdefault((path, id), []).extend(load_findings(text, path))
        yield from ((path, id, sorted(set(found[path, id]))) for path, id in sorted(found))

    def of_id(self, id: str) -> set[str]:
        """Return the paths of the records with an id."""
        return {path for (path,) in self.db.execute("SELECT path FROM files WHERE id = ?", (id,))}

    def record_paths(self) -> list[str]:
        """Return the paths of all files that should be records or tables, sorted."""
        query = self.db.execute("SELECT path FROM files ORDER BY path")
        return [path for (path,) in query if is_judged_path(path)]

    @property
    def records(self) -> int:
        """The number of files that should be records."""
        (count,) = self.db.execute("SELECT count(*) FROM files WHERE sound NOT NULL").fetchone()
        return int(count)

    def seen(self, id: str) -> set[str]:
        """Return the kinds of the records with an id whose form is valid."""
        sound = "SELECT kind FROM files WHERE id = ? AND sound"
        return {kind for (kind,) in self.db.execute(sound, (id,))}

    # Look-ups of rules across records.

    def _answers(self, keys: Collection[str], rank: int | None = None) -> list[sqlite3.Row]:
        """Return path and row of the files that provide one of some keys, sorted by path; cached while one file is
        combined. With a rank, of more than `MOST_NEAR` files those next to it.
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
        some = self.db.execute(f"SELECT DISTINCT file FROM ({chosen}) LIMIT {MOST_NEAR + 1}", keys)
        files = {file for (file,) in some}
        if len(files) > MOST_NEAR:
            each = ({"key": key, "rank": rank, "rest": MOST_NEAR // 2 - 1} for key in keys)
            files = {file for one in each for (file,) in self.db.execute(MOST_ALIKE, one)}
        return list(files)

    def _rows(self, keys: Collection[str], rank: int | None = None) -> Iterator[Row]:
        """Return the rows of the files that provide one of some keys, sorted by path; see `_answers`."""
        return (_loaded(row) for _, row in self._answers(keys, rank) if row)

    def files(self, kind: str, id: str) -> list[str]:
        """Return the paths of the files of a kind named after an id, ignoring case and Unicode composition."""
        found = self._answers([rows.file_key(FOLDERS[kind], id)]) if kind in FOLDERS else []
        return [one["path"] for one in found if one["path"].startswith("data/")]

    def elsewhere(self, id: str) -> list[str]:
        """Return the paths of files outside `data/`, validated with the dataset, that are named after an id."""
        return [self.dataset.index.below_root(file) for file in self.dataset.index.stand_ins(id)]

    def named(self, kind: str, id: str) -> list[Row | None]:
        """Return the rows of the files of a kind named after an id; None for a file that is no valid record."""
        found = self._answers([rows.file_key(FOLDERS[kind], id)])
        inside = [one for one in found if one["path"].startswith("data/")]
        return [_loaded(one["row"]) if one["row"] else None for one in inside if rows.stem_of(one["path"]) == id]

    def incident(self, id: str) -> Row | None:
        """Look up an incident by id, None if missing; a file outside `data/` takes precedence."""
        own = f"data/{incident_folder(id).as_posix()}/{id}.yaml"
        found = {
            row.path: row for row in self._rows([rows.file_key(FOLDERS["incident"], id)]) if row.kind == "incident"
        }
        return next((found[path] for path in (*self.elsewhere(id), own) if path in found), None)

    def parts_of(self, id: str) -> list[Row]:
        """Return the published incidents that are linked as `part_of` another, without parts of these; sorted by id.

        Those of the latest few are cached: every part asks for all parts of its whole.
        """
        if id not in self._parts:
            before, self._lookups = self._lookups, set()
            linked = (row for row in self._rows([rows.part_key(id)]) if row.inside and row.status == "published")
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

    def near(self, row: Row) -> Iterator[Row]:
        """Return incidents that may be near a row in place or identity, and begin at most a day apart according to
        their ids; of many, those most alike.
        """
        if row.facts is None:
            return iter(())
        event = row.facts.event
        last = event.last if event.last - event.first < WEEK else event.first
        days = range(event.first - NEAR.days, last + NEAR.days + 1)
        return self._rows(rows.near_keys(row.facts, days, rows.REACH), rows.rank_of(row))

    def listed_as(self, foreign: Foreign, row: Row) -> list[Row]:
        """Return the incidents with an id of another dataset, a row's among them, sorted by path; of many, those most
        like the row.
        """
        there = self._rows([rows.foreign_key(foreign)], rows.rank_of(row))
        return [one for one in there if (foreign.scheme, foreign.id) in {each[:2] for each in one.external}]

    def within(self, row: Row) -> list[Row]:
        """Return the counted incidents that may be within the extent of an aggregate."""
        keys = rows.extent_keys(row.extent, smallest=True) if row.extent else set()
        return [one for one in self._rows(keys) if one.inside]


_loaded = lru_cache(maxsize=KEPT_ROWS)(rows.load_row)


def _folder_of(path: str) -> int:
    """Return the number of a file's folder."""
    return number_of(path.rpartition("/")[0])


def _placeholders(values: Collection[object]) -> str:
    """Return the placeholders of some values in a statement."""
    return ", ".join("?" * len(values))


def _numbers(keys: bytes) -> array[int]:
    return array("q", keys)
