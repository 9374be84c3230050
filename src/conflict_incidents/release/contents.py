"""Write the files of a release besides its tables: descriptor, README, licence, other formats and pictures.

The same tables and descriptor give the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from conflict_incidents.core.resources import DESCRIPTOR
from conflict_incidents.release import formats
from conflict_incidents.release.checksums import SUMS, content_hash
from conflict_incidents.release.formats.content import FileContent, ReleaseContent, as_bytes, json_bytes, text_of
from conflict_incidents.release.pictures import draw_pictures
from conflict_incidents.release.writer import FileDigest, ReleaseWriter
from conflict_incidents.tables import contract
from conflict_incidents.tables.contract import CHANGES, About
from conflict_incidents.tables.parts import Tables

LICENCE = "LICENSE-DATA"
README = "README.md"


def write_descriptor(writer: ReleaseWriter, own: Mapping[str, Any], compared: Mapping[str, str] | None = None) -> None:
    """Write the descriptor: the dataset's metadata, and the tables of the contract with size and hash of their files.

    The Parquet files are in a property of ours: frictionless would otherwise read them as if they were CSV tables.

    Args:
        writer: a folder with all tables.
        own: the dataset's own `datapackage.json`.
        compared: `version` and `contentHash` of the previous release; None if there is none.
    """
    # A profile named by the dataset is dropped: tools would fetch it.
    metadata = {key: value for key, value in own.items() if key not in {"resources", "profile", "$schema"}}
    resources = []
    for described in contract.package()["resources"]:
        name = described["name"]
        resource = {key: value for key, value in described.items() if key != "schema"}
        resource |= _file(f"{name}.csv", writer) | {"parquet": _file(f"{name}.parquet", writer)}
        resource |= {"comparedWith": compared} if name == CHANGES else {}
        resources.append(resource | {"schema": described["schema"]})
    sums = {name: one.sha256 for name, one in writer.written.items()}
    descriptor = {
        "$schema": contract.package()["$schema"],
        **metadata,
        "contentHash": content_hash(sums, contract.tables()),
        "resources": resources,
    }
    writer.put(DESCRIPTOR, [json_bytes(descriptor)])


def _file(name: str, writer: ReleaseWriter) -> dict[str, Any]:
    entry = writer.written[name]
    return {"path": name, "bytes": entry.bytes, "hash": f"sha256:{entry.sha256}"}


def write_format(name: str, folder: Path) -> tuple[dict[str, FileDigest], dict[str, str]]:
    """Write the files of a format; return the written files, and why a file can't be made, by name."""
    files, refused = formats.files(_content(folder), [name])
    return _write(folder, files), refused


def write_pictures(folder: Path) -> tuple[dict[str, FileDigest], dict[str, str]]:
    """Draw the pictures of the release; returns the same as `write_format`.

    Raises:
        MissingExtra: matplotlib or adjustText isn't installed.
    """
    content = _content(folder)
    return _write(folder, draw_pictures(content.frames, content.about)), {}


def _content(folder: Path) -> ReleaseContent:
    descriptor = json.loads((folder / DESCRIPTOR).read_bytes())
    return ReleaseContent(Tables(folder), descriptor, contract.about(descriptor))


def _write(folder: Path, files: Mapping[str, FileContent]) -> dict[str, FileDigest]:
    writer = ReleaseWriter(folder)
    for name, data in files.items():
        writer.put(name, [data] if isinstance(data, bytes) else data)
    return writer.written


def write_readme(
    writer: ReleaseWriter, rows: Mapping[str, int], names: Iterable[str], refused: Mapping[str, str], pictures: bool
) -> None:
    """Write the README of the release.

    Args:
        writer: a folder with all other files.
        rows: the number of rows by table.
        names: the names of the requested formats.
        refused: why a file isn't made, by name.
        pictures: whether there are pictures.
    """
    about = contract.about(json.loads((writer.folder / DESCRIPTOR).read_bytes()))
    others = _purposes(names, refused, pictures)
    writer.put(README, [_readme(about, rows, others, LICENCE in writer.written).encode()])


def differing_copies(
    content: ReleaseContent,
    rows: Mapping[str, int],
    files: Mapping[str, bytes],
    same: Callable[[str, bytes, bytes], bool],
) -> list[str]:
    """Return the differences of the other files of a release from those made of its tables and descriptor.

    Pictures aren't compared, as their bytes depend on fonts.

    Args:
        content: the tables and the descriptor.
        rows: the number of rows by table.
        files: the files of the release by name, but for the tables.
        same: whether two files of a name hold the same.
    """
    names, pictures = listed_formats(files.get(README, b""))
    expected, refused = formats.files(content, names)
    others = _purposes(names, refused, pictures)
    expected[README] = _readme(content.about, rows, others, LICENCE in files).encode()
    possible = {*expected, DESCRIPTOR, LICENCE}
    common = sorted(expected.keys() & files)
    return [
        *(f"{name} is missing" for name in sorted(expected.keys() - files)),
        *(
            f"{name} isn't what the tables make"
            for name in common
            if not same(name, files[name], as_bytes(expected[name]))
        ),
        *(
            f"{name} is none of a release"
            for name in sorted(files.keys() - possible)
            if not name.startswith("summary/")
        ),
    ]


def listed_formats(readme: bytes) -> tuple[list[str], bool]:
    """Return the formats that the README of a release lists, and whether it lists pictures."""
    text = readme.decode("utf-8", "replace")
    names = [one for one, format in formats.FORMATS.items() if any(f"| `{name}` |" in text for name in format.FILES)]
    return names, "| `summary/` |" in text


def _purposes(names: Iterable[str], refused: Mapping[str, str], pictures: bool) -> dict[str, str]:
    """Return the README's section on the files beside the tables."""
    purposes = {name: purpose for one in names for name, purpose in formats.FORMATS[one].FILES.items()}
    purposes |= {"summary/": "pictures of the release, with their numbers in words"} if pictures else {}
    return purposes | {name: f"not in this release: {why}" for name, why in refused.items()}


def _readme(about: About, rows: Mapping[str, int], purposes: Mapping[str, str], licensed: bool) -> str:
    return text_of(README).format(
        about=about,
        day=about.created[:10],
        descriptor=DESCRIPTOR,
        sums=SUMS,
        tables="\n".join(f"| `{name}` | {rows[name]} | {one.description} |" for name, one in contract.tables().items()),
        files="\n".join(f"| `{name}` | {purpose} |" for name, purpose in purposes.items()) or "| none | |",
        licence=f"{about.licence}; its text is in `{LICENCE}`" if licensed else about.licence,
    )
