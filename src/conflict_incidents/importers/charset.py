"""Bytes → text where the file doesn't say its encoding: told where that is certain, asked for where it isn't.

UTF-8 and byte order marks are certain. An older encoding is taken only where every other encoding that would make sense
of the bytes reads the same text. Prevents: a name or a place that is silently read as other letters.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections import Counter
from itertools import pairwise

from conflict_incidents.findings import shown
from conflict_incidents.importers.grid import TableError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CANDIDATES = (
    "windows-1252",
    "windows-1250",
    "windows-1251",
    "windows-1253",
    "windows-1254",
    "windows-1255",
    "windows-1256",
    "windows-1257",
    "iso8859-6",
    "koi8-r",
    "mac-roman",
)
"""The older encodings that spreadsheets in use are still saved in."""
_TOLERATED = 0.05
"""The share of words that may look odd in the right encoding: initials, units, misspellings."""
_FOREIGN = re.compile(r"[^\x00-\x7f]")
_PIECE = re.compile(r"\S*[^\x00-\x7f]\S*")
_WORD = re.compile(r"[^\W\d_]+")
_PUNCTUATION = frozenset("\u00a0«»“”‘’‚„–—…•·°€£§©®™×½¼¾²³¿¡،؛؟ـ\u200c\u200d\u200e\u200f")  # noqa: RUF001 - what texts have in a wrong encoding
_SIGN_INSIDE = re.compile(r"[^\W\d_][«»“”‚„–—…•·°€£§©®™×²³¿¡][^\W\d_]")  # noqa: RUF001 - the same
"""A sign between two letters: not an apostrophe, but a letter of another encoding."""


def decoded(data: bytes, encoding: str | None) -> tuple[str, str]:
    """The text of a file and the encoding that it was read in.

    Raises:
        TableError: the named encoding doesn't exist or doesn't fit, or none was named and several would fit.
    """
    if encoding is not None:
        return _as_named(data, encoding), encoding
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _as_named(data, name), name
    if b"\0" in data[:4096]:
        wide = _unmarked_utf16(data)
        if wide is None:
            raise TableError("NUL bytes near its start; this is no text, or name its encoding by --encoding utf-16-le")
        return _as_named(data, wide), wide
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        return _guessed(data, error.start)


def _as_named(data: bytes, encoding: str) -> str:
    try:
        if not codecs.lookup(encoding)._is_text_encoding:
            raise LookupError
        return data.decode(encoding).removeprefix("\ufeff")
    except LookupError as error:
        raise TableError(f"there is no encoding {shown(encoding)}; known are utf-8, utf-16, windows-1256, …") from error
    except UnicodeError as error:
        start = getattr(error, "start", 0)
        line = data.count(b"\n", 0, start) + 1
        raise TableError(f"line {line}: byte {start} is not {encoding}; name another by --encoding") from error


def _unmarked_utf16(data: bytes) -> str | None:
    head = data[:4096]
    odd, even = head[1::2].count(0), head[0::2].count(0)
    half = len(head) // 2
    if odd > half * 0.6 and even == 0:
        return "utf-16-le"
    return "utf-16-be" if even > half * 0.6 and odd == 0 else None


def _guessed(data: bytes, start: int) -> tuple[str, str]:
    readings: dict[str, list[str]] = {}
    oddness: dict[str, float] = {}
    for name in CANDIDATES:
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        pieces = _PIECE.findall(text)
        odd = sum(times for piece, times in Counter(pieces).items() if _odd(piece)) / max(len(pieces), 1)
        if odd <= _TOLERATED:
            readings.setdefault(text, []).append(name)
            oddness[text] = odd
    if len(readings) == 1:
        text, names = readings.popitem()
        return text, names[0]
    line = data.count(b"\n", 0, start) + 1
    why = f"line {line}: byte 0x{data[start]:02x} is not UTF-8, and its encoding can't be told for sure"
    if not readings:
        raise TableError(f"{why}; name it by --encoding, or save the file as UTF-8")
    ways = "; ".join(f"--encoding {names[0]} reads {shown(piece)}" for names, piece in _differences(readings))
    raise TableError(f"{why}; name the one that reads right, or save the file as UTF-8: {ways}")


def _differences(readings: dict[str, list[str]]) -> list[tuple[list[str], str]]:
    """For each reading its encodings, and the first words in which the readings part."""
    texts = list(readings)
    at = next(i for i, letters in enumerate(zip(*texts, strict=False)) if len(set(letters)) > 1)
    begin = max(texts[0].rfind("\n", 0, at) + 1, at - 15)
    return [(names, text[begin : at + 15].split("\n")[0].strip()) for text, names in readings.items()]


def _odd(piece: str) -> bool:
    """Whether letters stand together that no language writes so: two scripts in a word, capitals inside, signs."""
    if any(not c.isalpha() and c not in _PUNCTUATION for c in _FOREIGN.findall(piece)):
        return True
    if _SIGN_INSIDE.search(piece):
        return True
    return any(_odd_word(word) for word in _WORD.findall(piece) if _FOREIGN.search(word))


def _odd_word(word: str) -> bool:
    if len({_script(letter) for letter in word}) > 1:
        return True
    if any(before.islower() and after.isupper() for before, after in pairwise(word)):
        return True
    foreign = len(_FOREIGN.findall(word))
    return _script(word[0]) == "LATIN" and (foreign * 2 > len(word) > 2 or (foreign == len(word) == 2))


def _script(letter: str) -> str:
    name = unicodedata.name(letter, "?").split(" ")[0]
    return "LATIN" if name in {"LATIN", "FEMININE", "MASCULINE", "MICRO"} else name
