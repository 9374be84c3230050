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

from conflict_incidents.core.progress import silence, track

if TYPE_CHECKING:
    from multiprocessing.context import BaseContext

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
    pending: list[int] = []
    handler = signal.signal(signal.SIGINT, lambda number, _: pending.append(number))
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])  # new processes inherit it
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        signal.signal(signal.SIGINT, handler)
        if pending:
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


def run_tasks(tasks: Sequence[Task], jobs: int, what: str, apart: bool = False) -> list[Any]:
    """Run picklable tasks, each once, in `jobs` processes that end with the call; return the results in order.

    Args:
        tasks: the tasks, started in this order.
        jobs: the number of processes; with one, the tasks run in this process.
        what: what is being made.
        apart: whether the processes start without the memory of this one.

    Raises:
        WorkerLost: a process was killed.
        Exception: what a task raised.
    """
    from concurrent.futures import as_completed
    from concurrent.futures.process import BrokenProcessPool, ProcessPoolExecutor
    from multiprocessing import active_children, get_context

    if jobs == 1:
        return [task() for task in track(tasks, what, "file", len(tasks))]
    pool = ProcessPoolExecutor(min(jobs, len(tasks)), get_context("spawn") if apart else context(), begin)
    try:
        with deferred_interrupts():  # the pool starts its processes here
            running = [pool.submit(task) for task in tasks]
        for done in track(as_completed(running), what, "file", len(tasks)):
            done.result()
        return [done.result() for done in running]
    except BrokenProcessPool as error:
        raise WorkerLost from error
    except BaseException:
        for process in active_children():
            process.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)
