"""Check a finished release by reading its files back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from conflict_incidents.core.progress import track
from conflict_incidents.core.resources import DESCRIPTOR
from conflict_incidents.release.checksums import differing, sha256
from conflict_incidents.release.errors import ReleaseDefect, listing
from conflict_incidents.tables import TableError, contract, dangling, doubled, validate
from conflict_incidents.tables.contract import Table
from conflict_incidents.tables.files import TableFileError, csv_line, read_csv, read_parquet


def check_sums(folder: Path, sums: bytes) -> None:
    """Check that the files are those of SHA256SUMS; hidden files of the system are ignored."""
    refuse("the files differ from their checksums", differing(folder, sums))


def check_frictionless(folder: Path, tables: Mapping[str, Table] | None = None) -> None:
    """Check the descriptor and the CSV files with frictionless, which many users of the release have.

    It would read a table again for each foreign key to it, in all more rows than the tables have, so the keys of the
    contract are left to `check_keys`.
    """
    from frictionless import FrictionlessException, Package

    try:
        package = Package(str(folder / DESCRIPTOR))
        described = json.loads((folder / DESCRIPTOR).read_bytes())["resources"]
        told = {one["name"] for one in described if not _known_to_be_valid(one, folder)}
        read = [resource for resource in package.resources if resource.name in told]
        if tables is None or tables == contract.tables():
            for resource in read:
                resource.schema.foreign_keys = []
        reports = [resource.validate() for resource in track(read, "reading with frictionless", "table")]
    except FrictionlessException as error:
        raise ReleaseDefect(f"frictionless refuses the release: {error.error.message}") from error
    faults = [error.message for report in reports for error in report.errors]
    faults += [f"{task.name}: {error.message}" for report in reports for task in report.tasks for error in task.errors]
    refuse("frictionless finds faults", faults)


def _known_to_be_valid(described: Mapping[str, Any], folder: Path) -> bool:
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
    beside = {"parquet", "comparedWith"}  # properties of ours
    return ours == {key: one for key, one in described.items() if key not in beside} and file.read_bytes() == nothing


def whole(df: pd.DataFrame, table: str) -> None:
    """Check a complete table against the contract: types, values, keys and invariants.

    Raises:
        TableError: it violates the contract.
    """
    validate(df, table, complete=True)


def read_back(
    folder: Path, tables: Mapping[str, Table] | None = None, judge: Callable[[pd.DataFrame, str], None] = whole
) -> dict[str, pd.DataFrame]:
    """Return the tables of a release, after checking that CSV and Parquet satisfy the contract and have equal cells.

    Args:
        folder: the release.
        tables: the tables of its descriptor; None for those of the package. The invariants of tables described as in
            the package are checked as well.
        judge: checks one table.
    """
    frames: dict[str, pd.DataFrame] = {}
    for name, table in track((tables or contract.tables()).items(), "reading back", "table"):
        try:
            from_csv = read_csv((folder / f"{name}.csv").read_bytes(), table)
            frames[name] = read_parquet((folder / f"{name}.parquet").read_bytes(), table)
            if contract.tables().get(name) == table:
                judge(from_csv, name)
                if not from_csv.equals(frames[name]):  # equal frames, types included, have equal results
                    judge(frames[name], name)
        except (TableFileError, TableError) as error:
            raise ReleaseDefect(str(error)) from error
        refuse("CSV and Parquet differ", list(differences(from_csv, frames[name], table)))
    return frames


def differences(one: pd.DataFrame, other: pd.DataFrame, table: Table) -> Iterator[str]:
    """Yield the differences between two frames of a table, cell by cell."""
    if len(one) != len(other):
        yield f"{table.name}: {len(one)} and {len(other)} rows"
        return
    for name in table.names:
        if one[name].equals(other[name]):
            continue
        left, right = one[name].astype("object"), other[name].astype("object")
        unequal = (left.isna() != right.isna()) | (left.notna() & right.notna() & (left != right).fillna(False))
        for row in unequal.to_numpy().nonzero()[0]:
            yield f"{table.name}: row {row + 1}, {name}: {left.iloc[row]} and {right.iloc[row]}"


def check_keys(frames: Mapping[str, pd.DataFrame]) -> None:
    """Check that all references resolve, and that no incident is published together with its duplicate."""
    faults = [f"{table}: {problem}" for table, problems in dangling(frames).items() for problem in problems]
    refuse("rows refer to something that isn't there", faults)
    refuse("duplicates are counted twice", [f"links: {problem}" for problem in doubled(frames)])


def refuse(what: str, faults: list[str]) -> None:
    """Raise an error that lists the faults, if any."""
    if faults:
        raise ReleaseDefect(listing(what, faults))
