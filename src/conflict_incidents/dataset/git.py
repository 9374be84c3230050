"""Determine by git which files of a dataset changed on a branch, with their former content.

Only the base is read from git. The working folder is compared with it byte by byte, so that git's index, attributes,
flags and settings have no effect, and nothing is checked out.

Prevents: a change hidden by git's index flags, attributes or settings, and a revision or file name of a fork that git
reads as an option.
"""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Protocol

from conflict_incidents.core.files import blob_of, read_whole
from conflict_incidents.core.findings import Shown, bare, show, user_text
from conflict_incidents.core.resources import DESCRIPTOR
from conflict_incidents.core.rule import suggestion
from conflict_incidents.dataset.errors import DatasetError
from conflict_incidents.dataset.top import is_dataset

DATASET_PATHS = ("data", "schemas", DESCRIPTOR)
"""The files and folders that belong to a dataset, below its root."""
_ENVIRONMENT = ("GIT_CONFIG", "GIT_CEILING_DIRECTORIES", "GIT_DISCOVERY_ACROSS_FILESYSTEM", "GIT_EXEC_PATH")
"""The environment variables that are passed to git. Others, such as a hook's GIT_DIR, would point it elsewhere."""
_QUIET = {
    "LC_ALL": "C",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
}
_SHA1 = 40
_LINK, _SUBMODULE, _FOLDER = "120000", "160000", "040000"
MAX_FOLDERS = 500
"""The maximum number of folders to list one by one."""
_DEEPEN = "this clone is shallow: get the rest by `git fetch --unshallow` (in GitHub Actions: `fetch-depth: 0`)"


class HistoryError(DatasetError):
    """The changes of a branch can't be determined; the message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Change:
    """A file that differs from the base.

    `path` is below the dataset's root, with `/`; `old` is its content at the base, None if it didn't exist, and
    `exists` whether it exists now. A renamed file is a new one: ids, which name the files, never change.
    """

    path: str
    old: bytes | None
    exists: bool

    @property
    def kind(self) -> str:
        """`new`, `changed` or `deleted`."""
        if self.old is None:
            return "new"
        return "changed" if self.exists else "deleted"


@dataclass(frozen=True, slots=True)
class Changes:
    """The changes of the dataset at `root` since `base`, the commit where the branch left `revision`; by path."""

    root: Path
    revision: str
    base: str
    files: tuple[Change, ...]

    @property
    def summary(self) -> Shown:
        """The number of files by kind of change: `3 files changed: 2 new, 1 deleted`."""
        kinds = Counter(change.kind for change in self.files)
        parts = ", ".join(f"{kinds[kind]} {bare(kind)}" for kind in ("new", "changed", "deleted") if kinds[kind])
        number = f"{len(self.files)} {'file' if len(self.files) == 1 else 'files'} changed"
        return f"{number}: {parts}" if kinds.keys() - {"changed"} else number

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths of the files."""
        return tuple(change.path for change in self.files)


class Hashes(Protocol):
    """The git hashes (SHA-1) of a dataset's folders and files, as they are now; empty where unknown."""

    def trees(self) -> Mapping[str, str]:
        """Return those of the folders, by path below the root."""

    def blobs(self, folders: Collection[str]) -> Mapping[str, str]:
        """Return those of the files directly in some folders, by path below the root."""


def changes_since(root: Path, revision: str, current_hashes: Callable[[], Hashes]) -> Changes:
    """Compare the dataset at `root` with the commit at which its branch left `revision`.

    Uncommitted changes are included; untracked files that git ignores are not.

    Args:
        root: the dataset's folder.
        revision: a branch, a tag, a commit.
        current_hashes: returns the hashes of folders and files as they are now.

    Raises:
        HistoryError: git isn't installed, the dataset isn't in a repository, or the revision doesn't exist.
        OSError: a folder of the dataset can't be listed.
    """
    git = _Git(root)
    base = _base(git, revision)
    hashes = current_hashes()
    then, now = _folders(git, base), hashes.trees()
    folders = {folder for folder in then.keys() | now.keys() if then.get(folder) != now.get(folder)} | {""}
    before, blobs = _files_at_commit(git, base, folders), hashes.blobs(folders)
    ignored = set(_ignored_files(git)) if blobs.keys() - before.keys() else set()
    after = {
        path: ("", blob) if blob and len(blob) == len(base) else _fingerprint(root / path, len(base) or _SHA1)
        for path, blob in blobs.items()
        if path in before or path not in ignored
    }
    differing = {path for path in before | after if before.get(path) != after.get(path)}
    known = sorted(differing & before.keys())
    old = dict(zip(known, git.contents([before[path][1] for path in known]), strict=True))
    files = [Change(path, old.get(path), path in after) for path in sorted(differing)]
    return Changes(root, revision, base, tuple(files))


def datasets_near(folder: Path) -> list[Path]:
    """Return the datasets in the repository that a folder is in; none if there is no repository."""
    try:
        git = _Git(folder)
    except HistoryError:
        return []
    top = Path(os.fsdecode(git.output("rev-parse", "--show-toplevel")).rstrip("\n"))
    listed = _Git(top).output("ls-files", "-z", "--cached", "--others", "--exclude-standard").split(b"\0")
    names = sorted({os.fsdecode(name) for name in listed if name.rpartition(b"/")[2] == DESCRIPTOR.encode()})
    return [root for name in names if is_dataset(root := (top / name).parent)]


class _Git:
    """Git in the repository of a folder."""

    def __init__(self, folder: Path) -> None:
        program = shutil.which("git")
        if program is None:
            raise HistoryError("git isn't installed, or isn't in PATH, and only git knows what changed; install it")
        self._command = [program, "--no-pager", "-c", "core.fsmonitor=false"]
        self._folder = folder
        variables = {
            name: value for name, value in os.environ.items() if name.startswith(_ENVIRONMENT) or name[:4] != "GIT_"
        }
        self._environment = variables | _QUIET
        inside = self.run("rev-parse", "--is-inside-work-tree")
        if inside.stdout.strip() != b"true":
            raise HistoryError(f"{user_text(folder)} is not in a git work tree{_git_message(inside)}")

    def run(self, *arguments: str, input: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        """Run a git command with `input` as its input; return the finished process, also if it failed."""
        return subprocess.run(
            [*self._command, *arguments],
            cwd=self._folder,
            env=self._environment,
            input=input,
            capture_output=True,
            check=False,
        )

    def output(self, *arguments: str, input: bytes = b"") -> bytes:
        """Return the output of a git command; raise `HistoryError` if it fails."""
        process = self.run(*arguments, input=input)
        if process.returncode:
            raise HistoryError(f"git {user_text(arguments[0])} failed{_git_message(process)}")
        return process.stdout

    def contents(self, names: list[str]) -> list[bytes]:
        """Read the contents of blobs by name, in one process."""
        if not names:
            return []
        stream = self.run("cat-file", "--batch", input="".join(f"{name}\n" for name in names).encode()).stdout
        blobs: list[bytes] = []
        start = 0
        for name in names:
            head, _, _ = stream[start : start + 200].partition(b"\n")
            words = head.split(b" ")
            if len(words) != 3 or words[1] != b"blob":
                raise HistoryError(f"what a file held before, {user_text(name)}, isn't in this clone; fetch it again")
            begin = start + len(head) + 1
            start = begin + int(words[2]) + 1
            blobs.append(stream[begin : start - 1])
        return blobs

    @property
    def unborn(self) -> bool:
        """Whether the branch has no commit yet."""
        head = self.run("symbolic-ref", "--quiet", "HEAD")
        return not head.returncode and bool(self.run("rev-parse", "--verify", "--quiet", "HEAD").returncode)

    @property
    def shallow(self) -> bool:
        """Whether the clone is shallow."""
        return self.output("rev-parse", "--is-shallow-repository").strip() == b"true"


def _git_message(process: subprocess.CompletedProcess[bytes]) -> Shown:
    """Return git's own message, to append to another."""
    words = " ".join(process.stderr.decode("utf-8", "replace").split())
    return f"; git says: {user_text(words)}" if words else Shown("")


def _commit(git: _Git, revision: str) -> str | None:
    if not revision or "\0" in revision:
        return None
    process = git.run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    return None if process.returncode else process.stdout.decode("ascii", "replace").strip()


def _base(git: _Git, revision: str) -> str:
    """Return the commit at which the branch left a revision; empty for `HEAD` without any commit."""
    if revision == "HEAD" and git.unborn:
        return ""
    commit = _commit(git, revision)
    if commit is None:
        why = f"; {Shown(_DEEPEN)}" if git.shallow else _near(revision, git)
        raise HistoryError(f"there is no revision {show(revision)} in the repository{why}")
    head = _commit(git, "HEAD")
    if head is None:
        raise HistoryError("the repository has no commit to start from; commit something first")
    ancestor = git.run("merge-base", commit, head)
    if ancestor.returncode:
        why = Shown(_DEEPEN if git.shallow else "name one that this branch comes from")
        raise HistoryError(
            f"{show(revision)} and the present commit have no commit in common{_git_message(ancestor)}; {why}"
        )
    return ancestor.stdout.decode("ascii", "replace").split()[0]


def _near(revision: str, git: _Git) -> Shown:
    """Return a hint at the most similar branch or tag."""
    listed = git.output("for-each-ref", "--format=%(refname:short)").decode("utf-8", "replace").splitlines()
    remote = [name for name in listed if name.endswith(f"/{revision}")]
    return f"; did you mean {show(remote[0])}?" if remote and revision else suggestion(revision, listed)


_Print = tuple[str, str]
"""The fingerprint of a file: its type, from the mode, and the git hash of its content."""


def _folders(git: _Git, commit: str) -> dict[str, str]:
    """Return the hashes of the dataset's folders in a commit, by path below its root; none without a commit."""
    listed = _tree_entries(git, "-r", "-d", commit, "--", *DATASET_PATHS) if commit else ()
    return {path: tree for mode, tree, path in listed if mode == _FOLDER}


def _files_at_commit(git: _Git, commit: str, folders: Collection[str]) -> dict[str, _Print]:
    """Return the dataset's files directly in some folders in a commit, by path below its root."""
    if not commit:
        return {}
    if len(folders) > MAX_FOLDERS:
        listed = _tree_entries(git, "-r", commit, "--", *DATASET_PATHS)
    else:
        inside = [f"{folder}/" for folder in folders if folder]
        listed = _tree_entries(git, commit, "--", *DATASET_PATHS)
        listed = chain(listed, _tree_entries(git, commit, "--", *inside) if inside else ())
    return {
        path: (_LINK if mode == _LINK else "", blob)
        for mode, blob, path in listed
        if mode not in {_SUBMODULE, _FOLDER} and path.rpartition("/")[0] in folders
    }


def _tree_entries(git: _Git, *options: str) -> Iterator[tuple[str, str, str]]:
    """Yield mode, hash and path of each entry of a commit."""
    for line in os.fsdecode(git.output("ls-tree", "-z", *options)).split("\0")[:-1]:
        facts, _, path = line.partition("\t")
        mode, _, name = facts.split(" ")
        if mode == _FOLDER and set(path) <= {".", "/"}:  # `./` and `../`: the folders that contain the dataset
            continue
        if ("/." in path or "//" in path or path.endswith("/")) and {"", ".", ".."} & set(path.split("/")):
            raise HistoryError(f"the commit holds a file of the name {show(path)}, which no file can have")
        yield mode, name, path


def _ignored_files(git: _Git) -> Iterator[str]:
    """Yield untracked files that git ignores."""
    listed = git.output("ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--", *DATASET_PATHS)
    return (os.fsdecode(name) for name in listed.split(b"\0") if name)


def _fingerprint(file: Path, length: int) -> _Print:
    """Return the fingerprint of a file; equal to no recorded one if it can't be read or isn't a regular file."""
    try:
        mode = file.lstat().st_mode
        if stat.S_ISLNK(mode):
            return _LINK, blob_of(os.fsencode(file.readlink()), length)
        return ("", blob_of(read_whole(file), length)) if stat.S_ISREG(mode) else ("odd", "")
    except OSError:
        return "unreadable", ""
