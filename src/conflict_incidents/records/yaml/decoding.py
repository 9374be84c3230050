"""Bytes → text: checks on encoding and characters, before YAML is parsed.

Other encodings, decomposed letters, invisible and direction-changing characters are findings, so that two files that
look the same are the same; so are line breaks that only some programs see, which can hide a key.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from conflict_incidents.core.findings import Finding, Mark, Severity, Shown
from conflict_incidents.core.normalization import MAX_COMBINING_RUN
from conflict_incidents.core.rule import MAX_FINDINGS_PER_RULE, Problem, rule

MAX_BYTES = 256_000

_ALLOWED_FORMAT = "\u0600-\u0605\u06dd\u070f\u08e2"  # visible Arabic and Syriac signs that Unicode files under Cf
_CLEAN = bytes([ord("\n"), *range(ord(" "), ord("~") + 1)])
"""The bytes of printable ASCII text, the common case."""
_ARABIC = "\u0620-\u064a\u0671-\u06d3\u06d5\u06ee\u06ef\u06fa-\u06ff\u0750-\u077f\u08a0-\u08c9"
_NON_JOINER = rf"(?<=[{_ARABIC}])\u200c(?=[{_ARABIC}])"
"""A zero-width non-joiner between Arabic letters, which Persian, Kurdish and Urdu spelling needs."""
_SUSPECT = re.compile(rf"(?!{_NON_JOINER})[^\n -~\u00a1-\u00ac\u00ae-\u02ff{_ALLOWED_FORMAT}]")
_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
"""Invisible letters and marks outside the Unicode categories below."""
_SPACES = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
_INDENTATION = re.compile(rf"^(?: |\t|- )*-?[{_SPACES}][ \t{_SPACES}]*", re.M)
"""Indentation with characters other than spaces."""
_REFUSED_CATEGORIES = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
TAB = "\t"
_FIX_HINT: Final = ", as `incidents validate --fix` does"
NOT_NFC = Shown("the text is not in composed form (NFC); retype the letters, or save the file in NFC")


def decode(data: bytes, path: str) -> tuple[str | None, list[Finding]]:
    """Decode the text of a file; each invalid character is replaced by a space, so that parsing can go on.

    Args:
        data: the bytes of the file, or the first `MAX_BYTES + 1` of them.
        path: the path for the findings.

    Returns:
        The text, or None if it isn't UTF-8 or is too long, and the findings (REC009, REC010).
    """
    if len(data) > MAX_BYTES:
        return None, file_form.run(path, Mark(), f"larger than {MAX_BYTES // 1000} kB; split the record")
    return decode_all(data, path)


def decode_all(data: bytes, path: str) -> tuple[str | None, list[Finding]]:
    """Decode the text of a file of any length, as `decode` does."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", "replace")
        why = f"byte 0x{data[error.start]:02x} is not UTF-8; save the file as UTF-8"
        return None, file_form.run(path, _place(before, len(before)), why)
    if not data.translate(None, _CLEAN):
        return text, []
    findings: list[Finding] = []
    if text.startswith("\ufeff"):
        findings += file_form.run(path, Mark(), "it starts with a byte order mark; save it as UTF-8 without one")
        text = text[1:]
    if "\r\n" in text:
        first = text.index("\r\n")
        findings += file_form.run(path, _place(text, first), "lines end with CR LF; save it with LF alone")
        text = text.replace("\r\n", "\n")
    text, characters = _remove_hidden(text, path)
    return text, findings + characters + _normalization_findings(text, path)


def character_error(text: str) -> Shown | None:
    """Return the error in the characters of a value, or None; escapes can produce hidden ones."""
    for character in _SUSPECT.findall(text):
        if _is_hidden(character):
            return character_message(character)
    return None if unicodedata.is_normalized("NFC", text) else NOT_NFC


def character_message(character: str) -> Shown:
    """Return the message for an invalid character."""
    return (
        f"{character_name(character)} is not allowed in a record; {'write spaces' if character == TAB else 'delete it'}"
    )


def character_name(character: str) -> Shown:
    """Return the code point and name of a character."""
    kind = "control" if unicodedata.category(character) == "Cc" else "private or unassigned"
    name = unicodedata.name(character, "tab" if character == TAB else f"{kind} character").lower()
    return f"U+{ord(character):04X} ({Shown(name)})"  # Unicode's own


def indented_plainly(text: str) -> str:
    """Return the text with each non-ASCII space in an indentation replaced by a space."""
    return text if text.isascii() else _INDENTATION.sub(lambda match: re.sub(f"[{_SPACES}]", " ", match[0]), text)


def _is_hidden(character: str) -> bool:
    code = ord(character)
    noncharacter = code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
    invisible = _INVISIBLE.match(character) is not None
    return noncharacter or invisible or unicodedata.category(character) in _REFUSED_CATEGORIES


def _remove_hidden(text: str, path: str) -> tuple[str, list[Finding]]:
    findings: list[Finding] = []
    if not _INDENTATION.search(text) and not any(map(_is_hidden, set(_SUSPECT.findall(text)))):
        return text, findings
    for number, line in enumerate(text.split("\n"), 1):
        for match in _SUSPECT.finditer(line):
            if _is_hidden(match[0]) and len(findings) <= MAX_FINDINGS_PER_RULE:
                findings += text_form.run(
                    path, Mark(number, match.start() + 1), f"{character_message(match[0])}{_mends(match[0])}"
                )
        for indent in () if line.isascii() else _INDENTATION.finditer(line):
            at = next(n for n, sign in enumerate(indent[0]) if sign not in " \t-")
            why = f"{character_name(indent[0][at])} is used for indentation; write a space{_FIX_HINT}"
            findings += text_form.run(path, Mark(number, at + 1), why)
    if findings:
        text = indented_plainly(text)
        text = _SUSPECT.sub(lambda match: " " if _is_hidden(match[0]) else match[0], text)
    return text, findings


def _mends(character: str) -> Shown:
    return f"{_FIX_HINT} where only one number of them fits" if character == TAB else Shown("")


def _normalization_findings(text: str, path: str) -> list[Finding]:
    if unicodedata.is_normalized("NFC", text):
        return []
    return [
        finding
        for number, line in enumerate(text.split("\n"), 1)
        if not unicodedata.is_normalized("NFC", line)
        for finding in text_form.run(path, Mark(number, _first_difference(line)), NOT_NFC)
    ][: MAX_FINDINGS_PER_RULE + 1]


def _first_difference(line: str) -> int:
    """Return the first column, from 1, at which `line` differs from its NFC form."""
    stacked = 0
    for column, character in enumerate(line, 1):
        stacked = stacked + 1 if unicodedata.combining(character) else 0
        if stacked > MAX_COMBINING_RUN:
            line = line[:column]
            break
    composed = unicodedata.normalize("NFC", line)
    return next((i for i, (a, b) in enumerate(zip(line, composed, strict=False), 1) if a != b), len(composed) + 1)


def _place(text: str, offset: int) -> Mark:
    start = text.rfind("\n", 0, offset) + 1
    return Mark(text.count("\n", 0, offset) + 1, offset - start + 1)


@rule("REC009", Severity.ERROR)
def text_form(at: Mark, what: Shown) -> Iterator[Problem]:
    """Text is trimmed, composed (NFC) and free of control, invisible and direction-changing characters.

    Such characters make text that looks right compare wrong, or hide a line from one reader and show it to another.
    This counts for comments too, and for characters written as escapes.

    Wrong:
        title: "Airstrikes on a quarry\\u200b"

    Right:
        title: Airstrikes on a quarry
    """
    yield Problem(at, what)


@rule("REC010", Severity.ERROR)
def file_form(at: Mark, what: Shown) -> Iterator[Problem]:
    """A record is a regular file in UTF-8 with LF line ends, under 256 kB, nested at most 16 deep.

    Anything else is read differently by different programs, or is not a record at all.

    Wrong:
        a symbolic link, UTF-16, a byte order mark, CR LF

    Right:
        a plain file as `incidents new` writes it
    """
    yield Problem(at, what)
