"""List pairs of incidents that may be the same, the likeliest first. A pair is a question, never an error.

Answer it with a link in one of the two records, `not_duplicate_of` or `duplicate_of`; it isn't listed again.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

from conflict_incidents.cli._options import add_root, add_within, dataset_at, incident_at, whole_number
from conflict_incidents.core.findings import Shown, bare, number, show
from conflict_incidents.core.progress import track
from conflict_incidents.core.redaction import redact_path
from conflict_incidents.core.rule import suggestion
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.dataset.errors import DatasetError
from conflict_incidents.dataset.index import files_below
from conflict_incidents.records.model import Incident

if TYPE_CHECKING:
    from conflict_incidents.dataset.duplicates import Pair

MAX_PAIRS = 50


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `incidents duplicates`."""
    parser.add_argument(
        "ids", nargs="*", metavar="ID", help="only pairs with one of these incidents (default: all of the dataset)"
    )
    add_root(parser)
    add_within(parser)
    parser.add_argument(
        "--limit",
        type=whole_number(0, sys.maxsize),
        default=MAX_PAIRS,
        metavar="N",
        help=f"how many pairs to list (default: {MAX_PAIRS}; 0 for all)",
    )
    parser.add_argument(
        "--between",
        nargs=2,
        metavar=("A", "B"),
        help="match the incidents of two other datasets or collections, by id, one to one: the likeliest pair first, "
        "then the likeliest of what is left",
    )


def run(options: argparse.Namespace) -> int:
    """Print the pairs; return 1 if a record couldn't be compared."""
    from conflict_incidents.dataset.duplicates import compare
    from conflict_incidents.dataset.similarity import Within
    from conflict_incidents.pipeline.public import title_of

    dataset = dataset_at(options.root)
    incidents, unread = read(dataset)
    for id in options.ids:
        incident_at(id, dataset)
    only = set(options.ids) or None
    between = _sides(options.between, incidents) if options.between else None
    compared = compare(incidents, dataset, Within(*options.within), only, between)
    pairs = compared.pairs[: options.limit or None]
    listed_ids = {facts.id for pair in pairs for facts in (pair.one, pair.other)}
    titles = {one.id: title_of(one, dataset) for one in incidents if one.id in listed_ids}
    for pair in pairs:
        _print(pair, titles)
    rest = f", {len(pairs)} shown" if len(compared.pairs) > len(pairs) else Shown("")
    print(f"{number(len(compared.pairs), 'pair')} to look at{rest}")
    if between:
        of = " and ".join(f"{count:,} of {show(name)}" for count, name in zip(compared.sides, between, strict=True))
        print(f"incidents: compared {of}; each is in one pair at most", file=sys.stderr)
    if compared.left_out:
        print(
            f"incidents: {compared.left_out:,} comparisons were left out in dense places, where each record is "
            "compared with those of the nearest tolls and days; name a record to see all of its "
            "pairs, or narrow --within",
            file=sys.stderr,
        )
    if compared.undated:
        print(
            f"incidents: without a date, and so not compared: {', '.join(map(bare, compared.undated))}", file=sys.stderr
        )
    for path in unread:
        print(f"incidents: {path} can't be read and wasn't compared; validate it", file=sys.stderr)
    return 1 if unread or compared.undated else 0


def _sides(between: list[str], incidents: list[Incident]) -> tuple[str, str]:
    """Parse two sides that both have incidents.

    Raises:
        DatasetError: there is only one side, or a side has no incidents.
    """
    one, other = between
    names = {reference.scheme for incident in incidents for reference in incident.external}
    names |= {incident.collection for incident in incidents if incident.collection}
    for name in between:
        if name not in names:
            raise DatasetError(f"no incident is of a dataset or collection {show(name)}{suggestion(name, names)}")
    if one == other:
        raise DatasetError(f"both sides are {show(one)}; name two")
    return one, other


def read(dataset: Dataset) -> tuple[list[Incident], list[Shown]]:
    """Return the incidents of the dataset, and the names of files that can't be read."""
    folder = dataset.root / "data" / "incidents"
    files = [file for file in files_below(folder) if file.suffix == ".yaml"] if folder.is_dir() else []
    incidents: dict[str, Incident] = {}
    unread: list[Shown] = []
    for file in track(files, "reading", "file"):
        parsed = dataset.index.parse_file(file)
        if isinstance(parsed.record, Incident):
            incidents[parsed.record.id] = parsed.record
        elif parsed.record is None:
            unread.append(redact_path(parsed.path))
    return list(incidents.values()), unread


def _print(pair: Pair, titles: Mapping[str, Shown]) -> None:
    """Print a pair; `titles` are those of incidents by id that may be shown."""
    one, other = pair.one, pair.other
    km = Shown("?") if pair.km is None else f"{pair.km:.1f}"
    print(
        f"{pair.score:>5.1f}  {bare(one.id)}  {bare(other.id)}  {km:>4} km  {pair.days} d  "
        f"killed {one.killed_text} | {other.killed_text}  names {pair.names}  {'; '.join(pair.why)}"
    )
    print(f"       {titles[one.id]} | {titles[other.id]}")
