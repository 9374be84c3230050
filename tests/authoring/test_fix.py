"""`incidents validate --fix` and `--diff`: what is told, what is written, and what is never touched."""

import shutil
import stat
from pathlib import Path

import pytest

from conflict_incidents.cli import main
from conflict_incidents.core import files
from conflict_incidents.validation.reports.difference import difference

TESTS = Path(__file__).parents[1]
ROUGH = "\ufeffschema: place/1\r\nname: 'Hafsarjah'\r\nid: hafsarjah\r\nlevel: settlement\r\ncountry: SYR # seen\r\n"
FIXED_PLACE = "schema: place/1\nid: hafsarjah\nname: Hafsarjah\nlevel: settlement\ncountry: SYR  # seen\n"
FIX_MESSAGE = "fixed {}: a byte order mark, CR LF line ends, the order of keys, the layout\n"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The dataset of the rules' cases, as the working folder."""
    root = tmp_path / "dataset"
    shutil.copytree(TESTS / "validation/rules/dataset", root)
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def rough(tmp_path: Path) -> Path:
    """A place that is written in another way, outside of the dataset."""
    file = tmp_path / "outside" / "hafsarjah.yaml"
    file.parent.mkdir()
    file.write_bytes(ROUGH.encode())
    return file


def state(folder: Path) -> dict[str, bytes]:
    return {str(file): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}


@pytest.mark.usefixtures("root")
def test_fixed_file_is_reported_validated_and_keeps_permissions(
    rough: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rough.chmod(0o640)
    assert main(["validate", "--fix", str(rough)]) == 0
    captured = capsys.readouterr()
    assert captured.err == FIX_MESSAGE.format(rough)
    assert captured.out == "0 errors, 0 warnings in 1 file\n"
    assert rough.read_bytes() == FIXED_PLACE.encode()
    assert stat.S_IMODE(rough.stat().st_mode) == 0o640
    assert list(rough.parent.iterdir()) == [rough]
    before = rough.stat()
    assert main(["validate", "--fix", str(rough)]) == 0
    assert capsys.readouterr().err == ""
    assert rough.stat().st_ino == before.st_ino


def test_the_whole_dataset_is_mended_and_what_remains_is_reported(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["validate", "--fix"])
    (root / "data/places/hafsarjah.yaml").write_bytes(ROUGH.replace("settlement", "hamlet").encode())
    capsys.readouterr()
    assert main(["validate", "--fix"]) == 1
    captured = capsys.readouterr()
    assert captured.err == FIX_MESSAGE.format("data/places/hafsarjah.yaml")
    assert "data/places/hafsarjah.yaml:4:8: REC006 level is `hamlet`" in captured.out
    after = state(root)
    assert main(["validate", "--fix"]) == 1
    assert state(root) == after
    assert main(["validate", "--diff"]) == 0


def test_a_diff_shows_what_would_be_mended_and_changes_nothing(
    root: Path, rough: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = state(root.parent)
    assert main(["validate", "--diff", str(rough)]) == 1
    captured = capsys.readouterr()
    assert captured.out.splitlines() == [
        f"--- a/{rough}",
        f"+++ b/{rough}",
        "@@ -1,5 +1,5 @@",
        r"-\ufeffschema: place/1\r",
        r"-name: 'Hafsarjah'\r",
        r"-id: hafsarjah\r",
        r"-level: settlement\r",
        r"-country: SYR # seen\r",
        *(f"+{line}" for line in FIXED_PLACE.splitlines()),
    ]
    assert captured.err == "1 of 1 file would change; fix them with --fix\n"
    assert state(root.parent) == before


@pytest.mark.usefixtures("root")
@pytest.mark.parametrize("text", ["schema: place/1\nid: [\n", "schema: place/1\nid: a\nid: b\n", "a: 1\n", ""])
def test_a_file_that_cannot_be_laid_out_does_not_pass_for_one_that_is(
    text: str, rough: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rough.write_text(text, "utf-8")
    assert main(["validate", "--diff", str(rough)]) == 1
    assert f"{rough}: can't be formatted as is; `incidents validate` says why\n" in capsys.readouterr().err
    assert main(["validate", "--fix", str(rough)]) == 1
    assert rough.read_text("utf-8") == text


@pytest.mark.usefixtures("root")
def test_a_path_that_is_not_there_is_no_pass(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "--diff", "nowhere.yaml"]) == 1
    assert "nowhere.yaml:1:1: REC011 can't be read" in capsys.readouterr().err


@pytest.mark.usefixtures("root")
def test_a_link_is_neither_followed_nor_replaced(rough: Path) -> None:
    link = rough.with_name("link.yaml")
    link.symlink_to(rough)
    assert main(["validate", "--fix", str(link)]) == 1
    assert link.is_symlink()
    assert rough.read_bytes() == ROUGH.encode()


def test_a_waiver_that_is_no_longer_needed_is_taken_out(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    waivers = root / "data/waivers.yaml"
    waivers.write_text(
        "schema: waivers/1\nwaivers:\n"
        "  # why\n"
        "  - {rule: DAT004, record: SYR-20220908-k2fd, reason: Seen., date: 2023-01-10, by: an editor}\n",
        "utf-8",
    )
    before = waivers.read_bytes()
    assert main(["validate", "--diff"]) == 1
    assert "-  - {rule: DAT004, record: SYR-20220908-k2fd" in capsys.readouterr().out
    assert waivers.read_bytes() == before
    assert main(["validate", "--fix", "data/incidents"]) == 0
    captured = capsys.readouterr()
    assert "fixed data/waivers.yaml: waivers no longer needed\n" in captured.err
    assert "REV002" not in captured.out
    assert waivers.read_text("utf-8") == "schema: waivers/1\n# why\nwaivers: []\n"
    assert main(["validate", "--diff"]) == 0


@pytest.mark.usefixtures("root")
@pytest.mark.parametrize("option", ["--fix", "--diff"])
def test_fix_and_changed_since_are_mutually_exclusive(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", option, "--changed-since", "main"]) == 2
    assert "leave --changed-since out" in capsys.readouterr().err


def test_a_file_that_changed_meanwhile_is_unchanged(tmp_path: Path) -> None:
    file = tmp_path / "record.yaml"
    file.write_bytes(b"somebody's")
    with pytest.raises(OSError, match="it has changed meanwhile, and stays as it is"):
        files.replace(file, b"old", b"new")
    assert state(tmp_path) == {str(file): b"somebody's"}


def test_a_diff_gives_no_command_to_a_ci_and_hides_nothing() -> None:
    old = "note: |-\n  ::error::x\n  ##[error]x\n## a comment\n\u202eb\r\nlast".encode()
    lines = difference("x.yaml", old, old + b"\n").split("\n")
    assert not [line for line in lines if line.lstrip().startswith("::") or "##[" in line]
    assert lines[-3:] == ["-last", r"\ No newline at end of file", "+last"]
    assert " ## a comment" in lines
    assert r" \u202eb\r" in lines
    assert difference("x.yaml", old, old) == ""
