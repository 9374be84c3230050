"""Two datasets, matched: where the incidents are that both have, and those that one of them lacks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from conflict_incidents.dataset.matching import Matching, Verdict
from conflict_incidents.dataset.rows import Facts

SAID = {"matched": "in both", "only_ours": "only ours", "only_theirs": "only theirs"}
"""Each status in words."""


@dataclass(frozen=True, slots=True)
class Matched:
    """The positions (longitude, latitude) of incidents by status; how many of each; and pairs by verdict."""

    positions: dict[str, list[tuple[float, float]]]
    counts: list[tuple[str, int]]
    verdicts: list[tuple[str, int]]


def matched(found: Matching) -> Matched:
    """The numbers of the picture of a matching."""
    sides: dict[str, list[Facts]] = {
        "matched": [one.ours for one in found.matches],
        "only_ours": found.only_ours,
        "only_theirs": found.only_theirs,
    }
    verdicts = Counter(one.verdict for one in found.matches)
    return Matched(
        positions={status: _positions(facts) for status, facts in sides.items()},
        counts=[(status, len(facts)) for status, facts in sides.items()],
        verdicts=[(verdict.value, verdicts[verdict]) for verdict in Verdict],
    )


def _positions(facts: Iterable[Facts]) -> list[tuple[float, float]]:
    """The first position of each, where it has one."""
    return [(lon, lat) for one in facts for lat, lon in one.event.positions[:1]]
