"""Section 1 of docs/method.md: a count is an interval, and the counts of one account bound each other."""

import pytest

from conflict_incidents.estimates.intervals import rounding_radius
from estimate_samples import cases, check, claim_of, estimate_of, incident_of

CASES = cases("""
at least has no end | a r8 7+ | total at least 7, no best
at most has no start | a r8 <7 | total at most 7, no best
between without a best | a r8 4-6 | total 4-6, no best
the best of a range | a r8 4-6=5 | total 4-6, best 5
a best outside of its range | a r8 4-6=9 | total 4-6, no best
a vague word | a r8 dozens | total at least 24, no best
those not identified may be civilians | a r8 7 civilians 4 unknown_status 3
    | total 7, best 7; civilians 4-7, best 4; unknown_status 3, best 3
those of unknown sex may be women | a r8 7 women 2 unknown_sex_or_age 1
    | total 7, best 7; women 2-3, best 2; unknown_sex_or_age 1, best 1
complete statuses leave the rest | a r8 9 civilians 4 combatants 2+ unknown_status 0 statuses_complete
    | total 9, best 9; civilians 4, best 4; combatants 5, no best; unknown_status 0, best 0
complete statuses of which one is not given | a r8 9 civilians 4 combatants 2+ statuses_complete
    | total 9, best 9; civilians 4, best 4; combatants 2-5, no best
an unknown status leaves the sexes as they are | a r8 7 civilians 4 women 2 unknown_status 3
    | total 7, best 7; civilians 4-7, best 4; unknown_status 3, best 3; women 2, best 2
statuses that are not said to be complete | a r8 9 civilians 4 combatants 2+ unknown_status 0
    | total 9, best 9; civilians 4, best 4; combatants 2-5, no best; unknown_status 0, best 0
complete statuses by one claim of two | a r8 9 civilians 4 unknown_status 0 statuses_complete; a r8 combatants 2+
    | total 9, best 9; civilians 4, best 4; combatants 5, no best; unknown_status 0, best 0
complete statuses give the total | a r8 5+ civilians 4 combatants 2 unknown_status 0 statuses_complete
    | total 6, no best; civilians 4, best 4; combatants 2, best 2; unknown_status 0, best 0
complete statuses without a total | a r8 civilians 4 combatants 2+ statuses_complete
    | total at least 6, no best, implied, low_from parts; civilians 4, best 4; combatants at least 2, no best
complete statuses that can't be true | a r8 9 civilians 4 combatants 2 unknown_status 1 statuses_complete
    | total 9, best 9; civilians 4-5, best 4; combatants 2-3, best 2; unknown_status 1, best 1
complete statuses beside a part above the total
    | a r8 9 women 10 civilians 4 combatants 2+ unknown_status 0 statuses_complete
    | total 9 or more, no best, conflicting; civilians 4, best 4; combatants 5, no best; unknown_status 0, best 0; women
    10, no best, conflicting
complete statuses of an open total, of which one may be none
    | a r8 5+ civilians 6 combatants 0+ unknown_status 0 statuses_complete
    | total at least 6, no best; civilians 6, best 6; combatants at least 0, no best; unknown_status 0, best 0
complete statuses that are open | a r8 6+ civilians 4+ combatants 0+ unknown_status 0 statuses_complete
    | total at least 6, no best; civilians at least 4, no best; combatants at least 0, no best; unknown_status 0, best 0
complete statuses of a total without a start | a r8 <9 civilians 0+ combatants 0+ unknown_status 0 statuses_complete
    | total at most 9, no best; civilians 0-9, no best; combatants 0-9, no best; unknown_status 0, best 0
complete sexes leave the rest | a r8 9 women 2 men 3 girls 1 boys 1+ unknown_sex_or_age 0 sexes_complete
    | total 9, best 9; women 2, best 2; men 3, best 3; girls 1, best 1; boys 3, no best; unknown_sex_or_age 0, best 0;
    children 4-9, no best, implied, low_from parts
sexes that are not said to be complete | a r8 9 women 2 men 3 girls 1 boys 1+ unknown_sex_or_age 0
    | total 9, best 9; women 2, best 2; men 3, best 3; girls 1, best 1; boys 1-3, no best; unknown_sex_or_age 0, best 0;
    children 2-9, no best, implied, low_from parts
complete sexes by one claim of two | a r8 9 women 2 children 2 sexes_complete; a r8 men 3+
    | total 9, best 9; women 2, best 2; men 5, no best; children 2, best 2
complete sexes with the girls among the children | a r8 9 women 2 men 3+ children 2 girls 1 sexes_complete
    | total 9, best 9; women 2, best 2; men 3-5, no best; girls 1, best 1; children 2, best 2
complete sexes with all of the children
    | a r8 9 women 2 men 3+ children 3 girls 0 boys 2 unknown_sex_or_age 1 sexes_complete
    | total 9, best 9; women 2, best 2; men 4, no best; girls 0-1, best 0; boys 2-3, best 2; unknown_sex_or_age 1, best
    1; children 3, best 3
complete sexes with more than the children
    | a r8 9 women 2 men 3+ children 3 girls 2 boys 1 unknown_sex_or_age 1 sexes_complete
    | total 9, best 9; women 2-3, best 2; men 3-4, no best; girls 2, best 2; boys 1, best 1; unknown_sex_or_age 1, best
    1; children 3, best 3
complete sexes of a total without a start | a r8 <9 girls 2 children 5 sexes_complete
    | total 5-9, no best; girls 2, best 2; children 5, best 5
# Which claims are one account.
two claims of one report | a r8 7 civilians 4 id=x; a r8 unknown_status 3 id=y
    | total 7, best 7; civilians 4-7, best 4; unknown_status 3, best 3
a claim that is superseded alone | a und 5 id=x; a und women 2; a own9 7 supersedes=x | total 7, best 7; women 2, best 2
a claim that was withdrawn alone | a r8 7; a r8 women 2 withdrawn | total 7, best 7
two reports of which each bounds its own numbers | a r8 7 civilians 4+; a r8b 12 civilians 9
    | total 7-12, no best, unsettled; civilians 4-9, no best, unsettled
# Bounds of the groups of one account.
parts of the civilian children | a r8 civilian_children 2
    | total at least 2, no best, implied, low_from parts; civilians at least 2, no best, implied, low_from parts;
    children at least 2, no best, implied, low_from parts; civilian_children 2, best 2
women, men and children | a r8 women 2 men 3 children 4
    | total at least 9, no best, implied, low_from parts; women 2, best 2; men 3, best 3; children 4, best 4
all sexes, and those unknown | a r8 women 1 men 2 girls 3 boys 4 unknown_sex_or_age 5
    | total at least 15, no best, implied, low_from parts; women 1-6, best 1; men 2-7, best 2; girls 3-8, best 3; boys
    4-9, best 4; unknown_sex_or_age 5, best 5; children at least 7, no best, implied, low_from parts
a single medic | a r8 medics 1 | total at least 1, no best, implied, low_from parts; medics 1, best 1
sides within combatants within the total | a r8 10 civilians 4 side_a 1+
    | total 10, best 10; civilians 4, best 4; combatants 1-10, no best, implied, low_from parts; side_a 1-6, no best
girls beside boys of the children | a r8 children 5 girls 2+ boys 2
    | total at least 5, no best, implied, low_from parts; girls 2-3, no best; boys 2, best 2; children 5, best 5
an open unknown status | a r8 10 civilians 4 unknown_status 2+
    | total 10, best 10; civilians 4-10, best 4; unknown_status 2-6, no best
a total without a start | a r8 <9 women 2 | total 2-9, no best; women 2, best 2
a best below its range | a r8 4-6=2 | total 4-6, no best
about one | a r8 ~1 | total 0-2, best 1, approximate
""")


@pytest.mark.parametrize("name", CASES)
def test_account(name: str) -> None:
    check(*CASES[name])


@pytest.mark.parametrize(
    ("number", "radius"), [(500, 50), (100, 25), (150, 25), (30, 5), (11, 1), (1, 1), (10, 2), (15, 2), (2500, 250)]
)
def test_an_approximate_number_reaches_as_far_as_it_was_rounded(number: int, radius: int) -> None:
    assert rounding_radius(number) == radius


@pytest.mark.parametrize(("count", "text"), [("7", "7"), ("7+", "at least 7"), ("<7", "at most 7"), ("4-6", "4-6")])
def test_an_interval_as_text(count: str, text: str) -> None:
    (form,) = estimate_of(incident_of(claim_of(f"a r8 {count}"))).used_forms
    assert str(form.interval) == text
