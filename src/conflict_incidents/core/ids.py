"""Ids: slugs of names, and random parts."""

from __future__ import annotations

import unicodedata

ALPHABET = "23456789bcdfghjkmnpqrstvwxz"
"""The characters of random parts of ids: no similar ones, and no vowels, so no words."""


def slug(name: str) -> str:
    """Convert a name to an id: lower-case letters and digits joined by hyphens; empty if the name has none.

    Letters of other scripts are dropped, as transliterations rarely match a name in use.
    """
    from slugify import slugify

    latin = "".join(sign for sign in name if not sign.isalpha() or "LATIN" in unicodedata.name(sign, ""))
    return slugify(latin, max_length=64, replacements=[("'", ""), ("\u2019", "")])


def draw_suffix() -> str:
    """Return four random characters for an id."""
    import secrets

    return "".join(secrets.choice(ALPHABET) for _ in range(4))
