"""UCDP's names of places: their level, parts and precision."""

from __future__ import annotations

import re

from conflict_incidents.core.crosswalks import UCDP_WHERE_PREC, words
from conflict_incidents.core.resources import csv_rows
from conflict_incidents.exchange.importers.places import bare
from conflict_incidents.records.cells import tidy
from conflict_incidents.records.vocabulary import PRECISIONS_BY_LEVEL

PRECISIONS = words(UCDP_WHERE_PREC)
"""Our precision by UCDP's `where_prec`."""
_COARSE = {"6": "country", "4": "adm1", "3": "adm2", "5": "area", "7": "area"}
_WORDS = {row["level"]: re.compile(rf"(?i)\b(?:{row['words']})\b") for row in csv_rows(__file__, "place_words.csv")}
"""Words in the name of a place that say its level."""
_FALLBACK = {"settlement": "near", "point": "near", "neighbourhood": "near", "area": "area", "country": "country"}


def precision(level: str, code: str) -> tuple[str, bool]:
    """Return the precision of a site for a `where_prec`, and whether the code can be restored from it."""
    closest = PRECISIONS[code]
    if closest in PRECISIONS_BY_LEVEL[level]:
        return closest, True
    return _FALLBACK.get(level, level), False


def parts(text: str, level: str) -> tuple[str, tuple[str, ...]]:
    """Return the name to publish, and further ones: those in brackets or after a slash."""
    name = tidy(text)
    if level in {"settlement", "point", "neighbourhood"}:
        inside = re.findall(r"\(([^()]+)\)", name)
        outside = bare(tidy(re.sub(r"\([^()]*\)", " ", name)))
        first, *others = [bare(part) for part in outside.split("/") if part.strip()] or [name]
        variants = [tidy(part) for part in [*others, *inside] if tidy(part) and tidy(part) != first]
        return first, tuple(dict.fromkeys(variants))
    return name, ()


def level_of(name: str, code: str) -> str:
    """Return the level of a place by its `where_prec`, or else by words in its name."""
    if code in _COARSE:
        return _COARSE[code]
    if re.match(r"(?i)(?:compound|house|home|residence|farm) (?:outside|near|in|at)\b", name):
        return "point"
    if bare(name) != tidy(name):
        return "settlement"
    return next((level for level, pattern in _WORDS.items() if pattern.search(name)), "settlement")
