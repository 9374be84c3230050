"""Fault injection: a command is killed or fails at each call that changes a file.

    ./scripts/faults [OPERATION …] [--every N]

At each call (open for writing, write, fsync, rename, link, mkdir, unlink, rmdir, truncate, copy) the command is killed,
or gets ENOSPC from then on, one EIO, or an interrupt; a write is half done by then. Afterwards every file must be as
before or as the command would have left it, its messages must be true, and the next run must succeed and leave no
temporary files. Where an operation has worker processes of its own, one of them is struck, or killed, and the main
process must notice. The tests try some of the calls; the script tries all, and exits with 1 after a failure.
"""

from __future__ import annotations

import argparse
import builtins
import errno
import hashlib
import io
import multiprocessing
import os
import re
import shutil
import signal
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

Strike = Callable[[str], None]
GROWING = {"open", "write", "os.mkdir", "os.link", "os.symlink", "os.sendfile", "vacuum"}
"""The calls that fail on a full disk."""
CHANGES = GROWING | {"os.rename", "os.remove", "os.rmdir", "os.truncate", "os.chmod", "os.fsync"}
_WRITTEN_COUNT = re.compile(r"(\d+) of (\d+) files were written")
_TEMPORARY = re.compile(r"\.tmp$|^\.tmp-|^tmp|\.part$")
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_OPEN = io.open
_MAIN = os.getpid()
_watching: list[tuple[str, Strike]] = []


def _audit_hook(event: str, args: tuple[Any, ...]) -> None:
    if not _watching or event not in CHANGES:
        return
    folder, strike = _watching[-1]
    if event == "open":
        path, mode, flags = args
        changes = set("wxa+") & set(mode) if isinstance(mode, str) else flags & _WRITING
        paths = [path] if changes or os.getpid() != _MAIN else []
    else:
        handles = [one for one in args if isinstance(one, int) and one > 2]
        paths = [*args[:2], *(str(Path(f"/proc/self/fd/{one}").readlink()) for one in handles[-1:] if _is_open(one))]
    if any(os.fsdecode(one).startswith(folder) for one in paths if isinstance(one, str | bytes | os.PathLike)):
        strike(event)


def _is_open(handle: int) -> bool:
    return os.path.lexists(f"/proc/self/fd/{handle}")


class _Raw(io.FileIO):
    """A file with a fault in the middle of each write."""

    def write(self, data: Any) -> int:
        view = memoryview(data).cast("B")
        count = super().write(view[: len(view) // 2])
        if _watching:
            _watching[-1][1]("write")
        return count + super().write(view[count:])


def _open(
    file: Any,
    mode: str = "r",
    buffering: int = -1,
    encoding: str | None = None,
    errors: str | None = None,
    newline: str | None = None,
    closefd: bool = True,
    opener: Any = None,
) -> Any:
    below = bool(_watching) and (isinstance(file, int) or os.fsdecode(file).startswith(_watching[-1][0]))
    if not below or not set("wxa+") & set(mode):
        return _OPEN(file, mode, buffering, encoding, errors, newline, closefd, opener)
    raw = _Raw(file, mode.replace("b", "").replace("t", ""), closefd, opener)
    if buffering == 0:
        return raw
    buffer = io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)
    return buffer if "b" in mode else io.TextIOWrapper(buffer, encoding, errors, newline)


class _Database(sqlite3.Connection):
    """A database with a fault in the middle of `VACUUM INTO`."""

    def execute(self, sql: str, *arguments: Any) -> sqlite3.Cursor:
        cursor = super().execute(sql, *arguments)
        if sql.startswith("VACUUM INTO") and _watching:
            file = Path(os.fsdecode(arguments[0][0]))
            data = file.read_bytes()
            file.write_bytes(data[: len(data) // 2])
            _watching[-1][1]("vacuum")
            file.write_bytes(data)
        return cursor


@contextmanager
def pause_faults() -> Iterator[None]:
    """Ignore changes made inside the block."""
    files = _watching.copy()
    _watching.clear()
    try:
        yield
    finally:
        _watching.extend(files)


@contextmanager
def watch_calls(folder: Path, strike: Strike) -> Iterator[None]:
    """Call `strike` before each call that changes something below a folder, and in the middle of each write."""
    if _audit_hook not in _hooks:
        sys.addaudithook(_audit_hook)
        _hooks.append(_audit_hook)

    def quiet(event: str) -> None:
        if _watching:
            with pause_faults():
                strike(event)

    connect, fsync, sendfile = sqlite3.connect, os.fsync, os.sendfile

    def intercept(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def calls(*arguments: Any) -> Any:
            quiet(name)
            return call(*arguments)

        return calls

    with ExitStack() as patches:
        for place, name, value in (
            (io, "open", _open),
            (builtins, "open", _open),
            (os, "fsync", intercept("os.fsync", fsync)),
            (os, "sendfile", intercept("os.sendfile", sendfile)),
            (sqlite3, "connect", lambda *args, **more: connect(*args, **{"factory": _Database, **more})),
        ):
            patches.enter_context(patch.object(place, name, value))
        _watching.append((os.fspath(folder), quiet))
        try:
            yield
        finally:
            _watching.clear()


_hooks: list[Any] = []


@dataclass(frozen=True)
class Operation:
    """An operation that changes files.

    `lay_out` creates the folder in which `run` works; `run` returns exit code and output. `one` are patterns of folders
    that are written whole or not at all. `kept` is whether the operation succeeds despite faults, as a cache does.
    """

    name: str
    lay_out: Callable[[Path], object]
    run: Callable[[Path], tuple[int, str]]
    one: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ("cache", "tmp", "said")
    keeps: bool = False
    code: int = 0
    first: tuple[str, ...] = ()
    """Files that it writes and reports before those that it counts."""
    workers: bool = False
    """Whether only its worker processes are struck, forked from this one; also where they read a file."""


@dataclass
class FaultReport:
    """The result of injecting faults: the number of calls, and a line per failure."""

    calls: int = 0
    points: int = 0
    wrong: list[str] = field(default_factory=list)
    remainders: int = 0
    """The number of times that a temporary file was left for the next run to delete."""


def inject_faults(work: Operation, home: Path, every: int = 1) -> FaultReport:
    """Inject each kind of fault at one in `every` calls of an operation."""
    report, template = FaultReport(), home / "template"
    template.mkdir(parents=True)
    work.lay_out(template)
    for name in ("cache", "tmp"):
        (template / name).mkdir(exist_ok=True)
    old = units(template, work)
    whole = _copy(template, home / "whole")
    code, output = _run(work, whole)
    new = units(whole, work)
    usual = code, output.replace(str(whole), "")
    if code != work.code:
        report.wrong.append(f"{work.name}: undisturbed, it ends with {code}: {output[-500:]}")
    if remainder := leftovers(whole):
        report.wrong.append(f"{work.name}: undisturbed, it leaves {remainder}")
    for number, (event, world) in enumerate(_kill_at_each(work, template, home, every, report)):
        _judge(f"{work.name}: killed at {event} {number * every + 1}", work, world, old, new, usual, report)
        shutil.rmtree(world)
    for at in range(1, report.calls + 1, every):
        for how in ("full", "broken", "killed" if work.workers else "Ctrl-C"):
            _strike(work, template, home / "world", at, how, (old, new, usual), report)
    return report


class _Calls:
    """Counts the calls of an operation in this process, or in its worker processes, and notes which was struck."""

    def __init__(self, work: Operation) -> None:
        self._workers = work.workers
        self._count: Any = multiprocessing.Value("q", 0)
        self._fault_event: Any = multiprocessing.Array("c", 20)

    def next(self) -> int:
        """The number of a call; 0 for one that isn't counted."""
        if self._workers == (os.getpid() == _MAIN):
            return 0
        with self._count.get_lock():
            self._count.value += 1
            return int(self._count.value)

    @property
    def total(self) -> int:
        return int(self._count.value)

    @property
    def fault_event(self) -> str:
        return str(self._fault_event.value.decode())

    @fault_event.setter
    def fault_event(self, event: str) -> None:
        self._fault_event.value = event.encode()


def _kill_at_each(
    work: Operation, template: Path, home: Path, every: int, report: FaultReport
) -> list[tuple[str, Path]]:
    """Count the calls; return what a killed process leaves: the folder as it is at each call."""
    world, looks, calls = _copy(template, home / "killed"), [], _Calls(work)

    def strike(event: str) -> None:
        at = calls.next()
        if at and at % every == 1 % every and not work.workers:
            looks.append((event, _copy(world, home / f"killed-{at}")))

    with watch_calls(world, strike):
        _run(work, world)
    report.calls = calls.total
    return looks


def _strike(
    work: Operation, template: Path, world: Path, at: int, how: str, expected: tuple[Any, Any, Any], report: FaultReport
) -> None:
    shutil.rmtree(world, ignore_errors=True)
    _copy(template, world)
    calls = _Calls(work)

    def strike(event: str) -> None:
        number = calls.next()
        if how == "full" and number >= at and event in GROWING:
            calls.fault_event = calls.fault_event or event
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        if number != at or how == "full":
            return
        calls.fault_event = event
        if how == "broken":
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        if how == "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        raise KeyboardInterrupt

    name = f"{work.name}: {how} at {at}"
    before = units(world, work)
    try:
        with watch_calls(world, strike):
            code, output = _run(work, world)
    except BaseException as error:  # users would see a traceback
        report.wrong.append(f"{name} ({calls.fault_event}): {type(error).__name__}: {error}")
        return
    name = f"{name} ({calls.fault_event})"
    if not calls.fault_event:
        return
    now = units(world, work)
    if statement := _WRITTEN_COUNT.search(output):
        is_first = int(statement[2]) == len(work.first)
        written = {one for one in now.keys() & expected[1] if (one in work.first) == is_first}
        count = sum(now[one] != before.get(one) for one in written)
        if int(statement[1]) != count:
            report.wrong.append(f"{name}: says {statement[0]!r}, and {count} were")
    if how == "Ctrl-C" and code != 130 and now != expected[1]:
        report.wrong.append(f"{name}: ends with {code}: {output[-200:]}")
    if how != "Ctrl-C" and code == 0 and now != expected[1]:
        report.wrong.append(f"{name}: ends with 0, and isn't done")
    if work.keeps and how != "Ctrl-C" and (code, output.replace(str(world), "")) != expected[2]:
        report.wrong.append(f"{name}: another verdict: {code} {output[-300:]}")
    _judge(name, work, world, *expected, report)


def _judge(
    name: str,
    work: Operation,
    world: Path,
    old: Mapping[str, str],
    new: Mapping[str, str],
    usual: tuple[int, str],
    report: FaultReport,
) -> None:
    """Check that every file is as before or as after a full run, and that the next run completes the operation."""
    report.points += 1
    now = units(world, work)
    partial = [one for one in {*now, *old, *new} if now.get(one) not in {old.get(one), new.get(one)}]
    report.wrong += [f"{name}: torn: {one}" for one in partial]
    report.remainders += bool(leftovers(world))
    try:
        code, output = _run(work, world)
    except BaseException as error:
        report.wrong.append(f"{name}: the next run: {type(error).__name__}: {error}")
        return
    is_done = now == new
    if code != usual[0] and not is_done:
        report.wrong.append(f"{name}: the next run ends with {code}: {output[-300:]}")
    if units(world, work) != new:
        report.wrong.append(f"{name}: the next run doesn't complete it: {output[-300:]}")
    if remainder := leftovers(world):
        report.wrong.append(f"{name}: the next run leaves {remainder}")


def _run(work: Operation, world: Path) -> tuple[int, str]:
    own = {"INCIDENTS_CACHE": str(world / "cache"), "CONFLICT_INCIDENTS_CACHE": str(world / "cache")}
    with patch.dict(os.environ, own), patch.object(tempfile, "tempdir", str(world / "tmp")):
        return work.run(world)


def _copy(folder: Path, copy: Path) -> Path:
    return shutil.copytree(folder, copy, symlinks=True)


def units(world: Path, work: Operation) -> dict[str, str]:
    """Return a hash of each file, or of each folder that is written as a whole."""
    contents: dict[str, Any] = {}
    for file in sorted(world.rglob("*")):
        name = file.relative_to(world).as_posix()
        if name.split("/")[0] in work.ignored or (file.is_dir() and not file.is_symlink()):
            continue
        if any(_TEMPORARY.search(part) for part in name.split("/")) or file.name.endswith(".lock"):
            continue
        content = str(file.readlink()).encode() if file.is_symlink() else file.read_bytes()
        top = next((part for part in _tops(name) if any(Path(part).match(one) for one in work.one)), name)
        contents.setdefault(top, hashlib.sha256()).update(f"{name}\n".encode() + content)
    return {name: one.hexdigest() for name, one in contents.items()}


def _tops(name: str) -> Iterator[str]:
    parts = name.split("/")
    yield from ("/".join(parts[:count]) for count in range(1, len(parts)))


def leftovers(world: Path) -> list[str]:
    """Return the temporary files that remain."""
    top = [file for file in world.rglob("*") if _TEMPORARY.search(file.name) and file != world / "tmp"]
    return sorted(file.relative_to(world).as_posix() for file in top if file.parent != world / "tmp")


def main(names: list[str], every: int) -> int:
    """Inject faults into the named operations, or all, and print a table."""
    from operations import OPERATIONS

    wrong = 0
    print("| operation | calls | points | torn or wrong | temporary files left, cleared by the next run |")
    print("|---|---:|---:|---:|---:|")
    lines = []
    for work in OPERATIONS:
        if names and work.name not in names:
            continue
        with tempfile.TemporaryDirectory() as home:
            report = inject_faults(work, Path(home), every)
        wrong += len(report.wrong)
        lines += report.wrong
        print(
            f"| {work.name} | {report.calls} | {report.points} | {len(report.wrong)} | {report.remainders} |",
            flush=True,
        )
    print(*lines, sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("operations", nargs="*", metavar="OPERATION", help="which operations (default: all)")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only one of N calls")
    options = parser.parse_args()
    import faults  # the module that the operations import, which isn't `__main__`

    sys.exit(faults.main(options.operations, options.every))
