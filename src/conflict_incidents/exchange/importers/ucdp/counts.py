"""Convert UCDP's columns of deaths to the counts of one claim, and values kept under `external`."""

from __future__ import annotations

import re
from typing import Any

from conflict_incidents.exchange.importers.rowvalues import numbers_in
from conflict_incidents.exchange.importers.store.batch import ExternalValues, RowError
from conflict_incidents.exchange.ucdp_columns import GROUPS
from conflict_incidents.records.counts import TELLTALE

COLUMNS = (*GROUPS, "low", "best", "high")


def killed_counts(external: ExternalValues) -> tuple[dict[str, Any], str]:
    """Return the counts of a row, including 0, and a note if needed; the rest is kept under `external`.

    The parts are those of `best`: if `high` is above it (or `low` below), each part may be higher (or lower) by the
    difference. Contradictory values of the three become the range from the lowest to the highest. An empty cell is
    unknown: the total then follows from the other two, and the parts are unknown.

    Raises:
        RowError: a cell isn't a whole number of people.
    """
    numbers = {column: _whole_number(external.cells[column], column) for column in COLUMNS}
    low, best, high = numbers["low"], numbers["best"], numbers["high"]
    notes: list[str] = []
    if low is None or best is None or high is None:
        external.account.remark("low, best or high is unknown: the parts are kept under external")
        return _incomplete(low, best, high, external)
    least, most = min(low, best, high), max(low, best, high)
    if not low <= best <= high:
        notes.append(f"UCDP GED gives a low of {low} and a high of {high} here, which its best of {best} contradicts.")
        external.account.remark("low, best and high contradict each other: all three are within the range")
    for column, end in (("low", least), ("best", best), ("high", most)):
        external.account_for(column, numbers[column] == end, "claims.killed.total")
    counts = {"total": _count(best, least, most)}
    parts = {column: number for column in GROUPS if (number := numbers[column]) is not None}
    if len(parts) == len(GROUPS) and sum(parts.values()) == best:
        for column, number in parts.items():
            counts[GROUPS[column]] = _count(number, max(0, number - (best - least)), number + (most - best))
            external.account_for(column, True, f"claims.killed.{GROUPS[column]}")
    else:
        for column in GROUPS:
            external.keep(column)
        external.account.remark("the parts don't add up to best: kept under external")
    return counts, " ".join([*notes, *_own_numbers(counts)])


def _incomplete(
    low: int | None, best: int | None, high: int | None, external: ExternalValues
) -> tuple[dict[str, Any], str]:
    """Return the total if some of its three columns are empty; no counts if all are."""
    ends = [number for number in (low, best, high) if number is not None]
    total: Any
    if low is None and high is None:
        total = best
    elif low is None:
        total = {"at_most": max(ends)}
    elif high is None:
        total = {"at_least": min(ends)}
    else:
        total = min(ends) if min(ends) == max(ends) else {"between": [min(ends), max(ends)]}
    numbers = numbers_in(total)
    for column, number in (("low", low), ("best", best), ("high", high)):
        external.account_for(column, number in numbers, "claims.killed.total")
    for column in GROUPS:
        external.keep(column)
    counts = {} if total is None else {"total": total}
    return counts, " ".join(_own_numbers(counts))


def _own_numbers(counts: dict[str, Any]) -> list[str]:
    telltales = sorted(TELLTALE & numbers_in(counts))
    return [f"The number {number} is UCDP GED's own, or follows from its low, best and high." for number in telltales]


def _count(best: int, least: int, most: int) -> Any:
    """Return a number, or the range of which it is the best value."""
    return best if least == most else {"between": [least, most], "best": best}


def _whole_number(text: str, column: str) -> int | None:
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,8}", text):
        raise RowError(column, f"`{text[:40]}` is no number of people; a whole number of 0 or more is wanted")
    return int(text)
