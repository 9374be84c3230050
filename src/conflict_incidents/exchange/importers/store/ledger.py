"""The last values of a source: a line per foreign id, with a short hash of each key of its record.

The hashes distinguish changes of the source from those of people.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conflict_incidents.core.files import read_whole_or_reason
from conflict_incidents.dataset import codelists
from conflict_incidents.records import schema
from conflict_incidents.records.parsing import content_of

FOLDER = "imports"
"""The folder of the ledgers below `data/`."""
OUTSIDE = ("schema", "id")
"""Keys of a record that no source provides."""
_OWN = ("id", "incident")
_DIGITS = 8


@dataclass(slots=True)
class Line:
    """The last values of the source for one foreign id: the incident's id, and a hash per key."""

    incident: str
    hashes: dict[str, str] = field(default_factory=dict)


def ledger_file(root: Path, scheme: str) -> Path:
    """Return the path of the ledger of a scheme."""
    return root / "data" / FOLDER / f"{scheme}.csv"


def fingerprint(value: Any) -> str:
    """Hash a value of a record, ignoring the order of keys."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:_DIGITS]


def load(file: Path) -> dict[str, Line]:
    """Return the lines of a ledger by foreign id; empty if there is no ledger.

    Raises:
        DatasetError: the file isn't a ledger.
    """
    if not os.path.lexists(file):
        return {}
    rows = codelists.valid_rows(content_of(file, read_whole_or_reason), str(file), FOLDER)
    return {
        line.cells["id"]: Line(line.cells["incident"], {k: v for k, v in line.cells.items() if v and k not in _OWN})
        for line in rows
    }


def text_of(lines: dict[str, Line], name: str = "incident/1") -> str:
    """Format the ledger as sorted CSV, with the used keys of the schema `name` as columns.

    A key added by a later schema doesn't change a ledger until the source provides it.
    """
    present_keys = {key for line in lines.values() for key, hash in line.hashes.items() if hash}
    keys = [key for key in schema.document(name)["properties"] if key in present_keys]
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["id", "incident", *keys])
    for foreign in in_order(lines):
        line = lines[foreign]
        writer.writerow([foreign, line.incident, *(line.hashes.get(key, "") for key in keys)])
    return stream.getvalue()


def in_order(foreign: Iterable[str]) -> list[str]:
    """Sort foreign ids: numbers by value, then the rest."""
    return sorted(foreign, key=order_of)


def order_of(id: str) -> tuple[int, int, str]:
    """Sort key of foreign ids."""
    return (0, int(id), id) if id.isascii() and id.isdigit() else (1, 0, id)
