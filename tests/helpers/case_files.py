"""The case files of the rules, `tests/validation/rules/<ID>.yaml`, each read once."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parents[1] / "validation/rules"


def files() -> list[Path]:
    """Return the case files, sorted."""
    return sorted(FOLDER.glob("*.yaml"))


@cache
def cases_by_rule() -> dict[str, dict[str, Any]]:
    """Return the content of each, by the id of the rule."""
    return {file.stem: yaml.load(file.read_text("utf-8"), Loader=yaml.CSafeLoader) for file in files()}
