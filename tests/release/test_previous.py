"""A release and the one before: the least version, the table of changes, and what keeps a release from being made."""

import shutil
from pathlib import Path

import pytest

from comparisons import without_column
from conflict_incidents import load
from conflict_incidents.cli import main
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.release import ReleaseError, ReleaseRefused, index
from conflict_incidents.release.reader import open_release
from projects import Project, changes, previous_of
from samples import REGISTRIES, STORY, claim_of, incident, withdrawn, write_release

OTHER = incident("SYR-20220908-w1th")
SECOND = incident("SYR-20220908-aaaa", claims=[claim_of()])


def test_a_dataset_that_published_nothing_builds_under_any_version_all_day(project: Project) -> None:
    for trees, version in ((STORY, "0.1.0"), ([*STORY, SECOND], "0.1.0"), (STORY, "1")):
        release = project.build(trees, version)
        assert changes(release) == []
        assert previous_of(release) is None
        assert project.changes == ""
    assert (release / "changes.csv").read_text("utf-8") == "id,kind,table,column,before,after,reason\n"
    assert list(load("changes", source=release).columns) == [
        "id",
        "kind",
        "table",
        "column",
        "before",
        "after",
        "reason",
    ]


def test_a_changed_contract_demands_the_next_major_version(project: Project) -> None:
    with open_release(project.build(STORY, "1.4.0")) as release:
        before = str(without_column(release, "incidents", "note").files["datapackage.json"].parent)
    (message,) = project.refusals(STORY, "1.5.0", before)
    assert "since then the contract of the tables has changed (incidents.note); write at least `2.0.0`" in message
    later = project.build(STORY, "2.0.0", before)
    assert [(row["kind"], row["table"], row["column"], row["after"]) for row in changes(later)] == [
        ("schema", "incidents", "note", "column: note")
    ]
    assert project.changes.splitlines() == [
        "since version 1.4.0: the contract of the tables has changed (incidents.note)",
        "no note says why: 1 change of the contract",
    ]


def test_the_same_rows_under_the_version_that_was_published_give_the_same_release(project: Project) -> None:
    project.publish(project.build(STORY, "1.0.0"))
    later = project.build([*STORY, SECOND], "1.1.0")
    project.publish(later)
    assert project.build([*STORY, SECOND], "1.1.0") == later
    assert len(changes(later)) == 11


def test_before_the_first_settled_version_what_breaks_is_a_minor_step(project: Project) -> None:
    project.publish(project.build(STORY, "0.1.4"))
    (message,) = project.refusals([*STORY, SECOND], "0.1.5")
    assert message.endswith("write at least `0.2.0`")
    assert previous_of(project.build([*STORY, SECOND], "0.2.0")) is not None


def test_finding_is_at_the_version(project: Project) -> None:
    project.publish(project.build(STORY, "1.0.0"))
    (message,) = project.refusals([*STORY, SECOND], "1.0.0")
    assert message == (
        "datapackage.json:6:14: the version is `1.0.0`, the last release `1.0.0`, and since then rows were added "
        "(1 in incidents, 1 in sites, 1 in reports and in 4 more tables); write at least `1.1.0`"
    )
    assert (project.root / "datapackage.json").read_text("utf-8").splitlines()[5][13:] == '"1.0.0",'
    (message,) = project.refusals(STORY, "1.2")
    assert (
        message
        == "datapackage.json:6:14: the version is `1.2`, which isn't of the form `1.2.3`; write at least `1.0.0`"
    )
    (message,) = project.refusals(STORY, "1.1.0-rc.1")
    assert "`1.1.0-rc.1`, which isn't of the form" in message


def test_a_title_or_a_description_makes_a_new_version_too(project: Project) -> None:
    project.publish(project.build(STORY, "1.0.0"))
    project.describe(title="Other words")
    sample = Dataset(project.root)
    with pytest.raises(ReleaseRefused, match=r"the contract of the tables has changed; write at least `1\.0\.1`"):
        write_release(sample, sample.root / "release")


def test_without_the_files_of_the_last_release_its_version_is_still_not_given_twice(project: Project) -> None:
    release = project.build(STORY, "1.0.0")
    project.publish(release)
    shutil.rmtree(release)
    (message,) = project.refusals([*STORY, SECOND], "1.0.0")
    assert message.endswith("`1.0.0`, and since then the rows have changed; write at least `1.0.1`")
    (message,) = project.refusals(STORY, "1")
    assert "isn't of the form" in message
    assert project.changes == ""
    same = project.build(STORY, "1.0.0")
    assert same == release
    assert previous_of(project.build([*STORY, SECOND], "1.1.0")) == {"version": "1.0.0", "contentHash": hash_of(same)}
    shutil.rmtree(release)
    assert previous_of(project.build([*STORY, SECOND], "1.1.0")) is None
    assert project.changes == (
        "what changed since version 1.0.0 wasn't computed: that release isn't among those of the dataset; "
        "`--previous 1.0.0` fetches it, where the index has its address"
    )


def hash_of(release: Path) -> str:
    with open_release(release) as reader:
        return reader.content_hash


@pytest.mark.slow
def test_of_several_builds_of_a_version_the_published_one_is_compared_with(project: Project) -> None:
    second_build = project.build(STORY, "1.0.0")
    project.build([*STORY, OTHER], "1.0.0")
    project.publish(second_build)
    project.build([*STORY, SECOND], "1.1.0")
    assert project.changes.startswith("since version 1.0.0: rows were added (1 in incidents")


def test_a_release_named_by_previous_is_compared_with_and_has_to_be_the_published_one(
    project: Project, tmp_path: Path
) -> None:
    first_build, other = project.build(STORY, "1.0.0"), project.build([*STORY, OTHER], "1.0.0")
    zip = shutil.make_archive(str(tmp_path / "kept"), "zip", first_build)
    project.publish(first_build)
    shutil.rmtree(first_build)
    with pytest.raises(
        ReleaseError, match=r"isn't the release that was published as version 1\.0\.0: its checksums are"
    ):
        project.build([*STORY, SECOND], "1.1.0", str(other))
    assert previous_of(project.build([*STORY, SECOND], "1.1.0", zip)) == {
        "version": "1.0.0",
        "contentHash": project.index.releases[0].content,
    }
    with pytest.raises(ReleaseError, match=r"there is no release `9\.0\.0`"):
        project.build([*STORY, SECOND], "1.1.0", "9.0.0")


def test_a_torn_release_and_a_torn_index_are_refused(project: Project) -> None:
    release = project.build(STORY, "1.0.0")
    project.publish(release)
    (release / "claims.parquet").write_bytes(b"")
    with pytest.raises(ReleaseError, match=r"isn't whole; fetch or build it again:\n  claims\.parquet isn't the file"):
        project.build([*STORY, SECOND], "1.1.0")
    (project.root / index.INDEX_FILE).write_text("{}", "utf-8")
    with pytest.raises(ReleaseError, match="isn't an index of releases"):
        project.build([*STORY, SECOND], "1.1.0")


def test_a_record_that_vanished_or_came_back_is_refused_and_says_so_beside_the_version(project: Project) -> None:
    withdrawn_record = withdrawn("SYR-20220908-gone")
    project.publish(project.build([*STORY, OTHER, withdrawn_record], "1.0.0"))
    back = incident("SYR-20220908-gone")
    messages = project.refusals([*STORY, back], "1.0.0")
    assert messages == [
        "SYR-20220908-gone.yaml:1:1: the incident `SYR-20220908-gone` was withdrawn in version 1.0.0 and is "
        "`published` now; withdraw it again, and record what is known under a new id",
        "SYR-20220908-w1th.yaml:1:1: the incident `SYR-20220908-w1th` of version 1.0.0 isn't there any more; restore "
        "its file, and if the record has to go, withdraw it with date and reason",
        "datapackage.json:6:14: the version is `1.0.0`, the last release `1.0.0`, and since then rows have changed "
        "(2 in incidents, 2 in sites, 2 in reports); write at least `2.0.0`",
    ]


def test_a_renamed_record_is_refused(project: Project) -> None:
    project.publish(project.build([*STORY, OTHER], "1.0.0"))
    messages = project.refusals([*STORY, incident("SYR-20220908-bbbb")], "2.0.0")
    assert len(messages) == 1
    assert "the incident `SYR-20220908-w1th` of version 1.0.0 isn't there any more" in messages[0]


def test_changes_have_the_reasons_of_withdrawals_and_overrides(project: Project) -> None:
    claims = [claim_of(), claim_of("civil-defence", killed=9)]
    before = project.build([*REGISTRIES, incident(claims=claims), OTHER], "1.0.0")
    override = {
        "measure": "killed",
        "group": "total",
        "best": 8,
        "reason": "the hospital's list",
        "editor": "desk",
        "date": "2023-01-01",
    }
    after = [
        *REGISTRIES,
        incident(claims=claims, overrides=[override]),
        withdrawn("SYR-20220908-w1th"),
    ]
    later = project.build(after, "1.1.0", str(before))
    why = {(row["table"], row["column"]): row["reason"] for row in changes(later) if row["reason"]}
    assert why["incidents", "killed_best"] == why["estimates", "best"] == "the hospital's list"
    assert why["incidents", "status"] == why["sites", ""] == "the same as another"
    assert ("incidents", "killed_low") not in why


def test_the_command_refuses_a_small_version_in_the_format_of_the_surroundings(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    monkeypatch.chdir(project.root)
    project.publish(project.build(STORY, "1.0.0"))
    project.record([*STORY, SECOND], "1.0.1")
    assert main(["build"]) == 1
    captured = capsys.readouterr()
    assert captured.out.startswith(
        "datapackage.json:6:14: REV004 the version is `1.0.1`, the last release `1.0.0`, and"
    )
    assert captured.err == "incidents: no release was made; an earlier one is untouched\n"
    assert main(["build", "--previous", "9"]) == 2
    assert capsys.readouterr().err.startswith("incidents: there is no release `9`, neither at that path nor in")
    project.record([*STORY, SECOND], "1.1.0")
    assert main(["build"]) == 0
    build_line, _, refusal, silent = capsys.readouterr().out.splitlines()
    assert (
        refusal
        == "since version 1.0.0: rows were added (1 in incidents, 1 in sites, 1 in reports and in 4 more tables)"
    )
    assert silent == "no note says why: 1 record added (SYR-20220908-aaaa)"
    assert load("changes", source=build_line.partition(":")[0])["kind"].tolist() == ["added"] * 11
