"""The files of a release, as bytes: tables, descriptor, README, licence, other formats and checksums.

The same tables and descriptor give the same bytes.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from conflict_incidents.core.files import whole
from conflict_incidents.core.resources import DESCRIPTOR
from conflict_incidents.release import formats
from conflict_incidents.release.checksums import SUMS, content_hash, digests, sha256, sums_of
from conflict_incidents.release.formats.content import Content, json_bytes
from conflict_incidents.tables import contract
from conflict_incidents.tables.contract import CHANGES, About
from conflict_incidents.tables.files import csv_bytes, parquet_bytes

LICENCE = "LICENSE-DATA"


def table_files(frames: Mapping[str, pd.DataFrame]) -> dict[str, bytes]:
    """The two files of each of some tables, by name."""
    files: dict[str, bytes] = {}
    for name, frame in frames.items():
        table = contract.tables()[name]
        files[f"{name}.csv"] = csv_bytes(frame, table)
        files[f"{name}.parquet"] = parquet_bytes(frame, table)
    return files


def plain(
    descriptor: Mapping[str, Any],
    tables: Mapping[str, bytes],
    licence: bytes | None,
    compared: Mapping[str, str] | None = None,
) -> dict[str, bytes]:
    """The files that a release can't do without, by name: tables, descriptor and licence, the checksums last.

    Args:
        descriptor: the dataset's own `datapackage.json`, for its metadata.
        tables: the files of all tables, as `table_files` gives them.
        licence: the text of the data's licence, where the dataset has one.
        compared: `version` and `contentHash` of the release that the changes are since, None where there is none.
    """
    files = dict(tables)
    if licence is not None:
        files[LICENCE] = licence
    files[DESCRIPTOR] = json_bytes(_descriptor(descriptor, files, compared))
    return files | {SUMS: sums_of(files)}


def contents(
    plain_files: Mapping[str, bytes], frames: Mapping[str, pd.DataFrame], pictures: Mapping[str, bytes]
) -> tuple[dict[str, bytes], dict[str, str]]:
    """Every file of a release by name, the checksums last, and why a file can't be made, by its name.

    Args:
        plain_files: those of `plain`.
        frames: the tables that they hold.
        pictures: what `summary.pictures` drew of them; empty where the release has no pictures.
    """
    files = {name: data for name, data in plain_files.items() if name != SUMS}
    descriptor = json.loads(files[DESCRIPTOR])
    about = contract.about(descriptor)
    others, refused = formats.files(Content(frames, descriptor, about))
    files |= {**others, **pictures}
    rows = {name: len(frame) for name, frame in frames.items()}
    files["README.md"] = _readme(about, rows, LICENCE in files, bool(pictures), refused).encode()
    return files | {SUMS: sums_of(files)}, refused


def read_licence(root: Path) -> bytes | None:
    """The dataset's licence of the data, None where it has none."""
    file = root / LICENCE
    return whole(file) if os.path.lexists(file) else None


def _descriptor(
    own: Mapping[str, Any], files: Mapping[str, bytes], compared: Mapping[str, str] | None
) -> dict[str, Any]:
    """The dataset's metadata with the tables of the contract, each with the sizes and hashes of its two files.

    The Parquet files are in a property of ours: frictionless would otherwise read them as if they were CSV tables.
    """
    # A profile named by the dataset is left out: tools would fetch it.
    metadata = {key: value for key, value in own.items() if key not in {"resources", "profile", "$schema"}}
    resources = []
    for described in contract.package()["resources"]:
        name = described["name"]
        resource = {key: value for key, value in described.items() if key != "schema"}
        resource |= _file(f"{name}.csv", files) | {"parquet": _file(f"{name}.parquet", files)}
        resource |= {"comparedWith": compared} if name == CHANGES else {}
        resources.append(resource | {"schema": described["schema"]})
    return {
        "$schema": contract.package()["$schema"],
        **metadata,
        "contentHash": content_hash(digests(files), contract.tables()),
        "resources": resources,
    }


def _file(name: str, files: Mapping[str, bytes]) -> dict[str, Any]:
    return {"path": name, "bytes": len(files[name]), "hash": f"sha256:{sha256(files[name])}"}


def _readme(about: About, rows: Mapping[str, int], licensed: bool, drawn: bool, refused: Mapping[str, str]) -> str:
    tables = contract.tables()
    listed = "\n".join(f"| `{name}` | {rows[name]} | {table.description} |" for name, table in tables.items())
    others = formats.BESIDE | ({"summary/": "pictures of the release, with their numbers in words"} if drawn else {})
    others |= {name: f"not in this release: {why}" for name, why in refused.items()}
    beside = "\n".join(f"| `{name}` | {told} |" for name, told in others.items())
    licence = f"{about.licence}; its text is in `{LICENCE}`" if licensed else about.licence
    return f"""# {about.title}, version {about.version}

{about.description}

Each table comes as CSV (UTF-8, comma, an empty cell is unknown) and as Parquet, with the same rows. `{DESCRIPTOR}`
describes every column, key and value; `{SUMS}` has the checksum of every file (`sha256sum -c {SUMS}`).

```python
import pandas as pd
incidents = pd.read_parquet("incidents.parquet")
incidents["killed_low"].sum(min_count=1)  # unknown is not zero: without min_count, a sum of nothing would be 0
```

| table | rows | contents |
|---|---:|---|
{listed}

Beside them, with the same rows or about them:

| file | for |
|---|---|
{beside}

Day of the release: {about.created[:10]}. Licence of the data: {licence}. Please cite:

> {about.citation}
"""
