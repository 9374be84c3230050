"""Match another dataset with this one: which incidents both have, whose number is inside our range, who is missing.

FILE is UCDP GED, an ACLED export, or any table with a mapping as for `incidents import table`. Nothing is written into
the dataset.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from conflict_incidents.cli._options import add_reading, add_root, add_within, dataset_at, output_file
from conflict_incidents.cli.duplicates import read
from conflict_incidents.core.files import overwrite
from conflict_incidents.core.findings import Shown, bare, number

if TYPE_CHECKING:
    from conflict_incidents.dataset.dataset import Dataset
    from conflict_incidents.exchange.importers.store.batch import Batch

_MAX_LISTED = 20


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `incidents match`."""
    parser.add_argument("file", type=Path, metavar="FILE", help="the other dataset; its columns say which one it is")
    add_root(parser)
    parser.add_argument("--mapping", type=Path, metavar="FILE", help="what the columns of another table mean (YAML)")
    add_reading(parser)
    add_within(parser)
    parser.add_argument("--out", type=output_file, metavar="FILE", help="write all pairs and missing incidents as CSV")
    parser.add_argument(
        "--picture", type=_picture_file, metavar="FILE", help="draw a map, as .svg or .png; needs matplotlib"
    )


def run(options: argparse.Namespace) -> int:
    """Match, and print a summary; return 1 if a row or a record couldn't be compared."""
    from conflict_incidents.dataset.matching import match
    from conflict_incidents.dataset.similarity import Within
    from conflict_incidents.exchange import sides
    from conflict_incidents.exchange.matches import MatchReport

    dataset = dataset_at(options.root)
    batch = _batch(options, dataset)
    theirs = sides.foreign(batch, dataset)
    incidents, unread = read(dataset)
    ours, undated = sides.ours(incidents, dataset)
    matching = match(ours, theirs.side, batch.scheme, Within(*options.within))
    report = MatchReport(matching, {one.id: one for one in incidents}, dataset, theirs, batch)
    if options.picture:
        from conflict_incidents.release.pictures import draw_matching

        overwrite(options.picture, draw_matching(matching, options.picture.suffix))
    if options.out:
        overwrite(options.out, report.as_csv().encode("utf-8"))
    print(report.as_text(), end="")
    if matching.left_out:
        print(
            f"incidents: {matching.left_out:,} comparisons were left out in dense places; narrow --within",
            file=sys.stderr,
        )
    faults = list(_faults(batch, theirs.unread, undated, unread))
    for line in faults:
        print(f"incidents: {line}", file=sys.stderr)
    return 1 if faults else 0


def _batch(options: argparse.Namespace, dataset: Dataset) -> Batch:
    """Read the rows of the file with the importer of its dataset.

    Raises:
        SourceTableError: no importer can read it, or it has no rows.
    """
    from conflict_incidents.exchange.importers import IMPORTERS
    from conflict_incidents.exchange.importers.recognition import recognise_importer
    from conflict_incidents.exchange.importers.tabular.grid import SourceTableError
    from conflict_incidents.exchange.importers.tabular.read import read_table

    name = "table"
    if not options.mapping:
        name = recognise_importer(
            read_table(options.file, encoding=options.encoding, delimiter=options.delimiter, sheet=options.sheet)
        )
    importer = import_module(f"conflict_incidents.exchange.importers.{IMPORTERS[name]}")
    own = {"out": None, "source_version": None, "status": "draft"}
    batch: Batch = importer.convert(options.file, dataset, argparse.Namespace(**vars(options) | own))
    if not batch.rows:
        raise SourceTableError("no row is taken, so there is nothing to match")
    return batch


def _picture_file(text: str) -> Path:
    file = output_file(text)
    if file.suffix not in {".svg", ".png"}:
        raise argparse.ArgumentTypeError(f"{text!r} is no name of a picture; it ends in .svg or .png")
    return file


def _faults(
    batch: Batch, unread: Sequence[int], undated: Sequence[str], unreadable: Sequence[Shown]
) -> Iterator[Shown]:
    """Yield a line for each row of the file and each record that wasn't compared."""
    from conflict_incidents.exchange.importers.store.batch import refusal_lines

    yield from (f"not compared: {line}" for line in refusal_lines(batch.refusals))
    for row in unread[:_MAX_LISTED]:
        yield f"not compared: row {row}: no incident can be made of it; `incidents import` says why"
    if len(unread) > _MAX_LISTED:
        yield f"not compared: {number(len(unread) - _MAX_LISTED, Shown('more row'))} like that"
    if undated:
        yield f"without a date, and so not compared: {', '.join(map(bare, undated))}"
    yield from (f"{path} can't be read and wasn't compared; validate it" for path in unreadable)
