"""Git repositories for the tests of what a branch changed."""

import os
import shutil
import subprocess
from collections.abc import Collection
from pathlib import Path, PurePosixPath
from typing import Self

from conflict_incidents.dataset.git import DATASET_PATHS, Changes, changes_since
from conflict_incidents.dataset.index import files_below

ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
}
_IDENTITY = ["-c", "user.name=A Recorder", "-c", "user.email=recorder@example.org", "-c", "commit.gpgSign=false"]


class WalkedFiles:
    """The folders and files of a dataset without their hashes, so that each file is read."""

    def __init__(self, root: Path) -> None:
        tops = [root / top for top in DATASET_PATHS if os.path.lexists(root / top)]
        files = [file for top in tops for file in (files_below(top) if top.is_dir() else [top])]
        self.paths = [PurePosixPath(file.relative_to(root)) for file in files]

    def trees(self) -> dict[str, str]:
        """Return the folders."""
        return {str(folder): "" for path in self.paths for folder in path.parents if folder.name}

    def blobs(self, folders: Collection[str]) -> dict[str, str]:
        """Return the files directly in some folders."""
        return {str(path): "" for path in self.paths if str(path).rpartition("/")[0] in folders}


def all_changes(root: Path, revision: str) -> Changes:
    """Return the changes since a revision, found by reading every file."""
    return changes_since(root, revision, lambda: WalkedFiles(root))


class Repository:
    """A repository at a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def create(cls, folder: Path, *options: str) -> Self:
        """Create a repository with the branch `main`."""
        folder.mkdir(parents=True, exist_ok=True)
        repository = cls(folder)
        repository.git("init", "--quiet", "--template=", "--initial-branch=main", *options)
        return repository

    def copy_to(self, folder: Path) -> Self:
        """Copy the repository to another folder."""
        return type(self)(shutil.copytree(self.folder, folder, symlinks=True))

    def git(self, *arguments: str, stdin: bytes = b"") -> str:
        """Run a git command, which must succeed; return its output."""
        command = ["git", *_IDENTITY, *arguments]
        result = subprocess.run(
            command, cwd=self.folder, env=ENVIRONMENT, input=stdin, capture_output=True, check=False
        )
        assert result.returncode == 0, result.stderr
        return result.stdout.decode().strip()

    def write(self, path: str, text: str | bytes) -> Path:
        """Write a file, below the repository."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return file

    def commit(self, *paths: str) -> str:
        """Commit everything, or these paths, and return the commit's name."""
        self.git("add", "--all", *(["--", *paths] if paths else []))
        self.git("commit", "--quiet", "--allow-empty", "--message", "A change")
        return self.git("rev-parse", "HEAD")
