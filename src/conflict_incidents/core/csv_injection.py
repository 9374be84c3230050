"""Escape CSV cells that a spreadsheet would evaluate as a formula (`=`, `+`, `-`, `@`).

A leading apostrophe keeps the text.
"""

from __future__ import annotations

GUARD = "'"
"""The prefix of an escaped cell; readers of the file strip it."""
_RUN = ("=", "+", "-", "@", "\t", "\r")


def escape_formula(text: str) -> str:
    """Prefix a cell of text with an apostrophe if a spreadsheet would evaluate it."""
    return GUARD + text if text.startswith(_RUN) else text
