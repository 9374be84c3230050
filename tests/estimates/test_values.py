"""Section 3 of docs/method.md: one state, several forms."""

import pytest

from estimate_samples import SOLE, cases, check, claim, estimate_of, estimate_text, incident_of

CASES = cases("""
a fitting relay adds groups | a own8 7; a r8 7 women 2 | total 7, best 7; women 2, best 2
a relay adds nothing to what an older own page gives | a own8 7 women 2; a own9 7; a r10 7 women 1+
    | total 7, best 7; women 2, best 2
a provisional form that does not fit the final one goes | a r8 4 provisional; a r8b 9 | total 9, best 9
what a relay adds bounds no number of the own text | a own8 7 civilians 4+; a r9 7 civilians 4 combatants 2
    | total 7, best 7; civilians 4-7, no best; combatants 2, best 2
what a relay adds has to be possible | a own8 7 civilians 6; a r9 7 combatants 3 | total 7, best 7; civilians 6, best 6
what stays of an older own text goes before what a relay adds | a own7 7 women 6; a own8 7; a r8 7 men 4
    | total 7, best 7; women 6, best 6
a whole that a relay adds closes nothing | a own8 girls 1+; a r8 girls 1+ children 3
    | total at least 3, no best, implied, low_from parts; girls at least 1, no best; children 3, best 3
parts that a relay adds exceed nothing | a own8 civilians 5; a r8 civilians 5 combatants 4; b own8 7
    | total 7, best 7; civilians 5, best 5; combatants 4, no best
an open form that fits each of two others says less | a r8 4; a r8b 9; a rund 3+ | total 4-9, no best, unsettled
provisional forms alone | a r8 4 provisional; a r8b 9 provisional | total 4-9, no best, unsettled, provisional
a provisional form that fits one of two final ones | a r8 4+; a r8b 9; a r9 5 as_of=8 provisional
    | total at least 9, no best
a closed form that fits each of two others stays | a r8 4-5; a r8b 8-9; a r9 3-10 as_of=8
    | total 3-10, no best, unsettled
an open form that fits no other stays | a r8 4; a r8b 9+; a rund 7 | total 4-7, or at least 9, no best, unsettled
two forms that fit, and one that does not | a r8 7; a r8b 7+; a rund 4 | total 4, or at least 7, no best, unsettled
a relay that does not fit in one group adds nothing | a own8 7 women 2; a r9 7 women 5 men 1 as_of=8
    | total 7, best 7; women 2, best 2
a relay adds what an older relay gave | a r7 women 3; a own8 7; a r9 7 women 2 as_of=8
    | total 7, best 7; women 2, best 2
what two relays add has to be possible | a own8 8; a r8 8 women 5; a r8b 8 men 4 | total 8, best 8; men 4, best 4
what an undated page gives as well is not added | a own8 men 1; a r8 men 1 women 6; a und women 6; b r8 5
    | total 5 or more, no best, conflicting; women 6, no best, conflicting; men 1, no best, conflicting
# Bounds inside one voice.
an unsettled group bounds no other | a r8 10 men 1+; a r8b women 4; a r8t women 9
    | total 10, best 10; women 4-9, no best, unsettled; men 1-10, no best
a form that can't be true beside the total | a r8 5; a r8b women 2; a r8t women 6 | total 5, best 5; women 2, best 2
forms of which none can be true beside the total | a r8 5; a r8b women 6; a r8t women 7
    | total 5 or more, no best, conflicting; women 6-7, no best, conflicting
settled numbers that can't all be true | a und women 9; a own8 7
    | total 7 or more, no best, conflicting; women 9, no best, conflicting
an unknown status adds to numbers of its own account | a own8 civilians 5; a own9 unknown_status 3
    | total at least 5, no best, implied, low_from parts; civilians 5, best 5; unknown_status 3, best 3
an unknown status adds to settled numbers | a r8 civilians 5 unknown_status 3; a r8b civilians 9
    | total at least 5, no best, implied, low_from parts; civilians 5-9, no best, unsettled; unknown_status 3, best 3
unsettled unknown statuses are part of the total | a r8 unknown_status 3; a r8b unknown_status 5
    | total at least 3, no best, implied, low_from parts; unknown_status 3-5, no best, unsettled
unsettled unknown sexes are part of the total | a r8 unknown_sex_or_age 3; a r8b unknown_sex_or_age 5
    | total at least 3, no best, implied, low_from parts; unknown_sex_or_age 3-5, no best, unsettled
an open number closed by its total is no bare one | a r8 civilians ~7; a r8b 7 civilians 7+
    | total 7, best 7; civilians 7, no best, approximate
a number with those unknown is no bare one | a r8 7 civilians 4 unknown_status 3; a r8b 7 civilians 3-5
    | total 7, best 7; civilians 4-7, no best; unknown_status 3, best 3
""")


@pytest.mark.parametrize("name", CASES)
def test_forms_of_one_state(name: str) -> None:
    check(*CASES[name])


def test_a_form_below_what_the_parts_come_to_is_not_used() -> None:
    claims = [
        claim("a", "r7", {"civilians": 12}),
        claim("a", "r8", {"between": [1, 10], "best": 7}),
        claim("a", "r8b", {"between": [5, 20], "best": 15}),
    ]
    one = estimate_of(incident_of(*claims))
    assert estimate_text(one) == f"12-20, best 15, {SOLE}"
    assert [form.claim.report for form in one.used_forms] == ["r8b"]
