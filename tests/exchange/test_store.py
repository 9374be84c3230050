"""Bringing records into a dataset: once, twice, anew, beside a person's edits, and cut off at any point."""

import shutil
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conflict_incidents.core.files import temporary_name
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.exchange.importers.store import files
from conflict_incidents.exchange.importers.store import store as storing
from conflict_incidents.exchange.importers.store.rewriting import replace_keys
from conflict_incidents.exchange.importers.store.store import ImportReport, Incoming, store
from conflict_incidents.records.cells import tidy
from conflict_incidents.records.formatting import text_of
from conflict_incidents.records.yaml.nodes import plain
from conflict_incidents.records.yaml.parser import read

TOP = Path(__file__).parents[2]
SCHEME = "other-set"


def row(foreign: str = "1", killed: Any = 3, **more: Any) -> Incoming:
    record: dict[str, Any] = {
        "title": f"Shelling {foreign}",
        "status": "published",
        "date": "2016-01-02",
        "kind": "shelling",
        "sites": [{"id": "site", "place": "idlib", "kind": "unspecified"}],
        "reports": [{"id": "r1", "publisher": "sohr", "language": "en"}],
        "claims": [{"by": "sohr", "in": "r1", "killed": killed}],
        "external": [{"scheme": SCHEME, "id": foreign}],
    }
    return Incoming("incident", record | more, "SYR")


@pytest.fixture
def dataset(tmp_path: Path) -> Dataset:
    return write_registries(tmp_path)


def write_registries(root: Path) -> Dataset:
    """A dataset with the records that the rows below refer to."""
    for name in ("organisations/sohr", "places/idlib"):
        (root / "data" / name).parent.mkdir(parents=True)
        shutil.copy(TOP / "data" / f"{name}.yaml", root / "data" / f"{name}.yaml")
    shutil.copy(TOP / "datapackage.json", root)
    (root / "data" / "datasets").mkdir()
    text = f"schema: dataset/1\nid: {SCHEME}\nname: Another set\nlicence: CC-BY-4.0\n"
    (root / "data" / "datasets" / f"{SCHEME}.yaml").write_text(text, "utf-8")
    return Dataset(root)


def put(dataset: Dataset, *rows: Incoming, **options: Any) -> ImportReport:
    return store(list(rows), Dataset(dataset.root), scheme=SCHEME, **options)


def state(dataset: Dataset) -> dict[str, bytes]:
    root = dataset.root / "data"
    return {str(file.relative_to(root)): file.read_bytes() for file in sorted(root.rglob("*")) if file.is_file()}


def only_file(dataset: Dataset) -> Path:
    (file,) = (dataset.root / "data" / "incidents").rglob("*.yaml")
    return file


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


texts = st.text(min_size=1, max_size=60).map(tidy).filter(bool)
values = st.recursive(
    texts | st.integers(0, 10**9) | st.booleans() | st.floats(-180, 180).map(lambda number: round(number, 4) + 0.0),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abcdef"), inner, max_size=4),
    max_leaves=12,
)


@given(values, texts)
def test_what_is_written_is_read_back_without_a_finding(value: Any, title: str) -> None:
    record = {"schema": "incident/1", "title": title, "note": value}
    root, findings = read(text_of(record, "x.json").encode("utf-8"), "made")
    assert not findings
    assert root is not None
    assert plain(root) == record
    assert unicodedata.is_normalized("NFC", title)


@given(values, values)
def test_renewing_a_key_keeps_every_other_line_and_comment(old: Any, new: Any) -> None:
    text = text_of({"schema": "incident/1", "title": "A", "date": "2016-01-02", "note": old}, "x.json")
    text = text.replace("date: 2016-01-02\n", "# above\ndate: 2016-01-02  # beside\n\n") + "# at the end\n"
    root, _ = read(text.encode("utf-8"), "made")
    assert root is not None
    record = {**plain(root), "note": new}
    text_with_new_keys = replace_keys(text, record, {"note"})
    tree, findings = read(text_with_new_keys.encode("utf-8"), "made")
    assert not findings
    assert tree is not None
    assert plain(tree) == record
    assert "\n# above\ndate: 2016-01-02  # beside\n\n" in text_with_new_keys
    assert text_with_new_keys.endswith("# at the end\n")


def test_importing_twice_changes_no_byte(dataset: Dataset) -> None:
    assert len(put(dataset, row("1"), row("2")).created) == 2
    before = state(dataset)
    report = put(dataset, row("2"), row("1"))
    assert (report.created, report.updated, len(report.unchanged)) == ([], [], 2)
    assert state(dataset) == before


def test_the_source_updates_unedited_values_and_shows_it(dataset: Dataset) -> None:
    put(dataset, row(killed=3))
    file = only_file(dataset)
    edit(file, "claims:\n  - ", "# seen by a reviewer\nclaims: # checked\n  - ")
    edit(file, "kind: shelling\n", "kind: airstrike\n")
    report = put(dataset, row(killed=4, date="2016-01-09"))
    assert report.updated == [str(file.relative_to(dataset.root))]
    assert report.clean
    text = file.read_text("utf-8")
    assert "# seen by a reviewer\nclaims:  # checked\n" in text
    assert "killed: 4" in text
    assert "kind: airstrike" in text, "a person's edit stays"
    assert "date: 2016-01-09" in text, "the id and the file stay with another date"
    assert "-date: 2016-01-02\n+date: 2016-01-09" in report.diffs[0]
    after = state(dataset)
    assert put(dataset, row(killed=4, date="2016-01-09")).unchanged
    assert state(dataset) == after


def test_two_changes_of_one_key_are_a_conflict_until_settled(dataset: Dataset) -> None:
    put(dataset, row(killed=3))
    edit(only_file(dataset), "killed: 3", "killed: 5")
    for _ in range(2):
        report = put(dataset, row(killed=4))
        (conflict,) = report.conflicts
        assert (conflict.key, conflict.ours[0]["killed"], conflict.theirs[0]["killed"]) == (
            "claims",
            5,
            4,
        )
        assert not report.clean
        assert "killed: 5" in only_file(dataset).read_text("utf-8")
    assert put(dataset, row(killed=4), keep_edits=True).clean
    assert put(dataset, row(killed=4)).clean
    assert "killed: 5" in only_file(dataset).read_text("utf-8")


LATER_PAGE = "  - {id: r2, publisher: sohr, language: ar, note: A later page}\n"


def enrich(file: Path, first: bool) -> None:
    """Add a report and its claim, as a person does who has found another source."""
    text = file.read_text("utf-8")
    for key, item in (("reports", LATER_PAGE), ("claims", "  - {by: sohr, in: r2, killed: 9}\n")):
        head, _, rest = text.partition(f"{key}:\n")
        end = next((at for at, line in enumerate(rest.splitlines(True)) if line[0] not in " -"), None)
        lines = rest.splitlines(True)
        lines.insert(0 if first else len(lines) if end is None else end, item)
        text = f"{head}{key}:\n{''.join(lines)}"
    file.write_text(text, "utf-8")


@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize("keep_edits", [False, True])
def test_a_claim_that_a_person_adds_is_no_conflict_with_those_of_the_source(
    dataset: Dataset, first: bool, keep_edits: bool
) -> None:
    put(dataset, row(killed=3))
    enrich(only_file(dataset), first)
    before = state(dataset)
    assert put(dataset, row(killed=3), keep_edits=keep_edits).clean
    assert state(dataset) == before
    for killed in (4, 5):
        report = put(dataset, row(killed=killed), keep_edits=keep_edits)
        assert report.clean
        assert len(report.updated) == 1
        (record,) = Dataset(dataset.root).registry.incidents()
        assert sorted(claim.counts["killed", "total"].best or 0 for claim in record.claims) == [killed, 9]
        assert put(dataset, row(killed=killed), keep_edits=keep_edits).unchanged


def test_claim_removed_by_source_is_deleted_and_added_one_is_kept(dataset: Dataset) -> None:
    claims = [{"by": "sohr", "in": "r1", "killed": 3}, {"by": "sohr", "in": "r1", "scope": "site", "killed": 2}]
    put(dataset, row(claims=claims))
    enrich(only_file(dataset), first=True)
    assert put(dataset, row(claims=claims[:1])).clean
    (record,) = Dataset(dataset.root).registry.incidents()
    assert sorted(claim.counts["killed", "total"].best or 0 for claim in record.claims) == [3, 9]


def test_keys_come_and_go_with_the_source_and_stay_with_people(dataset: Dataset) -> None:
    put(dataset, row(clarity="clear"))
    edit(only_file(dataset), "status: published\n", "status: published\nnote: a person's\n")
    put(dataset, row(verification="contested"))
    text = only_file(dataset).read_text("utf-8")
    assert "clarity" not in text
    assert "verification: contested" in text
    assert "note: a person's" in text


def test_entry_of_another_scheme_is_kept(dataset: Dataset) -> None:
    put(dataset, row())
    edit(only_file(dataset), "external:\n", 'external:\n  - {scheme: third, id: "9"}\n')
    newer = row(external=[{"scheme": SCHEME, "id": "1", "url": "https://example.org/1"}])
    assert put(dataset, newer).clean
    text = only_file(dataset).read_text("utf-8")
    assert '{scheme: third, id: "9"}' in text
    assert 'url: "https://example.org/1"' in text


def test_a_row_that_vanished_is_reported_and_its_record_stays(dataset: Dataset) -> None:
    put(dataset, row("1"), row("2"))
    before = state(dataset)
    assert len(put(dataset, row("1")).vanished) == 1
    assert put(dataset, row("1"), complete=False).vanished == []
    assert put(dataset, row("1"), refused_ids={"2"}).vanished == []
    assert state(dataset) == before


def test_a_row_has_vanished_only_where_the_file_covers_its_country_and_day(dataset: Dataset) -> None:
    put(dataset, row("1"), row("2"), row("3", date="2018-05-05"))
    assert len(put(dataset, row("1")).vanished) == 1
    around = row("1", date={"from": "2015-12-30", "to": "2018-05-06"})
    assert len(put(dataset, around).vanished) == 2
    assert len(put(dataset, around, covers=("2018-05-01", "2018-05-31")).vanished) == 1
    assert len(put(dataset, row("1", date={"from": "2015-12-30", "to": "2018-01-01"})).vanished) == 1
    assert put(dataset, Incoming("incident", row("4").record, "IRQ")).vanished == []
    assert put(dataset).vanished == []


def source(version: str | None, **more: Any) -> Incoming:
    fields = {"version": version} if version else {}
    return Incoming("dataset", {"id": SCHEME, "name": "Another set", **fields, "licence": "CC-BY-4.0", **more})


def test_dataset_record_is_created_once_then_only_version_is_updated(dataset: Dataset) -> None:
    file = dataset.root / "data" / "datasets" / f"{SCHEME}.yaml"
    file.unlink()
    assert put(dataset, source("1"), row()).created[0] == f"data/datasets/{SCHEME}.yaml"
    edit(file, "name: Another set", "# its own name\nname: The Other Set")
    before = state(dataset)
    for same in ("1", None):
        assert put(dataset, source(same, url="https://example.org/"), row()).updated == []
        assert state(dataset) == before
    assert put(dataset, source("2", licence="ODbL-1.0"), row()).updated == [f"data/datasets/{SCHEME}.yaml"]
    after = state(dataset)
    assert after == before | {f"datasets/{SCHEME}.yaml": file.read_bytes()}
    assert file.read_text("utf-8") == before[f"datasets/{SCHEME}.yaml"].decode().replace('version: "1"', 'version: "2"')


def test_a_dataset_whose_record_cannot_be_read_is_left_alone(dataset: Dataset) -> None:
    (dataset.root / "data" / "datasets" / f"{SCHEME}.yaml").unlink()
    put(dataset, source("1"), row())
    file = dataset.root / "data" / "datasets" / f"{SCHEME}.yaml"
    file.write_text("version: [", "utf-8")
    assert "can't be read" in put(dataset, source("2"), row()).refused[0][1]
    assert file.read_text("utf-8") == "version: ["


def test_a_record_whose_foreign_id_was_taken_out_is_still_found(dataset: Dataset) -> None:
    put(dataset, row())
    text = only_file(dataset).read_text("utf-8")
    only_file(dataset).write_text(text.partition("external:")[0], "utf-8")
    assert put(dataset, row()).created == []


def test_a_record_that_cannot_be_read_is_not_made_twice(dataset: Dataset) -> None:
    put(dataset, row())
    file = only_file(dataset)
    file.write_text(file.read_text("utf-8") + "kind: twice\n", "utf-8")
    for ledger in ("kept", "lost"):
        before = state(dataset)
        report = put(dataset, row())
        assert not report.clean
        assert state(dataset) == before
        if ledger == "kept":
            (dataset.root / "data" / "imports" / f"{SCHEME}.csv").unlink()


def test_neither_what_the_schema_refuses_is_written_nor_what_only_that_refers_to(dataset: Dataset) -> None:
    place = Incoming("place", {"id": "salqin", "name": "Salqin", "level": "settlement", "country": "SYR"})
    sites = [{"id": "site", "place": "salqin", "kind": "unspecified"}]
    report = put(dataset, place, row("1", kind="wrong", sites=sites), row("2"))
    assert len(report.created) == 1
    assert "REC006" in report.refused[0][1]


def test_a_row_refused_for_a_missing_organisation_names_the_command_that_records_it(dataset: Dataset) -> None:
    ((_, why),) = put(dataset, row(claims=[{"by": "sohrr", "in": "r1", "killed": 3}])).refused
    assert "is not in data/organisations/; did you mean" in why
    assert "x00" not in why


def test_nothing_is_written_through_a_folder_that_is_a_link(
    dataset: Dataset, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (dataset.root / "data/incidents").symlink_to(outside)
    before = state(dataset)
    with pytest.raises(OSError, match="put the folder itself there"):
        put(dataset, row())
    assert state(dataset) == before
    assert not list(outside.iterdir())


def test_nothing_is_written_in_a_dry_run(dataset: Dataset) -> None:
    before = state(dataset)
    assert put(dataset, row(), dry_run=True).created
    assert state(dataset) == before


def test_colliding_ids_are_resolved_the_same_way_each_time(dataset: Dataset, tmp_path: Path) -> None:
    put(dataset, row("1"))
    first_file = only_file(dataset)
    other = tmp_path / "other"
    write_registries(other)
    stranger = other / first_file.relative_to(dataset.root)
    stranger.parent.mkdir(parents=True)
    stranger.write_text(first_file.read_text("utf-8").replace(SCHEME, "third"), "utf-8")
    first = put(Dataset(other), row("1")).created
    assert first != [str(first_file.relative_to(dataset.root))]
    assert put(Dataset(other), row("1")).created == []


class Cut(Exception):
    """The run is cut off."""


@pytest.mark.parametrize("is_renamed", [False, True])
def test_a_run_that_is_cut_off_anywhere_is_completed_by_the_next(
    dataset: Dataset, monkeypatch: pytest.MonkeyPatch, is_renamed: bool, tmp_path: Path
) -> None:
    place = {"id": "new", "name": "New", "level": "settlement", "country": "SYR"}
    first = [Incoming("place", place), *(row(str(number)) for number in range(4))]
    second = [Incoming("place", place), *(row(str(number), killed=number) for number in range(1, 6))]
    put(dataset, *first)
    put(dataset, *second)
    expected = state(dataset)
    for cut in range(1, 20):
        root = tmp_path / f"{cut}"
        write_registries(root)
        budget = [cut]

        def failing(top: Path, file: Path, data: bytes, budget: list[int] = budget) -> None:
            budget[0] -= 1
            if budget[0] == 0 and is_renamed:
                files.write(top, file, data)
            if budget[0] == 0:
                temporary_name(file, top).write_bytes(data[:7])
                raise Cut
            files.write(top, file, data)

        monkeypatch.setattr(storing, "write", failing)
        calls = 0
        while calls < 2:
            try:
                put(Dataset(root), *(first, second)[calls])
                calls += 1
            except Cut:
                continue
        monkeypatch.setattr(storing, "write", files.write)
        put(Dataset(root), *second)
        assert state(Dataset(root)) == expected, cut
        if budget[0] > 0:
            return
    raise AssertionError("the last write was never reached")
