"""Operations that change files, each in a small folder, for the fault injection of `faults.py`."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from unittest.mock import patch

from commands import run
from conflict_incidents.authoring.scaffold import create_dataset
from conflict_incidents.cli import publish
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.pipeline import driver, scan, validate, workers
from conflict_incidents.release import build as building
from conflict_incidents.release import pictures
from conflict_incidents.release.archive import pack
from conflict_incidents.release.build import Release
from conflict_incidents.release.checksums import sha256
from conflict_incidents.release.loading import LoadError, load
from faults import Operation, pause_faults
from samples import ACLED_ROW, STORY, dataset, organisation, paths_of, write_release, write_unchecked
from servers import Server

TOP = Path(__file__).parents[2]
ROWS = 3
MAPPING = """schema: mapping/1
scheme: made-up
organisations: [{id: us, name: Us, kind: ngo}]
new: {organisations: create}
id: "{id}"
country: {column: country}
title: "Incident at {place}"
date: {column: date}
kind: shelling
sites: [{name: {column: place}, lat: lat, lon: lon}]
reports: [{id: r, publisher: us}]
claims: [{by: us, in: r, killed: {total: {column: dead}}}]
"""
NOTE = "schema: change/1\nkind: new\ndate: 2026-11-22\ntext: The first incidents.\nrecords: [SYR-20220908-7q4m]\n"
TABLE = "id,country,place,date,lat,lon,dead\n" + "".join(
    f"{number},SYR,Exampleton,2022-09-0{number},35.9,36.{number},{number}\n" for number in range(1, ROWS + 1)
)


def command(*arguments: str) -> Callable[[Path], tuple[int, str]]:
    """Run a command whose arguments name the folder as `{}`."""

    def runs(world: Path) -> tuple[int, str]:
        result = run(world, *(one.replace("{}", str(world)) for one in arguments))
        return result.returncode, f"{result.stdout}{result.stderr}"

    return runs


def _untidy(world: Path) -> None:
    """Write records that `--fix` reformats."""
    dataset(world / "set", [])
    for number in range(ROWS):
        file = world / f"set/data/organisations/one-{number}.yaml"
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"name: One\nid: one-{number}\nkind:   monitor\nschema: organisation/1\n", "utf-8")


def _write_empty(world: Path) -> None:
    create_dataset(world / "set")


def _table(world: Path) -> None:
    _write_empty(world)
    (world / "table.csv").write_text(TABLE, "utf-8")
    (world / "mapping.yaml").write_text(MAPPING, "utf-8")


def _ucdp(world: Path) -> None:
    _write_empty(world)
    lines = (TOP / "tests/fixtures/ucdp/idlib_ged191.csv").read_text("utf-8").splitlines(keepends=True)
    (world / "ged.csv").write_text("".join(lines[: ROWS + 1]), "utf-8")


def _write_acled(world: Path) -> None:
    _write_empty(world)
    (world / "acled.csv").write_text(f"{','.join(ACLED_ROW)}\n{','.join(ACLED_ROW.values())}\n", "utf-8")


def _story(world: Path) -> None:
    dataset(world / "set", STORY)


def _write_release(world: Path) -> None:
    write_unchecked(dataset(world / "set", STORY))


def _next(world: Path) -> None:
    """Write a dataset whose next build makes another release."""
    _write_release(world)
    dataset(world / "set", [organisation("another")])


def _to_publish(world: Path) -> None:
    """Write a dataset with a built release and a change note."""
    dataset(world / "set", STORY)
    file = world / "set/datapackage.json"
    about = {"version": "1.0.0", "created": "2026-11-22T00:00:00Z"}
    file.write_text(json.dumps(json.loads(file.read_text("utf-8")) | about), "utf-8")
    (world / "set/data/changes").mkdir()
    (world / "set/data/changes/first.yaml").write_text(NOTE, "utf-8")
    (world / "set/CITATION.cff").write_text("cff-version: 1.2.0\n", "utf-8")


def _publishes(world: Path) -> tuple[int, str]:
    """Publish without the build, a separate operation, and without steps that change no file of the dataset."""

    def build_copy(dataset_copy: Dataset, *_: object, **__: object) -> Release:
        with pause_faults():
            folder, _previous = write_release(dataset_copy, world / "tmp/built", formats=("citation",))
            pack(folder.parent, folder.name, paths_of(folder))
        return Release(folder, {}, True)

    with ExitStack() as patches:
        patches.enter_context(patch.object(building, "build", build_copy))
        for name in ("_is_reproducible", "_check_reproduces"):
            patches.enter_context(patch.object(publish, name, lambda *_: True))
        patches.enter_context(patch("conflict_incidents.release.verify.verify", lambda *_: "whole"))
        return command("publish", "--root", "{}/set", "--url", "https://example.org/v1")(world)


def _draws(world: Path) -> tuple[int, str]:
    """Write the pictures of a release, which aren't drawn here."""
    files = {f"{pictures.FOLDER}/{name}": name.encode() * 50 for name in ("one.svg", "one.png", "summary.md")}
    with (
        patch.object(pictures, "draw_all", lambda *_: files),
        patch.object(pictures, "summarise", lambda *_: []),
    ):
        return command("summary", "{}/set/release/current", "--out", "{}/out")(world)


def _write_zip(world: Path) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = write_unchecked(dataset(Path(temporary) / "set", STORY))
        pack(world, "served", paths_of(folder))


def _fetches(world: Path) -> tuple[int, str]:
    """Load a release from the network."""
    server, data = Server(), (world / "served.zip").read_bytes()
    server.answers["/served.zip"] = data
    try:
        return 0, str(len(load(source=server.url("/served.zip"), sha256=sha256(data))))
    except LoadError as error:
        return 2, str(error)
    except KeyboardInterrupt:
        return 130, ""
    finally:
        server.close()


def _keeps(world: Path) -> tuple[int, str]:
    """Validate with a cache, although the dataset is so small and new."""
    with patch.object(validate, "MAX_SERIAL_FILES", 0), patch.object(scan, "SETTLE_TIME", 0):
        return command("validate", "--root", "{}/set", "--jobs", "1")(world)


def _builds_by_workers(world: Path) -> tuple[int, str]:
    """Build a release whose rows and formats are all made by other processes."""
    with ExitStack() as patches:
        for place, name, value in (
            (workers, "context", partial(get_context, "fork")),
            (driver, "MAX_SERIAL_FILES", 0),
            (workers, "BATCH", 1),
        ):
            patches.enter_context(patch.object(place, name, value))
        return command("build", "--root", "{}/set", "--jobs", "2")(world)


_BUILD = ("build", "--root", "{}/set", "--jobs", "1", "--formats", "geojson,citation")
OPERATIONS = [
    Operation("validate --fix", _untidy, command("validate", "--fix", "--no-cache", "--root", "{}/set")),
    Operation(
        "import table",
        _table,
        command("import", "table", "table.csv", "--mapping", "mapping.yaml", "--root", "{}/set", "--report", "{}/said"),
    ),
    Operation("import ucdp-ged", _ucdp, command("import", "ucdp-ged", "ged.csv", "--root", "{}/set")),
    Operation("import acled", _write_acled, command("import", "acled", "acled.csv", "--root", "{}/set")),
    Operation(
        "import --propose", _table, command("import", "table", "table.csv", "--propose", "--out", "{}/proposed.yaml")
    ),
    Operation(
        "new",
        _write_empty,
        command("new", "--root", "{}/set", "--kind", "organisation", "--name", "Us", "--organisation-kind", "ngo"),
    ),
    Operation("init", lambda _: None, command("init", "{}/set"), one=("set",)),
    Operation("init, existing folder", lambda world: (world / "set").mkdir(), command("init", "{}/set")),
    Operation("build", _next, command(*_BUILD), one=("set/release/*",)),
    Operation("build, its workers", _next, _builds_by_workers, one=("set/release/*",), workers=True),
    Operation("publish", _to_publish, _publishes, first=("set/datapackage.json",)),
    Operation("summary", _write_release, _draws, one=("out",)),
    Operation("site", _write_release, command("site", "--root", "{}/set", "--out", "{}/out"), one=("out",)),
    Operation("export", _story, command("export", "ucdp-ged", "--root", "{}/set", "--out", "{}/out.csv")),
    Operation("load", _write_zip, _fetches),
    Operation("cache", _story, _keeps, keeps=True),
]
