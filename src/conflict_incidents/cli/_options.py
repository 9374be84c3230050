"""Options that subcommands share."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from conflict_incidents.cli import CommandError
from conflict_incidents.core.files import cache_of_user
from conflict_incidents.core.findings import Shown, show, user_text
from conflict_incidents.core.resources import DESCRIPTOR
from conflict_incidents.core.rule import suggestion
from conflict_incidents.dataset.errors import DatasetError
from conflict_incidents.dataset.top import is_dataset, top_of

if TYPE_CHECKING:
    from conflict_incidents.dataset.dataset import Dataset
    from conflict_incidents.pipeline.cluster import Cluster
    from conflict_incidents.records.model import Incident

MAX_JOBS = 256


def add_root(parser: argparse.ArgumentParser, of: Callable[[str], Path | str] = Path) -> None:
    """Add `--root DIR`."""
    parser.add_argument(
        "--root", type=of, metavar="DIR", help="the dataset (default: the one around the working folder)"
    )


def add_work(parser: argparse.ArgumentParser) -> None:
    """Add `--jobs N` and `--no-cache`."""
    parser.add_argument(
        "--jobs",
        type=whole_number(1, MAX_JOBS),
        metavar="N",
        help="how many processes work at once (default: all cores)",
    )
    parser.add_argument(
        "--no-cache",
        dest="cached",
        action="store_false",
        help="validate every file again, without the cache in the folder INCIDENTS_CACHE",
    )


def cache_folder(options: argparse.Namespace) -> Path | None:
    """Return the cache folder; None with `--no-cache`."""
    return cache_of_user() if options.cached else None


def add_scheduler(parser: argparse.ArgumentParser) -> None:
    """Add `--scheduler ADDRESS`, and `--root`, which may be a URL with it."""
    add_root(parser, lambda text: text if "://" in text else Path(text))
    parser.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="validate records on the Dask cluster of this scheduler, as tcp://10.0.0.1:8786; "
        "--root may be a URL then, as s3://bucket/dataset",
    )


@contextmanager
def at_work(options: argparse.Namespace) -> Iterator[tuple[Dataset, int | Cluster | None]]:
    """Yield the dataset and what validates it: a number of processes, None for one per core, or a cluster.

    Raises:
        CommandError: a URL is given without a cluster.
        DatasetError: there is no dataset.
    """
    if options.scheduler is None:
        if isinstance(options.root, str):
            raise CommandError(
                "a dataset at a URL is read by a cluster; give --scheduler, or fetch it and name its folder"
            )
        yield dataset_at(options.root), options.jobs
        return
    from conflict_incidents.pipeline.cluster import Cluster

    if isinstance(options.root, str):
        from conflict_incidents.pipeline.remote import fetch

        options.cached = False  # a store doesn't say when a file was last written
        with fetch(options.root) as (dataset, far):
            yield dataset, Cluster(options.scheduler, options.root, far)
    else:
        yield dataset_at(options.root), Cluster(options.scheduler)


def add_reading(command: argparse.ArgumentParser) -> None:
    """Add the options that select rows of a file, and those that state its format where it can't be detected."""
    command.add_argument(
        "--where",
        action="append",
        default=[],
        metavar="COLUMN=VALUE",
        help="take only the rows that have this value",
    )
    command.add_argument("--encoding", metavar="NAME", help="of a text file, where it can't be detected: windows-1256")
    command.add_argument("--delimiter", metavar="SIGN", help="of a text file, where it can't be detected")
    command.add_argument(
        "--dates",
        choices=("dmy", "mdy", "ymd"),
        metavar="ORDER",
        help="the order of day, month and year in dates that a spreadsheet has rewritten: dmy, mdy or ymd",
    )
    command.add_argument("--sheet", metavar="NAME", help="the sheet of a workbook, or the file in a zip archive")


def whole_number(least: int, most: int) -> Callable[[str], int]:
    """Return a parser of whole numbers of a range."""

    def parse(text: str) -> int:
        if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
            raise argparse.ArgumentTypeError(f"{text!r} is no number from {least} to {most}")
        return int(text)

    return parse


def within(text: str) -> tuple[float, int]:
    """Parse kilometres and days, as `10,3`."""
    match = re.fullmatch(r"([0-9]{1,5}(?:\.[0-9]+)?),([0-9]{1,4})", text, re.ASCII)
    if match is None:
        raise argparse.ArgumentTypeError(f"{text!r} isn't kilometres and days, as 10,3")
    return float(match[1]), int(match[2])


def add_within(command: argparse.ArgumentParser) -> None:
    """Add the option for the maximum distance of a pair of incidents."""
    command.add_argument(
        "--within",
        type=within,
        default=(10.0, 3),
        metavar="KM,DAYS",
        help="how far apart a pair may be, in kilometres and days (default: 10,3)",
    )


def dataset_at(root: Path | None, *near: Path) -> Dataset:
    """Return the dataset at `root`, else the one around the working folder or a path in `near`, else the only one in
    the repository.

    Raises:
        DatasetError: there is none.
    """
    from conflict_incidents.dataset.dataset import Dataset

    return Dataset(_top_at(root, *near), base=Path.cwd())


def _top_at(root: Path | None, *near: Path) -> Path:
    if root is not None:
        if not is_dataset(root):
            raise DatasetError(
                f"{user_text(root)} is not a dataset: it needs {Shown(DESCRIPTOR)} and a folder data/, not a link to "
                f"one; `incidents init {user_text(root)}` makes a dataset"
            )
        return root.absolute()
    here = Path.cwd()
    around = filter(None, (top_of(here), *(top_of(path.absolute().parent) for path in near)))
    if top := next(around, None):
        return top
    elsewhere = [] if near else _datasets_near(here)
    if len(elsewhere) == 1:
        return elsewhere[0]
    if elsewhere:
        names = ", ".join(show(os.path.relpath(one)) for one in elsewhere)
        raise DatasetError(f"the repository has several datasets: {names}; name one by --root")
    raise DatasetError(
        f"no dataset at or above {user_text(here)}: no folder there has data/ and {Shown(DESCRIPTOR)}; name one by "
        "--root"
    )


def _datasets_near(folder: Path) -> list[Path]:
    from conflict_incidents.dataset.git import datasets_near

    return datasets_near(folder)


def belong_to_none(paths: Sequence[Path]) -> bool:
    """Whether paths are in a repository that has a dataset, but in none themselves, so that no dataset applies."""
    folders = [Path.cwd(), *(path.absolute() for path in paths)]
    inside = any(is_dataset(folder) for one in folders for folder in (one, *one.parents))
    return not inside and all(os.path.lexists(path) for path in paths) and bool(_datasets_near(Path.cwd()))


def root_at(root: Path | None) -> Path | None:
    """Return the dataset whose releases can be named by version; None if there is none.

    Raises:
        DatasetError: one was named, and there is none.
    """
    if root is not None:
        return _top_at(root)
    with suppress(DatasetError):
        return _top_at(None)
    return None


def incident_at(id: str, dataset: Dataset) -> Incident:
    """Return an incident of a dataset.

    Raises:
        DatasetError: there is none of this id.
    """
    from conflict_incidents.dataset.index import incident_folder

    incident = dataset.registry.incident(id)
    if incident is None:
        near = suggestion(id, dataset.index.ids(str(incident_folder(id))))
        raise DatasetError(f"there is no incident {show(id)} in {user_text(dataset.root)}{near}")
    return incident


def named_path(text: str) -> Path:
    """Parse a path; reject an empty one, such as an unset variable, which would mean the working folder.

    Raises:
        argparse.ArgumentTypeError: it is empty.
    """
    if not text:
        raise argparse.ArgumentTypeError("an empty path; name a file or a folder")
    return Path(text)


def output_file(text: str) -> Path:
    """Parse the path of a file to write; a link is followed, so that it remains one.

    Raises:
        argparse.ArgumentTypeError: its folder doesn't exist, or it exists and isn't a regular file, such as a device.
    """
    file = named_path(text).resolve()
    if not file.parent.is_dir():
        raise argparse.ArgumentTypeError(
            f"{user_text(text)}: there is not a folder {user_text(file.parent)}; make it first"
        )
    if file.exists() and not file.is_file():
        raise argparse.ArgumentTypeError(f"{user_text(text)} is not a regular file; name another")
    return file


def rule_id(text: str) -> str:
    """Parse the id of a rule, in any case.

    Raises:
        CommandError: there is no such rule.
    """
    from conflict_incidents.validation.rules import RULES

    if text.upper() not in RULES:
        raise CommandError(f"there is no rule {user_text(text)}{suggestion(text, RULES)}")
    return text.upper()
