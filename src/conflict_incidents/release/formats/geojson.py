"""The incidents as GeoJSON (RFC 7946), for maps: longitude before latitude, in degrees of WGS 84."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from msgspec.json import encode

from conflict_incidents.release.formats.content import INCIDENTS, FileContent, ReleaseContent
from conflict_incidents.tables.contract import Row

FILE = "formats/incidents.geojson"
FILES = {FILE: "the incidents for maps: QGIS, Leaflet, kepler.gl; tombstones and those without a position as well"}


def files(content: ReleaseContent) -> dict[str, FileContent]:
    """Return the incidents, one per line."""
    return {FILE: _lines(content)}


def _lines(content: ReleaseContent) -> Iterator[bytes]:
    about = content.about
    members = {"name": INCIDENTS, "title": about.title, "version": about.version, "citation": about.citation}
    head = json.dumps({"type": "FeatureCollection", **members}, ensure_ascii=False)[:-1]
    yield f'{head}, "features": ['.encode()
    before = b"\n"
    for row in content.rows(INCIDENTS):
        yield before + encode(_feature(row))
        before = b",\n"
    yield b"\n]}\n" if before != b"\n" else b"\n\n]}\n"


def _feature(row: Row) -> dict[str, Any]:
    lat, lon = row.pop("lat"), row.pop("lon")
    is_placed = lat is not None and lon is not None
    geometry = {"type": "Point", "coordinates": [lon, lat]} if is_placed else None
    return {"type": "Feature", "id": row["incident_id"], "geometry": geometry, "properties": row}
