"""Temporary folders: the next run deletes those of processes that were killed, and no others."""

import os
import subprocess
import tempfile
from pathlib import Path

import pytest

from conflict_incidents.core.files import temporary_folder


def test_folders_of_ended_processes_are_deleted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with subprocess.Popen(["true"]) as process:
        process.wait()
    stale, running = (f".incidents.{pid}-0123abcd.tmp" for pid in (process.pid, os.getppid()))
    for name in (stale, running, f".others.{process.pid}-0123abcd.tmp"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").touch()
    (tmp_path / f".incidents.{process.pid}-01234567.tmp").symlink_to(tmp_path / running)
    with temporary_folder() as outer, temporary_folder() as inner:
        (inner / "file").touch()
        assert outer.stat().st_mode & 0o77 == 0
        assert not (tmp_path / stale).exists()
        assert outer.is_dir()
    assert (tmp_path / running / "file").exists()
    assert sorted(one.name[:8] for one in tmp_path.iterdir() if not one.is_symlink()) == [".inciden", ".others."]
