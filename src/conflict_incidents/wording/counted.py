"""How a record has the count that a text gives: "more than 30" is `{at_least: 31}`.

Prevents: a bound that is lost where somebody, told to write a number, takes the digits alone.
"""

from __future__ import annotations

import re

from conflict_incidents.counts import LEXICON
from conflict_incidents.wording.mentions import Mention, read

_STRANGE = re.compile(r"\d\w*[^\W\d]|[^\W\d]\w*\d|\d\.\d{1,2}\b|-\d", re.ASCII)
"""What no source writes for a count: 1e3, 0x7, 7.5, -1."""
_SIGNS = (
    (r"(?<=\d)\s*[-\u2010-\u2015\u2212]\s*(?=\d)", " to "),
    (r"(\d+)\s*\+", r"at least \1"),
    (r"(?:≥|>=)", "at least "),
    (r"(?:≤|<=)", "at most "),
    (r">", "more than "),
    (r"<", "fewer than "),
    (r"[~≈]", "about "),
)
"""Signs in place of a bound, and its words."""


def counted(text: str) -> tuple[str, int] | None:
    """The first number of a text as a record has it, and how many there are; None where it isn't understood whole.

    The text stands where a count of people or things is wanted, so it need not say whom or what it counts.
    """
    for sign, words in _SIGNS:
        text = re.sub(sign, words, text)
    understood = read(f"{text} killed")
    found = [_said(mention) for mention in understood.mentions]
    passed_over = understood.numbers - {value for mention in understood.mentions for value in mention.values}
    if not found or None in found or passed_over or _STRANGE.search(text):
        return None
    return str(found[0]), len(found)


def _said(mention: Mention) -> str | None:
    if len(mention.values) == 2:
        return f"{{between: [{mention.values[0]}, {mention.values[1]}]}}"
    if not mention.values:
        return f"{{word: {mention.word}}}" if mention.word in LEXICON else None
    (number,) = mention.values
    match mention.bound:
        case "":
            return str(number)
        case "more_than":
            return f"{{at_least: {number + 1}}}"
        case "fewer_than":
            return f"{{at_most: {number - 1}}}" if number else None
        case bound:
            return f"{{{bound}: {number}}}"
