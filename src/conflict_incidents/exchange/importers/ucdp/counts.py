"""UCDP's death columns → the counts of one claim, and the columns that are kept beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from conflict_incidents.exchange.importers.store.batch import Beside, RowError
from conflict_incidents.records.counts import TELLTALE

PARTS = {
    "deaths_civilians": "civilians",
    "deaths_a": "side_a",
    "deaths_b": "side_b",
    "deaths_unknown": "unknown_status",
}
"""UCDP's columns of disjoint parts of `best`, and the groups they are."""
COLUMNS = (*PARTS, "low", "best", "high")
_LARGEST = 100_000_000


def killed(beside: Beside) -> tuple[dict[str, Any], str]:
    """The counts of a row, all of them UCDP's, 0 included, and a note where one is needed; the rest is kept beside.

    The parts are of `best`: where `high` is above it (or `low` below), each may be higher (or lower) by as much. Three
    that contradict each other become the range from the lowest to the highest.

    Raises:
        RowError: a cell isn't a whole number of people.
    """
    numbers = {column: _whole(beside.cells[column], column) for column in COLUMNS}
    low, best, high = numbers["low"], numbers["best"], numbers["high"]
    least, most = min(low, best, high), max(low, best, high)
    notes: list[str] = []
    if not low <= best <= high:
        notes.append(f"UCDP GED gives a low of {low} and a high of {high} here, which its best of {best} contradicts.")
        beside.account.remark("low, best and high contradict each other: all three are within the range")
    for column, end in (("low", least), ("best", best), ("high", most)):
        beside.given(column, numbers[column] == end, "claims.killed.total")
    found = {"total": _count(best, least, most)}
    if sum(numbers[column] for column in PARTS) == best:
        for column, group in PARTS.items():
            number = numbers[column]
            found[group] = _count(number, max(0, number - (best - least)), number + (most - best))
            beside.given(column, True, f"claims.killed.{group}")
    else:
        for column in PARTS:
            beside.keep(column)
        beside.account.remark("the parts don't add up to best: kept under external")
    told = sorted(TELLTALE.intersection(_numbers(found)))
    notes += [f"The number {number} is UCDP GED's own, or follows from its low, best and high." for number in told]
    return found, " ".join(notes)


def _count(best: int, least: int, most: int) -> Any:
    """A number; with the range that it is the best value of, where there is one."""
    return best if least == most else {"between": [least, most], "best": best}


def _numbers(counts: Any) -> Iterator[int]:
    if isinstance(counts, int):
        yield counts
    else:
        for child in counts.values() if isinstance(counts, dict) else counts:
            yield from _numbers(child)


def _whole(text: str, column: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise RowError(column, f"`{text[:40]}` is no number of people; a whole number of 0 or more is wanted")
    number = int(text)
    if number > _LARGEST:
        raise RowError(column, f"{number} is more than a count may be")
    return number
