"""Build a release: tables, files, checks, and the swap, in this order."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from conflict_incidents.core.resources import DESCRIPTOR
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.release import checks, contents
from conflict_incidents.release.archive import pack
from conflict_incidents.release.checksums import SUMS, release_name, sha256
from conflict_incidents.release.crediting import credited
from conflict_incidents.release.errors import ReleaseDefect, ReleaseError, ReleaseRefused
from conflict_incidents.release.folder import only_build, point_current, publish, write_folder
from conflict_incidents.release.pictures import SummaryError, draw_pictures
from conflict_incidents.release.previous import follow
from conflict_incidents.release.reader import in_memory
from conflict_incidents.tables import contract, dtypes
from conflict_incidents.tables.builder import frames_of
from conflict_incidents.tables.contract import CHANGES, RELEASES, ContractError
from conflict_incidents.tables.filling import TALLY, Source, cells


@dataclass(frozen=True, slots=True)
class Release:
    """A release that was built: its folder, the rows of its tables by name, and whether `current` moved to it.

    The same release as a zip is beside the folder, under its name with `.zip`. `told` says what changed since the
    release before, and in a second line what of it no note is about, and which format can't hold the tables.
    """

    folder: Path
    rows: dict[str, int]
    new: bool
    told: str = ""


def build(
    dataset: Dataset,
    rows: Source,
    out: Path | None = None,
    report: Callable[[str], object] | None = None,
    previous: str | None = None,
    pictures: bool = False,
) -> Release:
    """Build a release and point `current` to it; if anything fails, the earlier release is unchanged.

    Args:
        dataset: the dataset, for its metadata and administrative units.
        rows: the rows of its records, validated before. Drafts have none, and of withdrawn incidents there is only a
            tombstone.
        out: the folder of releases; None for `release` in the dataset.
        report: called with each step, in a few words.
        previous: the release before, by folder, zip or version; None for the one that the dataset's index names.
        pictures: whether pictures belong to the release; drawing them takes seconds, and needs matplotlib.

    Raises:
        ReleaseError: the surroundings don't allow it.
        ReleaseRefused: its version is too small for what changed since the release before, or a record is gone.
        ReleaseDefect: a check found the tables or the files wrong.
        DatasetError: the dataset's descriptor or its list of administrative units can't be read.
    """
    folder = out if out is not None else dataset.root / RELEASES
    try:
        with only_build(folder):
            return _build(dataset, rows, folder, report or (lambda _: None), previous, pictures)
    except OSError as error:
        where = error.filename or folder
        raise ReleaseError(f"{where}: {(error.strerror or str(error)).lower()}; no release was made") from error


def _build(
    dataset: Dataset,
    rows: Source,
    out: Path,
    report: Callable[[str], object],
    previous: str | None,
    pictures: bool,
) -> Release:
    version = _version(dataset)
    files, told = prepare(dataset, rows, report, previous, pictures)
    name = release_name(version, sha256(files[SUMS]))
    report("writing the files")
    temporary = write_folder(out, name, files)
    report("reading the release back")
    sums = files[SUMS]
    read = checks.check(temporary, rows(TALLY), sums)
    final = publish(temporary, name)
    try:
        checks.check_sums(final, sums)
    except (ReleaseDefect, OSError) as error:
        raise ReleaseError(f"{final} was changed after it had been built; move it away and build again") from error
    report("packing it as a zip")
    pack(out, name, files)
    new = point_current(out, name)
    report(f"released {name}" if new else f"{name} was the current release already")
    return Release(final, {table: len(frame) for table, frame in read.items()}, new, told)


def prepare(
    dataset: Dataset,
    rows: Source,
    report: Callable[[str], object] = lambda _: None,
    previous: str | None = None,
    pictures: bool = False,
) -> tuple[dict[str, bytes], str]:
    """Every file of a release, once it may follow the one before, and in a line what changed since then.

    Args:
        dataset: the dataset.
        rows: the rows of its records.
        report: called with each step.
        previous: the release before, as for `build`.
        pictures: whether to draw pictures, as for `build`.

    Raises:
        ReleaseRefused: it can't follow the one before as it is.
        ReleaseDefect: the tables can't be filled.
        ReleaseError: the release before can't be read.
    """
    report("filling the tables")
    try:
        made = frames_of(rows)
    except ContractError as error:
        raise ReleaseDefect(str(error)) from error
    licence = contents.read_licence(dataset.root)
    tables = contents.table_files(made)
    descriptor = credited(dataset.descriptor, made)
    files = contents.plain(descriptor, tables, licence)
    report("comparing with the release before")
    found = follow(dataset, in_memory(files, "the release in the making"), previous)
    if found.findings:
        raise ReleaseRefused(sorted(found.findings))
    if found.compared is not None:
        table = contract.tables()[CHANGES]
        made[CHANGES] = dtypes.frame(table, [cells(table, row) for row in found.rows])
        tables |= contents.table_files({CHANGES: made[CHANGES]})
        files = contents.plain(descriptor, tables, licence, found.compared)
    report("making the other formats")
    whole, refused = contents.contents(files, made, _pictures(files, made, report) if pictures else {})
    lines = [found.told, *(f"{name} isn't made: {why}" for name, why in refused.items())]
    return whole, "\n".join(line for line in lines if line)


def _pictures(
    files: Mapping[str, bytes], made: Mapping[str, pd.DataFrame], report: Callable[[str], object]
) -> Mapping[str, bytes]:
    """The pictures of a release, by name.

    Raises:
        ReleaseError: they can't be drawn here.
    """
    report("drawing the pictures")
    try:
        return draw_pictures(made, contract.about(json.loads(files[DESCRIPTOR])))
    except SummaryError as error:
        raise ReleaseError(str(error)) from error


def _version(dataset: Dataset) -> str:
    """The version of the release, once the descriptor has been found to describe the tables that we make.

    Raises:
        ReleaseError: it lacks something, or describes others.
    """
    file = dataset.root / DESCRIPTOR
    try:
        version = contract.about(dataset.descriptor).version
    except ContractError as error:
        raise ReleaseError(f"{file}: {error}") from error
    if drifted := contract.drift(dataset.descriptor):
        raise ReleaseError(f"{file}: {drifted[0]}; take its `resources` from the installed package")
    return version
