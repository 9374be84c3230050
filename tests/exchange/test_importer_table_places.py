"""Places and positions in tables."""

import json
from typing import Any

import pytest

from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.exchange.importers.places import GeoPoint, PlaceQuery, PlaceResolver
from conflict_incidents.exchange.importers.rowvalues import CellRules, RowValues
from conflict_incidents.exchange.importers.store.batch import RowError
from conflict_incidents.exchange.importers.tabular.grid import SourceRow
from table_imports import MAPPING, Run, copy_empty_dataset, prepare_run

root = pytest.fixture(copy_empty_dataset)
run = pytest.fixture(prepare_run)


def test_places_are_matched_by_name_and_made_once(run: Run) -> None:
    mapping = MAPPING.replace("{name: {column: Place}}", "{name: {column: Place}, lat: Lat, lon: Lon}")
    sheet = "Ref,Day,Kind,Place,Dead,Lat,Lon\n"
    rows = ["A,Hafsarjah,36.01861,36.5286", "B,HAFSARJAH,,", "C,Hafsarjah,35.1,36.6", "D,حفسرجة,36.0186,36.5286"]
    for row in rows:
        ref, rest = row.split(",", 1)
        name, position = rest.split(",", 1)
        sheet += f"{ref},2022-09-08,raid,{name},7,{position}\n"
    code, output = run(sheet, mapping)
    assert code == 0, output
    by_row = {record["external"][0]["id"]: record["sites"][0]["place"] for record in run.records()}
    assert by_row["A"] == by_row["B"] == "hafsarjah"
    assert by_row["C"] == "hafsarjah-2"
    assert by_row["D"].startswith("place-")
    places = {place["id"]: place for place in run.records("places")}
    assert (places["hafsarjah"]["lat"], places["hafsarjah"]["lon"]) == (36.0186, 36.5286)
    assert run.validate()[0] == 0
    assert "0 files created, 0 updated" in run(sheet, mapping)[1]


def test_units_are_found_by_name_inside_their_parent(run: Run) -> None:
    units = "pcode,country,level,name_en,name_ar,parent,west,south,east,north,lon,lat\n"
    rows = (("SY01", 1, "One", "SY"), ("SY02", 1, "Two", "SY"), ("SY0101", 2, "Same", "SY01"))
    for pcode, level, name, parent in (*rows, ("SY0201", 2, "Same", "SY02")):
        units += f"{pcode},SYR,{level},{name},,{parent},35,35,37,37,36,36\n"
    (run.root / "data/codelists/admin_units.csv").write_text(units, "utf-8")
    places = PlaceResolver(Dataset(run.root))
    assert places.units.find("SYR", 2, "Same") is None
    two = places.units.find("SYR", 1, "two")
    assert two is not None
    same = places.units.find("SYR", 2, "Same", two)
    assert (two.pcode, same and same.pcode) == ("SY02", "SY0201")
    mapping = MAPPING.replace(
        "{name: {column: Place}}", "{name: {column: Place}, adm1: {column: G}, adm2: {column: D}}"
    )
    code, output = run("Ref,Day,Kind,Place,Dead,G,D\nA,2022-09-08,,,7,Two,Same\nB,2022-09-08,,X,7,Three,\n", mapping)
    assert code == 1
    assert "row 3, column G: `Three` is not in data/codelists/admin_units.csv" in output
    assert run.records()[0]["sites"] == [{"id": "site", "place": "same", "kind": "unspecified", "precision": "adm2"}]
    assert run.records("places")[0]["admin"] == {"adm1": "SY02", "adm2": "SY0201"}


def test_a_unit_that_no_list_has_is_called_as_the_table_calls_it(run: Run) -> None:
    mapping = MAPPING.replace("{name: {column: Place}}", "{name: {column: Place}, adm1: {column: G}}")
    code, output = run("Ref,Day,Kind,Place,Dead,G\nA,2022-09-08,,X,7,Three\n", mapping)
    assert code == 0, output
    assert run.records()[0]["sites"][0]["units"] == {"adm1": "Three"}
    assert "external" not in output
    assert run.validate()[0] == 0


@pytest.mark.parametrize(
    ("position", "words"),
    [
        ("36.5,", "is missing its `lon`"),
        ("0,0", "0, 0 is a placeholder"),
        ("95,36", "no position in degrees"),
        ('"36,5",36', "name it by `decimal`"),
    ],
)
def test_positions_that_are_none_are_refused(run: Run, position: str, words: str) -> None:
    mapping = MAPPING.replace("{name: {column: Place}}", "{name: {column: Place}, lat: Lat, lon: Lon}")
    code, output = run(f"Ref,Day,Kind,Place,Dead,Lat,Lon\nA,2022-09-08,raid,X,7,{position}\n", mapping)
    assert (code, words in output) == (1, True), output


@pytest.mark.parametrize(
    ("cell", "key", "position"),
    [
        ("33.5, 36.3", "latlon", (33.5, 36.3)),
        ("36.3 33.5", "lonlat", (33.5, 36.3)),
        ("(33.5;36.3)", "latlon", (33.5, 36.3)),
        ("33,5, 36,3", "latlon", (33.5, 36.3)),
        ("POINT (36.3 33.5)", "latlon", (33.5, 36.3)),
        ("33°30'00\"N 36°18'00\"E", "latlon", (33.5, 36.3)),
        ("33° 30' S, 36° 18' W", "latlon", (-33.5, -36.3)),
        ("N33.5 E36.3", "latlon", (33.5, 36.3)),
        ("33.5N36.3E", "latlon", (33.5, 36.3)),
        ("+12.5,3.0976724656809441e1", "latlon", (12.5, 30.9767)),
        ("", "latlon", (None, None)),
    ],
)
def test_positions_in_one_column(cell: str, key: str, position: tuple[float | None, float | None]) -> None:
    rules = CellRules({"cells": {"decimal": ","}} if cell.startswith("33,") else {})
    lat, lon = RowValues(SourceRow(2, {"Where": cell}), rules).position({key: "Where"})
    assert (lat and round(lat, 4), lon and round(lon, 4)) == position


@pytest.mark.parametrize(
    "cell", ["33.5", "36°18'E 33°30'N", "1, 2, 3", "33,5, 36,3", "33°75'N 36°E", "x33.5, 36", "-33.5S 36E", "nan, inf"]
)
def test_texts_that_are_no_position_are_refused(cell: str) -> None:
    with pytest.raises(RowError, match="no position"):
        RowValues(SourceRow(2, {"Where": cell}), CellRules({})).position({"latlon": "Where"})


@pytest.mark.parametrize(
    ("lat", "lon", "decimal", "position"),
    [
        ("2.3063766085401123", "30.97672465680944", "", (2.3064, 30.9767)),
        ("1e-05", "30.9", "", (0.0, 30.9)),
        ("+12.5", "30.9", "", (12.5, 30.9)),
        ("0.1234567890123456789", "30.9", "", (0.1235, 30.9)),
        ("\u221212.5", "30.9", "", (-12.5, 30.9)),
        ("48,5", "37,9", 'cells: {decimal: ","}\n', (48.5, 37.9)),
    ],
)
def test_degrees_as_programs_write_them(
    run: Run, lat: str, lon: str, decimal: str, position: tuple[float, float]
) -> None:
    mapping = MAPPING.replace("{name: {column: Place}}", "{name: {column: Place}, lat: Lat, lon: Lon}")
    mapping = mapping.replace("country: SYR", "country: XXA")
    code, output = run(f"Ref;Day;Kind;Place;Dead;Lat;Lon\nA;2022-09-08;raid;X;7;{lat};{lon}\n", mapping + decimal)
    assert code == 0, output
    assert [(place["lat"], place["lon"]) for place in run.records("places")] == [position]


def test_a_sites_own_position_is_kept_to_two_decimals(run: Run) -> None:
    site = "{name: {column: Place}, lat: Lat, lon: Lon, position: site, kind: market}"
    code, _ = run(
        "Ref,Day,Kind,Place,Dead,Lat,Lon\nA,2022-09-08,raid,X,7,36.01861,36.52861\n",
        MAPPING.replace("{name: {column: Place}}", site),
    )
    assert code == 0
    assert run.records()[0]["sites"][0] | {"kind": ""} == {
        "id": "site",
        "place": "x",
        "kind": "",
        "lat": 36.02,
        "lon": 36.53,
    }
    assert "lat" not in run.records("places")[0]


def test_a_village_is_not_the_district_of_its_name(run: Run) -> None:
    places = PlaceResolver(Dataset(run.root))
    first = places.place(PlaceQuery("Idlib", "SYR", level="adm1"))
    village = places.place(PlaceQuery("Idlib", "SYR", position=GeoPoint(35.9, 36.6)))
    assert (first.id, village.id) == ("idlib", "idlib-2")


def test_an_incident_whose_place_is_refused_is_refused_with_its_row(run: Run) -> None:
    units = "pcode,country,level,name_en,name_ar,parent,west,south,east,north,lon,lat\n"
    units += "SY05,SYR,1,Region,,SY,35,35,37,37,36,36\n"
    (run.root / "data" / "codelists" / "admin_units.csv").write_text(units, "utf-8")
    mapping = MAPPING.replace("{column: Place}", "{column: Place}, lat: Lat, lon: Lon")
    sheet = "Ref,Day,Kind,Place,Dead,Lat,Lon\nA,2022-09-08,raid,X,7,33,38\nB,2022-09-08,raid,Y,8,36,36\n"
    code, output = run(sheet, mapping)
    assert code == 1
    assert "row 2: the place `x` is refused: lat: PLC002" in output
    assert [record["external"][0]["id"] for record in run.records()] == ["B"]
    assert "\nA," not in (run.root / "data" / "imports" / "made-up.csv").read_text("utf-8")


POSITIONS = MAPPING.replace("{column: Place}", "{column: Place}, lat: Lat, lon: Lon, kind: {column: Site}")


def sites_of(run: Run, *rows: str) -> dict[str, dict[str, Any]]:
    """Import rows of id, place, latitude, longitude and kind of site, twice; the sites by id."""
    lines = [f"{id},2022-09-08,raid,{rest},7" for id, _, rest in (row.partition(",") for row in rows)]
    sheet = "\n".join(["Ref,Day,Kind,Place,Lat,Lon,Site,Dead", *lines, ""])
    code, output = run(sheet, POSITIONS)
    assert code == 0, output
    assert "0 files created, 0 updated" in run(sheet, POSITIONS)[1]
    return {record["external"][0]["id"]: record["sites"][0] for record in run.records()}


def test_a_position_that_is_not_the_places_stays_with_the_site(run: Run) -> None:
    sites = sites_of(run, "A,Town,35.0,36.0,", "B,Town,35.0,36.1312,", "C,Town,35.0,36.12,dwelling", "D,Town,,,")
    assert {site["place"] for site in sites.values()} == {"town"}
    assert [(site.get("lat"), site.get("lon")) for _, site in sorted(sites.items())] == [
        (None, None),
        (35.0, 36.13),
        (None, None),
        (None, None),
    ]
    output = run("Ref,Day,Kind,Place,Lat,Lon,Site,Dead\nC,2022-09-08,raid,Town,35.0,36.12,dwelling,7\n", POSITIONS)[1]
    assert "Lat: 1 mapped: nothing: it isn't that of the place, and such a site has no position of its own" in output


def test_a_position_is_not_lost_where_the_place_has_none(run: Run) -> None:
    sites = sites_of(run, "A,Town,,,", "B,Town,35.5,36.5,")
    assert [site.get("lat") for _, site in sorted(sites.items())] == [None, 35.5]


def test_a_row_keeps_its_place_when_a_nearer_one_comes(run: Run) -> None:
    rows = ["1,Town,35.0,36.00,", "2,Town,35.0,36.12,"]
    before = sites_of(run, *rows)
    after = sites_of(run, "3,Town,35.0,36.22,", *rows)
    assert {id: after[id] for id in before} == before
    assert after["3"]["place"] == "town-2"


@pytest.mark.parametrize(
    "name", ["House of Jane Doe", "A house of Jane Doe near the farm of John Smith", "Jane Doe's house"]
)
def test_a_place_that_is_somebodys_house_is_refused_and_not_repeated(run: Run, name: str) -> None:
    code, output = run(f"Ref,Day,Kind,Place,Dead\nA,2022-09-08,raid,{name},7\n", MAPPING)
    assert code == 1
    assert "row 2, column Place: the name of the place may say whose house it is" in output
    assert not any(word in output for word in ("Jane", "Smith"))
    assert not run.records("places")


def test_a_polygon_refuses_its_row_and_no_other(run: Run) -> None:
    shapes = {"Z": {"type": "Point", "coordinates": [36.5286, 36.01861]}, "A": {"type": "Polygon", "coordinates": []}}
    cells = {"Day": "2022-09-08", "Kind": "raid", "Dead": 7}
    features = [
        {"type": "Feature", "geometry": shape, "properties": {"Ref": ref, "Place": f"Place {ref}", **cells}}
        for ref, shape in shapes.items()
    ]
    sheet = json.dumps({"type": "FeatureCollection", "features": features})
    mapping = MAPPING.replace("{name: {column: Place}}", "{name: {column: Place}, lat: latitude, lon: longitude}")
    code, output = run(sheet, mapping)
    assert (code, "row 2, column latitude: the geometry of the feature is `Polygon`" in output) == (1, True)
    assert [record["id"] for record in run.records("places")] == ["place-z"]
