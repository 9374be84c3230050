"""Releases in memory for the tests of comparisons, and the application of a list of changes to one."""

import copy
import csv
import io
import json
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from conflict_incidents.core.findings import REDACTED, release_text
from conflict_incidents.release.checksums import SUMS, content_hash, sha256
from conflict_incidents.release.reader import OpenRelease, open_unfinished
from conflict_incidents.tables import contract
from conflict_incidents.tables.contract import Row
from conflict_incidents.tables.dtypes import dtype
from conflict_incidents.tables.files import cell
from samples import Tree, bytes_of, plain, record, write_files
from whole_tables import csv_bytes, frames, parquet_bytes, read_parquet

Tables = dict[str, dict[str, dict[str, str]]]
"""The cells of a release as text: by table, by key, by column."""


def release_of(trees: Iterable[Tree], version: str = "1.0.0", **about: Any) -> OpenRelease:
    """Return a release of records with its required files, made once for all tests that read it."""
    return _build_release(json.dumps([*trees]), version, json.dumps(about))


@cache
def _build_release(trees: str, version: str, about: str) -> OpenRelease:
    descriptor = contract.package() | {"version": version} | json.loads(about)
    writer = plain(_new_folder(), descriptor, frames(map(record, json.loads(trees))))
    writer.finish()
    return replace(open_unfinished(writer.folder, writer.sums()), name=release_text(version))


_FOLDERS = tempfile.TemporaryDirectory()
"""The folders of the releases of this process, deleted in the end."""


def _new_folder() -> Path:
    return Path(tempfile.mkdtemp(dir=_FOLDERS.name))


def without_column(release: OpenRelease, table: str, column: str) -> OpenRelease:
    """Return the release without a column of a table."""

    def lacking(fields: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [field for field in fields if field["name"] != column]

    return _change_columns(release, table, lacking)


def with_type(release: OpenRelease, table: str, column: str, type: str) -> OpenRelease:
    """Return the release with another type of a column, to which its values can be converted."""

    def change_type(fields: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [field | {"type": type} if field["name"] == column else field for field in fields]

    return _change_columns(release, table, change_type)


def _change_columns(
    release: OpenRelease, table: str, edit: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]
) -> OpenRelease:
    """Return the release with other columns of a table."""
    descriptor = copy.deepcopy(dict(release.descriptor))
    schema = next(one["schema"] for one in descriptor["resources"] if one["name"] == table)
    schema["fields"] = edit(schema["fields"])
    other = contract.read(descriptor)[table]
    files = {name: file.read_bytes() for name, file in release.files.items()}
    frame = read_parquet(files[f"{table}.parquet"], release.tables[table])[other.names]
    frame = frame.astype({field.name: dtype(field) for field in other.fields})
    files |= {f"{table}.csv": csv_bytes(frame, other), f"{table}.parquet": parquet_bytes(frame, other)}
    return _with_descriptor(release, descriptor, files)


def with_version(release: OpenRelease, version: str) -> OpenRelease:
    """Return the release under another version."""
    files = {name: file.read_bytes() for name, file in release.files.items()}
    return _with_descriptor(release, {**release.descriptor, "version": version}, files)


def _with_descriptor(release: OpenRelease, descriptor: dict[str, Any], files: dict[str, bytes]) -> OpenRelease:
    """Return a release of these files, with their checksums and a descriptor."""
    sums = {name: sha256(data) for name, data in files.items()}
    descriptor["contentHash"] = content_hash(sums, release.tables)
    folder = _new_folder()
    write_files(folder, files | {"datapackage.json": json.dumps(descriptor).encode()})
    write_checksums(folder)
    return replace(open_unfinished(folder, (folder / SUMS).read_bytes()), name=release.name)


def digests(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each file of a release."""
    return {name: sha256(data) for name, data in bytes_of(folder).items() if name != SUMS}


def write_checksums(folder: Path) -> None:
    """Write the checksums of the files in a folder."""
    lines = [f"{digest}  {name}\n" for name, digest in digests(folder).items()]
    (folder / SUMS).write_text("".join(lines), "utf-8")


def tables_of(release: OpenRelease) -> Tables:
    """Return the content of the CSV files of a release."""
    tables: Tables = {}
    for name, table in release.tables.items():
        if table.key:
            rows = csv.DictReader(io.StringIO(release.files[f"{name}.csv"].read_bytes().decode(), newline=""))
            tables[name] = {"/".join(row[column] for column in table.key): row for row in rows}
    return tables


def apply_changes(tables: Tables, changes: Iterable[Row]) -> Tables:
    """Return the tables after these changes, derived from the changes alone."""
    after = {name: dict(rows) for name, rows in tables.items()}
    for change in changes:
        table, id = after[str(change["table"])], str(change["id"])
        if change["column"]:
            assert (change["before"] or "") in (table[id][str(change["column"])], REDACTED)
            table[id] = table[id] | {str(change["column"]): str(change["after"] or "")}
        elif change["after"]:
            table[id] = row_as_text(json.loads(str(change["after"])), str(change["table"]))
        else:
            row, expected = table.pop(id), row_as_text(json.loads(str(change["before"])), str(change["table"]))
            assert {**row, **{name: REDACTED for name in row if expected[name] == REDACTED}} == expected
    return after


def row_as_text(row: Mapping[str, Any], table: str) -> dict[str, str]:
    """Return a whole row as text, with empty cells for unknown."""
    return {name: cell(row.get(name)) for name in contract.tables()[table].names}
