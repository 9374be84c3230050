"""`incidents validate` and `build` as CI and a recorder call them: which files they judge, and how they end."""

import json
import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from conflict_incidents.cli import main

TOP = Path(__file__).parents[2]
RECORD = "data/incidents/SYR/2022/SYR-20220908-k2fd.yaml"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The dataset of the rules' cases, under a folder of its own."""
    shutil.copytree(TOP / "tests/validation/rules/dataset", tmp_path / "dataset")
    return tmp_path / "dataset"


def test_file_outside_the_dataset_is_validated_once_for_any_spelling_of_its_path(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = root.parent / "one"
    outside.mkdir()
    shutil.copy(root / RECORD, outside)
    monkeypatch.chdir(root)
    name = Path(RECORD).name
    assert main(["validate", f"../one/{name}", str(outside / name), "../one", f"../dataset/../one/{name}"]) == 0
    assert "in 1 file" in capsys.readouterr().out


def test_duplicate_id_is_refused_in_any_folders(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for folder in ("one", "two"):
        (root.parent / folder).mkdir()
        shutil.copy(root / RECORD, root.parent / folder)
    assert main(["validate", "--root", str(root), str(root.parent / "one"), str(root.parent / "two")]) == 1
    assert "IDN001" in capsys.readouterr().out


@pytest.mark.parametrize("place", ["stray.yaml", "incident/SYR/2022/SYR-20220908-zz9q.yaml", "Incidents/x.yaml"])
def test_a_file_in_a_folder_of_data_that_is_undefined_is_a_finding(
    place: str, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = root / "data" / place
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("a: [\n", "utf-8")
    assert main(["validate", "--root", str(root)]) == 1
    assert f"data/{place}:" in capsys.readouterr().out


def test_an_editors_backup_beside_a_record_is_refused_and_the_record_is_not(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (root / f"{RECORD}~").touch()
    assert main(["validate", "--root", str(root)]) == 1
    out = capsys.readouterr().out
    assert "IDN001" not in out
    assert "SYR-20220908-k2fd.yaml~:1:1: REC010" in out


def test_a_name_that_is_not_utf_8_is_refused_with_what_is_wrong_with_it(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (root / os.fsdecode(b"data/places/a\xff.yaml")).touch()
    assert main(["validate", "--root", str(root)]) == 2
    assert r"data/places/a\xff.yaml: the name isn't UTF-8; rename" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("key", "value"),
    [("licenses", "x"), ("licenses", [7]), ("contributors", 7), ("sources", {"title": "x"}), ("keywords", 5)],
)
def test_a_descriptor_with_something_else_where_a_list_belongs_is_refused(
    key: str, value: object, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = root / "datapackage.json"
    file.write_text(json.dumps({**json.loads(file.read_text("utf-8")), key: value}), "utf-8")
    assert main(["validate", "--root", str(root)]) == 2
    assert f"`{key}` is no list of the form wanted here; write it as [" in capsys.readouterr().err


CONTRIBUTOR = {
    "contributors": [{"title": "Khaled Example", "path": "https://orcid.org/0000-0000-0000-0000"}],
    "sources": [
        {"title": "Khaled Example (2013), Example Journal 50(4)", "path": "https://example.org/20130102030405"}
    ],
}


@pytest.mark.parametrize(
    ("command", "about", "rule"),
    [
        ("build", {"title": "Khaled Example was wounded in his house"}, "PRV001"),
        ("validate", {"description": "The house of Khaled Example"}, "PRV001"),
        ("validate", {"keywords": ["the house of Khaled Example"]}, "PRV001"),
        ("validate", {"contributors": [{"title": "Khaled Example +963944000000"}]}, "PRV003"),
        ("validate", {"contributors": [{"title": "Khaled Example", "email": "khaled@example.org"}]}, "PRV003"),
        ("validate", {"sources": [{"title": "Example", "more": {"+963944000000": 1}}]}, "PRV003"),
    ],
)
def test_a_descriptor_that_names_or_leads_to_a_person_is_refused_where_it_does(
    command: str, about: dict[str, object], rule: str, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    describe(root, CONTRIBUTOR | about)
    assert main([command, "--root", str(root), *[str(root / RECORD)] * (command == "validate")]) == 1
    out = capsys.readouterr().out
    assert re.search(rf"datapackage.json:[0-9]+:[0-9]+: {rule} ", out)
    assert "Khaled" not in out
    assert "+963" not in out


def test_a_descriptor_may_name_its_contributors_and_sources(root: Path) -> None:
    describe(root, CONTRIBUTOR)
    assert main(["validate", "--root", str(root), str(root / RECORD)]) == 0


def describe(root: Path, about: Mapping[str, object]) -> None:
    file = root / "datapackage.json"
    file.write_text(json.dumps({**json.loads(file.read_text("utf-8")), **about}, indent=2), "utf-8")


def test_an_empty_path_is_a_mistake_of_the_caller(root: Path) -> None:
    with pytest.raises(SystemExit) as excinfo:
        main(["validate", "--root", str(root), ""])
    assert excinfo.value.code == 2


@pytest.mark.parametrize("command", ["validate", "build"])
def test_under_github_actions_findings_become_annotations_by_themselves(
    command: str, root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    file = root / RECORD
    file.write_text(file.read_text("utf-8").replace("status: published", "status: publishd"), "utf-8")
    assert main([command, "--root", str(root)]) == 1
    assert capsys.readouterr().out.startswith("::error file=")


def test_a_refused_record_leaves_the_release_that_was_there(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    release = root / "release/current"
    release.mkdir(parents=True)
    (release / "incidents.csv").write_text("as it was", "utf-8")
    file = root / RECORD
    file.write_text(file.read_text("utf-8").replace("date: 2022-09-08", "date: 2022-02-30"), "utf-8")
    assert main(["build", "--root", str(root)]) == 1
    assert "DAT001" in capsys.readouterr().out
    assert (release / "incidents.csv").read_text("utf-8") == "as it was"


def test_warnings_end_with_0_unless_they_are_to_count(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = root / RECORD
    file.write_text(f"{file.read_text('utf-8')}claims: [{{by: sohr, in: sabah, wounded: 150}}]\n", "utf-8")
    for arguments, code in (([], 0), (["--fail-on-warnings"], 1)):
        assert main(["validate", "--root", str(root), str(file), *arguments]) == code
        assert "CNT015 warning: wounded: 150 is round" in capsys.readouterr().out


def test_findings_beyond_github_annotations_are_in_the_job_summary(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("before\n", "utf-8")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    for number in range(11):
        (root / f"data/places/p{number}.yaml").write_text("schema: place/1\n", "utf-8")
    folder = str(root / "data/places")
    assert main(["validate", "--root", str(root), "--format", "text", folder]) == 1
    assert summary.read_text("utf-8") == "before\n"
    assert main(["validate", "--root", str(root), "--format", "github", folder]) == 1
    assert capsys.readouterr().out.count("::error ") == 10
    page = summary.read_text("utf-8")
    assert page.startswith("before\n### ")
    assert all(f"/p{number}.yaml:1:1 | REC" in page for number in range(11))


def test_a_job_summary_that_cannot_be_written_is_no_success(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "missing/summary.md"))
    for number in range(11):
        (root / f"data/places/p{number}.yaml").write_text("schema: place/1\n", "utf-8")
    assert main(["validate", "--root", str(root), "--format", "github", str(root / "data/places")]) == 2
    assert "missing/summary.md: No such file or directory" in capsys.readouterr().err


MANY = 5
"""How many incidents with a round number, a warning, `crowded` adds."""


@pytest.fixture
def many_warnings(root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A dataset with more warnings of a rule than the default output lists, and an error in the last of the files."""
    text = (root / RECORD).read_text("utf-8") + "claims: [{by: sohr, in: sabah, wounded: 150}]\n"
    for number in range(MANY):
        id = f"SYR-20220908-aaa{number + 2}"
        file = (root / RECORD).with_name(f"{id}.yaml")
        file.write_text(text.replace("SYR-20220908-k2fd", id), "utf-8")
    file.write_text(file.read_text("utf-8").replace("status: published", "status: publishd"), "utf-8")
    monkeypatch.chdir(root)
    return root / "data/incidents"


def test_the_first_warnings_of_a_rule_are_listed_and_every_error(
    many_warnings: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["validate", "--rule", "cnt015", "--rule", "REC006", str(many_warnings)]) == 1
    first, see, *examples, more, summary = capsys.readouterr().out.splitlines()
    assert re.search(r"aaa6\.yaml:[0-9:]+ REC006 ", first)
    assert see == "see `incidents explain REC006` for the page of a rule"
    assert [line.split(":")[0][-9:] for line in examples] == ["aaa2.yaml", "aaa3.yaml", "aaa4.yaml"]
    assert more == "  … 2 more of CNT015; `incidents validate --rule CNT015 --all` lists them"
    assert summary.startswith("1 error, 5 warnings in ")
    assert main(["validate", "--rule", "CNT015", "--all", str(many_warnings)]) == 0
    assert capsys.readouterr().out.count(" CNT015 warning: ") == MANY


def test_no_warning_is_left_out_where_that_would_save_no_line(
    many_warnings: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = [str(file) for file in sorted(many_warnings.rglob("*aaa?.yaml"))[:4]]
    assert main(["validate", "--rule", "CNT015", *paths]) == 0
    assert [" CNT015 warning: " in line for line in capsys.readouterr().out.splitlines()] == [True] * 4 + [False]


def test_statistics_count_the_findings_of_each_rule(many_warnings: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "--statistics", "--rule", "CNT015", "--rule", "REC006", str(many_warnings)]) == 1
    assert capsys.readouterr().out.splitlines()[:-1] == [
        "5  CNT015 warning  A large round number is seldom exact.",
        "1  REC006 error    A value of a closed list is in the list.",
    ]


def test_quiet_lists_what_makes_the_command_fail_and_nothing_else(
    many_warnings: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["validate", "--quiet", str(many_warnings)]) == 1
    [line] = capsys.readouterr().out.splitlines()
    assert ": REC006 " in line
    assert main(["validate", "--quiet", "--rule", "CNT015", str(many_warnings)]) == 0
    assert capsys.readouterr().out == ""
    assert main(["validate", "--quiet", "--rule", "CNT015", "--fail-on-warnings", str(many_warnings)]) == 1
    assert capsys.readouterr().out.count(" CNT015 warning: ") == MANY


def test_a_machine_format_has_every_warning(many_warnings: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "--format", "json", "--rule", "CNT015", str(many_warnings)]) == 0
    assert capsys.readouterr().out.count('"CNT015"') == MANY


@pytest.mark.parametrize(("text", "rule"), [("a: [\n", "REC0"), ("schema: incident/9\n", "REC003")])
def test_unparsable_file_is_reported_with_any_rule_option(
    text: str, rule: str, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (root / RECORD).write_text(text, "utf-8")
    assert main(["validate", "--root", str(root), "--rule", "CNT015", str(root / RECORD)]) == 1
    assert re.search(rf"k2fd\.yaml:[0-9:]+ {rule}", capsys.readouterr().out)


def test_an_unknown_rule_ends_with_2(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "--root", str(root), "--rule", "CTN015"]) == 2
    assert capsys.readouterr().err == "incidents: there is no rule CTN015; did you mean `CNT015`?\n"
    assert main(["validate", "--root", str(root), "--rule", "CNT015", "--fix"]) == 2


@pytest.mark.parametrize("views", [["--all", "--quiet"], ["--format", "json", "--statistics"]])
def test_one_way_of_printing_is_chosen(views: list[str], root: Path) -> None:
    with pytest.raises(SystemExit) as excinfo:
        main(["validate", "--root", str(root), *views])
    assert excinfo.value.code == 2
