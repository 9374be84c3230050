"""Find the findings that a branch introduces: those of the dataset now, without those at its base.

Both states share one tree: the results of the changed files are replaced by those at the base, then restored. Records
of the base must still exist, and positions must not become more precise.

Prevents: a place or a link removed under records that weren't checked, a record that vanishes between two releases, and
a change blocked by earlier errors.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from conflict_incidents.core.findings import Finding, show
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.dataset.errors import DatasetError
from conflict_incidents.dataset.git import Changes, changes_since
from conflict_incidents.dataset.index import is_judged_path, is_record_path
from conflict_incidents.dataset.snapshot import Snapshot
from conflict_incidents.pipeline.cache import CONFIGURATION, cached_tree
from conflict_incidents.pipeline.driver import MAX_SERIAL_FILES, cores
from conflict_incidents.pipeline.scan import scan_folder
from conflict_incidents.pipeline.tree import Tree
from conflict_incidents.pipeline.validate import Outcome, missing_records_by_id, outcome_of
from conflict_incidents.records.model import FOLDERS, kind_of
from conflict_incidents.validation.rules.waivers import valid_waivers

_LINE = re.compile(r"\b(lines?) [0-9]+")


def validate_changes(
    revision: str, dataset: Dataset, jobs: int | None = None, cache: Path | None = None
) -> tuple[Changes, Outcome]:
    """Return the changes since a branch left a revision, and the findings that they introduce.

    `files` of the outcome is the number of changed records that still exist. If a schema was changed, all findings are
    returned. The other arguments are those of `validate_dataset`.

    Raises:
        DatasetError: the dataset's configuration can't be read, or git fails.
        OSError: a folder can't be listed.
    """
    seen = dataset.from_root()
    files = scan_folder(seen.root)
    with cached_tree(seen, jobs or cores(), cache if files.size > MAX_SERIAL_FILES else None) as tree:

        def base_tree() -> Tree:
            tree.refresh(files)
            return tree

        changes = changes_since(seen.root, revision, base_tree)
        there = [change.path for change in changes.files if change.exists and is_record_path(change.path)]
        if not changes.files:
            outcome = Outcome()
        elif any(path.startswith("schemas/") for path in changes.paths):
            outcome = outcome_of(tree, dataset)
        else:
            outcome = Outcome(sorted(_findings_since_base(changes, tree, dataset)), len(there))
    return changes, outcome


def _findings_since_base(changes: Changes, tree: Tree, dataset: Dataset) -> Iterator[Finding]:
    """Yield the findings of the dataset that it doesn't have at its base."""
    old = {change.path: change.old for change in changes.files if is_judged_path(change.path)}
    then = tree.dataset.from_root(replaced={change.path: change.old for change in changes.files})
    before = {path for path, content in old.items() if content is not None}
    ids = {PurePosixPath(path).stem for path in old}
    configured = set(CONFIGURATION) & set(changes.paths)
    lost = None if configured else ids
    with tree.as_of(then):
        try:
            again = before | set(tree.record_paths()) - old.keys() if configured else before
            validated = tree.apply(again, old.keys() - before) | _waived_paths(tree, dataset)
            base = then.reload(base=dataset.base)
            known = outcome_of(tree, base, validated).findings + missing_records_by_id(tree, base, lost)
        except DatasetError:
            validated, known = set(tree.record_paths()), []
    names = {path for id in ids for kind in FOLDERS for path in tree.files(kind, id)}
    paths = sorted(filter(is_record_path, names | before))
    parsed_records = (then.index.parse_file(then.root / path).record for path in paths)
    records = (record for record in parsed_records if record and kind_of(record) in FOLDERS)
    state = Snapshot.of(records, f"revision {show(changes.revision)}")
    with tree.as_of(tree.dataset.from_root(since=[state])):
        validated |= tree.apply([change.path for change in changes.files if change.exists and change.path in old])
        validated |= _waived_paths(tree, dataset)
        found = outcome_of(tree, dataset, validated | old.keys()).findings + missing_records_by_id(tree, dataset, lost)
    return _new_findings(found, known)


def _waived_paths(tree: Tree, dataset: Dataset) -> set[str]:
    """Return the paths of records named by waivers, in either state."""
    waivers = valid_waivers(dataset.waivers) | valid_waivers(tree.dataset.waivers)
    return {path for id, _ in waivers for path in tree.of_id(id)}


def _new_findings(found: Iterable[Finding], known: Iterable[Finding]) -> Iterator[Finding]:
    """Yield the unknown findings, ignoring line numbers; known ones are matched at their old positions first."""
    known = list(known)
    remaining, places = Counter(map(_key, known)), set(known)
    for finding in sorted(found, key=lambda one: one not in places):
        key = _key(finding)
        if not remaining[key]:
            yield finding
        remaining[key] -= remaining[key] > 0


def _key(finding: Finding) -> tuple[str, ...]:
    """Return the identity of a finding: no line numbers, and no advice, which may name other files."""
    return finding.path, finding.rule, finding.severity.name, _LINE.sub(r"\1", finding.message.partition(";")[0])
