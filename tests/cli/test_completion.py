"""`incidents completion` in a real bash."""

import subprocess
from pathlib import Path

import pytest

from conflict_incidents.cli import COMMANDS, main
from conflict_incidents.cli.completion import SHELLS

COMPLETE = """
complete_line() {
  COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
  _shtab_incidents incidents "${@: -1}" "${@: -2:1}"
  echo "${COMPREPLY[*]}"
}
complete -p incidents
"""


def complete_lines(script: str, *lines: str) -> list[str]:
    """What bash proposes for the last word of each line, which `''` leaves open."""
    calls = "\n".join(f"complete_line {line}" for line in lines)
    result = subprocess.run(
        ["bash", "--norc", "-c", f"{script}{COMPLETE}{calls}"], capture_output=True, text=True, check=True
    )
    assert not result.stderr
    how, *proposals = result.stdout.splitlines()
    assert how.endswith("-F _shtab_incidents incidents")
    return proposals


def test_bash_completes_commands_options_values_files_and_rules(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "records").mkdir()
    (tmp_path / "read.yaml").touch()
    assert main(["completion", "bash"]) == 0
    proposals = complete_lines(
        capsys.readouterr().out,
        "incidents ''",
        "incidents validate --changed",
        "incidents validate --format sa",
        "incidents validate --rule CNT001 --rule PRV00",
        "incidents explain CLM01",
        "incidents validate re",
        "incidents build --out re",
        "incidents import ac",
    )
    commands, option, format, rules, help_texts, path, folder, source = proposals
    assert commands.split() == list(COMMANDS)
    assert option == "--changed-since"
    assert format == "sarif"
    assert {"PRV001", "PRV003"} <= set(rules.split())
    assert "CLM010" in help_texts.split()
    assert set(path.split()) == {"records", "read.yaml"}
    assert folder == "records"
    assert source == "acled"


@pytest.mark.parametrize("shell", SHELLS)
def test_every_shell_gets_a_script(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    text = capsys.readouterr().out
    assert "changed-since" in text
    assert "CNT003" in text
