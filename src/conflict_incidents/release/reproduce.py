"""Check that builds are reproducible: build the dataset again in other environments, and compare."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from conflict_incidents.core.errors import UserError
from conflict_incidents.core.files import temporary_folder
from conflict_incidents.core.progress import step
from conflict_incidents.release.contents import README, listed_formats
from conflict_incidents.release.reader import OpenRelease, open_release
from conflict_incidents.tables.contract import RELEASES

_OURS = ("TZ", "LANG", "LANGUAGE", "PYTHONHASHSEED")


class ReproductionError(UserError):
    """A build failed; the message is its output, `exit_code` its exit code."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The environment of a build.

    `name` is used in messages, `python` is the interpreter, `environment` has further environment variables, `umask` is
    that of the process; `has_other_folder` is whether to build a copy of the dataset in another folder, whose files
    were created in the opposite order.
    """

    name: str
    python: str = sys.executable
    environment: Mapping[str, str] = field(default_factory=dict)
    umask: int = 0o022
    has_other_folder: bool = False


HERE = Surroundings("as it is", environment={"TZ": "UTC", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0"})
OTHER_SURROUNDINGS = Surroundings(
    "another zone, locale, hash seed, umask, folder and order of files",
    environment={"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONHASHSEED": "4294967295", "PYTHONUTF8": "0"},
    umask=0o077,
    has_other_folder=True,
)


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A build compared with the first: its environment, the number of equal files, and a line per difference.

    SQLite databases and workbooks are compared by content: their bytes change with the SQLite library and zlib. If its
    version of pyarrow differs, Parquet files and hashes of them can't be equal; then `pyarrow` has its version, and
    only the other files and the hash of the rows are compared.
    """

    surroundings: Surroundings
    same: int
    differences: list[str]
    pyarrow: str = ""


def reproduce(
    root: Path,
    others: Sequence[Surroundings],
    arguments: Sequence[str] = (),
    expected: Path | None = None,
) -> Iterator[Rebuilt]:
    """Build a dataset in other surroundings, and compare each release with the one that is expected.

    Args:
        root: the dataset, an absolute path.
        others: the surroundings to build in.
        arguments: further arguments of `incidents build`; those for formats and pictures are the expected release's.
        expected: a release (folder or zip) that the dataset should make; None for what a build `HERE` makes.

    Raises:
        ReproductionError: a build failed.
        ReleaseError: the expected release isn't whole.
    """
    with temporary_folder() as temporary:
        if expected is None:
            with step(f"building {HERE.name}"):
                expected = _build(root, HERE, temporary / "first", arguments)
        with open_release(expected) as first:
            names, pictures = listed_formats(first.read(README) if README in first.files else b"")
            chosen = [*arguments, f"--formats={','.join(names) or 'csv'}", *["--pictures"] * pictures]
            for number, surroundings in enumerate(others):
                with step(f"building {surroundings.name}"):
                    folder = _build(root, surroundings, temporary / str(number), chosen)
                with open_release(folder) as second:
                    yield _compare(first, second, surroundings)


def _build(root: Path, surroundings: Surroundings, folder: Path, arguments: Sequence[str]) -> Path:
    """Build the dataset in an environment into a new folder; return the release."""
    folder.mkdir()
    source = _copy(root, folder / "dataset") if surroundings.has_other_folder else root
    own = {name: value for name, value in os.environ.items() if name not in _OURS and not name.startswith("LC_")}
    python = [surroundings.python, "-m", "conflict_incidents"]
    process = subprocess.run(
        [*python, "build", "--root", str(source), "--out", str(folder / RELEASES), *arguments],
        cwd=folder,
        env=own | dict(surroundings.environment),
        umask=surroundings.umask,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="backslashreplace",
        check=False,
    )
    if process.returncode != 0:
        output = "\n".join([process.stdout.strip(), process.stderr.strip()]).strip()
        raise ReproductionError(f"not built ({surroundings.name}):\n{output}", process.returncode)
    return (folder / RELEASES / "current").resolve()


def _copy(root: Path, target: Path) -> Path:
    """Copy the files of a dataset in the opposite order, so that listings in order of creation are reversed."""
    for path in sorted(_files(root), reverse=True):
        copy = target / path.relative_to(root)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    return target


def _files(root: Path) -> Iterator[Path]:
    """Yield every file of a dataset's folder, except releases and hidden files."""
    for folder, below, files in os.walk(root):
        here = Path(folder)
        below[:] = [name for name in below if name[0] != "." and here / name != root / RELEASES]
        yield from (here / name for name in files if name[0] != "." and (here / name).is_file())


def _compare(first: OpenRelease, second: OpenRelease, surroundings: Surroundings) -> Rebuilt:
    writers = [_writer(release) for release in (first, second)]
    names = sorted({*first.sums, *second.sums})
    if writers[0] != writers[1]:
        names = [name for name in names if name.endswith(".csv") or name == "LICENSE-DATA"]
    differing = [name for name in names if not _same(name, first, second)]
    differences = [f"{name}: {_difference(name, first, second)}" for name in differing]
    if first.content_hash != second.content_hash:
        differences.insert(0, f"the hash of the rows: {first.content_hash} and {second.content_hash}")
    other = writers[1] if writers[0] != writers[1] else ""
    return Rebuilt(surroundings, len(names) - len(differing), differences, other)


def _same(name: str, first: OpenRelease, second: OpenRelease) -> bool:
    """Whether two releases have the same file: equal bytes, or equal content if the bytes depend on a library."""
    if first.sums.get(name) == second.sums.get(name):
        return True
    return name in first.sums and name in second.sums and same_content(name, first.read(name), second.read(name))


def same_content(name: str, one: bytes, other: bytes) -> bool:
    """Whether two files of a name hold the same, where their bytes depend on a library; else whether they are equal."""
    content = _CONTENT.get(Path(name).suffix)
    try:
        return one == other or (content is not None and content(one) == content(other))
    except (sqlite3.Error, zipfile.BadZipFile):
        return False


def _database(data: bytes) -> object:
    """Hash the tables, rows and views of an SQLite database."""
    digest = hashlib.sha256()
    with closing(sqlite3.connect(":memory:")) as database:
        database.deserialize(data)
        for statement in database.iterdump():
            digest.update(f"{statement}\n".encode())
    return digest.digest()


def _parts(data: bytes) -> object:
    """Return name, size and CRC of each part of a workbook."""
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        return [(part.filename, part.file_size, part.CRC) for part in parts.infolist()]


_CONTENT: Mapping[str, Callable[[bytes], object]] = {".sqlite": _database, ".xlsx": _parts}
"""Readers, by suffix, of files whose bytes depend on a library outside the lock file."""


def _writer(release: OpenRelease) -> str:
    """Return the version of pyarrow that wrote a release, according to its Parquet files."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    file = next(name for name in sorted(release.sums) if name.endswith(".parquet"))
    return str(pq.read_metadata(pa.BufferReader(release.read(file))).created_by)


def _difference(name: str, first: OpenRelease, second: OpenRelease) -> str:
    for release, which in ((first, "second"), (second, "first")):
        if name not in release.sums:
            return f"only in the {which} release"
    return "differs"
