"""`incidents validate --watch`: validate whenever a file changes, and print what that changed.

The files are listed every fifth of a second, as validation does to find what changed. No library for events of the file
system is needed, and folders on a network or in a container are watched as well.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from conflict_incidents.cli._output import print_findings
from conflict_incidents.cli._progress import progress
from conflict_incidents.core.findings import Finding, harmless, summary, user_text
from conflict_incidents.core.redaction import redact_path
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.dataset.errors import DatasetError
from conflict_incidents.pipeline import Outcome
from conflict_incidents.pipeline.scan import scan_folder, signature

PAUSE = 0.2
"""The seconds between two listings of the files."""
SHARE = 4
"""The pause is at least this many times as long as a listing takes."""
MAX_FILES_LISTED = 3
"""The maximum number of changed files to name."""
_WIDTH = 80

WatchState = dict[str, bytes]
"""The files by path below the root, each with a signature that every write changes."""


def watch(
    paths: Sequence[Path],
    dataset: Dataset,
    check: Callable[[], Outcome],
    select: Callable[[list[Finding]], list[Finding]],
    format: str | None,
) -> NoReturn:
    """Validate, and again whenever files change; ends only by an exception, such as that of Ctrl-C.

    First all findings are printed, then those in the files that changed and those that are new elsewhere.

    Args:
        paths: what is validated; files outside of the dataset are watched as well.
        dataset: the dataset around it.
        check: validates, reading everything again.
        select: selects the findings to print.
        format: the view of the findings, as for `print_findings`.

    Raises:
        KeyboardInterrupt: the watch was ended.
    """
    state = _state(paths, dataset)
    before: set[Finding] = set()
    if outcome := _try_check(check):
        before = set(outcome.findings)
        print_findings(_of_records(select(outcome.findings)), outcome.files, format)
    _say("watching the files; Ctrl-C ends it")
    while True:
        changes, state = _changes(paths, dataset, state)
        _say(_rule(changes))
        if (outcome := _try_check(check)) is None:
            continue
        findings = _of_records(select(outcome.findings))
        new = [one for one in findings if one not in before or _path(one, dataset) in changes]
        print_findings(new, len(changes & state.keys()), format)
        _say(f"in all: {summary(findings, outcome.files)}")
        before = set(outcome.findings)


def _changes(paths: Sequence[Path], dataset: Dataset, state: WatchState) -> tuple[set[str], WatchState]:
    """Wait until files have changed and no more do; return the paths of the changed files, and the new state."""
    while True:
        start = time.monotonic()
        now = _state(paths, dataset)
        time.sleep(max(PAUSE, SHARE * (time.monotonic() - start)))
        if now != state and now == _state(paths, dataset):
            return {path for path, _ in now.items() ^ state.items()}, now


def _state(paths: Sequence[Path], dataset: Dataset) -> WatchState:
    """List the files; those of an editor, which are hidden or end with `~`, are left out."""
    outside = [path for path in paths if not dataset.index.holds(path)]
    files = [file for path in outside for file in (path.rglob("*") if path.is_dir() else [path])]
    signatures = {dataset.index.below_root(file): _signature(file) for file in files}
    while True:
        try:
            signatures |= scan_folder(dataset.root).files
            break
        except FileNotFoundError:  # deleted meanwhile
            time.sleep(PAUSE)
    return {path: sign for path, sign in signatures.items() if not _is_of_an_editor(path.rpartition("/")[2])}


def _signature(file: Path) -> bytes:
    try:
        return signature(file.lstat())
    except OSError:
        return b""


def _is_of_an_editor(name: str) -> bool:
    return name.startswith(".") or name.endswith("~")


def _of_records(findings: Sequence[Finding]) -> list[Finding]:
    return [one for one in findings if not _is_of_an_editor(one.path.rpartition("/")[2])]


def _try_check(check: Callable[[], Outcome]) -> Outcome | None:
    """Validate, or print why that isn't possible now."""
    try:
        with progress():
            return check()
    except (DatasetError, FileNotFoundError) as error:
        _say(f"incidents: {error}")
        return None


def _path(finding: Finding, dataset: Dataset) -> str:
    return dataset.index.below_root(dataset.index.file(finding.path))


def _rule(changed: set[str]) -> str:
    """Return a line that names the first changed files."""
    names = [redact_path(path) for path in sorted(changed)[:MAX_FILES_LISTED]]
    more = f" and {len(changed) - MAX_FILES_LISTED} more" if len(changed) > MAX_FILES_LISTED else ""
    text = f"── {time.strftime('%H:%M:%S')} {', '.join(names)}{more} "
    return f"{text:─<{_WIDTH}}"


def _say(text: str) -> None:
    print(harmless(user_text(text)), file=sys.stderr, flush=True)
    sys.stdout.flush()
