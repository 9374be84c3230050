"""Parse JSON into a table: an array of objects, JSON lines, or GeoJSON.

The first object is row 1; in JSON lines the number is that of the line. Nested objects have columns such as
`place.name`; a list of words or numbers is one cell, joined by `; `.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from decimal import Decimal
from typing import Any

from conflict_incidents.core.findings import Shown, bare, show
from conflict_incidents.exchange.importers.tabular.charset import decode_text
from conflict_incidents.exchange.importers.tabular.grid import (
    MAX_CELLS,
    SourceTable,
    SourceTableError,
    Unreadable,
    check_size,
    typed_table,
)

_MAX_JSON = 128 << 20
"""The maximum length of JSON in characters; the parsed objects take ten times as much memory."""
_MAX_PARTS = 5_000_000
"""The maximum number of objects and lists; an empty one of two characters takes 150 bytes."""
_MAX_DEPTH = 5
_GEOMETRIES = ("Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection")
"""The types of GeoJSON, which a message may repeat."""
_POSITIONS = (("latitude", "longitude"), ("lat", "lon"))
"""The columns of positions in the properties of features."""


def read_json(data: bytes, encoding: str | None) -> SourceTable:
    """Read the table in a JSON file.

    Raises:
        SourceTableError: it isn't JSON, or not one table.
    """
    text = decode_text(data, encoding)
    if text.count("{") + text.count("[") > _MAX_PARTS or text.count("\n") > MAX_CELLS:
        raise SourceTableError(f"more than {_MAX_PARTS:,} objects and lists, or {MAX_CELLS:,} lines; split it")
    try:
        document = _parse_json(text)
    except (ValueError, RecursionError) as error:
        objects = _lines(text, error)
    else:
        if isinstance(document, dict) and document.get("type") == "FeatureCollection":
            return _geojson(document)
        objects = list(enumerate(_items(document), 1))
    if objects and all(isinstance(one, dict) and one.get("type") == "Feature" for _, one in objects):
        return _geojson({"features": [one for _, one in objects]})
    check_size(len(objects), 0)
    rows = [(number, _flat(one, number)) for number, one in objects]
    return _table(rows, list(dict.fromkeys(name for _, row in rows for name in row)))


def _parse_json(text: str) -> Any:
    if len(text) > _MAX_JSON:
        raise ValueError(f"longer than {_MAX_JSON >> 20} MiB and not an object a line; split it, or save it as CSV")
    return json.loads(text, parse_float=Decimal, parse_constant=_no_constant, object_pairs_hook=_no_duplicates)


def _items(document: Any) -> list[Any]:
    """Return the objects of an array, which may be the only one of an object that isn't empty."""
    if isinstance(document, list):
        return document
    lists = [value for value in document.values() if isinstance(value, list)] if isinstance(document, dict) else []
    filled = [value for value in lists if value] or lists[:1]
    if len(filled) == 1 and all(isinstance(item, dict) for item in filled[0]):
        return filled[0]
    if isinstance(document, dict) and not lists:
        return [document]  # JSON lines with a single line
    raise SourceTableError("JSON, but neither an array of objects, an object a line, nor a GeoJSON FeatureCollection")


def _lines(text: str, why: Exception) -> list[tuple[int, Any]]:
    """Parse JSON lines."""
    lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    check_size(len(lines), 0)
    objects: list[tuple[int, Any]] = []
    for number, line in lines:
        try:
            objects.append((number, _parse_json(line)))
        except (ValueError, RecursionError) as error:
            what = _json_error(why) if number == lines[0][0] else f"line {number}: {_json_error(error)}"
            raise SourceTableError(f"can't be read as JSON: {what}") from error
    return objects


def _json_error(error: Exception) -> Shown:
    """Describe an error in JSON without repeating its content."""
    if isinstance(error, RecursionError):
        return Shown("it is nested too deep; a table has rows of words and numbers")
    if isinstance(error, json.JSONDecodeError):
        return f"{bare(error.msg)}, in line {error.lineno}, column {error.colno}"
    return Shown(str(error))  # of `_parse_json`, which redacts keys


def _table(rows: list[tuple[int, dict[str, Any]]], columns: list[str]) -> SourceTable:
    if not columns:
        raise SourceTableError("the file is empty; a table has columns and rows")
    if len(columns) * len(rows) > MAX_CELLS:
        raise SourceTableError(f"{len(columns)} columns in {len(rows)} rows; name columns the same in every row")
    return typed_table(columns, ((number, [row.get(name) for name in columns]) for number, row in rows))


def _flat(one: Any, number: int) -> dict[str, Any]:
    """Flatten nested objects to columns such as `place.name`."""
    if not isinstance(one, dict):
        raise SourceTableError(f"row {number}: {show(one)} is no object with columns")
    flat: dict[str, Any] = {}
    stack = [(f"{name}", value, 1) for name, value in reversed(one.items())]
    while stack:
        name, value, depth = stack.pop()
        if isinstance(value, dict) and value and depth < _MAX_DEPTH:
            stack += [(f"{name}.{key}", child, depth + 1) for key, child in reversed(value.items())]
        elif name in flat:
            raise SourceTableError(f"row {number}: two values for the column {show(name)}")
        else:
            flat[name] = value
    return flat


def _geojson(document: dict[str, Any]) -> SourceTable:
    """Make a table of the features of a GeoJSON FeatureCollection; the first feature is row 1.

    A point becomes `latitude` and `longitude` (or `lat` and `lon`), unless the properties have a position. Other
    geometries are a fault of the row.

    Raises:
        SourceTableError: it isn't a FeatureCollection, or a position or value can't be stored in a table.
    """
    features = document.get("features")
    if not isinstance(features, list):
        raise SourceTableError("a FeatureCollection without `features`; export the data as GeoJSON or CSV")
    if isinstance(document.get("crs"), dict) and not re.search(r"CRS84|4326", json.dumps(document["crs"], default=str)):
        raise SourceTableError("its coordinates are not WGS 84 (`crs`); export it in EPSG:4326")
    rows = [_properties(feature, number) for number, feature in enumerate(features, 1)]
    columns = list(dict.fromkeys(name for row in rows for name in row))
    names = {name.strip().lower(): name for name in columns}
    pair = next((pair for pair in _POSITIONS if names.keys() >= set(pair)), _POSITIONS[0])
    lat, lon = (names.get(name, name) for name in pair)
    for number, (row, feature) in enumerate(zip(rows, features, strict=True), 1):
        if all(row.get(name) is None or not str(row[name]).strip() for name in (lat, lon)):
            row[lat], row[lon] = _position(feature.get("geometry"), number)
    return _table(list(enumerate(rows, 1)), list(dict.fromkeys([*columns, lat, lon])))


def _properties(feature: Any, number: int) -> dict[str, Any]:
    if not isinstance(feature, dict) or not isinstance(feature.get("properties") or {}, dict):
        raise SourceTableError(f"feature {number}: no GeoJSON feature with properties")
    properties = _flat(feature.get("properties") or {}, number)
    if isinstance(feature.get("id"), (str, int)) and "id" not in properties:
        properties = {"id": feature["id"], **properties}
    return properties


def _position(geometry: Any, number: int) -> tuple[Any, Any]:
    """Return latitude and longitude of a point, or of a multipoint with one; of other geometries what is wrong."""
    if geometry is None:
        return None, None
    kind, where = (
        (geometry.get("type"), geometry.get("coordinates")) if isinstance(geometry, dict) else (geometry, None)
    )
    if kind == "MultiPoint" and isinstance(where, list) and len(where) == 1:
        kind, where = "Point", where[0]
    if kind != "Point" or not isinstance(where, list):
        text = f"`{kind}`" if kind in _GEOMETRIES else show(kind)
        fault = Unreadable(f"the geometry of the feature is {text}; only one point is a position")
        return fault, fault
    if len(where) not in {2, 3} or not all(type(value) in {int, Decimal} for value in where):
        raise SourceTableError(f"feature {number}: {show(where)} is no position")
    lon, lat = where[:2]
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise SourceTableError(f"feature {number}: {show(f'{lon}, {lat}')} is no longitude and latitude")
    return lat, lon


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number of JSON")


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        twice = Counter(key for key, _ in pairs).most_common(1)[0][0]
        raise ValueError(f"duplicate key {show(twice)} in one object")
    return members
