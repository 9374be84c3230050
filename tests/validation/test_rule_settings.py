"""`data/rules.yaml`: rules that a dataset turns off, or whose severity it changes."""

import shutil
from pathlib import Path

import pytest

from conflict_incidents.cli import main
from repositories import Repository

TOP = Path(__file__).parents[2]
RECORD = "data/incidents/SYR/2022/SYR-20220908-k2fd.yaml"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The dataset of the rules' cases, with a round number that is a warning (CNT015)."""
    shutil.copytree(TOP / "tests/validation/rules/dataset", tmp_path / "dataset")
    file = tmp_path / "dataset" / RECORD
    file.write_text(f"{file.read_text('utf-8')}claims: [{{by: sohr, in: sabah, wounded: 150}}]\n", "utf-8")
    monkeypatch.chdir(tmp_path / "dataset")
    return tmp_path / "dataset"


def configure(root: Path, *settings: str) -> None:
    lines = [f"  - {{{one}, reason: All sources round.}}\n" for one in settings]
    (root / "data/rules.yaml").write_text("schema: rules/1\nrules:\n" + "".join(lines), "utf-8")


def run_validate(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[str]]:
    code = main(["validate", *arguments])
    lines = capsys.readouterr().out.splitlines()[:-1]
    return code, [line.partition(": ")[2] for line in lines if not line.startswith("see ")]


def rules(lines: list[str]) -> list[str]:
    return [" ".join(line.split()[:2]) if " warning: " in line else line.split()[0] for line in lines]


def test_a_rule_is_turned_off_for_every_record(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = rules(run_validate(capsys)[1])
    configure(root, "rule: CNT015, severity: ignore")
    lines = run_validate(capsys)[1]
    assert rules(lines) == [one for one in before if not one.startswith("CNT015")] != before
    configure(root, "rule: CNT015, severity: ignore", "rule: SRC002, severity: ignore")
    assert run_validate(capsys, RECORD, "--fail-on-warnings") == (0, [])


def test_a_severity_is_raised_and_lowered(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = root / RECORD
    file.write_text(file.read_text("utf-8").replace("wounded: 150", "wounded: {total: 100, civilians: 101}"), "utf-8")
    assert {"CNT003", "CNT015 warning:"} <= set(rules(run_validate(capsys)[1]))
    configure(root, "rule: CNT015, severity: error", "rule: CNT003, severity: warning")
    code, lines = run_validate(capsys)
    assert code == 1
    assert {"CNT003 warning:", "CNT015"} <= set(rules(lines))


@pytest.mark.parametrize("severity", ["ignore", "warning"])
def test_a_setting_that_is_refused_changes_nothing(
    severity: str, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = root / RECORD
    text = file.read_text("utf-8").replace("status: published", "status: published\nnote: Call +963 11 123 4567.")
    file.write_text(text.replace("wounded: 150", "wounded: -1"), "utf-8")
    configure(root, *(f"rule: {id}, severity: {severity}" for id in ("PRV003", "CNT001", "REV011")))
    code, lines = run_validate(capsys)
    assert code == 1
    assert set(rules(lines)) >= {"PRV003", "CNT001", "REV011"}
    assert sum("can't be turned off or lowered" in line for line in lines) == 3


def test_what_the_schema_refuses_stays_an_error_where_the_rule_is_off(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = root / RECORD
    configure(root, "rule: DAT001, severity: ignore")
    file.write_text(file.read_text("utf-8").replace("date: 2022-09-08", "date: 2022-9-8"), "utf-8")
    code, lines = run_validate(capsys, RECORD)
    assert code == 1
    assert "DAT001" in rules(lines)


def test_a_waiver_of_a_rule_that_is_off_is_no_longer_needed(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    waiver = "rule: CNT015, record: SYR-20220908-k2fd, reason: It is so., date: 2023-01-10, by: reviewers"
    (root / "data/waivers.yaml").write_text(f"schema: waivers/1\nwaivers:\n  - {{{waiver}}}\n", "utf-8")
    assert "REV002" not in rules(run_validate(capsys)[1])
    configure(root, "rule: CNT015, severity: ignore")
    code, lines = run_validate(capsys)
    assert code == 1
    assert "REV002 `SYR-20220908-k2fd` raises no CNT015 any more; delete the waiver" in lines


def test_a_branch_that_raises_a_severity_brings_the_errors(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Repository.create(root).commit()
    assert run_validate(capsys, "--changed-since", "HEAD") == (0, [])
    configure(root, "rule: CNT015, severity: error")
    code, lines = run_validate(capsys, "--changed-since", "HEAD")
    assert (code, rules(lines)) == (1, ["CNT015"])
