"""Contacts as people write them out: spelt addresses and numbers, street addresses, accounts and plates.

`contact_words.csv` has the words by class and language, `contact_patterns.csv` the patterns, each with an example;
`<street>` in a pattern is any word of that class.
"""

from __future__ import annotations

import re
from functools import cache

from conflict_incidents.core.resources import csv_rows

SPELT_PHONE = "a telephone number"
_START = r"(?<![^\W\d_])"
_END = r"(?![^\W\d_])"
_PARTS = {
    "start": _START,
    "end": _END,
    "month": "January|February|March|April|May|June|July|August|September|October|November|December",
    "name": r"[A-ZÁÉÍÓÚÑ][^\W\d_]+",
    "number_sign": r"(?:#|n\.?[º°]|no\.|núm\.?|número|رقم|(?:شماره|پلاک)\u0654?)",
    "plate_letter": "[ABCEHIKMOPTXУАВСЕНІКМОРТХ]",  # of Ukraine and Russia, alike in both scripts
}
"""Parts of patterns by their names in `contact_patterns.csv`, besides the classes of words."""


@cache
def _words() -> dict[str, str]:
    """The alternatives of each class of words, as a regular expression, the longest first."""
    words_by_class: dict[str, set[str]] = {}
    for row in csv_rows(__file__, "contact_words.csv"):
        words_by_class.setdefault(row["class"], set()).update(word.replace("_", " ") for word in row["words"].split())
    return {
        kind: "|".join(map(re.escape, sorted(words, key=lambda word: (-len(word), word))))
        for kind, words in words_by_class.items()
    }


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """The patterns with what each finds, compiled when a text first needs them."""
    words = _words()
    at, dot = words["at"], words["dot"]
    parts = words | _PARTS
    parts["ats"] = rf"(?:\s@\s?|@\s|\s?[(\[{{]\s?(?:{at}|@)\s?[)\]}}]\s?)"
    parts["dots"] = rf"(?:[(\[{{]\s?(?:{dot}|\.)\s?[)\]}}]|\s(?:{dot})\s)"
    return [
        (re.compile(re.sub("<([a-z_]+)>", lambda part: parts[part[1]], row["pattern"])), row["finds"])
        for row in csv_rows(__file__, "contact_patterns.csv")
    ]


_WORDS = re.compile(r"[^\W\d_]+")
_DIGIT = re.compile("[0-9]")
_BRACKETS = re.compile(r"[(\[{]\w{1,9}[)\]}] ?[\w-]+ ?[(\[{]")
_IN_A_ROW = re.compile(r"(?:[0-9][ .()-]{0,3}){6}[0-9]|[A-Z]{2}[0-9]{2}|[A-ZА-ЯІ] ?[0-9]{3,4} ?[A-ZА-ЯІ]{2}")


@cache
def _hints() -> dict[str, frozenset[str]]:
    """Return words that indicate a contact, by kind: a text without any of them contains none.

    `spelt` are words of spelt addresses and numbers, `call` those before a telephone number, `numbered` those before
    another number, such as that of a house.
    """
    words_of = {kind: frozenset(_WORDS.findall(words.lower())) for kind, words in _words().items()}
    unnumbered = ("at", "dot", "domain", "digit", "zero", "floor", "building")
    return {
        "spelt": (words_of["at"] | words_of["dot"] | words_of["zero"] | words_of["call"]) - {"at", "point"},
        "at": words_of["at"] | {"point"},
        "account": words_of["account"] | words_of["handle"],
        "call": words_of["call"].union(words_of["zero"], (f"و{zero}" for zero in words_of["zero"])),
        "numbered": frozenset({"no", "numara"}).union(*(words_of[kind] for kind in words_of if kind not in unnumbered)),
    }


def may_be_written(text: str) -> bool:
    """Whether a text may contain a contact: a quick check, which most texts fail."""
    words, hints = _WORDS.findall(text.lower()), _hints()
    if not hints["spelt"].isdisjoint(words):
        return True
    if ("@" in text or "(" in text or "[" in text) and not hints["at"].isdisjoint(words):
        return True
    if not hints["account"].isdisjoint(words):
        return True
    if "@ " in text or " @" in text or "live:" in text or _BRACKETS.search(text):
        return True
    return bool(_DIGIT.search(text)) and (not hints["numbered"].isdisjoint(words) or _IN_A_ROW.search(text) is not None)


def written_contacts(text: str) -> dict[str, None]:
    """Return the kinds of contacts found in a text with ASCII digits, in order and without duplicates."""
    if not may_be_written(text):
        return {}
    contacts = {what: None for pattern, what in _patterns() if pattern.search(text)}
    if not _hints()["call"].isdisjoint(_WORDS.findall(text.lower())) and _number_in_words().search(text):
        contacts[SPELT_PHONE] = None
    return contacts


@cache
def _number_in_words() -> re.Pattern[str]:
    """Return the pattern of a number of five parts or more in words, or in words and digits."""
    number = rf"(?:[وy]\s?)?(?:{_words()['digit']}|{_words()['zero']}){_END}"
    return re.compile(rf"(?i){_START}{number}(?:[\s,\u060c-]+(?:{number}|[0-9]{{1,3}}(?![0-9]))){{4,}}")
