"""Run `process` over many files on all cores, with the same results in the same order for any number of workers.

The registries are read once, before the workers are forked, so that all of them use the same state. Prevents: a worker
that outlives the command, and a record validated with a registry state other than the stored one.
"""

from __future__ import annotations

import gc
import os
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING

from conflict_incidents.core.progress import track
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.dataset.errors import DatasetError
from conflict_incidents.pipeline import workers
from conflict_incidents.pipeline.results import Result, content_at, result_of
from conflict_incidents.records.model import FOLDERS, REGISTRIES

if TYPE_CHECKING:
    from concurrent.futures import Future

    from conflict_incidents.pipeline.cluster import Cluster

MAX_SERIAL_FILES = 100
"""The number of files up to which one process is faster than several."""


def cores() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def results(
    paths: Sequence[str],
    dataset: Dataset,
    jobs: int | Cluster,
    with_rules: bool = True,
    with_rows: bool = False,
) -> Iterator[Result]:
    """Process some files, by their paths below the root, in order, by so many processes or a cluster.

    Raises:
        DatasetError: the dataset's configuration can't be read, or a worker was killed.
    """
    least = MAX_SERIAL_FILES if isinstance(jobs, int) else 0
    many = with_rules and len(paths) > least  # a rule that looks up a row gets just that row
    if many:
        _read_ahead(dataset)
    if not many or jobs == 1:
        result = _by_itself(paths, dataset, with_rules, with_rows)
    elif isinstance(jobs, int):
        result = _by_workers(paths, dataset, jobs, with_rows)
    else:
        result = jobs.results(paths, dataset, with_rows)
    return track(result, "validating", "file", len(paths))


@contextmanager
def rare_collection() -> Iterator[None]:
    """Restrict garbage collection in the block to the youngest generation, once per batch: records leave no cycles,
    and to go through all that is held takes long.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _by_itself(paths: Sequence[str], dataset: Dataset, with_rules: bool, with_rows: bool) -> Iterator[Result]:
    for number, path in enumerate(paths, 1):
        yield result_of(path, content_at(path, dataset), dataset, with_rules, with_rows)
        if number % workers.BATCH == 0:
            gc.collect(0)


def _by_workers(paths: Sequence[str], dataset: Dataset, jobs: int, with_rows: bool) -> Iterator[Result]:
    from concurrent.futures.process import BrokenProcessPool, ProcessPoolExecutor

    pool = ProcessPoolExecutor(jobs, workers.context(), _begin, (dataset,))
    todo = iter(paths)
    waiting: deque[Future[list[Result]]] = deque()
    try:
        while batch := list(islice(todo, workers.BATCH)):
            with workers.deferred_interrupts():  # the pool starts its processes here
                waiting.append(pool.submit(_batch, batch, with_rows))
            if len(waiting) > jobs * workers.AHEAD:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()
    except BrokenProcessPool as error:
        raise DatasetError("a worker was ended before its work was done; is memory short? try `--jobs 1`") from error
    finally:
        pool.shutdown(cancel_futures=True)


def _read_ahead(dataset: Dataset) -> None:
    """Read what every worker needs, so that forked workers share it."""
    _ = dataset.release_date, dataset.rule_settings, dataset.earlier, dataset.registry.admin_units
    for kind in REGISTRIES:
        for id in dataset.index.ids(FOLDERS[kind]):
            dataset.registry.lookup(FOLDERS[kind], id)


_DATASET: list[Dataset] = []
"""The dataset of a worker."""


def _begin(dataset: Dataset) -> None:
    workers.begin()
    gc.freeze()
    gc.disable()
    _DATASET[:] = [dataset]


def _batch(paths: list[str], with_rows: bool) -> list[Result]:
    dataset = _DATASET[0]
    batch = [result_of(path, content_at(path, dataset), dataset, True, with_rows) for path in paths]
    gc.collect(0)
    return batch
