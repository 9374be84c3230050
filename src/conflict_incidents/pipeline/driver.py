"""Run `process` over many files on all cores, with the same results in the same order for any number of workers.

The registries are read once, before the workers are forked, so that all of them use the same state. Prevents: a worker
that outlives the command, and a record validated with a registry state other than the stored one.
"""

from __future__ import annotations

import gc
import json
import os
from array import array
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from hashlib import blake2b
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from conflict_incidents.core.files import LARGEST, blob_of
from conflict_incidents.core.findings import Finding, Mark, Severity
from conflict_incidents.core.progress import track
from conflict_incidents.dataset import rows
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.dataset.errors import DatasetError
from conflict_incidents.dataset.index import LARGEST_LIST, LISTS, is_table_path
from conflict_incidents.pipeline import store, workers
from conflict_incidents.pipeline.process import process
from conflict_incidents.pipeline.store import Rows
from conflict_incidents.records.model import FOLDERS, REGISTRIES
from conflict_incidents.records.parsing import Content
from conflict_incidents.records.yaml.decoding import MAX_BYTES

if TYPE_CHECKING:
    from concurrent.futures import Future

    from conflict_incidents.pipeline.cluster import Cluster

FEW = 100
"""The number of files up to which one process is faster than several."""
BATCH = 100
"""The number of files per task of a worker."""
AHEAD = 4
"""The number of tasks per worker to queue in advance."""


class Result(NamedTuple):
    """The result of `process` for a file, serialised: findings and rows as text, keys as numbers; `blob` is its git
    hash.

    `row` is that of the index, `rank` its place among those that are alike. `filled` are the rows in the tables of a
    release, None where they weren't asked for.
    """

    path: str
    blob: str
    kind: str
    id: str
    sound: bool | None
    findings: str | None
    row: str | None
    rank: int
    provides: bytes
    requires: bytes
    filled: Rows | None


def cores() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def results(
    paths: Sequence[str],
    dataset: Dataset,
    jobs: int | Cluster,
    judging: bool = True,
    filling: bool = False,
) -> Iterator[Result]:
    """Process some files, by their paths below the root, in order, by so many processes or a cluster.

    Raises:
        DatasetError: the dataset's configuration can't be read, or a worker was killed.
    """
    least = FEW if isinstance(jobs, int) else 0
    many = judging and len(paths) > least  # a rule that looks up a row gets just that row
    if many:
        _read_ahead(dataset)
    if not many or jobs == 1:
        result = _by_itself(paths, dataset, judging, filling)
    elif isinstance(jobs, int):
        result = _by_workers(paths, dataset, jobs, filling)
    else:
        result = jobs.results(paths, dataset, filling)
    return track(result, "validating", "file", len(paths))


@contextmanager
def rare_collection() -> Iterator[None]:
    """Don't look for garbage in cycles in the block, but of the youngest generation once per batch: records leave none,
    and to go through all that is held takes long.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _by_itself(paths: Sequence[str], dataset: Dataset, judging: bool, filling: bool) -> Iterator[Result]:
    for number, path in enumerate(paths, 1):
        yield result_of(path, content_at(path, dataset), dataset, judging, filling)
        if number % BATCH == 0:
            gc.collect(0)


def _by_workers(paths: Sequence[str], dataset: Dataset, jobs: int, filling: bool) -> Iterator[Result]:
    from concurrent.futures.process import BrokenProcessPool, ProcessPoolExecutor

    pool = ProcessPoolExecutor(jobs, workers.context(), _begin, (dataset,))
    todo = iter(paths)
    waiting: deque[Future[list[Result]]] = deque()
    try:
        while batch := list(islice(todo, BATCH)):
            with workers.deferred_interrupts():  # the pool starts its processes here
                waiting.append(pool.submit(_batch, batch, filling))
            if len(waiting) > jobs * AHEAD:
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
            dataset.registry.registered(FOLDERS[kind], id)


_DATASET: list[Dataset] = []
"""The dataset of a worker."""


def _begin(dataset: Dataset) -> None:
    workers.begin()
    gc.freeze()
    gc.disable()
    _DATASET[:] = [dataset]


def _batch(paths: list[str], filling: bool) -> list[Result]:
    dataset = _DATASET[0]
    batch = [result_of(path, content_at(path, dataset), dataset, True, filling) for path in paths]
    gc.collect(0)
    return batch


def result_of(path: str, content: Content, dataset: Dataset, judging: bool, filling: bool) -> Result:
    """What `process` makes of the content of a file, as it is kept."""
    result = process(path, content, dataset, judging, filling)
    return Result(
        path,
        named_content(content, path),
        result.kind,
        result.id,
        result.sound,
        dump_findings(result.findings) if judging else None,
        rows.dump_row(result.row) if result.row else None,
        rows.rank_of(result.row) if result.row else 0,
        array("q", sorted(map(number_of, result.provides))).tobytes(),
        array("q", sorted(map(number_of, result.requires))).tobytes(),
        store.dump_rows(result.rows) if result.rows is not None else None,
    )


def content_at(path: str, dataset: Dataset) -> Content:
    """Read a file that should be a record or a table, by its path below the root."""
    if not is_table_path(path):
        return dataset.index.content(path)
    return dataset.index.whole_content(path, LARGEST_LIST if path.startswith(f"data/{LISTS}/") else LARGEST)


def named_content(content: Content, path: str) -> str:
    """Return the git hash of a file's content; empty unless all of it is known."""
    if not isinstance(content, bytes) or (len(content) > MAX_BYTES and not is_table_path(path)):
        return ""
    return blob_of(content)


@lru_cache(maxsize=1 << 16)
def number_of(key: str) -> int:
    """Hash a key to a number of 64 bits."""
    return int.from_bytes(blake2b(key.encode("utf-8", "replace"), digest_size=8).digest(), "big", signed=True)


def dump_findings(findings: Iterable[Finding]) -> str:
    """Serialise the findings of a file."""
    plain = [(one.mark.line, one.mark.column, one.rule, one.severity, one.message) for one in findings]
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))


def load_findings(text: str, path: str) -> list[Finding]:
    """Deserialise the findings of a file."""
    return [
        Finding(path, Mark(line, column), rule, Severity(severity), message)
        for line, column, rule, severity, message in json.loads(text)
    ]
