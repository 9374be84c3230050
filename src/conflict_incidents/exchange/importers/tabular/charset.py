"""Decode text files of unstated encoding; an error asks for the encoding if it is ambiguous.

UTF-8 and byte order marks are certain. A legacy encoding is accepted only if every other plausible one
(by charset-normalizer) decodes to the same text, or to one that is much less likely.
"""

from __future__ import annotations

import codecs
import re
from itertools import pairwise

from conflict_incidents.core.findings import show, user_text
from conflict_incidents.exchange.importers.tabular.grid import SourceTableError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WINDOWS = (1252, 1250, 1251, *range(1253, 1258))
CANDIDATES = [*(f"windows-{page}" for page in _WINDOWS), "iso8859-6", "koi8-r", "mac-roman"]
"""Legacy encodings still used by spreadsheets."""
_MESS = 0.18
"""The maximum share of implausible characters (charset-normalizer's `threshold`)."""
_AHEAD = 0.3
"""The margin by which a decoding must be more coherent than any other."""
_BEHIND = 0.1
"""The margin by which a decoding with odd signs may be more coherent."""
_PUNCTUATION = "\u00a0«»“”‘’‚„–—…•·°€£§©®™№×½¼¾²³¿¡،؛؟ـ\u200c\u200d\u200e\u200f"  # noqa: RUF001 - what texts have in a wrong encoding
_SIGN = re.compile(rf"[^\x00-\x7f\w{_PUNCTUATION}]|[^\W\d_][«»“”‚„–—…•·°€£§©®™×²³¿¡][^\W\d_]|ς[^\W\d_]")  # noqa: RUF001 - the same
"""Signs that are letters in another encoding: unusual ones, or between two letters, and a final sigma inside."""

_FOREIGN = re.compile(rb"[\x80-\xff]")
_SAMPLE = 1 << 18
"""The maximum number of bytes from which to detect an encoding."""
_WORD = re.compile(r"\w*[^\x00-\x7f\W\d_]\w*")
"""Words with letters outside of ASCII."""
_TWO_SCRIPTS = re.compile(r"[A-Za-z\u00c0-\u024f][\u0370-\u06ff]|[\u0370-\u06ff][A-Za-z\u00c0-\u024f]")
"""A Latin letter beside a Greek, Cyrillic, Hebrew or Arabic one."""


def decode_text(data: bytes, encoding: str | None) -> str:
    """Decode the content of a file.

    Raises:
        SourceTableError: the given encoding is unknown or doesn't fit, or none is given and several fit.
    """
    if encoding is not None:
        return _decode_as(data, encoding)
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _decode_as(data, name)
    if b"\0" in data[:4096]:
        wide = _unmarked_utf16(data)
        if wide is None:
            raise SourceTableError(
                "NUL bytes near its start; this is no text, or name its encoding by --encoding utf-16-le"
            )
        return _decode_as(data, wide)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        return _encoding_hint(data, error.start)


def _decode_as(data: bytes, encoding: str) -> str:
    try:
        if not codecs.lookup(encoding)._is_text_encoding:
            raise LookupError
        return data.decode(encoding).removeprefix("\ufeff")
    except LookupError as error:
        raise SourceTableError(
            f"there is no encoding {show(encoding)}; use one of utf-8, utf-16, windows-1256, …"
        ) from error
    except UnicodeError as error:
        start = int(getattr(error, "start", 0))
        line = data.count(b"\n", 0, start) + 1
        raise SourceTableError(
            f"line {line}: byte {start} is not {show(encoding)}; name another by --encoding"
        ) from error


def _unmarked_utf16(data: bytes) -> str | None:
    head = data[:4096]
    odd, even = head[1::2].count(0), head[0::2].count(0)
    half = len(head) // 2
    if odd > half * 0.6 and even == 0:
        return "utf-16-le"
    return "utf-16-be" if even > half * 0.6 and odd == 0 else None


def _encoding_hint(data: bytes, start: int) -> str:
    from charset_normalizer import from_bytes

    sample = data if len(data) <= _SAMPLE else _foreign_pieces(data)
    plausible = {str(match): match.coherence for match in from_bytes(sample, cp_isolation=CANDIDATES, threshold=_MESS)}
    plain: dict[str, list[str]] = {}
    odd: dict[str, list[str]] = {}
    for name in CANDIDATES:
        text = sample.decode(name, "replace")
        if text in plausible and not _is_mixed(text):
            (odd if _SIGN.search(text) else plain).setdefault(text, []).append(name)
    best, *others = sorted(plain, key=lambda text: -plausible[text]) or [""]
    readings = plain | {
        text: names for text, names in odd.items() if plain and plausible[text] > plausible[best] + _BEHIND
    }
    if len(readings) == len(plain) > 0 and all(plausible[best] >= plausible[other] + _AHEAD for other in others):
        return data.decode(plain[best][0])
    line = data.count(b"\n", 0, start) + 1
    why = f"line {line}: byte 0x{data[start]:02x} is not UTF-8, and its encoding can't be detected for sure"
    if not readings:
        raise SourceTableError(f"{why}; name it by --encoding, or save the file as UTF-8")
    ways = "; ".join(f"--encoding {user_text(names[0])} reads {show(piece)}" for names, piece in _differences(readings))
    raise SourceTableError(f"{why}; name the one that reads right, or save the file as UTF-8: {ways}")


def _foreign_pieces(data: bytes) -> bytes:
    """Return lines with bytes beyond ASCII, at most `_SAMPLE` bytes and those with a byte that none before has.

    All other text is the same in each encoding; 500 bytes on either side are enough of a long line.
    """
    pieces: list[bytes] = []
    size, end, known = 0, 0, bytes(range(128))
    while foreign := _FOREIGN.search(data, end):
        begin = max(data.rfind(b"\n", end, foreign.start()) + 1, foreign.start() - 500, end)
        limit = foreign.end() + 500
        stop = data.find(b"\n", foreign.end(), limit)  # not further: a line may be as long as the file
        end = limit if stop < 0 else stop
        piece = data[begin:end]
        if size < _SAMPLE or piece.translate(None, known):
            pieces.append(piece)
            size, known = size + len(piece), bytes({*known, *piece})
    return b"\n".join(pieces)


def _is_mixed(text: str) -> bool:
    """Whether most words with foreign letters have two scripts or capitals inside, as Spanish has when read as Cyrillic
    or Mac's French as Baltic.
    """
    words = _WORD.findall(text)
    mixed = [word for word in words if _TWO_SCRIPTS.search(word) or _has_capital_inside(word)]
    return 2 * len(mixed) > len(words)


def _has_capital_inside(word: str) -> bool:
    return any(one.islower() and other.isupper() for one, other in pairwise(word))


def _differences(readings: dict[str, list[str]]) -> list[tuple[list[str], str]]:
    """Return the encodings of each decoding, and the first word that differs."""
    texts = list(readings)
    at = next(i for i, letters in enumerate(zip(*texts, strict=False)) if len(set(letters)) > 1)
    begin = next((i + 1 for i in range(at - 1, max(at - 15, 0), -1) if not texts[0][i].isalnum()), max(at - 15, 0))
    return [(names, "".join(text[begin : at + 15].split()[:1])) for text, names in readings.items()]
