"""A release as data frames, for analysts: exact types, and where they come from.

Without a source it is the release of the dataset around the working folder, or else the one that the package ships.
Prevents: an analysis of a torn or altered file, of which nobody can say which version it is, and a version that turns
out to be another.
"""

from __future__ import annotations

import difflib
import json
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, overload

import pandas as pd

from conflict_incidents import contract
from conflict_incidents.contract import CURRENT, RELEASES, About, Table
from conflict_incidents.dataset import DESCRIPTOR, Dataset, DatasetError
from conflict_incidents.fetching import FetchError, fetched, is_address
from conflict_incidents.release.contents import release_name
from conflict_incidents.release.errors import ReleaseError
from conflict_incidents.release.opening import Opened, located, opened
from conflict_incidents.releases import Index, IndexDefect, Published
from conflict_incidents.releases import read as read_index
from conflict_incidents.resources import resource
from conflict_incidents.tablefiles import TableFileError, read_arrow, read_parquet
from conflict_incidents.versions import parse

if TYPE_CHECKING:
    import polars as pl

SHIPPED = "data/release"
"""Where the release lies that the package ships."""
Backend = Literal["numpy_nullable", "pyarrow"]


class LoadError(ValueError):
    """No release, no such table or column, or a file that isn't what the release says; the message says what to do."""


class NewerRelease(UserWarning):
    """A newer release is known than the one that was loaded."""


@dataclass(frozen=True, slots=True)
class Citation:
    """How a release is to be cited: as a sentence, and as an entry for BibTeX."""

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
    """One table of a release as a data frame.

    Whole numbers are Int32, decimals Float64, truths boolean, text string, days datetime64[us], and what has a list of
    values is a category with all of them; the unknown is NA. The sum of a column without any number is 0 in pandas
    unless `sum(min_count=1)` is asked for.

    Args:
        table: the table's name: `incidents`, `claims`, `estimates` …; see `datapackage.json`.
        version: which version it has to be. Without a source it is looked for in the release around the working folder
            and in the shipped one, then in the index of published releases, which knows its address and hash.
        source: a release (folder or zip), a folder of releases, the root of a dataset, or the address of a zip.
        columns: which columns, in this order; None for all.
        dtype_backend: None for the types above; "numpy_nullable" for text in place of categories; "pyarrow" for Arrow's
            types.
        as_polars: a polars frame instead: Int32, Float64, Boolean, String, Date, and Enum for lists of values.
        sha256: the SHA-256 of the zip at an address that the index doesn't know.

    Returns:
        The frame; `attrs` of one of pandas has `table`, `title`, `version`, `created`, `licence`, `citation`, `release`
        (its name) and `source` (where it was found).

    Raises:
        LoadError: there is no release, no such table or column, or something isn't what was released.
    """
    with _release(version, source, sha256) as release:
        wanted = _known(table, release.tables, "table")
        if as_polars:
            return _polars(release, wanted, columns)
        return _frame(release, wanted, columns, dtype_backend)


def load_all(
    version: str | None = None, source: str | Path | None = None, *, sha256: str | None = None
) -> dict[str, pd.DataFrame]:
    """Every table of a release by name, each as `load` gives it; the arguments are those of `load`.

    Raises:
        LoadError: there is no release, or something isn't what was released.
    """
    with _release(version, source, sha256) as release:
        return {name: _frame(release, table, None, None) for name, table in release.tables.items()}


def citation(version: str | None = None, source: str | Path | None = None, *, sha256: str | None = None) -> Citation:
    """How a release is to be cited; the arguments are those of `load`.

    Raises:
        LoadError: there is no release, or something isn't what was released.
    """
    with _release(version, source, sha256) as release:
        about = release.about
    year = about.created[:4]
    names = [name for name in about.authors if name]
    fields = {
        "author": " and ".join(f"{{{_bibtex(name)}}}" for name in names) or "{Unnamed contributors}",
        "title": f"{{{_bibtex(about.title)}}}",
        "year": year,
        "version": about.version,
        "note": f"Data set. {_bibtex(about.licence)}",
    }
    key = f"{about.name}-{about.version}"
    lines = [f"@misc{{{key},", *(f"  {name} = {{{value}}}," for name, value in fields.items()), "}"]
    return Citation(about.citation, "\n".join(lines))


def cite(version: str | None = None, source: str | Path | None = None, *, sha256: str | None = None) -> None:
    """Print how a release is to be cited, as text and as BibTeX; the arguments are those of `load`.

    Raises:
        LoadError: there is no release, or something isn't what was released.
    """
    print(citation(version, source, sha256=sha256))


@dataclass(frozen=True, slots=True)
class _Release:
    """A release that was found whole, and where it was found, in words."""

    opened: Opened
    source: str

    @property
    def about(self) -> About:
        return self.opened.about

    @property
    def tables(self) -> Mapping[str, Table]:
        return self.opened.tables


@contextmanager
def _release(version: str | None, source: str | Path | None, sha256: str | None) -> Iterator[_Release]:
    """The release that is meant, for as long as its tables are read.

    Raises:
        LoadError: there is none, it isn't whole, or it is of another version.
    """
    path, where, published = _meant(version, source, sha256)
    if path.name == DESCRIPTOR:
        path = path.parent
    if located(path) is None and not path.is_file():
        raise LoadError(f"no release in {path}; run `incidents build` there, or name a release by `source`")
    try:
        with opened(path) as release:
            if published is not None and release.sums_hash != published.sums:
                raise LoadError(f"{where} isn't the release {published.version} that the index names")
            _check_version(release.about, where, version)
            yield _Release(release, where)
    except ReleaseError as error:
        raise LoadError(f"{where}: {error}") from error


def _meant(version: str | None, source: str | Path | None, sha256: str | None) -> tuple[Path, str, Published | None]:
    """Where the release lies, what to call that place, and what the index says of it, if it comes from there."""
    if source is not None and is_address(source):
        return _from_network(str(source), version, sha256)
    if source is not None:
        return Path(source).expanduser(), str(source), None
    near = [place for place in (_around(), _shipped()) if place is not None]
    if version is None and near:
        return *near[0], None
    for place, where in near:
        if version is not None and _version_at(place) == version:
            return place, where, None
    if version is None:
        raise LoadError(
            "no release around the working folder, and the package ships none; run `incidents build` in a dataset, or "
            "name a release by `source`"
        )
    known = _index()
    wanted = parse(version)
    entry = known.get(wanted) if wanted else None
    if entry is None or entry.url is None:
        have = ", ".join([*(_version_at(place) for place, _ in near), *(str(one.version) for one in known.releases)])
        raise LoadError(f"version {version} isn't known; known are: {have or 'none'}; or name a release by `source`")
    return _from_network(entry.url, version, sha256)


def _from_network(url: str, version: str | None, sha256: str | None) -> tuple[Path, str, Published | None]:
    entry = next((one for one in _index().releases if one.url == url), None)
    if entry is not None and version is not None and str(entry.version) != version:
        raise LoadError(f"{url} is version {entry.version}, not {version}")
    known = entry.zip if entry is not None else None
    if sha256 is not None and known is not None and known.removeprefix("sha256:") != sha256.removeprefix("sha256:"):
        raise LoadError(f"{url} has another hash in the index of published releases than `sha256` says")
    if known is None and sha256 is None:
        raise LoadError(f"nobody vouches for {url}: give the SHA-256 of the zip as `sha256`")
    try:
        return fetched(url, known or sha256 or ""), url, entry
    except FetchError as error:
        raise LoadError(str(error)) from error


def _around() -> tuple[Path, str] | None:
    """The release of the dataset around the working folder, None where there is none."""
    try:
        root = Dataset.around(Path.cwd()).root
    except DatasetError:
        return None
    folder = located(root / RELEASES / CURRENT)
    return (folder, str(folder)) if folder else None


def _shipped() -> tuple[Path, str] | None:
    """The release that the package ships, None where it ships none."""
    try:
        folder = resource(SHIPPED)
    except FileNotFoundError:
        return None
    return (folder, "the installed package") if located(folder) else None


def _index() -> Index:
    """The index of published releases that the package ships: the only one that hashes are taken from."""
    try:
        return read_index(resource("releases.json").parent)
    except FileNotFoundError:
        return Index()
    except IndexDefect as error:
        raise LoadError(str(error)) from error


def _version_at(folder: Path) -> str:
    try:
        return contract.about(json.loads((folder / DESCRIPTOR).read_text("utf-8"))).version
    except (OSError, ValueError, AttributeError) as error:
        raise LoadError(f"{folder / DESCRIPTOR} can't be read: {error}; build or fetch the release again") from error


def _check_version(about: About, where: str, version: str | None) -> None:
    """Refuse another version than was asked for; warn where none was and a newer one is known."""
    if version is not None and about.version != version:
        raise LoadError(f"{where} is version {about.version}, not {version}")
    latest, own = _index().latest, parse(about.version)
    if version is None and latest is not None and own is not None and own < latest.version:
        told = f"{where} is version {own}; version {latest.version} of {latest.created[:10]} has been published"
        warnings.warn(told, NewerRelease, stacklevel=5)  # at the line that called load


def _frame(
    release: _Release, table: Table, columns: Sequence[str] | None, dtype_backend: Backend | None
) -> pd.DataFrame:
    data = _bytes(release, table, columns)
    frame: pd.DataFrame
    try:
        if dtype_backend == "pyarrow":
            frame = read_arrow(data, table, columns).to_pandas(types_mapper=pd.ArrowDtype)
        else:
            frame = read_parquet(data, table, columns)
    except TableFileError as error:
        raise LoadError(f"{release.opened.name}: {error}") from error
    if dtype_backend == "numpy_nullable":
        frame = frame.astype({field.name: "string" for field in table.fields if field.enum and field.name in frame})
    elif dtype_backend not in {None, "pyarrow"}:
        raise LoadError(f"no `dtype_backend` is called {dtype_backend!r}; there are 'numpy_nullable' and 'pyarrow'")
    frame.attrs = {
        "table": table.name,
        "title": table.title,
        "version": release.about.version,
        "created": release.about.created,
        "licence": release.about.licence,
        "citation": release.about.citation,
        "release": release_name(release.about.version, release.opened.sums_hash),
        "source": release.source,
    }
    return frame


def _polars(release: _Release, table: Table, columns: Sequence[str] | None) -> pl.DataFrame:
    """A table as a frame of polars."""
    try:
        import polars as pl
    except ImportError as error:
        raise LoadError("polars isn't installed; install conflict-incidents[polars]") from error
    try:
        read = read_arrow(_bytes(release, table, columns), table, columns)
    except TableFileError as error:
        raise LoadError(f"{release.opened.name}: {error}") from error
    frame = pl.DataFrame(read)
    types: dict[str, Any] = {field.name: pl.Enum(field.enum) for field in table.fields if field.enum}
    types |= {field.name: pl.Date for field in table.fields if field.type == "date"}
    return frame.with_columns(pl.col(name).cast(type) for name, type in types.items() if name in frame.columns)


def _bytes(release: _Release, table: Table, columns: Sequence[str] | None) -> bytes:
    """The Parquet file of a table, once the columns are known.

    It is hashed again: between the check of the release and now somebody may have written to it.
    """
    if isinstance(columns, str):
        raise LoadError(f"`columns` is a list of names: [{columns!r}]")
    for name in columns or ():
        _known(name, {field.name: field for field in table.fields}, f"column in {table.name}")
    return release.opened.read(f"{table.name}.parquet")


def _known(name: str, known: Mapping[str, Any], what: str) -> Any:
    if name in known:
        return known[name]
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else "."
    raise LoadError(f"no {what} is called {name!r}{hint} There are: {', '.join(known)}")


def _bibtex(text: str) -> str:
    return "".join(f"\\{sign}" if sign in "&%$#_{}" else sign for sign in text)
