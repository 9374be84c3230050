"""Text in a CSV file as a spreadsheet reads it: what would be run, and what would become something else.

A spreadsheet takes a cell that begins with `=` for a formula, wherever it came from, and one that looks like a number
or a day for one: `00123` loses its zeros, the 17th digit of an id becomes 0, `2011-03` becomes the first of March. An
apostrophe in front keeps the text as it is. Prevents: a title or an excerpt by a stranger that runs on the machine of
whoever opens it, and ids that don't match any more once somebody has looked at them.
"""

from __future__ import annotations

import re
from functools import lru_cache

GUARD = "'"
"""What is put in front of a cell; whoever reads the file by program takes it off again."""
_RUN = ("=", "+", "-", "@", "\t", "\r")
_FULL_WIDTH = "＝＋－＠"  # noqa: RUF001 - Excel takes these for their narrow forms in some languages
_PLAIN = re.compile("0|[1-9][0-9]{0,14}")
_MONTHS = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    "nov(?:ember)?|dec(?:ember)?|mär|mai|okt|dez|ene|abr|ago|dic|fév|fev|avr|juin|juil|aoû|déc|"
    "oca|şub|nis|haz|tem|ağu|eyl|eki|kas|ara"
)
_TAKEN = re.compile(
    rf"""
    (?=\D*\d)[\d\s.,:/%$€£¥()-]+(?:[ap]\.?m?\.?)?          # a number, a fraction, a day, a time of day
    | [\d.,]+e[+-]?\d+                                     # 12e5
    | (?:\d{{1,4}}[\s./,-]*)?(?:{_MONTHS})[\s./,-]*\d{{1,4}}(?:[\s./,-]+\d{{1,4}})?  # MAR01, 8 Sep 2022
    | \d{{1,2}}[\s./,-]*(?:{_MONTHS})                       # 8 September
    | true | false
    """,
    re.IGNORECASE | re.VERBOSE,
)


def guarded(text: str) -> str:
    """A cell of text with an apostrophe in front where a spreadsheet would run it."""
    return GUARD + text if text.startswith(_RUN) else text


@lru_cache(maxsize=1 << 14)  # ids and words of lists come again and again
def kept(text: str) -> str:
    """A cell of text with an apostrophe in front where a spreadsheet would run it or take it for something else.

    Whole numbers of up to 15 digits without leading zeros stay as they are: nothing of them is lost. What begins with
    apostrophes before such a text gets one more, so that `as_was` gives every text back.
    """
    return GUARD + text if _at_risk(text.lstrip(GUARD)) else text


def as_was(cell: str) -> str:
    """The text that `kept` made a cell of."""
    return cell[1:] if cell.startswith(GUARD) and _at_risk(cell.lstrip(GUARD)) else cell


def _at_risk(text: str) -> bool:
    bare = text.lstrip(" \n\u00a0")
    if bare.startswith((*_RUN, *_FULL_WIDTH)):
        return True
    return _TAKEN.fullmatch(bare) is not None and _PLAIN.fullmatch(text) is None
