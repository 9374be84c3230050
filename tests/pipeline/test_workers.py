"""Tasks beside each other: all are done once, whatever fails is told, and no process stays."""

import multiprocessing
import os
import signal
import time
from functools import partial
from pathlib import Path

import pytest

from conflict_incidents.pipeline.workers import ParallelTasks, WorkerLost


@pytest.fixture(autouse=True)
def no_orphans() -> None:
    """No process of ours may be left before a test; a test looks for itself."""
    assert multiprocessing.active_children() == []


def squared(number: int, folder: Path) -> tuple[int, int]:
    folder.touch()
    return number * number, os.getpid()


def fails() -> None:
    raise ValueError("found a fault")


def kill_worker(parent: int, folder: Path) -> None:
    if os.getpid() != parent:
        folder.touch()
        os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize(("jobs", "apart"), [(1, True), (2, False), (9, False), (2, True)])
def test_each_task_runs_once_and_results_are_in_order(jobs: int, apart: bool, tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    with ParallelTasks([partial(squared, number, begun) for number in range(5)], jobs, apart) as tasks:
        while jobs > 1 and not begun.exists():  # what this process has to do meanwhile
            time.sleep(0.01)
        found = tasks.results("working")
    assert [square for square, _ in found] == [0, 1, 4, 9, 16]
    processes = {process for _, process in found}
    assert (processes == {os.getpid()}) is (jobs == 1)
    assert not (apart and jobs > 1 and os.getpid() in processes)
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize(("jobs", "apart"), [(1, False), (2, False), (2, True)])
def test_exception_of_a_task_is_raised(jobs: int, apart: bool) -> None:
    with ParallelTasks([fails], jobs, apart) as tasks, pytest.raises(ValueError, match="found a fault"):
        tasks.results("working")
    assert multiprocessing.active_children() == []


def test_a_process_that_is_ended_from_outside_is_missed(tmp_path: Path) -> None:
    folder = tmp_path / "begun"
    with ParallelTasks([partial(kill_worker, os.getpid(), folder)], 2) as tasks:
        while not folder.exists():
            time.sleep(0.01)
        with pytest.raises(WorkerLost):
            tasks.results("working")


def test_an_interruption_ends_every_process() -> None:
    with pytest.raises(KeyboardInterrupt), ParallelTasks([partial(time.sleep, 60)] * 2, 3):
        raise KeyboardInterrupt
    assert multiprocessing.active_children() == []
