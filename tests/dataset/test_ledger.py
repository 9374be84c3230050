"""The ledger of releases: what a release leaves in it, what can't be read of it, and that its ids stay given."""

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conflict_incidents.authoring.draft import Draft, RecordingError
from conflict_incidents.cli import main
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.dataset.errors import DatasetError
from conflict_incidents.dataset.ledger import parse_ledger, update_ledger
from conflict_incidents.exchange.importers.store.store import Incoming, store
from conflict_incidents.tables.filling import in_release
from rule_cases import edit_record, lay_out

HEADER = "kind,id,status,positions\n"
INCIDENT = "data/incidents/SYR/2022/SYR-20220908-7q4m.yaml"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return lay_out(tmp_path)


def publish(root: Path) -> str:
    """What a published release of the dataset leaves in its ledger."""
    dataset = Dataset(root)
    records = [dataset.index.parse_file(file).record for file in dataset.index.files()]
    text = update_ledger(dataset.ledger, filter(in_release, filter(None, records)))
    (root / "data/released.csv").write_text(text, "utf-8")
    return text


def findings(root: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """What is said of the ledger when the whole dataset is validated."""
    main(["validate", "--root", str(root)])
    return [line for line in capsys.readouterr().out.splitlines() if line.startswith("data/released.csv")]


def test_a_release_leaves_a_row_for_each_of_its_records(root: Path) -> None:
    kind = "kind: quarry, primary: true"
    (root / INCIDENT).write_bytes(edit_record("incident", {kind: "kind: quarry, lat: 36.02, lon: 36.5"}))
    (root / "data/waivers.yaml").write_text("schema: waivers/1\nwaivers: []\n", "utf-8")
    rows = publish(root).splitlines()
    assert rows[0] == HEADER.rstrip()
    assert rows[1:] == sorted(rows[1:])
    assert "incident,SYR-20220908-7q4m,published,quarry:2;house:-" in rows
    assert "place,hafsarjah,published,:4" in rows
    assert "place,idlib,published," in rows
    assert "organisation,sohr,published," in rows
    assert len(rows) == 1 + len(Dataset(root).index.files()) - 1


def test_what_a_release_leaves_is_read_back_and_written_the_same(root: Path) -> None:
    text = publish(root)
    assert parse_ledger(text, "x").findings == []
    assert publish(root) == text


def test_a_release_without_a_record_keeps_its_row_and_a_draft_gets_none(root: Path) -> None:
    publish(root)
    (root / "data/organisations/dpa.yaml").unlink()
    (root / INCIDENT).write_bytes(edit_record("incident", {"status: published": "status: draft"}))
    text = publish(root)
    assert "organisation,dpa,published," in text
    assert "7q4m" not in text


def test_a_withdrawn_record_has_no_position_left(root: Path) -> None:
    (root / INCIDENT).write_bytes(
        edit_record(
            "incident", {"status: published": "status: withdrawn\nwithdrawn: {date: 2023-01-10, reason: Twice.}"}
        )
    )
    assert "incident,SYR-20220908-7q4m,withdrawn," in publish(root)


def test_after_a_release_the_same_dataset_has_no_new_finding(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["validate", "--root", str(root)])
    before = capsys.readouterr().out
    publish(root)
    main(["validate", "--root", str(root)])
    assert capsys.readouterr().out == before


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("", 1, "the first line is ``, not `kind,id,status,positions`"),
        ("kind;id\n", 1, "the first line is `kind;id`, not `kind,id,status,positions`"),
        (HEADER[:-1], 1, "the last line isn't complete"),
        (HEADER + "place,idlib,published,,0000", 2, "the last line isn't complete"),
        (
            HEADER + "place,idlib,published\n",
            2,
            "`place,idlib,published` is not a row of `kind,id,status,positions`",
        ),
        (HEADER + "<<<<<<< main\n", 2, "`<<<<<<< main` is not a row of `kind,id,status,positions`"),
        (
            HEADER + "place,idlib,draft,\n",
            2,
            "`place,idlib,draft,` is not a row of `kind,id,status,positions`",
        ),
        (HEADER + 2 * "place,idlib,published,\n", 3, "place `idlib` is already on line 2"),
    ],
)
def test_a_ledger_that_cannot_be_read_is_a_finding(
    text: str, line: int, why: str, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (root / "data/released.csv").write_text(text, "utf-8", newline="")
    assert f"data/released.csv:{line}:1: REC011 can't be read: {why}; correct the file" in findings(root, capsys)
    assert main(["validate", "--root", str(root), str(root / "data/places/idlib.yaml")]) == 1


def test_a_ledger_that_is_no_text_or_no_file_is_a_finding(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = root / "data/released.csv"
    file.write_bytes(HEADER.encode() + b"\xff\n")
    assert findings(root, capsys) == [
        "data/released.csv:1:1: REC011 can't be read: byte 0xff is not UTF-8; correct the file"
    ]
    file.unlink()
    file.symlink_to(root / "elsewhere")
    assert findings(root, capsys) == [
        "data/released.csv:1:1: REC011 can't be read: a symbolic link; put the file itself here; correct the file"
    ]


def test_a_broken_ledger_is_neither_renewed_nor_passed_over_by_who_needs_a_free_id(root: Path) -> None:
    (root / "data/released.csv").write_text("no ledger\n", "utf-8")
    with pytest.raises(DatasetError, match=r"data/released\.csv can't be read"):
        publish(root)
    with pytest.raises(DatasetError, match=r"data/released\.csv:1: can't be read.*no id can be given before that"):
        Draft(Dataset(root), "organisation").answer("id", "a-new-one")


def test_an_id_of_the_ledger_is_given_to_no_new_record(root: Path) -> None:
    rows = "incident,SYR-20220908-bbbb,withdrawn,\norganisation,gone,withdrawn,\n"
    (root / "data/released.csv").write_text(HEADER + rows, "utf-8")
    suffixes = iter(["bbbb", "bbbb", "cccc"])
    draft = Draft(Dataset(root), "incident", lambda: next(suffixes))
    draft.answer("country", "SYR")
    draft.answer("date", "2022-09-08")
    assert draft.write().name == "SYR-20220908-cccc.yaml"
    with pytest.raises(RecordingError, match="the organisation `gone` was released already"):
        Draft(Dataset(root), "organisation").answer("id", "gone")


def test_an_import_gives_no_id_of_the_ledger(root: Path) -> None:
    shutil.copytree(Path(__file__).parents[2] / "schemas", root / "schemas")
    record = {
        "title": "Shelling",
        "status": "published",
        "date": "2016-01-02",
        "kind": "shelling",
        "sites": [{"id": "site", "place": "idlib", "kind": "unspecified"}],
        "reports": [{"id": "r1", "publisher": "sohr", "language": "en"}],
        "external": [{"scheme": "ucdp-ged", "id": "1"}],
    }
    first = store([Incoming("incident", record, "SYR")], Dataset(root), scheme="ucdp-ged", dry_run=True).created[0]
    row = f"incident,{Path(first).stem},withdrawn,\n"
    (root / "data/released.csv").write_text(HEADER + row, "utf-8")
    (second,) = store([Incoming("incident", record, "SYR")], Dataset(root), scheme="ucdp-ged").created
    assert second != first


@given(st.text(max_size=300))
def test_any_text_gives_a_ledger_or_findings(text: str) -> None:
    ledger = parse_ledger(text, "x")
    assert ledger.findings or text == HEADER
