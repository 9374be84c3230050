"""Print what makes a shell complete the command: subcommands, options, files, ids of rules.

The script is static, so completing runs no Python; print it again after an update.

bash: incidents completion bash > ~/.local/share/bash-completion/completions/incidents
zsh:  incidents completion zsh > ~/.zfunc/_incidents, with ~/.zfunc in fpath before compinit
fish: incidents completion fish > ~/.config/fish/completions/incidents.fish
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from conflict_incidents.cli import COMMANDS, parser
from conflict_incidents.core.findings import Shown
from conflict_incidents.validation.rules import RULES

SHELLS = ("bash", "zsh", "fish")

FILES = {"FILE", "PATH", "RELEASE", "OLD", "NEW", "PY"}
"""The placeholders of a file or folder in the help of options."""
FOLDERS = {"DIR"}
"""The placeholders of a folder."""
RULE_IDS = {"RULE", "ID or RULE"}
"""The placeholders of the id of a rule, which argparse doesn't check, since other spellings are allowed."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `incidents completion`."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("shell", choices=SHELLS, help="the shell")


def run(options: argparse.Namespace) -> int:
    """Print the script."""
    import shtab

    top = parser(COMMANDS)
    for action in _actions(top):
        if action.metavar in RULE_IDS:
            action.choices = sorted(RULES)
        elif action.metavar in FILES:
            action.complete = shtab.FILE  # type: ignore[attr-defined] # where shtab looks for it
        elif action.metavar in FOLDERS:
            action.complete = shtab.DIRECTORY  # type: ignore[attr-defined] # likewise
    print(Shown(shtab.complete(top, options.shell)))
    return 0


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    for action in parser._actions:  # argparse has no public list of them
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                yield from _actions(command)
        else:
            yield action
