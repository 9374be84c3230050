"""PRV: do no harm. Prevents: a record that leads to a living victim, a minor or a witness.

No value is ever repeated.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from conflict_incidents.catalogue import Problem, rule
from conflict_incidents.dataset import Dataset
from conflict_incidents.findings import Mark, Severity
from conflict_incidents.model import Record

PROSE = ("title", "note", "locator", "excerpt", "excerpt_original", "reason", "agreement")
"""The keys whose text people write freely."""
WRITTEN = (*PROSE, "name", "text", "value", "editor", "coordinates_from", "url", "archive_url")
"""All keys whose text no closed list confines."""

_CAPITAL = "A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĖĘĚĞĢĪĮİĶĹĻĽŁŃŅŇŌŐŘŚŞŠŢŤŪŮŰŲŹŻŽ"
_WORD = rf"[{_CAPITAL}][\w'\u2019-]++"  # to its end: no pattern looks at a word twice
_NAME = (
    rf"(?<![\w'\u2019-])(?P<name>{_WORD}(?: (?:(?:al|el|as|ad|an)-|bin |bint |ibn |abu |umm |de |van )?{_WORD}){{1,3}})"
)
_WHO = (
    "wounded|injured|child|boy|girl|minor|baby|infant|toddler|teenager|witness|eyewitness|resident|survivor|detainee|"
    "detained|missing|abducted|kidnapped|victim|patient|neighbour|neighbor|activist|volunteer|farmer|father|mother|son|"
    "daughter"
)
_CALLED = "(?:was |is |who is )?(?:named|called|identified as|known as)"
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        # A name with an age: "…, 9, was", "… (9)", "… aged 9", "…, 9 years old".
        rf"{_NAME},? (?:aged \d{{1,2}}\b|\(?\d{{1,2}}[- ]years?[- ]old)",
        rf"{_NAME}(?:, \d{{1,2}},(?! ?\d| and )| \((?:aged )?\d{{1,2}}\))",
        # A person, then a name: "the wounded man, …", "resident …", "a boy named …".
        rf"(?i:\b(?:{_WHO})s?(?: (?:man|woman|person|boy|girl))?[,:]? (?:{_CALLED} )?){_NAME}",
        rf"(?i:\b(?:{_WHO}|man|woman) {_CALLED}) (?P<name>{_WORD})",
        # A name, then a person: "…, a resident", "… was wounded".
        rf"{_NAME}, (?i:(?:an?|the|one of the) (?:\d{{1,2}}-year-old |local |\w+ )?(?:{_WHO})\b)",
        rf"{_NAME},? (?i:(?:was|is|had been) (?:\w+ly )?(?:wounded|injured|killed|detained|abducted|arrested))\b",
        rf"\b(?:Mr|Mrs|Ms|Miss)\.? (?P<name>{_WORD})",
        r"(?P<name>(?:يدعى|تدعى|المدعو|المدعوة|اسمه|اسمها) +\w+)",
    )
)
_PLACED = re.compile(
    r"(?i)(?:^|\s)(?:in|at|near|on|of|from|to|outside|around|between|over|towards|the|and|city|town|village)$"
)
"""The words before a name that is a place's or an organisation's rather than a person's."""
_NO_PERSON = re.compile(
    r"(?i)^(?:bab|tell|tall|khan|jabal|ma'?arr?at|kafr|kafar|deir|dayr|ras|wadi|ain|ayn|ein|jisr|beit|bayt|burj)\b"
    r"|\b(?:point|camp|base|brigades?|division|road|highway|street|checkpoint|hospital|school|mosque|bridge|village|town"
    r"|city|governorate|province|district|airport|crossing|battalion|regiment|front|channel|army|corps|tv|news|agency"
    r"|network|observatory|defen[cs]e|helmets?|crescent|cross|nations|council|ministry|forces?|group|union|party|states?"
    r"|republic|government|committee|commission|international|media|press|mubasher|jazeera|arabiya|tahrir|watch|rights"
    r"|airlines|amnesty|human|daily|times|post|january|february|march|april|may|june|july|august|september|october"
    r"|november|december|monday|tuesday|wednesday|thursday|friday|saturday|sunday|syrians?|russians?|iranians?|turkish"
    r"|kurdish|kurds?|arabs?|palestinians?|iraqis?|lebanese|israelis?|ukrainians?|americans?|europeans?|british|french"
    r"|german|yemenis?|sudanese|north|south|east|west|northern|southern|eastern|western|central|two|three|four|five|six"
    r"|seven|eight|nine|ten|airstrikes?|strikes?|shelling|attack|the|in|at|on|a)\b"
)
"""Words that no person is called by."""


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
        found = [match for pattern in _PATTERNS for match in pattern.finditer(text) if _names_person(text, match)]
        if any(not _registered(match["name"], dataset) for match in found):
            yield Problem(mark, "the text looks as if it named a person; take the name out")


def _names_person(text: str, found: re.Match[str]) -> bool:
    """Whether what stands where a name would stand isn't plainly the name of a place or an organisation."""
    return not _NO_PERSON.search(found["name"]) and not _PLACED.search(text[: found.start("name")].rstrip())


def _registered(name: str, dataset: Dataset) -> bool:
    """Whether a registry has a record by that name: of a place, an organisation or an actor."""
    id = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    return any(id in dataset.ids(folder) for folder in ("places", "organisations", "actors"))


_CONTACTS = (
    (re.compile(r"(?<![\w.+-])[\w.+-]++@[\w-]+\.[\w.]+"), "an e-mail address"),
    (re.compile(r"(?<![\w/.%-])(?:\+|00)[0-9][0-9 ()-]{7,}[0-9]"), "a telephone number"),
    (re.compile(r"(?<![\w/.%:-])0[0-9]{2,3}[ -]?[0-9]{3}[ -]?[0-9]{3,4}(?![\w-])"), "a telephone number"),
    (re.compile(r"(?:\btel:|[?&]phone=)\+?[0-9]{7,}"), "a telephone number"),
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
    for text, mark in record.texts_at(*WRITTEN):
        # What stands before the path of an address, SRC001 looks at.
        yield from _contacts(text.split("/", 3)[-1] if text.startswith(("http://", "https://")) else text, mark)


def _contacts(text: str, mark: Mark) -> Iterator[Problem]:
    folded = text.translate(_DIGITS)
    for pattern, what in _CONTACTS:
        if pattern.search(folded):
            yield Problem(mark, f"the text holds what looks like {what}; take it out")
