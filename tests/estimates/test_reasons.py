"""Why a number isn't used."""

import pytest

from estimate_samples import claim_of, estimate_of, incident_of

CASES = [
    ("a r8 9 withdrawn; b r8 7", "total", "a.r8 withdrawn by its originator on 2022-09-20"),
    (
        "a own8 30 withdrawn; a r9 30; a r10 30 as_of=8; b r8 30",
        "total",
        "a.a-own8 withdrawn by its originator on 2022-09-20; a.r10 relay of a count that its originator withdrew; "
        "a.r9 relay of a count that its originator withdrew",
    ),
    ("a own8 9; a own9 7", "total", "a.a-own8 of an older state; newer: a.a-own9"),
    ("a own8 9; a r9 4; a r9 7 as_of=9", "total", "a.a-own8 of an older state; newer: a.r9 and a.r9.2"),
    ("a own8 9; a r8 9", "total", "a.r8 relay; its originator's own text gives the group"),
    ("a own8 9; a r9 7 as_of=8", "total", "a.r9 relay that does not fit its originator's own text of that time"),
    (
        "a own8 12 civilians 12; a own9 8; b r8 civilians 1",
        "civilians",
        "a.a-own8 its whole was counted anew, and fell",
    ),
    ("a own8 12 women 3; a own9 8; a r9 8 women 2", "women", "a.a-own8 of an older state; newer: a.r9"),
    (
        "a own8 7 unknown_status 3; a own9 civilians 6; b r8 unknown_status 1",
        "unknown_status",
        "a.a-own8 its group was counted before those beside it were counted anew",
    ),
    ("a r8 7 women <5; a r8b 7 women 2+; a r9 20", "women", "a.r8 of an older state; newer: a.r8b"),
    (
        "a own8 7 women 6; a own9 men 4; b r8 women 1",
        "women",
        "a.a-own8 cannot be true beside the newer numbers of its originator",
    ),
    ("a r8 4 provisional; a r8b 9", "total", "a.r8 provisional, and does not fit a final count"),
    ("a r8 ~500; a r8b 500", "total", "a.r8b bare number, of which another form keeps the hedge"),
    ("a r8 4; a r8b 9; a r9 3+ as_of=8", "total", "a.r9 open, and fits each of the other numbers of its originator"),
    (
        "a r7 civilians 12; a r8 1-10; a r8b 5-20",
        "total",
        "a.r8 does not fit the other numbers of its originator",
    ),
    (
        "a r8 5; a r8b women 2; a r8t women 6",
        "women",
        "a.r8t cannot be true beside the other groups of its originator",
    ),
    (
        "ucdp und 9 based_on=a; a own8 9",
        "total",
        "ucdp.ucdp-und coded from reports of a, which has an account of its own",
    ),
    (
        "ucdp und 9 based_on=a+b; a own8 9; b own8 9",
        "total",
        "ucdp.ucdp-und coded from reports of a, b, which has an account of its own",
    ),
    (
        "ucdp own7 civilians 3 based_on=a; ucdp own8 9 civilians 4 based_on=a; a own8 9",
        "civilians",
        "ucdp.ucdp-own7 of an older state; newer: ucdp.ucdp-own8",
    ),
    (
        "a own7 12 women 3; a own8 12 women 4; a own9 8; b r8 women 1",
        "women",
        "a.a-own7 of an older state; a.a-own8 its whole was counted anew, and fell",
    ),
    # Joint originators leave the claim out for different reasons.
    (
        "c own8 medics 0 withdrawn; b r8b medics 0 civilians 0 id=old jointly_with=c; "
        "b r7 civilians 0 as_of=8 supersedes=old",
        "civilians",
        "old of an older state; newer: b.r7",
    ),
]


@pytest.mark.parametrize(("claims", "group", "reasons"), CASES)
def test_unused_numbers_say_why(claims: str, group: str, reasons: str) -> None:
    trees = [claim_of(text) for text in claims.split(";")]
    for order in (trees, trees[::-1]):
        unused = estimate_of(incident_of(*order), group).left_out
        assert "; ".join(f"{one.form.claim.key} {one.reason}" for one in unused) == reasons
