"""Findings: position, message and severity; and escapes for text from records."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple, TypeVar, cast

from conflict_incidents.core.redaction import FREE_TEXT, id_keys, is_personal, without_keys
from conflict_incidents.core.redaction import Shown as Shown

AnyText = TypeVar("AnyText", Shown, str)
"""A text, `Shown` or not, whose escaped form is the same."""
REDACTED: Shown = Shown("(not repeated here)")
"""The replacement of possible personal data in messages."""
SHOWN_LENGTH = 60
"""The maximum length of a value in a message, in characters."""
MESSAGE_LENGTH = 1000
"""The maximum length of a printed message, in characters."""

_CODE = re.compile(r"((?<!`)`[^`]+`(?!`))")
"""A value in backquotes, as returned by `show`; in Markdown only the `|` of tables is special inside."""
_LIST_OR_RULE = re.compile(r"^([0-9]*)([-+.)](?=\s|$)|[-=](?=[-=\s]*$))")
_ADDRESS = re.compile(r"(?<=www)\.|:(?=//)", re.IGNORECASE)
_MARKUP = str.maketrans(
    {c: f"\\{c}" for c in r"\`*_[]~|!"}
    | {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
    | {"@": "@&#8203;", "#": "#&#8203;"}  # no mention of a user or issue
)


class Severity(StrEnum):
    """The severity of a finding: an error rejects the record, a warning asks a reviewer to check it."""

    ERROR = "error"
    WARNING = "warning"


class Mark(NamedTuple):
    """A position in a file; line and column count from 1, in code points."""

    line: int = 1
    column: int = 1


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A defect: its position (`path`, `mark`), rule and severity, and a message with the repair."""

    path: str
    mark: Mark
    rule: str
    severity: Severity
    message: Shown


def placeholder(what: str, text: str) -> Shown:
    """Return a placeholder for text that depends on the whole dataset; see `fill_placeholders`."""
    return Shown(f"\0{what}:{text.replace(chr(0), '')}\0")


def fill_placeholders(message: Shown, word: Callable[[str, str], Shown]) -> Shown:
    """Replace the placeholders of a message: `word` gets the kind and the text of each."""
    return Shown(_LATE.sub(lambda part: word(part[1], part[2]), message)) if "\0" in message else message


_LATE = re.compile("\0([^\0:]*):([^\0]*)\0")
"""Values can't contain this character: `show` escapes it."""


def printable(text: AnyText) -> AnyText:
    """Escape every character of `text` that could control a terminal or hide text."""
    if text.isprintable():
        return text
    escaped: Any = "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)
    return cast("AnyText", escaped)


def release_text(text: object) -> Shown:
    """Return a text or number of a release, escaped and not redacted: validation accepted it for the public."""
    return Shown(printable(str(text)))


def user_text(text: object) -> Shown:
    """Return what the user typed or named on the command line, escaped and not redacted.

    Only the user name and password of a URL are left out, and its query and fragment, which may hold a key.
    """
    return Shown(without_keys(printable(str(text))))


def describe_error(error: OSError) -> Shown:
    """Return which file can't be used, and why, in the system's words."""
    return f"{user_text(error.filename or 'the system')}: {user_text(error.strerror or error)}"


def describe_failure(error: BaseException) -> Shown:
    """Return why a library failed at the network: a server's status code, or the system's words, never the server's."""
    status = getattr(getattr(error, "response", error), "status_code", getattr(error, "status", None))
    if isinstance(status, int):
        return f"the server answered {status}"
    if isinstance(error, OSError) and error.errno and type(error).__module__ == "builtins":
        return user_text(os.strerror(error.errno))
    if below := error.__cause__ or error.__context__:
        return describe_failure(below)
    words = bare(getattr(error, "strerror", None) or error)
    return Shown(type(error).__name__) if words in {"", REDACTED} else words


def reason(error: OSError) -> Shown:
    """Return why a file can't be used, in the system's words, for the middle of a sentence."""
    return user_text((error.strerror or str(error)).lower())


def harmless(text: AnyText) -> AnyText:
    """Return a printable line that no CI interprets as a command: `::error` at its start, `##[error]` anywhere."""
    line = printable(text).replace("##", "# #")
    escaped: Any = f"./{line}" if line.lstrip().startswith("::") else line
    return cast("AnyText", escaped)


def show(value: object, key: str = "") -> Shown:
    """Return a value in backquotes, escaped and truncated; `key` is that of the value, if it may be no id.

    Free text, and possible personal data, is redacted.
    """
    plain = value if isinstance(value, str) else str(value)
    if key in FREE_TEXT or is_personal(plain, ids=not key or key in id_keys()):
        return REDACTED
    text = printable(plain).replace("`", "'")
    return Shown(f"`{text if len(text) <= SHOWN_LENGTH else text[: SHOWN_LENGTH - 1] + '…'}`")


def bare(value: object, key: str = "") -> Shown:
    """Return a value as `show` does, without the backquotes."""
    text = show(value, key)
    return text if text == REDACTED else Shown(text[1:-1])


def cut(message: AnyText) -> AnyText:
    """Truncate a message to the maximum length."""
    short: Any = message if len(message) <= MESSAGE_LENGTH else message[: MESSAGE_LENGTH - 1] + "…"
    return cast("AnyText", short)


def markdown(text: str) -> str:
    """Escape `text` as one line of Markdown: values in backquotes become code, nothing else becomes markup.

    It fits into a table cell. It can't contain HTML, links, images, mentions or references to issues.
    """
    parts = _CODE.split(printable(text).strip())
    parts[::2] = [_ADDRESS.sub(lambda c: f"&#{ord(c[0])};", part.translate(_MARKUP)) for part in parts[::2]]
    parts[1::2] = [part.replace("|", r"\|") for part in parts[1::2]]
    return _LIST_OR_RULE.sub(r"\1\\\2", "".join(parts))


def errors(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings that are errors."""
    return [finding for finding in findings if finding.severity is Severity.ERROR]


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """Sort findings, errors before warnings, then by position: truncation then drops the least important."""
    return sorted(findings, key=lambda finding: (finding.severity is not Severity.ERROR, finding))


def in_words(value: StrEnum | str) -> Shown:
    """Format a word of the vocabulary: `single_originator` as `single originator`."""
    return bare(value.replace("_", " "))


def number(count: int, noun: Shown) -> Shown:
    """Format a count with its noun: `1 error`, `2 errors`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def summary(findings: Sequence[Finding], files: int) -> Shown:
    """Return the closing line: the number of errors and warnings, and of files."""
    wrong = len(errors(findings))
    return f"{number(wrong, 'error')}, {number(len(findings) - wrong, 'warning')} in {number(files, 'file')}"
