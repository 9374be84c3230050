"""Processes that work for this one, and never longer than it.

Prevents: a worker that outlives the command, or that an interruption of the terminal ends before its work is put away.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import BaseContext
    from multiprocessing.process import BaseProcess

Task = Callable[[], Any]


class WorkerLost(Exception):
    """A process ended before its work was done."""


def context() -> BaseContext:
    """How processes are started: forked where that is safe, as they then have what was read and imported before."""
    from multiprocessing import get_context

    forks = sys.platform.startswith("linux") and threading.active_count() == 1
    return get_context("fork" if forks else "forkserver")


def begin() -> None:
    """Make a process a worker: it leaves an interruption to the process that it works for, and ends with that."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    from multiprocessing import parent_process

    if parent := parent_process():
        parent.join()
        os._exit(1)


class Beside:
    """Tasks that are done beside what this process does: by others, and in the end by this one, too.

    Each is begun once, in their order, by whichever process is free. Leaving the context ends all processes.
    """

    def __init__(self, tasks: Sequence[Task], jobs: int) -> None:
        """Get ready to do some tasks, which can be pickled, by `jobs` processes, this one among them."""
        self._tasks = tasks
        self._others = min(jobs - 1, len(tasks))
        self._workers: list[tuple[BaseProcess, Connection]] = []
        self._begun: Any = None

    def __enter__(self) -> Beside:
        """Start the other processes."""
        if self._others:
            how = context()
            self._begun = how.Value("q", 0)
        for _ in range(self._others):
            receiver, sender = how.Pipe(duplex=False)
            process = how.Process(target=_work, args=(self._tasks, self._begun, sender), daemon=True)  # type: ignore[attr-defined] # typeshed lacks it here
            process.start()
            sender.close()
            self._workers.append((process, receiver))
        return self

    def results(self) -> list[Any]:
        """What the tasks returned, in their order, once all are done.

        Raises:
            WorkerLost: a process was ended from outside.
            Exception: what a task raised.
        """
        found = {number: self._tasks[number]() for number in _numbers(self._begun, len(self._tasks))}
        for _, receiver in self._workers:
            while (said := _received(receiver)) is not None:
                number, result, error = said
                if error is not None:
                    raise error
                found[number] = result
        if len(found) < len(self._tasks):
            raise WorkerLost
        return [found[number] for number in range(len(self._tasks))]

    def __exit__(self, *_: object) -> None:
        """End the other processes."""
        for process, receiver in self._workers:
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
    """Do tasks, and tell what came of them, until none is left or one fails."""
    begin()
    for number in _numbers(begun, len(tasks)):
        try:
            sender.send((number, tasks[number](), None))
        except Exception as error:  # it is raised in the other process
            sender.send((number, None, error))
            return


def _numbers(begun: Any, count: int) -> Iterator[int]:
    """The numbers of the tasks that no process has begun."""
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
