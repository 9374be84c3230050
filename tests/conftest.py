"""Settings of the whole suite: in CI hypothesis repeats the same examples, elsewhere it looks for new ones.

EXAMPLES says how many a test takes that doesn't say so itself.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from projects import Project

EXAMPLES = int(os.environ.get("EXAMPLES", "50"))
settings.register_profile("ci", max_examples=EXAMPLES, derandomize=True, deadline=None)
settings.register_profile("here", max_examples=EXAMPLES, deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "here")


@pytest.fixture(scope="session")
def story(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset of one incident, with its release; it is read by many tests, and copied where it is to be changed."""
    from samples import released

    root = tmp_path_factory.mktemp("story")
    released(root)
    return root


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A dataset over time, that has published nothing yet."""
    from projects import Project

    return Project(tmp_path)
