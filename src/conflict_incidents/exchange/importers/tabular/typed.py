"""Parse typed files (Parquet, GeoJSON, xlsx) into a table of text, as CSV would have it."""

from __future__ import annotations

import io
import json
import re
import warnings
import zipfile
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from conflict_incidents.core.findings import shown
from conflict_incidents.exchange.importers.tabular.charset import decoded
from conflict_incidents.exchange.importers.tabular.grid import (
    SourceRow,
    SourceTable,
    SourceTableError,
    as_text,
    assemble,
    listing,
)

_UNPACKED_AT_MOST = 1 << 30


def read_parquet(data: bytes) -> SourceTable:
    """The table in a Parquet file; rows count from 2, as if the column names was in row 1.

    Raises:
        TableError: it is damaged, or a column holds lists or other values that no cell can.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(pa.BufferReader(data))
        columns = [column.to_pylist() for column in table.itercolumns()]
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        raise SourceTableError(f"can't be read as Parquet: {_first_line(error)}") from error
    names = [str(name) for name in table.column_names]
    rows = zip(*columns, strict=True) if columns else iter(())
    return assemble(names, ((n, _cells(names, row, n)) for n, row in enumerate(rows, 2)))


def _cells(names: list[str], values: Iterable[Any], number: int) -> list[str]:
    cells = []
    for name, value in zip(names, values, strict=True):
        try:
            cells.append(as_text(value))
        except ValueError as error:
            raise SourceTableError(f"row {number}, column {shown(name)}: {error} can't be stored in a cell") from error
    return cells


def read_geojson(data: bytes, encoding: str | None) -> SourceTable:
    """The features of a GeoJSON FeatureCollection; the first feature is row 1. A point gives `latitude` and `longitude`
    (or `lat` and `lon`) of each feature whose properties have neither; where they have one, they win. A line, a polygon
    or several points are a fault of that row.

    Raises:
        TableError: it is no FeatureCollection, or a feature has a position or a value that a table can't hold.
    """
    try:
        document = json.loads(
            decoded(data, encoding), parse_float=Decimal, parse_constant=_no_constant, object_pairs_hook=_no_duplicates
        )
    except (ValueError, RecursionError) as error:
        raise SourceTableError(f"can't be read as GeoJSON: {_first_line(error)}") from error
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list) or document.get("type") != "FeatureCollection":
        raise SourceTableError("JSON, but no GeoJSON FeatureCollection; export the data as GeoJSON or CSV")
    if isinstance(document.get("crs"), dict) and not re.search(r"CRS84|4326", json.dumps(document["crs"], default=str)):
        raise SourceTableError("its coordinates are not WGS 84 (`crs`); export it in EPSG:4326")
    rows = [_properties(feature, number) for number, feature in enumerate(features, 1)]
    columns = list(dict.fromkeys(name for row in rows for name in row))
    lat, lon = _position_columns(columns)
    faults = {
        n: _fill(row, feature, n, lat, lon) for n, (row, feature) in enumerate(zip(rows, features, strict=True), 1)
    }
    columns = list(dict.fromkeys([*columns, lat, lon]))
    body = [
        (number, _cells(columns, [row.get(name) for name in columns], number)) for number, row in enumerate(rows, 1)
    ]
    return _with_faults(assemble(columns, body), {n: fault for n, fault in faults.items() if fault})


def _position_columns(columns: list[str]) -> tuple[str, str]:
    """The columns of latitude and longitude that the properties have, or the ones to make."""
    names = {name.strip().lower(): name for name in columns}
    lat, lon = ("lat", "lon") if {"lat", "lon"} <= set(names) else ("latitude", "longitude")
    if {"latitude", "longitude"} <= set(names):
        lat, lon = "latitude", "longitude"
    return names.get(lat, lat), names.get(lon, lon)


def _fill(row: dict[str, Any], feature: dict[str, Any], number: int, lat: str, lon: str) -> str:
    """Give a row the position of its feature, where its properties have none; what is wrong with the geometry."""
    if any(row.get(name) is not None and str(row[name]).strip() for name in (lat, lon)):
        return ""
    geometry = feature.get("geometry")
    position = _only_point(geometry)
    if position is not None:
        row[lon], row[lat] = _point(position, number)
    elif geometry is not None:
        kind = geometry.get("type") if isinstance(geometry, dict) else geometry
        return f"the geometry of the feature is {shown(kind)}; only one point is a position"
    return ""


def _with_faults(table: SourceTable, faults: dict[int, str]) -> SourceTable:
    """The table with the faults of its geometries, also of rows that have nothing else."""
    lat, lon = _position_columns(table.columns)
    rows = {row.number: row for row in table.rows}
    for number, fault in faults.items():
        row = rows.setdefault(number, SourceRow(number, dict.fromkeys(table.columns, "")))
        row.faults.update({lat: fault, lon: fault})
    return SourceTable(table.columns, [rows[number] for number in sorted(rows)])


def _properties(feature: Any, number: int) -> dict[str, Any]:
    if not isinstance(feature, dict) or not isinstance(feature.get("properties") or {}, dict):
        raise SourceTableError(f"feature {number}: no GeoJSON feature with properties")
    found = dict(feature.get("properties") or {})
    if isinstance(feature.get("id"), (str, int)) and "id" not in found:
        found = {"id": feature["id"], **found}
    return found


def _only_point(geometry: Any) -> list[Any] | None:
    """The position of a point, or of several that are only one; None where there is no such geometry."""
    if not isinstance(geometry, dict):
        return None
    where = geometry.get("coordinates")
    if geometry.get("type") == "MultiPoint" and isinstance(where, list) and len(where) == 1:
        where = where[0]
    elif geometry.get("type") != "Point":
        return None
    return where if isinstance(where, list) else None


def _point(position: list[Any], number: int) -> tuple[Decimal, Decimal]:
    numbers = [value for value in position if isinstance(value, (int, Decimal)) and not isinstance(value, bool)]
    if len(position) not in {2, 3} or len(numbers) != len(position):
        raise SourceTableError(f"feature {number}: {shown(position)} is no position")
    lon, lat = Decimal(numbers[0]), Decimal(numbers[1])
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise SourceTableError(f"feature {number}: {shown(f'{lon}, {lat}')} is no longitude and latitude")
    return lon, lat


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number of JSON")


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(key for index, (key, _) in enumerate(pairs) if key in {other for other, _ in pairs[:index]})
        raise ValueError(f"duplicate key {shown(twice)} in one object")
    return found


def read_xlsx(data: bytes, sheet: str | None) -> SourceTable:
    """A sheet of an Excel workbook: the one that is named, or the only one that has cells.

    Raises:
        TableError: openpyxl isn't installed, several sheets have cells, or a cell is merged, an error, or a formula
            without a stored result.
    """
    try:
        import openpyxl
    except ImportError as error:
        raise SourceTableError(
            "reading xlsx needs openpyxl: `pip install conflict-incidents[xlsx]`, or save the sheet as CSV (UTF-8)"
        ) from error
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > _UNPACKED_AT_MOST:
                raise SourceTableError(f"unpacked it is larger than {_UNPACKED_AT_MOST >> 20} MiB; split the workbook")
            sheets = [archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/")]
            computed = any(re.search(rb"<(?:\w+:)?f[ />]", sheet) for sheet in sheets)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions that hold no values
            values = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
            formulas = openpyxl.load_workbook(io.BytesIO(data), data_only=False) if computed else values
    except SourceTableError:
        raise
    except Exception as error:  # a damaged workbook fails anywhere inside openpyxl
        raise SourceTableError(
            f"can't be read as an Excel workbook: {_first_line(error)}; save it anew, or as CSV"
        ) from error
    chosen = _sheet(values, sheet)
    return _sheet_table(chosen, formulas[chosen.title])


def _sheet(workbook: Any, name: str | None) -> Any:
    sheets = {sheet.title: sheet for sheet in workbook.worksheets}
    if name is not None:
        if name not in sheets:
            raise SourceTableError(f"there is no sheet {shown(name)}; the workbook has {listing(sheets)}")
        return sheets[name]
    filled = [sheet for sheet in sheets.values() if any(cell.value is not None for row in sheet.rows for cell in row)]
    if len(filled) == 1:
        return filled[0]
    if not filled:
        raise SourceTableError("no sheet has cells; a table has a header and rows")
    raise SourceTableError(
        f"several sheets have cells; name one by --sheet: {listing(sheet.title for sheet in filled)}"
    )


def _sheet_table(sheet: Any, formulas: Any) -> SourceTable:
    merged = sorted(str(area) for area in sheet.merged_cells.ranges)
    if merged:
        raise SourceTableError(
            f"cells {merged[0]} are merged, so the value of all but one is lost; unmerge and fill them in"
        )
    rows: list[tuple[int, list[str]]] = []
    for cells, sources in zip(sheet.iter_rows(), formulas.iter_rows(), strict=True):
        rows.append((cells[0].row, [_cell(cell, source) for cell, source in zip(cells, sources, strict=True)]))
    first = next((index for index, (_, cells) in enumerate(rows) if any(cell.strip() for cell in cells)), None)
    if first is None:
        raise SourceTableError("the sheet is empty; a table has a header and rows")
    return assemble(rows[first][1], rows[first + 1 :], rows[first][0])


def _cell(cell: Any, source: Any) -> str:
    if cell.data_type == "e":
        raise SourceTableError(
            f"cell {cell.coordinate} shows the error {shown(cell.value)}; repair it in the spreadsheet"
        )
    if cell.value is None and source.data_type == "f":
        raise SourceTableError(
            f"cell {cell.coordinate} is a formula without a stored result; open and save it in Excel"
        )
    try:
        return str(cell.value) if isinstance(cell.value, timedelta) else as_text(cell.value)
    except ValueError as error:
        raise SourceTableError(f"cell {cell.coordinate}: {error} can't be read") from error


def _first_line(error: BaseException) -> str:
    return shown((str(error) or type(error).__name__).splitlines()[0])
