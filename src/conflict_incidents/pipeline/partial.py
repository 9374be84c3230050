"""The part of a dataset that some files need: their neighbours are read only when a rule asks for them."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable
from pathlib import Path

from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.dataset.index import files_below
from conflict_incidents.pipeline.driver import Step, results
from conflict_incidents.pipeline.tree import Tree
from conflict_incidents.records.model import FOLDERS


class Partial(Tree):
    """What came of some files; others get their rows once they may be an answer."""

    def __init__(self, dataset: Dataset, jobs: int = 1) -> None:
        super().__init__(dataset, jobs)
        self._there: set[str] = set()

    def apply(self, changed: Collection[str], gone: Iterable[str] = (), step: Step | None = None) -> set[str]:
        """Judge some files, as `Tree` does all of them."""
        self._there = set(changed)
        return super().apply(changed, gone, step)

    def _answers(self, keys: Collection[str]) -> list[sqlite3.Row]:
        """The files that give one of some keys, including those not read yet."""
        files = {file for key in keys for file in self._may_give(key)}
        lacking = {self.dataset.index.below_root(file) for file in files} - self._there
        self._there |= lacking
        for result in results(sorted(lacking), self.dataset, self.jobs, judging=False):
            self._put(result)
        return super()._answers(keys)

    def _may_give(self, key: str) -> list[Path]:
        """The files that may be an answer, as far as their names tell."""
        index = self.dataset.index
        question, _, rest = key.partition(":")
        if question == "file":
            folder, _, id = rest.partition(":")
            return [*index.named_alike(folder, id), *index.stand_ins(id)]
        if question == "near":
            return index.of_day(int(rest.partition(":")[0]))
        incidents = self.dataset.root / "data" / FOLDERS["incident"]
        return files_below(incidents) if incidents.is_dir() else []
