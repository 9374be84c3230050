"""What the privacy rules find of the labelled set, and on how many of its clean texts they give a false alarm."""

from collections import Counter
from functools import cache
from hashlib import sha256
from pathlib import Path

import pytest
from slugify import slugify

from conflict_incidents.core.redaction import is_personal
from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.validation.rules.privacy_contacts import no_contacts
from conflict_incidents.validation.rules.privacy_names import no_names
from conflict_incidents.validation.rules.privacy_urls import no_private_address
from samples import TOP, Tree, claim_of, incident, organisation, place, record
from test_privacy_set import LABELS, PARTS, TEXTS, LabelledText

REGISTRIES = Dataset(Path(__file__).parent / "rules/dataset")


def holding(row: LabelledText) -> Tree:
    """A record with a text in the field that it is written for."""
    cell = {"scheme": "another", "id": "7", "values": [{"name": "notes", "value": row.text}]}
    match row.kind:
        case "text":
            return incident(note=row.text)
        case "title" | "note":
            return incident(**{row.kind: row.text})
        case "locator" | "excerpt":
            return incident(claims=[claim_of(**{row.kind: row.text})])
        case "reason":
            return incident(status="withdrawn", withdrawn={"date": "2022-10-01", "reason": row.text})
        case "place":
            return place("armanaz", name=row.text)
        case "organisation":
            return organisation("shaam", name=row.text)
        case _:
            return incident(external=[cell])


def is_refused(row: LabelledText) -> bool:
    sample = record(holding(row))
    return any(rule.run("x.yaml", sample, REGISTRIES) for rule in (no_names, no_contacts, no_private_address))


def is_sampled(row: LabelledText) -> bool:
    return sha256(row.text.encode()).hexdigest()[1] in "0123"


@cache
def count_refusals(from_sample: bool) -> Counter[tuple[str, str]]:
    """How many texts of each part and label are refused: of all, or of the quarter that is a sample."""
    return Counter((row.part, row.label) for row in TEXTS if (is_sampled(row) or not from_sample) and is_refused(row))


EXPECTED_COUNTS = {
    "tune": {"person": 1536, "contact": 479, "clean": 15},
    "held": {"person": 111, "contact": 31, "clean": 4},
}
"""How many texts of each part and label the documentation says are refused: of `clean` at the most."""
EXPECTED_IN_SAMPLE = {
    "tune": {"person": 375, "contact": 116, "clean": 2},
    "held": {"person": 24, "contact": 10, "clean": 1},
}


def test_each_part_has_its_figures() -> None:
    assert sorted(EXPECTED_COUNTS) == sorted(EXPECTED_IN_SAMPLE) == PARTS


@pytest.mark.parametrize("part", EXPECTED_COUNTS)
@pytest.mark.parametrize("from_sample", [True, pytest.param(False, marks=pytest.mark.slow)])
def test_as_many_texts_are_refused_as_the_documentation_says(part: str, from_sample: bool) -> None:
    recall = {label: count_refusals(from_sample)[part, label] for label in LABELS}
    expected = (EXPECTED_IN_SAMPLE if from_sample else EXPECTED_COUNTS)[part]
    assert recall["clean"] <= expected["clean"]
    assert recall["person"] >= expected["person"]
    assert recall["contact"] >= expected["contact"]


def test_four_of_five_names_are_redacted_as_ids_and_hardly_any_id_of_the_registries() -> None:
    names = {name for row in TEXTS if row.label == "person" for name in row.personal if len(name.split()) > 1}
    ids = {slugify(name) for name in names if max(name) < "\u0250"}
    assert len(ids) > 400
    assert len([id for id in ids if is_personal(id)]) >= 0.8 * len(ids)
    own = [path.stem for kind in ("organisations", "actors", "places") for path in (TOP / "data" / kind).glob("*.yaml")]
    assert len([id for id in own if is_personal(id)]) <= 0.003 * len(own)
