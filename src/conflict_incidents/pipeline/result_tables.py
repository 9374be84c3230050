"""The stored results of the files of a dataset, the keys that they provide and look up, and their findings."""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Collection, Iterable, Iterator
from hashlib import sha256
from itertools import chain

from conflict_incidents.core.findings import Finding
from conflict_incidents.dataset.index import is_judged_path
from conflict_incidents.pipeline.database import Database
from conflict_incidents.pipeline.results import Result, load_findings, number_of
from conflict_incidents.pipeline.store import Store

NOTHING = b"[]"
"""An empty list of findings, serialised."""
KEPT = ("processed", "combined", "found", "found_across", "files")


class ResultTables(Database):
    """The results of the files of a dataset.

    `provides` are the keys of a file; `requires` are those that the rules on one record look up, `looked_up` those that
    the rules across records do. `store` has the rows of the files in the tables of a release; without it, none.
    """

    tables = (
        # `sound` is NULL if a file wasn't validated; columns that are scanned are apart from long ones
        "CREATE TABLE files (number INTEGER PRIMARY KEY, path TEXT UNIQUE, stat BLOB, blob TEXT, kind TEXT, id TEXT,"
        " sound INTEGER, folder INTEGER)",
        # `listing` is the digest of the folder's files, NULL if it can't be relied on; `tree` as git hashes the folder
        "CREATE TABLE folders (path TEXT PRIMARY KEY, listing BLOB, tree TEXT) WITHOUT ROWID",
        "CREATE TABLE processed (number INTEGER PRIMARY KEY, row BLOB, rank INTEGER, provides BLOB, requires BLOB,"
        " filled BLOB)",
        "CREATE TABLE combined (number INTEGER PRIMARY KEY, looked_up BLOB)",
        *(f"CREATE TABLE {found} (number INTEGER PRIMARY KEY, findings BLOB)" for found in ("found", "found_across")),
        "CREATE TABLE provides (key INTEGER, rank INTEGER, file INTEGER)",
        *(f"CREATE TABLE {keys} (key INTEGER, file INTEGER)" for keys in ("requires", "looked_up")),
        "CREATE TABLE validated_on (day INTEGER)",
        "INSERT INTO validated_on VALUES (0)",
    )
    temporary = "CREATE TEMP TABLE touched (key INTEGER PRIMARY KEY)"
    cache_size = 64 << 10

    def __init__(self, db: sqlite3.Connection | None = None, cache_key: str = "", store: Store | None = None) -> None:
        super().__init__(db, cache_key)
        self.store = store

    @property
    def size(self) -> int:
        """The number of files."""
        (count,) = self.db.execute("SELECT count(*) FROM files").fetchone()
        return int(count)

    @property
    def records(self) -> int:
        """The number of files that should be records."""
        (count,) = self.db.execute("SELECT count(*) FROM files WHERE sound NOT NULL").fetchone()
        return int(count)

    def record_paths(self) -> list[str]:
        """Return the paths of all files that should be records or tables, sorted."""
        query = self.db.execute("SELECT path FROM files ORDER BY path")
        return [path for (path,) in query if is_judged_path(path)]

    def of_id(self, id: str) -> set[str]:
        """Return the paths of the records with an id."""
        return {path for (path,) in self.db.execute("SELECT path FROM files WHERE id = ?", (id,))}

    def kinds_of(self, id: str) -> set[str]:
        """Return the kinds of the records with an id whose form is valid."""
        sound = "SELECT kind FROM files WHERE id = ? AND sound"
        return {kind for (kind,) in self.db.execute(sound, (id,))}

    def findings(self, paths: Collection[str] | None = None) -> Iterator[tuple[str, str, list[Finding]]]:
        """Yield path, id and findings of each file with findings, sorted by path; of all files or some."""
        found: dict[tuple[str, str], list[Finding]] = {}
        for table in ("found", "found_across"):
            query = f"SELECT path, id, findings FROM {table} JOIN files USING (number)"
            each = (self.db.execute(f"{query} WHERE path = ?", (path,)) for path in paths or ())
            for path, id, text in chain(self.db.execute(query) if paths is None else (), *each):
                found.setdefault((path, id), []).extend(load_findings(text, path))
        yield from ((path, id, sorted(set(found[path, id]))) for path, id in sorted(found))

    def trees(self) -> dict[str, str]:
        """Return the hash that git has for each folder, by path; empty where unknown."""
        return {path: tree or "" for path, tree in self.db.execute("SELECT path, tree FROM folders")}

    def blobs(self, folders: Collection[str] | None = None) -> dict[str, str]:
        """Return the git hashes of the files directly in some folders, or of all, by path; empty where unknown."""
        if folders is None:
            return dict(iter(self.db.execute("SELECT path, blob FROM files")))
        return {path: blob for folder in folders for path, _, blob in self._directly_in(folder)}

    def state(self) -> str:
        """Return a hash of the names and contents of all files; empty if the content of one is unknown."""
        hasher = sha256()
        for path, blob in self.db.execute("SELECT path, blob FROM files ORDER BY path"):
            if not blob:
                return ""
            hasher.update(f"{path}\0{blob}\n".encode())
        return hasher.hexdigest()

    def _directly_in(self, folder: str) -> Iterator[tuple[str, bytes, str]]:
        """Yield path, signature and git hash of the files directly in a folder."""
        return iter(self.db.execute("SELECT path, stat, blob FROM files WHERE folder = ?", (number_of(folder),)))

    def _stored_row(self, path: str) -> sqlite3.Row | None:
        joined = "files LEFT JOIN processed USING (number) LEFT JOIN combined USING (number)"
        found: sqlite3.Row | None = self.db.execute(f"SELECT * FROM {joined} WHERE path = ?", (path,)).fetchone()
        return found

    def _put(self, new: Result, empty: bool = False) -> Iterable[int]:
        """Store the result of a file; return the keys whose look-ups may now differ."""
        old = None if empty else self._stored_row(new.path)
        if old:
            self._forget(old)
        sound = None if new.findings is None else new.sound
        number = self.db.execute(
            "INSERT INTO files (number, path, blob, kind, id, sound, folder) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (old["number"] if old else None, new.path, new.blob, new.kind, new.id, sound, folder_of(new.path)),
        ).lastrowid
        filled = None if self.store is None or new.filled is None else self.store.put(new.filled)
        processed = (number, new.row, new.rank, new.provides, new.requires, filled)
        self.db.execute("INSERT INTO processed VALUES (?, ?, ?, ?, ?, ?)", processed)
        self._store_findings("found", number, new.findings)
        provided = ((key, new.rank, number) for key in numbers_in(new.provides))
        self.db.executemany("INSERT INTO provides VALUES (?, ?, ?)", provided)
        self._add_keys("requires", new.requires, number)
        if empty:  # nothing was looked up yet
            return ()
        if old and new.blob and (new.blob, new.row, new.provides) == (old["blob"], old["row"], old["provides"]):
            return ()
        return {*numbers_in(new.provides), *numbers_in(old["provides"] if old else b"")}

    def _drop(self, path: str) -> Iterable[int]:
        """Delete a file; return the keys whose look-ups may now differ."""
        old = self._stored_row(path)
        if old is None:
            return ()
        self._forget(old)
        return numbers_in(old["provides"] or b"")

    def _forget(self, old: sqlite3.Row) -> None:
        """Delete a file and its keys."""
        provided = ((key, old["rank"], old["number"]) for key in numbers_in(old["provides"] or b""))
        self.db.executemany("DELETE FROM provides WHERE key = ? AND rank = ? AND file = ?", provided)
        for table in ("requires", "looked_up"):
            keys = ((key, old["number"]) for key in numbers_in(old[table] or b""))
            self.db.executemany(f"DELETE FROM {table} WHERE key = ? AND file = ?", keys)
        for table in KEPT:
            self.db.execute(f"DELETE FROM {table} WHERE number = ?", (old["number"],))

    def _store_findings(self, table: str, number: int | None, findings: bytes | None) -> None:
        """Store findings, if any."""
        if findings and findings != NOTHING:
            self.db.execute(f"INSERT INTO {table} VALUES (?, ?)", (number, findings))

    def _add_keys(self, table: str, keys: bytes, number: int | None) -> None:
        self.db.executemany(f"INSERT INTO {table} VALUES (?, ?)", ((key, number) for key in numbers_in(keys)))

    def _dependents(self, table: str, keys: Iterable[int]) -> set[str]:
        """Return the paths of the files that looked up one of some keys."""
        self.db.execute("DELETE FROM touched")
        self.db.executemany("INSERT OR IGNORE INTO touched VALUES (?)", ((key,) for key in keys))
        found = self.db.execute(
            f"SELECT DISTINCT path FROM touched CROSS JOIN {table} USING (key) CROSS JOIN files ON number = file"
        )
        return {path for (path,) in found}


def folder_of(path: str) -> int:
    """Return the number of a file's folder."""
    return number_of(path.rpartition("/")[0])


def numbers_in(keys: bytes) -> array[int]:
    """Return the keys stored in a column."""
    return array("q", keys)
