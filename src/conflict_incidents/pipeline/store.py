"""The rows that the records of a dataset have in the tables of a release, in a table of SQLite.

The rows of a record are named by a hash of themselves, which the tree keeps of its file: so they can't outlive what
they rest on, whatever is kept of the two from one run to the next. Memory doesn't grow with the records.
"""

from __future__ import annotations

import json
import sqlite3
import weakref
from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b

from conflict_incidents.tables.contract import Cells

TABLES = (
    "CREATE TABLE rows (part TEXT, name BLOB, rows TEXT, PRIMARY KEY (part, name)) WITHOUT ROWID",
    "CREATE TABLE judged_by (basis TEXT)",
)
SETTINGS = ("journal_mode=MEMORY", "synchronous=OFF", "cache_size=-16384")
NONE = b""
"""The name of the rows of a file that has none."""

Rows = list[tuple[str, str]]
"""The rows of a record as text, with the names of their tables."""


class Store:
    """Rows by table and name; called with a table, a `tables.filling.Source` of those that are in the release."""

    def __init__(self, db: sqlite3.Connection | None = None, basis: str = "") -> None:
        self.db = db or sqlite3.connect("")
        self.db.isolation_level = None
        for statement in (*(f"PRAGMA {setting}" for setting in SETTINGS), *(() if db else TABLES)):
            self.db.execute(statement)
        self.db.execute("CREATE TEMP TABLE current (id TEXT, name BLOB)")
        self.db.execute("BEGIN")
        if db is None:
            self.db.execute("INSERT INTO judged_by VALUES (?)", (basis,))
        weakref.finalize(self, self.db.close)

    def put(self, rows: Rows) -> bytes:
        """Keep the rows of a record; their name."""
        if not rows:
            return NONE
        name = blake2b("\0".join(f"{part}\0{text}" for part, text in rows).encode(), digest_size=20).digest()
        self.db.executemany("INSERT OR IGNORE INTO rows VALUES (?, ?, ?)", ((part, name, text) for part, text in rows))
        return name

    def names(self) -> set[bytes]:
        """The names of all rows that are kept."""
        return {NONE, *(name for (name,) in self.db.execute("SELECT DISTINCT name FROM rows"))}

    def release(self, names: Iterable[tuple[str, bytes]]) -> None:
        """Say which rows are in the release, by the ids of the records and their names; the others are forgotten."""
        self.db.execute("DELETE FROM current")
        self.db.executemany("INSERT INTO current VALUES (?, ?)", sorted(names))
        self.db.execute("DELETE FROM rows WHERE name NOT IN (SELECT name FROM current)")

    def __call__(self, table: str) -> Iterator[Cells]:
        """The rows of a table, sorted by its key."""
        ordered = "SELECT rows FROM current CROSS JOIN rows ON part = ? AND rows.name = current.name"
        for (text,) in self.db.execute(f"{ordered} ORDER BY current.rowid", (table,)):
            yield from json.loads(text)


def dumped(rows: Mapping[str, list[Cells]]) -> Rows:
    """The rows of a record by table as text."""
    return [(part, json.dumps(held, ensure_ascii=False, separators=(",", ":"))) for part, held in rows.items()]
