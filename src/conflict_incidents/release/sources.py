"""Credit the datasets that rows of a release were imported from, as `sources` of its descriptor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from conflict_incidents.tables import contract
from conflict_incidents.tables.contract import Row
from conflict_incidents.tables.dtypes import plain

_ITEMS = ";"


def with_sources(descriptor: Mapping[str, Any], frames: Mapping[str, pd.DataFrame]) -> dict[str, Any]:
    """Return a dataset's descriptor with all sources of a release: its own, then the datasets that its incidents refer
    to, with the publications of their versions.
    """
    own = list(descriptor.get("sources") or [])
    used = set(frames["external_ids"]["scheme"].dropna())
    made = [_source(row, frames) for row in _rows(frames, "datasets") if row["dataset_id"] in used]
    return {**descriptor, "sources": [*own, *made]} if own or made else dict(descriptor)


def _source(row: Row, frames: Mapping[str, pd.DataFrame]) -> dict[str, Any]:
    cited = [
        {
            **_stated_values(one, "year", "title", "journal", "volume", "issue", "publisher", "url"),
            "authors": _authors(one),
        }
        for one in _rows(frames, "dataset_references")
        if one["dataset_id"] == row["dataset_id"] and one["version"] in {None, row["version"]}
    ]
    said = {
        "name": row["dataset_id"],
        "title": row["name"],
        "path": row["url"],
        **_stated_values(row, "version", "licence", "attribution"),
    }
    return {key: value for key, value in (said | {"references": cited}).items() if value}


def _authors(row: Row) -> list[str]:
    return str(row["authors"]).split(_ITEMS)


def _stated_values(row: Row, *names: str) -> dict[str, Any]:
    return {name: row[name] for name in names if row[name] is not None}


def _rows(frames: Mapping[str, pd.DataFrame], name: str) -> Iterator[Row]:
    table = contract.tables()[name]
    for values in zip(*(plain(frames[name][field.name], field) for field in table.fields), strict=True):
        yield dict(zip(table.names, values, strict=True))
