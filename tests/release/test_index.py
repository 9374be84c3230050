"""The index of published releases: strict, small, and never going back."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conflict_incidents.core.versions import Version
from conflict_incidents.release.index import (
    INDEX_FILE,
    Index,
    IndexDefect,
    PublishedRelease,
    index_text,
    parse_index,
    read_index,
)

FIRST: dict[str, Any] = {
    "version": "0.1.0",
    "created": "2026-11-22T00:00:00Z",
    "content": "sha256:" + "1" * 64,
    "sums": "sha256:" + "a" * 64,
}
ZIP = {"zip": "sha256:" + "c" * 64}
SECOND = FIRST | {
    "version": "0.2.0",
    "created": "2027-01-05",
    "sums": "sha256:" + "b" * 64,
    "url": "https://x.org/2",
    "zip": "sha256:" + "c" * 64,
}


def index(*entries: object, **more: object) -> bytes:
    return json.dumps({"schema": "releases/1", "name": "ours", "releases": list(entries)} | more).encode()


def test_a_dataset_without_an_index_has_published_nothing(tmp_path: Path) -> None:
    assert read_index(tmp_path) == Index()
    assert Index().latest is None
    assert Index().before(Version(9, 0, 0)) is None


def test_an_index_is_read_as_it_was_written(tmp_path: Path) -> None:
    (tmp_path / INDEX_FILE).write_bytes(index(FIRST, SECOND))
    result = read_index(tmp_path)
    assert [str(one.version) for one in result.releases] == ["0.1.0", "0.2.0"]
    assert result.latest == result.get(Version(0, 2, 0)) == result.before(Version(1, 0, 0))
    assert result.before(Version(0, 2, 0)) == result.releases[0]
    assert result.get(Version(0, 3, 0)) is None
    assert (result.releases[0].url, result.releases[1].url) == (None, "https://x.org/2")
    (tmp_path / INDEX_FILE).write_text(index_text(result), "utf-8")
    assert read_index(tmp_path) == result
    assert index_text(read_index(tmp_path)) == index_text(result)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "can't be read as JSON"),
        (b"\xff", "can't be read as JSON"),
        (b'{"schema": "releases/1", "schema": "releases/1", "releases": []}', "duplicate key"),
        (b"[" * 100_000, "can't be read as JSON"),
        (b"[]", "isn't an index of releases"),
        (index(more=1), "isn't an index of releases"),
        (index(name="not a name"), "the `name` is `not a name`, which no dataset has"),
        (index(name=1), "the `name` is `1`"),
        (index(schema="releases/2"), "follows `releases/2`, not `releases/1`; upgrade conflict-incidents"),
        (
            index("0.1.0"),
            "release 1 has `content`, `created`, `sums`, `version`, may have `url` with `zip`, nothing else",
        ),
        (index(FIRST, {**SECOND, "note": ""}), "release 2 has `content`"),
        (index({key: value for key, value in FIRST.items() if key != "sums"}), "release 1 has `content`"),
        (index(FIRST | {"version": "0.1"}), "release 1: the `version` is `0.1`, which it can't be"),
        (index(FIRST | {"version": "1.0.0-rc.1"}), "the `version` is `1.0.0-rc.1`"),
        (index(FIRST | {"version": 1}), "the `version` is `1`"),
        (index(FIRST | {"created": "yesterday"}), "the `created` is `yesterday`"),
        (index(FIRST | {"content": "1" * 64}), "the `content` is"),
        (index(FIRST | {"sums": "sha256:" + "A" * 64}), "the `sums` is"),
        (index(FIRST | ZIP | {"url": "file:///etc/passwd"}), "release 1: the `url` is (not repeated here)"),
        (index(FIRST | ZIP | {"url": "https://x.org/\x1b[2J"}), "release 1: the `url` is (not repeated here)"),
        (index(FIRST, SECOND | {"version": "0.1.0"}), "version 0.1.0 is already published; a version is never reused"),
        (index(SECOND, FIRST), "version 0.1.0 goes back behind 0.2.0; versions only rise"),
        (index(FIRST, SECOND | {"sums": FIRST["sums"]}), "version 0.2.0 has the very files of 0.1.0"),
        (b" " * 5_000_000, "is longer than 4,000,000 bytes"),
    ],
)
def test_an_index_with_anything_wrong_is_refused_whole(tmp_path: Path, data: bytes, message: str) -> None:
    (tmp_path / INDEX_FILE).write_bytes(data)
    with pytest.raises(IndexDefect) as excinfo:
        read_index(tmp_path)
    assert message in str(excinfo.value)
    assert str(tmp_path / INDEX_FILE) in str(excinfo.value)


def test_an_index_that_is_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / INDEX_FILE).mkdir()
    with pytest.raises(IndexDefect, match="not a regular file"):
        read_index(tmp_path)


def test_a_release_is_added_at_the_end_or_not_at_all() -> None:
    one, two = parse_index(index(FIRST, SECOND), "x").releases
    assert Index().with_release(one, "x").with_release(two, "x") == Index((one, two), "x")
    with pytest.raises(IndexDefect, match="goes back behind"):
        Index((two,), "x").with_release(one, "x")
    with pytest.raises(IndexDefect, match="is the index of `x`, not of `y`; keep the name"):
        Index((one,), "x").with_release(two, "y")
    with pytest.raises(IndexDefect, match="is already published"):
        Index((one, two), "x").with_release(two, "x")


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 3)), unique=True), st.booleans())
def test_any_rising_versions_can_be_written_and_read_again(
    numbers: list[tuple[int, int, int]], is_linked: bool
) -> None:
    index = Index((), "x")
    for at, one in enumerate(sorted(numbers)):
        url = "https://example.org/release.zip" if is_linked else None
        hashes = f"sha256:{at:064x}", f"sha256:{at + 99:064x}"
        index = index.with_release(
            PublishedRelease(Version(*one), "2026-11-22", *hashes, url, hashes[0] if is_linked else None), "x"
        )
    assert parse_index(index_text(index).encode(), "x") == index
