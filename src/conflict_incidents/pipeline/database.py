"""A database in a file of the cache or a temporary one: memory use doesn't grow with the number of records."""

from __future__ import annotations

import sqlite3
import weakref
from collections.abc import Iterable
from typing import ClassVar

NEVER_WRITTEN = ("PRAGMA cache_spill=OFF",)
"""The settings of a cache file: what changes stays in memory, and is never committed."""


class Database:
    """Tables in SQLite; `cache_key` is a hash of what all results depend on."""

    tables: ClassVar[Iterable[str]]
    """The statements that create the tables."""
    temporary: ClassVar[str]
    """The statement that creates the table of a query, which isn't kept."""
    cache_size: ClassVar[int]
    """The maximum size of the pages in memory in KiB."""

    def __init__(self, db: sqlite3.Connection | None = None, cache_key: str = "") -> None:
        self.db = db or sqlite3.connect("")
        self.cached = db is not None
        """Whether the tables are in a file of the cache, which isn't written to: so little changed that it is kept."""
        self._begin(NEVER_WRITTEN if db else (*self.tables, "CREATE TABLE cached_for (cache_key TEXT)"))
        if db is None:
            self.db.execute("INSERT INTO cached_for VALUES (?)", (cache_key,))

    def _begin(self, statements: Iterable[str]) -> None:
        """Set up the connection, and begin the transaction in which everything happens."""
        self.db.isolation_level = None
        self.db.row_factory = sqlite3.Row
        settings = "journal_mode=MEMORY", "synchronous=OFF", "temp_store=FILE", f"cache_size=-{self.cache_size}"
        self._execute([*(f"PRAGMA {setting}" for setting in settings), *statements, self.temporary, "BEGIN"])
        weakref.finalize(self, self.db.close)

    def _execute(self, statements: Iterable[str]) -> None:
        for statement in statements:
            self.db.execute(statement)

    def detach(self) -> None:
        """Continue in a temporary copy of the cached tables, since more will change than should be held in memory."""
        if self.cached:
            copy = sqlite3.connect("")
            self.db.rollback()
            self.db.backup(copy)
            self.db.close()
            self.db, self.cached = copy, False
            self._begin(())
