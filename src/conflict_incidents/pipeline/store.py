"""Store the rows of records in the tables of a release, in an SQLite table.

The rows of a record are addressed by their hash, which the tree stores with the file, so that stale rows can't be used
even if only one of the two is cached. Memory use doesn't grow with the number of records.
"""

from __future__ import annotations

import json
import sqlite3
import weakref
from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b

from conflict_incidents.tables.contract import Cells

TABLES = (
    "CREATE TABLE filled (number INTEGER PRIMARY KEY, name BLOB UNIQUE)",
    # numbers increase: a record is appended to each part, and a table is read from front to end
    "CREATE TABLE rows (part TEXT, number INTEGER, rows TEXT, PRIMARY KEY (part, number)) WITHOUT ROWID",
    "CREATE TABLE judged_by (basis TEXT)",
)
SETTINGS = ("journal_mode=MEMORY", "synchronous=OFF", "cache_size=-16384")
NEVER_WRITTEN = ("PRAGMA cache_spill=OFF",)
"""The settings of a cache file: what changes stays in memory, and is never committed."""
NONE = b""
"""The hash of an empty list of rows."""

Rows = list[tuple[str, str]]
"""The serialised rows of a record, each with the name of its table."""


class Store:
    """Rows by table and hash; call it with a table's name to get the released rows (see `tables.filling.Source`)."""

    def __init__(self, db: sqlite3.Connection | None = None, basis: str = "") -> None:
        self.db = db or sqlite3.connect("")
        self.cached = db is not None
        """Whether the rows are in the file of the cache, which isn't written to."""
        self._begin(NEVER_WRITTEN if db else TABLES)
        if db is None:
            self.db.execute("INSERT INTO judged_by VALUES (?)", (basis,))

    def _begin(self, statements: Iterable[str]) -> None:
        """Set up the connection, and begin the transaction in which everything happens."""
        self.db.isolation_level = None
        for statement in (*(f"PRAGMA {setting}" for setting in SETTINGS), *statements):
            self.db.execute(statement)
        self.db.execute("CREATE TEMP TABLE current (number INTEGER)")
        self.db.execute("BEGIN")
        weakref.finalize(self, self.db.close)

    def detach(self) -> None:
        """Continue in a temporary copy of the cached rows; see `Tree.detach`."""
        if self.cached:
            self.db, self.cached = temporary_copy(self.db), False
            self._begin(())

    def put(self, rows: Rows) -> bytes:
        """Store the rows of a record; return their hash."""
        if not rows:
            return NONE
        name = blake2b("\0".join(f"{part}\0{text}" for part, text in rows).encode(), digest_size=20).digest()
        processed = self.db.execute("INSERT OR IGNORE INTO filled (name) VALUES (?)", (name,))
        if processed.rowcount:
            number = processed.lastrowid
            self.db.executemany("INSERT INTO rows VALUES (?, ?, ?)", ((part, number, text) for part, text in rows))
        return name

    def names(self) -> set[bytes]:
        """Return the hashes of all stored rows."""
        return {NONE, *(name for (name,) in self.db.execute("SELECT name FROM filled"))}

    def release(self, names: Iterable[tuple[str, bytes]]) -> None:
        """Set the rows of the release, by record id and hash; delete all others."""
        self.db.execute("DELETE FROM current")
        paths = ((name,) for _, name in sorted(names))
        self.db.executemany("INSERT INTO current SELECT number FROM filled WHERE name = ?", paths)
        if self.db.execute("DELETE FROM filled WHERE number NOT IN (SELECT number FROM current)").rowcount:
            self.db.execute("DELETE FROM rows WHERE number NOT IN (SELECT number FROM current)")

    def __call__(self, table: str) -> Iterator[Cells]:
        """Yield the rows of a table, sorted by its key."""
        ordered = "SELECT rows FROM current CROSS JOIN rows ON part = ? AND rows.number = current.number"
        for (text,) in self.db.execute(f"{ordered} ORDER BY current.rowid", (table,)):
            yield from json.loads(text)


def temporary_copy(db: sqlite3.Connection) -> sqlite3.Connection:
    """Close a database, and return a copy of what was committed, in a file that is deleted on closing."""
    copy = sqlite3.connect("")
    db.rollback()
    db.backup(copy)
    db.close()
    return copy


def dump_rows(rows: Mapping[str, list[Cells]]) -> Rows:
    """Serialise the rows of a record by table."""
    return [
        (part, json.dumps(cells_of_part, ensure_ascii=False, separators=(",", ":")))
        for part, cells_of_part in rows.items()
    ]
