"""Compare validation by local processes with that by a Dask cluster of as many workers, on the same records.

    python -m benchmarks.cluster 10k [--workers 2]

Each command is a process of its own without a cache; the seconds of a cluster's workers are counted with it.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from pathlib import Path
from subprocess import DEVNULL, Popen
from tempfile import TemporaryDirectory
from threading import Timer

import psutil
from benchmarks.generator import generate, size
from distributed import LocalCluster


def measure_validation(arguments: list[str], workers: list[int]) -> tuple[float, float, float]:
    """Return the processor and wall seconds of `incidents validate`, and the MiB of its largest process."""
    before, start = worker_seconds(workers), time.monotonic()
    process = Popen([sys.executable, "-m", "conflict_incidents", "validate", *arguments], stdout=DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode in {0, 1}
    seconds = usage.ru_utime + usage.ru_stime + worker_seconds(workers) - before
    return seconds, time.monotonic() - start, usage.ru_maxrss / 1024


def worker_seconds(workers: list[int]) -> float:
    """Return the processor seconds of the running workers."""
    times = [psutil.Process(one).cpu_times() for one in workers if psutil.pid_exists(one)]
    return sum(one.user + one.system for one in times)


def main() -> None:
    """Print a line for each configuration."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("records", type=size)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    with (
        TemporaryDirectory() as folder,
        LocalCluster(n_workers=options.workers, threads_per_worker=1, dashboard_address=":0") as cluster,
    ):
        wall = 0.0
        root = Path(folder) / "dataset"
        generate(root, options.records)
        cluster_options = ["--scheduler", cluster.scheduler_address]

        def pids() -> list[int]:
            return [one.pid for one in cluster.workers.values()]

        for name, arguments in {
            "processes": ["--no-cache", "--jobs", str(options.workers), "--root", str(root)],
            "cluster, files sent": ["--no-cache", "--root", str(root), *cluster_options],
            "cluster, files at a URL": ["--root", f"file://{root}", *cluster_options],
            "cluster, a worker killed": ["--root", f"file://{root}", *cluster_options],
        }.items():
            killer = Timer(wall / 2, os.kill, (pids()[0], signal.SIGKILL)) if "killed" in name else None
            if killer:
                killer.start()
            processor, wall, memory = measure_validation(arguments, pids())
            seconds = f"{processor:7.1f}" if killer is None else "      -"  # those of a killed worker are gone
            print(f"{name:26} {seconds} s processor {wall:7.1f} s wall {memory:6.0f} MiB", flush=True)


if __name__ == "__main__":
    main()
