"""What became of the incidents of the release before: whether they lost numbers without a word, and are still the same.

Prevents: a loss that is small in each record and large in sum, and an id that now means another incident.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from conflict_incidents.columns import Value
from conflict_incidents.parts import as_day
from conflict_incidents.release.comparing import Diff, Kind
from conflict_incidents.release.matching import Side
from conflict_incidents.release.noting import Notes, taken_back

if TYPE_CHECKING:
    import pandas as pd

INCIDENTS, ID = "incidents", "incident_id"
KILLED = {"killed_low": "people killed, by the low ends", "killed_high": "people killed, by the high ends"}
TELLING = frozenset({"date_from", "date_to", "place_id"})
"""The columns of which one has changed in every incident that became another."""
APART = 1
"""By how many days two dates of one incident may differ without a correction: a night has two."""


Known = frozenset[tuple[Value, ...]]
"""Cells by which an incident is known."""
NOTHING: Known = frozenset()


@dataclass(frozen=True, slots=True)
class Drop:
    """Something that the incidents of both releases come to less of: what it was and is, over all and by record."""

    what: str
    before: int
    after: int
    records: tuple[tuple[str, int, int], ...]


def drops(diff: Diff, notes: Notes, excused: Collection[str] = ()) -> Iterator[Drop]:
    """What the incidents that both releases have come to less of, without those that were withdrawn or noted.

    Args:
        diff: what changed; nothing is compared where it lacks the table of incidents.
        notes: why things changed.
        excused: records that other findings are about.
    """
    if INCIDENTS not in diff.tables or INCIDENTS not in diff.old.tables:
        return
    both = _published(diff.old) & _published(diff.new)
    left = both - taken_back(diff) - set(excused)
    yield from _drop("claims", _claims(diff.old, left), _claims(diff.new, left), notes, "claims", "")
    for column, what in KILLED.items():
        if all(column in side.tables[INCIDENTS].names for side in (diff.old, diff.new)):
            old, new = (_numbers(side, column, left) for side in (diff.old, diff.new))
            yield from _drop(what, old, new, notes, INCIDENTS, column)


def _drop(what: str, old: pd.Series[int], new: pd.Series[int], notes: Notes, table: str, column: str) -> Iterator[Drop]:
    changed = new.sub(old, fill_value=0)
    noted = [id for id in changed[changed != 0].index if notes.of(str(id), table, column)]
    changed, old = changed.drop(noted), old.drop(noted, errors="ignore")
    if changed.sum() < 0:
        lost = changed[changed < 0].sort_values(kind="stable")
        records = tuple((str(id), int(old.get(id, 0)), int(old.get(id, 0) + by)) for id, by in lost.items())
        yield Drop(what, int(old.sum()), int(old.sum() + changed.sum()), records)


def _published(side: Side) -> set[str]:
    """The incidents of a release that aren't tombstones."""
    ids, status = (side.column(INCIDENTS, name).to_pylist() for name in (ID, "status"))
    return {id for id, one in zip(ids, status, strict=True) if one == "published"}


def _numbers(side: Side, column: str, ids: Collection[str]) -> pd.Series[int]:
    """A column of the incidents by id; what is unknown adds nothing."""
    rows = zip(side.column(INCIDENTS, ID).to_pylist(), side.column(INCIDENTS, column).to_pylist(), strict=True)
    return _by_id({id: number or 0 for id, number in rows if id in ids})


def _claims(side: Side, ids: Collection[str]) -> pd.Series[int]:
    """How many rows of claims each incident has."""
    return _by_id(Counter(id for id in side.column("claims", ID).to_pylist() if id in ids))


def _by_id(numbers: Mapping[str, int]) -> pd.Series[int]:
    """Numbers by id, sorted; plain objects as ids, as pandas looks them up faster than its own text."""
    import pandas as pd

    return pd.Series(list(numbers.values()), pd.Index(list(numbers), dtype=object), dtype="int64").sort_index()


@dataclass(frozen=True, slots=True)
class _Facts:
    """By what an incident is known: days, places, their countries, reports, ids in other datasets."""

    days: tuple[date, date] | None
    places: Known
    countries: frozenset[str]
    reports: Known
    external: Known

    def apart(self, other: _Facts) -> list[str]:
        """What two incidents don't share, if that makes them two; empty where they may be one."""
        if self.reports & other.reports or self.external & other.external:
            return []
        if self.countries and other.countries and not self.countries & other.countries:
            return ["report", "country"]
        if self.places & other.places or _near(self.days, other.days):
            return []
        return ["report", "day", "place"]


def _near(one: tuple[date, date] | None, other: tuple[date, date] | None) -> bool:
    """Whether two spans of days touch; what isn't known may."""
    if one is None or other is None:
        return True
    return (max(one[0], other[0]) - min(one[1], other[1])).days <= APART


def reused(diff: Diff, notes: Notes) -> Iterator[tuple[str, list[str]]]:
    """The incidents whose id meant another one in the release before, with what they don't share with that."""
    table = diff.tables.get(INCIDENTS)
    moved = [
        row.id
        for row in (table.rows(Kind.CORRECTED) if table else ())
        if TELLING & {one.column for one in row.cells} and not notes.of(row.id, INCIDENTS)
    ]
    if not moved:
        return
    old, new = (_facts(side, moved) for side in (diff.old, diff.new))
    for id in moved:
        if apart := old[id].apart(new[id]):
            yield id, apart


def _facts(side: Side, ids: Collection[str]) -> dict[str, _Facts]:
    """By what some incidents of a release are known."""
    spans = _sets(side, INCIDENTS, ids, "date_from", "date_to")
    countries = _countries(side)
    places = _sets(side, "sites", ids, "place_id")
    addresses = _sets(side, "reports", ids, "url")
    documents = _sets(side, "reports", ids, "publisher_id", "published")
    external = _sets(side, "external_ids", ids, "scheme", "external_id")
    found = {}
    for id in ids:
        here = places.get(id, NOTHING)
        found[id] = _Facts(
            days=next((_days(*span) for span in spans.get(id, NOTHING)), None),
            places=here,
            countries=frozenset(countries[place] for (place,) in here if place in countries),
            reports=addresses.get(id, NOTHING) | documents.get(id, NOTHING),
            external=external.get(id, NOTHING),
        )
    return found


def _days(first: Value, last: Value) -> tuple[date, date] | None:
    begun, ended = as_day(str(first)), as_day(str(last))
    return (begun, ended) if begun and ended else None


def _countries(side: Side) -> dict[Value, str]:
    """The country of each place, where it has one."""
    ids, countries = (side.column("places", name).to_pylist() for name in ("place_id", "country"))
    return {id: country for id, country in zip(ids, countries, strict=True) if country}


def _sets(side: Side, table: str, ids: Collection[str], *columns: str) -> dict[str, Known]:
    """What some incidents have in columns of a table, without rows that are empty there."""
    wanted = set(ids)
    found: dict[str, set[tuple[Value, ...]]] = {}
    if table in side.tables and set(columns) <= set(side.tables[table].names):
        of, *cells = (side.column(table, name).to_pylist() for name in (ID, *columns))
        for id, *row in zip(of, *cells, strict=True):
            if id in wanted and any(one is not None for one in row):
                found.setdefault(id, set()).add(tuple(row))
    return {id: frozenset(rows) for id, rows in found.items()}
