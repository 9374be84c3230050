"""Shares in percent of a claim: what CNT004 asks of them. Prevents: parts of a whole that are more than all of it."""

from __future__ import annotations

from collections.abc import Iterator

from conflict_incidents.catalogue import Problem
from conflict_incidents.counts import DISJOINT, OUTSIDE_TOTAL, Count, whom
from conflict_incidents.pieces import Claim, Share

ALL = 100
"""What a whole is, in percent."""


def shares_fit(claim: Claim) -> Iterator[Problem]:
    """No share is over 100 percent or the total's share of the same whole, nor are disjoint ones together."""
    wholes: dict[tuple[str, str], list[tuple[Share, Count]]] = {}
    for share in claim.shares:
        if share.percent is None:
            continue
        if max(share.percent.numbers, default=0) > ALL:
            yield Problem(
                share.percent.at,
                f"{whom(share.measure, share.group)}: a share of {share.percent} percent is more than the whole, which "
                f"is {ALL}; correct it, or give the number itself in place of the share",
            )
        else:
            wholes.setdefault((share.measure, share.whole), []).append((share, share.percent))
    for (measure, _), shares in wholes.items():
        yield from _together(claim, measure, shares)


def _together(claim: Claim, measure: str, shares: list[tuple[Share, Count]]) -> Iterator[Problem]:
    """The shares of one whole that one measure has; each is 100 percent at most."""
    least: dict[str, Count] = {}
    for share, percent in shares:
        known = least.get(share.group)
        if known is None or (percent.min or 0) > (known.min or 0):
            least[share.group] = percent
    tops = [percent.max for share, percent in shares if share.group == "total"]
    most = min((top for top in tops if top is not None), default=ALL)
    over = {group for group, part in least.items() if group not in OUTSIDE_TOTAL and (part.min or 0) > most} - {"total"}
    for group in sorted(over):
        yield Problem(
            least[group].at,
            f"{whom(measure, group)}: {least[group]} percent are more than the total ({most} percent) of the same "
            "whole; correct one of them",
        )
    for groups in DISJOINT:
        parts = {group: least[group] for group in groups if group in least}
        if sum(part.min or 0 for part in parts.values()) > most and not over & parts.keys():
            words = " and ".join(f"{group} ({part})" for group, part in parts.items())
            yield Problem(
                claim.at("shares"),
                f"{measure}: {words} come to at least {sum(part.min or 0 for part in parts.values())} percent of one "
                f"whole, more than its {most}; correct one of them",
            )
            return
