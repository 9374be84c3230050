"""A real server for tests of downloads."""

from __future__ import annotations

import contextlib
import threading
import time
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Server:
    """A local HTTP server; `answers` has its responses by path."""

    def __init__(self) -> None:
        self.answers: dict[str, bytes] = {}
        self.requests: list[str] = []
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, self))
        threading.Thread(target=self._http.serve_forever, daemon=True).start()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}{path}"

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()


class _Handler(BaseHTTPRequestHandler):
    def __init__(self, server: Server, *arguments: object) -> None:
        self.ours = server
        super().__init__(*arguments)  # type: ignore[arg-type] # as http.server calls it

    def do_GET(self) -> None:
        self.ours.requests.append(self.path)
        if self.path.startswith("/away"):
            self.send_response(302)
            self.send_header("Location", "http://[Yusuf-Qasim")
            self.end_headers()
            return
        if self.path.startswith("/torn"):
            self.send_response(200)
            self.send_header("Content-Length", "1000000")
            self.end_headers()
            self.wfile.write(b"PK")
            return
        if self.path.startswith("/drip"):
            self.dripping(b"HTTP/1.0 200 OK\r\n" + b"X-Slow: 1\r\n" * 100 if "head" in self.path else b"")
            return
        data = self.ours.answers.get(self.path)
        self.send_response(*((404, "Yusuf Qasim") if data is None else (200,)))
        self.send_header("Content-Length", str(len(data or b"")))
        self.end_headers()
        self.wfile.write(data or b"")

    def dripping(self, head: bytes) -> None:
        """Send an endless response, a byte at a time."""
        if not head:
            self.send_response(200)
            self.end_headers()
        with contextlib.suppress(OSError):
            while True:
                self.wfile.write(head[:1] or b"x")
                head = head[1:]
                time.sleep(0.02)

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""
