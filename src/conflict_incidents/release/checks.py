"""Checks of a finished release, by reading its files back."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from conflict_incidents.core.resources import DESCRIPTOR
from conflict_incidents.records.counts import COMPLETE, MEASURES, Bound
from conflict_incidents.records.model import KINDS, Aggregate, Incident, Record
from conflict_incidents.records.yaml.nodes import MappingNode, Node, SequenceNode
from conflict_incidents.release.checksums import differing, sha256
from conflict_incidents.release.errors import ReleaseDefect, listing
from conflict_incidents.tables import TableError, contract, dangling, doubled, validate
from conflict_incidents.tables.contract import Table
from conflict_incidents.tables.files import TableFileError, csv_line, read_csv, read_parquet

if TYPE_CHECKING:
    from frictionless import Package as FrictionlessPackage
    from frictionless import Resource as FrictionlessResource

LISTS = ("sites", "attributions", "parties", "weapons", "conditions", "caveats", "overrides")
"""Lists of an incident, each item of which is a row of the table of the same name."""


TABLES = {kind.record: kind.folder for kind in KINDS.values() if kind.folder}
"""The table that has one row for each record of a kind."""


def check(folder: Path, records: Sequence[Record], sums: bytes) -> dict[str, pd.DataFrame]:
    """All checks of a finished release.

    Args:
        folder: its folder.
        sums: what its SHA256SUMS has to say.
        records: the records that it was made of, without drafts.

    Returns:
        The tables as they were read back.

    Raises:
        ReleaseDefect: a check found a fault.
    """
    check_sums(folder, sums)
    check_frictionless(folder)
    frames = read_back(folder)
    check_keys(frames)
    check_records(frames, records)
    return frames


def check_sums(folder: Path, sums: bytes) -> None:
    """Every file of the release has its checksum, and there is no other file, hidden ones of the system apart."""
    _refuse("the files differ from their checksums", differing(folder, sums))


def check_frictionless(folder: Path) -> None:
    """frictionless, which many of the release's users have, finds the descriptor and the CSV files valid."""
    from frictionless import FrictionlessException, Package

    try:
        package = Package(str(folder / DESCRIPTOR))
        described = json.loads((folder / DESCRIPTOR).read_bytes())["resources"]
        told = {one["name"] for one in described if not _known_to_be_valid(one, folder)}
        read = [resource for resource in package.resources if resource.name in told]
        referred = _referenced_tables(package, read)
        for resource in read:
            resource.package = referred
        reports = [resource.validate() for resource in read]
    except FrictionlessException as error:
        raise ReleaseDefect(f"frictionless refuses the release: {error.error.message}") from error
    faults = [error.message for report in reports for error in report.errors]
    faults += [f"{task.name}: {error.message}" for report in reports for task in report.tasks for error in task.errors]
    _refuse("frictionless finds faults", faults)


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


def _referenced_tables(package: FrictionlessPackage, read: Sequence[FrictionlessResource]) -> FrictionlessPackage:
    """The tables that foreign keys lead to, with the columns alone that they lead to.

    frictionless reads such a table again for every key, and prepares each of its columns before the first row;
    the tables themselves are checked as they are.
    """
    from frictionless import Package

    wanted: dict[str, set[str]] = {}
    for resource in read:
        for key in resource.schema.foreign_keys:
            wanted.setdefault(key["reference"]["resource"], set()).update(key["reference"]["fields"])
    described = []
    for resource in package.resources:
        if resource.name in wanted:
            few = resource.to_descriptor()
            fields = [field for field in few["schema"]["fields"] if field["name"] in wanted[resource.name]]
            few["schema"] = {**few["schema"], "fields": fields, "fieldsMatch": "subset"}
            few["schema"].pop("foreignKeys", None)
            few["schema"].pop("primaryKey", None)
            described.append(few)
    return Package.from_descriptor({"name": "referred", "resources": described}, basepath=package.basepath)


def read_back(folder: Path, tables: Mapping[str, Table] | None = None) -> dict[str, pd.DataFrame]:
    """The tables of a release, once CSV and Parquet both keep the contract and have the same cells.

    Args:
        folder: the release.
        tables: the tables that its descriptor describes; None for those of the package. What is described as in the
            package has to keep its invariants as well.
    """
    frames: dict[str, pd.DataFrame] = {}
    for name, table in (tables or contract.tables()).items():
        try:
            from_csv = read_csv((folder / f"{name}.csv").read_bytes(), table)
            frames[name] = read_parquet((folder / f"{name}.parquet").read_bytes(), table)
            if contract.tables().get(name) == table:
                validate(from_csv, name, complete=True)
                if not from_csv.equals(frames[name]):  # equal ones, types included, can't fare differently
                    validate(frames[name], name, complete=True)
        except (TableFileError, TableError) as error:
            raise ReleaseDefect(str(error)) from error
        _refuse("CSV and Parquet differ", list(differences(from_csv, frames[name], table)))
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
    _refuse("rows refer to something that isn't there", faults)
    _refuse("duplicates are counted twice", [f"links: {problem}" for problem in doubled(frames)])


def check_records(frames: Mapping[str, pd.DataFrame], records: Sequence[Record]) -> None:
    """Every record, and every item of its lists, is in the tables once, and nothing else is.

    The records' own trees are counted, not what the tables were filled from, so that a loss on the way is seen.
    """
    faults: list[str] = []
    for kind, table in TABLES.items():
        key = contract.tables()[table].key[0]
        faults += _unequal(table, Counter(r.id for r in records if isinstance(r, kind)), Counter(frames[table][key]))
    incidents = [record for record in records if isinstance(record, Incident) and not record.withdrawn]
    for name in LISTS:
        faults += _lists_differ(incidents, name, frames[name], name)
    faults += _lists_differ(incidents, "external", frames["external_ids"], "external_ids")
    faults += _claims_differ(incidents, frames, "")
    aggregates = [record for record in records if isinstance(record, Aggregate) and not record.withdrawn]
    faults += _claims_differ(aggregates, frames, "aggregate_")
    _refuse("records and tables differ", faults)


def _lists_differ(records: Sequence[Record], key: str, frame: pd.DataFrame, name: str) -> list[str]:
    """Where a list of the records and the table of its items don't have the same number of items."""
    found = frame[[frame.columns[0], "number"]].drop_duplicates()[frame.columns[0]]
    return _unequal(name, Counter({r.id: len(_items(r.node, key)) for r in records}), Counter(found))


def _claims_differ(records: Sequence[Record], frames: Mapping[str, pd.DataFrame], prefix: str) -> list[str]:
    """Where reports, claims or their numbers are missing or duplicate."""
    claims = frames[f"{prefix}claims"]
    numbers = Counter({r.id: sum(map(_numbers, _items(r.node, "claims"))) for r in records})
    return [
        *_lists_differ(records, "reports", frames[f"{prefix}reports"], f"{prefix}reports"),
        *_lists_differ(records, "claims", claims, f"{prefix}claims"),
        *_unequal(f"numbers in {prefix}claims", numbers, Counter(claims[claims.columns[0]])),
    ]


def _unequal(what: str, expected: Counter[str], found: Counter[str]) -> list[str]:
    odd = sorted(id for id in {*expected, *found} if expected[id] != found[id])
    return [f"{what}: {id} has {found[id]} in the tables, {expected[id]} in the records" for id in odd]


def _items(node: Node | None, key: str) -> list[Node]:
    child = node.items.get(key) if isinstance(node, MappingNode) else None
    return child.items if isinstance(child, SequenceNode) else []


def _numbers(claim: Node) -> int:
    """The number of counts and shares of a claim, and of measures that it states to be unknown."""
    bounds = {*(bound.value for bound in Bound), "word"}
    count = len({getattr(item, "value", None) for item in _items(claim, "no_information")})
    count += len(_items(claim, "shares"))
    for measure in MEASURES:
        node = claim.items.get(measure) if isinstance(claim, MappingNode) else None
        if isinstance(node, MappingNode) and not bounds & node.items.keys():
            count += len(node.items.keys() - set(COMPLETE))
        elif node is not None:
            count += 1
    return count


def _refuse(what: str, faults: list[str]) -> None:
    if faults:
        raise ReleaseDefect(listing(what, faults))
