"""A release as data frames, for analysts: exact types, and where they come from.

Prevents: an analysis of a torn or altered file, of which nobody can say which version it is.
"""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from conflict_incidents import contract
from conflict_incidents.contract import ContractError, Table
from conflict_incidents.dataset import DESCRIPTOR, Dataset, DatasetError
from conflict_incidents.release.opening import located
from conflict_incidents.tablefiles import TableFileError, read_parquet


class LoadError(ValueError):
    """No release, no such table or column, or a file that isn't what the release says; the message says what to do."""


def load(
    table: str = "incidents", path: str | Path | None = None, columns: Sequence[str] | None = None
) -> pd.DataFrame:
    """One table of a release as a data frame.

    Whole numbers are Int32, decimals Float64, truths boolean, text string, days datetime64[us], and what has a list of
    values is a category with all of them; the unknown is NA. The sum of a column without any number is 0 in pandas
    unless `sum(min_count=1)` is asked for.

    Args:
        table: the table's name: `incidents`, `claims`, `estimates` …; see `datapackage.json`.
        path: a release, a folder of releases, or the root of a dataset; None for the dataset around the working folder.
        columns: which columns, in this order; None for all.

    Returns:
        The frame; `attrs` has `table`, `title`, `version`, `created`, `licence`, `citation`, and `release`, the name of
        the folder.

    Raises:
        LoadError: there is no release, no such table or column, or a file isn't the one that was released.
    """
    folder = _release(path)
    descriptor = _descriptor(folder)
    return _load(folder, descriptor, _known(table, _tables(folder, descriptor), "table"), columns)


def load_all(path: str | Path | None = None) -> dict[str, pd.DataFrame]:
    """Every table of a release by name, each as `load` gives it.

    Args:
        path: as for `load`.

    Raises:
        LoadError: there is no release, or a file isn't the one that was released.
    """
    folder = _release(path)
    descriptor = _descriptor(folder)
    return {name: _load(folder, descriptor, table, None) for name, table in _tables(folder, descriptor).items()}


def _release(path: str | Path | None) -> Path:
    """The folder of the release that `path` means."""
    if path is None:
        try:
            root = Dataset.around(Path.cwd()).root
        except DatasetError as error:
            raise LoadError("no dataset around the working folder; name a release by `path`") from error
    else:
        root = Path(path).expanduser()
        root = root.parent if root.name == DESCRIPTOR else root
    folder = located(root)
    if folder is not None:
        return folder
    raise LoadError(f"no release in {root}; run `incidents build` there, or name a release by `path`")


def _descriptor(folder: Path) -> dict[str, Any]:
    try:
        loaded: dict[str, Any] = json.loads((folder / DESCRIPTOR).read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise LoadError(f"{folder / DESCRIPTOR} can't be read: {error}; build or fetch the release again") from error
    return loaded


def _tables(folder: Path, descriptor: dict[str, Any]) -> dict[str, Table]:
    try:
        return contract.read(descriptor)
    except ContractError as error:
        raise LoadError(f"{folder / DESCRIPTOR}: {error}") from error


def _load(folder: Path, descriptor: dict[str, Any], table: Table, columns: Sequence[str] | None) -> pd.DataFrame:
    if isinstance(columns, str):
        raise LoadError(f"`columns` is a list of names: [{columns!r}]")
    for name in columns or ():
        _known(name, {field.name: field for field in table.fields}, f"column in {table.name}")
    data = _verified(folder, descriptor, table.name)
    try:
        frame = read_parquet(data, table, columns)
        about = contract.about(descriptor)
    except (TableFileError, ContractError) as error:
        raise LoadError(f"{folder}: {error}") from error
    frame.attrs = {
        "table": table.name,
        "title": table.title,
        "version": about.version,
        "created": about.created,
        "licence": about.licence,
        "citation": about.citation,
        "release": folder.name,
    }
    return frame


def _verified(folder: Path, descriptor: dict[str, Any], table: str) -> bytes:
    """The bytes of a table's Parquet file, once they have been found to be those of the release."""
    try:
        described = next(one["parquet"] for one in descriptor["resources"] if one["name"] == table)
        data = (folder / Path(described["path"]).name).read_bytes()
        expected = str(described["hash"])
    except (OSError, KeyError, TypeError, StopIteration) as error:
        raise LoadError(
            f"{folder}: the Parquet file of {table} is missing: {error}; build the release again"
        ) from error
    if f"sha256:{hashlib.sha256(data).hexdigest()}" != expected:
        raise LoadError(f"{folder / f'{table}.parquet'} isn't the file that was released; build or fetch it again")
    return data


def _known(name: str, known: dict[str, Any], what: str) -> Any:
    if name in known:
        return known[name]
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else "."
    raise LoadError(f"no {what} is called {name!r}{hint} There are: {', '.join(known)}")
