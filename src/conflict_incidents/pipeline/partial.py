"""Validate some files of a dataset, reading their neighbours only on demand."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable
from pathlib import Path

from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.dataset.index import files_below
from conflict_incidents.dataset.index_rows import ForeignId, IndexRow
from conflict_incidents.pipeline.driver import results
from conflict_incidents.pipeline.tree import Tree
from conflict_incidents.records.model import FOLDERS


class Partial(Tree):
    """The results of some files; the rows of others are read when a look-up may need them."""

    def __init__(self, dataset: Dataset, jobs: int = 1) -> None:
        super().__init__(dataset, jobs)
        self._paths: set[str] = set()

    def apply(self, changed: Collection[str], removed: Iterable[str] = ()) -> set[str]:
        """Validate some files; see `Tree.apply`."""
        self._paths = set(changed)
        return super().apply(changed, removed)

    def _answers(self, keys: Collection[str], rank: int | None = None) -> list[sqlite3.Row]:
        """Return the files that provide one of some keys, reading those not read yet."""
        files = {file for key in keys for file in self._may_give(key)}
        lacking = {self.dataset.index.below_root(file) for file in files} - self._paths
        self._paths |= lacking
        for result in results(sorted(lacking), self.dataset, self.jobs, with_rules=False):
            self._put(result)
        return super()._answers(keys, rank)

    def rows_with_foreign_id(self, foreign: ForeignId, row: IndexRow) -> list[IndexRow]:
        """Return the incidents of about the same days with an id of another dataset; see `Lookups`."""
        self.near(row)
        return super().rows_with_foreign_id(foreign, row)

    def _may_give(self, key: str) -> list[Path]:
        """Return the files that may provide a key, judging by their names."""
        index = self.dataset.index
        question, _, rest = key.partition(":")
        if question == "file":
            folder, _, id = rest.partition(":")
            return [*index.named_alike(folder, id), *index.stand_ins(id)]
        if question == "near":
            return index.of_day(int(rest.partition(":")[0]))
        if question == "foreign":
            return []  # it may be in any file; `rows_with_foreign_id` reads those of the same days
        incidents = self.dataset.root / "data" / FOLDERS["incident"]
        return files_below(incidents) if incidents.is_dir() else []
