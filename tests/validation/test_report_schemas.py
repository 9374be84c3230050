"""The formats of other tools, against the schemas that these tools publish; `tests/schemas/README.md` says whose."""

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

import jsonschema_rs
import pytest
from hypothesis import given

from conflict_incidents import __version__
from conflict_incidents.core.findings import Finding, Severity
from conflict_incidents.validation.reports import PRINTERS
from conflict_incidents.validation.reports.links import RULES_PAGE, uri
from conflict_incidents.validation.rules import RULES
from hostile_text import ANYTHING, HOSTILE, finding

SCHEMAS = Path(__file__).parents[1] / "schemas"
PAGES = "https://example.org/rules.md"
FINDINGS = [
    finding("civilians killed (9) exceed the total (7)", "data/x.yaml", 31, 18, rule="CNT003"),
    finding("100 is round", "data/x.yaml", 12, 5, Severity.WARNING, "CNT015"),
    finding("civilians killed (3) exceed the total (2)", "data/é b.yaml", 4, 1, rule="CNT003"),
]


def schema(name: str) -> Any:
    return json.loads((SCHEMAS / name).read_text("utf-8"))


VALIDATOR = jsonschema_rs.validator_for(schema("sarif-2.1.0.json"), validate_formats=True)
sarif = PRINTERS["sarif"]


def is_invalid(page: str) -> bool:
    """Whether the schema refuses what was printed."""
    return not VALIDATOR.is_valid(json.loads(page))


def run_of(findings: list[Finding]) -> Any:
    """Return the run that is printed, after the schema has judged it."""
    page = sarif(findings, 2)
    assert not is_invalid(page)
    [run] = json.loads(page)["runs"]
    return run


@given(message=ANYTHING.filter(str.strip), path=ANYTHING.filter(bool))
def test_untrusted_text_keeps_the_report_schemas_valid(message: str, path: str) -> None:
    findings = [finding(message, path), finding(message, path, 2, severity=Severity.WARNING)]
    assert not is_invalid(sarif(findings, 1))
    assert not is_invalid(sarif([], 0))


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ('"level": "error"', '"level": "bad"'),
        ('"ruleId"', '"rule"'),
        ('"unicodeCodePoints"', '"codePoints"'),
        (f'"{PAGES}#cnt003"', '"no address"'),
    ],
)
def test_the_schema_refuses_a_report_that_is_wrong(right: str, wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(RULES_PAGE, PAGES)
    page = sarif(FINDINGS, 2)
    assert not is_invalid(page)
    assert right in page
    assert is_invalid(page.replace(right, wrong))


def test_sarif_says_where_what_and_by_which_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(RULES_PAGE, PAGES)
    run = run_of(FINDINGS)
    assert run["columnKind"] == "unicodeCodePoints"
    first, second, third = run["results"]
    assert [first["ruleId"], second["ruleId"], third["ruleId"]] == ["CNT003", "CNT003", "CNT015"]
    assert [first["level"], third["level"]] == ["error", "warning"]
    assert first["message"] == {"text": "civilians killed (9) exceed the total (7)"}
    [place] = first["locations"]
    assert place["physicalLocation"] == {
        "artifactLocation": {"uri": "data/x.yaml", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 31, "startColumn": 18},
    }
    assert second["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "data/%C3%A9%20b.yaml"
    driver = run["tool"]["driver"]
    assert (driver["name"], driver["semanticVersion"]) == ("incidents", __version__)
    assert [rule["id"] for rule in driver["rules"]] == sorted(RULES)
    rule = driver["rules"][first["ruleIndex"]]
    assert rule["name"] == "CiviliansFit"
    assert rule["shortDescription"] == {"text": "Civilians fit inside the total of the same claim."}
    assert rule["help"]["text"] == RULES["CNT003"].page
    assert "```yaml\nkilled: {total: 7, civilians: {at_least: 9}}\n```" in rule["help"]["markdown"]
    assert rule["helpUri"] == f"{PAGES}#cnt003"
    assert rule["defaultConfiguration"] == {"level": "error"}
    assert run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"] == "2 files checked"


def test_without_an_address_of_the_manual_no_format_makes_one_up(monkeypatch: pytest.MonkeyPatch) -> None:
    for page in ("", "javascript:alert(1)"):
        monkeypatch.setenv(RULES_PAGE, page)
        assert "helpUri" not in sarif(FINDINGS, 2)


def test_sarif_keeps_the_five_thousand_worst_and_says_how_many_are_left_out() -> None:
    findings = [finding(line=line, severity=Severity.WARNING) for line in range(1, 4001)]
    findings += [finding(path="z.yaml", line=line) for line in range(1, 2002)]
    run = run_of(findings)
    levels = [result["level"] for result in run["results"]]
    assert levels == ["error"] * 2001 + ["warning"] * 2999
    assert run["invocations"][0]["toolExecutionNotifications"][1] == {
        "level": "warning",
        "message": {"text": "1001 more findings are left out, the least bad ones; `incidents validate` lists all"},
    }
    assert len(run_of(findings[:5000])["invocations"][0]["toolExecutionNotifications"]) == 1


def test_no_message_is_a_link_or_a_template_for_a_viewer_of_sarif() -> None:
    [result] = run_of([finding("[a](1) {0} {at_least: 7}\n")])["results"]
    assert result["message"] == {"text": "[a] (1) { 0} {at_least: 7}\\n"}


@given(path=ANYTHING)
def test_an_address_of_a_file_leads_back_to_its_name(path: str) -> None:
    address = uri(path)
    assert re.fullmatch(r"[A-Za-z0-9_.~/%-]*|file:///[A-Za-z0-9_.~/%-]*", address)
    assert ":" not in address.removeprefix("file://")
    try:
        data = path.encode("utf-8", "surrogateescape")  # as a name comes from the system
    except UnicodeEncodeError:
        data = path.encode("utf-8", "surrogatepass")
    assert unquote_to_bytes(urlsplit(address).path if address.startswith("file:") else address) == data


def prints(findings: list[Finding]) -> list[str]:
    return [result["partialFingerprints"]["findingIdentity/v1"] for result in run_of(findings)["results"]]


def test_a_finding_is_the_same_one_when_lines_move() -> None:
    findings = [finding("the key (first used on line 3)", line=9), finding("wrong", line=4), finding("wrong", line=5)]
    shifted = [finding("the key (first used on line 13)", line=8), *(finding("wrong", line=n) for n in (14, 25))]
    assert set(prints(findings)) == set(prints(shifted))
    assert len(set(prints(findings))) == 3


def test_findings_that_differ_in_path_rule_or_message_have_fingerprints_of_their_own() -> None:
    findings = [finding(), finding(path="b.yaml"), finding(rule="REC006"), finding("else"), finding("wron", "ga.yaml")]
    assert len(set(prints(findings))) == 5
    assert all(re.fullmatch("[0-9a-f]{32}", one) for one in prints(findings))


def test_nothing_printed_steers_a_terminal() -> None:
    text = json.dumps(run_of([finding(HOSTILE, HOSTILE)]), ensure_ascii=False)
    assert text.encode("utf-8")
    assert text.isprintable()
