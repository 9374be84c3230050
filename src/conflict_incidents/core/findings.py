"""Findings: position, message and severity; and escapes for text from records."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from conflict_incidents.core.redaction import FREE_TEXT, is_personal

Shown = NewType("Shown", str)
"""A text that may be shown: made of literals, numbers, days, and of what was `shown`; a plugin of mypy sees to it."""
REDACTED: Shown = Shown("(not repeated here)")
"""What a message has in place of what may be personal data."""
SHOWN_LENGTH = 60
"""How many characters of a seen value a message repeats."""
MESSAGE_LENGTH = 1000
"""How many characters of a message are printed, whatever went into it."""

_CODE = re.compile(r"((?<!`)`[^`]+`(?!`))")
"""A value in backquotes, as `shown` returns it; in Markdown only the `|` of tables is special inside."""
_LIST_OR_RULE = re.compile(r"^([0-9]*)([-+.)](?=\s|$)|[-=](?=[-=\s]*$))")
_ADDRESS = re.compile(r"(?<=www)\.|:(?=//)", re.IGNORECASE)
_MARKUP = str.maketrans(
    {c: f"\\{c}" for c in r"\`*_[]~|!"}
    | {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
    | {"@": "@&#8203;", "#": "#&#8203;"}  # no user or issue is mentioned
)


class Severity(StrEnum):
    """How bad a finding is: an error refuses the record, a warning asks a reviewer to look."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A place in a file; line and column count from 1, in code points."""

    line: int = 1
    column: int = 1


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing found wrong: where (`path`, `mark`), by which rule, how bad, and what to do."""

    path: str
    mark: Mark
    rule: str
    severity: Severity
    message: Shown


def late(what: str, text: str) -> Shown:
    """A placeholder in a message for text that depends on the whole dataset; `told` replaces it when it is reported."""
    return Shown(f"\0{what}:{text.replace(chr(0), '')}\0")


def told(message: Shown, word: Callable[[str, str], Shown]) -> Shown:
    """A message with its `late` parts worded: what each is, and its text, go to `word`."""
    return Shown(_LATE.sub(lambda part: word(part[1], part[2]), message)) if "\0" in message else message


_LATE = re.compile("\0([^\0:]*):([^\0]*)\0")
"""No value that was seen has such a character: `shown` makes an escape of it."""


def printable(text: str) -> str:
    """`text` with every character that could steer a terminal or hide text written as an escape."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def harmless(text: str) -> str:
    """A printable line that no CI interprets as a command: `::error` at its start, `##[error]` anywhere."""
    line = printable(text).replace("##", "# #")
    return f"./{line}" if line.lstrip().startswith("::") else line


def shown(value: object, key: str = "") -> Shown:
    """A value that was seen, in backquotes, made printable and cut to a readable length; `key` is that of the value.

    Free text, and what may be personal data, is left out.
    """
    seen = value if isinstance(value, str) else str(value)
    if key in FREE_TEXT or is_personal(seen):
        return REDACTED
    text = printable(seen).replace("`", "'")
    return Shown(f"`{text if len(text) <= SHOWN_LENGTH else text[: SHOWN_LENGTH - 1] + '…'}`")


def bare(value: object, key: str = "") -> Shown:
    """A value as `shown` gives it, without the backquotes."""
    text = shown(value, key)
    return text if text == REDACTED else Shown(text[1:-1])


def cut(message: str) -> str:
    """A message, cut to the length that is printed."""
    return message if len(message) <= MESSAGE_LENGTH else message[: MESSAGE_LENGTH - 1] + "…"


def markdown(text: str) -> str:
    """`text` as one line of Markdown that shows it: values in backquotes become code, nothing else becomes markup.

    It fits into a cell of a table. No HTML, link, image, mention or reference to an issue is made of it.
    """
    parts = _CODE.split(printable(text).strip())
    parts[::2] = [_ADDRESS.sub(lambda c: f"&#{ord(c[0])};", part.translate(_MARKUP)) for part in parts[::2]]
    parts[1::2] = [part.replace("|", r"\|") for part in parts[1::2]]
    return _LIST_OR_RULE.sub(r"\1\\\2", "".join(parts))


def errors(findings: Iterable[Finding]) -> list[Finding]:
    """Those findings that refuse a record."""
    return [finding for finding in findings if finding.severity is Severity.ERROR]


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """Findings with the errors before the warnings, each by place: what is cut off at the end matters least."""
    return sorted(findings, key=lambda finding: (finding.severity is not Severity.ERROR, finding))


def number(count: int, noun: Shown) -> Shown:
    """A count with its noun: `1 error`, `2 errors`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def summary(findings: Sequence[Finding], files: int) -> str:
    """The closing line: how many errors and warnings in how many files."""
    wrong = len(errors(findings))
    return f"{number(wrong, 'error')}, {number(len(findings) - wrong, 'warning')} in {number(files, 'file')}"
