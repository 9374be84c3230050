"""Setting up `.venv`: which Python makes it."""

import os
import shutil
import subprocess
from pathlib import Path

from samples import TOP

PYTHON = """#!/bin/sh
case "$1" in
  -m) exit 1 ;;
  --version) echo Python 3.11.0 ;;
esac
"""
"""A Python that is new enough, and whose venv module fails."""


def test_an_activated_environment_that_is_out_of_date_does_not_make_itself(tmp_path: Path) -> None:
    (tmp_path / "scripts").mkdir()
    shutil.copy(TOP / "scripts/setup", tmp_path / "scripts/setup")
    for name in ("requirements.lock", "requirements-oldest.lock", "pyproject.toml"):
        (tmp_path / name).touch()
    for folder in (tmp_path / ".venv/bin", tmp_path / "system"):
        folder.mkdir(parents=True)
        (folder / "python3").write_text(PYTHON, "utf-8")
        (folder / "python3").chmod(0o755)
    path = f"{tmp_path / '.venv/bin'}:{tmp_path / 'system'}:{os.defpath}"
    environment = {"PATH": path, "VIRTUAL_ENV": str(tmp_path / ".venv")}
    result = subprocess.run(["bash", "scripts/setup"], cwd=tmp_path, env=environment, capture_output=True, check=False)
    assert result.returncode == 2, result.stderr
    assert f"setup: {tmp_path / 'system/python3'} has no working venv module" in result.stderr.decode()
