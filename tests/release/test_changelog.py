"""CHANGELOG.md from the notes on changes: its sections, and what publishing does to the notes."""

from pathlib import Path

import pytest

from conflict_incidents.core.files import PartialWriteError
from conflict_incidents.records.model import ChangeNote
from conflict_incidents.release import ReleaseError
from conflict_incidents.release.changelog import FILE, MAX_LISTED, NOTHING, OPENING, Plan, plan_changelog, section
from samples import TOP, Tree, note, record

FIRST = """# yaml-language-server: $schema=../../schemas/change-1.json
schema: change/1
kind: code
date: 2023-01-10
text: Long work shows its progress.
"""
SECOND = FIRST.replace("Long work shows its progress.", "Now `diff` is quicker.").replace("code", "schema")


def read(*notes: Tree) -> list[ChangeNote]:
    return [one for one in map(record, notes) if isinstance(one, ChangeNote)]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A dataset with a change log and two notes."""
    (tmp_path / "datapackage.json").write_text((TOP / "datapackage.json").read_text("utf-8"), "utf-8")
    folder = tmp_path / "data/changes"
    folder.mkdir(parents=True)
    (folder / "b.yaml").write_text(FIRST, "utf-8")
    (folder / "a.yaml").write_text(SECOND, "utf-8")
    (tmp_path / FILE).write_text(f"{OPENING}\n## 1.0.0 (2022-01-01)\n\nThe first  one, as it was written.\n", "utf-8")
    return tmp_path


def read_files(root: Path) -> dict[str, str]:
    """Every file of a dataset but its descriptor."""
    files = [file for file in sorted(root.rglob("*")) if file.is_file() and file.name != "datapackage.json"]
    return {file.relative_to(root).as_posix(): file.read_text("utf-8") for file in files}


def test_a_section_has_the_notes_under_their_headings_by_date() -> None:
    many = [f"SYR-20220908-{number:04}" for number in range(MAX_LISTED + 2)]
    notes = read(
        note("code", "The last."),
        note("withdrawn", "Twice.", "SYR-20220908-7q4m"),
        note("new", "Many.", *many, date="2023-01-11"),
        note("new", "Two.", "b", "a"),
        note("correction", "A toll."),
        note("schema", "A column."),
    )
    ids = ", ".join(f"`{id}`" for id in many[:MAX_LISTED])
    expected = f"""## 1.2.0 (2023-02-01)

### New incidents
- Two. (`b`, `a`)
- Many. ({ids} and 2 more)

### Corrections
- A toll.

### Withdrawn
- Twice. (`SYR-20220908-7q4m`)

### Schema
- A column.

### Code
- The last.
"""
    assert section(notes, "1.2.0", "2023-02-01") == section(notes[::-1], "1.2.0", "2023-02-01") == expected


def test_a_version_without_notes_says_so() -> None:
    assert section([], "1.2.0", "2023-02-01") == f"## 1.2.0 (2023-02-01)\n\n{NOTHING}\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("*No* [link](http://a.b) <b>", r"- \*No\* \[link\](http&#58;//a.b) &lt;b&gt;"),
        ("## 9.9.9", r"- #&#8203;#&#8203; 9.9.9"),
        ("- one", r"- \- one"),
        ("`a*b` and a_b", r"- `a*b` and a\_b"),
    ],
)
def test_only_text_in_backquotes_becomes_markup(text: str, expected: str) -> None:
    assert section(read(note("code", text)), "1.0.0", "2023-01-01").splitlines()[-1] == expected


def test_publishing_moves_the_notes_to_their_version_and_writes_its_section_above_the_others(root: Path) -> None:
    before = read_files(root)
    plan = plan_changelog(root, "1.1.0", "2023-02-01")
    assert read_files(root) == before, "a plan does nothing"
    plan.carry_out(root)
    assert read_files(root) == {
        FILE: f"{OPENING}\n## 1.1.0 (2023-02-01)\n\n### Schema\n- Now `diff` is quicker.\n\n### Code\n"
        "- Long work shows its progress.\n\n## 1.0.0 (2022-01-01)\n\nThe first  one, as it was written.\n",
        "data/changes/1.1.0/a.yaml": SECOND.replace("../../schemas", "../../../schemas"),
        "data/changes/1.1.0/b.yaml": FIRST.replace("../../schemas", "../../../schemas"),
    }
    assert plan_changelog(root, "1.1.0", "2023-03-01") == Plan(), "done once is done"


def test_a_dataset_without_a_change_log_gets_one(root: Path) -> None:
    (root / FILE).unlink()
    plan_changelog(root, "1.1.0", "2023-02-01").carry_out(root)
    assert read_files(root)[FILE].startswith(f"{OPENING}\n## 1.1.0 (2023-02-01)\n\n### Schema\n")


@pytest.mark.parametrize("step", [0, 1, 2, 3])
def test_what_was_interrupted_is_done_by_a_second_run(root: Path, step: int) -> None:
    plan = plan_changelog(root, "1.1.0", "2023-02-01")
    Plan(dict(list(plan.write.items())[:step]), plan.delete[: max(0, step - 2)]).carry_out(root)
    plan_changelog(root, "1.1.0", "2023-02-01").carry_out(root)
    after = read_files(root)
    assert sorted(after) == [FILE, "data/changes/1.1.0/a.yaml", "data/changes/1.1.0/b.yaml"]
    assert after[FILE].count("## 1.1.0") == after[FILE].count("progress") == after[FILE].count("quicker") == 1


def test_a_section_that_was_published_is_never_rewritten(root: Path) -> None:
    with pytest.raises(ReleaseError, match=r"version 1\.0\.0 is already in CHANGELOG\.md, and a section is never"):
        plan_changelog(root, "1.0.0", "2023-02-01")


def test_what_cant_be_assembled_is_refused_and_nothing_is_touched(root: Path) -> None:
    before = read_files(root)
    with pytest.raises(ReleaseError, match=r"the version 1\.1 isn't of the form MAJOR\.MINOR\.PATCH"):
        plan_changelog(root, "1.1", "2023-02-01")
    (root / "data/changes/1.1.0").mkdir()
    (root / "data/changes/1.1.0/a.yaml").write_text(FIRST, "utf-8")
    with pytest.raises(ReleaseError, match=r"1\.1\.0/a\.yaml already exists with other content"):
        plan_changelog(root, "1.1.0", "2023-02-01")
    (root / "data/changes/1.1.0/a.yaml").unlink()
    (root / "data/changes/b.yaml").write_text(FIRST.replace("code", "odd"), "utf-8")
    with pytest.raises(ReleaseError, match=r"data/changes/b\.yaml:3:7: REC006 kind is `odd`"):
        plan_changelog(root, "1.1.0", "2023-02-01")
    (root / "data/changes/b.yaml").write_text(FIRST, "utf-8")
    with pytest.raises(
        ReleaseError, match=r"data/changes/a\.yaml:4: 2023-01-10 is after the day of the release \(2023-01-09"
    ):
        plan_changelog(root, "1.1.0", "2023-01-09")
    (root / FILE).write_bytes(b"\xff")
    with pytest.raises(ReleaseError, match=r"CHANGELOG\.md can't be read"):
        plan_changelog(root, "1.1.0", "2023-02-01")
    (root / FILE).write_text(before[FILE], "utf-8")
    assert read_files(root) == before


def test_a_note_is_gone_before_the_last_files_are_written(tmp_path: Path) -> None:
    (tmp_path / "ledger").mkdir()
    (tmp_path / "note").write_text("said", "utf-8")
    plan = Plan({tmp_path / "log": b"new"}, (tmp_path / "note",), {tmp_path / "ledger": b"new"})
    with pytest.raises(PartialWriteError, match=r"^1 of 2 files were written; run it again$"):
        plan.carry_out(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ledger", "log"]


def test_what_can_not_be_written_leaves_what_was_there_and_deletes_nothing(tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()
    (tmp_path / "note").write_text("said", "utf-8")
    plan = Plan({tmp_path / "kept/note": b"said", tmp_path / "log": b"new"}, (tmp_path / "note",))
    with pytest.raises(PartialWriteError, match=r"^1 of 2 files were written; run it again$") as excinfo:
        plan.carry_out(tmp_path)
    assert isinstance(excinfo.value.__cause__, IsADirectoryError)
    assert sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")) == [
        *("kept", "kept/note", "log", "note")
    ]
