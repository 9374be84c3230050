"""Redact personal data in messages."""

from __future__ import annotations

import re

from conflict_incidents.core.findings import SHOWN_LENGTH, shown

REDACTED = "(not repeated here)"
FREE_TEXT = frozenset(
    [
        *("title", "note", "locator", "excerpt", "excerpt_original", "reason", "agreement", "editor"),
        *("name", "text", "value", "coordinates_from", "url", "archive_url"),
    ]
)
"""The keys of free text."""

_PERSONAL = re.compile(
    r"[^\W\d_]{2,} +\w*[A-ZÀ-ÖØ-Þ\u0600-\u06ff]|@|://|(?:[0-9\u0660-\u0669\u06f0-\u06f9][ ()]*){9}"
    r"|(?<![0-9])(?:\+|00?)[0-9][0-9 ()-]{7,}"
)
"""What may be a person's name, an address or a telephone number."""


def redacted(text: str, key: str = "") -> str:
    """Redact personal data from a text for a message; `key` is the text's key."""
    return REDACTED if key in FREE_TEXT or _PERSONAL.search(text[: 2 * SHOWN_LENGTH]) else shown(text)
