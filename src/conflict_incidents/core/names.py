"""Normalised spellings for comparing names, scripts of text, and language codes."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from conflict_incidents.core.findings import Shown, show
from conflict_incidents.core.resources import csv_rows

_SIGNS = "'`\u2018\u2019"
"""Signs inside words, for letters missing from the Latin script."""
_SCRIPT_OF = {row["letters"]: row["script"] for row in csv_rows(__file__, "scripts.csv")}
"""ISO 15924 codes by the first word of a letter's Unicode name, for scripts that appear in the names of all letters."""
SCRIPTS = frozenset(_SCRIPT_OF.values())
"""The ISO 15924 codes of the scripts that this module distinguishes."""
_OPEN_FIELDS = frozenset(("", "n/a", "na", "none", "null", "nil", "tba", "tbc", "tbd", "todo", "unknown", "untitled"))
_IN_LATIN = {"ar": False, "de": True, "en": True, "es": True, "fr": True, "pt": True, "ru": False, "uk": False}
"""The most common languages, which need no library: whether they are written in the Latin script only."""
SHORT_CODES = frozenset(
    row["first"] + letter for row in csv_rows(__file__, "short_codes.csv") for letter in row["second"]
)
"""The codes of languages with two letters, for which the library need not be loaded."""


@lru_cache(maxsize=65536)
def fold(name: str) -> str:
    """Normalise a name: no accents, case or punctuation. `Ḥāfsarjah` and `hafsarjah` are equal."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return " ".join("".join(_folded_letter(letter) for letter in letters).split())


def fold_and_join(name: str) -> str:
    """Normalise a name and remove its spaces: `Kafr-Nabl` and `Kafrnabl` are equal."""
    return fold(name).replace(" ", "")


def is_placeholder(text: str) -> bool:
    """Whether a text is a placeholder for an empty field: `n/a`, `TBD`, a dash, or empty."""
    return text.casefold().strip(".?!- ") in _OPEN_FIELDS


def _folded_letter(letter: str) -> str:
    """Return the letter; empty for accents and signs such as hamza, a space for everything else."""
    if letter.isalnum():
        return "" if unicodedata.category(letter) == "Lm" else letter
    return "" if unicodedata.combining(letter) or letter in _SIGNS else " "


def scripts(text: str) -> set[str]:
    """Return the scripts of a text's letters, ISO 15924, limited to `SCRIPTS`."""
    words = {unicodedata.name(letter, "").split(" ")[0] for letter in text if letter.isalpha()}
    return {_SCRIPT_OF[word] for word in words if word in _SCRIPT_OF}


@lru_cache
def only_latin(language: str) -> bool:
    """Whether a language is written in the Latin script only."""
    if language in _IN_LATIN:
        return _IN_LATIN[language]
    from langcodes import get, tag_is_valid

    return tag_is_valid(language) and get(language).assume_script().script == "Latn"


_SEVERAL = re.compile(r"(?i)[,;/&+]| and | or ")
"""Separators between the names of several languages."""


def language_code(name: str) -> str | None:
    """Return the code of the language with an English name; None if unknown, or so short that it may be a code."""
    from langcodes import find

    if _SEVERAL.search(name):
        return None
    try:
        return str(find(name.strip())) if len(name.strip()) > 3 else None
    except LookupError:
        return None


@lru_cache
def language_hint(code: str) -> Shown | None:
    """Return the advice for an invalid language code: its replacement, or an example if unknown; None if valid.

    A code is valid if its first part is one of BCP 47, and the shortest one for the language.
    """
    primary = code.partition("-")[0]
    hint = primary if primary in SHORT_CODES else guess_language(code)
    is_regional = hint is not None and "-" in hint and "-" not in code  # Dari, `prs`, is `fa-AF`
    if is_regional or (hint and hint.partition("-")[0] == primary):
        return None
    return f"write {show(hint)}" if hint else Shown("write the code of one, as `en` or `ar`")


def guess_language(text: str) -> str | None:
    """Guess the language code that a text means: its name, a longer code, a country code, or other capitals and
    separators; None if unknown.
    """
    from langcodes import Language, standardize_tag, tag_is_valid
    from pycountry import countries

    tag = text.strip().replace("_", "-")
    primary = tag.partition("-")[0]
    if tag_is_valid(primary):
        return standardize_tag(tag) if tag_is_valid(tag) else standardize_tag(primary)
    if len(primary) == 2 and countries.get(alpha_2=primary):
        return Language.make(territory=primary.upper()).maximize().language
    return language_code(text)
