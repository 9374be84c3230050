"""`incidents init`: a dataset of one's own that validates and builds, or nothing at all; and its refreshment."""

import json
import re
import shlex
import shutil
import stat
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from commands import run
from conflict_incidents import __version__
from conflict_incidents.authoring import scaffold
from conflict_incidents.authoring.scaffold import ScaffoldError, create_dataset, update_dataset
from conflict_incidents.cli import main
from conflict_incidents.core.files import folder_aside, write_into
from conflict_incidents.core.resources import resource
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.pipeline import validate_dataset
from conflict_incidents.records.model import FOLDERS
from conflict_incidents.tables import contract
from github_runner import load_yaml
from samples import bytes_of

DAY = date(2026, 1, 31)


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def descriptor(root: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((root / "datapackage.json").read_text("utf-8"))
    return document


def commands_of(readme: str) -> list[list[str]]:
    """The commands that a README shows, in order: every `incidents` line of its blocks of shell."""
    blocks = re.findall(r"^```sh\n(.*?)^```$", readme, re.M | re.S)
    return [shlex.split(line)[1:] for block in blocks for line in block.splitlines()]


def test_a_new_dataset_validates_and_holds_what_a_group_needs(tmp_path: Path) -> None:
    assert "\n  cd 'my conflict'\n" in run(tmp_path, "init", "my conflict", "--title", "My “conflict”: a record").stdout
    root = tmp_path / "my conflict"
    assert "0 errors, 0 warnings" in run(root, "validate").stdout
    before = set(files(root))
    assert {".github/workflows/validate.yml", ".gitattributes", ".editorconfig", ".gitignore", "README.md"} <= before
    assert {"LICENSE-DATA", "datapackage.json", "data/codelists/admin_units.csv", "requirements.txt"} <= before
    assert "data/assertions.yaml" in before
    for folder in (*FOLDERS.values(), "codelists", "changes"):
        assert f"data/{folder}/README.md" in before
    assert descriptor(root)["title"] == "My “conflict”: a record"
    assert names(tmp_path) == ["my conflict"]


@pytest.mark.slow
def test_the_commands_of_its_readme_lead_to_a_valid_record_and_a_release(tmp_path: Path) -> None:
    create_dataset(tmp_path / "own")
    root = tmp_path / "own"
    commands = commands_of((root / "README.md").read_text("utf-8"))
    assert [command[0] for command in commands] == ["new", "new", "new", "validate", "build"]
    for command in commands:
        result = run(root, *command)
        assert result.returncode == 0, (command, result.stdout, result.stderr)
    assert (root / "release/current/incidents.parquet").is_file()
    assert "drafts left out: 1; " in result.stdout


def test_the_claims_of_its_readme_are_valid_in_the_record_of_its_readme(tmp_path: Path) -> None:
    root = tmp_path / "own"
    create_dataset(root)
    readme = (root / "README.md").read_text("utf-8")
    for command in commands_of(readme)[:3]:
        result = run(root, *command)
    record = root / result.stdout.strip()
    [claims] = re.findall(r"^```yaml\n(.*?)^```$", readme, re.M | re.S)
    record.write_text(record.read_text("utf-8").replace("status: draft", "status: published") + claims, "utf-8")
    outcome = validate_dataset(Dataset(root))
    assert outcome.is_valid
    assert len(outcome.records) == 5


def test_its_descriptor_has_its_own_metadata_and_the_tables_of_the_package(tmp_path: Path) -> None:
    create_dataset(tmp_path / "Our Own_Conflict", licence="cc0-1.0", today=DAY)
    package = descriptor(tmp_path / "Our Own_Conflict")
    assert contract.drift(package) == []
    assert package.keys() & {"contributors", "sources", "keywords"} == set()
    about = contract.about(package)
    assert (about.name, about.title, about.version) == ("our-own-conflict", "Our own conflict", "0.1.0")
    assert (about.licence, about.created) == ("CC0-1.0", "2026-01-31T00:00:00Z")
    assert Dataset(tmp_path / "Our Own_Conflict").release_date == DAY


def test_no_mark_of_a_template_is_left_and_every_file_ends_its_lines_alike(tmp_path: Path) -> None:
    create_dataset(tmp_path / "own", licence="ODbL-1.0")
    for name, data in files(tmp_path / "own").items():
        assert not re.search(rb"@[A-Z_]+@", data), name
        assert data.endswith(b"\n"), name
        assert b"\r" not in data, name
    assert "ODbL-1.0" in (tmp_path / "own/LICENSE-DATA").read_text("utf-8")


def test_schema_of_each_record_is_in_the_dataset(tmp_path: Path) -> None:
    create_dataset(tmp_path / "own")
    records = list((tmp_path / "own/data").rglob("*.yaml"))
    assert records
    for record in records:
        schema_path = record.read_text("utf-8").splitlines()[0].partition("$schema=")[2]
        assert (record.parent / schema_path).is_file()


def test_its_schemas_are_those_of_the_package(tmp_path: Path) -> None:
    create_dataset(tmp_path / "own")
    ours = {file.name: file.read_bytes() for file in resource("schemas").glob("*.json")}
    assert files(tmp_path / "own/schemas") == ours


def test_the_workflow_may_only_read_and_pins_what_it_uses(tmp_path: Path) -> None:
    create_dataset(tmp_path / "own")
    workflow = load_yaml(tmp_path / "own/.github/workflows/validate.yml")
    assert workflow["permissions"] == {}
    [job] = workflow["jobs"].values()
    assert job["permissions"] == {"contents": "read"}
    actions = [step["uses"] for step in job["steps"] if "uses" in step]
    assert len(actions) == 2
    assert all(re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40}", action) for action in actions)
    assert [step["run"].partition(" --")[0] for step in job["steps"] if "run" in step][1:] == [
        "pip install",
        "incidents validate",
        "incidents review",
        "incidents build",
    ]
    assert f"conflict-incidents[build]=={__version__}" in (tmp_path / "own/requirements.txt").read_text("utf-8")


def test_templates_are_inside_the_package() -> None:
    assert resource("authoring/templates").parent == Path(scaffold.__file__).parent


@pytest.mark.parametrize("name", ["README.md", "data", ".hidden"])
def test_a_folder_that_holds_something_is_refused_and_left_as_it_is(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).write_text("mine", "utf-8")
    assert main(["init", str(tmp_path)]) == 2
    assert name in capsys.readouterr().err
    assert files(tmp_path) == {name: b"mine"}


def test_a_file_and_a_broken_link_are_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine", "utf-8")
    (tmp_path / "link").symlink_to("nowhere")
    for name in ("file", "link"):
        assert main(["init", str(tmp_path / name)]) == 2
    assert main(["init", str(tmp_path / "file/below")]) == 2
    assert names(tmp_path) == ["file", "link"]


def test_the_clone_of_an_empty_repository_is_empty_enough(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git/HEAD").write_text("ref: refs/heads/main\n", "utf-8")
    assert run(tmp_path, "init", ".").returncode == 0
    assert (tmp_path / ".git/HEAD").read_text("utf-8") == "ref: refs/heads/main\n"
    assert validate_dataset(Dataset(tmp_path)).is_valid
    assert not list(tmp_path.glob("*.tmp"))


def test_an_interruption_leaves_nothing_half_made(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), folder_aside(tmp_path / "new"):
        raise KeyboardInterrupt
    assert names(tmp_path) == []
    with folder_aside(tmp_path / "new") as temporary:
        write_into(temporary, {"a/b": b"c", "z": b""})
        (tmp_path / "z").write_bytes(b"somebody else's")
        with pytest.raises(ScaffoldError, match="has appeared"):
            scaffold._move_up(temporary, tmp_path)
    assert files(tmp_path) == {"z": b"somebody else's"}


def test_what_a_killed_run_left_is_finished_by_the_next_but_nothing_else_is_touched(tmp_path: Path) -> None:
    whole, half, other = (tmp_path / name / "incidents" for name in ("whole", "half", "other"))
    create_dataset(whole, "Incidents", today=DAY)
    for folder in (half, other):
        shutil.copytree(whole, folder)
        (folder / "datapackage.json").unlink()
        (folder / "README.md").unlink()
    create_dataset(half, "Incidents", today=DAY)
    assert bytes_of(half) == bytes_of(whole)
    with pytest.raises(ScaffoldError, match="isn't empty"):
        create_dataset(half, "Incidents", today=DAY)
    (other / "data/mine.txt").write_text("mine", "utf-8")
    (other / "empty").mkdir()
    before = bytes_of(other)
    with pytest.raises(ScaffoldError, match="isn't empty"):
        create_dataset(other, "Incidents", today=DAY)
    assert bytes_of(other) == before
    assert (other / "empty").is_dir()


def test_a_new_dataset_has_the_usual_permissions(tmp_path: Path) -> None:
    create_dataset(tmp_path / "own")
    (tmp_path / "usual").mkdir()
    assert stat.S_IMODE((tmp_path / "own").stat().st_mode) == stat.S_IMODE((tmp_path / "usual").stat().st_mode)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--licence", "CC-BY-3.0"], "did you mean `CC-BY-4.0`?"),
        (["--title", ""], "title"),
        (["--title", "a\nb"], "title"),
        (["--title", "a\u202eb"], "title"),
        (["--update"], "is not a dataset"),
    ],
)
def test_what_cannot_be_founded_ends_with_2_and_leaves_nothing(
    arguments: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["init", str(tmp_path / "own"), *arguments]) == 2
    assert message in capsys.readouterr().err
    assert names(tmp_path) == []


def older(root: Path) -> dict[str, Any]:
    """Make a dataset look as if it had been founded by an older version; its descriptor."""
    create_dataset(root, title="Mine", today=DAY)
    package = descriptor(root)
    package["contributors"] = [{"title": "My group"}]
    package["version"] = "3.1.0"
    package["resources"][0]["schema"]["fields"].pop()
    del package["resources"][-1]
    (root / "datapackage.json").write_text(json.dumps(package), "utf-8")
    (root / "schemas/place-1.json").write_text("{}\n", "utf-8")
    (root / "schemas/actor-1.json").unlink()
    (root / "requirements.txt").write_text("# ours\nconflict-incidents[build]==0.0.1\nother==2\n", "utf-8")
    return package


def test_update_refreshes_schemas_and_tables_keeps_the_metadata_and_says_so(tmp_path: Path) -> None:
    root = tmp_path / "own"
    before = older(root)
    data_files = files(root / "data")
    result = run(tmp_path, "init", "own", "--update")
    assert result.returncode == 0, result.stderr
    assert "schemas/actor-1.json: added" in result.stdout
    assert "schemas/place-1.json: replaced" in result.stdout
    assert f"the table `{contract.package()['resources'][-1]['name']}` is missing" in result.stdout
    after = descriptor(root)
    assert contract.drift(after) == []
    assert {**after, "resources": 0} == {**before, "resources": 0}
    requirements = f"# ours\nconflict-incidents[build]=={__version__}\nother==2\n"
    assert (root / "requirements.txt").read_text("utf-8") == requirements
    assert files(root / "data") == data_files
    assert validate_dataset(Dataset(root)).is_valid


def test_update_changes_nothing_where_nothing_is_old(tmp_path: Path) -> None:
    root = tmp_path / "own"
    create_dataset(root)
    before = files(root)
    assert update_dataset(Dataset(root)) == []
    assert files(root) == before
    assert "Nothing to update" in run(root, "init", ".", "--update").stdout


def test_update_refuses_a_dataset_of_a_later_version_and_changes_nothing(tmp_path: Path) -> None:
    root = tmp_path / "own"
    older(root)
    (root / "schemas/incident-99.json").write_text("{}\n", "utf-8")
    before = files(root)
    result = run(root, "init", ".", "--update")
    assert result.returncode == 2
    assert "incident-99.json" in result.stderr
    assert files(root) == before


def test_update_does_not_take_metadata(tmp_path: Path) -> None:
    create_dataset(tmp_path / "own")
    result = run(tmp_path, "init", "own", "--update", "--title", "Another")
    assert result.returncode == 2
    assert "datapackage.json" in result.stderr
