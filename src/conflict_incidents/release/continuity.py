"""Check that no incident lost numbers since the last release without a change note."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

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


def _drop(
    what: str, old: Mapping[str, int], new: Mapping[str, int], notes: Notes, table: str, column: str
) -> Iterator[Drop]:
    differing = [id for id in sorted({*old, *new}) if new.get(id, 0) != old.get(id, 0)]
    noted = {id for id in differing if notes.of(id, table, column)}
    by = {id: new.get(id, 0) - old.get(id, 0) for id in differing if id not in noted}
    if sum(by.values()) < 0:
        before = sum(number for id, number in old.items() if id not in noted)
        fallen = sorted((id for id in by if by[id] < 0), key=by.__getitem__)
        records = tuple((id, old.get(id, 0), new.get(id, 0)) for id in fallen)
        yield Drop(what, before, before + sum(by.values()), records)


def _published_ids(side: OpenRelease) -> set[str]:
    """Return the ids of a release's incidents without tombstones."""
    ids, status = (side.column(INCIDENTS, name).to_pylist() for name in (ID, "status"))
    return {id for id, one in zip(ids, status, strict=True) if one == "published"}


def _tolls(side: OpenRelease, column: str, ids: Collection[str]) -> dict[str, int]:
    """Return a column of the incidents by id; an open toll counts with its low end, an unknown one with 0."""
    ids_of_rows, numbers, lows = (side.column(INCIDENTS, name).to_pylist() for name in (ID, column, "killed_low"))
    rows = zip(ids_of_rows, numbers, lows, strict=True)
    return {id: (low if number is None else number) or 0 for id, number, low in rows if id in ids}


def _claims(side: OpenRelease, ids: Collection[str]) -> dict[str, int]:
    """Count the rows of claims of each incident."""
    return Counter(id for id in side.column("claims", ID).to_pylist() if id in ids)
