"""Section 5 of docs/method.md, between voices: parts and wholes, and sites."""

import pytest

from conflict_incidents.estimates.envelope import estimates
from conflict_incidents.records.counts import INCIDENT_SCOPE
from estimate_samples import HOUSE, QUARRY, Case, at_least, check, claim, estimate_of, incident_of
from samples import Tree

CASES: dict[str, Case] = {
    "sites that exceed the incident": (
        "a r8 7 scope=quarry; a r8 5 scope=house; b r8 10",
        "total 10 or more, no best, conflicting; site:house 5, no best, conflicting; "
        "site:quarry 7, no best, conflicting",
    ),
    "parts that exceed their whole, twice": (
        "a r8 civilians 9 combatants 0 women 8; b r8 7",
        "total 7 or more, no best, conflicting; civilians 9, no best, conflicting; combatants 0, best 0; "
        "women 8, no best, conflicting",
    ),
    "sites of an originator that withdrew its count of the incident": (
        "a r8 9 withdrawn; a r8 4 scope=house",
        "total at least 4, no best, implied, low_from sites; site:house 4, best 4",
    ),
    "sites that come to no more than parts": (
        "a r8 civilians 4; b r8 4 scope=house",
        "total at least 4, no best, implied, low_from parts; civilians 4, best 4; site:house 4, best 4",
    ),
    "attackers stand apart": ("a r8 2 attackers 5", "total 2, best 2; attackers 5, best 5"),
    "an open whole closes nothing": (
        "a r8 9+; b r8 civilians 3+",
        "total at least 9, no best; civilians at least 3, no best",
    ),
    "an implied total rests on the largest parts alone": (
        "a own8 civilians 5; a own9 medics 1 provisional",
        "total at least 5, no best, implied, low_from parts; civilians 5, best 5; medics 1, best 1, provisional",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_parts_and_wholes(name: str) -> None:
    check(*CASES[name])


def test_an_implied_total_rests_on_the_forms_of_its_parts() -> None:
    one = estimate_of(
        incident_of(
            claim("a", "r8", {"civilians": 5}), claim("b", "r8", {"civilians": 5}), claim("c", "r9", {"men": 1})
        )
    )
    assert (one.originators, one.used, [form.claim.by for form in one.derived_from]) == (("a", "b"), (), ["a", "b"])


def test_the_total_that_closes_a_part_is_named() -> None:
    one = estimate_of(incident_of(claim("army", "r8", 3), claim("sohr", "r8", {"civilians": at_least(3)})), "civilians")
    assert one.notes == ("the total by army closes the open end at 3",)


@pytest.mark.parametrize(
    ("sites", "added"),
    [
        ({"a": {"house+quarry": 7, "quarry": 5, "house": 4, "market": 1}}, {"a": [5, 4, 1]}),  # 5 and 4 are more than 7
        ({"a": {"house+quarry": 7, "house": 5, "market": 1}}, {"a": [7, 1]}),
        ({"a": {"house+quarry": 9, "quarry": 5, "house": 3, "market": 1}}, {"a": [9, 1]}),
        ({"a": {"house+quarry": 8, "quarry": 5, "house": 3}}, {"a": [8]}),
        ({"a": {f"x{n}": 1 for n in range(12)} | {"x0+x1": 3}}, {"a": [1] * 10 + [3]}),
        ({"a": {"house": 0, "quarry": 0}}, {}),
        ({"a": {"house": 1, "quarry": 0}}, {"a": [1]}),
        ({"a": {"house": 2, "quarry": 3}, "b": {"market": 4}}, {"a": [2, 3]}),
        ({"a": {"market": 4}, "b": {"house": 2, "quarry": 3}}, {"b": [2, 3]}),
        ({"a": {"house": 2, "quarry": 3}, "b": {"market": 5}}, {"a": [2, 3], "b": [5]}),
    ],
)
def test_an_incident_has_the_largest_sum_of_sites_that_do_not_overlap(
    sites: dict[str, dict[str, int]], added: dict[str, list[int]]
) -> None:
    claims = [claim(by, "r8", n, scope=where.split("+")) for by, lows in sites.items() for where, n in lows.items()]
    totals = [one for one in estimates(incident_of(*claims)) if one.scope == INCIDENT_SCOPE]
    assert [one.low for one in totals] == [sum(numbers) for numbers in added.values()][:1]
    for total in totals:
        assert total.originators == tuple(added)
        counts = sorted(form.count.min or 0 for form in total.derived_from)
        assert counts == sorted(count for each in added.values() for count in each)


@pytest.mark.parametrize(
    ("claims", "note"),
    [
        (
            [claim("a", "r8", 4, **HOUSE), claim("a", "r8", 5, **QUARRY), claim("b", "r8", 8)],
            "the sites by a come to at least 9, more than any end stated",
        ),
        ([claim("a", "r8", 4, **HOUSE), claim("a", "r8", 4, **QUARRY), claim("b", "r8", 8)], ""),
        (
            [claim("a", "r8", {"civilians": 9, "combatants": 0, "women": 8}), claim("b", "r8", 7)],
            "the parts by a come to at least 9, more than any end stated",
        ),
    ],
)
def test_a_total_that_its_sites_or_parts_exceed_says_by_whom_and_by_what(claims: list[Tree], note: str) -> None:
    assert "\n".join(estimate_of(incident_of(*claims)).notes) == note
