"""The command `incidents`: one file a subcommand.

To add a subcommand, add a file with `HELP`, `configure(parser)` and `run(arguments) -> exit code`, and name it in
`COMMANDS`. Exit codes: 0 fine, 1 findings, 2 usage or environment. A subcommand imports what is heavy only when it runs.

Prevents: a traceback for bad input, and a failure that ends with exit code 0.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
from collections.abc import Sequence
from importlib import import_module

from conflict_incidents import __version__
from conflict_incidents.dataset import DatasetError
from conflict_incidents.findings import printable

COMMANDS = ("new", "validate", "explain", "build", "init")
FINE, FINDINGS, ENVIRONMENT = 0, 1, 2


class CommandError(Exception):
    """The command can't do what was asked; the message says what to change. `exit_code` is what it ends with."""

    def __init__(self, message: str, exit_code: int = ENVIRONMENT) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a subcommand and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    try:
        options = _parser().parse_args(arguments)
        code: int = options.run(options)
        sys.stdout.flush()
    except (DatasetError, CommandError) as error:
        return _failed(str(error), getattr(error, "exit_code", ENVIRONMENT))
    except BrokenPipeError:
        # Whoever read our output has enough of it; what was left unsaid must not pass for a success.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ENVIRONMENT
    except OSError as error:
        return _failed(f"{error.filename or 'the system'}: {error.strerror or error}", ENVIRONMENT)
    except KeyboardInterrupt:
        return _failed("interrupted; nothing that was there before has changed", 128 + signal.SIGINT)
    return code


def _failed(message: str, code: int) -> int:
    print(f"incidents: {printable(message)}", file=sys.stderr)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="incidents",
        description="Record armed-conflict incidents, validate them, and build releases.",
        epilog="Exit codes: 0 fine, 1 findings, 2 usage or environment.",
    )
    parser.add_argument("--version", action="version", version=f"incidents {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name in COMMANDS:
        module = import_module(f"{__name__}.{name}")
        command = commands.add_parser(name, help=module.HELP, description=module.__doc__)
        module.configure(command)
        command.set_defaults(run=module.run)
    return parser
