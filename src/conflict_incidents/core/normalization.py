"""Unicode normalisation with a bound on its time."""

from __future__ import annotations

import unicodedata

MAX_COMBINING_RUN = 30
"""The longest run of combining marks that is normalised: the time for it is quadratic."""


def compose(text: str) -> str:
    """Return the text in NFC; unchanged if it has a run of combining marks longer than `MAX_COMBINING_RUN`."""
    if unicodedata.is_normalized("NFC", text) or has_long_run(text):
        return text
    return unicodedata.normalize("NFC", text)


def has_long_run(text: str) -> bool:
    """Whether a text has a run of combining marks longer than `MAX_COMBINING_RUN`."""
    run = 0
    for character in "" if text.isascii() else text:
        run = run + 1 if unicodedata.combining(character) else 0
        if run > MAX_COMBINING_RUN:
            return True
    return False
