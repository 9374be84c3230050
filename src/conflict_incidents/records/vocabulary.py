"""Words of the schema with a meaning for code: keys, levels, precisions, kinds of sites."""

from __future__ import annotations

import re

from conflict_incidents.core.resources import csv_rows

DAYS = frozenset({"date", "from", "to", "published", "accessed", "archived", "as_of"})
"""The keys of dates."""
URL_KEYS = frozenset({"url", "archive_url"})
"""The keys of URLs."""


def _synonyms(of: str) -> dict[str, str]:
    """Return our keys or values by other words for them."""
    rows = (row for row in csv_rows(__file__, "synonyms.csv") if row["of"] == of)
    return {word: row["ours"] for row in rows for word in row["words"].split("|")}


_COMMON_WORDS = _synonyms("key")
"""Words of other datasets and everyday language for our keys, where the spelling differs."""


def meant_key(key: str) -> str:
    """Return our key for a synonym; any other word unchanged."""
    return _COMMON_WORDS.get(key.lower(), key)


def key_before(text: str) -> str:
    """Return the key before a value of one word that runs on from it, as in `in:sabah` or `in sabah`; else the text."""
    return re.sub(r"\A(\w+)[: ]\S+\Z", r"\1", text)


_MEANT_VALUES = _synonyms("value")
"""Words of reports for our values of closed lists, where the spelling differs."""


def meant_value(value: str) -> str:
    """Return our value for a synonym; any other word unchanged."""
    return _MEANT_VALUES.get(value.lower().replace(" ", "_").replace("-", "_"), value)


PRECISIONS_BY_LEVEL = {
    "point": {"exact", "near"},
    "neighbourhood": {"exact", "near"},
    "settlement": {"exact", "near"},
    "adm3": {"adm3"},
    "adm2": {"adm2"},
    "adm1": {"adm1"},
    "area": {"area", "airspace"},
    "country": {"country"},
}
"""The precisions that a site may have at a place of each level."""

LOCAL_LEVELS = ("point", "neighbourhood", "settlement")
"""The levels of places small enough to be a site."""


BOX_MARGIN = 0.05
"""The degrees, about 5 km, by which a unit's box is widened, as outlines of units are simplified."""


SITES_WITHOUT_POSITION = frozenset(
    {"dwelling", "shelter", "camp", "hospital", "medical_facility", "aid_facility", "school"}
)
"""Kinds of sites without a position of their own: only their place's may be published."""


MAX_SPANS = {"day": 1, "days": 6, "week": 7, "month": 31, "year": 366}
"""The maximum number of days of a span of each precision."""
