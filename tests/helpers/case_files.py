"""The case files of the rules, `tests/validation/rules/<ID>.yaml`, as they are written: read once, whatever tests
them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parents[1] / "validation/rules"


def files() -> list[Path]:
    """The case files, sorted."""
    return sorted(FOLDER.glob("*.yaml"))


@cache
def cases_by_rule() -> dict[str, dict[str, Any]]:
    """What each of them says, by the id of the rule."""
    return {file.stem: yaml.load(file.read_text("utf-8"), Loader=yaml.CSafeLoader) for file in files()}
