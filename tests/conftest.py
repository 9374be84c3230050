"""Settings of the whole suite, and what its modules share: in CI Hypothesis repeats the same examples, elsewhere it
looks for new ones.
"""

from __future__ import annotations

import gc
import math
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from examples import EXAMPLES
from shared_folders import shared_folder

if TYPE_CHECKING:
    from projects import Project
    from repositories import Repository

# Records and frames are many objects that live on: looking through them at every turn takes a tenth of the time.
gc.set_threshold(50_000)
# Claims made at random often contradict themselves, and the rules refuse these; busy machines are slow.
_PATIENT = [HealthCheck.filter_too_much, HealthCheck.too_slow]
settings.register_profile("ci", max_examples=EXAMPLES, derandomize=True, deadline=None, suppress_health_check=_PATIENT)
settings.register_profile("here", max_examples=EXAMPLES, deadline=None, suppress_health_check=_PATIENT)
settings.load_profile("ci" if os.environ.get("CI") else "here")


def pytest_sessionfinish() -> None:
    """Collect garbage once: pytest does so twice after this, and looks for what couldn't be closed."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def no_cache_of_the_user(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Let what commands keep for the next time go into a folder of the tests."""
    os.environ["INCIDENTS_CACHE"] = str(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="session", autouse=True)
def no_lines_of_progress() -> Iterator[None]:
    """Let commands be silent that take more than ten seconds on a busy machine; test_progress.py has its own."""
    from conflict_incidents.cli import _progress

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_progress, "Lines", type("Lines", (_progress.Lines,), {"first": math.inf}))
        yield


@pytest.fixture(scope="session")
def story(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset of one incident, with its release; it is read by many tests, and copied where it is to be changed."""
    from samples import STORY, dataset, write_unchecked

    return shared_folder(tmp_path_factory, "story", lambda root: write_unchecked(dataset(root, STORY)))


@pytest.fixture(scope="session")
def released_dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same dataset, with a release as `incidents build` makes it: checked, in every format, with its zip."""
    from samples import build_release

    return shared_folder(tmp_path_factory, "checked", build_release)


@pytest.fixture(scope="session")
def several(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset with a release of the story, an incident of unknown toll and a withdrawn one; only read, as `story`."""
    from samples import STORY, dataset, incident, withdrawn, write_unchecked

    trees = [*STORY, incident("SYR-20220908-u0kn"), withdrawn()]
    return shared_folder(tmp_path_factory, "several", lambda root: write_unchecked(dataset(root, trees)))


@pytest.fixture(scope="session")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset in which everything is said, with its release; only read, as `story`."""
    from samples import EVERYTHING, build_release

    return shared_folder(tmp_path_factory, "everything", lambda root: build_release(root, EVERYTHING))


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A dataset over time, that has published nothing yet; its releases have no other formats."""
    from conflict_incidents.release import checks, formats
    from projects import Project
    from samples import skip_check

    monkeypatch.setattr(formats, "FORMATS", {})  # for tests that call `incidents build`
    monkeypatch.setattr(checks, "check_frictionless", skip_check)
    return Project(tmp_path)


@pytest.fixture(scope="session")
def committed_dataset(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """A dataset in a repository in which records of every kind refer to each other, some of them wrong already."""
    from branches import write_repository

    return write_repository(tmp_path_factory.mktemp("committed") / "dataset")


@pytest.fixture
def repository(committed_dataset: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """A copy of that dataset, as the working folder."""
    copy = committed_dataset.copy_to(tmp_path / "dataset")
    monkeypatch.chdir(copy.folder)
    return copy


@pytest.fixture(scope="session")
def empty_dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new dataset as `incidents init` makes it; copied where it is to be changed."""
    from conflict_incidents.authoring.scaffold import create_dataset

    root = tmp_path_factory.mktemp("founded") / "set"
    create_dataset(root)
    return root


@pytest.fixture(scope="session")
def small_dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new dataset with a place and a publisher, copied as `founded`."""
    from drafts import new_dataset

    return new_dataset(tmp_path_factory.mktemp("begun") / "own").root
