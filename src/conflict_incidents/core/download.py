"""Downloads of releases, cached by their SHA-256 and verified on every use.

Nothing is accepted whose hash isn't known beforehand. Prevents: a release altered in transit or in the cache, an
endless response, and two processes writing one file.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

OFFLINE = "CONFLICT_INCIDENTS_OFFLINE"
"""The environment variable that, set to anything but 0, forbids the network."""
CACHE = "CONFLICT_INCIDENTS_CACHE"
"""The environment variable that names another folder for the cache."""
MOST_BYTES = 4 << 30
"""How long a release may be; an answer that doesn't end is cut off there."""
SECONDS = 60
"""How long a server may be silent."""
_HASH = re.compile(r"(?:sha256:)?([0-9a-f]{64})")
_LOCK_SECONDS = 600


class FetchError(ValueError):
    """A download failed, or has another hash than expected; the message includes the repair."""


def cache() -> Path:
    """The folder where fetched releases are kept: that of the system, unless the environment names another."""
    import pooch

    return Path(os.environ.get(CACHE) or pooch.os_cache("conflict-incidents"))


def is_address(source: object) -> bool:
    """Whether a source is an address of the network."""
    return isinstance(source, str) and source.startswith(("http://", "https://"))


def fetched(url: str, sha256: str) -> Path:
    """The file with this hash, from the cache or else from an address.

    Args:
        url: where it is to be had.
        sha256: its SHA-256, 64 hexadecimal digits, with or without `sha256:` in front.

    Raises:
        FetchError: the hash isn't one, the network can't be used or doesn't answer, or the answer has another hash.
    """
    found = _HASH.fullmatch(sha256)
    if found is None:
        raise FetchError(f"{sha256!r} isn't a SHA-256: 64 hexadecimal digits are wanted")
    digest, folder = found[1], cache()
    with _alone(folder, digest):
        kept = folder / f"{digest}.zip"
        if kept.is_file() and not kept.is_symlink() and _hash(kept) == digest:
            return kept
        if os.environ.get(OFFLINE, "0") not in {"", "0"}:
            raise FetchError(f"{url} isn't in the cache, and {OFFLINE} forbids the network; unset it, or give a file")
        kept.unlink(missing_ok=True)  # the cached file doesn't match its hash
        return _retrieve(url, digest, kept)


def _retrieve(url: str, digest: str, kept: Path) -> Path:
    import pooch
    import requests

    pooch.get_logger().setLevel(logging.WARNING)
    try:
        pooch.retrieve(url, f"sha256:{digest}", fname=kept.name, path=kept.parent, downloader=_limited_downloader)
    except ValueError as error:
        raise FetchError(f"{url} doesn't give what its hash says; tell its publisher: {_first(error)}") from error
    except (requests.RequestException, OSError) as error:
        raise FetchError(f"{url} can't be fetched: {_first(error)}; try again, or give a file as `source`") from error
    return kept


def _limited_downloader(url: str, output_file: str | IO[bytes], *_: object) -> None:
    """A downloader for pooch that stops at `MOST_BYTES`."""
    import requests

    with requests.get(url, stream=True, timeout=SECONDS) as answer:
        answer.raise_for_status()
        taken = 0
        with _open(output_file) as target:
            for piece in answer.iter_content(1 << 20):
                taken += len(piece)
                if taken > MOST_BYTES:
                    raise OSError(f"the answer is longer than {MOST_BYTES:,} bytes")
                target.write(piece)


@contextmanager
def _open(output: str | IO[bytes]) -> Iterator[Any]:
    if isinstance(output, str):
        with Path(output).open("wb") as stream:
            yield stream
    else:
        yield output


@contextmanager
def _alone(folder: Path, digest: str) -> Iterator[None]:
    """Hold a file of the cache, so that no other program fetches it meanwhile."""
    import filelock

    try:
        folder.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(folder / f"{digest}.lock", timeout=_LOCK_SECONDS):
            yield
    except filelock.Timeout as error:
        raise FetchError(f"another program holds {folder / digest}.lock; wait for its end, or delete it") from error
    except PermissionError as error:
        raise FetchError(f"{folder} can't be written; name another folder by {CACHE}") from error


def _hash(file: Path) -> str:
    import pooch

    return str(pooch.file_hash(str(file), alg="sha256"))


def _first(error: Exception) -> str:
    return str(error).strip().split("\n")[0][:200]
