"""The release as Croissant 1.1 (JSON-LD on schema.org's Dataset), which dataset search engines and ML tools read.

The record sets are read from the Parquet files, in which unknown is null and Namibia's `NA` is text.
Source: https://docs.mlcommons.org/croissant/docs/croissant-spec-1.1.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from conflict_incidents.core.resources import resource
from conflict_incidents.release.formats.citation import day, homepage, keywords, licence_id, people
from conflict_incidents.release.formats.content import TYPES, ReleaseContent, filled, json_bytes
from conflict_incidents.tables import contract
from conflict_incidents.tables.contract import Field, Table

FILE = "croissant.json"
FILES = {FILE: "the release for machines: search engines and ML tools that read Croissant or schema.org"}
_CONTEXT = "release/formats/croissant_context.json"
"""The JSON-LD context that the specification asks for; readers warn of any other."""
_MEDIA_TYPES = {"csv": "text/csv", "parquet": "application/x-parquet"}


def files(content: ReleaseContent) -> dict[str, bytes]:
    """Return the description: metadata, the files of the tables with sizes and hashes, and a record set per table."""
    about, descriptor = content.about, content.descriptor
    licence = (descriptor.get("licenses") or [{}])[0].get("path") or licence_id(descriptor)
    optional = {
        "license": licence,
        "datePublished": day(content),
        "url": homepage(descriptor),
        "keywords": keywords(descriptor),
    }
    description = {
        "@context": json.loads(resource(_CONTEXT).read_text("utf-8")),
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.1",
        "name": about.title,
        "description": about.description,
        "version": about.version,
        "citeAs": about.citation,
        "creator": [_creator(one) for one in people(descriptor)],
        "isLiveDataset": False,
        **filled(optional),
        "distribution": [file for table in descriptor["resources"] for file in _file_objects(table)],
        "recordSet": [_record_set(table) for table in contract.tables().values()],
    }
    return {FILE: json_bytes(description)}


def _creator(one: Mapping[str, Any]) -> dict[str, str]:
    name = one.get("title") or f"{one.get('givenName', '')} {one['familyName']}".strip()
    return {"@type": "Person" if one.get("familyName") else "Organization", "name": str(name)}


def _file_objects(table: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the CSV and the Parquet file of a table, with media type, size and hash."""
    return [
        {
            "@type": "cr:FileObject",
            "@id": one["path"],
            "name": one["path"],
            "contentUrl": one["path"],
            "contentSize": f"{one['bytes']} B",
            "encodingFormat": _MEDIA_TYPES[kind],
            "sha256": one["hash"].removeprefix("sha256:"),
        }
        for kind, one in {"csv": table, "parquet": table["parquet"]}.items()
    ]


def _record_set(table: Table) -> dict[str, Any]:
    key = {"key": [{"@id": f"{table.name}/{name}"} for name in table.key]} if table.key else {}
    fields = [_field(table, field) for field in table.fields]
    about = {"@type": "cr:RecordSet", "@id": table.name, "name": table.name, "description": table.description}
    return {**about, **key, "field": fields}


def _field(table: Table, field: Field) -> dict[str, Any]:
    """Return a column with its type and source.

    Foreign keys are left to `datapackage.json`: Croissant's `references` joins the tables when records are read, which
    for keys of several columns multiplies rows.
    """
    return {
        "@type": "cr:Field",
        "@id": f"{table.name}/{field.name}",
        "name": field.name,
        "description": field.description,
        "dataType": TYPES[field.type]["croissant"],
        "source": {"fileObject": {"@id": f"{table.name}.parquet"}, "extract": {"column": field.name}},
    }
