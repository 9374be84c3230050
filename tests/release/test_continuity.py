"""The incidents of the release before: sums that drop without a word."""

import pytest

from comparisons import release_of
from conflict_incidents.records.model import ChangeNote
from conflict_incidents.release.compare.diff import compare
from conflict_incidents.release.compare.notes import Notes
from conflict_incidents.release.continuity import Drop, drops
from conflict_incidents.release.reader import OpenRelease
from projects import Project
from samples import REGISTRIES, Tree, claim_of, incident, note, record, withdrawn

ID, OTHER, THIRD = "SYR-20220908-7q4m", "SYR-20220908-aaaa", "SYR-20220908-bbbb"
BEFORE = [
    *REGISTRIES,
    incident(claims=[claim_of()]),
    incident(OTHER, claims=[claim_of(killed=10)]),
    incident(THIRD, claims=[claim_of(killed=5)]),
]


@pytest.fixture(scope="module")
def before() -> OpenRelease:
    return release_of(BEFORE)


def after(*incident: Tree) -> OpenRelease:
    """The release with some of the incidents instead of what they were."""
    rest = [tree for tree in BEFORE if tree["id"] not in {one["id"] for one in incident}]
    return release_of([*rest, *incident], "1.1.0")


def make_notes(*notes: Tree) -> Notes:
    return Notes(one for one in map(record, notes) if isinstance(one, ChangeNote))


def test_one_more_claim_that_lowers_the_toll_is_a_drop_until_a_note_says_so(before: OpenRelease) -> None:
    lower = incident(OTHER, claims=[claim_of(killed=10), claim_of("civil-defence", killed=4)])
    diff = compare(before, after(lower))
    assert list(drops(diff, Notes())) == [Drop("people killed, by the low ends", 22, 16, ((OTHER, 10, 4),))]
    assert list(drops(diff, make_notes(note("correction", "Ten was of the whole day.", OTHER)))) == []
    assert list(drops(diff, make_notes(note("correction", "Not about numbers.", OTHER, columns=["sites"])))) != []
    assert list(drops(diff, Notes(), {OTHER})) == []


def test_what_old_incidents_lose_new_ones_dont_make_up_for(before: OpenRelease) -> None:
    lower = incident(OTHER, claims=[claim_of(killed=10), claim_of("civil-defence", killed=4)])
    new = incident("SYR-20220908-cccc", claims=[claim_of(killed=100)])
    (drop,) = drops(compare(before, after(lower, new)), Notes())
    assert (drop.before, drop.after) == (22, 16)


def test_new_incident_does_not_compensate_for_a_decrease(before: OpenRelease) -> None:
    lower = incident(OTHER, claims=[claim_of(killed=10), claim_of("civil-defence", killed=4)])
    higher = incident(THIRD, claims=[claim_of(killed={"at_least": 11})])
    assert list(drops(compare(before, after(lower, higher)), Notes())) == []


def test_withdrawals_are_no_drop_of_what_is_left(before: OpenRelease) -> None:
    assert list(drops(compare(before, after(withdrawn(OTHER))), Notes())) == []


def test_a_number_that_becomes_unknown_and_claims_that_go_are_drops(before: OpenRelease) -> None:
    findings = list(drops(compare(before, after(incident(OTHER), incident(THIRD))), Notes()))
    assert findings == [
        Drop("claims", 4, 2, ((OTHER, 1, 0), (THIRD, 1, 0))),
        Drop("people killed, by the low ends", 22, 7, ((OTHER, 10, 0), (THIRD, 5, 0))),
        Drop("people killed, by the high ends", 22, 7, ((OTHER, 10, 0), (THIRD, 5, 0))),
    ]


def test_a_build_says_where_and_what_to_do(project: Project) -> None:
    project.publish(project.build(BEFORE, "1.0.0"))
    lower = incident(THIRD, claims=[claim_of(killed=5), claim_of("civil-defence", killed=4)])
    rest = [tree for tree in BEFORE if tree["id"] != THIRD]
    assert project.refusals([*rest, lower], "1.1.0") == [
        f"{THIRD}.yaml:1:298: people killed, by the low ends of the incidents that version 1.0.0 had, and that no note "
        f"is about, went from 22 to 21: `{THIRD}` (5 → 4); write a note in data/changes/ that says why, or restore "
        "what is lost"
    ]
