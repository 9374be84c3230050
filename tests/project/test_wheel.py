"""The wheel as a stranger gets it: built, installed into a fresh environment, and used away from the checkout."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Iterator
from email import message_from_bytes
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder
from packaging.requirements import Requirement

from conflict_incidents import load_all
from conflict_incidents.core.download import CACHE, OFFLINE
from conflict_incidents.core.versions import release_version
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.release.build import build
from conflict_incidents.release.checksums import sha256
from conflict_incidents.release.index import Index, PublishedRelease, index_text
from conflict_incidents.release.reader import open_release
from samples import build_release, bytes_of, dataset, rows, zip_files
from servers import Server

TOP = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def releases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Two releases by version: 0.1.0 of one incident, and an older one of none."""
    older = dataset(tmp_path_factory.mktemp("older"), [])
    descriptor = json.loads((older.root / "datapackage.json").read_text("utf-8"))
    (older.root / "datapackage.json").write_text(json.dumps(descriptor | {"version": "0.0.9"}), "utf-8")
    files = build(older := Dataset(older.root), rows(older))
    return {"0.0.9": files.folder, "0.1.0": build_release(tmp_path_factory.mktemp("newer")).folder}


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


@pytest.fixture(scope="session")
def wheel(releases: dict[str, Path], server: Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of a checkout in which 0.1.0 was built, after 0.0.9 had been published on a server."""
    checkout = tmp_path_factory.mktemp("wheel") / "checkout"
    checkout.mkdir()
    for name in ("src", "schemas", "scripts", "docs"):
        shutil.copytree(TOP / name, checkout / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("codelists", "datasets", "organisations"):
        shutil.copytree(TOP / "data" / name, checkout / "data" / name)
    for file in TOP.glob("[!.]*.*"):
        if file.is_file() and file.name != "releases.json":
            shutil.copy(file, checkout)
    for licence in ("LICENSE", "LICENSE-DATA"):
        shutil.copy(TOP / licence, checkout)
    shutil.copytree(releases["0.1.0"], checkout / "release/current")
    entries = []
    for version, folder in releases.items():
        with open_release(folder) as release:
            zip = zip_files(bytes_of(folder), folder.name)
            server.answers[f"/{version}.zip"] = zip
            number = release_version(version)
            assert number is not None
            where = (server.url(f"/{version}.zip"), f"sha256:{sha256(zip)}")
            hashes = (release.content_hash, release.sums_hash)
            entries.append(PublishedRelease(number, release.about.created, *hashes, *where))
    (checkout / "releases.json").write_text(index_text(Index(tuple(entries), "conflict-incidents")), "utf-8")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(checkout.parent), str(checkout)]
    subprocess.run(command, check=True, capture_output=True, text=True)  # the wheel is made of the source archive
    return next(checkout.parent.glob("*.whl"))


@pytest.fixture(scope="session")
def installed_python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
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


def test_an_unpacked_wheel_has_what_it_needs_and_starts_a_dataset(tmp_path: Path) -> None:
    """The short form of the tests below: the wheel is made of this checkout, and finds the libraries of this Python."""
    (wheel,) = WheelBuilder(str(TOP)).build(directory=str(tmp_path), versions=["standard"])
    holds_what_it_needs(Path(wheel))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "unpacked")
    code = "import conflict_incidents.cli as c; assert not c.main(['init', 'ours']); print(c.__file__)"
    result = subprocess.run(
        [sys.executable, "-c", f"{code}; c.main(['validate', '--root', 'ours'])"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(tmp_path / "unpacked")},
        capture_output=True,
        text=True,
        check=True,
    )
    where, *lines = result.stdout.splitlines()[-2:]
    assert where.startswith(str(tmp_path / "unpacked")), result.stdout
    assert lines[0].startswith("0 errors, 0 warnings in ")


@pytest.mark.slow
def test_the_wheel_holds_the_schemas_the_contract_and_the_licences(wheel: Path) -> None:
    holds_what_it_needs(wheel)


def holds_what_it_needs(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    schemas = {f"conflict_incidents/schemas/{file.name}" for file in (TOP / "schemas").glob("*.json")}
    assert schemas | {"conflict_incidents/datapackage.json", "conflict_incidents/py.typed"} <= names
    data_files = {
        f"conflict_incidents/data/{name}" for name in ("codelists/organisation_aliases.csv", "organisations/sohr.yaml")
    }
    assert data_files <= names
    assert {name.rsplit("/", 1)[-1] for name in names if "/licenses/" in name} == {"LICENSE", "LICENSE-DATA"}


@pytest.mark.slow
def test_the_installed_package_uses_its_own_schemas(installed_python: Path, tmp_path: Path) -> None:
    code = "from conflict_incidents.core.resources import resource as r; print(r('schemas'), r('datapackage.json'))"
    output = run(installed_python, "-c", code, cwd=tmp_path)
    assert output.returncode == 0, output.stderr
    assert str(TOP) not in output.stdout


@pytest.mark.slow
def test_a_new_user_starts_validates_builds_and_loads_a_dataset(installed_python: Path, tmp_path: Path) -> None:
    for command in (["init", "ours"], ["validate", "--root", "ours"], ["build", "--root", "ours"]):
        result = run(installed_python, "-m", "conflict_incidents", *command, cwd=tmp_path)
        assert result.returncode == 0, result.stdout + result.stderr
    code = "import json, conflict_incidents as c; f = c.load(source='ours'); print(json.dumps([len(f), f.attrs]))"
    output = run(installed_python, "-W", "error", "-c", code, cwd=tmp_path)
    assert output.returncode == 0, output.stderr
    rows, attributes = json.loads(output.stdout)
    assert rows == 0
    assert {"version", "licence", "citation"} <= set(attributes)


def list_requirements(wheel: Path) -> list[Distribution]:
    """What a plain installation of the wheel brings besides, from this environment."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        requirements = [Requirement(one) for one in message_from_bytes(archive.read(name)).get_all("Requires-Dist", [])]
    distributions: dict[str, Distribution] = {}
    while requirements:
        one = requirements.pop()
        if one.name not in distributions and (one.marker is None or one.marker.evaluate({"extra": ""})):
            distributions[one.name] = distribution(one.name)
            requirements += map(Requirement, distributions[one.name].requires or [])
    return list(distributions.values())


@pytest.mark.slow
def test_a_plain_installation_is_a_handful_of_packages_and_loads_totals_cites_and_verifies(
    wheel: Path, tmp_path: Path
) -> None:
    venv.create(tmp_path / "venv", with_pip=False)
    site = next((tmp_path / "venv/lib").glob("python*")) / "site-packages"
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target"]
    subprocess.run([*install, str(site), str(wheel)], check=True, capture_output=True, text=True)
    distributions = list_requirements(wheel)
    for one in distributions:
        for name in {file.parts[0] for file in one.files or [] if file.parts[0] not in {"..", "__pycache__"}}:
            (site / name).symlink_to(str(one.locate_file(name)))
    plain = {"pandas", "pyarrow", "numpy", "python-dateutil", "six", "tzdata"}
    assert {"pandas", "pyarrow"} <= {one.name.lower() for one in distributions} <= plain
    code = f"""{NO_NETWORK}
import conflict_incidents as c
from conflict_incidents.core.resources import resource
df = c.load()
print(c.total(df, "killed"))
print(c.by(df, "year").shape, c.share(df, "civilians"), len(c.load_all()))
print(c.verify(resource("data/release")))
c.cite()
"""
    python = tmp_path / "venv/bin/python"
    result = run(python, "-W", "error", "-c", code, cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines()[0].startswith("killed: 7 in 1 incident")
    assert "frictionless and pandera didn't run" in result.stdout
    refusal = run(python, "-m", "conflict_incidents", "validate", cwd=tmp_path)
    assert (refusal.returncode, len(refusal.stderr.splitlines())) == (2, 1), refusal.stderr
    assert refusal.stderr.endswith("isn't installed: pip install 'conflict-incidents[validate]'\n")


NO_NETWORK = """
import socket
def refuse(*arguments): raise AssertionError("the network was asked")
socket.socket.connect = socket.getaddrinfo = refuse
"""


@pytest.mark.slow
def test_without_a_network_the_installed_package_loads_the_release_that_it_ships(
    installed_python: Path, releases: dict[str, Path], tmp_path: Path
) -> None:
    code = f"""{NO_NETWORK}
import json, conflict_incidents as c
df = c.load()
print(json.dumps([df["incident_id"].tolist(), df.attrs["release"], df.attrs["source"], len(c.load_all())]))
from conflict_incidents.core.resources import resource
print(c.verify(resource("data/release")))
"""
    result = run(installed_python, "-W", "error", "-c", code, cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    ids, name, source, tables = json.loads(result.stdout.splitlines()[0])
    assert ids == ["SYR-20220908-7q4m"]
    assert (name, source) == (releases["0.1.0"].name, "the installed package")
    assert tables == len(load_all(source=releases["0.1.0"]))
    assert result.stdout.splitlines()[1].startswith("version 0.1.0 is whole: ")


@pytest.mark.slow
def test_the_installed_package_fetches_an_older_release_by_the_hash_that_it_ships(
    installed_python: Path, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(CACHE, str(tmp_path / "cache"))
    code = "from conflict_incidents import load; df = load(version='0.0.9'); print(df.attrs['version'], len(df))"
    result = run(installed_python, "-W", "error", "-c", code, cwd=tmp_path)
    assert (result.stdout, result.stderr) == ("0.0.9 0\n", "")
    assert run(installed_python, "-c", code, cwd=tmp_path).stdout == "0.0.9 0\n"
    assert server.requests == ["/0.0.9.zip"]
    monkeypatch.setenv(OFFLINE, "1")
    assert run(installed_python, "-c", code, cwd=tmp_path).stdout == "0.0.9 0\n"
    monkeypatch.setenv(CACHE, str(tmp_path / "another"))
    monkeypatch.delenv(OFFLINE)
    server.answers["/0.0.9.zip"] += b"0"
    refusal = run(installed_python, "-c", code, cwd=tmp_path)
    assert refusal.returncode == 1
    assert "LoadError" in refusal.stderr.splitlines()[-1]


@pytest.mark.slow
def test_who_loads_an_older_release_without_asking_for_it_is_warned_of_the_newer_at_their_own_line(
    installed_python: Path, releases: dict[str, Path], tmp_path: Path
) -> None:
    (tmp_path / "mine.py").write_text(
        f"""import warnings, conflict_incidents as c
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    c.load(source={str(releases["0.0.9"])!r})
    c.load(version="0.0.9", source={str(releases["0.0.9"])!r})
    c.load(source={str(releases["0.1.0"])!r})
print([(one.category.__name__, one.filename.rsplit("/")[-1], one.lineno) for one in told], told[0].message)
""",
        "utf-8",
    )
    day = json.loads((releases["0.1.0"] / "datapackage.json").read_text("utf-8"))["created"][:10]
    result = run(installed_python, "mine.py", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert result.stdout == (
        f"[('NewerRelease', 'mine.py', 4)] {releases['0.0.9']} is version 0.0.9; "
        f"version 0.1.0 of {day} has been published\n"
    )
