"""PRV001: what names a person, and what only looks like a name, text by text and place by place."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import yaml

from conflict_incidents.core.findings import Severity
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.pipeline.validate import validate_dataset
from conflict_incidents.records.model import Record
from conflict_incidents.validation.rules.privacy_names import no_names
from samples import actor, dataset, incident, invalid_record, organisation, place, record, source

TESTS = Path(__file__).parents[1]
REGISTRIES = Dataset(TESTS / "validation/rules/dataset")
TEXTS = yaml.safe_load((TESTS / "validation/texts/names.yaml").read_text("utf-8"))


def names_somebody(sample: Record, registries: Dataset = REGISTRIES) -> bool:
    messages = [finding.message for finding in no_names.run("x.yaml", sample, registries)]
    assert messages in ([], ["the text looks as if it named a person; take the name out"])
    return bool(messages)


@pytest.mark.parametrize("text", TEXTS["named"].splitlines())
def test_a_text_that_names_a_person_is_found(text: str) -> None:
    assert names_somebody(record(incident(note=text.replace("\\n", "\n"))))


@pytest.mark.parametrize("text", TEXTS["unnamed"].splitlines())
def test_text_without_names_passes(text: str) -> None:
    assert not names_somebody(record(incident(note=text)))


NAME = "Khaled Example"
LOOKS_LIKE_ONE = "Etalab Ouverte (2)"
"""What the name of a licence, a dataset or a group may be, and in a sentence a name with an age."""


@pytest.mark.parametrize(
    "tree",
    [
        incident(title=f"The house of {NAME}"),
        incident(note=f"# the house of {NAME}"),
        incident(status="withdrawn", withdrawn={"date": "2022-10-01", "reason": f"{NAME} told us."}),
        organisation("shaam", note=LOOKS_LIKE_ONE),
        place("armanaz", note=LOOKS_LIKE_ONE),
    ],
)
def test_a_name_is_found_in_every_text(tree: dict[str, Any]) -> None:
    assert names_somebody(record(tree))


def test_a_name_is_found_in_a_comment() -> None:
    assert names_somebody(record(f"{json.dumps(incident())}  # {NAME} told us"))


@pytest.mark.parametrize(
    "tree",
    [
        {"victims": [NAME]},
        {"missing_people": [NAME]},
        {"dead_names": [NAME]},
        {"called": NAME},
        {NAME: 7},
        {"Ahmad E.": 7},
    ],
)
def test_a_name_is_found_under_a_key_that_asks_for_it_and_as_a_key(tree: dict[str, Any]) -> None:
    assert names_somebody(invalid_record(incident() | tree))


@pytest.mark.parametrize("tree", [{"Khan Example": 7}, {"Title": "Shelling"}, {"kind_of": "Sample Example"}])
def test_keys_without_names_pass(tree: dict[str, Any]) -> None:
    assert not names_somebody(invalid_record(incident() | tree))


EXTERNAL = {"scheme": "another", "id": "7"}
WAIVER = {"rule": "PRV006", "record": "war", "reason": "It is so.", "date": "2022-10-02", "by": "an editor"}
CONTEXT = {"kind": "covered_by", "actor": "state", "extent": "most", "publisher": "sohr", "published": "2022-09-08"}


@pytest.mark.parametrize(
    "tree",
    [
        organisation("shaam") | {"name": LOOKS_LIKE_ONE},
        organisation("shaam", names=[{"text": LOOKS_LIKE_ONE}]),
        incident(external=[EXTERNAL | {"values": [{"name": "where", "value": LOOKS_LIKE_ONE}]}]),
        source(attribution=LOOKS_LIKE_ONE, licence=LOOKS_LIKE_ONE),
        source(references=[{"authors": [LOOKS_LIKE_ONE], "year": 2013, "title": "Another"}]),
        incident(external=[EXTERNAL | {"conflict": {"name": LOOKS_LIKE_ONE}, "dyad": {"name": LOOKS_LIKE_ONE}}]),
        place("armanaz", lat=36.0, lon=36.0, coordinates="centroid", coordinates_from=LOOKS_LIKE_ONE),
        place("armanaz", context=[CONTEXT | {"agreement": LOOKS_LIKE_ONE}]),
        {"schema": "waivers/1", "waivers": [], "privacy": [WAIVER | {"by": LOOKS_LIKE_ONE, "reviewer": "another"}]},
        {"schema": "waivers/1", "waivers": [], "privacy": [WAIVER | {"reviewer": LOOKS_LIKE_ONE}]},
    ],
)
def test_places_organisations_and_those_who_work_here_may_be_named(tree: dict[str, Any]) -> None:
    assert not names_somebody(record(tree))


@pytest.mark.parametrize(
    ("tree", "expected"),
    [
        (organisation("x") | {"name": NAME}, True),
        (actor("x") | {"name": "Khaled Omar al-Example"}, True),
        (source("x") | {"name": NAME}, True),
        (organisation("x", names=[{"text": NAME}]), True),
        (organisation("x", names=[{"text": "Khaled Example News"}]) | {"name": NAME}, False),
        (actor("x") | {"name": f"{NAME} Brigade"}, False),
        (actor("x") | {"name": "Nour al-Din al-Zenki"}, False),
        (organisation("x") | {"name": "Khaled"}, False),
        (organisation("x") | {"name": "Example Sample"}, False),
        (place("x") | {"name": NAME}, False),
    ],
)
def test_an_organisation_or_a_group_has_no_name_that_is_a_persons_alone(tree: dict[str, Any], expected: bool) -> None:
    with TemporaryDirectory() as folder:
        within = dataset(Path(folder), [tree])
        problems = no_names.run("x.yaml", record(tree), within)
    assert [one.message.partition(";")[0] for one in problems] == ["the name is like a person's"] * expected
    assert all((one.severity is Severity.WARNING) == tree["schema"].startswith("actor") for one in problems)


def test_an_editor_may_be_named_and_a_list_that_should_be_of_names() -> None:
    override = {"measure": "killed", "best": 6, "reason": "so", "editor": LOOKS_LIKE_ONE, "date": "2022-11-01"}
    assert not names_somebody(record(incident(overrides=[override])))
    assert not names_somebody(invalid_record(organisation("shaam", names=[NAME])))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Example Sample told of 7 killed.", False),  # by its name
        ("ÉLAN EXEMPLE told of 7 killed.", False),
        ("Élan Exemple told of 7 killed.", False),  # by another spelling
        ("Sample Example S. told of 7 killed.", False),  # by its id
        ("Hill Sample (9) was hit.", False),
        ("Sample Guard (9) was hit.", False),
        ("Example Another told of 7 killed.", True),
        ("Example Sample told how Khaled Example died.", True),
        ("Khaled Example told Example Sample of it; Hill Sample (9)", True),
    ],
)
def test_a_name_of_the_registries_is_no_persons(text: str, expected: bool) -> None:
    registries = [
        organisation("one") | {"name": "Example Sample", "names": [{"text": "Elan-Exemple"}]},
        organisation("sample-example-s") | {"name": "Something else"},
        place("hill-sample"),
        actor("sample-guard"),
    ]
    with TemporaryDirectory() as folder:
        assert names_somebody(record(incident(note=text)), dataset(Path(folder), registries)) is expected


def test_a_false_alarm_is_answered_by_a_waiver_for_every_kind_of_record(tmp_path: Path) -> None:
    records = [
        place("sample-place") | {"name": f"House of {NAME}"},
        organisation("sample-organisation") | {"name": f"Friends of {NAME}", "note": f"{NAME}, 9, fled."},
        actor("sample-actor", note=f"{NAME}, 9, fled."),
        source("sample-dataset", note=f"{NAME}, 9, fled."),
        incident(note=f"{NAME}, 9, fled."),
    ]
    signed_waivers = [WAIVER | {"rule": "PRV001", "record": one["id"], "reviewer": "another"} for one in records]
    waivers = {"schema": "waivers/1", "privacy": signed_waivers}
    with TemporaryDirectory() as folder:
        before = validate_dataset(dataset(Path(folder), records)).findings
    after = validate_dataset(dataset(tmp_path, [*records, waivers])).findings
    assert {one.path.split("/")[1] for one in before if one.rule == "PRV001"} == {
        *("places", "organisations", "actors", "datasets", "incidents")
    }
    assert [one for one in after if one.rule.startswith("PRV") or "waivers" in one.path] == []
