"""Places of rows: all importers resolve them in one way, and a row's own position is never lost."""

import csv
from pathlib import Path
from typing import Any

import pytest
import yaml

from conflict_incidents.authoring.scaffold import create_dataset
from conflict_incidents.cli import main
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.exchange.importers.places import GeoPoint, PlaceQuery, PlaceResolver
from test_importer_acled import ROW as ACLED
from test_imports_hold import MAPPING

TOP = Path(__file__).parents[2]
EMPTY = dict.fromkeys(("site", "src", "published", "dead", "civilians", "actor", "note"), "")
TABLE = {"id": "1", "country": "Syria", "date": "2021-01-01", "kind": "clash", "lat": "35.95", "lon": "36.7"} | EMPTY


@pytest.fixture
def root(tmp_path: Path) -> Path:
    create_dataset(tmp_path / "set")
    return tmp_path / "set"


def add(root: Path, id: str, **more: Any) -> None:
    record = {"schema": "place/1", "id": id, "name": id.title(), "level": "settlement", "country": "SYR", **more}
    (root / "data/places").mkdir(exist_ok=True)
    (root / f"data/places/{id}.yaml").write_text(yaml.safe_dump(record, sort_keys=False), "utf-8")


def take(root: Path, importer: str, row: dict[str, str]) -> dict[str, Any]:
    """Import a row; the record made of it."""
    file = root.parent / f"{importer}.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([row.keys(), row.values()])
    (root.parent / "mapping.yaml").write_text(MAPPING, "utf-8")
    more = ["--mapping", str(root.parent / "mapping.yaml")] if importer == "table" else []
    before = set((root / "data/incidents").rglob("*.yaml"))
    assert main(["import", importer, str(file), "--root", str(root), *more]) == 0
    (new_file,) = set((root / "data/incidents").rglob("*.yaml")) - before
    record: dict[str, Any] = yaml.safe_load(new_file.read_text("utf-8"))
    return record


def ucdp() -> dict[str, str]:
    with (TOP / "tests/fixtures/ucdp/idlib_ged191.csv").open(encoding="utf-8", newline="") as stream:
        return next(csv.DictReader(stream))


def test_every_importer_finds_the_same_place_and_keeps_the_rows_own_position(root: Path) -> None:
    add(root, "exampleton", lat=35.9306, lon=36.6339, coordinates="published", coordinates_from="us")
    here = {"latitude": "35.95", "longitude": "36.7"}
    rows = {
        "ucdp-ged": ucdp() | here | {"where_coordinates": "Exampleton town", "where_prec": "1"},
        "acled": ACLED | here | {"location": "exampleton", "geo_precision": "1"},
        "table": TABLE | {"place": "Exampleton village"},
    }
    for importer, row in rows.items():
        record = take(root, importer, row)
        (site,) = record["sites"]
        values_by_name = {one["name"]: one["value"] for one in record["external"][0].get("values", [])}
        assert site["place"] == "exampleton"
        assert (site.get("lat"), values_by_name.get("latitude")) in {(35.95, None), (None, "35.95")}
    assert [file.stem for file in (root / "data/places").glob("*.yaml")] == ["exampleton"]


@pytest.mark.parametrize(
    "order", [("ucdp-ged", "acled", "table"), ("acled", "table", "ucdp-ged"), ("table", "ucdp-ged", "acled")]
)
def test_the_first_importer_makes_the_place_for_the_others(order: tuple[str, ...], root: Path) -> None:
    for importer in order:
        here = {"latitude": "35.95", "longitude": "36.7"}
        rows = {
            "ucdp-ged": ucdp() | here | {"where_coordinates": "Sampleby village", "where_prec": "2"},
            "acled": ACLED | here | {"location": "Sampleby"},
            "table": TABLE | {"place": "SAMPLEBY"},
        }
        assert take(root, importer, rows[importer])["sites"][0]["place"] == "sampleby"


def test_an_alias_of_a_place_holds_for_every_importer(root: Path) -> None:
    add(root, "exampleton", lat=35.9306, lon=36.6339, coordinates="published", coordinates_from="us")
    (root / "data/codelists/place_aliases.csv").write_text("country,spelling,place\nSYR,Old Mill,exampleton\n", "utf-8")
    assert take(root, "table", TABLE | {"place": "old mill"})["sites"][0]["place"] == "exampleton"


def test_homonyms_are_kept_apart_and_named_by_their_units(root: Path) -> None:
    add(root, "idlib", level="adm1")
    places = PlaceResolver(Dataset(root))
    far = PlaceQuery("Salqin", "SYR", position=GeoPoint(33.5, 36.3), units=("Qatana district", "Rural Damascus"))
    assert places.place(PlaceQuery("Salqin", "SYR", position=GeoPoint(36.14, 36.45))).id == "salqin"
    assert places.place(far).id == "salqin-qatana"
    assert places.place(PlaceQuery("Salqin", "SYR", position=GeoPoint(36.2, 36.5))).id == "salqin"
    assert (
        places.place(PlaceQuery("Idlib", "SYR", text="Idlib town", position=GeoPoint(35.93, 36.63))).id == "idlib-town"
    )
    assert places.place(PlaceQuery("Syria", "SYR", level="country")).id == "syria"
    assert places.place(PlaceQuery("Syrian Arab Republic", "SYR", level="country")).id == "syria"
