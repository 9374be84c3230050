"""What notes on changes say of a release: reasons in its table of changes, and numbers of which none says why."""

import pytest

from conflict_incidents.records.model import ChangeNote
from conflict_incidents.release.compare.notes import Notes
from projects import Project, changes
from samples import REGISTRIES, Tree, aggregate, claim_of, incident, note, record

ID, OTHER = "SYR-20220908-7q4m", "SYR-20220908-aaaa"
TWO = [claim_of(), claim_of("civil-defence", killed=7)]
EIGHT = claim_of(killed={"total": 8, "civilians": {"at_least": 4}})
BEFORE = [*REGISTRIES, incident(claims=TWO), incident(OTHER, claims=[claim_of()]), aggregate()]
REPAIR = "no note says why: write one in data/changes/ (`incidents new --kind change`)"


def make_notes(*notes: Tree) -> Notes:
    """These notes, read."""
    return Notes(one for one in map(record, notes) if isinstance(one, ChangeNote))


def edit(*incidents: Tree, toll: int = 500000) -> list[Tree]:
    """The records with some of the incidents instead of what they were."""
    claims = [{"by": "daily-sabah", "in": "sabah", "killed": {"about": toll}}]
    unchanged_trees = [tree for tree in BEFORE[:-1] if tree["id"] not in {one["id"] for one in incidents}]
    return [*unchanged_trees, *incidents, aggregate(claims=claims)]


@pytest.fixture
def published_project(project: Project) -> Project:
    project.publish(project.build(BEFORE, "1.0.0"))
    return project


def test_a_number_that_changes_without_a_word_is_refused_record_by_record(published_project: Project) -> None:
    first = incident(claims=[EIGHT, TWO[1]])
    assert published_project.refusals(edit(first, toll=400000), "1.0.1") == [
        "war.yaml:1:200: `war`: aggregate_claims daily-sabah.sabah/killed/total/0 min was changed from 500000 to "
        f"400000 since version 1.0.0, and 2 more of its numbers changed; {REPAIR}",
        f"{ID}.yaml:1:298: `{ID}`: claims sohr.sabah/killed/total min was changed from 7 to 8 since version 1.0.0, and "
        f"2 more of its numbers changed; {REPAIR}",
    ]


def test_a_note_is_the_reason_of_what_it_is_about_and_of_nothing_else(published_project: Project) -> None:
    first = incident(claims=[EIGHT, TWO[1]], title="Strikes")
    second = incident(OTHER, claims=[claim_of()], note="Seen from afar.")
    numbers = note("correction", "We had misread the toll.", ID, columns=["claims", "incidents.killed_high"])
    release = published_project.build([*edit(first, second), numbers], "1.0.1")
    why = {(row["id"], row["table"], row["column"]): row["reason"] for row in changes(release)}
    assert why[f"{ID}/sohr.sabah/killed/total", "claims", "min"] == numbers["text"]
    assert why[ID, "incidents", "killed_high"] == numbers["text"]
    assert why[ID, "incidents", "title"] == why[ID, "incidents", "killed_best"] == ""
    assert published_project.changes.splitlines()[1] == f"no note says why: 1 record corrected ({OTHER})"


def test_a_claim_that_is_gone_needs_a_note_and_one_more_claim_needs_none(published_project: Project) -> None:
    fewer_claims = incident(claims=TWO[:1])
    (refusal,) = published_project.refusals(edit(fewer_claims), "1.0.1")
    assert refusal.startswith(f"{ID}.yaml:1:298: `{ID}`: claims civil-defence.sabah/killed/total ")
    assert " was removed since version 1.0.0, and " in refusal
    more = incident(OTHER, claims=[claim_of(), claim_of("civil-defence", killed=9)])
    published_project.build([*edit(fewer_claims, more), note("correction", "It was no claim.", ID)], "1.1.0")


def test_a_note_without_records_is_about_a_column_of_all() -> None:
    notes = make_notes(
        note("code", "Estimates count otherwise.", columns=["incidents.killed_low", "estimates"]),
        note("correction", "Misread.", ID, date="2023-01-11"),
    )
    assert notes.of(OTHER, "incidents", "killed_low") == "Estimates count otherwise."
    assert notes.of(ID, "incidents", "killed_low") == "Misread. Estimates count otherwise."
    assert notes.of(OTHER, "estimates") == notes.of(OTHER, "estimates", "low") == "Estimates count otherwise."
    assert notes.of(OTHER, "incidents") == notes.of(OTHER, "incidents", "killed_high") == ""


def test_notes_on_the_schema_are_the_reason_of_changes_of_the_contract() -> None:
    notes = make_notes(
        note("schema", "A first contract."),
        note("schema", "A column more.", columns=["incidents.note"]),
        note("schema", "Old records follow it.", ID),
    )
    assert notes.of_contract("incidents", "note") == "A column more."
    assert notes.of_contract("incidents", "title") == notes.of_contract("", "") == "A first contract."
