"""Downloads of releases, cached by their SHA-256 and verified on every use.

Only files with a hash known beforehand are accepted. Prevents: a release altered in transit or in the cache, a response
that is endless or too slow, and two processes writing one file.
"""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from conflict_incidents.core.errors import UserError
from conflict_incidents.core.extras import require_extra
from conflict_incidents.core.files import cache_of_user, file_sha256
from conflict_incidents.core.findings import describe_failure, reason, user_text
from conflict_incidents.core.progress import report

OFFLINE: Final = "CONFLICT_INCIDENTS_OFFLINE"
"""The environment variable that forbids the network if set to anything but 0."""
CACHE: Final = "CONFLICT_INCIDENTS_CACHE"
"""The environment variable that sets the cache folder."""
MAX_BYTES = 4 << 30
"""The maximum size of a release in bytes; longer responses are aborted."""
SECONDS = 60
"""The timeout in seconds of a silent server; twice that for the next 64 KiB, or for a small response."""
MAX_SECONDS = 3600
"""The maximum duration of a download."""
_HASH = re.compile(r"(?:sha256:)?([0-9a-f]{64})")
_LOCK_SECONDS = 600
_PIECE = 1 << 16
_POLL_SECONDS = 0.1
"""How often the progress of a download is looked at."""


class FetchError(UserError, ValueError):
    """A download failed, or has another hash than expected; the message includes the repair."""


def cache() -> Path:
    """Return the cache folder of downloads: the user's, unless set by the environment."""
    return Path(os.environ.get(CACHE) or cache_of_user())


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
        import filelock  # noqa: F401 - a missing one is reported before anything is written
        import requests  # noqa: F401 - likewise

        digest, folder = match[1], cache()
    with _lock(folder, digest):
        cached = folder / f"{digest}.zip"
        if cached.is_file() and not cached.is_symlink() and file_sha256(cached) == digest:
            return cached
        if os.environ.get(OFFLINE, "0") not in {"", "0"}:
            where = user_text(url)
            raise FetchError(f"{where} isn't in the cache, and {OFFLINE} forbids the network; unset it, or give a file")
        cached.unlink(missing_ok=True)  # the cached file doesn't match its hash
        return _retrieve(url, digest, cached)


def _retrieve(url: str, digest: str, cached: Path) -> Path:
    where, part = user_text(url), cached.with_suffix(".part")  # used only while the lock is held
    try:
        _download(url, part)
        if file_sha256(part) != digest:
            raise FetchError(
                f"{where} doesn't give what its hash says; tell its publisher: expected {user_text(digest)}"
            )
        part.replace(cached)
    except OSError as error:
        why = describe_failure(error)
        raise FetchError(f"{where} can't be fetched: {why}; try again, or give a file as `source`") from None
    finally:
        part.unlink(missing_ok=True)
    return cached


class _Download(threading.Thread):
    """A download into a file: `received` of `total` bytes so far; `error` if it failed. Closing the file ends it.

    It is a thread, as no socket timeout stops a server that sends its name, its headers or its response byte by byte.
    """

    def __init__(self, url: str, file: BinaryIO) -> None:
        super().__init__(daemon=True)
        self.url, self.file = url, file
        self.received = 0
        self.total: int | None = None
        self.error: Exception | None = None

    def run(self) -> None:
        """Write the response to the file."""
        import requests

        try:
            with requests.get(self.url, stream=True, timeout=SECONDS) as answer:
                answer.raise_for_status()
                length = answer.headers.get("Content-Length", "")
                if length.isdecimal() and not answer.headers.get("Content-Encoding"):
                    self.total = int(length)
                for piece in answer.iter_content(_PIECE):
                    self.received += len(piece)
                    if self.received > MAX_BYTES:
                        raise OSError(f"the answer is longer than {MAX_BYTES >> 30} GiB")
                    self.file.write(piece)
        except Exception as error:  # raised again in the calling thread
            self.error = error


def _download(url: str, target: Path) -> None:
    """Download a file, limited by `MAX_BYTES`, `MAX_SECONDS` and a minimum speed.

    Raises:
        OSError: it failed, or reached a limit.
    """
    end = time.monotonic() + MAX_SECONDS
    received, next_due = -1, end
    with target.open("wb") as file:
        download = _Download(url, file)
        download.start()
        try:
            while download.is_alive():
                now = time.monotonic()
                if download.received > received:
                    received, next_due = download.received, now + 2 * SECONDS
                    report("fetching the release", received, download.total, "byte")
                if now > end:
                    raise OSError(f"it took longer than {MAX_SECONDS:g} seconds")
                if now > next_due:
                    raise OSError(f"fewer than {_PIECE:,} bytes came in {2 * SECONDS:g} seconds")
                download.join(_POLL_SECONDS)
        finally:
            report("fetching the release", download.received, download.received, "byte")
    if download.error:
        raise OSError from download.error  # of any type


@contextmanager
def _lock(folder: Path, digest: str) -> Iterator[None]:
    """Lock a file of the cache, so that no other process fetches it meanwhile."""
    import filelock

    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # results of validation may be kept in it, too
        with filelock.FileLock(folder / f"{digest}.lock", timeout=_LOCK_SECONDS):
            yield
    except filelock.Timeout as error:
        lock = user_text(folder / f"{digest}.lock")
        raise FetchError(f"another program holds {lock}; wait for its end, or delete it") from error
    except OSError as error:
        where = user_text(error.filename or folder)
        raise FetchError(f"{where}: {reason(error)}; name another folder by {CACHE}") from error
