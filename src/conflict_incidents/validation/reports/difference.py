"""A unified diff of two versions of a file."""

from __future__ import annotations

import difflib
import re
from itertools import islice

from conflict_incidents.core.findings import REDACTED, Shown, harmless, printable
from conflict_incidents.core.redaction import MAX_CHECKED, is_personal

_KEY = re.compile(r"([ +-]?[ -]*(?:[a-z_0-9]{1,40}: )?)(.*)", re.S)
"""The start of a line with its key, if it is a word, and the rest."""
_COMMANDS = ("##[", "##vso[")


def difference(name: str, old: bytes, new: bytes) -> Shown:
    """Return a unified diff that is safe to print, with invisible characters escaped; empty if both are equal.

    Of a line that may have personal data in it, the key alone is there.
    """
    before, after = (_lines(data) for data in (old, new))
    found = difflib.unified_diff(before, after, f"a/{name}", f"b/{name}", lineterm="")
    head = [*islice(found, 2)]
    lines = ["\n".join(map(_harmless, map(_redact_line, line.split("\n")))) for line in found]
    return Shown("\n".join([*map(_harmless, head), *lines]))


def _redact_line(line: str) -> str:
    start, text = _KEY.match(line).groups()  # type: ignore[union-attr]  # it fits every line
    return f"{start}{REDACTED}" if len(text) > MAX_CHECKED or is_personal(text) else line


def _lines(data: bytes) -> list[str]:
    *lines, last = data.decode("utf-8", "backslashreplace").split("\n")
    return [*lines, f"{last}\n\\ No newline at end of file"] if last else lines


def _harmless(line: str) -> str:
    line = printable(line)
    commanding = line.lstrip("+- ").startswith("::") or any(sign in line for sign in _COMMANDS)
    return harmless(line) if commanding else line
