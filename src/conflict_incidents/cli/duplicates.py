"""List pairs of incidents that may be the same, the likeliest first. A pair is a question, never an error.

Answer it with a link in one of the two records, `not_duplicate_of` or `duplicate_of`; it isn't listed again.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from conflict_incidents.cli._options import add_root, counter, dataset_at
from conflict_incidents.core.findings import printable
from conflict_incidents.core.rule import suggestion
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.dataset.errors import DatasetError
from conflict_incidents.dataset.index import files_below, incident_folder
from conflict_incidents.records.model import Incident

if TYPE_CHECKING:
    from conflict_incidents.dataset.duplicates import Compared, Pair

SHOWN = 50
_ID = re.compile(r"[A-Z]{3}-[0-9]{8}-[a-z0-9]{4}")
_COLUMNS = (
    "score",
    "one",
    "other",
    "km",
    "days",
    "killed_one",
    "killed_other",
    "names",
    "title_one",
    "title_other",
    "why",
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `incidents duplicates`."""
    parser.add_argument(
        "wanted", nargs="*", metavar="PATH or ID", help="only pairs with one of these (default: all of the dataset)"
    )
    add_root(parser)
    parser.add_argument(
        "--within",
        type=_within,
        default=(10.0, 3),
        metavar="KM,DAYS",
        help="how far apart a pair may be, in kilometres and days (default: 10,3)",
    )
    parser.add_argument(
        "--limit", type=_limit, default=SHOWN, metavar="N", help=f"how many pairs to list (default: {SHOWN}; 0 for all)"
    )
    parser.add_argument("--all", action="store_true", help="list pairs, too, that a link already answers")
    parser.add_argument("--format", choices=sorted(_PRINTERS), default="text", help="how to print them (default: text)")


def run(options: argparse.Namespace) -> int:
    """Print the pairs; 1 where a record couldn't be compared."""
    from conflict_incidents.dataset.duplicates import compare
    from conflict_incidents.dataset.similarity import Within

    dataset = dataset_at(options.root, *(Path(wanted) for wanted in options.wanted))
    incidents, unread = _read(dataset, options.wanted)
    only = _only(options.wanted, dataset) if options.wanted else None
    found = compare(incidents, dataset, Within(*options.within), only, options.all)
    _PRINTERS[options.format](found, options.limit or len(found.pairs))
    if found.undated:
        print(f"incidents: without a date, and so not compared: {', '.join(found.undated)}", file=sys.stderr)
    for path in unread:
        print(f"incidents: {printable(path)} can't be read and wasn't compared; validate it", file=sys.stderr)
    return 1 if unread or found.undated else 0


def _within(text: str) -> tuple[float, int]:
    km, comma, days = text.partition(",")
    try:
        if not comma:
            raise ValueError
        limits = float(km), int(days)
        if not (math.isfinite(limits[0]) and limits[0] >= 0 and 0 <= limits[1] <= 36525):
            raise ValueError
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} isn't kilometres and days, as 10,3") from None
    return limits


def _limit(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} isn't a number of pairs; 0 for all")
    return int(text)


def _files(path: Path) -> list[Path]:
    """The records that a path means: itself, or those in a folder."""
    if path.is_dir() and not path.is_symlink():
        return [file for file in files_below(path) if file.suffix == ".yaml"]
    path.lstat()
    return [path]


def _read(dataset: Dataset, wanted: list[str]) -> tuple[list[Incident], list[str]]:
    """The incidents of the dataset, those named that are elsewhere, and the names of files that can't be read."""
    folder = dataset.root / "data" / "incidents"
    files = [file for file in files_below(folder) if file.suffix == ".yaml"] if folder.is_dir() else []
    files += [
        file for name in wanted if not _is_id(name) for file in _files(Path(name)) if not dataset.index.holds(file)
    ]
    step = counter("read")
    incidents: dict[str, Incident] = {}
    unread: list[str] = []
    for number, file in enumerate(files, 1):
        parsed = dataset.index.parsed(file)
        if isinstance(parsed.record, Incident):
            incidents[parsed.record.id] = parsed.record
        elif parsed.record is None:
            unread.append(parsed.path)
        if step:
            step(number, len(files))
    return list(incidents.values()), unread


def _is_id(name: str) -> bool:
    return _ID.fullmatch(name) is not None


def _only(wanted: list[str], dataset: Dataset) -> set[str]:
    """The ids of the incidents that were named."""
    ids: set[str] = set()
    for name in wanted:
        if not _is_id(name):
            records = [dataset.index.parsed(file).record for file in _files(Path(name))]
            found = {record.id for record in records if isinstance(record, Incident)}
            if not found and None not in records:
                raise DatasetError(f"{name} holds no incident to compare; name a file, a folder or an id of incidents")
            ids |= found
        elif dataset.registry.incident(name) is None:
            near = suggestion(name, dataset.index.ids(str(incident_folder(name))))
            raise DatasetError(f"there is no incident {name} in {dataset.root}{near}")
        else:
            ids.add(name)
    return ids


def _cells(pair: Pair) -> tuple[str, ...]:
    km = "" if pair.km is None else f"{pair.km:.1f}"
    return (
        f"{pair.score:.1f}",
        pair.one.id,
        pair.other.id,
        km,
        str(pair.days),
        pair.one.killed,
        pair.other.killed,
        str(pair.names),
        pair.one.title,
        pair.other.title,
        "; ".join(pair.why),
    )


def _as_text(found: Compared, limit: int) -> None:
    for pair in found.pairs[:limit]:
        score, one, other, km, days, killed_one, killed_other, names, title_one, title_other, why = _cells(pair)
        print(
            f"{score:>5}  {one}  {other}  {km or '?':>4} km  {days} d  killed {killed_one} | {killed_other}"
            f"  names {names}  {why}"
        )
        print(printable(f"       {title_one} | {title_other}"))
    rest = f", {limit} shown" if len(found.pairs) > limit else ""
    print(f"{len(found.pairs)} {'pair' if len(found.pairs) == 1 else 'pairs'} to look at{rest}")


def _as_json(found: Compared, limit: int) -> None:
    rows = [
        {
            "score": pair.score,
            "one": pair.one.id,
            "other": pair.other.id,
            "km": None if pair.km is None else round(pair.km, 3),
            "days": pair.days,
            "killed_one": pair.one.killed,
            "killed_other": pair.other.killed,
            "names": pair.names,
            "title_one": pair.one.title,
            "title_other": pair.other.title,
            "why": list(pair.why),
            "accepted": pair.accepted,
        }
        for pair in found.pairs[:limit]
    ]
    print(json.dumps({"pairs": rows, "found": len(found.pairs)}, ensure_ascii=True, indent=2))


def _as_csv(found: Compared, limit: int) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for pair in found.pairs[:limit]:
        cells = dict(zip(_COLUMNS, _cells(pair), strict=True))
        for column in ("killed_one", "killed_other"):
            cells[column] = cells[column].replace("-", " to ")  # spreadsheets read 10-12 as a day in October
        writer.writerow(cells.values())


_PRINTERS = {"text": _as_text, "json": _as_json, "csv": _as_csv}
