"""The incidents as GeoParquet 1.1: the Parquet table with a column of points and the `geo` metadata.

The points are WKB in degrees of WGS 84, longitude first, the default of the format; their bounds are a column as well.
"""

from __future__ import annotations

import json
import struct
from typing import Any

import pyarrow as pa

from conflict_incidents.release.formats.content import INCIDENTS, Content
from conflict_incidents.tables import contract
from conflict_incidents.tables.contract import Value
from conflict_incidents.tables.dtypes import plain
from conflict_incidents.tables.files import arrow_table, as_parquet

FILE = "formats/incidents.geo.parquet"
FILES = {FILE: "the incidents for geopandas, QGIS, DuckDB and others that read GeoParquet, with exact types"}
GEOMETRY = "geometry"
BOX = "bbox"
"""The column of bounding boxes, by which readers select rows without reading geometries."""
_EDGES = ("xmin", "ymin", "xmax", "ymax")
_BOX = pa.struct([(edge, pa.float64()) for edge in _EDGES])
_LITTLE_ENDIAN, _POINT = 1, 1


def files(content: Content) -> dict[str, bytes]:
    """Return the incidents; one without a position has a null geometry."""
    table = contract.tables()[INCIDENTS]
    frame = content.frames[INCIDENTS]
    lats, lons = (plain(frame[name], table.field(name)) for name in ("lat", "lon"))
    points = [None if None in pair else pair for pair in zip(lons, lats, strict=True)]
    made = arrow_table(frame, table)
    made = made.append_column(GEOMETRY, pa.array([_wkb(point) for point in points], type=pa.binary()))
    made = made.append_column(BOX, pa.array([_box(point) for point in points], type=_BOX))
    metadata = {**made.schema.metadata, b"geo": json.dumps(_geo_metadata(points), sort_keys=True).encode()}
    return {FILE: as_parquet(made.replace_schema_metadata(metadata))}


def _wkb(point: tuple[Value, Value] | None) -> bytes | None:
    return None if point is None else struct.pack("<BIdd", _LITTLE_ENDIAN, _POINT, *point)


def _box(point: tuple[Value, Value] | None) -> dict[str, Value] | None:
    return None if point is None else dict(zip(_EDGES, (*point, *point), strict=True))


def _geo_metadata(points: list[tuple[Value, Value] | None]) -> dict[str, Any]:
    """Return the `geo` metadata; without positions, it has no geometry types and no bounds."""
    known = [point for point in points if point is not None]
    column: dict[str, Any] = {"encoding": "WKB", "geometry_types": ["Point"] if known else []}
    column["covering"] = {BOX: {edge: [BOX, edge] for edge in _EDGES}}
    if known:
        lons, lats = zip(*known, strict=True)
        column["bbox"] = [min(lons), min(lats), max(lons), max(lats)]
    return {"version": "1.1.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: column}}
