"""Contacts as people write them out: spelt addresses and numbers, street addresses, accounts and plates.

`contact_words.csv` has the words, by what they tell and by language.
"""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path

SPELT_EMAIL, SPELT_PHONE = "an e-mail address", "a telephone number"
ADDRESS, ACCOUNT, PLATE, HANDLE = "a street address", "an account number", "a number plate", "a handle"
_MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
_START = r"(?<![^\W\d_])"
_END = r"(?![^\W\d_])"
_NUMBER_SIGN = r"(?:#|n\.?[º°]|no\.|núm\.?|número|رقم|(?:شماره|پلاک)\u0654?)"
_PLATE_LETTER = r"[ABCEHIKMOPTXУАВСЕНІКМОРТХ]"
"""Letters on number plates of Ukraine and Russia, which look alike in both scripts."""


@cache
def _words() -> dict[str, str]:
    """The alternatives of each class of words, as a regular expression, the longest first."""
    found: dict[str, set[str]] = {}
    with (Path(__file__).parent / "contact_words.csv").open(encoding="utf-8", newline="") as lines:
        for kind, _, listed in csv.reader(lines):
            found.setdefault(kind, set()).update(word.replace("_", " ") for word in listed.split())
    return {
        kind: "|".join(map(re.escape, sorted(words, key=lambda word: (-len(word), word))))
        for kind, words in found.items()
    }


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """The patterns, made ready when a text first needs them, and what each finds."""
    words = _words()
    at, dot, street = words["at"], words["dot"], words["before_street"]
    ats = rf"(?:\s@\s?|@\s|\s?[(\[{{]\s?(?:{at}|@)\s?[)\]}}]\s?)"
    dots = rf"(?:[(\[{{]\s?(?:{dot}|\.)\s?[)\]}}]|\s(?:{dot})\s)"
    email = (
        rf"(?i)\w(?:{ats}[\w-]+\s?(?:{dots}|\.)|\s(?:{at})\s[\w-]+\s?{dots})\s?(?:{words['domain']}|[a-z]{{2}}){_END}"
    )
    name = "[A-ZÁÉÍÓÚÑ][^\\W\\d_]+"
    by_kind = {
        SPELT_EMAIL: (
            email,
            rf"(?i)\w ?[(\[{{]\w{{1,9}}[)\]}}] ?[\w-]+ ?[(\[{{]\w{{1,6}}[)\]}}] ?(?:{words['domain']}|[a-z]{{2}})"
            rf"{_END}",
        ),
        SPELT_PHONE: (
            r"(?<![\w.-])(?:[0-9][ -]{1,3}){8,}[0-9](?![\w.])",
            r"(?<![\w/.%:-])(?:[0-9]{3}-[0-9]{3}-[0-9]{4}|0[0-9](?:\.[0-9]{2}){4})(?![\w-])",
            r"(?<![\w/.%:-])\([0-9]{1,4}\) ?[0-9]{3}[ -][0-9]{2}[ -]?[0-9]{2}(?![\w-])",
        ),
        ADDRESS: (
            # 14 Olive Street, Olive Street 14
            # 8, avenue de la Paix; carrera 7 # 00-12; Avenida Los Mártires 118; flat 3; Sk. No:7
            rf"(?<![\w.,/-])[0-9]{{1,4}}[A-Za-z]?,? (?!(?:{_MONTH})\b)(?:[A-Z][\w'.-]* ){{1,3}}"
            rf"(?i:{words['street']}){_END}(?! [0-9])",
            rf"(?:[A-Z][\w'.-]* ){{1,3}}(?i:{words['street']}) [0-9]{{1,4}}[A-Za-z]?(?=[.,;)]|$)",
            rf"(?i)(?<![\w.,/-])[0-9]{{1,4}}(?: ?bis| ?ter)?,? (?:{street}) (?=\w)",
            rf"(?i){_START}(?:{street}) (?:[^\s,.;:#0-9]+ ){{0,5}}?[0-9]{{0,3}} ?[a-z]? ?{_NUMBER_SIGN} ?[0-9]",
            rf"{_START}(?i:{street}) (?:(?:de|del|la|las|los|el|des?|du) )*(?!Octubre|Mayo|Julio){name}(?: {name})*"
            rf",? [0-9]{{1,4}}(?=, (?:[0-9]|{words['floor']})| ?$|\.$)",
            rf"(?i){_START}(?:{words['within']}) (?:no?\.? ?)?[0-9]{{1,4}}[a-z]?"
            r"(?=[,.;)\u060c\u061b]|$| (?!k?m\b)[^\W\d_])",
            rf"(?i){_START}(?:{words['house']})\u0654? ?[0-9]",
            rf"(?i){_START}(?:{words['turkish_street']}){_END}[^;\n]{{0,30}}?\b(?:no|numara)\b ?[:.]? ?[0-9]",
            r"(?i)\b(?:sok|sk|cad|cd|blv)\. ?[0-9]{1,4}\b",
            rf"(?:{street}) [^;\n0-9]{{2,30}}?[\u060c,] ?(?:{words['building']}) ?[0-9]",
            # вул. Садова, 18, кв. 4; ул. Садовая, д. 6; просп. Миру 5, кв. 4
            rf"(?i){_START}(?:{words['slavic_street']})(?:\. ?| )[^;:,\n0-9]{{2,30}}?"
            rf"(?:, ?|,? (?:{words['slavic_house']})\.? ?| (?=[0-9/а-яії]+,? (?:{words['slavic_house']}){_END}))"
            rf"[0-9]{{1,3}}[а-яії]?(?=[/,.;)\n]|$| (?:{words['slavic_house']}){_END})",
        ),
        ACCOUNT: (
            r"(?<![\w-])(?!(?:19|20)[0-9]{2} )[0-9]{4}([ -])[0-9]{4}\1[0-9]{4}\1[0-9]{4}(?![\w-])",
            r"(?<![A-Z0-9])(?!UA[0-9]{17}\b)[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?(?![A-Z0-9])",
        ),
        PLATE: (
            rf"{_START}(?i:{words['plate']})(?: (?i:no|number|nr|n°|رقم|شماره))?[.:]? ?"
            r"(?:[0-9A-Z\u0621-\u06d3]{1,3}[ -]?){0,2}(?=[0-9]{3}|(?:[0-9][A-Z -]*){4})",
            # XX 0000 XX; X 000 XX 00
            rf"(?<!\w)(?:(?=[ABCHIKАВСНІК]){_PLATE_LETTER}{{2}} ?[0-9]{{4}} ?{_PLATE_LETTER}{{2}}"
            rf"|{_PLATE_LETTER} ?[0-9]{{3}} ?{_PLATE_LETTER}{{2}} ?[0-9]{{2,3}})(?!\w)",
        ),
        HANDLE: (
            r"(?i)\blive:[a-z.][\w.]*[_.0-9]\w",  # of Skype
            rf"(?i){_START}(?:{words['account']})\s?(?:(?!channel|page|قناة|صفحة|کانال|cha[iî]ne|canal)\S{{1,12}})?"
            r"\s?[:=]\s?"
            r"[a-z][\w.]*[_.0-9]\w+",
            rf"(?i){_START}(?:{words['account']}) (?=[a-z.]*[_0-9])[a-z][a-z_.0-9]{{3}}",
            rf"(?i){_START}(?:{words['handle']})[^\s:=(]{{0,3}}[\s:=(\"«]{{1,3}}[a-z]\w*[_.0-9][\w.]*\w",
        ),
    }
    return tuple((re.compile(pattern), what) for what, patterns in by_kind.items() for pattern in patterns)


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
    found = {kind: frozenset(_WORDS.findall(words.lower())) for kind, words in _words().items()}
    unnumbered = ("at", "dot", "domain", "digit", "zero", "floor", "building", "class")
    return {
        "spelt": (found["at"] | found["dot"] | found["zero"] | found["call"]) - {"at", "point"},
        "at": found["at"] | {"point"},
        "account": found["account"] | found["handle"],
        "call": found["call"].union(found["zero"], (f"و{zero}" for zero in found["zero"])),
        "numbered": frozenset({"no", "numara"}).union(*(found[kind] for kind in found if kind not in unnumbered)),
    }


def may_be_written(text: str) -> bool:
    """Whether a text may contain a contact: a quick check, which most texts fail."""
    words, hints = _WORDS.findall(text.lower()), _hints()
    if not hints["spelt"].isdisjoint(words):
        return True
    if ("@" in text or "(" in text or "[" in text) and not hints["at"].isdisjoint(words):
        return True
    if (":" in text or "_" in text) and not hints["account"].isdisjoint(words):
        return True
    if "@ " in text or " @" in text or "live:" in text or _BRACKETS.search(text):
        return True
    return bool(_DIGIT.search(text)) and (not hints["numbered"].isdisjoint(words) or _IN_A_ROW.search(text) is not None)


def written_contacts(text: str) -> dict[str, None]:
    """Return the kinds of contacts found in a text with ASCII digits, in order and without duplicates."""
    if not may_be_written(text):
        return {}
    found = {what: None for pattern, what in _patterns() if pattern.search(text)}
    if not _hints()["call"].isdisjoint(_WORDS.findall(text.lower())) and _number_in_words().search(text):
        found[SPELT_PHONE] = None
    return found


@cache
def _number_in_words() -> re.Pattern[str]:
    """Return the pattern of a number of five parts or more in words, or in words and digits."""
    number = rf"(?:[وy]\s?)?(?:{_words()['digit']}|{_words()['zero']}){_END}"
    return re.compile(rf"(?i){_START}{number}(?:[\s,\u060c-]+(?:{number}|[0-9]{{1,3}}(?![0-9]))){{4,}}")
