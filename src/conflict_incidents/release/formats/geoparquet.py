"""The incidents as GeoParquet 1.1: the Parquet table with a column of points and the `geo` metadata.

The points are WKB in degrees of WGS 84, longitude first, the default of the format; their bounds are a column as well.
"""

from __future__ import annotations

import json
import struct
from typing import Any

import pyarrow as pa

from conflict_incidents.release.formats.content import INCIDENTS, Content, File
from conflict_incidents.tables import contract
from conflict_incidents.tables.dtypes import arrow_schema
from conflict_incidents.tables.files import parquet_of

FILE = "formats/incidents.geo.parquet"
FILES = {FILE: "the incidents for geopandas, QGIS, DuckDB and others that read GeoParquet, with exact types"}
GEOMETRY = "geometry"
BOX = "bbox"
"""The column of bounding boxes, by which readers select rows without reading geometries."""
_EDGES = ("xmin", "ymin", "xmax", "ymax")
_BOX = pa.struct([(edge, pa.float64()) for edge in _EDGES])
_LITTLE_ENDIAN, _POINT = 1, 1


def files(content: Content) -> dict[str, File]:
    """Return the incidents; one without a position has a null geometry."""
    table = contract.tables()[INCIDENTS]
    edges = [_edges(_points(part)) for part in content.arrow(table, ["lat", "lon"])]
    metadata = {b"geo": json.dumps(_geo_metadata(list(filter(None, edges))), sort_keys=True).encode()}
    schema = arrow_schema(table).append(pa.field(GEOMETRY, pa.binary())).append(pa.field(BOX, _BOX))
    schema = schema.with_metadata({**schema.metadata, **metadata})
    return {FILE: parquet_of((_with_geometry(part, schema) for part in content.arrow(table)), schema)}


_Point = tuple[float, float] | None


def _points(part: pa.Table) -> list[_Point]:
    """Return the longitude and latitude of each incident; None if unknown."""
    pairs = zip(part.column("lon").to_pylist(), part.column("lat").to_pylist(), strict=True)
    return [None if None in pair else pair for pair in pairs]


def _with_geometry(part: pa.Table, schema: pa.Schema) -> pa.Table:
    points = _points(part)
    table = part.append_column(GEOMETRY, pa.array([_wkb(point) for point in points], type=pa.binary()))
    table = table.append_column(BOX, pa.array([_box(point) for point in points], type=_BOX))
    return table.replace_schema_metadata(schema.metadata)


def _edges(points: list[_Point]) -> list[float]:
    """Return the bounds of some points; empty if there are none."""
    placed = [point for point in points if point is not None]
    if not placed:
        return []
    lons, lats = zip(*placed, strict=True)
    return [min(lons), min(lats), max(lons), max(lats)]


def _wkb(point: _Point) -> bytes | None:
    return None if point is None else struct.pack("<BIdd", _LITTLE_ENDIAN, _POINT, *point)


def _box(point: _Point) -> dict[str, float] | None:
    return None if point is None else dict(zip(_EDGES, (*point, *point), strict=True))


def _geo_metadata(edges: list[list[float]]) -> dict[str, Any]:
    """Return the `geo` metadata; without positions, it has no geometry types and no bounds."""
    column: dict[str, Any] = {"encoding": "WKB", "geometry_types": ["Point"] if edges else []}
    column["covering"] = {BOX: {edge: [BOX, edge] for edge in _EDGES}}
    if edges:
        column["bbox"] = [bound(of) for bound, of in zip((min, min, max, max), zip(*edges, strict=True), strict=True)]
    return {"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: column}}
