"""What is generated and committed is up to date, and the edits that docs/development.md describes are enough."""

import difflib
import os
import re
import runpy
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from samples import REGISTRIES, TOP, dataset, incident

generate_files: Callable[[], dict[str, str]] = runpy.run_path(str(TOP / "scripts/generate.py"))["generated"]
PROGRAM = """
import runpy, sys
sys.path.append("tests/helpers")
from pathlib import Path
runpy.run_path("scripts/generate.py", run_name="__main__")
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.records.parsing import parse_file
from conflict_incidents.tables.hxl import TAGS
from conflict_incidents.pipeline import validate_paths
from whole_tables import frames
file = Path(sys.argv[1])
for finding in validate_paths([file], Dataset(Path("own"))).findings:
    print(finding.rule, finding.severity, finding.message)
rows = frames([parse_file(file, file.name).record])["incidents"]
print(rows[["evacuated_low", "evacuated_high_open"]].values.tolist(), TAGS["evacuated_min"])
"""
"""A program that generates, then checks a file and shows its columns of the new measure."""


def test_the_generated_files_are_up_to_date() -> None:
    diffs = []
    for name, text in generate_files().items():
        lines = difflib.unified_diff((TOP / name).read_text("utf-8").splitlines(), text.splitlines(), "", "", n=0)
        diff_lines = [line for line in lines if line[:1] in "+-" and line.strip("+- ")]
        if diff_lines:
            diffs.append("\n  ".join([f"{name}: {len(diff_lines)} lines differ", *diff_lines[:6]]))
    if diffs:
        pytest.fail("\n".join(["run ./scripts/generate and commit what it writes:", *diffs]), pytrace=False)


def test_a_measure_and_a_rule_are_added_as_contributing_says(tmp_path: Path) -> None:
    """One edit each; then a record may use the measure, the tables have its columns, and the rule judges."""
    for name in ("src", "schemas", "docs", "tests/helpers"):
        # With the bytecode, which saves a second, but without what another process is just writing.
        shutil.copytree(TOP / name, tmp_path / name, ignore=shutil.ignore_patterns("*.pyc.*"))
    (tmp_path / "scripts").mkdir()
    for name in ("README.md", "datapackage.json", "scripts/generate.py"):
        shutil.copy(TOP / name, tmp_path / name)
    head, line = code_in_section("Add a measure").splitlines()
    measures = tmp_path / "src/conflict_incidents/records/measures.csv"
    assert measures.read_text("utf-8").startswith(f"{head}\n")
    with measures.open("a", encoding="utf-8") as declared:
        declared.write(f"{line}\n")
    with (tmp_path / "src/conflict_incidents/validation/rules/counts.py").open("a", encoding="utf-8") as family:
        family.write(f"\n\n{code_in_section('Add a rule')}")
    claim = {"by": "sohr", "in": "sabah", "evacuated": {"at_least": 1201}, "displaced": {"about": 20_000_000}}
    sample = dataset(tmp_path / "own", [*REGISTRIES, incident(claims=[claim])])
    (file,) = (sample.root / "data/incidents").rglob("*.yaml")

    result = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(file)],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(tmp_path / "src"), "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
    )

    assert result.returncode == 0, result.stderr
    wrote = {line.removeprefix("wrote ") for line in result.stdout.splitlines() if line.startswith("wrote ")}
    schemas = {"schemas/incident-1.json", "schemas/aggregate-1.json", "schemas/SHA256SUMS"}
    # The copy has no records: the pages that count the contested ones change.
    assert wrote == schemas | {"README.md", "datapackage.json", "docs/rules.md", "docs/contested.md"}
    assert "[[1201, True]] #affected+evacuated+min" in result.stdout
    assert "CNT019 warning displaced: about 20000000 is more than a large city has" in result.stdout
    assert " error " not in result.stdout, "the record, with its new key, is right"


def code_in_section(heading: str) -> str:
    """The code that a section of docs/development.md shows."""
    text = (TOP / "docs/development.md").read_text("utf-8")
    block = re.search(rf"^### {heading}\n.*?```(?:python|csv)\n(.*?)```", text, re.M | re.S)
    assert block, f"docs/development.md has no code under {heading}"
    return block[1].strip("\n") + "\n"
