"""Section 6 of docs/method.md, its end: bests of parts that come to more than their whole."""

from typing import Any

import pytest

from conflict_incidents.estimates.envelope import estimates
from estimate_samples import claim, incident_of


@pytest.mark.parametrize(
    ("measure", "whole", "parts"),
    [
        ("killed", "total", ("civilians", "combatants")),
        ("killed", "total", ("civilians", "side_a", "side_b")),
        ("killed", "total", ("women", "men", "children")),
        ("killed", "total", ("women", "men", "girls", "boys")),
        ("wounded", "total", ("critical", "serious", "light")),
        ("killed", "total", ("medics",)),
        ("killed", "total", ("journalists",)),
        ("killed", "combatants", ("side_a", "side_b")),
        ("killed", "children", ("girls", "boys")),
        ("killed", "children", ("civilian_children",)),
        ("killed", "civilians", ("civilian_children",)),
    ],
)
def test_bests_of_parts_that_come_to_more_than_their_whole_are_dropped(
    measure: str, whole: str, parts: tuple[str, ...]
) -> None:
    """Each number by another originator: the parts fit the whole one by one, and one of them doesn't fit any more."""
    most = 12
    each = most // len(parts)
    for more in (0, 1):
        counts = dict.fromkeys(parts, each) | {parts[-1]: most - each * (len(parts) - 1) + more}
        claims = [claim("whole", "r8", **{measure: {whole: most}})]
        claims += [
            claim(f"by-{part.replace('_', '-')}", "r8", **{measure: {part: count}}) for part, count in counts.items()
        ]
        estimated = {one.group: one.best for one in estimates(incident_of(*claims)) if one.measure == measure}
        assert [estimated[part] for part in parts] == ([None] * len(parts) if more else list(counts.values()))
        if len(parts) > 1:
            assert estimated[whole] == most


@pytest.mark.parametrize(
    ("total", "parts", "dropped", "most"),
    [
        ({"between": [4, 6]}, {"civilians": 3, "combatants": 3}, (), 0),
        ({"between": [4, 6]}, {"civilians": 3, "combatants": 4}, ("civilians", "combatants"), 6),
        ({"between": [4, 6], "best": 5}, {"civilians": 3, "combatants": 3}, ("civilians", "combatants"), 5),
        (12, {"women": 4, "men": 5, "unknown_sex_or_age": 4}, ("unknown_sex_or_age",), 12),
        (12, {"civilians": 5, "side_a": 4, "unknown_status": 4}, ("unknown_status",), 12),
    ],
)
def test_the_bests_that_are_dropped_say_which_number_they_exceed(
    total: Any, parts: dict[str, int], dropped: tuple[str, ...], most: int
) -> None:
    claims = [claim(by, "r8", {part: count}) for by, (part, count) in zip("bcd", parts.items(), strict=False)]
    by_group = {one.group: one for one in estimates(incident_of(claim("a", "r8", total), *claims))}
    note = f"no best: with the other parts it would be more than the total, {most}"
    assert {part: by_group[part].notes for part in parts} == {part: (note,) * (part in dropped) for part in parts}
    assert {part for part in parts if by_group[part].best is None} == set(dropped)
