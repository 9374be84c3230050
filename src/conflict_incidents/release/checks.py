"""Check a finished release by reading its files back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from conflict_incidents.core.findings import Shown, release_text
from conflict_incidents.core.progress import track
from conflict_incidents.core.resources import DESCRIPTOR
from conflict_incidents.release.checksums import differing, sha256
from conflict_incidents.release.errors import ReleaseDefect, listing
from conflict_incidents.tables import TableError, contract, dangling, duplicates_counted_twice, validate
from conflict_incidents.tables.contract import Table
from conflict_incidents.tables.files import TableFileError, arrow_frame, csv_header, read_arrow
from conflict_incidents.tables.parts import Tables, UnsortedError, arrow_parts, text_differences, whole_records

_FIXED = ("type", "format", "mediatype", "encoding")
"""The properties of a table that are the same in every release, by which frictionless chooses how to read a file."""
_ADDED: dict[str, Any] = {"bytes": int, "hash": str, "parquet": dict, "comparedWith": dict | None}
"""The properties of a table that a release adds to the contract, with their types."""


def check_sums(folder: Path, sums: bytes) -> None:
    """Check that the files are those of SHA256SUMS; hidden files of the system are ignored."""
    refuse("the files differ from their checksums", differing(folder, sums))


def check_frictionless(folder: Path) -> None:
    """Check the descriptor and the CSV files with frictionless, which many users of the release have.

    It would read a table again for each foreign key to it, in all more rows than the tables have, and keep each primary
    key in memory, so the keys of the contract are left to `check_keys` and `check_tables`.
    """
    from frictionless import FrictionlessException, Package

    descriptor = json.loads((folder / DESCRIPTOR).read_bytes())
    refuse(f"{DESCRIPTOR} isn't that of a release", list(_strange_properties(descriptor)))
    to_check = {one["name"] for one in descriptor["resources"] if not _equals_empty_contract(one, folder)}
    try:
        read = [one for one in Package(str(folder / DESCRIPTOR)).resources if one.name in to_check]
        if contract.read(descriptor) == contract.tables():
            for resource in read:
                resource.schema.foreign_keys = []
                resource.schema.primary_key = []
        reports = [resource.validate() for resource in track(read, "reading with frictionless", "table")]
    except FrictionlessException as error:
        raise ReleaseDefect(f"frictionless refuses the release: {release_text(error.error.message)}") from error
    faults = [error.message for report in reports for error in report.errors]
    faults += [f"{task.name}: {error.message}" for report in reports for task in report.tasks for error in task.errors]
    refuse("frictionless finds faults", faults)


def _strange_properties(package: Mapping[str, Any]) -> Iterator[str]:
    """Yield what in a descriptor could lead frictionless to other files than the tables beside it, or to an address."""
    yield from (f"it has `{key}`" for key in ("profile", "profiles", "basepath") if key in package)
    ours = contract.package()["resources"][0]
    for one in package["resources"]:
        name, fixed = one["name"], {key: ours[key] for key in _FIXED} | {"path": f"{one['name']}.csv"}
        yield from (f"{name}: its `{key}` isn't {value}" for key, value in fixed.items() if one.get(key) != value)
        odd = (key for key, kind in _ADDED.items() if key in one and not isinstance(one[key], kind))
        yield from (f"{name}: its `{key}` is of another type" for key in odd)
        yield from (f"{name}: it has `{key}`" for key in sorted(one.keys() - ours.keys() - _ADDED.keys()))


def _equals_empty_contract(described: Mapping[str, Any], folder: Path) -> bool:
    """Whether a table is empty and equals the contract, as most tables of a small release do.

    frictionless prepares each column of a table several times, which takes longer than validating a few rows.
    """
    name = described["name"]
    for ours in contract.package()["resources"]:
        if ours["name"] == name:
            nothing, file = csv_header(contract.tables()[name]), folder / f"{name}.csv"
            own = {"path": file.name, "bytes": len(nothing), "hash": f"sha256:{sha256(nothing)}"}
            return (ours | own).items() <= described.items() and file.is_file() and file.read_bytes() == nothing
    return False


def check_table(df: pd.DataFrame, table: str) -> None:
    """Check a complete table against the contract: types, values, keys and invariants.

    Raises:
        TableError: it violates the contract.
    """
    validate(df, table, complete=True)


def check_tables(folder: Path) -> dict[str, int]:
    """Read all tables of a release back, and check them and their keys; return the rows by table."""
    rows = read_back(folder)
    check_keys(folder)
    return rows


def read_back(
    folder: Path, tables: Mapping[str, Table] | None = None, check: Callable[[pd.DataFrame, str], None] = check_table
) -> dict[str, int]:
    """Check that CSV and Parquet of every table satisfy the contract and have equal cells; return the rows by table.

    Args:
        folder: the release.
        tables: the tables of its descriptor; None for those of the package. The invariants of tables described as in
            the package are checked as well.
        check: checks one table.
    """
    rows: dict[str, int] = {}
    for name, table in track((tables or contract.tables()).items(), "reading back", "table"):
        rows[name] = _check_files(folder, table, check if contract.tables().get(name) == table else lambda *_: None)
    return rows


def _check_files(folder: Path, table: Table, check: Callable[[pd.DataFrame, str], None]) -> int:
    """Check the two files of a table, read in parts if its rows are sorted; return the number of rows."""
    count = 0

    def checked_parts(parts: Iterable[pa.Table]) -> Iterator[pa.Table]:
        nonlocal count
        count = 0
        for part in parts:
            check(arrow_frame(part, table), table.name)
            count += len(part)
            yield part

    file, csv = folder / f"{table.name}.parquet", folder / f"{table.name}.csv"
    single = all(field.name in table.key[:1] for field in table.fields if field.unique)
    try:
        try:
            if not table.key or not single:
                raise UnsortedError
            parts = checked_parts(whole_records(arrow_parts(file, table), table.key[0]))
            differences = list(text_differences(parts, csv, table))
        except UnsortedError:
            differences = list(text_differences(checked_parts([read_arrow(file.read_bytes(), table)]), csv, table))
    except (TableFileError, TableError) as error:
        raise ReleaseDefect(str(error)) from error
    refuse("CSV and Parquet differ", [f"{table.name}: {one}" for one in differences])
    return count


def check_keys(folder: Path) -> None:
    """Check that all references resolve, and that no incident is published together with its duplicate."""
    frames = Tables(folder)
    faults = [f"{table}: {problem}" for table, problems in dangling(frames).items() for problem in problems]
    refuse("rows refer to something that isn't there", faults)
    refuse("duplicates are counted twice", [f"links: {problem}" for problem in duplicates_counted_twice(frames)])


def refuse(what: Shown, faults: list[str]) -> None:
    """Raise an error that lists the faults, if any."""
    if faults:
        raise ReleaseDefect(listing(what, faults))
