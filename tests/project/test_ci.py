"""What others run in their CI: the action, the workflows and the hooks, audited, and their shell steps run for real."""

import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import yaml

from conflict_incidents.authoring.scaffold import create_dataset
from conflict_incidents.cli import main
from github_runner import Runner, Tree, evaluate_text, load_yaml, step
from repositories import Repository
from rule_cases import edit_record

TOP = Path(__file__).parents[2]
ACTION = load_yaml(TOP / "action.yml")
WORKFLOWS = {file.name: load_yaml(file) for file in sorted((TOP / ".github/workflows").iterdir())}
TEMPLATE = load_yaml(TOP / "src/conflict_incidents/authoring/templates/dataset/dot-github/workflows/validate.yml")
EVERYTHING = [*WORKFLOWS.values(), TEMPLATE, ACTION]
LAW = "Put the records beside what judges them"
RECORD = "data/incidents/SYR/2022/SYR-20220908-7q4m.yaml"
OTHER = "data/incidents/SYR/2022/SYR-20220908-k2fd.yaml"


def audited(folder: Path) -> subprocess.CompletedProcess[str]:
    """What zizmor says of the workflows, actions, hooks and settings in a folder."""
    command = [str(Path(sys.executable).parent / "zizmor"), "--offline", "--pedantic", "--strict-collection", "--quiet"]
    return subprocess.run([*command, "--format=plain", str(folder)], capture_output=True, text=True, check=False)


def test_an_audit_finds_nothing_in_the_workflows_the_action_and_the_hooks(tmp_path: Path) -> None:
    create_dataset(tmp_path / "founded")
    for name in (".github", "action.yml", ".pre-commit-hooks.yaml"):
        copy = shutil.copytree if (TOP / name).is_dir() else shutil.copy
        copy(TOP / name, tmp_path / name)
    for folder in (tmp_path, tmp_path / "founded"):
        audit = audited(folder)
        assert audit.returncode == 0, audit.stdout + audit.stderr
        assert "No findings to report" in audit.stdout


def test_the_audit_would_find_a_workflow_that_runs_what_strangers_wrote(tmp_path: Path) -> None:
    text = (TOP / ".github/workflows/validate.yml").read_text("utf-8")
    text = text.replace("pull_request:", "pull_request_target:") + "      - run: echo ${{ github.event.issue.title }}\n"
    (tmp_path / ".github/workflows").mkdir(parents=True)
    (tmp_path / ".github/workflows/wrong.yml").write_text(text, "utf-8")
    message = audited(tmp_path)
    assert message.returncode != 0
    assert "template-injection" in message.stdout
    assert "dangerous-triggers" in message.stdout


@pytest.mark.parametrize("tree", EVERYTHING, ids=[*WORKFLOWS, "template", "action"])
def test_what_is_used_is_pinned_and_no_shell_holds_an_expression(tree: Tree) -> None:
    jobs = tree.get("jobs", {"action": tree.get("runs")})
    for job in jobs.values():
        for one in job["steps"]:
            assert re.fullmatch(r"\./trusted|[\w-]+/[\w/-]+@[0-9a-f]{40}", one.get("uses", "./trusted"))
            assert "${{" not in one.get("run", "")
            if one.get("uses", "").startswith("actions/checkout@"):
                assert one["with"]["persist-credentials"] is False
    if "jobs" in tree:
        assert tree["permissions"] == {}
        assert "pull_request_target" not in tree["on"]


def test_a_new_dataset_lets_its_own_branch_judge_as_this_repository_does() -> None:
    assert step(TEMPLATE, LAW) == step(WORKFLOWS["validate.yml"], LAW)


class Proposal:
    """A pull request on a copy of this repository, as far as it judges records, and the machine that checks it."""

    def __init__(self, folder: Path, upstream: Repository, fork: bool) -> None:
        self.upstream = upstream
        self.upstream.git("checkout", "--quiet", "-b", "proposed", "main")
        self.runner = Runner(
            folder / "runner",
            {
                "github.event_name": "pull_request",
                "github.repository": "them/incidents",
                "github.event.pull_request.head.repo.full_name": "stranger/incidents" if fork else "them/incidents",
                "github.server_url": "https://example.org",
                "github.sha": "abc",
                "inputs.root": "trusted",
                "inputs.changed-only": "false",
                "inputs.fail-on-warnings": "false",
            },
        )
        self.notices = ""

    def checked_out(self) -> None:
        """Merge what is proposed into `main`, check that out two commits deep, and run the step that comes next."""
        self.upstream.commit()
        self.upstream.git("checkout", "--quiet", "--detach", "main")
        self.upstream.git("merge", "--quiet", "--no-ff", "--no-edit", "proposed")
        self.upstream.git("branch", "--force", "merged")
        address = f"file://{self.upstream.folder}"
        workspace = Repository(self.runner.workspace)
        workspace.git("clone", "--quiet", "--depth=2", "--branch=merged", address, "proposal")
        law = self.runner.run(step(WORKFLOWS["validate.yml"], LAW))
        assert law.returncode == 0, law.stderr
        self.notices = law.stdout
        self.runner.contexts["inputs.base"] = self.runner.contexts["steps.law.outputs.base"]
        self._install_command()

    def _install_command(self) -> None:
        """The command of the code that was checked out to judge, in the place where the action installs it."""
        command = self.runner.folder / "temp/incidents/bin/incidents"
        command.parent.mkdir(parents=True)
        source = self.runner.workspace / "trusted/src"
        command.write_text(
            f'#!/bin/sh\nPYTHONPATH={source} exec {sys.executable} -P -m conflict_incidents "$@"\n', "utf-8"
        )
        command.chmod(0o755)

    def act(self) -> tuple[int, list[str]]:
        """Run the shell steps of the action; how the validation ends, and the lines that it prints."""
        action = load_yaml(self.runner.workspace / "trusted/action.yml")
        inputs = self.runner.run(step(action, "Look at the inputs"))
        assert inputs.returncode == 0, inputs.stdout
        result = self.runner.run(step(action, "Validate"))
        assert result.stderr.count("Traceback") == 0
        return result.returncode, result.stdout.splitlines()


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """This repository with a small dataset in place of its own."""
    folder = tmp_path_factory.mktemp("upstream") / "incidents"
    shutil.copytree(TOP / "tests/validation/rules/dataset", folder)
    shutil.copytree(TOP / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("schemas", ".github"):
        shutil.copytree(TOP / name, folder / name)
    for name in ("action.yml", "requirements-run.lock", "datapackage.json", "pyproject.toml"):
        shutil.copy(TOP / name, folder / name)
    repository = Repository.create(folder)
    repository.commit()
    return repository


@pytest.fixture
def stranger(here: Repository, tmp_path: Path) -> Proposal:
    """A pull request from a fork."""
    return Proposal(tmp_path, here.copy_to(tmp_path / "upstream"), fork=True)


WRONG = {
    "killed: 7": "killed: {total: 7, civilians: {at_least: 9}}",
    "kind: airstrike": "kind: airstrik",
    "by: sohr": "by: sohrr",
    "status: published": 'status: published\nnote: "Call +963 11 123 4567."',
    "published: 2022-09-08,": "published: 2022-09-31,",
}
FIVE = [
    ("5:7: PRV003", "the text contains what looks like a telephone number; remove it"),
    ("7:7: REC006", "kind is `airstrik`, not a valid value; did you mean `airstrike`?"),
    ("12:52: DAT001", "`2022-09-31` does not exist; correct the date"),
    (
        "14:9: CLM001",
        "the originator `sohrr` is not in data/organisations/; did you mean `sohr` "
        "(Syrian Observatory for Human Rights)?",
    ),
    (
        "16:46: CNT003",
        "civilians killed (at least 9) exceed the total (7) of the same claim; correct one of them, or split the claim",
    ),
]
"""Where and by which rule each of them is found, and the repair."""


def test_fork_pr_is_checked_with_base_branch_rules_and_waivers(stranger: Proposal) -> None:
    write = stranger.upstream.write
    write(RECORD, edit_record("minimal", WRONG))
    counts = stranger.upstream.folder / "src/conflict_incidents/validation/rules/counts.py"
    text = counts.read_text("utf-8")
    assert text.count('("civilians",), "total")') == 1
    counts.write_text(text.replace('("civilians",), "total")', '(), "total")'), "utf-8")
    waiver = "{rule: CNT003, record: SYR-20220908-7q4m, reason: It is so., date: 2023-01-10, by: stranger}"
    write("data/waivers.yaml", f"schema: waivers/1\nwaivers:\n  - {waiver}\n")
    write("data/rules.yaml", "schema: rules/1\nrules:\n  - {rule: CLM001, severity: ignore, reason: It is so.}\n")
    schema = stranger.upstream.folder / "schemas/incident-1.json"
    schema.write_text(schema.read_text("utf-8").replace('"airstrike",', '"airstrike", "airstrik",'), "utf-8")
    for name in ("sitecustomize.py", "pip.py", "conflict_incidents.py", "trusted/action.yml"):
        write(name, "raise SystemExit('owned')\n")
    stranger.checked_out()
    assert stranger.notices == "::notice::8 changed files outside of the records have no say in this check\n"
    code, lines = stranger.act()
    assert code == 1
    assert [line.partition(" ")[0] for line in lines[:-1]] == ["::error"] * 5
    messages = [line.split("::")[-1].split("; see ") for line in lines[:-1]]
    assert [text for text, _ in messages] == [f"{RECORD}:{place} {repair}" for place, repair in FIVE]
    assert [address.partition("/blob/")[2].partition("#")[2] for _, address in messages] == [
        place.partition(" ")[2].lower() for place, _ in FIVE
    ]
    assert lines[-1].startswith("5 errors, 0 warnings in ")


def test_changed_data_alone_needs_no_notice_and_warnings_fail_where_they_are_to_fail(stranger: Proposal) -> None:
    stranger.upstream.write(RECORD, edit_record("minimal", {"killed: 7": "killed: 100"}))
    stranger.upstream.git("rm", "--quiet", OTHER)
    stranger.checked_out()
    assert stranger.notices == ""
    assert not (stranger.runner.workspace / "trusted" / OTHER).exists()
    code, lines = stranger.act()
    assert (code, lines[-1][:22]) == (0, "0 errors, 1 warning in")
    stranger.runner.contexts["inputs.fail-on-warnings"] = "true"
    code, lines = stranger.act()
    assert (code, lines[-1][:22]) == (1, "0 errors, 1 warning in")


@pytest.mark.slow
def test_the_job_summary_shows_what_changed_with_its_estimate_before_and_after(
    here: Repository, tmp_path: Path
) -> None:
    upstream = here.copy_to(tmp_path / "upstream")
    upstream.write(RECORD, edit_record("minimal"))
    upstream.commit()
    proposal = Proposal(tmp_path, upstream, fork=True)
    proposal.upstream.write(
        RECORD, edit_record("minimal", {"killed: 7": "killed: {total: 9, civilians: {at_least: 10}}"})
    )
    proposal.checked_out()
    assert proposal.act()[0] == 1
    summed_up = proposal.runner.run(
        step(load_yaml(proposal.runner.workspace / "trusted/action.yml"), "Sum up what changed")
    )
    assert summed_up.returncode == 0, summed_up.stderr
    assert "\n| SYR-20220908-7q4m | changed | 7 → 9 or more | unknown | 1 error |\n" in proposal.runner.summary
    assert ":15:46: CNT003 civilians killed (at least 10) exceed the total (9)" in proposal.runner.summary


@pytest.mark.slow
def test_existing_errors_do_not_fail_a_check_of_changes(here: Repository, tmp_path: Path) -> None:
    upstream = here.copy_to(tmp_path / "upstream")
    before = (upstream.folder / OTHER).read_text("utf-8")
    upstream.write(OTHER, before.replace("status: published", "status: publishd"))
    upstream.commit()
    proposal = Proposal(tmp_path, upstream, fork=True)
    proposal.upstream.write(RECORD, edit_record("minimal", {"kind: airstrike": "kind: airstrik"}))
    proposal.checked_out()
    assert "2 errors" in proposal.act()[1][-1]
    proposal.runner.contexts["inputs.changed-only"] = "true"
    code, lines = proposal.act()
    assert (code, len(lines)) == (1, 2)
    annotation = (
        f"::{RECORD}:6:7: REC006 kind is `airstrik`, not a valid value; did you mean `airstrike`?; see https://"
    )
    assert annotation in lines[0]


@pytest.mark.slow
def test_the_branch_of_a_colleague_brings_its_own_waivers_and_rules(here: Repository, tmp_path: Path) -> None:
    colleague = Proposal(tmp_path, here.copy_to(tmp_path / "upstream"), fork=False)
    write = colleague.upstream.write
    write(RECORD, edit_record("minimal", {"killed: 7": "killed: {total: 7, civilians: {at_least: 9}}"}))
    waiver = "{rule: CNT003, record: SYR-20220908-7q4m, reason: It is so., date: 2023-01-10, by: reviewers}"
    write("data/waivers.yaml", f"schema: waivers/1\nwaivers:\n  - {waiver}\n")
    colleague.checked_out()
    assert colleague.notices == ""
    code, lines = colleague.act()
    assert (code, lines[-1][:23]) == (0, "0 errors, 0 warnings in")


def test_data_that_lead_elsewhere_are_no_dataset(stranger: Proposal) -> None:
    (stranger.upstream.folder / "elsewhere").mkdir()
    stranger.upstream.write("elsewhere/README.md", "")
    shutil.rmtree(stranger.upstream.folder / "data")
    (stranger.upstream.folder / "data").symlink_to("../../..")
    stranger.checked_out()
    assert (stranger.runner.workspace / "trusted/data").is_symlink()
    assert stranger.act() == (2, [])


@pytest.mark.parametrize("name", ["changed-only", "fail-on-warnings"])
def test_an_input_that_is_neither_true_nor_false_is_refused(name: str, tmp_path: Path) -> None:
    inputs = {"inputs.changed-only": "true", "inputs.fail-on-warnings": "false"}
    result = Runner(tmp_path / "runner", inputs | {f"inputs.{name}": "yes"}).run(step(ACTION, "Look at the inputs"))
    assert (result.returncode, result.stdout) == (2, "::error::changed-only and fail-on-warnings are true or false\n")


def test_the_action_counts_changes_from_the_branch_that_a_pull_request_goes_to() -> None:
    default = ACTION["inputs"]["base"]["default"]
    assert evaluate_text(default, {"github.event_name": "pull_request"}) == "HEAD^1"
    assert evaluate_text(default, {"github.event_name": "push"}) == ""


@pytest.mark.parametrize(
    ("event", "head", "law"),
    [
        ("push", "", "HEAD"),
        ("pull_request", "them/incidents", "HEAD"),
        ("pull_request", "stranger/incidents", "HEAD^1"),
        ("pull_request", "", "HEAD^1"),
    ],
)
def test_only_pull_requests_of_writers_use_their_own_rules(event: str, head: str, law: str) -> None:
    contexts = {"github.event_name": event, "github.event.pull_request.head.repo.full_name": head}
    expression = step(TEMPLATE, LAW)["env"]["LAW"]
    assert evaluate_text(expression, contexts | {"github.repository": "them/incidents"}) == law


def test_set_up_imports_only_what_the_lock_file_installs() -> None:
    """Otherwise no new checkout can be set up; here the module may be left from an older lock file."""
    pinned_names = set(re.findall(r"^([a-z0-9-]+)==", (TOP / "requirements.lock").read_text("utf-8"), re.M))
    (function,) = re.findall(
        r"^compile_imports\(\) \{\n(.*?)^\}", (TOP / "scripts/setup").read_text("utf-8"), re.M | re.S
    )
    imports = re.findall(r"^(?:.*['\"])?import ([\w., ]+)", function, re.M)
    modules = {name.partition(".")[0] for line in imports for name in line.split(", ")}
    assert {"duckdb", "pytest", "pyarrow"} <= modules
    packages = packages_distributions()
    for module in modules:
        names = {name.lower().replace("_", "-") for name in packages.get(module, [module])}
        assert names & pinned_names, module


def pinned_versions(name: str) -> dict[str, str]:
    """The version of each package in a lock file, with its hashes."""
    text = re.sub(r" ; .*(?= \\)", "", (TOP / name).read_text("utf-8").strip())
    entries = re.split(r"\n(?=[a-z0-9])", text)
    return {re.split("[^a-z0-9.-]", entry)[0]: entry for entry in entries}


def test_the_lock_file_of_the_action_is_the_part_of_the_lock_file_that_the_command_needs() -> None:
    run_names, all_names = pinned_versions("requirements-run.lock"), pinned_versions("requirements.lock")
    assert run_names.items() <= all_names.items()
    assert all("--hash=sha256:" in entry for entry in run_names.values())
    project = tomllib.loads((TOP / "pyproject.toml").read_text("utf-8"))["project"]
    requirements = [*project["dependencies"], *project["optional-dependencies"]["validate"]]
    assert {re.split("[^a-z0-9-]", one)[0] for one in requirements} <= run_names.keys()
    assert not {"pytest", "pandera", "frictionless"} & run_names.keys()


def test_the_action_installs_nothing_without_its_hash_and_runs_the_command_from_its_own_folder(tmp_path: Path) -> None:
    runner = Runner(tmp_path / "runner", {}, {"GITHUB_ACTION_PATH": str(TOP), "PATH": f"{tmp_path}:/usr/bin:/bin"})
    pip = 'mkdir -p "$4/bin"; printf "#!/bin/sh\\necho pip \\$*\\n" > "$4/bin/pip"; chmod +x "$4/bin/pip"'
    python = f'ln -s {sys.executable} "$4/bin/python"'
    (tmp_path / "python").write_text(f"#!/bin/sh\n{pip}\n{python}\n", "utf-8")
    (tmp_path / "python").chmod(0o755)  # stands for the one that would need a network
    result = runner.run(step(ACTION, "Install what the command needs, by the hashes of its lock file"))
    options = "--quiet --require-hashes --no-deps --only-binary :all:"
    assert result.stdout == f"pip install {options} --requirement {TOP}/requirements-run.lock\n"
    command = runner.folder / "temp/incidents/bin/incidents"
    version = subprocess.run([command, "--version"], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert version.stdout.startswith("incidents ")


def test_only_a_push_to_the_default_branch_writes_the_state_that_runs_begin_with() -> None:
    """GitHub gives a pull request its own caches before those of its base: so it may have none."""
    using = {one["uses"].partition("@")[0]: one for one in ACTION["runs"]["steps"] if "cache" in one.get("uses", "")}
    assert using.keys() == {"actions/cache/restore", "actions/cache/save"}
    restore, save = using["actions/cache/restore"], using["actions/cache/save"]
    assert save["with"] == {name: restore["with"][name] for name in ("path", "key")}
    keys = [text for text in (save["with"]["key"], *restore["with"]["restore-keys"].splitlines()) if text]
    assert all(text.startswith("incidents-base-") for text in keys)
    keep = step(ACTION, "See whether there is something to keep")
    default = "github.ref == format('refs/heads/{0}', github.event.repository.default_branch)"
    assert keep["if"] == f"${{{{ !cancelled() && github.event_name == 'push' && {default} }}}}"
    assert "github.event_name == 'push' && steps.keep.outputs.some == 'yes'" in save["if"]


def test_an_empty_state_is_not_kept(tmp_path: Path) -> None:
    runner = Runner(tmp_path / "runner", {})
    keep = step(ACTION, "See whether there is something to keep")
    assert runner.run(keep).returncode == 0
    assert "steps.keep.outputs.some" not in runner.contexts
    (tmp_path / "runner/temp/incidents-cache").mkdir()
    (tmp_path / "runner/temp/incidents-cache/a.tree").touch()
    assert runner.run(keep).returncode == 0
    assert runner.contexts["steps.keep.outputs.some"] == "yes"


def test_what_may_sign_or_write_runs_nothing_of_the_repository() -> None:
    jobs = WORKFLOWS["release.yml"]["jobs"]
    assert jobs["build"]["permissions"] == {"contents": "read"}
    assert jobs["release"]["needs"] == "build"
    for name in jobs.keys() - {"build"}:
        steps = jobs[name]["steps"]
        assert not [
            one for one in steps if one.get("uses", "").startswith(("actions/checkout", "actions/setup-python"))
        ]
        for command in (line for one in steps for line in one.get("run", "").splitlines()):
            assert not re.search(r"\./scripts|\.venv|\bpython|\bincidents\b|\bpip\b", command), command


HOOKS = {
    hook["id"]: hook for hook in yaml.load((TOP / ".pre-commit-hooks.yaml").read_text("utf-8"), Loader=yaml.CSafeLoader)
}


Committing = tuple[Repository, Callable[[str], tuple[int, str]]]


@pytest.mark.parametrize("id", HOOKS)
def test_hook_runs_for_every_commit(id: str) -> None:
    """Of a commit that only deletes, pre-commit names no file."""
    hook = HOOKS[id]
    assert (hook["always_run"], hook["pass_filenames"], hook["language"]) == (True, False, "python")
    assert not {"files", "exclude", "types", "types_or"} & hook.keys()


@pytest.fixture
def committing(
    here: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Committing:
    """A repository with a dataset below its top and somebody's website beside it, without a commit; and what a hook
    says there, with the environment that git gives it.
    """
    repository = Repository.create(tmp_path / "work")
    for name in ("data", "schemas", "datapackage.json"):  # folders first, which make their parents
        copy = shutil.copytree if (here.folder / name).is_dir() else shutil.copy
        copy(here.folder / name, repository.folder / "conflict" / name)
    repository.write("website/data/site.yaml", "a: 1\n")
    monkeypatch.chdir(repository.folder)
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    monkeypatch.setenv("GIT_DIR", str(repository.folder / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(repository.folder / ".git/index"))

    def run_hook(id: str) -> tuple[int, str]:
        command, *arguments = HOOKS[id]["entry"].split()
        assert command == "incidents"
        code = main([*arguments, "--no-cache"])
        return code, capsys.readouterr().out

    return repository, run_hook


def test_the_hooks_check_what_a_commit_changes_and_then_everything(
    committing: Committing,
) -> None:
    repository, run_hook = committing
    assert run_hook("incidents-validate")[0] == 0, "nothing is committed yet, so everything is new"
    repository.commit()
    repository.write("website/data/site.yaml", "a: [\n")
    assert run_hook("incidents-validate") == (0, "0 errors, 0 warnings in 0 files\n")
    repository.write("conflict/data/codelists/place_aliases.csv", "country;spelling;place\n")
    code, output = run_hook("incidents-validate")
    assert (code, output.split(" ")[:2]) == (1, ["conflict/data/codelists/place_aliases.csv:1:1:", "REC015"])
    (repository.folder / "conflict/data/codelists/place_aliases.csv").unlink()
    repository.git("rm", "--quiet", "conflict/data/places/hafsarjah.yaml")
    for hook in HOOKS:
        code, output = run_hook(hook)
        assert code == 1
        assert "PLC012" in output


@pytest.mark.usefixtures("committing")
def test_a_path_of_no_dataset_is_passed_over_where_the_repository_has_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "website/data/site.yaml"]) == 0
    assert capsys.readouterr().err == "incidents: in no dataset, and so not checked: website/data/site.yaml\n"
    assert main(["validate", "website/data/nothing.yaml"]) == 2
    shutil.rmtree("conflict")
    assert main(["validate", "website/data/site.yaml"]) == 2
    assert "no dataset at or above" in capsys.readouterr().err


def test_annotations_name_files_from_the_top_of_the_repository(
    committing: Committing,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    repository, _ = committing
    file = repository.folder / "conflict" / OTHER
    file.write_text(file.read_text("utf-8").replace("status: published", "status: publishd"), "utf-8")
    monkeypatch.chdir(repository.folder / "conflict")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(repository.folder.parent))
    for form, place in (("github", "::error file={},"), ("sarif", '"uri": "{}"')):
        assert main(["validate", "--format", form]) == 1
        assert place.format(f"conflict/{OTHER}") in capsys.readouterr().out
    shutil.rmtree(repository.folder / ".git")
    assert main(["validate", "--format", "github"]) == 1
    assert f"::error file=work/conflict/{OTHER}," in capsys.readouterr().out, "else those of the workspace"


def test_git_itself_refuses_a_commit_that_breaks_a_record_by_a_deletion(
    committing: Committing,
) -> None:
    repository, _ = committing
    repository.commit()
    entry = HOOKS["incidents-validate"]["entry"].replace("incidents", f"{sys.executable} -P -m conflict_incidents", 1)
    script = f"#!/bin/sh\nPYTHONPATH={TOP / 'src'} exec {entry} --no-cache\n"
    hook = repository.write(".git/hooks/pre-commit", script)
    hook.chmod(0o755)
    repository.git("rm", "--quiet", "conflict/data/places/hafsarjah.yaml")
    with pytest.raises(AssertionError):
        repository.commit()
    assert repository.git("status", "--porcelain") == "D  conflict/data/places/hafsarjah.yaml"
