"""Section 1 of docs/method.md: a count is an interval, and the counts of one account bound each other."""

import pytest

from conflict_incidents.estimates.intervals import rounding_radius
from estimate_samples import SOLE, Case, at_least, check, claim

CASES: dict[str, Case] = {
    "at least has no end": ([claim("a", "r8", at_least(7))], {"killed total": f"at least 7, no best, {SOLE}"}),
    "at most has no start": ([claim("a", "r8", {"at_most": 7})], {"killed total": f"at most 7, no best, {SOLE}"}),
    "between without a best": ([claim("a", "r8", {"between": [4, 6]})], {"killed total": f"4-6, no best, {SOLE}"}),
    "the best of a range": (
        [claim("a", "r8", {"between": [4, 6], "best": 5})],
        {"killed total": f"4-6, best 5, {SOLE}"},
    ),
    "a best outside of its range": (
        [claim("a", "r8", {"between": [4, 6], "best": 9})],
        {"killed total": f"4-6, no best, {SOLE}"},
    ),
    "a vague word": ([claim("a", "r8", {"word": "dozens"})], {"killed total": f"at least 24, no best, {SOLE}"}),
    "those not identified may be civilians": (
        [claim("a", "r8", {"total": 7, "civilians": 4, "unknown_status": 3})],
        {
            "killed total": f"7, best 7, {SOLE}",
            "killed civilians": f"4-7, best 4, {SOLE}",
            "killed unknown_status": f"3, best 3, {SOLE}",
        },
    ),
    "those of unknown sex may be women": (
        [claim("a", "r8", {"total": 7, "women": 2, "unknown_sex_or_age": 1})],
        {
            "killed total": f"7, best 7, {SOLE}",
            "killed women": f"2-3, best 2, {SOLE}",
            "killed unknown_sex_or_age": f"1, best 1, {SOLE}",
        },
    ),
    "complete statuses leave the rest": (
        [
            claim(
                "a",
                "r8",
                {
                    "total": 9,
                    "civilians": 4,
                    "combatants": at_least(2),
                    "unknown_status": 0,
                    "statuses_complete": True,
                },
            )
        ],
        {
            "killed total": f"9, best 9, {SOLE}",
            "killed civilians": f"4, best 4, {SOLE}",
            "killed combatants": f"5, no best, {SOLE}",
            "killed unknown_status": f"0, best 0, {SOLE}",
        },
    ),
    "complete statuses of which one is not given": (
        [claim("a", "r8", {"total": 9, "civilians": 4, "combatants": at_least(2), "statuses_complete": True})],
        {
            "killed total": f"9, best 9, {SOLE}",
            "killed civilians": f"4, best 4, {SOLE}",
            "killed combatants": f"2-5, no best, {SOLE}",
        },
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_account(name: str) -> None:
    check(*CASES[name])


@pytest.mark.parametrize(
    ("number", "radius"), [(500, 50), (100, 25), (150, 25), (30, 5), (11, 1), (1, 1), (10, 2), (15, 2), (2500, 250)]
)
def test_an_approximate_number_reaches_as_far_as_it_was_rounded(number: int, radius: int) -> None:
    assert rounding_radius(number) == radius
