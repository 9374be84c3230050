"""Detect possible personal data in text, which `shown` in `findings` redacts."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Collection
from functools import cache, lru_cache
from html import unescape
from typing import Any, NewType

from conflict_incidents.core.resources import DESCRIPTOR, resource

Shown = NewType("Shown", str)
"""Text that is safe to show: made of literals, numbers, days and results of `shown`, as checked by a plugin of mypy."""
FREE_TEXT = frozenset(
    [
        *("title", "note", "locator", "excerpt", "excerpt_original", "reason", "agreement", "editor", "reviewer"),
        *("name", "text", "value", "coordinates_from", "attribution", "authors", "url", "archive_url"),
    ]
)
"""The keys of free text and of URLs, which are always redacted."""
MAX_CHECKED = 120
"""The number of characters to check; fewer are shown."""

_CREDENTIALS = re.compile(r"(:/+)(?=[^\s/]{0,999}[:@])\S{0,999}@|(?<![\w/.@:-])[^\s'\"/\\:@]{1,999}:[^\s/\\@]{1,999}@")
"""Limited, as time would be quadratic otherwise."""
_QUERY = re.compile(r"(:/[^\s?#'\"]{0,999}[?#])[^\s'\"]+")
_POINT = r"[.,\u066b]"
_PERSONAL = re.compile(
    r"@\w|\w@|://|www\.|%[0-9a-fA-F]{2}|xn--|(?i:[(\[{] ?(?:at|dot) ?[)\]}])"
    rf"|(?:[0-9][ ()./_:|-]{{0,3}}){{9}}|(?<![0-9])(?:\+|00?)[0-9][0-9 ()-]{{7,}}"
    rf"|[0-9]{_POINT}[0-9]{{4}}|[0-9]{_POINT}[0-9]{{2,}}[^0-9]{{1,4}}[0-9]+{_POINT}[0-9]{{2}}"
)
"""A pattern of possible addresses, telephone or identity numbers, and exact positions."""
_DAY_OR_ID = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9:.+-]*Z?)?|(?:[0-9]{1,2}[./-]){2}[0-9]{4}"
    r"|(?i:[a-z]{3}-[0-9]{8}-\w{4})(?:\.yaml)?"
)
"""A pattern of days, moments, and ids of incidents or their files: many digits that identify no person."""
_IN_A_ROW = re.compile(
    r"(?=(?<![^\W\d_])([^\W\d_]{2,})(?:[.,]?[ _]+|(?<=[^\W\d_]{3})-(?=[^\W\d_a-z][^\W\d_]{2}))([^\W\d_]{2,}))"
)
_ESCAPE = re.compile(r"\\(?:x[0-9a-f]{2}|u[0-9a-f]{4}|U00(?:0[0-9a-f]|10)[0-9a-f]{4})")
"""A character as `printable` writes it."""
_NAME_BREAK = re.compile(r"\s+-+\s+|(?<=[a-z])(?=[A-Z])|\s+")
_DASHES = "\N{MINUS SIGN}\N{MIDDLE DOT}\N{BULLET}"
_SLUG = re.compile(r"(?<![\w-])[a-z]{2,}(?:-[a-z]+){1,7}(?:-?[0-9]{1,4})?(?![\w-])")
_HYPHEN = re.compile("(?<=[a-z])-(?=[a-z])")
_SMALL = re.compile("[a-z]")
_IN_DATA = re.compile(r"(?:.*?/)??data/", re.S)
_SUFFIX = re.compile(r"\.(?:ya?ml|csv|json)~?\Z")
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*|[A-Z]{3}(?:-[0-9]{8}-\w{4})?")
_JOINT = re.compile(r"[.-]+|(?<=[a-z])(?=[A-Z])")
_BY_NUMBER = ("incidents", "codelists")
"""The folders of `data/` in which no file is named by words with hyphens."""


def is_personal(text: str, known_words: Collection[str] = (), ids: bool = True) -> bool:
    """Whether a text may be personal data: it may contain a name, an address, a number or a position.

    Two consecutive words are taken for a name if one of them isn't a word of the schemas and tables, or of `known`; for
    words in lower case, if neither is. An id is taken for one if its words are the name of a person, as rules find it;
    without `ids`, its words are consecutive ones.
    """
    text = _plainly(text[:MAX_CHECKED])
    text = text if ids else _HYPHEN.sub(" ", text)
    if _DAY_OR_ID.fullmatch(text):
        return False
    if _PERSONAL.search(text) or any(_is_name(pair, known_words) for pair in _IN_A_ROW.findall(text)):
        return True
    return any(_is_name_in_id(slug) and slug not in known_words for slug in _SLUG.findall(text))


def is_contact_or_name(text: str) -> bool:
    """Whether a text, such as the name of a column, holds an address, a number or a position, or is a person's name."""
    plain = _plainly(text[:MAX_CHECKED])
    return _PERSONAL.search(plain) is not None or _is_name_in_id(plain.lower().replace(" ", "-"))


@lru_cache(maxsize=65536)
def _is_name_in_id(slug: str) -> bool:
    from conflict_incidents.core.persons.names import is_named_by  # most who load a release need none of its words

    return is_named_by(slug)


def _plainly(text: str) -> str:
    """Return a text with digits of every script as `0` to `9`, and without entities and what can't be seen.

    Words are set apart by a space, also those that a capital letter or a dash between spaces sets apart.
    """
    text = unescape(_ESCAPE.sub(lambda code: chr(int(code[0][2:], 16)), text))
    if not text.isascii():
        text = "".join(map(_plain_character, unicodedata.normalize("NFKC", text)))
    return _NAME_BREAK.sub(" ", text)


def _plain_character(character: str) -> str:
    digit = unicodedata.decimal(character, None)
    kind = unicodedata.category(character)
    if digit is not None:
        return str(digit)
    return "" if kind == "Cf" else "-" if kind == "Pd" or character in _DASHES else character


def without_keys(text: str) -> str:
    """Return a text without the user name, password, query and fragment of its URLs."""
    return _QUERY.sub(r"\1…", _CREDENTIALS.sub(r"\1…@", text))


def redact_path(path: str) -> Shown:
    """Return a path with each name below `data/` redacted that may be a person's and is no id."""
    path = without_keys(path)
    above = _IN_DATA.match(path)
    if not above:
        return Shown(path)
    folder, *names = path[above.end() :].split("/")
    ids = folder not in _BY_NUMBER
    return Shown(above[0] + "/".join([_redact_name(folder, ids=True), *(_redact_name(name, ids) for name in names)]))


def _redact_name(name: str, ids: bool) -> str:
    suffix = _SUFFIX.search(name)
    stem = name[: suffix.start()] if suffix else name
    id = _ID.match(stem)
    known = id[0] if id and (ids or id[0][0].isupper()) else ""
    rest = stem.removeprefix(known)
    parts = (known, _JOINT.sub(" ", rest), rest if known[:1].isupper() or not rest else stem)
    personal = any(map(is_personal, parts))
    return f"(name not repeated){suffix[0] if suffix else ''}" if personal else name


def _is_name(pair: tuple[str, str], known_words: Collection[str]) -> bool:
    ordinary = [word.casefold() in _words() or word.casefold() in known_words for word in pair]
    return not (any(ordinary) if _SMALL.match(pair[1]) else all(ordinary))


@cache
def id_keys() -> frozenset[str]:
    """Return the keys that take ids according to the schemas, and `record`, which takes one of any kind."""
    keys = {"record"}
    schemas: list[Any] = [json.loads(file.read_text("utf-8")) for file in resource("schemas").glob("*.json")]
    while schemas:
        node = schemas.pop()
        schemas += node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
        if isinstance(node, dict) and isinstance(properties := node.get("properties"), dict):
            keys |= {key for key, value in properties.items() if _takes_id(value) or _takes_id(value.get("items", {}))}
    return frozenset(keys)


def _takes_id(schema: Any) -> bool:
    return schema.get("$ref") in ("#/$defs/slug", "#/$defs/record") or schema.get("pattern", "").startswith(
        "^[A-Z]{3}-"
    )


@cache
def _words() -> frozenset[str]:
    """The vocabulary of records and tables."""
    files = (*sorted(resource("schemas").glob("*.json")), resource(DESCRIPTOR))
    return frozenset(word for file in files for word in re.findall("[a-z]{2,}", file.read_text("utf-8").casefold()))
