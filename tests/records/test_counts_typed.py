"""Counts as people type them: each spelling gets one finding, at its place, with the bound that it means."""

from pathlib import Path

import pytest

from conflict_incidents.core.findings import Mark, errors
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.pipeline import validate_parsed
from conflict_incidents.records.parsing import parse

RULES = Path(__file__).parents[1] / "validation/rules"
REGISTRIES = Dataset(RULES / "dataset")
RECORD = (RULES / "base/minimal.yaml").read_text("utf-8")
ANYTHING_ELSE = "write a whole number in plain digits, without quotes"
UNKNOWN = "delete the key: unknown is not zero"

MEANS = {
    "{at_least: 7}": [">6", "> 6", ">  6", "more than 6", "over 6", "above 6", "> six", "\uff1e6"],
    "{at_least: 6}": [
        *(
            ">=6",
            ">= 6",
            "=>6",
            "\u22656",
            "\u2265 6",
            "\u22676",
            "\u2a7e6",
            "6+",
            "6 +",
            "6\uff0b",
            "6 or more",
            "6 plus",
        ),
        *("at least 6", "At least six", "min 6", "min. 6", "minimum 6", "6 at least", "six or more", "no fewer than 6"),
    ],
    "{at_most: 5}": ["<6", "< 6", "fewer than 6", "less than 6", "under 6", "below 6", "\uff1c6"],
    "{at_most: 6}": [
        "<=6",
        "=<6",
        "\u22646",
        "\u2264 6",
        "\u22666",
        "\u2a7d6",
        "up to 6",
        "at most 6",
        "max. 6",
        "6 or fewer",
    ],
    "{about: 6}": [
        "~6",
        "~ 6",
        "\u22486",
        "c. 6",
        "c.6",
        "ca. 6",
        "ca 6",
        "circa 6",
        "approx. 6",
        "about 6",
        "around six",
    ],
    "{between: [6, 8]}": ["6-8", "6 - 8", "6\u20138", "6\u20148", "6..8", "6...8", "6 to 8", "between 6 and 8"],
    "{between: [6, 7]}": ["6 or 7", "six or seven"],
    "{at_least: 1201}": [">1,200", "> 1,200", "more than 1,200"],
    "{at_least: 99}": ["99+", ">98"],
    "{word: dozens}": ["dozens", "Dozens"],
    "6": ["six", "\u0666", "\uff16"],
}
TYPED_COUNTS = [(typed, f"write `{meant}`") for meant, spellings in MEANS.items() for typed in spellings] + [
    ("6<", "write `{at_least: 7}` for x > 6, or `{at_most: 5}` for x < 6"),
    ("6 <", "write `{at_least: 7}` for x > 6, or `{at_most: 5}` for x < 6"),
    ("6>", "write `{at_most: 5}` for x < 6, or `{at_least: 7}` for x > 6"),
    ("6<=", "write `{at_least: 6}` for x >= 6, or `{at_most: 6}` for x <= 6"),
    ("6 \u2265", "write `{at_most: 6}` for x \u2264 6, or `{at_least: 6}` for x \u2265 6"),
    ("+6", "write `6` for just so many, or `{at_least: 6}` for so many or more"),
    *[(typed, ANYTHING_ELSE) for typed in (">6<8", ">>6", ">6 killed", "6?", "6 or 9", "6/8", "6\u00b11", ">-1", "<0")],
    *[(typed, UNKNOWN) for typed in ("unknown", "n/a", '"-"')],
    ("none", "write `0` if the source says so; if it is unknown, delete the key"),
    *[(typed, f"write the number, or {UNKNOWN}") for typed in (">", "|", ">-", "|6", "#6", "")],
]


@pytest.mark.parametrize(("value", "message"), TYPED_COUNTS)
def test_a_count_gets_one_finding_with_the_bound_that_it_means(value: str, message: str) -> None:
    text = RECORD.replace("    killed: 7\n", f"    killed: {value}\n    wounded: 3\n")
    [finding] = errors(validate_parsed(parse(text.encode(), "SYR-20220908-7q4m.yaml"), REGISTRIES))
    assert (finding.rule, finding.mark.line) == ("REC007", 15)
    assert finding.message.endswith(f"; {message}")
    assert "delete" in message or "delete" not in finding.message


@pytest.mark.parametrize("text", [">6", "> 6", ">=6", "\u2265 6", "6+", "<6", "6 or more"])
def test_it_gets_the_same_in_brackets_and_before_a_comment(text: str) -> None:
    one = RECORD.replace("    killed: 7\n", f"    killed: {{total: {text}, civilians: {text}}}  # so\n")
    findings = errors(validate_parsed(parse(one.encode(), "SYR-20220908-7q4m.yaml"), REGISTRIES))
    assert [(one.rule, one.mark) for one in findings] == [
        ("REC007", Mark(15, 21)),
        ("REC007", Mark(15, 21 + len(f"{text}, civilians: "))),
    ]
    assert all("write `{at_" in one.message for one in findings)
