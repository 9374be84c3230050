"""What a dataset asserts of its releases, counted in finished tables; and a build that it stops."""

from pathlib import Path

import pytest

from comparisons import release_of
from conflict_incidents.cli import main
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.release.assertions import check_assertions, count
from conflict_incidents.release.reader import OpenRelease
from projects import Project, line
from samples import REGISTRIES, Tree, claim_of, incident, withdrawn

OTHER = incident("SYR-20220908-aaaa", date="2022-09-09", kind="airstrike", claims=[claim_of(killed=10)])
TREES = [*REGISTRIES, incident(claims=[claim_of()]), OTHER, incident("SYR-20220908-bbbb"), withdrawn()]


@pytest.fixture(scope="module")
def release() -> OpenRelease:
    return release_of(TREES)


def asserting(root: Path, *assertions: str) -> Dataset:
    """A dataset that asserts something, each in a line."""
    (root / "data").mkdir(exist_ok=True)
    lines = ["schema: assertions/1", "assertions:", *(f"  - {{{one}}}" for one in assertions)]
    (root / "data/assertions.yaml").write_text("\n".join([*lines, ""]), "utf-8")
    dataset = Dataset(root)
    assert dataset.assertions
    assert len(dataset.assertions.assertions) == len(assertions), "the file can be read"
    return dataset


@pytest.mark.parametrize(
    ("what", "number"),
    [
        ("table: incidents", 4),
        ("table: incidents, where: {status: published}", 3),
        ("table: incidents, where: {kind: airstrike, country: SYR}", 1),
        ("table: incidents, where: {date_from: 2022-09-09}", 1),
        ("table: incidents, where: {sites: '1'}", 3),
        ("table: sites, where: {primary: 'true'}", 3),
        ("table: incidents, where: {country: XXA}", 0),
        ("table: incidents, sum: killed_low", 17),
        ("table: incidents, sum: killed_low, where: {kind: airstrike}", 10),
        ("table: incidents, sum: killed_low, where: {country: XXA}", 0),
        ("table: overrides, sum: best", 0),
        ("table: claims", 3),
    ],
)
def test_rows_and_sums_equal_those_of_the_csv(tmp_path: Path, release: OpenRelease, what: str, number: int) -> None:
    result = asserting(tmp_path, f"{what.replace('2022-09-09', repr('2022-09-09'))}, at_least: 0").assertions
    assert result
    assert count(release, result.assertions[0]) == number


def test_what_doesnt_hold_is_found_at_its_bound(tmp_path: Path, release: OpenRelease) -> None:
    dataset = asserting(
        tmp_path,
        "table: incidents, at_least: 4, at_most: 4",
        "table: incidents, where: {status: published}, at_least: 4",
        "table: incidents, sum: killed_low, at_least: 18, at_most: 9000",
        "table: claims, at_most: 2",
    )
    assert [line(one) for one in check_assertions(dataset, release, None)] == [
        "assertions.yaml:4:62: rows of incidents with status `published`: 3, less than 4; restore what is lost, or "
        "correct the assertion",
        "assertions.yaml:5:51: sum of killed_low in incidents: 17, less than 18; restore what is lost, or correct the "
        "assertion",
        "assertions.yaml:6:30: rows of claims: 3, more than 2; remove what doesn't belong, or correct the assertion",
    ]


def test_a_drop_since_the_release_before_is_bounded(tmp_path: Path, release: OpenRelease) -> None:
    later = release_of([tree for tree in TREES if tree is not OTHER], "1.0.1")
    bound = "table: incidents, where: {status: published}, drop_at_most: "
    assert check_assertions(asserting(tmp_path, f"{bound}33.4"), later, release) == []
    (finding,) = check_assertions(asserting(tmp_path, f"{bound}33.3"), later, release)
    assert line(finding) == (
        "assertions.yaml:3:66: rows of incidents with status `published`: 2, 33.33 percent less than the 3 of version "
        "1.0.0; restore what is lost, or raise `drop_at_most` for this release"
    )
    assert check_assertions(asserting(tmp_path, f"{bound}0"), release, later) == []
    assert check_assertions(asserting(tmp_path, f"{bound}0"), later, None) == []


def test_a_dataset_that_asserts_nothing_builds(tmp_path: Path, release: OpenRelease) -> None:
    (tmp_path / "data").mkdir()
    assert check_assertions(Dataset(tmp_path), release, None) == []


def test_a_build_stops_at_an_assertion_and_leaves_the_release_that_was_there(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    monkeypatch.chdir(project.root)
    assertion: Tree = {"table": "incidents", "at_least": 1}
    trees = [*REGISTRIES, incident(claims=[claim_of()])]
    project.record([*trees, {"schema": "assertions/1", "assertions": [assertion]}], "1.0.0")
    assert main(["build"]) == 0
    previous_release = (project.root / "release/current").resolve()
    capsys.readouterr()
    project.record([*trees, {"schema": "assertions/1", "assertions": [assertion | {"at_least": 2}]}], "1.0.0")
    assert main(["build"]) == 1
    captured = capsys.readouterr()
    assert captured.out.startswith("data/assertions.yaml:1:78: REV010 rows of incidents: 1, less than 2; restore")
    assert captured.err == "incidents: no release was made; an earlier one is untouched\n"
    assert (project.root / "release/current").resolve() == previous_release
