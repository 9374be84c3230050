"""Tasks beside each other: all are done once, whatever fails is told, and no process stays."""

import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from functools import partial

import pytest

from conflict_incidents.pipeline.workers import WorkerLost, run_tasks


@pytest.fixture(autouse=True)
def no_orphans() -> None:
    """No process of ours may be left before a test; a test looks for itself."""
    assert multiprocessing.active_children() == []


def squared(number: int) -> tuple[int, int]:
    return number * number, os.getpid()


def fails() -> None:
    raise ValueError("found a fault")


def kill_worker(_: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def interrupt(command: int) -> None:
    os.kill(command, signal.SIGINT)
    time.sleep(60)


@pytest.mark.parametrize(("jobs", "apart"), [(1, True), (2, False), (9, False), (2, True)])
def test_each_task_runs_once_and_results_are_in_order(jobs: int, apart: bool) -> None:
    found = run_tasks([partial(squared, number) for number in range(5)], jobs, "working", apart)
    assert [square for square, _ in found] == [0, 1, 4, 9, 16]
    processes = {process for _, process in found}
    assert processes == {os.getpid()} if jobs == 1 else os.getpid() not in processes
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize(("jobs", "apart"), [(1, False), (2, False), (2, True)])
def test_exception_of_a_task_is_raised(jobs: int, apart: bool) -> None:
    with pytest.raises(ValueError, match="found a fault"):
        run_tasks([fails], jobs, "working", apart)
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize(("task", "error"), [(kill_worker, WorkerLost), (interrupt, KeyboardInterrupt)])
def test_no_process_stays_after_a_kill_or_an_interruption(
    task: Callable[[int], None], error: type[BaseException]
) -> None:
    with pytest.raises(error):
        run_tasks([partial(task, os.getpid()), partial(time.sleep, 60)], 2, "working")
    assert multiprocessing.active_children() == []
