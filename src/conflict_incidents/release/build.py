"""Build a release: tables, then the other formats and the checks in parallel, then the swap.

The checks cover the written files: while the other formats are made, frictionless reads the CSV files, and all tables
are read back once. A failed check stops the release before it becomes current.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from conflict_incidents.core.files import read_if_present
from conflict_incidents.core.findings import reason, user_text
from conflict_incidents.core.memory import trim
from conflict_incidents.core.progress import step
from conflict_incidents.core.resources import DESCRIPTOR
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.pipeline.workers import Task, WorkerLost, run_tasks
from conflict_incidents.release import checks, contents, formats
from conflict_incidents.release.archive import pack
from conflict_incidents.release.checksums import SUMS, release_name, sha256
from conflict_incidents.release.errors import ReleaseDefect, ReleaseError, ReleaseRefused
from conflict_incidents.release.folder import begin_folder, only_build, point_current, publish
from conflict_incidents.release.formats.content import ReleaseContent
from conflict_incidents.release.previous import compare_with_previous
from conflict_incidents.release.reader import open_unfinished
from conflict_incidents.release.sources import with_sources
from conflict_incidents.release.tallies import check_records
from conflict_incidents.release.writer import ReleaseWriter, write_table, write_tables
from conflict_incidents.tables import contract
from conflict_incidents.tables.contract import CHANGES, RELEASES, ContractError
from conflict_incidents.tables.files import rows_table
from conflict_incidents.tables.filling import TALLY, RowSource, cells
from conflict_incidents.tables.parts import Tables

SLOWEST = ("xlsx", "sqlite")
"""The slowest formats, which are started first."""
LARGE = 1 << 24
"""The bytes of CSV files from which several processes start without the memory of this one."""


@dataclass(frozen=True, slots=True)
class Release:
    """A built release: its folder, the number of rows by table, and whether `current` was moved to it.

    The release as a zip is beside the folder, under its name with `.zip`. `changes` describes the changes since the
    previous release, followed by a line each on changes without a note and on formats that can't hold the tables.
    """

    folder: Path
    rows: dict[str, int]
    new: bool
    changes: str = ""


@dataclass(frozen=True, slots=True)
class Options:
    """The optional content of a release: formats by name, and whether to draw pictures, which need matplotlib.

    `jobs` is the number of processes.
    """

    formats: tuple[str, ...] = field(default_factory=lambda: tuple(formats.FORMATS))
    pictures: bool = False
    jobs: int = 1


def build(
    dataset: Dataset,
    rows: RowSource,
    out: Path | None = None,
    previous: str | None = None,
    options: Options = Options(),
) -> Release:
    """Build a release and point `current` to it; if anything fails, the earlier release is unchanged.

    Args:
        dataset: the dataset, for its metadata.
        rows: the rows of its validated records. Drafts have none, withdrawn incidents only a tombstone.
        out: the folder of releases; None for `release` in the dataset.
        previous: the previous release, by folder, zip or version; None for the one in the dataset's index.
        options: the optional content, and the number of processes.

    Raises:
        ReleaseError: the surroundings don't allow it.
        ReleaseRefused: its version is too small for the changes since the previous release, or a record is missing.
        ReleaseDefect: a check of the tables or files failed.
        DatasetError: the dataset's descriptor can't be read.
    """
    folder = out if out is not None else dataset.root / RELEASES
    try:
        with only_build(folder):
            return _build(dataset, rows, folder, previous, options)
    except OSError as error:
        raise ReleaseError(f"{user_text(error.filename or folder)}: {reason(error)}; no release was made") from error


def _build(dataset: Dataset, rows: RowSource, out: Path, previous: str | None, options: Options) -> Release:
    version = _version(dataset)
    writer = ReleaseWriter(begin_folder(out))
    changes = write(dataset, rows, writer, previous)
    trim()
    table_checks = [partial(check, writer.folder) for check in (checks.check_tables, checks.check_frictionless)]
    count, more = complete(writer, options, *table_checks)
    check_records(writer.folder, rows(TALLY))
    writer.sync_files()
    sums = writer.sums()
    checks.check_sums(writer.folder, sums)
    final = publish(writer.folder, name := release_name(version, sha256(sums)))
    try:
        checks.check_sums(final, sums)
    except (ReleaseDefect, OSError) as error:
        raise ReleaseError(
            f"{user_text(final)} was changed after it had been built; move it away and build again"
        ) from error
    with step("packing the zip"):
        pack(out, name, {file: final / file for file in (*writer.written, SUMS)})
    new = point_current(out, name)
    return Release(final, count, new, "\n".join(filter(None, [changes, *more])))


def write(dataset: Dataset, rows: RowSource, writer: ReleaseWriter, previous: str | None = None) -> str:
    """Write the tables and the descriptor of a release, if it may follow the previous one; return the changes since
    then.

    Args:
        dataset: the dataset.
        rows: the rows of its records.
        writer: where to write.
        previous: the previous release, as for `build`.

    Raises:
        ReleaseRefused: it may not follow the previous one.
        ReleaseDefect: the tables can't be filled.
        ReleaseError: the previous release can't be read.
    """
    try:
        write_tables(writer, rows)
    except ContractError as error:
        raise ReleaseDefect(str(error)) from error
    if licence := read_if_present(dataset.root / contents.LICENCE):
        writer.put(contents.LICENCE, [licence])
    own = dataset.descriptor
    descriptor = with_sources(ReleaseContent(Tables(writer.folder), own, contract.about(own)))
    contents.write_descriptor(writer, descriptor)
    with step("comparing with the release before"):
        comparison = compare_with_previous(dataset, open_unfinished(writer.folder, writer.sums()), previous)
    if comparison.findings:
        raise ReleaseRefused(sorted(comparison.findings))
    if comparison.previous is not None:
        table = contract.tables()[CHANGES]
        write_table(writer, table, [rows_table(table, [cells(table, row) for row in comparison.rows])])
        contents.write_descriptor(writer, descriptor, comparison.previous)
    return comparison.changes


def complete(writer: ReleaseWriter, options: Options, count: Task, *others: Task) -> tuple[dict[str, int], list[str]]:
    """Write the content of a release besides its tables; return the rows by table, and a line per file that can't be
    made.

    Args:
        writer: a folder with the tables and the descriptor.
        options: what to make.
        count: a task that returns the number of rows by table.
        others: further tasks, which return None.

    Raises:
        ReleaseError: a library for pictures is missing, or a process was killed.
    """
    folder = writer.folder
    names = sorted(options.formats, key=lambda name: SLOWEST.index(name) if name in SLOWEST else len(SLOWEST))
    pictures = [partial(contents.write_pictures, folder)] * options.pictures
    tasks: list[Task] = [count, *others, *pictures, *(partial(contents.write_format, name, folder) for name in names)]
    trimming = [partial(_run_and_trim, task) for task in tasks]
    is_large = sum(file.stat().st_size for file in folder.glob("*.csv")) > LARGE
    try:
        rows, *written = run_tasks(trimming, options.jobs, "checking the tables and making the other files", is_large)
    except WorkerLost as error:
        raise ReleaseError(
            "a process was ended before its work was done; is memory short? try `--jobs 1`; no release was made"
        ) from error
    refused: dict[str, str] = {}
    for files, lacking in filter(None, written):
        writer.add(files)
        refused |= lacking
    contents.write_readme(writer, rows, options.formats, refused, options.pictures)
    writer.finish()
    return rows, [f"{name} isn't made: {why}" for name, why in refused.items()]


def _run_and_trim(task: Task) -> Any:
    """Run a task, and return the memory that it used to the system."""
    result = task()
    trim()
    return result


def _version(dataset: Dataset) -> str:
    """Return the version of the release, after checking the descriptor against the contract.

    Raises:
        ReleaseError: it is incomplete, or describes other tables.
    """
    file = dataset.root / DESCRIPTOR
    try:
        version = contract.about(dataset.descriptor).version
    except ContractError as error:
        raise ReleaseError(f"{user_text(file)}: {error}") from error
    if drifted := contract.drift(dataset.descriptor):
        raise ReleaseError(f"{user_text(file)}: {drifted[0]}; take its `resources` from the installed package")
    return version
