"""Measure `incidents validate FILE` as a whole process, relative to the start of the interpreter.

    .venv/bin/python benchmarks/validate_one.py [FILE]

Prints the best of ten runs of both, their difference and their ratio: machines are noisy, ratios less so.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

TOP = Path(__file__).parents[1]
RUNS = 10


def best_of(command: list[str]) -> float:
    """Return the shortest of some runs, in seconds."""
    seconds = []
    for _ in range(RUNS):
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True, cwd=TOP)
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def main() -> None:
    """Measure and print."""
    default = next((TOP / "data" / "incidents").rglob("*.yaml"))
    file = sys.argv[1] if len(sys.argv) > 1 else str(default)
    bare = best_of([sys.executable, "-c", "pass"])
    whole = best_of([sys.executable, "-m", "conflict_incidents", "validate", file])
    print(f"interpreter alone {bare:.3f} s, validating one file {whole:.3f} s")
    print(f"difference {whole - bare:.3f} s, ratio {whole / bare:.1f}")


if __name__ == "__main__":
    main()
