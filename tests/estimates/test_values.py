"""Section 3 of docs/method.md: one state, several forms."""

import pytest

from estimate_samples import PROVISIONAL, SOLE, Case, at_least, check, claim, estimate_of, estimate_text, incident_of

CASES: dict[str, Case] = {
    "a fitting relay adds groups": (
        [claim("a", "own8", 7), claim("a", "r8", {"total": 7, "women": 2})],
        {"killed total": f"7, best 7, {SOLE}", "killed women": f"2, best 2, {SOLE}"},
    ),
    "a relay adds nothing to what an older own page gives": (
        [
            claim("a", "own8", {"total": 7, "women": 2}),
            claim("a", "own9", 7),
            claim("a", "r10", {"total": 7, "women": at_least(1)}),
        ],
        {"killed total": f"7, best 7, {SOLE}", "killed women": f"2, best 2, {SOLE}"},
    ),
    "a provisional form that does not fit the final one goes": (
        [claim("a", "r8", 4, **PROVISIONAL), claim("a", "r8b", 9)],
        {"killed total": f"9, best 9, {SOLE}"},
    ),
    "what a relay adds bounds no number of the own text": (
        [
            claim("a", "own8", {"total": 7, "civilians": at_least(4)}),
            claim("a", "r9", {"total": 7, "civilians": 4, "combatants": 2}),
        ],
        {
            "killed total": f"7, best 7, {SOLE}",
            "killed civilians": f"4-7, no best, {SOLE}",
            "killed combatants": f"2, best 2, {SOLE}",
        },
    ),
    "what a relay adds has to be possible": (
        [claim("a", "own8", {"total": 7, "civilians": 6}), claim("a", "r9", {"total": 7, "combatants": 3})],
        {"killed total": f"7, best 7, {SOLE}", "killed civilians": f"6, best 6, {SOLE}"},
    ),
    "what stays of an older own text goes before what a relay adds": (
        [
            claim("a", "own7", {"total": 7, "women": 6}),
            claim("a", "own8", 7),
            claim("a", "r8", {"total": 7, "men": 4}),
        ],
        {"killed total": f"7, best 7, {SOLE}", "killed women": f"6, best 6, {SOLE}"},
    ),
    "a whole that a relay adds closes nothing": (
        [claim("a", "own8", {"girls": at_least(1)}), claim("a", "r8", {"girls": at_least(1), "children": 3})],
        {
            "killed total": "at least 3, no best, implied, low_from parts",
            "killed girls": f"at least 1, no best, {SOLE}",
            "killed children": f"3, best 3, {SOLE}",
        },
    ),
    "parts that a relay adds exceed nothing": (
        [
            claim("a", "own8", {"civilians": 5}),
            claim("a", "r8", {"civilians": 5, "combatants": 4}),
            claim("b", "own8", 7),
        ],
        {
            "killed total": f"7, best 7, {SOLE}",
            "killed civilians": f"5, best 5, {SOLE}",
            "killed combatants": f"4, no best, {SOLE}",
        },
    ),
    "an open form that fits each of two others says less": (
        [claim("a", "r8", 4), claim("a", "r8b", 9), claim("a", "rund", at_least(3))],
        {"killed total": "4-9, no best, unsettled"},
    ),
}


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
    assert [form.claim.report for form in one.used] == ["r8b"]
