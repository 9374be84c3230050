"""`incidents new` in conversation: what answers are understood as, and what happens on a terminal."""

import os
import pty
import re
import select
import shutil
import signal
import sys
from pathlib import Path

import pytest

from conflict_incidents.__main__ import main
from conflict_incidents.authoring.answers import parse_answer
from conflict_incidents.authoring.draft import Draft, RecordingError
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.pipeline import validate_dataset
from conflict_incidents.records.model import Incident
from drafts import TOP, draft, files, names, new, options


@pytest.fixture
def dataset(small_dataset: Path, tmp_path: Path) -> Dataset:
    """A dataset of one's own with a place and a publisher."""
    return Dataset(shutil.copytree(small_dataset, tmp_path / "own"))


@pytest.mark.parametrize(
    ("kind", "option", "text", "value"),
    [
        ("incident", "country", "Syria", "SYR"),
        ("incident", "country", "us", "USA"),
        ("incident", "country", "Nowhere", "Nowhere"),
        ("incident", "language", "English", "en"),
        ("incident", "language", "ku-Latn", "ku-Latn"),
        ("incident", "incident-kind", "Air Strike", "airstrike"),
        ("incident", "incident-kind", "airstrik", "airstrik"),
        ("incident", "site-kind", "place-of-worship", "place_of_worship"),
        ("organisation", "organisation-kind", "news site", "news_site"),
        ("incident", "date", "3 May 2023", "2023-05-03"),
        ("incident", "date", "May 3rd, 2023", "2023-05-03"),
        ("incident", "date", "May 2023", "2023-05"),
        ("incident", "date", "3/5/2023", "3/5/2023"),
        ("incident", "date", "30 February 2023", "30 February 2023"),
        ("incident", "date", "2022-09-08/2022-09-10", "2022-09-08/2022-09-10"),
        ("incident", "published", "3 May 2023", "2023-05-03"),
        ("incident", "published", "May 2023", "May 2023"),
        ("incident", "published", "2022-09-08T21:10:00+03:00", "2022-09-08T21:10:00+03:00"),
        ("incident", "title", "Air strike in May 2023", "Air strike in May 2023"),
        ("incident", "place", "خان شيخون", "khan-shaykhun"),
        ("incident", "publisher", "A name of none", "A name of none"),
        ("place", "unit", "armanaz", "SY07 SY0703 SY070305"),
        ("place", "unit", "sy0703", "SY07 SY0703"),
        ("place", "unit", "SY07 SY0703", "SY07 SY0703"),
        ("place", "unit", "Idlib Governorate", "SY07"),
    ],
)
def test_what_only_one_thing_can_be_meant_by_is_understood(kind: str, option: str, text: str, value: str) -> None:
    form = Draft(Dataset(TOP), kind)
    assert parse_answer(form, form.questions[option], text) == value


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "idleb",
            "3 administrative units are called `idleb`; answer with the p-code of the one meant: SY07 (Idleb, "
            "level 1), SY0700 (Idleb, level 2 in Idleb), SY070000 (Idleb, level 3 in Idleb)",
        ),
        (
            "Armanas",
            "no administrative unit is called `Armanas`; answer with the p-code of the one meant: SY070305 (Armanaz, "
            "level 3 in Harim)",
        ),
        ("Xyzzy", "no administrative unit is called `Xyzzy`; look it up in data/codelists/admin_units.csv"),
    ],
)
def test_of_several_units_the_person_chooses_one(text: str, message: str) -> None:
    form = draft(Dataset(TOP), "place", {"country": "SYR"})
    with pytest.raises(RecordingError, match=re.escape(message)):
        parse_answer(form, form.questions["unit"], text)


def test_the_units_of_a_place_stand_in_it_by_level_and_only_those_of_its_country_are_known() -> None:
    form = draft(Dataset(TOP), "place", {"name": "Quarry", "country": "SYR", "unit": "SY07 SY0703"})
    assert "\nadmin: {adm1: SY07, adm2: SY0703}\n" in form.text()
    assert "admin_units.csv" in draft(Dataset(TOP), "place", {"name": "Quarry"}).text()
    abroad = draft(Dataset(TOP), "place", {"country": "TUR"})
    with pytest.raises(RecordingError, match="no administrative unit is called `SY07`"):
        parse_answer(abroad, abroad.questions["unit"], "SY07")


def test_what_was_understood_is_reported(dataset: Dataset) -> None:
    run = new(dataset, *options({"country": "Syria", "date": "8 September 2022", "incident-kind": "airstrike"}))
    assert run.stderr.startswith("--country: understood as `SYR`\n--date: understood as `2022-09-08`\ndata/")


def test_the_one_country_of_a_dataset_is_offered(dataset: Dataset) -> None:
    for kind in ("incident", "place"):
        form = Draft(dataset, kind)
        assert form.suggest(form.questions["country"]) == ""
        (dataset.root / "data/incidents/SYR").mkdir(exist_ok=True)
        assert form.suggest(form.questions["country"]) == "SYR"
        (dataset.root / "data/incidents/SYR").rmdir()
    (dataset.root / "data/incidents/IRQ").mkdir()
    (dataset.root / "data/incidents/SYR").mkdir()
    assert form.suggest(form.questions["country"]) == ""


def on_a_terminal(dataset: Dataset, lines: list[bytes], kind: str = "incident") -> tuple[int, str]:
    """Run `incidents new` on a terminal of its own; each answer is typed when a prompt stands there.

    The process is a copy of this one: a new one would import everything again.
    """
    pid, terminal = pty.fork()
    if pid == 0:
        code = 70
        try:
            signal.signal(signal.SIGINT, signal.default_int_handler)  # tests in the background ignore it
            os.chdir(dataset.root)
            sys.stdin, sys.stdout, sys.stderr = (os.fdopen(number, mode) for number, mode in enumerate("rww"))
            sys.argv = ["incidents", "new", "--kind", kind]
            code = main()
            sys.stdout.flush()
        finally:
            os._exit(code)
    try:
        output, key = b"", b""
        for answer in lines:
            output += _until_prompt(terminal, key)
            os.write(terminal, answer)
            # A signal that comes just before readline begins to wait is seen only at the next key: press it again.
            key = answer if len(answer) == 1 else b""
        while chunk := _read(terminal, key):
            output += chunk
    finally:
        os.close(terminal)
        status = os.waitpid(pid, 0)[1]
    return os.waitstatus_to_exitcode(status), output.decode("utf-8")


def _until_prompt(terminal: int, key: bytes) -> bytes:
    output = b""
    while not re.search(rb"(\n[a-z-]+( \[[^]]*\])?|\[n\]): (\x1b\S*)?$", output):
        chunk = _read(terminal, key)
        assert chunk, output
        output += chunk
    return output


def _read(terminal: int, key: bytes) -> bytes:
    """What comes next from the terminal, nothing at its end; `key` is typed where nothing comes for a while."""
    for _ in range(20):
        if select.select([terminal], [], [], 3)[0]:
            try:
                return os.read(terminal, 65536)
            except OSError:
                return b""
        os.write(terminal, key)
    raise AssertionError("the command neither says anything nor ends")


def test_on_a_terminal_it_asks_until_the_answers_are_right(dataset: Dataset) -> None:
    title = 'Strike: "quarry" # 5'
    answers = [
        "SYR",
        "2022-02-30",
        "2022-09-08",
        title,
        "airstrike",
        "hafsarja",
        "n",
        "hafsarjah",
        "",
        "Daily Sabah",
        "",
    ]
    code, output = on_a_terminal(dataset, [f"{answer}\n".encode() for answer in [*answers, "", "en"]])
    assert code == 0, output
    assert "`2022-02-30` does not exist" in output
    assert "did you mean `hafsarjah`?" in output
    outcome = validate_dataset(Dataset(dataset.root))
    assert outcome.findings == []
    [incident] = [record for record in outcome.records if isinstance(record, Incident)]
    assert (incident.title, incident.sites[0].kind) == (title, "unspecified")


def test_a_place_and_a_publisher_are_recorded_while_an_incident_is_begun(dataset: Dataset) -> None:
    answers_before = ["Syria", "8 September 2022", "A strike", "air strike"]
    place = ["Armanaz", "y", "", "settlement", "", "", ""]
    publisher = ["Example Times", "y", "", "newspaper", "", ""]
    answers = [*answers_before, *place, "", *publisher, "", "", "English"]
    (dataset.root / "data/incidents/SYR").mkdir()
    code, output = on_a_terminal(dataset, [f"{answer}\n".encode() for answer in answers])
    assert code == 0, output
    assert "data/places/armanaz.yaml is written. Back to the incident." in output
    outcome = validate_dataset(Dataset(dataset.root))
    assert outcome.findings == []
    [incident] = [record for record in outcome.records if isinstance(record, Incident)]
    assert (incident.title, incident.kind, incident.sites[0].place) == ("A strike", "airstrike", "armanaz")
    assert [(report.publisher, report.language) for report in incident.reports.values()] == [("example-times", "en")]


def test_ctrl_c_in_between_keeps_the_answers_so_far(dataset: Dataset) -> None:
    answers = ["SYR", "2022-09-08", "A strike", "airstrike", "Armanaz", "y"]
    rest = ["hafsarjah", "", "daily-sabah", "", "", "en"]
    code, output = on_a_terminal(
        dataset, [*(f"{one}\n".encode() for one in answers), b"\x03", *(f"{one}\n".encode() for one in rest)]
    )
    assert code == 0, output
    assert "the place was not recorded" in output
    assert names(dataset.root / "data/places") == ["README.md", "hafsarjah.yaml"]
    [incident] = Dataset(dataset.root).registry.incidents()
    assert (incident.title, incident.sites[0].place) == ("A strike", "hafsarjah")


def test_a_note_on_a_change_is_dated_by_the_day_and_its_kind_cannot_wait(dataset: Dataset) -> None:
    code, output = on_a_terminal(
        dataset, [b"\n", b"code\n", b"\n", b"Long work shows its progress.\n", b"\n"], "change"
    )
    assert code == 0, output
    assert "Leave an answer empty to fill it in later; but the id is made of change-kind." in output
    [note] = (dataset.root / "data/changes").glob("*.yaml")
    [day] = re.findall(r"\n\r?date \[([0-9-]+)\]", output)
    assert day in note.read_text("utf-8")


@pytest.mark.parametrize(("key", "code"), [(b"\x03", 130), (b"\x04", 2)], ids=["Ctrl-C", "Ctrl-D"])
def test_stopping_at_a_prompt_leaves_nothing_behind(key: bytes, code: int, dataset: Dataset) -> None:
    before = files(dataset.root)
    exit_code, output = on_a_terminal(dataset, [b"SYR\n", b"2022-09-08\n", key])
    assert exit_code == code, output
    assert "Traceback" not in output
    assert files(dataset.root) == before
