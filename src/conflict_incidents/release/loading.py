"""Load a release as data frames with exact types.

Without a source it is the packaged release, in any working folder; for a version, the index of published releases
has the hash of the rows.
"""

from __future__ import annotations

import json
import os
import re
import unicodedata
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, overload

import pandas as pd

from conflict_incidents.core.download import FetchError, fetch, is_address
from conflict_incidents.core.extras import require_extra
from conflict_incidents.core.findings import Shown, reason, release_text, user_text
from conflict_incidents.core.resources import DESCRIPTOR, resource
from conflict_incidents.core.versions import is_development, release_version
from conflict_incidents.release.checksums import release_name
from conflict_incidents.release.errors import ReleaseError
from conflict_incidents.release.index import Index, IndexDefect, PublishedRelease, index_of, shipped_index
from conflict_incidents.release.reader import OpenRelease, find_release_folder, open_release
from conflict_incidents.tables import contract
from conflict_incidents.tables.contract import CURRENT, RELEASES, About, CitedSource, Table
from conflict_incidents.tables.dtypes import without_dictionaries
from conflict_incidents.tables.files import TableFileError, arrow_frame, read_arrow
from conflict_incidents.tables.frame_columns import list_of, suggestion

if TYPE_CHECKING:
    import polars as pl
    import pyarrow as pa

PACKAGED_RELEASE = "data/release"
"""The path of the packaged release."""
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_FIELDS = {"journal": "journal", "volume": "volume", "issue": "number", "publisher": "institution", "url": "url"}
"""The keys of a publication and their names in BibTeX."""
Backend = Literal["numpy_nullable", "pyarrow"]


class LoadError(ValueError):
    """No release, no such table or column, or a file that isn't what the release says; the message says what to do."""


class NewerRelease(UserWarning):
    """A newer release than the loaded one is known."""


@dataclass(frozen=True, slots=True)
class Citation:
    """The citation of a release: as a sentence, and as a BibTeX entry."""

    text: str
    bibtex: str

    def __str__(self) -> str:
        """Both, one below the other."""
        return f"{self.text}\n\n{self.bibtex}"


@overload
def load(
    table: str = ...,
    version: str | None = ...,
    source: str | Path | None = ...,
    columns: Sequence[str] | None = ...,
    dtype_backend: Backend | None = ...,
    as_polars: Literal[False] = ...,
    *,
    sha256: str | None = ...,
) -> pd.DataFrame: ...


@overload
def load(
    table: str = ...,
    version: str | None = ...,
    source: str | Path | None = ...,
    columns: Sequence[str] | None = ...,
    dtype_backend: Backend | None = ...,
    *,
    as_polars: Literal[True],
    sha256: str | None = ...,
) -> pl.DataFrame: ...


def load(
    table: str = "incidents",
    version: str | None = None,
    source: str | Path | None = None,
    columns: Sequence[str] | None = None,
    dtype_backend: Backend | None = None,
    as_polars: bool = False,
    *,
    sha256: str | None = None,
) -> pd.DataFrame | pl.DataFrame:
    """Return one table of a release as a data frame.

    Whole numbers are Int32, decimals Float64, truth values boolean, text string, days datetime64[us], and closed lists
    categories with all values of the list; unknown is NA. pandas sums a column without any number to 0, except with
    `sum(min_count=1)`.

    Args:
        table: the table's name: `incidents`, `claims`, `estimates` …; see `datapackage.json`.
        version: the required version: a published one in the packaged index, which has its address and the hash of its
            rows, or the development version of a build (`0.1.0.dev0+8ea52257478d`), which contains that hash.
        source: a release (folder or zip), a folder of releases, the root of a dataset (`"."`), or the URL of a zip;
            None for the packaged release, or that of the checkout from which the package is run.
        columns: the columns to read, in this order; None for all.
        dtype_backend: None for the types above; "numpy_nullable" for text in place of categories; "pyarrow" for Arrow's
            types.
        as_polars: whether to return a polars frame: Int32, Float64, Boolean, String, Date, and Enum for closed lists.
        sha256: the hash of a release that isn't in the index: of its zip, its rows (`attrs["content_hash"]`) or its
            SHA256SUMS; of the zip if it is to be downloaded.

    Returns:
        The frame; `attrs` of one of pandas has `table`, `title`, `dataset`, `version`, `content_hash` (of the rows of
        all tables), `created`, `licence`, `citation`, `release` (its name) and `source` (its location). The
        version is a development version if the release isn't published and `sha256` isn't given.

    Raises:
        LoadError: there is no release, no such table or column, or something isn't what was released.
    """
    with _release(version, source, sha256) as release:
        described = _check_option(table, release.opened.tables, "table")
        if as_polars:
            return _polars(release, described, columns)
        return _frame(release, described, columns, dtype_backend)


def load_all(
    version: str | None = None, source: str | Path | None = None, *, sha256: str | None = None
) -> dict[str, pd.DataFrame]:
    """Return every table of a release by name, each as `load` gives it; the arguments are those of `load`.

    Raises:
        LoadError: there is no release, or something isn't what was released.
    """
    with _release(version, source, sha256) as release:
        return {name: _frame(release, table, None, None) for name, table in release.opened.tables.items()}


def citation(version: str | None = None, source: str | Path | None = None, *, sha256: str | None = None) -> Citation:
    """Return the citation of a release; the arguments are those of `load`.

    Raises:
        LoadError: there is no release, or something isn't what was released.
    """
    with _release(version, source, sha256) as release:
        about = release.about
    year = about.created[:4]
    names = [name for name in about.authors if name]
    content = f"Content {about.content_hash}" if about.content_hash else ""
    fields = {
        "author": " and ".join(f"{{{_bibtex(name)}}}" for name in names) or "{Unnamed contributors}",
        "title": f"{{{_bibtex(about.title)}}}",
        "year": year,
        "version": about.version,
        "note": ". ".join(filter(None, ["Data set", _bibtex(about.licence), content])),
    }
    entries = [_bibtex_entry("misc", f"{about.name}-{about.version}", fields)]
    entries += [entry for one in about.sources for entry in _credit_entries(one)]
    return Citation(about.citation, "\n\n".join(entries))


def cite(
    version: str | None = None,
    source: str | Path | None = None,
    *,
    style: Literal["text", "bibtex"] | None = None,
    sha256: str | None = None,
) -> None:
    """Print the citation of a release, with the datasets that its rows come from.

    Args:
        version: as for `load`.
        source: as for `load`.
        style: "text" or "bibtex"; None for both.
        sha256: as for `load`.

    Raises:
        LoadError: there is no release, something isn't what was released, or there is no such style.
    """
    if style not in (None, "text", "bibtex"):
        raise LoadError(f"no `style` is called {style!r}; there are 'text' and 'bibtex'")
    reference = citation(version, source, sha256=sha256)
    for line in {None: str(reference), "text": reference.text, "bibtex": reference.bibtex}[style].splitlines():
        print(release_text(line))


def _credit_entries(source: CitedSource) -> Iterator[str]:
    """Yield BibTeX entries of the sources of a release, and of their publications."""
    name = _key(source.name or source.title) + (f"-{source.version}" if source.version else "")
    fields = {
        "author": f"{{{_bibtex(source.attribution)}}}" if source.attribution else "",
        "title": f"{{{_bibtex(source.title)}}}",
        "version": source.version,
        "url": source.url,
        "note": f"Data set. {_bibtex(source.licence)}" if source.licence else "",
    }
    yield _bibtex_entry("misc", name, fields)
    for one in source.references:
        fields = {
            "author": " and ".join(f"{{{_bibtex(author)}}}" for author in one["authors"]),
            "title": f"{{{_bibtex(one['title'])}}}",
            "year": str(one["year"]),
            **{new: _bibtex(str(one.get(old, ""))) for old, new in _FIELDS.items()},
        }
        kind = "article" if "journal" in one else "techreport"
        yield _bibtex_entry(kind, _key(f"{one['authors'][0]} {one['year']}"), fields)


def _bibtex_entry(kind: str, key: str, fields: Mapping[str, str]) -> str:
    """Format a BibTeX entry, without empty fields."""
    return "\n".join([f"@{kind}{{{key},", *(f"  {name} = {{{text}}}," for name, text in fields.items() if text), "}"])


@dataclass(frozen=True, slots=True)
class _Release:
    """A verified release, and its location as text; `about` has the version that it is known by."""

    opened: OpenRelease
    source: Shown
    about: About


@contextmanager
def _release(version: str | None, source: str | Path | None, sha256: str | None) -> Iterator[_Release]:
    """Yield the requested release while its tables are read.

    Raises:
        LoadError: there is none, it is incomplete, or it is another one.
    """
    try:
        _refuse_other_types(version=version, sha256=sha256, source=source)
        digest = _digest(sha256)
        path, where, fetched_hash = _find(version, source, digest)
        with open_release(path) as release:
            if fetched_hash not in {"", release.zip_hash}:
                raise LoadError(f"{user_text(path)} was changed after it had been fetched from {where}; load it again")
            if digest and digest not in {release.content_hash, release.sums_hash, release.zip_hash}:
                raise LoadError(
                    f"{where} has another hash than `sha256` says; its content is {release_text(release.content_hash)}"
                )
            shown_version = _displayed_version(release, where, path, version, has_hash=bool(digest))
            try:
                yield _Release(release, where, contract.about({**release.descriptor, "version": shown_version}))
            except TableFileError as error:
                raise LoadError(f"{release.name}: {error}") from error
    except (IndexDefect, FetchError) as error:
        raise LoadError(str(error)) from error
    except ReleaseError as error:
        raise LoadError(f"{user_text(source or 'the installed package')}: {error}") from error
    except OSError as error:
        raise LoadError(f"{user_text(error.filename or source)}: {reason(error)}") from error


def _refuse_other_types(**arguments: object) -> None:
    """Raise `LoadError` for an argument that is neither text nor, where allowed, a path."""
    for name, value in arguments.items():
        if not isinstance(value, str | os.PathLike if name == "source" else str) and value is not None:
            raise LoadError(f"`{user_text(name)}` is {user_text(repr(value))}; give it as text")


def _digest(sha256: str | None) -> str | None:
    """Return the requested hash as `sha256:…`."""
    if sha256 is None:
        return None
    digest = f"sha256:{sha256.removeprefix('sha256:').lower()}"
    if not _DIGEST.fullmatch(digest):
        raise LoadError(f"`sha256` is {user_text(repr(sha256))}, not a SHA-256: 64 hexadecimal digits")
    return digest


def _find(version: str | None, source: str | Path | None, digest: str | None) -> tuple[Path, Shown, str]:
    """Return the path of the release, its name in messages, and the hash of the fetched zip, empty if not fetched."""
    if source is not None and is_address(source):
        return _from_network(str(source), version, digest)
    if source is not None:
        path = Path(os.path.expanduser(source))  # noqa: PTH111 - pathlib's raises for an unknown user
        path = path.parent if path.name == DESCRIPTOR else path
        if find_release_folder(path) is None and not path.is_file():
            raise LoadError(
                f"no release in {user_text(path)}; run `incidents build` there, or name a release by `source`"
            )
        return path, user_text(source), ""
    own = _packaged_release()
    if own and (version is None or _is_version(own[0], version, digest)):
        return *own, ""
    entry = _entry(version) if version else None
    if entry is not None and entry.url is not None:
        return _from_network(entry.url, version, digest)
    raise LoadError(_not_found_message(version, own))


def _is_version(folder: Path, version: str, digest: str | None) -> bool:
    """Whether the packaged release has a version; a hash, if given, is checked later."""
    entry = _entry(version)
    name, own_version, content = _identity(folder)
    if entry is None:
        return digest is not None or is_development(version, own_version, content)
    return shipped_index().claims(name, own_version) == entry and entry.content == content


def _entry(version: str) -> PublishedRelease | None:
    """Return the entry of a version in the packaged index."""
    number = release_version(version)
    return shipped_index().get(number) if number else None


def _not_found_message(version: str | None, own: tuple[Path, Shown] | None) -> Shown:
    """Return the message on a release that isn't found, and what to do."""
    if version is None:
        return Shown(
            'the package ships no release; name one by `version` or `source`: `source="."` is that of the dataset in '
            "the working folder, once `incidents build` has made it"
        )
    if _entry(version):
        return (
            f"the index of published releases has no address of version {user_text(version)}; name its zip by `source`"
        )
    versions = [release_text(one.version) for one in shipped_index().releases]
    if own:
        name, stated, content = _identity(own[0])
        versions.append(release_text(shipped_index().version_of(name, stated, content)))
    listed = ", ".join(versions) or Shown("none")
    return (
        f"version {user_text(version)} isn't in the index of published releases; published: {listed}; name a release "
        "by `source`, with its hash as `sha256`"
    )


def _from_network(url: str, version: str | None, digest: str | None) -> tuple[Path, Shown, str]:
    entry = next((one for one in shipped_index().releases if one.url == url), None)
    if entry is not None and version is not None and str(entry.version) != version:
        raise LoadError(f"{user_text(url)} is version {entry.version}, not {user_text(version)}")
    known_hash = entry.zip if entry is not None else None
    if known_hash is None and digest is None:
        raise LoadError(f"no known hash for {user_text(url)}; give the SHA-256 of the zip as `sha256`")
    expected = known_hash or digest or ""
    return fetch(url, expected), user_text(url), f"sha256:{expected.removeprefix('sha256:')}"


def _packaged_release() -> tuple[Path, Shown] | None:
    """Return the packaged release, or that of the checkout which the package is run from; None if there is none."""
    for name in (PACKAGED_RELEASE, f"{RELEASES}/{CURRENT}"):
        try:
            folder = find_release_folder(resource(name))
        except FileNotFoundError:
            continue
        if folder:
            return folder, Shown("the installed package") if name == PACKAGED_RELEASE else user_text(folder)
    return None


def _identity(folder: Path) -> tuple[str, str, str]:
    """Return the dataset's name, the version and the hash of the rows as stated by a release, unchecked."""
    try:
        descriptor = json.loads((folder / DESCRIPTOR).read_text("utf-8"))
        about = contract.about(descriptor)
    except (OSError, ValueError, AttributeError) as error:
        raise LoadError(
            f"{user_text(folder / DESCRIPTOR)} can't be read: {release_text(error)}; build or fetch the release again"
        ) from error
    return about.name, about.version, str(descriptor.get("contentHash"))


def _displayed_version(release: OpenRelease, where: Shown, path: Path, version: str | None, has_hash: bool) -> str:
    """Return the version of a release after checking that it is the requested one.

    It is the one that the release states only if the index or a hash confirms it.

    Args:
        release: the release.
        where: a name for its location.
        path: its location.
        version: the requested version.
        has_hash: whether a hash was requested too.
    """
    about, content = release.about, release.content_hash
    index = index_of(about.name, path)
    claimed = index.claims(about.name, about.version)
    shown_version = index.version_of(about.name, about.version, content)
    if has_hash and claimed is None:
        shown_version = about.version
    if version is None:
        _warn_of_newer(about, where, index)
    elif version != shown_version and not is_development(version, about.version, content):
        requested, actual = user_text(version), release_text(shown_version)
        if version != about.version:
            raise LoadError(f"{where} is version {actual}, not {requested}")
        if claimed:
            raise LoadError(f"{where} isn't the release {requested} that was published; its rows are others: {actual}")
        raise LoadError(
            f"{where} is version {actual} of {release_text(about.name)}: ask for that, or give the hash of what you "
            "mean as `sha256`"
        )
    return shown_version


def _warn_of_newer(about: About, where: Shown, index: Index) -> None:
    """Warn if a newer release of the same dataset is known than the one loaded by default."""
    latest, own = index.latest, release_version(about.version)
    if latest is not None and index.name == about.name and own is not None and own < latest.version:
        message = f"{where} is version {own}; version {latest.version} of {latest.created[:10]} has been published"
        warnings.warn(message, NewerRelease, stacklevel=6)  # at the line that called load


def _frame(
    release: _Release, table: Table, columns: Sequence[str] | None, dtype_backend: Backend | None
) -> pd.DataFrame:
    if dtype_backend not in (None, "numpy_nullable", "pyarrow"):
        raise LoadError(
            f"no `dtype_backend` is called {user_text(repr(dtype_backend))}; there are 'numpy_nullable' and 'pyarrow'"
        )
    read = _read(release, table, columns)
    frame: pd.DataFrame
    if dtype_backend == "pyarrow":
        frame = without_dictionaries(read).to_pandas(types_mapper=pd.ArrowDtype)
    else:
        frame = arrow_frame(read, table)
    if dtype_backend == "numpy_nullable":
        frame = frame.astype({field.name: "string" for field in table.fields if field.enum and field.name in frame})
    frame.attrs = {
        "table": table.name,
        "title": table.title,
        "dataset": release.about.name,
        "version": release.about.version,
        "content_hash": release.opened.content_hash,
        "created": release.about.created,
        "licence": release.about.licence,
        "citation": release.about.citation,
        "release": release_name(release.opened.about.version, release.opened.sums_hash),
        "source": release.source,
    }
    return frame


def _polars(release: _Release, table: Table, columns: Sequence[str] | None) -> pl.DataFrame:
    """Read a table as a polars frame."""
    with require_extra():
        import polars as pl
    frame = pl.DataFrame(_read(release, table, columns))
    types: dict[str, Any] = {field.name: pl.Enum(field.enum) for field in table.fields if field.enum}
    types |= {field.name: pl.Date for field in table.fields if field.type == "date"}
    return frame.with_columns(pl.col(name).cast(type) for name, type in types.items() if name in frame.columns)


def _read(release: _Release, table: Table, columns: Sequence[str] | None) -> pa.Table:
    """Read a table, or some of its columns, after checking their names.

    Its file is hashed again, as it may have been changed since the release was verified.
    """
    if isinstance(columns, str):
        raise LoadError(f"`columns` is a list of names: [{user_text(repr(columns))}]")
    if columns is not None and not isinstance(columns, Iterable):
        raise LoadError(f"`columns` is {user_text(repr(columns))}, not a list of names")
    fields: dict[str, Any] = {field.name: field for field in table.fields}
    names = None if columns is None else [_check_option(one, fields, f"column in {table.name}").name for one in columns]
    if names and len(set(names)) < len(names):
        raise LoadError(f"`columns` names a column twice: {user_text(repr(names))}")
    return read_arrow(release.opened.read(f"{table.name}.parquet"), table, names)


def _check_option(name: str, options: Mapping[str, Any], what: Shown) -> Any:
    if not isinstance(name, str):
        raise LoadError(f"{user_text(repr(name))} is no name of a {what}; give it as text")
    if name in options:
        return options[name]
    known = list(options)
    raise LoadError(f"no {what} is called {user_text(f'{name!r}{suggestion(name, known)} {list_of(known)}')}")


def _key(text: str) -> str:
    """Convert a text to the key of an entry: ASCII letters and digits, joined by hyphens."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii").lower()
    return "-".join(re.findall("[a-z0-9]+", plain))


def _bibtex(text: str) -> str:
    return "".join(f"\\{sign}" if sign in "&%$#_{}" else sign for sign in text)
