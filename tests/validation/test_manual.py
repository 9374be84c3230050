"""The manual of the rules: a page each, and all of them in one document that says what the docstrings say."""

import re
from pathlib import Path
from typing import Any

import pytest

from conflict_incidents.cli import main
from conflict_incidents.core.rule import RULES, Rule
from conflict_incidents.validation import manual

TOP = Path(__file__).parents[2]
EACH = pytest.mark.parametrize("rule", RULES.values(), ids=sorted(RULES))


def run_explain(id: str, capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["explain", id]) == 0
    return capsys.readouterr().out


def test_explain_prints_the_page_of_a_rule(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)  # no dataset is needed
    assert run_explain("CNT015", capsys) == (
        "CNT015 (warning)\n"
        "A large round number is seldom exact.\n"
        "\n"
        '"A hundred dead" is usually an estimate, coded as `about`. If the source counts exactly, the claim\'s `note` '
        "says so.\n"
        "\n"
        "Wrong:\n"
        "    killed: 100\n"
        "\n"
        "Right:\n"
        "    killed: {about: 100}\n"
        "\n"
        "family: CNT, counts and their consistency\n"
        "judges: incidents and aggregates\n"
        "waiver: {rule: CNT015, record: …, reason: …, date: …, by: …} under waivers in data/waivers.yaml\n"
    )


def test_the_subjects_of_rules_are_plain_words() -> None:
    subjects = {part for rule in RULES.values() for part in manual.subject(rule).split(", ") if " " not in part}
    assert subjects == {"actors", "aggregates", "incidents", "organisations", "places"}


@pytest.mark.parametrize("id", ["REC001", "REV002", "REV003", "IDN001"])
def test_the_page_of_a_rule_on_form_or_waivers_says_that_it_has_no_waiver(
    id: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_explain(id, capsys).endswith("\nwaiver: none; the record has to be repaired\n")


def test_the_page_of_a_rule_on_privacy_says_that_a_reviewer_has_to_sign(capsys: pytest.CaptureFixture[str]) -> None:
    page = run_explain("PRV001", capsys)
    assert page.endswith("\nwaiver: {rule: PRV001, …, by: …, reviewer: …} under privacy in data/waivers.yaml\n")


def test_a_rule_may_be_named_in_small_letters(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_explain("cnt003", capsys) == run_explain("CNT003", capsys)


@pytest.mark.parametrize("id", ["CTN003", "cnt-003", "CNT0003", "CMT003"])
def test_an_unknown_rule_ends_with_2_and_the_nearest_one(id: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", id]) == 2
    assert capsys.readouterr().err == f"incidents: there is no rule {id}; did you mean `CNT003`?\n"


def test_an_unknown_incident_ends_with_2_and_the_nearest_one(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(TOP / "tests/validation/rules/dataset")
    assert main(["explain", "data/incidents/SYR/2022/SYR-20220908-k2fe.yaml"]) == 2
    assert "there is no incident `SYR-20220908-k2fe` in " in (error := capsys.readouterr().err)
    assert error.endswith("; did you mean `SYR-20220908-k2fd`?\n")


@EACH
def test_a_page_says_everything_that_the_docstring_says(rule: Rule[Any]) -> None:
    text = " ".join(manual.as_markdown(rule).split())
    for word in rule.page.replace("Wrong:", "").replace("Right:", "").split():
        assert word in text
    page = manual.page(rule)
    assert page.statement
    assert page.wrong
    assert page.right
    assert not page.wrong.startswith(" ")
    assert manual.family(rule) == manual.families()[rule.id[:3]]


def test_every_rule_has_a_heading_that_the_contents_link_to() -> None:
    document = manual.document()
    headings = re.findall(r"^#{2,3} ([A-Z]{3}[0-9]{0,3})$", document, re.M)
    assert headings == sorted(headings)
    assert set(headings) == set(RULES) | {id[:3] for id in RULES}
    assert re.findall(r"\]\(#([a-z0-9]+)\)", document) == [heading.lower() for heading in headings]
