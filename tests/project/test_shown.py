"""The plugin of mypy refuses a record's text wherever something is said."""

import subprocess
import sys
from pathlib import Path

import pytest

from samples import TOP

SAYS = """
from conflict_incidents.core.findings import Shown, user_text, bare
from conflict_incidents.core.download import FetchError
from conflict_incidents.core.pages import Lines, Section
from conflict_incidents.dataset.errors import DatasetError
from conflict_incidents.release.errors import ReleaseDefect, listing
from conflict_incidents.release.loading import LoadError
from conflict_incidents.tables.contract import ContractError, Table
from conflict_incidents.tables.files import TableFileError

def say(text: str, number: int, table: Table) -> None:
    print(f"{number} of {bare(text)}", user_text(text))
    print("one" if number else "two", file=None)
    Section("a title", [Lines(["a line", "another"])])
    str(DatasetError(f"{bare(text)} is wrong"))
    str(TableFileError(f"{table.name}: {bare(text)} is wrong"))
"""
INVALID_CODE = [
    "print(text)",
    'print(f"{text}")',
    'print("x", text)',
    'print("%s" % text)',
    'print("one " + text)',
    'print(", ".join([text]))',
    "print(text.format(1))",
    "Section(text)",
    'Lines(["one", text])',
    'DatasetError(f"no {text}")',
    "DatasetError(text)",
    "ReleaseDefect(listing(text, []))",
    'ContractError(f"{table.name}: {text}")',
    *(f"{error}(text)" for error in ("FetchError", "LoadError", "ReleaseDefect", "TableFileError")),
]


@pytest.mark.slow
def test_an_unredacted_text_can_not_be_said(tmp_path: Path) -> None:
    file = tmp_path / "said.py"
    file.write_text(SAYS + "".join(f"    {line}\n" for line in INVALID_CODE), "utf-8")
    result = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", str(file)],
        cwd=TOP,
        capture_output=True,
        text=True,
    ).stdout
    first = SAYS.count("\n") + 1
    lines = {int(line.split(":")[1]) for line in result.splitlines() if "error:" in line and line.startswith(str(file))}
    assert lines == set(range(first, first + len(INVALID_CODE)))
