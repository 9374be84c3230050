"""Credit the datasets that rows of a release were imported from, as `sources` of its descriptor."""

from __future__ import annotations

from typing import Any

from conflict_incidents.release.formats.content import ReleaseContent, filled
from conflict_incidents.tables import contract
from conflict_incidents.tables.contract import Row

_ITEMS = ";"


def with_sources(content: ReleaseContent) -> dict[str, Any]:
    """Return the descriptor with all sources of a release: the dataset's own, then the datasets that its incidents
    refer to, with the publications of their versions.
    """
    own = list(content.descriptor.get("sources") or [])
    schemes = content.arrow(contract.tables()["external_ids"], ["scheme"])
    ids = {scheme for part in schemes for scheme in part.column("scheme").unique().to_pylist()}
    imported = [_source(row, content) for row in content.rows("datasets") if row["dataset_id"] in ids]
    return {**content.descriptor, "sources": [*own, *imported]} if own or imported else dict(content.descriptor)


def _source(row: Row, content: ReleaseContent) -> dict[str, Any]:
    cited = [
        {**_stated_values(one, "year", "title", "journal", "volume", "issue", "publisher", "url"),
         "authors": str(one["authors"]).split(_ITEMS)}
        for one in content.rows("dataset_references")
        if one["dataset_id"] == row["dataset_id"] and one["version"] in {None, row["version"]}
    ]  # fmt: skip
    fields = {"name": row["dataset_id"], "title": row["name"], "path": row["url"]}
    return filled({**fields, **_stated_values(row, "version", "licence", "attribution"), "references": cited})


def _stated_values(row: Row, *names: str) -> dict[str, Any]:
    return {name: row[name] for name in names if row[name] is not None}
