"""Run `process` on a Dask cluster, with the same results in the same order even if workers are lost.

A worker needs only this package. It receives the registries once, and batches of files with their content or URL; lost
results are computed again. Prevents: results of another version of the program, and missing results.
"""

from __future__ import annotations

import pickle
import platform
import re
import threading
import zlib
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache, lru_cache
from importlib import metadata
from itertools import islice
from typing import TYPE_CHECKING

from conflict_incidents.core.extras import require_extra
from conflict_incidents.core.findings import bare, user_text
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.dataset.errors import DatasetError
from conflict_incidents.pipeline import workers
from conflict_incidents.pipeline.program import code_hash
from conflict_incidents.pipeline.remote import contents
from conflict_incidents.pipeline.results import Result, content_at, result_of
from conflict_incidents.records.parsing import Content

if TYPE_CHECKING:
    from distributed import Client, Future

RETRIES = 3
"""The number of retries of a failed batch, as a store may be temporarily unavailable."""
PATIENCE = 30
"""The maximum time in seconds for a scheduler to answer, and to get a worker."""
LEAST_AHEAD = 64
"""The minimum number of batches to queue, for workers that join later."""
_LIBRARY = re.compile(r"""([\w.-]+)[^;]*(?:;[^;]*\bextra == ["']validate["'][^;]*)?""")
"""A requirement of this package, or of its extra `validate`."""
_ONE = threading.Lock()
"""Lock of a worker's processing thread: a registry logs the look-ups of one record."""

Batch = list[tuple[str, Content | None]]
"""Files by path, with their content; None for those that the worker reads."""


class Cluster:
    """The workers of the scheduler at an address such as `tcp://10.0.0.1:8786`.

    They read the files with the paths `far` below a URL themselves.
    """

    def __init__(self, address: str, url: str = "", far: frozenset[str] = frozenset()) -> None:
        self.address = address
        self.url = url
        self.far = far

    def results(self, paths: Sequence[str], dataset: Dataset, with_rows: bool) -> Iterator[Result]:
        """Yield the results of some files, in order; the registries of the dataset must have been read.

        Raises:
            DatasetError: the cluster can't be reached, has other versions of the program, or is lost.
            MissingExtra: Dask isn't installed.
        """
        with require_extra():
            from distributed import Client, KilledWorker
            from distributed.client import FutureCancelledError
        try:
            client = Client(self.address, timeout=PATIENCE, set_as_default=False)
        except (OSError, ValueError) as error:
            raise DatasetError(
                f"no scheduler answers at {user_text(self.address)}; start one by `dask scheduler`, and give the "
                f"address it prints"
            ) from error
        with client:
            self._check(client)
            try:
                yield from self._results(client, paths, dataset, with_rows)
            except KilledWorker as error:
                raise DatasetError(
                    f"{user_text(error.last_worker.address)} and the workers that tried before it were ended while "
                    f"they judged {workers.BATCH} files; is their memory short? start them with more"
                ) from error
            except (FutureCancelledError, OSError) as error:
                raise DatasetError(
                    f"the scheduler at {user_text(self.address)} was lost; nothing was written, run it again"
                ) from error

    def _check(self, client: Client) -> None:
        """Wait for a worker, and check that all workers have the same versions as this program."""
        try:
            client.wait_for_workers(1, timeout=PATIENCE)
            remote = client.run(program)
        except TimeoutError as error:
            raise DatasetError(
                f"the scheduler at {user_text(self.address)} has no worker; start one by `dask worker "
                f"{user_text(self.address)}`"
            ) from error
        except (ImportError, AttributeError) as error:
            raise DatasetError(
                f"a worker of {user_text(self.address)} can't load this package ({bare(error)}); install the same "
                f"on all machines"
            ) from error
        for worker, actual in remote.items():
            refuse_other(actual, program(), worker)

    def _results(self, client: Client, paths: Sequence[str], dataset: Dataset, with_rows: bool) -> Iterator[Result]:
        submitted = zlib.compress(pickle.dumps((dataset, dataset.latest_day)), 1)
        # results of a lost worker are computed again, but scattered data would be lost
        common = client.submit(_same, submitted, pure=False, retries=RETRIES)
        todo = iter(paths)
        waiting: deque[Future[list[Result]]] = deque()
        while paths := list(islice(todo, workers.BATCH)):
            batch = [(path, None if path in self.far else content_at(path, dataset)) for path in paths]
            task = (batch, common, program(), with_rows, self.url)
            waiting.append(client.submit(_batch, *task, pure=False, retries=RETRIES))
            if len(waiting) > max(LEAST_AHEAD, workers.AHEAD * sum(client.nthreads().values())):
                yield from self._result(client, waiting.popleft())
        while waiting:
            yield from self._result(client, waiting.popleft())

    def _result(self, client: Client, future: Future[list[Result]]) -> list[Result]:
        """Wait for a result; with no worker left, only for so long as one may take to come."""
        while True:
            try:
                future.exception(PATIENCE)  # wait; an error of the task is returned here, and raised below
            except TimeoutError as error:
                if not client.nthreads():
                    raise DatasetError(
                        f"the scheduler at {user_text(self.address)} has lost all its workers; is their memory short? "
                        "nothing was written; start some, and run it again"
                    ) from error
            else:
                result: list[Result] = future.result()
                return result


def _same(first: bytes) -> bytes:
    return first


def _batch(batch: Batch, data: bytes, names: Mapping[str, str], with_rows: bool, url: str = "") -> list[Result]:
    """Process some files on a worker."""
    refuse_other(program(), names, platform.node())
    far = [path for path, content in batch if content is None]
    read = dict(zip(far, contents(url, far), strict=True)) if far else {}
    with _ONE:
        dataset = _open_dataset(data)
        return [
            result_of(path, read[path] if content is None else content, dataset, True, with_rows)
            for path, content in batch
        ]


@lru_cache(maxsize=1)
def _open_dataset(content: bytes) -> Dataset:
    """Return the dataset on a worker; the current day is that of the command, not of the worker's clock."""
    names: tuple[Dataset, date] = pickle.loads(zlib.decompress(content))
    dataset, day = names
    dataset.latest_day = day
    return dataset


@cache
def program() -> dict[str, str]:
    """Return what results depend on besides the dataset: versions of Python and libraries, and the code, by name."""
    required = metadata.requires("conflict-incidents") or []
    libraries = [found[1] for one in required if (found := _LIBRARY.fullmatch(one))]
    versions = {name: metadata.version(name) for name in sorted(libraries)}
    return {"Python": platform.python_version(), **versions, "the code of conflict-incidents": code_hash()[:12]}


def refuse_other(actual: Mapping[str, str], expected: Mapping[str, str], worker: str) -> None:
    """Raise an error if a worker has other versions.

    Raises:
        DatasetError: a version differs.
    """
    others = [
        f"{bare(name)} {bare(actual.get(name))} and not {bare(version)}"
        for name, version in expected.items()
        if actual.get(name) != version
    ]
    if others:
        raise DatasetError(
            f"the worker {user_text(worker)} has {', '.join(others)}, as here; install the same on all machines, by "
            "one lock file, and start the worker again"
        )
