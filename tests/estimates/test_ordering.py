"""Section 2 of docs/method.md: the states of one originator."""

import pytest

from estimate_samples import cases, check

CASES = cases("""
as_of goes before the date of the report | a own9 7 as_of=7; a own8 5 | total 5, best 5
a day among times is a form of the newest that it fits | a r8 7 as_of=8T10; a r8b 9 as_of=8T12; a own8 5+
    | total at least 5, no best
supersedes orders what has no date | a und 9 id=old; a rund 7 supersedes=old | total 7, best 7
supersedes and a later date give the same | a own8 9 civilians 4 combatants 2 id=old; a und civilians 5 supersedes=old
    | total 9, best 9; civilians 5, best 5; combatants 2, best 2
an undated relay of an older state | a own8 7; a own9 9; a rund 7 | total 9, best 9
an undated relay that fits nothing | a own8 7; a rund 12 | total 7-12, no best, unsettled
a relay of the day of the own page that does not fit | a own8 7; a r8 9 | total 7-9, no best, unsettled
a relay with as_of of that day yields to the own page | a own8 7; a r9 9 as_of=8 | total 7, best 7
a joint text is the own text of each who gives it | a own8 5 jointly_with=b; b own7 7 | total 5, best 5
a relay of an undated page that was superseded | a und 2 id=old; a und 7 supersedes=old; a r8 2 | total 7, best 7
# 2.1: withdrawn accounts, and relays of them with a time.
a relay of the day of the withdrawal | a own8 30 id=x withdrawn; a r9 30 as_of=20T10 | nothing
a relay of another number than the withdrawn one | a own8 30 withdrawn; a r9 9 as_of=8 | total 9, best 9
an own text with the withdrawn number | a own8 30 withdrawn; a own9 30 as_of=9 | total 30, best 30
a relay without a time that fits a newer page as well | a own8 30 withdrawn; a own9 25+; a r10 30 women 3
    | total at least 25, no best; women 3, best 3
a relay of the withdrawn number that supersedes another
    | a own7 5 id=x; a own8 30 withdrawn; a r9 30 as_of=9 supersedes=x
    | total 5, best 5
# 2.2: times.
a relay that supersedes has the day of print | a own7 5 id=x; a r9 7 supersedes=x; a own8 6 | total 7, best 7
no earlier than what it supersedes, twice | a own9 5 id=z; a und 6 id=y supersedes=z; a und 7 id=x supersedes=y
    | total 7, best 7
as late as what supersedes it, twice | a und 5 id=x; a und 6 id=y supersedes=x; a own9 7 supersedes=y | total 7, best 7
later than a page before what supersedes it | a und women 2 id=x; a own9 7 supersedes=x; a own8 women 3
    | total 7, best 7; women 2, best 2
as late as the dated one that supersedes it | a und women 2 id=x; a und 6 id=y supersedes=x; a own9 women 3 supersedes=x
    | total 6, best 6; women 3, best 3
as late as the earliest that supersedes it
    | a und women 2 id=x; a own8 5 supersedes=x; a own9 women 3; a own10 5 supersedes=x
    | total 5, best 5; women 3, best 3
# 2.3: those that supersede others of the same time.
a state after the longest chain | a own8 5 id=x; a own8 6 id=y supersedes=x; a own8 7 supersedes=x+y | total 7, best 7
one state with what supersedes an older one | a own7 5 id=x; a own8 7 as_of=8T10 supersedes=x; a own9 9 as_of=8T10
    | total 7-9, no best, unsettled
# 2.4: a day alone on a day with times or links.
a day alone, a form of the newest of a chain | a own8 7 id=x; a r8 9 supersedes=x; a r9 9 women 2 as_of=8
    | total 9, best 9; women 2, best 2
a day alone, a form of the older time that it fits | a r8 7 as_of=8T10; a r8b 9 as_of=8T12; a own8 7 women 2
    | total 9, best 9; women 2-9, no best
a day alone that fits no time | a r8 7 as_of=8T10; a r8b 9 as_of=8T12; a own8 5 | total 5, best 5
a day alone, before a later page | a r8 7 as_of=8T10; a own8 5+; a own9 9 | total 9, best 9
# 2.5: chains without a time.
two chains without a time | a und 5 id=x; a und 6 id=y supersedes=x provisional; a und 8 id=u; a und 9 id=v supersedes=u
    | total 6-9, no best, unsettled, provisional
# 2.6: relays without a time.
relays of two days | a r8 7; a r9 9 | total 9, best 9
a lower relay of a later day | a r8 9; a r9 7 | total 7-9, no best, unsettled
relays of one day, one with its hour | a r8 4; a r8t 9 | total 4-9, no best, unsettled
a relay lower in one group of two | a own8 7 women 4; a r9 9 women 2
    | total 7-9, no best, unsettled; women 2-4, no best, unsettled
a relay that fits one group of two | a own8 7 women 2; a r9 7 women 5 | total 7, best 7; women 5, best 5
a relay without a common group | a own8 men 3+; a r9 5 | total 5, best 5; men 3-5, no best
a lower relay before the newest page | a own7 5; a own9 9; a r10 9 as_of=9; a r8 4 | total 9, best 9
a relay higher than the newest of two pages | a own7 9; a own8 5; a r9 7 | total 7, best 7
a relay of a day that another speaks of | a r10 9 as_of=9; a r9 12 | total 9-12, no best, unsettled
a final relay of a day that a provisional one speaks of | a r10 9 as_of=9 provisional; a r9 12 | total 12, best 12
a relay of a day with two times | a r10 7 as_of=9T10; a r10 9 as_of=9T12; a r9 12 | total 9-12, no best, unsettled
a relay that fits the older of two undated pages | a und 2 id=x; a und 7 supersedes=x; a r8 2 women 1
    | total 7, best 7; women 1-7, no best
a relay that fits both of two undated pages | a und 2+ id=x; a und 5+ supersedes=x; a r8 6 women 1
    | total at least 5, no best; women 1, best 1
a relay that fits an undated relay | a und 2 id=x; a rund 7 supersedes=x; a r8 ~7 | total 7-8, best 7, approximate
a relay of a withdrawn page and of an older one | a own7 20+; a own8 30 as_of=8T10 withdrawn; a r8 30 women 2
    | total at least 20, no best
an undated relay of a withdrawn page and of an older one | a own7 20+; a own8 30 withdrawn; a rund 30 women 2
    | total at least 20, no best
a relay older than a withdrawn page | a own7 20+; a own9 30 withdrawn; a r8 30 women 2
    | total at least 20, no best; women 2, best 2
a relay that does not fit a withdrawn page | a own7 9; a own8 30 withdrawn; a r8 9 women 2
    | total 9, best 9; women 2, best 2
a relay of a withdrawn page and of an undated one | a own8 30 withdrawn; a und 20+; a r9 30 women 2
    | total at least 20, no best
a relay of an undated withdrawn page | a und 30 withdrawn; a r9 30 | nothing
a relay of an undated withdrawn page and of another | a und 30 withdrawn; a und 20+; a r9 30 women 2
    | total at least 20, no best; women 2, best 2
times of one day | a r8b 7 as_of=8T10; a r8 9 as_of=8T12 | total 9, best 9
a day alone comes before the times of that day | a own8 5 id=x; a own9 6 as_of=8 supersedes=x; a r8 7 as_of=8T10
    | total 7, best 7
a relay of a withdrawn number of a page and of its other one | a own8 30 withdrawn; a own8 25+; a r9 30 women 2
    | total at least 25, no best; women 2, best 2
a relay between two that differ | a r8 4; a r8b 9; a r9 7 | total 7, best 7
a relay that fits one of two that differ | a r8 4; a r8b 9; a r9 9 women 1
    | total 4-9, no best, unsettled; women 1, best 1
a withdrawn relay has no time | a own7 20+; a r8 30 withdrawn; a r9 30 women 2
    | total at least 20, no best; women 2, best 2
a joint text in a page of the second | b a-own8 5 jointly_with=a; b own7 7 | total 5, best 5
an open relay that does not fit in another group | a own8 9 women 2; a r9 9+ women 5
    | total at least 9, no best; women 5, best 5
the first of two undated pages by name | a und 6+ id=x; a und 5+ id=y provisional; a r8 7 men 1
    | total at least 6, no best, provisional; men 1, best 1
""")


@pytest.mark.parametrize("name", CASES)
def test_states_are_ordered(name: str) -> None:
    check(*CASES[name])


@pytest.mark.parametrize("ids", [("m", "n", "o"), ("o", "n", "m"), ("n", "o", "m"), ("m", "o", "n")])
def test_undated_page_follows_superseded_claim_for_any_ids(ids: tuple[str, ...]) -> None:
    first, second, third = ids
    check(
        f"a own7 7 id={first}; a und 9 id={second} supersedes={first}; "
        f"a own10 men 1 id={third} supersedes={second}; a own8 4",
        "total 4, best 4; men 1, best 1",
    )
