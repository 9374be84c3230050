"""PRV: do no harm. Prevents: a record that leads to a living victim, a minor or a witness. No value is ever repeated."""

from __future__ import annotations

import re
from collections.abc import Iterator

from conflict_incidents.catalogue import Problem, rule
from conflict_incidents.dataset import Dataset
from conflict_incidents.findings import Mark, Severity
from conflict_incidents.model import Incident, Record

PROSE = ("title", "note", "locator", "excerpt", "reason")
"""The keys whose text people write freely."""
WITHHELD = frozenset({"dwelling", "shelter", "camp", "hospital", "medical_facility", "aid_facility", "school"})
"""Sites that have no position of their own: their place's is all that may be known."""

_NAME = r"[A-Z][\w'-]+(?: (?:al-|el-|bin |ibn |abu |umm )?[A-Z][\w'-]+){1,3}"
_AGED = re.compile(rf"{_NAME}(?:,? (?:aged )?\(?\d{{1,2}}\)?,? ?(?:years?[- ]old)?)(?=[\s,.;)]|$)")
_ROLE = re.compile(
    r"(?i:\b(?:wounded|injured|child|boy|girl|minor|baby|infant|teenager|witness|resident|survivor|detainee|detained|"
    rf"missing|victim|patient|neighbour|eyewitness))(?: (?:man|woman|person))?,? (?i:(?:was |is |who is )?(?:named|called|"
    rf"identified as|known as)?) ?{_NAME}"
)
_ROLE_AFTER = re.compile(
    rf"{_NAME},? (?i:(?:a |an |the )?(?:\d{{1,2}}-year-old |local )?(?:wounded|injured|child|boy|girl|minor|witness|resident|"
    r"survivor|detainee|eyewitness|was (?:wounded|injured|detained)))\b"
)


@rule("PRV001", Severity.ERROR, on=Record)
def no_names(record: Record, dataset: Dataset) -> Iterator[Problem]:
    """A record names nobody who was wounded, detained, is missing, a minor, or a witness.

    The schema has no field for a person's name, and the names of the dead stay in the reports that published them. Free
    text is searched for the patterns in which names of people appear; a machine can't find them all, so the review
    checklist asks for them too. The value is not repeated here: logs are public.

    Wrong:
        note: Ahmad Example, 9, was wounded.

    Right:
        note: A child was wounded.
    """
    for text, mark in record.texts_at(*PROSE):
        if any(pattern.search(text) for pattern in (_AGED, _ROLE, _ROLE_AFTER)):
            yield Problem(mark, "the text looks as if it named a person; take the name out")


@rule("PRV002", Severity.ERROR, on=Incident)
def coarse_positions(incident: Incident, dataset: Dataset) -> Iterator[Problem]:
    """A site's own position has at most 2 decimals, and homes, shelters, schools, medical and aid sites have none.

    Wrong:
        - {id: house, place: hafsarjah, kind: dwelling, lat: 36.0186, lon: 36.5286}

    Right:
        - {id: house, place: hafsarjah, kind: dwelling}
    """
    for site in incident.sites:
        if site.lat is None and site.lon is None:
            continue
        if site.kind in WITHHELD:
            yield Problem(
                site.at("lat"), f"a site of kind `{site.kind}` has no position of its own; its place is enough"
            )
        elif any(value is not None and round(value, 2) != value for value in (site.lat, site.lon)):
            yield Problem(site.at("lat"), "a site's position has at most 2 decimals; round it")


_CONTACTS = (
    (re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+"), "an e-mail address"),
    (re.compile(r"(?<![\w/.%-])(?:\+|00)[0-9][0-9 ()-]{7,}[0-9]"), "a telephone number"),
    (re.compile(r"(?<![\w/@.])@[A-Za-z_]\w{2,}"), "a handle"),
    (re.compile(r"\b[0-9]{1,2}[C-X] ?[A-Z]{2} ?[0-9]{4,5} ?[0-9]{4,5}\b"), "a grid reference"),
)
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")


@rule("PRV003", Severity.ERROR, on=Record)
def no_contacts(record: Record, dataset: Dataset) -> Iterator[Problem]:
    """A record holds no telephone number, e-mail address, handle or grid reference, in Arabic digits neither.

    Wrong:
        note: Call +000 000 000 000 for details.

    Right:
        note: Details are with the publisher.
    """
    for text, mark in record.texts_at(*PROSE):
        yield from _contacts(text, mark)


def _contacts(text: str, mark: Mark) -> Iterator[Problem]:
    folded = text.translate(_DIGITS)
    for pattern, what in _CONTACTS:
        if pattern.search(folded):
            yield Problem(mark, f"the text holds what looks like {what}; take it out")
