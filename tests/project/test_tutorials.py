"""The tutorials run as they stand: each block is run as it is typed, and prints the block of text below it.

The pictures aren't compared, as their bytes depend on the version of matplotlib; that the page draws them is. After a
change of records or code, `WRITE_GOLDEN=1 pytest tests/project/test_tutorials.py` writes outputs and pictures anew.
"""

from __future__ import annotations

import io
import os
import re
import shlex
import shutil
import subprocess
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from conflict_incidents.cli import main
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.release import loading
from samples import write_release
from shared_folders import shared_folder

TOP = Path(__file__).parents[2]
FOLDER = TOP / "docs/tutorials"
BLOCK = re.compile(r'^```(\w+)(?: title="([^"\n]+)")?\n(.*?)^```$', re.M | re.S)
PICTURE = re.compile(r"!\[([^\]]*)\]\((.+?)\)")
FIGURE = re.compile(r"(?<![\w.#/-])\d[\d,]*\d")
LARGEST = 60_000
"""The most bytes of a picture."""
ON_TABLES = ["deaths-per-month", "share-of-civilians", "originators", "population", "map"]
ON_RECORDS = ["spreadsheet", "pull-request"]
"""In this order: the second goes on in the folder of the first."""


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The release of the records as they are: `./scripts/test` names the one that it built, since it takes 10 s."""
    if folder_name := os.environ.get("RELEASE"):
        return Path(folder_name).resolve()
    folder = shared_folder(tmp_path_factory, "whole", lambda root: write_release(Dataset(TOP), root))
    return next(folder.glob("*/SHA256SUMS")).parent


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder, somebody for git, and matplotlib without a window."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "Agg")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    for name in ("AUTHOR_NAME", "AUTHOR_EMAIL", "COMMITTER_NAME", "COMMITTER_EMAIL"):
        monkeypatch.setenv(f"GIT_{name}", "a@example.org")
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0})  # other processes would import everything again
    return tmp_path


@pytest.mark.parametrize("name", ON_TABLES)
def test_the_blocks_on_a_release_run_and_print_what_the_page_shows(
    name: str, release: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "PACKAGED_RELEASE", str(release))
    check(name, folder)


def test_the_way_from_a_spreadsheet_to_a_release_and_to_a_review_runs_as_the_pages_show(folder: Path) -> None:
    for name in ON_RECORDS:
        os.chdir(folder)
        check(name, folder)


def test_every_tutorial_is_run_and_is_in_the_menu() -> None:
    pages = {page.stem for page in FOLDER.glob("*.md")}
    assert pages == {*ON_TABLES, *ON_RECORDS}
    assert set(re.findall(r"tutorials/([\w-]+)\.md", (TOP / "mkdocs.yml").read_text("utf-8"))) == pages


def check(name: str, folder: Path) -> None:
    """Run a page, and compare its outputs; its pictures are drawn, small, and have alternative text."""
    page = FOLDER / f"{name}.md"
    page_text = page.read_text("utf-8")
    output = run(page_text)
    pictures = PICTURE.findall(page_text)
    for _, file in pictures:
        assert (folder / file).stat().st_size < LARGEST, file
    if os.environ.get("WRITE_GOLDEN"):
        page.write_text(output, "utf-8")
        for _, file in pictures:
            shutil.copy(folder / file, FOLDER / file)
    assert output == page.read_text("utf-8"), (
        "write the outputs anew, as said at the top of this file, and read the difference"
    )
    blocks = "".join(block[0] for block in BLOCK.finditer(output))
    assert {one.replace(",", "") for one in FIGURE.findall(BLOCK.sub("", output))} <= set(re.findall(r"\d+", blocks))
    for text, file in pictures:
        assert (FOLDER / file).exists()
        assert len(text) > 40, f"{file}: say in words what is to be seen"


def run(page: str) -> str:
    """The page with each block of text as what stands above it prints; a block with a title is a file."""
    names: dict[str, object] = {}
    output, error = "", False

    def ran(block: re.Match[str]) -> str:
        nonlocal output, error
        language, title, text = block.groups()
        if language == "text":
            expected_output, output, error = output, "", False
            return f"```text\n{expected_output}```"
        assert not error, f"what failed isn't shown: {output}"
        if title:
            Path(title).parent.mkdir(parents=True, exist_ok=True)
            Path(title).write_text(text, "utf-8")
        elif language == "python":
            assert not output, f"what is printed isn't shown: {output}"
            with redirect_stdout(io.StringIO()) as out:
                exec(compile(text, "a tutorial", "exec"), names)
            output = out.getvalue()
        elif language == "sh":
            output, error = shell(text)
        return block[0]

    replayed_page = BLOCK.sub(ran, page)
    assert not error, output
    return replayed_page


def shell(text: str) -> tuple[str, bool]:
    """What lines of the shell print, and whether the last has failed; `incidents` and `cd` run in this process.

    Standard error isn't shown: on a slow machine it has progress.
    """
    out, err, code = io.StringIO(), io.StringIO(), 0
    for line in text.splitlines():
        assert code == 0, out.getvalue() + err.getvalue()
        command, _, file = line.partition(" > ")
        words = shlex.split(command)
        if words[0] == "cd":
            os.chdir(words[1])
        elif words[0] == "incidents":
            to = io.StringIO() if file else out
            with redirect_stdout(to), redirect_stderr(err):
                code = main(words[1:])
            if file:
                Path(file).write_text(to.getvalue(), "utf-8")
        else:
            result = subprocess.run(["bash", "-ec", line], capture_output=True, text=True)
            out.write(result.stdout)
            err.write(result.stderr)
            code = result.returncode
    assert code in {0, 1}, err.getvalue()
    return out.getvalue(), code != 0
