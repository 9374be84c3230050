"""`incidents serve`: files with range requests, nothing outside of the folder, and no traceback whoever asks."""

import contextlib
import errno
import os
import signal
import socket
import struct
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from conflict_incidents.cli import main
from conflict_incidents.release.site.server import SiteHandler, server
from samples import TOP
from sites import STORY, release_of

LARGE = 1 << 26
"""More than what a connection buffers."""


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve a folder, and yield its address."""
    running_server = server(folder)
    threading.Thread(target=running_server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{running_server.server_address[1]}"
    running_server.shutdown()
    running_server.server_close()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    top = tmp_path_factory.mktemp("served")
    site, secret = top / "site", top / "outside"
    for folder in ("folder", "linked", "piped"):
        (site / folder).mkdir(parents=True)
    (site / "index.html").write_bytes(b"0123456789")
    (site / "folder/index.html").write_bytes(b"here")
    (site / ".hidden").write_bytes(b"secret")
    secret.write_bytes(b"secret")
    for link in ("link", "linked/index.html"):
        (site / link).symlink_to(secret)
    (site / "circle").symlink_to("circle")
    for pipe in ("pipe", "piped/index.html"):
        os.mkfifo(site / pipe)
    (site / "large").touch()
    os.truncate(site / "large", LARGE)
    with serving(site) as address:
        yield address


def fetch(url: str, range: str = "") -> tuple[int, bytes, str | None]:
    request = urllib.request.Request(url, headers={"Range": range} if range else {})
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.read(), answer.headers.get("Content-Range")
    except urllib.error.HTTPError as error:
        with error:
            return error.code, b"", error.headers.get("Content-Range")


@pytest.mark.parametrize(
    ("range", "answer"),
    [
        ("", (200, b"0123456789", None)),
        ("bytes=2-4", (206, b"234", "bytes 2-4/10")),
        ("bytes=7-", (206, b"789", "bytes 7-9/10")),
        ("bytes=-3", (206, b"789", "bytes 7-9/10")),
        ("bytes=-30", (206, b"0123456789", "bytes 0-9/10")),
        ("bytes=8-99", (206, b"89", "bytes 8-9/10")),
        ("bytes=10-", (416, b"", "bytes */10")),
        ("bytes=5-2", (416, b"", "bytes */10")),
        ("bytes=1-2,4-5", (200, b"0123456789", None)),
        ("lines=1-2", (200, b"0123456789", None)),
    ],
)
def test_ranges_are_served(address: str, range: str, answer: tuple[int, bytes, str | None]) -> None:
    assert fetch(f"{address}/index.html", range) == answer


@pytest.mark.parametrize(
    "path", ["/.hidden", "/link", "/linked/", "/linked", "/../outside", "/%2e%2e/outside", "/absent", "/.hidden?x"]
)
def test_nothing_outside_of_the_folder_is_served(address: str, path: str) -> None:
    assert fetch(address + path)[0] == 404


def test_a_folder_is_served_by_its_page(address: str) -> None:
    assert fetch(f"{address}/folder") == fetch(f"{address}/folder/", "bytes=0-1") == (200, b"here", None)


def connect(url: str, request: str) -> socket.socket:
    """A connection on which a request was sent."""
    host, port = url.removeprefix("http://").split(":")
    connection = socket.create_connection((host, int(port)), timeout=20)
    connection.sendall(f"{request}\r\n\r\n".encode())
    return connection


def receive_all(connection: socket.socket) -> bytes:
    """What comes until the server ends the connection."""
    with connection:
        return b"".join(iter(lambda: connection.recv(1 << 20), b""))


@pytest.mark.parametrize(
    ("request_lines", "status"),
    [
        ("GET /%00 HTTP/1.1", 404),
        (f"GET /{'a' * 5000} HTTP/1.1", 404),
        ("GET /circle HTTP/1.1", 404),
        ("GET /pipe HTTP/1.1", 404),
        ("GET /piped/ HTTP/1.1", 404),
        (f"GET /index.html HTTP/1.1\r\nRange: bytes=0-{'9' * 5000}", 200),
        (f"GET /index.html HTTP/1.1\r\nRange: bytes={'9' * 18}-", 416),
        ("POST /index.html HTTP/1.1", 501),
    ],
)
def test_hostile_requests_are_answered(
    address: str, request_lines: str, status: int, capfd: pytest.CaptureFixture[str]
) -> None:
    response = receive_all(connect(address, f"{request_lines}\r\nConnection: close"))
    assert response.startswith(b"HTTP/1.1 %d " % status)
    assert capfd.readouterr().err == ""


def test_a_client_that_leaves_is_no_error(address: str, capfd: pytest.CaptureFixture[str]) -> None:
    connection = connect(address, "GET /large HTTP/1.1")
    connection.recv(10)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # ends by a reset
    connection.close()
    connect(address, "GET /large HTTP/1.1").close()
    assert fetch(f"{address}/index.html")[0] == 200
    time.sleep(0.1)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("range", ["", "\r\nRange: bytes=1-"])
def test_a_file_cut_short_while_it_is_served_ends_the_connection(tmp_path: Path, range: str) -> None:
    file = tmp_path / "file"
    file.touch()
    os.truncate(file, LARGE)
    with serving(tmp_path) as address:
        connection = connect(address, f"GET /file HTTP/1.1{range}")
        received_bytes = len(connection.recv(1000))
        os.truncate(file, 0)
        assert 0 < received_bytes + len(receive_all(connection)) < LARGE
        file.unlink()
        assert fetch(f"{address}/file", "bytes=1-")[0] == 404


def test_a_broken_disk_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_bytes(b"x")

    def breaks(*_: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO), "file")

    monkeypatch.setattr(SiteHandler, "copyfile", breaks)
    with serving(tmp_path) as address:
        assert b"Content-Length: 1" in receive_all(connect(address, "GET /file HTTP/1.1"))
    assert capfd.readouterr().err == "incidents: file: Input/output error\n"


def test_a_port_in_use_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "index.html").touch()
    with socket.socket() as socket_in_use:
        socket_in_use.bind(("127.0.0.1", 0))
        socket_in_use.listen()
        port = socket_in_use.getsockname()[1]
        assert main(["serve", str(tmp_path), "--port", str(port)]) == 2
    message = f"incidents: port {port} can't be used: address already in use; name another by --port\n"
    assert capsys.readouterr().err == message


def test_a_site_made_for_the_time_being_is_deleted_when_the_terminal_closes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "datapackage.json").write_bytes((TOP / "datapackage.json").read_bytes())
    release_of(tmp_path / "release/current", STORY)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    responses: list[tuple[int, bytes, str | None]] = []
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    def close() -> None:
        while not responses:
            with contextlib.suppress(OSError):
                responses.append(fetch(f"http://127.0.0.1:{port}/index.html", "bytes=0-14"))
            time.sleep(0.02)
        os.kill(os.getpid(), signal.SIGTERM)

    before = [(one, signal.getsignal(one)) for one in (signal.SIGTERM, signal.SIGHUP)]
    threading.Thread(target=close, daemon=True).start()
    try:
        assert main(["serve", "--root", str(tmp_path), "--port", str(port)]) == 0
    finally:
        for one, handler in before:
            signal.signal(one, handler)
    assert responses[0][:2] == (206, b"<!doctype html>")
    assert list(tmp_path.glob(".incidents.*")) == []
