"""The command `incidents`, also as `python -m conflict_incidents`: Ctrl-C ends it without a traceback at any time."""

import sys


def main() -> int:
    """Run the command and return its exit code."""
    try:
        import gc  # even this takes long enough to be interrupted
        import signal
        import unicodedata  # noqa: F401 - Python reads it to compile \N{…}; interrupted there, it reports bad syntax

        gc.set_threshold(50_000, 1000)  # next to nothing leaves garbage in cycles
        from conflict_incidents.cli import main as run
        from conflict_incidents.cli import silence_broken_stderr

        try:
            code = run()
        finally:
            silence_broken_stderr()
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # while Python ends, too
        gc.freeze()  # what is left needs no last search for garbage
        return code
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
