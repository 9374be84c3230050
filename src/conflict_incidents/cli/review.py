"""Show a record, or all records that a branch changed, for review.

The page has the changes, the claims in order of time, the estimates before and after, findings, and
the checks that only a person can make. The exit code is 0 whatever was found; `incidents validate` judges.
"""

from __future__ import annotations

import argparse
import sys
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING

from conflict_incidents.cli._options import add_root, dataset_at
from conflict_incidents.core.findings import show, user_text
from conflict_incidents.core.rule import suggestion
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.dataset.errors import DatasetError
from conflict_incidents.dataset.index import incident_folder
from conflict_incidents.dataset.index_rows import stem_of
from conflict_incidents.records.model import FOLDERS

if TYPE_CHECKING:
    from conflict_incidents.core.pages import SectionMaker


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `incidents review`."""
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("id", type=stem_of, nargs="?", metavar="ID", help="the id or the file of a record of any kind")
    what.add_argument(
        "--changed-since",
        metavar="REV",
        help="all that was changed since the branch left REV (a branch, a tag, a commit)",
    )
    parser.add_argument(
        "--format", choices=("text", "markdown"), default="text", help="how to print the page (default: text)"
    )
    add_root(parser)


def run(options: argparse.Namespace) -> int:
    """Print the page."""
    from conflict_incidents.core.pages import as_markdown, as_text

    dataset = dataset_at(options.root)
    sections = _of_branch(options.changed_since, dataset) if options.id is None else _of_record(options.id, dataset)
    print((as_markdown if options.format == "markdown" else as_text)(sections))
    return 0


def _of_record(id: str, dataset: Dataset) -> list[SectionMaker]:
    from conflict_incidents.authoring.review import page
    from conflict_incidents.authoring.review.subjects import current_subject
    from conflict_incidents.pipeline import validate_paths

    files = [file for kind in FOLDERS for file in dataset.index.files_named(kind, id)]
    if not files:
        ids = chain(
            dataset.index.ids(str(incident_folder(id))), *(dataset.index.ids(folder) for folder in FOLDERS.values())
        )
        raise DatasetError(f"there is no record {show(id)} in {user_text(dataset.root)}{suggestion(id, ids)}")
    findings = validate_paths(files, dataset).findings
    return [partial(page, current_subject(file, dataset, findings), dataset) for file in files]


def _of_branch(revision: str, dataset: Dataset) -> list[SectionMaker]:
    from conflict_incidents.authoring.review import overview, page
    from conflict_incidents.authoring.review.subjects import changed_subjects
    from conflict_incidents.core.files import cache_of_user
    from conflict_incidents.pipeline.changes import validate_changes

    changes, outcome = validate_changes(revision, dataset, cache=cache_of_user())
    print(f"incidents: {changes.summary}", file=sys.stderr)
    subjects, others = changed_subjects(changes, dataset, outcome.findings)
    reported = {finding for subject in subjects for finding in subject.findings}
    elsewhere = [finding for finding in outcome.findings if finding not in reported]
    return [*overview(subjects, others, elsewhere), *(partial(page, subject, dataset) for subject in subjects)]
