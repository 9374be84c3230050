"""`incidents validate`: the findings of a dataset, or of some files with the dataset around them.

Prevents: a file that was named but not checked. What can't be read is a finding, and so is having nothing to check.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from conflict_incidents.core.findings import Finding, Mark, errors, reason
from conflict_incidents.dataset.admin_units import PATH as ADMIN_UNITS
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.dataset.index import files_below, is_judged_path
from conflict_incidents.dataset.index_rows import Others
from conflict_incidents.dataset.snapshot import Snapshot, SnapshotRecord
from conflict_incidents.dataset.suggestions import render
from conflict_incidents.pipeline.cache import cached_tree
from conflict_incidents.pipeline.combine import combine
from conflict_incidents.pipeline.descriptor import findings_on_descriptor
from conflict_incidents.pipeline.driver import MAX_SERIAL_FILES, cores, rare_collection
from conflict_incidents.pipeline.partial import Partial
from conflict_incidents.pipeline.process import findings_of, row_of
from conflict_incidents.pipeline.public import is_public
from conflict_incidents.pipeline.scan import Scan, scan_folder
from conflict_incidents.pipeline.tree import Tree
from conflict_incidents.records.model import FOLDERS, Record
from conflict_incidents.records.parsing import Parsed
from conflict_incidents.records.statements import Waiver
from conflict_incidents.records.yaml.parser import unreadable
from conflict_incidents.tables.contract import Cells
from conflict_incidents.tables.filling import RowSource
from conflict_incidents.validation.rules.revisions import published_records_kept
from conflict_incidents.validation.rules.waivers import valid_waivers, waiver_needed

if TYPE_CHECKING:
    from conflict_incidents.pipeline.cluster import Cluster


def _raise_not_requested(table: str) -> Iterable[Cells]:
    raise ValueError(f"the rows of {table} weren't asked for when the records were validated")


@dataclass
class Outcome:
    """The result of a validation: sorted findings, the number of files checked, and the waivers no longer needed."""

    findings: list[Finding] = field(default_factory=list)
    files: int = 0
    unneeded: list[Waiver] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    """The paths of the files with errors, below the root."""
    dataset: Dataset | None = None
    state: str = ""
    """A hash of all files of the dataset, if rows were requested; empty if unknown."""
    scan: Scan | None = None
    """The scan of the folder before the validation, if rows were requested."""
    rows: RowSource = _raise_not_requested
    """The rows of the records in the tables of a release, if requested."""

    @property
    def is_valid(self) -> bool:
        """Whether there are no errors."""
        return not errors(self.findings)

    @cached_property
    def records(self) -> list[Record]:
        """The records of the dataset without errors, parsed again."""
        index = self.dataset.index if self.dataset else None
        files = (file for file in index.files() if index.below_root(file) not in self.refused) if index else ()
        return [record for file in files if index and (record := index.parse_file(file).record)]


def validate_dataset(
    dataset: Dataset,
    jobs: int | Cluster | None = None,
    cache: Path | None = None,
    with_rows: bool = False,
) -> Outcome:
    """Validate every record of a dataset, and check that no record of an earlier state is missing.

    Args:
        dataset: the dataset.
        jobs: the number of processes, or the cluster to use; None for one per core.
        cache: the cache folder; None for no cache.
        with_rows: whether to make the rows of the tables of a release as well.

    Raises:
        DatasetError: the dataset's configuration can't be read.
        OSError: a folder can't be listed.
    """
    seen = dataset.from_root(since=dataset.since)
    files = scan_folder(seen.root)
    if not (jobs is None or isinstance(jobs, int)):
        files = files.with_unknown(jobs.far)
    folder = cache if files.size > MAX_SERIAL_FILES and not dataset.since else None
    with rare_collection(), cached_tree(seen, jobs or cores(), folder, with_rows) as tree:
        tree.refresh(files)
        outcome = outcome_of(tree, dataset)
        outcome.findings = sorted([*outcome.findings, *missing_records_by_id(tree, dataset)])
        if with_rows:
            outcome.state, outcome.scan, outcome.rows = tree.state(), files, tree.store or _raise_not_requested
    return outcome


def missing_records_by_id(tree: Tree, dataset: Dataset, ids: Collection[str] | None = None) -> list[Finding]:
    """Return the findings on missing records of earlier states, for some ids or all, with suggestions."""
    earlier = tree.dataset.earlier
    return [
        render(finding, dataset, is_public)
        for number, state in enumerate(earlier, 1)
        for finding in missing_records(state, dataset, tree, earlier[number:], ids)
    ]


def validate_paths(paths: Iterable[Path], dataset: Dataset, jobs: int | None = None) -> Outcome:
    """Validate files and folders, inside the dataset or not, with the registries of `dataset`.

    Raises:
        DatasetError: the dataset's configuration can't be read.
    """
    files, missing = expand_paths(paths, dataset)
    if not files:
        return Outcome(sorted(missing))
    by_path = _by_path(files, dataset, dataset.from_root())
    others = [Path(path) for path in by_path if not path.startswith("data/")]
    tree = Partial(dataset.from_root(others, dataset.since), jobs or cores())
    listed = [ADMIN_UNITS] if dataset.index.exists(dataset.root / ADMIN_UNITS) else []
    tree.apply({*by_path, *listed})
    outcome = outcome_of(tree, dataset)
    outcome.findings = sorted([*outcome.findings, *missing])
    return outcome


def _by_path(files: Iterable[Path], dataset: Dataset, seen: Dataset) -> dict[str, Path]:
    """Map files by their paths below the root; files outside it by absolute paths."""
    return {seen.index.below_root(dataset.index.normal(file).absolute()): file for file in files}


def validate_parsed(parsed: Parsed, dataset: Dataset) -> list[Finding]:
    """Return all findings of one parsed file, sorted: of the parser, the schema and every rule."""
    seen = dataset.from_root(since=dataset.since)
    (path,) = _by_path([dataset.index.file(parsed.path)], dataset, seen)
    findings = findings_of(parsed, dataset)
    if parsed.record is not None:
        findings += combine(row_of(parsed.record, dataset)._replace(path=path), Partial(seen), seen)
    return sorted({render(replace(one, path=path), dataset, is_public) for one in findings})


def missing_records(
    earlier: Snapshot,
    dataset: Dataset,
    others: Others | None = None,
    later: Collection[Snapshot] = (),
    ids: Collection[str] | None = None,
) -> list[Finding]:
    """Return the findings (REV003) on records of an earlier state that are missing, or were published again.

    Records that a `later` state has too are left to that state. `ids` limits the check; None for all.
    """
    others = others or Partial(dataset.from_root())
    by_path: dict[str, list[SnapshotRecord]] = {}
    for one in earlier:
        if (ids is None or one.id in ids) and not any(state.had(one.kind, one.id) for state in later):
            by_path.setdefault(one.path, []).append(one)
    return [
        finding
        for path in sorted(by_path)
        for finding in published_records_kept.run(
            path, records=sorted(by_path[path], key=lambda one: one.at), earlier=earlier, others=others
        )
    ]


def expand_paths(paths: Iterable[Path], dataset: Dataset) -> tuple[list[Path], list[Finding]]:
    """Expand paths to files, each once and sorted, with findings on the paths that match none."""
    files: dict[Path, Path] = {}
    missing: list[Finding] = []
    for path in paths:
        try:
            found = _expand(path, dataset)
        except OSError as error:
            found = []
            missing += unreadable.run(dataset.index.display_path(path), Mark(), reason(error))
        else:
            if not found:
                missing += unreadable.run(
                    dataset.index.display_path(path), Mark(), "the folder holds no record, 0 files checked"
                )
        files.update({dataset.index.normal(file): file for file in found})
    return sorted(files.values()), missing


def _expand(path: Path, dataset: Dataset) -> list[Path]:
    """Expand a path: itself, or every file in a folder that should be a record.

    Raises:
        OSError: there is no such path, or a folder can't be listed.
    """
    if not path.is_dir() or path.is_symlink():
        path.lstat()
        return [path]
    if path.samefile(dataset.root):
        return dataset.index.files()
    return [file for file in files_below(path) if _is_judged(file, dataset)]


def _is_judged(file: Path, dataset: Dataset) -> bool:
    """Whether a file should be a record or a table: in the dataset all but READMEs, elsewhere every YAML file."""
    if dataset.index.holds(file):
        return is_judged_path(dataset.index.below_root(file))
    return file.suffix.lower() in {".yaml", ".yml"}


def outcome_of(tree: Tree, dataset: Dataset, paths: Collection[str] | None = None) -> Outcome:
    """Collect the findings of the files of a tree, without those that waivers accept, and the findings on waivers.

    Args:
        tree: the results of the files.
        dataset: the dataset whose base findings are relative to.
        paths: some of the files, including all of each record that a waiver names; None for all.
    """
    outcome = Outcome(
        [*dataset.ledger.findings, *findings_on_descriptor(dataset)],
        tree.records if paths is None else len(paths),
        dataset=dataset,
    )
    if not outcome.files and paths is None:
        outcome.findings += unreadable.run(
            dataset.index.display_path(dataset.root / "data"), Mark(), "no record, 0 files checked"
        )
    waivers = dataset.waivers
    accepted = valid_waivers(waivers)
    used: set[tuple[str, str]] = set()
    for path, id, findings in tree.findings(paths):
        used |= {(id, finding.rule) for finding in findings}
        rendered = [render(finding, dataset, is_public) for finding in findings if (id, finding.rule) not in accepted]
        outcome.findings += rendered
        outcome.refused |= {path} if errors(rendered) else set()
    for (id, rule), waiver in accepted.items():
        if waivers and (id, rule) not in used and _all_validated(id, tree):
            needless = waiver_needed.run(waivers.path, subject=waiver, dataset=dataset)
            outcome.findings += needless
            outcome.unneeded += [waiver] * bool(needless)
    outcome.findings.sort()
    return outcome


def _all_validated(id: str, tree: Tree) -> bool:
    """Whether every record of an id was validated: a place and an organisation may have the same id."""
    seen = tree.kinds_of(id) & FOLDERS.keys()
    return bool(seen) and all(kind in seen or not tree.rows_named(kind, id) for kind in FOLDERS)
