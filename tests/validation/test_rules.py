"""Every rule: its page, its cases, and its place in the catalogue and the schemas."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from case_files import files
from conflict_incidents.core.findings import Mark
from conflict_incidents.core.rule import RULES, Rule
from conflict_incidents.core.urls import normalize_url
from conflict_incidents.core.versions import Version
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.estimates.envelope import estimates
from conflict_incidents.estimates.estimate import Estimate
from conflict_incidents.records.model import Incident, Waivers, kind_of
from conflict_incidents.records.model import build as build_record
from conflict_incidents.records.parsing import parse
from conflict_incidents.records.schema import Violation, check
from conflict_incidents.records.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from conflict_incidents.validation.rules.waivers import valid_waivers
from rule_cases import Case, cases, lay_out
from samples import record

TOP = Path(__file__).parents[2]
PASSING, FAILING = cases("pass"), cases("fail")

UNREACHABLE = {
    "REV004": "judges the version in datapackage.json, which no record has; a test below runs it as a build does",
    "REV006": "compares two releases: tests/release/test_compare_notes.py",
    "REV007": "compares two releases: tests/release/test_continuity.py",
    "REV010": "counts in a finished release: tests/release/test_assertions.py",
}
"""Rules that no record fails, and why."""

CORE = re.findall(
    "[A-Z]{3}[0-9]{3}",
    """
REC001 REC002 REC003 REC004 REC005 REC006 REC007 REC008 CNT001 CNT002 CNT003 CNT004 CNT006 CNT017 BND001 BND002 BND004
 BND007 CLM001 CLM002 CLM003 CLM008 DAT001 DAT002 DAT003 PLC001 PLC002 PLC004 PLC005 PLC008 ATT001 ATT005 SRC001
SRC002 SRC005 IDN001 IDN003 REV001 PRV001
""",
)
"""What a validator of this field must catch from the beginning."""
NO_RULE = {"CNT017": "a pattern that has to be accepted, not refused: a case of CNT003 and CNT004, and a test below"}
"""Core ids that aren't rules, and why."""


def label(case: Case) -> str:
    return f"{case.rule}: {case.name}"


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lay_out(tmp_path_factory.mktemp("cases"))


@pytest.fixture
def root(dataset: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(dataset)
    return dataset


@pytest.mark.parametrize("case", PASSING, ids=label)
def test_a_right_record_passes(case: Case, root: Path) -> None:
    findings = case.validate(root)
    assert [finding for finding in findings if finding.rule == case.rule] == []
    assert {finding.rule for finding in findings} >= set(case.also)


def test_a_rule_finds_nothing_in_a_record_without_the_keys_that_it_needs(root: Path) -> None:
    for case in FAILING:
        rule, record = RULES[case.rule], case.record
        if record is None or not rule.needs or not isinstance(record, rule.on):
            continue
        remove_keys(record.raw, rule.needs)
        valid, _ = check(record.raw, f"{kind_of(record)}/1")
        if valid is not None:
            record = build_record(kind_of(record), valid, record.raw, record.path)
            dataset = Dataset(root, since=[case.before(root)] if case.earlier else [])
            assert rule.run(case.path, record, dataset) == [], label(case)


def remove_keys(node: Node, keys: frozenset[str]) -> None:
    """Remove keys from a tree at any depth."""
    if isinstance(node, MappingNode):
        node.values = None
        for key in keys & node.items.keys():
            del node.items[key]
        for child in node.items.values():
            remove_keys(child, keys)
    elif isinstance(node, SequenceNode):
        for item in node.items:
            remove_keys(item, keys)


@pytest.mark.parametrize("case", FAILING, ids=label)
def test_a_wrong_record_is_refused_at_its_place(case: Case, root: Path) -> None:
    findings = case.validate(root)
    own = [finding for finding in findings if finding.rule == case.rule]
    places = [expected.place(case.text) for expected in case.expected]
    assert [(finding.mark.line, finding.mark.column) for finding in own] == places, own
    for finding, expected in zip(own, case.expected, strict=True):
        assert expected.unlike(finding.message) == [], finding.message
    assert {finding.severity.value for finding in own} == {case.severity}
    assert {finding.rule for finding in findings} >= set(case.also)


def test_every_rule_has_its_case_file_and_every_case_file_its_rule() -> None:
    assert [file.stem for file in files()] == sorted(RULES)


@pytest.mark.parametrize("id", sorted(RULES))
def test_every_rule_has_two_cases_that_pass_and_two_that_fail(id: str) -> None:
    assert len([case for case in PASSING if case.rule == id]) >= 2
    assert id in UNREACHABLE or len([case for case in FAILING if case.rule == id]) >= 2


def test_every_finding_that_a_case_expects_has_a_place_and_words() -> None:
    assert [label(case) for case in FAILING if not case.expected] == []
    assert [label(case) for case in FAILING for expected in case.expected if not (expected.at and expected.words)] == []


def test_case_names_are_given_once_a_rule() -> None:
    for table in (PASSING, FAILING):
        assert len({label(case) for case in table}) == len(table)


@pytest.mark.parametrize("rule", RULES.values(), ids=sorted(RULES))
def test_every_rule_has_a_page_with_a_statement_and_two_examples(rule: Rule[Any]) -> None:
    statement = rule.page.partition("\n\n")[0]
    assert statement.endswith(".")
    assert "\n" not in statement, "a statement of one line; the rest goes below it"
    assert statement[0].isupper() or statement.startswith("`")
    wrong, right = (re.search(rf"^{word}:\n((?: {{4}}.*\n?|\n)+)", rule.page, re.M) for word in ("Wrong", "Right"))
    assert wrong is not None
    assert right is not None
    assert wrong[1].strip() != right[1].strip()


@pytest.mark.parametrize("id", sorted(RULES))
def test_an_id_is_a_family_and_a_number(id: str) -> None:
    assert re.fullmatch(r"(REC|CNT|BND|CLM|DAT|PLC|ATT|SRC|IDN|REV|PRV)[0-9]{3}", id)
    assert RULES[id].id == id


def owners(node: Any) -> set[str]:
    """Every rule that a schema names as the owner of a violation."""
    if isinstance(node, list):
        return {id for child in node for id in owners(child)}
    if not isinstance(node, dict):
        return set()
    here = node.get("x-rule", {})
    ids = re.findall(r"[A-Z]{3}[0-9]{3}", json.dumps(here))
    return {*ids, *(id for child in node.values() for id in owners(child))}


def test_the_schemas_and_the_rules_on_violations_name_each_other() -> None:
    in_schemas = {id for file in (TOP / "schemas").glob("*.json") for id in owners(json.loads(file.read_text("utf-8")))}
    by_default = {
        "REC004",
        "REC006",
        "REC013",
        "REC014",
    }  # what schema.py gives violations that no schema claims
    assert in_schemas | by_default == {id for id, rule in RULES.items() if Violation in rule.on}


def test_every_core_rule_is_there() -> None:
    assert sorted(set(CORE) - set(RULES)) == sorted(NO_RULE)


def estimate_tolls(*killed: str) -> dict[str, Estimate]:
    """The estimates of an incident of which one originator each says how many were killed, by group."""
    pairs = zip(("sohr", "dpa", "snhr", "syrian-civil-defence"), killed, strict=False)
    claims = "".join(f"\n  - {{by: {by}, in: sabah, killed: {count}}}" for by, count in pairs)
    data = (TOP / "tests/validation/rules/base/minimal.yaml").read_text("utf-8").partition("\n  - by: ")[0] + claims
    incident = parse(data.encode(), "x.yaml").record
    assert isinstance(incident, Incident)
    return {estimate.group: estimate for estimate in estimates(incident)}


@pytest.mark.parametrize(
    ("version", "message"),
    [
        ("1.3.0", None),
        ("1.10.0", None),
        ("2.0.0", None),
        (
            "1.2.4",
            "the version is `1.2.4`, the last release `1.2.3`, and since then 2 records were added; "
            "write at least `1.3.0`",
        ),
        (
            "1.2.3",
            "the version is `1.2.3`, the last release `1.2.3`, and since then 2 records were added; "
            "write at least `1.3.0`",
        ),
        ("1.3", "the version is `1.3`, which isn't of the form `1.2.3`; write at least `1.3.0`"),
        ("", "the version is ``, which isn't of the form `1.2.3`; write at least `1.3.0`"),
    ],
)
def test_a_version_rises_as_far_as_the_changes_demand(version: str, message: str | None) -> None:
    problems = RULES["REV004"].run(
        "datapackage.json", Mark(3, 14), version, "1.2.3", Version(1, 3, 0), "2 records were added"
    )
    assert [finding.message for finding in problems] == ([message] if message else [])
    assert {(finding.mark, finding.severity.value) for finding in problems} <= {(Mark(3, 14), "error")}


@pytest.mark.parametrize(
    ("url", "normal"),
    [
        ("https://example.org/a", "https://example.org/a"),
        ("https://example.org/a?igsh=x&igshid=y", "https://example.org/a"),
        ("https://example.org/..//b", "https://example.org//b"),
        ("HTTPS://Example.ORG:443/a/./b/../c?utm_source=x&id=7&fbclid=y", "https://example.org/a/c?id=7"),
        ("https://example.org/a?id=7&page=2", "https://example.org/a?id=7&page=2"),
        ("http://example.org:80/../a/..", "http://example.org/"),
        ("https://пример.укр/д", "https://xn--e1afmkfd.xn--j1amh/%D0%B4"),
        # Whatever else is wrong with an address is for a person to mend.
        ("https://example.org/a b", "https://example.org/a b"),
        ("https://example.org:99999/A/../b", "https://example.org:99999/A/../b"),
        ("https://[::1/a/../b", "https://[::1/a/../b"),
        ("ftp://example.org/a/../b", "ftp://example.org/a/../b"),
        ("mailto:someone", "mailto:someone"),
        ("https://user@example.org/a/../b", "https://user@example.org/a/../b"),
        ("https://:secret@example.org/a/../b", "https://:secret@example.org/a/../b"),
        ("https://localhost/a/../b", "https://localhost/a/../b"),
    ],
)
def test_an_address_is_brought_into_normal_form_where_nothing_else_is_wrong_with_it(url: str, normal: str) -> None:
    assert normalize_url(url) == normal


def test_schema_violation_without_a_rule_is_reported() -> None:
    odd = Violation(("REC013",), "multipleOf", Mark(7, 3), "sites 1, size", ScalarNode(7, Mark(7, 9)), expectation="5")
    problems = RULES["REC013"].run("x.yaml", odd, Dataset(TOP))
    assert [(finding.mark, finding.message) for finding in problems] == [
        (Mark(7, 3), "sites 1, size is `7`; multipleOf 5 is wanted here")
    ]


def waivers_of(**lists: list[dict[str, str]]) -> Waivers:
    waivers = record({"schema": "waivers/1", **lists})
    assert isinstance(waivers, Waivers)
    return waivers


def test_a_waiver_counts_where_it_may_and_a_private_one_where_two_people_sign() -> None:
    one = {"record": "SYR-20220908-7q4m", "reason": "It is so.", "date": "2023-01-10", "by": "Data  desk"}
    valid = valid_waivers(
        waivers_of(
            waivers=[one | {"rule": rule} for rule in ("PLC013", "REV001", "PRV002")],
            privacy=[
                one | {"rule": "PRV002", "reviewer": "The reviewer"},
                one | {"rule": "PRV003", "reviewer": "data desk"},
                one | {"rule": "PLC008", "reviewer": "The reviewer"},
            ],
        )
    )
    assert {key: waiver.reviewer for key, waiver in valid.items()} == {
        ("SYR-20220908-7q4m", "PLC013"): "",
        ("SYR-20220908-7q4m", "PRV002"): "The reviewer",
    }
    assert valid_waivers(None) == {}


def test_a_waiver_counts_as_lacking_what_the_schema_wants_and_as_nothing_else() -> None:
    parsed_record = parse(b"schema: waivers/1\nwaivers:\n  - {reason: It is so.}\n", "waivers.yaml")
    assert [violation.expectation for violation in parsed_record.violations] == ["rule", "record", "date", "by"]
    assert RULES["REV002"].run("waivers.yaml", parsed_record.record, Dataset(TOP)) == []
