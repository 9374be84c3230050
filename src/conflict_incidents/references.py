"""What a message says of a reference that leads nowhere.

Prevents: a reader who is told that a file is missing while it is there and can't be read.
"""

from __future__ import annotations

from conflict_incidents.catalogue import suggestion
from conflict_incidents.dataset import Dataset
from conflict_incidents.findings import shown


def missing(what: str, id: str, folder: str, dataset: Dataset) -> str:
    """The message for an id that no record of a registry has.

    Args:
        what: what the id is to name: "the place", "the originator".
        id: the id as it was written.
        folder: the registry's folder below `data/`.
        dataset: the dataset whose registry it is.
    """
    known = dataset.ids(folder)
    if id in known:
        return f"{what} {shown(id)} can't be used, as data/{folder}/{id}.yaml is no such record; repair that file"
    return f"{what} {shown(id)} is not in data/{folder}/{suggestion(id, known)}"
