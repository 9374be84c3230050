"""The incidents of a release that stand, and what their tolls come to, group by group.

Prevents: a withdrawn incident in a picture, and a picture whose sums differ from those that analysts get.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from conflict_incidents.analysis import Total, by

Group = tuple[Any, Total]
"""The key of a group, and what its incidents come to."""


def standing(incidents: pd.DataFrame) -> pd.DataFrame:
    """The rows of the table `incidents` that aren't tombstones, numbered anew."""
    return incidents[(incidents["status"] != "withdrawn").to_numpy(dtype=bool)].reset_index(drop=True)


def grouped(incidents: pd.DataFrame, key: str) -> tuple[list[Group], Total | None]:
    """The killed of each group, sorted by its key, and those of whom the key isn't known.

    Args:
        incidents: standing rows of the table `incidents`.
        key: what `analysis.by` takes: a column, or a stretch of time.
    """
    known: list[Group] = []
    rest: Total | None = None
    for row in by(incidents, key).to_dict("records") if len(incidents) else []:
        group = row.pop(key)
        numbers: dict[str, Any] = {str(name): None if pd.isna(value) else value for name, value in row.items()}
        found = Total(measure="killed", **numbers)
        if pd.isna(group):
            rest = found
        else:
            known.append((group, found))
    return known, rest
