"""Serve a site on this machine: files with range requests, and nothing outside of the folder."""

from __future__ import annotations

import re
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from os import PathLike
from pathlib import Path
from typing import BinaryIO

HOST = "127.0.0.1"
"""Only this machine can ask."""
_RANGE = re.compile(r"bytes=([0-9]*)-([0-9]*)")
_TYPES = {
    ".parquet": "application/vnd.apache.parquet",
    ".geojson": "application/geo+json",
    ".yaml": "application/yaml",
    ".js": "text/javascript",
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".md": "text/markdown; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
}


class SiteHandler(SimpleHTTPRequestHandler):
    """Answers GET and HEAD, with a single range of bytes where one is asked for; hidden files and lists are refused."""

    protocol_version = "HTTP/1.1"
    _left: int | None = None

    def send_head(self) -> BinaryIO | None:
        """Send the header, and return the file, placed where the range begins."""
        self._left = None
        asked = _RANGE.fullmatch(self.headers.get("Range", ""))
        path = Path(self.translate_path(self.path))
        top = Path(self.directory).resolve()
        if not path.resolve().is_relative_to(top) or any(part.startswith(".") for part in path.parts[len(top.parts) :]):
            self.send_error(HTTPStatus.NOT_FOUND)
            return None
        if asked is None or not path.is_file() or asked[1] == asked[2] == "":
            return super().send_head()
        size = path.stat().st_size
        first = int(asked[1]) if asked[1] else max(0, size - int(asked[2]))
        last = min(int(asked[2]), size - 1) if asked[1] and asked[2] else size - 1
        if first > last:
            self.send_response(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
            self.send_header("Content-Range", f"bytes */{size}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return None
        self._left = last - first + 1
        self.send_response(HTTPStatus.PARTIAL_CONTENT)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Range", f"bytes {first}-{last}/{size}")
        self.send_header("Content-Length", str(self._left))
        self.end_headers()
        file = path.open("rb")
        file.seek(first)
        return file

    def copyfile(self, source: BinaryIO, outputfile: BinaryIO) -> None:  # type: ignore[override]
        """Send a file, or the range of it that was asked for."""
        if self._left is None:
            super().copyfile(source, outputfile)
            return
        while self._left and (piece := source.read(min(self._left, 1 << 16))):
            outputfile.write(piece)
            self._left -= len(piece)

    def end_headers(self) -> None:
        """Add what every answer says: ranges are served, and nothing is kept."""
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Cache-Control", "no-cache")
        self.send_header("X-Content-Type-Options", "nosniff")
        super().end_headers()

    def guess_type(self, path: str | PathLike[str]) -> str:
        """Return the type of a file by its name, the same on every system."""
        return _TYPES.get(Path(path).suffix) or super().guess_type(path)

    def list_directory(self, _path: object) -> None:
        """Refuse: a folder without a page has no list."""
        self.send_error(HTTPStatus.NOT_FOUND)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def server(folder: Path, port: int = 0) -> ThreadingHTTPServer:
    """Make a server of a folder for this machine only; port 0 takes a free one.

    Raises:
        OSError: the port is taken.
    """
    made = ThreadingHTTPServer((HOST, port), partial(SiteHandler, directory=str(folder)))
    made.daemon_threads = True
    return made
