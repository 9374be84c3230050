"""Does something that is killed on its way: `killing.py build ROOT`, run by test_release.py, and
`killing.py mend FILE`, run by test_mending.py.

Every step that changes the folder raises an audit event. A killed process leaves what is on the disk then: so a build
is looked at before each of its steps, and killed at some of them, as if the power had gone; a repair is killed at each.
Prints a JSON object: how many steps there are, those at which it was killed, those at which the earlier state wasn't
intact, and whether the last run, which nobody killed, did all (and, of a build, cleared what the others left).
"""

import hashlib
import json
import os
import shutil
import sys
from collections.abc import Callable
from functools import cache
from itertools import count
from multiprocessing import Pipe
from pathlib import Path
from typing import Any

from conflict_incidents import verify
from conflict_incidents.authoring.fix import plan_fixes
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.records.autofix import repair
from conflict_incidents.release import ReleaseError
from conflict_incidents.release.build import build
from conflict_incidents.release.checksums import SUMS
from conflict_incidents.release.reader import opened
from samples import rows

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


def looked_at_each(folder: Path, work: Callable[[], object], sound: Callable[[], bool]) -> tuple[int, list[int]]:
    """Work in a child, with a look before each of its changes of the folder: how many there were, and which not sound.

    Raises:
        EOFError: the work failed.
    """
    receiver, sender = Pipe(duplex=False)
    if os.fork():
        sender.close()
        told: tuple[int, list[int]] = receiver.recv()
        os.wait()
        return told
    steps, wrong = 0, []

    def hook(event: str, args: tuple[Any, ...]) -> None:
        nonlocal steps
        if changes_below(folder, event, args):
            steps += 1
            if not sound():
                wrong.append(steps)

    try:
        sys.addaudithook(hook)
        work()
        sender.send((steps, wrong))
    finally:
        os._exit(0)


def intact(release: Path) -> bool:
    """Whether every file of a release has its checksum."""
    lines = [line.split("  ", 1) for line in (release / SUMS).read_text("utf-8").splitlines()]
    return all(digest_of(release / name, stamp(release / name)) == digest for digest, name in lines)


def whole(out: Path) -> bool:
    """Whether every zip in a folder of releases is one that can be opened."""
    return all(opens(file, stamp(file)) for file in out.glob("[!.]*.zip"))


def stamp(file: Path) -> tuple[int, int, int]:
    """What changes with a file: a look at each of a hundred steps need not read again what stayed the same."""
    found = file.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns


@cache
def digest_of(file: Path, _: tuple[int, int, int]) -> str:
    """The SHA-256 of a file as it is by its stamp."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


@cache
def opens(file: Path, _: tuple[int, int, int]) -> bool:
    """Whether a zip, as it is by its stamp, is a release."""
    try:
        with opened(file):
            return True
    except ReleaseError:
        return False


def builds(root: Path) -> None:
    """Look at every step of a build, kill it at the first, one half-way and the last, then let it finish."""
    dataset, out = Dataset(root), root / "release"
    before = (out / "current").readlink().name
    verify(out / before)  # every child has then what the checks load and prepare once
    held = {file.name for file in out.iterdir()}

    def work() -> object:
        return build(dataset, rows(dataset), out)

    def sound() -> bool:
        return (out / "current").readlink().name == before and intact(out / before) and whole(out)

    def finished_removed() -> None:
        """What was finished would be left out of the next run, which then had not the same steps."""
        for file in out.iterdir():
            if file.name not in held and not file.name.startswith(".tmp-"):
                shutil.rmtree(file) if file.is_dir() else file.unlink()

    current = (out / "current").readlink()
    steps, wrong = looked_at_each(out, work, sound)
    (out / "current").unlink()
    (out / "current").symlink_to(current)
    finished_removed()
    killed = [step for step in (1, steps // 2, steps) if killed_at(step, out, work)]
    wrong += [] if sound() else killed
    finished_removed()
    work()
    now = (out / "current").readlink().name
    left = [file.name for file in out.iterdir() if file.name.startswith(".tmp-")]
    finished = now != before and intact(out / now) and intact(out / before) and whole(out) and not left
    finished &= (out / f"{now}.zip").is_file()
    print(json.dumps({"steps": steps, "killed": killed, "wrong": wrong, "finished": finished}))


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
    finished = file.read_bytes() == new != old
    print(json.dumps({"steps": len(killed), "killed": killed, "wrong": wrong, "finished": finished}))


def mend(file: Path) -> None:
    """Mend a file as `validate --fix` does."""
    for look in plan_fixes([file]):
        look.write()


if __name__ == "__main__":
    {"build": builds, "mend": mends}[sys.argv[1]](Path(sys.argv[2]))
