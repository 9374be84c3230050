"""The files beside the plain tables: each is read by a reader of its own format, and holds what the tables hold."""

import csv
import hashlib
import io
import json
import re
import runpy
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import geopandas as gpd
import hxl
import jsonschema
import openpyxl
import pandas as pd
import polars as pl
import pytest
import yaml

from conflict_incidents import verify
from conflict_incidents.cli import main
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.release import ReleaseDefect, checks, formats
from conflict_incidents.release import build as building
from conflict_incidents.release.build import Options, build
from conflict_incidents.release.formats import (
    citation,
    croissant,
    excel,
    geojson,
    geoparquet,
    readers,
    zenodo,
)
from conflict_incidents.release.formats import hxl as tagged
from conflict_incidents.release.formats.content import ReleaseContent, as_bytes
from conflict_incidents.release.sources import with_sources
from conflict_incidents.tables import codebook, contract
from conflict_incidents.tables.hxl import TAGS
from incident_datasets import airstrike, dataset_of
from samples import (
    EVERYTHING,
    REGISTRIES,
    TOP,
    Tree,
    bytes_of,
    claim_of,
    files_of,
    incident,
    make_descriptor,
    place,
    record,
    rows,
    skip_check,
)
from whole_tables import frames

UNKNOWN, ZERO, OPEN, NOWHERE = "SYR-20220901-unkn", "SYR-20220902-zero", "SYR-20220903-open", "SYR-20220904-nowh"
FORMULA = '=HYPERLINK("https://example.org","7 killed")'
ODD: list[Tree] = [
    place("nowhere", level="country"),
    incident(UNKNOWN, title=FORMULA, note="+1 killed", external=[{"scheme": "another", "id": "00123"}]),
    incident(ZERO, claims=[claim_of(killed=0)], external=[{"scheme": "another", "id": "12345678901234567890"}]),
    incident(OPEN, claims=[claim_of(killed={"at_least": 7})], note="'=1"),
    incident(NOWHERE, sites=[{"id": "village", "place": "nowhere", "kind": "settlement"}]),
]
"""What spreadsheets, maps and sums get wrong."""
VERSION, DAY = contract.package()["version"], contract.package()["created"][:10]
WITHOUT_WAIVERS = [tree for tree in EVERYTHING if tree["schema"] != "waivers/1"]


def of(trees: list[Tree], **more: Any) -> ReleaseContent:
    """What the formats of a release of these records are made from, under the package's metadata or others."""
    tables = frames([record(tree) for tree in trees])
    descriptor = make_descriptor(contract.package() | more, tables)
    return ReleaseContent(tables, descriptor, contract.about(descriptor))


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of a release in a folder."""
    folder = tmp_path_factory.mktemp("release")
    tables = frames([record(tree) for tree in [*WITHOUT_WAIVERS, *ODD]])
    for name, data in files_of(contract.package(), tables, formats=formats.FORMATS).items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


@pytest.fixture(scope="module")
def incidents(release: Path) -> pd.DataFrame:
    return pd.read_parquet(release / "incidents.parquet").set_index("incident_id")


def cells(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))


def test_every_file_is_listed_once_in_the_readme(release: Path) -> None:
    other_files = bytes_of(release).keys() - {
        f"{name}.{kind}" for name in contract.tables() for kind in ("csv", "parquet")
    }
    other_files -= {"datapackage.json", "README.md", "SHA256SUMS"}
    readme = (release / "README.md").read_text("utf-8")
    for name in other_files:
        purposes = [one for one in formats.PURPOSES if one == name or (one.endswith("/") and name.startswith(one))]
        assert len(purposes) == 1, name
        assert readme.count(f"| `{purposes[0]}` |") == 1


def test_only_the_formats_that_are_asked_for_are_made(
    released_dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "check_frictionless", skip_check)
    build = ["build", "--no-cache", "--jobs", "1", "--root", str(released_dataset), "--out", str(tmp_path), "--formats"]
    assert main([*build, "csv,zenodo, hxl"]) == 0
    folder = tmp_path / "current"
    files = bytes_of(folder.resolve())
    names = {tagged.FILE, zenodo.FILE}
    assert files.keys() & formats.PURPOSES.keys() == names
    assert {name for name in formats.PURPOSES if f"| `{name}` |".encode() in files["README.md"]} == names
    whole = bytes_of((released_dataset / "release/current").resolve())
    assert {name for name in files if files[name] != whole[name]} == {"README.md", "SHA256SUMS"}
    assert verify(folder).content == verify(released_dataset).content
    capsys.readouterr()
    assert main([*build, "csv,excel"]) == 2
    format_names = (
        "csv, parquet, codebook, citation, zenodo, xlsx, geojson, geoparquet, hxl, sqlite, croissant, readers"
    )
    assert f"there is no format 'excel'; the formats are {format_names}" in capsys.readouterr().err


@pytest.mark.slow
def test_several_processes_make_the_release_that_one_makes(
    released_dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "LARGE", 0)
    sample = Dataset(released_dataset)
    result = build(sample, rows(sample), tmp_path, options=Options(jobs=3))
    assert bytes_of(result.folder) == bytes_of((released_dataset / "release/current").resolve())


def test_what_frictionless_finds_stops_the_release(
    story: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(folder: Path) -> None:
        raise ReleaseDefect(f"{len(list(folder.glob('*.csv')))} tables are wrong")

    monkeypatch.setattr(checks, "check_frictionless", refuse)
    sample = Dataset(story)
    with pytest.raises(ReleaseDefect, match=f"{len(contract.tables())} tables are wrong"):
        build(sample, rows(sample), tmp_path, options=Options(()))
    assert [file.name for file in tmp_path.iterdir()] == [".lock"]


def test_two_formats_cannot_make_a_file_of_one_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formats, "FORMATS", {"zenodo": zenodo, "again": zenodo})
    with pytest.raises(ValueError, match=r"two formats make the file zenodo\.json"):
        files_of(contract.package(), frames([]), formats=formats.FORMATS)


# Excel


@pytest.fixture(scope="module")
def workbook(release: Path) -> openpyxl.Workbook:
    return openpyxl.load_workbook(release / excel.FILE)


def sheet(workbook: openpyxl.Workbook, name: str) -> list[tuple[Any, ...]]:
    return list(workbook[name].iter_rows(values_only=True))


def test_every_main_table_comes_back_from_the_workbook_with_its_types(
    release: Path, workbook: openpyxl.Workbook
) -> None:
    assert workbook.sheetnames == ["READ ME", "data dictionary", *excel.SHEETS]
    for name in excel.SHEETS:
        table = contract.tables()[name]
        head, *rows = sheet(workbook, name)
        assert list(head) == table.names
        assert [list(row) for row in rows] == [
            [workbook_value(value, field) for value, field in zip(row, table.fields, strict=True)]
            for row in cells((release / f"{name}.csv").read_bytes())[1:]
        ]


def workbook_value(cell: str, field: contract.Field) -> Any:
    """What a cell of a CSV file is in the workbook."""
    kinds: dict[str, Callable[[str], Any]] = {
        "integer": int,
        "number": float,
        "boolean": lambda text: text == "true",
        "date": datetime.fromisoformat,
        "string": str,
    }
    return kinds[field.type](cell) if cell else None


def test_nothing_in_the_workbook_is_a_formula_and_ids_stay_text(workbook: openpyxl.Workbook) -> None:
    kinds = {cell.data_type for name in workbook.sheetnames for row in workbook[name].iter_rows() for cell in row}
    assert kinds == {"n", "d", "b", "s"}  # an empty cell is of the kind n
    incidents = sheet(workbook, "incidents")
    assert FORMULA in [row[incidents[0].index("title")] for row in incidents]
    external = sheet(workbook, "external_ids")
    assert [row[3] for row in external] == ["external_id", "00123", "12345678901234567890", "NA"]


def test_the_workbook_says_what_its_columns_mean_and_what_an_empty_cell_is(workbook: openpyxl.Workbook) -> None:
    assert "An empty cell is unknown, never zero. 0 appears only where a source claimed 0." in [
        line for (line,) in sheet(workbook, "READ ME")
    ]
    _, *definitions = sheet(workbook, "data dictionary")
    fields = {(name, field.name): field for name in excel.SHEETS for field in contract.tables()[name].fields}
    assert {(table, column): meaning for table, column, _, _, meaning, *_ in definitions} == {
        names: field.description for names, field in fields.items()
    }


def test_text_that_looks_like_markup_or_is_a_day_too_early_for_excel_is_only_text() -> None:
    markup = "<r><t>=1+1</t></r>"
    tables = of([*ODD, incident("SYR-18990908-aaaa", date="1899-09-08", title=markup)])
    workbook = openpyxl.load_workbook(io.BytesIO(as_bytes(excel.files(tables)[excel.FILE])))
    head, *rows = sheet(workbook, "incidents")
    (row,) = [dict(zip(head, row, strict=True)) for row in rows if row[0] == "SYR-18990908-aaaa"]
    assert (row["title"], row["date_from"]) == (markup, "1899-09-08")


def test_a_workbook_that_cannot_hold_the_tables_is_left_out_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    long = "x" * (excel.CHARACTERS + 1)
    tables = frames([record(tree) for tree in ODD])
    tables["incidents"] = tables["incidents"].assign(note=pd.array([long] * len(tables["incidents"]), dtype="string"))
    files = files_of(contract.package(), tables, formats=["xlsx", "geojson"])
    why = "a text of `incidents`, row 1, has more than 32,767 characters, the most of an Excel cell"
    assert f"| `{excel.FILE}` | not in this release: {why} |" in files["README.md"].decode()
    assert files.keys() & {excel.FILE, geojson.FILE} == {geojson.FILE}
    monkeypatch.setattr(excel, "ROWS", 4)
    _, refusals = formats.files(of(ODD), ["xlsx"])
    assert refusals == {excel.FILE: "`incidents` has 4 rows and an Excel sheet has at most 3"}


# Maps


def test_the_geojson_file_keeps_to_rfc_7946_and_unknown_is_null(release: Path) -> None:
    read = json.loads((release / geojson.FILE).read_text("utf-8"))
    assert (read["type"], read["version"]) == ("FeatureCollection", VERSION)
    assert "crs" not in read
    features = {one["id"]: one for one in read["features"]}
    assert features["SYR-20220908-7q4m"]["geometry"] == {"type": "Point", "coordinates": [36.0, 35.9]}
    assert [features[id]["geometry"] for id in (NOWHERE, "SYR-20220908-bbbb")] == [None, None]
    tolls = {id: [features[id]["properties"][f"killed_{end}"] for end in ("low", "best", "high")] for id in features}
    assert tolls[UNKNOWN] == [None, None, None]
    assert tolls[ZERO] == [0, 0, 0]
    assert tolls[OPEN] == [7, None, None]
    assert features[OPEN]["properties"]["killed_high_open"] is True
    columns = [name for name in contract.tables()["incidents"].names if name not in {"lat", "lon"}]
    assert all(list(one["properties"]) == columns for one in features.values())


def test_geopandas_reads_the_geojson_file(release: Path, incidents: pd.DataFrame) -> None:
    read = gpd.read_file(release / geojson.FILE).set_index("incident_id")
    assert list(read.index) == list(incidents.index)
    assert read.crs == "EPSG:4326"
    for id in read.index:
        point, lon, lat = read.geometry[id], incidents.lon[id], incidents.lat[id]
        assert point is None if lon is pd.NA else (point.x, point.y) == (lon, lat)
    assert read.title.equals(incidents.title.astype(read.title.dtype))
    assert read.killed_low.isna().equals(incidents.killed_low.isna())
    assert read.killed_low.dropna().eq(incidents.killed_low.dropna()).all()


def test_geopandas_reads_the_geoparquet_file_with_exact_types(release: Path, incidents: pd.DataFrame) -> None:
    read = gpd.read_parquet(release / geoparquet.FILE).set_index("incident_id")
    assert read.crs.to_string() == "OGC:CRS84"
    pd.testing.assert_frame_equal(pd.DataFrame(read.drop(columns="geometry")), incidents)
    has_position = incidents.lat.notna()
    assert read.geometry.isna().equals(~has_position)
    assert list(read.geometry[has_position].x) == list(incidents.lon[has_position])
    assert list(read.geometry[has_position].y) == list(incidents.lat[has_position])


def test_geopandas_reads_a_part_of_the_world_by_the_column_of_bounds(release: Path, incidents: pd.DataFrame) -> None:
    located = incidents[incidents.lat.notna()]
    lon, lat = float(located.lon.iloc[0]), float(located.lat.iloc[0])
    read = gpd.read_parquet(release / geoparquet.FILE, bbox=(lon, lat, lon, lat))
    assert set(read.incident_id) == set(located.index[(located.lon == lon) & (located.lat == lat)])


def test_geopandas_reads_a_geoparquet_file_without_any_position() -> None:
    read = gpd.read_parquet(io.BytesIO(as_bytes(geoparquet.files(of([*ODD[:1], ODD[-1]]))[geoparquet.FILE])))
    assert list(read.incident_id) == [NOWHERE]
    assert read.geometry.isna().all()


# R, DuckDB and polars


def test_duckdb_and_polars_have_the_types_the_days_and_the_unknowns_of_the_contract(release: Path) -> None:
    database = duckdb.connect()
    database.execute(f"SET file_search_path = '{release}'")
    database.execute((release / readers.SQL).read_text("utf-8"))
    scan: Callable[[str], pl.LazyFrame] = runpy.run_path(str(release / readers.POLARS))["scan"]
    kinds = {
        "string": ("VARCHAR", pl.String()),
        "integer": ("INTEGER", pl.Int32()),
        "number": ("DOUBLE", pl.Float64()),
        "boolean": ("BOOLEAN", pl.Boolean()),
        "date": ("DATE", pl.Date()),
    }
    for name, table in contract.tables().items():
        lazy = scan(name)
        frame, unknown = lazy.collect(), pd.read_parquet(release / f"{name}.parquet").isna().sum()
        view = database.sql(f'SELECT * FROM "{name}"')
        assert frame.columns == view.columns == table.names
        for field, type in zip(table.fields, view.types, strict=True):
            sql, polars = kinds[field.type]
            levels = ", ".join(f"'{value}'" for value in field.enum)
            assert str(type) == (f"ENUM({levels})" if field.enum else sql)
            assert frame.schema[field.name] == (pl.Enum(field.enum) if field.enum else polars)
        missing = ", ".join(f'count(*) - count("{column}")' for column in table.names)
        (row,) = database.sql(f'SELECT {missing} FROM "{name}"').fetchall()
        assert list(row) == list(frame.null_count().row(0)) == list(unknown)
    days = [day for (day,) in database.sql("SELECT date_from FROM incidents").fetchall()]
    assert days == scan("incidents").collect()["date_from"].to_list()
    of_pandas = pd.read_parquet(release / "incidents.parquet").date_from
    assert days == [None if pd.isna(day) else day.date() for day in of_pandas]


def test_a_plain_reading_of_parquet_gives_days_that_pandas_reckons_with(release: Path) -> None:
    assert pd.read_parquet(release / "incidents.parquet").date_from.dtype == "datetime64[us]"
    (resource,) = [one for one in contract.package()["resources"] if one["name"] == "incidents"]
    types = {field["name"]: field["type"] for field in resource["schema"]["fields"]}
    assert types["date_from"] == "date"  # what frictionless goes by


def test_the_script_for_r_has_the_type_of_every_column(release: Path) -> None:
    """`./scripts/test-r` runs it, where there is R."""
    script = (release / readers.R).read_text("utf-8")
    kinds = {"string": "character", "integer": "integer", "number": "double", "boolean": "logical", "date": "date"}
    specifications = re.findall(r"^  `(\w+)` = readr::cols\(\n((?:    .*\n)+)  \)", script, re.M)
    assert [name for name, _ in specifications] == list(contract.tables())
    for name, columns in specifications:
        types = re.findall(r"^    `(\w+)` = readr::col_(\w+)\((.*)\),?$", columns, re.M)
        fields = contract.tables()[name].fields
        assert [column for column, *_ in types] == [field.name for field in fields]
        for (_, kind, rest), field in zip(types, fields, strict=True):
            assert kind == ("factor" if field.enum else kinds[field.type])
            if field.enum:
                assert json.loads(f"[{rest[rest.index('c(') + 2 : rest.rindex('), ordered')]}]") == list(field.enum)
    assert all(script.count(opening) == script.count(closing) for opening, closing in ("()", "{}", "[]"))


# HXL


def test_libhxl_reads_the_tags_and_finds_what_is_counted(release: Path) -> None:
    with (release / tagged.FILE).open("rb") as stream:
        source = hxl.data(stream)
        assert source.display_tags == list(TAGS.values())
        rows = {row.get("#event+code"): row for row in source}
    assert UNKNOWN in rows
    assert "SYR-20220908-bbbb" not in rows  # withdrawn
    tolls = {id: [row.get(f"#affected+killed+{end}-civilians-children") for end in ("min", "best", "max")]
             for id, row in rows.items()}  # fmt: skip
    assert tolls[UNKNOWN] == [None, None, None]
    assert tolls[ZERO] == ["0", "0", "0"]
    assert tolls[OPEN] == ["7", None, None]
    assert rows[UNKNOWN].get("#event+name") == f"'{FORMULA}"


def test_an_hxl_file_has_a_tag_for_every_column_and_names_what_ids_mean(tmp_path: Path) -> None:
    south = place("south", name="=South", lat=-36.0186, lon=-36.5286, coordinates="published")
    dataset = dataset_of(tmp_path, [south, airstrike(), airstrike(ZERO, at="south", killed=0)])
    parsed_records = [dataset.index.parse_file(file).record for file in dataset.index.files()]
    tables = frames([one for one in parsed_records if one is not None], dataset.registry.admin_units)
    content = ReleaseContent(tables, contract.package(), contract.about(contract.package()))
    header, tags, *rows = cells(as_bytes(tagged.files(content)[tagged.FILE]))
    assert len(header) == len(tags) == len(set(tags))
    zero, first = (dict(zip(tags, row, strict=True)) for row in rows)
    assert (first["#adm1+code"], first["#country+name"], first["#meta+source"]) == ("SY07", "Syria", "Daily Sabah")
    assert (zero["#loc+name"], zero["#geo+lat"], zero["#geo+lon"]) == ("'=South", "-36.0186", "-36.5286")


# Search engines and ML tools


def test_the_croissant_file_describes_the_files_and_columns_of_the_release(release: Path) -> None:
    read = json.loads((release / croissant.FILE).read_text("utf-8"))
    assert (read["version"], read["datePublished"]) == (VERSION, DAY)
    for file in read["distribution"]:
        data = (release / file["contentUrl"]).read_bytes()
        assert (file["sha256"], file["contentSize"]) == (hashlib.sha256(data).hexdigest(), f"{len(data)} B")
    columns = {one["@id"]: [field["name"] for field in one["field"]] for one in read["recordSet"]}
    assert columns == {name: table.names for name, table in contract.tables().items()}


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # rdflib's, of its own parser
@pytest.mark.filterwarnings("ignore:The inplace keyword")  # pandas', of how mlcroissant calls it
def test_mlcroissant_loads_the_records_without_a_warning_and_with_types(release: Path) -> None:
    import mlcroissant

    read = mlcroissant.Dataset(jsonld=str(release / croissant.FILE))
    issues = read.metadata.ctx.issues
    assert (issues.errors, issues.warnings) == (set(), set())
    incidents = {row["incidents/incident_id"].decode(): row for row in read.records("incidents")}
    assert [incidents[id]["incidents/killed_low"] for id in (UNKNOWN, ZERO, OPEN)] == [None, 0, 7]
    assert incidents[OPEN]["incidents/killed_high_open"] is True
    assert incidents[ZERO]["incidents/date_from"] == pd.Timestamp("2022-09-08")
    actors = {row["actors/actor_id"]: row["actors/country"] for row in read.records("actors")}
    assert actors[b"state"] == b"NAM"


# Documents


def test_the_codebook_is_in_the_release(release: Path) -> None:
    assert (release / "codebook.md").read_text("utf-8") == codebook.markdown()


PEOPLE = [{"title": "A group"}, {"givenName": "Ana", "familyName": "Núñez"}, {"roles": ["creator"]}]
BARE: Tree = {"licenses": [], "contributors": [], "keywords": [], "sources": [], "created": "2026", "description": ""}
FULL: Tree = {"contributors": PEOPLE, "homepage": "https://example.org/", "title": 'Étude: "#1" & <more>\u0085\''}


PAPER = {"authors": ["Some", "Body"], "year": 2013, "title": "Introducing", "journal": "J", "volume": "5", "issue": "4"}
BOOK = {"authors": ["Body"], "year": 2019, "title": "Codebook", "publisher": "A university"}
CREDITS: Tree = {
    "sources": [
        {"title": "A list"},
        {
            **{"name": "set", "title": "The Set", "version": "19.1", "licence": "CC-BY-4.0", "attribution": "Coders"},
            **{"path": "https://example.org/", "references": [PAPER, BOOK]},
        },
    ],
}


@pytest.mark.parametrize("more", [{}, BARE, FULL, CREDITS], ids=["package", "bare", "full", "credits"])
def test_the_citation_file_is_valid(more: Tree) -> None:
    content = of(ODD[:1], **more)
    read = yaml.safe_load(citation.files(content)[citation.FILE])
    schema = json.loads((TOP / "tests/schemas/cff-1.2.0.json").read_text("utf-8"))
    jsonschema.Draft7Validator(schema, format_checker=jsonschema.FormatChecker()).validate(read)
    assert (read["title"], read["version"], read["type"]) == (" ".join(content.about.title.split()), VERSION, "dataset")


def test_the_citation_file_says_all_that_the_descriptor_does() -> None:
    read = yaml.safe_load(citation.files(of(ODD[:1], **FULL))[citation.FILE])
    assert read["authors"] == [{"name": "A group"}, {"family-names": "Núñez", "given-names": "Ana"}]
    assert (read["date-released"], read["license"], read["url"]) == (DAY, "CC-BY-4.0", "https://example.org/")
    bare = yaml.safe_load(citation.files(of(ODD[:1], **BARE))[citation.FILE])
    assert bare["authors"] == [{"name": "Unnamed contributors"}]
    assert not bare.keys() & {"date-released", "license", "url", "keywords", "abstract"}


def test_what_rows_come_from_is_cited_in_every_file_with_its_publications() -> None:
    content = of(ODD[:1], **CREDITS)
    papers = ["Some and Body (2013), Introducing, J 5(4)", "Body (2019), Codebook, A university"]
    whole = f"The Set, version 19.1. Coders. CC-BY-4.0: {'; '.join(papers)}"
    content_hash = content.about.content_hash
    assert content.about.citation.endswith(f"content {content_hash}. CC-BY-4.0. With data from: A list; {whole}.")
    read = yaml.safe_load(citation.files(content)[citation.FILE])
    assert read["identifiers"][0]["value"] == content_hash
    assert [one["title"] for one in read["references"]] == ["A list", "The Set", "Introducing", "Codebook"]
    assert [one["type"] for one in read["references"]] == ["data", "data", "article", "report"]
    assert (read["references"][1]["version"], read["references"][1]["notes"]) == ("19.1", "Licence: CC-BY-4.0")
    deposit = json.loads(zenodo.files(content)[zenodo.FILE])
    assert deposit["references"] == ["A list", whole, *papers]
    assert content_hash in deposit["notes"]


def test_the_citation_of_the_repository_credits_what_its_records_come_from() -> None:
    sources = [record(file.read_text("utf-8")) for file in sorted((TOP / "data/datasets").glob("*.yaml"))]
    coded_incident = incident(external=[{"scheme": one.id, "id": "1"} for one in sources])
    tables = frames([*map(record, REGISTRIES), *sources, record(coded_incident)])
    descriptor = with_sources(ReleaseContent(tables, contract.package(), contract.about(contract.package())))
    read = yaml.safe_load(citation.files(ReleaseContent(tables, descriptor, contract.about(descriptor)))[citation.FILE])
    own = [one["title"] for one in contract.package()["sources"]]
    titles = [one["title"] for one in read["references"]]
    assert titles[: len(own) + 2] == [*own, sources[0].text("name"), PAPER_OF_UCDP]
    assert yaml.safe_load((TOP / citation.FILE).read_text("utf-8"))["references"] == read["references"]


PAPER_OF_UCDP = "Introducing the UCDP Georeferenced Event Dataset"


def test_the_metadata_for_zenodo_are_what_its_api_takes() -> None:
    read = json.loads(zenodo.files(of(ODD[:1], **FULL))[zenodo.FILE])
    assert (read["upload_type"], read["access_right"], read["language"]) == ("dataset", "open", "eng")
    assert (read["license"], read["version"], read["publication_date"]) == ("cc-by-4.0", VERSION, DAY)
    assert read["creators"] == [{"name": "A group"}, {"name": "Núñez, Ana"}]
    assert read["title"] == f"{FULL['title']}, version {VERSION}"
    assert read["description"].startswith("<p>Incidents of armed conflict")
    assert read["related_identifiers"][0]["identifier"] == "https://example.org/"
    assert read["references"] == [one["title"] for one in contract.package()["sources"]]
    bare = json.loads(zenodo.files(of(ODD[:1], **BARE))[zenodo.FILE])
    assert not bare.keys() & {"license", "keywords", "references", "publication_date", "related_identifiers"}
