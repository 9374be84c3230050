"""Section 4 of docs/method.md: the current state of one originator."""

import pytest

from estimate_samples import cases, check

CASES = cases("""
an unknown status does not stay once civilians are counted anew | a own8 7 unknown_status 3; a own9 civilians 6
    | total 7, best 7; civilians 6, best 6
what can't be true beside newer numbers does not stay | a own8 7 women 6; a own9 men 4 | total 7, best 7; men 4, best 4
a relay of a withdrawn count goes along, a later one does not | a own8 30 withdrawn; a r9 30 as_of=21
    | total 30, best 30
a relay of the correction stays on the day of the withdrawal
    | a r8 110+ id=first withdrawn; a r9 tens as_of=20 supersedes=first
    | total at least 20, no best
an unknown status stays where none of its groups is counted anew | a own8 7 unknown_status 3; a own9 women 2
    | total 7, best 7; unknown_status 3, best 3; women 2, best 2
newest first | a own7 men 5; a own8 women 6; a own9 8 | total 8, best 8; women 6, best 6
wholes before parts | a own8 9 boys 5; a own9 women 5 | total 9, best 9; women 5, best 5
children before girls and boys | a own8 children 3 boys 2; a own9 girls 2
    | total at least 3, no best, implied, low_from parts; girls 2, best 2; children 3, best 3
the whole rose by its end | a own8 7 women 2; a own9 7+ | total at least 7, no best; women at least 2, no best
the whole fell by its end | a own8 4-9 women 3; a own9 4-6 | total 4-6, no best
an open whole fell | a own8 28+ women 9; a own9 20 | total 20, best 20
a part without a start does not stay where the whole rose | a own8 7 women <2; a own9 20 | total 20, best 20
an unsettled part stays as its lowest start where the whole rose | a r8 7 women 2; a r8b 7 women 4; a own9 20
    | total 20, best 20; women 2-20, no best
of an unsettled part the form that is possible stays
    | a own7 men 4; a r8 women 2 provisional; a r8b women 6 provisional; a own9 5
    | total 5, best 5; women 2, best 2, provisional
of an unsettled part the forms that are possible stay
    | a r8 women 2 provisional; a r8b women 3 provisional; a r9 women 6 as_of=8 provisional; a own9 5
    | total 5, best 5; women 2-3, no best, unsettled, provisional
a settled part of two forms stays or goes as one | a r8 women 6; a r8b women 3+; a own9 5 | total 5, best 5
the nearest whole decides | a own8 10 children 3 girls 2; a own9 20 children 3
    | total 20, best 20; girls 2, best 2; children 3, best 3
""")


@pytest.mark.parametrize("name", CASES)
def test_current_state(name: str) -> None:
    check(*CASES[name])
