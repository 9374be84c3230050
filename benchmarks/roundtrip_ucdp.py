"""Check that a UCDP GED file is unchanged after import and export.

    .venv/bin/python benchmarks/roundtrip_ucdp.py FILE

Imports FILE into a new dataset, exports that, and compares every row by its id. The exit code is 1 if a row, a count or
a date of the event differs, or a coordinate at 4 decimals. For every other column it prints the numbers of equal, empty
and other values.
"""

from __future__ import annotations

import contextlib
import csv
import io
import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path

from conflict_incidents.cli import main as incidents
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.exchange.exporters import ucdp
from conflict_incidents.records.model import Incident

TOP = Path(__file__).parents[1]
REGISTRIES = ("datapackage.json", "data/codelists", "data/organisations", "data/places", "data/actors")
"""The files of this repository that the new dataset starts with."""
Rows = dict[str, dict[str, str]]
EXACT = (
    *("id", "year", "date_prec", "date_start", "date_end", "where_prec", "event_clarity"),
    *("deaths_a", "deaths_b", "deaths_civilians", "deaths_unknown", "low", "best", "high"),
)
COORDINATES = ("latitude", "longitude")


def there_and_back(source: Path, folder: Path, layout: str) -> Rows:
    """Import a file into a new dataset in `folder`, export it, and return the rows by id."""
    for name in REGISTRIES:
        copy = folder / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if (TOP / name).is_dir() else shutil.copy)(TOP / name, copy)
    log = io.StringIO()
    with contextlib.redirect_stdout(log):
        code = incidents(["import", "ucdp-ged", str(source), "--root", str(folder)])
    if code != 0:
        print(log.getvalue()[-4000:], f"the import ended with {code}", sep="\n")
    dataset = Dataset(folder)
    records = [dataset.index.parse_file(file).record for file in dataset.index.files()]
    imported = [record for record in records if isinstance(record, Incident)]
    return by_id("\n".join(ucdp.as_csv(imported, dataset, layout)))


def by_id(text: str) -> Rows:
    """Return the rows of a table by id."""
    return {row["id"]: row for row in csv.DictReader(io.StringIO(text, newline=""))}


def outcome(column: str, before: str, after: str) -> str:
    """Compare a value before and after: `same`, `empty` or `other`."""
    if column in COORDINATES and after:
        return "same" if abs(float(before) - float(after)) <= 0.5001e-4 else "other"
    if before[:10] == after and column.startswith("date_"):
        return "same"
    return "same" if before == after else "other" if after else "empty"


def main() -> int:
    """Compare, and print the differences."""
    if len(sys.argv) != 2:
        print(__doc__)
        return 2
    source = Path(sys.argv[1])
    before = by_id(source.read_bytes().decode("utf-8"))
    layout = "49" if "relid" in next(iter(before.values())) else "41"
    with tempfile.TemporaryDirectory() as folder:
        after = there_and_back(source, Path(folder), layout)
    tallies = {column: Counter[str]() for column in next(iter(before.values()))}
    missing = [id for id in before if id not in after]
    wrong = [f"row {id} is not given back" for id in missing]
    for id, row in before.items():
        for column, value in row.items() if id in after else ():
            became = outcome(column, value, after[id].get(column, ""))
            tallies[column][became] += 1
            if became != "same" and column in (*EXACT, *COORDINATES):
                wrong.append(f"{id} {column}: {value!r} became {after[id].get(column)!r}")
    for column, times in tallies.items():
        summary = ", ".join(f"{times[what]} {what}" for what in ("same", "empty", "other") if times[what])
        print(f"{column:<18} {summary}")
    print(*wrong[:50], sep="\n")
    print(f"{len(before)} rows, {len(after)} given back, {len(wrong)} values lost or changed that should not be")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
