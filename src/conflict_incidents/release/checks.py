"""Checks of a finished release, by reading its files back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from conflict_incidents.core.resources import DESCRIPTOR
from conflict_incidents.release.checksums import differing, sha256
from conflict_incidents.release.errors import ReleaseDefect, listing
from conflict_incidents.tables import TableError, contract, dangling, doubled, validate
from conflict_incidents.tables.contract import Table
from conflict_incidents.tables.files import TableFileError, csv_line, read_csv, read_parquet


def check_sums(folder: Path, sums: bytes) -> None:
    """Every file of the release has its checksum, and there is no other file, hidden ones of the system apart."""
    refuse("the files differ from their checksums", differing(folder, sums))


def check_frictionless(folder: Path, tables: Mapping[str, Table] | None = None) -> None:
    """frictionless, which many of the release's users have, finds the descriptor and the CSV files valid.

    It reads a table again for each foreign key that leads there, in all more rows than the tables have: the keys of the
    contract are left to `check_keys`, which finds the same.

    Args:
        folder: the release.
        tables: the tables that its descriptor describes, as for `read_back`.
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
        reports = [resource.validate() for resource in read]
    except FrictionlessException as error:
        raise ReleaseDefect(f"frictionless refuses the release: {error.error.message}") from error
    faults = [error.message for report in reports for error in report.errors]
    faults += [f"{task.name}: {error.message}" for report in reports for task in report.tasks for error in task.errors]
    refuse("frictionless finds faults", faults)


def _known_to_be_valid(described: Mapping[str, Any], folder: Path) -> bool:
    """Whether a table is of the contract and described as such, and has no rows: most tables of a small release.

    frictionless prepares each column of a table several times over, which takes longer than all rows of a small one.
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
    """A whole table keeps the contract: types, values, keys and invariants.

    Raises:
        TableError: it doesn't.
    """
    validate(df, table, complete=True)


def read_back(
    folder: Path, tables: Mapping[str, Table] | None = None, judge: Callable[[pd.DataFrame, str], None] = whole
) -> dict[str, pd.DataFrame]:
    """The tables of a release, once CSV and Parquet both keep the contract and have the same cells.

    Args:
        folder: the release.
        tables: the tables that its descriptor describes; None for those of the package. What is described as in the
            package has to keep its invariants as well.
        judge: what a table has to keep.
    """
    frames: dict[str, pd.DataFrame] = {}
    for name, table in (tables or contract.tables()).items():
        try:
            from_csv = read_csv((folder / f"{name}.csv").read_bytes(), table)
            frames[name] = read_parquet((folder / f"{name}.parquet").read_bytes(), table)
            if contract.tables().get(name) == table:
                judge(from_csv, name)
                if not from_csv.equals(frames[name]):  # equal ones, types included, can't fare differently
                    judge(frames[name], name)
        except (TableFileError, TableError) as error:
            raise ReleaseDefect(str(error)) from error
        refuse("CSV and Parquet differ", list(differences(from_csv, frames[name], table)))
    return frames


def differences(one: pd.DataFrame, other: pd.DataFrame, table: Table) -> Iterator[str]:
    """Where two frames of a table differ, cell by cell."""
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
    """Every row that refers to another finds it, and no incident is published beside one that it is a duplicate of."""
    faults = [f"{table}: {problem}" for table, problems in dangling(frames).items() for problem in problems]
    refuse("rows refer to something that isn't there", faults)
    refuse("duplicates are counted twice", [f"links: {problem}" for problem in doubled(frames)])


def refuse(what: str, faults: list[str]) -> None:
    """Raise what was found, where there is something."""
    if faults:
        raise ReleaseDefect(listing(what, faults))
