"""The rules that compare releases, which no single record fails: what they find, where, and in which words.

What a build hands them is tested with it: `test_compare_notes.py`, `test_continuity.py`, `test_assertions.py`.
"""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from conflict_incidents.core.findings import Mark
from conflict_incidents.core.rule import RULES
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.records.model import Assertions
from conflict_incidents.records.parsing import parse
from conflict_incidents.validation.rules.revisions_notes import table_columns

AT = Mark(3, 5)


def errors(rule: str, *facts: object, at: Mark = AT) -> list[str]:
    """What a rule finds: all of it an error, at the same place."""
    problems = RULES[rule].run("x.yaml", *facts)
    assert {(finding.severity.value, finding.mark) for finding in problems} <= {("error", at)}
    return [finding.message for finding in problems]


def test_a_change_without_a_note_is_reported_by_its_first_number() -> None:
    assert errors("REV006", AT, "SYR-20220908-7q4m", {}, "1.2.0") == []
    one = {"killed (total)": "7 → 8"}
    last = "; no note says why: write one in data/changes/ (`incidents new --kind change`)"
    message = "`SYR-20220908-7q4m`: killed (total) was 7 → 8 since version 1.2.0"
    assert errors("REV006", AT, "SYR-20220908-7q4m", one, "1.2.0") == [message + last]
    two = one | {"wounded (total)": "1 → 2"}
    assert errors("REV006", AT, "SYR-20220908-7q4m", two, "1.2.0") == [
        f"{message}, and 1 more of its numbers changed{last}"
    ]


@pytest.mark.parametrize("after", [4000, 4001])
def test_a_sum_that_is_no_less_is_no_drop(after: int) -> None:
    assert errors("REV007", AT, "claims", 4000, after, "1.2.0", [("SYR-20220908-aaaa", 1, 0)]) == []


@pytest.mark.parametrize(
    ("loss", "cause"),
    [
        (1, "`SYR-20220908-aaa1` (9 → 8)"),
        (3, "`SYR-20220908-aaa1` (9 → 8), `SYR-20220908-aaa2` (9 → 7), `SYR-20220908-aaa3` (9 → 6)"),
        (5, "`SYR-20220908-aaa1` (9 → 8), `SYR-20220908-aaa2` (9 → 7), `SYR-20220908-aaa3` (9 → 6) and 2 more"),
    ],
)
def test_a_drop_names_the_three_records_that_lost_most(loss: int, cause: str) -> None:
    records = [(f"SYR-20220908-aaa{number}", 9, 9 - number) for number in range(1, loss + 1)]
    assert errors("REV007", AT, "killed (low)", 4000, 3990, "1.2.0", records) == [
        "killed (low) of the incidents that version 1.2.0 had, and that no note is about, went from 4,000 to 3,990: "
        f"{cause}; write a note in data/changes/ that says why, or restore what is lost"
    ]


@pytest.mark.parametrize(
    ("bound", "rows", "before", "message"),
    [
        ("at_least: 1000", 1000, 5000, None),
        ("at_least: 1000", 999, None, "999, less than 1,000; restore what is lost, or correct the assertion"),
        ("at_most: 1000", 1000, None, None),
        (
            "at_most: 1000",
            1001,
            None,
            "1,001, more than 1,000; remove what doesn't belong, or correct the assertion",
        ),
        ("drop_at_most: 2", 9800, 10000, None),
        (
            "drop_at_most: 2",
            9799,
            10000,
            "9,799, 2.01 percent less than the 10,000 of version 1.2.0; restore what is lost, or raise "
            "`drop_at_most` for this release",
        ),
        ("drop_at_most: 2", 9799, None, None),
        ("drop_at_most: 0", 0, 0, None),
        ("drop_at_most: 2", 2000, 1000, None),
    ],
)
def test_an_assertion_holds_up_to_its_bound(bound: str, rows: int, before: int | None, message: str | None) -> None:
    for what, subject in (
        ("", "rows of incidents"),
        ("sum: killed_low, ", "sum of killed_low in incidents"),
        ("where: {country: SYR, kind: airstrike}, ", "rows of incidents with country `SYR`, kind `airstrike`"),
    ):
        text = f"schema: assertions/1\nassertions:\n  - {{table: incidents, {what}{bound}}}\n"
        assertion = parse(text.encode(), "x.yaml").record
        assert isinstance(assertion, Assertions)
        (one,) = assertion.assertions
        at = Mark(3, text.splitlines()[2].index(bound) + len(bound.split()[0]) + 2)
        messages = errors("REV010", one, rows, before, "1.2.0", at=at)
        assert messages == ([f"{subject}: {message}"] if message else [])


@pytest.mark.parametrize(
    ("resources", "tables"),
    [
        (
            [
                {"name": "incidents", "schema": {"fields": [{"name": "killed_low", "type": "integer"}, "year"]}},
                {"name": "notes", "schema": {}},
                {"name": "claims"},
                {"name": "places", "schema": "places.json"},
                "sites",
            ],
            {"incidents": {"killed_low": "integer"}, "notes": {}, "claims": {}, "places": {}},
        ),
        ({"incidents": {"schema": {}}}, {}),
        (None, {}),
    ],
)
def test_a_descriptor_has_the_tables_that_it_describes(resources: Any, tables: dict[str, dict[str, str]]) -> None:
    with TemporaryDirectory() as folder:
        (Path(folder) / "datapackage.json").write_text(json.dumps({"resources": resources}), "utf-8")
        assert table_columns(Dataset(Path(folder))) == tables
