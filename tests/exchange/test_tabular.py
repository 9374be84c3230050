"""Reading tables: what each kind of file gives, what is refused, and that no bytes make the reader fall over."""

import bz2
import contextlib
import gzip
import io
import json
import lzma
import os
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import Any

import charset_normalizer
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from charset_normalizer import from_bytes
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conflict_incidents.exchange.importers.tabular import charset, grid
from conflict_incidents.exchange.importers.tabular.read import SourceTable, SourceTableError, read_table
from conflict_incidents.exchange.importers.tabular.unpacking import unpack

CSV = "id,place,killed\n1,Hafsarjah,7\n2,حفسرجة,10+\n"


def read(tmp_path: Path, name: str, data: bytes | str, **options: Any) -> SourceTable:
    file = tmp_path / name
    file.write_bytes(data.encode("utf-8") if isinstance(data, str) else data)
    return read_table(file, **options)


def refusal(tmp_path: Path, name: str, data: bytes | str, **options: Any) -> str:
    with pytest.raises(SourceTableError) as excinfo:
        read(tmp_path, name, data, **options)
    return str(excinfo.value)


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
        ("№;Населённый пункт\n1;Изюм\n2;неизвестно\n", "windows-1251"),
        ("id,Ort\n1,Zürich grüßt Österreich\n", "windows-1252"),
        ("id,lieu\n1,Région de Séguéla\n2,Côte d'Ivoire\n3,Bouaké\n", "mac-roman"),
        ("id,μέρος\n1,Αθήνα και Θεσσαλονίκη\n2,Η πόλη βομβαρδίστηκε\n", "windows-1253"),  # noqa: RUF001
    ],
)
def test_an_older_encoding_that_is_certain_is_read(tmp_path: Path, text: str, encoding: str) -> None:
    table = read(tmp_path, "a.csv", text.encode(encoding))
    assert table == read(tmp_path, "b.csv", text.encode(encoding), encoding=encoding)
    assert cells(table)[0][1] == text.splitlines()[1][2:]


def test_the_encoding_of_a_large_file_is_detected_from_lines_beyond_ascii(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = RUSSIAN + "3,x\n" * 99 + "4,Ёлкино\n"
    monkeypatch.setattr(charset, "_SAMPLE", 20)
    samples: list[bytes] = []

    def from_sample(data: bytes, **options: Any) -> object:
        samples.append(data)
        return from_bytes(data, **options)

    monkeypatch.setattr(charset_normalizer, "from_bytes", from_sample)
    assert read(tmp_path, "a.csv", text.encode("windows-1251")) == read(tmp_path, "b.csv", text)
    assert b"x" not in samples[0]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("id,lieu\n1,Générale d'Alep à côté\n", "windows-1252"),
        ("id,name\n1,תל אביב\n2,ירושלים ובית לחם\n", "windows-1255"),
        ("id,yer\n1,Reyhanlı ilçesi\n", "windows-1254"),  # noqa: RUF001
        ("id,place\n1,the village’s “school”\n", "windows-1252"),  # noqa: RUF001
        ("id,Ort\n1,schön\n", "mac-roman"),
        ("id,lugar\n1,Número de muertos\n", "windows-1252"),
    ],
)
def test_an_encoding_that_is_not_certain_is_asked_for(tmp_path: Path, text: str, encoding: str) -> None:
    message = refusal(tmp_path, "a.csv", text.encode(encoding))
    assert "--encoding" in message
    assert "line 2" in message
    assert "not repeated" not in message
    if "Número" in text:
        assert "`Nъmero`" not in message, "no Latin word has a Cyrillic letter"
    assert cells(read(tmp_path, "a.csv", text.encode(encoding), encoding=encoding))[0][1] == text.splitlines()[1][2:]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("діти,місце,№\n1,Харків,лікарня\n", "windows-1251"),
        ("жители;№;ранено\n1;Изюм;женщина\n", "windows-1251"),
        ("élèves;N°;date\n4;armée;évènement\n", "mac-roman"),
    ],
)
def test_no_older_encoding_is_taken_for_another(tmp_path: Path, text: str, encoding: str) -> None:
    table = read(tmp_path, "right.csv", text)
    with suppress(SourceTableError):
        assert read(tmp_path, "a.csv", text.encode(encoding)) == table


def test_a_named_encoding_that_does_not_exist_or_fit_is_refused(tmp_path: Path) -> None:
    assert "no encoding `klingon`" in refusal(tmp_path, "a.csv", CSV, encoding="klingon")
    assert "no encoding `hex`" in refusal(tmp_path, "a.csv", CSV, encoding="hex")
    assert "line 3" in refusal(tmp_path, "a.csv", CSV, encoding="ascii")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_are_detected_from_the_rows(tmp_path: Path, delimiter: str) -> None:
    text = delimiter.join(["id", '"a, b; c\nd | e"', "n"]) + "\n" + delimiter.join(["1", '"x;y,z|"', "2"]) + "\n"
    table = read(tmp_path, "a.csv", text)
    assert table.columns == ["id", "a, b; c d | e", "n"]
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
        ("1,1,Idlib,2019-01-05\n2,7,Hama,2019-01-06\n", "row 1: numbers and dates, no names of columns"),
        ("id,\n1,2\n3,4\n", "row 2: `2` is outside of the table, in column 2 without a name"),
        (",\n1,2\n", "row 2: no column has a name"),
        ("id,a\n1,2\n1,2,3\n1,2,3\n", "row 3: `3` is outside of the table, in column 3 without a name"),
        ("id,a,b\n1,2\n3,4\n", "row 2: 2 cells where the header has 3 columns (none for `b`)"),
        ('id,a\n1,"x\n2,3\n', "row 2"),
        ('id,a\n1,"x"y\n', "row 2"),
        ("id,a\n" + "1,2\n" * 2000 + "1,\0\n", "row 2002, column `a`: a NUL"),
        ("id,a\n1,\0\n", "NUL"),
        ("id,a\0b\n1,2\n", "NUL"),
        ("%PDF-1.4", "a PDF"),
        ("<!DOCTYPE html><html>", "log-in page"),
        ("<table><tr><td>id", "log-in page"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(tmp_path: Path, text: str, words: str) -> None:
    assert words in refusal(tmp_path, "a.csv", text)


def test_a_cell_outside_of_the_columns_refuses_its_row_alone(tmp_path: Path) -> None:
    table = read(tmp_path, "a.csv", "id,a,\n1,2,\n2,3,see below\n3,4,,,\n4,5,,x\n5\n6,7,\n7,8,\n")
    assert {row.number: row.faults.get("", "")[:40] for row in table.rows if row.faults} == {
        3: "`see below` is outside of the table, in ",
        5: "`x` is outside of the table, in column 4",
        6: "1 cells where the header has 3 columns (",
    }
    assert [row.cells["id"] for row in table.rows] == ["1", "2", "3", "4", "5", "6", "7"]
    assert "outside" in read(tmp_path, "b.csv", "id,a\n,,,far\n").rows[0].faults[""]


def test_a_control_character_is_a_fault_of_its_cell(tmp_path: Path) -> None:
    table = read(tmp_path, "a.csv", "id,a,b\n1,\x1b[31mIdlib,x\n2,\x1aIdlib,x\n3,O\x92Brien,x\n4,Idlib\x0b,y\n")
    assert [row.faults for row in table.rows] == [
        {"a": "contains the control character U+001B; correct it in the file"},
        {"a": "contains the control character U+001A; correct it in the file"},
        {"a": "contains the control character U+0092; correct it in the file"},
        {},
    ]


def test_header_may_follow_other_lines(tmp_path: Path) -> None:
    text = "Incidents of 2022,,\n,,\nid,a,b\n1,2,3\n"
    table = read(tmp_path, "a.csv", text, header=3)
    assert (table.columns, [row.number for row in table.rows]) == (["id", "a", "b"], [4])
    assert "row 2 is empty" in refusal(tmp_path, "a.csv", text, header=2)


def test_a_column_without_name_and_values_is_no_column(tmp_path: Path) -> None:
    assert read(tmp_path, "a.csv", "id,a,\n1,2,\n").columns == ["id", "a"]


@pytest.mark.parametrize(("suffix", "pack"), [(".gz", gzip.compress), (".bz2", bz2.compress), (".xz", lzma.compress)])
def test_compressed_files_are_detected_by_content(tmp_path: Path, suffix: str, pack: Callable[[bytes], bytes]) -> None:
    compressed = pack(CSV.encode())
    assert len(read(tmp_path, "a.csv" + suffix, compressed).rows) == 2
    assert len(read(tmp_path, "a.csv", compressed).rows) == 2
    assert "damaged" in refusal(tmp_path, "a.csv", compressed[:20])


def pack(**files: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), text)
    return stream.getvalue()


def test_a_zip_with_one_table_is_that_table(tmp_path: Path) -> None:
    assert len(read(tmp_path, "a.zip", pack(a_csv=CSV, README_txt="Read me", licence_pdf="%PDF")).rows) == 2
    assert "contains 2 tables" in refusal(tmp_path, "a.zip", pack(a_csv=CSV, b_csv=CSV))
    assert len(read(tmp_path, "a.zip", pack(a_csv=CSV, b_csv=CSV), sheet="b.csv").rows) == 2
    assert "no table" in refusal(tmp_path, "a.zip", pack(a_png=""))


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, lambda data: pack(a_csv=data.decode())])
def test_a_file_that_unpacks_to_over_a_hundred_times_its_size_is_refused_unless_that_is_small(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pack: Callable[[bytes], bytes]
) -> None:
    monkeypatch.setattr(grid, "SMALL", 1 << 20)
    (tmp_path / "a").write_bytes(pack(b"0" * 2_000_000))
    with pytest.raises(SourceTableError, match="over 100 times as large as the file"):
        unpack(tmp_path / "a")
    (tmp_path / "a").write_bytes(pack(b"0" * 1_000_000))
    assert len(unpack(tmp_path / "a")[0]) == 1_000_000


def test_only_a_regular_file_is_read(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for other in (pipe, Path(os.devnull), tmp_path):
        with pytest.raises(SourceTableError, match="not a file"):
            read_table(other)


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
    pq.write_table(pa.table({"a": [[1, 2], None], "b": [[[1]], None], "c": [1, 2]}), tmp_path / "b.parquet")
    lists = read_table(tmp_path / "b.parquet")
    assert cells(lists) == [["1; 2", "", "1"], ["", "", "2"]]
    assert [row.faults for row in lists.rows] == [{"b": "a list of lists or objects can't be stored in a cell"}, {}]


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
        ("{", "can't be read as JSON"),
        ('{"type": "Topology", "arcs": [[1]]}', "nor a GeoJSON FeatureCollection"),
        ('{"type": "FeatureCollection"}', "without `features`"),
        ("[{}]", "the file is empty"),
        (geojson(point(4000000.0, 35, id=1)), "feature 1"),
        (geojson(point("36", 35, id=1)), "feature 1"),
        (geojson(point(36, 35), crs={"type": "name", "properties": {"name": "EPSG:3857"}}), "WGS 84"),
        ('{"type": "FeatureCollection", "features": [{"properties": {"a": 1, "a": 2}}]}', "duplicate key"),
        ('{"type": "FeatureCollection", "features": [{"properties": {"a": NaN}}]}', "NaN"),
        ("[" * 100_000, "can't be read as JSON"),
        ("[1, 2]", "row 1: `1` is no object"),
        ('[{"a": {"b": 1}, "a.b": 2}]', "row 1: two values for the column `a.b`"),
        ('{"a": 1}\n{"a": 2', "line 2: "),
    ],
)
def test_geojson_that_no_table_holds_is_refused(tmp_path: Path, text: str, words: str) -> None:
    assert words in refusal(tmp_path, "a.geojson", text)


@pytest.mark.parametrize(
    ("name", "text", "numbers"),
    [
        ("a.json", '[{"id": 1, "n": {"x": 2.50}}, {"id": "b", "who": ["A", "B"], "n": null}]', [1, 2]),
        (
            "a.json",
            '{"count": 2, "messages": [], "data": [{"id": 1, "n": {"x": 2.50}}, {"id": "b", "who": ["A", "B"]}]}',
            [1, 2],
        ),
        ("a.jsonl", '{"id": 1, "n": {"x": 2.50}}\n\n{"id": "b", "who": ["A", "B"]}\n', [1, 3]),
    ],
)
def test_json_gives_the_text_that_csv_would_have(tmp_path: Path, name: str, text: str, numbers: list[int]) -> None:
    table = read(tmp_path, name, text)
    rows = [{key: cell for key, cell in row.cells.items() if cell} for row in table.rows]
    assert rows == [{"id": "1", "n.x": "2.5"}, {"id": "b", "who": "A; B"}]
    assert [row.number for row in table.rows] == numbers


def test_json_that_no_cell_can_hold_is_a_fault_of_its_row(tmp_path: Path) -> None:
    table = read(tmp_path, "a.json", '[{"id": 1, "who": [{"name": "A"}]}, {"id": 2, "who": "B"}]')
    assert [row.faults for row in table.rows] == [{"who": "a list of lists or objects can't be stored in a cell"}, {}]


def test_features_a_line_are_geojson(tmp_path: Path) -> None:
    table = read(tmp_path, "a.ndjson", "\n".join(json.dumps(point(36, 35 + n, id=n)) for n in range(2)))
    assert cells(table) == [["0", "35", "36"], ["1", "36", "36"]]


def test_objects_without_a_key_in_common_do_not_fill_the_memory(tmp_path: Path) -> None:
    objects = "[" + ",".join(f'{{"k{n}": 1}}' for n in range(5000)) + "]"
    assert "5000 columns in 5000 rows" in refusal(tmp_path, "a.json", objects)


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


@pytest.mark.parametrize(
    ("cell", "value", "words"),
    [
        ("A3", "=1+1", "a formula without a stored result"),
        ("A3", "#REF!", "the cell shows the error `#REF!`"),
        ("A3", "", "merged with others (A2:A3)"),
        ("F3", "#REF!", None),
    ],
)
def test_xlsx_cells_without_a_value_of_their_own_are_faults(
    tmp_path: Path, cell: str, value: str, words: str | None
) -> None:
    book = workbook(("One", ROWS))
    if value:
        book.worksheets[0][cell] = value
    else:
        book.worksheets[0].merge_cells("A2:A3")
    book.save(tmp_path / "a.xlsx")
    table = read_table(tmp_path / "a.xlsx")
    assert [row.cells["id"] for row in table.rows] == ["1", "" if words else "b"]
    assert [[*row.faults] for row in table.rows] == [[], ["id"] if words else []]
    assert not words or words in table.rows[1].faults["id"]


SPACES = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "calcext": "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0",
}


def ods_cell(value: object, times: int = 1) -> str:
    match value:
        case None:
            element_text = ""
        case bool():
            element_text = f'office:value-type="boolean" office:boolean-value="{str(value).lower()}"'
        case int() | float():
            element_text = f'office:value-type="float" office:value="{value}"'
        case datetime():
            element_text = f'office:value-type="date" office:date-value="{value.isoformat()}"'
        case _:
            element_text = 'office:value-type="string"' + (' calcext:value-type="error"' if "#" in str(value) else "")
    note = "<office:annotation><text:p>a note</text:p></office:annotation>"
    text = "" if value is None else f"{note}<text:p>{value}</text:p>"
    return f'<table:table-cell table:number-columns-repeated="{times}" {element_text}>{text}</table:table-cell>'


def ods_row(*cells: str, times: int = 1) -> str:
    return f'<table:table-row table:number-rows-repeated="{times}">{"".join(cells)}</table:table-row>'


EMPTY = ods_row(ods_cell(None, 16_384), times=1_048_000)


def ods(*sheets: list[list[object]], rows: str = EMPTY) -> bytes:
    tables = [
        f'<table:table table:name="S{n}">{"".join(ods_row(*map(ods_cell, row)) for row in sheet)}{rows}</table:table>'
        for n, sheet in enumerate(sheets)
    ]
    spaces = " ".join(f'xmlns:{name}="{address}"' for name, address in SPACES.items())
    content = f"<office:document-content {spaces}>{''.join(tables)}</office:document-content>"
    return pack(**{"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": content})


def test_ods_gives_the_text_that_csv_would_have(tmp_path: Path) -> None:
    table = read(tmp_path, "a.ods", ods(ROWS, []))
    assert cells(table) == [["1", "7", "2022-09-08", "0.5"], ["b", "", "x", "true"]]
    assert [row.number for row in table.rows] == [2, 3]
    assert "name one by --sheet: `S0`, `S1`" in refusal(tmp_path, "a.ods", ods(ROWS, ROWS))
    assert len(read(tmp_path, "a.ods", ods(ROWS, ROWS), sheet="S1").rows) == 2
    assert "no sheet `S2`" in refusal(tmp_path, "a.ods", ods(ROWS), sheet="S2")
    assert "no sheet has cells" in refusal(tmp_path, "a.ods", ods([]))


def test_ods_rows_and_cells_may_be_repeated_and_far_apart(tmp_path: Path) -> None:
    twice = ods_row(ods_cell(7, 2), times=2)
    far = EMPTY + ods_row(ods_cell("x"), ods_cell(None, 9), ods_cell("far"))
    table = read(tmp_path, "a.ods", ods([["id", "n"]], rows=twice + twice + far))
    assert cells(table) == [["7", "7"]] * 4 + [["x", ""]]
    assert [(row.number, *row.faults) for row in table.rows] == [(2,), (3,), (4,), (5,), (1_048_006, "")]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (ods_row(ods_cell("x", 100_000_000)), "a cell in column 100000000"),
        (ods_row(ods_cell("x"), times=900_000_000), "more than 1,048,576 rows"),
        (ods_row(ods_cell("x", 0)), "repeated 0 times"),
    ],
)
def test_ods_that_fills_the_memory_is_refused(tmp_path: Path, row: str, words: str) -> None:
    assert words in refusal(tmp_path, "a.ods", ods(ROWS, rows=row))


def test_ods_cells_without_a_value_of_their_own_are_faults(tmp_path: Path) -> None:
    row = ods_row(ods_cell("#DIV/0!"), "<table:covered-table-cell/>", ods_cell("x"))
    table = read(tmp_path, "a.ods", ods(ROWS, rows=row))
    assert [row.cells["day"] for row in table.rows] == ["2022-09-08", "x", "x"]
    assert [[*row.faults] for row in table.rows] == [[], [], ["id", "killed"]]


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
    b"PK\x03\x04content.xml",
    b"[{",
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
    whole = bytearray(data.draw(st.sampled_from(_FILES)))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(SourceTableError):
        read(tmp_path, "a", bytes(whole[: data.draw(st.integers(1, len(whole)))]))


def _workbook() -> bytes:
    stream = io.BytesIO()
    workbook(("One", ROWS)).save(stream)
    return stream.getvalue()


_FILES = [gzip.compress(CSV.encode()), pack(a_csv=CSV), geojson(point(36, 35, id=1)).encode(), _workbook()]


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8),
                         min_size=2, max_size=2), min_size=1, max_size=6))  # fmt: skip
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_was_written_as_csv_is_read_as_it_was(tmp_path: Path, rows: list[list[str]]) -> None:
    import csv

    stream = io.StringIO()
    csv.writer(stream).writerows([["first", "second"], ["1", "x"], *rows])
    table = read(tmp_path, "a.csv", stream.getvalue(), delimiter=",")
    assert cells(table)[1:] == [row for row in rows if any(cell.strip() for cell in row)]
