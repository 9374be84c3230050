"""The incidents as GeoParquet 1.1: the Parquet table with a column of points and the `geo` metadata.

The points are WKB in degrees of WGS 84, longitude first, the default of the format; their bounds are a column as well.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from conflict_incidents.release.formats.content import INCIDENTS, FileContent, ReleaseContent
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


def files(content: ReleaseContent) -> dict[str, FileContent]:
    """Return the incidents; one without a position has a null geometry."""
    table = contract.tables()[INCIDENTS]
    bounds = _bounds(content.arrow(table, ["lon", "lat"]))
    schema = arrow_schema(table).append(pa.field(GEOMETRY, pa.binary())).append(pa.field(BOX, _BOX))
    metadata = {b"geo": json.dumps(_geo_metadata(bounds), sort_keys=True).encode()}
    schema = schema.with_metadata({**schema.metadata, **metadata})
    return {FILE: parquet_of((_with_geometry(part, schema) for part in content.arrow(table)), schema)}


def _bounds(parts: Iterable[pa.Table]) -> list[float]:
    """Return the bounds of all positions; empty if there are none."""
    points = [part for part in (part.drop_null() for part in parts) if len(part)]
    edges = [[limit(part[name]).as_py() for limit in (pc.min, pc.max) for name in part.column_names] for part in points]
    return [limit(of) for limit, of in zip((min, min, max, max), zip(*edges, strict=True), strict=False)]


def _with_geometry(part: pa.Table, schema: pa.Schema) -> pa.Table:
    pairs = zip(part.column("lon").to_pylist(), part.column("lat").to_pylist(), strict=True)
    points = [None if None in pair else pair for pair in pairs]
    shapes = [point and struct.pack("<BIdd", _LITTLE_ENDIAN, _POINT, *point) for point in points]
    boxes = [point and dict(zip(_EDGES, (*point, *point), strict=True)) for point in points]
    table = part.append_column(GEOMETRY, pa.array(shapes, pa.binary())).append_column(BOX, pa.array(boxes, _BOX))
    return table.replace_schema_metadata(schema.metadata)


def _geo_metadata(bounds: list[float]) -> dict[str, Any]:
    """Return the `geo` metadata; without positions, it has no geometry types and no bounds."""
    column: dict[str, Any] = {"encoding": "WKB", "geometry_types": ["Point"] if bounds else []}
    column["covering"] = {BOX: {edge: [BOX, edge] for edge in _EDGES}}
    column |= {"bbox": bounds} if bounds else {}
    return {"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: column}}
