"""The worked cases of docs/method.md, in its order."""

import pytest

from estimate_samples import cases, check

CASES = cases("""
an undated own page beside a relay | sohr und 2; sohr r8 7 provisional | total 2-7, no best, unsettled, provisional
a later provisional count | sohr own8 2; sohr own9 7 provisional | total 7, best 7, provisional
two relays of one day | sohr r8 4; sohr r8b 9 | total 4-9, no best, unsettled
two relays of one day, and another originator between them | sohr r8 4; sohr r8b 9; shaam own8 7
    | total 4-9, no best, unsettled
a relay that lost the bound | sohr r8 7; sohr r8b 7+ | total at least 7, no best
a relay that lost the hedge | sohr r8 ~500; sohr r8b 500 | total 450-550, best 500, approximate
a relay that lost precision | sohr r8 7 civilians 4+ unknown_status 3 provisional; sohr r8b 7 civilians 1+
    | total 7, best 7, provisional; civilians 4-7, no best, provisional; unknown_status 3, best 3, provisional
the whole fell | sohr own8 12 civilians 12; sohr own9 8 | total 8, best 8
the whole rose | sohr own8 7 civilians 7; sohr own9 20 | total 20, best 20; civilians 7-20, no best
a withdrawn count and its relay | sohr own8 30 withdrawn; sohr r8 30; snhr own8 7 | total 7, best 7
a relay of an undated own page | snhr und 74; snhr r8 1+ | total 74, best 74
a relay before the own page | sohr r7 7; sohr own8 9 | total 9, best 9
a lower relay after the own page | sohr own8 9; sohr r9 7 | total 7-9, no best, unsettled
a higher relay after the own page | sohr own8 7; sohr r9 9 | total 9, best 9
the story
    | sohr r8 7 civilians 4+ unknown_status 3 wounded 15 strikes 14 provisional; activists r8 civilians 7+ wounded 12+
    jointly_with=first-responders; observatory r8 strikes 16 aircraft 4
    | total 7, best 7, provisional; civilians 4-7, best 7, compatible, provisional; unknown_status 3, no best,
    provisional; wounded 12-15, best 15, compatible, provisional; strikes 14-16, no best, conflicting, provisional;
    aircraft 4, best 4
the story, with an agency's relay
    | sohr r8 7 civilians 4+ unknown_status 3 wounded 15 strikes 14 provisional; activists r8 civilians 7+ wounded 12+
    jointly_with=first-responders; observatory r8 strikes 16 aircraft 4; sohr r8b 7 civilians 1+ wounded 15
    | total 7, best 7, provisional; civilians 4-7, best 7, compatible, provisional; unknown_status 3, no best,
    provisional; wounded 12-15, best 15, compatible, provisional; strikes 14-16, no best, conflicting, provisional;
    aircraft 4, best 4
at most alone | sohr r8 <5; shaam own8 7 | total at most 7, no best, conflicting
at most, beside an open end | sohr r8 <5; shaam own8 7+ | total up to 5, or at least 7, no best, conflicting
a part by one originator that exceeds the best of others | us r8 70; local r8 60-100; pax r8 civilians 85+
    | total 60-100, no best, compatible; civilians 85-100, no best
parts by two originators that exceed the best of others
    | us r8 70; local r8 60-100; pax r8 civilians 85+; vdc r8 civilians 75+; army r8 60-100 civilians <100
    | total 60-100, no best, compatible; civilians at most 100, no best, compatible
an open count that is closed at the same start | sohr own8 28+ women 9; sohr own9 28
    | total 28, best 28; women 9, best 9
an approximate and an exact number | sohr r8 ~500; shaam own8 512 | total 450-550, best 512, compatible, approximate
sites alone | sohr r8 7 scope=quarry; sohr r8 5 scope=house
    | total at least 12, no best, implied, low_from sites; site:house 5, best 5; site:quarry 7, best 7
nought of a part is no total | sohr r8 civilians 0 | civilians 0, best 0
parts that exceed their whole | sohr r8 girls 4+; shaam own8 children 2
    | total at least 4, no best, implied, low_from parts; girls at least 4, no best, conflicting; children 2 or more, no
    best, conflicting
combined lows of parts that one voice gives
    | a r8 civilians 3 unknown_status 3; b r8 civilians 3+ unknown_status 3+ combatants 3
    | total at least 9, no best, implied, low_from parts; civilians 3-6, no best, compatible; combatants at least 3,
    best 3; unknown_status 3, best 3, compatible
civilians of one, combatants of another | sohr r8 civilians 5; army r8 combatants 5
    | total at least 5, no best, implied, low_from parts; civilians 5, best 5; combatants 5, best 5
a later count of one part | sohr own8 9 civilians 4 combatants 2; sohr own9 civilians 5
    | total 9, best 9; civilians 5, best 5; combatants 2, best 2
a total that another voice gives closes a part | army r8 3; sohr r8 civilians 3+ | total 3, best 3; civilians 3, no best
a role and children | sohr r8 medics 1; shaam r8 children 2
    | total at least 2, no best, implied, low_from parts; children 2, best 2; medics 1, best 1
a joint count, and a later one of one of them | sohr r8 7 jointly_with=snhr; snhr own9 9
    | total 7-9, no best, conflicting
what a dataset coded beside an account of its source | ucdp und 10 civilians 6 side_b 4 based_on=sohr; sohr own8 10
    | total 10, best 10; civilians 6, best 6; combatants 4-10, no best, implied, low_from parts; side_b 4, best 4
a number without a source | paper own8 40 unstated; sohr own8 30 | total 30-40, best 30
""")


@pytest.mark.parametrize("name", CASES)
def test_worked_case(name: str) -> None:
    check(*CASES[name])
