"""What every recorder needs: right records, and short ones, without a single error."""

from pathlib import Path

import pytest

from conflict_incidents.core.findings import errors
from rule_cases import Case, lay_out

COUNTS = (
    "0", "7", "{at_least: 7}", "{at_most: 7}", "{between: [4, 6]}", "{between: [4, 6], best: 5}", "{about: 11}",
    "{total: 7}", "{total: {at_least: 7}, children: 2}", "{civilians: {at_least: 7}}", "{unknown_status: 3}",
    "{total: {about: 30}, combatants: {at_most: 12}, attackers: 2}", "{total: 7, medics: 2, aid_workers: 2}",
    "{total: 7, women: 2, men: 2, girls: 2, boys: 1, sexes_complete: true}",
    "{total: 9, side_a: 3, side_b: {at_least: 4}, civilians: 2}",
)  # fmt: skip
SCOPES = (
    "incident", "quarry", "[quarry]", "[quarry, house]", "{area: idlib, from: 2022-09-08, to: 2022-09-08}",
    "{area: hafsarjah, from: 2022-09-01, to: 2022-09-30}",
)  # fmt: skip
DATES = (
    "2022-09-08", '"2022-09-08"', "{from: 2022-09-08, to: 2022-09-08}",
    "{from: 2022-09-08, to: 2022-09-08, precision: day}", "{from: 2022-09-05, to: 2022-09-10, precision: days}",
    "{from: 2022-09-05, to: 2022-09-11, precision: week}", "{from: 2022-09-01, to: 2022-09-30, precision: month}",
    "{from: 2022-01-01, to: 2022-12-31, precision: year}", "{from: 2022-08-20, to: 2022-09-08}",
)  # fmt: skip
TOLL = "{by: sohr, in: sabah, killed: 7}"


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lay_out(tmp_path_factory.mktemp("cases"))


@pytest.fixture
def root(dataset: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(dataset)
    return dataset


def is_accepted(root: Path, edit: dict[str, str], base: str = "incident") -> bool:
    findings = errors(Case("", "", base, edit).validate(root))
    assert findings == []
    return True


def test_the_record_that_the_design_begins_with(root: Path) -> None:
    assert is_accepted(root, {}, "sketch")


def test_a_record_of_fifteen_lines_without_a_warning(root: Path) -> None:
    assert Case("", "", "minimal").validate(root) == []


def test_seven_killed_at_least_four_civilians_three_not_identified(root: Path) -> None:
    toll = "{by: sohr, in: sabah, killed: {total: 7, civilians: {at_least: 4}, unknown_status: 3}}"
    assert Case("", "", edit={TOLL: toll}).validate(root) == []


@pytest.mark.parametrize("measure", ["killed", "wounded", "missing", "detained", "casualties", "displaced"])
@pytest.mark.parametrize("count", COUNTS)
def test_every_form_of_a_count_of_people(root: Path, measure: str, count: str) -> None:
    assert is_accepted(root, {TOLL: f"{{by: sohr, in: later, {measure}: {count}}}"})


@pytest.mark.parametrize("measure", ["strikes", "munitions", "aircraft"])
@pytest.mark.parametrize("count", COUNTS[:7])
def test_every_form_of_a_count_of_things(root: Path, measure: str, count: str) -> None:
    assert is_accepted(root, {TOLL: f"{{by: sohr, in: sabah, {measure}: {count}}}"})


@pytest.mark.parametrize("scope", SCOPES)
def test_every_kind_of_scope(root: Path, scope: str) -> None:
    assert is_accepted(root, {TOLL: f"{{by: sohr, in: sabah, scope: {scope}, killed: 7}}"})


@pytest.mark.parametrize("date", DATES)
def test_every_form_of_a_date(root: Path, date: str) -> None:
    late = {"publisher: daily-sabah, published: 2022-09-08": "publisher: daily-sabah, published: 2023-01-01"}
    assert is_accepted(root, {"\ndate: 2022-09-08": f"\ndate: {date}", **late})


def test_incident_with_unknown_toll(root: Path) -> None:
    assert is_accepted(root, {"claims:\n  - by: sohr\n    in: sabah\n    killed: 7\n": ""}, "minimal")


def test_block_and_flow_style_say_the_same(root: Path) -> None:
    block = "by: sohr\n    in: sabah\n    killed:\n      total: 7\n      civilians:\n        at_least: 4"
    assert Case("", "", edit={TOLL: block}).validate(root) == []


def test_long_text_in_a_block(root: Path) -> None:
    note = "kind: airstrike\nnote: |\n  Two lines: the first,\n  and the second.\n"
    assert Case("", "", edit={"kind: airstrike\n": note}).validate(root) == []
