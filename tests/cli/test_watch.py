"""`incidents validate --watch` as a real process, beside an editor."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from commands import run
from samples import STORY, dataset

ORGANISATION_FILE = "data/organisations/sohr.yaml"


class Watch:
    """A watch of a dataset, and what it has printed."""

    def __init__(self, root: Path, log: Path) -> None:
        command = [sys.executable, "-m", "conflict_incidents", "validate", "--watch", "--all", "--no-cache"]
        self.log = log
        with log.open("wb") as stream:
            self.process = subprocess.Popen(command, cwd=root, stdout=stream, stderr=stream)
        self.read = 0

    def read_until(self, last: str) -> str:
        """What it has printed since the last time, up to the line that begins so."""
        for _ in range(3000):
            text = self.log.read_text("utf-8")[self.read :]
            if text.endswith("\n") and text.splitlines()[-1].startswith(last):
                self.read += len(text)
                return text
            assert self.process.poll() is None, text
            time.sleep(0.02)
        raise AssertionError(f"no {last!r} in {text!r}")


@pytest.fixture
def started_watch(tmp_path: Path) -> Iterator[tuple[Path, Watch]]:
    dataset(tmp_path / "set", STORY)
    watch = Watch(tmp_path / "set", tmp_path / "log")
    yield tmp_path / "set", watch
    watch.process.kill()
    watch.process.wait()


def test_each_change_is_validated_until_ctrl_c(started_watch: tuple[Path, Watch]) -> None:
    root, watch = started_watch
    file = root / ORGANISATION_FILE
    good = file.read_text("utf-8")
    assert "0 errors" in watch.read_until("watching the files; Ctrl-C ends it")

    file.write_text(good.replace("organisation/1", "organisation/9"), "utf-8")
    output = watch.read_until("in all: ")
    assert output.startswith("── ")
    assert f"{ORGANISATION_FILE} ─" in output
    assert f"{ORGANISATION_FILE}:1:" in output
    assert "REC003" in output

    (root / "data/organisations/.sohr.yaml.swp").write_bytes(b"\0")  # an editor's own file is none of the records
    draft_file = file.with_name(".sohr.yaml.new")
    draft_file.write_text(good, "utf-8")
    draft_file.replace(file)
    output = watch.read_until("in all: ")
    assert ORGANISATION_FILE in output
    assert "REC003" not in output
    assert "in all: 0 errors" in output

    file.write_text(good[: len(good) // 2], "utf-8")  # half saved
    assert f"{ORGANISATION_FILE}:" in watch.read_until("in all: ")
    file.unlink()
    assert "--kind organisation --id sohr" in watch.read_until("in all: ")  # by what names it
    (root / "datapackage.json").write_text("{", "utf-8")
    assert "datapackage.json" in watch.read_until("in")
    watch.process.send_signal(signal.SIGINT)
    assert watch.process.wait(30) == 130
    assert "Traceback" not in watch.log.read_text("utf-8")


@pytest.mark.parametrize("option", [["--fix"], ["--format", "json"], ["--changed-since", "main"]])
def test_what_a_watch_cannot_do_is_said(option: list[str], tmp_path: Path) -> None:
    dataset(tmp_path, STORY)
    result = run(tmp_path, "validate", "--watch", *option)
    assert result.returncode == 2
    assert "--watch prints text of a dataset on this machine, and goes with PATH, --rule and the views" in result.stderr
