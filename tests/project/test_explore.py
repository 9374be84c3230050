"""The bundled script of the page Explore: committed with its checksums, and with the licences of what is in it."""

import json
from pathlib import Path

from conflict_incidents.release.checksums import parse_checksums, sha256

TOP = Path(__file__).parents[2]
STATIC = TOP / "src/conflict_incidents/release/site/static"


def test_the_built_files_are_those_that_were_committed_with_their_checksums() -> None:
    sums = parse_checksums((TOP / "explore/SHA256SUMS").read_bytes())
    assert {name: sha256((STATIC / name).read_bytes()) for name in sums} == sums
    assert {file.name for file in STATIC.iterdir()} == {*sums, "site.css", "filter.js", "icon.svg"}


def test_the_licence_of_every_library_is_shipped() -> None:
    package = json.loads((TOP / "explore/package.json").read_text("utf-8"))
    licences = (STATIC / "licences.txt").read_text("utf-8")
    assert [one for one, version in package["dependencies"].items() if f"{one} {version} (" not in licences] == []


def test_the_lock_pins_what_the_package_asks_for() -> None:
    package = json.loads((TOP / "explore/package.json").read_text("utf-8"))
    lock = json.loads((TOP / "explore/package-lock.json").read_text("utf-8"))["packages"]
    for name, version in (package["dependencies"] | package["devDependencies"]).items():
        assert lock[f"node_modules/{name}"]["version"] == version
    assert all("integrity" in one for path, one in lock.items() if path)
