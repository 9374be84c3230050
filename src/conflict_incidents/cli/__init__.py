"""The command `incidents`: one module per subcommand.

To add a subcommand, add a module with `configure(parser)` and `run(options) -> exit code`, and name it in `COMMANDS`;
its docstring is its description. Only the subcommand that is called is imported, for a fast start. Exit codes: 0 no
errors, 1 findings, 2 usage or environment (also for a closed output), 130 interrupted.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
from collections.abc import Collection, Sequence
from importlib import import_module
from keyword import iskeyword
from typing import TYPE_CHECKING, NoReturn, TextIO

from conflict_incidents.cli._progress import progress
from conflict_incidents.core.errors import UserError
from conflict_incidents.core.extras import sentence
from conflict_incidents.core.files import PartialWriteError
from conflict_incidents.core.findings import Shown, describe_error, harmless, user_text
from conflict_incidents.core.version import __version__

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

COMMANDS = {
    "new": "create a record from a template",
    "validate": "check records and say what is wrong, where, and how to repair it",
    "review": "show a record, or what a branch changed, as a reviewer needs it",
    "explain": "show what an incident's estimates rest on",
    "build": "build a release: CSV, Parquet, checksums",
    "verify": "check a whole release: files, hashes, tables, keys",
    "reproduce": "check that builds are reproducible",
    "publish": "build, check and register the release to be published",
    "diff": "show what changed from one release to another",
    "summary": "draw pictures of a release, with the same numbers in words",
    "site": "make a static site of a release",
    "serve": "show a site on this machine",
    "import": "import UCDP GED, ACLED or a table of your own",
    "export": "write the incidents in the layout of UCDP GED",
    "duplicates": "list pairs of incidents that may be duplicates",
    "match": "match another dataset with this one: what both have, whose numbers agree, who is missing",
    "init": "create a dataset of your own",
    "completion": "print what makes a shell complete this command",
}
"""The subcommands with their lines in `incidents --help`."""
NEEDS = {
    **dict.fromkeys(("build", "reproduce", "publish"), "build"),
    **{"import": "import", "match": "import", "summary": "pictures", "site": "site"},
}
"""The extra that a subcommand needs, if not that of `validate`."""
FINE, FINDINGS, ENVIRONMENT = 0, 1, 2
EXIT_INTERRUPTED = 128 + signal.SIGINT


class CommandError(UserError):
    """A command failed; the message includes the repair. `exit_code` is the exit code."""

    def __init__(self, message: Shown, exit_code: int = ENVIRONMENT) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a subcommand and return its exit code."""
    _open_closed_streams()
    for stream in (sys.stdout, sys.stderr):
        # typeshed has TextIO here, which lacks `reconfigure`; a stream that really lacks it is left as it is.
        with contextlib.suppress(AttributeError):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr] # see above
    words = list(sys.argv[1:] if arguments is None else arguments)
    command = words[0] if words else ""
    try:
        try:
            options = parser([command]).parse_args(words)
        finally:
            sys.stdout.flush()  # also what `--help` printed
        with progress(quiet=getattr(options, "format", None) == "quiet"):
            code: int = options.run(options)
        sys.stdout.flush()
    except ModuleNotFoundError as error:
        if (message := sentence(error, NEEDS.get(command, "validate"))) is None:
            raise
        return _report_failure(message, ENVIRONMENT)
    except UserError as error:
        return _report_failure(str(error), error.exit_code)
    except PartialWriteError as halted:
        why = halted.__cause__
        if isinstance(why, OSError):
            return _report_failure(f"{describe_error(why)}; {halted}", ENVIRONMENT)
        return _report_failure(f"interrupted; {halted}", EXIT_INTERRUPTED)
    except BrokenPipeError:
        # The reader closed the pipe; the incomplete output must not end with exit code 0.
        _discard(sys.stdout)
        return ENVIRONMENT
    except OSError as error:
        return _report_failure(describe_error(error), ENVIRONMENT)
    except MemoryError:
        return _report_failure("there is too little memory; give more, or split the input", ENVIRONMENT)
    except KeyboardInterrupt:
        return _report_failure("interrupted; nothing that was there before has changed", EXIT_INTERRUPTED)
    except import_module("sqlite3").OperationalError as error:
        return _report_failure(
            f"a temporary database: {user_text(error)}; is there room for temporary files?", ENVIRONMENT
        )
    return code


def _open_closed_streams() -> None:
    """Open the null device for each closed standard stream, so that no other file gets its number."""
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        if getattr(sys, name) is None:
            while os.open(os.devnull, os.O_RDWR) < number:
                pass
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115 - stays open


def silence_broken_stderr() -> None:
    """Redirect standard error to the null device if it can't be written."""
    try:
        sys.stderr.flush()
    except OSError:
        _discard(sys.stderr)


def _discard(stream: TextIO) -> None:
    """Redirect a stream to the null device, as Python would retry the failed write on exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _report_failure(message: Shown, code: int) -> int:
    try:
        sys.stdout.flush()
    except OSError:
        _discard(sys.stdout)
    with contextlib.suppress(OSError):
        print("\n".join(harmless(Shown(line)) for line in f"incidents: {message}".split("\n")), file=sys.stderr)
    return code


class _Parser(argparse.ArgumentParser):
    """A parser that leaves passwords in addresses out of its messages, and fails where it can't print them."""

    def error(self, message: str) -> NoReturn:
        """Print the usage and the message, and end the program."""
        super().error(harmless(user_text(message)))

    def _print_message(self, message: str, file: SupportsWrite[str] | None = None) -> None:
        (file or sys.stderr).write(message)


def parser(names: Collection[str]) -> argparse.ArgumentParser:
    """Return the parser of the command line, with the options of the called subcommands alone."""
    top = _Parser(
        prog="incidents",
        description="Record armed-conflict incidents, validate them, and build releases.",
        epilog="Exit codes: 0 fine, 1 findings, 2 usage or environment, 130 interrupted.",
    )
    top.add_argument("--version", action="version", version=f"incidents {__version__}")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, line in COMMANDS.items():
        module = (
            import_module(f"{__name__}.{name}_" if iskeyword(name) else f"{__name__}.{name}") if name in names else None
        )
        command = commands.add_parser(name, help=line, description=module.__doc__ if module else None)
        if module:
            module.configure(command)
            command.set_defaults(run=module.run)
    return top
