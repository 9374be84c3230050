"""The command `incidents`, run in the process of the tests: a process of its own has all libraries to import."""

import contextlib
import io
import subprocess
from pathlib import Path

from conflict_incidents.cli import main


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """What a command says and ends with in a folder, where there is no terminal to answer its questions."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.chdir(folder), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = main(arguments)
        except SystemExit as usage:
            code = int(usage.code or 0)
    return subprocess.CompletedProcess(arguments, code, out.getvalue(), err.getvalue())
