"""Whatever stops a command, at whichever call: no file is torn, what it says is true, and the next run completes it."""

from pathlib import Path

import pytest

from faults import inject_faults
from operations import OPERATIONS

EVERY = {"validate --fix": 20, "import table": 48, "import --propose": 5, "new": 5, "cache": 7}
"""Every how many calls the works that are quick are struck by default; `./scripts/faults` strikes each."""
SLOW = {
    "export": 2,
    "init": 30,
    "init, existing folder": 30,
    "import ucdp-ged": 7,
    "import acled": 4,
    "summary": 2,
    "site": 60,
}
SLOW |= {"load": 40, "build": 200, "build, its workers": 60, "publish": 60}


@pytest.mark.parametrize(
    ("name", "every"),
    [*EVERY.items(), *(pytest.param(*one, marks=pytest.mark.slow) for one in SLOW.items())],
)
def test_a_fault_at_any_call_tears_nothing(name: str, every: int, tmp_path: Path) -> None:
    (work,) = (one for one in OPERATIONS if one.name == name)
    report = inject_faults(work, tmp_path, every)
    assert report.points > report.calls // every
    assert report.wrong == []


def test_every_work_is_tried() -> None:
    assert {work.name for work in OPERATIONS} == EVERY.keys() | SLOW.keys()
