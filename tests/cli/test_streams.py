"""What a shell does to a command: streams that are closed or full, a reader that leaves, Ctrl-C, `python -OO`."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from samples import STORY, dataset

INCIDENTS = f"{sys.executable} -m conflict_incidents"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    dataset(tmp_path / "set", STORY)
    return tmp_path / "set"


def shell(command: str, root: Path) -> tuple[int, str]:
    """What a command line ends with, and what it says on standard error."""
    line = f"set -o pipefail; unset PYTHONUNBUFFERED; {re.sub('^incidents', INCIDENTS, command)}"
    result = subprocess.run(["bash", "-c", line], cwd=root, capture_output=True, text=True, check=False)
    assert "Traceback" not in result.stderr
    assert "Exception ignored" not in result.stderr
    return result.returncode, result.stderr


def test_a_closed_output_and_no_docstrings_change_no_verdict(root: Path) -> None:
    (root / "data/organisations/sohr.yaml").write_text("schema: organisation/1\n", "utf-8")
    line = f"{sys.executable} -OO -m conflict_incidents validate --no-cache --format sarif <&- >&-"
    assert shell(line, root) == (1, "")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("incidents validate >&- 2>&-", 0),
        ("incidents validate >/dev/full", 2),
        ("incidents validate --nothing 2>/dev/full", 2),
        ("PYTHONUNBUFFERED=1 incidents --help >/dev/full", 2),
        ("incidents explain nothing 2>/dev/full", 2),
        (f"{sys.executable} -m conflict_incidents --version >/dev/full", 2),
        ("incidents explain CNT003 | true", 2),
        ("incidents explain nothing | head -1", 2),
        (f"{sys.executable} -OO -m conflict_incidents explain CNT003", 2),
        (f"{sys.executable} -OO -m conflict_incidents build --jobs 1 --formats csv", 0),
    ],
)
def test_streams_that_do_not_work_end_with_a_code_and_no_traceback(root: Path, command: str, code: int) -> None:
    assert shell(command, root)[0] == code


INTERRUPT_AT_EVENT = """import os, signal, sys
sys.addaudithook(lambda event, args: event == "import" and args[0] == {!r} and os.kill(os.getpid(), signal.SIGINT))
sys.argv[1:] = ["validate", "--no-cache"]
from conflict_incidents.__main__ import main
sys.exit(main())
"""


@pytest.mark.slow
@pytest.mark.parametrize("module", ["argparse", "unicodedata", "conflict_incidents.core.findings", "yaml"])
def test_an_interruption_while_modules_are_imported_says_nothing_of_python(root: Path, module: str) -> None:
    program = [sys.executable, "-B", "-X", f"pycache_prefix={root}", "-c", INTERRUPT_AT_EVENT.format(module)]
    result = subprocess.run(program, cwd=root, capture_output=True, text=True, check=False)
    assert result.returncode == 130
    assert "Traceback" not in result.stderr
    assert "Exception ignored" not in result.stderr
