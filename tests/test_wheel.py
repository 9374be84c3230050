"""The wheel as a stranger gets it: built, installed into a fresh environment, and used away from the checkout."""

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

TOP = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(TOP)]
    subprocess.run(command, check=True, capture_output=True, text=True)
    return next(out.glob("*.whl"))


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel; its dependencies come from this one, so that no network is needed."""
    folder = tmp_path_factory.mktemp("fresh") / "venv"
    venv.create(folder, with_pip=False)
    site = next((folder / "lib").glob("python*")) / "site-packages"
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target"]
    subprocess.run([*install, str(site), str(wheel)], check=True, capture_output=True, text=True)
    return folder / "bin" / "python"


def run(python: Path, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    own = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}  # not the checkout's source
    return subprocess.run([str(python), *arguments], cwd=cwd, env=own, capture_output=True, text=True, check=False)


def test_the_wheel_holds_the_schemas_the_contract_and_the_licences(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    schemas = {f"conflict_incidents/schemas/{file.name}" for file in (TOP / "schemas").glob("*.json")}
    assert schemas | {"conflict_incidents/datapackage.json", "conflict_incidents/py.typed"} <= names
    assert "conflict_incidents/data/codelists/organisation_aliases.csv" in names
    assert {name.rsplit("/", 1)[-1] for name in names if "/licenses/" in name} == {"LICENSE", "LICENSE-DATA"}


def test_the_installed_package_uses_its_own_schemas(installed: Path, tmp_path: Path) -> None:
    code = "from conflict_incidents.resources import resource as r; print(r('schemas'), r('datapackage.json'))"
    found = run(installed, "-c", code, cwd=tmp_path)
    assert found.returncode == 0, found.stderr
    assert str(TOP) not in found.stdout


def test_a_stranger_starts_validates_builds_and_loads_a_dataset(installed: Path, tmp_path: Path) -> None:
    for command in (["init", "ours"], ["validate", "--root", "ours"], ["build", "--root", "ours"]):
        done = run(installed, "-m", "conflict_incidents", *command, cwd=tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr
    code = "import json, conflict_incidents as c; f = c.load(source='ours'); print(json.dumps([len(f), f.attrs]))"
    loaded = run(installed, "-W", "error", "-c", code, cwd=tmp_path)
    assert loaded.returncode == 0, loaded.stderr
    rows, attributes = json.loads(loaded.stdout)
    assert rows == 0
    assert {"version", "licence", "citation"} <= set(attributes)
