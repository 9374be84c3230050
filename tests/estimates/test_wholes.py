"""Section 5 of docs/method.md, between voices: parts and wholes, and sites."""

import pytest

from conflict_incidents.estimates.envelope import estimates
from conflict_incidents.records.counts import INCIDENT_SCOPE
from estimate_samples import cases, check, claim, claim_of, estimate_of, incident_of

CASES = cases("""
sites that exceed the incident | a r8 7 scope=quarry; a r8 5 scope=house; b r8 10
    | total 10 or more, no best, conflicting; site:house 5, no best, conflicting; site:quarry 7, no best, conflicting
parts that exceed their whole, twice | a r8 civilians 9 combatants 0 women 8; b r8 7
    | total 7 or more, no best, conflicting; civilians 9, no best, conflicting; combatants 0, best 0; women 8, no best,
    conflicting
sites of an originator that withdrew its count of the incident | a r8 9 withdrawn; a r8 4 scope=house
    | total at least 4, no best, implied, low_from sites; site:house 4, best 4
sites that come to no more than parts | a r8 civilians 4; b r8 4 scope=house
    | total at least 4, no best, implied, low_from parts; civilians 4, best 4; site:house 4, best 4
attackers stand apart | a r8 2 attackers 5 | total 2, best 2; attackers 5, best 5
an open whole closes nothing | a r8 9+; b r8 civilians 3+ | total at least 9, no best; civilians at least 3, no best
a total rests on the combatants, where their sides are as many | a own8 combatants 5; a own9 side_a 5 provisional
    | total at least 5, no best, implied, low_from parts; combatants 5, best 5; side_a 5, best 5, provisional
an implied total rests on the largest parts alone | a own8 civilians 5; a own9 medics 1 provisional
    | total at least 5, no best, implied, low_from parts; civilians 5, best 5; medics 1, best 1, provisional
an exceeded whole closes nothing | a r8 civilians 9; b r8 7; c r8 women 2+
    | total 7 or more, no best, conflicting; civilians 9, no best, conflicting; women at least 2, no best
a whole that is open above closes nothing | a r8 9+; b r8 7; c r8 women 2+
    | total 7, or at least 9, no best, conflicting; women at least 2, no best
a whole closes each open voice | army r8 3; a r8 civilians 2; b r8 civilians 1+
    | total 3, best 3; civilians 1-3, best 2, compatible
a whole closes an open voice beside an unsettled one | army r8 5; a r8 civilians 2; a r8b civilians 3; b r8 civilians 1+
    | total 5, best 5; civilians 1-5, no best, unsettled
a part without a whole | a r8 girls 0+ | girls at least 0, no best
a whole that ends below the part closes nothing | us r8 70; local r8 60+; pax r8 civilians 85+
    | total 60-70, no best, compatible; civilians at least 85, no best
the lowest of two wholes closes | a r8 girls 2+; b r8 children 5; c r8 9
    | total 9, best 9; girls 2-5, no best; children 5, best 5
wholes are closed before their parts | b r8 children 4; c r8 children 2+; d r8 9; a r8 boys 3+
    | total 9, best 9; boys 3-9, no best; children 2-9, best 4, compatible
a whole that a relay adds is exceeded by nothing | a own8 women 1; a r8 7 women 1; b r8 civilians 9
    | total 7, no best; civilians 9, best 9; women 1, best 1
parts of an account count as the lowest of all voices | a r8 civilians 5 unknown_status 3; b r8 civilians 2
    | total at least 5, no best, implied, low_from parts; civilians 2-8, no best, conflicting; unknown_status 3, best 3
an unknown status that a relay adds exceeds nothing | a own8 women 1; a r8 women 1 civilians 4 unknown_status 3; b r8 5
    | total 5, best 5; civilians 4-7, no best; unknown_status 3, no best; women 1, best 1
sites below a stated number | a r8 4 scope=house; b r8 6 | total 6, best 6; site:house 4, best 4
sites that come to more than parts | a r8 civilians 2; b r8 4 scope=house
    | total at least 4, no best, implied, low_from sites; civilians 2, best 2; site:house 4, best 4
sites of which the totals are implied | a r8 civilians 7 scope=quarry; a r8 civilians 5 scope=house; b r8 10
    | total 10 or more, no best, conflicting; civilians at least 12, no best, implied, low_from sites; site:house at
    least 5, no best, conflicting, low_from parts; site:house civilians 5, no best, conflicting; site:quarry at least 7,
    no best, conflicting, low_from parts; site:quarry civilians 7, no best, conflicting
parts above the number of their own originator | a und civilians 9; a own8 5; b r8 5-100
    | total 5-100, best 5, compatible; civilians 9, no best
# Bests that do not fit.
sides beside the best of the combatants | a r8 12 civilians 5 combatants 7 side_a 3
    | total 12, best 12; civilians 5, best 5; combatants 7, best 7; side_a 3, best 3
a part that a relay adds beside an own one
    | a own8 civilians 5; a r8 civilians 5 combatants 4; b own8 7; c r8 combatants 4
    | total 7, best 7; civilians 5, no best; combatants 4, no best, compatible
medics that a relay adds | a own8 men 1; a r8 men 1 medics 9; b r8 7 | total 7, best 7; men 1, best 1; medics 9, no best
civilian children that a relay adds, more than the children
    | a own8 men 1; a r8 men 1 civilian_children 4; b r8 children 3
    | total at least 5, no best, implied, low_from parts; civilians at least 4, no best, implied, low_from parts; men 1,
    best 1; children 3, best 3; civilian_children 4, no best
civilian children that a relay adds, more than the civilians
    | a own8 men 1; a r8 men 1 civilian_children 4; b r8 civilians 3
    | total at least 5, no best, implied, low_from parts; civilians 3, best 3; men 1, best 1; children at least 4, no
    best, implied, low_from parts; civilian_children 4, no best
""")


@pytest.mark.parametrize("name", CASES)
def test_parts_and_wholes(name: str) -> None:
    check(*CASES[name])


def test_an_implied_total_rests_on_the_forms_of_its_parts() -> None:
    one = estimate_of(
        incident_of(
            claim("a", "r8", {"civilians": 5}), claim("b", "r8", {"civilians": 5}), claim("c", "r9", {"men": 1})
        )
    )
    assert (one.originators, one.used_forms, [each.claim.by for each in one.source_forms]) == (
        ("a", "b"),
        (),
        ["a", "b"],
    )


@pytest.mark.parametrize(
    ("sites", "added"),
    [
        ({"a": {"house+quarry": 7, "quarry": 5, "house": 4, "market": 1}}, {"a": [5, 4, 1]}),  # 5 and 4 are more than 7
        ({"a": {"house+quarry": 7, "house": 5, "market": 1}}, {"a": [7, 1]}),
        ({"a": {"house+quarry": 9, "quarry": 5, "house": 3, "market": 1}}, {"a": [9, 1]}),
        ({"a": {"house+quarry": 8, "quarry": 5, "house": 3}}, {"a": [8]}),
        ({"a": {f"x{n}": 1 for n in range(12)} | {"x0+x1": 3}}, {"a": [1] * 10 + [3]}),
        ({"a": {"house+quarry": 7, "quarry+x": 5, "house+y": 4}}, {"a": [5, 4]}),
        ({"a": {"house+quarry": 5, "market": 4, "quarry": 3, "house": 1}}, {"a": [5, 4]}),
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
        counts = sorted(form.count.min or 0 for form in total.source_forms)
        assert counts == sorted(count for each in added.values() for count in each)


NOTES = [
    (
        "a r8 4 scope=house; a r8 5 scope=quarry; b r8 8",
        "total",
        "the sites by a come to at least 9, more than any end stated",
    ),
    (
        "c r8 10 scope=house; a r8 9 scope=quarry; b r8 8",
        "total",
        "the sites by a come to at least 9, more than any end stated\n"
        "the sites by c come to at least 10, more than any end stated",
    ),
    ("a r8 4 scope=house; a r8 4 scope=quarry; b r8 8", "total", ""),
    (
        "a r8 civilians 9 combatants 0 women 8; b r8 7",
        "total",
        "the parts by a come to at least 9, more than any end stated",
    ),
    ("army r8 3; sohr r8 civilians 3+", "civilians", "the total by army closes the open end at 3"),
    ("army r8 3; c r8 2; sohr r8 civilians 3+", "civilians", "the total by army closes the open end at 3"),
    ("army r8 3; army r8b 2; sohr r8 civilians 3+", "civilians", "the total by army closes the open end at 3"),
    ("army r8 3; a r8 civilians 1+; b r8 civilians 2+", "civilians", "the total by army closes the open end at 3"),
    ("a r8 10; b r8 side_a 1+", "side_a", "the total by a closes the open end at 10"),
    (
        "us r8 70; local r8 60-100; pax r8 civilians 85+; vdc r8 civilians 75+",
        "total",
        "no best: the parts by pax come to at least 85, more than 70",
    ),
    (
        "a own8 civilians 5; a r8 7 civilians 5; b r8 combatants 4",
        "total",
        "no best: the parts that its originator's own text gives would be more",
    ),
]


@pytest.mark.parametrize(("claims", "group", "notes"), NOTES)
def test_notes_name_originators_and_numbers(claims: str, group: str, notes: str) -> None:
    trees = [claim_of(text) for text in claims.split(";")]
    for order in (trees, trees[::-1]):
        assert "\n".join(estimate_of(incident_of(*order), group).notes) == notes
