"""UCDP's death columns → the counts of one claim, and which of them have to be kept beside it.

Prevents: a best estimate being taken for an exact count, a low above a high becoming a range, and "0 so far as known"
becoming "none".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from conflict_incidents.counts import TELLTALE
from conflict_incidents.importers.batch import Accounting, RowError

PARTS = {
    "deaths_civilians": "civilians",
    "deaths_a": "side_a",
    "deaths_b": "side_b",
    "deaths_unknown": "unknown_status",
}
"""UCDP's columns of disjoint parts of `best`, and the groups they are."""
COLUMNS = (*PARTS, "low", "best", "high")
_LARGEST = 100_000_000


@dataclass(slots=True)
class Killed:
    """`killed` of a claim, a note where one is needed, and the columns that `killed` doesn't give back."""

    counts: dict[str, Any]
    note: str = ""
    beside: dict[str, str] = field(default_factory=dict)


def killed(cells: dict[str, str], account: Accounting) -> Killed:
    """The counts of a row.

    Raises:
        RowError: a cell isn't a whole number of people.
    """
    numbers = {column: _whole(cells[column], column) for column in COLUMNS}
    low, best, high = numbers["low"], numbers["best"], numbers["high"]
    notes: list[str] = []
    beside: dict[str, str] = {}
    if low <= best <= high:
        total: Any = best if low == best == high else {"between": [low, high], "best": best}
        for column in ("low", "best", "high"):
            account.mapped(column, "claims.killed.total")
    else:
        total = best
        beside = {column: str(numbers[column]) for column in ("low", "high")}
        notes.append(f"UCDP GED gives a low of {low} and a high of {high} here, which its best of {best} contradicts.")
        account.mapped("best", "claims.killed.total")
        account.kept("low")
        account.kept("high")
        account.remark("low, best and high contradict each other: best stands alone, low and high under external")
    slack = best - low if low <= best <= high else 0
    if sum(numbers[column] for column in PARTS) == best:
        parts = {group: _part(column, numbers, slack) for column, group in PARTS.items()}
        for column, group in PARTS.items():
            empty = parts[group] is None
            account.mapped(column, f"claims.killed: {group} left out, may be among the unknown" if empty else
                           f"claims.killed.{group}")  # fmt: skip
    else:
        parts = {}
        beside |= {column: str(numbers[column]) for column in PARTS}
        for column in PARTS:
            account.kept(column)
        account.remark("the parts don't add up to best: kept under external")
    found = {"total": total} | {group: count for group, count in parts.items() if count is not None}
    told = sorted(TELLTALE.intersection(_numbers(found)))
    notes += [f"The number {number} is UCDP GED's own, or follows from its low and best." for number in told]
    return Killed(found, " ".join(notes), beside)


def _numbers(counts: Any) -> Iterator[int]:
    if isinstance(counts, int):
        yield counts
    else:
        for child in counts.values() if isinstance(counts, dict) else counts:
            yield from _numbers(child)


def _part(column: str, numbers: dict[str, int], slack: int) -> Any:
    """One part of `best`: exact, at least so many, or absent.

    Where some of the dead are of unknown status, more of each part may be among them: a part is a lower bound, and none
    says nothing. Where UCDP's low is below its best, the parts may be lower by as many: they are best values.
    """
    number, unknown = numbers[column], numbers["deaths_unknown"]
    own = column == "deaths_unknown"
    if number == 0:
        return 0 if unknown == 0 else None
    most = number if own or unknown == 0 else number + unknown
    if slack:
        return {"between": [max(0, number - slack), most], "best": number}
    return {"at_least": number} if most > number else number


def _whole(text: str, column: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise RowError(column, f"`{text[:40]}` is no number of people; a whole number of 0 or more is wanted")
    number = int(text)
    if number > _LARGEST:
        raise RowError(column, f"{number} is more than a count may be")
    return number
