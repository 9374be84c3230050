"""Section 4 of docs/method.md: the current state of one originator."""

import pytest

from estimate_samples import PROVISIONAL, SOLE, WITHDRAWN, Case, about, at_least, check, claim, estimate_of, incident_of
from samples import Tree

CASES: dict[str, Case] = {
    "an unknown status does not stay once civilians are counted anew": (
        [claim("a", "own8", {"total": 7, "unknown_status": 3}), claim("a", "own9", {"civilians": 6})],
        {"killed total": f"7, best 7, {SOLE}", "killed civilians": f"6, best 6, {SOLE}"},
    ),
    "what can't be true beside newer numbers does not stay": (
        [claim("a", "own8", {"total": 7, "women": 6}), claim("a", "own9", {"men": 4})],
        {"killed total": f"7, best 7, {SOLE}", "killed men": f"4, best 4, {SOLE}"},
    ),
    "a relay of a withdrawn count goes along, a later one does not": (
        [claim("a", "own8", 30, **WITHDRAWN), claim("a", "r9", 30, as_of="2022-09-21")],
        {"killed total": f"30, best 30, {SOLE}"},
    ),
    "a relay of the correction stays on the day of the withdrawal": (
        [
            claim("a", "r8", at_least(110), id="first", **WITHDRAWN),
            claim("a", "r9", {"word": "tens"}, as_of="2022-09-20", supersedes=["first"]),
        ],
        {"killed total": f"at least 20, no best, {SOLE}"},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_current_state(name: str) -> None:
    check(*CASES[name])


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ([claim("a", "r8", 9, **WITHDRAWN), claim("b", "r8", 7)], "withdrawn by its originator on 2022-09-20"),
        (
            [claim("a", "own8", 30, **WITHDRAWN), claim("a", "r9", 30), claim("b", "r8", 30)],
            "relay of a count that its originator withdrew",
        ),
        ([claim("a", "own8", 9), claim("a", "own9", 7)], "of an older state; newer: a.a-own9"),
        ([claim("a", "own8", 9), claim("a", "r8", 9)], "relay; its originator's own text gives the group"),
        (
            [claim("a", "own8", 9), claim("a", "r9", 7, as_of="2022-09-08")],
            "relay that does not fit its originator's own text of that time",
        ),
        ([claim("a", "r8", 4, **PROVISIONAL), claim("a", "r8b", 9)], "provisional, and does not fit a final count"),
        ([claim("a", "r8", about(500)), claim("a", "r8b", 500)], "bare number, of which another form keeps the hedge"),
        (
            [claim("a", "r8", 4), claim("a", "r8b", 9), claim("a", "r9", at_least(3), as_of="2022-09-08")],
            "open, and fits each of the other numbers of its originator",
        ),
        (
            [
                claim("a", "r7", {"civilians": 12}),
                claim("a", "r8", {"between": [1, 10]}),
                claim("a", "r8b", {"between": [5, 20]}),
            ],
            "does not fit the other numbers of its originator",
        ),
        (
            [claim("ucdp", "und", 9, based_on=["a"]), claim("a", "own8", 9)],
            "coded from reports of a, which has an account of its own",
        ),
    ],
)
def test_a_claim_that_is_not_used_says_why(claims: list[Tree], reason: str) -> None:
    assert reason in {unused.reason for unused in estimate_of(incident_of(*claims)).left_out}


def test_the_reason_is_the_same_in_any_order_where_joint_originators_leave_a_claim_out_for_different_ones() -> None:
    claims = [
        claim("c", "own8", {"medics": 0}, **WITHDRAWN),
        claim("b", "r8b", {"medics": 0, "civilians": 0}, id="old", jointly_with=["c"]),
        claim("b", "r7", {"civilians": 0}, as_of="2022-09-08", supersedes=["old"]),
    ]
    reasons = [
        {one.reason for one in estimate_of(incident_of(*order), "civilians").left_out}
        for order in (claims, claims[::-1])
    ]
    assert reasons == [{"of an older state; newer: b.r7"}] * 2
