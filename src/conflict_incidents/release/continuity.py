"""Check that no incident lost numbers since the last release without a change note."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from conflict_incidents.release.compare.diff import Diff
from conflict_incidents.release.compare.notes import Notes, taken_back
from conflict_incidents.release.reader import OpenRelease

INCIDENTS, ID = "incidents", "incident_id"
KILLED_COLUMNS = {"killed_low": "people killed, by the low ends", "killed_high": "people killed, by the high ends"}


@dataclass(frozen=True, slots=True)
class Drop:
    """A number that fell between two releases: before and after, in total and by record."""

    what: str
    before: int
    after: int
    records: tuple[tuple[str, int, int], ...]


def drops(diff: Diff, notes: Notes, excused: Collection[str] = ()) -> Iterator[Drop]:
    """Yield the numbers that fell for incidents of both releases, except for withdrawn incidents and those with a note.

    Args:
        diff: the changes; nothing is compared without the table of incidents.
        notes: the reasons.
        excused: records with other findings.
    """
    if INCIDENTS not in diff.tables or INCIDENTS not in diff.old.tables:
        return
    both = _published_ids(diff.old) & _published_ids(diff.new)
    compared = both - taken_back(diff) - set(excused)
    yield from _drop("claims", _claims(diff.old, compared), _claims(diff.new, compared), notes, "claims", "")
    for column, what in KILLED_COLUMNS.items():
        if all({column, "killed_low"} <= set(side.tables[INCIDENTS].names) for side in (diff.old, diff.new)):
            old, new = (_tolls(side, column, compared) for side in (diff.old, diff.new))
            yield from _drop(what, old, new, notes, INCIDENTS, column)


def _drop(what: str, old: pd.Series[int], new: pd.Series[int], notes: Notes, table: str, column: str) -> Iterator[Drop]:
    differences = new.sub(old, fill_value=0)
    noted = [id for id in differences[differences != 0].index if notes.of(str(id), table, column)]
    differences, old = differences.drop(noted), old.drop(noted, errors="ignore")
    if differences.sum() < 0:
        fallen = differences[differences < 0].sort_values(kind="stable")
        records = tuple((str(id), int(old.get(id, 0)), int(old.get(id, 0) + by)) for id, by in fallen.items())
        yield Drop(what, int(old.sum()), int(old.sum() + differences.sum()), records)


def _published_ids(side: OpenRelease) -> set[str]:
    """Return the ids of a release's incidents without tombstones."""
    ids, status = (side.column(INCIDENTS, name).to_pylist() for name in (ID, "status"))
    return {id for id, one in zip(ids, status, strict=True) if one == "published"}


def _tolls(side: OpenRelease, column: str, ids: Collection[str]) -> pd.Series[int]:
    """Return a column of the incidents by id; an open toll counts with its low end, an unknown one with 0."""
    ids_of_rows, numbers, lows = (side.column(INCIDENTS, name).to_pylist() for name in (ID, column, "killed_low"))
    rows = zip(ids_of_rows, numbers, lows, strict=True)
    return _by_id({id: (low if number is None else number) or 0 for id, number, low in rows if id in ids})


def _claims(side: OpenRelease, ids: Collection[str]) -> pd.Series[int]:
    """Count the rows of claims of each incident."""
    return _by_id(Counter(id for id in side.column("claims", ID).to_pylist() if id in ids))


def _by_id(numbers: Mapping[str, int]) -> pd.Series[int]:
    """Return numbers by id, sorted; ids are plain objects, which pandas looks up faster than its own text type."""
    return pd.Series(list(numbers.values()), pd.Index(list(numbers), dtype=object), dtype="int64").sort_index()
