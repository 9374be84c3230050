"""Read a file that has one table; the format is detected from content and name.

CSV in any encoding and with any delimiter, with or without a row of HXL tags; xlsx and ods; JSON, GeoJSON and JSON
lines; Parquet; each also packed as gz, bz2, xz or zip.
"""

from __future__ import annotations

from pathlib import Path

from conflict_incidents.core.findings import Shown, show, user_text
from conflict_incidents.exchange.importers.tabular.delimited import read_delimited
from conflict_incidents.exchange.importers.tabular.grid import SourceRow, SourceTable, SourceTableError
from conflict_incidents.exchange.importers.tabular.objects import read_json
from conflict_incidents.exchange.importers.tabular.opendocument import read_ods
from conflict_incidents.exchange.importers.tabular.typed import read_parquet, read_xlsx
from conflict_incidents.exchange.importers.tabular.unpacking import unpack

__all__ = ["SourceRow", "SourceTable", "SourceTableError", "read_table"]

_NO_TABLE = (
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word file (.xls); save it as xlsx or CSV"),
    (b"%PDF", "a PDF; export the table itself"),
    (b"SQLite format 3", "an SQLite database or GeoPackage; export the table as CSV"),
    (b"\x89PNG", "an image"),
)


def read_table(
    file: Path,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet: str | None = None,
    header: int | None = None,
) -> SourceTable:
    """Read the table in a file.

    Args:
        file: the file.
        encoding: that of a text file, if it can't be detected: `windows-1256`.
        delimiter: that of a text file, if it can't be detected.
        sheet: the sheet of a workbook, or the file in a zip archive.
        header: the row of the header, if it isn't the first with content.

    Raises:
        SourceTableError: it can't be read as one table; the message has row, column and repair.
        OSError: the file can't be opened.
    """
    try:
        return _read(*unpack(file, sheet), encoding, delimiter, header)
    except SourceTableError as error:
        raise type(error)(f"{user_text(file)}: {error}") from error


def _read(
    data: bytes, suffix: str, sheet: str | None, encoding: str | None, delimiter: str | None, header: int | None
) -> SourceTable:
    for magic, what in _NO_TABLE:
        if data.startswith(magic):
            raise SourceTableError(f"this is {Shown(what)}")
    if data.startswith(b"PAR1"):
        return read_parquet(data)
    if data.startswith(b"PK\x03\x04"):
        if b"content.xml" in data:
            return read_ods(data, sheet, header)
        if b"xl/" not in data:
            raise SourceTableError("an office document that isn't a spreadsheet; save the sheet as xlsx, ods or CSV")
        return read_xlsx(data, sheet, header)
    if suffix in {".parquet", ".xlsx", ".ods"}:
        raise SourceTableError(f"it is named {show(suffix)} and isn't one; it is damaged, or give it its right name")
    if sheet is not None:
        raise SourceTableError(f"it has no sheets, so there is no {show(sheet)}; leave --sheet out")
    start = data[:200].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith((b"{", b"[")) or suffix in {".geojson", ".json", ".jsonl", ".ndjson"}:
        return read_json(data, encoding)
    if start[:9].lower().startswith((b"<!doctype", b"<html", b"<?xml", b"<table")):
        raise SourceTableError(
            "a web page or XML, not a table; was it a log-in page that was saved? If it is a table that a site names "
            ".xls, open it in a spreadsheet and save it as xlsx"
        )
    return read_delimited(data, encoding, delimiter, header)
