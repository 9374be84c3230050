"""The steps of docs/take-down.md that git does, on a scratch repository with a remote, a tag, a branch and a clone."""

import re
import subprocess
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[2] / "docs/take-down.md").read_text("utf-8")
TEXT, FILE = "Khaled Example", "data/incidents/2022/SYR-20220908-7q4m.yaml"
IDENTITY = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main", "-c", "gc.auto=0"]


def git(folder: Path, *words: str) -> str:
    result = subprocess.run(["git", *IDENTITY, *words], cwd=folder, check=True, capture_output=True, text=True)
    return result.stdout.strip()


def steps(begin: str) -> str:
    """The commands of the page's block that has `begin`, for the scratch repository."""
    blocks: list[str] = [block for block in re.findall(r"```bash\n(.*?)```", PAGE, re.S) if begin in block]
    assert len(blocks) == 1
    return blocks[0].replace("FILE", FILE).replace("TEXT", TEXT)


def run(folder: Path, script: str) -> str:
    result = subprocess.run(
        ["bash", "-ec", script],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "FILTER_BRANCH_SQUELCH_WARNING": "1", "HOME": str(folder)},
    )
    return result.stdout.strip()


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    """A bare repository in which a name came in by a commit that a release has, and that two branches go on from."""
    work, bare = tmp_path / "work", tmp_path / "remote.git"
    git(tmp_path, "init", "-q", "work")
    (work / FILE).parent.mkdir(parents=True)
    for number, note in enumerate(["A child was wounded.", f"{TEXT} was wounded.", "A child was hurt."]):
        (work / FILE).write_text(f"note: {note}\n")
        git(work, "add", ".")
        git(work, "commit", "-q", "-m", f"Record {number}")
        if number == 1:
            git(work, "tag", "-a", "v0.1.0", "-m", "A release")
            git(work, "branch", "other")
    git(tmp_path, "clone", "-q", "--bare", "work", "remote.git")
    return bare


def test_the_commits_and_releases_that_have_a_text_are_named(remote: Path) -> None:
    commits = git(remote, "log", "--oneline", "-S", TEXT, "--", FILE).splitlines()
    assert [line.split(" ", 1)[1] for line in commits] == ["Record 2", "Record 1"]
    assert git(remote, "tag", "--contains", commits[-1].split()[0]) == "v0.1.0"


def test_history_without_the_text_reaches_the_remote_but_no_clone(remote: Path, tmp_path: Path) -> None:
    old = tmp_path / "old"
    git(tmp_path, "clone", "-q", str(remote), "old")
    leak = git(old, "rev-parse", "v0.1.0^{commit}")
    mirror_steps = steps("clone --mirror").splitlines()
    run(tmp_path, "\n".join(line.replace("URL", str(remote)) for line in mirror_steps[:2]))
    mirror = tmp_path / "repository.git"
    run(mirror, steps("filter-branch --tag"))
    assert run(mirror, steps("push --force --mirror").replace("URL", str(remote))) == ""
    tags, branches = git(remote, "tag").splitlines(), git(remote, "branch", "--format=%(refname:short)").splitlines()
    assert (tags, sorted(branches)) == (["v0.1.0"], ["main", "other"])
    fresh = tmp_path / "fresh"
    git(tmp_path, "clone", "-q", str(remote), "fresh")
    assert git(fresh, "log", "--all", "-S", TEXT, "--oneline") == ""
    assert git(fresh, "show", f"v0.1.0:{FILE}") == "note: REMOVED was wounded."
    assert git(fresh, "log", "--format=%s").splitlines() == ["Record 2", "Record 1", "Record 0"]
    # What the page warns of: an old clone has it, and so has whoever asks the remote for the old commit by its id.
    assert TEXT in git(old, "show", f"{leak}:{FILE}")
    assert TEXT in git(remote, "show", f"{leak}:{FILE}")
    git(old, "push", "-q", str(remote), f"{leak}:refs/heads/back")
    assert git(remote, "log", "--all", "-S", TEXT, "--oneline") != ""
    git(remote, "branch", "-D", "back")
    git(remote, "reflog", "expire", "--expire=now", "--all")
    git(remote, "gc", "-q", "--prune=now")
    assert subprocess.run(["git", "cat-file", "-e", leak], cwd=remote, check=False, capture_output=True).returncode
    # And the copy to go back to.
    git(tmp_path, "clone", "-q", "before.bundle", "before")
    assert TEXT in git(tmp_path / "before", "show", f"v0.1.0:{FILE}")
