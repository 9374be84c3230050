"""Compare a release with the previous one, and check that its version is allowed.

The previous release is given by `--previous`, or else by the index of published releases: the latest one before the
version being built, or that version itself if its rows differ. Without any published release there is no comparison,
and any version is allowed, so that developers can build repeatedly under one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from conflict_incidents.core import versions
from conflict_incidents.core.findings import Finding, Mark, Shown, number, release_text
from conflict_incidents.core.resources import DESCRIPTOR
from conflict_incidents.core.versions import Bump, Version
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.dataset.index import incident_folder
from conflict_incidents.dataset.snapshot import Snapshot, SnapshotRecord
from conflict_incidents.pipeline import missing_records
from conflict_incidents.records.model import FOLDERS, ChangeNote
from conflict_incidents.release.assertions import check_assertions
from conflict_incidents.release.compare import changes
from conflict_incidents.release.compare.contract import contract_changes
from conflict_incidents.release.compare.diff import ChangeKind, Diff, compare
from conflict_incidents.release.compare.notes import ChangeReasons, Notes, numbers_without_note, unexplained_changes
from conflict_incidents.release.continuity import drops
from conflict_incidents.release.errors import ReleaseError
from conflict_incidents.release.index import INDEX_FILE, Index, PublishedRelease, read_index
from conflict_incidents.release.locate import find, local_release
from conflict_incidents.release.reader import OpenRelease, open_release
from conflict_incidents.tables.contract import Row
from conflict_incidents.validation.rules.revisions import version_bumped
from conflict_incidents.validation.rules.revisions_notes import correction_noted
from conflict_incidents.validation.rules.revisions_withdrawals import drop_explained

MAX_LISTED = 3
"""The maximum number of tables or columns in a message."""


@dataclass(frozen=True, slots=True)
class PreviousComparison:
    """The result of comparing a release with the previous one.

    `previous` has the `version` and `contentHash` of the previous release, None if there is none or it isn't available
    locally. `rows` are those of the table of changes, `findings` are errors that prevent the release, and `changes` is
    a summary, with a second line if something changed without a reason.
    """

    previous: Mapping[str, str] | None = None
    rows: list[Row] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    changes: str = ""


def compare_with_previous(dataset: Dataset, release: OpenRelease, previous: str | None) -> PreviousComparison:
    """Compare a release with the previous one, and check its version.

    Args:
        dataset: the dataset of the release.
        release: the release's tables and descriptor.
        previous: the previous release, by folder, zip or version; None for the one in the index.

    Raises:
        ReleaseError: the index can't be read, or the previous release is missing, incomplete, or not the published one.
    """
    index = read_index(dataset.root)
    version = versions.release_version(release.about.version)
    same = index.get(version) if version else None
    clashing = same if same and same.content != release.content_hash else None
    before = clashing or (index.before(version) if version else index.latest)
    base = None
    with ExitStack() as stack:
        path = find(previous, dataset.root) if previous else local_release(before, dataset.root) if before else None
        if path is None:
            comparison = _findings_by_version(dataset, release, before, clashing)
        else:
            base = stack.enter_context(open_release(path))
            _refuse_other(base, index)
            comparison = _comparison(dataset, base, release, clashing, Notes(_notes(dataset, release, same, clashing)))
        comparison.findings.extend(check_assertions(dataset, release, base))
    comparison.findings.extend(_has_other_contract(dataset, release, same) if same and not clashing else [])
    return comparison


def _findings_by_version(
    dataset: Dataset, release: OpenRelease, before: PublishedRelease | None, clashing: PublishedRelease | None
) -> PreviousComparison:
    """Check without the files of the previous release that its version isn't reused for other rows."""
    if before is None:
        return PreviousComparison()
    findings = []
    if clashing or versions.release_version(release.about.version) is None:
        least = versions.least(before.version, Bump.PATCH)
        findings = _version(dataset, release, str(before.version), least, "the rows have changed")
    return PreviousComparison(
        findings=findings,
        changes=f"what changed since version {before.version} wasn't computed: that release isn't among those of the "
        f"dataset; `--previous {before.version}` fetches it, where the index has its address",
    )


def _comparison(
    dataset: Dataset, base: OpenRelease, release: OpenRelease, clashing: PublishedRelease | None, notes: Notes
) -> PreviousComparison:
    before = versions.release_version(base.about.version)
    if before is None:
        raise ReleaseError(
            f"{base.name}: its version {release_text(base.about.version)} isn't of the form MAJOR.MINOR.PATCH"
        )
    diff = compare(base, release)
    bump = max(diff.bump, Bump.PATCH) if clashing and before == clashing.version else diff.bump
    least = versions.least(before, bump)
    version = versions.release_version(release.about.version)
    findings = missing_records(Snapshot(f"version {base.about.version}", _lost_records(diff, dataset)), dataset)
    findings += _findings_without_note(diff, dataset, notes)
    if version is None or version < least:
        findings += _version(dataset, release, str(before), least, why(diff))
    compared = {"version": str(before), "contentHash": base.content_hash}
    rows = list(changes.rows(diff, notes))
    lines = [f"since version {before}: {why(diff)}", *filter(None, [unexplained_changes(diff, rows)])]
    return PreviousComparison(compared, rows, findings, "\n".join(lines))


def _notes(
    dataset: Dataset, release: OpenRelease, same: PublishedRelease | None, clashing: PublishedRelease | None
) -> list[ChangeNote]:
    """Return the notes on the changes since the previous release: those stored with the version if it is published, or
    else the unreleased ones.
    """
    if clashing:
        return dataset.notes()
    own = dataset.notes(release.about.version)
    return own if same else own or dataset.notes()


def _findings_without_note(diff: Diff, dataset: Dataset, notes: Notes) -> list[Finding]:
    """Return the findings on changes without a note: numbers (REV006) and sums (REV007)."""
    before = diff.old.about.version
    findings: list[Finding] = []
    numbers = numbers_without_note(diff, ChangeReasons(diff, notes))
    for id in sorted(numbers):
        path, at = _at(dataset, id, "claims")
        findings += correction_noted.run(path, at=at, id=id, changed=numbers[id], before=before)
    for drop in drops(diff, notes, numbers):
        path, at = _at(dataset, drop.records[0][0], "claims")
        findings += drop_explained.run(
            path, at=at, what=drop.what, before=drop.before, after=drop.after, version=before, records=drop.records
        )
    return findings


def _at(dataset: Dataset, id: str, key: str) -> tuple[str, Mark]:
    """Return the file of an incident or an aggregate, and the position of a key, or else of the record."""
    kinds = [kind for kind in ("incident", "aggregate") if dataset.index.files_named(kind, id)]
    file = _home(dataset, kinds[0] if kinds else "incident", id)
    record = dataset.index.parse_file(file).record if dataset.index.exists(file) else None
    return dataset.index.display_path(file), record.at(key) if record else Mark()


def _has_other_contract(dataset: Dataset, release: OpenRelease, same: PublishedRelease) -> list[Finding]:
    """Check that the contract equals that of the published release of the same version and rows."""
    folder = local_release(same, dataset.root)
    if folder is None:
        return []
    with open_release(folder) as published:
        changes = contract_changes(published.descriptor, release.descriptor)
    if not changes:
        return []
    least = versions.least(same.version, max(change.bump for change in changes))
    return _version(dataset, release, str(same.version), least, "the contract of the tables has changed")


def _refuse_other(base: OpenRelease, index: Index) -> None:
    """Raise an error for a release that has a published version but differs from that release."""
    version = versions.release_version(base.about.version)
    published = index.get(version) if version else None
    if published and published.sums != base.sums_hash:
        raise ReleaseError(
            f"{base.name} isn't the release that was published as version {published.version}: its checksums are "
            f"others than {INDEX_FILE} has; fetch the published one"
        )


def why(diff: Diff) -> str:
    """Describe the changes, in words that follow "since then": those with the largest bump, with a few examples."""
    if diff.bump is Bump.NONE:
        return "nothing has changed"
    largest = [change for change in diff.contract if change.bump is diff.bump]
    if largest:
        where = sorted({".".join(filter(None, (one.table, one.column))) or "the dataset" for one in largest})
        more = f" and {len(where) - MAX_LISTED} more" if len(where) > MAX_LISTED else ""
        return f"the contract of the tables has changed ({', '.join(where[:MAX_LISTED])}{more})"
    kind = ChangeKind.ADDED if diff.bump is Bump.MINOR else None
    kinds = [one for one in ChangeKind if kind in {None, one}]
    counts = {name: sum(map(table.count, kinds)) for name, table in diff.tables.items()}
    rows = [f"{count} in {name}" for name, count in counts.items() if count and (not kind or diff.tables[name].gained)]
    more = f" and in {number(len(rows) - MAX_LISTED, 'more table')}" if len(rows) > MAX_LISTED else ""
    return f"rows {'were added' if kind else 'have changed'} ({', '.join(rows[:MAX_LISTED])}{more})"


def _version(dataset: Dataset, release: OpenRelease, before: str, least: Version, because: str) -> list[Finding]:
    """Return the finding on a version that is too small (REV004), at its position in the descriptor."""
    file = dataset.root / DESCRIPTOR
    return version_bumped.run(
        dataset.index.display_path(file),
        at=_place(dataset.index.read_whole(file).decode("utf-8"), release.about.version),
        version=release.about.version,
        previous=before,
        least=least,
        why=Shown(because),
    )


def _place(text: str, version: str) -> Mark:
    """Return the position of the version in a descriptor, which may be too large for the parser of records."""
    for row, line in enumerate(text.splitlines(), 1):
        match = re.search(rf'"version"\s*:\s*(?="{re.escape(version)}")', line)
        if match:
            return Mark(row, match.end() + 1)
    return Mark()


def _lost_records(diff: Diff, dataset: Dataset) -> Iterator[SnapshotRecord]:
    """Yield the records of the previous release that are missing, or are no longer withdrawn."""
    for kind, folder in FOLDERS.items():
        table = diff.tables.get(folder)
        for status, change in (("published", ChangeKind.VANISHED), ("withdrawn", ChangeKind.REINSTATED)):
            for row in table.rows(change) if table else ():
                path = dataset.index.display_path(_home(dataset, kind, row.id))
                yield SnapshotRecord(kind, row.id, status, {}, path, Mark())


def _home(dataset: Dataset, kind: str, id: str) -> Path:
    """Return the path of a record's file, existing or not."""
    below = incident_folder(id) if kind == "incident" else Path(FOLDERS[kind])
    return dataset.root / "data" / below / f"{id}.yaml"
