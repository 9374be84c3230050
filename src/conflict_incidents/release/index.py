"""The index of published releases, `releases.json` at the root of a dataset: versions and hashes.

It is written when a release is published, oldest first, and never loses an entry. A dataset without it has published
nothing. The module has no heavy imports, since `load` reads the index to fetch a version.

    {
      "schema": "releases/1",
      "name": "conflict-incidents",             the dataset's name, as in its descriptor
      "releases": [
        {
          "version": "1.0.0",                   MAJOR.MINOR.PATCH; each is later than the one before
          "created": "2026-11-22T00:00:00Z",    `created` of its descriptor
          "content": "sha256:…",                `contentHash` of its descriptor: the rows
          "sums": "sha256:…",                   of its SHA256SUMS, and so of every file
          "url": "https://…",                   the address of its zip, and
          "zip": "sha256:…"                     its hash; both absent if the zip is not online
        }
      ]
    }
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from conflict_incidents.core.files import read_start
from conflict_incidents.core.findings import Shown, reason, release_text, show, user_text
from conflict_incidents.core.resources import resource
from conflict_incidents.core.versions import Version, development, release_version
from conflict_incidents.dataset.top import top_of
from conflict_incidents.release.errors import ReleaseError
from conflict_incidents.tables import contract

INDEX_FILE: Final = "releases.json"
"""The path of the index below the root of a dataset."""
SCHEMA: Final = "releases/1"
MAX_BYTES = 4_000_000
"""The maximum size of an index in bytes; ten thousand releases fit."""
_REQUIRED_KEYS = {"version", "created", "content", "sums"}
ADDRESS = re.compile(r"https?://(?![^/]*@)[!-~]+")
"""An address without user name or password, as everybody reads the index."""
_HASH = re.compile(r"sha256:[0-9a-f]{64}")
_FORMS = {
    "created": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:.]+(Z|[+-][0-9]{2}:[0-9]{2}))?"),
    "url": ADDRESS,
    **dict.fromkeys(("content", "sums", "zip"), _HASH),
}
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")


class IndexDefect(ReleaseError):
    """The index can't be read, or the change to it is invalid; the message names the entry and the reason."""


@dataclass(frozen=True, slots=True)
class PublishedRelease:
    """A published release: its version, day, and the hashes of its rows and of its SHA256SUMS, each `sha256:…`.

    `url` and `zip` are the address and the hash of its zip: both or neither.
    """

    version: Version
    created: str
    content: str
    sums: str
    url: str | None = None
    zip: str | None = None


@dataclass(frozen=True, slots=True)
class Index:
    """The published releases of the dataset `name`, the oldest first; the name is empty if there are none."""

    releases: tuple[PublishedRelease, ...] = ()
    name: str = ""

    @property
    def latest(self) -> PublishedRelease | None:
        """The latest release; None if there is none."""
        return self.releases[-1] if self.releases else None

    def get(self, version: Version) -> PublishedRelease | None:
        """Return the release of a version; None if there is none."""
        return next((one for one in self.releases if one.version == version), None)

    def before(self, version: Version) -> PublishedRelease | None:
        """Return the latest release before a version; None if there is none."""
        return next((one for one in reversed(self.releases) if one.version < version), None)

    def claims(self, name: str, version: str) -> PublishedRelease | None:
        """Return the published release of a version of the dataset `name`; None if there is none."""
        parse_index = release_version(version)
        return self.get(parse_index) if name == self.name and parse_index else None

    def version_of(self, name: str, version: str, content: str) -> str:
        """Return the version of a release: the one that it states if that was published, else a development version.

        Args:
            name: the name of its dataset.
            version: the version that it states.
            content: the hash of its rows.
        """
        entry = self.claims(name, version)
        return version if entry and entry.content == content else development(version, content)

    def with_release(self, release: PublishedRelease, name: str) -> Index:
        """Return the index with one more release of the dataset `name`.

        Raises:
            IndexDefect: its version, or what it is made of, has been published, or a later one has; or the releases so
                far are of another dataset.
        """
        if self.releases and name != self.name:
            raise IndexDefect(f"{INDEX_FILE} is the index of {show(self.name)}, not of {show(name)}; keep the name")
        return Index(tuple(_check_order([*self.releases, release], Shown(INDEX_FILE))), name)


def shipped_index() -> Index:
    """Return the packaged index, the only trusted one for hashes; empty if missing.

    Raises:
        IndexDefect: it can't be read.
    """
    try:
        return read_index(resource(INDEX_FILE).parent)
    except FileNotFoundError:
        return Index()


def read_index(root: Path) -> Index:
    """Return the index of the dataset at `root`; empty if missing.

    Raises:
        IndexDefect: it can't be read.
    """
    file = root / INDEX_FILE
    try:
        data = read_start(file, MAX_BYTES + 1)
    except FileNotFoundError:
        return Index()
    except OSError as error:
        raise IndexDefect(f"{user_text(file)} can't be read: {reason(error)}") from error
    if isinstance(data, str):
        raise IndexDefect(f"{user_text(file)} can't be read: {release_text(data)}")
    return parse_index(data, user_text(file))


def parse_index(data: bytes, name: Shown) -> Index:
    """Parse an index; messages call it `name`.

    Raises:
        IndexDefect: it isn't an index, has an undefined key, or its versions don't increase.
    """
    if len(data) > MAX_BYTES:
        raise IndexDefect(f"{name} is longer than {MAX_BYTES:,} bytes, which no index of releases is")
    try:
        page = json.loads(data.decode("utf-8"), object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise IndexDefect(f"{name} can't be read as JSON: {release_text(error)}") from error
    keys = {"schema", "name", "releases"}
    if not isinstance(page, dict) or page.keys() != keys or not isinstance(page["releases"], list):
        raise IndexDefect(
            f"{name} isn't an index of releases: it has `schema`, `name` and a list of `releases`, nothing else"
        )
    if page["schema"] != SCHEMA:
        raise IndexDefect(
            f"{name} follows {show(page['schema'])}, not `{SCHEMA}`; upgrade conflict-incidents to read it"
        )
    if not isinstance(page["name"], str) or not _NAME.fullmatch(page["name"]):
        raise IndexDefect(f"{name}: the `name` is {show(page['name'])}, which no dataset has")
    entries = (_entry(one, number, name) for number, one in enumerate(page["releases"], 1))
    return Index(tuple(_check_order(entries, name)), page["name"])


def index_of(name: str, path: Path) -> Index:
    """Return the index of published releases of the dataset `name`.

    That of the package's own dataset ships with the package; another dataset has one at its root, if the release is
    in it.

    Raises:
        IndexDefect: it can't be read.
    """
    own = shipped_index()
    if name in {own.name, contract.package()["name"]}:
        return own
    root = top_of(path.resolve())
    theirs = read_index(root) if root is not None else Index()
    return theirs if theirs.name == name else Index()


def index_text(index: Index) -> str:
    """Format the index; the same index always gives the same bytes."""
    entries = [
        {"version": str(one.version), "created": one.created, "content": one.content, "sums": one.sums}
        | ({"url": one.url, "zip": one.zip} if one.url and one.zip else {})
        for one in index.releases
    ]
    return json.dumps({"schema": SCHEMA, "name": index.name, "releases": entries}, indent=2) + "\n"


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("duplicate key in one object")
    return members


def _entry(entry: Any, number: int, name: Shown) -> PublishedRelease:
    where = f"{name}: release {number}"
    keys = entry.keys() if isinstance(entry, Mapping) else set()
    if keys not in (_REQUIRED_KEYS, _REQUIRED_KEYS | {"url", "zip"}):
        raise IndexDefect(
            f"{where} has {', '.join(map(show, sorted(_REQUIRED_KEYS)))}, may have `url` with `zip`, nothing else"
        )
    version = release_version(str(entry["version"]))
    for key, value in entry.items():
        right = version if key == "version" else isinstance(value, str) and _FORMS[key].fullmatch(value)
        if not right:
            raise IndexDefect(f"{where}: the {show(key)} is {show(value)}, which it can't be")
    assert version is not None
    return PublishedRelease(**{**entry, "version": version})


def _check_order(releases: Iterable[PublishedRelease], name: Shown) -> Iterator[PublishedRelease]:
    """Yield the releases, checking that versions increase and none is a copy of another."""
    last: PublishedRelease | None = None
    sums: dict[str, Version] = {}
    for one in releases:
        if last is not None and one.version == last.version:
            raise IndexDefect(f"{name}: version {one.version} is already published; a version is never reused")
        if last is not None and one.version < last.version:
            raise IndexDefect(f"{name}: version {one.version} goes back behind {last.version}; versions only rise")
        if one.sums in sums:
            raise IndexDefect(f"{name}: version {one.version} has the very files of {sums[one.sums]}")
        sums[one.sums] = one.version
        last = one
        yield one
