"""CITATION.cff: how to cite the release, in the Citation File Format 1.2, which GitHub and Zotero read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from conflict_incidents.release.formats.content import ReleaseContent, filled
from conflict_incidents.tables.contract import CitedSource

FILE = "CITATION.cff"
FILES = {FILE: "how to cite this version, for GitHub, Zotero and other tools"}
_MESSAGE = "If you use this dataset, please cite it and name the version."
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def files(content: ReleaseContent) -> dict[str, bytes]:
    """Return the citation file."""
    text = yaml.safe_dump(_citation(content), sort_keys=False, allow_unicode=True, width=100)
    return {FILE: text.encode()}


def _citation(content: ReleaseContent) -> dict[str, Any]:
    about, descriptor = content.about, content.descriptor
    rows = {"type": "other", "value": about.content_hash, "description": "The hash of the rows of this version"}
    return filled(
        {
            "cff-version": "1.2.0",
            "message": _MESSAGE,
            "title": _line(about.title),
            "abstract": _line(about.description),
            "type": "dataset",
            "authors": [_author(one) for one in people(descriptor)],
            "version": about.version,
            "date-released": day(content),
            "license": licence_id(descriptor),
            "url": homepage(descriptor),
            "identifiers": [rows] if about.content_hash else [],
            "keywords": keywords(descriptor),
            "references": [reference for one in about.sources for reference in _references(one)],
        }
    )


def _references(source: CitedSource) -> Iterator[dict[str, Any]]:
    """Yield a source of a release, and the publications to cite it by."""
    dataset: dict[str, Any] = {"type": "data", "title": _line(source.title)}
    dataset |= {"authors": [{"name": _line(source.attribution or source.title)}], "version": source.version}
    yield filled(dataset | {"url": source.url, "notes": source.licence and f"Licence: {source.licence}"})
    for one in source.references:
        publication: dict[str, Any] = {
            "type": "article" if one.get("journal") else "report",
            "title": _line(one["title"]),
        }
        publication |= {"authors": [{"family-names": author} for author in one["authors"]]}
        publication |= {key: one.get(key) for key in ("year", "journal", "volume", "issue", "url")}
        yield filled(publication | {"publisher": {"name": one["publisher"]} if one.get("publisher") else None})


def people(descriptor: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the contributors of the dataset, or one without a name."""
    contributors = descriptor.get("contributors") or []
    with_name = [one for one in contributors if one.get("title") or one.get("familyName")]
    return with_name or [{"title": "Unnamed contributors"}]


def licence_id(descriptor: Mapping[str, Any]) -> str:
    """Return the SPDX id of the licence; empty if not stated."""
    licences = descriptor.get("licenses") or [{}]
    return str(licences[0].get("name") or "")


def homepage(descriptor: Mapping[str, Any]) -> str:
    """Return the homepage of the dataset; empty if not stated."""
    return str(descriptor.get("homepage") or "")


def keywords(descriptor: Mapping[str, Any]) -> list[str]:
    """Return the dataset's keywords without duplicates."""
    return list(dict.fromkeys(map(str, descriptor.get("keywords") or [])))


def day(content: ReleaseContent) -> str:
    """Return the day of the release, ISO 8601; empty if not stated."""
    match = _DAY.match(content.about.created)
    return match[0] if match else ""


def _line(text: str) -> str:
    """Replace the line breaks of a text, some of which YAML writers lose."""
    return " ".join(text.split())


def _author(one: Mapping[str, Any]) -> dict[str, str]:
    """Return a person if the descriptor has a family name, otherwise an entity."""
    if not one.get("familyName"):
        return {"name": _line(str(one["title"]))}
    return filled({"family-names": str(one["familyName"]), "given-names": str(one.get("givenName") or "")})
