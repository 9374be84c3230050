"""Import records from another dataset. Every row and every value is accounted for."""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

from conflict_incidents.cli import CommandError
from conflict_incidents.cli._options import add_reading, add_root, dataset_at, output_file
from conflict_incidents.core.files import create, overwrite
from conflict_incidents.core.findings import Shown, number, user_text
from conflict_incidents.core.redaction import redact_path
from conflict_incidents.dataset.suggestions import KINDS_BY_FOLDER
from conflict_incidents.exchange.importers import IMPORTERS
from conflict_incidents.exchange.importers.proposal import propose
from conflict_incidents.exchange.importers.store.batch import Batch, redacted_message, refusal_lines
from conflict_incidents.exchange.importers.store.store import ImportReport, Incoming, format_conflict, refused_id, store

_MAX_LISTED = 20


def configure(parser: argparse.ArgumentParser) -> None:
    """Add a subcommand for each importer, with the options that all share."""
    commands = parser.add_subparsers(title="sources", metavar="SOURCE", required=True)
    for name, module_name in IMPORTERS.items():
        importer = import_module(f"conflict_incidents.exchange.importers.{module_name}")
        command = commands.add_parser(name, help=importer.HELP, description=importer.__doc__)
        command.add_argument("file", type=Path, metavar="FILE", help="the file to import")
        add_root(command)
        command.add_argument("--out", type=Path, metavar="DIR", help="write below DIR/data instead of into the dataset")
        add_reading(command)
        command.add_argument("--collection", metavar="ID", help="the collection that the incidents belong to")
        command.add_argument("--dry-run", action="store_true", help="say what would be done, and write nothing")
        command.add_argument("--report", type=output_file, metavar="FILE", help="write the import report as JSON")
        command.add_argument(
            "--keep-edits",
            action="store_true",
            help="where a person and the source disagree, keep the person's value and don't report it again",
        )
        importer.configure(command)
        command.set_defaults(importer=importer)


def run(options: argparse.Namespace) -> int:
    """Import, print the report, and return 1 where a row was refused or a conflict needs a decision."""
    if getattr(options, "propose", False):
        return _propose(options)
    dataset = dataset_at(options.root)
    batch: Batch = options.importer.convert(options.file, dataset, options)
    report = store(
        _with_collection(batch.incoming, options.collection),
        dataset,
        scheme=batch.scheme,
        out=options.out,
        dry_run=options.dry_run,
        complete=not options.where,
        covers=batch.covers,
        refused_ids=batch.refused_ids,
        keep_edits=options.keep_edits,
    )
    if options.report:
        text = json.dumps(_as_data(batch, report), ensure_ascii=False, indent=2) + "\n"
        overwrite(options.report, text.encode())
    for line in _lines(batch, report, options.dry_run):
        print(line)
    return 0 if report.clean and not batch.refusals else 1


def _by_kind(paths: Iterable[str]) -> Shown:
    """Format the number of files by kind, in brackets."""
    counts = Counter(KINDS_BY_FOLDER[Path(path).parts[1]] for path in paths)
    return (
        f" ({', '.join(number(times, Shown(kind)) for kind, times in counts.most_common())})" if counts else Shown("")
    )


def _propose(options: argparse.Namespace) -> int:
    """Write a first mapping of a table."""
    text = propose(options.file, options.encoding, options.delimiter, options.sheet)
    if options.out is None:
        print(Shown(text), end="")
    else:
        try:
            create(options.out, text)
        except FileExistsError as error:
            raise CommandError(f"{user_text(options.out)} exists; name another file, or remove it", 1) from error
    return 0


def _with_collection(incoming: Iterable[Incoming], collection: str | None) -> list[Incoming]:
    """Return the batch with the collection added to its incidents."""
    return [
        replace(one, record=one.record | {"collection": collection}) if collection and one.kind == "incident" else one
        for one in incoming
    ]


def _as_data(batch: Batch, report: ImportReport) -> dict[str, Any]:
    return {
        "scheme": batch.scheme,
        "rows": batch.rows,
        "refused_rows": [
            {"row": refusal.row, "column": refusal.column, "message": refusal.message}
            for refusal in batch.all_refusals(report)
        ],
        "refused_records": [{"id": id, "message": message} for id, message in report.refused],
        "created": report.created,
        "updated": report.updated,
        "unchanged": len(report.unchanged),
        "vanished": report.vanished,
        "conflicts": [
            {
                "id": conflict.foreign,
                "path": redact_path(conflict.path),
                "key": conflict.key,
                "record": conflict.ours,
                "source": conflict.theirs,
            }
            for conflict in report.conflicts
        ],
        "columns": batch.accounting.as_data(batch.columns),
        "unresolved": batch.accounting.unresolved_names(),
        "remarks": dict(sorted(batch.accounting.remarks.items())),
    }


def _lines(batch: Batch, report: ImportReport, dry_run: bool) -> Iterable[Shown]:
    yield from report.diffs
    yield from batch.accounting.lines(batch.columns)
    yield from (f"refused: {line}" for line in refusal_lines(batch.all_refusals(report)))
    others = [(name, message) for name, message in report.refused if name not in batch.numbers]
    yield from (f"refused: {refused_id(name, message)}: {redacted_message(message)}" for name, message in others)
    yield from (f"conflict: {format_conflict(conflict)}" for conflict in report.conflicts)
    for path in report.vanished[:_MAX_LISTED]:
        yield f"not in this file, the record stays: {redact_path(path)}"
    if len(report.vanished) > _MAX_LISTED:
        yield f"not in this file: {len(report.vanished) - _MAX_LISTED} more"
    refused = len(batch.all_refusals(report))
    would = Shown("would be " if dry_run else "")
    yield (
        f"{batch.rows} rows read, {refused} refused; "
        f"{len(report.created)} files {would}created{_by_kind(report.created)}, "
        f"{len(report.updated)} {would}updated, {len(report.unchanged)} unchanged, {len(report.conflicts)} conflicts, "
        f"{len(report.vanished)} not in this file"
    )
