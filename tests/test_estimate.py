"""`envelope/1` by example: the founding story, and every step; for any claims: test_estimate_properties.py."""

from pathlib import Path

import pytest

from conflict_incidents.estimate import estimates, main
from conflict_incidents.explaining import explain
from conflict_incidents.model import Incident
from conflict_incidents.records import parse_file
from estimating import found, made, results, said, words
from samples import Tree, incident, record

TOP = Path(__file__).parents[1]
GOLDEN = Path(__file__).parent / "golden"


SOHR = said("sohr", {"total": 7, "civilians": {"at_least": 4}, "unknown_status": 3}, wounded=15, strikes=14)
CIVIL_DEFENCE = said("syrian-civil-defence", {"civilians": {"at_least": 7}}, wounded={"at_least": 12})
OBSERVATORY = said("opposition-aircraft-observatory", strikes=16)


def test_the_story_that_the_project_starts_from() -> None:
    assert results(made(SOHR, CIVIL_DEFENCE, OBSERVATORY)) == {
        "killed total": "7, best 7, single_originator",
        "killed civilians": "4-7, best 7, compatible",
        "killed unknown_status": "3, best 3, single_originator",
        "wounded total": "12-15, best 15, compatible",
        "strikes total": "14-16, no best, conflicting",
    }


def test_the_total_of_the_story_closes_its_civilians() -> None:
    civilians = found(made(SOHR, CIVIL_DEFENCE), "civilians")
    assert (civilians.low, civilians.best, civilians.high, civilians.high_open) == (4, 7, 7, False)
    assert civilians.notes == ("the total closes the open end at 7",)
    assert (civilians.common_min, civilians.common_max) == (7, 7)


def recorded(id: str) -> Incident:
    file = TOP / "data/incidents" / id[:3] / id[4:8] / f"{id}.yaml"
    told = parse_file(file, file.name).record
    assert isinstance(told, Incident)
    return told


def test_all_accounts_of_the_story_give_what_the_method_gives_by_hand() -> None:
    """Done by hand from the method's text, claim by claim; `golden/explained.txt` shows which claims count."""
    assert results(recorded("SYR-20220908-7q4m")) == {
        # SOHR (by dpa) 7, OGN 7, EA at least 7. SOHR's 2 has no date and is older; 4 and the other 7 were provisional.
        "killed total": "7, best 7, compatible",
        # A24 at least 5, Shaam 5, SNHR 7, SOHR 7 (17 September), Civil Defence at least 7 (weaker than its other 7).
        "killed civilians": "5-7, no best, conflicting",
        # EA, Shaam and SNHR 2, Civil Defence at least 1 (weaker than 2, neither is dated).
        "killed children": "1-2, best 2, compatible",
        # Shaam about 11, SNHR 11, Civil Defence at least 12, OGN at least 13, EA and SOHR 15, A24 at least 16: open.
        "wounded total": "11-16 or more, no best, conflicting",
        # Civil Defence at least 9, OGN at least 12, SOHR 14, A24 and the observatory 16, Shaam at least 16.
        "strikes total": "9-16, no best, conflicting",
        # OGN and the observatory 4, A24 6.
        "aircraft total": "4-6, no best, conflicting",
        "area:idlib@2022-09-08 wounded total": "15, best 15, single_originator",
        "site:house+workshop killed total": "7, best 7, single_originator",
        "site:house+workshop killed children": "2, best 2, single_originator",
        "site:house+workshop wounded total": "10, best 10, single_originator",
        "site:house+workshop wounded children": "4, best 4, single_originator",
        "site:house+workshop strikes total": "3, best 3, single_originator",
    }


def test_the_explanation_of_all_accounts_stays_as_a_person_has_read_it() -> None:
    assert explain(recorded("SYR-20220908-7q4m")) + "\n" == (GOLDEN / "explained.txt").read_text("utf-8")


def test_three_villages_without_a_toll_have_no_estimate() -> None:
    villages = recorded("SYR-20220908-k2fd")
    assert estimates(villages) == []
    assert "all is unknown, not zero" in explain(villages)


EXACT, LEAST, MOST, ABOUT = 7, {"at_least": 7}, {"at_most": 7}, {"about": 7}

STEP_BY_STEP: dict[str, tuple[list[Tree], str]] = {
    # Each form of a count alone.
    "an exact number": ([said("a", 7)], "7, best 7, single_originator"),
    "at least has no end and no best": ([said("a", LEAST)], "at least 7, no best, single_originator"),
    "at most has no start and no best": ([said("a", MOST)], "at most 7, no best, single_originator"),
    "about is taken as the number": ([said("a", ABOUT)], "7, best 7, single_originator"),
    "between without a best": ([said("a", {"between": [4, 6]})], "4-6, no best, single_originator"),
    "between with the source's best": ([said("a", {"between": [4, 6], "best": 5})], "4-6, best 5, single_originator"),
    "a best outside of its own bounds": (
        [said("a", {"between": [4, 6], "best": 9})],
        "4-6, no best, single_originator",
    ),
    "a claimed 0 stays 0": ([said("a", 0)], "0, best 0, single_originator"),
    "at least 0 says nothing more": ([said("a", {"at_least": 0})], "at least 0, no best, single_originator"),
    # Step 2: one claim an originator.
    "the latest wins": ([said("a", 7, "day-8"), said("a", 5, "day-9")], "5, best 5, single_originator"),
    "a date is later than none": ([said("a", 9, "undated"), said("a", 5)], "5, best 5, single_originator"),
    "as_of goes before the report's date": (
        [said("a", 7, "day-9", as_of="2022-09-08"), said("a", 5, "day-9")],
        "5, best 5, single_originator",
    ),
    "moments are compared across zones": (
        [said("a", 7, as_of="2022-09-09T01:00:00+03:00"), said("a", 5, as_of="2022-09-08T23:00:00Z")],
        "5, best 5, single_originator",
    ),
    "a bare day is no earlier than the moments of that day": (
        [said("a", 7, as_of="2022-09-08T10:00:00Z"), said("a", 8, as_of="2022-09-08T12:00:00Z"), said("a", 6)],
        "6, best 6, single_originator",
    ),
    "a claim counts though the record lacks its report": ([said("a", 7, "nowhere")], "7, best 7, single_originator"),
    "a claim in a report that the record lacks is undated": (
        [said("a", 7, "nowhere"), said("a", 5)],
        "5, best 5, single_originator",
    ),
    "a bare day can't be ordered among the moments of that day": (
        [said("a", 5, as_of="2022-09-08T10:00:00Z"), said("a", 7, as_of="2022-09-08T12:00:00Z"), said("a", 8)],
        "7, best 7, single_originator",
    ),
    "provisional counts where it is alone": ([said("a", 7, provisional=True)], "7, best 7, single_originator"),
    "provisional goes where there is a final count": (
        [said("a", 9, "day-9", provisional=True), said("a", 7)],
        "7, best 7, single_originator",
    ),
    "a provisional count of another originator stays": (
        [said("b", 9, provisional=True), said("a", 7)],
        "7-9, no best, conflicting",
    ),
    "a superseded final count doesn't displace the provisional one that replaced it": (
        [said("a", 7, id="old"), said("a", 9, "day-9", provisional=True, supersedes=["old"])],
        "9, best 9, single_originator",
    ),
    "withdrawn claims are left out": (
        [said("a", 9, withdrawn={"date": "2022-09-09", "reason": "an error"}), said("b", 7)],
        "7, best 7, single_originator",
    ),
    "what a withdrawn claim superseded is back": (
        [
            said("a", 9, id="old"),
            said("a", 7, "day-9", supersedes=["old"], withdrawn={"date": "2022-09-10", "reason": "an error"}),
        ],
        "9, best 9, single_originator",
    ),
    "superseded claims are left out, however late": (
        [said("a", 9, "day-9", id="old"), said("a", 7, "day-8", supersedes=["old"])],
        "7, best 7, single_originator",
    ),
    "nobody supersedes another's claim": (
        [said("a", 9, id="old"), said("b", 7, supersedes=["old"])],
        "7-9, no best, conflicting",
    ),
    "an own text wins over relays of the same day": (
        [said("a", {"at_least": 5}, "day-8"), said("a", 7, "own-8")],
        "7, best 7, single_originator",
    ),
    "a later relay wins over an earlier own text": (
        [said("a", 9, "day-9"), said("a", 7, "own-8")],
        "9, best 9, single_originator",
    ),
    "of differing relays the lowest counts": ([said("a", 9), said("a", 7)], "7, best 7, single_originator"),
    "of differing relays the open one counts": (
        [said("a", 7), said("a", LEAST)],
        "at least 7, no best, single_originator",
    ),
    "of differing relays the wider one counts": (
        [said("a", {"between": [4, 6]}), said("a", {"between": [4, 9]})],
        "4-9, no best, single_originator",
    ),
    "of differing relays one without a start is the weakest": (
        [said("a", 7), said("a", {"at_most": 9})],
        "at most 9, no best, single_originator",
    ),
    "of differing relays 0 is less than 1": (
        [said("a", {"between": [1, 5]}), said("a", 0)],
        "0, best 0, single_originator",
    ),
    "of differing relays an open end is wider than any": (
        [said("a", LEAST), said("a", {"between": [7, 100_000_000]})],
        "at least 7, no best, single_originator",
    ),
    # Step 3: the envelope.
    "bounds the wrong way round leave nothing open": (
        [said("a", {"between": [9, 4]})],
        "4-9, no best, conflicting",
    ),
    "at least 0 isn't above 0": ([said("a", {"at_least": 0}), said("b", 0)], "0, best 0, compatible"),
    "an open claim below a closed end closes nothing and opens nothing": (
        [said("a", {"at_least": 5}), said("b", 7)],
        "5-7, best 7, compatible",
    ),
    "an open claim at the closed end": ([said("a", LEAST), said("b", 7)], "7, best 7, compatible"),
    "an open claim above every closed end keeps it open": (
        [said("a", {"at_least": 9}), said("b", 7)],
        "7-9 or more, no best, conflicting",
    ),
    "open claims alone": ([said("a", {"at_least": 9}), said("b", LEAST)], "7-9 or more, no best, compatible"),
    "at most closes": ([said("a", {"at_least": 4}), said("b", MOST)], "4-7, no best, compatible"),
    "at most below a start lowers the low to it": (
        [said("a", {"at_least": 9}), said("b", MOST)],
        "7-9 or more, no best, conflicting",
    ),
    "at most alone, twice": ([said("a", {"at_most": 9}), said("b", MOST)], "at most 9, no best, compatible"),
    # Steps 5 and 6.
    "two that meet in one number": (
        [said("a", {"between": [4, 7]}), said("b", {"between": [7, 9]})],
        "4-9, best 7, compatible",
    ),
    "two that meet in several": (
        [said("a", {"between": [4, 8], "best": 5}), said("b", {"between": [7, 9], "best": 8})],
        "4-9, no best, compatible",
    ),
    "never a majority": ([said("a", 7), said("b", 7), said("c", 8)], "7-8, no best, conflicting"),
    "never a mean": ([said("a", 6), said("b", 8)], "6-8, no best, conflicting"),
    "0 and 7 conflict": ([said("a", 0), said("b", 7)], "0-7, no best, conflicting"),
}


@pytest.mark.parametrize("name", STEP_BY_STEP)
def test_step_by_step(name: str) -> None:
    claims, expected = STEP_BY_STEP[name]
    assert words(found(made(*claims))) == expected
    assert words(found(made(*reversed(claims)))) == expected


PARTS: dict[str, tuple[list[Tree], dict[str, str]]] = {
    "a closed total closes its open parts": (
        [said("a", {"total": 9, "civilians": {"at_least": 4}})],
        {"total": "9, best 9, single_originator", "civilians": "4-9, no best, single_originator"},
    ),
    "an open total closes nothing": (
        [said("a", {"total": {"at_least": 9}, "civilians": {"at_least": 4}})],
        {"total": "at least 9, no best, single_originator", "civilians": "at least 4, no best, single_originator"},
    ),
    "a total lowers what a part may be at most": (
        [said("a", 7), said("b", {"civilians": {"between": [5, 9]}})],
        {"total": "7, best 7, single_originator", "civilians": "5-7, no best, single_originator"},
    ),
    "a part raises the low of its total": (
        [said("a", {"between": [2, 9]}), said("b", {"civilians": 5})],
        {"total": "5-9, no best, single_originator", "civilians": "5, best 5, single_originator"},
    ),
    "the best of a total has its parts to respect": (
        [said("a", {"between": [2, 9], "best": 3}), said("b", {"civilians": 5})],
        {"total": "5-9, no best, single_originator", "civilians": "5, best 5, single_originator"},
    ),
    "the best of a part is no more than that of the total": (
        [said("a", {"between": [2, 9], "best": 3}), said("b", {"civilians": {"between": [2, 9], "best": 5}})],
        {"total": "2-9, best 3, single_originator", "civilians": "2-9, no best, single_originator"},
    ),
    "disjoint parts of one originator add up": (
        [said("a", {"total": {"at_least": 2}, "civilians": 5, "combatants": {"at_least": 3}})],
        {
            "total": "at least 8, no best, single_originator",
            "civilians": "5, best 5, single_originator",
            "combatants": "at least 3, no best, single_originator",
        },
    ),
    "a part counts with its own parts": (
        [said("a", {"civilians": {"at_least": 0}, "civilian_children": 1, "combatants": 1})],
        {
            "total": "at least 2, no best, single_originator",
            "civilians": "at least 1, no best, single_originator",
            "civilian_children": "1, best 1, single_originator",
            "combatants": "1, best 1, single_originator",
        },
    ),
    "parts of two originators don't": (
        [said("a", {"civilians": 5}), said("b", {"unknown_status": 3})],
        {
            "total": "at least 5, no best, compatible",
            "civilians": "5, best 5, single_originator",
            "unknown_status": "3, best 3, single_originator",
        },
    ),
    "women, men and children add up": (
        [said("a", {"women": 2, "men": 3, "children": 4})],
        {
            "total": "at least 9, no best, single_originator",
            "women": "2, best 2, single_originator",
            "men": "3, best 3, single_originator",
            "children": "4, best 4, single_originator",
        },
    ),
    "roles overlap and never add up": (
        [said("a", {"civilians": 2, "medics": 2, "journalists": 2})],
        {
            "total": "at least 2, no best, single_originator",
            "civilians": "2, best 2, single_originator",
            "medics": "2, best 2, single_originator",
            "journalists": "2, best 2, single_originator",
        },
    ),
    "the attackers' own are in no total": (
        [said("a", {"civilians": 2}), said("b", {"attackers": 9})],
        {
            "total": "at least 2, no best, single_originator",
            "civilians": "2, best 2, single_originator",
            "attackers": "9, best 9, single_originator",
        },
    ),
    "a total whose parts are only known at most stays unknown": (
        [said("a", {"civilians": {"at_most": 5}})],
        {"civilians": "at most 5, no best, single_originator"},
    ),
    "a part above the total conflicts, and both stay in the envelope": (
        [said("a", 5), said("b", {"civilians": 7})],
        {"total": "5-7 or more, no best, conflicting", "civilians": "5-7, no best, conflicting"},
    ),
    "a part of one of two originators above the total conflicts too": (
        [said("a", {"total": 7, "civilians": {"at_least": 4}}), said("b", {"civilians": {"at_least": 9}})],
        {"total": "7-9 or more, no best, conflicting", "civilians": "4-9 or more, no best, conflicting"},
    ),
    "parts that only together exceed the total": (
        [said("a", 7), said("b", {"civilians": 5, "combatants": 4})],
        {
            "total": "7-9 or more, no best, conflicting",
            "civilians": "5, best 5, single_originator",
            "combatants": "4, best 4, single_originator",
        },
    ),
    "a part in conflict with the total keeps its high": (
        [said("a", 5), said("b", {"civilians": {"between": [7, 20]}})],
        {"total": "5-20 or more, no best, conflicting", "civilians": "5-20, no best, conflicting"},
    ),
    "girls and boys are children, civilian children are both": (
        [
            said(
                "a",
                {"total": 9, "children": {"at_least": 1}, "girls": 2, "boys": 1, "civilian_children": {"at_least": 2}},
            )
        ],
        {
            "total": "9, best 9, single_originator",
            "children": "3-9, no best, single_originator",
            "girls": "2, best 2, single_originator",
            "boys": "1, best 1, single_originator",
            "civilian_children": "2-9, no best, single_originator",
        },
    ),
    "civilians close their children where the total is open": (
        [said("a", {"civilians": 5}), said("b", {"civilian_children": {"at_least": 2}})],
        {
            "total": "at least 5, no best, compatible",
            "civilians": "5, best 5, single_originator",
            "civilian_children": "2-5, no best, single_originator",
        },
    ),
}


@pytest.mark.parametrize("name", PARTS)
def test_parts_and_wholes(name: str) -> None:
    claims, expected = PARTS[name]
    assert {each.group: words(each) for each in estimates(made(*claims))} == expected


NOTES: dict[str, tuple[list[Tree], dict[str, tuple[str, ...]]]] = {
    "more children than people": (
        [said("a", {"total": {"at_most": 2}, "children": 6})],
        {
            "total": (
                "2-6 or more, conflicting",
                "the parts come to at least 6, a claim of the whole to at most 2: they conflict",
                "the parts raise the low from unknown to 2",
            ),
            "children": ("2-6, conflicting", "in conflict with the total, whose low is 2"),
        },
    ),
    "more women than people": (
        [said("a", {"total": {"between": [4, 5]}, "women": 7})],
        {
            "total": (
                "5-7 or more, conflicting",
                "the parts come to at least 7, a claim of the whole to at most 5: they conflict",
                "the parts raise the low from 4 to 5",
            ),
            "women": ("5-7, conflicting", "in conflict with the total, whose low is 5"),
        },
    ),
    "one part alone exceeds the total, of another nobody says at least how many": (
        [said("a", {"total": 1, "side_a": {"at_most": 5}, "side_b": 7})],
        {
            "total": (
                "1-7 or more, conflicting",
                "the parts come to at least 7, a claim of the whole to at most 1: they conflict",
            ),
            "side_a": ("at most 5, single_originator",),
            "side_b": ("1-7, conflicting", "in conflict with the total, whose low is 1"),
        },
    ),
    "a part that makes up the total isn't what conflicts": (
        [said("a", {"total": 7, "men": {"at_least": 7}, "women": 4})],
        {
            "total": (
                "7-11 or more, conflicting",
                "the parts come to at least 11, a claim of the whole to at most 7: they conflict",
            ),
            "women": ("4, single_originator",),
            "men": ("at least 7, single_originator",),
        },
    ),
    "more boys than children": (
        [said("a", {"children": 2, "boys": 3})],
        {
            "total": ("at least 3, single_originator", "nobody counts the total; the parts give its low"),
            "boys": ("2-3, conflicting", "in conflict with the children, whose low is 2"),
            "children": (
                "2-3 or more, conflicting",
                "the parts come to at least 3, a claim of the whole to at most 2: they conflict",
            ),
        },
    ),
    "what conflicts with two wholes is told of the larger": (
        [said("a", {"total": 6, "combatants": 6, "side_b": 7})],
        {
            "total": (
                "6-7 or more, conflicting",
                "the parts come to at least 7, a claim of the whole to at most 6: they conflict",
            ),
            "combatants": (
                "6-7 or more, conflicting",
                "the parts come to at least 7, a claim of the whole to at most 6: they conflict",
            ),
            "side_b": ("6-7, conflicting", "in conflict with the total, whose low is 6"),
        },
    ),
    "children at most so many close their girls": (
        [said("a", {"children": {"at_most": 7}, "girls": {"at_least": 4}})],
        {
            "total": ("4-7 or more, single_originator", "nobody counts the total; the parts give its low"),
            "girls": ("4-7, single_originator", "the children closes the open end at 7"),
            "children": ("4-7, single_originator", "the parts raise the low from unknown to 4"),
        },
    ),
    "children lower what girls may be": (
        [said("a", {"girls": {"at_most": 11}}), said("b", {"children": {"at_most": 6}})],
        {
            "girls": ("at most 6, single_originator", "the children lowers the high from 11 to 6"),
            "children": ("at most 6, single_originator",),
        },
    ),
    "a total of none": (
        [said("a", {"total": 0, "unknown_sex_or_age": {"at_most": 8}})],
        {
            "total": ("0, single_originator",),
            "unknown_sex_or_age": ("at most 0, single_originator", "the total lowers the high from 8 to 0"),
        },
    ),
    "a total's end, not its start, lowers a part": (
        [said("a", {"total": {"between": [2, 6]}, "women": {"between": [4, 7]}})],
        {
            "total": ("4-6, single_originator", "the parts raise the low from 2 to 4"),
            "women": ("4-6, single_originator", "the total lowers the high from 7 to 6"),
        },
    ),
    "nobody says of any part at least how many": (
        [said("a", {"total": {"at_most": 9}, "men": {"at_most": 3}})],
        {"total": ("at most 9, single_originator",), "men": ("at most 3, single_originator",)},
    ),
    "at most so many lowers the low where a part is counted too": (
        [said("a", {"at_most": 3}), said("b", {"total": 5, "boys": {"at_most": 8}})],
        {
            "total": ("3-5, conflicting",),
            "boys": ("at most 5, single_originator", "the total lowers the high from 8 to 5"),
        },
    ),
    "women and civilian children make a total": (
        [said("a", {"women": 4, "civilian_children": 2})],
        {
            "total": ("at least 6, single_originator", "nobody counts the total; the parts give its low"),
            "women": ("4, single_originator",),
            "civilian_children": ("2, single_originator",),
        },
    ),
    "no boys, and perhaps others": (
        [said("a", {"boys": 0})],
        {
            "total": ("at least 0, single_originator", "nobody counts the total; the parts give its low"),
            "boys": ("0, single_originator",),
        },
    ),
    "the total of who counts most of a part is at least that, whoever counts fewer": (
        [said("a", {"men": 0}), said("b", {"total": {"between": [1, 9]}, "men": {"at_least": 5}})],
        {
            "total": ("5-9, single_originator", "the parts raise the low from 1 to 5"),
            "men": ("0-9, conflicting", "the total closes the open end at 9"),
        },
    ),
}
"""Claims, and of each group the range, the agreement, and what the notes say that parts and wholes did."""


@pytest.mark.parametrize("name", NOTES)
def test_what_parts_and_wholes_do_is_told(name: str) -> None:
    claims, expected = NOTES[name]
    told = {each.group: (f"{each.text}, {each.agreement.value}", *each.notes) for each in estimates(made(*claims))}
    assert told == expected


def test_what_all_agree_on_of_the_total_bounds_what_all_agree_on_of_a_part() -> None:
    civilians = said("b", {"civilians": {"at_most": 8}})
    one = found(made(said("a", {"at_most": 8}), said("c", {"between": [4, 6]}), civilians), "civilians")
    assert (one.text, one.common_max) == ("at most 8", 6)
    other = found(made(said("a", {"between": [8, 9]}), said("c", {"between": [4, 6]}), civilians), "civilians")
    assert (other.text, other.common_max) == ("at most 8", 8)  # on the total they don't agree


def test_things_are_never_mixed() -> None:
    claim = {"by": "a", "in": "day-8", "strikes": 14, "munitions": {"at_least": 30}, "aircraft": 4}
    assert results(made(claim)) == {
        "strikes total": "14, best 14, single_originator",
        "munitions total": "at least 30, no best, single_originator",
        "aircraft total": "4, best 4, single_originator",
    }


def test_casualties_are_added_to_neither_the_killed_nor_the_wounded() -> None:
    assert results(made(said("a", 3, wounded=4), said("b", casualties=9))) == {
        "killed total": "3, best 3, single_originator",
        "wounded total": "4, best 4, single_originator",
        "casualties total": "9, best 9, single_originator",
    }


def test_scopes_are_never_mixed() -> None:
    area = {"area": "idlib", "from": "2022-09-08", "to": "2022-09-08"}
    told = made(said("a", 15, scope=area), said("a", 7), said("a", 2, scope="village"))
    assert results(told) == {
        "killed total": "7, best 7, single_originator",
        "area:idlib@2022-09-08 killed total": "15, best 15, single_originator",
        "site:village killed total": "2, best 2, single_originator",
    }


def test_a_final_count_of_another_scope_displaces_no_provisional_one() -> None:
    told = made(said("a", 7, provisional=True), said("a", 2, scope="village"))
    assert words(found(told)) == "7, best 7, single_originator"


def test_about_is_marked_approximate() -> None:
    assert found(made(said("a", ABOUT))).approximate
    assert not found(made(said("a", 7))).approximate
    assert found(made(said("a", {"civilians": ABOUT}))).approximate


def test_what_is_left_out_says_why() -> None:
    told = made(
        said("a", 9, "undated"),
        said("a", 8, "day-8"),
        said("a", 7, "own-8"),
        said("b", 6, "day-9"),
        said("b", 6, "undated", as_of="2022-09-09"),
        said("b", {"at_least": 5}, "undated", as_of="2022-09-09"),
        said("c", 9, withdrawn={"date": "2022-09-20", "reason": "an error"}),
    )
    assert sorted((str(item.said.count), item.reason) for item in found(told).left_out) == [
        ("6", "relay of the same originator; the weakest form counts"),
        ("6", "relay of the same originator; the weakest form counts"),
        ("8", "relay; its originator's own text wins"),
        ("9", "undated, and its originator has a dated one"),
        ("9", "withdrawn by its originator on 2022-09-20"),
    ]


def test_relays_that_say_the_same_are_left_out_as_such() -> None:
    (left,) = found(made(said("a", 7), said("a", 7))).left_out
    assert left.reason == "relay of the same originator; says the same"


def test_an_undated_relay_loses_to_an_undated_own_text_for_being_a_relay() -> None:
    reports = [{"id": "theirs", "publisher": "a"}, {"id": "relayed", "publisher": "press"}]
    told = record(incident(reports=reports, claims=[said("a", 5, "relayed"), said("a", 7, "theirs")]))
    assert isinstance(told, Incident)
    (left,) = found(told).left_out
    assert (str(left.said.count), left.reason) == ("5", "relay; its originator's own text wins")


def test_what_two_claims_supersede_is_told_with_the_same_one_in_any_order() -> None:
    claims = [said("a", 9, id="old"), *(said("a", 7, "day-9", id=id, supersedes=["old"]) for id in ("x", "y"))]
    for order in (claims, claims[::-1]):
        assert "superseded by x" in {left.reason for left in found(made(*order)).left_out}


def test_an_editor_sets_a_best_where_the_method_gives_none() -> None:
    override = {"measure": "killed", "best": 7, "reason": "counted graves", "editor": "r1", "date": "2022-10-01"}
    one = found(made(said("a", 6), said("b", 8), overrides=[override]))
    assert words(one) == "6-8, best 7, conflicting"
    assert one.basis == "editor"
    assert one.notes == ("best set by r1 on 2022-10-01: counted graves",)


def test_an_editor_gives_no_number_to_what_nobody_counted() -> None:
    override = {"measure": "wounded", "best": 7, "reason": "a guess", "editor": "r1", "date": "2022-10-01"}
    assert results(made(said("a", 6), overrides=[override])) == {"killed total": "6, best 6, single_originator"}


def test_a_total_that_nobody_counts_rests_on_the_reports_of_its_parts() -> None:
    one = found(made(said("a", {"civilians": 5}), said("b", {"civilians": 5}, "day-9"), said("c", {"attackers": 1})))
    assert (one.originators, one.reports, one.used) == (("a", "b"), 2, ())


def test_the_best_of_a_part_that_the_total_closes_is_not_as_its_originator_says() -> None:
    civilians = found(made(said("a", 7), said("b", {"civilians": {"at_least": 7}})), "civilians")
    assert (civilians.best, civilians.basis) == (7, "intersection")


def test_a_part_has_no_best_above_a_total_whose_originators_disagree() -> None:
    told = made(said("sohr", 0), said("shaam-network", 1), said("snhr", {"civilians": {"between": [0, 2], "best": 2}}))
    civilians = found(told, "civilians")
    assert (civilians.low, civilians.best, civilians.high) == (0, None, 1)


def test_what_a_best_rests_on_is_told_in_the_words_of_the_tables() -> None:
    override = {"measure": "killed", "best": 5, "reason": "graves", "editor": "r1", "date": "2022-10-01"}
    ranged = said("a", {"between": [4, 6], "best": 5})
    told = {
        "sole_originator": made(ranged),
        "intersection": made(said("a", {"between": [2, 5]}), said("b", {"between": [5, 9]})),
        "editor": made(said("a", 4), said("b", 6), overrides=[override]),
    }
    assert {basis: found(one).basis for basis, one in told.items()} == {basis: basis for basis in told}
    assert {found(one).best for one in told.values()} == {5}


def test_a_sole_originator_who_is_exact_is_what_its_best_rests_on() -> None:
    assert found(made(said("a", 7))).basis == "sole_originator"
    assert found(made(said("a", 7), said("b", 7))).basis == "intersection"
    assert found(made(said("a", {"between": [7, 7]}))).basis == "intersection"


def test_a_best_on_the_edge_of_what_all_agree_on_counts_and_one_beyond_it_does_not() -> None:
    def best(value: int) -> int | None:
        return found(made(said("a", {"between": [2, 9], "best": value}), said("b", {"civilians": 4, "women": 3}))).best

    assert [best(value) for value in (3, 4, 9, 10)] == [None, 4, 9, None]


def test_a_best_beyond_the_total_is_none_though_its_own_bounds_allow_it() -> None:
    def best(value: int) -> int | None:
        return found(made(said("a", 7), said("b", {"civilians": {"between": [4, 9], "best": value}})), "civilians").best

    assert [best(value) for value in (7, 8)] == [7, None]


def test_an_editors_best_is_for_the_incident_its_measure_and_its_group_alone() -> None:
    override = {"measure": "killed", "best": 7, "reason": "graves", "editor": "r1", "date": "2022-10-01"}
    two = {"between": [6, 8]}
    told = made(
        said("a", {"total": two, "civilians": two}, wounded=two),
        said("a", two, scope="village"),
        overrides=[override],
    )
    assert results(told) == {
        "killed total": "6-8, best 7, single_originator",
        "killed civilians": "6-8, no best, single_originator",
        "wounded total": "6-8, no best, single_originator",
        "site:village killed total": "6-8, no best, single_originator",
    }


def test_an_editor_may_set_a_part_above_the_best_of_the_total() -> None:
    override = {
        "measure": "killed",
        "group": "civilians",
        "best": 6,
        "reason": "graves",
        "editor": "r1",
        "date": "2022-10-01",
    }
    claim = said("a", {"total": {"between": [2, 9], "best": 5}, "civilians": {"between": [2, 9]}})
    civilians = found(made(claim, overrides=[override]), "civilians")
    assert (civilians.best, civilians.basis) == (6, "editor")
    assert civilians.notes == ("best set by r1 on 2022-10-01: graves",)


def test_a_best_that_is_more_than_that_of_a_whole_is_told_with_the_widest_whole() -> None:
    def claim(by: str, group: str, best: int) -> Tree:
        return said(by, {group: {"between": [1, 9], "best": best}})

    told = made(claim("a", "total", 3), claim("b", "civilians", 5), claim("c", "civilian_children", 6))
    assert [found(told, group).best for group in ("total", "civilians", "civilian_children")] == [3, None, None]
    assert found(told, "civilians").notes == ("no best: 5 is more than the best of the total, 3",)
    assert found(told, "civilian_children").notes == ("no best: 6 is more than the best of the total, 3",)


def test_a_part_may_have_the_best_of_its_whole() -> None:
    told = made(said("a", {"between": [2, 9], "best": 5}), said("b", {"civilians": {"between": [2, 9], "best": 5}}))
    assert [found(told, group).best for group in ("total", "civilians")] == [5, 5]


def test_the_estimates_of_the_incident_are_found_by_measure_and_group() -> None:
    told = made(said("a", {"total": 7, "civilians": 4}), said("a", 2, scope="village"), said("a", strikes=3))
    assert {key: each.low for key, each in main(told).items()} == {
        ("killed", "total"): 7,
        ("killed", "civilians"): 4,
        ("strikes", "total"): 3,
    }


def test_estimates_come_in_the_same_order_whatever_the_order_of_the_claims() -> None:
    claims = [
        said("a", {"civilians": 4, "total": 7}, scope="village"),
        said("a", strikes=3),
        said("a", {"women": 1, "civilians": 4, "total": 7}, wounded=2),
    ]
    for order in (claims, claims[::-1]):
        assert [(each.scope, each.measure, each.group) for each in estimates(made(*order))] == [
            ("incident", "killed", "total"),
            ("incident", "killed", "civilians"),
            ("incident", "killed", "women"),
            ("incident", "wounded", "total"),
            ("incident", "strikes", "total"),
            ("site:village", "killed", "total"),
            ("site:village", "killed", "civilians"),
        ]


def test_originators_are_in_order_and_each_is_named_once() -> None:
    told = made(*(said(by, 7) for by in ("d", "b", "e", "a", "c", "f", "b")))
    assert found(told).originators == ("a", "b", "c", "d", "e", "f")


def test_estimates_are_made_once_and_what_a_caller_does_to_the_list_harms_nobody() -> None:
    told = made(said("a", 7))
    first = estimates(told)
    (one,) = first
    first.clear()
    assert estimates(told)[0] is one


def test_what_all_agree_on_is_open_where_nobody_ends_it_and_nothing_where_they_conflict() -> None:
    def common(*claims: Tree, group: str = "total") -> tuple[int | None, int | None]:
        one = found(made(*claims), group)
        return one.common_min, one.common_max

    assert common(said("a", {"at_least": 4})) == (4, None)
    assert common(said("a", {"at_most": 9})) == (None, 9)
    assert common(said("a", {"between": [4, 8]}), said("b", {"between": [6, 9]})) == (6, 8)
    assert common(said("a", 4), said("b", 6)) == (None, None)
    assert common(said("a", {"men": 7})) == (7, None)
    # More children than people: neither can be right where the other is.
    more = said("a", {"children": 6, "total": {"at_most": 2}})
    assert common(more) == common(more, group="children") == (None, None)
