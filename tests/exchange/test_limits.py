"""Files that are small and would never end, or fill the memory: each is read as far as it makes a table, or refused."""

import io
import time
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from conflict_incidents.exchange.importers.tabular.read import SourceTableError, read_table
from fuzz import HANGS

TABULAR = "conflict_incidents.exchange.importers.tabular"
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
PARTS = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
    "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="a" Target="xl/workbook.xml" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>',
    "xl/workbook.xml": f'<workbook {MAIN} xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<sheets><sheet name="a" sheetId="1" r:id="a"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="a" Target="worksheets/sheet1.xml" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"/></Relationships>',
}
"""A workbook of one sheet."""
RATIO = "unpacked it is over 100 times as large as the file, as if made to fill the memory"
EVERYTHING = "A1:XFD1048576"


def row(number: int, *cells: str) -> str:
    cell_elements = "".join(f'<c r="{at}" t="inlineStr"><is><t>{at}</t></is></c>' for at in cells)
    return f'<row r="{number}">{cell_elements}</row>'


TABLE = row(1, "A1", "B1") + row(2, "A2", "B2")


def workbook(rows: str, extra: str = "", **parts: str) -> bytes:
    sheet = f"<worksheet {MAIN}><sheetData>{rows}</sheetData>{extra}</worksheet>"
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in {**PARTS, "xl/worksheets/sheet1.xml": sheet, **parts}.items():
            archive.writestr(name, text)
    return stream.getvalue()


def opendocument(rows: str) -> bytes:
    content = f'<t:table xmlns:t="urn:oasis:names:tc:opendocument:xmlns:table:1.0">{rows}</t:table>'
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
    return stream.getvalue()


def parquet(rows: int, text: str) -> bytes:
    stream = io.BytesIO()
    array = pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), pa.array([text]))
    pq.write_table(pa.table({"a": array}), stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("extra", "faults"),
    [
        (f'<mergeCells count="1"><mergeCell ref="{EVERYTHING}"/></mergeCells>', 2),
        (f'<hyperlinks><hyperlink ref="{EVERYTHING}" location="x"/></hyperlinks>', 0),
        (f'<dataValidations><dataValidation sqref="{EVERYTHING}"/></dataValidations>', 0),
        (f'<conditionalFormatting sqref="{EVERYTHING}"/>', 0),
    ],
)
def test_what_spans_the_whole_sheet_costs_no_more_than_its_cells(tmp_path: Path, extra: str, faults: int) -> None:
    (tmp_path / "a.xlsx").write_bytes(workbook(TABLE, extra))
    (only,) = read_table(tmp_path / "a.xlsx").rows
    assert list(only.cells.values()) == ["A2", "B2"]
    assert len(only.faults) == faults


def test_rows_without_cells_and_numbers_beyond_the_sheet_cost_nothing(tmp_path: Path) -> None:
    far = '<row r="99999999999"/>' + row(1_048_576, "A1048576", "B1048576")
    (tmp_path / "a.xlsx").write_bytes(workbook(TABLE + far))
    assert [one.number for one in read_table(tmp_path / "a.xlsx").rows] == [2, 1_048_576]


def test_a_cell_far_from_the_table_is_a_fault_of_its_row(tmp_path: Path) -> None:
    (tmp_path / "far.xlsx").write_bytes(workbook(row(1, "A1") + row(1_048_576, "XFD1048576")))
    (only,) = read_table(tmp_path / "far.xlsx").rows
    assert (only.number, list(only.cells.values())) == (1_048_576, [""])
    assert "is outside of the table, in column 16384" in only.faults[""]


def test_the_encoding_of_one_long_line_is_detected_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(("x" * 500 + "é").encode("latin-1") * 90_000)
    start = time.process_time()
    with pytest.raises(SourceTableError):
        read_table(tmp_path / "a.csv")
    assert time.process_time() - start < HANGS


@pytest.mark.parametrize(
    ("name", "data", "limits", "message"),
    [
        ("wide.xlsx", workbook(TABLE + row(3, "XFD3")), {"typed.MAX_CELLS": 30_000}, "it reaches to column 16384"),
        (
            "many.xlsx",
            workbook(TABLE + row(3, *(["A3"] * 99))),
            {"grid.MAX_CELLS": 99},
            "rows or 99 cells; split the table",
        ),
        ("empty.xlsx", workbook(TABLE + "<row>" + "<c/>" * 300_000), {"typed.MAX_ELEMENTS": 99}, "a row has more than"),
        (
            "comments.xlsx",
            workbook(TABLE + "<row>" + "<c/><!--<row>-->" * 300_000),
            {"typed.MAX_ELEMENTS": 99_999},
            "a row has more than",
        ),
        (
            "empty.ods",
            opendocument(f"<t:table-row>{'<t:table-cell/>' * 100}</t:table-row>"),
            {"opendocument.MAX_ELEMENTS": 99},
            "a row has more than",
        ),
        (
            "merged.xlsx",
            workbook(TABLE, "<mergeCells>" + '<mergeCell ref="A1:XFD1048576"/>' * 9 + "</mergeCells>"),
            {},
            "its merged cells overlap; save the sheet anew",
        ),
        ("bomb.xlsx", workbook(" " * 5_000_000), {"grid.MAX_BYTES": 4 << 20}, "it is larger than 4 MiB; split it"),
        ("small.xlsx", workbook(" " * 2_000_000), {"grid.SMALL": 1 << 20}, f"{RATIO}; if you trust it, unpack it"),
        (
            "small.ods",
            opendocument(" " * 2_000_000),
            {"grid.SMALL": 1 << 20},
            f"{RATIO}; if you trust it, unpack it yourself, or save it as CSV",
        ),
        (
            "texts.xlsx",
            workbook(TABLE, **{"xl/sharedStrings.xml": f"<sst {MAIN}>{'<si><t>x</t></si>' * 100_000}</sst>"}),
            {"typed._BESIDE_SHEETS": 1 << 20},
            "its texts unpacked are larger than 1 MiB; save the sheet as CSV",
        ),
        ("rows.parquet", parquet(40_000, "x"), {"grid.MAX_ROWS": 30_000}, "more than 30,000 rows or 20,000,000 cells"),
        ("text.parquet", parquet(40_000, "x" * 1000), {}, RATIO),
        ("line.csv", b"a,b\n" + b"x," * 1000, {"delimited.MAX_ROW": 1000}, "row 2: longer than 1,000 characters"),
        ("rows.csv", b"a,b\n" + b'"x\n",' * 1000, {"delimited.MAX_ROW": 1000}, "row 2: longer than 1,000 characters"),
        ("columns.csv", b"a,b,c\n1,2,3\n", {"grid.MAX_COLUMNS": 2}, "row 1: 3 columns, more than 2; delete some"),
        ("cells.csv", b"a,b\n" + b"x,y\n" * 100, {"grid.MAX_CELLS": 50}, "rows or 50 cells; split the table"),
        ("empty.csv", b"a,b\n" + b"\n" * 100, {"grid.MAX_ROWS": 50}, "more than 50 rows or"),
        ("deep.json", b"[" * 1_000_000, {}, "it is nested too deep; a table has rows"),
        ("deep.geojson", b'{"a":' * 1_000_000, {}, "it is nested too deep; a table has rows"),
        (
            "many.json",
            b"[" + b"{}," * 99 + b"{}]",
            {"objects._MAX_PARTS": 99},
            "objects and lists, or 20,000,000 lines",
        ),
        ("rows.json", b"[" + b"{}," * 99 + b"{}]", {"grid.MAX_ROWS": 50}, "more than 50 rows or"),
        ("rows.jsonl", b"{}\n" * 99, {"grid.MAX_ROWS": 50}, "more than 50 rows or"),
        ("lines.json", b"\n" * 99, {"objects.MAX_CELLS": 9}, "objects and lists, or 9 lines; split it"),
        (
            "keys.json",
            f'[{{{",".join(f""" "{n}": 1""" for n in range(100_000))}, "a": 1, "a": 2}}]'.encode(),
            {},
            "duplicate key `a` in one object",
        ),
        ("long.json", b'[{"a": 1}]' + b" " * 100, {"objects._MAX_JSON": 100}, "and not an object a line; split it"),
    ],
)
def test_what_would_fill_the_memory_is_refused_with_its_limit_and_a_repair(
    name: str, data: bytes, limits: dict[str, int], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / name).write_bytes(data)
    for limit, value in limits.items():
        monkeypatch.setattr(f"{TABULAR}.{limit}", value)
    with pytest.raises(SourceTableError) as excinfo:
        read_table(tmp_path / name)
    assert message in str(excinfo.value)
