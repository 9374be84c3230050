"""Store the rows of records in the tables of a release, in an SQLite table.

The rows of a record are addressed by their hash, which the tree stores with the file, so that stale rows can't be used
even if only one of the two is cached. Memory use doesn't grow with the number of records.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b

from msgspec.json import decode, encode

from conflict_incidents.pipeline.database import Database
from conflict_incidents.tables.contract import Cells

NONE = b""
"""The hash of an empty list of rows."""

Rows = list[tuple[str, bytes]]
"""The serialised rows of a record, each with the name of its table."""


class Store(Database):
    """Rows by table and hash; call it with a table's name to get the released rows (see `tables.filling.RowSource`)."""

    tables = (
        "CREATE TABLE filled (number INTEGER PRIMARY KEY, name BLOB UNIQUE)",
        # numbers increase: a record is appended to each part, and a table is read from front to end
        "CREATE TABLE rows (part TEXT, number INTEGER, rows BLOB, PRIMARY KEY (part, number)) WITHOUT ROWID",
    )
    temporary = "CREATE TEMP TABLE current (number INTEGER)"
    cache_size = 16 << 10

    def put(self, rows: Rows) -> bytes:
        """Store the rows of a record; return their hash."""
        if not rows:
            return NONE
        name = blake2b(b"\0".join(b"%b\0%b" % (part.encode(), text) for part, text in rows), digest_size=20).digest()
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
            yield from decode(text)


def dump_rows(rows: Mapping[str, list[Cells]]) -> Rows:
    """Serialise the rows of a record by table."""
    return [(part, encode(cells_of_part)) for part, cells_of_part in rows.items()]
