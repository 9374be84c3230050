"""Read and write a dataset's files for imports; writes are atomic."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from conflict_incidents.core.files import read_whole, temporary_file
from conflict_incidents.dataset.index import files_below
from conflict_incidents.records.model import FOLDERS
from conflict_incidents.records.parsing import content_of
from conflict_incidents.records.yaml.decoding import MAX_BYTES
from conflict_incidents.records.yaml.nodes import plain
from conflict_incidents.records.yaml.parser import read


@dataclass(frozen=True, slots=True)
class Existing:
    """A record of the dataset: its file, text and content."""

    file: Path
    text: str
    record: dict[str, Any]


def write(root: Path, file: Path, data: bytes) -> None:
    """Write a file of the dataset at `root` atomically.

    Raises:
        OSError: it can't be written.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    with temporary_file(file, root) as temporary:  # a leftover of a crash must not look like a record
        temporary.write_bytes(data)
        temporary.replace(file)


@dataclass(slots=True)
class Incidents:
    """The incidents of a dataset: those of a scheme by foreign id, the ids in use, and unreadable files of the scheme.

    An empty file, as left by a power failure, uses no id.
    """

    by_foreign_id: dict[str, list[Existing]] = field(default_factory=dict)
    ids: set[str] = field(default_factory=set)
    unreadable: set[Path] = field(default_factory=set)


def existing_incidents(root: Path, scheme: str) -> Incidents:
    """Read the incidents of the dataset at `root`.

    Raises:
        OSError: a folder can't be listed.
    """
    incidents = Incidents()
    folder = root / "data" / FOLDERS["incident"]
    for file in files_below(folder) if folder.is_dir() else []:
        data = content_of(file)
        if data:
            incidents.ids.add(file.name.partition(".")[0].casefold())
        if not isinstance(data, bytes):
            incidents.unreadable.add(file)
        elif file.suffix == ".yaml" and scheme.encode() in data:
            if one := read_record(file, data):
                for foreign in _ids(one.record, scheme):
                    incidents.by_foreign_id.setdefault(foreign, []).append(one)
            else:
                incidents.unreadable.add(file)
    return incidents


def sites(root: Path, scheme: str) -> dict[tuple[str, str], str]:
    """Return the places of sites in the dataset at `root`, by the foreign id of the record and the id of the site.

    Raises:
        OSError: a folder can't be listed.
    """
    return {
        (foreign, str(site["id"])): str(site["place"])
        for foreign, records in existing_incidents(root, scheme).by_foreign_id.items()
        for one in records
        for site in one.record.get("sites") or ()
        if isinstance(site, dict) and {"id", "place"} <= set(site)
    }


def read_record(file: Path, data: bytes | None = None) -> Existing | None:
    """Read a record of the dataset; None if it is invalid.

    Raises:
        OSError: the file can't be opened.
    """
    data = read_whole(file, MAX_BYTES) if data is None else data
    root, findings = read(data, str(file))
    return None if root is None or findings else Existing(file, data.decode("utf-8"), plain(root))


def _ids(record: dict[str, Any], scheme: str) -> list[str]:
    listed = record.get("external")
    entries = [item for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []
    return [str(item.get("id")) for item in entries if item.get("scheme") == scheme]
