"""Settings of the whole suite: in CI hypothesis repeats the same examples, elsewhere it looks for new ones.

EXAMPLES says how many a test takes that doesn't say so itself.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from projects import Project

EXAMPLES = int(os.environ.get("EXAMPLES", "50"))
# Claims made at random often contradict themselves, and the rules refuse these; busy machines are slow.
_PATIENT = [HealthCheck.filter_too_much, HealthCheck.too_slow]
settings.register_profile("ci", max_examples=EXAMPLES, derandomize=True, deadline=None, suppress_health_check=_PATIENT)
settings.register_profile("here", max_examples=EXAMPLES, deadline=None, suppress_health_check=_PATIENT)
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
