"""Files of UCDP GED, and what the importer makes of them."""

import argparse
import csv
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from cached_parser import cached_parse
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.exchange.importers import ucdp
from conflict_incidents.exchange.importers.store.batch import Batch

TOP = Path(__file__).parents[2]
FIXTURES = TOP / "tests" / "fixtures" / "ucdp"
IDLIB, WORLD = FIXTURES / "idlib_ged191.csv", FIXTURES / "world_ged231.csv"
PARTS = {
    "deaths_civilians": "civilians",
    "deaths_a": "side_a",
    "deaths_b": "side_b",
    "deaths_unknown": "unknown_status",
}


PLACES = ("hafsarjah", "chnan", "idlib", "banin", "al-sheikh-yousef")


def rows_of(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def write_rows(file: Path, rows: list[dict[str, str]]) -> Path:
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return file


def convert_file(
    file: Path, dataset: Dataset, *where: str, version: str | None = "19.1", dates: str | None = None
) -> Batch:
    how = dict.fromkeys(("encoding", "delimiter", "sheet"))
    options = argparse.Namespace(where=where, source_version=version, dates=dates, **how)
    return ucdp.convert(file, dataset, options)


def incidents(batch: Batch) -> dict[str, dict[str, Any]]:
    return {one.record["external"][0]["id"]: one.record for one in batch.incoming if one.kind == "incident"}


def state(root: Path) -> dict[str, bytes]:
    return {str(file): file.read_bytes() for file in sorted((root / "data").rglob("*")) if file.is_file()}


def make_registries(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """A dataset with this one's actors and code lists, the places that it began with, and of its organisations those
    that its aliases, these places or the rows name; only read.
    """
    root = tmp_path_factory.mktemp("registries")
    data = root / "data"
    shutil.copytree(TOP / "data/actors", data / "actors")
    shutil.copytree(TOP / "data/codelists", data / "codelists")
    shutil.copy(TOP / "datapackage.json", root)
    for folder in ("organisations", "places"):
        (data / folder).mkdir()
    for id in PLACES:
        shutil.copy(TOP / f"data/places/{id}.yaml", data / "places")
    aliases = {row["organisation"] for row in rows_of(TOP / "data/codelists/organisation_aliases.csv")}
    rows = IDLIB.read_text("utf-8") + WORLD.read_text("utf-8")
    places = " ".join((TOP / f"data/places/{id}.yaml").read_text("utf-8") for id in PLACES)
    for file in (TOP / "data/organisations").glob("*.yaml"):
        name = re.search(r"^name: (.*)$", file.read_text("utf-8"), re.M)
        if file.stem in {*aliases, "ucdp"} or file.stem in places or (name and name[1] in rows):
            shutil.copy(file, data / "organisations")
    return Dataset(root, parse=cached_parse)


def copy_registries(tmp_path: Path, registries: Dataset) -> Dataset:
    """A copy of that dataset, to import into."""
    return Dataset(shutil.copytree(registries.root, tmp_path / "set"), parse=cached_parse)
