"""Shares in percent of a claim, for CNT004."""

from __future__ import annotations

from collections.abc import Iterator

from conflict_incidents.core.findings import bare
from conflict_incidents.core.rule import Problem
from conflict_incidents.records.counts import DISJOINT, OUTSIDE_TOTAL, Count, whom
from conflict_incidents.records.statements import Claim

ALL = 100
"""A whole, in percent."""


def shares_fit(claim: Claim) -> Iterator[Problem]:
    """Check that shares, and sums of disjoint ones, are at most 100 percent and the total's share of the same whole."""
    wholes: dict[tuple[str, str], dict[str, Count]] = {}
    for share in claim.shares:
        percent = share.percent
        if any(number > ALL for number in percent.numbers):
            yield Problem(
                percent.at,
                f"{whom(share.measure, share.group)}: a share of {percent} percent is more than the whole, which is "
                f"{ALL}; correct it, or give the number itself in place of the share",
            )
        else:
            wholes.setdefault((share.measure, share.whole), {})[share.group] = percent
    for (measure, _), shares in wholes.items():
        yield from _check_shares(claim, measure, shares)


def _check_shares(claim: Claim, measure: str, shares: dict[str, Count]) -> Iterator[Problem]:
    """Check the shares of one measure in one whole, by group; an open or missing total is 100 percent."""
    total = shares.get("total")
    most = ALL if total is None or total.max is None else total.max
    within = {group: part for group, part in shares.items() if group not in ("total", *OUTSIDE_TOTAL)}
    over = {group: part for group, part in within.items() if part.least > most}
    for group, part in over.items():
        yield Problem(
            part.at,
            f"{whom(measure, group)}: {part} percent are more than the total ({most} percent) of the same "
            "whole; correct one of them",
        )
    for groups in DISJOINT:
        parts = {group: shares[group] for group in groups if group in shares}
        least = sum(part.least for part in parts.values())
        if least > most and not over & parts.keys():
            words = " and ".join([f"{bare(group)} ({part})" for group, part in parts.items()])
            yield Problem(
                claim.at("shares"),
                f"{bare(measure)}: {words} come to at least {least} percent of one whole, more than its {most}; "
                "correct one of them",
            )
            return
