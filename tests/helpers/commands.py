"""Run the command `incidents` in the process of the tests, which saves importing all libraries each time."""

import contextlib
import io
import subprocess
from pathlib import Path

from conflict_incidents.cli import main


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder, without a terminal; return its output and exit code."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.chdir(folder), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = main(arguments)
        except SystemExit as usage:
            code = int(usage.code or 0)
    return subprocess.CompletedProcess(arguments, code, out.getvalue(), err.getvalue())
