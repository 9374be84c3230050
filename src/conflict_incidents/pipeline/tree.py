"""The state of a dataset: the results of each file, validated again where something that they depend on has changed.

`apply` validates changed files, and those that looked up a key that these provide; `cache` keeps the tree for the next
run. Prevents: a result that is older than what it depends on.
"""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from conflict_incidents.core.files import blob_of, tree_of
from conflict_incidents.core.memory import empty_caches
from conflict_incidents.core.progress import track
from conflict_incidents.dataset import index_rows
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.dataset.index import is_judged_path
from conflict_incidents.pipeline.combine import combine
from conflict_incidents.pipeline.driver import MAX_SERIAL_FILES, results
from conflict_incidents.pipeline.lookups import Lookups, loaded
from conflict_incidents.pipeline.result_tables import folder_of, numbers_in
from conflict_incidents.pipeline.results import content_at, dump_findings, named_content, number_of
from conflict_incidents.pipeline.scan import Scan
from conflict_incidents.pipeline.store import Store

if TYPE_CHECKING:
    from conflict_incidents.pipeline.cluster import Cluster

FIRST, LAST = (
    tuple(f"CREATE INDEX IF NOT EXISTS by_{name} ON {columns}" for name, columns in several.items())
    for several in (
        {"id": "files (id)", "folder": "files (folder)", "provides": "provides (key, rank, file)"},
        {"requires": "requires (key, file)", "looked_up": "looked_up (key, file)"},
    )
)
"""The indexes needed to combine, and those for the next run."""
WORTH_KEEPING = 500
"""A tree is written again only if more than one in this many files was validated again."""


class Tree(Lookups):
    """The results of the files of a dataset, and how they are brought up to date, by `jobs` processes or a cluster."""

    def __init__(
        self,
        dataset: Dataset,
        jobs: int | Cluster = 1,
        db: sqlite3.Connection | None = None,
        cache_key: str = "",
        store: Store | None = None,
    ) -> None:
        super().__init__(dataset, db, cache_key, store)
        self.jobs = jobs

    def refresh(self, kinds_of: Scan) -> None:
        """Update the tree to the files in a scan, validating those that changed.

        Raises:
            DatasetError: the dataset's configuration can't be read.
        """
        listed = dict(iter(self.db.execute("SELECT path, listing FROM folders")))
        changed = [path for path, folder in kinds_of.folders.items() if listed.get(path) != folder.digest()]
        vanished = listed.keys() - kinds_of.folders.keys()
        again: list[str] = []
        removed: list[str] = []
        differing = 0
        for folder in [*changed, *vanished]:
            stored = {path: (stat, blob) for path, stat, blob in self._directly_in(folder)}
            present = dict(kinds_of.folders[folder].files(folder)) if folder in kinds_of.folders else {}
            removed += stored.keys() - present.keys()
            for path, stat in present.items():
                if path not in stored or stored[path][0] != stat:
                    differing += 1
                    again += [] if path in stored and self._holds(path, stored[path][1]) else [path]
        lacking = (self._paths_without_rows() | self._due_paths()) - {*removed, *again}
        if (differing + len(removed) + len(lacking)) * WORTH_KEEPING > self.size:
            self.detach()
        self.db.execute("UPDATE validated_on SET day = ?", (self.dataset.latest_day.toordinal(),))
        again += lacking
        self.apply([path for path in again if is_judged_path(path)], removed)
        self._store_hashes([path for path in again if not is_judged_path(path)])
        self._list(kinds_of, changed, vanished)
        if self.store:
            filled = self.db.execute("SELECT id, filled FROM files JOIN processed USING (number) WHERE filled != x''")
            self.store.release((id, name) for id, name in filled)

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
        with_rows = self.store is not None
        for result in results(sorted(changed), self.dataset, self.jobs, with_rows=with_rows):
            touched.update(self._put(result, empty))
        validated = set(changed)
        self._execute(FIRST if empty else ())
        if not empty:
            again = self._dependents("requires", touched) - validated
            for result in results(sorted(again), self.dataset, self.jobs, with_rows=with_rows):
                touched.update(self._put(result))
            validated |= again | self._dependents("looked_up", touched)
        if len(validated) > MAX_SERIAL_FILES:
            self.dataset.forget_files()  # the rules across records need only rows
            empty_caches()
        for path in track(sorted(validated), "comparing records", "file"):
            self._combine(path)
        self._parts.clear()  # they hold for one state of the files
        self._execute(LAST if empty else ())
        return validated

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

    def _combine(self, path: str) -> None:
        """Run the rules across records on a file."""
        stored = self._stored_row(path)
        if stored is None or not stored["row"]:
            return
        self._lookups = set()
        self._answers_cache = {}
        try:
            findings = combine(loaded(stored["row"]), self, self.dataset)
        finally:
            self._answers_cache = None  # the answers hold for one state of the files
        keys = array("q", sorted(map(number_of, self._lookups))).tobytes()
        number = stored["number"]
        if stored["looked_up"] != keys:
            old = ((key, number) for key in numbers_in(stored["looked_up"] or b""))
            self.db.executemany("DELETE FROM looked_up WHERE key = ? AND file = ?", old)
            self._add_keys("looked_up", keys, number)
            self.db.execute("INSERT OR REPLACE INTO combined VALUES (?, ?)", (number, keys))
        if stored["looked_up"] is not None:
            self.db.execute("DELETE FROM found_across WHERE number = ?", (number,))
        self._store_findings("found_across", number, dump_findings(findings) if findings else None)

    def _list(self, kinds_of: Scan, changed: Collection[str], vanished: Collection[str]) -> None:
        """Store what identifies the files of changed folders, and the hashes of all folders above them."""
        self.db.executemany("DELETE FROM folders WHERE path = ?", ((path,) for path in vanished))
        for path in changed:
            folder = kinds_of.folders[path]
            stats = [
                {"path": file, "stat": kinds_of.settled_signature(file_stat)} for file, file_stat in folder.files(path)
            ]
            self.db.executemany("UPDATE files SET stat = :stat WHERE path = :path AND stat IS NOT :stat", stats)
            unknown = "UPDATE files SET stat = x'' WHERE folder = ? AND blob = ''"  # what can't be read may be later
            unread = self.db.execute(unknown, (number_of(path),)).rowcount
            listing = folder.digest() if not unread and all(one["stat"] for one in stats) else None
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

    def _store_hashes(self, paths: Iterable[str]) -> None:
        """Store the git hashes of files that are neither records nor tables."""
        for path in paths:
            content = self.dataset.index.whole_content(self.dataset.root / path)
            blob = blob_of(content) if isinstance(content, bytes) else ""
            self.db.execute(
                "INSERT OR REPLACE INTO files (path, blob, folder) VALUES (?, ?, ?)", (path, blob, folder_of(path))
            )

    def _holds(self, path: str, blob: str) -> bool:
        """Whether a file's content has the given git hash."""
        return bool(blob) and named_content(content_at(path, self.dataset), path) == blob

    def _due_paths(self) -> set[str]:
        """Return the paths of the files in the tree whose findings may differ on this day.

        A day that was no longer in the future never is again, but for a clock that is set back.
        """
        (before,) = self.db.execute("SELECT day FROM validated_on").fetchone()
        now = self.dataset.latest_day.toordinal()
        if before > now:
            return set(self.record_paths())
        return self._dependents("requires", [number_of(index_rows.DAY_KEY)]) if before < now else set()

    def _paths_without_rows(self) -> set[str]:
        """Return the paths of files whose table rows are wanted but not stored."""
        if self.store is None:
            return set()
        names = self.store.names()
        filled = self.db.execute("SELECT path, filled FROM files JOIN processed USING (number)")
        return {path for path, name in filled if name not in names}

    def detach(self) -> None:
        """Continue in temporary copies of the cached results and rows."""
        super().detach()
        if self.store:
            self.store.detach()
