"""Git repositories for the tests of what a branch changed."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Self

ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
}
_IDENTITY = ["-c", "user.name=A Recorder", "-c", "user.email=recorder@example.org", "-c", "commit.gpgSign=false"]


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
