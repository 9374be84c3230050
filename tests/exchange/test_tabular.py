"""Reading tables: what each kind of file gives, what is refused, and that no bytes make the reader fall over."""

import bz2
import contextlib
import gzip
import io
import json
import lzma
import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conflict_incidents.exchange.importers.tabular.read import SourceTable, SourceTableError, read_table
from conflict_incidents.exchange.importers.tabular.unpacking import content

CSV = "id,place,killed\n1,Hafsarjah,7\n2,حفسرجة,10+\n"


def read(tmp_path: Path, name: str, data: bytes | str, **options: str) -> SourceTable:
    file = tmp_path / name
    file.write_bytes(data.encode("utf-8") if isinstance(data, str) else data)
    return read_table(file, **options)


def refusal(tmp_path: Path, name: str, data: bytes | str, **options: str) -> str:
    with pytest.raises(SourceTableError) as refused:
        read(tmp_path, name, data, **options)
    return str(refused.value)


def cells(table: SourceTable) -> list[list[str]]:
    return [[row.cells[column] for column in table.columns] for row in table.rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_unicode_needs_no_name(tmp_path: Path, encoding: str) -> None:
    data = CSV.replace("حفسرجة", "Hama") if encoding.endswith(("le", "be")) else CSV
    table = read(tmp_path, "a.csv", data.encode(encoding))
    assert table.columns == ["id", "place", "killed"]
    assert cells(table)[1][2] == "10+"
    assert [row.number for row in table.rows] == [2, 3]


ARABIC = "id;المكان\n1;حفسرجة\n2;معرة النعمان\n3;قصف جوي على مدينة إدلب\n"
RUSSIAN = "id,место\n1,Идлиб и окрестности\n2,Россия нанесла удар\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (ARABIC, "windows-1256"),
        (ARABIC, "iso8859-6"),
        (RUSSIAN, "windows-1251"),
        (RUSSIAN, "koi8-r"),
        ("id,Ort\n1,Zürich grüßt Österreich\n", "windows-1252"),
        ("id,lieu\n1,Région de Séguéla\n2,Côte d'Ivoire\n3,Bouaké\n", "mac-roman"),
        ("id,μέρος\n1,Αθήνα και Θεσσαλονίκη\n2,Η πόλη βομβαρδίστηκε\n", "windows-1253"),  # noqa: RUF001
    ],
)
def test_an_older_encoding_that_is_certain_is_read(tmp_path: Path, text: str, encoding: str) -> None:
    table = read(tmp_path, "a.csv", text.encode(encoding))
    assert table == read(tmp_path, "b.csv", text.encode(encoding), encoding=encoding)
    assert cells(table)[0][1] == text.splitlines()[1][2:]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("id,lieu\n1,Générale d'Alep à côté\n", "windows-1252"),
        ("id,name\n1,תל אביב\n2,ירושלים ובית לחם\n", "windows-1255"),
        ("id,yer\n1,Reyhanlı ilçesi\n", "windows-1254"),  # noqa: RUF001
        ("id,place\n1,the village’s “school”\n", "windows-1252"),  # noqa: RUF001
        ("id,Ort\n1,schön\n", "mac-roman"),
    ],
)
def test_an_encoding_that_is_not_certain_is_asked_for(tmp_path: Path, text: str, encoding: str) -> None:
    message = refusal(tmp_path, "a.csv", text.encode(encoding))
    assert "--encoding" in message
    assert "line 2" in message
    assert cells(read(tmp_path, "a.csv", text.encode(encoding), encoding=encoding))[0][1] == text.splitlines()[1][2:]


def test_a_named_encoding_that_does_not_exist_or_fit_is_refused(tmp_path: Path) -> None:
    assert "no encoding `klingon`" in refusal(tmp_path, "a.csv", CSV, encoding="klingon")
    assert "no encoding `hex`" in refusal(tmp_path, "a.csv", CSV, encoding="hex")
    assert "line 3" in refusal(tmp_path, "a.csv", CSV, encoding="ascii")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_are_told_from_the_rows(tmp_path: Path, delimiter: str) -> None:
    text = delimiter.join(["id", '"a, b; c\nd | e"', "n"]) + "\n" + delimiter.join(["1", '"x;y,z|"', "2"]) + "\n"
    table = read(tmp_path, "a.csv", text)
    assert table.columns == ["id", "a, b; c\nd | e", "n"]
    assert cells(table) == [["1", "x;y,z|", "2"]]


def test_two_delimiters_that_both_fit_are_asked_for(tmp_path: Path) -> None:
    assert "--delimiter" in refusal(tmp_path, "a.csv", "a,b;c,d;e\n1,2;3,4;5\n")
    assert read(tmp_path, "a.csv", "a,b;c,d;e\n1,2;3,4;5\n", delimiter=";").columns == ["a,b", "c,d", "e"]
    assert "one character" in refusal(tmp_path, "a.csv", CSV, delimiter="::")


def test_rows_are_counted_as_a_person_does(tmp_path: Path) -> None:
    table = read(tmp_path, "a.csv", 'id,a\n\n1,"x\ny"\n,\n2,z\n')
    assert [(row.number, row.cells["id"]) for row in table.rows] == [(3, "1"), (5, "2")]


def test_a_row_of_hxl_tags_is_passed_over(tmp_path: Path) -> None:
    table = read(tmp_path, "a.csv", "id,killed,x\n#meta+id,#affected+killed,\n1,2,3\n")
    assert [row.number for row in table.rows] == [3]


def test_the_separator_line_of_excel_is_understood(tmp_path: Path) -> None:
    assert cells(read(tmp_path, "a.csv", "sep=;\na;b\n1;2,5\n")) == [["1", "2,5"]]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("\n\n", "empty"),
        ("id,id\n1,2\n", "row 1: columns 1 and 2 are both named `id`"),
        ("id,\n1,2\n", "row 1: column 2 has no name, and row 2 has a value"),
        (",\n1,2\n", "row 2: no column has a name"),
        ("id,a\n1,2\n1,2,3\n", "row 3: 3 cells where the header has 2 columns"),
        ("id,a,b\n1,2\n", "row 2: 2 cells where the header has 3 columns (none for `b`)"),
        ('id,a\n1,"x\n2,3\n', "row 2"),
        ('id,a\n1,"x"y\n', "row 2"),
        ("id,a\n" + "1,2\n" * 2000 + "1,\0\n", "row 2002, column `a`: a NUL"),
        ("id,a\n1,\0\n", "NUL"),
        ("%PDF-1.4", "a PDF"),
        ("<!DOCTYPE html><html>", "log-in page"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(tmp_path: Path, text: str, words: str) -> None:
    assert words in refusal(tmp_path, "a.csv", text)


def test_a_column_without_name_and_values_is_no_column(tmp_path: Path) -> None:
    assert read(tmp_path, "a.csv", "id,a,\n1,2,\n").columns == ["id", "a"]


@pytest.mark.parametrize(("suffix", "pack"), [(".gz", gzip.compress), (".bz2", bz2.compress), (".xz", lzma.compress)])
def test_packed_files_are_unpacked_whatever_their_name(tmp_path: Path, suffix: str, pack: object) -> None:
    packed = pack(CSV.encode())  # type: ignore[operator]
    assert len(read(tmp_path, "a.csv" + suffix, packed).rows) == 2
    assert len(read(tmp_path, "a.csv", packed).rows) == 2
    assert "damaged" in refusal(tmp_path, "a.csv", packed[:20])


def zipped(**files: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), text)
    return stream.getvalue()


def test_a_zip_with_one_table_is_that_table(tmp_path: Path) -> None:
    assert len(read(tmp_path, "a.zip", zipped(a_csv=CSV, README_txt="Read me", licence_pdf="%PDF")).rows) == 2
    assert "contains 2 tables" in refusal(tmp_path, "a.zip", zipped(a_csv=CSV, b_csv=CSV))
    assert len(read(tmp_path, "a.zip", zipped(a_csv=CSV, b_csv=CSV), sheet="b.csv").rows) == 2
    assert "no table" in refusal(tmp_path, "a.zip", zipped(a_png=""))


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, lambda data: zipped(a_csv=data.decode())])
def test_no_more_is_unpacked_than_the_limit(tmp_path: Path, pack: object) -> None:
    (tmp_path / "a").write_bytes(pack(b"0" * 3_000_000))  # type: ignore[operator]
    with pytest.raises(SourceTableError, match="larger than 1 MiB"):
        content(tmp_path / "a", limit=1 << 20)


def test_parquet_gives_the_text_that_csv_would_have(tmp_path: Path) -> None:
    table = pa.table(
        {
            "id": [1, 2],
            "killed": [7.0, None],
            "share": [0.25, float("nan")],
            "day": [date(2022, 9, 8), None],
            "at": [datetime(2022, 9, 8), datetime(2022, 9, 8, 13, 40)],
            "yes": [True, False],
            "name": pa.array(["a", "b"]).dictionary_encode(),
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    read_back = read_table(tmp_path / "a.parquet")
    assert cells(read_back) == [
        ["1", "7", "0.25", "2022-09-08", "2022-09-08", "true", "a"],
        ["2", "", "", "", "2022-09-08T13:40:00", "false", "b"],
    ]
    pq.write_table(pa.table({"a": [[1, 2]]}), tmp_path / "b.parquet")
    with pytest.raises(SourceTableError, match="row 2, column `a`"):
        read_table(tmp_path / "b.parquet")


def geojson(*features: dict[str, object], **more: object) -> str:
    return json.dumps({"type": "FeatureCollection", "features": list(features), **more})


def point(lon: object, lat: object, **properties: object) -> dict[str, object]:
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": [lon, lat]}, "properties": properties}


def test_geojson_gives_properties_and_the_position(tmp_path: Path) -> None:
    table = read(tmp_path, "a.geojson", geojson(point(36.5, 35.125, id="a", n=7.0), point(36, 35, id="b", x=None)))
    assert table.columns == ["id", "n", "x", "latitude", "longitude"]
    assert cells(table) == [["a", "7", "", "35.125", "36.5"], ["b", "", "", "35", "36"]]
    own = read(tmp_path, "a.json", geojson(point(1, 2, latitude=35.5, longitude=36.5)))
    assert cells(own) == [["35.5", "36.5"]]


def test_geojson_fills_in_the_position_of_each_feature_that_has_none(tmp_path: Path) -> None:
    features = [point(1, 2, Lat=35.5, Lon=36.5), point(36, 35, Lat=None, Lon=""), point(37, 34), point(1, 2, Lat=35)]
    table = read(tmp_path, "a.geojson", geojson(*features))
    assert table.columns == ["Lat", "Lon"]
    assert cells(table) == [["35.5", "36.5"], ["35", "36"], ["34", "37"], ["35", ""]]


def test_geojson_that_is_no_point_leaves_one_row_without_position(tmp_path: Path) -> None:
    shapes: dict[str, object] = {
        "MultiPoint": [[36, 35]],
        "LineString": [[36, 35], [37, 35]],
        "Polygon": [[[36, 35], [37, 35], [37, 36], [36, 35]]],
    }
    features: list[dict[str, object]] = [
        {"type": "Feature", "geometry": {"type": kind, "coordinates": where}, "properties": {"id": kind}}
        for kind, where in shapes.items()
    ]
    several = {"type": "MultiPoint", "coordinates": [[36, 35], [37, 35]]}
    features += [{"type": "Feature", "geometry": shape, "properties": {"id": "x"}} for shape in (several, None)]
    features.append({"type": "Feature", "geometry": several, "properties": {}})
    table = read(tmp_path, "a.geojson", geojson(*features))
    assert [row.cells["latitude"] for row in table.rows] == ["35", "", "", "", "", ""]
    assert [row.faults.get("latitude", "")[:40] for row in table.rows] == [
        "",
        "the geometry of the feature is `LineStri",
        "the geometry of the feature is `Polygon`",
        "the geometry of the feature is `MultiPoi",
        "",
        "the geometry of the feature is `MultiPoi",
    ]
    assert [row.number for row in table.rows] == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "can't be read as GeoJSON"),
        ('{"type": "Topology"}', "no GeoJSON FeatureCollection"),
        ("[{}]", "no GeoJSON FeatureCollection"),
        (geojson(point(4000000.0, 35, id=1)), "feature 1"),
        (geojson(point("36", 35, id=1)), "feature 1"),
        (geojson(point(36, 35, id=[1])), "row 1, column `id`"),
        (geojson(point(36, 35), crs={"type": "name", "properties": {"name": "EPSG:3857"}}), "WGS 84"),
        ('{"type": "FeatureCollection", "features": [{"properties": {"a": 1, "a": 2}}]}', "duplicate key"),
        ('{"type": "FeatureCollection", "features": [{"properties": {"a": NaN}}]}', "NaN"),
        ("[" * 100_000, "can't be read as GeoJSON"),
    ],
)
def test_geojson_that_no_table_holds_is_refused(tmp_path: Path, text: str, words: str) -> None:
    assert words in refusal(tmp_path, "a.geojson", text)


def workbook(*sheets: tuple[str, list[list[object]]]) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    return book


ROWS: list[list[object]] = [
    ["id", "killed", "day", "share"],
    [1, 7.0, datetime(2022, 9, 8), 0.5],
    ["b", None, "x", True],
]


def test_xlsx_gives_the_text_that_csv_would_have(tmp_path: Path) -> None:
    workbook(("Incidents", ROWS), ("Empty", [])).save(tmp_path / "a.xlsx")
    table = read_table(tmp_path / "a.xlsx")
    assert cells(table) == [["1", "7", "2022-09-08", "0.5"], ["b", "", "x", "true"]]
    assert [row.number for row in table.rows] == [2, 3]
    (tmp_path / "a.xlsx").rename(tmp_path / "a.csv")
    assert read_table(tmp_path / "a.csv").columns == table.columns


def test_xlsx_with_several_sheets_asks_which(tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    workbook(("One", ROWS), ("Two", ROWS)).save(file)
    with pytest.raises(SourceTableError, match="`One`, `Two`"):
        read_table(file)
    assert len(read_table(file, sheet="Two").rows) == 2
    with pytest.raises(SourceTableError, match="no sheet `Three`"):
        read_table(file, sheet="Three")


def test_xlsx_cells_without_a_value_of_their_own_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    for change, words in (
        (("A4", "=1+1"), "A4 is a formula without a stored result"),
        (("A4", "#REF!"), "A4 shows the error `#REF!`"),
        (("merge", "A2:A3"), "A2:A3 are merged"),
    ):
        book = workbook(("One", ROWS))
        if change[0] == "merge":
            book.worksheets[0].merge_cells(change[1])
        else:
            book.worksheets[0][change[0]] = change[1]
        book.save(file)
        with pytest.raises(SourceTableError, match=words):
            read_table(file)


def test_a_name_that_the_content_belies_is_refused(tmp_path: Path) -> None:
    assert "named `.xlsx` and isn't one" in refusal(tmp_path, "a.xlsx", CSV)
    assert "named `.parquet` and isn't one" in refusal(tmp_path, "a.parquet", CSV)
    assert ".xls" in refusal(tmp_path, "a.csv", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    assert "no sheets" in refusal(tmp_path, "a.csv", CSV, sheet="One")


MAGIC = [
    b"",
    b"PAR1",
    b"PK\x03\x04",
    b"PK\x03\x04xl/",
    b"\x1f\x8b",
    b"BZh9",
    b"\xfd7zXZ\0",
    b'{"type"',
    b"\xff\xfe",
    b"id,",
]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(MAGIC), st.one_of(st.binary(max_size=200), st.text(max_size=100).map(str.encode)))
def test_any_bytes_give_a_table_or_a_refusal(tmp_path: Path, start: bytes, rest: bytes) -> None:
    try:
        table = read(tmp_path, "a.csv", start + rest)
    except SourceTableError:
        return
    assert table.columns
    assert all(list(row.cells) == table.columns for row in table.rows)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_damaged_file_gives_a_table_or_a_refusal(tmp_path: Path, data: st.DataObject) -> None:
    whole = bytearray(data.draw(st.sampled_from(_WHOLE)))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(SourceTableError):
        read(tmp_path, "a", bytes(whole[: data.draw(st.integers(1, len(whole)))]))


def _saved() -> bytes:
    stream = io.BytesIO()
    workbook(("One", ROWS)).save(stream)
    return stream.getvalue()


_WHOLE = [gzip.compress(CSV.encode()), zipped(a_csv=CSV), geojson(point(36, 35, id=1)).encode(), _saved()]


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8),
                         min_size=2, max_size=2), min_size=1, max_size=6))  # fmt: skip
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_was_written_as_csv_is_read_as_it_was(tmp_path: Path, rows: list[list[str]]) -> None:
    import csv

    stream = io.StringIO()
    csv.writer(stream).writerows([["first", "second"], ["1", "x"], *rows])
    table = read(tmp_path, "a.csv", stream.getvalue(), delimiter=",")
    assert cells(table)[1:] == [row for row in rows if any(cell.strip() for cell in row)]
