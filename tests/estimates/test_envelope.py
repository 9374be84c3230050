"""`envelope/1` by example: the worked cases of docs/method.md, and each of its sections."""

import os
from pathlib import Path
from typing import Any

import pytest

from conflict_incidents.estimates.envelope import estimates, headline
from conflict_incidents.estimates.estimate import Estimate
from conflict_incidents.estimates.explanation import explain
from conflict_incidents.estimates.intervals import rounding_radius
from conflict_incidents.records.counts import INCIDENT_SCOPE
from conflict_incidents.records.model import Incident
from conflict_incidents.records.parsing import parse_file
from estimate_samples import claim, estimate_of, estimate_text, estimate_texts, incident_of
from samples import Tree

TOP = Path(__file__).parents[2]
GOLDEN = Path(__file__).parents[1] / "golden"
PROVISIONAL = {"provisional": True}
WITHDRAWN = {"withdrawn": {"date": "2022-09-20", "reason": "an error"}}


def at_least(number: int) -> Tree:
    return {"at_least": number}


def about(number: int) -> Tree:
    return {"about": number}


Case = tuple[list[Tree], dict[str, str]]
SOLE = "single_originator"
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
QUARRY, HOUSE = {"scope": "quarry"}, {"scope": "house"}

WORKED: dict[str, Case] = {
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
"""The worked cases of the method page, in its order."""


@pytest.mark.parametrize("name", WORKED)
def test_worked_case(name: str) -> None:
    claims, expected = WORKED[name]
    assert estimate_texts(incident_of(*claims)) == expected


@pytest.mark.parametrize("name", WORKED)
def test_worked_case_in_reverse_order(name: str) -> None:
    claims, expected = WORKED[name]
    assert estimate_texts(incident_of(*reversed(claims))) == expected


MORE: dict[str, Case] = {
    # Section 1: a count is an interval.
    "at least has no end": ([claim("a", "r8", at_least(7))], {"killed total": f"at least 7, no best, {SOLE}"}),
    "at most has no start": ([claim("a", "r8", {"at_most": 7})], {"killed total": f"at most 7, no best, {SOLE}"}),
    "between without a best": ([claim("a", "r8", {"between": [4, 6]})], {"killed total": f"4-6, no best, {SOLE}"}),
    "the best of a range": (
        [claim("a", "r8", {"between": [4, 6], "best": 5})],
        {"killed total": f"4-6, best 5, {SOLE}"},
    ),
    "a best outside of its range": (
        [claim("a", "r8", {"between": [4, 6], "best": 9})],
        {"killed total": f"4-6, no best, {SOLE}"},
    ),
    "a vague word": ([claim("a", "r8", {"word": "dozens"})], {"killed total": f"at least 24, no best, {SOLE}"}),
    "those not identified may be civilians": (
        [claim("a", "r8", {"total": 7, "civilians": 4, "unknown_status": 3})],
        {
            "killed total": f"7, best 7, {SOLE}",
            "killed civilians": f"4-7, best 4, {SOLE}",
            "killed unknown_status": f"3, best 3, {SOLE}",
        },
    ),
    "those of unknown sex may be women": (
        [claim("a", "r8", {"total": 7, "women": 2, "unknown_sex_or_age": 1})],
        {
            "killed total": f"7, best 7, {SOLE}",
            "killed women": f"2-3, best 2, {SOLE}",
            "killed unknown_sex_or_age": f"1, best 1, {SOLE}",
        },
    ),
    "complete statuses leave the rest": (
        [
            claim(
                "a",
                "r8",
                {
                    "total": 9,
                    "civilians": 4,
                    "combatants": at_least(2),
                    "unknown_status": 0,
                    "statuses_complete": True,
                },
            )
        ],
        {
            "killed total": f"9, best 9, {SOLE}",
            "killed civilians": f"4, best 4, {SOLE}",
            "killed combatants": f"5, no best, {SOLE}",
            "killed unknown_status": f"0, best 0, {SOLE}",
        },
    ),
    "complete statuses of which one is not given": (
        [claim("a", "r8", {"total": 9, "civilians": 4, "combatants": at_least(2), "statuses_complete": True})],
        {
            "killed total": f"9, best 9, {SOLE}",
            "killed civilians": f"4, best 4, {SOLE}",
            "killed combatants": f"2-5, no best, {SOLE}",
        },
    ),
    # Section 2: states.
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
    # Section 3: one state, several forms.
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
    # Section 4: the current state.
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
    # Section 5: parts and wholes, between voices.
    "sites that exceed the incident": (
        [claim("a", "r8", 7, **QUARRY), claim("a", "r8", 5, **HOUSE), claim("b", "r8", 10)],
        {
            "killed total": "10 or more, no best, conflicting",
            "site:house killed total": "5, no best, conflicting",
            "site:quarry killed total": "7, no best, conflicting",
        },
    ),
    "parts that exceed their whole, twice": (
        [claim("a", "r8", {"civilians": 9, "combatants": 0, "women": 8}), claim("b", "r8", 7)],
        {
            "killed total": "7 or more, no best, conflicting",
            "killed civilians": "9, no best, conflicting",
            "killed combatants": f"0, best 0, {SOLE}",
            "killed women": "8, no best, conflicting",
        },
    ),
    "sites of an originator that withdrew its count of the incident": (
        [claim("a", "r8", 9, **WITHDRAWN), claim("a", "r8", 4, **HOUSE)],
        {
            "killed total": "at least 4, no best, implied, low_from sites",
            "site:house killed total": f"4, best 4, {SOLE}",
        },
    ),
    "sites that come to no more than parts": (
        [claim("a", "r8", {"civilians": 4}), claim("b", "r8", 4, **HOUSE)],
        {
            "killed total": "at least 4, no best, implied, low_from parts",
            "killed civilians": f"4, best 4, {SOLE}",
            "site:house killed total": f"4, best 4, {SOLE}",
        },
    ),
    "attackers stand apart": (
        [claim("a", "r8", {"total": 2, "attackers": 5})],
        {"killed total": f"2, best 2, {SOLE}", "killed attackers": f"5, best 5, {SOLE}"},
    ),
    "an open whole closes nothing": (
        [claim("a", "r8", at_least(9)), claim("b", "r8", {"civilians": at_least(3)})],
        {"killed total": f"at least 9, no best, {SOLE}", "killed civilians": f"at least 3, no best, {SOLE}"},
    ),
    # Section 6: voices and their envelope.
    "joint originators are one voice": (
        [claim("a", "r8", at_least(7), jointly_with=["b"])],
        {"killed total": f"at least 7, no best, {SOLE}"},
    ),
    "joint originators that do not all fit": (
        [
            claim("a", "r8", {"between": [1, 10]}, jointly_with=["b"]),
            claim("b", "r8b", {"between": [8, 20]}, jointly_with=["c"]),
            claim("c", "r8", {"between": [12, 20]}),
        ],
        {"killed total": "1-20, no best, unsettled"},
    ),
    "a stated value that one of two joint originators no longer states": (
        [
            claim("a", "r8", {"total": 2, "women": 0}, jointly_with=["c"]),
            claim("a", "own9", 3),
        ],
        {"killed total": "2-3, no best, conflicting", "killed women": f"0-3, no best, {SOLE}"},
    ),
    "an open start above every closed end": (
        [claim("a", "r8", at_least(9)), claim("b", "r8", 7)],
        {"killed total": "7, or at least 9, no best, conflicting"},
    ),
    "an open start below a closed end": (
        [claim("a", "r8", at_least(5)), claim("b", "r8", 7)],
        {"killed total": "5-7, best 7, compatible"},
    ),
    "only a number without a source": (
        [claim("paper", "own8", 40, sourcing="unstated")],
        {"killed total": "40, no best, unsourced"},
    ),
    "a number without a source closes nothing": (
        [claim("paper", "own8", 40, sourcing="unstated"), claim("a", "r8", at_least(30))],
        {"killed total": f"30-40 or more, no best, {SOLE}"},
    ),
    "a number without a source widens the range": (
        [claim("paper", "own8", {"word": "dozens"}, sourcing="unstated"), claim("a", "r8", 7)],
        {"killed total": f"7, or at least 24, best 7, {SOLE}"},
    ),
    "a withdrawn account of its source counts against a dataset": (
        [claim("ucdp", "und", 10, based_on=["sohr"]), claim("sohr", "own8", 10, **WITHDRAWN)],
        {},
    ),
    "a dataset alone": (
        [claim("ucdp", "und", {"total": 2, "civilians": 0}, based_on=["sohr"])],
        {"killed total": f"2, best 2, {SOLE}", "killed civilians": f"0, best 0, {SOLE}"},
    ),
    "bests of parts that come to more than the whole": (
        [claim("a", "r8", {"civilians": 5}), claim("b", "r8", {"combatants": 4}), claim("c", "r8", 7)],
        {
            "killed total": f"7, best 7, {SOLE}",
            "killed civilians": f"5, no best, {SOLE}",
            "killed combatants": f"4, no best, {SOLE}",
        },
    ),
    # Never mixed.
    "things": (
        [claim("a", "r8", strikes=14, munitions=20, aircraft=4)],
        {
            "strikes total": f"14, best 14, {SOLE}",
            "munitions total": f"20, best 20, {SOLE}",
            "aircraft total": f"4, best 4, {SOLE}",
        },
    ),
    "casualties": (
        [claim("a", "r8", 7, casualties=20)],
        {"killed total": f"7, best 7, {SOLE}", "casualties total": f"20, best 20, {SOLE}"},
    ),
    "an area": (
        [claim("a", "r8", 7), claim("a", "r8", 20, scope={"area": "idlib", "from": "2022-09-08", "to": "2022-09-08"})],
        {"killed total": f"7, best 7, {SOLE}", "area:idlib@2022-09-08 killed total": f"20, best 20, {SOLE}"},
    ),
}
"""What else the clauses say, by section."""


@pytest.mark.parametrize("name", MORE)
def test_clause(name: str) -> None:
    claims, expected = MORE[name]
    assert estimate_texts(incident_of(*claims)) == estimate_texts(incident_of(*reversed(claims))) == expected


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


@pytest.mark.parametrize(
    ("number", "radius"), [(500, 50), (100, 25), (150, 25), (30, 5), (11, 1), (1, 1), (10, 2), (15, 2), (2500, 250)]
)
def test_an_approximate_number_reaches_as_far_as_it_was_rounded(number: int, radius: int) -> None:
    assert rounding_radius(number) == radius


def recorded(id: str) -> Incident:
    file = TOP / "data/incidents" / id[:3] / id[4:8] / f"{id}.yaml"
    record = parse_file(file, file.name).record
    assert isinstance(record, Incident)
    return record


def test_explanation_of_the_founding_incident() -> None:
    """`WRITE_GOLDEN=1 pytest` writes it anew; read the difference before you commit it."""
    page = explain(recorded("SYR-20220908-7q4m")) + "\n"
    if os.environ.get("WRITE_GOLDEN"):
        (GOLDEN / "explained.txt").write_text(page, "utf-8")
    assert page == (GOLDEN / "explained.txt").read_text("utf-8")


def test_an_incident_without_a_toll_has_no_estimate() -> None:
    villages = recorded("SYR-20220908-k2fd")
    assert estimates(villages) == []
    assert "all is unknown, not zero" in explain(villages)


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
    assert reason in {left.reason for left in estimate_of(incident_of(*claims)).left_out}


def test_the_reason_is_the_same_in_any_order_where_joint_originators_leave_a_claim_out_for_different_ones() -> None:
    claims = [
        claim("c", "own8", {"medics": 0}, **WITHDRAWN),
        claim("b", "r8b", {"medics": 0, "civilians": 0}, id="old", jointly_with=["c"]),
        claim("b", "r7", {"civilians": 0}, as_of="2022-09-08", supersedes=["old"]),
    ]
    left = [
        {one.reason for one in estimate_of(incident_of(*order), "civilians").left_out}
        for order in (claims, claims[::-1])
    ]
    assert left == [{"of an older state; newer: b.r7"}] * 2


def override(best: int, group: str | None = None) -> dict[str, Any]:
    named = {"group": group} if group else {}
    return {"measure": "killed", **named, "best": best, "reason": "graves", "editor": "r1", "date": "2022-10-01"}


def test_an_editor_sets_a_best_where_the_method_gives_none() -> None:
    one = estimate_of(incident_of(claim("a", "r8", 6), claim("b", "r8", 8), overrides=[override(7)]))
    assert estimate_text(one) == "6-8, best 7, conflicting"
    assert one.basis == "editor"
    assert one.notes == ("best set by r1 on 2022-10-01: graves",)


def test_an_editor_gives_no_number_to_what_is_not_counted() -> None:
    of_wounded = override(7) | {"measure": "wounded"}
    assert estimate_texts(incident_of(claim("a", "r8", 6), overrides=[of_wounded])) == {
        "killed total": f"6, best 6, {SOLE}"
    }


def test_an_editors_best_of_a_part_is_never_dropped() -> None:
    parts = claim("a", "r8", {"total": 9, "civilians": {"between": [2, 9]}, "combatants": {"between": [2, 9]}})
    of = incident_of(parts, overrides=[override(7, "civilians"), override(7, "combatants")])
    assert [estimate_of(of, group).best for group in ("civilians", "combatants")] == [7, 7]


def basis(*claims: Tree, **more: Any) -> tuple[str | None, int | None]:
    one = estimate_of(incident_of(*claims, **more))
    return one.basis, one.best


def test_the_basis_says_where_best_comes_from() -> None:
    assert basis(claim("a", "r8", 7)) == ("sole_originator", 7)
    assert basis(claim("a", "r8", 7), claim("b", "r8", 7)) == ("intersection", 7)
    assert basis(claim("a", "r8", {"between": [2, 5]}), claim("b", "r8", {"between": [5, 9]})) == ("intersection", 5)
    assert basis(claim("a", "r8", {"between": [7, 7]})) == (None, None)
    assert basis(claim("a", "r8", 4), claim("b", "r8", 6), overrides=[override(5)]) == ("editor", 5)


def common(*claims: Tree, group: str = "total") -> tuple[int | None, int | None]:
    one = estimate_of(incident_of(*claims), group)
    return one.common_min, one.common_max


def test_the_common_range_is_open_where_no_end_is_given_and_empty_where_originators_differ() -> None:
    assert common(claim("a", "r8", at_least(4))) == (4, None)
    assert common(claim("a", "r8", {"at_most": 9})) == (None, 9)
    assert common(claim("a", "r8", {"between": [4, 8]}), claim("b", "r8", {"between": [6, 9]})) == (6, 8)
    assert common(claim("a", "r8", 4), claim("b", "r8", 6)) == (None, None)
    assert common(claim("a", "r8", 4), claim("a", "r8b", 6)) == (None, None)
    assert common(claim("a", "r8", {"men": 7})) == (None, None)  # implied: no originator states the total


def test_the_common_range_is_empty_where_another_voice_closes_an_end_below_a_number() -> None:
    whole = [claim("a", "r8", at_least(2)), claim("b", "r8", 5)]
    parts = [claim("c", "r8", {"civilians": at_least(3)}), claim("d", "r8", {"civilians": 7})]
    assert common(*whole, *parts, group="civilians") == (None, None)


def test_a_form_below_what_the_parts_come_to_is_not_used() -> None:
    claims = [
        claim("a", "r7", {"civilians": 12}),
        claim("a", "r8", {"between": [1, 10], "best": 7}),
        claim("a", "r8b", {"between": [5, 20], "best": 15}),
    ]
    one = estimate_of(incident_of(*claims))
    assert estimate_text(one) == f"12-20, best 15, {SOLE}"
    assert [form.claim.report for form in one.used] == ["r8b"]


def test_joint_claims_are_used_once_and_name_all_their_originators() -> None:
    one = estimate_of(incident_of(claim("a", "r8", 7, jointly_with=["b"])))
    assert one.originators == ("a", "b")
    assert [form.claim.by for form in one.used] == ["a"]
    assert [voice.originators for voice in one.voices] == [("a", "b")]


def test_an_implied_total_rests_on_the_forms_of_its_parts() -> None:
    one = estimate_of(
        incident_of(
            claim("a", "r8", {"civilians": 5}), claim("b", "r8", {"civilians": 5}), claim("c", "r9", {"men": 1})
        )
    )
    assert (one.originators, one.used, [form.claim.by for form in one.derived_from]) == (("a", "b"), (), ["a", "b"])


def test_the_total_that_closes_a_part_is_named() -> None:
    one = estimate_of(incident_of(claim("army", "r8", 3), claim("sohr", "r8", {"civilians": at_least(3)})), "civilians")
    assert one.notes == ("the total by army closes the open end at 3",)


def keys(of: list[Estimate]) -> list[tuple[str, str, str]]:
    return [(one.scope, one.measure, one.group) for one in of]


def test_estimates_come_in_one_order() -> None:
    claims = [
        claim("a", "r8", {"civilians": 4, "total": 7}, scope="village"),
        claim("a", "r8", strikes=3),
        claim("a", "r8", {"women": 1, "civilians": 4, "total": 7}, wounded=2),
    ]
    for order in (claims, claims[::-1]):
        assert keys(estimates(incident_of(*order))) == [
            ("incident", "killed", "total"),
            ("incident", "killed", "civilians"),
            ("incident", "killed", "women"),
            ("incident", "wounded", "total"),
            ("incident", "strikes", "total"),
            ("site:village", "killed", "total"),
            ("site:village", "killed", "civilians"),
        ]


def test_the_estimates_of_the_incident_are_found_by_measure_and_group() -> None:
    of = incident_of(claim("a", "r8", {"total": 7, "civilians": 4}), claim("a", "r8", 2, scope="village"))
    assert {key: one.low for key, one in headline(of).items()} == {("killed", "total"): 7, ("killed", "civilians"): 4}


def test_a_caller_that_changes_the_list_changes_no_estimate() -> None:
    of = incident_of(claim("a", "r8", 7))
    first = estimates(of)
    (one,) = first
    first.clear()
    assert estimates(of)[0] is one


@pytest.mark.parametrize(
    ("measure", "whole", "parts"),
    [
        ("killed", "total", ("civilians", "combatants")),
        ("killed", "total", ("civilians", "side_a", "side_b")),
        ("killed", "total", ("women", "men", "children")),
        ("killed", "total", ("women", "men", "girls", "boys")),
        ("wounded", "total", ("critical", "serious", "light")),
        ("killed", "total", ("medics",)),
        ("killed", "total", ("journalists",)),
        ("killed", "combatants", ("side_a", "side_b")),
        ("killed", "children", ("girls", "boys")),
        ("killed", "children", ("civilian_children",)),
        ("killed", "civilians", ("civilian_children",)),
    ],
)
def test_bests_of_parts_that_come_to_more_than_their_whole_are_dropped(
    measure: str, whole: str, parts: tuple[str, ...]
) -> None:
    """Each number by another originator: the parts fit the whole one by one, and one of them doesn't fit any more."""
    most = 12
    each = most // len(parts)
    for more in (0, 1):
        counts = dict.fromkeys(parts, each) | {parts[-1]: most - each * (len(parts) - 1) + more}
        claims = [claim("whole", "r8", **{measure: {whole: most}})]
        claims += [
            claim(f"by-{part.replace('_', '-')}", "r8", **{measure: {part: count}}) for part, count in counts.items()
        ]
        estimated = {one.group: one.best for one in estimates(incident_of(*claims)) if one.measure == measure}
        assert [estimated[part] for part in parts] == ([None] * len(parts) if more else list(counts.values()))
        if len(parts) > 1:
            assert estimated[whole] == most


@pytest.mark.parametrize(
    ("total", "parts", "dropped", "most"),
    [
        ({"between": [4, 6]}, {"civilians": 3, "combatants": 3}, (), 0),
        ({"between": [4, 6]}, {"civilians": 3, "combatants": 4}, ("civilians", "combatants"), 6),
        ({"between": [4, 6], "best": 5}, {"civilians": 3, "combatants": 3}, ("civilians", "combatants"), 5),
        (12, {"women": 4, "men": 5, "unknown_sex_or_age": 4}, ("unknown_sex_or_age",), 12),
        (12, {"civilians": 5, "side_a": 4, "unknown_status": 4}, ("unknown_status",), 12),
    ],
)
def test_the_bests_that_are_dropped_say_which_number_they_exceed(
    total: Any, parts: dict[str, int], dropped: tuple[str, ...], most: int
) -> None:
    claims = [claim(by, "r8", {part: count}) for by, (part, count) in zip("bcd", parts.items(), strict=False)]
    found = {one.group: one for one in estimates(incident_of(claim("a", "r8", total), *claims))}
    note = f"no best: with the other parts it would be more than the total, {most}"
    assert {part: found[part].notes for part in parts} == {part: (note,) * (part in dropped) for part in parts}
    assert {part for part in parts if found[part].best is None} == set(dropped)


@pytest.mark.parametrize(
    ("sites", "added"),
    [
        ({"a": {"house+quarry": 7, "quarry": 5, "house": 4, "market": 1}}, {"a": [5, 4, 1]}),  # 5 and 4 are more than 7
        ({"a": {"house+quarry": 7, "house": 5, "market": 1}}, {"a": [7, 1]}),
        ({"a": {"house+quarry": 9, "quarry": 5, "house": 3, "market": 1}}, {"a": [9, 1]}),
        ({"a": {"house+quarry": 8, "quarry": 5, "house": 3}}, {"a": [8]}),
        ({"a": {f"x{n}": 1 for n in range(12)} | {"x0+x1": 3}}, {"a": [1] * 10 + [3]}),
        ({"a": {"house": 0, "quarry": 0}}, {}),
        ({"a": {"house": 1, "quarry": 0}}, {"a": [1]}),
        ({"a": {"house": 2, "quarry": 3}, "b": {"market": 4}}, {"a": [2, 3]}),
        ({"a": {"market": 4}, "b": {"house": 2, "quarry": 3}}, {"b": [2, 3]}),
        ({"a": {"house": 2, "quarry": 3}, "b": {"market": 5}}, {"a": [2, 3], "b": [5]}),
    ],
)
def test_an_incident_has_the_largest_sum_of_sites_that_do_not_overlap(
    sites: dict[str, dict[str, int]], added: dict[str, list[int]]
) -> None:
    claims = [claim(by, "r8", n, scope=where.split("+")) for by, said in sites.items() for where, n in said.items()]
    totals = [one for one in estimates(incident_of(*claims)) if one.scope == INCIDENT_SCOPE]
    assert [one.low for one in totals] == [sum(numbers) for numbers in added.values()][:1]
    for total in totals:
        assert total.originators == tuple(added)
        counts = sorted(form.count.min or 0 for form in total.derived_from)
        assert counts == sorted(count for each in added.values() for count in each)


@pytest.mark.parametrize(
    ("claims", "note"),
    [
        (
            [claim("a", "r8", 4, **HOUSE), claim("a", "r8", 5, **QUARRY), claim("b", "r8", 8)],
            "the sites by a come to at least 9, more than any end stated",
        ),
        ([claim("a", "r8", 4, **HOUSE), claim("a", "r8", 4, **QUARRY), claim("b", "r8", 8)], ""),
        (
            [claim("a", "r8", {"civilians": 9, "combatants": 0, "women": 8}), claim("b", "r8", 7)],
            "the parts by a come to at least 9, more than any end stated",
        ),
    ],
)
def test_a_total_that_its_sites_or_parts_exceed_says_by_whom_and_by_what(claims: list[Tree], note: str) -> None:
    assert "\n".join(estimate_of(incident_of(*claims)).notes) == note
