"""Compare the tables of a release with its records: each record must be there exactly once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import pandas as pd

from conflict_incidents.release.checks import refuse
from conflict_incidents.tables.contract import Cells
from conflict_incidents.tables.tally import CLAIMS, LISTS, TABLES, numbers


def check_records(frames: Mapping[str, pd.DataFrame], tallies: Iterable[Cells]) -> None:
    """Check that the tables have every record, and every item of its lists, once, and nothing else.

    Args:
        frames: the tables.
        tallies: the counts of `tables.tally` for the records.
    """
    expected: dict[str, Counter[str]] = {}
    for what, id, count in tallies:
        expected.setdefault(str(what), Counter())[str(id)] += int(count or 0)
    faults: list[str] = []
    for table in TABLES.values():
        faults += _unequal(table, expected, Counter(frames[table].iloc[:, 0]))
    for name in (*LISTS.values(), *(f"{prefix}{name}" for prefix in CLAIMS.values() for name in ("reports", "claims"))):
        items = frames[name][[frames[name].columns[0], "number"]].drop_duplicates()
        faults += _unequal(name, expected, Counter(items.iloc[:, 0]))
    for prefix in CLAIMS.values():
        faults += _unequal(numbers(prefix), expected, Counter(frames[f"{prefix}claims"].iloc[:, 0]))
    refuse("records and tables differ", faults)


def _unequal(what: str, expected: Mapping[str, Counter[str]], found: Counter[str]) -> list[str]:
    wanted = expected.get(what, Counter())
    odd = sorted(id for id in {*wanted, *found} if wanted[id] != found[id])
    return [f"{what}: {id} has {found[id]} in the tables, {wanted[id]} in the records" for id in odd]
