"""What is generated and committed is up to date, and the edits that CONTRIBUTING describes are enough."""

import difflib
import runpy
from collections.abc import Callable

import pytest

from samples import TOP

generated: Callable[[], dict[str, str]] = runpy.run_path(str(TOP / "scripts/generate.py"))["generated"]


def test_the_generated_files_are_up_to_date() -> None:
    drifted = []
    for name, text in generated().items():
        lines = difflib.unified_diff((TOP / name).read_text("utf-8").splitlines(), text.splitlines(), "", "", n=0)
        changed = [line for line in lines if line[:1] in "+-" and line.strip("+- ")]
        if changed:
            drifted.append("\n  ".join([f"{name}: {len(changed)} lines differ", *changed[:6]]))
    if drifted:
        pytest.fail("\n".join(["run ./scripts/generate and commit what it writes:", *drifted]), pytrace=False)
