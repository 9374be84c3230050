"""Does something again and again, each time killed one step later: `killing.py build ROOT`, run by test_release.py,
and `killing.py mend FILE`, run by test_mending.py.

Every step that changes the folder raises an audit event; a forked child ends at the N-th, as if the power had gone.
Prints a JSON object: the steps at which it was killed, those after which the earlier state wasn't intact, and whether
the last run, which nobody killed, did all (and, of a build, cleared what the others left).
"""

import hashlib
import json
import os
import shutil
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

from conflict_incidents import verify
from conflict_incidents.dataset import Dataset
from conflict_incidents.mending import looked_at
from conflict_incidents.release import ReleaseError, build
from conflict_incidents.release.building import prepare
from conflict_incidents.release.contents import SUMS
from conflict_incidents.release.opening import opened
from conflict_incidents.repair import repair
from samples import records

CHANGES = {"os.mkdir", "os.rename", "os.symlink", "os.remove", "os.rmdir"}
KILLED = 9


def changes_below(folder: Path, event: str, args: tuple[Any, ...]) -> bool:
    """Whether an audit event is about to change something below a folder."""
    if event == "open":
        return str(args[0]).startswith(str(folder)) and isinstance(args[1], str) and args[1] != "r" and args[1] != "rb"
    return event in CHANGES and str(folder) in " ".join(map(str, args))


def killed_at(step: int, folder: Path, work: Callable[[], object]) -> bool:
    """Work in a child that is killed before its N-th change of the folder; whether it lived to do it."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == KILLED
    seen = 0

    def hook(event: str, args: tuple[Any, ...]) -> None:
        nonlocal seen
        if changes_below(folder, event, args):
            seen += 1
            if seen == step:
                os._exit(KILLED)

    sys.addaudithook(hook)
    work()
    os._exit(0)


def intact(release: Path) -> bool:
    """Whether every file of a release has its checksum."""
    lines = [line.split("  ", 1) for line in (release / SUMS).read_text("utf-8").splitlines()]
    return all(hashlib.sha256((release / name).read_bytes()).hexdigest() == digest for digest, name in lines)


def whole(out: Path) -> bool:
    """Whether every zip in a folder of releases is one that can be opened."""
    try:
        for file in out.glob("[!.]*.zip"):
            with opened(file):
                pass
    except ReleaseError:
        return False
    return True


def builds(root: Path) -> None:
    """Kill the build at every step of the way, most of the equal ones left out, then let it finish."""
    dataset, out = Dataset(root), root / "release"
    before = (out / "current").readlink().name
    verify(out / before)  # every child has then what the checks load and prepare once
    held = {file.name for file in out.iterdir()}
    wrong: list[int] = []
    killed: list[int] = []
    late = (
        len(prepare(dataset, records(dataset))[0]) + 4
    )  # near the last file; the steps before only differ in the file that is written
    for step in (1, 2, 25, *range(late, late + 20)):
        if not killed_at(step, out, lambda: build(dataset, records(dataset), out)):
            break
        killed.append(step)
        if (out / "current").readlink().name != before or not intact(out / before) or not whole(out):
            wrong.append(step)
        for file in out.iterdir():  # what was finished would be left out of the next run, and its steps not be killed
            if file.name not in held and not file.name.startswith(".tmp-"):
                shutil.rmtree(file) if file.is_dir() else file.unlink()
    now = (out / "current").readlink().name
    left = [file.name for file in out.iterdir() if file.name.startswith(".tmp-")]
    finished = now != before and intact(out / now) and intact(out / before) and whole(out) and not left
    finished &= (out / f"{now}.zip").is_file()
    print(json.dumps({"killed": killed, "wrong": wrong, "finished": finished}))


def mends(file: Path) -> None:
    """Kill the repair of a file at every step of the way, then let it finish."""
    old = file.read_bytes()
    new = repair(old).data
    wrong: list[int] = []
    killed: list[int] = []
    for step in count(1):
        if not killed_at(step, file.parent, lambda: mend(file)):
            break
        killed.append(step)
        wrong += [step] * (file.read_bytes() not in (old, new))
        file.write_bytes(old)
    print(json.dumps({"killed": killed, "wrong": wrong, "finished": file.read_bytes() == new != old}))


def mend(file: Path) -> None:
    """Mend a file as `validate --fix` does."""
    for look in looked_at([file]):
        look.put_in_place()


if __name__ == "__main__":
    {"build": builds, "mend": mends}[sys.argv[1]](Path(sys.argv[2]))
