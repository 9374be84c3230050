"""New datasets and drafts of records, for the tests of `incidents new`."""

import subprocess
from pathlib import Path

from commands import run
from conflict_incidents.authoring.draft import Draft
from conflict_incidents.authoring.scaffold import create_dataset
from conflict_incidents.dataset.dataset import Dataset

TOP = Path(__file__).parents[2]


def new_dataset(root: Path) -> Dataset:
    """Create a dataset with a place and a publisher."""
    create_dataset(root)
    for kind, answers in (
        ("place", {"name": "Hafsarjah", "level": "settlement", "country": "SYR"}),
        ("organisation", {"name": "Daily Sabah", "organisation-kind": "newspaper"}),
    ):
        draft(Dataset(root), kind, answers).write()
    return Dataset(root)


def draft(dataset: Dataset, kind: str, answers: dict[str, str]) -> Draft:
    new_draft = Draft(dataset, kind)
    for option, text in answers.items():
        new_draft.answer(option, text)
    return new_draft


def files(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def new(dataset: Dataset, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run(dataset.root, "new", *arguments)


def options(answers: dict[str, str]) -> list[str]:
    return [word for option, text in answers.items() for word in (f"--{option}", text)]
