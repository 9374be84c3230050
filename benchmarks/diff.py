"""Measure time and memory of `incidents diff` by the size of the releases.

    .venv/bin/python benchmarks/diff.py [ROWS]

Made-up releases of up to ROWS incidents (a million), with two rows of claims each. From one to the next a hundredth of
the incidents is added, as many are corrected in three columns, half as many are withdrawn, and of every claim one cell
changes, or of none. Prints for each size the processor seconds for the summary and for everything as CSV, the
changes, the peak memory so far, and how much longer the CSV took than for half as many: 2 is linear.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from conflict_incidents.release.checksums import SUMS, content_hash, sha256
from conflict_incidents.tables import contract
from conflict_incidents.tables.contract import Table
from conflict_incidents.tables.dtypes import dtype
from conflict_incidents.tables.files import arrow_table, as_parquet

MOST = 1_000_000
PARTS = 2
SAMPLE = 100


def frame(table: Table, rows: int, **filling: Any) -> pd.DataFrame:
    """Return a table of so many rows, with some columns filled and all others unknown."""
    columns = {
        field.name: pd.Series(filling[field.name] if field.name in filling else [None] * rows, dtype=dtype(field))
        for field in table.fields
    }
    return pd.DataFrame(columns)


def incidents(rows: int, later: bool) -> pd.DataFrame:
    """Return incidents; in the later release one in a hundred is corrected, and one in two hundred withdrawn."""
    number = np.arange(rows + (rows // SAMPLE if later else 0))
    killed = pd.Series(number % 17, dtype="Int32")
    withdrawn = pd.Series((number % (2 * SAMPLE) == 1) & later)
    killed = killed + ((number % SAMPLE == 0) & later & (number < rows)).astype("int32")
    day = pd.Series(np.datetime64("2015-01-01") + (number % 3000).astype("timedelta64[D]"))
    status = np.where(withdrawn, "withdrawn", "published")
    measures = {f"killed_{name}": killed for name in ("low", "best", "high")}
    return frame(
        contract.tables()["incidents"],
        len(number),
        incident_id=_ids(number),
        status=status,
        withdrawn_date=pd.Series(pd.NaT, index=number).where(~withdrawn, pd.Timestamp("2025-01-01")),
        withdrawn_reason=pd.Series("recorded twice", index=number).where(withdrawn, None),
        title=pd.Series([f"Airstrike on the village {place}" for place in number % 5000]),
        date_from=day,
        date_to=day,
        place_name=pd.Series([f"village-{place}" for place in number % 5000]),
        lat=30 + (number % 700) / 100,
        lon=36 + (number % 500) / 100,
        **measures,
    )


def claims(rows: int, edit: bool) -> pd.DataFrame:
    """Return claims, two rows for each incident."""
    number = np.repeat(np.arange(rows), PARTS)
    group = np.tile(np.array(["total", "civilians"]), rows)
    least = pd.Series(number % 17 + edit, dtype="Int32")
    values = {"incident_id": _ids(number), "claim_id": "sohr.sabah", "measure": "killed", "group": group, "min": least}
    columns = {name: value if not isinstance(value, str) else [value] * len(number) for name, value in values.items()}
    return frame(contract.tables()["claims"], len(number), **columns)


def _ids(number: Any) -> list[str]:
    return [f"SYR-2015{one // 10000 % 10000:04d}-{one % 10000:04d}{one // 10**8 or ''}" for one in number.tolist()]


def write(folder: Path, tables: dict[str, pd.DataFrame]) -> None:
    """Write a release of these tables without CSV files, which `diff` doesn't read."""
    folder.mkdir()
    descriptor = dict(contract.package())
    for name, table in contract.tables().items():
        (folder / f"{name}.csv").write_bytes(b"")
        (folder / f"{name}.parquet").write_bytes(as_parquet(arrow_table(tables.get(name, frame(table, 0)), table)))
    digests = {file.name: sha256(file.read_bytes()) for file in folder.iterdir()}
    descriptor["contentHash"] = content_hash(digests, contract.tables())
    (folder / "datapackage.json").write_text(json.dumps(descriptor), "utf-8")
    digests["datapackage.json"] = sha256((folder / "datapackage.json").read_bytes())
    (folder / SUMS).write_text("".join(f"{digests[name]}  {name}\n" for name in sorted(digests)), "utf-8")


def measure_diff(old: Path, new: Path, form: str) -> tuple[float, int]:
    """Return the seconds of processor time of the command, and the number of lines that it prints."""
    start = _child_seconds()
    command = [sys.executable, "-m", "conflict_incidents", "diff", str(old), str(new), "--format", form]
    with tempfile.TemporaryFile() as out:
        subprocess.run(command, stdout=out, check=True)
        out.seek(0)
        return _child_seconds() - start, sum(1 for _ in out)


def _child_seconds() -> float:
    """Return the processor time of all commands so far, which other load affects less than wall time."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    """Measure and print."""
    most = int(sys.argv[1]) if len(sys.argv) > 1 else MOST
    for edit in (False, True):
        print("every claim changed" if edit else "no claim changed")
        before = None
        for rows in (most // 8, most // 4, most // 2, most):
            with tempfile.TemporaryDirectory() as folder:
                old, new = Path(folder, "old"), Path(folder, "new")
                write(old, {"incidents": incidents(rows, False), "claims": claims(rows, False)})
                write(new, {"incidents": incidents(rows, True), "claims": claims(rows, edit)})
                text, _ = measure_diff(old, new, "text")
                table, lines = measure_diff(old, new, "csv")
            peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
            ratio = f"{table / before:.2f}" if before else "-"
            print(
                f"{rows:>9,} incidents  text {text:6.1f} s  csv {table:6.1f} s  {lines - 1:>9,} changes"
                f"  {peak:6.0f} MB  ratio {ratio}"
            )
            before = table


if __name__ == "__main__":
    main()
