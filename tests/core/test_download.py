"""Releases from the network: nothing is taken whose hash isn't known, and what is kept is held against it each time."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import re
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import requests

from conflict_incidents import load
from conflict_incidents.core.download import CACHE, MAX_BYTES, OFFLINE, FetchError, fetch
from conflict_incidents.core.extras import MissingExtra
from conflict_incidents.core.progress import use_listener
from conflict_incidents.core.versions import Version
from conflict_incidents.pipeline.cache import private
from conflict_incidents.release.index import INDEX_FILE, Index, PublishedRelease, index_text
from conflict_incidents.release.loading import LoadError
from conflict_incidents.release.locate import find
from samples import bytes_of, zip_files
from servers import Server


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv(CACHE, str(folder))
    monkeypatch.delenv(OFFLINE, raising=False)
    monkeypatch.chdir(tmp_path)
    return folder


@pytest.fixture(scope="module")
def release(story: Path) -> bytes:
    """A zip of a small release."""
    folder = (story / "release/current").resolve()
    return zip_files(bytes_of(folder), folder.name)


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_a_release_is_loaded_from_an_address_and_then_from_the_cache(
    server: Server, cache: Path, release: bytes
) -> None:
    server.answers["/r.zip"] = release
    url = server.url("/r.zip")
    progress: list[tuple[int, int | None, str]] = []
    with use_listener(lambda _what, *far: progress.append(far)):
        frames = [load(source=url, sha256=digest(release)) for _ in range(3)]
    assert server.requests == ["/r.zip"]
    assert progress[-1] == (len(release), len(release), "byte")
    pd.testing.assert_frame_equal(frames[0], frames[2])
    assert frames[0].attrs["source"] == url
    assert [file.name for file in cache.glob("*.zip")] == [f"{digest(release)}.zip"]


def test_an_address_without_a_hash_is_not_asked(server: Server, cache: Path) -> None:
    with pytest.raises(LoadError, match=r"no known hash for .*; give the SHA-256 of the zip as `sha256`"):
        load(source=server.url("/r.zip"))
    assert server.requests == []
    assert not cache.exists()


def test_a_lying_server_is_refused_and_leaves_nothing(server: Server, cache: Path, release: bytes) -> None:
    server.answers["/r.zip"] = release[:-1] + bytes([release[-1] ^ 1])
    with pytest.raises(LoadError, match="doesn't give what its hash says; tell its publisher"):
        load(source=server.url("/r.zip"), sha256=digest(release))
    assert list(cache.glob("*.zip")) == []


@pytest.mark.parametrize(("path", "why"), [("/torn", ""), ("/nowhere", "the server answered 404;"), ("/away", "")])
def test_an_answer_that_is_cut_off_or_missing_is_refused(path: str, why: str, server: Server, cache: Path) -> None:
    address = server.url(f"{path}?key=secret").replace("//", "//user:secret@")
    with pytest.raises(LoadError, match=f"can't be fetched: {why}") as refused:
        load(source=address, sha256="0" * 64)
    shown = "".join(traceback.format_exception(refused.value))
    assert "://…@127.0.0.1" in shown
    assert [word for word in ("secret", "Qasim") if word in shown] == []
    assert list(cache.glob("*.zip")) == []


@pytest.mark.parametrize("path", ["/drip", "/drip-head"])
@pytest.mark.parametrize(("limit", "why"), [("SECONDS", "fewer than 65,536 bytes came"), ("MAX_SECONDS", "it took")])
def test_a_server_that_gives_its_answer_drop_by_drop_is_given_up(
    path: str, limit: str, why: str, server: Server, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"conflict_incidents.core.download.{limit}", 0.1)
    with pytest.raises(LoadError, match=f"can't be fetched: {why}.*; try again, or give a file"):
        load(source=server.url(path), sha256="0" * 64)
    assert [file.suffix for file in cache.iterdir()] == [".lock"]


def test_an_endless_answer_is_given_up(server: Server, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server.answers["/r.zip"] = b""
    monkeypatch.setattr("requests.Response.iter_content", lambda *_: [range(MAX_BYTES + 1)])
    with pytest.raises(FetchError, match="can't be fetched: the answer is longer than 4 GiB;"):
        fetch(server.url("/r.zip"), "0" * 64)
    assert [file.suffix for file in cache.iterdir()] == [".lock"]


def test_a_download_that_was_given_up_writes_nothing_later(
    server: Server, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.answers["/r.zip"] = b"late"
    answer, may_answer = requests.get, threading.Event()
    monkeypatch.setattr("requests.get", lambda *of, **how: answer(*of, **how) if may_answer.wait() else None)
    monkeypatch.setattr("conflict_incidents.core.download.MAX_SECONDS", 0)
    before = {*threading.enumerate()}
    with pytest.raises(FetchError, match="it took longer"):
        fetch(server.url("/r.zip"), digest(b"late"))
    late = [one for one in threading.enumerate() if one not in before]
    may_answer.set()
    for one in late:
        one.join()
    assert [file.suffix for file in cache.iterdir()] == [".lock"]


def test_a_missing_library_of_three_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (CACHE, "INCIDENTS_CACHE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setitem(sys.modules, "platformdirs", None)
    with pytest.raises(MissingExtra, match=r"platformdirs isn't installed: pip install 'conflict-incidents\["):
        fetch("http://127.0.0.1:1/r.zip", "0" * 64)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/r.zip", "http://[::1/r.zip"])
def test_unreachable_address_is_an_error_without_network_traceback(url: str, cache: Path) -> None:
    with pytest.raises(FetchError, match=f"{re.escape(url)} can't be fetched: .*; try again"):
        fetch(url, "0" * 64)
    assert list(cache.glob("*.zip")) == []


def poison(kept: Path) -> None:
    kept.write_bytes(b"not a release")


def cut(kept: Path) -> None:
    kept.write_bytes(kept.read_bytes()[:-10])


def replace_by_link(kept: Path) -> None:
    target = kept.with_name("elsewhere")
    kept.rename(target)
    kept.symlink_to(target)


@pytest.mark.parametrize("spoil", [poison, cut, replace_by_link])
def test_a_poisoned_cache_is_fetched_anew(
    spoil: Callable[[Path], None], server: Server, cache: Path, release: bytes
) -> None:
    server.answers["/r.zip"] = release
    url = server.url("/r.zip")
    kept = fetch(url, digest(release))
    spoil(kept)
    assert fetch(url, digest(release)).read_bytes() == release
    assert not kept.is_symlink()
    assert server.requests == ["/r.zip"] * 2
    assert kept.parent == cache


def test_offline_the_cache_serves_and_nothing_else_does(
    server: Server, cache: Path, release: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.answers["/r.zip"] = release
    url = server.url("/r.zip")
    kept = fetch(url, digest(release))
    monkeypatch.setenv(OFFLINE, "1")
    assert len(load(source=url, sha256=f"sha256:{digest(release)}")) == 1
    poison(kept)
    with pytest.raises(FetchError, match=f"isn't in the cache, and {OFFLINE} forbids the network"):
        fetch(url, digest(release))
    assert server.requests == ["/r.zip"]
    assert cache.exists()


def test_what_is_no_hash_is_refused(cache: Path) -> None:
    for wrong in ("", "abc", "md5:" + "0" * 32, "0" * 63 + "g"):
        with pytest.raises(FetchError, match="isn't a SHA-256"):
            fetch("http://127.0.0.1:1/r.zip", wrong)
    assert not cache.exists()


def test_programs_that_fetch_at_once_fetch_once(server: Server, cache: Path, release: bytes) -> None:
    server.answers["/r.zip"] = release
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        paths = pool.starmap(fetch, [(server.url("/r.zip"), digest(release))] * 6)
    assert {path.read_bytes() for path in paths} == {release}
    assert server.requests == ["/r.zip"]
    assert cache.exists()


def test_a_release_of_another_version_is_refused(server: Server, cache: Path, release: bytes) -> None:
    server.answers["/r.zip"] = release
    with pytest.raises(LoadError, match=r"is version 0\.1\.0, not 9\.0\.0"):
        load(version="9.0.0", source=server.url("/r.zip"), sha256=digest(release))
    assert cache.exists()


def test_a_cache_that_a_download_makes_serves_validation_as_well(cache: Path) -> None:
    mask = os.umask(0o002)
    try:
        with pytest.raises(FetchError):
            fetch("http://127.0.0.1:1/r.zip", "0" * 64)
    finally:
        os.umask(mask)
    assert private(cache)


def test_a_published_version_that_is_nowhere_here_is_fetched_by_its_hash(
    server: Server, cache: Path, release: bytes, tmp_path: Path
) -> None:
    server.answers["/release.zip"] = release
    hashes = ("sha256:" + "1" * 64, "sha256:" + "2" * 64, server.url("/release.zip"))
    entry = PublishedRelease(Version(0, 1, 0), "2026-11-22", *hashes, f"sha256:{digest(release)}")
    (tmp_path / INDEX_FILE).write_text(index_text(Index((entry,), "story")), "utf-8")
    assert find("0.1.0", tmp_path).read_bytes() == release
    assert find("0.1.0", tmp_path).parent == cache
    assert server.requests == ["/release.zip"]
    (tmp_path / INDEX_FILE).write_text(index_text(Index((replace(entry, zip="sha256:" + "3" * 64),), "story")), "utf-8")
    with pytest.raises(FetchError, match="3333"):
        find("0.1.0", tmp_path)
