"""The tables of a release as partitioned Parquet, in a folder or at a URL of fsspec.

The rows of incidents are divided by the country and the year in their ids, the other tables are one file each:
`NAME/claims/id_country=SYR/id_year=2022/part-0.parquet`. The files of a partition whose rows don't change keep their
bytes. SHA256SUMS comes last: partitions without it aren't whole. Prevents: a partition that was written in part, and
rows that differ from the release.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from conflict_incidents.core.findings import describe_failure, user_text
from conflict_incidents.core.progress import track
from conflict_incidents.core.resources import DESCRIPTOR
from conflict_incidents.release.checksums import SUMS, sha256
from conflict_incidents.release.errors import ReleaseError
from conflict_incidents.tables import contract
from conflict_incidents.tables.contract import Table
from conflict_incidents.tables.dtypes import arrow_schema
from conflict_incidents.tables.files import as_parquet

KEY = "incident_id"


def write_partitions(release: Path, target: str) -> str:
    """Write the partitions of a release below a folder or URL, read them back, and return their location.

    Raises:
        ReleaseError: they can't be written, or aren't what was written.
    """
    where = f"{target.rstrip('/')}/{release.name}"
    try:
        from fsspec.core import url_to_fs

        store, top = url_to_fs(where)
        if store.exists(f"{top}/{SUMS}"):
            store.rm_file(f"{top}/{SUMS}")
        sums = _write_partitions(release, store, top)
        store.pipe_file(f"{top}/{SUMS}", sums.encode())
    except ImportError as error:
        raise ReleaseError(
            f"{user_text(where)}: {user_text(error)}; install conflict-incidents[dask], and the library for the "
            "address (s3fs for s3://)"
        ) from error
    except Exception as error:  # each store has errors of its own, as on missing credentials
        raise ReleaseError(f"{user_text(where)}: {describe_failure(error)}; the partitions aren't whole") from error
    return where


def _write_partitions(release: Path, store: Any, top: str) -> str:
    """Write the partitions and the descriptor, and return their checksums."""
    sums = []
    for table in track(contract.tables().values(), "writing partitions", "table"):
        files = {f"{top}/{name}": data for name, data in _files(release, table)}
        for folder in sorted({name.rpartition("/")[0] for name in files}):
            store.makedirs(folder, exist_ok=True)
        store.pipe(files)  # a store takes and gives many files at once
        if store.cat(list(files)) != files:
            raise OSError(f"the partitions of {table.name} were changed after they had been written")
        sums += [f"{sha256(data)}  {name.removeprefix(f'{top}/')}\n" for name, data in files.items()]
    data = (release / DESCRIPTOR).read_bytes()
    store.pipe_file(f"{top}/{DESCRIPTOR}", data)
    return "".join(sorted([*sums, f"{sha256(data)}  {DESCRIPTOR}\n"], key=lambda line: line[66:]))


def _files(release: Path, table: Table) -> Iterator[tuple[str, bytes]]:
    """Yield the files of a table with their bytes; in the order of their names, their rows are those of the table.

    Raises:
        OSError: they aren't.
    """
    rows = pq.read_table(release / f"{table.name}.parquet")
    parts = []
    for folder, first, count in _partitions(rows):
        part = rows.slice(first, count).replace_schema_metadata(arrow_schema(table).metadata)
        data = as_parquet(part)
        parts.append(pq.read_table(pa.BufferReader(data)))
        yield f"{table.name}/{folder}part-0.parquet", data
    if not pa.concat_tables(parts).equals(rows):
        raise OSError(f"the partitions of {table.name} have other rows than the table")


def _partitions(rows: pa.Table) -> Iterator[tuple[str, int, int]]:
    """Yield the folder, the first row and the number of rows of each partition."""
    if KEY not in rows.column_names or not len(rows):
        yield "", 0, len(rows)
        return
    first = 0
    for one in pc.value_counts(pc.utf8_slice_codeunits(rows[KEY], 0, 8)).to_pylist():  # in order, as ids are sorted
        yield f"id_country={one['values'][:3]}/id_year={one['values'][4:]}/", first, one["counts"]
        first += one["counts"]
