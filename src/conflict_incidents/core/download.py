"""Downloads of releases, cached by their SHA-256 and verified on every use.

Only files with a hash known beforehand are accepted. Prevents: a release altered in transit or in the cache, a response
that is endless or too slow, and two processes writing one file.
"""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import re
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from conflict_incidents.core.errors import UserError
from conflict_incidents.core.extras import require_extra
from conflict_incidents.core.findings import Shown, reason, user_text
from conflict_incidents.core.progress import report

OFFLINE: Final = "CONFLICT_INCIDENTS_OFFLINE"
"""The environment variable that forbids the network if set to anything but 0."""
CACHE: Final = "CONFLICT_INCIDENTS_CACHE"
"""The environment variable that sets the cache folder."""
MOST_BYTES = 4 << 30
"""The maximum size of a release in bytes; longer responses are aborted."""
SECONDS = 60
"""The timeout in seconds of a silent server; twice that for the next 64 KiB, or for a small response."""
MOST_SECONDS = 3600
"""The maximum duration of a download."""
_HASH = re.compile(r"(?:sha256:)?([0-9a-f]{64})")
_LOCK_SECONDS = 600
_PIECE = 1 << 16
_AHEAD = 64
"""The maximum number of queued chunks."""


class FetchError(UserError, ValueError):
    """A download failed, or has another hash than expected; the message includes the repair."""


def cache() -> Path:
    """Return the cache folder of downloads: the user's, unless set by the environment."""
    import pooch

    return Path(os.environ.get(CACHE) or pooch.os_cache("conflict-incidents"))


def is_address(source: object) -> bool:
    """Whether a source is a URL."""
    return isinstance(source, str) and source.startswith(("http://", "https://"))


def fetch(url: str, sha256: str) -> Path:
    """Return the file with this hash, from the cache or downloaded.

    Args:
        url: the address to download from.
        sha256: its SHA-256, 64 hexadecimal digits, with or without `sha256:` in front.

    Raises:
        FetchError: the hash is invalid, the network is disabled or fails, or the response has another hash.
        MissingExtra: a library of the extra `fetch` isn't installed.
    """
    match = _HASH.fullmatch(sha256)
    if match is None:
        raise FetchError(f"{user_text(repr(sha256))} isn't a SHA-256: 64 hexadecimal digits are wanted")
    with require_extra():
        import filelock  # noqa: F401 - a missing one of the three is reported before anything is written
        import pooch  # noqa: F401 - likewise
        import requests  # noqa: F401 - likewise
    digest, folder = match[1], cache()
    with _lock(folder, digest):
        cached = folder / f"{digest}.zip"
        if cached.is_file() and not cached.is_symlink() and _hash(cached) == digest:
            return cached
        if os.environ.get(OFFLINE, "0") not in {"", "0"}:
            where = user_text(url)
            raise FetchError(f"{where} isn't in the cache, and {OFFLINE} forbids the network; unset it, or give a file")
        cached.unlink(missing_ok=True)  # the cached file doesn't match its hash
        return _retrieve(url, digest, cached)


def _retrieve(url: str, digest: str, cached: Path) -> Path:
    import pooch
    import requests

    pooch.get_logger().setLevel(logging.WARNING)
    where, parts = user_text(url), cached.with_suffix(".part")  # used only while the lock is held
    try:
        shutil.rmtree(parts, ignore_errors=True)  # what a process that was ended left
        pooch.retrieve(url, f"sha256:{digest}", fname=cached.name, path=parts, downloader=_limited_downloader)
        (parts / cached.name).replace(cached)
    except ValueError as error:
        raise FetchError(f"{where} doesn't give what its hash says; tell its publisher: {_first(error)}") from error
    except (requests.RequestException, OSError) as error:
        raise FetchError(f"{where} can't be fetched: {_first(error)}; try again, or give a file as `source`") from error
    finally:
        shutil.rmtree(parts, ignore_errors=True)
    return cached


def _limited_downloader(url: str, output_file: Any, *_: object) -> None:
    """Download for pooch, limited by `MOST_BYTES`, `MOST_SECONDS` and a minimum speed."""
    pieces: queue.Queue[bytes | Exception] = queue.Queue(_AHEAD)
    given_up = threading.Event()
    length: list[int] = []
    # A thread, as no socket timeout stops a server that sends its name, its headers or its response byte by byte.
    threading.Thread(target=_take, args=(url, pieces, given_up, length), daemon=True).start()
    end = time.monotonic() + MOST_SECONDS
    received = 0
    try:
        with Path(output_file).open("wb") as target:
            while piece := _next(pieces, end):
                received += len(piece)
                if received > MOST_BYTES:
                    raise OSError(f"the answer is longer than {MOST_BYTES:,} bytes")
                target.write(piece)
                report("fetching the release", received, length[0] if length else None, "byte")
    finally:
        given_up.set()
        report("fetching the release", received, received, "byte")


def _next(pieces: queue.Queue[bytes | Exception], end: float) -> bytes:
    """Return the next chunk of a response, empty at its end.

    Raises:
        Exception: the download failed, or takes too long.
    """
    remaining = end - time.monotonic()
    try:
        piece = pieces.get(timeout=max(0.0, min(remaining, 2 * SECONDS)))
    except queue.Empty as error:
        slow = f"fewer than {_PIECE:,} bytes came in {2 * SECONDS:g} seconds"
        raise OSError(slow if remaining > 2 * SECONDS else f"it took longer than {MOST_SECONDS:g} seconds") from error
    if isinstance(piece, Exception):
        raise piece
    return piece


def _take(url: str, pieces: queue.Queue[bytes | Exception], given_up: threading.Event, length: list[int]) -> None:
    """Put the chunks of a response into a queue, then an empty one, or the exception; and its length, where it is
    known.
    """
    import requests

    def put(piece: bytes | Exception) -> None:
        while not given_up.is_set():
            with contextlib.suppress(queue.Full):
                pieces.put(piece, timeout=1)
                return

    try:
        with requests.get(url, stream=True, timeout=SECONDS) as answer:
            answer.raise_for_status()
            if (length_header := answer.headers.get("Content-Length", "")).isdecimal() and not answer.headers.get(
                "Content-Encoding"
            ):
                length.append(int(length_header))
            for piece in answer.iter_content(_PIECE):
                put(piece)
                if given_up.is_set():
                    return
            put(b"")
    except Exception as error:  # raised again in the calling thread
        put(error)


@contextmanager
def _lock(folder: Path, digest: str) -> Iterator[None]:
    """Lock a file of the cache, so that no other process fetches it meanwhile."""
    import filelock

    try:
        folder.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(folder / f"{digest}.lock", timeout=_LOCK_SECONDS):
            yield
    except filelock.Timeout as error:
        lock = user_text(folder / f"{digest}.lock")
        raise FetchError(f"another program holds {lock}; wait for its end, or delete it") from error
    except OSError as error:
        where = user_text(error.filename or folder)
        raise FetchError(f"{where}: {reason(error)}; name another folder by {CACHE}") from error


def _hash(file: Path) -> str:
    import pooch

    return str(pooch.file_hash(str(file), alg="sha256"))


def _first(error: Exception) -> Shown:
    return user_text(str(error).strip().split("\n")[0][:200])
