"""The worked cases of docs/method.md, in its order."""

import pytest

from estimate_samples import HOUSE, PROVISIONAL, QUARRY, SOLE, WITHDRAWN, Case, about, at_least, check, claim

STORY = [
    claim(
        "sohr", "r8", {"total": 7, "civilians": at_least(4), "unknown_status": 3}, **PROVISIONAL, wounded=15, strikes=14
    ),
    claim("activists", "r8", {"civilians": at_least(7)}, jointly_with=["first-responders"], wounded=at_least(12)),
    claim("observatory", "r8", strikes=16, aircraft=4),
]
"""The claims of the founding story."""
IN_STORY = {
    "killed total": f"7, best 7, {SOLE}, provisional",
    "killed civilians": "4-7, best 7, compatible, provisional",
    "killed unknown_status": f"3, no best, {SOLE}, provisional",
    "wounded total": "12-15, best 15, compatible, provisional",
    "strikes total": "14-16, no best, conflicting, provisional",
    "aircraft total": f"4, best 4, {SOLE}",
}

CASES: dict[str, Case] = {
    "an undated own page beside a relay": (
        [claim("sohr", "und", 2), claim("sohr", "r8", 7, **PROVISIONAL)],
        {"killed total": "2-7, no best, unsettled, provisional"},
    ),
    "a later provisional count": (
        [claim("sohr", "own8", 2), claim("sohr", "own9", 7, **PROVISIONAL)],
        {"killed total": f"7, best 7, {SOLE}, provisional"},
    ),
    "two relays of one day": (
        [claim("sohr", "r8", 4), claim("sohr", "r8b", 9)],
        {"killed total": "4-9, no best, unsettled"},
    ),
    "two relays of one day, and another originator between them": (
        [claim("sohr", "r8", 4), claim("sohr", "r8b", 9), claim("shaam", "own8", 7)],
        {"killed total": "4-9, no best, unsettled"},
    ),
    "a relay that lost the bound": (
        [claim("sohr", "r8", 7), claim("sohr", "r8b", at_least(7))],
        {"killed total": f"at least 7, no best, {SOLE}"},
    ),
    "a relay that lost the hedge": (
        [claim("sohr", "r8", about(500)), claim("sohr", "r8b", 500)],
        {"killed total": f"450-550, best 500, {SOLE}, approximate"},
    ),
    "a relay that lost precision": (
        [
            claim("sohr", "r8", {"total": 7, "civilians": at_least(4), "unknown_status": 3}, **PROVISIONAL),
            claim("sohr", "r8b", {"total": 7, "civilians": at_least(1)}),
        ],
        {
            "killed total": f"7, best 7, {SOLE}, provisional",
            "killed civilians": f"4-7, no best, {SOLE}, provisional",
            "killed unknown_status": f"3, best 3, {SOLE}, provisional",
        },
    ),
    "the whole fell": (
        [claim("sohr", "own8", {"total": 12, "civilians": 12}), claim("sohr", "own9", 8, revision="recounted")],
        {"killed total": f"8, best 8, {SOLE}"},
    ),
    "the whole rose": (
        [claim("sohr", "own8", {"total": 7, "civilians": 7}), claim("sohr", "own9", 20)],
        {"killed total": f"20, best 20, {SOLE}", "killed civilians": f"7-20, no best, {SOLE}"},
    ),
    "a withdrawn count and its relay": (
        [claim("sohr", "own8", 30, **WITHDRAWN), claim("sohr", "r8", 30), claim("snhr", "own8", 7)],
        {"killed total": f"7, best 7, {SOLE}"},
    ),
    "a relay of an undated own page": (
        [claim("snhr", "und", 74), claim("snhr", "r8", at_least(1))],
        {"killed total": f"74, best 74, {SOLE}"},
    ),
    "a relay before the own page": (
        [claim("sohr", "r7", 7), claim("sohr", "own8", 9)],
        {"killed total": f"9, best 9, {SOLE}"},
    ),
    "a lower relay after the own page": (
        [claim("sohr", "own8", 9), claim("sohr", "r9", 7)],
        {"killed total": "7-9, no best, unsettled"},
    ),
    "a higher relay after the own page": (
        [claim("sohr", "own8", 7), claim("sohr", "r9", 9)],
        {"killed total": f"9, best 9, {SOLE}"},
    ),
    "the story": (STORY, IN_STORY),
    "the story, with an agency's relay": (
        [*STORY, claim("sohr", "r8b", {"total": 7, "civilians": at_least(1)}, via=["agency"], wounded=15)],
        IN_STORY,
    ),
    "at most alone": (
        [claim("sohr", "r8", {"at_most": 5}), claim("shaam", "own8", 7)],
        {"killed total": "at most 7, no best, conflicting"},
    ),
    "at most, beside an open end": (
        [claim("sohr", "r8", {"at_most": 5}), claim("shaam", "own8", at_least(7))],
        {"killed total": "up to 5, or at least 7, no best, conflicting"},
    ),
    "a part by one originator that exceeds the best of others": (
        [
            claim("us", "r8", 70),
            claim("local", "r8", {"between": [60, 100]}),
            claim("pax", "r8", {"civilians": at_least(85)}),
        ],
        {"killed total": "60-100, no best, compatible", "killed civilians": f"85-100, no best, {SOLE}"},
    ),
    "parts by two originators that exceed the best of others": (
        [
            claim("us", "r8", 70),
            claim("local", "r8", {"between": [60, 100]}),
            claim("pax", "r8", {"civilians": at_least(85)}),
            claim("vdc", "r8", {"civilians": at_least(75)}),
            claim("army", "r8", {"total": {"between": [60, 100]}, "civilians": {"at_most": 100}}),
        ],
        {"killed total": "60-100, no best, compatible", "killed civilians": "at most 100, no best, compatible"},
    ),
    "an open count that is closed at the same start": (
        [claim("sohr", "own8", {"total": at_least(28), "women": 9}), claim("sohr", "own9", 28)],
        {"killed total": f"28, best 28, {SOLE}", "killed women": f"9, best 9, {SOLE}"},
    ),
    "an approximate and an exact number": (
        [claim("sohr", "r8", about(500)), claim("shaam", "own8", 512)],
        {"killed total": "450-550, best 512, compatible, approximate"},
    ),
    "sites alone": (
        [claim("sohr", "r8", 7, **QUARRY), claim("sohr", "r8", 5, **HOUSE)],
        {
            "killed total": "at least 12, no best, implied, low_from sites",
            "site:house killed total": f"5, best 5, {SOLE}",
            "site:quarry killed total": f"7, best 7, {SOLE}",
        },
    ),
    "nought of a part is no total": (
        [claim("sohr", "r8", {"civilians": 0})],
        {"killed civilians": f"0, best 0, {SOLE}"},
    ),
    "parts that exceed their whole": (
        [claim("sohr", "r8", {"girls": at_least(4)}), claim("shaam", "own8", {"children": 2})],
        {
            "killed total": "at least 4, no best, implied, low_from parts",
            "killed girls": "at least 4, no best, conflicting",
            "killed children": "2 or more, no best, conflicting",
        },
    ),
    "combined lows of parts that one voice gives": (
        [
            claim("a", "r8", {"civilians": 3, "unknown_status": 3}),
            claim("b", "r8", {"civilians": at_least(3), "unknown_status": at_least(3), "combatants": 3}),
        ],
        {
            "killed total": "at least 9, no best, implied, low_from parts",
            "killed civilians": "3-6, no best, compatible",
            "killed combatants": f"at least 3, best 3, {SOLE}",
            "killed unknown_status": "3, best 3, compatible",
        },
    ),
    "civilians of one, combatants of another": (
        [claim("sohr", "r8", {"civilians": 5}), claim("army", "r8", {"combatants": 5})],
        {
            "killed total": "at least 5, no best, implied, low_from parts",
            "killed civilians": f"5, best 5, {SOLE}",
            "killed combatants": f"5, best 5, {SOLE}",
        },
    ),
    "a later count of one part": (
        [claim("sohr", "own8", {"total": 9, "civilians": 4, "combatants": 2}), claim("sohr", "own9", {"civilians": 5})],
        {
            "killed total": f"9, best 9, {SOLE}",
            "killed civilians": f"5, best 5, {SOLE}",
            "killed combatants": f"2, best 2, {SOLE}",
        },
    ),
    "a total that another voice gives closes a part": (
        [claim("army", "r8", 3), claim("sohr", "r8", {"civilians": at_least(3)})],
        {"killed total": f"3, best 3, {SOLE}", "killed civilians": f"3, no best, {SOLE}"},
    ),
    "a role and children": (
        [claim("sohr", "r8", {"medics": 1}), claim("shaam", "r8", {"children": 2})],
        {
            "killed total": "at least 2, no best, implied, low_from parts",
            "killed children": f"2, best 2, {SOLE}",
            "killed medics": f"1, best 1, {SOLE}",
        },
    ),
    "a joint count, and a later one of one of them": (
        [claim("sohr", "r8", 7, jointly_with=["snhr"]), claim("snhr", "own9", 9)],
        {"killed total": "7-9, no best, conflicting"},
    ),
    "what a dataset coded beside an account of its source": (
        [
            claim("ucdp", "und", {"total": 10, "civilians": 6, "side_b": 4}, based_on=["sohr"]),
            claim("sohr", "own8", 10),
        ],
        {
            "killed total": f"10, best 10, {SOLE}",
            "killed civilians": f"6, best 6, {SOLE}",
            "killed combatants": "4-10, no best, implied, low_from parts",
            "killed side_b": f"4, best 4, {SOLE}",
        },
    ),
    "a number without a source": (
        [claim("paper", "own8", 40, sourcing="unstated"), claim("sohr", "own8", 30)],
        {"killed total": f"30-40, best 30, {SOLE}"},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_worked_case(name: str) -> None:
    check(*CASES[name])
