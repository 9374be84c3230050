"""Prepare the release of the version in the descriptor for publication, and record it as published.

The records are validated; the release is built, built again in other surroundings, compared, packed, and checked as
users will get it. Then the change notes become a section of CHANGELOG.md, and the release is added to the ledger, the
citation and the index of releases. With --dry-run nothing is written.

For a published release, the command changes nothing and reports whether the dataset still builds it.
"""

from __future__ import annotations

import argparse
import signal
import sys
from contextlib import nullcontext
from pathlib import Path

from conflict_incidents.cli import FINDINGS, CommandError
from conflict_incidents.cli._options import add_root, dataset_at
from conflict_incidents.cli._output import print_refusal
from conflict_incidents.core.files import temporary_folder
from conflict_incidents.core.findings import Shown, errors, harmless, number, release_text, user_text
from conflict_incidents.core.resources import DESCRIPTOR
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.pipeline import validate_dataset
from conflict_incidents.pipeline.driver import cores
from conflict_incidents.tables.contract import RELEASES, about

MAX_DIFFERENCES = 10
"""The maximum number of differences to print."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `incidents publish`."""
    parser.add_argument("--dry-run", action="store_true", help="show each step, and write nothing")
    parser.add_argument(
        "--url",
        type=_folder_url,
        metavar="URL",
        help="the address of the folder where the zip will be, for the index of releases",
    )
    parser.add_argument(
        "--previous", metavar="RELEASE", help="the release before (default: the one that the index names, fetched)"
    )
    add_root(parser)


def _folder_url(text: str) -> str:
    from conflict_incidents.release.index import ADDRESS

    if not ADDRESS.fullmatch(text) or {"?", "#"} & set(text):
        raise argparse.ArgumentTypeError(
            f"{user_text(text)} isn't the address of a folder, as https://example.org/releases: without user name, "
            "password and `?`"
        )
    return text


def run(options: argparse.Namespace) -> int:
    """Publish; return 1 if a record is invalid or a release differs."""
    dataset, day = _of_today(dataset_at(options.root), options.dry_run)
    try:
        return _publish(dataset, day, options)
    except KeyboardInterrupt:
        state = "nothing was written" if options.dry_run else "what was done stays, and a second run does the rest"
        raise CommandError(f"interrupted; {Shown(state)}", 128 + signal.SIGINT) from None


def _publish(dataset: Dataset, day: str | None, options: argparse.Namespace) -> int:
    from conflict_incidents.release import ReleaseRefused
    from conflict_incidents.release.build import Options, build
    from conflict_incidents.release.publish import plan_publication
    from conflict_incidents.release.verify import verify

    outcome = validate_dataset(dataset, with_rows=True)
    if not outcome.is_valid:
        return print_refusal(errors(outcome.findings), outcome.files)
    _step("validated", number(outcome.files, "file"))
    try:
        with temporary_folder() if options.dry_run else nullcontext(dataset.root / RELEASES) as out:
            before = _before(dataset)
            previous = options.previous or before
            release = build(dataset, outcome.rows, out, previous=previous, options=Options(pictures=True, jobs=cores()))
            _step("built", f"{release.folder.name}{f'; {release.changes}' if release.changes else ''}")
            if not _is_reproducible(dataset, release.folder, previous):
                return FINDINGS
            zip = release.folder.with_name(f"{release.folder.name}.zip")
            _step("verified", f"{zip.name}: {verify(zip)}")
            publication = plan_publication(dataset, outcome.records, zip, options.url, day)
            for line in publication.changed_files or ["nothing: this release is already marked as published"]:
                _step("would write" if options.dry_run else "writes", line)
            if options.dry_run:
                return 0
            if publication.changed_files:
                publication.plan.carry_out(dataset.root)
                _check_reproduces(dataset, release.folder, previous)
    except ReleaseRefused as stopped:
        return print_refusal(stopped.findings, outcome.files)
    tag = release_text(f"v{publication.entry.version}")
    print(
        harmless(
            f"{user_text(zip)} is what to publish. Commit what was written, then: "
            f"git tag {tag} && git push origin {tag}"
        )
    )
    return 0


def _of_today(dataset: Dataset, dry: bool) -> tuple[Dataset, str | None]:
    """Return the dataset with today's date in its descriptor, and the date if it was changed."""
    from conflict_incidents.release.publish import with_release_date

    plan = with_release_date(dataset)
    if not plan.write:
        return dataset, None
    day = dataset.latest_day.isoformat()
    _step("would write" if dry else "writes", f"{dataset.root / DESCRIPTOR}: `created` becomes {day}")
    if dry:
        return dataset, day
    plan.carry_out(dataset.root)
    return dataset.reload(), day


def _before(dataset: Dataset) -> str | None:
    """Return the version of the previous release in the index, which the release is always compared with."""
    from conflict_incidents.release.index import read_index
    from conflict_incidents.release.publish import to_publish

    entry = read_index(dataset.root).before(to_publish(about(dataset.descriptor).version))
    return str(entry.version) if entry else None


def _is_reproducible(dataset: Dataset, folder: Path, previous: str | None) -> bool:
    """Whether the dataset builds the same release in another environment; print the differences otherwise."""
    from conflict_incidents.release.locate import find
    from conflict_incidents.release.reproduce import OTHER_SURROUNDINGS, reproduce

    before = find(previous, dataset.root).absolute() if previous else None
    arguments = ["--previous", str(before)] if before else []
    (again,) = reproduce(dataset.root, [OTHER_SURROUNDINGS], arguments, folder)
    differ = number(len(again.differences), "difference") if again.differences else "the same"
    _step("built again", f"{again.surroundings.name}: {differ}")
    for line in again.differences[:MAX_DIFFERENCES]:
        print(harmless(f"  {release_text(line)}"))
    return not again.differences


def _check_reproduces(dataset: Dataset, folder: Path, previous: str | None) -> None:
    """Raise an error if the dataset builds another release after publication has changed it."""
    from conflict_incidents.release.build import Options, build

    after = dataset.reload()
    rows = validate_dataset(after, with_rows=True).rows
    again = build(after, rows, folder.parent, previous=previous, options=Options(pictures=True, jobs=cores()))
    if again.folder != folder:
        raise CommandError(
            f"{release_text(again.folder.name)} came of the dataset once {release_text(folder.name)} had been written "
            "down; take back what was written, and see how they differ: `incidents diff`",
            FINDINGS,
        )


def _step(what: str, result: str) -> None:
    print(harmless(Shown(f"{what + ':':<13}{result}")), flush=sys.stdout.isatty())
