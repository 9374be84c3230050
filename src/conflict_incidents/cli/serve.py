"""Show a site on this machine, with range requests, for this machine alone; also offline.

DIR is a site that `incidents site` made; without it, the site of the dataset's current release is made for the time
being. Ctrl-C ends it.
"""

from __future__ import annotations

import argparse
import contextlib
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from conflict_incidents.cli import CommandError
from conflict_incidents.cli._options import add_root, named_path, whole_number
from conflict_incidents.core.files import temporary_folder
from conflict_incidents.core.findings import reason, user_text

PORT = 8000
_ENDING = ("SIGTERM", "SIGHUP")
"""The signals, as of a closed terminal, that end it as Ctrl-C does, so that a temporary site is deleted."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of `incidents serve`."""
    parser.add_argument("site", nargs="?", type=named_path, metavar="DIR", help="a site (default: make one)")
    parser.add_argument(
        "--port",
        type=whole_number(0, 65535),
        default=PORT,
        metavar="N",
        help=f"the port (default: {PORT}; 0: any free one)",
    )
    add_root(parser)


def run(options: argparse.Namespace) -> int:
    """Serve until interrupted."""
    from conflict_incidents.release.site.server import server

    for name in _ENDING:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.default_int_handler)
    with _site(options) as folder:
        try:
            serving = server(folder, options.port)
        except OSError as error:
            port = user_text(options.port)
            raise CommandError(f"port {port} can't be used: {reason(error)}; name another by --port") from error
        print(f"http://127.0.0.1:{serving.server_address[1]}/ shows {user_text(folder)}; Ctrl-C ends it", flush=True)
        with serving, contextlib.suppress(KeyboardInterrupt):
            serving.serve_forever()
    return 0


@contextmanager
def _site(options: argparse.Namespace) -> Iterator[Path]:
    """Yield the folder of the site; a temporary one if none is given."""
    if options.site is not None:
        if not (options.site / "index.html").is_file():
            raise CommandError(
                f"{user_text(options.site)} is no site: it has no index.html; `incidents site --out DIR` makes one"
            )
        yield options.site
        return
    from conflict_incidents.cli.site import write

    with temporary_folder() as temporary:
        folder = temporary / "site"
        write(None, folder, options.root)
        yield folder
