"""The result of matching two datasets: the positions of incidents in both, or only in one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from conflict_incidents.dataset.index_rows import Facts
from conflict_incidents.dataset.matching import Matching, Verdict

STATUS_LABELS = {"matched": "in both", "only_ours": "only ours", "only_theirs": "only theirs"}
"""The labels of the statuses."""


@dataclass(frozen=True, slots=True)
class MatchNumbers:
    """The positions (longitude, latitude) and numbers of incidents by status, and of pairs by verdict."""

    positions: dict[str, list[tuple[float, float]]]
    counts: list[tuple[str, int]]
    verdicts: list[tuple[str, int]]


def match_numbers(matching: Matching) -> MatchNumbers:
    """Return the numbers to draw of a matching."""
    sides: dict[str, list[Facts]] = {
        "matched": [one.ours for one in matching.matches],
        "only_ours": matching.only_ours,
        "only_theirs": matching.only_theirs,
    }
    verdicts = Counter(one.verdict for one in matching.matches)
    return MatchNumbers(
        positions={status: _positions(facts) for status, facts in sides.items()},
        counts=[(status, len(facts)) for status, facts in sides.items()],
        verdicts=[(verdict.value, verdicts[verdict]) for verdict in Verdict],
    )


def _positions(facts: Iterable[Facts]) -> list[tuple[float, float]]:
    """Return the first position of each incident that has one, as coarse as a record may give it."""
    return [(round(lon, 2), round(lat, 2)) for one in facts for lat, lon in one.event.positions[:1]]
