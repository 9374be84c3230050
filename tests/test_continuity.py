"""The incidents of the release before: sums that drop without a word, and ids that mean another incident now."""

from typing import Any

import pytest

from comparisons import made
from conflict_incidents.model import ChangeNote
from conflict_incidents.release.comparing import compare
from conflict_incidents.release.continuity import Drop, drops, reused
from conflict_incidents.release.noting import Notes
from conflict_incidents.release.opening import Opened
from projects import Project
from samples import REGISTRIES, Tree, counted, incident, note, organisation, place, record, withdrawn

ID, OTHER, THIRD = "SYR-20220908-7q4m", "SYR-20220908-aaaa", "SYR-20220908-bbbb"
WORLD = [
    *REGISTRIES,
    organisation("gazette", kind="newspaper"),
    place("armanaz"),
    place("nowhere", country="XXA"),
]
EXTERNAL = [{"scheme": "ucdp-ged", "id": "1", "licence": "CC-BY-4.0", "attribution": "Another dataset"}]
ABROAD = [{"id": "far", "place": "nowhere", "kind": "market"}]
BEFORE = [
    *WORLD,
    incident(claims=[counted()], external=EXTERNAL),
    incident(OTHER, claims=[counted(killed=10)]),
    incident(THIRD, claims=[counted(killed=5)]),
]


@pytest.fixture(scope="module")
def before() -> Opened:
    return made(BEFORE)


def after(*changed: Tree) -> Opened:
    """The release with some of the incidents instead of what they were."""
    kept = [tree for tree in BEFORE if tree["id"] not in {one["id"] for one in changed}]
    return made([*kept, *changed], "1.1.0")


def said(*notes: Tree) -> Notes:
    return Notes(one for one in map(record, notes) if isinstance(one, ChangeNote))


def test_one_more_claim_that_lowers_the_toll_is_a_drop_until_a_note_says_so(before: Opened) -> None:
    lower = incident(OTHER, claims=[counted(killed=10), counted("civil-defence", killed=4)])
    diff = compare(before, after(lower))
    assert list(drops(diff, Notes())) == [Drop("people killed, by the low ends", 22, 16, ((OTHER, 10, 4),))]
    assert list(drops(diff, said(note("correction", "Ten was of the whole day.", OTHER)))) == []
    assert list(drops(diff, said(note("correction", "Not about numbers.", OTHER, columns=["sites"])))) != []
    assert list(drops(diff, Notes(), {OTHER})) == []


def test_what_old_incidents_lose_new_ones_dont_make_up_for(before: Opened) -> None:
    lower = incident(OTHER, claims=[counted(killed=10), counted("civil-defence", killed=4)])
    new = incident("SYR-20220908-cccc", claims=[counted(killed=100)])
    (drop,) = drops(compare(before, after(lower, new)), Notes())
    assert (drop.before, drop.after) == (22, 16)


def test_what_one_incident_loses_another_of_then_makes_up_for(before: Opened) -> None:
    lower = incident(OTHER, claims=[counted(killed=10), counted("civil-defence", killed=4)])
    higher = incident(THIRD, claims=[counted(killed={"at_least": 11})])
    assert list(drops(compare(before, after(lower, higher)), Notes())) == []


def test_withdrawals_are_no_drop_of_what_is_left(before: Opened) -> None:
    assert list(drops(compare(before, after(withdrawn(OTHER))), Notes())) == []


def test_a_number_that_becomes_unknown_and_claims_that_go_are_drops(before: Opened) -> None:
    found = list(drops(compare(before, after(incident(OTHER), incident(THIRD))), Notes()))
    assert found == [
        Drop("claims", 4, 2, ((OTHER, 1, 0), (THIRD, 1, 0))),
        Drop("people killed, by the low ends", 22, 7, ((OTHER, 10, 0), (THIRD, 5, 0))),
        Drop("people killed, by the high ends", 22, 7, ((OTHER, 10, 0), (THIRD, 5, 0))),
    ]


def another(**more: Any) -> Tree:
    """What an incident becomes whose record is written over with another one, and what it keeps of its own."""
    written_over = {
        "title": "Shelling of a market",
        "date": "2022-05-01",
        "sites": [{"id": "market", "place": "armanaz", "kind": "market"}],
        "reports": [{"id": "gazette", "publisher": "gazette", "published": "2022-05-02"}],
    }
    return incident(OTHER, claims=[counted(killed=10) | {"in": "gazette"}], **written_over | more)


@pytest.mark.parametrize(
    ("changed", "apart"),
    [
        (another(), ["report", "day", "place"]),
        (another(date={"from": "2022-09-10", "to": "2022-09-11"}), ["report", "day", "place"]),
        (another(date={"from": "2022-09-09", "to": "2022-09-10"}), []),
        (another(date={"from": "2022-01-01", "to": "2022-12-31"}), []),
        (another(sites=[{"id": "village", "place": "hafsarjah", "kind": "settlement"}]), []),
        (
            another(date="2022-09-08", sites=ABROAD),
            ["report", "country"],
        ),
        (another(reports=[{"id": "gazette", "publisher": "daily-sabah", "published": "2022-09-08"}]), []),
        ({**another(), "id": ID, "external": EXTERNAL}, []),
        (withdrawn(OTHER, date="2022-05-01"), []),
    ],
    ids=[
        "all at once",
        "two days later",
        "the day after",
        "a longer time",
        "the place stays",
        "another country",
        "a report stays",
        "an id of another dataset stays",
        "withdrawn",
    ],
)
def test_an_id_that_means_another_incident(before: Opened, changed: Tree, apart: list[str]) -> None:
    found = dict(reused(compare(before, after(changed)), Notes()))
    assert found == ({OTHER: apart} if apart else {})


def test_a_corrected_date_and_a_renamed_place_leave_the_incident_what_it_was(before: Opened) -> None:
    site = [{"id": "village", "place": "armanaz", "kind": "settlement"}]
    moved = incident(OTHER, claims=[counted(killed=10)], date="2021-09-08", sites=site)
    assert list(reused(compare(before, after(moved)), Notes())) == []


def test_a_note_that_names_the_record_overrules(before: Opened) -> None:
    diff = compare(before, after(another()))
    assert list(reused(diff, said(note("correction", "The first reports were of another strike.", OTHER)))) == []
    assert list(reused(diff, said(note("correction", "Of others.", ID)))) != []


def test_a_build_says_where_and_what_to_do(project: Project) -> None:
    project.publish(project.build(BEFORE, "1.0.0"))
    lower = incident(THIRD, claims=[counted(killed=5), counted("civil-defence", killed=4)])
    kept = [tree for tree in BEFORE if tree["id"] not in {OTHER, THIRD}]
    assert project.refused([*kept, another(), lower], "1.1.0") == [
        f"{OTHER}.yaml:1:32: `{OTHER}` shares no report, no day, no place with what it was in version 1.0.0: another "
        "incident has an id of its own; restore the record, and begin the other by `incidents new`",
        f"{THIRD}.yaml:1:298: people killed, by the low ends of the incidents that version 1.0.0 had, and that no note "
        f"is about, went from 12 to 11: `{THIRD}` (5 → 4); write a note in data/changes/ that says why, or restore "
        "what is lost",
    ]
