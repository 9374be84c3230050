"""Section 2 of docs/method.md: the states of one originator."""

import pytest

from estimate_samples import SOLE, Case, at_least, check, claim, estimate_texts, incident_of

CASES: dict[str, Case] = {
    "as_of goes before the date of the report": (
        [claim("a", "own9", 7, as_of="2022-09-07"), claim("a", "own8", 5)],
        {"killed total": f"5, best 5, {SOLE}"},
    ),
    "a day among times is a form of the newest that it fits": (
        [
            claim("a", "r8", 7, as_of="2022-09-08T10:00:00Z"),
            claim("a", "r8b", 9, as_of="2022-09-08T12:00:00Z"),
            claim("a", "own8", at_least(5)),
        ],
        {"killed total": f"at least 5, no best, {SOLE}"},
    ),
    "supersedes orders what has no date": (
        [claim("a", "und", 9, id="old"), claim("a", "rund", 7, supersedes=["old"])],
        {"killed total": f"7, best 7, {SOLE}"},
    ),
    "supersedes and a later date give the same": (
        [
            claim("a", "own8", {"total": 9, "civilians": 4, "combatants": 2}, id="old"),
            claim("a", "und", {"civilians": 5}, supersedes=["old"]),
        ],
        {
            "killed total": f"9, best 9, {SOLE}",
            "killed civilians": f"5, best 5, {SOLE}",
            "killed combatants": f"2, best 2, {SOLE}",
        },
    ),
    "an undated relay of an older state": (
        [claim("a", "own8", 7), claim("a", "own9", 9), claim("a", "rund", 7)],
        {"killed total": f"9, best 9, {SOLE}"},
    ),
    "an undated relay that fits nothing": (
        [claim("a", "own8", 7), claim("a", "rund", 12)],
        {"killed total": "7-12, no best, unsettled"},
    ),
    "a relay of the day of the own page that does not fit": (
        [claim("a", "own8", 7), claim("a", "r8", 9)],
        {"killed total": "7-9, no best, unsettled"},
    ),
    "a relay with as_of of that day yields to the own page": (
        [claim("a", "own8", 7), claim("a", "r9", 9, as_of="2022-09-08")],
        {"killed total": f"7, best 7, {SOLE}"},
    ),
    "a joint text is the own text of each who gives it": (
        [claim("a", "own8", 5, jointly_with=["b"]), claim("b", "own7", 7)],
        {"killed total": f"5, best 5, {SOLE}"},
    ),
    "a relay of an undated page that was superseded": (
        [claim("a", "und", 2, id="old"), claim("a", "und", 7, supersedes=["old"]), claim("a", "r8", 2)],
        {"killed total": f"7, best 7, {SOLE}"},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_states_are_ordered(name: str) -> None:
    check(*CASES[name])


@pytest.mark.parametrize("ids", [("m", "n", "o"), ("o", "n", "m"), ("n", "o", "m"), ("m", "o", "n")])
def test_undated_page_follows_superseded_claim_for_any_ids(ids: tuple[str, ...]) -> None:
    first, second, third = ids
    claims = [
        claim("a", "own7", 7, id=first),
        claim("a", "und", 9, id=second, supersedes=[first]),
        claim("a", "own10", {"men": 1}, id=third, supersedes=[second]),
        claim("a", "own8", 4),
    ]
    assert estimate_texts(incident_of(*claims)) == {
        "killed total": f"4, best 4, {SOLE}",
        "killed men": f"1, best 1, {SOLE}",
    }
