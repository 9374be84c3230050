"""Findings as they are printed for a terminal, for programs and for GitHub; whatever strangers wrote into a record."""

import importlib.metadata
import json
import re
from email.message import Message
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given

from conflict_incidents.cli._output import print_findings
from conflict_incidents.core.findings import MESSAGE_LENGTH, Finding, Severity
from conflict_incidents.validation.reports import PRINTERS, as_text, links
from conflict_incidents.validation.reports.github import MAX_BYTES, as_github, rest_summary
from conflict_incidents.validation.reports.json_ import as_json
from conflict_incidents.validation.reports.links import RULES_PAGE
from conflict_incidents.validation.reports.text import as_list
from hostile_text import ANYTHING, HOSTILE, finding

PAGES = "https://example.org/rules.html"


def test_text_is_sorted_by_place_and_ends_with_a_summary() -> None:
    findings = [finding(line=10), finding(path="b.yaml"), finding(line=9, column=2), finding(line=9, column=1)]
    assert as_text(findings, 2).split("\n") == [
        "a.yaml:9:1: REC004 wrong",
        "a.yaml:9:2: REC004 wrong",
        "a.yaml:10:1: REC004 wrong",
        "b.yaml:1:1: REC004 wrong",
        "see `incidents explain REC004` for the page of a rule",
        "4 errors, 0 warnings in 2 files",
    ]


def test_a_warning_says_that_it_is_one() -> None:
    assert as_text([finding(severity=Severity.WARNING)], 1).split("\n") == [
        "a.yaml:1:1: REC004 warning: wrong",
        "0 errors, 1 warning in 1 file",
    ]


def test_nothing_found_is_a_summary_alone() -> None:
    assert as_text([], 3) == as_github([], 3) == "0 errors, 0 warnings in 3 files"


def test_json_says_everything_that_text_says() -> None:
    findings = [finding(line=2, severity=Severity.WARNING), finding(HOSTILE.replace("\udc80", ""))]
    assert json.loads(as_json(findings, 1)) == {
        "findings": [
            {"path": "a.yaml", "line": 1, "column": 1, "rule": "REC004", "severity": "error"}
            | {"message": HOSTILE.replace("\udc80", "")},
            {"path": "a.yaml", "line": 2, "column": 1, "rule": "REC004", "severity": "warning", "message": "wrong"},
        ],
        "files": 1,
        "errors": 1,
        "warnings": 1,
    }


PERSONAL_PATHS = {
    "data/incidents/XXA/2021/Khaled-Example.yaml": "data/incidents/XXA/2021/(name not repeated).yaml",
    "data/incidents/XXA/2021/khaled_example.yaml": "data/incidents/XXA/2021/(name not repeated).yaml",
    "data/incidents/XXA/2021/XXA-20210102-7q4m Khaled Example.yaml": "data/incidents/XXA/2021/(name not repeated).yaml",
    "x/data/codelists/Khaled Example.csv": "x/data/codelists/(name not repeated).csv",
    "data/KhaledExample/x.yaml": "data/(name not repeated)/x.yaml",
    "data/organisations/khaled-example.yaml": "data/organisations/(name not repeated).yaml",
    "data/actors/umm-khaled.yaml": "data/actors/(name not repeated).yaml",
    "data/organisations/dr-khaled-bin-example-al-example-2.yaml": "data/organisations/(name not repeated).yaml",
    "data/places/+963944000000.yaml": "data/places/(name not repeated).yaml",
}
"""Paths with a person's name or number, and as they are shown."""


@pytest.mark.parametrize("path", PERSONAL_PATHS)
@pytest.mark.parametrize("form", PRINTERS)
def test_the_name_of_a_file_that_may_be_a_persons_is_in_no_report(form: str, path: str) -> None:
    text = PRINTERS[form]([finding(path=path)], 1) + rest_summary([finding(path=path)] * 20, 1)
    assert not re.search("(?i)khaled|9639", text)
    assert "name%20not%20repeated" in text or PERSONAL_PATHS[path] in text


@pytest.mark.parametrize(
    "path",
    [
        "data/incidents/XXA/2021/XXA-20210102-7q4m.yaml~",
        "data/incidents/XXA/2021/XXA-20210102-0123 (1).yaml",
        "data/organisations/sample-observatory.yaml",
        "data/codelists/organisation_aliases.csv",
        "Khaled Example/data/places/armanaz.yaml",
    ],
)
def test_the_name_of_another_file_is_shown(path: str) -> None:
    assert as_text([finding(path=path)], 1).startswith(f"{path}:1:1: ")


def test_github_shows_errors_before_warnings() -> None:
    findings = [finding(severity=Severity.WARNING), finding(line=7, column=3)]
    assert as_github(findings, 1).split("\n") == [
        "::error file=a.yaml,line=7,col=3,title=REC004::a.yaml:7:3: REC004 wrong",
        "::warning file=a.yaml,line=1,col=1,title=REC004::a.yaml:1:1: REC004 warning: wrong",
        "1 error, 1 warning in 1 file",
    ]


def test_github_takes_nothing_in_a_path_or_message_for_its_own_syntax() -> None:
    first, _ = as_github([finding("100%0A::error::x", "a,line=9::b%2C\n::error::c.yaml", 2, 3)], 1).split("\n")
    assert first == (
        "::error file=a%2Cline=9%3A%3Ab%252C\\n%3A%3Aerror%3A%3Ac.yaml,line=2,col=3,title=REC004::"
        "a,line=9::b%252C\\n::error::c.yaml:2:3: REC004 100%250A::error::x"
    )


def test_no_line_of_text_is_a_command_of_a_ci() -> None:
    for path in ("::error::x", " ::set-output name=x::y", "##[error]x", "##vso[task.complete]", "##teamcity[x"):
        for page in (as_text([finding(path, path)], 1), as_json([finding(path, path)], 1)):
            assert not any(line.lstrip().startswith("::") for line in page.split("\n"))
            assert "##" not in page
        commands = [line for line in as_github([finding(path, path)], 1).split("\n") if line.lstrip().startswith("::")]
        assert len(commands) == 1
        assert commands[0].startswith("::error file=")
        assert "##" not in commands[0]


def test_a_long_message_is_cut_by_every_printer() -> None:
    for print_ in PRINTERS.values():
        assert len(print_([finding("x" * 100_000)], 1)) - len(print_([finding("")], 1)) <= 2 * (
            MESSAGE_LENGTH + len(r"\u2026")
        )


@given(message=ANYTHING, path=ANYTHING)
def test_no_untrusted_text_gets_raw_to_a_terminal_or_a_log(message: str, path: str) -> None:
    findings = [finding(message, path), finding(message, path, severity=Severity.WARNING)]
    for name, print_ in PRINTERS.items():
        page = print_(findings, 1)
        assert all(line.isprintable() for line in page.split("\n"))
        assert page.encode("utf-8")
        assert "##" not in page
        assert name == "github" or not any(line.lstrip().startswith("::") for line in page.split("\n"))
    for print_, breaks in ((as_text, 3), (as_github, 2)):  # text names the rule's page, too
        assert print_(findings, 1).count("\n") == breaks
    for line in as_github(findings, 1).split("\n")[:2]:
        assert re.match(r"::(error|warning) file=[^,:]*,line=1,col=1,title=REC004::", line)
        assert not re.search("%(?!25|3A|2C)", line)


@given(
    st.lists(st.builds(finding, path=st.sampled_from(["a", "b"]), line=st.integers(1, 3), message=ANYTHING), max_size=5)
)
def test_the_order_of_findings_is_irrelevant(findings: list[Finding]) -> None:
    for print_ in PRINTERS.values():
        assert print_(findings, 1) == print_(findings[::-1], 1)
    rows: list[dict[str, Any]] = json.loads(as_json(findings, 1))["findings"]
    assert len(rows) == len(findings)


def many(errors: int, warnings: int, message: str = "wrong") -> list[Finding]:
    wrong = [finding(message, line=line) for line in range(1, errors + 1)]
    return wrong + [finding(message, line=line, severity=Severity.WARNING) for line in range(1, warnings + 1)]


def test_errors_name_the_page_of_each_rule_once_or_the_command_that_prints_it(monkeypatch: pytest.MonkeyPatch) -> None:
    findings = [finding(rule="CNT003"), *many(2, 1), finding(rule="SRC003", severity=Severity.WARNING)]
    monkeypatch.delenv(RULES_PAGE, raising=False)
    for format in (as_text, as_list):
        assert "see `incidents explain REC004` for the page of a rule" in format(findings, 1).split("\n")
        assert "explain" not in format(many(0, 1), 1)
    monkeypatch.setenv(RULES_PAGE, PAGES)
    for format in (as_text, as_list):
        see = [line for line in format(findings, 1).split("\n") if line.startswith("see ")]
        assert see == [f"see {PAGES}#cnt003", f"see {PAGES}#rec004"]
    assert json.loads(as_json(findings, 1))["findings"][0]["url"] == f"{PAGES}#cnt003"
    assert as_github(findings, 1).split("\n")[0].endswith(f"CNT003 wrong; see {PAGES}#cnt003")


def test_the_documentation_that_the_package_names_has_the_page_of_the_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    message = Message()
    message["Project-URL"] = "Documentation, https://example.org/docs/"
    monkeypatch.delenv(RULES_PAGE, raising=False)
    monkeypatch.setattr(importlib.metadata, "metadata", lambda _: message)
    links._published_page.cache_clear()
    try:
        assert links.rule_page("CNT003") == "https://example.org/docs/rules.html#cnt003"
    finally:
        links._published_page.cache_clear()


@pytest.mark.parametrize("page", ["javascript:alert(1)", "https://x.org/\x1b[2J", "https://x.org/\n::error::x"])
def test_what_is_no_address_is_not_linked(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(RULES_PAGE, page)
    assert links.rule_page("CNT003") is None


@pytest.mark.parametrize(("setting", "has_links"), [("1", True), ("0", False), ("", False)])
def test_a_terminal_gets_the_id_of_a_rule_as_a_link(
    setting: str, has_links: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(RULES_PAGE, PAGES)
    monkeypatch.setenv("FORCE_HYPERLINK", setting)
    print_findings([finding(rule="CNT003")], 1, "text")
    link = f"a.yaml:1:1: \x1b]8;;{PAGES}#cnt003\x1b\\CNT003\x1b]8;;\x1b\\ wrong\n"
    assert (link in capsys.readouterr().out) is has_links


def test_github_gets_no_more_annotations_than_it_shows_and_the_rest_as_text() -> None:
    lines = as_github(many(12, 11), 1).split("\n")
    commands = [line for line in lines if line.startswith("::")]
    assert [line.partition(" ")[0] for line in commands] == ["::error"] * 10 + ["::warning"] * 10
    assert lines[10:12] == ["a.yaml:11:1: REC004 wrong", "a.yaml:12:1: REC004 wrong"]
    assert lines[-2:] == ["a.yaml:11:1: REC004 warning: wrong", "12 errors, 11 warnings in 1 file"]


def test_what_github_shows_as_annotations_needs_no_table() -> None:
    assert rest_summary(many(10, 10), 1) == ""
    assert rest_summary([], 1) == ""


def test_more_than_github_shows_is_a_table_the_worst_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(RULES_PAGE, "https://example.org/rules.md")
    lines = rest_summary(many(11, 1, "the key `a|b` is <new>"), 1).split("\n")
    assert lines[:4] == ["### 11 errors, 1 warning in 1 file", "", "| where | rule | what |", "|---|---|---|"]
    rule = "[REC004](https://example.org/rules.md#rec004)"
    assert lines[4] == f"| a.yaml:1:1 | {rule} | the key `a\\|b` is &lt;new&gt; |"
    assert lines[-2:] == [f"| a.yaml:1:1 | {rule} | warning: the key `a\\|b` is &lt;new&gt; |", ""]


def test_a_table_of_findings_stays_below_the_size_that_github_takes_and_says_so() -> None:
    table = rest_summary(many(500, 0, HOSTILE * 20), 1)
    assert len(table.encode()) < MAX_BYTES + 200
    rows = sum(line.startswith("| a") for line in table.split("\n"))
    assert table.endswith(f"\n\n{500 - rows} more findings; `incidents validate` lists all.\n")


@given(message=ANYTHING, path=ANYTHING)
def test_a_row_of_the_table_is_one_row_of_three_cells(message: str, path: str) -> None:
    row = rest_summary([finding(message, path, line=line) for line in range(1, 12)], 1).split("\n")[4]
    assert len(re.findall(r"(?<!\\)(?:\\\\)*\|", row)) == 4
