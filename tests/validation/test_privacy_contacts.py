"""PRV003: what leads to a person, and what only looks like it, text by text and place by place."""

import json
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import yaml

from conflict_incidents.dataset.dataset import Dataset
from conflict_incidents.records.model import Record
from conflict_incidents.validation.rules.privacy_contacts import no_contacts
from fuzz import HANGS
from samples import claim_of, dataset, incident, invalid_record, organisation, place, record

TESTS = Path(__file__).parents[1]
REGISTRIES = Dataset(TESTS / "validation/rules/dataset")
TEXTS = yaml.safe_load((TESTS / "validation/texts/contacts.yaml").read_text("utf-8"))
EXAMPLES = [(kind, text) for kind, texts in TEXTS["found"].items() for text in texts.splitlines()]


def contacts(sample: Record, registries: Dataset = REGISTRIES) -> list[str]:
    """What the rule says that a record holds."""
    texts = [finding.message for finding in no_contacts.run("x.yaml", sample, registries)]
    assert all(message.startswith("the text contains what looks like ") for message in texts)
    return [message.removeprefix("the text contains what looks like ").removesuffix("; remove it") for message in texts]


@pytest.mark.parametrize(("kind", "text"), EXAMPLES)
def test_what_leads_to_a_person_is_found_in_a_text(kind: str, text: str) -> None:
    assert contacts(record(incident(note=text))) == [kind]


@pytest.mark.parametrize("text", TEXTS["harmless"].splitlines())
def test_text_without_contacts_passes(text: str) -> None:
    assert contacts(record(incident(note=text))) == []


@pytest.mark.parametrize("space", ["\u00a0", "\u2009", "\u202f", "\u3000"])
def test_a_space_of_any_kind_parts_a_number(space: str) -> None:
    assert contacts(record(incident(note=f"An aunt answers at 0900{space}000{space}000."))) == ["a telephone number"]


@pytest.mark.parametrize(
    ("country", "number"), [("USA", "(201) 555-0123"), ("GBR", "020 7946 0123"), ("GBR", "(020) 7946 0123")]
)
def test_a_number_is_found_as_people_of_the_country_write_it(country: str, number: str) -> None:
    assert contacts(record(incident(f"{country}-20220908-7q4m", note=f"Ask at {number}."))) == ["a telephone number"]


@pytest.mark.parametrize("country", ["DEU", "GBR", "IRQ", "JOR", "TUR", "UKR", "USA", "XKX"])
def test_texts_without_contacts_pass_in_other_countries(country: str) -> None:
    for text in TEXTS["harmless"].splitlines():
        assert contacts(record(incident(f"{country}-20220908-7q4m", note=text))) == []


LONG = "Told by 100000000000."
DAY = "2022-10-01"


@pytest.mark.parametrize(
    "more",
    [
        {"title": LONG},
        {"note": LONG},
        {"claims": [claim_of(locator=LONG)]},
        {"claims": [claim_of(excerpt=LONG)]},
        {"claims": [claim_of(excerpt_original=LONG)]},
        {"status": "withdrawn", "withdrawn": {"date": DAY, "reason": LONG}},
    ],
)
def test_long_number_is_found_in_prose_keys(more: dict[str, Any]) -> None:
    assert contacts(record(incident(**more))) == ["a number as long as a telephone or identity number"]


def test_a_long_number_is_seen_in_a_comment_and_in_a_key() -> None:
    text = f"{json.dumps(incident())}  # {LONG}"
    assert contacts(record(text)) == ["a number as long as a telephone or identity number"]
    assert contacts(invalid_record(incident() | {LONG: 7})) == ["a number as long as a telephone or identity number"]


@pytest.mark.parametrize(
    ("more", "kinds"),
    [
        # Digits that number a record of another dataset, or a file, mean nobody.
        ({"id": "100000000000"}, []),
        ({"id": "0123-456789"}, []),
        ({"values": [{"name": "event_id", "value": "100000000000"}]}, []),
        ({"values": [{"name": "event_id", "value": "0123-456789"}]}, ["a telephone number"]),
        ({"id": "witness@example.org"}, ["an e-mail address"]),
        # Where an incident of another dataset happened, that dataset has said.
        ({"values": [{"name": "where", "value": "36.0186, 36.5286"}]}, []),
        ({"id": "36.0186, 36.5286"}, ["an exact position"]),
    ],
)
def test_what_another_dataset_says_is_no_contact_for_its_digits_alone(more: dict[str, Any], kinds: list[str]) -> None:
    external = {"scheme": "another", "id": "7"}
    assert contacts(record(incident(external=[external | more]))) == kinds


def test_several_things_are_reported_one_by_one() -> None:
    text = "witness@example.org and @example_handle know it, call 0000000 or 1000000000, as 36.0186, 36.5286 does."
    kinds = ["an e-mail address", "a telephone number", "an exact position", "a handle"]
    assert contacts(record(incident(note=text))) == kinds
    long = "a number as long as a telephone or identity number"
    assert contacts(record(incident(note="witness@example.org, 1000000000"))) == ["an e-mail address", long]


def test_the_hash_of_a_copy_may_begin_like_a_number() -> None:
    report = {"id": "sabah", "publisher": "daily-sabah", "sha256": f"0012345678{'ab' * 27}"}
    assert contacts(record(incident(reports=[report]))) == []


def test_a_place_may_say_where_it_is_and_nothing_else() -> None:
    assert contacts(record(place("armanaz", note="A gazetteer gives 36.0829, 36.5031."))) == []
    assert contacts(record(place("armanaz", note="Ask at 0900 000 000."))) == ["a telephone number"]
    assert contacts(record(organisation("shaam", note="We are at 36.0829, 36.5031."))) == ["an exact position"]


def registry(folder: str, url: str) -> Dataset:
    """A dataset in which Shaam gives an address as its own."""
    return dataset(Path(folder), [organisation("shaam", url=url), organisation("silent")])


OWN = "https://social.example/@shaam"


@pytest.mark.parametrize(
    ("own", "report", "kinds"),
    [
        (OWN, "https://social.example/@shaam", []),
        (OWN, "https://social.example/@shaam/1234", []),
        (OWN, "https://www.social.example/@Shaam/1234", []),
        ("https://www.Social.example/@SHAAM/", "https://social.example/%40shaam/1234", []),
        (OWN, "https://social.example/@another/1234", ["a handle"]),
        (OWN, "https://elsewhere.example/@shaam", ["a handle"]),
        ("https://social.example/shaam/@one", "https://social.example/shaam/@two", []),
        (OWN, "https://social.example/@shaam?phone=0000000", ["a telephone number"]),
        ("https://social.example/%D0%A8%D0%B0/@one", "https://social.example/%D1%88%D0%B0/@two", []),
        # Addresses that can't be read are nobody's.
        ("https://[x/@shaam", "https://[y/@another", ["a handle"]),
    ],
)
def test_only_the_channel_that_a_publisher_gives_as_its_own_may_be_named(
    own: str, report: str, kinds: list[str]
) -> None:
    with TemporaryDirectory() as folder:
        reports = [{"id": "one", "publisher": "shaam", "url": report}, {"id": "two", "publisher": "shaam"}]
        assert contacts(record(incident(reports=reports)), registry(folder, own)) == kinds


@pytest.mark.parametrize("publisher", ["silent", "unknown"])
def test_a_publisher_without_an_address_has_no_channel(publisher: str) -> None:
    with TemporaryDirectory() as folder:
        reports = [{"id": "one", "publisher": publisher}, {"id": "two", "publisher": publisher, "url": OWN}]
        assert contacts(record(incident(reports=reports)), registry(folder, OWN)) == ["a handle"]


def test_an_organisation_gives_its_channel_at_its_address_alone() -> None:
    assert contacts(record(organisation("shaam", url=OWN))) == []
    assert contacts(record(organisation("shaam", url=OWN, note="Run by @example_handle."))) == ["a handle"]
    assert contacts(record(organisation("shaam", url="mailto://witness@example.org?to=b@example.org"))) == [
        "an e-mail address"
    ]
    for other in ("schema: organisation/1\nid: shaam", "schema: place/1\nid: armanaz"):
        assert contacts(invalid_record(f'"@example_handle": the source\n{other}\n')) == ["a handle"]
    assert contacts(record(place("armanaz", note="Seen by @example_handle."))) == ["a handle"]


@pytest.mark.parametrize("text", ["A." * 110_000, "1234567 " + "رقم " * 25_000])
def test_a_comment_of_many_beginnings_of_a_contact_takes_no_quadratic_time(text: str) -> None:
    start = time.process_time()
    assert not contacts(record(f"{json.dumps(incident())} # {text}"))
    assert time.process_time() - start < HANGS
