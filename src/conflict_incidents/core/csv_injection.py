"""Escape CSV cells that a spreadsheet would evaluate as a formula (`=`, `+`, `-`, `@`).

A leading apostrophe keeps the text.
"""

from __future__ import annotations

GUARD = "'"
"""The prefix of a guarded cell; readers of the file strip it."""
_RUN = ("=", "+", "-", "@", "\t", "\r")


def guarded(text: str) -> str:
    """A cell of text with an apostrophe in front where a spreadsheet would run it."""
    return GUARD + text if text.startswith(_RUN) else text
