"""Worker processes that never outlive the main process.

Prevents: a worker that remains after the command, or that Ctrl-C ends before its work is put away.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from conflict_incidents.core.progress import silence, track

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import BaseContext
    from multiprocessing.process import BaseProcess

Task = Callable[[], Any]
BATCH = 100
"""The number of files per task of a worker."""
AHEAD = 4
"""The number of tasks per worker to queue in advance."""


class WorkerLost(Exception):
    """A process ended before its work was done."""


def context() -> BaseContext:
    """Return the way to start processes: forked where that is safe, as they then share what was read and imported
    before.
    """
    from multiprocessing import get_context

    forks = sys.platform.startswith("linux") and threading.active_count() == 1
    return get_context("fork" if forks else "forkserver")


@contextmanager
def deferred_interrupts() -> Iterator[None]:
    """Raise an interrupt only at the end of the block: Python drops one that arrives inside of `fork`.

    A process that is started in the block never gets one, not even while it imports.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    arrived: list[int] = []
    handler = signal.signal(signal.SIGINT, lambda number, _: arrived.append(number))
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])  # new processes inherit it
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        signal.signal(signal.SIGINT, handler)
        if arrived:
            signal.raise_signal(signal.SIGINT)


def begin() -> None:
    """Set up a worker process: ignore interrupts, which the main process handles, and end with the main process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    silence()
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    from multiprocessing import parent_process

    if parent := parent_process():
        parent.join()
        os._exit(1)


class ParallelTasks:
    """Tasks that run in several processes, each once, started in order by any free process.

    This process helps once it asks for the results, unless several run `apart`: then it only waits, and the others
    start without its memory. Leaving the context ends all processes.
    """

    def __init__(self, tasks: Sequence[Task], jobs: int, apart: bool = False) -> None:
        """Prepare picklable tasks for `jobs` processes."""
        self._tasks = tasks
        self._apart = apart and jobs > 1
        self._others = min(jobs if self._apart else jobs - 1, len(tasks))
        self._workers: list[tuple[BaseProcess, Connection]] = []
        self._start_events: Any = None

    def __enter__(self) -> ParallelTasks:
        """Start the other processes."""
        from multiprocessing import get_context

        if self._others:
            how = get_context("spawn") if self._apart else context()
            self._start_events = how.Value("q", 0)
        for _ in range(self._others):
            self._workers.append(_start(how, self._tasks, self._start_events))
        return self

    def results(self, what: str) -> list[Any]:
        """Return the results of the tasks, in order, once all are done; `what` is what is being made.

        Raises:
            WorkerLost: a worker was killed.
            Exception: what a task raised.
        """
        found = dict(track(self._results(), what, "file", len(self._tasks)))
        if len(found) < len(self._tasks):
            raise WorkerLost
        return [found[number] for number in range(len(self._tasks))]

    def _results(self) -> Iterator[tuple[int, Any]]:
        from multiprocessing.connection import wait

        for number in () if self._apart else _numbers(self._start_events, len(self._tasks)):
            yield number, self._tasks[number]()
        receivers = [receiver for _, receiver in self._workers]
        while receivers:
            for receiver in cast("list[Connection]", wait(receivers)):
                try:
                    number, result, error = receiver.recv()
                except EOFError:
                    receivers.remove(receiver)
                    continue
                if error is not None:
                    raise error
                yield number, result

    def __exit__(self, *_: object) -> None:
        """End the other processes."""
        for process, receiver in self._workers:
            process.terminate()
            process.join()
            process.close()
            receiver.close()


def _start(how: BaseContext, tasks: Sequence[Task], begun: Any) -> tuple[BaseProcess, Connection]:
    """Start a process; return it and the end of a pipe that gets its results."""
    receiver, sender = how.Pipe(duplex=False)
    process = how.Process(target=_work, args=(tasks, begun, sender), daemon=True)  # type: ignore[attr-defined] # typeshed lacks it here
    with deferred_interrupts():
        process.start()
    sender.close()
    return process, receiver


def _work(tasks: Sequence[Task], begun: Any, sender: Connection) -> None:
    """Run tasks and send their results, until none is left or one fails."""
    begin()
    for number in _numbers(begun, len(tasks)):
        try:
            sender.send((number, tasks[number](), None))
        except Exception as error:  # raised again in the main process
            sender.send((number, None, error))
            return


def _numbers(begun: Any, count: int) -> Iterator[int]:
    """Yield the numbers of tasks that no process has started."""
    if begun is None:
        yield from range(count)
        return
    while True:
        with begun.get_lock():
            number = begun.value
            begun.value += 1
        if number >= count:
            return
        yield number
