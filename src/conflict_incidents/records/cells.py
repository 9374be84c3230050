"""Parse a cell with a count, and format a count as a cell.

Empty and `n/a` are unknown, never zero; `10+` stays open; undefined values are errors.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from typing import Any

from conflict_incidents.core.findings import Shown, show
from conflict_incidents.core.resources import csv_rows
from conflict_incidents.records.counts import LEXICON, TELLTALE
from conflict_incidents.records.yaml.decoding import character_error

CountValue = int | dict[str, Any]
"""A count as in a record: `7`, `{at_least: 7}`, `{between: [3, 5]}`."""
MAX_COUNT = 100_000_000
"""The maximum number in a record."""


def _words(place: str) -> dict[str, tuple[str, int]]:
    """Return the words and signs with a meaning alone, or before or after a number, each with its bound and offset."""
    rows = (row for row in csv_rows(__file__, "cell_words.csv") if row["place"] == place)
    return {word: (row["bound"], int(row["offset"] or 0)) for row in rows for word in row["words"].split("|")}


EMPTY = frozenset(_words("empty"))
"""Values written for an empty cell by programs and people."""
UNKNOWN = EMPTY.union(_words("unknown"))
"""Cells that mean unknown; a mapping may add more."""
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
"""Full-width signs and digits, and their ASCII equivalents."""
_OPENINGS = _words("before")
"""Prefixes of a number: the bound that each means, and the offset to add."""
_OPENING = re.compile(
    "(" + "|".join(re.escape(word) for word in sorted(_OPENINGS, key=len, reverse=True)) + r")\s*(.+)"
)
_CLOSINGS = _words("after")
"""Suffixes of a number, and the bound that each means."""
_CLOSING = re.compile(r"(.*[0-9])\s*(" + "|".join(map(re.escape, _CLOSINGS)) + ")")
_COMPARISON = re.compile(r"([0-9,]+)\s*([<>≤≥≦≧⩽⩾]=?)")
_RANGE = re.compile(
    r"between (.+?) and (.+)|(.+?)\s*(?:-|\u2010|\u2011|\u2013|\u2014|\u2212|\.{2,3}| to | إلى )\s*(.+)"
)
_BEST = re.compile(r"(.+?)\s*\(best (.+)\)")
MONTHS = {
    name.casefold(): n for names in (calendar.month_name, calendar.month_abbr) for n, name in enumerate(names) if n
}
MONTHS["sept"] = 9
"""English names of months and their numbers."""
_DAY_AND_MONTH = re.compile(r"[0-9]{1,2}[- ](MONTH)|(MONTH)[- ][0-9]{1,2}".replace("MONTH", "|".join(MONTHS)))


class CellError(ValueError):
    """A cell can't be parsed; the message says why, and which form is valid."""


def tidy(text: str) -> str:
    """Normalise text for a record: NFC, on one line, without control and other invisible characters."""
    if text.isascii() and text.isprintable():  # most cells, for which all else does nothing
        return " ".join(text.split())
    composed = unicodedata.normalize("NFC", text)
    visible = "".join(character if character_error(character) is None else " " for character in composed)
    return unicodedata.normalize("NFC", " ".join(visible.split()))


def comparison_form(text: str) -> str:
    """Normalise a cell for comparison: on one line, without case and invisible characters, all digits as 0-9."""
    text = tidy(text)
    return text.lower() if text.isascii() else "".join(map(_digit, text)).translate(_WIDE).casefold()


def read_count(
    cell: str,
    *,
    thousands: str | None = None,
    decimal: str = ".",
    unknown: Collection[str] = (),
    words: Mapping[str, str] | None = None,
    meant: Collection[int] = (),
) -> CountValue | None:
    """Parse the count in a cell; None if it means unknown.

    Args:
        cell: the text of the cell.
        thousands: the thousands separator, if the table uses one.
        decimal: the decimal separator: `7.0` is 7.
        unknown: further cells that mean unknown.
        words: further cells and their meanings as cells: `{"several": "3+"}`.
        meant: the numbers of `TELLTALE` to take literally.

    Raises:
        CellError: the cell is invalid.
    """
    text = comparison_form(cell)
    translated = {comparison_form(word): comparison_form(meaning) for word, meaning in (words or {}).items()}
    text = translated.get(text, text)
    if is_unknown(text, unknown):
        return None
    count = _count(text, cell, lambda number: _number(number, thousands, decimal))
    for number in _numbers(count):
        if number > MAX_COUNT:
            raise CellError(f"{show(cell)} is more than a count may be ({MAX_COUNT})")
        if number in TELLTALE and number not in meant:
            raise CellError(
                f"{show(cell)} means unknown in many tables; name it in the mapping's `cells`, under `unknown`, "
                "or under `meant` if it is the number"
            )
    return count


def possible_counts(text: str) -> dict[str, CountValue]:
    """Return the possible counts of a text in English words or signs, by a description of each reading.

    An unambiguous text has a single one without a description; a text that can't be parsed as a whole has none.
    """
    from text_to_num import alpha2digit

    phrase = comparison_form(text)
    if phrase in LEXICON:
        return {"": {"word": phrase}}
    if compared := _COMPARISON.fullmatch(phrase):  # 6 < x, or perhaps x < 6
        number, sign = compared[1], compared[2]
        turned = sign.translate(str.maketrans("<>≤≥≦≧⩽⩾", "><≥≤≧≦⩾⩽"))
        means = {f"x {one} {number}": _count_in(one + number) for one in (turned, sign)}
        return {words: count for words, count in means.items() if count is not None}
    if re.fullmatch(r"\+ ?[0-9]{1,8}", phrase):
        return {"just so many": int(phrase[1:]), "so many or more": {"at_least": int(phrase[1:])}}
    phrase = alpha2digit(phrase, "en", threshold=0)
    range_of_two = re.fullmatch(r"([0-9]{1,8}) or ([0-9]{1,8})", phrase)
    if range_of_two and int(range_of_two[2]) == int(range_of_two[1]) + 1:
        phrase = f"{range_of_two[1]}-{range_of_two[2]}"
    count = _count_in(phrase)
    return {} if count is None else {"": count}


def _count_in(text: str) -> CountValue | None:
    """Return the count in a text, None if there is none; 99 is taken literally."""
    try:
        return read_count(text, thousands=",", meant=TELLTALE)
    except CellError:
        return None


def as_yaml(count: CountValue) -> str:
    """Format a count as in a record: `7`, `{at_least: 7}`."""
    if isinstance(count, int):
        return str(count)
    return f"{{{', '.join(f'{bound}: {number}' for bound, number in count.items())}}}"


def is_unknown(cell: str, more: Collection[str] = ()) -> bool:
    """Whether a cell is empty or means unknown; `more` are further cells that do."""
    text = comparison_form(cell)
    return not text or text in UNKNOWN or text in {comparison_form(word) for word in more}


def is_empty(cell: str) -> bool:
    """Whether a cell is empty, or has a value that programs and people write for an empty one."""
    text = comparison_form(cell)
    return not text or text in EMPTY


def combine_bounds(low: CountValue | None, high: CountValue | None, best: CountValue | None) -> CountValue | None:
    """Combine the columns of the lowest, the highest and the best number into one count.

    Raises:
        CellError: one of them is itself a bound or a range, or they contradict one another.
    """
    numbers = [low, high, best]
    if any(isinstance(number, dict) for number in numbers):
        raise CellError("a lowest, highest or best number must be a plain number")
    if isinstance(low, int) and isinstance(high, int):
        if low > high:
            raise CellError(f"the lowest number ({low}) is above the highest ({high})")
        if best is None:
            return low if low == high else {"between": [low, high]}
        if not low <= int(str(best)) <= high:
            raise CellError(f"the best number ({show(best)}) is outside {low} to {high}")
        return low if low == high else {"between": [low, high], "best": best}
    if best is not None:
        if low is not None or high is not None:
            raise CellError("a best number with only one bound; give both bounds, or the number alone")
        return best
    if low is not None:
        return {"at_least": low}
    return None if high is None else {"at_most": high}


def _count(text: str, cell: str, plain: Callable[[str], int | None]) -> CountValue:
    number = plain(text)
    if number is not None:
        return number
    if (closed := _CLOSING.fullmatch(text)) and (number := plain(closed[1])) is not None:
        return {_CLOSINGS[closed[2]][0]: number}
    if (opened := _OPENING.fullmatch(text)) and (number := plain(opened[2])) is not None:
        bound, more = _OPENINGS[opened[1]]
        if number + more < 0:
            raise CellError(f"{show(cell)} is negative; a count is 0 or more")
        if bound == "about" and number == 0:
            raise CellError(f"{show(cell)} says nothing; write 0, or leave the cell empty if the number is unknown")
        return {bound: number + more}
    best: int | None = None
    if (with_best := _BEST.fullmatch(text)) and (best := plain(with_best[2])) is not None:
        text = with_best[1]
    if between := _RANGE.fullmatch(text):
        ends = (plain(end) for end in between.groups() if end is not None)
        low, high = ends
        if low is not None and high is not None:
            if low > high or (best is not None and not low <= best <= high):
                raise CellError(f"{show(cell)} runs backwards or its best value is outside; correct the cell")
            return low if low == high else {"between": [low, high]} | ({} if best is None else {"best": best})
    raise CellError(_refusal(text, cell))


def _number(text: str, thousands: str | None, decimal: str) -> int | None:
    if thousands is not None and re.fullmatch(rf"[0-9]{{1,3}}(?:{re.escape(thousands)}[0-9]{{3}})+", text):
        return int(text.replace(thousands, ""))
    digits, sign, zeros = text.partition(decimal)
    if re.fullmatch(r"[0-9]{1,18}", digits) and (not sign or zeros in {"0", "00"}) and sign != thousands:
        return int(digits)
    return None


def _refusal(text: str, cell: str) -> Shown:
    if re.fullmatch(r"[0-9]{1,3}(?:[,.' ٬][0-9]{3})+", text):
        return f"{show(cell)} may be thousands or a fraction; name the sign by `thousands` in the mapping's `cells`"
    if re.match(r"[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}", text) or _DAY_AND_MONTH.fullmatch(text):
        return f"{show(cell)} is a date; a spreadsheet may have made it of a range such as 3-5"
    if re.fullmatch(r"[-\u2212][0-9.]+", text):
        return f"{show(cell)} is below zero; if it means unknown, list it under `unknown` in the mapping's `cells`"
    if re.fullmatch(r"[0-9]*[.,][0-9]+", text):
        return f"{show(cell)} is not a whole number"
    return f"{show(cell)} is not a count; say what it means under `words` or `unknown` in the mapping's `cells`"


def _numbers(count: CountValue) -> list[int]:
    if isinstance(count, int):
        return [count]
    return [number for value in count.values() for number in (value if isinstance(value, list) else [value])]


def _digit(character: str) -> str:
    value = unicodedata.decimal(character, None)
    return character if value is None else str(value)
