"""The files that an option names to be written: a regular file or a new one in a folder that exists."""

from pathlib import Path

import pytest

from commands import run

COMMANDS = {
    "export": ("export", "ucdp-ged", "--out"),
    "match": ("match", "rows.csv", "--out"),
    "picture": ("match", "rows.csv", "--picture"),
    "report": ("import", "acled", "rows.csv", "--report"),
}


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("folder.svg", "folder.svg is not a regular file; name another"),
        ("device.svg", "device.svg is not a regular file; name another"),  # as root, a file would replace /dev/null
        ("missing/out.svg", "make it first"),
        ("", "an empty path"),
    ],
)
def test_a_file_that_cannot_be_written_is_refused_before_the_work(
    tmp_path: Path, command: tuple[str, ...], target: str, message: str
) -> None:
    (tmp_path / "folder.svg").mkdir()
    (tmp_path / "device.svg").symlink_to("/dev/null")
    result = run(tmp_path, *command, target)
    assert result.returncode == 2
    assert message in result.stderr
