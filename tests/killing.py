"""Builds a dataset again and again, each time killed one step later: `killing.py ROOT`, run by test_release.py.

Every step that changes the folder of releases raises an audit event; the build of a forked child ends at the N-th, as
if the power had gone. Prints a JSON object: the steps at which it was killed, those after which the earlier release
wasn't current and intact, and whether the last build, which nobody killed, did all and cleared what the others left.
"""

import hashlib
import json
import os
import sys
from pathlib import Path
from typing import Any

from conflict_incidents import contract
from conflict_incidents.dataset import Dataset
from conflict_incidents.release import build
from conflict_incidents.release.contents import SUMS
from samples import records

CHANGES = {"os.mkdir", "os.rename", "os.symlink", "os.remove", "os.rmdir"}
KILLED = 9


def changes_below(folder: Path, event: str, args: tuple[Any, ...]) -> bool:
    """Whether an audit event is about to change something below a folder."""
    if event == "open":
        return str(args[0]).startswith(str(folder)) and isinstance(args[1], str) and args[1] != "r" and args[1] != "rb"
    return event in CHANGES and str(folder) in " ".join(map(str, args))


def killed_at(step: int, dataset: Dataset, out: Path) -> bool:
    """Build in a child that is killed before its N-th change; whether it lived to do it."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == KILLED
    seen = 0

    def hook(event: str, args: tuple[Any, ...]) -> None:
        nonlocal seen
        if changes_below(out, event, args):
            seen += 1
            if seen == step:
                os._exit(KILLED)

    sys.addaudithook(hook)
    build(dataset, records(dataset), out)
    os._exit(0)


def intact(release: Path) -> bool:
    """Whether every file of a release has its checksum."""
    lines = [line.split("  ", 1) for line in (release / SUMS).read_text("utf-8").splitlines()]
    return all(hashlib.sha256((release / name).read_bytes()).hexdigest() == digest for digest, name in lines)


def main(root: Path) -> None:
    """Kill the build at every step of the way, most of the equal ones left out, then let it finish."""
    dataset, out = Dataset(root), root / "release"
    before = (out / "current").readlink().name
    wrong: list[int] = []
    killed: list[int] = []
    late = 2 * len(contract.tables()) + 5  # the last file; the steps before only differ in the file that is written
    for step in (1, 2, 25, *range(late, late + 20)):
        if not killed_at(step, dataset, out):
            break
        killed.append(step)
        if (out / "current").readlink().name != before or not intact(out / before):
            wrong.append(step)
    now = (out / "current").readlink().name
    left = [file.name for file in out.iterdir() if file.name.startswith(".tmp-")]
    finished = now != before and intact(out / now) and intact(out / before) and not left
    print(json.dumps({"killed": killed, "wrong": wrong, "finished": finished}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
