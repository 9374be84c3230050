"""Check a finished release by reading its files back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from conflict_incidents.core.findings import Shown, release_text
from conflict_incidents.core.progress import track
from conflict_incidents.core.resources import DESCRIPTOR
from conflict_incidents.release.checksums import differing, sha256
from conflict_incidents.release.errors import ReleaseDefect, listing
from conflict_incidents.tables import TableError, contract, dangling, duplicates_counted_twice, validate
from conflict_incidents.tables.contract import Table
from conflict_incidents.tables.files import TableFileError, arrow_frame, csv_line, read_arrow, read_parquet
from conflict_incidents.tables.parts import Tables, arrow_parts, as_text, has_text, key_hashes, read_text, whole_records


def check_sums(folder: Path, sums: bytes) -> None:
    """Check that the files are those of SHA256SUMS; hidden files of the system are ignored."""
    refuse("the files differ from their checksums", differing(folder, sums))


def check_frictionless(folder: Path, tables: Mapping[str, Table] | None = None) -> None:
    """Check the descriptor and the CSV files with frictionless, which many users of the release have.

    It would read a table again for each foreign key to it, in all more rows than the tables have, and keep each primary
    key in memory, so the keys of the contract are left to `check_keys` and `check_tables`.
    """
    from frictionless import FrictionlessException, Package

    try:
        package = Package(str(folder / DESCRIPTOR))
        described = json.loads((folder / DESCRIPTOR).read_bytes())["resources"]
        to_check = {one["name"] for one in described if not _equals_empty_contract(one, folder)}
        read = [resource for resource in package.resources if resource.name in to_check]
        if tables is None or tables == contract.tables():
            for resource in read:
                resource.schema.foreign_keys = []
                resource.schema.primary_key = []
        reports = [resource.validate() for resource in track(read, "reading with frictionless", "table")]
    except FrictionlessException as error:
        raise ReleaseDefect(f"frictionless refuses the release: {release_text(error.error.message)}") from error
    faults = [error.message for report in reports for error in report.errors]
    faults += [f"{task.name}: {error.message}" for report in reports for task in report.tasks for error in task.errors]
    refuse("frictionless finds faults", faults)


def _equals_empty_contract(described: Mapping[str, Any], folder: Path) -> bool:
    """Whether a table is empty and equals the contract, as most tables of a small release do.

    frictionless prepares each column of a table several times, which takes longer than validating a few rows.
    """
    table = contract.tables().get(described["name"])
    file = folder / f"{described['name']}.csv"
    if table is None or file.is_symlink() or not file.is_file():
        return False
    nothing = f"{csv_line(table.names)}\n".encode()
    ours = next(one for one in contract.package()["resources"] if one["name"] == table.name)
    ours = ours | {"path": file.name, "bytes": len(nothing), "hash": f"sha256:{sha256(nothing)}"}
    own_keys = {"parquet", "comparedWith"}  # properties of ours
    return ours == {key: one for key, one in described.items() if key not in own_keys} and file.read_bytes() == nothing


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
    folder: Path, tables: Mapping[str, Table] | None = None, judge: Callable[[pd.DataFrame, str], None] = check_table
) -> dict[str, int]:
    """Check that CSV and Parquet of every table satisfy the contract and have equal cells; return the rows by table.

    Args:
        folder: the release.
        tables: the tables of its descriptor; None for those of the package. The invariants of tables described as in
            the package are checked as well.
        judge: checks one table.
    """
    rows: dict[str, int] = {}
    for name, table in track((tables or contract.tables()).items(), "reading back", "table"):
        is_ours = contract.tables().get(name) == table
        count = _sound(folder, table, judge if is_ours else lambda *_: None)
        rows[name] = (
            _check_with_messages(folder, table, judge if is_ours else lambda *_: None) if count is None else count
        )
    return rows


def _sound(folder: Path, table: Table, judge: Callable[[pd.DataFrame, str], None]) -> int | None:
    """Return the number of rows of a table that is sorted and sound, read in parts; None for any other."""
    count = 0

    def checked_parts() -> Iterator[pa.Table]:
        nonlocal count
        read = arrow_parts(folder / f"{table.name}.parquet", table)
        for part in whole_records(read, table.key[0]) if table.key else read:
            judge(arrow_frame(part, table), table.name)
            count += len(part)
            yield part

    try:
        alike = all(has_text(checked_parts(), folder / f"{table.name}.csv", table))
    except (TableFileError, TableError, pa.ArrowException, ValueError):
        return None
    single = all(field.name in table.key[:1] for field in table.fields if field.unique)
    return count if alike and count and table.key and single else None


def _check_with_messages(folder: Path, table: Table, judge: Callable[[pd.DataFrame, str], None]) -> int:
    """Check a table as a whole, with a message for each fault; return its number of rows."""
    try:
        rows = read_arrow((folder / f"{table.name}.parquet").read_bytes(), table)
        judge(arrow_frame(rows, table), table.name)
        text = read_text(folder / f"{table.name}.csv", table)
    except (TableFileError, TableError) as error:
        raise ReleaseDefect(str(error)) from error
    refuse("CSV and Parquet differ", list(_differences(text, as_text(rows, table), table.name)))
    return len(rows)


def _differences(one: pa.Table, other: pa.Table, table: str) -> Iterator[str]:
    """Yield the differences between two tables of text, cell by cell."""
    if len(one) != len(other):
        yield f"{table}: {len(one)} and {len(other)} rows"
        return
    for name in one.column_names:
        pairs = zip(one.column(name).to_pylist(), other.column(name).to_pylist(), strict=True)
        for row, (left, right) in enumerate(pairs, 1):
            if left != right:
                yield f"{table}: row {row}, {name}: {left or 'nothing'} and {right or 'nothing'}"


def check_keys(folder: Path) -> None:
    """Check that all references resolve, and that no incident is published together with its duplicate."""
    if not all(map(partial(_resolves, folder), _references())):
        faults = [f"{table}: {problem}" for table, problems in dangling(Tables(folder)).items() for problem in problems]
        refuse("rows refer to something that isn't there", faults)
    read = {"incidents": ["incident_id", "status"], "links": None}
    frames = {
        name: read_parquet((folder / f"{name}.parquet").read_bytes(), contract.tables()[name], columns)
        for name, columns in read.items()
    }
    refuse("duplicates are counted twice", [f"links: {problem}" for problem in duplicates_counted_twice(frames)])


_Reference = tuple[tuple[str, tuple[str, ...]], list[tuple[Table, tuple[str, ...]]]]


def _references() -> Iterator[_Reference]:
    """Yield each table and key that others refer to, and the tables and columns that do."""
    references: dict[tuple[str, tuple[str, ...]], list[tuple[Table, tuple[str, ...]]]] = {}
    for table in contract.tables().values():
        for key in table.foreign_keys:
            references.setdefault((key.table, key.columns), []).append((table, key.fields))
    yield from references.items()


def _resolves(folder: Path, reference: _Reference) -> bool:
    """Whether all references to a key resolve, by hashes of 64 bits."""
    (target, columns), referring = reference

    def hashes(table: Table, columns: tuple[str, ...]) -> Iterator[Any]:
        return key_hashes(folder / f"{table.name}.parquet", table, columns)

    there = [np.unique(part) for part in hashes(contract.tables()[target], columns)]
    known = np.unique(np.concatenate([np.empty(0, np.uint64), *there]))
    known = np.append(known, known[-1:] if len(known) else np.uint64(0))
    return all(
        (known[np.searchsorted(known[:-1], part)] == part).all()
        for table, own in referring
        for part in hashes(table, own)
    )


def refuse(what: Shown, faults: list[str]) -> None:
    """Raise an error that lists the faults, if any."""
    if faults:
        raise ReleaseDefect(listing(what, faults))
