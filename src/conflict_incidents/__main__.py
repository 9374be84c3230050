"""The command `incidents`, also as `python -m conflict_incidents`: Ctrl-C ends it without a traceback at any time."""

import signal
import sys

INTERRUPTED = 128 + signal.SIGINT


def main() -> int:
    """Run the command, whose modules take a while to be imported, and return its exit code."""
    try:
        from conflict_incidents.cli import main as run

        return run()
    except KeyboardInterrupt:
        return INTERRUPTED
    finally:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # while Python ends, too


if __name__ == "__main__":
    sys.exit(main())
