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
from typing import TYPE_CHECKING, Any

from conflict_incidents.core.progress import report, silence, track, use_listener

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
    """Tasks that run in other processes while this one works; this process helps once it asks for the results.

    Tasks are started in order, each once, by any free process. Leaving the context ends all processes.
    """

    def __init__(self, tasks: Sequence[Task], jobs: int) -> None:
        """Prepare picklable tasks for `jobs` processes, including this one."""
        self._tasks = tasks
        self._others = min(jobs - 1, len(tasks))
        self._workers: list[tuple[BaseProcess, Connection]] = []
        self._begun: Any = None

    def __enter__(self) -> ParallelTasks:
        """Start the other processes."""
        if self._others:
            how = context()
            self._begun = how.Value("q", 0)
        for _ in range(self._others):
            self._workers.append(_started(how, _work, self._tasks, self._begun))
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
        for number in _numbers(self._begun, len(self._tasks)):
            yield number, self._tasks[number]()
        for _, receiver in self._workers:
            while (message := _received(receiver)) is not None:
                number, result, error = message
                if error is not None:
                    raise error
                yield number, result

    def __exit__(self, *_: object) -> None:
        """End the other processes."""
        for worker in self._workers:
            _end(*worker)


def run_apart(task: Task) -> Any:
    """Return the result of a picklable task that runs in a process without the memory of this one; its progress is
    reported here.

    Raises:
        WorkerLost: the process was killed.
        Exception: what the task raised.
    """
    from multiprocessing import get_context

    process, receiver = _started(get_context("spawn"), _work_apart, task)
    try:
        while (message := _received(receiver)) is not None:
            progress, result, error = message
            if error is not None:
                raise error
            if progress is None:
                return result
            report(*progress)
    finally:
        _end(process, receiver)
    raise WorkerLost


def _started(how: BaseContext, work: Callable[..., None], *given: Any) -> tuple[BaseProcess, Connection]:
    """Start a process, which gets the end of a pipe as its last argument; return it and the other end."""
    receiver, sender = how.Pipe(duplex=False)
    process = how.Process(target=work, args=(*given, sender), daemon=True)  # type: ignore[attr-defined] # typeshed lacks it here
    with deferred_interrupts():
        process.start()
    sender.close()
    return process, receiver


def _end(process: BaseProcess, receiver: Connection) -> None:
    process.terminate()
    process.join()
    process.close()
    receiver.close()


def _received(receiver: Connection) -> Any:
    try:
        return receiver.recv()
    except EOFError:
        return None


def _work(tasks: Sequence[Task], begun: Any, sender: Connection) -> None:
    """Run tasks and send their results, until none is left or one fails."""
    begin()
    for number in _numbers(begun, len(tasks)):
        try:
            sender.send((number, tasks[number](), None))
        except Exception as error:  # raised again in the main process
            sender.send((number, None, error))
            return


def _work_apart(task: Task, sender: Connection) -> None:
    """Run a task, and send its progress and its result."""
    begin()
    try:
        with use_listener(lambda *progress: sender.send((progress, None, None))):
            result = task()
        sender.send((None, result, None))
    except Exception as error:  # raised again in the main process
        sender.send((None, None, error))


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
