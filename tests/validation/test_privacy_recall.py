"""What the privacy rules find of the labelled set, and on how many of its clean texts they give a false alarm."""

from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.validation.rules.privacy_contacts import no_contacts
from conflict_incidents.validation.rules.privacy_names import no_names
from conflict_incidents.validation.rules.privacy_urls import no_private_address
from samples import Tree, counted, incident, organisation, place, record
from test_privacy_set import LABELS, PARTS, TEXTS, LabelledText

REGISTRIES = Dataset(Path(__file__).parent / "rules/dataset")


def holding(row: LabelledText) -> Tree:
    """A record with a text in the field that it is written for."""
    cell = {"scheme": "another", "id": "7", "values": [{"name": "notes", "value": row.text}]}
    match row.kind:
        case "title" | "note":
            return incident(**{row.kind: row.text})
        case "locator" | "excerpt":
            return incident(claims=[counted(**{row.kind: row.text})])
        case "reason":
            return incident(status="withdrawn", withdrawn={"date": "2022-10-01", "reason": row.text})
        case "place":
            return place("armanaz", name=row.text)
        case "organisation":
            return organisation("shaam", name=row.text)
        case _:
            return incident(external=[cell])


def is_refused(row: LabelledText) -> bool:
    judged = record(holding(row))
    return any(rule.run("x.yaml", judged, REGISTRIES) for rule in (no_names, no_contacts, no_private_address))


@cache
def refused() -> Counter[tuple[str, str]]:
    """How many texts of each part and label are refused."""
    return Counter((row.part, row.label) for row in TEXTS if is_refused(row))


FOUND = {
    "tune": {"person": 872, "contact": 300, "clean": 0},
}
"""How many texts of each part and label the documentation says are refused: of `clean` at the most."""


def test_each_part_has_its_figures() -> None:
    assert sorted(FOUND) == PARTS


@pytest.mark.parametrize("part", FOUND)
def test_as_many_texts_are_refused_as_the_documentation_says(part: str) -> None:
    seen = {label: refused()[part, label] for label in LABELS}
    assert seen["clean"] <= FOUND[part]["clean"]
    assert seen["person"] >= FOUND[part]["person"]
    assert seen["contact"] >= FOUND[part]["contact"]
