"""What changed between two releases: rows, cells, contract; everything, and nothing else."""

import copy
import dataclasses
import random
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from canaries import CANARIES, find_canaries
from comparisons import apply_changes, release_of, tables_of, without_column
from conflict_incidents.core.findings import REDACTED
from conflict_incidents.core.versions import Bump
from conflict_incidents.release import ReleaseError
from conflict_incidents.release.compare.changes import rows
from conflict_incidents.release.compare.diff import CellChange, ChangeKind, Diff, compare
from conflict_incidents.release.compare.report import as_csv, as_text
from conflict_incidents.release.reader import OpenRelease
from conflict_incidents.tables import contract
from examples import FEW
from samples import EVERYTHING, REGISTRIES, STORY, Tree, claim_of, incident, withdrawn

ID = "SYR-20220908-7q4m"
OTHER = "SYR-20220910-w1th"
HERE = [{"id": "village", "place": "hafsarjah", "kind": "settlement"}]


def summary(diff: Diff) -> dict[str, dict[str, int]]:
    """How many rows of each kind, by table."""
    counts = {
        name: {kind.value: table.count(kind) for kind in ChangeKind if table.count(kind)}
        for name, table in diff.tables.items()
    }
    return {name: count for name, count in counts.items() if count}


def between(old: Sequence[Tree], new: Sequence[Tree]) -> Diff:
    return compare(release_of(old), release_of(new))


def test_a_release_and_itself_differ_in_nothing() -> None:
    release = release_of(EVERYTHING)
    diff = compare(release, release)
    assert summary(diff) == {}
    assert list(rows(diff)) == []
    assert diff.bump is Bump.NONE
    assert {name for name, table in contract.tables().items() if table.key} == set(diff.tables)


def test_an_incident_that_came_is_added_data_with_all_its_parts() -> None:
    diff = between(STORY, [*STORY, incident("SYR-20220909-aaaa", date="2022-09-09", claims=[claim_of()])])
    counts = {"incidents": 1, "sites": 1, "reports": 1, "claims": 2, "estimates": 2, "estimate_claims": 2, "voices": 2}
    assert summary(diff) == {name: {"added": count} for name, count in counts.items()}
    assert diff.bump is Bump.MINOR
    (row,) = diff.tables["incidents"].rows(ChangeKind.ADDED)
    assert row.id == "SYR-20220909-aaaa"
    assert row.whole
    assert CellChange("title", None, "Shelling") in row.cells
    assert CellChange("date_from", None, "2022-09-09") in row.cells
    assert all(cell.after is not None for cell in row.cells)


def test_a_corrected_count_is_a_correction_cell_by_cell() -> None:
    diff = between([*REGISTRIES, incident(claims=[claim_of()])], [*REGISTRIES, incident(claims=[claim_of(killed=8)])])
    assert diff.tables["claims"].count(ChangeKind.REMOVED) == 1  # the civilians
    (total,) = diff.tables["claims"].rows(ChangeKind.CORRECTED)
    assert total.id == f"{ID}/sohr.sabah/killed/total"
    assert total.cells == (CellChange("min", 7, 8), CellChange("max", 7, 8), CellChange("best", 7, 8))
    assert diff.bump is Bump.PATCH


def test_what_was_taken_down_is_not_repeated() -> None:
    sentence = CANARIES["sentence"]
    site = {**HERE[0], "note": sentence, "lat": 35.93412, "lon": 36.71234}
    before = incident(title=sentence, sites=[site], claims=[claim_of(note=sentence)])
    after = incident(sites=[HERE[0] | {"lat": 35.9, "lon": 36.7}], claims=[claim_of()])
    contributors = [{"title": sentence, "email": CANARIES["mail"]}]
    for now in (after, withdrawn(ID)):
        diff = compare(
            release_of([*REGISTRIES, before], contributors=contributors), release_of([*REGISTRIES, now], "1.0.1")
        )
        reports = [str([*rows(diff)]), "".join(as_csv(diff)), "\n".join(as_text(diff))]
        assert [find_canaries(one) for one in reports] == [set()] * 3
        assert (f"title: {REDACTED} → " in reports[2]) is (now is after)


def test_unknown_and_zero_are_distinguished() -> None:
    zero = incident(claims=[claim_of(killed=0)])
    unknown = incident(claims=[{"by": "sohr", "in": "sabah", "no_information": ["killed"]}])
    (row,) = between([*REGISTRIES, unknown], [*REGISTRIES, zero]).tables["incidents"].rows(ChangeKind.CORRECTED)
    assert CellChange("killed_low", None, 0) in row.cells
    (back,) = between([*REGISTRIES, zero], [*REGISTRIES, unknown]).tables["incidents"].rows(ChangeKind.CORRECTED)
    assert CellChange("killed_low", 0, None) in back.cells


def test_a_withdrawn_incident_is_withdrawn_with_its_parts_and_says_why() -> None:
    before = [*STORY, incident(OTHER, claims=[claim_of()])]
    diff = between(before, [*STORY, withdrawn(OTHER)])
    counts = {"incidents": 1, "sites": 1, "reports": 1, "claims": 2, "estimates": 2, "estimate_claims": 2, "voices": 2}
    assert summary(diff) == {name: {"withdrawn": count} for name, count in counts.items()}
    assert {row.reason for name in counts for row in diff.tables[name].rows(ChangeKind.WITHDRAWN)} == {
        "the same as another"
    }
    (tombstone,) = diff.tables["incidents"].rows(ChangeKind.WITHDRAWN)
    assert CellChange("status", "published", "withdrawn") in tombstone.cells
    assert not tombstone.whole
    assert diff.bump is Bump.PATCH


def test_a_tombstone_that_holds_again_is_reinstated() -> None:
    diff = between([*STORY, withdrawn(OTHER)], [*STORY, incident(OTHER)])
    assert summary(diff)["incidents"] == {"reinstated": 1}
    assert summary(diff)["sites"] == {"added": 1}


def test_a_record_without_a_trace_has_vanished_which_breaks() -> None:
    diff = between([*STORY, incident(OTHER)], STORY)
    assert summary(diff) == {"incidents": {"vanished": 1}, "sites": {"removed": 1}, "reports": {"removed": 1}}
    assert diff.bump is Bump.MAJOR


def test_a_withdrawn_claim_says_why_itself() -> None:
    withdrawn_claim = claim_of(withdrawn={"date": "2022-10-01", "reason": "retracted"})
    diff = between([*REGISTRIES, incident(claims=[claim_of()])], [*REGISTRIES, incident(claims=[withdrawn_claim])])
    assert {row.reason for row in diff.tables["claims"].rows(ChangeKind.WITHDRAWN)} == {"retracted"}
    assert diff.tables["claims"].count(ChangeKind.CORRECTED) == 0


def test_a_row_that_is_only_keyed_otherwise_is_no_added_data() -> None:
    diff = between(
        [*REGISTRIES, incident(claims=[claim_of("sohr")])], [*REGISTRIES, incident(claims=[claim_of("civil-defence")])]
    )
    assert summary(diff)["claims"] == {"added": 2, "removed": 2}
    assert diff.bump is Bump.PATCH


def edit_descriptor(release: OpenRelease, edit: Callable[[dict[str, object]], object]) -> OpenRelease:
    """The same release under a descriptor that was edited."""
    descriptor = copy.deepcopy(dict(release.descriptor))
    edit(descriptor)
    tables = contract.read(descriptor)
    return dataclasses.replace(release, descriptor=descriptor, tables=tables)


def test_columns_that_only_one_release_has_are_changes_of_the_contract_alone() -> None:
    whole = release_of(STORY)
    less = without_column(whole, "incidents", "title")
    for diff in (compare(less, whole), compare(whole, less)):
        assert summary(diff) == {}
        assert [(one.aspect, one.column) for one in diff.contract] == [("column", "title")]
        assert diff.bump is Bump.MAJOR


def test_rows_of_a_table_whose_key_has_another_length_are_none_of_the_old_ones() -> None:
    def shorter(descriptor: dict[str, object]) -> None:
        for one in descriptor["resources"]:  # type: ignore[attr-defined] # parsed JSON
            if one["name"] == "sites":
                one["schema"]["primaryKey"] = ["incident_id"]

    release = release_of(STORY)
    diff = compare(release, edit_descriptor(release, shorter))
    assert summary(diff) == {"sites": {"added": 1, "removed": 1}}
    assert diff.bump is Bump.MAJOR


def test_two_rows_of_one_key_are_refused() -> None:
    def narrower(descriptor: dict[str, object]) -> None:
        for one in descriptor["resources"]:  # type: ignore[attr-defined] # parsed JSON
            if one["name"] == "claims":
                one["schema"]["primaryKey"] = ["incident_id"]

    release = release_of(STORY)
    with pytest.raises(
        ReleaseError, match=r"the table claims of version 1\.0\.0 has rows without a key, or of the same"
    ):
        compare(release, edit_descriptor(release, narrower))


def test_a_table_that_only_one_release_has_is_added_or_a_change_of_the_contract() -> None:
    def without(descriptor: dict[str, object]) -> None:
        descriptor["resources"] = [one for one in descriptor["resources"] if one["name"] != "sites"]  # type: ignore[attr-defined] # parsed JSON

    whole = release_of(STORY)
    less = edit_descriptor(whole, without)
    assert summary(compare(less, whole)) == {"sites": {"added": 1}}
    assert compare(less, whole).bump is Bump.MINOR
    assert [row["table"] for row in rows(compare(less, whole))] == ["sites"] * 2
    assert summary(compare(whole, less)) == {}
    assert compare(whole, less).bump is Bump.MAJOR


EDITS = ("add", "correct", "withdraw", "move", "drop", "reorder", "rename")


def edited_story(trees: list[Tree], chance: random.Random) -> list[Tree]:
    """The records after one edit of a person."""
    trees = copy.deepcopy(trees)
    incidents = [tree for tree in trees if tree["schema"] == "incident/1" and tree["status"] == "published"]
    edit, tree = chance.choice(EDITS), chance.choice(incidents)
    claims = tree.get("claims", [])
    if edit == "add":
        id = f"SYR-202209{chance.randint(10, 30)}-{chance.randint(1000, 9999)}"
        trees.append(incident(id, claims=[claim_of()] * chance.randint(1, 2), note='a "note",\nof two lines'))
    elif edit == "correct" and claims:
        chance.choice(claims)["killed"] = chance.choice([0, 3, {"at_least": 2}, {"total": 9, "civilians": 0}])
    elif edit == "withdraw" and len(incidents) > 1:
        tree |= {"status": "withdrawn", "withdrawn": {"date": "2022-12-01", "reason": "not ours"}}
    elif edit == "move":
        tree["title"] = chance.choice(["Strike", "Shelling", "Ünïcode, “quoted”"])
    elif edit == "drop" and len(claims) > 1:
        claims.pop(chance.randrange(len(claims)))
    elif edit == "reorder":
        claims.reverse()
    elif edit == "rename":
        tree["sites"][0]["id"] = chance.choice(["village", "market", "quarry"])
    return trees


START = [*STORY, incident(OTHER, claims=[claim_of(), claim_of("civil-defence")])]


@pytest.fixture(scope="module")
def start() -> OpenRelease:
    """The release that people begin to edit."""
    return release_of(START)


@settings(max_examples=FEW)
@given(seed=st.integers(0, 10**6), steps=st.integers(2, 12))
def test_the_changes_make_the_later_release_of_the_earlier(start: OpenRelease, seed: int, steps: int) -> None:
    chance, trees = random.Random(seed), START
    for _ in range(steps):
        trees = edited_story(trees, chance)
    after = release_of(trees)
    assert apply_changes(tables_of(start), rows(compare(start, after))) == tables_of(after)


@pytest.mark.slow
def test_changes_are_independent_of_order_of_records(start: OpenRelease) -> None:
    changes = list(rows(compare(start, release_of(EVERYTHING))))
    assert changes == list(rows(compare(release_of(reversed(START)), release_of(reversed(EVERYTHING)))))


def test_the_changes_make_everything_of_nothing() -> None:
    before, after = release_of(STORY), release_of(EVERYTHING)
    assert apply_changes(tables_of(before), rows(compare(before, after))) == tables_of(after)
    assert apply_changes(tables_of(after), rows(compare(after, before))) == tables_of(before)
