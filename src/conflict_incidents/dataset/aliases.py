"""Alias tables: other spellings of names in the registries, from the dataset and from the package.

The aliases of a dataset are in `data/codelists/*_aliases.csv`: one spelling per line, the canonical name first.
"""

from __future__ import annotations

from functools import lru_cache

from conflict_incidents.core.findings import user_text
from conflict_incidents.core.names import fold
from conflict_incidents.core.resources import resource
from conflict_incidents.dataset import codelists
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.dataset.errors import DatasetError
from conflict_incidents.records.parsing import Content, content_of

PACKAGED = ("organisation_aliases",)
"""The packaged alias tables, which apply to every dataset."""


def aliases(dataset: Dataset, name: str) -> dict[tuple[str, ...], str]:
    """Return an alias table as a mapping from folded key columns to the last column.

    The dataset's own table takes precedence over the packaged one.

    Args:
        dataset: the dataset.
        name: the name of the table, such as `organisation_aliases`.

    Raises:
        DatasetError: the file can't be read, or the installation lacks it.
    """
    return {tuple(fold(cell) for cell in cells): id for *cells, id in [*_shipped_table(name), *_rows(dataset, name)]}


def proper_names(dataset: Dataset, name: str) -> dict[str, str]:
    """Return the first spelling of each id in an alias table: the name to publish if the registry lacks the record.

    Raises:
        DatasetError: the file can't be read, or the installation lacks it.
    """
    names: dict[str, str] = {}
    for *cells, id in [*_rows(dataset, name), *_shipped_table(name)]:
        names.setdefault(id, cells[-1])
    return names


def _shipped_table(name: str) -> list[list[str]]:
    """Read the packaged table, if there is one. It has the organisations that report on every conflict: without it,
    datasets on other conflicts would take each of their spellings for a separate originator.
    """
    if name not in PACKAGED:
        return []
    path = f"data/codelists/{name}.csv"
    try:
        return _cells(content_of(resource(path)), path, name)
    except FileNotFoundError as error:
        raise DatasetError(user_text(error)) from error


def _rows(dataset: Dataset, name: str) -> list[list[str]]:
    file = dataset.index.display_path(dataset.root / "data" / "codelists" / f"{name}.csv")
    return _cells(dataset.index.list_content(name), file, name)


@lru_cache(maxsize=4)
def _cells(content: Content | None, path: str, name: str) -> list[list[str]]:
    return [
        [line.cells[column] for column in codelists.FORMS[name].columns]
        for line in codelists.valid_rows(content, path, name)
    ]
