"""What a branch changed: told by git alone, whatever the tree, the clone, the names and the settings are like."""

import os
import shutil
from pathlib import Path

import pytest

from conflict_incidents.dataset.git import Change, HistoryError
from repositories import Repository, all_changes

PLACE = "data/places/hafsarjah.yaml"
RECORD = "data/incidents/SYR/2022/SYR-20220908-7q4m.yaml"
TEXT = "".join(f"line {number}\n" for number in range(8))


@pytest.fixture(scope="module")
def committed_repository(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """A repository with two files of a dataset, committed on `main`, and the branch `work` checked out."""
    repository = Repository.create(tmp_path_factory.mktemp("committed") / "dataset")
    repository.write("datapackage.json", "{}\n")
    repository.write(PLACE, TEXT)
    repository.write(RECORD, "an incident\n")
    repository.commit()
    repository.git("checkout", "--quiet", "-b", "work")
    return repository


@pytest.fixture
def repository(committed_repository: Repository, tmp_path: Path) -> Repository:
    """A copy of that repository."""
    return committed_repository.copy_to(tmp_path / "dataset")


def list_changes(repository: Repository, revision: str = "main") -> list[tuple[str, str]]:
    changes = all_changes(repository.folder, revision).files
    return [(change.kind, change.path) for change in changes]


def test_no_change_is_reported(repository: Repository) -> None:
    changes = all_changes(repository.folder, "main")
    assert changes.files == ()
    assert changes.summary == "0 files changed"
    assert changes.base == repository.git("rev-parse", "main")


def test_files_count_whether_they_are_committed_staged_changed_or_untracked(repository: Repository) -> None:
    repository.write("data/places/committed.yaml", "a")
    repository.commit()
    repository.write("data/places/staged.yaml", "b")
    repository.git("add", "data/places/staged.yaml")
    repository.write("data/places/untracked.yaml", "c")
    repository.write(RECORD, "another text\n")
    repository.write("elsewhere.txt", "not of the dataset")
    assert list_changes(repository) == [
        ("changed", RECORD),
        ("new", "data/places/committed.yaml"),
        ("new", "data/places/staged.yaml"),
        ("new", "data/places/untracked.yaml"),
    ]
    assert all_changes(repository.folder, "main").summary == "4 files changed: 3 new, 1 changed"


def test_change_has_the_former_content_of_its_file(repository: Repository) -> None:
    repository.write(PLACE, "other\n")
    (repository.folder / RECORD).unlink()
    assert all_changes(repository.folder, "main").files == (
        Change(RECORD, b"an incident\n", False),
        Change(PLACE, TEXT.encode(), True),
    )


def test_a_file_that_was_changed_back_has_not_changed(repository: Repository) -> None:
    repository.write(PLACE, "other\n")
    repository.commit()
    repository.write(PLACE, TEXT)
    assert list_changes(repository) == []


def test_what_happened_on_the_other_branch_since_is_no_change_of_this_one(repository: Repository) -> None:
    repository.git("checkout", "--quiet", "main")
    repository.write("data/places/theirs.yaml", "a")
    repository.commit()
    repository.git("checkout", "--quiet", "work")
    repository.write("data/places/ours.yaml", "b")
    assert list_changes(repository) == [("new", "data/places/ours.yaml")]


def test_a_file_under_another_name_is_a_new_one(repository: Repository) -> None:
    repository.git("mv", PLACE, "data/places/Hafsarjah.yaml")
    repository.commit()
    assert list_changes(repository) == [("new", "data/places/Hafsarjah.yaml"), ("deleted", PLACE)]


def test_files_may_have_any_names(repository: Repository) -> None:
    names = ['"quoted"', "two\nlines", "tab\tand space", "-option", "*", ":(glob)x", "حفسرجة", os.fsdecode(b"\xff\xfe")]
    paths = sorted(f"data/actors/{name}.yaml" for name in names)
    for path in paths:
        repository.write(path, f"of {path}".encode("utf-8", "surrogateescape"))
    assert list_changes(repository) == [("new", path) for path in paths]
    repository.commit()
    assert list_changes(repository) == [("new", path) for path in paths]
    repository.git("checkout", "--quiet", "-b", "later")
    shutil.rmtree(repository.folder / "data/actors")
    deletions = [Change(path, f"of {path}".encode("utf-8", "surrogateescape"), False) for path in paths]
    assert list(all_changes(repository.folder, "work").files) == deletions


def test_what_git_ignores_is_no_part_of_a_branch_unless_it_was_committed(repository: Repository) -> None:
    repository.write(".gitignore", "*.swp\n")
    repository.write("data/places/a.swp", "an editor's")
    assert list_changes(repository) == []
    repository.git("add", "--force", "data/places/a.swp")
    assert list_changes(repository) == [("new", "data/places/a.swp")]


def test_a_link_in_the_place_of_a_file_is_a_change(repository: Repository) -> None:
    file = repository.write(PLACE, "x")
    repository.commit()
    file.unlink()
    file.symlink_to("x")
    assert list_changes(repository, "work") == [("changed", PLACE)]


@pytest.mark.parametrize("flag", ["--assume-unchanged", "--skip-worktree"])
def test_no_flag_of_gits_index_hides_a_change(flag: str, repository: Repository) -> None:
    repository.git("update-index", flag, PLACE)
    repository.write(PLACE, "other\n")
    assert list_changes(repository) == [("changed", PLACE)]


def test_no_attribute_hides_a_change(repository: Repository) -> None:
    repository.write(".gitattributes", "* text=auto ident\n")
    repository.write(PLACE, "$Id$\n")
    repository.commit()
    repository.git("branch", "--force", "main")
    repository.write(PLACE, "$Id: hidden $\n")
    repository.write(RECORD, "an incident\r\n")
    assert repository.git("diff", "--name-only") == ""
    assert list_changes(repository) == [("changed", RECORD), ("changed", PLACE)]


def test_a_dataset_may_be_a_folder_of_a_repository(tmp_path: Path) -> None:
    outer = Repository.create(tmp_path / "outer")
    outer.write("conflicts/two/data/places/a.yaml", "a")
    outer.write("data/places/other.yaml", "of another dataset")
    outer.commit()
    outer.git("checkout", "--quiet", "-b", "work")
    outer.write("conflicts/two/data/places/a.yaml", "b")
    outer.write("data/places/other.yaml", "changed as well")
    changes = all_changes(outer.folder / "conflicts/two", "main").files
    assert changes == (Change("data/places/a.yaml", b"a", True),)


def test_a_worktree_has_changes_of_its_own(repository: Repository, tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    repository.git("worktree", "add", "--quiet", "-b", "third", str(tree), "main")
    (tree / PLACE).write_text("in the worktree", "utf-8")
    assert [change.path for change in all_changes(tree, "main").files] == [PLACE]
    assert list_changes(repository) == []


def test_a_repository_with_longer_names_works_as_well(tmp_path: Path) -> None:
    long = Repository.create(tmp_path / "long", "--object-format=sha256")
    long.write(PLACE, TEXT)
    base = long.commit()
    assert len(base) == 64
    assert list_changes(long) == []
    long.write(PLACE, "other")
    assert list_changes(long) == [("changed", PLACE)]


@pytest.mark.parametrize("name", ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY"])
def test_repository_contains_the_dataset_even_in_the_hook_of_another(
    name: str, repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Repository.create(tmp_path / "other")
    monkeypatch.setenv(name, str(other.folder / ".git"))
    repository.write(PLACE, "other\n")
    assert list_changes(repository) == [("changed", PLACE)]


def test_nothing_that_a_repository_configures_is_run(repository: Repository, tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch '{tmp_path}/was-run'\n", "utf-8")
    program.chmod(0o755)
    for key in ("core.pager", "core.fsmonitor", "diff.external", "filter.odd.clean", "diff.odd.textconv"):
        repository.git("config", key, str(program))
    repository.write(".gitattributes", "* filter=odd diff=odd\n")
    repository.write(PLACE, "other\n")
    assert list_changes(repository) == [("changed", PLACE)]
    assert not (tmp_path / "was-run").exists()


@pytest.mark.parametrize(
    ("revision", "hint"),
    [
        ("mian", "; did you mean `main`?"),
        ("release", "; did you mean `origin/release`?"),
        ("--help", "; use one of `main`, `origin/release`, `work`"),
        ("-d", "; use one of `main`, `origin/release`, `work`"),
        ("", "; use one of `main`, `origin/release`, `work`"),
        ("main..work", "; use one of `main`, `origin/release`, `work`"),
    ],
)
def test_an_unknown_revision_is_named_with_what_may_be_meant(revision: str, hint: str, repository: Repository) -> None:
    repository.git("update-ref", "refs/remotes/origin/release", "main")
    with pytest.raises(HistoryError) as excinfo:
        all_changes(repository.folder, revision)
    assert str(excinfo.value) == f"there is no revision `{revision}` in the repository{hint}"


def test_a_shallow_clone_says_how_to_get_the_rest(repository: Repository, tmp_path: Path) -> None:
    first = repository.git("rev-parse", "HEAD")
    repository.write(PLACE, "other\n")
    repository.commit()
    clone = Repository.create(tmp_path / "clone")
    clone.git("fetch", "--quiet", "--depth=1", repository.folder.as_uri(), "work", "main:refs/remotes/origin/main")
    clone.git("checkout", "--quiet", "FETCH_HEAD")
    deepen = "this clone is shallow: get the rest by `git fetch --unshallow` (in GitHub Actions: `fetch-depth: 0`)"
    with pytest.raises(HistoryError) as unknown:
        all_changes(clone.folder, f"{first}~1")
    assert str(unknown.value).endswith(f" in the repository; {deepen}")
    with pytest.raises(HistoryError) as cut_off:
        all_changes(clone.folder, "origin/main")
    assert str(cut_off.value) == f"`origin/main` and the present commit have no commit in common; {deepen}"
    clone.git("fetch", "--quiet", "--unshallow", repository.folder.as_uri(), "work")
    assert list_changes(clone, "origin/main") == [("changed", PLACE)]


def test_branches_without_a_common_commit_cannot_be_compared(repository: Repository) -> None:
    repository.git("checkout", "--quiet", "--orphan", "alone")
    repository.write(PLACE, "other")
    repository.commit()
    with pytest.raises(HistoryError, match="no commit in common; name one that this branch comes from"):
        all_changes(repository.folder, "main")


def test_a_repository_without_a_commit_has_nothing_to_compare(tmp_path: Path) -> None:
    empty = Repository.create(tmp_path / "empty")
    empty.write(PLACE, TEXT)
    with pytest.raises(HistoryError, match=r"no revision `main` in the repository\Z"):
        all_changes(empty.folder, "main")


def test_a_folder_without_a_repository_has_no_history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    (tmp_path / "plain").mkdir()
    with pytest.raises(HistoryError, match="plain is not in a git work tree; git says: fatal: not a git repository"):
        all_changes(tmp_path / "plain", "main")


def test_without_git_there_is_no_history(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(HistoryError, match="git isn't installed, or isn't in PATH"):
        all_changes(repository.folder, "main")


def test_a_commit_made_to_lead_out_of_the_dataset_is_refused(repository: Repository) -> None:
    blob = repository.git("hash-object", "-w", "--stdin", stdin=b"planted")
    inner = repository.git("mktree", stdin=f"100644 blob {blob}\tplanted\n".encode())
    data = repository.git("mktree", stdin=f"040000 tree {inner}\t..\n".encode())
    tree = repository.git("mktree", stdin=f"040000 tree {data}\tdata\n".encode())
    hostile = repository.git("commit-tree", tree, "-m", "hostile")
    repository.git("update-ref", "refs/heads/work", hostile)
    with pytest.raises(HistoryError, match=r"holds a file of the name `data/\.\.`"):
        all_changes(repository.folder, hostile)


def test_what_a_file_held_and_is_lost_is_an_error(repository: Repository) -> None:
    blob = repository.git("rev-parse", f"main:{PLACE}")
    repository.write(PLACE, "other")
    (repository.folder / ".git/objects" / blob[:2] / blob[2:]).unlink()
    with pytest.raises(HistoryError, match=f"what a file held before, {blob}, isn't in this clone; fetch it again"):
        all_changes(repository.folder, "main")
