"""Findings as they are printed: for a terminal, for programs, for GitHub; whatever strangers wrote into a record."""

import json
import re
from typing import Any

import hypothesis.strategies as st
from hypothesis import given

from conflict_incidents.findings import (
    MESSAGE_LENGTH,
    PRINTERS,
    SHOWN_LENGTH,
    Finding,
    Mark,
    Severity,
    as_github,
    as_json,
    as_text,
    printable,
    shown,
)

ESCAPE = "\x1b[2J\x1b]0;owned\x07"
BIDI = "\u202e\u2066\u200b\ufeff"
BREAKS = "\r\n\x0b\x0c\x85\u2028\u2029"
HOSTILE = f"{ESCAPE}{BIDI}{BREAKS}\x00\x9b\udc80%0A::error::x"


def finding(
    message: str = "wrong", path: str = "a.yaml", line: int = 1, column: int = 1, severity: Severity = Severity.ERROR
) -> Finding:
    return Finding(path, Mark(line, column), "REC004", severity, message)


def test_text_is_sorted_by_place_and_ends_with_a_summary() -> None:
    found = [finding(line=10), finding(path="b.yaml"), finding(line=9, column=2), finding(line=9, column=1)]
    assert as_text(found, 2).split("\n") == [
        "a.yaml:9:1: REC004 wrong",
        "a.yaml:9:2: REC004 wrong",
        "a.yaml:10:1: REC004 wrong",
        "b.yaml:1:1: REC004 wrong",
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
    found = [finding(line=2, severity=Severity.WARNING), finding(HOSTILE.replace("\udc80", ""))]
    assert json.loads(as_json(found, 1)) == {
        "findings": [
            {"path": "a.yaml", "line": 1, "column": 1, "rule": "REC004", "severity": "error"}
            | {"message": HOSTILE.replace("\udc80", "")},
            {"path": "a.yaml", "line": 2, "column": 1, "rule": "REC004", "severity": "warning", "message": "wrong"},
        ],
        "files": 1,
        "errors": 1,
        "warnings": 1,
    }


def test_github_shows_errors_before_warnings() -> None:
    found = [finding(severity=Severity.WARNING), finding(line=7, column=3)]
    assert as_github(found, 1).split("\n") == [
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


def test_a_long_value_is_cut_and_says_so() -> None:
    assert shown("x" * 100_000) == f"`{'x' * (SHOWN_LENGTH - 1)}…`"
    assert len(shown("\u202e" * 100_000)) == SHOWN_LENGTH + 2


def test_a_value_closes_no_quotes_but_its_own() -> None:
    assert shown("a`b") == "`a'b`"


def test_a_long_message_is_cut_by_every_printer() -> None:
    for print_ in PRINTERS.values():
        assert len(print_([finding("x" * 100_000)], 1)) < MESSAGE_LENGTH + 400


def test_what_can_be_read_is_left_as_it_is() -> None:
    assert printable("حفسرجة, Dayr az-Zawr (ʿAyn), 日本, é") == "حفسرجة, Dayr az-Zawr (ʿAyn), 日本, é"


def test_what_steers_a_terminal_or_hides_text_is_escaped() -> None:
    assert printable("\x1b\u202e\n\u2028\x00\udc80") == r"\x1b\u202e\n\u2028\x00\udc80"


ANYTHING = st.text(st.characters(), max_size=40) | st.sampled_from([HOSTILE, ESCAPE, BIDI, BREAKS, "::", "##["])


@given(message=ANYTHING, path=ANYTHING)
def test_no_text_of_strangers_gets_raw_to_a_terminal_or_a_log(message: str, path: str) -> None:
    found = [finding(message, path), finding(message, path, severity=Severity.WARNING)]
    for name, print_ in PRINTERS.items():
        page = print_(found, 1)
        assert all(line.isprintable() for line in page.split("\n"))
        assert page.encode("utf-8")
        if name != "json":
            assert page.count("\n") == 2
    github = as_github(found, 1).split("\n")
    for line in github[:2]:
        assert re.match(r"::(error|warning) file=[^,:]*,line=1,col=1,title=REC004::", line)
        assert not re.search("%(?!25|3A|2C)", line)


@given(st.lists(st.builds(finding, path=st.sampled_from(["a", "b"]), line=st.integers(1, 3), message=ANYTHING)))
def test_the_order_of_findings_is_irrelevant(found: list[Finding]) -> None:
    for print_ in PRINTERS.values():
        assert print_(found, 1) == print_(found[::-1], 1)
    rows: list[dict[str, Any]] = json.loads(as_json(found, 1))["findings"]
    assert len(rows) == len(found)
