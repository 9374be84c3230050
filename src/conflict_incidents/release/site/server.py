"""Serve a site on this machine: files with range requests, and nothing outside of the folder."""

from __future__ import annotations

import os
import re
import sys
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import BinaryIO

from conflict_incidents.core.findings import describe_error

HOST = "127.0.0.1"
"""The address to listen on, reachable only from this machine."""
_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


class SiteHandler(SimpleHTTPRequestHandler):
    """Answers GET and HEAD, also for a single range of bytes; hidden files and directory listings are refused."""

    protocol_version = "HTTP/1.1"
    extensions_map = {  # noqa: RUF012 - as in the standard library
        **SimpleHTTPRequestHandler.extensions_map,
        ".parquet": "application/vnd.apache.parquet",
        ".geojson": "application/geo+json",
        ".yaml": "application/yaml",
        ".js": "text/javascript",
        ".html": "text/html; charset=utf-8",
        ".json": "application/json",
        ".md": "text/markdown; charset=utf-8",
        ".csv": "text/csv; charset=utf-8",
    }
    _bytes_left = 0
    """The number of bytes announced in the header and not yet sent."""

    def send_head(self) -> BinaryIO | None:
        """Send the header, and return the file, positioned at the start of the range."""
        path = self._path()
        range = _RANGE.fullmatch(self.headers.get("Range", ""))
        if path is None:
            self.send_error(HTTPStatus.NOT_FOUND)
            return None
        if range is None or path.is_dir() or range[1] == range[2] == "":
            return super().send_head()
        file = path.open("rb")
        size = os.fstat(file.fileno()).st_size
        first = int(range[1]) if range[1] else max(0, size - int(range[2]))
        last = min(int(range[2]), size - 1) if range[1] and range[2] else size - 1
        if first > last:
            file.close()
            self.send_response(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
            self.send_header("Content-Range", f"bytes */{size}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return None
        self.send_response(HTTPStatus.PARTIAL_CONTENT)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Range", f"bytes {first}-{last}/{size}")
        self.send_header("Content-Length", str(last - first + 1))
        self.end_headers()
        file.seek(first)
        return file

    def _path(self) -> Path | None:
        """Return the requested file, or the folder of an index page; None if it is missing, hidden or outside."""
        path, top = Path(self.translate_path(self.path)), Path(self.directory).resolve()
        try:
            file = (path / "index.html" if path.is_dir() else path).resolve(strict=True)
            served = file.is_file() and file.is_relative_to(top)
        except (OSError, ValueError, RuntimeError):  # missing, too long, with a NUL, or links in a circle
            return None
        hidden = any(part.startswith(".") for part in path.parts[len(top.parts) :])
        return path if served and not hidden else None

    def send_header(self, keyword: str, value: str) -> None:
        """Send a header; that of the length is stored."""
        if keyword == "Content-Length":
            self._bytes_left = int(value)
        super().send_header(keyword, value)

    def copyfile(self, source: BinaryIO, outputfile: BinaryIO) -> None:  # type: ignore[override] # bytes alone
        """Send as many bytes as announced; close the connection if the file was truncated meanwhile."""
        while self._bytes_left and (piece := source.read(min(self._bytes_left, 1 << 16))):
            outputfile.write(piece)
            self._bytes_left -= len(piece)
        self.close_connection |= self._bytes_left > 0

    def end_headers(self) -> None:
        """Send the headers of every response: ranges are supported, nothing is cached."""
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Cache-Control", "no-cache")
        self.send_header("X-Content-Type-Options", "nosniff")
        super().end_headers()

    def list_directory(self, _path: object) -> None:
        """Refuse to list a folder without an index page."""
        self.send_error(HTTPStatus.NOT_FOUND)

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""


class SiteServer(ThreadingHTTPServer):
    """Answers each request in a thread of its own, which ends with the server."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Report a file that can't be read in one line; a closed connection is no error."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type] # as socketserver calls it
        elif not isinstance(error, ConnectionError | TimeoutError):
            print(f"incidents: {describe_error(error)}", file=sys.stderr)


def server(folder: Path, port: int = 0) -> SiteServer:
    """Make a server of a folder for this machine only; port 0 takes a free one.

    Raises:
        OSError: the port is taken.
    """
    return SiteServer((HOST, port), partial(SiteHandler, directory=str(folder)))
