"""Imports of a small table by a mapping."""

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from conflict_incidents.cli import main

TOP = Path(__file__).parents[2]
MAPPING = """schema: mapping/1
scheme: made-up
organisations:
  - {id: group, name: The Group, kind: ngo}
id: "{Ref}"
country: SYR
status: published
title: "Incident {Ref}"
date: {column: Day}
kind: {column: Kind, words: {raid: airstrike}, otherwise: unspecified}
sites:
  - {name: {column: Place}}
reports:
  - {id: ours, publisher: group, language: en}
claims:
  - {by: group, in: ours, killed: {column: Dead}}
"""


SHEET = "Ref,Day,Kind,Place,Dead\nA,2022-09-08,raid,Hafsarjah,7\n"


class Run:
    """An import into a dataset, of a sheet by a mapping: exit code, what was printed, and the records."""

    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root, self.capsys = root, capsys

    def __call__(self, sheet: str, mapping: str = MAPPING, *options: str) -> tuple[int, str]:
        file, mapping_file = self.root.parent / "sheet.csv", self.root.parent / "mapping.yaml"
        file.write_text(sheet, "utf-8")
        mapping_file.write_text(mapping, "utf-8")
        code = main(["import", "table", str(file), "--mapping", str(mapping_file), "--root", str(self.root), *options])
        captured = self.capsys.readouterr()
        return code, captured.out + captured.err

    def records(self, kind: str = "incidents") -> list[dict[str, Any]]:
        return [yaml.safe_load(file.read_text("utf-8")) for file in sorted((self.root / "data" / kind).rglob("*.yaml"))]

    def validate(self) -> tuple[int, str]:
        code = main(["validate", "--root", str(self.root)])
        return code, self.capsys.readouterr().out


def copy_empty_dataset(empty_dataset: Path, tmp_path: Path) -> Path:
    return shutil.copytree(empty_dataset, tmp_path / "set")


def prepare_run(root: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    return Run(root, capsys)
