"""The release as Croissant 1.1 (JSON-LD on schema.org's Dataset), by which search engines and ML tools load it.

The records are those of the Parquet files: in these the unknown is null, and no reader can take Namibia's `NA` for it.
Prevents: a description for machines that names other files, types or keys than the release has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from conflict_incidents.release.formats.citation import day, homepage, keywords, licence_id, people
from conflict_incidents.release.formats.content import Content, json_bytes
from conflict_incidents.tables import contract
from conflict_incidents.tables.contract import Field, Table

FILE = "croissant.json"
BESIDE = {FILE: "the release for machines: search engines and ML tools that read Croissant or schema.org"}
CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "arrayShape": "cr:arrayShape",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "containedIn": "cr:containedIn",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "description": {"@container": "@language"},
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isArray": "cr:isArray",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "name": {"@container": "@language"},
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
"""The terms that the specification asks for; readers warn of any other set."""
_TYPES = {
    "string": "sc:Text",
    "integer": "sc:Integer",
    "number": "sc:Float",
    "boolean": "sc:Boolean",
    "date": "sc:Date",
}
_KINDS = {"csv": "text/csv", "parquet": "application/x-parquet"}


def files(content: Content) -> dict[str, bytes]:
    """The description, written beside the files that it names."""
    return {FILE: json_bytes(_described(content))}


def _described(content: Content) -> dict[str, Any]:
    about, descriptor = content.about, content.descriptor
    said: dict[str, Any] = {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.1",
        "name": about.title,
        "description": about.description,
        "version": about.version,
        "citeAs": about.citation,
        "creator": [_creator(one) for one in people(descriptor)],
        "isLiveDataset": False,
    }
    said |= {"license": _licence(descriptor)} if _licence(descriptor) else {}
    said |= {"datePublished": day(content)} if day(content) else {}
    said |= {"url": homepage(descriptor)} if homepage(descriptor) else {}
    said |= {"keywords": keywords(descriptor)} if keywords(descriptor) else {}
    said["distribution"] = [file for one in descriptor["resources"] for file in _files(one)]
    said["recordSet"] = [_records(table) for table in contract.tables().values()]
    return said


def _creator(one: Mapping[str, Any]) -> dict[str, str]:
    name = one.get("title") or f"{one.get('givenName', '')} {one['familyName']}".strip()
    return {"@type": "Person" if one.get("familyName") else "Organization", "name": str(name)}


def _licence(descriptor: Mapping[str, Any]) -> str:
    """The address of the licence, else its id."""
    licences = descriptor.get("licenses") or [{}]
    return str(licences[0].get("path") or licence_id(descriptor))


def _files(resource: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The two files of a table, with their sizes and hashes."""
    found = {"csv": resource, "parquet": resource["parquet"]}
    return [
        {
            "@type": "cr:FileObject",
            "@id": one["path"],
            "name": one["path"],
            "contentUrl": one["path"],
            "contentSize": f"{one['bytes']} B",
            "encodingFormat": _KINDS[kind],
            "sha256": one["hash"].removeprefix("sha256:"),
        }
        for kind, one in found.items()
    ]


def _records(table: Table) -> dict[str, Any]:
    said: dict[str, Any] = {"@type": "cr:RecordSet", "@id": table.name, "name": table.name}
    said["description"] = table.description
    said |= {"key": [{"@id": f"{table.name}/{name}"} for name in table.key]} if table.key else {}
    said["field"] = [_field(table, field) for field in table.fields]
    return said


def _field(table: Table, field: Field) -> dict[str, Any]:
    return {
        "@type": "cr:Field",
        "@id": f"{table.name}/{field.name}",
        "name": field.name,
        "description": " ".join([field.description, *_referring(table, field)]),
        "dataType": _TYPES[field.type],
        "source": {"fileObject": {"@id": f"{table.name}.parquet"}, "extract": {"column": field.name}},
    }


def _referring(table: Table, field: Field) -> Iterator[str]:
    """The foreign keys that a column is part of, in words.

    Croissant's own `references` is an order to join, which for keys of several columns would multiply the rows, and
    which mlcroissant 1.1 can't carry out where a table has more than one. `datapackage.json` has the keys for machines.
    """
    for key in table.foreign_keys:
        for name, column in zip(key.fields, key.columns, strict=True):
            if name == field.name:
                yield f"Refers to `{column}` of `{key.table}`{', as part of a key' * (len(key.fields) > 1)}."
