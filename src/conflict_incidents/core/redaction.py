"""What may be personal data in a text that was seen: `shown` in `findings` leaves it out."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache

from conflict_incidents.core.resources import DESCRIPTOR, resource

FREE_TEXT = frozenset(
    [
        *("title", "note", "locator", "excerpt", "excerpt_original", "reason", "agreement", "editor", "reviewer"),
        *("name", "text", "value", "coordinates_from", "attribution", "authors", "url", "archive_url"),
    ]
)
"""The keys of free text and of addresses: nothing of these is repeated."""
LOOKED_AT = 120
"""How many characters of a text are looked at; fewer are shown."""

_DIGIT = r"[0-9\u0660-\u0669\u06f0-\u06f9]"
_POINT = r"[.,\u066b]"
_PERSONAL = re.compile(
    r"@\w|\w@|://|www\.|%[0-9a-fA-F]{2}"
    rf"|(?:{_DIGIT}[ ()./\u2010-\u2015-]{{0,2}}){{9}}|(?<![0-9])(?:\+|00?)[0-9][0-9 ()-]{{7,}}"
    rf"|{_DIGIT}{_POINT}{_DIGIT}{{4}}|{_DIGIT}{_POINT}{_DIGIT}{{2,}}[^0-9]{{1,4}}{_DIGIT}+{_POINT}{_DIGIT}{{2}}"
)
"""What may be an address, a telephone or identity number, or an exact position."""
_NUMBERED = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9:.+-]*Z?)?|(?:[0-9]{1,2}[./-]){2}[0-9]{4}"
    r"|(?i:[a-z]{3}-[0-9]{8}-\w{4})(?:\.yaml)?"
)
"""A day, a moment, and the id of an incident or its file: many digits that say nothing of a person."""
_IN_A_ROW = re.compile(r"(?=(?<![^\W\d_])([^\W\d_]{2,})[.,]?[ _]+([^\W\d_]{2,}))")
_SMALL = re.compile("[a-z]")


def is_personal(text: str, known: Collection[str] = ()) -> bool:
    """Whether a text may be personal data: it has what looks like a name, an address, a number or a position.

    Two words in a row are taken for a name where one of them is no word of the schemas and tables, and is not `known`;
    of words in small letters, where neither is.
    """
    text = text[:LOOKED_AT]
    if _NUMBERED.fullmatch(text):
        return False
    return _PERSONAL.search(text) is not None or any(_is_name(pair, known) for pair in _IN_A_ROW.findall(text))


def _is_name(pair: tuple[str, str], known: Collection[str]) -> bool:
    told = [word.casefold() in _words() or word.casefold() in known for word in pair]
    return not (any(told) if _SMALL.match(pair[1]) else all(told))


@cache
def _words() -> frozenset[str]:
    """The words by which records and tables are described."""
    files = (*sorted(resource("schemas").glob("*.json")), resource(DESCRIPTOR))
    return frozenset(word for file in files for word in re.findall("[a-z]{2,}", file.read_text("utf-8").casefold()))
