"""`incidents validate --fix` and `--diff`: fix files and list them, or show the fixes as a diff."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Callable, Collection
from pathlib import Path
from typing import TYPE_CHECKING

from conflict_incidents.cli import CommandError
from conflict_incidents.cli._terminal import is_capable
from conflict_incidents.core.files import delete_leftovers
from conflict_incidents.core.findings import Shown, number, printable, user_text
from conflict_incidents.core.redaction import redact_path
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.pipeline import Outcome, expand_paths
from conflict_incidents.records.model import WAIVERS

if TYPE_CHECKING:
    from conflict_incidents.authoring.fix import PlannedFix


def add_repair(parser: argparse.ArgumentParser) -> None:
    """Add `--fix` and `--diff`."""
    group = parser.add_mutually_exclusive_group()
    group.add_argument(
        "--fix",
        action="store_true",
        help="first fix what has one right answer: layout, order of keys, quotes, characters, unneeded waivers",
    )
    group.add_argument(
        "--diff", action="store_true", help="only show what --fix would change; exit with 1 if there is anything"
    )


def fix_and_check(paths: list[Path], dataset: Dataset, check: Callable[[], Outcome]) -> Outcome:
    """Fix the files at `paths`, or all, then check them; the fixes are printed on standard error.

    Args:
        paths: files and folders; none for the whole dataset.
        dataset: the dataset that they are judged with.
        check: validates them, reading everything again.

    Raises:
        CommandError: a file couldn't be written, or the work was interrupted.
        DatasetError: the dataset's configuration can't be read.
    """
    delete_leftovers(dataset.root)
    fixes: list[PlannedFix] = []
    try:
        _fix(expand_paths(paths, dataset)[0] if paths else dataset.index.files(), dataset, fixes)
        outcome = check()
        if unneeded := _unneeded(outcome):
            _fix([_waivers(dataset)], dataset, fixes, unneeded)
            outcome = check()
    except KeyboardInterrupt:
        message = f"interrupted; {_progress_text(fixes)}, and no other was changed; run it again"
        raise CommandError(message, 128 + signal.SIGINT) from None
    return outcome


def _progress_text(fixes: Collection[PlannedFix]) -> Shown:
    """Return how many files were fixed, by comparing their content."""
    count = sum(fix.is_written() for fix in fixes)
    return f"{number(count, 'file')} {'was' if count == 1 else 'were'} fixed"


def differences(paths: list[Path], dataset: Dataset, check: Callable[[], Outcome]) -> int:
    """Print the fixes as a diff; return 1 if there are any, or if a file can't be formatted.

    Args:
        paths: files and folders; none for the whole dataset.
        dataset: the dataset that they are judged with.
        check: validates them, which finds the waivers that are no longer needed.

    Raises:
        DatasetError: the dataset's configuration can't be read.
    """
    from conflict_incidents.authoring.fix import plan_fixes
    from conflict_incidents.pipeline.public import difference
    from conflict_incidents.validation.reports.text import line

    files, missing = expand_paths(paths, dataset) if paths else (dataset.index.files(), [])
    unneeded = _unneeded(check()) if os.path.lexists(_waivers(dataset)) else frozenset()
    if unneeded and not any(file.samefile(_waivers(dataset)) for file in files if file.name == WAIVERS):
        files.append(_waivers(dataset))
    count = 0
    unsure = [line(finding) for finding in missing]
    for fix in plan_fixes(files, unneeded):
        name = printable(redact_path(dataset.index.display_path(fix.file)))
        if fix.old is not None and fix.new is not None:
            count += 1
            print(difference(name, fix.old, fix.new, dataset))
        if not fix.canonical:
            unsure.append(f"{name}: can't be formatted as is; `incidents validate` says why")
    for message in unsure:
        _print_status(message)
    _print_status(
        f"{count} of {number(len(files), 'file')} would change{Shown('; fix them with --fix' if count else '')}"
    )
    return 1 if count or unsure or not files else 0


def _fix(
    files: list[Path], dataset: Dataset, fixes: list[PlannedFix], unneeded: Collection[tuple[str, str]] = ()
) -> None:
    """Fix files; `fixes` gets each fix before it is written."""
    from conflict_incidents.authoring.fix import plan_fixes

    refused: list[Shown] = []
    for fix in plan_fixes(files, unneeded):
        if fix.new is None or fix.repair is None:
            continue
        name = printable(redact_path(dataset.index.display_path(fix.file)))
        fixes.append(fix)
        try:
            fix.write(dataset.root)
        except OSError as error:
            refused.append(f"{name}: {user_text(error.strerror)}")
        else:
            _print_status(f"fixed {name}: {', '.join(map(Shown, fix.repair.fixes))}")
    if refused:
        reasons = "\n".join(refused)
        raise CommandError(f"{_progress_text(fixes)}; could not be fixed:\n{reasons}")


def _unneeded(outcome: Outcome) -> frozenset[tuple[str, str]]:
    return frozenset((waiver.rule, waiver.record) for waiver in outcome.unneeded)


def _waivers(dataset: Dataset) -> Path:
    return dataset.root / "data" / WAIVERS


def _print_status(text: Shown) -> None:
    """Print a line that replaces the progress."""
    print(f"\r\033[K{text}" if is_capable(sys.stderr) else text, file=sys.stderr)
